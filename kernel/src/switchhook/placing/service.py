"""How plugins have the portal call somebody."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime

import attrs
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ..calls.port import Target
from ..clock import Clock
from ..errors import NotFound
from ..flows.module import Module
from ..schema import plain_settings
from ..store import tables
from ..store.engine import Store
from ..store.tables_placed import placed
from ..store.upsert import once
from . import rows
from .placed_call import LONGEST_SUBJECT, Placement, PlacingRefused, must_be_dialable


@attrs.frozen
class Placing:
    """Takes orders for calls. ``kinds`` are the modules that may serve one, ``phones`` the extension of each phone."""

    store: Store
    clock: Clock
    node: str
    phones: Mapping[str, str]
    kinds: frozenset[str]

    async def place(
        self,
        tenant: str,
        module: Module,
        target: Target,
        *,
        subject: str,
        key: str = "",
        due: datetime | None = None,
        number: str = "",
        caller_id: str = "",
        ring_seconds: int = 30,
        limit_seconds: int = 600,
        conn: AsyncConnection | None = None,
    ) -> Placement:
        """Have ``target`` called, at ``due`` or at once, and served by ``module``; gives the order, which is kept.

        Of a kind and ``subject`` at most one call is open: where there is one,
        it is given instead. Neither is a ``key`` taken twice: another order
        under it gives the first, also when that has ended. ``number`` is the
        tenant's number on whose behalf the call is placed, ``caller_id`` the
        number shown: one of the tenant's, ``"anonymous"``, or empty for
        ``number`` and, without that, the trunk's. A conversation ends after
        ``limit_seconds``, by Asterisk itself. ``conn`` is the transaction of
        its cause.

        Raises :class:`PlacingRefused` for a target the portal does not call by
        itself, ``NotFound`` for a tenant or number that is not there, and
        ``ValueError`` for times of another shape.
        """
        if conn is None:
            async with self.store.write() as own:
                return await self.place(
                    tenant, module, target, subject=subject, key=key, due=due, number=number, caller_id=caller_id,
                    ring_seconds=ring_seconds, limit_seconds=limit_seconds, conn=own,
                )  # fmt: skip
        if module.kind not in self.kinds:
            raise PlacingRefused(
                f"no active plugin declares placed calls of the kind {module.kind!r}", kind=module.kind
            )
        if not 0 < len(subject) <= LONGEST_SUBJECT:
            raise PlacingRefused(f"the subject of a call has 1 to {LONGEST_SUBJECT} characters")
        if limit_seconds < 1:
            raise ValueError("a call the portal places has a limit of 1 s or more")
        now = self.clock.now()
        order = Placement(
            id=f"{self.node}-placed-{secrets.token_hex(12)}",
            tenant=tenant,
            kind=module.kind,
            subject=subject,
            key=key or secrets.token_hex(12),
            settings=plain_settings(module),
            target=must_be_dialable(target, self.phones),
            number=number,
            caller_id=caller_id,
            language=await self._language(conn, tenant),
            ring_seconds=ring_seconds,
            limit_seconds=limit_seconds,
            made=now,
            due=due or now,
        )
        order.plan  # noqa: B018 - it refuses times nobody could mean
        await self._must_own(conn, tenant, number, "" if caller_id == "anonymous" else caller_id)
        return await self._added(conn, order)

    async def _added(self, conn: AsyncConnection, order: Placement) -> Placement:
        same = (placed.c.tenant == order.tenant, placed.c.kind == order.kind)
        for known in (placed.c.key == order.key, (placed.c.subject == order.subject) & placed.c.ended.is_(None)):
            if found := await rows.find(conn, *same, known):
                return found[0]
        new = once(conn.dialect.name, placed).values(rows.row_of(order)).returning(placed.c.id)
        if (await conn.execute(new)).first() is None:  # another process was faster
            either = (placed.c.key == order.key) | ((placed.c.subject == order.subject) & placed.c.ended.is_(None))
            return (await rows.find(conn, *same, either))[0]
        return order

    async def withdraw(
        self, tenant: str, kind: type[Module], subject: str, *, conn: AsyncConnection | None = None
    ) -> None:
        """A call about this is not wanted any more: it is not placed, or stops ringing; a conversation goes on."""
        if conn is None:
            async with self.store.write() as own:
                await self.withdraw(tenant, kind, subject, conn=own)
            return
        open_ = (
            placed.c.tenant == tenant,
            placed.c.kind == kind.kind,
            placed.c.subject == subject,
            placed.c.ended.is_(None),
        )
        now = self.clock.now()
        gone = {"ended": now, "status": "withdrawn", "withdrawn": True}
        await conn.execute(update(placed).where(*open_, placed.c.asked.is_(None)).values(gone))
        await conn.execute(update(placed).where(*open_).values(withdrawn=True))

    async def find(self, tenant: str, id: str) -> Placement:  # noqa: A002 - the domain's own word
        """One order of a tenant; raises ``NotFound``."""
        async with self.store.read() as conn:
            found = await rows.find(conn, placed.c.tenant == tenant, placed.c.id == id)
        if not found:
            raise NotFound(f"there is no placed call {id!r}", id=id)
        return found[0]

    async def _language(self, conn: AsyncConnection, tenant: str) -> str:
        query = select(tables.tenant.c.language).where(tables.tenant.c.id == tenant)
        language = (await conn.execute(query)).scalar()
        if language is None:
            raise NotFound(f"there is no tenant {tenant!r}", tenant=tenant)
        return str(language)

    async def _must_own(self, conn: AsyncConnection, tenant: str, *numbers: str) -> None:
        for number in filter(None, numbers):
            owner = select(tables.number.c.tenant).where(tables.number.c.e164 == number)
            if (await conn.execute(owner)).scalar() != tenant:
                raise NotFound(f"there is no number {number}", number=number)
