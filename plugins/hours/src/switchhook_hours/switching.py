"""The modules ``switch`` (Schalter), which goes by a switch, and ``set-switch`` (Schalter umlegen), which changes one."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from switchhook import Exit, Finding, Label, Module, Reference, Session, setting

from .calendar import NAME
from .switch import BACK, Switch

_STATE = Label(
    "ein Name aus kleinen Buchstaben, Ziffern und -, höchstens 30 Zeichen",
    "a name of small letters, digits and -, at most 30 characters",
)


@attrs.frozen
class BySwitch(Module):
    """Leaves by the exit ``state:NAME`` of the state the switch stands in; a state it does not know is the first.

    Where the switch diverts to is put into ``variable``.
    """

    kind = "switch"
    label = Label("Schalter", "Switch")
    help = Label("Verzweigt danach, wie ein Schalter steht.", "Goes by how a switch stands.")

    switch: str = setting("reference", "Schalter", "Switch", to="switch")
    states: tuple[str, ...] = setting(
        "words", "Stellungen", "States", default=("normal", "closed"), pattern=NAME, shape=_STATE
    )
    variable: str = setting(
        "text",
        "Variable für das Ziel der Umleitung",
        "Variable for where it diverts to",
        default="divert_to",
        pattern="[a-z][a-z0-9_]{0,39}",
        shape=Label("ein Wort aus kleinen Buchstaben, Ziffern und _", "a word of small letters, digits and _"),
    )

    def exits(self) -> tuple[str, ...]:
        """One for each state."""
        return tuple(f"state:{name}" for name in dict.fromkeys(self.states))

    def lint(self) -> Iterator[Finding]:
        """A switch without states leads nowhere."""
        if not self.states:
            yield Finding(
                "switch-states",
                "error",
                "settings.states",
                "needs at least one state",
                german="Braucht mindestens eine Stellung.",
            )

    async def run(self, session: Session) -> Exit:
        """Look; see the class."""
        switch = await session.resource(Switch, self.switch)
        state = switch.at(session.now())
        if state != switch.usual and switch.divert_to:
            session.variables[self.variable] = switch.divert_to
        if state in self.states:
            return Exit(f"state:{state}", f"the switch stands at {state}")
        return Exit(f"state:{self.states[0]}", f"the switch stands at {state}, which has no exit here")


@attrs.frozen
class SetSwitch(Module):
    """Sets a switch to ``state``; without one it goes to the second state, or back if it was overridden.

    For a number such as ``*21`` on a phone's key: who may dial it may change the switch.
    """

    kind = "set-switch"
    label = Label("Schalter umlegen", "Change a switch")
    help = Label(
        "Stellt einen Schalter um, etwa von einer Taste am Telefon.", "Changes a switch, such as by a phone's key."
    )
    exit_labels = {  # noqa: RUF012 - never changed
        "usual": Label("übliche Stellung", "usual state"),
        "overridden": Label("andere Stellung", "other state"),
    }

    switch: str = setting("reference", "Schalter", "Switch", to="switch")
    state: str = setting("text", "Stellung", "State", default="", pattern=f"({NAME})?", shape=_STATE)
    prompt: str = setting("prompt", "Ansage danach", "Prompt after it", default="stock/beep")

    def exits(self) -> tuple[str, ...]:
        """How it stands then."""
        return ("usual", "overridden")

    def references(self) -> Iterator[Reference]:
        """The prompt."""
        if self.prompt:
            yield Reference("prompt", self.prompt, "settings.prompt")

    async def run(self, session: Session) -> Exit:
        """Change it; see the class."""
        kept = f"_switch_{session.place.point}"
        state = session.variables.get(kept)
        if state is None:  # a call that is taken up again must not turn back what it changed
            switch = await session.resource(Switch, self.switch)
            usual = switch.at(session.now()) == switch.usual
            state = self.state or (switch.states[1].name if usual else switch.usual)
            session.variables[kept] = state
        after = await session.change(Switch, self.switch, by="phone key", **{**BACK, "state": state})
        del session.variables[kept]
        if self.prompt:
            await session.play(self.prompt)
        way = "overridden" if after.overridden else "usual"
        return Exit(way, f"the switch stands at {after.at(session.now())}")
