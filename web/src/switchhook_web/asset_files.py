"""What browsers load beside pages: files with the hash of their content in their names, so they are kept for good."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import attrs
from quart import Blueprint, Response, current_app, request
from werkzeug.exceptions import NotFound

from switchhook import SwitchhookError

from .access import open_to_all

FOLDER: Final = Path(__file__).with_name("static")
TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "woff2": "font/woff2",
}


class AssetMissing(SwitchhookError):
    """Something a page needs was not built."""

    code = "asset_missing"


@attrs.frozen
class Assets:
    """The files by the names pages know them by, and the icons of the sprite."""

    files: Mapping[str, str]
    icons: frozenset[str]
    contents: Mapping[str, tuple[bytes, bytes]] = attrs.field(repr=False)
    """Each file as it is, and compressed, by its hashed name."""

    def path(self, name: str) -> str:
        """Where a file is; raises :class:`AssetMissing`."""
        if name not in self.files:
            raise AssetMissing(
                f"there is no {name!r} among the files for browsers: build them with: uv sync", name=name
            )
        return f"/static/{self.files[name]}"


def read_assets() -> Assets:
    """The files that were built with this package; raises :class:`AssetMissing` without them."""
    manifest = FOLDER / "manifest.json"
    if not manifest.exists():
        raise AssetMissing(
            "the files for browsers are not there: this package was not built by its own build, see web/README.md"
        )
    known = json.loads(manifest.read_text(encoding="utf-8"))
    contents = {
        name: ((FOLDER / name).read_bytes(), (FOLDER / f"{name}.gz").read_bytes()) for name in known["files"].values()
    }
    return Assets(known["files"], frozenset(known["icons"]), contents)


blueprint = Blueprint("assets", __name__)


@blueprint.get("/static/<name>")
@open_to_all
async def file(name: str) -> Response:
    """One file, for good, compressed for those who take that."""
    assets: Assets = current_app.extensions["assets"]
    if name not in assets.contents:
        raise NotFound
    plain, small = assets.contents[name]
    compressed = request.accept_encodings["gzip"] > 0
    response = Response(small if compressed else plain, content_type=TYPES[name.rpartition(".")[2]])
    if compressed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
