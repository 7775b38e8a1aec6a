"""How plugins light lamps; the portal sees to it that phones show them, also after Asterisk restarted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Literal

import attrs
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..errors import NotFound
from ..store import tables
from ..store.engine import Store
from ..store.tables_lamps import lamp
from ..store.upsert import inserting


@attrs.frozen
class Lamps:
    """The lamps of one portal. What is set is kept, and reaches the phones within a second or two."""

    store: Store
    phones: Collection[str]

    async def set_messages(
        self, tenant: str, phone: str, new: int, old: int = 0, *, conn: AsyncConnection | None = None
    ) -> None:
        """Have a phone show that messages wait: ``new`` ones, which light its lamp, and ``old`` ones.

        ``conn`` is the transaction of its cause. Raises ``NotFound`` for a phone that is not there.
        """
        if phone not in self.phones:
            raise NotFound(f"there is no phone {phone!r}", phone=phone)
        await self._set("messages", phone, tenant, {"new": new, "old": old}, conn)

    async def set_lamp(self, tenant: str, code: str, *, lit: bool, conn: AsyncConnection | None = None) -> None:
        """Have all phones whose key watches ``code``, such as ``*21``, light its lamp or not.

        The code is one of the tenant's numbers; raises ``NotFound`` for one that is not.
        """
        await self._set("code", code, tenant, {"lit": lit}, conn)

    async def lit(self, tenant: str, code: str) -> bool:
        """Whether a code's lamp is lit; raises ``NotFound`` for one that is not the tenant's."""
        async with self.store.read() as conn:
            await _must_own(conn, tenant, code)
            query = select(lamp.c.lit).where(lamp.c.kind == "code", lamp.c.name == code, lamp.c.tenant == tenant)
            return bool((await conn.execute(query)).scalar())

    async def _set(
        self,
        kind: Literal["messages", "code"],
        name: str,
        tenant: str,
        values: Mapping[str, Any],
        conn: AsyncConnection | None,
    ) -> None:
        if conn is None:
            async with self.store.write() as own:
                await self._set(kind, name, tenant, values, own)
            return
        if kind == "code":
            await _must_own(conn, tenant, name)
        new = inserting(conn.dialect.name, lamp).values(kind=kind, name=name, tenant=tenant, **values)
        changed = {**values, "tenant": tenant, "wanted": lamp.c.wanted + 1}
        await conn.execute(new.on_conflict_do_update(index_elements=["kind", "name"], set_=changed))


async def _must_own(conn: AsyncConnection, tenant: str, code: str) -> None:
    owner = select(tables.number.c.tenant).where(tables.number.c.e164 == code)
    if (await conn.execute(owner)).scalar() != tenant:
        raise NotFound(f"there is no number {code}", number=code)
