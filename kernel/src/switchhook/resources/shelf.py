"""Resources as calls use them: read when first asked for, and kept in memory until something changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar, cast

import attrs
from sqlalchemy import select

from ..errors import NotFound
from ..store import tables
from ..store.engine import Store, StoreAway
from .kept import Rows
from .resource import Resource

T = TypeVar("T")
Key = tuple[str, str, str]


@attrs.define
class Shelf:
    """What calls may ask for, of all tenants."""

    _store: Store
    _rows: Rows
    _known: dict[Key, Resource] = attrs.field(factory=dict, init=False)
    _former: dict[Key, Resource] = attrs.field(factory=dict, init=False)
    _whole: dict[tuple[str, str], Mapping[str, Resource]] = attrs.field(factory=dict, init=False)
    _whole_before: dict[tuple[str, str], Mapping[str, Resource]] = attrs.field(factory=dict, init=False)

    def forget(self) -> None:
        """Look again at the next time: something was changed."""
        self._former |= self._known
        self._known.clear()
        self._whole_before |= self._whole
        self._whole.clear()

    async def find(self, tenant: str, kind: type[T], id: str) -> T:  # noqa: A002 - the domain's own word
        """See :meth:`switchhook.calls.surroundings.Shelf.find`. While the store is away, what was known last counts."""
        key = (tenant, cast(type[Resource], kind).kind, id)
        if key not in self._known:
            try:
                self._known[key] = await self._read(key)
            except StoreAway:
                if key not in self._former:
                    raise
                return cast(T, self._former[key])
        return cast(T, self._known[key])

    async def all_of(self, tenant: str, kind: type[T]) -> Mapping[str, T]:
        """Everything of a kind a tenant keeps, by its id. While the store is away, what was known last counts."""
        key = (tenant, cast(type[Resource], kind).kind)
        if key not in self._whole:
            try:
                self._whole[key] = await self._read_all(*key)
            except StoreAway:
                if key not in self._whole_before:
                    raise
                return cast(Mapping[str, T], self._whole_before[key])
        return cast(Mapping[str, T], self._whole[key])

    async def _read_all(self, tenant: str, kind: str) -> Mapping[str, Resource]:
        kept = tables.kept
        query = select(kept).where(kept.c.tenant == tenant, kept.c.kind == kind, kept.c.deleted.is_(None))
        async with self._store.read() as conn:
            return {record.id: record.value for record in await self._rows.all(conn, query)}

    async def _read(self, key: Key) -> Resource:
        async with self._store.read() as conn:
            record = await self._rows.find(conn, *key)
        if record is None or record.deleted is not None:
            self._former.pop(key, None)
            raise NotFound(f"there is no {key[1]} {key[2]!r}", kind=key[1], id=key[2])
        return record.value
