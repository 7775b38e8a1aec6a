"""The list of what lies in the trash, of several kinds, last deleted first."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true

from ..access.actor import Actor
from ..store import tables
from .listing import MOST, ListRefused
from .within import narrowed

_KEPT: Final = tables.kept


def deleted(tenant: str, kinds: Collection[str], actor: Actor, after: str, limit: int) -> Select[Any]:
    """The query for what of it is in an actor's reach, one row more than wanted.

    Raises ``ListRefused`` for a cursor that is none.
    """
    if not 1 <= limit <= MOST:
        raise ListRefused(f"a page has 1 to {MOST} rows, not {limit}")
    seen = [and_(_KEPT.c.kind == kind, _within(kind, actor)) for kind in kinds]
    query = select(_KEPT).where(_KEPT.c.tenant == tenant, _KEPT.c.deleted.is_not(None), or_(false(), *seen))
    if after:
        at, kind, id = _place(after)  # noqa: A001 - the domain's own word
        later = or_(_KEPT.c.kind > kind, and_(_KEPT.c.kind == kind, _KEPT.c.id > id))
        query = query.where(or_(_KEPT.c.deleted < at, and_(_KEPT.c.deleted == at, later)))
    return query.order_by(_KEPT.c.deleted.desc(), _KEPT.c.kind, _KEPT.c.id).limit(limit + 1)


def _within(kind: str, actor: Actor) -> ColumnElement[bool]:
    within = narrowed(actor.reach(f"{kind}.view"), actor)
    return true() if within is None else within


def past(row: Mapping[str, Any]) -> str:
    """The cursor behind a row."""
    place = [row["deleted"].isoformat(), row["kind"], row["id"]]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def _place(cursor: str) -> tuple[datetime, str, str]:
    try:
        moment, kind, id = json.loads(base64.urlsafe_b64decode(cursor.encode()))  # noqa: A001
        at = datetime.fromisoformat(moment)
    except (ValueError, TypeError) as error:
        raise ListRefused("the cursor of the list is not one this list gave") from error
    if at.tzinfo is None or not isinstance(kind, str) or not isinstance(id, str):
        raise ListRefused("the cursor of the list is not one this list gave")
    return at, kind, id
