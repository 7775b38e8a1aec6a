"""What this plugin brings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from switchhook import Job, Label, MailTemplate, MenuEntry, Module, PluginMigrations, Resource, hookimpl

from .called import CalledNumber
from .condition import Condition, SetVariable
from .distribution import Distribution
from .http_decision import HttpDecision
from .limit import Limit
from .notify import JOB, TEMPLATES, Notify
from .number_announcement import NumberAnnouncement
from .origin import Origin
from .pin_entry import PinEntry
from .pins import PinSet
from .sentences import SENTENCES
from .sub_flow import Return, SubFlow
from .web_service import WebService


@hookimpl
def modules() -> list[type[Module]]:
    """Where callers come from and go to."""
    return [
        Origin,
        CalledNumber,
        Distribution,
        Condition,
        SetVariable,
        PinEntry,
        Limit,
        SubFlow,
        Return,
        HttpDecision,
        Notify,
        NumberAnnouncement,
    ]


@hookimpl
def resources() -> list[type[Resource]]:
    """PINs, and programs elsewhere."""
    return [PinSet, WebService]


@hookimpl
def menu_entries() -> Sequence[MenuEntry]:
    """What callers prove and programs decide, in one place."""
    text = Label("PINs & Webdienste", "PINs & web services")
    right, tabs = f"{PinSet.kind}.view", (f"/r/{WebService.kind}",)
    return [MenuEntry(text, f"/r/{PinSet.kind}", right, PinSet.icon, 340, tab=PinSet.plural, tabs=tabs)]


@hookimpl
def jobs() -> Sequence[Job]:
    """Telling people and programs."""
    return [JOB]


@hookimpl
def mail_templates() -> Sequence[MailTemplate]:
    """The mail of the module ``notify``."""
    return TEMPLATES


@hookimpl
def migrations() -> list[PluginMigrations]:
    """What is counted, and answers that are still good."""
    return [PluginMigrations("routing", Path(__file__).parent / "migrations")]


@hookimpl
def sentences() -> Sequence[Label]:
    """The reasons in a call's course in German."""
    return SENTENCES
