"""Outbound permissions: where a tenant's calls may go, as an operator keeps it."""

from __future__ import annotations

from typing import Final

import attrs

from ..calls.number_class import NUMBER_KINDS, NumberClass
from ..rating.price_list import KIND_NAMES, country
from ..resources.resource import Resource
from ..schema import Label, a_line, setting

PERMISSION: Final = "outbound-permission"
ORDINARY: Final = "ordinary"
EVERY: Final = "every"
ORDINARY_KINDS: Final = frozenset({"fixed", "mobile", "voip", "freephone"})
"""What people call each other by; everything else must be named to be permitted."""


@attrs.frozen
class Destination:
    """Numbers of a country and a kind."""

    country: str = country(help=Label("Leer: jedes.", "Empty: every one."))
    number_kind: str = setting(
        "choice",
        "Art der Rufnummer",
        "Kind of number",
        default=ORDINARY,
        choices=(ORDINARY, *NUMBER_KINDS, EVERY),
        names=(
            Label("Festnetz, Mobilfunk, VoIP, kostenlose", "Fixed, mobile, VoIP, free of charge"),
            *(KIND_NAMES[one] for one in NUMBER_KINDS),
            Label("Wirklich jede", "Really every one"),
        ),
    )

    def covers(self, number: NumberClass) -> bool:
        """Whether a number of this class is among these."""
        kind = self.number_kind in (EVERY, number.kind)
        ordinary = self.number_kind == ORDINARY and number.kind in ORDINARY_KINDS
        return self.country in ("", number.country) and (kind or ordinary)


@attrs.frozen
class OutboundPermission(Resource):
    """Permits calls of a tenant to some numbers; what none permits is not dialled.

    ``until`` is the last day of the calls' own date in UTC. Without
    ``without_price`` a number must have a call rate as well.
    """

    kind = PERMISSION
    label = Label("Freigabe nach außen", "Outbound permission")
    plural = Label("Freigaben nach außen", "Outbound permissions")
    icon = "phone-outgoing"
    order = 639
    by_operator = True
    help = Label(
        "Was keine Freigabe erlaubt, wird nicht gewählt: nicht bei Weiterleitungen, nicht von Ruflisten, nicht vom "
        "Portal selbst. Telefone des Hauses und Notrufe brauchen keine.",
        "What no permission allows is not dialled: by no forward, no ring group, not by the portal itself. The "
        "house's own phones and emergency calls need none.",
    )
    name: str = setting("text", "Name", "Name", pattern=r"\S.{0,79}", shape=a_line(80, 1))
    destinations: tuple[Destination, ...] = setting(
        "rows", "Ziele", "Destinations", row=Destination, minimum=1, default=(Destination(country="DE"),)
    )
    without_price: bool = setting(
        "boolean",
        "Auch ohne Preis",
        "Without a price as well",
        default=False,
        help=Label(
            "Sonst wird nur gewählt, wofür es einen Gesprächstarif gibt.",
            "Else only what there is a call rate for is dialled.",
        ),
    )
    longest_minutes: int = setting(
        "integer",
        "Längstes Gespräch (Minuten)",
        "Longest talk (minutes)",
        default=120,
        minimum=0,
        maximum=10_080,
        help=Label(
            "Asterisk selbst beendet es, auch ohne das Portal. 0: ohne Grenze.",
            "Asterisk itself ends it, also without the portal. 0: without a limit.",
        ),
    )
    until: str = setting(
        "date", "Gilt bis", "Holds until", default="", help=Label("Der letzte Tag. Leer: ohne Ende.",
        "The last day. Empty: without end.")
    )  # fmt: skip

    def covers(self, number: NumberClass) -> bool:
        """Whether it permits a number of this class, on a day on which it holds."""
        return any(one.covers(number) for one in self.destinations)
