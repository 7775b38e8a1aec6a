"""The lists a worker holds in memory; each call makes sure that they are those of this moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs

from switchhook import Session, SwitchhookError

from .index import Index

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

MOST: Final = 500
"""Lists that are held; the one that was asked for longest ago goes first."""
_EMPTY: Final = Index()


@attrs.define(eq=False)
class Known:
    """The entries of lists by tenant and list.

    What was changed holds for the next call at once, in every worker: each
    call compares one number for each list, and reads a list only when that
    one is another than what is held.
    """

    _held: dict[tuple[str, str], Index] = attrs.field(factory=dict)

    async def indexes(self, session: Session, lists: Sequence[str]) -> Mapping[str, Index]:
        """The entries of some lists of the call's tenant. While the store is away, what was known last counts."""
        tenant = session.call.tenant
        held = {one: self._held.get((tenant, one), _EMPTY) for one in lists}

        async def look(conn: AsyncConnection) -> Mapping[str, Index]:
            from .rows import Rows  # a database is nothing a portal that starts again waits for

            rows = Rows(conn, tenant)
            counts = await rows.counts(list(held))
            return {
                one: index if index.count == counts[one] else await rows.index(one, counts[one])
                for one, index in held.items()
            }

        try:
            found: Mapping[str, Index] = await session.looked_up(look, otherwise=held)
        except SwitchhookError as error:
            session.note(f"the caller lists are those known last: {error}")
            return held
        for one, index in found.items():
            self.hold(tenant, one, index)
        return found

    def hold(self, tenant: str, list_id: str, index: Index) -> None:
        """Hold a list in memory."""
        self._held.pop((tenant, list_id), None)
        self._held[tenant, list_id] = index
        while len(self._held) > MOST:
            del self._held[next(iter(self._held))]


async def count_hit(session: Session, list_id: str, values: Mapping[str, Any]) -> None:
    """Count that the call met a list; a caller is served the same when that cannot be."""
    tenant, call, now = session.call.tenant, session.call.id, session.now()

    async def work(conn: AsyncConnection) -> None:
        from .rows import Rows

        await Rows(conn, tenant).hit(list_id, call, at=now, **values)

    try:
        await session.stored(work, otherwise=None)
    except SwitchhookError as error:
        session.note(f"that the caller is on a list could not be counted: {error}")
