"""Blocking the caller of a call, and ending the call if wished."""

from __future__ import annotations

from .entry import Entry
from .keeping import Entries, Fields


async def block(entries: Entries, list_id: str, call: str, fields: Fields, *, hang_up: bool = False) -> Entry:
    """Put the caller of a call on a list; the call is ended only once that is kept."""
    made = await entries.block(list_id, call, fields)
    if hang_up:
        await entries.administration.live.hang_up(call)
    return made
