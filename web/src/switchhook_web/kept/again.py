"""A button that was pressed on what somebody else changed meanwhile: what changed, and the button again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from quart import Response, g, request

from switchhook.administration import Account, Person, StaleVersion, Tenant, TenantDetails, settings_of, shown

from ..frame import render
from ..navigation import tenant
from ..texts import gettext as _
from ..texts import say
from .columns import words
from .shared import answer, titles_of

_VERSIONS: Final = ("version", ":version")
"""What forms call the version that somebody looked at."""


async def ask_again(stale: StaleVersion) -> Response | None:
    """The page for a form with a version in it, which is all a button posts; None for any other request."""
    given = (await request.form).items(multi=True) if request.method == "POST" else ()
    fields = [(name, text) for name, text in given if name != "csrf"]
    if g.get("seat") is None or not any(name in _VERSIONS for name, _text in fields):
        return None
    version = str(stale.current.version)
    page = await render(
        "pages/changed_meanwhile.html",
        title=_title(stale.current),
        changed=await _changed(stale),
        action=request.full_path.rstrip("?"),
        fields=[(name, version if name in _VERSIONS else text) for name, text in fields],
        back=request.path.rpartition("/")[0],
        crumbs=[],
    )
    return answer(page, 409)


async def _changed(stale: StaleVersion) -> Sequence[tuple[str, str, str]]:
    """Every field that differs, in words: its name, what it was, what it is."""
    declared, now = _fields(stale)
    was = stale.base or {}
    titles = await titles_of(tenant(), declared, [was, now])
    states = {"invited": _("Invited"), "demo": _("Demo"), "active": _("Active"), "disabled": _("Disabled")}
    states |= {"suspended": _("Suspended"), "closed": _("Closed")}
    found = [
        (say(meta.label), words(meta, was[name], titles), words(meta, now[name], titles))
        for name, (meta, _field) in settings_of(declared).items()
        if name in was and name in now and was[name] != now[name]
    ]
    if "state" in was and was["state"] != now.get("state"):
        before, after = str(was["state"]), str(now.get("state"))
        found.append((_("State"), states.get(before, before), states.get(after, after)))
    return found


def _title(known: Any) -> str:
    """What people call it."""
    return str(known.name if isinstance(known, Account | Tenant) else known.title)


def _fields(stale: StaleVersion) -> tuple[type[Any], Mapping[str, Any]]:
    """What the fields are declared by, and what they hold now."""
    known: Any = stale.current
    if isinstance(known, Account | Tenant):
        return (Person if isinstance(known, Account) else TenantDetails), stale.now or {}
    return type(known.value), shown(known.value)
