"""What this plugin brings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from switchhook import Label, MailTemplate, Module, PluginMigrations, Resource, hookimpl

from .box import Mailbox
from .leave import LeaveMessage
from .mails import TEMPLATES
from .sentences import SENTENCES


@hookimpl
def resources() -> list[type[Resource]]:
    """Mailboxes."""
    return [Mailbox]


@hookimpl
def modules() -> list[type[Module]]:
    """Leaving a message."""
    return [LeaveMessage]


@hookimpl
def mail_templates() -> Sequence[MailTemplate]:
    """The mail about a message, and the one when nobody could be reached."""
    return TEMPLATES


@hookimpl
def migrations() -> list[PluginMigrations]:
    """The table of messages."""
    return [PluginMigrations("mailbox", Path(__file__).parent / "migrations")]


@hookimpl
def sentences() -> Sequence[Label]:
    """The reasons in a call's course in German."""
    return SENTENCES
