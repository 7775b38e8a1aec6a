"""Lists of numbers: searched, filtered and sorted by indexed columns, cut into pages that stay right."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

import attrs
from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.actor import Reach
from ..errors import near_match
from ..resources.listing import MOST, ListRefused
from ..store import tables
from ..store.number_rows import folded, number_of
from .settings import STATES, NumberRecord

_NUMBER, _FLOW, _VERSION, _CALL = tables.number, tables.flow, tables.flow_version, tables.call
_KEPT, _REFERENCE = tables.kept, tables.kept_reference
_WRITTEN: Final = re.compile(r"[+0][0-9 ()/.-]{2,}")
ORDERS: Final[Mapping[str, ColumnElement[Any]]] = {
    "number": _NUMBER.c.e164,
    "label": _NUMBER.c.label,
    "type": _NUMBER.c.type,
    "flow": func.coalesce(_NUMBER.c.flow, ""),
    "cost_centre": _NUMBER.c.cost_centre,
}


@attrs.frozen
class NumberListing:
    """Which numbers are wanted, and in which order.

    ``search`` finds a part of a number, however it is written, of its label or
    cost centre. The others are each a filter unless they are empty; ``flow``
    and ``group`` are ids. ``after`` is the cursor a page ended with.
    """

    search: str = ""
    group: str = ""
    type: str = ""
    flow: str = ""
    state: Literal["", "live", "not_live", "no_flow"] = ""
    order: str = "number"
    descending: bool = False
    after: str = ""
    limit: int = 50

    def query(self, tenant: str, reach: Reach) -> Select[Any]:
        """The rows, one more than wanted, by which it shows whether there are more."""
        if not 1 <= self.limit <= MOST:
            raise ListRefused(f"a page has 1 to {MOST} rows, not {self.limit}")
        if self.order not in ORDERS:
            hint = near_match(self.order, ORDERS)
            raise ListRefused(f"a list has no column {self.order!r}{hint} to sort or filter by", column=self.order)
        key, own = ORDERS[self.order], _NUMBER.c.e164
        query = select(_NUMBER, _FLOW.c.label.label("flow_label"), _state().label("state"), key.label("sorted_by"))
        query = query.outerjoin(_FLOW, and_(_FLOW.c.tenant == _NUMBER.c.tenant, _FLOW.c.id == _NUMBER.c.flow))
        query = query.where(_NUMBER.c.tenant == tenant, *self._wanted(tenant))
        if not reach.everything:
            query = query.where(own.in_(sorted(reach.numbers)))
        if self.after:
            query = query.where(self._beyond(key))
        way = (key.desc(), own.desc()) if self.descending else (key.asc(), own.asc())
        return query.order_by(*way).limit(self.limit + 1)

    def _wanted(self, tenant: str) -> list[ColumnElement[bool]]:
        wanted: list[ColumnElement[bool]] = []
        if self.search:
            wanted.append(_NUMBER.c.search.contains(looked_for(self.search), autoescape=True))
        if self.type:
            wanted.append(_NUMBER.c.type == self.type)
        if self.flow:
            wanted.append(_NUMBER.c.flow == self.flow)
        if self.state:
            if self.state not in STATES:
                raise ListRefused(f"a number has no state {self.state!r}{near_match(self.state, STATES)}")
            wanted.append(_state() == self.state)
        if self.group:
            wanted.append(
                exists().where(
                    _REFERENCE.c.tenant == tenant,
                    _REFERENCE.c.to_kind == "number",
                    _REFERENCE.c.to_id == _NUMBER.c.e164,
                    _REFERENCE.c.kind == "number-group",
                    _REFERENCE.c.id == self.group,
                )
            )
        return wanted

    def cursor(self, row: Mapping[str, Any]) -> str:
        """The cursor behind a row."""
        return base64.urlsafe_b64encode(json.dumps([self.order, row["sorted_by"], row["e164"]]).encode()).decode()

    def _beyond(self, key: ColumnElement[Any]) -> ColumnElement[bool]:
        try:
            order, value, e164 = json.loads(base64.urlsafe_b64decode(self.after.encode()))
        except (ValueError, TypeError) as error:
            raise ListRefused("the cursor of the list is not one this list gave") from error
        if order != self.order or not isinstance(value, str) or not isinstance(e164, str):
            raise ListRefused("the cursor of the list belongs to another order")
        if self.descending:
            return or_(key < value, and_(key == value, _NUMBER.c.e164 < e164))
        return or_(key > value, and_(key == value, _NUMBER.c.e164 > e164))


@attrs.frozen
class NumberPage:
    """A part of a list of numbers. ``after`` is the cursor of the next part, empty at the end."""

    records: Sequence[NumberRecord]
    after: str = ""


async def page(conn: AsyncConnection, tenant: str, reach: Reach, listing: NumberListing) -> NumberPage:
    """A page of numbers: three queries, however many numbers there are."""
    rows = (await conn.execute(listing.query(tenant, reach))).mappings().all()
    seen = rows[: listing.limit]
    after = listing.cursor(seen[-1]) if len(rows) > len(seen) else ""
    numbers = [row["e164"] for row in seen]
    groups = await _groups(conn, tenant, numbers)
    called = await _last_calls(conn, tenant, numbers)
    return NumberPage([_record(row, groups, called) for row in seen], after)


async def one(conn: AsyncConnection, tenant: str, e164: str) -> NumberRecord | None:
    """A number of a tenant, with all that lists show."""
    only = Reach(numbers=frozenset({e164}))
    found = await page(conn, tenant, only, NumberListing(limit=1))
    return found.records[0] if found.records else None


def looked_for(search: str) -> str:
    """What is searched for; of a number as people write it the digits alone, as the national form has them."""
    return re.sub(r"[^0-9]", "", search) if _WRITTEN.fullmatch(search.strip()) and search[0] != "+" else folded(search)


def _state() -> ColumnElement[str]:
    live = exists().where(
        _VERSION.c.tenant == _NUMBER.c.tenant, _VERSION.c.flow == _NUMBER.c.flow, _VERSION.c.state == "published"
    )
    return case((_NUMBER.c.flow.is_(None), "no_flow"), (live, "live"), else_="not_live")


async def _groups(conn: AsyncConnection, tenant: str, numbers: Sequence[str]) -> Mapping[str, Sequence[Any]]:
    found: dict[str, list[Any]] = {}
    query = (
        select(_REFERENCE.c.to_id, _KEPT.c.id, _KEPT.c.title)
        .join(_KEPT, and_(*(_KEPT.c[name] == _REFERENCE.c[name] for name in ("tenant", "kind", "id"))))
        .where(
            _REFERENCE.c.tenant == tenant,
            _REFERENCE.c.to_kind == "number",
            _REFERENCE.c.to_id.in_(numbers),
            _REFERENCE.c.kind == "number-group",
            _KEPT.c.deleted.is_(None),
        )
        .order_by(_KEPT.c.title, _KEPT.c.id)
    )
    for row in await conn.execute(query) if numbers else ():
        found.setdefault(row.to_id, []).append((row.id, row.title or row.id))
    return found


async def _last_calls(conn: AsyncConnection, tenant: str, numbers: Sequence[str]) -> Mapping[str, Any]:
    """One look into the index for each number, instead of one over all its calls."""
    newest = (
        select(func.max(_CALL.c.arrived))
        .where(_CALL.c.tenant == _NUMBER.c.tenant, _CALL.c.number == _NUMBER.c.e164)
        .correlate(_NUMBER)
        .scalar_subquery()
    )
    query = select(_NUMBER.c.e164, newest.label("at")).where(_NUMBER.c.tenant == tenant, _NUMBER.c.e164.in_(numbers))
    return {row.e164: row.at for row in await conn.execute(query)} if numbers else {}


def _record(row: Mapping[str, Any], groups: Mapping[str, Sequence[Any]], called: Mapping[str, Any]) -> NumberRecord:
    plain = {name: row[name] for name in _NUMBER.c.keys()}  # noqa: SIM118 - columns, no mapping
    number = number_of(plain)
    return NumberRecord(
        number,
        row["type"],
        row["flow_label"] or number.flow,
        row["state"],
        tuple(groups.get(number.e164, ())),
        called.get(number.e164),
    )
