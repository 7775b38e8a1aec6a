"""Lists of records: searched, filtered, sorted, and cut into pages that stay right while rows come and go."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal, cast

import attrs
from sqlalchemy import ColumnElement, Integer, Select, and_, or_, select
from sqlalchemy import cast as sql_cast

from ..errors import SwitchhookError, near_match
from ..schema import Setting, value_of_text
from ..store import tables
from .kept import folded

_KEPT: Final = tables.kept
_COLUMNS: Final = ("title", "id", "created", "changed", "author")
_MOMENTS: Final = ("created", "changed")
_SORTABLE: Final = ("text", "integer", "seconds", "boolean", "choice", "number", "time", "date", "reference")
_NUMBERS: Final = ("integer", "seconds")
MOST: Final = 200


class ListRefused(SwitchhookError):
    """A list cannot be sorted, filtered or continued in this way."""

    code = "list"


@attrs.frozen
class Listing:
    """Which records of a kind are wanted, and in which order.

    ``search`` finds a text anywhere in a record. ``where`` gives fields and
    the value each must have. ``after`` is the cursor a page ended with.
    """

    search: str = ""
    where: Mapping[str, str] = attrs.field(factory=dict)
    order: str = "title"
    descending: bool = False
    after: str = ""
    limit: int = 50
    state: Literal["kept", "deleted"] = "kept"

    def query(self, tenant: str, kind: str, fields: Mapping[str, Setting]) -> Select[Any]:
        """The query for one row more than wanted, by which it shows whether there are more."""
        if not 1 <= self.limit <= MOST:
            raise ListRefused(f"a page has 1 to {MOST} rows, not {self.limit}")
        query = select(_KEPT).where(_KEPT.c.tenant == tenant, _KEPT.c.kind == kind)
        query = query.where(_KEPT.c.deleted.is_(None) if self.state == "kept" else _KEPT.c.deleted.is_not(None))
        if self.search:
            query = query.where(_KEPT.c.search.contains(folded(self.search), autoescape=True))
        for name, wanted in self.where.items():
            value = value_of_text(fields[name], wanted) if name in fields else wanted
            query = query.where(_column(name, fields) == (int(value) if isinstance(value, bool) else value))
        key = _column(self.order, fields)
        if self.after:
            query = query.where(self._beyond(key))
        way = (key.desc(), _KEPT.c.id.desc()) if self.descending else (key.asc(), _KEPT.c.id.asc())
        return query.order_by(*way).limit(self.limit + 1)

    def cursor(self, row: Mapping[str, Any]) -> str:
        """The cursor behind a row."""
        value = row[self.order] if self.order in _COLUMNS else row["document"].get(self.order)
        if isinstance(value, datetime):
            value = value.isoformat()
        elif isinstance(value, bool):
            value = int(value)
        return base64.urlsafe_b64encode(json.dumps([self.order, value, row["id"]]).encode()).decode()

    def _beyond(self, key: ColumnElement[Any]) -> ColumnElement[bool]:
        try:
            order, value, id = json.loads(base64.urlsafe_b64decode(self.after.encode()))  # noqa: A001
        except ValueError as error:
            raise ListRefused("the cursor of the list is not one this list gave") from error
        if order != self.order or not isinstance(value, str | int | float) or not isinstance(id, str):
            raise ListRefused("the cursor of the list belongs to another order")
        if order in _MOMENTS:
            value = datetime.fromisoformat(str(value))
        row = _KEPT.c.id
        if self.descending:
            return or_(key < value, and_(key == value, row < id))
        return or_(key > value, and_(key == value, row > id))


def _column(name: str, fields: Mapping[str, Setting]) -> ColumnElement[Any]:
    if name in _COLUMNS:
        return cast(ColumnElement[Any], _KEPT.c[name])
    sortable = [one for one, meta in fields.items() if meta.kind in _SORTABLE and not meta.secret]
    if name not in sortable:
        hint = near_match(name, [*_COLUMNS, *sortable])
        raise ListRefused(f"a list has no column {name!r}{hint} to sort or filter by", column=name)
    held = _KEPT.c.document[name]
    if fields[name].kind == "boolean":
        return sql_cast(held.as_boolean(), Integer)  # truth has no order
    return cast(ColumnElement[Any], held.as_float() if fields[name].kind in _NUMBERS else held.as_string())
