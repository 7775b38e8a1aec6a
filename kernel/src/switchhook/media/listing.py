"""Lists of files: searched, narrowed, sorted, and cut into pages that stay right while files come and go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import attrs
from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select
from sqlalchemy.engine import RowMapping

from ..resources.kept import folded
from ..resources.listing import ListRefused, cursor_of, read_cursor
from ..store.tables import Moment, kept
from ..store.tables_media import media as table
from .values import MediaFile

_NEVER: Final = datetime(9999, 12, 31, tzinfo=UTC)
"""Where files stand in order that are kept without an end."""
_KEYS: Final[Mapping[str, ColumnElement[Any]]] = {
    "made": table.c.made,
    "label": func.lower(table.c.label),
    "bytes": table.c.bytes,
    "seconds": table.c.seconds,
    "retain_until": func.coalesce(table.c.retain_until, literal(_NEVER, Moment)),
}
_READ: Final[Mapping[str, Callable[[str], Any]]] = {
    "made": datetime.fromisoformat,
    "label": str,
    "bytes": int,
    "seconds": float,
    "retain_until": datetime.fromisoformat,
}
MEDIA_ORDERS: Final = tuple(name for key in _KEYS for name in (key, f"-{key}"))
"""How files can be sorted; ``-`` is the reverse."""
_TITLE: Final = "owner_title"
_SORTED: Final = "sorted_by"


@attrs.frozen
class MediaListing:
    """Which files are wanted, and in which order. ``search`` finds a text in the label or the owner's name or id."""

    of: str = ""
    owner_kind: str = ""
    owner: str = ""
    search: str = ""
    order: str = "-made"
    after: str = ""

    def query(self, mine: Iterable[ColumnElement[bool]]) -> Select[Any]:
        """The rows, with the title of each owner that has one; raises ``ListRefused`` for an order or cursor that is none."""
        if self.order not in MEDIA_ORDERS:
            raise ListRefused(f"files cannot be sorted by {self.order[:40]!r}; known are {', '.join(_KEYS)}")
        key = _KEYS[self._name]
        owner = and_(kept.c.tenant == table.c.tenant, kept.c.kind == table.c.owner_kind, kept.c.id == table.c.owner)
        query = select(table, kept.c.title.label(_TITLE), key.label(_SORTED)).outerjoin(kept, owner).where(*mine)
        given = ((table.c.of, self.of), (table.c.owner_kind, self.owner_kind), (table.c.owner, self.owner))
        query = query.where(*(column == value for column, value in given if value))
        if self.search:
            query = query.where(self._found())
        if self.after:
            query = query.where(self._beyond(key))
        return query.order_by(key.desc() if self._falling else key, table.c.id.desc() if self._falling else table.c.id)

    def cursor(self, row: RowMapping) -> str:
        """The cursor behind a row of :meth:`query`."""
        value = row[_SORTED]
        return cursor_of(self.order, value.isoformat() if isinstance(value, datetime) else str(value), row["id"])

    @property
    def _name(self) -> str:
        return self.order.removeprefix("-")

    @property
    def _falling(self) -> bool:
        return self.order.startswith("-")

    def _found(self) -> ColumnElement[bool]:
        texts = (table.c.label.icontains, table.c.owner.icontains, table.c.call.contains)
        named = kept.c.search.contains(folded(self.search), autoescape=True)
        return or_(named, *(found(self.search, autoescape=True) for found in texts))

    def _beyond(self, key: ColumnElement[Any]) -> ColumnElement[bool]:
        text, id = read_cursor(self.after, self.order)  # noqa: A001 - the domain's own word
        try:
            value = _READ[self._name](text)
        except ValueError as error:
            raise ListRefused("the cursor of the list is not one this list gave") from error
        if isinstance(value, datetime) and value.tzinfo is None:
            raise ListRefused("the cursor of the list is not one this list gave")
        further = (key < value, table.c.id < id) if self._falling else (key > value, table.c.id > id)
        return or_(further[0], and_(key == value, further[1]))


def titles_of(rows: Iterable[RowMapping]) -> Mapping[tuple[str, str], str]:
    """What the owners of files are called, by kind and id, where they have a title."""
    return {(row["owner_kind"], row["owner"]): row[_TITLE] for row in rows if row[_TITLE]}


def file_of(row: RowMapping) -> MediaFile:
    """A file of a row of :meth:`MediaListing.query`."""
    return MediaFile(**{field.name: row[field.name] for field in attrs.fields(MediaFile)})
