"""``switchhook mail``: the outbox, and whether the mail server takes what comes out of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import attrs
import click

from ..access.account import OPERATOR_TENANT
from ..access.actor import SYSTEM
from ..clock import SystemClock
from ..errors import ConfigError
from .context import Context
from .workplace import json_option, tenant_option

if TYPE_CHECKING:
    from ..config.settings import Mail as MailSettings
    from ..post.line import Outcome
    from ..post.mail import Mail
    from ..post.outbox import Mails
    from ..post.template import Letter


@click.group()
def mail() -> None:
    """Mail that waits, was sent, or came back."""


@mail.command("list")
@tenant_option
@click.option("--state", type=click.Choice(["queued", "sent", "deferred", "bounced", "dead"]), help="Only these.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True, help="How many, newest first.")
@json_option
@click.pass_obj
def list_mail(context: Context, tenant: str | None, state: str | None, limit: int, *, as_json: bool) -> None:
    """The latest mails with what became of them; those of the operator with ``--tenant operator``."""
    found = asyncio.run(_page(context, tenant, state, limit))
    if as_json:
        click.echo(json.dumps([attrs.asdict(one) for one in found], indent=2, default=str))
        return
    for one in found:
        click.echo(
            f"{one.id:>6}  {one.created:%Y-%m-%d %H:%M}  {one.state:<9} {one.recipient:<32} {one.template:<20} {one.reply}"
        )
    if not found:
        click.echo("There is no such mail.")


@mail.command("show")
@click.argument("number", type=int)
@tenant_option
@click.pass_obj
def show(context: Context, number: int, tenant: str | None) -> None:
    """What a mail that is not out yet says, such as the link of an invitation."""
    found, letter = asyncio.run(_show(context, tenant, number))
    click.echo(f"To: {found.recipient}\nSubject: {letter.subject}\n\n{letter.text}", nl=False)


@mail.command("resend")
@click.argument("number", type=int)
@tenant_option
@click.pass_obj
def resend(context: Context, number: int, tenant: str | None) -> None:
    """Try a mail again now that was deferred, refused or given up; a running portal sends it."""
    asyncio.run(_resend(context, tenant, number))
    click.echo(f"mail {number} waits to be sent")


@mail.command("send-test")
@click.argument("address")
@click.option("--language", type=click.Choice(["de", "en"]), help="Else that of the settings.")
@click.pass_obj
def send_test(context: Context, address: str, language: str | None) -> None:
    """Hand a test mail to the mail server of the settings and say what it answered; it does not go by the outbox."""
    settings = context.settings.mail
    if settings is None:
        raise ConfigError(f"there is no [mail] in {context.file}, so no mail gets out; give host and sender there")
    outcome = asyncio.run(_send_test(settings, address, language or context.settings.portal.language))
    click.echo(f"{outcome.state}: {outcome.reply}")
    if outcome.state != "sent":
        raise SystemExit(1)


async def _page(context: Context, tenant: str | None, state: str | None, limit: int) -> list[Mail]:
    async with _mails(context, tenant) as mails:
        return list((await mails.page(state=state, limit=limit)).mails)  # type: ignore[arg-type]


async def _show(context: Context, tenant: str | None, number: int) -> tuple[Mail, Letter]:
    async with _mails(context, tenant) as mails:
        return await mails.read(number)


async def _resend(context: Context, tenant: str | None, number: int) -> None:
    async with _mails(context, tenant) as mails:
        await mails.resend(number)


async def _send_test(settings: MailSettings, address: str, language: str) -> Outcome:
    from ..post.line import Line
    from ..post.mail import Mail, checked_address
    from ..post.message import message_of
    from ..post.template import MailTemplates

    now = SystemClock().now()
    letter = MailTemplates.of(())["test"].wording(language).written({"at": f"{now:%Y-%m-%d %H:%M} UTC"})
    test = Mail(
        id=0, tenant=OPERATOR_TENANT, recipient=checked_address(address), template="test", language=language, label="",
        state="queued", tries=0, reply="", message_id=f"<test-{now:%Y%m%d%H%M%S%f}@switchhook>", created=now, due=now,
        tried=None, resendable=False,
    )  # fmt: skip
    line = Line(settings)
    try:
        return await line.deliver(message_of(test, letter, settings.sender), test.recipient)
    finally:
        await line.close()


@asynccontextmanager
async def _mails(context: Context, tenant: str | None) -> AsyncIterator[Mails]:
    from ..portal.keys import installation_key
    from ..post.outbox import Post
    from ..post.template import MailTemplates
    from ..resources.seal import Seal
    from ..store.engine import Store
    from ..store.migrations import migrate

    settings = context.settings
    store = Store(settings.store.url.reveal())
    try:
        await migrate(store)
        seal = Seal(installation_key(settings.data_dir, "seal"))
        post = Post(store, SystemClock(), seal, MailTemplates.of(()))
        yield post.of(tenant or settings.portal.tenant, SYSTEM)
    finally:
        await store.close()
