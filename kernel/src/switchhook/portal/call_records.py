"""The calls that were kept, for those who may see them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import attrs
from sqlalchemy import Select, func, or_, select

from ..access.actor import Actor, Reach
from ..asterisk.live import LiveCalls
from ..calls.course import CallLine, Course
from ..calls.outcome import KeptOutcome, kept_outcome
from ..errors import NotFound
from ..store.engine import Store
from ..store.history import History, line_of_call
from ..store.tables import call
from .call_orders import LATEST, beyond, cursor_of, sorted_by

RIGHT: Final = "call.view"
PAGE: Final = 50
LONGEST_PAGE: Final = 500


@attrs.frozen
class CallPage:
    """Calls, newest first; ``after`` is the cursor of the next page, empty at the end."""

    calls: Sequence[CallLine]
    after: str = ""


@attrs.frozen(kw_only=True)
class CallFilter:
    """Which calls: to a number, of an outcome, those whose caller or number holds a text. Empty: all.

    ``via`` is the number that diverted them here.

    ``since`` and ``until`` are when they arrived: from then on, and before then.
    """

    number: str = ""
    outcome: str = ""
    search: str = ""
    since: datetime | None = None
    until: datetime | None = None
    via: str = ""


@attrs.frozen
class CallsNow:
    """The calls that are on, oldest first; ``stale`` says in words why that may be out of date, else it is empty."""

    calls: Sequence[CallLine]
    stale: str = ""


@attrs.frozen
class CallRecords:
    """The calls of all tenants."""

    store: Store
    live: LiveCalls

    def of(self, tenant: str, actor: Actor) -> TenantCalls:
        """The calls of one tenant as ``actor`` may see them."""
        return TenantCalls(self, tenant, actor)


@attrs.frozen
class TenantCalls:
    """One tenant's calls, those to the numbers the actor may see. Others, and other tenants', are ``NotFound``."""

    records: CallRecords
    tenant: str
    actor: Actor

    async def page(
        self,
        only: CallFilter = CallFilter(),
        *,
        limit: int = PAGE,
        after: str = "",
        order: str = LATEST,
    ) -> CallPage:
        """A page of calls in one of :data:`ORDERS`, the latest first if none is named; raises ``CursorRefused``."""
        limit = max(1, min(limit, LONGEST_PAGE))
        async with self.records.store.read() as conn:
            rows = (await conn.execute(self.query(only, limit=limit, after=after, order=order))).mappings().all()
        last = rows[limit - 1] if len(rows) > limit else None
        return CallPage([line_of_call(row) for row in rows[:limit]], cursor_of(last, order) if last is not None else "")

    def query(self, only: CallFilter, *, limit: int, after: str = "", order: str = LATEST) -> Select[Any]:
        """The rows of a page, one more than wanted, by which it shows whether there are more."""
        query = self._seen().where(*_conditions(only), *beyond(after, order))
        return query.order_by(*sorted_by(order)).limit(limit + 1)

    async def course(self, id: str) -> Course:  # noqa: A002 - the domain's own word
        """Everything about one call, in order."""
        reach = self.actor.need(RIGHT)
        course = await History(self.records.store, self.tenant).course(id)
        if not reach.covers([course.call.number]):
            raise NotFound(f"there is no call {id!r}", call=id)
        return course

    async def outcomes(self, since: datetime, until: datetime) -> Mapping[KeptOutcome, int]:
        """How many calls that arrived in between ended how; those the portal placed did not arrive."""
        seen = self._seen().with_only_columns(call.c.outcome, func.count()).group_by(call.c.outcome)
        arrived = (call.c.arrived >= since, call.c.arrived < until, call.c.origin != "placed")
        query = seen.where(*arrived, call.c.outcome != "")
        async with self.records.store.read() as conn:
            found = (await conn.execute(query)).all()
        return {known: count for outcome, count in found if (known := kept_outcome(outcome))}

    async def kept(self) -> tuple[int, datetime | None]:
        """How many calls are kept, and since when."""
        query = self._seen().with_only_columns(func.count(), func.min(call.c.arrived))
        async with self.records.store.read() as conn:
            count, oldest = (await conn.execute(query)).one()
        return count, oldest

    async def now(self) -> CallsNow:
        """The calls that are on at this moment; needs the right ``live.view``."""
        live = self.records.live
        query = self._seen("live.view").where(call.c.ended.is_(None)).order_by(call.c.arrived).limit(LONGEST_PAGE)
        async with self.records.store.read() as conn:
            rows = (await conn.execute(query)).mappings().all()
        lines = [line_of_call(row) for row in rows]
        there = [line for line in lines if live.stale or live.leg(line.id) or live.call(line.id)]
        return CallsNow(there, live.stale)

    def _seen(self, right: str = RIGHT) -> Select[Any]:
        reach: Reach = self.actor.need(right)
        query = select(call).where(call.c.tenant == self.tenant)
        return query if reach.everything else query.where(call.c.number.in_(sorted(reach.numbers)))


def _conditions(only: CallFilter) -> list[Any]:
    found: list[Any] = []
    if only.number:
        found.append(call.c.number == only.number)
    if only.via:
        found.append(call.c.diverted_from == only.via)
    if only.outcome:
        found.append(call.c.outcome == ("" if only.outcome == "none" else only.outcome))
    if only.since is not None:
        found.append(call.c.arrived >= only.since)
    if only.until is not None:
        found.append(call.c.arrived < only.until)
    if only.search:
        columns = (call.c.number, call.c.caller_number, call.c.caller_name, call.c.diverted_from)
        spelled = _spellings(only.search)
        found.append(or_(*(column.icontains(one, autoescape=True) for column in columns for one in spelled)))
    return found


def _spellings(search: str) -> Sequence[str]:
    """A text to search for, and the same as numbers are kept where it may be part of one: "0221 555" is "+49221555"."""
    bare = re.sub(r"[ ()/.-]", "", search)
    if not re.fullmatch(r"\+?[0-9]{2,}", bare):
        return [search]
    kept = f"+{bare[2:]}" if bare.startswith("00") else f"+49{bare[1:]}" if bare.startswith("0") else bare
    return [search, kept]
