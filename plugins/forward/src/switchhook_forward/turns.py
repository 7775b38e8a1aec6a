"""Whose turn it is in groups that ring their members in turn, for all workers alike and whatever ends meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Column, MetaData, Table, Text, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from switchhook import Call

TURN: Final = Table(
    "forward_turn",
    MetaData(),
    Column("tenant", Text, primary_key=True),
    Column("ring_group", Text, primary_key=True),
    Column("target", Text, nullable=False),
    Column("call", Text, nullable=False),
)
"""With whom the last call to a group began, and which call that was."""


async def take_turn(conn: AsyncConnection, call: Call, group: str, members: Sequence[str], ready: Sequence[str]) -> str:
    """With whom of those ``ready`` a call begins: the next in the order of ``members`` after whom the last began with.

    The same call asked again begins with the same one. Nobody else takes a
    turn until this transaction ends.
    """
    make: Any = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    fresh = {"tenant": call.tenant, "ring_group": group, "target": "", "call": ""}
    await conn.execute(make(TURN).values(fresh).on_conflict_do_nothing())
    mine = (TURN.c.tenant == call.tenant, TURN.c.ring_group == group)
    last, of = (await conn.execute(select(TURN.c.target, TURN.c.call).where(*mine).with_for_update())).one()
    if of == call.id:
        return str(last)
    after = members.index(last) + 1 if last in members else 0
    chosen = turned(members, after, ready)[0]
    await conn.execute(update(TURN).where(*mine).values(target=chosen, call=call.id))
    return chosen


def turned(members: Sequence[str], first: int, ready: Sequence[str]) -> list[str]:
    """Those ``ready`` in the order of ``members``, beginning at the one in place ``first``."""
    order = [*members[first:], *members[:first]]
    return [one for one in order if one in ready]
