"""The modules ``sub-flow`` (Unterablauf) and ``return`` (Zurück): a flow that several others go through."""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs

from switchhook import Exit, Finding, Label, Module, Session, setting

from .names import NAME, SHAPE, twice


@attrs.frozen
class SubFlow(Module):
    """Goes through another flow, its current version, and on from here once that one returns.

    ``returns`` names the ways back that have an exit of their own; every other
    one leads to ``returned``. A flow that hangs up does not come back.
    """

    kind = "sub-flow"
    label = Label("Unterablauf", "Sub-flow")
    help = Label("Geht durch einen anderen Ablauf und hier weiter.", "Goes through another flow, and on from here.")
    exit_labels = {"returned": Label("Zurückgekehrt", "returned")}  # noqa: RUF012 - as every module says it

    flow: str = setting("reference", "Ablauf", "Flow", to="flow")
    returns: tuple[str, ...] = setting(
        "words",
        "Rückwege mit eigenem Ausgang",
        "Ways back with an exit of their own",
        default=(),
        help=Label("Die Namen der Punkte „Zurück“ dort.", "The names of the points “Return” there."),
    )

    def exits(self) -> tuple[str, ...]:
        """``returned:NAME`` for each way back that is named, and ``returned``."""
        named = (name for name in dict.fromkeys(self.returns) if re.fullmatch(NAME, name))
        return (*(f"returned:{name}" for name in named), "returned")

    def lint(self) -> Iterator[Finding]:
        """Names that no way back can have."""
        yield from twice(self.returns, "settings.returns")
        for place, name in enumerate(self.returns):
            if not re.fullmatch(NAME, name):
                yield Finding(
                    "sub-flow-name",
                    "error",
                    f"settings.returns[{place}]",
                    f"{name!r} is not {SHAPE.en}",
                    german=f"{name!r} ist nicht {SHAPE.de}.",
                )

    async def run(self, session: Session) -> Exit:
        """Go; see the class."""
        return Exit("returned", "goes through a flow that returns", through=self.flow)


@attrs.frozen
class Return(Module):
    """Goes back to the point that went through this flow; where none did, the call ends."""

    kind = "return"
    label = Label("Zurück", "Return")
    help = Label("Kehrt in den Ablauf zurück, der durch diesen ging.", "Goes back to the flow that went through this.")

    name: str = setting("text", "Name des Rückwegs", "Name of the way back", default="done", pattern=NAME, shape=SHAPE)

    def exits(self) -> tuple[str, ...]:
        """None: where it leads is decided by the other flow."""
        return ()

    async def run(self, session: Session) -> Exit:
        """Return; see the class."""
        return Exit(self.name, f"returns by {self.name}", returning=True)
