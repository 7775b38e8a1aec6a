"""The audit: who changed what and when, with what was different, and whether the chain still holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

import attrs
from quart import Blueprint, g

from switchhook import Label, MenuEntry
from switchhook.administration import Entry, Person, TenantDetails, TenantTrail, differences, settings_of

from ..access import right
from ..frame import administration, render
from ..listing import Listed, listed
from ..shown import zone
from ..texts import gettext as _
from ..texts import say

blueprint = Blueprint("audit", __name__)
MENU: Final = (MenuEntry(Label("Protokoll", "Audit"), "/audit", "audit.view", "history", order=80),)


@attrs.frozen
class Line:
    """A change as it is shown."""

    entry: Entry
    kind: str
    action: str
    changed: list[tuple[str, str, str]]


@blueprint.get("/t/<tenant>/audit")
@right("audit.view")
async def show(tenant: str) -> str:
    """The changes, newest first."""
    asked = listed(filters=("kind", "person", "since", "until"))
    since, until = _day(asked.filters["since"]), _day(asked.filters["until"])
    page = await trail_of(tenant).page(
        kind=asked.filters["kind"],
        actor=asked.filters["person"].strip(),
        since=_start(since) if since else None,
        until=_start(until + timedelta(days=1)) if until else None,
        before=_place(asked),
    )
    names = kinds()
    return await render(
        "pages/audit.html",
        part="list",
        rows=[_line(one, names) for one in page.entries],
        kinds=[(kind, names.get(kind, kind)) for kind in await trail_of(tenant).kinds()],
        listing=asked.going_on(str(page.before or "")),
        crumbs=[(_("Audit"), "")],
    )


@blueprint.get("/t/<tenant>/audit/check")
@right("audit.view")
async def check(tenant: str) -> str:
    """Whether every change is there as it was written."""
    broken = await trail_of(tenant).broken()
    return await render(
        "pages/audit_check.html", broken=broken, crumbs=[(_("Audit"), f"/t/{tenant}/audit"), (_("Check"), "")]
    )


def trail_of(tenant: str) -> TenantTrail:
    """The audit of the page's tenant as whoever asks may read it."""
    return administration().trail.of(tenant, g.actor)


def kinds() -> Mapping[str, str]:
    """What sorts of things are called, singular."""
    known = administration().plugged.resources
    found = {kind: say(declared.label) for kind in known if (declared := known.get(kind)) is not None}
    own = {
        "account": _("Person"),
        "tenant": _("Tenant"),
        "number": _("Number"),
        "flow": _("Call flow"),
        "policy": _("Password policy"),
    }
    return {**found, **own}


def actions() -> Mapping[str, str]:
    """What was done, in words."""
    return {
        "create": _("made"),
        "change": _("changed"),
        "delete": _("deleted"),
        "restore": _("brought back"),
        "purge": _("deleted for good"),
        "disable": _("disabled"),
        "enable": _("enabled"),
        "invite": _("invited again"),
        "publish": _("published"),
        "active": _("activated"),
        "suspended": _("suspended"),
        "closed": _("closed"),
    }


def _line(entry: Entry, names: Mapping[str, str]) -> Line:
    labels = _labels(entry.kind)
    changed = [(labels.get(one.field, one.field), _words(one.before), _words(one.after)) for one in differences(entry)]
    return Line(entry, names.get(entry.kind, entry.kind), actions().get(entry.action, entry.action), changed)


def _labels(kind: str) -> Mapping[str, str]:
    """What the fields of a kind are called in its forms."""
    declared = {"account": Person, "tenant": TenantDetails}.get(kind) or administration().plugged.resources.get(kind)
    found = {name: say(meta.label) for name, (meta, _field) in settings_of(declared).items()} if declared else {}
    return {"state": _("State"), **found}


def _words(value: object) -> str:
    """A value of any shape as people read it."""
    if value is None or value == "":
        return "-"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_words(one)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(map(_words, value)) or "-"
    return str(value)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone())


def _place(asked: Listed) -> int | None:
    return int(asked.after) if asked.after.isdecimal() and len(asked.after) < 18 else None
