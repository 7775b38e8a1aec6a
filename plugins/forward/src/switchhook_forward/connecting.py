"""What all modules that connect a caller have in common: what is heard, what is shown, and how attempts end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import Any, Final

import attrs

from switchhook import DialPlan, DialResult, Exit, Finding, Label, LegRefused, Module, Session, Target, setting

from .whom import names

SHORTEST_SENSIBLE_RING: Final = 10
LONGEST_SENSIBLE_RING: Final = 120
REDIRECTED: Final = 23  # Q.850 redirection to new destination
KEYS: Final = tuple("1234567890*#")
ENDED: Final = frozenset({"answered_end", "limit"})
_WHY: Final = {
    "busy": "busy",
    "no_answer": "no answer",
    "unreachable": "not reachable",
    "rejected": "call rejected",
    "declined_by_key": "declined by key",
    "failed": "the network failed",
}


def own_first(_: type, fields: list[attrs.Attribute[Any]]) -> list[attrs.Attribute[Any]]:
    """A module's own settings before those all have: a form begins with whom to call."""
    return sorted(fields, key=lambda field: bool(getattr(field, "inherited", False)))


@attrs.frozen
class Attempt:
    """Who rings together, how long, and for each the seconds after which it begins."""

    targets: tuple[Target, ...]
    ring: int
    delays: tuple[int, ...] = ()


@attrs.frozen
class Connecting(Module):
    """The base of the modules that ring somebody.

    ``intro`` is heard before it rings, ``waiting`` while it rings instead of
    the ringing tone, ``outro`` by the caller after the conversation.
    ``whisper`` is heard by whoever answers, and so is ``confirm``, who must
    press ``accept`` to be connected and may press ``decline``.
    """

    exit_labels = MappingProxyType(
        {
            "all_busy": Label("Alle besetzt", "all busy"),
            "nobody_available": Label("Niemand erreichbar", "nobody available"),
        }
    )

    intro: str = setting("prompt", "Ansage vor dem Klingeln", "Prompt before it rings", default="")
    waiting: str = setting(
        "prompt",
        "Warteansage statt Klingelton",
        "Prompt while it rings",
        default="",
        help=Label(
            "Der Anrufer hört sie immer wieder, bis jemand annimmt; der Anruf beginnt damit.",
            "The caller hears it again and again until somebody answers; the call is answered for it.",
        ),
    )
    outro: str = setting("prompt", "Ansage nach dem Gespräch", "Prompt after the conversation", default="")
    whisper: str = setting(
        "prompt", "Ansage nur für den Angerufenen", "Prompt for whoever answers, before the caller is heard", default=""
    )
    confirm: str = setting("prompt", "Bestätigungsansage", "Confirmation prompt", default="")
    accept: str = setting("choice", "Taste zum Annehmen", "Key that takes the call", default="1", choices=KEYS)
    decline: str = setting(
        "choice",
        "Taste zum Ablehnen",
        "Key that declines it",
        default="",
        choices=("", *KEYS),
        names=(Label("keine", "none"), *(Label(key, key) for key in KEYS)),
    )
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

    in_call: bool = setting(
        "boolean",
        "Zusatzfunktionen im Gespräch",
        "In-call keys",
        default=True,
        help=Label(
            "Der Angerufene darf die Tastencodes der Zusatzfunktionen drücken.",
            "Whoever takes the call may press the codes of in-call features.",
        ),
    )

    def exits(self) -> tuple[str, ...]:
        """How the last attempt ended; some only with settings that make them possible."""
        ended = ("answered_end", "busy", "no_answer", "unreachable", "rejected")
        declined = ("declined_by_key",) if self.confirm and self.decline else ()
        return (*ended, *declined, "limit") if self.limit else (*ended, *declined)

    def lint(self) -> Iterator[Finding]:
        """Keys that contradict each other."""
        if self.confirm and self.accept == self.decline:
            yield Finding(
                "forward-keys",
                "error",
                "settings.decline",
                f"the key {self.accept} cannot take and decline the call",
                german=f"Die Taste {self.accept} kann nicht zugleich annehmen und ablehnen.",
            )
        if self.decline and not self.confirm:
            yield Finding(
                "forward-keys",
                "warning",
                "settings.decline",
                "nobody is asked for a key without a confirmation prompt",
                german="Ohne Bestätigungsansage wird niemand nach einer Taste gefragt.",
            )

    async def connect(self, session: Session, attempts: Sequence[Attempt]) -> tuple[Exit, list[Exit]]:
        """Try one after the other until somebody talks; how the last one ended, telling of each, and all of them."""
        await self._before(session)
        tried: list[Exit] = []
        for attempt in attempts:
            tried.append(await self._try(session, attempt))
            if tried[-1].name in ENDED:
                if self.outro and tried[-1].name == "answered_end":
                    await session.play(self.outro)
                return tried[-1], tried
        return attrs.evolve(tried[-1], why="; ".join(one.why for one in tried)), tried

    async def _before(self, session: Session) -> None:
        if self.intro:
            await session.play(self.intro)
        if self.waiting and not session.answered:
            await session.answer()  # many networks let nothing be heard before the answer

    async def _try(self, session: Session, attempt: Attempt) -> Exit:
        plan = DialPlan(
            attempt.targets,
            ring_seconds=attempt.ring,
            limit_seconds=self.limit,
            caller_id="" if self.caller_id == "caller" else self.caller_id,
            confirm=self.confirm,
            accept=self.accept,
            decline=self.decline if self.confirm else "",
            whisper=self.whisper,
            waiting=self.waiting,
            in_call=self.in_call,
            delays=attempt.delays,
        )
        try:
            return self._exit(await session.dial(plan), attempt.targets)
        except LegRefused as refusal:
            return Exit("rejected", f"{names(attempt.targets)}: not allowed, {refusal}")

    def _exit(self, result: DialResult, targets: tuple[Target, ...]) -> Exit:
        if result.status != "answered":
            name = "unreachable" if result.status == "failed" else result.status
            why = "redirected the call, which is not followed" if result.cause == REDIRECTED else _WHY[result.status]
            return Exit(name, f"{names(targets)}: {why}")
        why = f"{result.answered_by or names(targets)} talked {result.talk_seconds:.0f} s"
        if not result.limit_reached:
            return Exit("answered_end", why)
        # A limit that a guard set has no exit here: for this module the conversation just ended.
        return Exit("limit" if self.limit else "answered_end", f"{why}, the longest talk allowed")


def odd_ring(ring: int, path: str) -> Iterator[Finding]:
    """L15: ring times nobody can reach a phone in, or no network lets ring."""
    if ring < SHORTEST_SENSIBLE_RING:
        yield Finding(
            "L15",
            "warning",
            path,
            f"{ring} s are short to reach a phone; 10 or more are usual",
            german=f"{ring} s sind kurz, um ein Telefon zu erreichen; üblich sind 10 und mehr.",
        )
    if ring > LONGEST_SENSIBLE_RING:
        yield Finding(
            "L15",
            "warning",
            path,
            f"many networks let nothing ring for {ring} s; give at most 120",
            german=f"Viele Netze lassen nichts {ring} s lang klingeln; geben Sie höchstens 120.",
        )
