"""What this plugin brings."""

from __future__ import annotations

from collections.abc import Sequence

from switchhook import FlowTemplate, Job, Label, Module, PlacedCall, Resource, hookimpl

from . import calling
from .beginnings import ConferenceOnly
from .conference import Conference
from .room import ConferenceRoom
from .sentences import SENTENCES


@hookimpl
def resources() -> list[type[Resource]]:
    """Rooms."""
    return [ConferenceRoom]


@hookimpl
def modules() -> list[type[Module]]:
    """Joining a room."""
    return [Conference]


@hookimpl
def flow_templates() -> list[type[FlowTemplate]]:
    """A flow to begin with."""
    return [ConferenceOnly]


@hookimpl
def placed_calls() -> list[PlacedCall]:
    """The call to whoever is called into a room."""
    return [PlacedCall(calling.Invitation, calling.ended)]


@hookimpl
def jobs() -> list[Job]:
    """Calling somebody into a room."""
    return [Job(calling.DIAL, calling.called_by_key)]


@hookimpl
def sentences() -> Sequence[Label]:
    """The reasons in a call's course in German."""
    return SENTENCES
