"""What this plugin brings."""

from __future__ import annotations

from collections.abc import Sequence

from switchhook import FlowTemplate, Label, Module, hookimpl

from .announcement import Announcement
from .entry import Entry
from .hang_up import HangUp
from .menu import Menu
from .music import Music
from .sentences import SENTENCES
from .templates import AnnounceAndHangUp, Hotline


@hookimpl
def modules() -> list[type[Module]]:
    """The modules of an interactive voice response."""
    return [Announcement, Menu, Entry, Music, HangUp]


@hookimpl
def flow_templates() -> list[type[FlowTemplate]]:
    """Flows to begin with."""
    return [AnnounceAndHangUp, Hotline]


@hookimpl
def sentences() -> Sequence[Label]:
    """The reasons in a call's course in German."""
    return SENTENCES
