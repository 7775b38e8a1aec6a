"""Writes what the documentation takes from the code: ``python docs/generate.py``; ``--check`` only compares.

A page holds its generated parts between ``<!-- generated: NAME -->`` and
``<!-- end -->``; everything else on it is written by hand. ``tests/docs``
fails when a part differs from the code.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from generated import api, commands, errors, hooks, modules, settings  # noqa: E402 - this folder is no package

SNAPSHOT: Final = HERE.parent / "tests" / "docs" / "api.txt"
PARTS: Final[Mapping[str, Callable[[], str]]] = {
    "hooks": hooks.hooks,
    "settings": settings.settings,
    "environment": settings.environment,
    "setting kinds": modules.kinds,
    "lint rules": modules.rules,
    "commands": commands.commands,
    "modules": modules.modules,
    "errors": errors.errors,
    "names": api.names,
    "testing": api.testing,
    "consent": api.consent,
}
_PART: Final = re.compile(r"(<!-- generated: ([a-z ]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def pages() -> dict[Path, str]:
    """Every page with a generated part, and the snapshot of the public names, as they should be."""
    wanted = {SNAPSHOT: api.snapshot()}
    for page in sorted(HERE.rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        if "<!-- generated:" in text:
            wanted[page] = _PART.sub(lambda found: f"{found[1]}\n{PARTS[found[2]]().strip()}\n\n{found[3]}", text)
    return wanted


def main() -> int:
    """Write what differs, or with ``--check`` name it; 1 when something differed."""
    wanted = pages()
    differing = [page for page, text in wanted.items() if not page.exists() or page.read_text(encoding="utf-8") != text]
    for page in differing:
        sys.stderr.write(f"{page}\n")
        if "--check" not in sys.argv:
            page.write_text(wanted[page], encoding="utf-8")
    return 1 if differing and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
