"""What Asterisk's own record says about one call, whatever order its rows are read in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import attrs

from ..calls.call import Origin
from ..calls.outcome import Outcome
from .cel import USER_DEFINED, CelRow

FALLBACK_EVENT: Final = "SH_FALLBACK"
ORIGINS: Final[dict[str, Origin]] = {"from-trunk": "trunk", "from-phone": "phone"}
_OURS: Final = frozenset({*ORIGINS, "call", "fallback"})
"""Contexts a caller's channel can be in; a channel seen in none of them was not a call to a number."""
_NUMBER: Final = re.compile(r"[+*]?[0-9]{1,15}")
_BY_CAUSE: Final = {  # Q.850
    17: Outcome.BUSY,
    18: Outcome.NO_ANSWER,
    19: Outcome.NO_ANSWER,
    21: Outcome.REJECTED,
}
_BY_DIALSTATUS: Final = {
    "BUSY": Outcome.BUSY,
    "NOANSWER": Outcome.NO_ANSWER,
    "CANCEL": Outcome.ABANDONED_RING,
}


@attrs.frozen
class CelAccount:
    """A call as Asterisk saw it.

    ``call`` is the first channel's id, ``exten`` what it dialled (empty when
    that row was lost). ``ended`` is None while the channel lives. ``talked``
    is the seconds the caller was connected to somebody, None if never;
    ``fallback`` is when the number's own fallback took over.
    """

    call: str
    exten: str
    origin: Origin
    arrived: datetime
    answered: datetime | None
    connected: datetime | None
    talked: float | None
    fallback: datetime | None
    ended: datetime | None
    outcome: Outcome
    """The outcome as far as Asterisk alone can tell."""


def account_of(call: str, rows: Iterable[CelRow], *, known: bool = False) -> CelAccount | None:
    """The account of a call from the rows linked to it.

    None when there are no rows, or they show no caller's call to a number; the
    latter does not matter for a call that is ``known`` to be one.
    """
    every = sorted(set(rows), key=lambda row: (row.at, row.key))
    own = [row for row in every if row.channel == call]
    entered = [row for row in own if row.context in _OURS]
    if not every or not (entered or known):
        return None
    extens = [row.exten for row in entered if _NUMBER.fullmatch(row.exten)]
    origins = [ORIGINS[row.context] for row in entered if row.context in ORIGINS]
    connected = _first(own, "BRIDGE_ENTER")
    answered = _first(own, "ANSWER")
    return CelAccount(
        call=call,
        exten=extens[0] if extens else "",
        origin=origins[0] if origins else "trunk",
        arrived=(own or every)[0].at,
        answered=answered,
        connected=connected,
        talked=_talked(own) if connected else None,
        fallback=next((r.at for r in own if r.kind == USER_DEFINED and r.user_event == FALLBACK_EVENT), None),
        ended=_ended(own, every),
        outcome=_outcome(own, answered, connected),
    )


def _first(rows: Sequence[CelRow], kind: str) -> datetime | None:
    return next((row.at for row in rows if row.kind == kind), None)


def _ended(own: Sequence[CelRow], every: Sequence[CelRow]) -> datetime | None:
    return _first(own, "HANGUP") or _first(own, "CHAN_END") or _first(every, "LINKEDID_END")


def _talked(own: Sequence[CelRow]) -> float:
    seconds, since = 0.0, None
    for row in own:
        if row.kind == "BRIDGE_ENTER":
            since = since or row.at
        elif row.kind in ("BRIDGE_EXIT", "HANGUP", "CHAN_END") and since:
            seconds, since = seconds + (row.at - since).total_seconds(), None
    return seconds + (own[-1].at - since).total_seconds() if since else seconds


def _outcome(own: Sequence[CelRow], answered: datetime | None, connected: datetime | None) -> Outcome:
    if connected:
        return Outcome.HUMAN
    if answered:
        return Outcome.MACHINE_ONLY
    extra = next((_extra(row) for row in own if row.kind == "HANGUP"), {})
    by_status = _BY_DIALSTATUS.get(str(extra.get("dialstatus")))
    cause = extra.get("hangupcause")
    return by_status or _BY_CAUSE.get(cause if isinstance(cause, int) else 0, Outcome.FAILED)


def _extra(row: CelRow) -> dict[str, object]:
    try:
        parsed = json.loads(row.extra or "{}")
    except ValueError:
        return {}
    return parsed if isinstance(parsed, dict) else {}
