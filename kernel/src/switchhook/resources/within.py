"""How far a right over what is kept goes: to which records, in memory and in a query alike."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, and_, exists, false, or_

from ..access.actor import Actor, Reach
from ..schema import pointers
from ..store import tables
from .record import Record
from .resource import NUMBER, Resource

_KEPT: Final = tables.kept
_REFERENCE: Final = tables.kept_reference


def numbers_of(value: Resource) -> frozenset[str]:
    """The numbers a thing belongs to: those it refers to."""
    return frozenset(one.to_id for one in pointers(value) if one.to_kind == NUMBER)


def covers(reach: Reach, actor: Actor, record: Record) -> bool:
    """Whether a record is in reach: all its numbers are, or the actor made it and the right goes so far."""
    return reach.covers(numbers_of(record.value), owned=bool(actor.account) and record.owner == actor.account)


def narrowed(reach: Reach, actor: Actor) -> ColumnElement[bool] | None:
    """What a query over ``kept`` must add for the records in reach; None for all of them."""
    if reach.everything:
        return None
    ways: list[ColumnElement[bool]] = []
    if reach.own and actor.account:
        ways.append(_KEPT.c.owner == actor.account)
    if reach.numbers:
        mine = and_(
            *(_REFERENCE.c[name] == _KEPT.c[name] for name in ("tenant", "kind", "id")), _REFERENCE.c.to_kind == NUMBER
        )
        inside = exists().where(mine, _REFERENCE.c.to_id.in_(reach.numbers))
        outside = exists().where(mine, _REFERENCE.c.to_id.not_in(reach.numbers))
        ways.append(and_(inside, ~outside))
    return or_(*ways) if ways else false()
