"""The module ``forward`` (Weiterleitung): connects the caller with somebody."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from switchhook import Exit, Finding, Label, Session, setting

from .connecting import Attempt, Connecting, odd_ring, own_first
from .whom import named_by, target


@attrs.frozen(field_transformer=own_first)
class Forward(Connecting):
    """Rings ``targets`` together, or one after the other, each for ``ring`` seconds.

    Those whom the call's ``variable`` names are rung as well, after the
    others. ``limit`` seconds of conversation are held by Asterisk itself, so
    they hold with the portal gone. ``caller_id`` says which number the called
    party sees: the caller's own, none, or a number given. With ``confirm``
    whoever answers must press a key, so that a mailbox does not take the call.
    Nobody else is dialled: who redirects the call has rejected it.
    """

    kind = "forward"
    label = Label("Weiterleitung", "Forward")
    help = Label("Verbindet mit Telefonen oder Rufnummern.", "Connects with phones or numbers.")

    targets: tuple[str, ...] = setting("targets", "Ziele", "Targets", default=())
    variable: str = setting(
        "text",
        "Ziel aus Variable",
        "Target from variable",
        default="",
        pattern=r"[a-z][a-z0-9_-]{0,39}",
        shape=Label("ein Name wie diversion", "a name such as diversion"),
        help=Label(
            "Name einer Variablen, die im Anruf ein Telefon oder eine Rufnummer nennt.",
            "Name of a variable that holds a phone or a number in this call.",
        ),
    )
    strategy: str = setting(
        "choice",
        "Reihenfolge",
        "Strategy",
        default="parallel",
        choices=("parallel", "serial"),
        names=(Label("alle zugleich", "all together"), Label("nacheinander", "one after the other")),
    )
    ring: int = setting("integer", "Klingeldauer in s", "Ring time in s", default=25, minimum=3, maximum=180)

    def lint(self) -> Iterator[Finding]:
        """Nobody to ring, ring times that are odd, and targets named twice."""
        yield from super().lint()
        yield from odd_ring(self.ring, "settings.ring")
        if not self.targets and not self.variable:
            yield Finding(
                "L13",
                "error",
                "settings.targets",
                "there is nobody to ring; name a phone, a number, or a variable that names one",
                german="Es gibt niemanden anzurufen; nennen Sie ein Telefon, eine Rufnummer oder eine Variable.",
            )
        for number, one in enumerate(self.targets):
            if one in self.targets[:number]:
                yield Finding(
                    "forward-twice",
                    "warning",
                    f"settings.targets[{number}]",
                    f"{one} is there twice",
                    german=f"{one} steht doppelt da.",
                )

    async def run(self, session: Session) -> Exit:
        """Connect; see the class."""
        targets = tuple(map(target, self.targets))
        if self.variable:
            more, trouble = named_by(session.variables, self.variable)
            targets = tuple(dict.fromkeys((*targets, *more)))
            if not targets:
                return Exit("unreachable", trouble)
            if trouble:
                session.note(trouble)
        together = [targets] if self.strategy == "parallel" else [(one,) for one in targets]
        way, _ = await self.connect(session, [Attempt(some, self.ring) for some in together])
        return way
