"""Switchhook: a self-hosted telephony service portal for Asterisk 22.

What stands here is what plugins use, and what stays stable.
"""

from __future__ import annotations

from .calls.call import Call, Caller
from .calls.event import Event
from .calls.outcome import Outcome
from .calls.port import DialPlan, DialResult, Keys, Listen, Target
from .calls.prompts import Prompt
from .calls.session import LegRefused, Session
from .dispatch.dispatcher import Refusal
from .dispatch.spec import hookimpl
from .errors import CallEnded, CallTaken, ConfigError, SwitchhookError
from .flows.flow import Flow, Point, Routing
from .flows.module import Exit, Finding, Module, Reference
from .schema import Label, setting
from .store.plugin_migrations import PluginMigrations

__all__ = [
    "Call",
    "CallEnded",
    "CallTaken",
    "Caller",
    "ConfigError",
    "DialPlan",
    "DialResult",
    "Event",
    "Exit",
    "Finding",
    "Flow",
    "Keys",
    "Label",
    "LegRefused",
    "Listen",
    "Module",
    "Outcome",
    "PluginMigrations",
    "Point",
    "Prompt",
    "Reference",
    "Refusal",
    "Routing",
    "Session",
    "SwitchhookError",
    "Target",
    "hookimpl",
    "setting",
]
