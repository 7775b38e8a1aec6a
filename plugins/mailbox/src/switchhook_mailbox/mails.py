"""The mails of this plugin."""

from __future__ import annotations

from typing import Final

from switchhook import Label, MailTemplate, Placeholder, Wording

MESSAGE: Final = "mailbox_message"
NOT_REACHED: Final = "mailbox_not_reached"
_PLACES: Final = {
    "label": Placeholder(Label("Name des Punktes im Ablauf", "name of the point in the flow"), "Hotline"),
    "mailbox": Placeholder(Label("Mailbox", "mailbox"), "Büro"),
    "caller": Placeholder(Label("Anrufer", "caller"), "+4930123456"),
    "date": Placeholder(Label("Tag", "day"), "02.03.2026"),
    "time": Placeholder(Label("Uhrzeit", "time of day"), "23:15"),
    "seconds": Placeholder(Label("Dauer in s", "length in s"), "12"),
}
TEMPLATES: Final = (
    MailTemplate(
        MESSAGE,
        Label("Neue Nachricht in einer Mailbox", "New message in a mailbox"),
        _PLACES,
        {
            "de": Wording(
                "{label}: neue Nachricht von {caller}",
                "In der Mailbox {mailbox} ist eine neue Nachricht.\n\nBezeichnung: {label}\nAnrufer: {caller}\n"
                "Eingegangen: {date}, {time} Uhr\nDauer: {seconds} s\n\nDie Aufnahme hängt an dieser Mail.",
            ),
            "en": Wording(
                "{label}: new message from {caller}",
                "There is a new message in the mailbox {mailbox}.\n\nLabel: {label}\nCaller: {caller}\n"
                "Left: {date}, {time}\nLength: {seconds} s\n\nThe recording comes with this mail.",
            ),
        },
    ),
    MailTemplate(
        NOT_REACHED,
        Label("Niemand hörte eine Nachricht am Telefon", "Nobody heard a message by telephone"),
        _PLACES,
        {
            "de": Wording(
                "{label}: niemand erreicht wegen einer Nachricht von {caller}",
                "Niemand war zu erreichen, um die neuen Nachrichten der Mailbox {mailbox} zu hören. "
                "Es wird nicht mehr angerufen.\n\nBezeichnung: {label}\nAnrufer: {caller}\n"
                "Eingegangen: {date}, {time} Uhr\nDauer: {seconds} s",
            ),
            "en": Wording(
                "{label}: nobody reached about a message from {caller}",
                "Nobody could be reached to hear the new messages of the mailbox {mailbox}. "
                "No further calls are made.\n\nLabel: {label}\nCaller: {caller}\n"
                "Left: {date}, {time}\nLength: {seconds} s",
            ),
        },
    ),
)
