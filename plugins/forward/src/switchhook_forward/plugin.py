"""What this plugin brings."""

from __future__ import annotations

from switchhook import FlowTemplate, Module, hookimpl

from .forward import Forward
from .templates import SimpleForward


@hookimpl
def modules() -> list[type[Module]]:
    """The module that connects a caller with somebody."""
    return [Forward]


@hookimpl
def flow_templates() -> list[type[FlowTemplate]]:
    """A flow to begin with."""
    return [SimpleForward]
