"""Numbers a tenant does not have here but may show: an operator saw that they are its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

import attrs

from ..calls.number_class import number_class
from ..resources.resource import Resource
from ..schema import Label, Problem, a_line, setting

VERIFIED: Final = "verified-number"
NEVER_SHOWN: Final = frozenset({"premium", "shared_cost", "service", "satellite", "short_code", "emergency"})
"""Kinds of numbers nobody may be called from: who calls back would pay for it."""


@attrs.frozen
class VerifiedNumber(Resource):
    """A number of another carrier that a tenant may show. ``until`` is the last day of the calls' own date in UTC."""

    kind = VERIFIED
    label = Label("Geprüfte Rufnummer", "Verified number")
    plural = Label("Geprüfte Rufnummern", "Verified numbers")
    icon = "shield-check"
    order = 642
    by_operator = True
    columns = ("number", "proof", "until")
    help = Label(
        "Eine Rufnummer, die der Mandant anderswo hat und bei Anrufen anzeigen darf. Prüfen Sie vorher, dass sie ihm "
        "gehört, und schreiben Sie auf, wie.",
        "A number the tenant has elsewhere and may show when it calls. See before that it is the tenant's, and write "
        "down how.",
    )
    name: str = setting("text", "Name", "Name", pattern=r"\S.{0,79}", shape=a_line(80, 1))
    number: str = setting("number", "Rufnummer", "Number")
    proof: str = setting(
        "text",
        "Wodurch geprüft",
        "Verified by",
        pattern=r"\S.{0,199}",
        shape=a_line(200, 1),
        help=Label("Etwa: Rückruf am 3. März, Rechnung des Anbieters.", "Such as: called back on 3 March, its bill."),
    )
    until: str = setting(
        "date", "Gilt bis", "Holds until", default="", help=Label("Der letzte Tag. Leer: ohne Ende.",
        "The last day. Empty: without end.")
    )  # fmt: skip

    def check(self) -> Iterable[Problem]:
        """It must be a number people call each other by."""
        if number_class(self.number).kind in NEVER_SHOWN:
            yield Problem("number", "cannot be shown: who calls it back pays more than for a call")

    def holds(self, day: date) -> bool:
        """Whether it may be shown on a day."""
        return not self.until or day.isoformat() <= self.until
