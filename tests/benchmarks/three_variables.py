"""The plugin of the measured call: a module that sets three variables."""

from __future__ import annotations

import attrs

from switchhook import Exit, Label, Module, Session, hookimpl


@attrs.frozen
class ThreeVariables(Module):
    """Sets three variables and goes on."""

    kind = "bench-variables"
    label = Label("Drei Variablen", "Three variables")
    takes_time = False

    def exits(self) -> tuple[str, ...]:
        """One."""
        return ("next",)

    async def run(self, session: Session) -> Exit:
        """Set them."""
        session.variables |= {"customer": "4711", "language": "en", "priority": "high"}
        return Exit("next", "three variables were set")


@hookimpl
def modules() -> list[type[Module]]:
    """The module."""
    return [ThreeVariables]
