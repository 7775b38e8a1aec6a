"""The operator's tenants: list, making one, its name and state, and the way into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs
from quart import Blueprint, Response, g, redirect, request

from switchhook import Label, MenuEntry, Problem, setting
from switchhook.administration import (
    DEMO_LIMITS,
    IdTaken,
    MoveRefused,
    OfferMissing,
    OperatedTenants,
    SettingsRefused,
    TenantDetails,
    moves,
    read_settings,
)

from ..access import operator
from ..forms import form_of, posted_of, read_form
from ..frame import administration, render
from ..kept.desks import TenantDesk
from ..kept.saving import Saving
from ..limits import limits_in_words
from ..listing import listed
from ..messages import leave
from ..sentences import told
from ..texts import gettext as _
from ..texts import language

blueprint = Blueprint("tenants", __name__)
MENU: Final = (MenuEntry(Label("Mandanten", "Tenants"), "/tenants", "", "building", order=10, place="operator"),)
LIST: Final = "/operator/tenants"
_ID: Final = r"[a-z0-9][a-z0-9_-]{0,39}"


@attrs.frozen
class NewTenant:
    """A tenant and its first superadmin."""

    name: str = setting("text", "Name", "Name")
    id: str = setting(
        "text",
        "Kennung",
        "Id",
        pattern=_ID,
        shape=Label("kleine Buchstaben, Ziffern, - und _, höchstens 40", "small letters, digits, - and _, at most 40"),
        help=Label(
            "Kleine Buchstaben, Ziffern und Striche; steht in Adressen und bleibt für immer.",
            "Small letters, digits and dashes; it stands in addresses and stays for ever.",
        ),
    )
    language: str = setting("choice", "Sprache der Anrufer", "Callers' language", choices=("de", "en"), default="de")
    demo: bool = setting("boolean", "Demo-Zugang", "Demo", default=False)
    superadmin: str = setting("text", "Name des ersten Superadmins", "Name of the first superadmin")
    email: str = setting("text", "E-Mail-Adresse des ersten Superadmins", "E-mail address of the first superadmin")


@blueprint.get(LIST)
@operator
async def show() -> str:
    """Every tenant."""
    asked = listed(filters=("state",))
    lines = await tenants().list(asked.search, asked.filters["state"])
    return await render(
        "pages/tenants.html",
        part="list",
        rows=lines,
        states=states(),
        filters=[("state", _("State"), list(states().items()))],
        listing=asked,
        crumbs=[(_("Tenants"), "")],
    )


@blueprint.get(f"{LIST}/_new")
@operator
async def new() -> Response:
    """The form for a new tenant."""
    return await _new_page({"language": language()})


@blueprint.post(f"{LIST}/_new")
@operator
async def create() -> Response:
    """Make a tenant and invite its first superadmin."""
    values = read_form(NewTenant, posted_of((await request.form).items(multi=True)))
    try:
        wanted = read_settings(NewTenant, values, "tenant")
        first = {"name": wanted.superadmin, "email": wanted.email, "language": wanted.language}
        made = await tenants().create(
            wanted.id,
            {"name": wanted.name, "language": wanted.language},
            first,
            state="demo" if wanted.demo else "active",
        )
    except SettingsRefused as refused:
        return await _new_page(values, [_at_our_field(one) for one in refused.problems])
    except IdTaken as taken:
        return await _new_page(values, [Problem("tenant.id", str(taken))])
    leave(_("%(name)s is there; the invitation goes to %(email)s.", name=made.name, email=wanted.email))
    return _going(f"{LIST}/{made.id}")


@blueprint.get(f"{LIST}/<id>")
@operator
async def edit(id: str) -> Response:  # noqa: A002 - the domain's own word
    """One tenant."""
    tenant = await tenants().get(id)
    return await _page(tenant, {"name": tenant.name, "language": tenant.language})


@blueprint.post(f"{LIST}/<id>")
@operator
async def change(id: str) -> Response:  # noqa: A002
    """Keep another name or language; where somebody else changed it meanwhile, both sides are shown."""
    tenant = await tenants().get(id)

    async def again(values: Mapping[str, object], version: int, problems: Sequence[Problem]) -> Response:
        return await _page(tenant, values, problems, version=version)

    trail = [(_("Tenants"), LIST), (tenant.name, f"{LIST}/{id}")]
    beside = {"state": (_("State"), states())}
    return await Saving("", f"{LIST}/{id}", TenantDesk(tenants(), id), again, trail, beside=beside).take()


@blueprint.post(f"{LIST}/<id>/state")
@operator
async def move(id: str) -> Response:  # noqa: A002
    """Bring a tenant to another state."""
    given = await request.form
    try:
        moved = await tenants().move(id, _whole(given.get(":version", "")), given.get("state", ""))
    except OfferMissing:
        leave(_("The customer has not accepted an offer yet. Make one first, under Offer."), kind="error")
    except MoveRefused as refused:
        leave(told(refused), kind="error")
    else:
        leave(_("%(name)s is now: %(state)s", name=moved.name, state=states()[moved.state]))
    return _going(f"{LIST}/{id}")


def tenants() -> OperatedTenants:
    """The tenants as whoever asks may see them."""
    return administration().tenants.of(g.actor)


def states() -> Mapping[str, str]:
    """What the states of a tenant are called."""
    return {"demo": _("Demo"), "active": _("Active"), "suspended": _("Suspended"), "closed": _("Closed")}


async def _new_page(values: Mapping[str, object], problems: Sequence[Problem] = ()) -> Response:
    form = form_of(NewTenant, values, problems=problems, root="tenant", language=language())
    page = await render("pages/tenant_new.html", form=form, crumbs=[(_("Tenants"), LIST), (_("New tenant"), "")])
    return Response(page, 422 if problems else 200, content_type="text/html; charset=utf-8")


async def _page(
    tenant: Any, values: Mapping[str, object], problems: Sequence[Problem] = (), *, version: int | None = None
) -> Response:
    verbs = {
        "demo": (_("Back to demo"), "player-play", ""),
        "active": (_("Activate"), "player-play", ""),
        "suspended": (
            _("Suspend"),
            "player-pause",
            _("Its numbers will answer with their fallback, and its people cannot sign in. Suspend it?"),
        ),
        "closed": (_("Close"), "lock", _("A closed tenant stays closed for ever. Close it?")),
    }
    page = await render(
        "pages/tenant.html",
        one=tenant,
        version=tenant.version if version is None else version,
        form=form_of(TenantDetails, values, problems=problems, root="tenant", language=language()),
        states=states(),
        limits=limits_in_words(DEMO_LIMITS) if tenant.state == "demo" else "",
        moves=[(state, *verbs[state]) for state in moves(tenant)],
        crumbs=[(_("Tenants"), LIST), (tenant.name, "")],
    )
    return Response(page, 422 if problems else 200, content_type="text/html; charset=utf-8")


def _at_our_field(problem: Problem) -> Problem:
    """A problem of the superadmin's account at the field of this form where it was typed."""
    path = {"account.name": "tenant.superadmin", "account.email": "tenant.email", "account.username": "tenant.email"}
    return attrs.evolve(problem, path=path.get(problem.path, problem.path))


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _going(path: str) -> Response:
    return redirect(path, 303)  # type: ignore[return-value]
