"""What this plugin brings."""

from __future__ import annotations

from collections.abc import Sequence

from switchhook import (
    FlowTemplate,
    Job,
    KeptRule,
    Label,
    MenuEntry,
    Module,
    Pages,
    PlacedCall,
    Resource,
    Right,
    hookimpl,
)

from . import calling
from .beginnings import ConferenceOnly
from .conference import Conference
from .oddities import RULES
from .room import ConferenceRoom
from .running import RUN, VIEW
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
def lint_rules() -> Sequence[KeptRule]:
    """What is odd about a flow that leads into a room."""
    return RULES


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


@hookimpl
def rights() -> list[Right]:
    """Seeing who is in conferences, and running them."""
    return [
        Right(VIEW, Label("Konferenzen sehen", "See conferences")),
        Right(RUN, Label("Konferenzen leiten", "Run conferences")),
    ]


@hookimpl
def menu_entries() -> list[MenuEntry]:
    """Who is in conferences now, and beside it the rooms."""
    return [
        MenuEntry(
            Label("Konferenzen", "Conferences"),
            "/x/conference/rooms",
            VIEW,
            "users-group",
            46,
            area="daily",
            tab=Label("Jetzt", "Now"),
            tabs=(f"/r/{ConferenceRoom.kind}",),
        )
    ]


@hookimpl
def pages() -> list[Pages]:
    """The page of who is in which room."""
    return [Pages("switchhook_conference.pages")]
