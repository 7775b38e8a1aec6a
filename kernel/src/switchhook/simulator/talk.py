"""A simulated talk, from key to key."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from ..calls.in_call import InCallKey, InCallPressed
from .script import Party


@attrs.define
class SimulatedTalk:
    """A talk with whoever answered; codes that are not on are just heard by the caller."""

    party: Party
    taker: str
    limit: int
    keys: Sequence[InCallKey] = ()
    talked: float = 0.0
    limited: bool = False
    _presses: int = 0
    _answers: int = 0

    def go_on(self) -> InCallPressed | None:
        """Let time pass in ``talked`` to the next code that is on, or to the end."""
        limited = 0 < self.limit <= self.party.talk_seconds
        end = float(self.limit) if limited else self.party.talk_seconds
        while self._presses < len(self.party.presses):
            press = self.party.presses[self._presses]
            if press.after >= end:
                break
            self._presses += 1
            pressed = self._pressed(press.keys)
            if pressed is not None:
                self.talked = max(self.talked, press.after)
                return pressed
        self.talked, self.limited = end, limited
        return None

    def answer(self) -> str:
        """The keys the served party presses when it is asked for some."""
        if self._answers >= len(self.party.answers):
            return "wait"
        self._answers += 1
        return self.party.answers[self._answers - 1]

    def _pressed(self, keys: str) -> InCallPressed | None:
        for key in self.keys:
            if keys.startswith(key.code):
                after = keys.removeprefix(key.code).partition("#")[0]
                return InCallPressed(key.feature, after[: key.after])
        return None
