"""What an administrator decides: tenants, their numbers, their flows and the versions of these."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, Final

import attrs
from sqlalchemy import Select, and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.tenant import Tenant
from ..clock import Clock
from ..errors import NotFound, StoreError
from . import flow_versions, tables
from .engine import Store
from .flow_versions import version_of_row
from .number_rows import number_of, number_row
from .plugin_choices import RESTART
from .routing import FlowReference, FlowText, FlowVersion, Number, RoutingState
from .stamp import note_change
from .upsert import inserting, upsert

_PLUGIN: Final = "plugin/"
"""Before a plugin's name where else a tenant stands; no tenant's id has a slash."""


class Conflict(StoreError):
    """What was asked for does not go together with what is already there."""

    code = "conflict"


@attrs.frozen
class Directory:
    """Reads and changes what routing rests on.

    Every method names the tenant it speaks of; what belongs to another tenant
    is :class:`~switchhook.errors.NotFound`. Each change is one transaction and
    is noticed by running workers through :meth:`load_routing`.
    """

    store: Store
    clock: Clock

    # -- tenants --------------------------------------------------------------------------------

    async def tenants(self) -> list[Tenant]:
        """All tenants, for the operator, by id."""
        async with self.store.read() as conn:
            return await _tenants(conn)

    async def tenant(self, tenant: str) -> Tenant:
        """One tenant; raises ``NotFound``."""
        found = {one.id: one for one in await self.tenants()}
        if tenant not in found:
            raise NotFound(f"there is no tenant {tenant!r}", tenant=tenant)
        return found[tenant]

    async def put_tenant(self, tenant: Tenant) -> None:
        """Create a tenant or change it; one that is there keeps its state."""
        async with self.store.write() as conn:
            await conn.execute(
                upsert(
                    conn.dialect.name, tables.tenant, ("id",), keep=("created", "state", "version", "suspended_from")
                ),
                attrs.asdict(tenant),
            )
            await note_change(conn, tenant.id)

    # -- numbers --------------------------------------------------------------------------------

    async def numbers(self, tenant: str) -> list[Number]:
        """A tenant's numbers in order."""
        table = tables.number
        async with self.store.read() as conn:
            found = await conn.execute(select(table).where(table.c.tenant == tenant).order_by(table.c.e164))
            return [number_of(row) for row in found.mappings()]

    async def assign(self, number: Number, *, keep: Collection[str] = ()) -> None:
        """Let a number lead to a flow of its tenant; ``number.e164`` is canonical already.

        ``keep`` names what a number that is there already keeps of its own: of
        ``flow``, ``label`` and ``fallback``. Raises ``NotFound`` when the tenant has no such flow and
        :class:`Conflict` when the number belongs to another tenant.
        """
        table = tables.number
        async with self.store.write() as conn:
            if number.flow:
                await flow_versions.lock(conn, number.tenant, number.flow)
            owner = (await conn.execute(select(table.c.tenant).where(table.c.e164 == number.e164))).scalar()
            if owner not in (None, number.tenant):
                raise Conflict(f"the number {number.e164} is taken", number=number.e164)
            row = number_row(number)
            put = inserting(conn.dialect.name, table)
            kept = [name for name in row if name.partition("_")[0] in (*keep, "version", "cost", "e164")]
            changed = {name: put.excluded[name] for name in row if name not in kept} | {"version": table.c.version + 1}
            await conn.execute(put.on_conflict_do_update(index_elements=["e164"], set_=changed), row)
            await note_change(conn, number.tenant)

    async def release(self, tenant: str, e164: str) -> None:
        """Let a number lead nowhere; raises ``NotFound``."""
        table = tables.number
        async with self.store.write() as conn:
            gone = await conn.execute(table.delete().where(table.c.tenant == tenant, table.c.e164 == e164))
            if not gone.rowcount:
                raise NotFound(f"there is no number {e164}", number=e164)
            await note_change(conn, tenant)

    # -- flows and versions ---------------------------------------------------------------------

    async def flows(self, tenant: str) -> dict[str, str]:
        """Ids and labels of a tenant's flows that are not in the trash, by id."""
        table = tables.flow
        async with self.store.read() as conn:
            found = await conn.execute(
                select(table.c.id, table.c.label)
                .where(table.c.tenant == tenant, table.c.deleted.is_(None))
                .order_by(table.c.id)
            )
            return {row.id: row.label for row in found}

    async def put_flow(self, tenant: str, flow: str, label: str) -> None:
        """Create a flow without any version, or change its label; raises ``NotFound`` without such a tenant."""
        async with self.store.write() as conn:
            await flow_versions.put_flow(conn, tenant, flow, label)

    async def add_version(
        self,
        tenant: str,
        flow: str,
        document: str,
        *,
        message: str = "",
        author: str = "",
        uses: Sequence[FlowReference] = (),
    ) -> FlowVersion:
        """Add a draft with the next number; raises ``NotFound`` without such a flow."""
        async with self.store.write() as conn:
            text = FlowText(flow, "", document, tuple(uses))
            return await flow_versions.add(conn, self.clock.now(), tenant, text, message=message, author=author)

    async def publish_texts(
        self, tenant: str, texts: Sequence[FlowText], *, message: str = "", author: str = ""
    ) -> list[FlowVersion]:
        """Make flows live, new ones or new versions, all in one transaction; raises ``NotFound`` without such a tenant.

        A text that is live already keeps its version.
        """
        async with self.store.write() as conn:
            return [
                await flow_versions.publish_text(conn, self.clock.now, tenant, one, message=message, author=author)
                for one in texts
            ]

    async def change_draft(self, tenant: str, version: int, document: str) -> FlowVersion:
        """Give a draft another document; raises :class:`Conflict` once it was published (I07)."""
        table = tables.flow_version
        async with self.store.write() as conn:
            old = await flow_versions.own(conn, tenant, version)
            if old.state != "draft":
                raise Conflict(
                    f"version {old.no} of flow {old.flow!r} was published and cannot change", version=version
                )
            changed = await conn.execute(
                update(table)
                .where(table.c.id == version, table.c.state == "draft")
                .values(document=document, hash=hashlib.sha256(document.encode()).hexdigest())
                .returning(table)
            )
            return version_of_row(changed.mappings().one())

    async def publish(self, tenant: str, version: int) -> FlowVersion:
        """Make a version, new or old, the one that new calls get.

        Whether it may go live is the linter's business, before. Raises
        ``NotFound``. Publishing what is live already changes nothing.
        """
        async with self.store.write() as conn:
            return await flow_versions.publish(conn, self.clock.now, tenant, version)

    async def roll_back(self, tenant: str, flow: str) -> FlowVersion:
        """Publish again the version that was published before the current one, by its number.

        Raises ``NotFound`` when there is none.
        """
        now = await self.current(tenant, flow)
        older = [v for v in await self.versions(tenant, flow) if v.no < now.no and v.state == "archived"]
        if not older:
            raise NotFound(f"flow {flow!r} has no published version before number {now.no}", flow=flow)
        return await self.publish(tenant, older[-1].id)

    async def current(self, tenant: str, flow: str) -> FlowVersion:
        """The version new calls get; raises ``NotFound`` while none is published."""
        for version in await self.versions(tenant, flow):
            if version.state == "published":
                return version
        raise NotFound(f"flow {flow!r} is not published", flow=flow)

    async def versions(self, tenant: str, flow: str) -> list[FlowVersion]:
        """All versions of a flow by number; empty when there is no such flow."""
        table = tables.flow_version
        query = select(table).where(table.c.tenant == tenant, table.c.flow == flow).order_by(table.c.no)
        return await self._versions(query)

    async def version(self, version: int) -> FlowVersion | None:
        """Any version by its id, for a call that began with it, whatever has been published since."""
        found = await self._versions(select(tables.flow_version).where(tables.flow_version.c.id == version))
        return found[0] if found else None

    async def _versions(self, query: Select[Any]) -> list[FlowVersion]:
        async with self.store.read() as conn:
            return [version_of_row(row) for row in (await conn.execute(query)).mappings()]

    # -- resources ------------------------------------------------------------------------------

    async def resources(self, tenant: str) -> dict[str, set[str]]:
        """The ids of a tenant's resources by kind, without those in the trash."""
        table = tables.kept
        found: defaultdict[str, set[str]] = defaultdict(set)
        async with self.store.read() as conn:
            query = select(table.c.kind, table.c.id).where(table.c.tenant == tenant, table.c.deleted.is_(None))
            for row in await conn.execute(query):
                found[row.kind].add(row.id)
        return dict(found)

    # -- plugins --------------------------------------------------------------------------------

    async def reset_plugin(self, plugin: str) -> None:
        """Let every running process end the plugin's suspension when it next looks at the routing state."""
        async with self.store.write() as conn:
            await note_change(conn, _PLUGIN + plugin)

    # -- routing --------------------------------------------------------------------------------

    async def load_routing(self, since: int = -1) -> RoutingState | None:
        """The whole routing state, or None while nothing changed after the stamp ``since``."""
        async with self.store.read() as conn:
            stamp = int(
                (await conn.execute(select(func.coalesce(func.sum(tables.change_stamp.c.value), 0)))).scalar_one()
            )
            if stamp <= since:
                return None
            numbers = [number_of(row) for row in (await conn.execute(select(tables.number))).mappings()]
            flow, version = tables.flow, tables.flow_version
            there = and_(flow.c.tenant == version.c.tenant, flow.c.id == version.c.flow, flow.c.deleted.is_(None))
            published = select(version).join(flow, there).where(version.c.state == "published")
            versions = [version_of_row(row) for row in (await conn.execute(published)).mappings()]
            table = tables.change_stamp
            wishes = await conn.execute(
                select(table).where(or_(table.c.tenant.startswith(_PLUGIN), table.c.tenant == RESTART))
            )
            counts = {row.tenant: int(row.value) for row in wishes}
            return RoutingState(
                stamp,
                {one.id: one for one in await _tenants(conn)},
                {one.e164: one for one in numbers},
                {(one.tenant, one.flow): one for one in versions},
                {name.removeprefix(_PLUGIN): count for name, count in counts.items() if name != RESTART},
                counts.get(RESTART, 0),
            )


async def _tenants(conn: AsyncConnection) -> list[Tenant]:
    found = await conn.execute(select(tables.tenant).order_by(tables.tenant.c.id))
    return [Tenant(**row) for row in found.mappings()]
