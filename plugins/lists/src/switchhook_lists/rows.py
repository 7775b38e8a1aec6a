"""The entries of one tenant's lists in the database, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from switchhook import NotFound, SwitchhookError

from .entry import Entry
from .index import Index
from .tables import CHANGED, ENTRY, HIT


class EntryThere(SwitchhookError):
    """A caller who is on the list already."""

    code = "conflict"


@attrs.frozen
class Rows:
    """What is kept of a tenant. What is another tenant's or deleted is ``NotFound``."""

    conn: AsyncConnection
    tenant: str

    # -- what calls go by -------------------------------------------------------------------------

    async def counts(self, lists: Collection[str]) -> Mapping[str, int]:
        """How often each list was changed; one nobody ever changed has no entries."""
        query = select(CHANGED.c.list, CHANGED.c.count).where(
            CHANGED.c.tenant == self.tenant, CHANGED.c.list.in_(lists)
        )
        found: dict[str, int] = dict.fromkeys(lists, 0)
        found.update({row[0]: int(row[1]) for row in await self.conn.execute(query)})
        return found

    async def index(self, list_id: str, count: int) -> Index:
        """The entries of a list for calls."""
        rows = (await self.conn.execute(select(ENTRY).where(*self._there(list_id)))).mappings()
        return Index.of(count, map(entry_of, rows))

    async def hit(self, list_id: str, call: str, entry: int, verdict: str, *, shadow: bool, at: datetime) -> None:
        """Count that a call met an entry, once however often it did; ``entry`` is 0 where it must not be told."""
        mine = (HIT.c.tenant == self.tenant, HIT.c.list == list_id, HIT.c.call == call)
        if (await self.conn.execute(select(HIT.c.call).where(*mine))).first() is not None:
            return
        row = {"tenant": self.tenant, "list": list_id, "call": call, "entry": entry, "verdict": verdict}
        try:
            async with self.conn.begin_nested():
                await self.conn.execute(insert(HIT).values(**row, shadow=shadow, at=at))
        except IntegrityError:  # another worker, which took the call up, counts it at this moment
            return
        one = (ENTRY.c.tenant == self.tenant, ENTRY.c.id == entry)
        await self.conn.execute(update(ENTRY).where(*one).values(hits=ENTRY.c.hits + 1, last_hit=at))

    # -- what people change -----------------------------------------------------------------------

    async def add(self, list_id: str, values: Mapping[str, Any]) -> Entry:
        """Add an entry, or bring back a deleted one for the same caller as a new one; raises :class:`EntryThere`."""
        mine = (ENTRY.c.tenant == self.tenant, ENTRY.c.list == list_id)
        same = (*mine, ENTRY.c.kind == values["kind"], ENTRY.c.value == values["value"])
        found = (await self.conn.execute(select(ENTRY).where(*same))).mappings().first()
        if found is not None and found["deleted"] is None and entry_of(found).holds(values["made"]):
            told = entry_of(found).number or "this caller"
            raise EntryThere(f"{told} is on the list already", id=int(found["id"]))
        if found is not None:
            await self.conn.execute(delete(ENTRY).where(ENTRY.c.tenant == self.tenant, ENTRY.c.id == found["id"]))
        row = insert(ENTRY).values(tenant=self.tenant, list=list_id, **values).returning(ENTRY)
        try:
            async with self.conn.begin_nested():
                made = entry_of((await self.conn.execute(row)).mappings().one())
        except IntegrityError as error:  # somebody else does so at this moment
            raise EntryThere("this caller is on the list already") from error
        await self.changed(list_id)
        return made

    async def get(self, list_id: str, id: int, *, deleted: bool = False) -> Entry:  # noqa: A002 - the domain's own word
        """One entry, or one that was ``deleted``."""
        mine = (ENTRY.c.tenant == self.tenant, ENTRY.c.list == list_id, ENTRY.c.id == id)
        state = ENTRY.c.deleted.is_not(None) if deleted else ENTRY.c.deleted.is_(None)
        row = (await self.conn.execute(select(ENTRY).where(*mine, state))).mappings().first()
        if row is None:
            raise NotFound(f"there is no entry {id} on the list {list_id!r}", list=list_id, id=id)
        return entry_of(row)

    async def change(self, entry: Entry, **values: Any) -> Entry:
        """Change an entry."""
        mine = (ENTRY.c.tenant == self.tenant, ENTRY.c.id == entry.id)
        changing = update(ENTRY).where(*mine).values(**values).returning(ENTRY)
        after = entry_of((await self.conn.execute(changing)).mappings().one())
        await self.changed(entry.list)
        return after

    async def changed(self, list_id: str) -> None:
        """Have every worker look anew."""
        mine = (CHANGED.c.tenant == self.tenant, CHANGED.c.list == list_id)
        counting = update(CHANGED).where(*mine).values(count=CHANGED.c.count + 1)
        if (await self.conn.execute(counting)).rowcount:
            return
        try:
            async with self.conn.begin_nested():
                await self.conn.execute(insert(CHANGED).values(tenant=self.tenant, list=list_id, count=1))
        except IntegrityError:  # a call and somebody at a page change a new list at the same moment
            await self.conn.execute(counting)

    # -- what people see --------------------------------------------------------------------------

    async def all(self, list_id: str) -> Sequence[Entry]:
        """Every entry of a list, in the order of what it names."""
        query = select(ENTRY).where(*self._there(list_id)).order_by(ENTRY.c.value)
        return [entry_of(row) for row in (await self.conn.execute(query)).mappings()]

    async def how_many(self) -> Mapping[str, int]:
        """How many entries each list has."""
        there = (ENTRY.c.tenant == self.tenant, ENTRY.c.deleted.is_(None))
        query = select(ENTRY.c.list, func.count()).where(*there).group_by(ENTRY.c.list)
        return {row[0]: int(row[1]) for row in await self.conn.execute(query)}

    async def ended(self, now: datetime) -> Mapping[str, int]:
        """How many entries of each list have ended."""
        there = (ENTRY.c.tenant == self.tenant, ENTRY.c.deleted.is_(None), ENTRY.c.until <= now)
        query = select(ENTRY.c.list, func.count()).where(*there).group_by(ENTRY.c.list)
        return {row[0]: int(row[1]) for row in await self.conn.execute(query)}

    async def hits_since(self, since: datetime) -> Mapping[str, int]:
        """How many calls met each list since then."""
        query = select(HIT.c.list, func.count()).where(HIT.c.tenant == self.tenant, HIT.c.at >= since)
        return {row[0]: int(row[1]) for row in await self.conn.execute(query.group_by(HIT.c.list))}

    def _there(self, list_id: str) -> tuple[Any, ...]:
        return ENTRY.c.tenant == self.tenant, ENTRY.c.list == list_id, ENTRY.c.deleted.is_(None)


def entry_of(row: RowMapping) -> Entry:
    """An entry as it is read from its table."""
    return Entry(**{field.name: row[field.name] for field in attrs.fields(Entry)})
