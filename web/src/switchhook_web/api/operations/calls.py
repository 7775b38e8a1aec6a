"""The calls of a tenant: those that were kept, and those that are on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import attrs

from switchhook import Caller, Label, setting
from switchhook.administration import LATEST, ORDERS, CallFilter, CallLine, CallsNow, KeptOutcome, Leg, Outcome, as_json

from ...days import span
from ..operation import Answer, Asked, Operation
from .common import PageQuery, a_page, page_of

_OUTCOMES = ("none", *(one.value for one in Outcome))


@attrs.frozen
class CallQuery(PageQuery):
    """Which calls."""

    number: str = setting("number", "Rufnummer", "Number", default="")
    via: str = setting("number", "Umgeleitet von", "Diverted from", default="")
    outcome: str = setting("choice", "Ergebnis", "Outcome", default="", choices=_OUTCOMES)
    search: str = setting("text", "Suche", "Search", default="")
    since: str = setting("date", "Ab dem Tag", "From the day", default="")
    until: str = setting("date", "Bis zum Tag", "Until the day", default="")
    order: str = setting("choice", "Sortierung", "Order", default=LATEST, choices=ORDERS)


@attrs.frozen
class SumQuery:
    """Of which hours."""

    hours: int = setting("integer", "Stunden", "Hours until now", default=24, minimum=1, maximum=24 * 31)


@attrs.frozen
class CourseEvent:
    """Something that happened in a call; ``offset`` is seconds from its arrival."""

    session: int
    seq: int
    at: datetime
    offset: float
    kind: str
    point: str
    data: Mapping[str, object]


@attrs.frozen
class CallCourse:
    """A call and everything that happened in it."""

    id: str
    tenant: str
    number: str
    origin: str
    direction: str
    language: str
    caller: Caller
    diverted_from: str
    arrived: datetime
    ended: datetime | None
    ended_by: str
    seconds: float | None
    outcome: KeptOutcome | None
    legs: Sequence[Leg]
    events: Sequence[CourseEvent]


@attrs.frozen
class Sums:
    """How many calls ended how."""

    since: datetime
    until: datetime
    outcomes: Mapping[str, int]
    total: int


@attrs.frozen
class KeptNow:
    """How many calls and mails are kept, as far as one may see them, since when, and for how many days (0: for good)."""

    calls: int
    oldest: datetime | None
    mails: int | None
    days: int


def operations() -> Sequence[Operation]:
    """Calls and their numbers."""
    return [
        _operation(
            "calls.list",
            "Anrufe",
            "Calls",
            path="/calls",
            run=_list,
            query=CallQuery,
            answer=page_of(CallLine),
            may=("cursor_refused",),
        ),
        _operation(
            "calls.get",
            "Verlauf eines Anrufs",
            "The course of a call",
            path="/calls/{id}",
            run=_course,
            answer=CallCourse,
        ),
        _operation(
            "calls.sums",
            "Anrufe nach Ergebnis",
            "Calls by outcome",
            path="/call-sums",
            run=_sums,
            query=SumQuery,
            answer=Sums,
        ),
        _operation("calls.kept", "Was gespeichert ist", "What is kept", path="/kept", run=_kept, answer=KeptNow),
        _operation(
            "calls.live", "Anrufe jetzt", "Calls now", path="/live-calls", run=_live, answer=CallsNow, right="live.view"
        ),
    ]


def _operation(name: str, de: str, en: str, *, path: str, right: str = "call.view", **more: Any) -> Operation:
    return Operation(
        id=name,
        method="GET",
        path=f"/tenants/{{tenant}}{path}",
        tag="calls",
        summary=Label(de, en),
        right=right,
        **more,
    )


def _calls(asked: Asked) -> Any:
    return asked.administration.records.of(asked.tenant, asked.actor)


async def _list(asked: Asked) -> Answer:
    wanted: CallQuery = asked.query
    since, until = span(wanted.since, wanted.until)
    only = CallFilter(
        number=wanted.number,
        outcome=wanted.outcome,
        search=wanted.search,
        since=since,
        until=until,
        via=wanted.via,
    )
    page = await _calls(asked).page(only, limit=wanted.limit, after=wanted.after, order=wanted.order)
    return Answer(value=a_page(page.calls, page.after))


async def _course(asked: Asked) -> Answer:
    return Answer(value=as_json(await _calls(asked).course(asked.path["id"])))


async def _sums(asked: Asked) -> Answer:
    until = asked.administration.clock.now()
    since = until - timedelta(hours=asked.query.hours)
    found = await _calls(asked).outcomes(since, until)
    outcomes = {str(one): count for one, count in found.items()}
    return Answer(value=Sums(since, until, outcomes, sum(outcomes.values())))


async def _live(asked: Asked) -> Answer:
    return Answer(value=await _calls(asked).now())


async def _kept(asked: Asked) -> Answer:
    calls, oldest = await _calls(asked).kept()
    mails = await asked.administration.post.of(asked.tenant, asked.actor).kept()
    return Answer(value=KeptNow(calls, oldest, mails, asked.administration.settings.portal.keep_days))
