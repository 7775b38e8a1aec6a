"""Reads the calls that were kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs
from sqlalchemy import Select, select
from sqlalchemy.engine import RowMapping

from ..calls.course import CallLine, Course, caller_words
from ..calls.outcome import kept_outcome
from ..errors import NotFound
from .engine import Store
from .records import call_of, event_of, leg_of
from .tables import call, event, leg


@attrs.frozen
class History:
    """The calls in the store. ``tenant`` limits every query to one tenant; None is the operator, who sees all."""

    store: Store
    tenant: str | None = None

    async def course(self, id: str) -> Course:  # noqa: A002 - the domain's own word
        """Everything about one call, in order; raises ``NotFound``."""
        async with self.store.read() as conn:
            found = (await conn.execute(self._own(select(call)).where(call.c.id == id))).mappings().first()
            if found is None:
                raise NotFound(f"there is no call {id!r}", call=id)
            events = select(event).where(event.c.call == id).order_by(event.c.session, event.c.seq)
            legs = select(leg).where(leg.c.call == id, leg.c.status != "").order_by(leg.c.number)
            return Course(
                call_of(found),
                tuple(event_of(row) for row in (await conn.execute(events)).mappings()),
                tuple(leg_of(row) for row in (await conn.execute(legs)).mappings()),
                found["ended"],
                kept_outcome(found["outcome"]),
                found["ended_by"],
            )

    async def list_calls(
        self, *, limit: int = 50, before: datetime | None = None, number: str | None = None
    ) -> list[CallLine]:
        """The latest calls, newest first: at most ``limit``, those that arrived before ``before``, those to ``number``."""
        query = self._own(select(call)).order_by(call.c.arrived.desc(), call.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(call.c.arrived < before)
        if number is not None:
            query = query.where(call.c.number == number)
        async with self.store.read() as conn:
            return [line_of_call(row) for row in (await conn.execute(query)).mappings()]

    def _own(self, query: Select[Any]) -> Select[Any]:
        return query if self.tenant is None else query.where(call.c.tenant == self.tenant)


def line_of_call(row: RowMapping) -> CallLine:
    """A call in a list, from its row."""
    one = call_of(row)
    return CallLine(
        id=one.id,
        tenant=one.tenant,
        number=one.number,
        caller=caller_words(one),
        arrived=one.arrived,
        ended=row["ended"],
        outcome=kept_outcome(row["outcome"]),
        direction=one.direction,
        diverted_from=one.diverted_from,
    )
