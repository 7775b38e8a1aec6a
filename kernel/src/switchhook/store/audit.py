"""Who changed what, as a chain: a row that was altered, removed or moved afterwards shows (SEC41)."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import attrs
from sqlalchemy import insert, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from . import tables
from .engine import Store

Document = Mapping[str, object]
_START: Final = "0" * 64
_PAGE: Final = 1000


@attrs.frozen
class Entry:
    """One change, as it is told afterwards. ``no`` counts all changes of the installation from 1."""

    no: int
    tenant: str
    at: datetime
    actor: str
    action: str
    kind: str
    id: str
    before: Document
    after: Document


@attrs.frozen
class Break:
    """The first row from which on the chain cannot be trusted, and why."""

    no: int
    why: str


@attrs.frozen
class Audit:
    """Adds to the chain and checks it. ``key`` is kept outside the database: without it nobody can forge a row."""

    key: bytes = attrs.field(repr=False)

    async def take_turn(self, conn: AsyncConnection) -> None:
        """Wait until no other transaction adds to the chain, and let none until this one ends."""
        await conn.execute(select(tables.audit_head).with_for_update())

    async def add(
        self,
        conn: AsyncConnection,
        at: datetime,
        actor: str,
        action: str,
        what: tuple[str, str, str],
        before: Document,
        after: Document,
    ) -> None:
        """Add a change of ``what`` (tenant, kind, id) to the transaction ``conn``, which has the turn."""
        head = (await conn.execute(select(tables.audit_head))).mappings().one()
        tenant, kind, id = what  # noqa: A001 - the domain's own word
        entry = Entry(head["no"] + 1, tenant, at, actor, action, kind, id, before, after)
        mac = self._mac(head["hash"], entry)
        await conn.execute(insert(tables.audit).values(**attrs.asdict(entry, recurse=False), hash=mac))
        await conn.execute(update(tables.audit_head).values(no=entry.no, hash=mac))

    async def broken(self, store: Store) -> Break | None:
        """The first place where the chain does not hold, or None."""
        last, mac = 0, _START
        while True:
            query = select(tables.audit).where(tables.audit.c.no > last).order_by(tables.audit.c.no).limit(_PAGE)
            async with store.read() as conn:
                rows = (await conn.execute(query)).mappings().all()
                head = (await conn.execute(select(tables.audit_head))).mappings().first()
            for row in rows:
                entry = _entry(row)
                if entry.no != last + 1:
                    return Break(last + 1, f"row {last + 1} is missing")
                mac = self._mac(mac, entry)
                if not hmac.compare_digest(mac, row["hash"]):
                    return Break(entry.no, f"row {entry.no} is not what was written")
                last = entry.no
            if len(rows) < _PAGE:
                return _end_break(head, last, mac)

    def _mac(self, before: str, entry: Entry) -> str:
        plain = {**attrs.asdict(entry, recurse=False), "at": entry.at.isoformat()}
        text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hmac.new(self.key, f"{before}{text}".encode(), hashlib.sha256).hexdigest()


async def entries(
    store: Store,
    tenant: str,
    *,
    kind: str = "",
    id: str = "",  # noqa: A002
    actor: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    limit: int = 100,
) -> Sequence[Entry]:
    """A tenant's changes, newest first: of one kind, one record, one actor, from ``since`` up to ``until`` if wished."""
    table = tables.audit
    query = select(table).where(table.c.tenant == tenant).order_by(table.c.no.desc()).limit(limit)
    for column, wanted in ((table.c.kind, kind), (table.c.id, id), (table.c.actor, actor)):
        query = query.where(column == wanted) if wanted else query
    query = query.where(table.c.at >= since) if since is not None else query
    query = query.where(table.c.at < until) if until is not None else query
    query = query.where(table.c.no < before) if before is not None else query
    async with store.read() as conn:
        return [_entry(row) for row in (await conn.execute(query)).mappings()]


async def versions(store: Store, tenant: str, kind: str, id: str) -> Mapping[int, Document]:  # noqa: A002
    """The fields each version of a thing had, as far as its last changes tell: what a merge begins with."""
    return versions_in(await entries(store, tenant, kind=kind, id=id))


def versions_in(changes: Iterable[Entry]) -> Mapping[int, Document]:
    """The fields of each version that changes tell of."""
    found: dict[int, Document] = {}
    for entry in changes:
        for told in (entry.before, entry.after):
            version, fields = told.get("version"), told.get("fields")
            if isinstance(version, int) and isinstance(fields, Mapping):
                found.setdefault(version, fields)
    return found


def _entry(row: RowMapping) -> Entry:
    plain: dict[str, Any] = dict(row)
    del plain["hash"]
    return Entry(**plain)


def _end_break(head: RowMapping | None, last: int, mac: str) -> Break | None:
    if head is None:
        return Break(last + 1, "the end of the chain is not marked")
    if head["no"] != last:
        return Break(last + 1, f"the chain ends at row {last} instead of {head['no']}")
    return (
        None if hmac.compare_digest(head["hash"], mac) else Break(last, "the end of the chain is not what was written")
    )
