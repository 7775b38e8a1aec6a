"""The list of flows, and what leads to each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal

import attrs
from sqlalchemy import func, select
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from ..calls.numbers import written
from ..errors import near_match
from ..resources.kept import folded, uses_of
from ..resources.listing import ListRefused, cursor_of, read_cursor
from ..store import tables
from ..store.tables_publishing import flow_draft, flow_schedule
from .ground import FlowRow
from .scheduling import Scheduling
from .values import FlowLine, Use

State = Literal["", "draft", "published", "scheduled", "changed"]
ORDERS: Final[Mapping[str, Callable[[FlowLine], str]]] = {
    "label": lambda line: folded(line.label),
    "state": lambda line: f"{line.live is None:d}{line.draft_open:d}",
    "findings": lambda line: f"{line.errors or 0:09}{line.warnings or 0:09}",
    "changed": lambda line: line.changed.isoformat(timespec="microseconds") if line.changed else "",
}
"""What a list of flows can be sorted by; flows that are alike in that stand in the order of their ids."""


@attrs.frozen
class FlowPage:
    """A part of the list. ``after`` is the cursor of the next part, empty at the end."""

    flows: Sequence[FlowLine]
    after: str = ""


@attrs.frozen
class Listing(Scheduling):
    """Looking for flows."""

    async def flows(
        self,
        *,
        search: str = "",
        state: State = "",
        order: str = "label",
        descending: bool = False,
        after: str = "",
        limit: int = 100,
    ) -> FlowPage:
        """The flows in sight, those whose name, id or number holds ``search``, sorted by one of ``ORDERS``.

        ``state`` is ``draft`` for those never published, ``published``,
        ``scheduled``, or ``changed`` for those with an open draft. Raises
        ``ListRefused`` for an order or a cursor that is none.
        """
        self.actor.need("flow.view")
        if order not in ORDERS:
            raise ListRefused(f"a list has no column {order!r}{near_match(order, ORDERS)} to sort by", column=order)

        def place(line: FlowLine) -> tuple[str, str]:
            return ORDERS[order](line), line.id

        fitting = [one for one in await self._lines(trash=False) if _matches(one, folded(search)) and _is(one, state)]
        lines = sorted(fitting, key=place, reverse=descending)
        if after:
            reached = read_cursor(after, order)
            lines = [one for one in lines if (place(one) < reached if descending else place(one) > reached)]
        shown = lines[:limit]
        return FlowPage(shown, cursor_of(order, *place(shown[-1])) if len(lines) > limit else "")

    async def flow(self, flow: str) -> FlowLine:
        """One flow, that in the trash included; raises ``NotFound``."""
        row = await self.look(flow, trash=True)
        found = await self._lines(trash=row.deleted is not None)
        return next(line for line in found if line.id == flow)

    async def trash(self) -> Sequence[FlowLine]:
        """The flows that were deleted in the last 30 days."""
        self.actor.need("flow.view")
        return await self._lines(trash=True)

    async def uses(self, flow: str) -> Sequence[Use]:
        """What leads to a flow: numbers, other flows, resources, and the tenant as its last resort."""
        await self.look(flow, trash=True)
        async with self.ground.keeping.store.read() as conn:
            return await self.leading(conn, flow)

    async def leading(self, conn: AsyncConnection, flow: str) -> Sequence[Use]:
        """See :meth:`uses`, in a transaction."""
        number, tenant = tables.number, tables.tenant
        numbers = select(number.c.e164, number.c.label).where(number.c.tenant == self.tenant, number.c.flow == flow)
        found = [Use("number", row.e164, row.label or row.e164) for row in await conn.execute(numbers)]
        resort = select(tenant.c.id, tenant.c.name).where(tenant.c.id == self.tenant, tenant.c.last_resort_flow == flow)
        found += [Use("tenant", row.id, row.name) for row in await conn.execute(resort)]
        others = await uses_of(conn, self.tenant, "flow", flow)
        return [*found, *dict.fromkeys(Use(one.kind, one.id, one.title) for one in others if one.id != flow)]

    async def _lines(self, *, trash: bool) -> list[FlowLine]:
        async with self.ground.keeping.store.read() as conn:
            rows = [row for row in (await self.rows(conn)).values() if self.sees(row)]
            drafts = await self._by_flow(conn, select(flow_draft).where(flow_draft.c.tenant == self.tenant))
            version = tables.flow_version
            columns = (version.c.flow, version.c.no, version.c.author, version.c.published_at)
            live = await self._by_flow(
                conn, select(*columns).where(version.c.tenant == self.tenant, version.c.state == "published")
            )
            waiting = (
                select(flow_schedule.c.flow, func.min(flow_schedule.c.at).label("at"))
                .where(flow_schedule.c.tenant == self.tenant, flow_schedule.c.state == "waiting")
                .group_by(flow_schedule.c.flow)
            )
            planned = await self._by_flow(conn, waiting)
        lines = [
            self._line(row, drafts.get(row.id), live.get(row.id), planned.get(row.id))
            for row in rows
            if (row.deleted is not None) == trash
        ]
        return sorted(lines, key=lambda line: (folded(line.label), line.id))

    async def _by_flow(self, conn: AsyncConnection, query: Any) -> Mapping[str, RowMapping]:
        return {row["flow"]: row for row in (await conn.execute(query)).mappings()}

    def _line(
        self, row: FlowRow, draft: RowMapping | None, live: RowMapping | None, planned: RowMapping | None
    ) -> FlowLine:
        is_open = draft is not None and bool(draft["open"])
        times = [(draft["changed"], draft["author"])] if draft is not None and is_open else []
        times += [(live["published_at"], live["author"])] if live is not None else []
        times += [(draft["changed"], draft["author"])] if draft is not None and not times else []
        changed, author = max(times) if times else (None, "")
        return FlowLine(
            id=row.id,
            label=row.label or row.id,
            state="published" if live is not None else "draft",
            numbers=tuple(sorted(row.numbers)),
            live=live["no"] if live is not None else None,
            draft_open=is_open,
            scheduled=planned["at"] if planned is not None else None,
            changed=changed,
            author=author,
            errors=draft["errors"] if draft is not None else None,
            warnings=draft["warnings"] if draft is not None else None,
            may_change=self.may("flow.change", row),
            deleted=row.deleted,
        )


def _matches(line: FlowLine, search: str) -> bool:
    return not search or any(
        search in folded(text) for text in (line.id, line.label, *line.numbers, *map(written, line.numbers))
    )


def _is(line: FlowLine, state: State) -> bool:
    match state:
        case "scheduled":
            return line.scheduled is not None
        case "changed":
            return line.draft_open
        case "draft" | "published":
            return line.state == state
    return True
