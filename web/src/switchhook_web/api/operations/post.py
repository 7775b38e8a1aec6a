"""What people are told: alerts, and the mails that went out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import attrs

from switchhook import Label, NotFound, setting
from switchhook.administration import Alert, Mail

from ..operation import Answer, Asked, Operation
from ..reading import declared_body
from .common import NumberedQuery, a_page, page_of

_ALERTS = "/tenants/{tenant}/alerts"
_ALERT_MAIL = "/tenants/{tenant}/alert-mail"
_MAILS = "/tenants/{tenant}/mails"


@attrs.frozen
class AlertQuery(NumberedQuery):
    """Which alerts."""

    state: str = setting("choice", "Zustand", "State", default="", choices=("open", "acknowledged", "closed"))


@attrs.frozen
class MailQuery(NumberedQuery):
    """Which mails."""

    state: str = setting(
        "choice", "Zustand", "State", default="", choices=("queued", "sent", "deferred", "bounced", "dead")
    )


@attrs.frozen
class AlertMail:
    """Whether whoever asks gets mail about the tenant's alerts."""

    wanted: bool


@attrs.frozen
class AlertMailAsked:
    """Whether mail is wanted."""

    wanted: bool = setting("boolean", "Gewünscht", "Wanted")


def operations() -> Sequence[Operation]:
    """The inbox of alerts, and the log of mails."""
    return [
        _operation(
            "alerts.list",
            "Meldungen",
            "Alerts",
            "alerts",
            path=_ALERTS,
            run=_alerts,
            right="alert.view",
            query=AlertQuery,
            answer=page_of(Alert, "integer"),
        ),
        _operation(
            "alerts.get",
            "Eine Meldung",
            "One alert",
            "alerts",
            path=f"{_ALERTS}/{{id}}",
            run=_alert,
            right="alert.view",
            answer=Alert,
        ),
        *(
            _operation(
                f"alerts.{name}",
                de,
                en,
                "alerts",
                method="POST",
                path=f"{_ALERTS}/{{id}}/{name}",
                run=partial(_handle, name),
                right="alert.handle",
                answer=Alert,
            )
            for name, de, en in (
                ("acknowledge", "Meldung übernehmen", "Say that somebody takes care of it"),
                ("close", "Meldung schließen", "Say that it is done"),
            )
        ),
        _operation(
            "alerts.mail",
            "E-Mail über Meldungen",
            "Whether one gets mail about alerts",
            "alerts",
            path=_ALERT_MAIL,
            run=_alert_mail,
            right="alert.view",
            answer=AlertMail,
        ),
        _operation(
            "alerts.want_mail",
            "E-Mail über Meldungen wünschen oder nicht",
            "Get mail about alerts, or no longer",
            "alerts",
            method="PUT",
            path=_ALERT_MAIL,
            run=_want_mail,
            right="alert.view",
            body=declared_body(AlertMailAsked, "AlertMailAsked"),
            answer=AlertMail,
        ),
        _operation(
            "mails.list",
            "E-Mails",
            "Mails",
            "mails",
            path=_MAILS,
            run=_mails,
            right="mail.view",
            query=MailQuery,
            answer=page_of(Mail, "integer"),
        ),
        _operation(
            "mails.get",
            "Eine E-Mail",
            "One mail",
            "mails",
            path=f"{_MAILS}/{{id}}",
            run=_mail,
            right="mail.view",
            answer=Mail,
        ),
        _operation(
            "mails.resend",
            "E-Mail erneut senden",
            "Send a mail again",
            "mails",
            method="POST",
            path=f"{_MAILS}/{{id}}/resend",
            run=_resend,
            right="mail.change",
            answer=Mail,
            may=("mail_not_resent",),
        ),
    ]


def _operation(name: str, de: str, en: str, tag: str, **more: Any) -> Operation:
    more.setdefault("method", "GET")
    return Operation(id=name, tag=tag, summary=Label(de, en), **more)


def _inbox(asked: Asked) -> Any:
    return asked.administration.alerts.of(asked.tenant, asked.actor)


def _post(asked: Asked) -> Any:
    return asked.administration.post.of(asked.tenant, asked.actor)


def no(asked: Asked) -> int:
    """The number in the path; what is none is not there."""
    text = asked.path["id"]
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise NotFound(f"there is nothing with the number {text[:40]!r}")
    return int(text)


async def _alerts(asked: Asked) -> Answer:
    wanted: AlertQuery = asked.query
    page = await _inbox(asked).page(state=wanted.state or None, after=wanted.after, limit=wanted.limit)
    return Answer(value=a_page(page.alerts, page.after))


async def _alert(asked: Asked) -> Answer:
    return Answer(value=await _inbox(asked).alert(no(asked)))


async def _handle(action: str, asked: Asked) -> Answer:
    return Answer(value=await getattr(_inbox(asked), action)(no(asked)))


async def _alert_mail(asked: Asked) -> Answer:
    return Answer(value=AlertMail(await _inbox(asked).has_mail()))


async def _want_mail(asked: Asked) -> Answer:
    await _inbox(asked).want_mail(wanted=asked.body.wanted)
    return await _alert_mail(asked)


async def _mails(asked: Asked) -> Answer:
    wanted: MailQuery = asked.query
    page = await _post(asked).page(state=wanted.state or None, after=wanted.after, limit=wanted.limit)
    return Answer(value=a_page(page.mails, page.after))


async def _mail(asked: Asked) -> Answer:
    return Answer(value=await _post(asked).mail(no(asked)))


async def _resend(asked: Asked) -> Answer:
    return Answer(value=await _post(asked).resend(no(asked)))
