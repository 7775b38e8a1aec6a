"""A mail as it is kept: to whom, what became of it, and never what it says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal

import attrs

from ..errors import SwitchhookError

MailState = Literal["queued", "sent", "deferred", "bounced", "dead"]
"""Waiting; taken by the mail server; to be tried again; refused for good; given up after 48 hours."""

_ADDRESS: Final = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9\u00a1-\uffff-]+(\.[A-Za-z0-9\u00a1-\uffff-]+)*"
)


class AddressRefused(SwitchhookError):
    """What should be a mail address is none."""

    code = "mail_address"


class NotResent(SwitchhookError):
    """A mail that cannot be sent once more: it is out, or what it said is no longer kept."""

    code = "mail_not_resent"


@attrs.frozen
class Mail:
    """One mail of the outbox. ``reply`` is what the mail server said last, or why it could not be asked.

    ``message_id`` is the same at each try, so that a receiver can tell that
    it has the mail already. ``resendable`` tells whether its text is still kept.
    """

    id: int
    tenant: str
    recipient: str
    template: str
    language: str
    label: str
    state: MailState
    tries: int
    reply: str
    message_id: str
    created: datetime
    due: datetime
    tried: datetime | None
    resendable: bool


@attrs.frozen
class MailPage:
    """A part of the mail log, newest first. ``after`` is the cursor of the next part, 0 at the end."""

    mails: Sequence[Mail]
    after: int = 0


def checked_address(text: str) -> str:
    """A mail address without spaces around it; raises :class:`AddressRefused` for what is none, and for several."""
    address = text.strip()
    if not _ADDRESS.fullmatch(address) or len(address) > 254:
        raise AddressRefused(f"{text!r} is no mail address such as kim@example.org", address=text)
    return address
