"""What pages, the API and commands administer a portal with; for plugins that bring pages of their own as well."""

from __future__ import annotations

from .access.actor import Actor, Forbidden, Reach
from .asterisk.live_values import LiveCall
from .calls.course import CallLine, Course, as_json, caller_words
from .calls.numbers import NumberRefused, classify
from .config import Settings
from .contributions import Card, MenuEntry, Pages, Service
from .dispatch.faults import Fault
from .flows.flow import HANG_UP
from .portal.administration import Administration
from .portal.call_records import CallFilter, CallPage, CallsNow
from .portal.plugin_care import PluginLine, SettingLine
from .resources.record import ChangeRefused, IdTaken, InUse, StaleVersion
from .resources.resource import with_canonical_numbers
from .schema import Problem, Setting, SettingsRefused, plain_settings, read_settings, settings_of

__all__ = [
    "HANG_UP",
    "Actor",
    "Administration",
    "CallFilter",
    "CallLine",
    "CallPage",
    "CallsNow",
    "Card",
    "ChangeRefused",
    "Course",
    "Fault",
    "Forbidden",
    "IdTaken",
    "InUse",
    "LiveCall",
    "MenuEntry",
    "NumberRefused",
    "Pages",
    "PluginLine",
    "Problem",
    "Reach",
    "Service",
    "Setting",
    "SettingLine",
    "Settings",
    "SettingsRefused",
    "StaleVersion",
    "as_json",
    "caller_words",
    "classify",
    "plain_settings",
    "read_settings",
    "settings_of",
    "with_canonical_numbers",
]
