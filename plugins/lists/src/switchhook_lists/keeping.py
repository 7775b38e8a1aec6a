"""The entries of a tenant's lists as people see and change them: in the browser, by the API, from a call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import attrs
from sqlalchemy.ext.asyncio import AsyncConnection

from switchhook import NotFound, NumberRefused, Problem
from switchhook.administration import Actor, Administration, Listing, SettingsRefused

from .caller_list import CallerList
from .entry import LONGEST_NOTE, Entry, canonical, kept_of
from .looking import EntryPage, HitPage, Wanted, hits, page
from .rows import Rows

VIEW: Final = "caller-list.view"
CHANGE: Final = "caller-list.change"
BLOCK: Final = "caller.block"
"""The right to put callers of calls one may see on lists, without any right over the lists themselves."""
AUDITED: Final = "caller-list-entry"
RECENT: Final = timedelta(days=30)


@attrs.frozen
class Fields:
    """What people say of an entry. ``until`` None holds without end."""

    note: str = ""
    until: datetime | None = None
    shadow: bool = False

    def checked(self, now: datetime) -> Fields:
        """Raises ``SettingsRefused``."""
        problems = []
        if len(self.note) > LONGEST_NOTE or "\n" in self.note:
            problems.append(Problem("note", f"is one line of at most {LONGEST_NOTE} characters"))
        if self.until is not None and self.until <= now:
            problems.append(Problem("until", "is over already; name a moment to come"))
        if problems:
            raise SettingsRefused(problems)
        return self


@attrs.frozen
class Summary:
    """A list with how many entries it has, and how many calls met them within 30 days."""

    id: str
    name: str
    shadow: bool
    entries: int
    hits: int


@attrs.frozen
class Entries:
    """What ``actor`` may see and change. Another tenant's lists and entries are ``NotFound``."""

    administration: Administration
    tenant: str
    actor: Actor

    # -- looking ----------------------------------------------------------------------------------

    async def lists(self, right: str = VIEW) -> Mapping[str, CallerList]:
        """The lists, by id and in the order of their names."""
        self.actor.need(right)
        # Whoever may block callers chooses among lists without seeing what is on them.
        sees = attrs.evolve(self.actor, rights={VIEW: self.actor.reach(right)})
        resources = self.administration.keeping.of(self.tenant, sees)
        found: dict[str, CallerList] = {}
        after, more = "", True
        while more:
            part = await resources.page(CallerList.kind, Listing(limit=200, after=after))
            found.update({one.id: one.value for one in part.records if isinstance(one.value, CallerList)})
            after, more = part.after, bool(part.after)
        return found

    async def list(self, list_id: str, right: str = VIEW) -> CallerList:
        """One list."""
        found = (await self.lists(right)).get(list_id)
        if found is None:
            raise NotFound(f"there is no caller-list {list_id!r}", kind=CallerList.kind, id=list_id)
        return found

    async def summaries(self) -> Sequence[Summary]:
        """All lists with their counts."""
        lists = await self.lists()
        async with self.administration.store.read() as conn:
            rows = Rows(conn, self.tenant)
            there, met = await rows.how_many(), await rows.hits_since(self._now() - RECENT)
        return [Summary(id, one.name, one.shadow, there.get(id, 0), met.get(id, 0)) for id, one in lists.items()]  # noqa: A001

    async def page(self, list_id: str, wanted: Wanted) -> EntryPage:
        """A part of the entries of a list."""
        await self.list(list_id)
        async with self.administration.store.read() as conn:
            return await page(conn, self.tenant, list_id, wanted)

    async def hits(self, list_id: str, after: int = 0, limit: int = 50) -> HitPage:
        """The calls that met a list, the latest first."""
        await self.list(list_id)
        async with self.administration.store.read() as conn:
            return await hits(conn, self.tenant, list_id, after, limit)

    async def get(self, list_id: str, id: int) -> Entry:  # noqa: A002 - the domain's own word
        """One entry."""
        await self.list(list_id)
        async with self.administration.store.read() as conn:
            return await Rows(conn, self.tenant).get(list_id, id)

    async def all(self, list_id: str) -> Sequence[Entry]:
        """Every entry of a list."""
        await self.list(list_id)
        async with self.administration.store.read() as conn:
            return await Rows(conn, self.tenant).all(list_id)

    # -- changing ---------------------------------------------------------------------------------

    async def add(self, list_id: str, written: str, *, begins: bool, fields: Fields) -> Entry:
        """Put a number or a beginning of numbers on a list; raises ``EntryThere``, ``SettingsRefused``."""
        await self.list(list_id, CHANGE)
        kind = "beginning" if begins else "number"
        try:
            value = canonical(written, kind)  # type: ignore[arg-type]
        except NumberRefused as refused:
            raise SettingsRefused([Problem("number", str(refused))]) from refused
        return await self._add(list_id, {"kind": kind, "value": value}, fields)

    async def block(self, list_id: str, call: str, fields: Fields) -> Entry:
        """Put the caller of a call on a list, also one who shows no number; of ``call.view`` the call must be in reach."""
        kept = await self.list(list_id, BLOCK)
        course = await self.administration.records.of(self.tenant, self.actor).course(call)
        kind, value, line = kept_of(course.call.caller)
        if kind == "suppressed":
            fields = attrs.evolve(fields, until=kept.ending(self._now(), fields.until))
        return await self._add(list_id, {"kind": kind, "value": value, "line": line, "call": call}, fields)

    async def change(self, list_id: str, id: int, fields: Fields) -> Entry:  # noqa: A002
        """Change what is said of an entry."""
        kept = await self.list(list_id, CHANGE)
        async with self.administration.keeping.turn() as conn:
            rows = Rows(conn, self.tenant)
            before = await rows.get(list_id, id)
            fields = fields if fields.until == before.until else fields.checked(self._now())
            attrs.evolve(fields, until=None).checked(self._now())
            if before.kind == "suppressed":
                fields = attrs.evolve(fields, until=kept.ending(self._now(), fields.until))
            after = await rows.change(before, **attrs.asdict(fields))
            await self._tell(conn, "change", id, before.told(), after.told())
        return after

    async def delete(self, list_id: str, id: int) -> Entry:  # noqa: A002
        """Take an entry off its list; it can be brought back for a while."""
        await self.list(list_id, CHANGE)
        async with self.administration.keeping.turn() as conn:
            rows = Rows(conn, self.tenant)
            before = await rows.get(list_id, id)
            await rows.change(before, deleted=self._now())
            await self._tell(conn, "delete", id, before.told(), {})
        return before

    async def restore(self, list_id: str, id: int) -> Entry:  # noqa: A002
        """Bring a deleted entry back."""
        await self.list(list_id, CHANGE)
        async with self.administration.keeping.turn() as conn:
            rows = Rows(conn, self.tenant)
            after = await rows.change(await rows.get(list_id, id, deleted=True), deleted=None)
            await self._tell(conn, "restore", id, {}, after.told())
        return after

    async def take_back(self, list_id: str, id: int) -> None:  # noqa: A002
        """Undo that a caller was blocked, as whoever did it; others need the right over the list."""
        if self.actor.may(CHANGE):
            await self.delete(list_id, id)
            return
        await self.list(list_id, BLOCK)
        async with self.administration.keeping.turn() as conn:
            rows = Rows(conn, self.tenant)
            before = await rows.get(list_id, id)
            if before.author != self.actor.name or not before.call:
                raise NotFound(f"there is no entry {id} on the list {list_id!r}", list=list_id, id=id)
            await rows.change(before, deleted=self._now())
            await self._tell(conn, "delete", id, before.told(), {})

    async def bring(self, list_id: str, wanted: Sequence[tuple[Mapping[str, Any], Fields]]) -> int:
        """Put several entries on a list in one step; those of callers who are on it already are changed."""
        await self.list(list_id, CHANGE)
        now = self._now()
        async with self.administration.keeping.turn() as conn:
            rows = Rows(conn, self.tenant)
            known = {(one.kind, one.value): one for one in await rows.all(list_id)}
            for what, fields in wanted:
                said = attrs.asdict(fields)
                there = known.get((what["kind"], what["value"]))
                if there is not None:
                    await rows.change(there, **said)
                else:
                    await rows.add(list_id, {**what, **said, "author": self.actor.name, "made": now})
            told = {"list": list_id, "entries": len(wanted)}
            await self.administration.keeping.audit.add(
                conn, now, self.actor.name, "create", (self.tenant, AUDITED, list_id), {}, told
            )
        return len(wanted)

    # -- inside -----------------------------------------------------------------------------------

    async def _add(self, list_id: str, what: Mapping[str, Any], fields: Fields) -> Entry:
        now = self._now()
        said = attrs.asdict(fields.checked(now))
        async with self.administration.keeping.turn() as conn:
            made = await Rows(conn, self.tenant).add(list_id, {**what, **said, "author": self.actor.name, "made": now})
            await self._tell(conn, "create", made.id, {}, made.told())
        return made

    async def _tell(
        self,
        conn: AsyncConnection,
        action: str,
        entry: int,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        what = (self.tenant, AUDITED, str(entry))
        await self.administration.keeping.audit.add(conn, self._now(), self.actor.name, action, what, before, after)

    def _now(self) -> datetime:
        return self.administration.clock.now()
