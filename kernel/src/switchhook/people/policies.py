"""The password policy of a tenant, and the one way to change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.actor import Actor, Forbidden
from ..resources.record import Record, StaleVersion
from ..resources.resource import shown
from ..resources.service import Keeping, Resources
from ..schema import Problem, SettingsRefused, read_settings
from ..store.audit import Entry, entries, versions
from ..store.tables_signing_in import password_policy as table
from ..store.upsert import upsert
from .credentials import policy_of
from .policy import PasswordPolicy

_KIND = PasswordPolicy.kind


@attrs.frozen
class Policies:
    """The policies of all tenants."""

    keeping: Keeping

    def of(self, tenant: str, actor: Actor) -> TenantPolicy:
        """The policy of a tenant as ``actor`` may change it."""
        return TenantPolicy(self.keeping, tenant, actor)


@attrs.frozen
class TenantPolicy:
    """One tenant's policy. Everybody may read it: it says what a new password must be like."""

    keeping: Keeping
    tenant: str
    actor: Actor

    async def get(self) -> Record:
        """The policy with its version, which is 0 while nobody chose one."""
        async with self.keeping.store.read() as conn:
            return await self._kept(conn)

    async def history(self) -> Sequence[Entry]:
        """The changes of the policy, newest first."""
        self.actor.need("policy.change")
        return await entries(self.keeping.store, self.tenant, kind=_KIND, id=(await self.get()).id)

    async def change(self, version: int, values: Mapping[str, object]) -> Record:
        """Change fields of :class:`PasswordPolicy`; those that are not given stay. It counts for new passwords.

        Raises ``StaleVersion``, and ``SettingsRefused`` for a level below the one of now.
        """
        if not self.actor.need("policy.change").everything:
            raise Forbidden("this needs the right policy.change over everything", right="policy.change")
        before = await self.get()
        await self._must_be(before, version)
        value = self._read(before, values)
        resources = Resources(self.keeping, self.tenant, self.actor)
        proposed = attrs.evolve(before, version=version + 1, value=value)
        await resources.approve(resources.proposal("change", before, proposed))
        async with self.keeping.turn() as conn:
            before = await self._kept(conn)
            await self._must_be(before, version)
            value = self._read(before, values)
            now = self.keeping.clock.now()
            after = attrs.evolve(before, version=version + 1, value=value, author=self.actor.name, changed=now)
            row = {**shown(value), "tenant": self.tenant, "version": after.version, "author": after.author}
            await conn.execute(upsert(conn.dialect.name, table, ("tenant",)).values({**row, "changed": now}))
            await resources.tell(conn, "change", before, after)
        await resources.announce(resources.proposal("change", before, after))
        return after

    async def _must_be(self, policy: Record, version: int) -> None:
        """Before its fields are looked at: what was right for one version may be wrong for the next."""
        if policy.version != version:
            known = await versions(self.keeping.store, self.tenant, _KIND, policy.id)
            raise StaleVersion(version, policy, known.get(version))

    def _read(self, before: Record, values: Mapping[str, object]) -> PasswordPolicy:
        value = read_settings(PasswordPolicy, {**shown(before.value), **values}, _KIND)
        problems = [attrs.evolve(one, path=f"{_KIND}.{one.path}") for one in value.check()]
        held = before.value
        if isinstance(held, PasswordPolicy) and value.level < held.level:
            problems.append(Problem(f"{_KIND}.level", f"can only be raised; it is {held.level}"))
        if problems:
            raise SettingsRefused(problems)
        return value

    async def _kept(self, conn: AsyncConnection) -> Record:
        row = (await conn.execute(select(table).where(table.c.tenant == self.tenant))).mappings().first()
        if row is None:
            now = self.keeping.clock.now()
            return Record(self.tenant, _KIND, 0, PasswordPolicy(), "", now, now)
        at = row["changed"]
        return Record(self.tenant, _KIND, row["version"], policy_of(dict(row)), row["author"], at, at)
