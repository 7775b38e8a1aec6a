"""What this plugin brings."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from switchhook import (
    Card,
    FlowTemplate,
    Job,
    Label,
    MenuEntry,
    Module,
    Pages,
    PluginMigrations,
    Resource,
    Service,
    hookimpl,
)

from .calendar import Calendar
from .change_routing import ChangeRouting
from .holidays_of import holidays_in
from .hours import Hours
from .sentences import SENTENCES
from .speak_hours import SpeakHours
from .switch import Switch
from .switching import BySwitch, SetSwitch
from .templates import HoursHotline


@hookimpl
def resources() -> list[type[Resource]]:
    """Calendars and switches."""
    return [Calendar, Switch]


@hookimpl
def modules() -> list[type[Module]]:
    """Going by hours and by switches, and changing switches by telephone."""
    return [Hours, SpeakHours, BySwitch, SetSwitch, ChangeRouting]


@hookimpl
def flow_templates() -> list[type[FlowTemplate]]:
    """A flow to begin with."""
    return [HoursHotline]


@hookimpl
def menu_entries() -> list[MenuEntry]:
    """What holds in the next days, and beside it what is kept."""
    return [
        MenuEntry(
            Label("Zeiten & Schalter", "Hours & switches"),
            "/x/hours/overview",
            "calendar.view",
            "clock",
            129,
            tab=Label("Überblick", "Overview"),
            tabs=(f"/r/{Switch.kind}", f"/r/{Calendar.kind}"),
        )
    ]


@hookimpl
def cards() -> list[Card]:
    """The switches that are overridden."""
    return [Card(Label("Umgestellt", "Overridden"), "/x/hours/card", "switch.view", "switch-2", 15, on=("switch",))]


@hookimpl
def pages() -> list[Pages]:
    """The page of what holds, with the quick forms of switches."""
    return [Pages("switchhook_hours.pages")]


@hookimpl
def services() -> list[Service]:
    """Letting switches go at their end, telling which are overridden, and having addresses of calendars fetched."""
    from .fetching import order_feeds
    from .watching import watch

    return [Service("hours-switches", watch), Service("hours-feeds", order_feeds)]


@hookimpl
def jobs() -> list[Job]:
    """Fetching the iCalendar address of a calendar."""
    from .fetching import JOB

    return [JOB]


@hookimpl
def migrations() -> list[PluginMigrations]:
    """What was fetched."""
    return [PluginMigrations("hours", Path(__file__).parent / "migrations")]


@hookimpl
async def portal_started() -> None:
    """Load what knows the holidays before the first caller would wait for it."""
    await asyncio.to_thread(holidays_in, "DE", False, 2026)


@hookimpl
def sentences() -> Sequence[Label]:
    """The reasons in a call's course in German."""
    return SENTENCES
