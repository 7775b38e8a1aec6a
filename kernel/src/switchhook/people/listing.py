"""Lists of people, cut into pages that stay right while people come and go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs
from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.account import Account
from ..errors import near_match
from ..resources.listing import MOST, ListRefused, cursor_of, read_cursor
from ..store import tables_people
from .accounts import account_of, folded

_ACCOUNT: Final = tables_people.account
ORDERS: Final = ("name", "username", "email", "role", "state")


@attrs.frozen
class PeoplePage:
    """A part of a list of people. ``after`` is the cursor of the next part, empty at the end."""

    accounts: Sequence[Account]
    after: str = ""


async def page(
    conn: AsyncConnection,
    tenant: str,
    search: str,
    *,
    role: str,
    state: str,
    after: str,
    limit: int,
    order: str = "name",
) -> PeoplePage:
    """A page of a tenant's people; raises ``ListRefused`` for a cursor that is none, or an order there is not."""
    if not 1 <= limit <= MOST:
        raise ListRefused(f"a page has 1 to {MOST} rows, not {limit}")
    query = select(_ACCOUNT).where(_ACCOUNT.c.tenant == tenant)
    if search:
        query = query.where(_ACCOUNT.c.search.contains(folded(search), autoescape=True))
    for column, wanted in ((_ACCOUNT.c.role, role), (_ACCOUNT.c.state, state)):
        query = query.where(column == wanted) if wanted else query
    name, down = order.removeprefix("-"), order.startswith("-")
    if name not in ORDERS:
        raise ListRefused(f"a list has no column {name!r}{near_match(name, ORDERS)} to sort or filter by", column=name)
    key, own = _ACCOUNT.c[name], _ACCOUNT.c.id
    if after:
        value, id = read_cursor(after, order)  # noqa: A001 - the domain's own word
        further, same = (key < value, own < id) if down else (key > value, own > id)
        query = query.where(or_(further, and_(key == value, same)))
    query = query.order_by(*((key.desc(), own.desc()) if down else (key, own))).limit(limit + 1)
    found = [account_of(row) for row in (await conn.execute(query)).mappings()]
    shown = found[:limit]
    return PeoplePage(shown, _cursor(shown[-1], order) if len(found) > limit else "")


def _cursor(account: Account, order: str) -> str:
    return cursor_of(order, getattr(account, order.removeprefix("-")), account.id)
