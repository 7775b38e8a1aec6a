"""Orders that wait for somebody: those that were given up, and those nobody carries out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import attrs
from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.engine import RowMapping

from ..access.account import OPERATOR_TENANT
from ..access.actor import Actor, Forbidden
from ..clock import Clock
from ..dispatch.dispatcher import Dispatcher
from ..errors import NotFound
from ..store import tables_orders
from ..store.audit import Audit
from ..store.engine import Store

UNCLAIMED_AFTER: Final = timedelta(hours=1)
"""How long an order may be due before it is odd that no plugin carries out its kind."""
PAGE: Final = 50
_TABLE: Final = tables_orders.work_order


@attrs.frozen
class WaitingOrder:
    """An order that needs the operator: it was ``given_up``, or is ``unclaimed``, as no plugin has a job of its kind."""

    id: int
    tenant: str
    kind: str
    state: Literal["given_up", "unclaimed"]
    why: str
    tries: int
    created: datetime
    due: datetime


@attrs.frozen
class WaitingPage:
    """Orders, newest first; ``after`` is where the next page begins, 0 at the end."""

    orders: Sequence[WaitingOrder]
    after: int = 0


@attrs.frozen
class OrderCare:
    """The orders of all tenants."""

    store: Store
    clock: Clock
    audit: Audit
    hooks: Dispatcher

    def of(self, actor: Actor) -> OperatedOrders:
        """The orders as ``actor`` may see and change them."""
        return OperatedOrders(self, actor)

    async def kinds(self) -> Sequence[str]:
        """The kinds that plugins carry out."""
        return sorted(answer.value.kind for answer in await self.hooks.collect("jobs"))

    async def unclaimed(self) -> dict[str, int]:
        """By kind, how many orders are due for an hour and carried out by nobody."""
        wanted = _unclaimed(await self.kinds(), self.clock.now())
        query = select(_TABLE.c.kind, func.count()).where(wanted).group_by(_TABLE.c.kind)
        async with self.store.read() as conn:
            return {row[0]: row[1] for row in (await conn.execute(query)).all()}


@attrs.frozen
class OperatedOrders:
    """For the operator: whoever else asks is ``Forbidden``. An order that needs nobody is ``NotFound``."""

    care: OrderCare
    actor: Actor

    def __attrs_post_init__(self) -> None:
        if self.actor.role != "operator":
            raise Forbidden("orders are the operator's", actor=self.actor.name)

    async def page(self, *, after: int = 0, limit: int = PAGE) -> WaitingPage:
        """Those that need the operator, the newest first."""
        query = select(_TABLE).where(await self._waiting()).order_by(_TABLE.c.id.desc()).limit(limit + 1)
        query = query.where(_TABLE.c.id < after) if after else query
        async with self.care.store.read() as conn:
            rows = (await conn.execute(query)).mappings().all()
        found = [_order(row) for row in rows[:limit]]
        return WaitingPage(found, found[-1].id if len(rows) > limit else 0)

    async def again(self, id: int) -> None:  # noqa: A002 - the domain's own word
        """Have one that was given up tried again, as if it had been ordered now."""
        now = self.care.clock.now()
        anew = {"state": "open", "due": now, "created": now, "tries": 0, "ended": None, "why": ""}
        await self._change(id, "try_again", _TABLE.c.state == "dead", anew)

    async def drop(self, id: int) -> None:  # noqa: A002
        """Carry one out no more, though what it was ordered for does not happen."""
        gone = {"state": "dropped", "ended": self.care.clock.now()}
        await self._change(id, "drop", await self._waiting(), gone)

    async def _waiting(self) -> ColumnElement[bool]:
        unclaimed = _unclaimed(await self.care.kinds(), self.care.clock.now())
        return or_(_TABLE.c.state == "dead", unclaimed)

    async def _change(
        self,
        id: int,  # noqa: A002
        action: Literal["try_again", "drop"],
        allowed: ColumnElement[bool],
        values: dict[str, Any],
    ) -> None:
        care = self.care
        async with care.store.write() as conn:
            await care.audit.take_turn(conn)
            found = (await conn.execute(select(_TABLE).where(_TABLE.c.id == id, allowed).with_for_update())).mappings()
            if (row := found.first()) is None:
                raise NotFound(f"no order {id} waits for the operator", id=str(id))
            await conn.execute(update(_TABLE).where(_TABLE.c.id == id).values(values))
            what = (OPERATOR_TENANT, "order", str(id))
            before = {"kind": row["kind"], "tenant": row["tenant"], "why": row["why"]}
            await care.audit.add(conn, care.clock.now(), self.actor.name, action, what, before, {})


def _unclaimed(kinds: Sequence[str], now: datetime) -> ColumnElement[bool]:
    late = _TABLE.c.due <= now - UNCLAIMED_AFTER
    return and_(_TABLE.c.state == "open", late, _TABLE.c.kind.not_in(kinds))


def _order(row: RowMapping) -> WaitingOrder:
    state: Literal["given_up", "unclaimed"] = "given_up" if row["state"] == "dead" else "unclaimed"
    known = {name: row[name] for name in ("id", "tenant", "kind", "why", "tries", "created", "due")}
    return WaitingOrder(state=state, **known)
