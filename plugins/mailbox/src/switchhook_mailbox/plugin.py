"""What this plugin brings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from switchhook import (
    Card,
    FlowTemplate,
    Job,
    KeptRule,
    Label,
    MailTemplate,
    MenuEntry,
    Module,
    Pages,
    PlacedCall,
    PluginMigrations,
    Resource,
    Right,
    hookimpl,
)

from . import ringing, work
from .access import MailboxAccess
from .beginnings import MailboxOnly
from .box import Mailbox
from .leave import LeaveMessage
from .mails import TEMPLATES
from .notice import Notice
from .oddities import RULES
from .sentences import SENTENCES


@hookimpl
def resources() -> list[type[Resource]]:
    """Mailboxes."""
    return [Mailbox]


@hookimpl
def modules() -> list[type[Module]]:
    """Leaving a message, and hearing those there are."""
    return [LeaveMessage, MailboxAccess]


@hookimpl
def flow_templates() -> list[type[FlowTemplate]]:
    """A flow to begin with."""
    return [MailboxOnly]


@hookimpl
def lint_rules() -> Sequence[KeptRule]:
    """What is odd about a flow that takes messages."""
    return RULES


@hookimpl
def jobs() -> list[Job]:
    """What follows when a message was left, mailed, heard or deleted."""
    return [Job(work.KEPT, work.kept), Job(work.MAILED, work.mailed), Job(work.CHANGED, work.changed)]


@hookimpl
def placed_calls() -> list[PlacedCall]:
    """The call about new messages."""
    return [PlacedCall(Notice, ringing.ended, ringing.wanted)]


@hookimpl
def mail_templates() -> Sequence[MailTemplate]:
    """The mail about a message, and the one when nobody could be reached."""
    return TEMPLATES


@hookimpl
def migrations() -> list[PluginMigrations]:
    """The table of messages."""
    return [PluginMigrations("mailbox", Path(__file__).parent / "migrations")]


@hookimpl
def rights() -> list[Right]:
    """Hearing messages, and deleting them, as far as the mailboxes they were left in."""
    return [
        Right("message.view", Label("Nachrichten abhören", "Hear messages"), ("all", "group", "number", "own")),
        Right("message.delete", Label("Nachrichten löschen", "Delete messages"), ("all", "group", "number", "own")),
    ]


@hookimpl
def menu_entries() -> list[MenuEntry]:
    """The messages, and beside them the mailboxes."""
    return [
        MenuEntry(
            Label("Mailbox", "Mailbox"),
            "/x/mailbox/messages",
            "message.view",
            "inbox",
            45,
            area="daily",
            tab=Label("Nachrichten", "Messages"),
            tabs=(f"/r/{Mailbox.kind}",),
        )
    ]


@hookimpl
def cards() -> list[Card]:
    """The new messages."""
    return [
        Card(Label("Neue Nachrichten", "New messages"), "/x/mailbox/card", "message.view", "inbox", 25, on=("message",))
    ]


@hookimpl
def pages() -> list[Pages]:
    """The pages of messages."""
    return [Pages("switchhook_mailbox.pages")]


@hookimpl
def sentences() -> Sequence[Label]:
    """The reasons in a call's course in German."""
    return SENTENCES
