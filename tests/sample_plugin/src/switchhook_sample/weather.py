"""The module ``weather`` (Wetter): says how the weather is."""

from __future__ import annotations

import attrs

from switchhook import Exit, Label, Module, Session, setting

from .settings import SampleSettings


def outlook(hour: int) -> str:
    """It is always fine by day (UTC), and bad by night."""
    return "fine" if 6 <= hour < 18 else "bad"


@attrs.frozen
class Weather(Module):
    """Plays ``fine`` or ``bad``, as the flow's variable ``variable`` says, or else the operator, or the hour."""

    kind = "weather"
    label = Label("Wetter", "Weather")
    help = Label("Sagt, wie das Wetter ist.", "Says how the weather is.")

    fine: str = setting("prompt", "Ansage bei schönem Wetter", "Prompt for fine weather")
    bad: str = setting("prompt", "Ansage bei schlechtem Wetter", "Prompt for bad weather")
    variable: str = setting("text", "Variable", "Variable", default="weather", pattern="[a-z][a-z0-9_]{0,39}")

    def exits(self) -> tuple[str, ...]:
        """What the weather is."""
        return ("fine", "bad")

    async def run(self, session: Session) -> Exit:
        """Say it; see the class."""
        known = session.variables.get(self.variable)
        always = session.plugin(SampleSettings).otherwise
        if known in self.exits():
            weather, source = known, f"the variable {self.variable!r} says so"
        elif always in self.exits():
            weather, source = always, "by the operator's setting"
        else:
            weather, source = outlook(session.now().hour), "by the hour"
        await session.play(self.fine if weather == "fine" else self.bad)
        return Exit(weather, f"{weather} weather, {source}")
