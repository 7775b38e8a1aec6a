"""Open streams of news: one look a second for all of them, whoever may not look on any more is let go of at once."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import json
from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping
from datetime import datetime
from typing import Final

import attrs
import structlog

from switchhook import NotFound, SwitchhookError
from switchhook.administration import SLACK, UNSTORED, Actor, Forbidden, News, Piece, reaches

from .seats import Asker, Door, Seat

EVERY: Final = 1.0
"""Seconds between two looks."""
HEARTBEAT: Final = 15.0
"""Seconds of silence after which a stream says that it is still there."""
MOST: Final = 4
"""Streams of one session or token: browsers have six connections to a server, and pages need some too."""
UNUSED: Final = 10.0
"""Seconds after which a stream counts as closed whose answer was never begun."""
MEDIA: Final = "text/event-stream"

log = structlog.get_logger(__name__)


class TooManyStreams(SwitchhookError):
    """One session or token has as many streams as it may have."""

    code = "too_many_streams"


@attrs.define(eq=False)
class Stream:
    """One who looks on. What is told waits as a set of topics, so that one who reads slowly misses nothing but the way there."""

    tenant: str
    topics: frozenset[str]
    asker: Asker
    since: datetime
    opened: float
    heartbeat: float = HEARTBEAT
    new: bool = True
    begun: bool = False
    ended: bool = False
    _waiting: dict[str, datetime] = attrs.field(factory=dict, init=False)
    _some: asyncio.Event = attrs.field(factory=asyncio.Event, init=False)

    def tell(self, topic: str, at: datetime) -> None:
        """There is news of a topic, found at that moment."""
        self._waiting[topic] = at
        self._some.set()

    def end(self) -> None:
        """Say nothing more."""
        self.ended = True
        self._waiting.clear()
        self._some.set()

    def wants(self, actor: Actor, piece: Piece) -> bool:
        """Whether it is told of a piece of news: one that comes anew hears of what is later than what it knows."""
        told = piece.at >= self.since - SLACK if self.new else piece.fresh
        return told and piece.tenant == self.tenant and piece.topic in self.topics and reaches(actor, piece)

    async def said(self) -> AsyncIterator[bytes]:
        """What goes out: an event for each topic there is news of, and a comment now and then."""
        yield b": here\n\n"  # so that the browser knows that it is heard
        while not self.ended:
            try:
                async with asyncio.timeout(self.heartbeat):
                    await self._some.wait()
            except TimeoutError:
                yield b": still here\n\n"
                continue
            self._some.clear()
            waiting, self._waiting = self._waiting, {}
            if waiting:
                yield b"".join(_event(topic, at) for topic, at in waiting.items())


def _event(topic: str, at: datetime) -> bytes:
    moment = at.isoformat()
    data = json.dumps({"topic": topic, "at": moment})
    return f"event: live:{topic}\nid: {moment}\ndata: {data}\n\n".encode()


@attrs.define(eq=False)
class Streams:
    """All streams of the process that serves pages. They end by themselves when whoever looks on may not any more."""

    _news: News
    _door: Door
    every: float = EVERY
    heartbeat: float = HEARTBEAT
    _open: set[Stream] = attrs.field(factory=set, init=False)
    _work: asyncio.Task[None] | None = attrs.field(default=None, init=False)
    _closed: bool = attrs.field(default=False, init=False)

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._open)

    def open(
        self, tenant: str, actor: Actor, asker: Asker, topics: Collection[str] = (), since: datetime | None = None
    ) -> AsyncIterator[bytes]:
        """A stream of news of some topics, of all the actor may know of if none is named.

        ``since`` is the moment up to which all is known; news from then on is
        told at once. Raises ``NotFound`` for a topic that is none, ``Forbidden``
        without the right to one, and :class:`TooManyStreams`.
        """
        self._news.need(tenant, actor, topics)
        if Counter(one.asker for one in self._open)[asker] >= MOST or self._closed:
            raise TooManyStreams(f"there are {MOST} open pages already; this one shows what is new when it is loaded")
        known = frozenset(topics or self._news.seen(tenant, actor))
        loop = asyncio.get_running_loop()
        now = self._news.clock.now()
        stream = Stream(tenant, known, asker, since or now, loop.time(), self.heartbeat)
        if since is not None and since < now - SLACK:
            for topic in known.intersection(UNSTORED):
                stream.tell(topic, now)
        self._open.add(stream)
        if self._work is None or self._work.done():
            # In a context of its own: it is the work of no one request.
            self._work = loop.create_task(self._look_on(), name="live streams", context=contextvars.Context())
        return self._kept(stream)

    async def _kept(self, stream: Stream) -> AsyncIterator[bytes]:
        stream.begun = True
        try:
            async for said in stream.said():
                yield said
        finally:
            self._open.discard(stream)

    def end(self) -> None:
        """End all of them, and begin none any more: the portal ends."""
        self._closed = True
        for stream in list(self._open):
            self._let_go(stream)
        if self._work is not None:
            self._work.cancel()

    def _let_go(self, stream: Stream) -> None:
        stream.end()
        self._open.discard(stream)

    async def _look_on(self) -> None:
        while self._open:
            await asyncio.sleep(self.every)
            try:
                await self.look()
            except SwitchhookError as error:  # such as a database that is away: nobody is told anything meanwhile
                log.warning("there is no news just now", why=str(error))
            except Exception:  # whatever it was, the next look may find it mended, and no other task would ever look
                log.exception("the news cannot be read")

    async def look(self) -> None:
        """Let go of those who may not look on any more, and tell all others what is new."""
        actors = await self._actors()
        streams = list(actors)
        if not streams:
            return
        moment = self._news.clock.now()
        since = min((one.since for one in streams if one.new), default=None)
        pieces = await self._news.look({one.tenant for one in streams}, since - SLACK if since else None)
        for stream in streams:
            for piece in pieces:
                if stream.wants(actors[stream], piece):
                    stream.tell(piece.topic, moment)
            stream.new = False

    async def _actors(self) -> Mapping[Stream, Actor]:
        """Who looks on, as of now."""
        now = asyncio.get_running_loop().time()
        for stream in [one for one in self._open if not one.begun and now - one.opened > UNUSED]:
            self._let_go(stream)  # its answer was given up before it began
        streams = list(self._open)
        sessions = {one.asker.token for one in streams if not one.asker.bearer}
        bearers = {one.asker.token for one in streams if one.asker.bearer}
        seats = await self._door.seats(sessions, bearers) if streams else {}
        found: dict[Stream, Actor] = {}
        for stream in streams:
            actor = await self._actor(stream, seats.get(stream.asker.token))
            if actor is None:
                self._let_go(stream)
            else:
                found[stream] = actor
        return found

    async def _actor(self, stream: Stream, seat: Seat | None) -> Actor | None:
        if seat is None or seat.must:
            return None
        try:
            acting = seat.actor_in(stream.tenant)
            actor: Actor = await acting if inspect.isawaitable(acting) else acting
            self._news.need(stream.tenant, actor, stream.topics)
        except (NotFound, Forbidden):
            return None
        return actor
