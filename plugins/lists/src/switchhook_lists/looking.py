"""Parts of long lists: entries searched and sorted, and the calls that met them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import attrs
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from switchhook import NumberRefused, number_beginning

from .entry import Entry
from .rows import entry_of
from .tables import ENTRY, HIT

ORDERS: Final = tuple(
    f"{sign}{name}" for name in ("number", "note", "until", "hits", "last_hit", "made") for sign in ("", "-")
)
_COLUMNS: Final = {"number": "value"}


@attrs.frozen
class Wanted:
    """Which entries: those whose number, pseudonym or note holds a text, in one of :data:`ORDERS`, from a place on."""

    search: str = ""
    order: str = "-made"
    after: int = 0
    limit: int = 50


@attrs.frozen
class EntryPage:
    """A part of the entries; ``after`` is where the next begins, 0 at the end."""

    entries: Sequence[Entry]
    after: int = 0


@attrs.frozen
class Hit:
    """A call that met a list. ``entry`` is None where it may not be told, or is gone."""

    call: str
    verdict: str
    shadow: bool
    at: datetime
    entry: Entry | None


@attrs.frozen
class HitPage:
    """A part of the hits; ``after`` is where the next begins, 0 at the end."""

    hits: Sequence[Hit]
    after: int = 0


async def page(conn: AsyncConnection, tenant: str, list_id: str, wanted: Wanted) -> EntryPage:
    """A part of a list's entries."""
    query = select(ENTRY).where(ENTRY.c.tenant == tenant, ENTRY.c.list == list_id, ENTRY.c.deleted.is_(None))
    if wanted.search:
        query = query.where(or_(*_finding(wanted.search)))
    order = wanted.order if wanted.order in ORDERS else "-made"
    name = order.removeprefix("-")
    column: Any = ENTRY.c[_COLUMNS.get(name, name)]
    by = (column.is_(None), column.desc() if order.startswith("-") else column)
    query = query.order_by(*by, ENTRY.c.id.desc()).offset(wanted.after).limit(wanted.limit + 1)
    found = [entry_of(row) for row in (await conn.execute(query)).mappings()]
    return EntryPage(found[: wanted.limit], wanted.after + wanted.limit if len(found) > wanted.limit else 0)


def _finding(text: str) -> tuple[ColumnElement[bool], ...]:
    """A part of the note, a number as people write it, or the beginning of a suppressed caller's pseudonym."""
    named = ENTRY.c.kind != "suppressed"
    ways = [func.lower(ENTRY.c.note).contains(text.lower(), autoescape=True)]
    if re.fullmatch("[0-9a-f]{4,8}", text.lower()):
        ways.append(and_(~named, ENTRY.c.value.startswith(text.lower(), autoescape=True)))
    digits = re.sub(r"[^0-9]", "", text)
    if digits and re.fullmatch(r"[0-9+ ()/.-]+", text):
        ways.append(and_(named, ENTRY.c.value.contains(digits.lstrip("0") or digits, autoescape=True)))
        try:
            begun = number_beginning(text)
        except NumberRefused:
            return tuple(ways)
        ways.append(and_(named, ENTRY.c.value.startswith(begun, autoescape=True)))
    return tuple(ways)


async def hits(conn: AsyncConnection, tenant: str, list_id: str, after: int, limit: int) -> HitPage:
    """The calls that met a list, the latest first."""
    query = select(HIT).where(HIT.c.tenant == tenant, HIT.c.list == list_id)
    query = query.order_by(HIT.c.at.desc(), HIT.c.call).offset(after).limit(limit + 1)
    rows = (await conn.execute(query)).mappings().all()
    ids = [row["entry"] for row in rows if row["entry"]]
    known = select(ENTRY).where(ENTRY.c.tenant == tenant, ENTRY.c.list == list_id, ENTRY.c.id.in_(ids))
    entries = {row["id"]: entry_of(row) for row in (await conn.execute(known)).mappings()}
    found = [Hit(row["call"], row["verdict"], row["shadow"], row["at"], entries.get(row["entry"])) for row in rows]
    return HitPage(found[:limit], after + limit if len(found) > limit else 0)
