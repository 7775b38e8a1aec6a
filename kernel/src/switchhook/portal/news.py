"""What changed, for those who look on: one look at the store for all of them, and nothing of what they may not see."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

import attrs
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.account import OPERATOR_TENANT
from ..access.actor import Actor, Forbidden
from ..asterisk.live import LiveCalls
from ..asterisk.live_rooms import LiveRooms
from ..calls.room import rooms_of
from ..clock import Clock
from ..config import Settings
from ..errors import NotFound, near_match
from ..notices.board import Notices
from ..people.rights import Rights
from ..store.engine import Store
from ..store.news import Noted, noted_since
from ..store.tables import call

OVERLAP: Final = timedelta(seconds=10)
"""How late a change may be kept after the moment it bears, and still be noticed."""
SLACK: Final = timedelta(seconds=2)
"""How much earlier than wished those that come anew are told from: better twice than never."""
OF_OPERATOR: Final = ("asterisk", "disk", "plugins")
"""Topics of the installation, for the operator alone."""
UNSTORED: Final = ("live", "notices", "asterisk", "disk", "plugins")
"""Topics of which nobody knows what happened while nobody looked."""
NOTICES: Final = "notices"
_MOST: Final = 500
_RIGHTS: Final = MappingProxyType(
    {
        "calls": "call.view",
        "live": "live.view",
        "alerts": "alert.view",
        "mails": "mail.view",
        "account": "people.view",
    }
)


@attrs.frozen
class Piece:
    """Something changed: ``number`` is the one it concerns, ``*`` where it concerns whoever has the right.

    ``fresh`` says that it changed since the look before.
    """

    tenant: str
    topic: str
    number: str
    at: datetime
    fresh: bool = True


@attrs.define(eq=False)
class News:
    """The news of all tenants, for the one process that serves pages. Each look tells what changed since the one before.

    Topics are ``calls`` (began or ended), ``live`` (calls that are on),
    ``alerts``, ``mails``, the kinds of what is kept, ``notices`` (for
    everybody), and those of the operator. Nobody is told more than that something changed.
    """

    store: Store
    clock: Clock
    live: LiveCalls
    rooms: LiveRooms
    rights: Rights
    settings: Settings
    notices: Notices
    _looked: datetime | None = attrs.field(default=None, init=False)
    _known: Mapping[tuple[str, str, str], tuple[int, datetime]] = attrs.field(factory=dict, init=False)
    _on: frozenset[str] | None = attrs.field(default=None, init=False)
    _rooms: Mapping[str, int] = attrs.field(factory=dict, init=False)
    _notices: Mapping[str, int] = attrs.field(factory=dict, init=False)
    _stale: str = attrs.field(default="", init=False)
    _installation: Mapping[str, object] = attrs.field(factory=dict, init=False)

    def topics(self, tenant: str) -> Sequence[str]:
        """All topics there are in a tenant."""
        kinds = [word.removesuffix(".view") for word in self.rights if word.endswith(".view")]
        own = [kind for kind in kinds if kind not in ("call", "alert", "mail", "people", *_RIGHTS)]
        return [*_RIGHTS, *own, NOTICES, *(OF_OPERATOR if tenant == OPERATOR_TENANT else ())]

    def need(self, tenant: str, actor: Actor, topics: Collection[str]) -> None:
        """Raise ``Forbidden`` unless the actor has the right to each topic over anything, ``NotFound`` for one that is none."""
        known = self.topics(tenant)
        for topic in topics:
            if topic not in known:
                raise NotFound(f"there is no news of {topic!r}{near_match(topic, known)}", topic=topic)
            if not self._may(actor, topic):
                raise Forbidden(f"this needs the right {right_to(topic)}", right=right_to(topic), actor=actor.name)

    def seen(self, tenant: str, actor: Actor) -> Sequence[str]:
        """The topics an actor has a right to."""
        return [topic for topic in self.topics(tenant) if self._may(actor, topic)]

    def _may(self, actor: Actor, topic: str) -> bool:
        if topic == NOTICES:
            return True
        return actor.role == "operator" if topic in OF_OPERATOR else actor.may(right_to(topic))

    async def look(self, tenants: Collection[str], since: datetime | None = None) -> Sequence[Piece]:
        """What changed in some tenants since the look before; with ``since``, also what is known to have from then on.

        Raises ``StoreAway``; the next look tells then what this one would have.
        """
        now, stale = self.clock.now(), self.live.stale
        on = frozenset(leg.id for one in self.live.snapshot() for leg in one.legs)
        begin = min(self._looked or now, since or now) - OVERLAP
        async with self.store.read() as conn:
            noted = await noted_since(conn, tenants, begin)
            changed = await _numbers_of(conn, tenants, on ^ self._on) if self._on is not None else []
        condition = await self._condition() if OPERATOR_TENANT in tenants else {}
        pieces = [*self._stored(noted), *(Piece(tenant, "live", number, now) for tenant, number in changed)]
        if self._on is not None and stale != self._stale:
            pieces += [Piece(tenant, "live", "*", now) for tenant in tenants]
        met = dict(self.rooms.changes)
        stirred = [room for room, count in met.items() if self._rooms.get(room, 0) != count]
        pieces += [
            Piece(tenant, "live", "*", now)
            for tenant in tenants
            if any(room.startswith(rooms_of(tenant)) for room in stirred)
        ]
        self._rooms = met
        changes = {tenant: self.notices.changes(tenant) for tenant in tenants}
        pieces += [Piece(one, NOTICES, "*", now) for one in changes if self._notices.get(one, 0) != changes[one]]
        before, self._installation = self._installation, condition
        pieces += [
            Piece(OPERATOR_TENANT, one, "*", now) for one in before if before[one] != condition.get(one, before[one])
        ]
        self._notices = {**self._notices, **changes}
        self._looked, self._on, self._stale = now, on, stale
        return pieces

    def _stored(self, noted: Sequence[Noted]) -> Iterator[Piece]:
        known = self._known
        self._known = {(one.tenant, one.topic, one.number): (one.count, one.at) for one in noted}
        for one in noted:
            key, told = (one.tenant, one.topic, one.number), (one.count, one.at)
            for topic in ("calls", "live") if one.topic == "calls" else (one.topic,):
                yield Piece(one.tenant, topic, one.number, one.at, known.get(key) != told)

    async def _condition(self) -> Mapping[str, object]:
        """What cards of the installation show, as coarse as they show it."""
        usage = await asyncio.to_thread(shutil.disk_usage, self.settings.data_dir)
        calls = len(self.live.snapshot())
        return {"asterisk": (self.live.stale, self.live.started, calls), "disk": round(100 * usage.free / usage.total)}


async def _numbers_of(conn: AsyncConnection, tenants: Collection[str], calls: Collection[str]) -> list[tuple[str, str]]:
    """Whose calls those are that Asterisk's view gained or lost: it may be later than the journal."""
    if not calls:
        return []
    query = select(call.c.tenant, call.c.number).where(call.c.id.in_(sorted(calls)[:_MOST]), call.c.tenant.in_(tenants))
    return [(tenant, number) for tenant, number in await conn.execute(query.distinct())]


def right_to(topic: str) -> str:
    """The right a topic is for."""
    return _RIGHTS.get(topic, f"{topic}.view")


def reaches(actor: Actor, piece: Piece) -> bool:
    """Whether an actor may know of a piece of news: one that is limited to some numbers hears of those alone."""
    if piece.topic in OF_OPERATOR:
        return actor.role == "operator"
    if piece.topic == NOTICES:  # what an actor sees of them is up to the board
        return True
    reach = actor.reach(right_to(piece.topic))
    return bool(reach) if piece.number == "*" else reach.covers([piece.number])
