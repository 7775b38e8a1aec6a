"""Price lists as administrators keep them: the list, and each of its rates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

import attrs

from ..calls.number_class import NUMBER_KINDS
from ..money import Money
from ..resources.resource import Resource
from ..schema import Label, Problem, a_line, setting

PRICE_LIST: Final = "price-list"
CALL_RATE: Final = "call-rate"
ANY: Final = "any"
_NAME: Final = r"\S.{0,79}"
AMOUNT: Final = r"[0-9]{1,6}([.,][0-9]{1,6})?"
AMOUNT_WORDS: Final = Label("ein Betrag wie 0,0125", "an amount such as 0.0125")
_LONGEST_TICK: Final = 3600
_NO_CURRENCY: Final = "XXX"  # as ISO 4217 has it
KIND_NAMES: Final = {
    "fixed": Label("Festnetz", "Fixed line"),
    "mobile": Label("Mobilfunk", "Mobile"),
    "voip": Label("VoIP", "VoIP"),
    "freephone": Label("Kostenlos für den Anrufer", "Free of charge for the caller"),
    "shared_cost": Label("Geteilte Kosten (0180, 0137)", "Shared cost (0180, 0137)"),
    "service": Label("Persönliche und firmenweite Nummern", "Personal and company-wide numbers"),
    "premium": Label("Mehrwertdienst und Auskunft", "Premium and directory enquiries"),
    "satellite": Label("Satellit", "Satellite"),
    "short_code": Label("Kurzwahl", "Short code"),
    "emergency": Label("Notruf", "Emergency"),
    "unknown": Label("Unbekannt", "Unknown"),
}


def country(help: Label | None = None) -> Any:  # noqa: A002 - as in setting
    """A setting that is a country as :func:`number_class` names it, empty for every one."""
    shape = Label("ein Land wie DE, 001 für keines", "a country such as DE, 001 for none")
    return setting("text", "Land", "Country", default="", pattern="[A-Z]{2}|001", shape=shape, help=help)


@attrs.frozen
class PriceList(Resource):
    """Prices in one currency for a time: what calls cost the tenant, or what it is paid for them.

    Of several that hold on the day a call begins, the one that began last
    counts. A call keeps the prices of its beginning.
    """

    kind = PRICE_LIST
    label = Label("Preisliste", "Price list")
    plural = Label("Preislisten", "Price lists")
    icon = "file-invoice"
    order = 640
    by_operator = True
    help = Label(
        "Gilt für Anrufe, die in ihrer Zeit beginnen; von mehreren zählt die, die zuletzt begann. Die Tarife stehen "
        "unter „Gesprächstarife“.",
        "Holds for calls that begin in its time; of several the one counts that began last. Its rates stand under "
        "“Call rates”.",
    )
    name: str = setting("text", "Name", "Name", pattern=_NAME, shape=a_line(80, 1))
    direction: str = setting(
        "choice",
        "Art",
        "Kind",
        choices=("cost", "payout"),
        default="cost",
        names=(Label("Kosten", "Costs"), Label("Auszahlung", "Payout")),
    )
    currency: str = setting(
        "text",
        "Währung",
        "Currency",
        default="EUR",
        pattern="[A-Z]{3}",
        shape=Label("eine Währung wie EUR", "a currency such as EUR"),
    )
    valid_from: str = setting("date", "Gültig ab", "Valid from")
    valid_until: str = setting(
        "date", "Gültig bis", "Valid until", default="", help=Label("Der letzte Tag. Leer: ohne Ende.",
        "The last day. Empty: without end.")
    )  # fmt: skip
    zone: str = setting("text", "Zeitzone", "Time zone", default="Europe/Berlin")

    def check(self) -> Iterable[Problem]:
        """A zone there is, and an end that is not before the beginning."""
        if self.zone not in available_timezones():
            yield Problem("zone", f"{self.zone!r} is no time zone; one is Europe/Berlin")
        if self.valid_until and self.valid_until < self.valid_from:
            yield Problem("valid_until", "lies before the first day of the list")

    @property
    def days(self) -> ZoneInfo:
        """Where its days begin and end."""
        return ZoneInfo(self.zone)


@attrs.frozen
class CallRate(Resource):
    """The price of calls to some numbers, in the currency of its list.

    The first ``first_seconds`` are charged whole once a call is answered, and
    then every ``next_seconds`` that have begun.
    """

    kind = CALL_RATE
    label = Label("Gesprächstarif", "Call rate")
    plural = Label("Gesprächstarife", "Call rates")
    icon = "receipt"
    order = 641
    by_operator = True
    columns = ("price_list", "prefix", "country", "number_kind", "per_minute", "per_call")
    help = Label(
        "Von mehreren Tarifen zählt der mit der längsten Vorwahl, dann der für ein Land, dann der für eine Art; "
        "sonst der teurere. Wofür es keinen Tarif gibt, das wird nur gewählt, wenn eine Freigabe ohne Preis auskommt.",
        "Of several rates the one with the longest prefix counts, then one for a country, then one for a kind; else "
        "the dearer. What there is no rate for is dialled only where a permission does without a price.",
    )
    name: str = setting("text", "Ziel", "Destination", pattern=_NAME, shape=a_line(80, 1))
    price_list: str = setting("reference", "Preisliste", "Price list", to=PRICE_LIST)
    prefix: str = setting(
        "text",
        "Vorwahl",
        "Prefix",
        default="",
        pattern=r"\+[1-9][0-9]{0,14}",
        shape=Label("der Anfang einer Rufnummer wie +4915", "the beginning of a number such as +4915"),
    )
    country: str = country()
    number_kind: str = setting(
        "choice",
        "Art der Rufnummer",
        "Kind of number",
        default=ANY,
        choices=(ANY, *NUMBER_KINDS),
        names=(Label("Jede", "Any"), *(KIND_NAMES[one] for one in NUMBER_KINDS)),
    )
    per_call: str = setting("text", "Je Anruf", "Per call", default="0", pattern=AMOUNT, shape=AMOUNT_WORDS)
    per_minute: str = setting("text", "Je Minute", "Per minute", default="0", pattern=AMOUNT, shape=AMOUNT_WORDS)
    first_seconds: int = setting(
        "integer", "Erster Takt (Sekunden)", "First tick (seconds)", default=60, minimum=1, maximum=_LONGEST_TICK
    )
    next_seconds: int = setting(
        "integer", "Weitere Takte (Sekunden)", "Further ticks (seconds)", default=60, minimum=1, maximum=_LONGEST_TICK
    )

    def check(self) -> Iterable[Problem]:
        """It must say which numbers it is for: a rate for everything would let anybody call anything."""
        if not (self.prefix or self.country or self.number_kind != ANY):
            yield Problem("prefix", "say for which numbers: a prefix, a country or a kind of number")

    def per_call_micro(self) -> int:
        """The price of a call in millionths."""
        return micro(self.per_call)

    def per_minute_micro(self) -> int:
        """The price of a minute in millionths."""
        return micro(self.per_minute)


def micro(amount: str) -> int:
    """An amount in millionths, exactly."""
    return Money.read(f"{amount} {_NO_CURRENCY}").micro
