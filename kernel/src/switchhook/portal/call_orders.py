"""In which orders calls are listed, and where a page of such a list goes on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_

from ..errors import SwitchhookError, near_match
from ..store.tables import call

ORDERS: Final = ("arrived", "-arrived", "number", "-number")
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
    return f"{row['number']}|{place}" if order.endswith("number") else place


def beyond(after: str, order: str) -> Sequence[ColumnElement[bool]]:
    """The condition for what comes behind a place, none for the beginning; raises :class:`CursorRefused`."""
    if not after:
        return []
    number, rest = "", after
    if order.endswith("number"):
        number, _, rest = after.partition("|")
    moment, _, id = rest.partition("|")  # noqa: A001 - the domain's own word
    try:
        at = datetime.fromisoformat(moment)
        assert at.tzinfo is not None  # noqa: S101 - said in the refusal
    except (ValueError, AssertionError) as error:
        raise CursorRefused("this list has no such place; begin at its first page", cursor=after) from error
    values: Sequence[Any] = (number, at, id) if order.endswith("number") else (at, id)
    further: ColumnElement[bool] | None = None
    for column, value in reversed(list(zip(_columns(order), values, strict=True))):
        behind = column < value if order.startswith("-") else column > value
        further = behind if further is None else or_(behind, and_(column == value, further))
    return [further] if further is not None else []


def _columns(order: str) -> Sequence[ColumnElement[Any]]:
    """The columns of an order, the last one telling apart what is the same in the others."""
    return [call.c.number, call.c.arrived, call.c.id] if order.endswith("number") else [call.c.arrived, call.c.id]
