"""People of a tenant and what they may do: list, invitation, rights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs
from quart import Blueprint, Response, g, redirect, request

from switchhook import Label, MenuEntry, Problem
from switchhook.administration import (
    OPERATOR_TENANT,
    Account,
    DemoLimit,
    Forbidden,
    LastSuperadmin,
    Listing,
    Person,
    SettingsRefused,
    TenantPeople,
    person_of,
    plain_settings,
    roles_below,
)

from ..access import right
from ..forms import Form, Offer, Option, form_of, posted_of, read_form, rearranged
from ..frame import administration, render
from ..kept.desks import PersonDesk
from ..kept.offers import offer
from ..kept.saving import Saving
from ..listing import listed
from ..messages import leave
from ..sentences import told
from ..texts import gettext as _
from ..texts import language, say

blueprint = Blueprint("people", __name__)
MENU: Final = (
    MenuEntry(
        Label("Benutzer", "People"),
        "/people",
        "people.view",
        "users",
        order=60,
        area="administration",
        tabs=("/r/rights-template", "/password-policy", "/pins"),
    ),
)
LIST, ONE = "/t/<tenant>/people", "/t/<tenant>/people/<id>"


@blueprint.get(LIST)
@right("people.view")
async def show(tenant: str) -> str:
    """Everybody, with search and filters."""
    asked = listed(filters=("role", "state"), sort="name")
    role, state = asked.filters["role"], asked.filters["state"]
    page = await people_of(tenant).page(asked.search, role=role, state=state, after=asked.after, order=asked.sort)
    filters = [("role", _("Role"), list(roles(tenant).items())), ("state", _("State"), list(states().items()))]
    return await render(
        "pages/people.html",
        part="list",
        rows=page.accounts,
        roles=roles(tenant),
        states=states(),
        filters=filters,
        listing=asked.going_on(page.after),
        crumbs=[(_("People"), "")],
    )


@blueprint.get(f"{LIST}/_new")
@right("people.change")
async def new(tenant: str) -> Response:
    """The form for somebody new."""
    return await form_page(tenant, {"language": language()})


@blueprint.post(f"{LIST}/_new")
@right("people.change")
async def create(tenant: str) -> Response:
    """Invite somebody."""
    values, again = await posted(tenant)
    if again:
        return await form_page(tenant, values)
    try:
        made = await people_of(tenant).create(values)
    except SettingsRefused as refused:
        return await form_page(tenant, values, problems=refused.problems)
    except (Forbidden, DemoLimit) as refused:
        return await form_page(tenant, values, problems=[Problem("account", told(refused))])
    leave(_("%(name)s is invited; the invitation goes to %(email)s.", name=made.name, email=made.email))
    return going(f"/t/{tenant}/people")


@blueprint.get(ONE)
@right("people.view")
async def edit(tenant: str, id: str) -> Response:  # noqa: A002 - the domain's own word
    """One person."""
    account = await people_of(tenant).get(id)
    return await form_page(tenant, _plain(account), account)


@blueprint.post(ONE)
@right("people.change")
async def change(tenant: str, id: str) -> Response:  # noqa: A002
    """Keep what was changed; where somebody else changed it meanwhile, both sides are shown."""
    account = await people_of(tenant).get(id)
    values, again = await posted(tenant)
    if again:
        return await form_page(tenant, values, account, version=await _version())
    return await _saving(tenant, account).take()


@blueprint.post(f"{ONE}/disable")
@right("people.change")
async def disable(tenant: str, id: str) -> Response:  # noqa: A002
    """Let somebody sign in no more."""
    account = await people_of(tenant).disable(id, await _version())
    leave(_("%(name)s cannot sign in any more.", name=account.name), undo=f"/t/{tenant}/people/{id}/enable")
    return going(f"/t/{tenant}/people/{id}")


@blueprint.post(f"{ONE}/enable")
@right("people.change")
async def enable(tenant: str, id: str) -> Response:  # noqa: A002
    """Let somebody sign in again; as an undo it counts for whatever is kept."""
    version = await _version() or (await people_of(tenant).handled(id)).version
    account = await people_of(tenant).enable(id, version)
    leave(_("%(name)s can sign in again.", name=account.name))
    return going(f"/t/{tenant}/people/{id}")


@blueprint.post(f"{ONE}/invite")
@right("people.change")
async def invite(tenant: str, id: str) -> Response:  # noqa: A002
    """Send another invitation."""
    account = await people_of(tenant).invite_again(id)
    leave(_("Another invitation goes to %(email)s.", email=account.email))
    return going(f"/t/{tenant}/people/{id}")


@blueprint.post(f"{ONE}/delete")
@right("people.change")
async def delete(tenant: str, id: str) -> Response:  # noqa: A002
    """Forget somebody for good."""
    account = await people_of(tenant).handled(id)
    await people_of(tenant).delete(id, await _version())
    leave(_("%(name)s is deleted.", name=account.name))
    return going(f"/t/{tenant}/people")


def people_of(tenant: str) -> TenantPeople:
    """The people of the page's tenant as whoever asks may see them."""
    return administration().people.of(tenant, g.actor)


async def posted(tenant: str) -> tuple[dict[str, object], bool]:
    """What was typed, and whether only a button inside the form was pressed."""
    given = await request.form
    fields = posted_of(given.items(multi=True))
    if (again := rearranged(Person, fields)) is not None:
        return again, True
    values = read_form(Person, fields)
    if ":template" in given and ":use-template" in given:
        return await _with_template(tenant, values, given[":template"]), True
    return values, False


async def _with_template(tenant: str, values: Mapping[str, object], template: str) -> dict[str, object]:
    """The values with the rights of a template after those that are there."""
    if not template:
        return dict(values)
    record = await administration().keeping.of(tenant, g.actor).get("rights-template", template)
    rows = values.get("grants")
    there = list(rows) if isinstance(rows, list | tuple) else []
    more = plain_settings(record.value, whole=True)["grants"]
    added = [row for row in more if row not in there] if isinstance(more, list) else []
    return {**values, "grants": [*there, *added]}


async def form_page(
    tenant: str,
    values: Mapping[str, object],
    account: Account | None = None,
    *,
    version: int = 0,
    problems: Sequence[Problem] = (),
) -> Response:
    """The form of a person, with what is wrong."""
    handled = g.actor.may("people.change") and (account is None or await _handled(tenant, account))
    page = await render(
        "pages/person.html",
        account=account,
        form=await _form(tenant, values, problems),
        version=version or (account.version if account else 0),
        handled=handled,
        templates=await _templates(tenant) if handled else [],
        states=states(),
        crumbs=[(_("People"), f"/t/{tenant}/people"), (account.name if account else _("New person"), "")],
    )
    return Response(page, 422 if problems else 200, content_type="text/html; charset=utf-8")


async def _form(tenant: str, values: Mapping[str, object], problems: Sequence[Problem]) -> Form:
    rights = administration().people.rights
    offers = await _offers(tenant, values)
    mine = [Option(word, f"{say(one.label)} ({word})") for word, one in rights.items() if g.actor.may(word)]
    offers["right"] = Offer(sorted(mine, key=lambda one: one.label))
    form = form_of(Person, values, problems=problems, root="account", offers=offers, language=language())
    allowed = roles_below(g.actor.role, tenant)
    return attrs.evolve(form, fields=[_only(one, allowed) if one.path == "role" else one for one in form.fields])


async def _offers(tenant: str, values: Mapping[str, object]) -> dict[str, Offer]:
    """The groups and numbers that rights can be given for, with those they are given for already."""
    rows = values.get("grants")
    offers = {}
    for kind, name in (("number-group", "groups"), ("number", "numbers")):
        held = [row.get(name, ()) for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
        chosen = tuple({str(one) for each in held for one in each})
        offers[kind] = await offer(tenant, kind, chosen=chosen)
    return offers


def _only(field: Any, allowed: Sequence[str]) -> Any:
    options = [one for one in field.options if one.value in (*allowed, *field.texts)]
    return attrs.evolve(field, options=options)


async def _handled(tenant: str, account: Account) -> bool:
    try:
        await people_of(tenant).handled(account.id)
    except Forbidden:
        return False
    return True


async def _templates(tenant: str) -> Sequence[Any]:
    if not g.actor.may("rights-template.view"):
        return []
    return (await administration().keeping.of(tenant, g.actor).page("rights-template", Listing(limit=200))).records


def _saving(tenant: str, account: Account) -> Saving:
    async def again(values: Mapping[str, object], version: int, problems: Sequence[Problem]) -> Response:
        return await form_page(tenant, values, account, version=version, problems=problems)

    base = f"/t/{tenant}/people"
    return Saving(
        tenant,
        f"{base}/{account.id}",
        PersonDesk(people_of(tenant), account.id),
        again,
        [(_("People"), base), (account.name, f"{base}/{account.id}")],
        refusals=(Forbidden, LastSuperadmin),
        beside={"state": (_("State"), states())},
    )


def _plain(account: Account) -> dict[str, object]:
    return plain_settings(person_of(account), whole=True)


async def _version() -> int:
    given = (await request.form).get(":version", "0")
    return int(given) if given.isdecimal() and len(given) < 10 else 0


def roles(tenant: str) -> Mapping[str, str]:
    """What the roles of a tenant are called."""
    if tenant == OPERATOR_TENANT:
        return {"operator": _("Operator")}
    return {"superadmin": _("Superadmin"), "admin": _("Admin"), "user": _("User")}


def states() -> Mapping[str, str]:
    """What the states of an account are called."""
    return {"invited": _("Invited"), "active": _("Active"), "disabled": _("Disabled")}


def going(path: str) -> Response:
    """To another page of ours."""
    return redirect(path, 303)  # type: ignore[return-value]
