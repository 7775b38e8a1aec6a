"""The module ``hang-up`` (Beenden): ends the call, and tells the network why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from switchhook import CallEnded, Exit, Label, Module, Session, setting

CAUSES: Final[Mapping[str, int]] = {
    "normal": 16,
    "busy": 17,
    "rejected": 21,
    "unallocated": 1,
    "unavailable": 20,
}  # Q.850
BUSY_TONE: Final = "stock/busy-tone"
TURNS: Final = 6


@attrs.frozen
class HangUp(Module):
    """Plays ``prompt``, if one is given, and ends the call with ``cause``.

    A caller who was not answered hears of the cause by his own network, such
    as a busy tone; one who was, by ``tone``. The prompt answers, unless it is
    played ``early``.
    """

    kind = "hang-up"
    label = Label("Beenden", "Hang up")
    help = Label("Beendet den Anruf mit einem Grund.", "Ends the call with a cause.")

    cause: str = setting(
        "choice",
        "Grund für das Netz",
        "Cause for the network",
        default="normal",
        choices=tuple(CAUSES),
        names=(
            Label("normal", "normal"),
            Label("besetzt", "busy"),
            Label("abgelehnt", "rejected"),
            Label("kein Anschluss unter dieser Nummer", "no such number"),
            Label("nicht erreichbar", "not reachable"),
        ),
    )
    prompt: str = setting("prompt", "Ansage", "Prompt", default="")
    early: bool = setting("boolean", "Ansage vor dem Annehmen", "Prompt before answering", default=False)
    tone: bool = setting(
        "boolean", "Besetztton, wenn angenommen wurde", "Busy tone for a call that was answered", default=False
    )

    def exits(self) -> tuple[str, ...]:
        """None: the call is over."""
        return ()

    async def run(self, session: Session) -> Exit:
        """End the call; see the class."""
        if self.prompt:
            await session.play(self.prompt, early=self.early)
        if self.tone and session.answered:
            await session.play(*[BUSY_TONE] * TURNS)
        await session.hang_up(CAUSES[self.cause])
        raise CallEnded("the flow has hung up")
