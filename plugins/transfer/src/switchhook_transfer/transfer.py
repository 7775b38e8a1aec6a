"""The in-call feature ``transfer-key`` (Weitervermittlung): code and short number lead the caller to somebody else."""

from __future__ import annotations

from typing import Final

import attrs

from switchhook import (
    DialPlan,
    DialResult,
    InCallFeature,
    Label,
    LegRefused,
    Served,
    TalkGoesOn,
    TalkOver,
    Target,
    in_call_code,
    setting,
)

from .speed_dial import LONGEST, SpeedDial, SpeedDialList

_WHY: Final = {
    "busy": "busy",
    "no_answer": "no answer",
    "unreachable": "not reachable",
    "rejected": "call rejected",
    "failed": "the network failed",
}


@attrs.frozen
class TransferKey(InCallFeature):
    """Transfers the caller to who has the short number in ``list`` that follows the code.

    The served party hears the ringing tone until the target answers, and is
    let go then; when nobody answers it hears ``failed`` and has the caller back.
    """

    kind = "transfer-key"
    label = Label("Weitervermittlung", "Transfer by speed dial")
    plural = Label("Weitervermittlungen", "Transfers by speed dial")
    icon = "phone-outgoing"
    order = 341
    help = Label(
        "Der Angerufene drückt Code und Kurzwahl, etwa *2 07, und der Anrufer wird dorthin verbunden.",
        "Whoever took the call presses code and short number, such as *2 07, and the caller is led there.",
    )
    columns = ("code", "speed_dials")

    code: str = in_call_code("*2")
    speed_dials: str = setting("reference", "Kurzwahlliste", "Speed-dial list", to=SpeedDialList.kind)
    digits: int = setting(
        "integer",
        "Stellen der Kurzwahl",
        "Digits of a short number",
        default=2,
        minimum=1,
        maximum=LONGEST,
        help=Label(
            "Nach so vielen Ziffern wird verbunden, bei weniger nach 3 s oder mit #.",
            "After so many digits it connects; after fewer with # or in 3 s.",
        ),
    )
    ring: int = setting("integer", "Klingeldauer in s", "Ring time in s", default=20, minimum=3, maximum=180)
    intro: str = setting(
        "prompt", "Ansage an den Anrufer", "Prompt to the caller, before it rings", default="stock/connecting"
    )
    unknown: str = setting(
        "prompt", "Ansage bei falscher Kurzwahl", "Prompt for an unknown short number", default="stock/invalid"
    )
    failed: str = setting(
        "prompt",
        "Ansage, wenn niemand annimmt",
        "Prompt when nobody answers",
        default="stock/nobody-available",
        help=Label(
            "Der Angerufene hört sie; dann spricht er wieder mit dem Anrufer.",
            "The served party hears it, then talks with the caller again.",
        ),
    )

    def keys_after(self) -> int:
        """The short number."""
        return self.digits

    async def run(self, served: Served, keys: str) -> TalkGoesOn | TalkOver:
        """Transfer; see the class."""
        entry = (await served.session.resource(SpeedDialList, self.speed_dials)).find(keys)
        if entry is None:
            await self._say(served, self.unknown)
            return TalkGoesOn(f"no short number {keys}" if keys else "no short number")
        if self.intro:
            await served.session.play(self.intro)
        why = await self._transfer(served, entry)
        if not why:
            return TalkOver(f"transferred to {entry.name}")
        await self._say(served, self.failed)
        return TalkGoesOn(f"{entry.name}: {why}")

    async def _transfer(self, served: Served, entry: SpeedDial) -> str:
        """Why nobody talks with the caller, empty after somebody did."""
        plan = DialPlan((_target(entry.target),), ring_seconds=self.ring, in_call=True)
        try:
            result: DialResult = await served.session.dial(plan)
        except LegRefused as refusal:
            return f"not allowed, {refusal}"
        return "" if result.status == "answered" else _WHY.get(result.status, result.status)

    async def _say(self, served: Served, prompt: str) -> None:
        if prompt:
            await served.play(prompt)


def _target(text: str) -> Target:
    return Target("number" if text.startswith("+") else "phone", text)
