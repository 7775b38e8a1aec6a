"""Lists of records: searched, filtered, sorted, and cut into pages that stay right while rows come and go."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal, cast

import attrs
from sqlalchemy import ColumnElement, Integer, Select, and_, func, or_, select
from sqlalchemy import cast as sql_cast

from ..errors import SwitchhookError, near_match
from ..schema import LARGEST, Setting, value_of_text
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
            query = query.where(_KEPT.c.search.contains(folded(_text(self.search)), autoescape=True))
        for name, wanted in self.where.items():
            column = _column(name, fields)
            value = value_of_text(fields[name], wanted) if name in fields else wanted
            query = query.where(column == _fitting(name, fields, value))
        key = _column(self.order, fields)
        if self.after:
            query = query.where(self._beyond(key, fields))
        way = (key.desc(), _KEPT.c.id.desc()) if self.descending else (key.asc(), _KEPT.c.id.asc())
        return query.order_by(*way).limit(self.limit + 1)

    def cursor(self, row: Mapping[str, Any], fields: Mapping[str, Setting]) -> str:
        """The cursor behind a row."""
        value = row[self.order] if self.order in _COLUMNS else row["document"].get(self.order)
        if value is None:
            value = _absent(self.order, fields)
        if isinstance(value, datetime):
            value = value.isoformat()
        elif isinstance(value, bool):
            value = int(value)
        return base64.urlsafe_b64encode(json.dumps([self.order, value, row["id"]]).encode()).decode()

    def _beyond(self, key: ColumnElement[Any], fields: Mapping[str, Setting]) -> ColumnElement[bool]:
        try:
            order, value, id = json.loads(base64.urlsafe_b64decode(self.after.encode()))  # noqa: A001
        except (ValueError, TypeError, RecursionError) as error:
            raise ListRefused("the cursor of the list is not one this list gave") from error
        if order != self.order or not isinstance(id, str):
            raise ListRefused("the cursor of the list belongs to another order")
        value, row, id = _fitting(self.order, fields, value), _KEPT.c.id, _text(id)  # noqa: A001
        if self.descending:
            return or_(key < value, and_(key == value, row < id))
        return or_(key > value, and_(key == value, row > id))


def columns_of(fields: Mapping[str, Setting]) -> Sequence[str]:
    """What a kind's list can be sorted and filtered by."""
    return [*_COLUMNS, *sortable(fields)]


def sortable(fields: Mapping[str, Setting]) -> list[str]:
    """The fields a list can be sorted and filtered by."""
    return [one for one, meta in fields.items() if meta.kind in _SORTABLE and not meta.secret]


def _fitting(name: str, fields: Mapping[str, Setting], value: object) -> object:
    """A value as the column's type is compared with; anything else could not even be asked for."""
    if name in _MOMENTS:
        return _moment(name, value)
    if _is_number(name, fields):
        if not isinstance(value, int | float) or not -LARGEST <= value <= LARGEST:
            raise ListRefused(
                f"the column {name!r} is compared with numbers, not with {str(value)[:40]!r}", column=name
            )
        return int(value) if isinstance(value, bool) or fields[name].kind == "boolean" else float(value)
    if not isinstance(value, str):
        raise ListRefused(f"the column {name!r} is compared with texts, not with {str(value)[:40]!r}", column=name)
    return _text(value)


def _moment(name: str, value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise ListRefused(f"the column {name!r} is compared with moments such as 2026-12-24T12:00:00+00:00") from error
    if moment.tzinfo is None:
        raise ListRefused(f"the column {name!r} is compared with moments of a time zone", column=name)
    return moment


def _text(value: str) -> str:
    if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise ListRefused("no record holds this text: it is not one that can be kept")
    return value


def _is_number(name: str, fields: Mapping[str, Setting]) -> bool:
    return name not in _COLUMNS and fields[name].kind in (*_NUMBERS, "boolean")


def _absent(name: str, fields: Mapping[str, Setting]) -> object:
    """What stands for a field that a record has not, such as one kept before the field was declared."""
    return -LARGEST if _is_number(name, fields) else ""


def _column(name: str, fields: Mapping[str, Setting]) -> ColumnElement[Any]:
    if name in _COLUMNS:
        return cast(ColumnElement[Any], _KEPT.c[name])
    if name not in sortable(fields):
        hint = near_match(name, columns_of(fields))
        raise ListRefused(f"a list has no column {name!r}{hint} to sort or filter by", column=name)
    held = _KEPT.c.document[name]
    if fields[name].kind == "boolean":
        typed: ColumnElement[Any] = sql_cast(held.as_boolean(), Integer)  # truth has no order
    else:
        typed = held.as_float() if fields[name].kind in _NUMBERS else held.as_string()
    return func.coalesce(typed, _absent(name, fields))


def cursor_of(order: str, value: str, id: str) -> str:  # noqa: A002 - the domain's own word
    """The cursor behind a row of a list in an order: the text it is sorted by, and its id."""
    return base64.urlsafe_b64encode(json.dumps([order, value, id]).encode()).decode()


def read_cursor(cursor: str, order: str) -> tuple[str, str]:
    """The text and the id a cursor stands for; raises :class:`ListRefused` for one of another order, or none."""
    try:
        of, value, id = json.loads(base64.urlsafe_b64decode(cursor.encode()))  # noqa: A001
    except (ValueError, TypeError, RecursionError) as error:
        raise ListRefused("the cursor of the list is not one this list gave") from error
    if of != order or not isinstance(value, str) or not isinstance(id, str):
        raise ListRefused("the cursor of the list belongs to another order")
    return value, id
