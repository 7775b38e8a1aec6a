"""Requests with an Idempotency-Key: the first takes effect, and each one after it gets its answer."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

import attrs

from switchhook import SwitchhookError
from switchhook.administration import Repeated

from ..kinds_of_errors import kind_of_error
from .operation import JSON, Seat

REPLAYED: Final = "Idempotency-Replayed"
_BEFORE_ANYTHING: Final = frozenset({"too_busy"})
"""Errors of the server that are raised before anything is done."""


@attrs.frozen
class Said:
    """What goes out. ``session`` is a new token for the cookie of whoever asks by a session."""

    status: int
    body: str | bytes | AsyncIterator[bytes]
    media: str = JSON
    headers: Mapping[str, str] = attrs.field(factory=dict)
    session: str = attrs.field(default="", repr=False)


def fingerprint(seat: Seat, asked: Sequence[Any], data: bytes) -> str:
    """Everything a request says, in one text: who asks by what and may do what, and what is asked.

    A token with fewer rights does not get an answer that was given to one with more.
    """
    rights = sorted((word, reach.everything) for word, reach in seat.actor.rights.items())
    who = [bool(getattr(seat, "session_id", "")), seat.actor.name, rights]
    return json.dumps([who, *asked, hashlib.sha256(data).hexdigest()], sort_keys=True, default=str)


async def answered_once(repeated: Repeated, work: Callable[[], Awaitable[Said]]) -> Said:
    """What a request is answered, now or the first time it came.

    A refusal is not kept: what was wrong can be put right and sent again. What
    ends in a fault of ours may have taken effect, so its key stays taken.
    """
    kept = await repeated.begin()
    if kept is not None:
        said = Said(**json.loads(kept))
        return attrs.evolve(said, headers={**said.headers, REPLAYED: "true"})
    try:
        said = await work()
    except SwitchhookError as error:
        if kind_of_error(error).status < 500 or error.code in _BEFORE_ANYTHING:
            await repeated.let_go()
        raise
    plain = {"status": said.status, "body": said.body, "media": said.media, "headers": dict(said.headers)}
    await repeated.keep(json.dumps(plain))
    return said


async def to_its_end(work: Awaitable[Said], under_way: set[asyncio.Future[Said]]) -> Said:
    """Work that is not cut off when whoever asked goes away: the answer is there when the request comes again."""
    task = asyncio.ensure_future(work)
    under_way.add(task)
    task.add_done_callback(under_way.discard)
    task.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody may be left to be told
    return await asyncio.shield(task)
