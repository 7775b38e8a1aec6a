"""The menu: entries of all plugins, those that the one who asks may use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs
from quart import current_app, g, request

from switchhook import MenuEntry
from switchhook.administration import OPERATOR_TENANT

from .frame import administration
from .texts import gettext, say


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


def menu() -> Sequence[Group]:
    """The entries for the one who asks, in their order.

    An operator on a customer's pages has the customer's and the operator's own, of which some are called the same:
    a heading says whose they are.
    """
    entries: Sequence[MenuEntry] = current_app.extensions["menu"]
    found = [(f"{prefix(entry)}{entry.path}".rstrip("/") or "/", entry) for entry in entries if usable(entry)]
    here = max((path for path, _ in found if f"{request.path}/".startswith(f"{path}/")), key=len, default="")
    lines = [(Line(say(entry.label), path, entry.icon, path == here), entry.place) for path, entry in found]
    if {"tenant", "operator"} - {place for _, place in lines}:
        return [Group("", [line for line, _ in lines])]
    headings = {"tenant": customer(), "operator": gettext("Operation"), "account": gettext("Help")}
    return [
        Group(heading, [line for line, place in lines if place == wanted])
        for wanted, heading in headings.items()
        if any(place == wanted for _, place in lines)
    ]


def customer() -> str:
    """The name of the page's tenant; its id where the name is not known."""
    return str(g.get("tenant_name") or tenant())
