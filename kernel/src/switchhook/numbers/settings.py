"""What an administrator says of a number."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final, Literal, cast

import attrs

from ..resources.resource import Resource
from ..schema import Label, Problem, a_line, setting
from ..store.routing import Fallback, Number

NumberState = Literal["live", "not_live", "no_flow"]
"""``live``: its flow is published; ``not_live``: its flow is not; ``no_flow``: it leads to none."""
STATES: Final = ("live", "not_live", "no_flow")
KIND: Final = "number"


@attrs.frozen
class NumberSettings(Resource):
    """The fields of a number that can be changed; which number it is cannot."""

    kind = KIND
    label = Label("Rufnummer", "Number")
    plural = Label("Rufnummern & Dienste", "Numbers & services")
    name: str = setting(
        "text", "Bezeichnung", "Label", default="", pattern=r"[^\x00-\x1f\x7f]{0,120}", shape=a_line(120)
    )
    flow: str = setting(
        "reference",
        "Anrufablauf",
        "Call flow",
        to="flow",
        default="",
        help=Label("Gilt ab dem nächsten Anruf.", "Counts from the next call on."),
    )
    cost_centre: str = setting(
        "text", "Kostenstelle", "Cost centre", default="", pattern=r"[^\x00-\x1f\x7f]{0,40}", shape=a_line(40)
    )
    fallback: str = setting(
        "choice",
        "Wenn das Portal nicht antwortet",
        "When the portal does not answer",
        choices=("announce", "ring", "hangup"),
        names=(
            Label("Ansage", "Announce"),
            Label("Klingeln lassen, dann Ansage", "Ring, then announce"),
            Label("Auflegen", "Hang up"),
        ),
        default="announce",
    )
    target: str = setting(
        "target",
        "Ersatzziel",
        "Target that rings",
        default="",
        help=Label("Ein Telefon oder eine Rufnummer.", "A phone or a number."),
    )
    sound: str = setting(
        "prompt",
        "Ersatzansage",
        "Prompt that is announced",
        default="",
        help=Label("Leer: eine Entschuldigung.", "Empty: an apology."),
    )
    ring_seconds: int = setting("integer", "Klingeldauer (s)", "Seconds it rings", minimum=1, maximum=600, default=30)

    def check(self) -> Iterable[Problem]:
        """What rings needs to be named."""
        if self.fallback == "ring" and not self.target:
            yield Problem("target", "is missing: name the phone or number that rings")

    @classmethod
    def of(cls, number: Number) -> NumberSettings:
        """The fields of a number."""
        return cls(
            name=number.label,
            flow=number.flow,
            cost_centre=number.cost_centre,
            fallback=number.fallback.kind,
            target=number.fallback.target,
            sound=number.fallback.sound,
            ring_seconds=number.fallback.ring_seconds,
        )

    def on(self, number: Number) -> Number:
        """The number with these fields."""
        kind = cast(Literal["announce", "ring", "hangup"], self.fallback)
        fallback = Fallback(kind, self.target if kind == "ring" else "", self.sound, self.ring_seconds)
        return attrs.evolve(number, label=self.name, flow=self.flow, cost_centre=self.cost_centre, fallback=fallback)


@attrs.frozen
class NumberRecord:
    """A number with what lists show beside it. ``groups`` are ids and names, ``last_call`` is when it was called."""

    number: Number
    type: str = ""
    flow_label: str = ""
    state: NumberState = "no_flow"
    groups: tuple[tuple[str, str], ...] = ()
    last_call: datetime | None = None

    @property
    def kind(self) -> str:
        """``number``, as rights and the audit call it."""
        return KIND

    @property
    def id(self) -> str:
        """The number itself, canonical."""
        return self.number.e164

    @property
    def version(self) -> int:
        """Grows with every change."""
        return self.number.version

    @property
    def value(self) -> NumberSettings:
        """The fields that can be changed."""
        return NumberSettings.of(self.number)

    @property
    def title(self) -> str:
        """What people call it."""
        return self.number.label or self.number.e164
