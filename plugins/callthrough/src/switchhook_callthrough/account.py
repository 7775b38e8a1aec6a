"""The resource ``callthrough-account`` (Callthrough-Konto): who may call by the house's lines, whereto, and for how much."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

import attrs

from switchhook import Budget, Call, Label, Problem, Resource, number_class, setting

SHORTEST: Final = 6
"""Digits of a PIN: a caller's number can be forged, so the PIN is what protects an account."""
ORDINARY: Final = frozenset({"fixed", "mobile", "voip", "freephone"})
_AMOUNT: Final = r"([0-9]{1,9}([.,][0-9]{1,6})?)?"
_AMOUNT_SHAPE: Final = Label("ein Betrag wie 5,00", "an amount such as 5.00")
_COUNTRY: Final = re.compile(r"[A-Z]{2}|001")
_ROWS: Final = "01234567890 09876543210"


def money(de: str, en: str, default: str) -> str:
    """A setting that is an amount of money, empty for no bound."""
    nothing = Label("Leer: ohne eigene Grenze.", "Empty: without a limit of its own.")
    found: str = setting("text", de, en, default=default, pattern=_AMOUNT, shape=_AMOUNT_SHAPE, help=nothing)
    return found


@attrs.frozen
class AllowedCaller:
    """A number the account's holder calls from."""

    number: str = setting("number", "Rufnummer", "Number")
    note: str = setting("text", "Notiz", "Note", default="")


@attrs.frozen
class CallthroughAccount(Resource):
    """One person's callthrough. Give it an id of digits, such as ``4711``, where callers are asked for its number.

    It is off until it is switched on, and ends after the day ``until``.
    Whereto narrows what the tenant may call at all and never widens it.
    """

    kind = "callthrough-account"
    label = Label("Callthrough-Konto", "Callthrough account")
    plural = Label("Callthrough-Konten", "Callthrough accounts")
    help = Label(
        "Mitarbeiter rufen eine eigene Rufnummer an und telefonieren von dort über die Leitungen des Hauses weiter.",
        "Staff call one of the house's numbers and go on from there by the house's own lines.",
    )
    icon = "phone-outgoing"
    order = 128
    columns = ("name", "active", "until", "per_day")

    name: str = setting(
        "text",
        "Name",
        "Name",
        pattern=r"\S.{0,79}",
        shape=Label("eine Zeile mit 1 bis 80 Zeichen", "one line of 1 to 80 characters"),
    )
    active: bool = setting("boolean", "Eingeschaltet", "Switched on", default=False)
    until: str = setting("date", "Gilt bis", "Holds until", default="", help=Label("Der letzte Tag.", "The last day."))
    callers: tuple[AllowedCaller, ...] = setting(
        "rows",
        "Erlaubte Anrufer",
        "Allowed callers",
        row=AllowedCaller,
        default=(),
        help=Label(
            "Von diesen Rufnummern wird das Konto erkannt. Leer: von überall, mit Kontonummer und PIN.",
            "The account is known by these numbers. Empty: from anywhere, by its number and PIN.",
        ),
    )
    pin: str = setting(
        "text",
        "PIN",
        "PIN",
        default="",
        pattern=r"([0-9]{6,12})?",
        shape=Label("6 bis 12 Ziffern", "6 to 12 digits"),
        secret=True,
    )
    without_pin: bool = setting(
        "boolean",
        "Ohne PIN",
        "Without a PIN",
        default=False,
        help=Label(
            "Die Rufnummer allein genügt dann. Rufnummern lassen sich fälschen: Andere können auf Ihre Kosten anrufen.",
            "The number alone is enough then. Numbers can be forged: others may call at your expense.",
        ),
    )
    countries: tuple[str, ...] = setting(
        "words",
        "Erlaubte Länder",
        "Allowed countries",
        default=("DE",),
        help=Label(
            "Kürzel wie DE, AT. Nur Länder, in die auch Ihre Freigaben nach außen führen.",
            "Codes such as DE, AT. Only countries that your outbound permissions lead to as well.",
        ),
    )
    shows: str = setting(
        "choice",
        "Angezeigte Rufnummer",
        "Number shown",
        default="configured",
        choices=("configured", "own", "suppressed"),
        names=(
            Label("eine eigene Rufnummer des Hauses", "a number of the house"),
            Label("die des Anrufers, wenn sie oben steht", "the caller's own, if it stands above"),
            Label("keine", "none"),
        ),
    )
    caller_id: str = setting(
        "reference",
        "Rufnummer des Hauses",
        "Number of the house",
        to="number",
        default="",
        help=Label("Leer: die angerufene.", "Empty: the one that was called."),
    )
    longest_minutes: int = setting(
        "integer", "Höchstdauer in min", "Longest talk in min", default=60, minimum=1, maximum=600
    )
    per_day: str = money("Budget je Tag", "Budget per day", "5.00")
    per_month: str = money("Budget je Monat", "Budget per month", "")
    at_once: int = setting(
        "integer", "Gleichzeitige Gespräche", "Calls at the same time", default=1, minimum=1, maximum=20
    )

    def check(self) -> Iterator[Problem]:
        """What is wrong with fields taken together. No problem tells a PIN."""
        if self.pin and trivial(self.pin):
            yield Problem("pin", "is too easy to guess; do not repeat digits or count")
        if self.active and not self.until:
            yield Problem("until", "an account that is switched on needs a last day")
        if self.active and not self.pin and not self.without_pin:
            yield Problem("pin", "an account that is switched on needs a PIN of 6 digits or more")
        if self.without_pin and not self.callers:
            yield Problem("without_pin", "without a PIN and without allowed callers everybody could call")
        for place, one in enumerate(self.countries):
            if not _COUNTRY.fullmatch(one):
                yield Problem(f"countries[{place}]", f"{one!r} is no country; one is DE")
        if not self.countries:
            yield Problem("countries", "there is no country to call to; one is DE")

    def odd_at(self, now: datetime, changed: datetime) -> Iterable[tuple[str, Label]]:
        """An account by which nobody can call, and one by which somebody else can."""
        name = self.name
        if not self.active:
            yield "callthrough-off", Label(f"Das Callthrough-Konto {name!r} ist aus.", f"the account {name!r} is off")
        elif self.ended(now):
            yield (
                "callthrough-ended",
                Label(
                    f"Das Callthrough-Konto {name!r} galt bis {self.until}.",
                    f"the account {name!r} held until {self.until}",
                ),
            )
        if self.without_pin:
            yield (
                "callthrough-open",
                Label(
                    f"Für das Callthrough-Konto {name!r} genügt eine Rufnummer, und die lässt sich fälschen.",
                    f"for the account {name!r} a number is enough, and a number can be forged",
                ),
            )

    def ended(self, now: datetime) -> bool:
        """Whether its last day is over, in UTC."""
        return bool(self.until) and now.date().isoformat() > self.until

    def why_not(self, now: datetime) -> str:
        """Why nobody may call by it at a moment, in words; empty, and they may."""
        if not self.active:
            return f"the account {self.name} is off"
        return f"the account {self.name} held until {self.until}" if self.ended(now) else ""

    def knows(self, number: str) -> bool:
        """Whether a number the network gave is among the allowed callers."""
        return bool(number) and number in {one.number for one in self.callers}

    def leads_to(self, number: str) -> bool:
        """Whether a canonical number is in an allowed country and none with a price of its own."""
        found = number_class(number)
        return found.country in self.countries and found.kind in ORDINARY

    def shown_for(self, call: Call) -> str:
        """What the called party sees, as ``DialPlan`` wants it."""
        if self.shows == "suppressed":
            return "anonymous"
        if self.shows == "own" and self.knows(call.caller.number):
            return ""
        number = self.caller_id or call.number
        return number if number.startswith("+") else "anonymous"

    def budgets(self, id: str) -> Sequence[Budget]:  # noqa: A002 - the domain's own word
        """What its calls may cost together."""
        found = []
        if self.per_day:
            found.append(Budget.of(f"callthrough.account.{id}", self.per_day, "day"))
        if self.per_month:
            found.append(Budget.of(f"callthrough.account.{id}.month", self.per_month, "month"))
        return found


def trivial(pin: str) -> bool:
    """Whether a PIN is among the first that somebody tries: one digit again and again, a row, or a pair repeated."""
    return len(set(pin)) == 1 or pin in _ROWS or (len(pin) % 2 == 0 and pin == pin[:2] * (len(pin) // 2))
