"""A page and an operation of the API; only the web imports this."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import attrs
from quart import Blueprint

from switchhook import Label
from switchhook_web.extending import Answer, Asked, Operation, now, render, right
from switchhook_web.extending import gettext as _

from .weather import outlook

blueprint = Blueprint("sample", __name__, template_folder="templates")
LOCALE: Final = Path(__file__).with_name("locale")


@attrs.frozen
class Outlook:
    """How the weather is, and the hour (UTC) by which that is known."""

    weather: str
    hour: int


@blueprint.get("/outlook")
@right("weather-station.view")
async def show(tenant: str) -> str:
    """The weather in words."""
    said = {"fine": _("The weather is fine."), "bad": _("The weather is bad.")}
    return await render("sample/outlook.html", said=said[outlook(now().hour)])


async def _outlook(asked: Asked) -> Answer:
    hour = asked.administration.clock.now().hour
    return Answer(value=Outlook(outlook(hour), hour))


OPERATIONS: Final = [
    Operation(
        id="sample.outlook",
        method="GET",
        path="/tenants/{tenant}/weather-outlook",
        tag="weather-station",
        summary=Label("Wie das Wetter ist", "How the weather is"),
        run=_outlook,
        right="weather-station.view",
        answer=Outlook,
    )
]
