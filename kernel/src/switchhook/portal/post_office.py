"""What sends mail and tells of alerts while the portal runs, beside its housekeeping."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, NoReturn

import attrs
import structlog
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.account import OPERATOR_TENANT
from ..alerts.alert import Alert
from ..alerts.telling import EVERY, Telling
from ..config.settings import Mail as MailSettings
from ..errors import SwitchhookError
from ..post.mail import Mail
from ..post.outbox import Settled
from ..post.sending import Sending
from ..schema import Label
from ..store import tables_post
from ..webhooks.deliveries import tell
from ..webhooks.events import Told
from .administration import Administration
from .alert_post import AlertPost

OUTBOX_EVERY: Final = 60.0
"""Seconds between two looks at an outbox that no settings let out."""
_MAIL: Final = tables_post.mail

log = structlog.get_logger(__name__)


@attrs.define
class PostOffice:
    """Runs in the one process that also does the housekeeping; a second one would do no harm."""

    administration: Administration
    _trouble: str | None = attrs.field(default=None, init=False)

    async def run(self, _: object = None) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(again(self.telling().once, EVERY), name="alerts")
            settings = self.administration.settings.mail
            if settings is None:
                group.create_task(again(self.outbox_is_shut, OUTBOX_EVERY), name="outbox")
            else:
                group.create_task(self.sending(settings).run(), name="mail")

    def sending(self, settings: MailSettings) -> Sending:
        """The sender of mail, which rings for mail that is lost and for a server in trouble."""
        admin = self.administration
        node = admin.settings.asterisk.systemname
        return Sending(admin.post, settings, self.lost, self.server, self.settled, node)

    def telling(self) -> Telling:
        """Tells of alerts, by mail and to plugins."""
        admin = self.administration
        letters = AlertPost(admin.post, admin.settings.web.url)

        async def write(conn: AsyncConnection, alert: Alert) -> None:
            await letters.write(conn, alert)
            await tell(conn, _told_alert(alert), admin.clock.now())

        return Telling(admin.alerts, write, self._announce)

    async def _announce(self, alert: Alert) -> None:
        await self.administration.plugged.hooks.notify("alert_raised", alert=alert)

    async def settled(self, conn: AsyncConnection, mail: Mail, settled: Settled) -> None:
        """Give the order that a mail asked for."""
        payload = {**settled.payload, "mail": mail.id, "state": mail.state}
        once = f"mail/{mail.id}/{mail.tries}"
        await self.administration.orders.add(conn, mail.tenant, settled.order, payload, once=once)

    async def lost(self, conn: AsyncConnection, mail: Mail) -> None:
        """Raise an alert for mail that was refused or given up, at its tenant."""
        admin = self.administration
        await tell(conn, _told_mail(mail), admin.clock.now())
        rule = "mail.alert_lost" if mail.template == "alert" else f"mail.{mail.state}"
        said = f": {mail.reply}" if mail.reply else ""
        text = (
            Label(f"Eine Mail an {mail.recipient} wurde abgewiesen{said}", f"Mail to {mail.recipient} was refused{said}")
            if mail.state == "bounced"
            else Label(
                f"Eine Mail an {mail.recipient} konnte 48 Stunden lang nicht zugestellt werden{said}",
                f"Mail to {mail.recipient} could not be delivered for 48 hours{said}",
            )
        )  # fmt: skip
        await admin.alerts.raise_(mail.tenant, rule, mail.recipient, text, severity="error", link="/mail", conn=conn)

    async def server(self, trouble: str) -> None:
        """Raise an alert for a mail server in trouble, and close it when the server takes mail again."""
        if trouble == self._trouble:
            return
        alerts, host = self.administration.alerts, str(getattr(self.administration.settings.mail, "host", ""))
        if trouble:
            text = Label(
                f"Der Mailserver {host} nimmt nichts an: {trouble}", f"The mail server {host} takes no mail: {trouble}"
            )
            await alerts.raise_(OPERATOR_TENANT, "mail.server", host, text, severity="error")
        else:
            await alerts.settle(OPERATOR_TENANT, "mail.server", host)
        self._trouble = trouble

    async def outbox_is_shut(self) -> int:
        """Raise an alert while mail waits that no settings let out; gives how many mails wait."""
        async with self.administration.store.read() as conn:
            waiting = (await conn.execute(select(func.count()).where(_MAIL.c.state == "queued"))).scalar_one()
        if waiting and self._trouble != str(waiting):
            text = Label(
                f"{waiting} Mails warten: ohne [mail] in der Einstellungsdatei geht keine hinaus",
                f"{waiting} mails wait: none gets out without [mail] in the settings file",
            )
            await self.administration.alerts.raise_(OPERATOR_TENANT, "mail.off", "outbox", text)
            self._trouble = str(waiting)
        return int(waiting)


def _told_alert(alert: Alert) -> Told:
    plain = attrs.asdict(alert, filter=lambda field, _: field.name in ("rule", "key", "severity", "label", "count"))
    data = {"alert": plain | {"id": alert.id, "text": {"de": alert.text.de, "en": alert.text.en}}}
    return Told(alert.tenant, "alert.raised", f"alert/{alert.id}/{alert.count}", alert.last, data)


def _told_mail(mail: Mail) -> Told:
    plain = attrs.asdict(mail, filter=lambda field, _: field.name in ("id", "recipient", "template", "state", "reply"))
    return Told(
        mail.tenant, "mail.bounced", f"mail/{mail.id}/{mail.tries}", mail.tried or mail.created, {"mail": plain}
    )


async def again(work: Callable[[], Awaitable[int]], every: float) -> NoReturn:
    """Do something now and every so many seconds; a store that is away is waited for."""
    while True:
        try:
            await work()
        except SwitchhookError as error:
            log.warning("alerts and mail must wait", why=str(error))
        await asyncio.sleep(every)
