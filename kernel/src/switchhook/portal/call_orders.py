"""In which orders calls are listed, and where a page of such a list goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_

from ..errors import SwitchhookError, near_match
from ..store.tables import call

_BY: Final = {
    "number": call.c.number,
    "caller": call.c.caller_number,
    "length": call.c.seconds,
    "outcome": call.c.outcome,
}
ORDERS: Final = tuple(f"{way}{name}" for name in ("arrived", *_BY) for way in ("", "-"))
"""Those that an index has ready, however many calls there are; ``-`` is the reverse."""
LATEST: Final = "-arrived"


class CursorRefused(SwitchhookError):
    """A place in a list that no list gave, or an order that no list has."""

    code = "cursor_refused"


def sorted_by(order: str) -> Sequence[ColumnElement[Any]]:
    """What a query is ordered by; raises :class:`CursorRefused` for an order there is not."""
    if order not in ORDERS:
        hint = near_match(order, ORDERS)
        raise CursorRefused(f"calls cannot be sorted by {order!r}{hint}", order=order)
    down = order.startswith("-")
    return [one.desc() if down else one.asc() for one in _columns(order)]


def cursor_of(row: Mapping[Any, Any], order: str) -> str:
    """The place behind a row."""
    place = f"{row['arrived'].isoformat()}|{row['id']}"
    by = _BY.get(order.removeprefix("-"))
    return place if by is None else f"{row[by.name]}|{place}"


def beyond(after: str, order: str) -> Sequence[ColumnElement[bool]]:
    """The condition for what comes behind a place, none for the beginning; raises :class:`CursorRefused`."""
    if not after:
        return []
    further: ColumnElement[bool] | None = None
    for column, value in reversed(list(zip(_columns(order), _values(after, order), strict=True))):
        behind = column < value if order.startswith("-") else column > value
        further = behind if further is None else or_(behind, and_(column == value, further))
    return [further] if further is not None else []


def _values(after: str, order: str) -> Sequence[Any]:
    """The values of the columns of an order at a place."""
    try:
        *first, moment, id = after.rsplit("|", len(_columns(order)) - 1)  # noqa: A001 - the domain's own word
        at = datetime.fromisoformat(moment)
        assert at.tzinfo is not None  # noqa: S101 - said in the refusal
        known = [float(one) for one in first] if order.endswith("length") else first
        assert len(known) == len(_columns(order)) - 2  # noqa: S101 - as above
    except (ValueError, AssertionError) as error:
        raise CursorRefused("this list has no such place; begin at its first page", cursor=after) from error
    return [*known, at, id]


def _columns(order: str) -> Sequence[ColumnElement[Any]]:
    """The columns of an order, the last one telling apart what is the same in the others."""
    by = _BY.get(order.removeprefix("-"))
    return [call.c.arrived, call.c.id] if by is None else [by, call.c.arrived, call.c.id]
