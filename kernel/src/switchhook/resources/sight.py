"""What one actor sees of a tenant's records, and what it reaches to change."""

from __future__ import annotations

import attrs
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.actor import Actor, Forbidden, Reach
from ..schema import Pointer, Problem, SettingsRefused, pointers
from . import kept
from .record import Record, Use
from .resource import FLOW, NUMBER, Resource
from .within import covers, numbers_of


@attrs.frozen
class Sight:
    """Asked at every look and every change, by pages, the API, files and commands alike."""

    rows: kept.Rows
    tenant: str
    actor: Actor

    def sees(self, record: Record) -> bool:
        """Whether a record is there at all for the actor."""
        return covers(self.actor.reach(f"{record.kind}.view"), self.actor, record)

    def must_reach(self, action: str, record: Record) -> None:
        """Raise ``Forbidden`` for what the actor may see, but not change or delete."""
        right = f"{record.kind}.{action}"
        if not covers(self._needed(right, record), self.actor, record):
            raise Forbidden(f"your right {right} does not reach {record.kind} {record.id!r}", right=right)

    def must_fit(self, record: Record, path: str = "") -> None:
        """Refuse to keep what would be out of the actor's reach, naming the numbers that are."""
        right = f"{record.kind}.change"
        reach = self._needed(right, record)
        if covers(reach, self.actor, record):
            return
        beyond = numbers_of(record.value) - reach.numbers
        if not beyond:
            raise Forbidden(f"your right {right} goes over numbers; the {record.kind} must belong to one", right=right)
        raise SettingsRefused(
            [
                self._not_there(one, path or record.kind)
                for one in pointers(record.value)
                if one.to_kind == NUMBER and one.to_id in beyond
            ]
        )

    def _needed(self, right: str, record: Record) -> Reach:
        if type(record.value).by_operator:
            self.actor.need_operator(right)
        return self.actor.need(right)

    async def used_by(self, conn: AsyncConnection, kind: str, id: str) -> list[Use]:  # noqa: A002
        """Where a record is used; uses out of the actor's sight have neither id nor title, but do count."""
        uses = await kept.uses_of(conn, self.tenant, kind, id)
        declared = self.rows.kinds.get(kind)
        if declared is not None and declared.heard_as:
            uses += await kept.heard_by(conn, self.tenant, declared.heard_as + id)
        seen: list[Use] = []
        for use in uses:
            view = self.actor.reach({FLOW: "flow.view", "account": "people.view"}.get(use.kind, f"{use.kind}.view"))
            visible = view.everything
            if not visible and use.kind in self.rows.kinds:
                record = await self.rows.find(conn, self.tenant, use.kind, use.id)
                visible = record is not None and self.sees(record)
            seen.append(use if visible else Use(use.kind, "", "", ""))
        return seen

    async def lost(
        self, conn: AsyncConnection, before: Resource | None, value: Resource, path: str = ""
    ) -> list[Problem]:
        """The fields that point to what is not there, or newly to what the actor cannot see."""
        missing = await kept.missing(conn, self.tenant, pointers(value))
        known = {(one.to_kind, one.to_id) for one in pointers(before)} if before is not None else set()
        for one in pointers(value):
            hidden = one.to_kind in self.rows.kinds and not self.actor.reach(f"{one.to_kind}.view").everything
            if hidden and (one.to_kind, one.to_id) not in known and one not in missing:
                target = await self.rows.find(conn, self.tenant, one.to_kind, one.to_id)
                missing += [one] if target is not None and not self.sees(target) else []
        return [self._not_there(one, path or value.kind) for one in missing]

    def _not_there(self, one: Pointer, path: str) -> Problem:
        return Problem(f"{path}.{one.path}", f"there is no {one.to_kind} {one.to_id!r}")
