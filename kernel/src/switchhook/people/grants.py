"""Checks grants that were asked for: known rights, scopes that fit, groups and numbers that are there."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.account import Grant
from ..resources.kept import missing
from ..resources.resource import NUMBER, NUMBER_GROUP
from ..schema import Pointer, Problem, SettingsRefused
from .person import GrantRow
from .rights import Rights


async def read_grants(
    conn: AsyncConnection, tenant: str, rights: Rights, rows: Sequence[GrantRow], kept: Collection[Grant], path: str
) -> tuple[Grant, ...]:
    """The grants of a form; raises ``SettingsRefused`` with every problem below ``path``.

    A right that nobody brings is kept where it was granted already: its plugin
    may come back.
    """
    grants = [row.grant() for row in rows]
    problems: list[Problem] = []
    pointers: list[Pointer] = []
    for i, grant in enumerate(grants):
        at = f"{path}[{i}]"
        if grant in kept:
            continue
        problems += _problems(rights, grant, at)
        kind = {"group": NUMBER_GROUP, "number": NUMBER}.get(grant.scope)
        if kind:
            pointers += [Pointer(f"{at}.{grant.scope}s[{n}]", kind, one) for n, one in enumerate(grant.ids)]
    problems += [
        Problem(one.path, f"there is no {one.to_kind} {one.to_id!r}") for one in await missing(conn, tenant, pointers)
    ]
    if problems:
        raise SettingsRefused(problems)
    return tuple(dict.fromkeys(grants))


def _problems(rights: Rights, grant: Grant, at: str) -> list[Problem]:
    right = rights.get(grant.right)
    if right is None:
        return [Problem(f"{at}.right", f"there is no right {grant.right!r}{rights.hint(grant.right)}")]
    if grant.scope not in right.scopes:
        return [Problem(f"{at}.scope", f"{grant.right} can be given for {' or '.join(right.scopes)} only")]
    if grant.scope in ("group", "number") and not grant.ids:
        return [Problem(f"{at}.{grant.scope}s", f"name the {grant.scope}s it is for")]
    return []
