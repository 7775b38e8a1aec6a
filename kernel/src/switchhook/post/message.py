"""A mail as it goes over the wire."""

from __future__ import annotations

from collections.abc import Iterable
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from .attachment import Enclosed
from .mail import Mail
from .template import Letter, one_line

ROUTING: str = "X-Switchhook-Routing"
"""The header with the label of the routing point a mail is about, by which its receiver can sort."""


def message_of(mail: Mail, letter: Letter, sender: str, files: Iterable[Enclosed] = ()) -> EmailMessage:
    """The message: plain text and HTML, and files; the same mail gives the same Message-ID and date each time."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = wire_address(mail.recipient)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(mail.created)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    if mail.label:
        message[ROUTING] = mail.label
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    for file in files:
        main, _, sub = file.content.type.partition("/")
        message.add_attachment(file.content.data, maintype=main, subtype=sub, filename=one_line(file.name))
    return message


def wire_address(address: str) -> str:
    """The address with a domain every mail server understands."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.encode('idna').decode()}"
