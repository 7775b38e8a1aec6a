"""The module ``ring-group`` (Rundruf): rings the members of a group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from switchhook import Exit, Label, Session, setting

from .connecting import Attempt, Connecting, own_first
from .group import Member, RingGroup
from .whom import target

_TELLING = ("declined_by_key", "no_answer", "rejected", "busy", "unreachable")
"""How several attempts ended in vain: the first of these that is among them."""


@attrs.frozen(field_transformer=own_first)
class RingMembers(Connecting):
    """Rings the members of ``group`` by its strategy.

    In turn means one after the other, each call beginning with the member after
    whom the call before began with. Those who do not take part, are offline or, where the group says so, on the
    phone are left out. Whoever is left decides the exit; ``all_busy`` means
    that each of them was on the phone.
    """

    kind = "ring-group"
    label = Label("Rundruf", "Ring group")
    help = Label("Lässt eine Rufgruppe klingeln.", "Rings the members of a group.")

    group: str = setting("reference", "Rufgruppe", "Ring group", to=RingGroup.kind)

    def exits(self) -> tuple[str, ...]:
        """Those of a forward, and two for groups of whom nobody can be rung."""
        return (*super().exits(), "all_busy", "nobody_available")

    async def run(self, session: Session) -> Exit:
        """Ring; see the class."""
        group = await session.resource(RingGroup, self.group)
        active = [member for member in group.members if member.active]
        if not active:
            return Exit("nobody_available", f"nobody takes part in {group.name}")
        states = await session.phone_states(*(target(member.target) for member in active))
        shunned = {"offline", "engaged"} if group.skip_busy else {"offline"}
        free = [member for member, state in zip(active, states, strict=True) if state not in shunned]
        if not free:
            if "engaged" in states:
                return Exit("all_busy", f"{group.name}: everybody is on the phone")
            return Exit("nobody_available", f"{group.name}: nobody can be reached")
        if group.strategy == "round-robin":
            free = await self._in_turn(session, group, free)
        way, tried = await self.connect(session, _attempts(group, free))
        if len(tried) > 1 and way is not tried[-1]:
            way = attrs.evolve(way, name=next(name for name in _TELLING if name in {one.name for one in tried}))
        return attrs.evolve(way, name="all_busy") if {one.name for one in tried} == {"busy"} else way

    async def _in_turn(self, session: Session, group: RingGroup, free: Sequence[Member]) -> list[Member]:
        """Those who are free, from whose turn it is in this call on; that stays as it is when the call is taken up again."""
        kept = f"_turn_{self.group}"
        members, ready = [one.target for one in group.members], [one.target for one in free]
        first = session.variables.get(kept)
        if first is None:

            async def take(conn: Any) -> str:
                from .turns import take_turn

                return await take_turn(conn, session.call, self.group, members, ready)

            first = session.variables[kept] = await session.stored(take, otherwise=ready[0])
        at = members.index(first) if first in members else 0
        return sorted(free, key=lambda one: (members.index(one.target) - at) % len(members))


def _attempts(group: RingGroup, members: Sequence[Member]) -> list[Attempt]:
    targets = tuple(target(member.target) for member in members)
    if group.strategy in ("serial", "round-robin"):
        return [Attempt((one,), group.ring) for one in targets]
    if group.strategy == "parallel":
        return [Attempt(targets, group.ring)]
    # Nobody is to wait for a wave whose members are all left out.
    first = min(member.delay for member in members)
    return [Attempt(targets, group.ring - first, tuple(member.delay - first for member in members))]
