"""What is new, as a stream of events that goes on until either side ends it."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from switchhook import Label, setting

from ..operation import STREAM, Answer, Asked, Operation


@attrs.frozen
class LiveQuery:
    """Which news, and from when on."""

    on: str = setting("text", "Themen, durch Komma getrennt", "Topics, parted by commas", default="")
    since: str = setting("text", "Ab wann (ISO 8601)", "From when on (ISO 8601)", default="")


def operations() -> Sequence[Operation]:
    """The one stream."""
    return [
        Operation(
            id="live",
            method="GET",
            path="/tenants/{tenant}/live",
            tag="live",
            summary=Label("Was neu ist, als Strom", "What is new, as a stream"),
            about=ABOUT,
            run=_listen,
            query=LiveQuery,
            media=STREAM,
            may=("too_many_streams",),
        )
    ]


ABOUT = Label(
    "Server-Sent Events. Jedes Ereignis heißt `live:THEMA` und sagt nur, dass sich etwas geändert hat: `data` ist "
    '`{"topic": …, "at": …}`, `id` der Zeitpunkt, mit dem man nach einer Unterbrechung weiterhört (`Last-Event-ID` oder '
    "`since`). Themen: `calls`, `live`, `alerts`, `mails` und jede Art von Datensatz; ohne `on` alle, zu denen man das "
    "Recht hat. Der Strom endet, wenn Sitzung, Token oder ein Recht enden.",
    "Server-sent events. Each is called `live:TOPIC` and says no more than that something changed: `data` is "
    '`{"topic": …, "at": …}`, `id` the moment to go on from after a break (`Last-Event-ID` or `since`). Topics are '
    "`calls`, `live`, `alerts`, `mails` and every kind of record; without `on` all that one has the right to. The stream "
    "ends when the session, the token or one of the rights does.",
)


async def _listen(asked: Asked) -> Answer:
    wanted: LiveQuery = asked.query
    topics = [one for one in wanted.on.split(",") if one]
    return Answer(value=asked.listen(asked.tenant, asked.actor, topics, wanted.since))
