"""The module ``change-routing`` (Telefonische Routingänderung): a switch is changed by telephone, with a PIN."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from switchhook import Exit, Label, Listen, Module, Session, setting, spoken

from .calendar import NAME
from .spoken_end import AFTER, AT, entered_end, said_end, told_end
from .switch import BACK, State, Switch

NEW_NUMBER: Final = "9"
MOST_STATES: Final = 8
PIN_TRIES: Final = 3
END_TRIES: Final = 3
WRONG: Final = "the PIN is wrong or locked"


@attrs.frozen
class ChangeRouting(Module):
    """Asks for the PIN of a switch, says how it stands, and lets the caller choose a state or enter a new target.

    ``divert_state`` is the state a new target is for; without one none can be
    entered. What is chosen is said and confirmed, and holds from the next call on;
    before that the caller may enter when it is to end, which is said as well.
    """

    kind = "change-routing"
    label = Label("Telefonische Routingänderung", "Routing change by telephone")
    help = Label("Ein Anrufer stellt mit einer PIN einen Schalter um.", "A caller with a PIN changes a switch.")
    consumes_input = True
    exit_labels = {  # noqa: RUF012 - never changed
        "changed": Label("geändert", "changed"),
        "cancelled": Label("abgebrochen", "cancelled"),
        "denied": Label("verweigert", "denied"),
    }

    switch: str = setting("reference", "Schalter", "Switch", to="switch")
    divert_state: str = setting(
        "text",
        "Stellung für ein neues Ziel",
        "State for a new target",
        default="",
        pattern=f"({NAME})?",
        shape=Label(
            "ein Name aus kleinen Buchstaben, Ziffern und -, höchstens 30 Zeichen",
            "a name of small letters, digits and -, at most 30 characters",
        ),
    )
    wait: float = setting("seconds", "Wartezeit", "Wait", default=8.0, minimum=1, maximum=60)

    def exits(self) -> tuple[str, ...]:
        """What came of it."""
        return ("changed", "cancelled", "denied")

    async def run(self, session: Session) -> Exit:
        """Ask and change; see the class."""
        switch = await session.resource(Switch, self.switch)
        if not await self._let_in(session, switch):
            await session.play("stock/goodbye")
            return Exit("denied", WRONG)
        wanted = await self._choose(session, switch)
        wanted = await self._confirmed(session, switch, wanted) if wanted is not None else None
        if wanted is None:
            await session.play("switch/cancelled")
            return Exit("cancelled", "nothing was chosen and confirmed")
        by = switch.pin_label or "PIN"
        await session.change(Switch, self.switch, by=by, **wanted)
        await session.play("switch/changed")
        if wanted["divert_to"]:
            to = f"the switch was set to {wanted['state']} and diverts to {wanted['divert_to']}"
            return Exit("changed", to + told_end(wanted))
        return Exit("changed", f"the switch was set to {wanted['state']}{told_end(wanted)}")

    async def _let_in(self, session: Session, switch: Switch) -> bool:
        before: tuple[str, ...] = ()
        listen = Listen(12, self.wait, self.wait, "#")
        for _ in range(PIN_TRIES):
            keys = await session.read(*before, "switch/pin", listen=listen, secret=True)
            expected = [switch.pin] if switch.pin else []
            if await session.check_pin("switch", self.switch, keys.pressed, expected) == "ok":
                return True
            before = ("switch/wrong-pin",)
        return False

    async def _choose(self, session: Session, switch: Switch) -> dict[str, str] | None:
        states = switch.states[:MOST_STATES]
        now = switch.at(session.now())
        prompts = ["switch/now", *_said(states, now, session.language)]
        for key, state in enumerate(states, start=1):
            prompts += ["switch/for", *_said(states, state.name, session.language), "switch/press"]
            prompts += spoken.digits(str(key), session.language)
        if self.divert_state:
            prompts.append("switch/new-number")
        pressed = (await session.read(*prompts, listen=Listen(1, self.wait))).pressed
        if pressed == NEW_NUMBER and self.divert_state:
            return await self._new_target(session, switch)
        place = int(pressed) - 1 if pressed.isdigit() else -1
        return {**BACK, "state": states[place].name} if 0 <= place < len(states) else None

    async def _new_target(self, session: Session, switch: Switch) -> dict[str, str] | None:
        keys = await session.read("switch/enter-target", listen=Listen(20, self.wait, self.wait, "#"))
        number = _number(keys.pressed)
        if not any(number.startswith(begin) for begin in switch.allowed):
            session.note("the number entered is not allowed")
            await session.play("switch/not-allowed")
            return None
        return {**BACK, "state": self.divert_state, "divert_to": number}

    async def _confirmed(self, session: Session, switch: Switch, wanted: dict[str, str]) -> dict[str, str] | None:
        """What was confirmed: as chosen, with the end the caller entered meanwhile."""
        ends = wanted["state"] != switch.usual
        for _ in range(END_TRIES + 1):
            said = (
                *_said(switch.states, wanted["state"], session.language),
                *spoken.digits(wanted["divert_to"], session.language),
                *said_end(switch, wanted, session.now(), session.language),
                "switch/confirm",
                *(("switch/end",) if ends else ()),
            )
            key = (await session.read(*said, listen=Listen(1, self.wait))).pressed
            if key == "1":
                return wanted
            if not ends or key not in (AT, AFTER):
                return None
            wanted = {**wanted, **await entered_end(session, switch, key, self.wait)}
        return None


def _said(states: Sequence[State], name: str, language: str) -> tuple[str, ...]:
    """A state's own prompt, or its place among the states."""
    for place, one in enumerate(states, start=1):
        if one.name == name:
            return (one.prompt,) if one.prompt else ("switch/state", *spoken.number(place, language))
    return ()


def _number(pressed: str) -> str:
    """What was typed as a number in full; empty for what is none that a call may be sent to."""
    from switchhook.administration import NumberRefused, classify

    try:
        found = classify(pressed)
    except NumberRefused:
        return ""
    return found.canonical if found.kind == "e164" else ""
