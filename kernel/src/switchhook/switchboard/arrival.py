"""From what Asterisk says about a new call to a call as a value."""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final
from urllib.parse import unquote

import attrs

from ..asterisk.agi_request import AgiRequest
from ..asterisk.port import place_of
from ..calls.call import Call, Caller, CallerKind, Origin
from ..calls.port import Place
from ..errors import AsteriskError
from ..media.talks import Said

MAX_NAME: Final = 64
_ORIGINS: Final[dict[str, Origin]] = {"trunk": "trunk", "phone": "phone", "placed": "placed"}
_SECONDS: Final = re.compile(r"[0-9]+(\.[0-9]+)?")
_TARGET: Final = re.compile(r"<(?:sips?|tel):(\+?[0-9]+)([^>]*)", re.IGNORECASE)
_RESTRICTED: Final = 0x60  # Q.951 presentation bits; 0x20 restricted, 0x40 unavailable


@attrs.frozen
class Asked:
    """One time Asterisk asks for a call.

    ``session`` counts them, ``place`` is set when an earlier one had begun.
    Its first step must begin within ``seconds``: the fewer, the longer the
    caller has waited for others.
    """

    call: str
    session: int
    number: str
    origin: Origin
    place: Place | None
    seconds: float
    history: str = ""
    """Where the call was before, in Base64: the header ``History-Info`` behind an ``h``."""


def asked(request: AgiRequest) -> Asked:
    """What the dialplan's arguments say; raises ``AsteriskError`` for anything but the rendered dialplan's own."""
    session, number, origin, state, seconds, history = (*request.args, *[""] * 6)[:6]
    came_from = _ORIGINS.get(origin)
    if not session.isdecimal() or came_from is None or not _SECONDS.fullmatch(seconds):
        raise AsteriskError("the dialplan does not ask as this portal's does; render it again", args=request.args)
    place = place_of(state) if state else None
    return Asked(request.uniqueid, int(session), number, came_from, place, float(seconds), history)


def said_of(request: AgiRequest) -> Said:
    """What whoever was called answered, asked whether the talk may be recorded; raises ``AsteriskError``."""
    call, step, verdict, key = (*request.args, "", "", "", "")[:4]
    if not step.isdecimal() or verdict not in ("granted", "refused") or len(key) > 1:
        raise AsteriskError("the dialplan does not ask as this portal's does; render it again", args=request.args)
    return Said(call, int(step), verdict, key, who_of(request.channel))


def who_of(channel: str) -> str:
    """Whom a channel such as ``PJSIP/anna-00000001`` leads to: the name of a phone, or the trunk."""
    return channel.partition("/")[2].rpartition("-")[0][:64]


Classify = Callable[[str], tuple[str, CallerKind]]
Key = Callable[[str], str]


def caller_of(request: AgiRequest, origin: Origin, classify: Classify, key: Key) -> Caller:
    """The caller as far as anybody may know.

    Only a phone of the house is internal: over the trunk anybody can send the
    number of one. A restricted number (Q.951 presentation, set from ``Privacy`` or an
    anonymous ``From`` by PJSIP) is reduced to its keyed hash here and exists
    nowhere beyond.
    """
    number, kind = classify(request.caller_number) if request.caller_number else ("", "unknown")
    if kind == "internal" and origin != "phone":
        kind = "unknown"
    if request.presentation & _RESTRICTED:
        suppressed = bool(request.presentation & 0x20)
        return Caller(
            presentation="suppressed" if suppressed else "unknown",
            kind=kind if number else "unknown",
            key=key(number) if number else "",
        )
    return Caller(
        number=number,
        name=display(request.caller_name),
        presentation="shown" if number else "unknown",
        kind=kind,
        key=key(number) if number else "",
    )


def display(text: str) -> str:
    """A name fit to be shown: NFC, at most 64 characters, none of category C (control, bidi, zero width, private)."""
    clean = "".join(c for c in unicodedata.normalize("NFC", text) if not unicodedata.category(c).startswith("C"))
    return clean.strip()[:MAX_NAME]


def call_of(request: AgiRequest, ask: Asked, caller: Caller, arrived: datetime, classify: Classify) -> Call:
    """The call, before its tenant is known; its numbers are canonical."""
    number = classify(ask.number)[0] or ask.number
    return Call(
        id=request.uniqueid,
        tenant="",
        number=number,
        caller=caller,
        arrived=arrived,
        origin=ask.origin,
        diverted_from=diverted_from(request.rdnis, ask.history, number, classify),
    )


def diverted_from(diverting: str, history: str, number: str, classify: Classify) -> str:
    """The number that diverts a call to ``number``, empty where none does or it wants to be private.

    ``diverting`` is of the header ``Diversion`` (RFC 5806), which counts first; without it the last
    number before this one in ``history``, of ``History-Info`` (RFC 7044). Asterisk may have taken
    the first of the latter for the former; a history that names this number alone diverts nothing.
    """
    told = list(_history(history, classify))
    hidden = {one for one, private in told if private}
    before = [("" if private else one) for one, private in told if one != number]
    found = classify(diverting)[0] if diverting else before[-1] if before else ""
    return "" if found == number or found in hidden else found


def _history(encoded: str, classify: Classify) -> Iterator[tuple[str, bool]]:
    """The numbers a call was at, in order, and whether each wants to be private."""
    try:
        text = unquote(base64.b64decode(encoded, validate=True).decode("utf-8", "replace"))
    except ValueError:  # nothing that the dialplan says
        return
    for target in _TARGET.finditer(text):
        private = re.search(r"privacy=(?!none)", target[2], re.IGNORECASE)
        yield classify(target[1])[0], bool(private)
