"""Versions that go live at a moment, judged again when it has come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import attrs
from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from ..errors import NotFound, StoreError, SwitchhookError
from ..flows.publish import Published, uses_of
from ..resources.kept import missing
from ..schema import Label, Pointer, Problem, SettingsRefused
from ..store import flow_versions, tables
from ..store.routing import FlowText
from ..store.tables_publishing import flow_schedule
from .drafts import desk_of
from .going_live import GoingLive
from .values import Planned

RULE: Final = "flow-not-published"
"""The rule of the alert that a scheduled version did not go live."""
_SCHEDULE: Final = flow_schedule
_VERSION: Final = tables.flow_version


@attrs.frozen
class Scheduling(GoingLive):
    """Publishing later."""

    async def schedule(
        self,
        flow: str,
        at: datetime,
        *,
        revision: int | None = None,
        version: int | None = None,
        message: str = "",
        accept_warnings: bool = False,
    ) -> Planned:
        """Let the draft as it is under ``revision``, or a version by its number, go live at a moment to come.

        The draft becomes a version now and may be edited on. Raises what
        :meth:`publish` raises, and ``SettingsRefused`` for a moment that is past.
        """
        await self.look(flow, "flow.publish")
        now = self.ground.keeping.clock.now()
        if at.tzinfo is None or at <= now:
            raise SettingsRefused([Problem("at", "must be a moment to come, with its time zone")])
        if (revision is None) == (version is None):
            raise SettingsRefused([Problem("version", "name either the draft's revision or a version")])
        text = await self.text(flow, version)
        ready = self.accepted(flow, await self.judge(flow, text), accept_warnings=accept_warnings)
        uses = uses_of(ready.flow)
        async with self.ground.keeping.turn() as conn:
            desk = await desk_of(conn, self.tenant, flow, lock=True)
            if version is None and desk.revision != revision:
                self._current(flow, desk, revision or 0)
            lost = await missing(conn, self.tenant, [Pointer(one.path, one.to_kind, one.to_id) for one in uses])
            if lost:
                raise SettingsRefused([Problem(one.path, f"there is no {one.to_kind} {one.to_id!r}") for one in lost])
            if version is None:
                new = FlowText(flow, ready.flow.label or flow, desk.document, uses)
                found = await flow_versions.add(conn, now, self.tenant, new, message=message, author=self.actor.name)
                await self.keep(
                    conn, flow, desk, desk.document, is_open=True, based_on=desk.based_on, findings=ready.proof.findings
                )
            else:
                found = await flow_versions.numbered(conn, self.tenant, flow, version)
            row = {
                "tenant": self.tenant,
                "flow": flow,
                "version": found.id,
                "at": at,
                "message": message,
                "author": self.actor.name,
                "created": now,
            }
            made = (await conn.execute(insert(_SCHEDULE).values(row).returning(_SCHEDULE.c.id))).scalar_one()
            await _mark(conn, found.id)
            await self.tell(conn, "schedule", flow, {}, {"version": found.no, "at": at.isoformat(), "message": message})
        return Planned(made, flow, found.no, at, "waiting", message, self.actor.name)

    async def cancel(self, flow: str, id: int) -> Planned:  # noqa: A002 - the domain's own word
        """Do not publish after all; raises ``NotFound`` for what is not waiting any more."""
        await self.look(flow, "flow.publish")
        async with self.ground.keeping.turn() as conn:
            row = await self.settled(conn, flow, id, "cancelled", f"cancelled by {self.actor.name}")
            if row is None:
                raise NotFound(f"nothing is waiting under {id}", id=id)
            await self.tell(conn, "unschedule", flow, {"at": row["at"].isoformat()}, {})
        return next(one for one in await self.planned(flow) if one.id == id)

    async def planned(self, flow: str = "") -> Sequence[Planned]:
        """What was scheduled for a flow, or for all in sight, the next first."""
        if flow:
            await self.look(flow, trash=True)
        self.actor.need("flow.view")
        query = (
            select(_SCHEDULE, _VERSION.c.no)
            .join(_VERSION, _VERSION.c.id == _SCHEDULE.c.version)
            .where(_SCHEDULE.c.tenant == self.tenant)
            .order_by(_SCHEDULE.c.at, _SCHEDULE.c.id)
        )
        query = query.where(_SCHEDULE.c.flow == flow) if flow else query
        async with self.ground.keeping.store.read() as conn:
            seen = {id for id, row in (await self.rows(conn)).items() if self.sees(row)}  # noqa: A001
            return [_planned(row) for row in (await conn.execute(query)).mappings() if row["flow"] in seen]

    async def settled(
        self,
        conn: AsyncConnection,
        flow: str,
        id: int,  # noqa: A002
        state: str,
        reason: str = "",
    ) -> RowMapping | None:
        """End what waits, once: None when another process, or somebody, was quicker."""
        mine = (_SCHEDULE.c.tenant == self.tenant, _SCHEDULE.c.flow == flow, _SCHEDULE.c.id == id)
        ended = update(_SCHEDULE).where(*mine, _SCHEDULE.c.state == "waiting").values(state=state, reason=reason)
        row: RowMapping | None = (await conn.execute(ended.returning(_SCHEDULE))).mappings().first()
        if row is not None:
            await _mark(conn, row["version"])
        return row

    async def carry_out(self, due: Planned) -> Published | None:
        """Publish what is due, judged by what is there now; None if it failed or another process did it.

        A failure changes nothing but the plan's state, and is an alert.
        """
        try:
            ready = self.accepted(
                due.flow, await self.judge(due.flow, await self.text(due.flow, due.no)), accept_warnings=True
            )
            async with self.ground.keeping.turn() as conn:
                before = await flow_versions.live(conn, self.tenant, due.flow)
                if await self.settled(conn, due.flow, due.id, "done") is None:
                    return None
                live = await self.go_live(conn, due.flow, ready, no=due.no, message=due.message)
        except StoreError:
            raise  # it is tried again as soon as the store is there
        except SwitchhookError as error:
            await self._failed(due, str(error))
            return None
        return await self._announced(ready, live, before)

    async def _failed(self, due: Planned, why: str) -> None:
        said = Label(
            f"Version {due.no} des Ablaufs {due.flow} ging nicht wie geplant live: {why}",
            f"version {due.no} of flow {due.flow} did not go live as scheduled: {why}",
        )
        async with self.ground.keeping.turn() as conn:
            if await self.settled(conn, due.flow, due.id, "failed", why) is None:
                return
            await self.tell(conn, "schedule", due.flow, {}, {"version": due.no, "failed": why})
            await self.ground.alerts.raise_(
                self.tenant,
                RULE,
                due.flow,
                said,
                severity="error",
                label=due.flow,
                link=f"/flows/{due.flow}",
                conn=conn,
            )


async def _mark(conn: AsyncConnection, version: int) -> None:
    """Say of a version whether it waits to go live, so that what it uses stays until then."""
    waiting = select(func.count()).where(_SCHEDULE.c.version == version, _SCHEDULE.c.state == "waiting")
    count = (await conn.execute(waiting)).scalar_one()
    row = (await conn.execute(select(_VERSION).where(_VERSION.c.id == version))).mappings().one()
    if row["state"] == "published":
        return
    state = "scheduled" if count else "archived" if row["published_at"] is not None else "draft"
    await conn.execute(update(_VERSION).where(_VERSION.c.id == version).values(state=state))


def _planned(row: RowMapping) -> Planned:
    names = ("id", "flow", "no", "at", "state", "message", "author", "reason")
    return Planned(**{name: row[name] for name in names})
