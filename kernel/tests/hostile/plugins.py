"""Plugins that do what no plugin should, as distributions on the path and as objects."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import attrs

from switchhook import Exit, Label, Module, Session, hookimpl
from switchhook.dispatch.loader import Source


def module_that(run: Callable[[Session], Any], kind: str = "hostile") -> type[Module]:
    """A module class that runs what it is given."""

    async def run_it(self: Module, session: Session) -> Any:
        return await run(session)

    body = {"kind": kind, "label": Label("Feindlich", "Hostile"), "exits": lambda self: ("next",), "run": run_it}
    return attrs.frozen(type("Hostile", (Module,), body))


def bringing(*modules: object) -> SimpleNamespace:
    """A plugin with these modules."""
    return SimpleNamespace(__name__="hostile", modules=hookimpl(lambda: list(modules), specname="modules"))


def source(name: str, plugin: object) -> Source:
    """The plugin as if it was installed."""
    return Source(name, lambda: plugin, f"dist-{name}", "1.0")


def install(site: Path, name: str, code: str) -> None:
    """Put a distribution with one plugin below ``site``, as pip would."""
    module = f"switchhook_{name}"
    (site / f"{module}.py").write_text(code)
    info = site / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: switchhook-{name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[switchhook]\n{name} = {module}\n")


async def goes_on(session: Session) -> Exit:
    """A module that behaves."""
    return Exit("next")
