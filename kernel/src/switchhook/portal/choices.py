"""What can be chosen where something is referred to: records, flows, numbers, prompts and telephones, by their names."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

import attrs
from sqlalchemy import ColumnElement, Select, Table, func, or_, select

from ..access.actor import Actor
from ..numbers.listing import looked_for
from ..numbers.service import Numbers
from ..resources.kept import folded
from ..resources.service import Keeping
from ..resources.within import narrowed
from ..store import tables

MOST: Final = 50


@attrs.frozen
class Choice:
    """One thing that can be chosen."""

    id: str
    title: str


@attrs.frozen
class Chosen:
    """Choices in order, those that are chosen already among them; ``more`` says that there are more that fit."""

    choices: Sequence[Choice] = ()
    more: bool = False


@attrs.frozen
class Choices:
    """What all tenants share. ``prompts`` gives the ids a tenant can play."""

    keeping: Keeping
    numbers: Numbers
    prompts: Callable[[str], Collection[str]]

    def of(self, tenant: str, actor: Actor) -> TenantChoices:
        """What ``actor`` may choose in a tenant: nothing of a kind it may not see."""
        return TenantChoices(self, tenant, actor)


@attrs.frozen
class TenantChoices:
    """One tenant's choices."""

    choices: Choices
    tenant: str
    actor: Actor

    async def offer(self, kind: str, search: str = "", chosen: Collection[str] = ()) -> Chosen:
        """Up to 50 things of a kind (a resource, ``flow``, ``number``, ``prompt`` or ``target``) that fit a search.

        What is ``chosen`` already is there whatever is searched for, as far as the actor may see it.
        """
        if kind == "target":
            return _few(sorted(self.choices.numbers.phones), search)
        if kind == "prompt":
            return _few(sorted(self.choices.prompts(self.tenant)), search)
        if not self.actor.may(f"{kind}.view"):
            return Chosen()
        query, id, title = self._query(kind)  # noqa: A001 - the domain's own word
        within = self._within(kind)
        query = query if within is None else query.where(within)
        fits = query.where(self._fits(kind, search, id, title))
        wanted = (fits if search else query).order_by(title, id).limit(MOST + 1)
        async with self.choices.keeping.store.read() as conn:
            rows = (await conn.execute(wanted)).all()
            there = {row.id for row in rows[:MOST]}
            missing = [one for one in chosen if one not in there]
            held = (await conn.execute(query.where(id.in_(missing)))).all() if missing else []
        found = [Choice(row.id, row.title or row.id) for row in (*held, *rows[:MOST])]
        return Chosen(found, len(rows) > MOST)

    def _within(self, kind: str) -> ColumnElement[bool] | None:
        """What a query must add for the things in the actor's reach; None for all of them."""
        reach = self.actor.reach(f"{kind}.view")
        if reach.everything or kind == "flow":  # flows are named by whoever may lead a number to one
            return None
        return tables.number.c.e164.in_(sorted(reach.numbers)) if kind == "number" else narrowed(reach, self.actor)

    def _fits(
        self,
        kind: str,
        search: str,
        id: ColumnElement[Any],  # noqa: A002
        title: ColumnElement[Any],
    ) -> ColumnElement[bool]:
        if kind == "number":
            return tables.number.c.search.contains(looked_for(search), autoescape=True)
        if kind == "flow":
            return or_(func.lower(title).contains(search.lower(), autoescape=True), id.contains(search.lower()))
        return tables.kept.c.search.contains(folded(search), autoescape=True)

    def _query(self, kind: str) -> tuple[Select[Any], ColumnElement[Any], ColumnElement[Any]]:
        table: Table = {"flow": tables.flow, "number": tables.number}.get(kind, tables.kept)
        id = table.c.e164 if kind == "number" else table.c.id  # noqa: A001
        title = table.c.title if table is tables.kept else table.c.label
        query = select(id.label("id"), title.label("title")).where(table.c.tenant == self.tenant)
        if table is tables.kept:
            query = query.where(table.c.kind == kind, table.c.deleted.is_(None))
        return query, id, title


def _few(known: Sequence[str], search: str) -> Chosen:
    """Of what is no row and needs no right."""
    fits = [Choice(one, one) for one in known if folded(search) in folded(one)]
    return Chosen(fits[: MOST * 10], len(fits) > MOST * 10)
