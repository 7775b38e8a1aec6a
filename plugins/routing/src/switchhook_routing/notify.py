"""The module ``notify`` (Benachrichtigung): tells people by mail, or another program, that a caller came by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import attrs

from switchhook import (
    Exit,
    Finding,
    Job,
    Label,
    MailTemplate,
    Module,
    NotFound,
    Order,
    OrderHopeless,
    Placeholder,
    Reference,
    Session,
    Wording,
    setting,
)

from .condition import known_of, unknown_zone, zone_setting
from .expression import shown
from .web_service import WebService

if TYPE_CHECKING:  # commands that only show help must not import the database
    from switchhook.administration import Administration

KIND: Final = "routing.notify"
TEMPLATE: Final = "routing_notification"
_PLACE: Final = re.compile(r"\{([a-z][a-z0-9_.]*)\}")
_ADDRESS: Final = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
TEMPLATES: Final = (
    MailTemplate(
        TEMPLATE,
        Label("Benachrichtigung aus einem Anrufablauf", "Notification of a call flow"),
        {
            "subject": Placeholder(Label("Betreff", "subject"), "Anruf von +4930123456"),
            "text": Placeholder(Label("Text", "text"), "Jemand hat angerufen."),
            "label": Placeholder(Label("Name des Punktes im Ablauf", "name of the point in the flow"), "Hotline"),
        },
        {
            "de": Wording("{subject}", "{text}\n\nLeitweg: {label}"),
            "en": Wording("{subject}", "{text}\n\nRouting: {label}"),
        },
    ),
)


def filled(template: str, known: Mapping[str, str]) -> str:
    """A text with ``{caller}``, ``{number}``, ``{variable}`` and so on filled in; what is not known is empty."""
    return _PLACE.sub(lambda place: known.get(place[1], ""), template)


@attrs.frozen
class Notify(Module):
    """Orders a mail to each recipient and a message to a web service; the caller waits for neither.

    Texts may hold ``{caller}``, ``{number}``, ``{diverted}``, ``{label}``,
    ``{time}``, ``{date}`` and variables of the flow. A suppressed number is
    said to be so.
    """

    kind = "notify"
    label = Label("Benachrichtigung", "Notification")
    help = Label("Sendet eine E-Mail oder ruft einen Webdienst.", "Sends a mail, or tells a web service.")

    recipients: tuple[str, ...] = setting("words", "E-Mail an", "Mail to", default=())
    subject: str = setting("text", "Betreff", "Subject", default="{label}: {caller}", pattern=".{1,200}")
    text: str = setting(
        "text", "Text", "Text", default="{date} {time}: {caller} → {number}", lines=5, pattern=r"[\s\S]{0,4000}"
    )
    language: str = setting("choice", "Sprache der E-Mail", "Language of the mail", default="de", choices=("de", "en"))
    service: str = setting("reference", "Webdienst", "Web service", to="web-service", default="")
    zone: str = zone_setting()

    def exits(self) -> tuple[str, ...]:
        """Always ``next``, at once."""
        return ("next",)

    def references(self) -> Iterator[Reference]:
        """The web service."""
        if self.service:
            yield Reference("web-service", self.service, "settings.service")

    def lint(self) -> Iterator[Finding]:
        """A notification nobody gets."""
        yield from unknown_zone(self.zone)
        if not self.recipients and not self.service:
            yield Finding(
                "notify-nobody",
                "error",
                "settings.recipients",
                "nobody is told; name a recipient or a web service",
                german="Niemand wird benachrichtigt; nennen Sie einen Empfänger oder einen Webdienst.",
            )
        for place, address in enumerate(self.recipients):
            if not _ADDRESS.fullmatch(address):
                yield Finding(
                    "notify-address",
                    "error",
                    f"settings.recipients[{place}]",
                    f"{address!r} is no mail address",
                    german=f"{address!r} ist keine E-Mail-Adresse.",
                )

    async def run(self, session: Session) -> Exit:
        """Order; see the class."""
        known = self._known(session)
        told = {
            "call": session.call.id,
            "label": session.label,
            "subject": " ".join(filled(self.subject, known).split()) or session.label,
            "text": filled(self.text, known),
            "language": self.language,
        }
        for address in dict.fromkeys(self.recipients):
            await session.order(KIND, {**told, "to": address})
        if self.service:
            await session.order(KIND, {**told, "service": self.service, "known": dict(known)})
        return Exit("next", "ordered a notification")

    def _known(self, session: Session) -> Mapping[str, str]:
        known = {name: shown(value) for name, value in known_of(session, self.zone).items()}
        hidden = "unterdrückt" if self.language == "de" else "withheld"
        return {
            **known,
            "caller": known["caller.number"] or hidden,
            "number": known["call.number"],
            "diverted": known["call.diverted"],
            "label": session.label,
        }


async def tell(administration: Any, order: Order) -> None:
    """Carry out one order: write the mail into the outbox, or tell the web service until it says that it knows."""
    from switchhook.administration import SYSTEM

    portal: Administration = administration
    payload = order.payload
    if "to" in payload:
        async with portal.store.write() as conn:
            await portal.post.send(
                conn,
                tenant=order.tenant,
                to=payload["to"],
                template=TEMPLATE,
                values={name: payload[name] for name in ("subject", "text", "label")},
                language=payload["language"],
                label=payload["label"],
            )
        return
    try:
        record = await portal.keeping.of(order.tenant, SYSTEM).get("web-service", payload["service"])
    except NotFound as gone:
        raise OrderHopeless(f"the web service {payload['service']!r} is not there any more") from gone
    service = record.value
    assert isinstance(service, WebService)  # noqa: S101 - what the kind says
    body = {name: payload[name] for name in ("call", "label", "subject", "text", "known")} | {"id": order.id}
    await portal.programs.ask(service.url, body, secret=service.secret, seconds=10.0)


JOB: Final = Job(KIND, tell)
