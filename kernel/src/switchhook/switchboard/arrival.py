"""From what Asterisk says about a new call to a call as a value."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime
from typing import Final

import attrs

from ..asterisk.agi_request import AgiRequest
from ..asterisk.port import place_of
from ..calls.call import Call, Caller, CallerKind, Origin
from ..calls.port import Place
from ..errors import AsteriskError

MAX_NAME: Final = 64
_ORIGINS: Final[dict[str, Origin]] = {"trunk": "trunk", "phone": "phone", "placed": "placed"}
_SECONDS: Final = re.compile(r"[0-9]+(\.[0-9]+)?")
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


def asked(request: AgiRequest) -> Asked:
    """What the dialplan's arguments say; raises ``AsteriskError`` for anything but the rendered dialplan's own."""
    session, number, origin, state, seconds = (*request.args, "", "", "", "", "")[:5]
    came_from = _ORIGINS.get(origin)
    if not session.isdecimal() or came_from is None or not _SECONDS.fullmatch(seconds):
        raise AsteriskError("the dialplan does not ask as this portal's does; render it again", args=request.args)
    place = place_of(state) if state else None
    return Asked(request.uniqueid, int(session), number, came_from, place, float(seconds))


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
    return Call(
        id=request.uniqueid,
        tenant="",
        number=classify(ask.number)[0] or ask.number,
        caller=caller,
        arrived=arrived,
        origin=ask.origin,
        diverted_from=classify(request.rdnis)[0] if request.rdnis else "",
    )
