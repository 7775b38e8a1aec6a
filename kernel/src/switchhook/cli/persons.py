"""What ``switchhook people`` does about accounts and their rights."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import attrs
import click

from ..access.account import Account, Grant
from ..access.actor import SYSTEM
from ..errors import NotFound, near_match
from ..people.people import TenantPeople
from ..people.person import row_of
from ..resources.listing import MOST
from ..schema import plain_settings
from .context import Context
from .workplace import administered, json_option, tenant_option

T = TypeVar("T")
_ROLES = click.Choice(["user", "admin", "superadmin", "operator"])


@click.command("list")
@click.option("--search", default="", help="Only people with this text in name, user name or address.")
@click.option("--role", default="", type=click.Choice(["user", "admin", "superadmin", "operator", ""]))
@click.option("--state", default="", type=click.Choice(["invited", "active", "disabled", ""]))
@tenant_option
@json_option
@click.pass_obj
def list_people(context: Context, search: str, role: str, state: str, tenant: str | None, *, as_json: bool) -> None:
    """The people of a tenant."""
    found = _run(context, tenant, lambda them: _all(them, search, role, state))
    if as_json:
        click.echo(json.dumps([_told(one) for one in found], indent=2, ensure_ascii=False))
        return
    for one in found:
        click.echo(f"{one.username:<32} {one.role:<11} {one.state:<9} {one.name} <{one.email}>")
    if not found:
        click.echo("There is nobody.", err=True)


@click.command("create")
@click.argument("name")
@click.argument("email")
@click.option("--username", default="", help="What to sign in with (else the address).")
@click.option("--role", type=_ROLES, default="user", show_default=True)
@click.option("--language", type=click.Choice(["de", "en"]), default="de", show_default=True)
@tenant_option
@json_option
@click.pass_obj
def create(
    context: Context,
    name: str,
    email: str,
    *,
    username: str,
    role: str,
    language: str,
    tenant: str | None,
    as_json: bool,
) -> None:
    """Invite somebody: a mail with a link to set the password goes to the address."""
    values = {"name": name, "email": email, "username": username, "role": role, "language": language}
    _say(_run(context, tenant, lambda them: them.create(values)), "is invited", as_json)


@click.command("change")
@click.argument("username")
@click.option("--name")
@click.option("--email")
@click.option("--role", type=_ROLES)
@tenant_option
@json_option
@click.pass_obj
def change(
    context: Context,
    username: str,
    *,
    name: str | None,
    email: str | None,
    role: str | None,
    tenant: str | None,
    as_json: bool,
) -> None:
    """Change somebody's name, address or role; what is not given stays."""
    values = {key: value for key, value in (("name", name), ("email", email), ("role", role)) if value is not None}

    async def changed(them: TenantPeople) -> Account:
        found = await _named(them, username)
        return await them.change(found.id, found.version, values)

    _say(_run(context, tenant, changed), "is changed", as_json)


@click.command("disable")
@click.argument("username")
@click.option("--undo", is_flag=True, help="Let somebody who was disabled sign in again.")
@tenant_option
@json_option
@click.pass_obj
def disable(context: Context, username: str, *, undo: bool, tenant: str | None, as_json: bool) -> None:
    """Let somebody sign in no more, at once; nothing is lost."""

    async def done(them: TenantPeople) -> Account:
        found = await _named(them, username)
        return await (them.enable if undo else them.disable)(found.id, found.version)

    _say(_run(context, tenant, done), "is active again" if undo else "is disabled", as_json)


@click.command("grant")
@click.argument("username")
@click.argument("right")
@click.option("--group", "groups", multiple=True, help="Only over the numbers of this number group (repeatable).")
@click.option("--number", "numbers", multiple=True, help="Only over this number (repeatable).")
@click.option("--own", is_flag=True, help="Only over what the person made.")
@click.option("--revoke", is_flag=True, help="Take the right away, in every scope.")
@tenant_option
@json_option
@click.pass_obj
def grant(
    context: Context,
    username: str,
    right: str,
    *,
    groups: Sequence[str],
    numbers: Sequence[str],
    own: bool,
    revoke: bool,
    tenant: str | None,
    as_json: bool,
) -> None:
    """Give somebody a right such as number.view: over the whole tenant, unless --group, --number or --own narrow it."""
    given = [Grant(right, "group", tuple(groups))] if groups else []
    given += [Grant(right, "number", tuple(numbers))] if numbers else []
    given += [Grant(right, "own")] if own else []
    given = [] if revoke else given or [Grant(right)]

    async def granted(them: TenantPeople) -> Account:
        found = await _named(them, username)
        kept = [one for one in found.grants if one.right != right]
        rows = [plain_settings(row_of(one)) for one in (*kept, *given)]
        return await them.change(found.id, found.version, {"grants": rows})

    _say(_run(context, tenant, granted), f"has {right} no more" if revoke else f"has {right}", as_json)


COMMANDS: Sequence[click.Command] = (list_people, create, change, disable, grant)


def _run(context: Context, tenant: str | None, work: Callable[[TenantPeople], Awaitable[T]]) -> T:
    async def inside() -> T:
        async with administered(context.settings) as administration:
            return await work(administration.people.of(tenant or context.settings.portal.tenant, SYSTEM))

    return asyncio.run(inside())


async def _all(them: TenantPeople, search: str, role: str, state: str) -> list[Account]:
    found: list[Account] = []
    after = ""
    while True:
        page = await them.page(search, role=role, state=state, after=after, limit=MOST)
        found += page.accounts
        if not (after := page.after):
            return found


async def _named(them: TenantPeople, username: str) -> Account:
    known = {one.username: one for one in await _all(them, "", "", "")}
    if username.casefold() not in known:
        hint = near_match(username, known)
        raise NotFound(f"nobody here has the user name {username!r}{hint}; see: switchhook people list")
    return known[username.casefold()]


def _say(account: Account, said: str, as_json: bool) -> None:
    told = json.dumps(_told(account), indent=2, ensure_ascii=False)
    click.echo(told if as_json else f"{account.username} ({account.role}) {said}")


def _told(account: Account) -> dict[str, object]:
    plain = {name: getattr(account, name) for name in ("id", "username", "name", "email", "role", "state", "language")}
    return {**plain, "version": account.version, "grants": [attrs.asdict(one) for one in account.grants]}
