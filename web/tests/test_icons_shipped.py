"""Every icon that first-party code names is among those the web ships."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHIPPED = set((ROOT / "web/assets/icons.txt").read_text(encoding="utf-8").split())
NAMED = re.compile(r"""(?:icon = |icon=|icon\()"([a-z0-9-]+)\"""")


def test_what_is_named_is_shipped():
    files = [*ROOT.glob("kernel/src/**/*.py"), *ROOT.glob("plugins/*/src/**/*.py"), *ROOT.glob("web/src/**/*.py")]
    files += [*ROOT.glob("web/src/**/*.html"), *ROOT.glob("plugins/*/src/**/*.html")]
    named = {(icon, file.name) for file in files for icon in NAMED.findall(file.read_text(encoding="utf-8"))}
    assert {"inbox", "trash"} <= {icon for icon, _ in named}
    assert {one for one in named if one[0] not in SHIPPED} == set()
