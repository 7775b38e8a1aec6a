"""What Asterisk's own record says about one call, whatever order its rows are read in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
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
_ENDPOINT: Final = re.compile(r"PJSIP/(.+)-[0-9a-f]+")
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
    that row was lost). ``ended`` is None while the channel lives. ``talks``
    are the times the caller was connected to somebody, ``peers`` who came to
    be connected when: a phone's name, or ``trunk``;
    ``fallback`` is when the number's own fallback took over.
    """

    call: str
    exten: str
    origin: Origin
    arrived: datetime
    answered: datetime | None
    connected: datetime | None
    talks: tuple[tuple[datetime, datetime], ...]
    peers: tuple[tuple[datetime, str], ...]
    fallback: datetime | None
    ended: datetime | None
    outcome: Outcome
    """The outcome as far as Asterisk alone can tell."""

    @property
    def talked(self) -> float | None:
        """The seconds the caller was connected to somebody, None if never."""
        return _seconds(self.talks) if self.connected else None

    def talked_after(self, moment: datetime, until: datetime | None = None) -> float | None:
        """Those of them in conversations that were not over by a moment, such as the one a leg was dialled at, and
        that began before the next one was.
        """
        later = [one for one in self.talks if one[1] > moment and (until is None or one[0] < until)]
        return _seconds(later) if later else None

    def peers_after(self, moment: datetime) -> tuple[str, ...]:
        """Who was connected after a moment."""
        return tuple(name for at, name in self.peers if at > moment)


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
        talks=_talks(own),
        peers=tuple(_peers(row for row in every if row.channel != call)),
        fallback=next((r.at for r in own if r.kind == USER_DEFINED and r.user_event == FALLBACK_EVENT), None),
        ended=_ended(own, every),
        outcome=_outcome(own, answered, connected),
    )


def _first(rows: Sequence[CelRow], kind: str) -> datetime | None:
    return next((row.at for row in rows if row.kind == kind), None)


def _ended(own: Sequence[CelRow], every: Sequence[CelRow]) -> datetime | None:
    return _first(own, "HANGUP") or _first(own, "CHAN_END") or _first(every, "LINKEDID_END")


def _talks(own: Sequence[CelRow]) -> tuple[tuple[datetime, datetime], ...]:
    found, since = [], None
    for row in own:
        if row.kind == "BRIDGE_ENTER":
            since = since or row.at
        elif row.kind in ("BRIDGE_EXIT", "HANGUP", "CHAN_END") and since:
            found.append((since, row.at))
            since = None
    return (*found, (since, own[-1].at)) if since else tuple(found)


def _seconds(talks: Iterable[tuple[datetime, datetime]]) -> float:
    return sum((end - begin).total_seconds() for begin, end in talks)


def _peers(others: Iterable[CelRow]) -> Iterator[tuple[datetime, str]]:
    for row in others:
        endpoint = _ENDPOINT.fullmatch(row.name)
        if row.kind == "BRIDGE_ENTER" and endpoint:
            yield row.at, endpoint[1]


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
