"""What this plugin brings."""

from __future__ import annotations

from collections.abc import Sequence

from switchhook import Label, Module, Resource, hookimpl

from .recording import RecordTalks
from .retention import RecordingClass
from .sentences import SENTENCES


@hookimpl
def modules() -> list[type[Module]]:
    """Having talks recorded."""
    return [RecordTalks]


@hookimpl
def resources() -> list[type[Resource]]:
    """How long recordings are kept."""
    return [RecordingClass]


@hookimpl
def sentences() -> Sequence[Label]:
    """The reasons in a call's course in German."""
    return SENTENCES
