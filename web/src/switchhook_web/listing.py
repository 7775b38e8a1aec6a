"""What a list page was asked for: search, filters, order and the place to go on from."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import urlencode

import attrs
from quart import request

LONGEST = 200
"""Characters of a search or filter; what is beyond is cut off."""


@attrs.frozen
class Listed:
    """The query of a list page. ``sort`` is a column's name, with ``-`` before it for the reverse."""

    path: str
    search: str = ""
    filters: Mapping[str, str] = attrs.field(factory=dict)
    sort: str = ""
    after: str = ""
    next: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether it shows less than everything."""
        return bool(self.search or any(self.filters.values()))

    def going_on(self, cursor: str) -> Listed:
        """The same with the cursor of the next page."""
        return attrs.evolve(self, next=cursor)

    def sorted_by(self, column: str) -> str:
        """``ascending``, ``descending`` or nothing: how the list is sorted by a column, in ARIA's words."""
        return {column: "ascending", f"-{column}": "descending"}.get(self.sort, "") if column else ""

    def sorting(self, column: str) -> str:
        """Where it is sorted by a column, the other way round where it is already."""
        return self._url(sort=f"-{column}" if self.sort == column else column, after="")

    @property
    def first_page(self) -> str:
        """Where the list begins."""
        return self._url(after="")

    @property
    def next_page(self) -> str:
        """Where it goes on."""
        return self._url(after=self.next)

    def _url(self, **changed: str) -> str:
        query = {"search": self.search, **self.filters, "sort": self.sort, "after": self.after, **changed}
        said = urlencode({name: value for name, value in query.items() if value})
        return f"{self.path}?{said}" if said else self.path


def listed(*, filters: Collection[str] = (), sort: str = "") -> Listed:
    """What this request asks for; ``sort`` is the order when it does not say."""
    given = request.args
    return Listed(
        request.path,
        given.get("search", "").strip()[:LONGEST],
        {name: given.get(name, "")[:LONGEST] for name in filters},
        given.get("sort", "")[:LONGEST] or sort,
        given.get("after", "")[:1000],
    )
