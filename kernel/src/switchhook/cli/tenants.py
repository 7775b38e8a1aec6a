"""``switchhook tenants``: the customers of the portal and the states they are in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

import attrs
import click

from ..access.actor import SYSTEM
from ..access.tenant import Tenant, TenantState
from ..people.offer import MOST, Offer, OfferProof
from ..people.offers import TenantOffers
from ..people.tenants import OperatedTenants
from .context import Context
from .workplace import administered, json_option

T = TypeVar("T")


@click.group()
def tenants() -> None:
    """Tenants: the customers of the portal and the states they are in."""


@tenants.command("list")
@click.option("--search", default="", help="Only tenants with this text in id or name.")
@click.option("--state", default="", type=click.Choice(["demo", "active", "suspended", "closed", ""]))
@json_option
@click.pass_obj
def list_tenants(context: Context, search: str, state: str, *, as_json: bool) -> None:
    """All tenants with how many numbers and people each has."""
    lines = _run(context, lambda them: them.list(search, state))
    if as_json:
        told = [{**_told(one.tenant), "numbers": one.numbers, "people": one.people} for one in lines]
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    for one in lines:
        click.echo(
            f"{one.tenant.id:<24} {one.tenant.state:<10} {one.tenant.name:<40} "
            f"{one.numbers} numbers, {one.people} people"
        )
    if not lines:
        click.echo("There is no such tenant.", err=True)


@tenants.command("create")
@click.argument("id")
@click.argument("name")
@click.option("--language", type=click.Choice(["de", "en"]), default="de", show_default=True, help="Of its callers.")
@click.option("--demo", is_flag=True, help="Begin as a demo.")
@click.option("--superadmin", metavar="NAME", help="Name of its first superadmin, who is invited by mail.")
@click.option("--email", help="Where the invitation goes.")
@json_option
@click.pass_obj
def create(
    context: Context,
    id: str,  # noqa: A002 - the domain's own word
    name: str,
    *,
    language: str,
    demo: bool,
    superadmin: str | None,
    email: str | None,
    as_json: bool,
) -> None:
    """Make a tenant and, with --superadmin and --email, invite its first superadmin."""
    if bool(superadmin) != bool(email):
        raise click.UsageError("--superadmin and --email belong together")
    first = {"name": superadmin, "email": email, "language": language} if superadmin else None
    state: TenantState = "demo" if demo else "active"
    _say(_run(context, lambda them: them.create(id, {"name": name, "language": language}, first, state=state)), as_json)


@tenants.command("rename")
@click.argument("tenant")
@click.argument("name")
@json_option
@click.pass_obj
def rename(context: Context, tenant: str, name: str, *, as_json: bool) -> None:
    """Give a tenant another name; its id stays."""

    async def renamed(them: OperatedTenants) -> Tenant:
        return await them.change(tenant, (await them.get(tenant)).version, {"name": name})

    _say(_run(context, renamed), as_json)


@tenants.command("state")
@click.argument("tenant")
@click.argument("state", type=click.Choice(["demo", "active", "suspended", "closed"]))
@json_option
@click.pass_obj
def state_of(context: Context, tenant: str, state: TenantState, *, as_json: bool) -> None:
    """Bring a tenant to another state. Calls in progress go on in any case; a demo needs an accepted offer to be active."""

    async def moved(them: OperatedTenants) -> Tenant:
        return await them.move(tenant, (await them.get(tenant)).version, state)

    _say(_run(context, moved), as_json)


@tenants.command("offer")
@click.argument("tenant")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--title", required=True, help="What it is called.")
@click.option("--until", required=True, metavar="DATE", help="The last day it is good, such as 2026-12-31.")
@click.option("--price", default="", help="Prices in short.")
@json_option
@click.pass_obj
def offer(context: Context, tenant: str, file: Path, *, title: str, until: str, price: str, as_json: bool) -> None:
    """Make an offer, a PDF, to a demo; its superadmins get a mail. Without an accepted one it cannot become active."""
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST + 1)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error.strerror}") from error
    values = {"title": title, "price": price, "valid_until": until}
    made = _with_offers(context, tenant, lambda them: them.make(content, values))
    _say_offer(made, as_json)


@tenants.command("offers")
@click.argument("tenant")
@click.option("--verify", is_flag=True, help="Check that each file is what was offered and signed; exit code 1 if not.")
@json_option
@click.pass_obj
def offers(context: Context, tenant: str, *, verify: bool, as_json: bool) -> None:
    """The offers to a tenant and what became of them."""

    async def looked(them: TenantOffers) -> list[tuple[Offer, Sequence[OfferProof]]]:
        return [(one, await them.verify(one.id) if verify else ()) for one in await them.list()]

    found = _with_offers(context, tenant, looked)
    if as_json:
        told = [{**_told_offer(one), "proofs": [attrs.asdict(proof) for proof in proofs]} for one, proofs in found]
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
    for one, proofs in found if not as_json else ():
        _say_offer(one, as_json)
        for proof in proofs:
            click.echo(f"    {proof.part}: {'is what it was' if proof.whole else 'WAS ALTERED'} ({proof.found})")
    if not all(proof.whole for _, proofs in found for proof in proofs):
        raise SystemExit(1)


def _with_offers(context: Context, tenant: str, work: Callable[[TenantOffers], Awaitable[T]]) -> T:
    async def inside() -> T:
        async with administered(context.settings) as administration:
            await administration.tenants.of(SYSTEM).get(tenant)
            return await work(administration.offers.of(tenant, SYSTEM))

    return asyncio.run(inside())


def _say_offer(offer: Offer, as_json: bool) -> None:
    by = f" by {offer.signer or offer.decided_by}" if offer.decided_by else f", good until {offer.valid_until}"
    said = json.dumps(_told_offer(offer), indent=2, ensure_ascii=False)
    click.echo(said if as_json else f"offer {offer.id} ({offer.title}) is {offer.state}{by}")


def _told_offer(offer: Offer) -> dict[str, object]:
    return {
        name: value.isoformat() if isinstance(value, date) else value for name, value in attrs.asdict(offer).items()
    }


def _run(context: Context, work: Callable[[OperatedTenants], Awaitable[T]]) -> T:
    async def inside() -> T:
        async with administered(context.settings) as administration:
            return await work(administration.tenants.of(SYSTEM))

    return asyncio.run(inside())


def _say(tenant: Tenant, as_json: bool) -> None:
    said = json.dumps(_told(tenant), indent=2, ensure_ascii=False)
    click.echo(said if as_json else f"tenant {tenant.id!r} ({tenant.name}) is {tenant.state}")


def _told(tenant: Tenant) -> dict[str, object]:
    return {
        "id": tenant.id,
        "name": tenant.name,
        "state": tenant.state,
        "language": tenant.language,
        "created": f"{tenant.created:%Y-%m-%dT%H:%M:%SZ}",
        "version": tenant.version,
    }
