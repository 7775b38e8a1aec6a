"""``switchhook people``: accounts and their rights, who runs the portal, and a way in for those who have none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import attrs
import click

from ..access.account import OPERATOR_TENANT
from ..access.actor import SYSTEM
from ..access.tenant import Tenant
from ..clock import SystemClock
from ..people.people import nobody_is_told
from ..store.directory import Directory
from .context import Context
from .persons import COMMANDS
from .workplace import workplace

if TYPE_CHECKING:
    from ..portal.administration import Administration


@click.group()
def people() -> None:
    """People: accounts, their rights, and ways into the portal."""


for _command in COMMANDS:
    people.add_command(_command)


@asynccontextmanager
async def _opened(context: Context) -> AsyncIterator[Administration]:
    from ..asterisk.live import LiveCalls
    from ..portal.administration import administration_of

    clock = SystemClock()
    async with workplace(context.settings, None) as here:
        store = here.directory.store
        yield administration_of(context.settings, store, clock, here.plugged, LiveCalls(clock))


@people.command("add-operator")
@click.argument("username")
@click.option("--email", required=True, help="Where links for a new password go.")
@click.option("--name", default="", help="Name of the person (else the user name).")
@click.option("--language", type=click.Choice(["de", "en"]), help="Language of pages and mails (else the portal's).")
@click.pass_obj
def add_operator(context: Context, username: str, email: str, name: str, language: str | None) -> None:
    """Make an account that may do everything in all tenants, and print the link at which its password is set.

    The first one is the way into a new installation. The link is good for 72 hours, and once.
    """

    async def added() -> str:
        async with _opened(context) as administration:
            speaks = language or context.settings.portal.language
            directory = Directory(administration.store, administration.clock)
            if OPERATOR_TENANT not in {one.id for one in await directory.tenants()}:
                now = administration.clock.now()
                await directory.put_tenant(Tenant(OPERATOR_TENANT, "Operator", now, language=speaks))
            # Nobody is sent a mail: the link is printed, and there may be no way for mail yet.
            people = attrs.evolve(administration.people, invite=nobody_is_told)
            made = await people.of(OPERATOR_TENANT, SYSTEM).create(
                {
                    "username": username,
                    "email": email,
                    "name": name or username,
                    "role": "operator",
                    "language": speaks,
                }
            )
            return await administration.helping.of(OPERATOR_TENANT, SYSTEM).make_link(made.id)

    _print(asyncio.run(added()), "72 hours")


@people.command("set-password-link")
@click.argument("username")
@click.pass_obj
def set_password_link(context: Context, username: str) -> None:
    """Print a link at which somebody sets a new password, for those no mail reaches."""

    async def made() -> tuple[str, str]:
        async with _opened(context) as administration:
            found = await administration.helping.named(username)
            link = await administration.helping.of(found.tenant, SYSTEM).make_link(found.id)
            return link, "72 hours" if found.state == "invited" else "30 minutes"

    _print(*asyncio.run(made()))


def _print(link: str, good_for: str) -> None:
    click.echo(f"Open this in a browser to set the password; it is good for {good_for}, and once:\n{link}")
