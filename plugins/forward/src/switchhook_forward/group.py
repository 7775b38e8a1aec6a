"""What administrators keep: groups of phones and numbers that are rung for the same callers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import attrs

from switchhook import Label, Problem, Resource, setting

from .whom import A_NAME

STRATEGIES: Final = ("parallel", "serial", "round-robin", "waves")


@attrs.frozen
class Member:
    """One phone or number of a group."""

    target: str = setting("target", "Telefon oder Rufnummer", "Phone or number")
    delay: int = setting(
        "integer",
        "Klingelt nach s (Wellen)",
        "Rings after s (waves)",
        default=0,
        minimum=0,
        maximum=170,
    )
    active: bool = setting("boolean", "Nimmt teil", "Takes part", default=True)


@attrs.frozen
class RingGroup(Resource):
    """Whom to ring, in which order, and how long."""

    kind = "ring-group"
    label = Label("Rufgruppe", "Ring group")
    plural = Label("Rufgruppen", "Ring groups")
    icon = "users"
    order = 320
    help = Label(
        "Telefone und Rufnummern, die für dieselben Anrufer klingeln: alle zugleich, nacheinander, reihum oder in Wellen.",
        "Phones and numbers that ring for the same callers: all together, one after the other, in turn, or in waves.",
    )

    name: str = setting("text", "Name", "Name", pattern=r"\S.{0,79}", shape=A_NAME)
    strategy: str = setting(
        "choice",
        "Reihenfolge",
        "Strategy",
        default="parallel",
        choices=STRATEGIES,
        names=(
            Label("alle zugleich", "all together"),
            Label("nacheinander", "one after the other"),
            Label("reihum: jeder Anruf beginnt beim Nächsten", "in turn: each call begins with the next one"),
            Label("in Wellen: jeder nach seiner Verzögerung", "in waves: each after its delay"),
        ),
    )
    ring: int = setting("integer", "Klingeldauer in s", "Ring time in s", default=25, minimum=3, maximum=180)
    skip_busy: bool = setting(
        "boolean", "Wer telefoniert, wird übergangen", "Leave out who is on the phone", default=True
    )
    members: tuple[Member, ...] = setting("rows", "Mitglieder", "Members", row=Member, default=())

    def odd(self) -> Iterable[tuple[str, Label]]:
        """L13: nobody takes part, or some do not."""
        away = [member.target for member in self.members if not member.active]
        if len(away) == len(self.members):
            yield (
                "L13",
                Label(
                    f"An der Rufgruppe {self.name!r} nimmt niemand teil; sie verbindet mit niemandem.",
                    f"nobody takes part in the ring group {self.name!r}; it connects with nobody",
                ),
            )
        elif away:
            yield (
                "L13",
                Label(
                    f"In der Rufgruppe {self.name!r} nehmen nicht teil: {', '.join(away)}.",
                    f"of the ring group {self.name!r} do not take part: {', '.join(away)}",
                ),
            )

    def check(self) -> Iterable[Problem]:
        """Nobody is in it twice, and a wave begins before the ringing ends."""
        for place, member in enumerate(self.members):
            if any(member.target == earlier.target for earlier in self.members[:place]):
                yield Problem(f"members[{place}].target", f"{member.target} is there twice")
            if self.strategy == "waves" and member.delay >= self.ring:
                yield Problem(f"members[{place}].delay", f"must be less than the ring time of {self.ring} s")
