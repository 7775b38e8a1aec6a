"""From the dial tone to the talk: what is dialled, whether it may be, and what the caller is told of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from switchhook import (
    Budget,
    DialPlan,
    DialResult,
    Exit,
    LegRefused,
    Listen,
    MoneyUsedUp,
    NumberRefused,
    Session,
    Target,
    classify,
)

from .account import CallthroughAccount

TONE: Final = "stock/dial-tone"
AFTER_TONE: Final = 0.5
"""Seconds after the end of the dial tone for which a first digit still counts."""
_TOLD: Final[Mapping[str, tuple[str, str]]] = {
    "busy": ("stock/busy", "is busy"),
    "no_answer": ("stock/callthrough-no-answer", "does not answer"),
    "unreachable": ("stock/callthrough-unreachable", "cannot be reached"),
    "failed": ("stock/callthrough-unreachable", "cannot be reached"),
    "rejected": ("stock/callthrough-rejected", "rejects the call"),
    "declined_by_key": ("stock/callthrough-rejected", "rejects the call"),
}
"""What a caller hears of a leg nobody talked on, and how the course says it."""


@attrs.frozen
class Failed:
    """A try that led to no talk: what the caller is told, and the reason for the call's course."""

    prompt: str
    why: str


@attrs.frozen
class Line:
    """The line a caller who was let in dials on."""

    id: str
    account: CallthroughAccount
    budgets: Sequence[Budget]
    ring: int
    between: float
    tries: int

    async def serve(self, session: Session) -> Exit:
        """Dial tone, number, talk; again after a failure, ``tries`` times at most."""
        listen, failed = Listen(20, AFTER_TONE, self.between, "#"), list[Failed]()
        for _ in range(self.tries):
            before = (failed[-1].prompt,) if failed else ()
            dialled = (await session.read(*before, TONE, listen=listen)).pressed
            done = await self._try(session, dialled)
            if isinstance(done, Exit):
                return done
            session.note(done.why)
            failed.append(done)
        await session.play(failed[-1].prompt)
        return Exit("failed", "; ".join(one.why for one in failed))

    async def _try(self, session: Session, dialled: str) -> Exit | Failed:
        try:
            plan = self._plan(session, dialled)
            return await self._ended(session, plan, await session.dial(plan))
        except MoneyUsedUp as spent:
            await session.play("stock/callthrough-budget")
            return Exit("denied", str(spent))
        except LegRefused as refusal:
            return Failed("stock/callthrough-refused", f"{dialled} may not be dialled: {refusal}")
        except NumberRefused as refusal:
            prompt = "stock/invalid" if dialled else "stock/no-entry"
            return Failed(prompt, str(refusal) if dialled else "nothing was dialled")

    def _plan(self, session: Session, dialled: str) -> DialPlan:
        found, account = classify(dialled), self.account
        if found.kind not in ("e164", "emergency"):
            raise NumberRefused(f"{dialled} is no number that can be called from outside", text=dialled)
        if found.kind == "e164" and not account.leads_to(found.canonical):
            raise LegRefused(f"the account {account.name} may not call there")
        return DialPlan(
            (Target("number", found.canonical),),
            ring_seconds=self.ring,
            limit_seconds=60 * account.longest_minutes,
            caller_id=account.shown_for(session.call),
            budgets=(*account.budgets(self.id), *self.budgets),
        )

    async def _ended(self, session: Session, plan: DialPlan, result: DialResult) -> Exit | Failed:
        number = plan.targets[0].address
        if result.status != "answered":
            prompt, why = _TOLD[result.status]
            return Failed(prompt, f"{number} {why}")
        seconds = f"{result.talk_seconds:.0f}"
        if not result.limit_reached:
            return Exit("ended", f"connected with {number} for {seconds} s")
        await session.play("stock/callthrough-time-up")
        return Exit("ended", f"connected with {number} for {seconds} s, as long as one may be")
