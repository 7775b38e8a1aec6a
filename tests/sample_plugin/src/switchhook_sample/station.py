"""What administrators keep of this plugin: the stations that measure the weather."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from switchhook import Label, Problem, Resource, setting


@attrs.frozen
class Station(Resource):
    """A station and who to call when it measures nothing."""

    kind = "weather-station"
    label = Label("Wetterstation", "Weather station")
    plural = Label("Wetterstationen", "Weather stations")
    name: str = setting("text", "Name", "Name")
    keeper: str = setting("number", "Rufnummer der Wartung", "Number of its keeper", default="")
    opens: str = setting("time", "Misst von", "Measures from", default="00:00")
    closes: str = setting("time", "Misst bis", "Measures until", default="24:00")
    neighbour: str = setting("reference", "Nächste Station", "Next station", to="weather-station", default="")

    def check(self) -> Iterable[Problem]:
        """A station closes after it opens."""
        if self.closes <= self.opens:
            yield Problem("closes", f"must be later than {self.opens}")
