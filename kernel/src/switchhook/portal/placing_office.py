"""Places the calls that are due, once each, takes over how they ended, and lets the plugins know."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Final, NoReturn

import attrs
import structlog
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.demo_limits import most, why_refused
from ..asterisk.ami_client import AmiClient
from ..asterisk.ami_errors import AsteriskRefused
from ..asterisk.placed import PlacedEvents, originate
from ..calls.call import Call
from ..calls.course import AFTERWARDS
from ..calls.event import Event
from ..calls.numbers import caller_key
from ..calls.outcome import Outcome, outcome_of
from ..calls.port import DialPlan, DialStatus
from ..dispatch.faults import shown
from ..errors import AsteriskUnavailable, SwitchhookError
from ..outbound.authorizing import Outbound
from ..outbound.kept import KeptFacts
from ..placing import rows
from ..placing.placed_call import PlacedStatus, Placement, PlacingRefused, must_be_dialable
from ..store import tables
from ..store.engine import StoreAway
from ..store.journal_batch import Happened, close, save
from ..store.records import event_of, leg_of
from ..store.tables_placed import placed as table
from ..switchboard.gate import HookedGate
from ..switchboard.placed import LEG
from ..webhooks.deliveries import tell
from ..webhooks.events import of_end
from .administration import Administration
from .keys import installation_key

EVERY: Final = 0.5
"""Seconds between two looks at what is due and what has ended."""
PATIENCE: Final = 30.0
"""Seconds a plugin may take to learn how a call ended, or to say whether it is wanted."""
MOST_RINGING: Final = 20
"""Calls that ring at the same time; others wait their turn."""
MOST_TELLS: Final = 10
"""Times a plugin is told of one call that fails to take it; then the portal gives up."""
FIRST_SESSION: Final = 0
"""What the portal says of a call before any worker has it: workers count from 1."""

log = structlog.get_logger(__name__)


class _NotNow(Exception):
    """The call must wait, for a reason that goes away by itself."""


@attrs.define
class PlacingOffice:
    """Runs in the one process that holds the connection to Asterisk's manager interface."""

    administration: Administration
    asterisk: AmiClient
    events: PlacedEvents
    _ends: asyncio.Queue[tuple[str, DialStatus]] = attrs.field(factory=asyncio.Queue, init=False)
    _key: Callable[[str], str] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        """Learn from Asterisk's events who does not answer."""
        secret = installation_key(self.administration.settings.data_dir, "callers")
        self._key = lambda number: caller_key(number, secret)
        self.events.on_end = lambda attempt, status: self._ends.put_nowait((attempt, status))

    async def run(self, _: object = None) -> None:
        """Until cancelled. Neither waits for the other: a plugin that takes its time must not let other calls wait."""
        async with asyncio.TaskGroup() as group:
            group.create_task(_again(self.place), name="calls to be placed")
            group.create_task(_again(self.tell), name="how placed calls ended")

    async def place(self) -> None:
        """Place what is due, end what nobody answered."""
        await self._close_unanswered()
        if await rows.any_of(self.administration.store, rows.OPEN):
            await self._stop_withdrawn()
            await self._place_due()

    async def tell(self) -> None:
        """Take over what ended, and let the plugins know."""
        if await rows.any_of(self.administration.store, rows.UNTOLD):
            await self._take_over()
            await self._tell()

    # -- placing --------------------------------------------------------------------------------

    async def _place_due(self) -> None:
        if self.asterisk.state.phase != "connected":
            return
        now, room = self.administration.clock.now(), MOST_RINGING - self.events.ringing
        async with self.administration.store.read() as conn:
            due = await rows.find(
                conn, table.c.asked.is_(None), table.c.ended.is_(None), table.c.due <= now, limit=MOST_RINGING
            )
        for order in due[: max(0, room)]:
            await self._place_one(order)

    async def _place_one(self, order: Placement) -> None:
        try:
            plan = await self._allowed(order)
        except _NotNow:
            return
        except StoreAway:
            raise
        except SwitchhookError as refusal:
            await self._refuse(order, str(refusal))
        else:
            if plan is not None:
                await self._attempt(order, plan)

    async def _allowed(self, order: Placement) -> DialPlan | None:
        """The leg as it may be dialled; None when the call is not wanted any more. Raises ``LegRefused`` and the like."""
        admin = self.administration
        kind = admin.plugged.placed.find(order.kind)
        admin.plugged.placed.live(order)
        async with admin.store.read() as conn:
            await self._must_be_open(conn, order.tenant)
        if kind.wanted is not None:
            try:
                async with asyncio.timeout(PATIENCE):
                    why = await kind.wanted(admin, order)
            except Exception as error:
                self._fault(order, "wanted", error)
                raise PlacingRefused(f"its plugin cannot say whether it is wanted: {shown(error, str)}") from error
            if why:
                await self._finish(order, "withdrawn", why)
                return None
        call = self._call(order)
        gate = HookedGate(admin.plugged.hooks, Outbound(KeptFacts(admin.store), admin.spending))
        plan = await gate.check(call, order.plan, LEG)
        try:
            targets = tuple(must_be_dialable(one, self._phones) for one in plan.targets)
        except PlacingRefused:
            await admin.spending.give_back(call.tenant, call.id, LEG)
            raise
        if not plan.limit_seconds:
            plan = attrs.evolve(plan, limit_seconds=order.limit_seconds)
        return attrs.evolve(plan, targets=targets)

    async def _must_be_open(self, conn: AsyncConnection, tenant: str) -> None:
        state = (await conn.execute(select(tables.tenant.c.state).where(tables.tenant.c.id == tenant))).scalar()
        if state not in ("demo", "active"):
            raise PlacingRefused(f"the tenant is {state}", tenant=tenant)
        if state == "demo":
            on = select(func.count()).where(tables.call.c.tenant == tenant, tables.call.c.ended.is_(None))
            if (await conn.execute(on)).scalar_one() >= most("calls"):
                log.info("a placed call waits", tenant=tenant, why=why_refused("calls"))
                raise _NotNow

    async def _attempt(self, order: Placement, plan: DialPlan) -> None:
        """Take the attempt, keep its call, and only then tell Asterisk: whoever dies in between, nobody rings twice."""
        admin, call = self.administration, self._call(order)
        targets = [str(target) for target in plan.targets]
        shown_number = self._shown(order, plan)
        began: list[tuple[str, dict[str, object]]] = [
            ("call.started", {"number": call.number, "origin": call.origin, "caller": call.caller.number,
                              "name": call.caller.name, "presentation": call.caller.presentation}),
            ("leg.created", {"leg": LEG, "targets": targets, "ring_seconds": plan.ring_seconds}),
        ]  # fmt: skip
        async with admin.store.write() as conn:
            if not await rows.claim(conn, order.id, call.arrived):
                return
            await self._record(conn, call, *began)
        self.events.ring(order.id)
        try:
            await originate(self.asterisk, order.id, plan, shown_number)
        except AsteriskRefused as refusal:
            log.warning("Asterisk does not place a call", call=order.id, why=str(refusal))
            await self._unanswered(order.id, "failed")
        except AsteriskUnavailable as gone:
            # It may ring or not: Asterisk's own record tells, and nobody is rung again for it.
            log.warning("whether a call was placed is not known yet", call=order.id, why=str(gone))

    async def _record(self, conn: AsyncConnection, call: Call, *events: tuple[str, dict[str, object]]) -> None:
        now = self.administration.clock.now()
        happened = [
            Happened(call, Event(FIRST_SESSION, seq, now, kind, "", data)) for seq, (kind, data) in enumerate(events)
        ]
        await save(conn, happened, now)

    def _call(self, order: Placement) -> Call:
        return order.call(self.administration.clock.now(), self._phones, self._key)

    @property
    def _phones(self) -> dict[str, str]:
        return {name: phone.extension for name, phone in self.administration.settings.phones.items()}

    def _shown(self, order: Placement, plan: DialPlan) -> str:
        trunk = self.administration.settings.trunk
        return plan.caller_id or order.number or (trunk.caller_id if trunk else "")

    # -- how it ended ---------------------------------------------------------------------------

    async def _close_unanswered(self) -> None:
        while not self._ends.empty():
            await self._unanswered(*self._ends.get_nowait())

    async def _unanswered(self, attempt: str, status: DialStatus) -> None:
        """Close the call of an attempt nobody answered."""
        admin, now = self.administration, self.administration.clock.now()
        async with admin.store.write() as conn:
            found = await rows.of_call(conn, attempt)
            if found is None or found[1]["ended"] is not None:
                return
            order, call = found[0], attrs.evolve(self._call(found[0]), arrived=found[1]["arrived"])
            left: dict[str, object] = {"leg": LEG, "targets": [str(order.target)], "status": status}
            ends: list[tuple[str, dict[str, object]]] = [("leg.ended", left), ("call.ended", {"by": "portal"})]
            events = [Event(AFTERWARDS, seq, now, kind, "", data) for seq, (kind, data) in enumerate(ends)]
            await save(conn, [Happened(call, event) for event in events], now)
            outcome = outcome_of(events)
            await self._closed(conn, call, now, outcome)
        await admin.plugged.hooks.notify("call_ended", call=call, outcome=outcome)

    async def _closed(self, conn: AsyncConnection, call: Call, now: datetime, outcome: Outcome) -> None:
        if await close(conn, call.id, now, outcome, by="portal") and (told := of_end(call, outcome, now)) is not None:
            await tell(conn, told, now)

    async def _take_over(self) -> None:
        """Say of each attempt whose call has ended how: the journal alone decides, whoever wrote it."""
        async with self.administration.store.read() as conn:
            over = await rows.over(conn)
        for order, _ in over:
            async with self.administration.store.write() as conn:
                status, exit, why = await self._result(conn, order)  # noqa: A001 - the domain's own word
                await rows.finish(conn, order.id, self.administration.clock.now(), status, exit=exit, why=why)

    async def _result(self, conn: AsyncConnection, order: Placement) -> tuple[PlacedStatus, str, str]:
        asked = select(tables.leg).where(tables.leg.c.call == order.id, tables.leg.c.number == LEG)
        leg = (await conn.execute(asked)).mappings().first()
        status: str = leg_of(leg).status if leg is not None else "failed"
        if status != "answered":
            return ("withdrawn" if order.withdrawn else "failed" if status == "cancelled" else status), "", ""  # type: ignore[return-value]
        query = (
            select(tables.event)
            .where(tables.event.c.call == order.id, tables.event.c.kind == "point.left")
            .order_by(tables.event.c.session.desc(), tables.event.c.seq.desc())
            .limit(1)
        )
        row = (await conn.execute(query)).mappings().first()
        data: Any = event_of(row).data if row is not None else {}
        return "answered", str(data.get("exit", "")), str(data.get("why", ""))

    async def _stop_withdrawn(self) -> None:
        """Let phones ring no longer for what is not wanted any more."""
        async with self.administration.store.read() as conn:
            ringing = await rows.find(conn, table.c.withdrawn.is_(True), table.c.ended.is_(None))
        for order in ringing:
            if self.events.rings(order.id):
                try:
                    await self.asterisk.action("Hangup", {"Channel": order.id, "Cause": "19"})
                except AsteriskRefused:
                    log.info("a withdrawn call had ended already", call=order.id)

    async def _refuse(self, order: Placement, why: str) -> None:
        log.warning("a call is not placed", call=order.id, why=why)
        await self._finish(order, "refused", why)

    async def _finish(self, order: Placement, status: PlacedStatus, why: str) -> None:
        async with self.administration.store.write() as conn:
            await rows.finish(conn, order.id, self.administration.clock.now(), status, why=why)

    # -- who has to know ------------------------------------------------------------------------

    async def _tell(self) -> None:
        now = self.administration.clock.now()
        async with self.administration.store.read() as conn:
            untold = await rows.find(conn, table.c.told.is_(None), table.c.ended.is_not(None), table.c.due <= now)
        await asyncio.gather(*(self._tell_one(order, now) for order in untold))

    async def _tell_one(self, order: Placement, now: datetime) -> None:
        admin, values = self.administration, {"told": now}
        try:
            kind = admin.plugged.placed.find(order.kind)
            async with asyncio.timeout(PATIENCE):
                await kind.ended(admin, order)
        except Exception as error:  # it is told again, and the plugin's fault
            self._fault(order, "ended", error)
            again: dict[str, Any] = {"tells": order.tells + 1, "due": now + timedelta(minutes=2**order.tells)}
            values = {**again, **({"told": now} if order.tells + 1 >= MOST_TELLS else {})}
        async with admin.store.write() as conn:
            await conn.execute(update(table).where(table.c.id == order.id).values(values))

    def _fault(self, order: Placement, what: str, error: Exception) -> None:
        plugged = self.administration.plugged
        plugin = plugged.placed.owners.get(order.kind, "")
        why = f"placed call {order.kind}: {what}: {shown(error)}"
        plugged.breaker.report(plugin, "placed_calls", "raised", why, call=order.id, error=error, counts=False)


async def _again(work: Callable[[], Awaitable[None]]) -> NoReturn:
    while True:
        try:
            await work()
        except SwitchhookError as error:
            log.warning("calls to be placed must wait", why=str(error))
        await asyncio.sleep(EVERY)
