"""Rows of kept resources: read and written inside a transaction somebody else opened."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import attrs
from sqlalchemy import Select, Table, and_, delete, func, insert, or_, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from ..schema import PROMPT, Kinds, Pointer, pointers, read_settings, settings_of
from ..store import tables, tables_people
from .record import Record, Use
from .resource import FLOW, NUMBER, NUMBER_GROUP, Resource, secrets_of, shown
from .seal import Seal

IN_USE = ("published", "scheduled")
"""States of a flow's version in which what it uses must stay."""
_KEPT, _REFERENCE, _FLOW = tables.kept, tables.kept_reference, tables.flow
_TABLES: Final[Mapping[str, tuple[Table, str]]] = {FLOW: (_FLOW, "id"), NUMBER: (tables.number, "e164")}
"""What can be referred to and is no record: its table, and the column of its id."""


@attrs.frozen
class Rows:
    """Turns records into rows and back."""

    kinds: Kinds[Resource]
    seal: Seal

    async def find(self, conn: AsyncConnection, tenant: str, kind: str, id: str) -> Record | None:  # noqa: A002
        """One record, deleted or not."""
        query = select(_KEPT).where(_KEPT.c.tenant == tenant, _KEPT.c.kind == kind, _KEPT.c.id == id)
        row = (await conn.execute(query)).mappings().first()
        return self.record(row) if row is not None else None

    async def all(self, conn: AsyncConnection, query: Select[Any]) -> Sequence[Record]:
        """The records of a query over whole rows whose kind is known."""
        rows = (await conn.execute(query)).mappings()
        return [self.record(row) for row in rows if row["kind"] in self.kinds]

    async def put(self, conn: AsyncConnection, record: Record, *, new: bool) -> None:
        """Write a record and what it refers to."""
        row = {
            "tenant": record.tenant,
            "kind": record.kind,
            "id": record.id,
            "version": record.version,
            "title": record.title,
            "search": searchable(record),
            "document": shown(record.value),
            "sealed": {name: self.seal.close(getattr(record.value, name)) for name in _given_secrets(record.value)},
            "author": record.author,
            "owner": record.owner,
            "created": record.created,
            "changed": record.changed,
            "deleted": record.deleted,
        }
        await conn.execute(insert(_KEPT).values(row) if new else update(_KEPT).where(*_is(record)).values(row))
        await self._put_pointers(conn, record)

    async def _put_pointers(self, conn: AsyncConnection, record: Record) -> None:
        mine = {"tenant": record.tenant, "kind": record.kind, "id": record.id}
        of_mine = [_REFERENCE.c[name] == value for name, value in mine.items()]
        await conn.execute(delete(_REFERENCE).where(*of_mine))
        rows = [{**mine, **attrs.asdict(one)} for one in pointers(record.value)]
        if rows:
            await conn.execute(insert(_REFERENCE), rows)

    def record(self, row: RowMapping | Mapping[str, Any]) -> Record:
        """A record from its row."""
        declared = self.kinds.get(row["kind"])
        if declared is None:
            raise KeyError(row["kind"])
        known = settings_of(declared)
        # A field that a newer version of the plugin no longer has must not make the record unreadable.
        values = {name: value for name, value in row["document"].items() if name in known}
        values |= {name: self.seal.open(sealed) for name, sealed in row["sealed"].items() if name in known}
        return Record(
            row["tenant"],
            row["id"],
            row["version"],
            read_settings(declared, values, row["kind"]),
            row["author"],
            row["created"],
            row["changed"],
            row["deleted"],
            row["owner"],
        )


def searchable(record: Record) -> str:
    """Every text of a record in one, small letters and composed, as :func:`folded` makes what is searched for."""
    return folded("\n".join([record.id, record.title, *_texts(shown(record.value))]))


def folded(text: str) -> str:
    """A text as it is compared in a search: no difference between ``MÜLLER`` and ``müller``."""
    return unicodedata.normalize("NFKC", text).casefold()


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, str):
        yield value


def _given_secrets(value: Resource) -> Iterable[str]:
    return (name for name in secrets_of(type(value)) if getattr(value, name))


def _is(record: Record) -> tuple[Any, ...]:
    return (_KEPT.c.tenant == record.tenant, _KEPT.c.kind == record.kind, _KEPT.c.id == record.id)


async def uses_of(conn: AsyncConnection, tenant: str, kind: str, id: str) -> list[Use]:  # noqa: A002
    """Which records and flows that are not in the trash refer to a record; a flow that is live, or is to be."""
    by_record = (
        select(_KEPT.c.kind, _KEPT.c.id, _KEPT.c.title, _REFERENCE.c.path)
        .join(_REFERENCE, and_(*(_KEPT.c[name] == _REFERENCE.c[name] for name in ("tenant", "kind", "id"))))
        .where(*_to(_REFERENCE, tenant, kind, id), _KEPT.c.deleted.is_(None))
        .order_by(_KEPT.c.kind, _KEPT.c.id, _REFERENCE.c.path)
    )
    version, used = tables.flow_version, tables.flow_reference
    by_flow = (
        select(_FLOW.c.id, _FLOW.c.label, used.c.path)
        .join(version, version.c.id == used.c.version)
        .join(_FLOW, and_(_FLOW.c.tenant == version.c.tenant, _FLOW.c.id == version.c.flow))
        .where(*_to(used, tenant, kind, id), version.c.state.in_(IN_USE), _FLOW.c.deleted.is_(None))
        .distinct()
        .order_by(_FLOW.c.id, used.c.path)
    )
    found = [Use(row.kind, row.id, row.title or row.id, row.path) for row in await conn.execute(by_record)]
    found += [Use(FLOW, row.id, row.label or row.id, row.path) for row in await conn.execute(by_flow)]
    return found + (await _granted(conn, tenant, id) if kind == NUMBER_GROUP else [])


async def heard_by(conn: AsyncConnection, tenant: str, prompt: str) -> list[Use]:
    """Which records, flows and numbers that are not in the trash let a prompt be heard."""
    number = tables.number
    query = select(number.c.e164, number.c.label).where(number.c.tenant == tenant, number.c.fallback_sound == prompt)
    numbers = await conn.execute(query.order_by(number.c.e164))
    found = [Use("number", row.e164, row.label or row.e164, "sound") for row in numbers]
    return await uses_of(conn, tenant, PROMPT, prompt) + found


async def _granted(conn: AsyncConnection, tenant: str, group: str) -> list[Use]:
    """Whose rights reach over a number group."""
    account, named = tables_people.account, tables_people.account_group
    query = (
        select(account.c.id, account.c.name)
        .join(named, named.c.account == account.c.id)
        .where(named.c.tenant == tenant, named.c.group_id == group)
        .order_by(account.c.name, account.c.id)
    )
    return [Use("account", row.id, row.name, "grants") for row in await conn.execute(query)]


def _to(table: Table, tenant: str, kind: str, id: str) -> tuple[Any, ...]:  # noqa: A002
    return table.c.tenant == tenant, table.c.to_kind == kind, table.c.to_id == id


async def missing(conn: AsyncConnection, tenant: str, wanted: Iterable[Pointer]) -> list[Pointer]:
    """Those pointers that lead to nothing, or into the trash."""
    wanted = [one for one in wanted if one.to_kind != PROMPT]  # sounds are files, for the linter to look at
    others = {(one.to_kind, one.to_id) for one in wanted if one.to_kind not in _TABLES}
    there: set[tuple[str, str]] = set()
    for kind, (table, column) in _TABLES.items():
        if named := {one.to_id for one in wanted if one.to_kind == kind}:
            found = await conn.execute(
                select(table.c[column]).where(table.c.tenant == tenant, table.c[column].in_(named))
            )
            there |= {(kind, one) for one in found.scalars()}
    if others:
        pairs = or_(*(and_(_KEPT.c.kind == kind, _KEPT.c.id == id) for kind, id in others))  # noqa: A001
        query = select(_KEPT.c.kind, _KEPT.c.id).where(_KEPT.c.tenant == tenant, _KEPT.c.deleted.is_(None), pairs)
        there |= {(row.kind, row.id) for row in await conn.execute(query)}
    return [one for one in wanted if (one.to_kind, one.to_id) not in there]


def of_kinds(tenant: str, kinds: Sequence[str]) -> Select[Any]:
    """Every record of some kinds, those in the trash included."""
    return select(_KEPT).where(_KEPT.c.tenant == tenant, _KEPT.c.kind.in_(kinds)).order_by(_KEPT.c.kind, _KEPT.c.id)


async def ids_like(conn: AsyncConnection, tenant: str, kind: str, stem: str) -> set[str]:
    """The ids of a kind that begin with ``stem``, those in the trash included."""
    query = select(_KEPT.c.id).where(
        _KEPT.c.tenant == tenant, _KEPT.c.kind == kind, func.substr(_KEPT.c.id, 1, len(stem)) == stem
    )
    return set((await conn.execute(query)).scalars())
