"""The audit of a tenant as people read it: who changed what, when, and what was different afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import attrs
from sqlalchemy import select

from ..access.actor import Actor, Forbidden
from ..store import tables
from ..store.audit import Audit, Break, Entry, entries
from ..store.engine import Store
from .trail_names import TrailNames, names_of

_RIGHT: Final = "audit.view"


@attrs.frozen
class Changed:
    """A field that differs; None stands for one that was not, or is no more."""

    field: str
    before: object
    after: object


@attrs.frozen
class TrailPage:
    """A part of the audit, newest first, with the names of whom and what it tells of.

    ``before`` is where the next part goes on, None at the end.
    """

    entries: Sequence[Entry]
    before: int | None = None
    names: TrailNames = attrs.field(factory=TrailNames)


@attrs.frozen
class Trail:
    """The audit of all tenants."""

    store: Store
    audit: Audit

    def of(self, tenant: str, actor: Actor) -> TenantTrail:
        """The audit of a tenant as ``actor`` may read it."""
        return TenantTrail(self, tenant, actor)


@attrs.frozen
class TenantTrail:
    """One tenant's audit. It can only be read: nobody changes or deletes it through the portal."""

    trail: Trail
    tenant: str
    actor: Actor

    async def page(
        self,
        *,
        kind: str = "",
        actor: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> TrailPage:
        """Changes of one kind, by one person, from ``since`` up to ``until``, if wished."""
        self._need()
        found = await entries(
            self.trail.store,
            self.tenant,
            kind=kind,
            actor=actor,
            since=since,
            until=until,
            before=before,
            limit=limit + 1,
        )
        shown = found[:limit]
        async with self.trail.store.read() as conn:
            names = await names_of(conn, self.tenant, shown)
        return TrailPage(shown, shown[-1].no if len(found) > limit else None, names)

    async def kinds(self) -> Sequence[str]:
        """What sorts of things were ever changed."""
        self._need()
        table = tables.audit
        query = select(table.c.kind).where(table.c.tenant == self.tenant).distinct().order_by(table.c.kind)
        async with self.trail.store.read() as conn:
            return (await conn.execute(query)).scalars().all()

    async def broken(self) -> Break | None:
        """Check the chain of the whole installation: the first row that was altered, removed or moved, or None."""
        self._need()
        return await self.trail.audit.broken(self.trail.store)

    def _need(self) -> None:
        if not self.actor.need(_RIGHT).everything:
            raise Forbidden(f"the right {_RIGHT} counts for the whole tenant alone", right=_RIGHT)


def differences(entry: Entry) -> Sequence[Changed]:
    """What a change changed, field by field."""
    was, now = _fields(entry.before), _fields(entry.after)
    names = [name for name in {**was, **now} if was.get(name) != now.get(name)]
    return [Changed(name, was.get(name), now.get(name)) for name in names]


def _fields(told: Mapping[str, object]) -> Mapping[str, object]:
    fields = told.get("fields", told)
    return fields if isinstance(fields, Mapping) else {}
