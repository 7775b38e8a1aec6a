"""How switches stand, and setting them, in the API."""

from __future__ import annotations

from typing import Final

from switchhook import Label
from switchhook.administration import everything, read_settings
from switchhook_web.extending import Answer, Asked, Operation, list_of, placed, values_of

from .preview import PREVIEW
from .setting import Standing, Wish, set_switch, standing
from .switch import Switch


async def _list(asked: Asked) -> Answer:
    kept = asked.administration.keeping.of(asked.tenant, asked.actor)
    now = asked.administration.clock.now()
    found = (await everything(kept, [Switch.kind])).values()
    return Answer(value={"items": [standing(one, now) for one in found]})


async def _set(asked: Asked) -> Answer:
    kept, now = asked.administration.keeping.of(asked.tenant, asked.actor), asked.administration.clock.now()
    with placed("wish"):
        wish = read_settings(Wish, asked.body, "wish")
    after = await set_switch(asked.administration, kept, asked.path["id"], wish)
    return Answer(value=standing(after, now))


OPERATIONS: Final = (
    Operation(
        id="hours.switches",
        method="GET",
        path="/tenants/{tenant}/switches",
        tag="hours",
        summary=Label("Wie Schalter stehen", "How switches stand"),
        run=_list,
        right="switch.view",
        answer=list_of(Standing),
    ),
    Operation(
        id="hours.set_switch",
        method="PUT",
        path="/tenants/{tenant}/switches/{id}",
        tag="hours",
        summary=Label("Einen Schalter stellen, auch auf Zeit", "Set a switch, for a while if wished"),
        about=Label(
            "`until` ist eine Uhrzeit in der Zeitzone des Schalters, ohne `day` die nächste. "
            "Ohne `state` geht er zurück auf die übliche Stellung.",
            "`until` is a time of day in the zone of the switch, without `day` the next one. "
            "Without `state` it goes back to the usual state.",
        ),
        run=_set,
        right="switch.change",
        body=values_of(Wish),
        answer=Standing,
    ),
    PREVIEW,
)
