"""What SIPp wrote of the messages it sent and received, as values: the ground truth of what went over the wire."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import attrs

_HEAD = re.compile(
    r"^-{40,} (\d{4}-\d\d-\d\d)[ \t](\d\d:\d\d:\d\d\.\d+)[^\n]*\n\w+ message (sent|received)[^\n]*\n\n", re.MULTILINE
)


@attrs.frozen
class SipMessage:
    """One SIP message: when (seconds since the epoch), whether SIPp sent it, first line, headers and body."""

    at: float
    sent: bool
    first: str
    headers: tuple[tuple[str, str], ...]
    body: str

    def header(self, name: str) -> str:
        """The first header of that name (any case), empty when there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def status(self) -> int:
        """The status of a response, 0 of a request."""
        return int(self.first.split()[1]) if self.first.startswith("SIP/2.0") else 0

    @property
    def method(self) -> str:
        """The method of the request, or of the one a response answers."""
        return self.header("CSeq").split()[-1] if self.status else self.first.split()[0]

    @property
    def number(self) -> str:
        """User part of the request URI, empty for a response."""
        found = re.match(r"\w+ sips?:([^@;> ]*)@", self.first)
        return found[1] if found else ""


@attrs.frozen
class CallResult:
    """What became of one SIP call. Times are seconds since the epoch, None when it did not happen.

    ``number`` was called by ``caller``, the user part of the From header. ``status`` is the final answer to the INVITE (0: none came), ``ended_by`` who sent the BYE or CANCEL: ``"sipp"``,
    ``"them"``, or empty when nobody did.
    """

    call_id: str
    caller: str
    number: str
    invited_at: float
    ringing_at: float | None
    answered_at: float | None
    status: int
    ended_at: float | None
    ended_by: str


def read_log(path: Path) -> list[SipMessage]:
    """All messages in the file, in order; none when SIPp has not written it yet."""
    text = path.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n") if path.exists() else ""
    heads = list(_HEAD.finditer(text))
    ends = [*(head.start() for head in heads[1:]), len(text)][: len(heads)]
    return [_message(head, text[head.end() : end]) for head, end in zip(heads, ends, strict=True)]


def _message(head: re.Match[str], text: str) -> SipMessage:
    first, _, rest = text.partition("\n")
    lines, _, body = rest.partition("\n\n")
    headers = tuple(
        (name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines.split("\n"))
    )
    at = datetime.fromisoformat(f"{head[1]} {head[2]}").astimezone().timestamp()
    return SipMessage(at, head[3] == "sent", first, headers, body)


def invites(messages: Iterable[SipMessage], *, sent: bool) -> list[SipMessage]:
    """The first INVITE of every call, retransmissions and re-INVITEs left out."""
    seen: dict[str, SipMessage] = {}
    for message in messages:
        if message.method == "INVITE" and not message.status and message.sent == sent:
            seen.setdefault(message.header("Call-ID"), message)
    return list(seen.values())


def results(messages: list[SipMessage]) -> list[CallResult]:
    """One result for every call, in the order of their INVITEs."""
    starts: dict[str, SipMessage] = {}
    for start in sorted([*invites(messages, sent=True), *invites(messages, sent=False)], key=lambda one: one.at):
        starts.setdefault(start.header("Call-ID"), start)  # what comes later in the other direction is a re-INVITE
    return [
        _result(start, [one for one in messages if one.header("Call-ID") == name]) for name, start in starts.items()
    ]


def _result(start: SipMessage, talk: list[SipMessage]) -> CallResult:
    answers = [one for one in talk if one.method == "INVITE" and one.status]
    final = next((one for one in answers if one.status >= 200), None)
    ringing = next((one.at for one in answers if one.status in (180, 183)), None)
    end = next((one for one in talk if one.method in ("BYE", "CANCEL") and not one.status), None)
    answered = final.at if final is not None and final.status < 300 else None
    over = end or (final if answered is None else None)
    by = "" if end is None else "sipp" if end.sent else "them"
    status = final.status if final is not None else 0
    caller = re.search(r"sips?:([^@;> ]*)@", start.header("From"))
    return CallResult(
        start.header("Call-ID"),
        caller[1] if caller else "",
        start.number,
        start.at,
        ringing,
        answered,
        status,
        over.at if over else None,
        by,
    )
