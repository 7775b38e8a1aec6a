"""The module ``callthrough`` (Callthrough): from a call from anywhere to a call by the house's own lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from switchhook import Budget, Exit, Finding, Label, Module, Session, setting

from .account import money
from .closing import closed
from .dialling import Line
from .letting_in import Door


@attrs.frozen
class Callthrough(Module):
    """Lets the holder of one of the ``accounts`` in, gives a dial tone, and connects with the number dialled.

    Holders are known by the number they call from and prove it with their
    PIN; with ``asks`` they enter the number of their account as well. Who
    makes no entry within the dial tone, or dials what is busy, unreachable,
    refused or not allowed, is told so and may dial again, three times in all.
    """

    kind = "callthrough"
    label = Label("Callthrough", "Callthrough")
    help = Label("Wählton für Mitarbeiter, die von außen anrufen.", "A dial tone for staff who call from outside.")
    consumes_input = True
    exit_labels = {  # noqa: RUF012 - as every module says it
        "ended": Label("Gespräch beendet", "talk ended"),
        "denied": Label("Nicht zugelassen", "not let in"),
        "failed": Label("Nicht verbunden", "not connected"),
    }

    accounts: tuple[str, ...] = setting("references", "Konten", "Accounts", to="callthrough-account", default=())
    asks: bool = setting(
        "boolean",
        "Nach der Kontonummer fragen",
        "Ask for the number of the account",
        default=False,
        help=Label(
            "Sonst wird das Konto an der Rufnummer des Anrufers erkannt.",
            "Else the account is known by the caller's number.",
        ),
    )
    per_day: str = money("Budget aller Konten je Tag", "Budget of all accounts per day", "")
    ring: int = setting("integer", "Klingeldauer in s", "Ring time in s", default=45, minimum=5, maximum=180)
    between: float = setting(
        "seconds",
        "Wartezeit zwischen Ziffern",
        "Wait between digits",
        default=5.0,
        minimum=1,
        maximum=30,
        help=Label("Danach wird gewählt; die Taste # wählt sofort.", "Then it is dialled; the key # dials at once."),
    )
    tries: int = setting("integer", "Wahlversuche", "Tries to dial", default=3, minimum=1, maximum=3)

    def exits(self) -> tuple[str, ...]:
        """``ended`` after a talk, ``denied`` for who is not let in or has no money left, ``failed`` without a talk."""
        return ("ended", "denied", "failed")

    def lint(self) -> Iterator[Finding]:
        """Nobody who could be let in."""
        if not self.accounts:
            yield Finding(
                "callthrough-nobody",
                "error",
                "settings.accounts",
                "nobody is let in; name an account",
                german="Niemand wird zugelassen; nennen Sie ein Konto.",
            )

    async def run(self, session: Session) -> Exit:
        """Let in and connect; see the class."""
        if await closed(session):
            await session.play("stock/callthrough-closed")
            return Exit("denied", "callthrough is closed after too many wrong PINs")
        whose = await Door(self.accounts, self.asks, 3).let_in(session)
        if whose is None or whose.account is None:
            await session.play("stock/callthrough-denied")
            return Exit("denied", "the account or its PIN was not right, or it is locked")
        if not await session.admit(f"callthrough-{whose.id}", whose.account.at_once):
            await session.play("stock/callthrough-in-use")
            return Exit("denied", f"the account {whose.account.name} is in use already")
        session.note("let in", account=whose.id)
        line = Line(whose.id, whose.account, self._budgets(), self.ring, self.between, self.tries)
        return await line.serve(session)

    def _budgets(self) -> Sequence[Budget]:
        return [Budget.of("callthrough.all", self.per_day)] if self.per_day else []
