"""The module ``forward`` (Weiterleitung): connects the caller with somebody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import attrs

from switchhook import (
    DialPlan,
    DialResult,
    Exit,
    Finding,
    Label,
    LegRefused,
    Module,
    Reference,
    Session,
    Target,
    setting,
)

SHORTEST_SENSIBLE_RING: Final = 10
REDIRECTED: Final = 23  # Q.850 redirection to new destination
_WHY: Final = {
    "busy": "busy",
    "no_answer": "no answer",
    "unreachable": "not reachable",
    "rejected": "call rejected",
    "failed": "the network failed",
}


@attrs.frozen
class Forward(Module):
    """Rings ``targets`` together, or one after the other, each for ``ring`` seconds.

    ``limit`` seconds of conversation are held by Asterisk itself, so they hold
    with the portal gone. ``caller_id`` says which number the called party
    sees: the caller's own, none, or a number given. With ``confirm`` whoever
    answers must press 1, so that a mailbox does not take the call. Nobody is
    dialled but ``targets``: who redirects the call has rejected it.
    """

    kind = "forward"
    label = Label("Weiterleitung", "Forward")
    help = Label("Verbindet mit Telefonen oder Rufnummern.", "Connects with phones or numbers.")

    targets: tuple[str, ...] = setting("targets", "Ziele", "Targets", minimum=1)
    strategy: str = setting("choice", "Reihenfolge", "Strategy", default="parallel", choices=("parallel", "serial"))
    ring: int = setting("integer", "Klingeldauer in s", "Ring time in s", default=25, minimum=3, maximum=180)
    limit: int = setting(
        "integer", "Höchstdauer in s, 0 ohne", "Longest talk in s, 0 for none", default=0, minimum=0, maximum=86400
    )
    caller_id: str = setting(
        "text",
        "Angezeigte Nummer",
        "Number shown",
        default="caller",
        pattern=r"caller|anonymous|\+[1-9][0-9]{3,14}",
        shape=Label(
            "caller, anonymous oder eine Rufnummer wie +4922112345", "caller, anonymous or a number such as +4922112345"
        ),
    )
    confirm: str = setting("prompt", "Bestätigungsansage", "Confirmation prompt", default="")

    def exits(self) -> tuple[str, ...]:
        """How the last attempt ended; ``limit`` only with a longest talk."""
        ended = ("answered_end", "busy", "no_answer", "unreachable", "rejected")
        return (*ended, "limit") if self.limit else ended

    def references(self) -> Iterator[Reference]:
        """Targets and the confirmation prompt."""
        for number, target in enumerate(self.targets):
            kind = _target(target).kind
            yield Reference(kind, target, f"settings.targets[{number}]")
        if self.confirm:
            yield Reference("prompt", self.confirm, "settings.confirm")

    def lint(self) -> Iterator[Finding]:
        """Ring times nobody can reach a phone in, and targets named twice."""
        if self.ring < SHORTEST_SENSIBLE_RING:
            yield Finding(
                "L15",
                "warning",
                "settings.ring",
                f"{self.ring} s are short to reach a phone; 10 or more are usual",
                german=f"{self.ring} s sind kurz, um ein Telefon zu erreichen; üblich sind 10 und mehr.",
            )
        for number, target in enumerate(self.targets):
            if target in self.targets[:number]:
                yield Finding(
                    "forward-twice",
                    "warning",
                    f"settings.targets[{number}]",
                    f"{target} is there twice",
                    german=f"{target} steht doppelt da.",
                )

    async def run(self, session: Session) -> Exit:
        """Connect; see the class."""
        targets = tuple(map(_target, self.targets))
        rounds = [targets] if self.strategy == "parallel" else [(target,) for target in targets]
        way, tried = Exit("unreachable"), []
        for together in rounds:
            way = await self._try(session, together)
            if way.name in {"answered_end", "limit"}:
                return way
            tried.append(way.why)
        return attrs.evolve(way, why="; ".join(tried))

    async def _try(self, session: Session, targets: tuple[Target, ...]) -> Exit:
        plan = DialPlan(
            targets,
            ring_seconds=self.ring,
            limit_seconds=self.limit,
            caller_id="" if self.caller_id == "caller" else self.caller_id,
            confirm=self.confirm,
        )
        try:
            return self._exit(await session.dial(plan), targets)
        except LegRefused as refusal:
            return Exit("rejected", f"{_names(targets)}: not allowed, {refusal}")

    def _exit(self, result: DialResult, targets: tuple[Target, ...]) -> Exit:
        if result.status != "answered":
            name = "unreachable" if result.status == "failed" else result.status
            why = "redirected the call, which is not followed" if result.cause == REDIRECTED else _WHY[result.status]
            return Exit(name, f"{_names(targets)}: {why}")
        why = f"{result.answered_by or _names(targets)} talked {result.talk_seconds:.0f} s"
        if not result.limit_reached:
            return Exit("answered_end", why)
        # A limit that a guard set has no exit here: for this module the conversation just ended.
        return Exit("limit" if self.limit else "answered_end", f"{why}, the longest talk allowed")


def _names(targets: tuple[Target, ...]) -> str:
    return ", ".join(map(str, targets))


def _target(text: str) -> Target:
    return Target("number" if text.startswith("+") else "phone", text)
