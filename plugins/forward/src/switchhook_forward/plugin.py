"""What this plugin brings."""

from __future__ import annotations

from collections.abc import Sequence

from switchhook import FlowTemplate, Label, Module, hookimpl

from .forward import Forward
from .sentences import SENTENCES
from .templates import SimpleForward


@hookimpl
def modules() -> list[type[Module]]:
    """The module that connects a caller with somebody."""
    return [Forward]


@hookimpl
def flow_templates() -> list[type[FlowTemplate]]:
    """A flow to begin with."""
    return [SimpleForward]


@hookimpl
def sentences() -> Sequence[Label]:
    """The reasons in a call's course in German."""
    return SENTENCES
