"""What this plugin brings."""

from __future__ import annotations

from switchhook import Module, hookimpl

from .forward import Forward


@hookimpl
def modules() -> list[type[Module]]:
    """The module that connects a caller with somebody."""
    return [Forward]
