"""The resource ``mailbox`` (Mailbox): a greeting, where messages are told of, and who may hear them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import attrs

from switchhook import Label, Problem, Resource, setting

_ADDRESS: Final = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]{1,189}")
_UPWARDS: Final = "01234567890"


@attrs.frozen
class Mailbox(Resource):
    """Where callers leave messages.

    ``numbers`` are those it belongs to: a right over some numbers goes over
    the mailboxes that belong to them. ``mail_to`` get each message by mail;
    with ``after_mail`` ``delete`` it is deleted once a mail server took the
    mail to each of them. ``call_targets`` are rung one after the other, in
    ``call_tries`` rounds, until somebody heard the messages.
    """

    kind = "mailbox"
    label = Label("Mailbox", "Mailbox")
    plural = Label("Mailboxen", "Mailboxes")
    help = Label(
        "Nimmt Nachrichten von Anrufern auf, sendet sie als Mail und meldet sie per Anruf.",
        "Takes messages of callers, mails them, and rings somebody about them.",
    )
    icon = "inbox"
    order = 120

    name: str = setting(
        "text",
        "Name",
        "Name",
        pattern=r"\S.{0,79}",
        shape=Label("eine Zeile mit 1 bis 80 Zeichen", "one line of 1 to 80 characters"),
    )
    numbers: tuple[str, ...] = setting(
        "references",
        "Gehört zu den Rufnummern",
        "Belongs to the numbers",
        to="number",
        default=(),
        help=Label(
            "Wer ein Recht nur über diese Rufnummern hat, hat es auch über diese Mailbox.",
            "Who has a right over these numbers only, has it over this mailbox as well.",
        ),
    )
    greeting: str = setting("prompt", "Begrüßung", "Greeting", default="stock/mailbox-greeting")
    longest: int = setting(
        "integer", "Längste Nachricht in s", "Longest message in s", default=180, minimum=3, maximum=1800
    )
    first_silence: float = setting(
        "seconds",
        "Stille am Anfang bis zum Auflegen in s",
        "Silence at the beginning that ends it in s",
        default=5.0,
        minimum=1,
        maximum=60,
        help=Label(
            "Wer so lange nichts sagt, hinterlässt keine Nachricht.",
            "Who says nothing for so long leaves no message.",
        ),
    )
    last_silence: float = setting(
        "seconds",
        "Stille, die die Nachricht beendet, in s",
        "Silence that ends a message in s",
        default=4.0,
        minimum=1,
        maximum=60,
    )
    pin: str = setting(
        "text",
        "PIN der Fernabfrage",
        "PIN of remote access",
        default="",
        pattern=r"([0-9]{4,12})?",
        shape=Label("4 bis 12 Ziffern", "4 to 12 digits"),
        secret=True,
        help=Label("Ohne PIN gibt es keine Fernabfrage.", "Without a PIN there is no remote access."),
    )
    mail_to: tuple[str, ...] = setting("words", "Mail an", "Mail to", default=(), maximum=20)
    mail_language: str = setting(
        "choice",
        "Sprache der Mails",
        "Language of mails",
        default="de",
        choices=("de", "en"),
        names=(Label("Deutsch", "German"), Label("Englisch", "English")),
    )
    after_mail: str = setting(
        "choice",
        "Nach dem Versand",
        "After the mail",
        default="keep",
        choices=("keep", "delete"),
        names=(Label("Nachricht behalten", "keep the message"), Label("Nachricht löschen", "delete the message")),
        help=Label(
            "Gelöscht wird erst, wenn der Mailserver jede Mail angenommen hat, und nie, wenn er eine abwies.",
            "It is deleted once the mail server took each mail, and never when it refused one.",
        ),
    )
    call_targets: tuple[str, ...] = setting(
        "targets", "Benachrichtigung per Anruf an", "Ring about messages", default=()
    )
    call_confirm: str = setting(
        "choice",
        "Anruf bestätigen mit",
        "Confirmed by",
        default="key",
        choices=("key", "pin"),
        names=(Label("Taste 1", "key 1"), Label("PIN", "PIN")),
        help=Label(
            "Damit keine fremde Mailbox die Nachricht anhört.", "So that no other mailbox listens to the message."
        ),
    )
    call_tries: int = setting("integer", "Anrufversuche", "Tries to ring", default=3, minimum=1, maximum=10)
    call_pause: int = setting(
        "integer",
        "Pause nach dem ersten Versuch in min",
        "Pause after the first try in min",
        default=5,
        minimum=1,
        maximum=240,
        help=Label("Nach jedem weiteren doppelt so lange.", "Twice as long after each further one."),
    )
    call_from: str = setting("time", "Anrufe ab", "Rings from", default="00:00")
    call_until: str = setting("time", "Anrufe bis", "Rings until", default="24:00")
    lamps: tuple[str, ...] = setting("targets", "Nachrichtenlampe an Telefonen", "Message lamp on phones", default=())
    zone: str = setting("text", "Zeitzone", "Time zone", default="Europe/Berlin")

    def check(self) -> Iterable[Problem]:
        """What is wrong with fields taken together."""
        yield from self._addresses()
        if self.pin and trivial(self.pin):
            yield Problem("pin", "is too easy to guess; do not repeat one digit or count")
        if self.after_mail == "delete" and not self.mail_to:
            yield Problem("after_mail", "deletes after the mail, but the mailbox has no mail recipient")
        if self.call_confirm == "pin" and self.call_targets and not self.pin:
            yield Problem("call_confirm", "asks for the PIN, but the mailbox has none")
        if self.call_from >= self.call_until:
            yield Problem("call_until", f"must be later than {self.call_from}")
        for place, phone in enumerate(self.lamps):
            if phone.startswith("+"):
                yield Problem(f"lamps[{place}]", f"{phone} is a number; only own phones have a lamp")
        if not _is_zone(self.zone):
            yield Problem("zone", f"there is no time zone {self.zone!r}; one is Europe/Berlin")

    def _addresses(self) -> Iterator[Problem]:
        for place, address in enumerate(self.mail_to):
            if not _ADDRESS.fullmatch(address):
                yield Problem(f"mail_to[{place}]", f"{address!r} is no mail address such as kim@example.org")


def trivial(pin: str) -> bool:
    """Whether a PIN is one digit over and over, or digits counted upwards or downwards."""
    return len(set(pin)) == 1 or pin in _UPWARDS or pin in _UPWARDS[::-1]


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
