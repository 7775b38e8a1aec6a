"""The menu: entries of all plugins, those that the one who asks may use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import attrs
from quart import current_app, g, request

from switchhook import MenuEntry
from switchhook.administration import OPERATOR_TENANT

from .frame import administration
from .texts import gettext, say

AREAS: Final = ("daily", "telephony", "administration", "operator", "account")
"""In which order they stand."""
FEW: Final = 8
"""Lines that need no headings."""


@attrs.frozen
class Line:
    """An entry as it is shown."""

    text: str
    path: str
    icon: str
    here: bool


@attrs.frozen
class Group:
    """Entries that belong together, under a heading unless all there are belong together."""

    heading: str
    lines: Sequence[Line]


def prefix(entry: MenuEntry) -> str:
    """What stands before the path of an entry, empty where there is no such place for the one who asks."""
    return {"tenant": f"/t/{tenant()}" if tenant() else "", "operator": "/operator", "account": ""}[entry.place]


def tenant() -> str:
    """The tenant of the page, else that of the one who asks; empty for an operator above all tenants."""
    if g.get("tenant"):
        return str(g.tenant)
    seat = g.get("seat")
    return "" if seat is None or seat.actor.role == "operator" else str(seat.tenant)


def usable(entry: MenuEntry) -> bool:
    """Whether the one who asks may use an entry."""
    seat = g.get("seat")
    actor = g.get("actor") or (seat.actor if seat is not None else None)
    if actor is None or (entry.place == "tenant" and tenant() in ("", OPERATOR_TENANT)):
        return False
    if entry.place == "operator" and actor.role != "operator":
        return False
    return not entry.right or any(actor.may(right) for right in _single(entry.right))


def _single(rights: str) -> Iterator[str]:
    """The rights of an entry of which one is enough."""
    for right in rights.split():
        thing, _, action = right.partition(".")
        yield from [f"{kind}.{action}" for kind in administration().keeping.kinds] if thing == "*" else [right]


@attrs.frozen
class Family:
    """An entry with the pages that belong to it, as far as the one who asks may use them."""

    entry: MenuEntry
    pages: Sequence[MenuEntry]

    def path(self, page: MenuEntry) -> str:
        """Where one of its pages is."""
        return f"{prefix(page)}{page.path}".rstrip("/") or "/"

    def text(self, page: MenuEntry) -> str:
        """What one of its pages is called among the others."""
        return say(page.tab or page.label) if page is self.entry else say(page.label)


def lost_tabs(entry: MenuEntry, entries: Sequence[MenuEntry]) -> Sequence[str]:
    """The tabs of an entry that lead nowhere."""
    there = {one.path for one in entries if one.place == entry.place}
    return [path for path in entry.tabs if path not in there]


def families() -> Sequence[Family]:
    """The entries for the one who asks, in their order."""
    entries: Sequence[MenuEntry] = current_app.extensions["menu"]
    by_path = {(one.place, one.path): one for one in entries}
    below = {(one.place, path) for one in entries for path in one.tabs}
    found = []
    for entry in entries:
        if (entry.place, entry.path) not in below:
            tabs = [by_path[entry.place, path] for path in entry.tabs if (entry.place, path) in by_path]
            if pages := [one for one in (entry, *tabs) if usable(one)]:
                found.append(Family(entry, pages))
    return found


def menu() -> Sequence[Group]:
    """The lines for the one who asks, those of an area together under its heading.

    An operator on a customer's pages has the customer's and the operator's own, of which some are called the same:
    a heading says whose they are.
    """
    found = families()
    paths = [one.path(page) for one in found for page in one.pages]
    here = max((path for path in paths if f"{request.path}/".startswith(f"{path}/")), key=len, default="")
    places: dict[str, list[Line]] = {}
    for one in found:
        to = [one.path(page) for page in one.pages]
        line = Line(say(one.entry.label), to[0], one.entry.icon, here in to)
        places.setdefault(one.entry.area if one.entry.place == "tenant" else one.entry.place, []).append(line)
    if set(places) <= {"operator", "account"} or ("operator" not in places and len(found) <= FEW):
        return [Group("", [line for place in AREAS for line in places.get(place, ())])]
    of_customer = customer() if "operator" in places else ""
    words = (of_customer, gettext("Telephony"), gettext("Administration"), gettext("Operation"), gettext("Help"))
    return [Group(heading, places[place]) for place, heading in zip(AREAS, words, strict=True) if place in places]


def tabs() -> tuple[str, Sequence[Line]]:
    """What the page belongs to, and the pages beside it; none where it stands alone."""
    there = request.path.rstrip("/")
    for one in families():
        lines = [Line(one.text(page), one.path(page), "", one.path(page) == there) for page in one.pages]
        if len(lines) > 1 and any(line.here for line in lines):
            return say(one.entry.label), lines
    return "", ()


def customer() -> str:
    """The name of the page's tenant; its id where the name is not known."""
    return str(g.get("tenant_name") or tenant())
