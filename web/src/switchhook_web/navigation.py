"""The menu: entries of all plugins, those that the one who asks may use."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
from quart import current_app, g, request

from switchhook import MenuEntry
from switchhook.administration import OPERATOR_TENANT

from .texts import say


@attrs.frozen
class Line:
    """An entry as it is shown."""

    text: str
    path: str
    icon: str
    here: bool


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
    return not entry.right or bool(actor.may(entry.right))


def menu() -> Sequence[Line]:
    """The lines for the one who asks, in their order."""
    entries: Sequence[MenuEntry] = current_app.extensions["menu"]
    lines = [(f"{prefix(entry)}{entry.path}".rstrip("/") or "/", entry) for entry in entries if usable(entry)]
    here = max((path for path, _ in lines if f"{request.path}/".startswith(f"{path}/")), key=len, default="")
    return [Line(say(entry.label), path, entry.icon, path == here) for path, entry in lines]
