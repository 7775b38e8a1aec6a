"""What this plugin brings."""

from __future__ import annotations

from datetime import UTC, datetime

import attrs
import click

from switchhook import Caller, Label, MenuEntry, Module, Pages, Resource, hookimpl

from .settings import SampleSettings
from .station import Station
from .weather import Weather, outlook


@attrs.frozen
class Sample(SampleSettings):
    """The plugin: one instance a process, with the operator's settings."""

    @hookimpl
    def modules(self) -> list[type[Module]]:
        """The weather."""
        return [Weather]

    @hookimpl
    def resources(self) -> list[type[Resource]]:
        """The stations that measure it."""
        return [Station]

    # [pages]
    @hookimpl
    def pages(self) -> list[Pages]:
        """The weather in the browser and in the API."""
        return [Pages("switchhook_sample.pages")]

    @hookimpl
    def menu_entries(self) -> list[MenuEntry]:
        """The way to that page, and to the stations beside it."""
        text, tabs = Label("Wetter", "Weather"), ("/r/weather-station",)
        return [MenuEntry(text, "/x/sample/outlook", "weather-station.view", "cloud", tabs=tabs)]

    # [end]
    @hookimpl
    def caller_identified(self, caller: Caller) -> Caller | None:
        """Show ``MÜLLER, ANNA`` as ``Anna Müller``."""
        last, comma, first = caller.name.partition(",")
        rewritten = self.names and comma
        return attrs.evolve(caller, name=f"{first.strip()} {last.strip()}".title()) if rewritten else None

    @hookimpl
    def commands(self) -> list[click.Command]:
        """``switchhook weather``."""
        return [weather]


@click.command()
@click.option("--hour", type=click.IntRange(0, 23), help="Hour of the day in UTC (else now).")
def weather(hour: int | None) -> None:
    """Say how the weather is."""
    click.echo(outlook(datetime.now(UTC).hour if hour is None else hour))
