"""How people are told of messages: by mail, and by a call that rings until somebody heard them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from switchhook import Target

from .box import Mailbox

if TYPE_CHECKING:  # commands that only show help must not import the database
    from .messages import Message


def next_ring(box: Mailbox, now: datetime) -> datetime:
    """The first moment from ``now`` on at which the mailbox may ring somebody."""
    local = now.astimezone(ZoneInfo(box.zone))
    clock = f"{local:%H:%M}"
    if box.call_from <= clock < box.call_until:
        return now
    day = local.date() + timedelta(days=1 if clock >= box.call_until else 0)
    hour, minute = map(int, box.call_from.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(box.zone)).astimezone(now.tzinfo)


def target_of(box: Mailbox, attempt: int) -> Target:
    """Whom the attempt rings: one after the other, in rounds."""
    text = box.call_targets[(attempt - 1) % len(box.call_targets)]
    return Target("number" if text.startswith("+") else "phone", text)


def pause_after(box: Mailbox, attempt: int) -> timedelta:
    """How long it rings nobody after an attempt: a pause after each round, each twice as long as the one before."""
    rounds, within = divmod(attempt, len(box.call_targets))
    return timedelta(minutes=box.call_pause * 2 ** (rounds - 1)) if within == 0 else timedelta()


def last_attempt(box: Mailbox) -> int:
    """After which attempt it gives up."""
    return box.call_tries * len(box.call_targets)


def values_of(box: Mailbox, message: Message) -> Mapping[str, str]:
    """What fills the placeholders of a mail."""
    left = message.made.astimezone(ZoneInfo(box.zone))
    withheld = "unterdrückte Nummer" if box.mail_language == "de" else "withheld number"
    date = f"{left:%d.%m.%Y}" if box.mail_language == "de" else f"{left:%Y-%m-%d}"
    return {
        "mailbox": box.name,
        "label": message.label,
        "caller": message.caller or withheld,
        "date": date,
        "time": f"{left:%H:%M}",
        "seconds": f"{message.seconds:.0f}",
    }


def file_name(box: Mailbox, message: Message) -> str:
    """What the sound is called in a mail."""
    left = message.made.astimezone(ZoneInfo(box.zone))
    who = message.caller.removeprefix("+") or ("unterdrueckt" if box.mail_language == "de" else "withheld")
    return f"{left:%Y-%m-%d_%H-%M}_{who}.wav"
