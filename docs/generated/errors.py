"""Every error with its stable code."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import switchhook
from switchhook.errors import SwitchhookError

from .markdown import doc, table

_SCRIPTS = ("switchhook.store.alembic", "switchhook.store.versions", "switchhook.cli.__main__")
"""Run when imported, and hold no errors."""


def errors() -> str:
    """A table of all codes."""
    rows = sorted((error.code, error) for error in every())
    return table(
        ["code", "class", "meaning"],
        [[f"`{code}`", f"`{error.__module__}.{error.__qualname__}`", doc(error)] for code, error in rows],
    )


def every() -> list[type[SwitchhookError]]:
    """The root and all errors below it in the kernel."""
    for module in pkgutil.walk_packages(switchhook.__path__, "switchhook."):
        if not module.name.startswith(_SCRIPTS):
            importlib.import_module(module.name)
    return [error for error in _below(SwitchhookError) if error.__module__.startswith("switchhook.")]


def _below(error: type[SwitchhookError]) -> Iterator[type[SwitchhookError]]:
    yield error
    for child in error.__subclasses__():
        yield from _below(child)
