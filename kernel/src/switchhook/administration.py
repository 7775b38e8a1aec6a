"""What pages, the API and commands administer a portal with; for plugins that bring pages of their own as well."""

from __future__ import annotations

from .access.actor import Actor, Forbidden, Reach
from .asterisk.live_values import LiveCall
from .calls.course import CallLine, Course, as_json, caller_words
from .config import Settings
from .contributions import Card, MenuEntry, Pages, Service
from .dispatch.faults import Fault
from .portal.administration import Administration
from .portal.call_records import CallFilter, CallPage
from .portal.plugin_care import PluginLine, SettingLine
from .resources.record import ChangeRefused, IdTaken, InUse, StaleVersion
from .schema import SettingsRefused

__all__ = [
    "Actor",
    "Administration",
    "CallFilter",
    "CallLine",
    "CallPage",
    "Card",
    "ChangeRefused",
    "Course",
    "Fault",
    "Forbidden",
    "IdTaken",
    "InUse",
    "LiveCall",
    "MenuEntry",
    "Pages",
    "PluginLine",
    "Reach",
    "Service",
    "SettingLine",
    "Settings",
    "SettingsRefused",
    "StaleVersion",
    "as_json",
    "caller_words",
]
