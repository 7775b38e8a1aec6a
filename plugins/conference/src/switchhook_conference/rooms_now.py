"""What a room is at this moment, for those who look after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from switchhook import NotFound

from .room import ConferenceRoom

if TYPE_CHECKING:
    from switchhook.administration import Administration


async def room_of(administration: Administration, tenant: str, id: str) -> ConferenceRoom:  # noqa: A002
    """A room as the plugin itself sees it; raises ``NotFound``."""
    from switchhook.administration import Actor, Reach

    seen = administration.keeping.of(tenant, Actor("conference", {"conference-room.view": Reach(everything=True)}))
    record = await seen.get(ConferenceRoom.kind, id)
    if record.deleted is not None or not isinstance(record.value, ConferenceRoom):
        raise NotFound(f"there is no room {id!r}", id=id)
    return record.value
