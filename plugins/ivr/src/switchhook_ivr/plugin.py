"""What this plugin brings."""

from __future__ import annotations

from switchhook import Module, hookimpl

from .announcement import Announcement
from .entry import Entry
from .menu import Menu


@hookimpl
def modules() -> list[type[Module]]:
    """The three modules of an interactive voice response."""
    return [Announcement, Menu, Entry]
