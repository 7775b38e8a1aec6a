"""Lists of people, cut into pages that stay right while people come and go."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Final

import attrs
from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.account import Account
from ..resources.listing import MOST, ListRefused
from ..store import tables_people
from .accounts import account_of, folded

_ACCOUNT: Final = tables_people.account


@attrs.frozen
class PeoplePage:
    """A part of a list of people, by name. ``after`` is the cursor of the next part, empty at the end."""

    accounts: Sequence[Account]
    after: str = ""


async def page(
    conn: AsyncConnection, tenant: str, search: str, *, role: str, state: str, after: str, limit: int
) -> PeoplePage:
    """A page of a tenant's people; raises ``ListRefused`` for a cursor that is none."""
    if not 1 <= limit <= MOST:
        raise ListRefused(f"a page has 1 to {MOST} rows, not {limit}")
    query = select(_ACCOUNT).where(_ACCOUNT.c.tenant == tenant)
    if search:
        query = query.where(_ACCOUNT.c.search.contains(folded(search), autoescape=True))
    for column, wanted in ((_ACCOUNT.c.role, role), (_ACCOUNT.c.state, state)):
        query = query.where(column == wanted) if wanted else query
    if after:
        name, id = _read(after)  # noqa: A001 - the domain's own word
        query = query.where(or_(_ACCOUNT.c.name > name, and_(_ACCOUNT.c.name == name, _ACCOUNT.c.id > id)))
    query = query.order_by(_ACCOUNT.c.name, _ACCOUNT.c.id).limit(limit + 1)
    found = [account_of(row) for row in (await conn.execute(query)).mappings()]
    shown = found[:limit]
    return PeoplePage(shown, _cursor(shown[-1]) if len(found) > limit else "")


def _cursor(account: Account) -> str:
    return base64.urlsafe_b64encode(json.dumps([account.name, account.id]).encode()).decode()


def _read(cursor: str) -> tuple[str, str]:
    try:
        name, id = json.loads(base64.urlsafe_b64decode(cursor.encode()))  # noqa: A001
    except (ValueError, TypeError) as error:
        raise ListRefused("the cursor of the list is not one this list gave") from error
    if not isinstance(name, str) or not isinstance(id, str):
        raise ListRefused("the cursor of the list is not one this list gave")
    return name, id
