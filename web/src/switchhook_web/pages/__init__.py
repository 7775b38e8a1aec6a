"""The web's own pages: each module here has a ``blueprint``, and perhaps a ``MENU`` and ``CARDS``; no list names them."""

from __future__ import annotations

import pkgutil
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType


def found() -> Sequence[ModuleType]:
    """All modules of this package, by name."""
    return [
        import_module(f"{__name__}.{one.name}") for one in sorted(pkgutil.iter_modules(__path__), key=lambda m: m.name)
    ]
