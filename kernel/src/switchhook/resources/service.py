"""The one way to change what administrators keep: the browser, the API, files and commands all come here."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final

import attrs
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.actor import Actor
from ..clock import Clock
from ..dispatch.dispatcher import Dispatcher
from ..errors import NotFound
from ..schema import Kinds, Label, Problem, SettingsRefused, read_settings, settings_of
from ..store import tables
from ..store.audit import Audit, Entry, entries, versions
from ..store.engine import Store
from ..store.stamp import note_change
from . import kept
from .approval import approve
from .listing import Listing
from .record import (
    Action,
    Change,
    IdTaken,
    InUse,
    Page,
    Record,
    RepeatedDifferently,
    StaleVersion,
    UnknownKind,
    Use,
)
from .resource import Resource, may_be_odd, secrets_of, shown, with_canonical_numbers
from .seal import Seal
from .sight import Sight
from .slug import slug
from .trashed import deleted, past
from .within import narrowed

_ID: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
ID_WORDS: Final = "an id of small letters, digits, - and _, at most 40 characters"


@attrs.frozen
class Keeping:
    """What all tenants share: the store, the kinds the plugins bring, hooks, the audit chain and the seal."""

    store: Store
    clock: Clock
    kinds: Kinds[Resource]
    hooks: Dispatcher
    audit: Audit
    seal: Seal

    @property
    def rows(self) -> kept.Rows:
        """Rows and records of these kinds."""
        return kept.Rows(self.kinds, self.seal)

    def of(self, tenant: str, actor: Actor) -> Resources:
        """The resources of a tenant as ``actor`` may see and change them."""
        return Resources(self, tenant, actor)

    async def odd(self, tenant: str) -> Mapping[tuple[str, str], tuple[tuple[str, Label], ...]]:
        """What is odd about a tenant's resources, by kind and id; only of kinds that say such things."""
        kinds = [kind for kind in self.kinds if (one := self.kinds.get(kind)) and may_be_odd(one)]
        table = tables.kept
        query = select(table).where(table.c.tenant == tenant, table.c.kind.in_(kinds), table.c.deleted.is_(None))
        async with self.store.read() as conn:
            records = await self.rows.all(conn, query) if kinds else ()
        now = self.clock.now()
        odd = {(one.kind, one.id): tuple(one.value.odd_at(now, one.changed)) for one in records}
        return {key: found for key, found in odd.items() if found}

    async def of_all_tenants(self, kind: str) -> Sequence[Record]:
        """Every record of a kind, those in the trash included: for a plugin's service, which serves all tenants."""
        query = select(tables.kept).where(tables.kept.c.kind == kind).order_by(tables.kept.c.tenant, tables.kept.c.id)
        async with self.store.read() as conn:
            return [self.rows.record(row) for row in (await conn.execute(query)).mappings()]

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[AsyncConnection]:
        """A transaction for a change; changes take turns, so that what one looked at is still so when it is made."""
        async with self.store.write() as conn:
            await self.audit.take_turn(conn)
            yield conn


@attrs.frozen
class Resources:
    """One tenant's resources. What belongs to another tenant is ``NotFound``, what the actor may not do ``Forbidden``.

    Each change is one transaction with its line in the audit chain. A kind
    that no plugin brings is :class:`UnknownKind`; fields that do not fit are
    ``SettingsRefused`` with every problem, and nothing is changed.
    """

    keeping: Keeping
    tenant: str
    actor: Actor

    # -- looking ----------------------------------------------------------------------------------

    async def get(self, kind: str, id: str) -> Record:  # noqa: A002 - the domain's own word
        """One record, that in the trash included."""
        self.declared(kind)
        self.actor.need(f"{kind}.view")
        async with self.keeping.store.read() as conn:
            return await self._found(conn, kind, id)

    async def page(self, kind: str, listing: Listing = Listing()) -> Page:  # noqa: B008 - a value that never changes
        """A page of a kind's records; raises ``ListRefused`` for a column that is none."""
        fields = {name: meta for name, (meta, _) in settings_of(self.declared(kind)).items()}
        within = narrowed(self.actor.need(f"{kind}.view"), self.actor)
        query = listing.query(self.tenant, kind, fields)
        query = query if within is None else query.where(within)
        async with self.keeping.store.read() as conn:
            rows = (await conn.execute(query)).mappings().all()
        shown = rows[: listing.limit]
        after = listing.cursor(shown[-1], fields) if len(rows) > len(shown) else ""
        return Page([self.keeping.rows.record(row) for row in shown], after)

    async def trash(self, after: str = "", limit: int = 50) -> Page:
        """What lies in the trash, of all kinds the actor may see, last deleted first."""
        kinds = [kind for kind in self.keeping.kinds if self.actor.may(f"{kind}.view")]
        async with self.keeping.store.read() as conn:
            rows = (await conn.execute(deleted(self.tenant, kinds, self.actor, after, limit))).mappings().all()
        shown = rows[:limit]
        return Page([self.keeping.rows.record(row) for row in shown], past(shown[-1]) if len(rows) > limit else "")

    async def uses(self, kind: str, id: str) -> Sequence[Use]:  # noqa: A002
        """Where a record is used, by things that are not in the trash."""
        await self.get(kind, id)
        async with self.keeping.store.read() as conn:
            return await self.sight.used_by(conn, kind, id)

    async def history(
        self,
        kind: str,
        id: str,  # noqa: A002
        *,
        before: int | None = None,
        limit: int = 100,
    ) -> Sequence[Entry]:
        """The changes of one record, newest first, those before a number if wished."""
        await self.get(kind, id)
        return await entries(self.keeping.store, self.tenant, kind=kind, id=id, before=before, limit=limit)

    # -- changing ---------------------------------------------------------------------------------

    async def create(self, kind: str, values: Mapping[str, object], *, id: str = "", once: str = "") -> Record:  # noqa: A002
        """Keep a new record.

        Without ``id`` one is made from its title. The same ``once`` (a key of
        the caller's choice, kept for 30 days) with the same values gives the
        record made the first time, so that a request can safely be repeated;
        with other values it is :class:`RepeatedDifferently`.
        """
        self.actor.need(f"{kind}.change")
        value = self.read(kind, values)
        digest = self.keeping.seal.digest(json.dumps([kind, id, values], sort_keys=True, default=str))
        if id:
            self.check_id(id, "id")
        now = self.keeping.clock.now()
        record = Record(self.tenant, id, 1, value, self.actor.name, now, now, owner=self.actor.account)
        self.sight.must_fit(record)
        await self.approve(self.proposal("create", None, record))
        async with self.keeping.turn() as conn:
            if once and (made := await self._made_before(conn, once, digest)) is not None:
                return made
            record = attrs.evolve(record, id=await self._free_id(conn, kind, id, value))
            await self.refuse_lost(conn, None, value)
            await self.keeping.rows.put(conn, record, new=True)
            await self.tell(conn, "create", None, record)
            if once:
                kept_once = {
                    "tenant": self.tenant,
                    "key": once,
                    "digest": digest,
                    "kind": kind,
                    "id": record.id,
                    "at": now,
                }
                await conn.execute(insert(tables.repeated).values(kept_once))
        await self.announce(self.proposal("create", None, record))
        return record

    async def change(self, kind: str, id: str, version: int, values: Mapping[str, object]) -> Record:  # noqa: A002
        """Replace the fields of the version that was edited; a secret that is not given stays as it is.

        Raises :class:`StaleVersion` when another version is kept by now.
        """
        self.actor.need(f"{kind}.change")
        before = await self.get(kind, id)
        self.sight.must_reach("change", before)
        self._current(before, version, await self._base(before, version))
        secrets = {name: getattr(before.value, name) for name in secrets_of(type(before.value))}
        value = self.read(kind, {**secrets, **values})
        self.sight.must_fit(attrs.evolve(before, value=value))
        await self.approve(self.proposal("change", before, attrs.evolve(before, value=value)))
        async with self.keeping.turn() as conn:
            now_kept = await self._found(conn, kind, id)
            self._current(now_kept, version, shown(before.value))
            await self.refuse_lost(conn, now_kept.value, value)
            after = attrs.evolve(
                now_kept, version=version + 1, value=value, author=self.actor.name, changed=self.keeping.clock.now()
            )
            await self.keeping.rows.put(conn, after, new=False)
            await self.tell(conn, "change", now_kept, after)
        await self.announce(self.proposal("change", now_kept, after))
        return after

    async def delete(self, kind: str, id: str, version: int) -> Record:  # noqa: A002
        """Put a record into the trash; raises :class:`InUse` naming each use, and :class:`StaleVersion`."""
        self.actor.need(f"{kind}.delete")
        before = await self.get(kind, id)
        self.sight.must_reach("delete", before)
        await self.approve(self.proposal("delete", before, attrs.evolve(before, deleted=self.keeping.clock.now())))
        async with self.keeping.turn() as conn:
            now_kept = await self._found(conn, kind, id)
            self._current(now_kept, version, await self._base(now_kept, version))
            uses = await self.sight.used_by(conn, kind, id)
            if uses:
                raise InUse(kind, id, uses)
            after = attrs.evolve(now_kept, version=version + 1, deleted=self.keeping.clock.now())
            await self.keeping.rows.put(conn, after, new=False)
            await self.tell(conn, "delete", now_kept, after)
        await self.announce(self.proposal("delete", now_kept, after))
        return after

    async def restore(self, kind: str, id: str) -> Record:  # noqa: A002
        """Bring a record back from the trash as it was; raises ``SettingsRefused`` where what it used is gone."""
        self.actor.need(f"{kind}.delete")
        before = await self.get(kind, id)
        self.sight.must_reach("delete", before)
        if before.deleted is None:
            return before
        await self.approve(self.proposal("restore", before, attrs.evolve(before, deleted=None)))
        async with self.keeping.turn() as conn:
            now_kept = await self._found(conn, kind, id)
            await self.refuse_lost(conn, now_kept.value, now_kept.value)
            after = attrs.evolve(now_kept, version=now_kept.version + 1, deleted=None)
            await self.keeping.rows.put(conn, after, new=False)
            await self.tell(conn, "restore", now_kept, after)
        await self.announce(self.proposal("restore", now_kept, after))
        return after

    # -- inside -----------------------------------------------------------------------------------

    def declared(self, kind: str) -> type[Resource]:
        """The class of a kind; raises :class:`UnknownKind` with a near match."""
        found = self.keeping.kinds.get(kind)
        if found is None:
            raise UnknownKind(f"there is no kind of resource {kind!r}{self.keeping.kinds.hint(kind)}", kind=kind)
        return found

    def read(self, kind: str, values: Mapping[str, object], path: str = "") -> Resource:
        """Fields as a resource; raises ``SettingsRefused`` with every problem, ``path`` or the kind before each."""
        declared = self.declared(kind)
        value = read_settings(declared, with_canonical_numbers(declared, values), path or kind)
        problems = [attrs.evolve(one, path=f"{path or kind}.{one.path}") for one in value.check()]
        if problems:
            raise SettingsRefused(problems)
        return value

    def check_id(self, id: str, path: str) -> None:  # noqa: A002
        """Raise ``SettingsRefused`` for an id that is none."""
        if not _ID.fullmatch(id):
            raise SettingsRefused([Problem(path, f"must be {ID_WORDS}, not {id!r}")])

    async def _found(self, conn: AsyncConnection, kind: str, id: str) -> Record:  # noqa: A002
        record = await self.keeping.rows.find(conn, self.tenant, kind, id)
        if record is None or not self.sight.sees(record):
            raise NotFound(f"there is no {kind} {id!r}", kind=kind, id=id)
        return record

    def _current(self, kept_now: Record, version: int, base: Mapping[str, object] | None) -> None:
        if kept_now.deleted is not None:
            raise NotFound(f"{kept_now.kind} {kept_now.id!r} lies in the trash; restore it first", id=kept_now.id)
        if kept_now.version != version:
            raise StaleVersion(version, kept_now, base)

    async def _base(self, record: Record, version: int) -> Mapping[str, object] | None:
        """What the version was that somebody edited: the middle of a three-way merge."""
        if record.version == version:
            return None
        return (await versions(self.keeping.store, self.tenant, record.kind, record.id)).get(version)

    async def _free_id(self, conn: AsyncConnection, kind: str, wanted: str, value: Resource) -> str:
        stem = wanted or slug(value.title()) or kind
        taken = await kept.ids_like(conn, self.tenant, kind, stem[:36])
        if stem not in taken:
            return stem
        if wanted:
            raise IdTaken(f"there is a {kind} {wanted!r} already, perhaps in the trash", kind=kind, id=wanted)
        return next(name for n in range(2, len(taken) + 3) if (name := f"{stem[:36]}-{n}") not in taken)

    @property
    def sight(self) -> Sight:
        """What the actor sees and reaches."""
        return Sight(self.keeping.rows, self.tenant, self.actor)

    async def current(self, conn: AsyncConnection, kind: str, id: str, version: int) -> Record:  # noqa: A002
        """The record while changes take turns; raises ``NotFound``, and :class:`StaleVersion` for another version."""
        record = await self._found(conn, kind, id)
        self._current(record, version, None)
        return record

    async def refuse_lost(self, conn: AsyncConnection, before: Resource | None, value: Resource) -> None:
        """Raise ``SettingsRefused`` where a value points at what is not there."""
        if problems := await self.sight.lost(conn, before, value):
            raise SettingsRefused(problems)

    async def approve(self, change: Change, path: str = "") -> None:
        """Ask the guards; raises ``SettingsRefused`` at a field, or :class:`ChangeRefused`."""
        await approve(self.keeping.hooks, change, path)

    async def announce(self, change: Change) -> None:
        """Let the observers know what is kept now."""
        await self.keeping.hooks.notify("change_made", change=change)

    def proposal(self, action: Action, before: Record | None, after: Record) -> Change:
        """A change as guards and observers see it: what lies in the trash is not there."""
        was = before.value if before is not None and before.deleted is None else None
        return Change(
            self.tenant,
            self.actor.name,
            action,
            after.kind,
            after.id,
            was,
            after.value if after.deleted is None else None,
        )

    async def tell(self, conn: AsyncConnection, action: Action, before: Record | None, after: Record) -> None:
        """Write a change into the audit chain, and let running workers notice it."""
        what = (after.tenant, after.kind, after.id)
        was = _told(before) if before is not None else {}
        await self.keeping.audit.add(conn, self.keeping.clock.now(), self.actor.name, action, what, was, _told(after))
        await note_change(conn, after.tenant)

    async def _made_before(self, conn: AsyncConnection, once: str, digest: str) -> Record | None:
        table = tables.repeated
        query = select(table).where(table.c.tenant == self.tenant, table.c.key == once)
        row = (await conn.execute(query)).mappings().first()
        if row is None:
            return None
        if row["digest"] != digest:
            raise RepeatedDifferently(f"the key {once!r} was used for another request", key=once)
        return await self._found(conn, row["kind"], row["id"])


def _told(record: Record) -> Mapping[str, object]:
    """A record as the audit chain keeps it: no secret, but whether there is one."""
    fields = shown(record.value) | {
        name: "kept" for name in secrets_of(type(record.value)) if getattr(record.value, name)
    }
    return {"version": record.version, "deleted": record.deleted is not None, "fields": fields}
