"""Closes the calls whose portal or Asterisk died, from Asterisk's own record."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import attrs
from sqlalchemy import and_, case, func, or_, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from ..calls.call import Call, Caller
from ..calls.course import AFTERWARDS
from ..calls.event import Event
from ..calls.outcome import Outcome, outcome_of
from ..clock import Clock
from . import tables
from .cel import USER_DEFINED, CelRow
from .cel_account import CelAccount, account_of
from .engine import Store
from .journal_batch import close, deciding
from .news import note_news
from .records import call_of, call_row, event_row
from .upsert import once

GRACE: Final = timedelta(seconds=5)
"""How long the portal gets to end a call itself: its own account is the richer one."""
_CHUNK: Final = 100
_CALL, _CEL, _LEG = tables.call, tables.cel_row, tables.leg
_ENDS: Final = or_(
    _CEL.c.kind == "LINKEDID_END", and_(_CEL.c.kind.in_(("HANGUP", "CHAN_END")), _CEL.c.channel == _CEL.c.linked)
)


@attrs.frozen
class LiveChannels:
    """The channels one Asterisk (``node``, its system name) had at ``as_of``, and since when it runs."""

    node: str
    as_of: datetime
    channels: frozenset[str]
    started: datetime


@attrs.frozen
class Closed:
    """A call that was closed from Asterisk's record."""

    call: Call
    outcome: Outcome
    ended: datetime


@attrs.frozen
class CelClosing:
    """Compares calls with Asterisk's record. ``canonical`` makes a dialled number what ``Call.number`` holds."""

    store: Store
    clock: Clock
    canonical: Callable[[str], str] = str
    grace: timedelta = GRACE

    async def run(self, live: LiveChannels | None = None) -> list[Closed]:
        """Close each call that ended without the portal, exactly once, and give those closed now.

        A call is over when the record says that its channel ended, or, with
        ``live``, when it began before that Asterisk did or is not among its
        channels. A caller no portal ever saw gets a call too. The use of a
        number's fallback is added to the call's events.
        """
        before = self.clock.now() - self.grace
        async with self.store.read() as conn:
            lost = await _lost(conn, live, self.grace) if live else {}
            ids = sorted({*lost, *await _over(conn)})
        closed: list[Closed] = []
        for start in range(0, len(ids), _CHUNK):
            async with self.store.write() as conn:
                some = _Some(conn, lost, before, self.canonical)
                ended = await some.close(ids[start : start + _CHUNK])
                await note_news(conn, self.clock.now(), ((one.call.tenant, "calls", one.call.number) for one in ended))
                closed += ended
        return closed


async def _over(conn: AsyncConnection) -> set[str]:
    """Linked ids whose end the record tells and which are not settled, or whose call is still open."""
    fresh = select(_CEL.c.linked).where(_CEL.c.settled.is_(False), _ENDS).distinct()
    still_open = select(_CEL.c.linked).join(_CALL, _CALL.c.id == _CEL.c.linked).where(_CALL.c.ended.is_(None), _ENDS)
    return {*(await conn.execute(fresh)).scalars(), *(await conn.execute(still_open)).scalars()}


async def _lost(conn: AsyncConnection, live: LiveChannels, grace: timedelta) -> dict[str, datetime]:
    """Open calls of a node that it does not have, and the latest moment they can have ended."""
    of_node = f"{live.node}-"
    open_calls = select(_CALL.c.id, _CALL.c.arrived).where(
        _CALL.c.ended.is_(None), _CALL.c.id.startswith(of_node, autoescape=True)
    )
    unseen = (
        select(_CEL.c.linked, func.min(_CEL.c.at))
        .where(_CEL.c.settled.is_(False), _CEL.c.linked.startswith(of_node, autoescape=True))
        .group_by(_CEL.c.linked)
    )
    lost = {}
    for query in (unseen, open_calls):
        for id, arrived in await conn.execute(query):  # noqa: A001 - the domain's own word
            if arrived < live.started:
                lost[id] = live.started
            elif id not in live.channels and arrived < live.as_of - grace:
                lost[id] = live.as_of
    return lost


@attrs.frozen
class _Some:
    """A few calls, in one transaction."""

    conn: AsyncConnection
    lost: dict[str, datetime]
    before: datetime
    canonical: Callable[[str], str]

    async def close(self, ids: Sequence[str]) -> list[Closed]:
        calls = {row["id"]: row for row in await self._all(select(_CALL).where(_CALL.c.id.in_(ids)))}
        ids = await self._leave_alone(ids, calls)
        if not ids:
            return []
        rows = await self._rows(ids)
        events = await deciding(self.conn, ids)
        closed = []
        for id in ids:  # noqa: A001 - the domain's own word
            account = account_of(id, rows.get(id, ()), known=id in calls)
            ended = await self._end(id, account)
            if id in calls and ended is not None:
                closed += await self._close(call_of(calls[id]), ended, events[id], account)
            elif id not in calls and account is None:
                await self._settle(id, "")  # a channel that was no caller's
            elif account is not None and ended is not None:
                closed += await self._close(await self._unseen(account), ended, events[id], account)
        return closed

    async def _leave_alone(self, ids: Sequence[str], calls: Mapping[str, RowMapping]) -> list[str]:
        """Settle at once what the portal ended whole, as nearly all calls are; gives the ids that are left."""
        unended = select(_LEG.c.call).where(_LEG.c.call.in_(ids), _LEG.c.status == "")
        open_legs = {row["call"] for row in await self._all(unended)}
        over = (
            select(_CEL.c.linked)
            .where(_CEL.c.linked.in_(ids))
            .group_by(_CEL.c.linked)
            .having(func.max(_CEL.c.at) <= self.before, func.sum(case((_CEL.c.kind == USER_DEFINED, 1), else_=0)) == 0)
        )
        whole: dict[str, list[str]] = {}
        for id in (await self.conn.execute(over)).scalars():  # noqa: A001 - the domain's own word
            known = calls.get(id)
            if known is not None and known["ended"] is not None and id not in open_legs:
                whole.setdefault(known["tenant"], []).append(id)
        for tenant, some in whole.items():
            await self.conn.execute(update(_CEL).where(_CEL.c.linked.in_(some)).values(settled=True, tenant=tenant))
        done = {id for some in whole.values() for id in some}  # noqa: A001
        return [id for id in ids if id not in done]  # noqa: A001

    async def _rows(self, ids: Sequence[str]) -> dict[str, list[CelRow]]:
        found: dict[str, list[CelRow]] = {}
        names = [field.name for field in attrs.fields(CelRow)]
        for row in await self._all(select(_CEL).where(_CEL.c.linked.in_(ids))):
            found.setdefault(row["linked"], []).append(CelRow(**{name: row[name] for name in names}))
        return found

    async def _all(self, query: Any) -> Sequence[RowMapping]:
        return (await self.conn.execute(query)).mappings().all()

    async def _end(self, id: str, account: CelAccount | None) -> datetime | None:  # noqa: A002
        """When the call ended; None while it goes on or while the portal may still end it itself."""
        if account is not None and account.ended is not None:
            return account.ended if account.ended <= self.before else None
        if id not in self.lost:
            return None
        # Nobody saw the end: it counts as long as somebody saw it live, and no longer (REL06).
        traces = (
            select(func.max(tables.event.c.at)).where(tables.event.c.call == id),
            select(func.max(_CEL.c.at)).where(_CEL.c.linked == id),
        )
        seen = [moment for query in traces if (moment := (await self.conn.execute(query)).scalar()) is not None]
        return min(max(seen), self.lost[id]) if seen else self.lost[id]

    async def _unseen(self, account: CelAccount) -> Call:
        """A call that no portal ever saw."""
        number = self.canonical(account.exten)
        owner = select(tables.number.c.tenant).where(tables.number.c.e164 == number)
        tenant = (await self.conn.execute(owner)).scalar() or ""
        call = Call(account.call, tenant, number, Caller(), account.arrived, account.origin)
        await self.conn.execute(once(self.conn.dialect.name, _CALL), call_row(call, session=0))
        return call

    async def _close(
        self, call: Call, ended: datetime, events: Sequence[Event], account: CelAccount | None
    ) -> list[Closed]:
        if account is not None and account.arrived < call.arrived:
            # A portal that hung looks at the clock when it is awake again, which may be after the call's end.
            call = attrs.evolve(call, arrived=account.arrived)
            await self.conn.execute(update(_CALL).where(_CALL.c.id == call.id).values(arrived=call.arrived))
        if call.origin == "placed" and account is not None:
            account = _of_placed(account)
        outcome = _decide(call, events, account)
        done = await close(self.conn, call.id, ended, outcome, by="asterisk")
        await self._end_legs(call, ended, account)
        what: list[tuple[str, datetime, dict[str, object]]] = []
        if account is not None and account.fallback is not None:
            what.append(("fallback.used", account.fallback, {"why": "no portal served the call"}))
        if done:
            what.append(("call.ended", ended, {"by": "asterisk"}))
        await self._add_events(call, what)
        await self._settle(call.id, call.tenant)
        return [Closed(call, outcome, ended)] if done else []

    async def _end_legs(self, call: Call, ended: datetime, account: CelAccount | None) -> None:
        """End the legs nobody saw end; each talked what the caller talked from then on until the next was dialled."""
        id, status = call.id, "no_answer" if call.origin == "placed" else "cancelled"  # noqa: A001
        legs = await self._all(select(_LEG).where(_LEG.c.call == id).order_by(_LEG.c.number))
        unended = [leg for leg in legs if not leg["status"]]
        if not unended:
            return
        change = update(_LEG).where(_LEG.c.call == id)
        await self.conn.execute(change.where(_LEG.c.status == "").values(status=status, ended=ended))
        nexts = [*(leg["created"] for leg in legs[1:]), None]
        for leg, until in zip(legs, nexts, strict=True):
            # What the caller talked before this leg was dialled, or after the next one was, is none of it.
            talked = account.talked_after(leg["created"], until) if account and not leg["status"] else None
            if talked is None:
                continue
            values = {"status": "answered", "talk_seconds": talked}
            await self.conn.execute(change.where(_LEG.c.number == leg["number"]).values(values))
            human = update(_CALL).where(_CALL.c.id == id).values(outcome=Outcome.HUMAN.value)
            await self.conn.execute(human)

    async def _add_events(self, call: Call, what: Iterable[tuple[str, datetime, dict[str, object]]]) -> None:
        table = tables.event
        query = select(table.c.kind).where(table.c.call == call.id, table.c.session == AFTERWARDS)
        there: Collection[str] = (await self.conn.execute(query)).scalars().all()
        new = [one for one in what if one[0] not in there]
        for seq, (kind, at, data) in enumerate(new, start=len(there)):
            event = Event(AFTERWARDS, seq, at, kind, "", data)
            await self.conn.execute(once(self.conn.dialect.name, table), event_row(call, event))

    async def _settle(self, id: str, tenant: str) -> None:  # noqa: A002
        await self.conn.execute(update(_CEL).where(_CEL.c.linked == id).values(settled=True, tenant=tenant))


def _of_placed(account: CelAccount) -> CelAccount:
    """Of a call the portal placed, whoever answered is the leg: there is no conversation of two others."""
    if account.answered is None:
        return account
    talks = ((account.answered, account.ended),) if account.ended else ()
    return attrs.evolve(account, connected=account.answered, talks=talks)


def _decide(call: Call, events: Sequence[Event], account: CelAccount | None) -> Outcome:
    """The outcome as :func:`outcome_of` decides it, with what Asterisk saw added to what the portal saw."""
    outcome = _outcome(events, account)
    # Nobody waited while a call rang that the portal placed.
    return Outcome.NO_ANSWER if call.origin == "placed" and outcome is Outcome.ABANDONED_RING else outcome


def _outcome(events: Sequence[Event], account: CelAccount | None) -> Outcome:
    if account is None:
        return outcome_of(events)
    seen = list(events)
    if account.answered:
        seen.append(Event(AFTERWARDS, 0, account.answered, "call.answered"))
    if account.connected:
        seen.append(Event(AFTERWARDS, 1, account.connected, "leg.answered"))
    return outcome_of(seen) if seen else account.outcome
