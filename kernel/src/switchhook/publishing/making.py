"""Making flows, naming them, putting them into the trash and bringing them back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from ..flows.drawing import Drawing, drawing_of, empty_drawing, text_of
from ..flows.flow import POINT_ID
from ..flows.sketch import read_sketch
from ..resources.kept import missing
from ..resources.record import IdTaken
from ..resources.slug import slug
from ..schema import Pointer, Problem, SettingsRefused, read_settings
from ..store import flow_versions, tables
from ..store.demo import refuse_more
from ..store.stamp import note_change
from ..store.tables_publishing import flow_schedule
from .drafts import Desk, desk_of
from .listing import Listing
from .refusals import FlowInUse
from .templates import FlowTemplate, Templates
from .values import Draft, FlowLine

_FLOW = tables.flow


@attrs.frozen
class Making(Listing):
    """Flows come and go."""

    async def create(
        self,
        label: str,
        *,
        id: str = "",  # noqa: A002 - the domain's own word
        language: str = "de",
        drawing: Mapping[str, Any] | None = None,
    ) -> Draft:
        """A new flow with a draft: empty, or as drawn. Without ``id`` one is made from its name.

        Raises ``IdTaken``, and ``SettingsRefused`` for a name or id that is none.
        """
        self.everywhere("flow.change")
        label = _named(label)
        if id and not POINT_ID.fullmatch(id):
            raise SettingsRefused([Problem("id", f"the id {id!r} does not have the shape {POINT_ID.pattern}")])
        async with self.ground.keeping.turn() as conn:
            flow = await self._free_id(conn, id, label)
            drawn = dict(drawing) if drawing is not None else empty_drawing(flow, label, language)
            text = text_of(drawn | {"id": flow, "label": label})
            sketch = read_sketch(text, self.ground.modules)
            await flow_versions.put_flow(conn, self.tenant, flow, label, self.actor.account)
            desk = Desk(None, None)
            await self.keep(conn, flow, desk, text, is_open=True, based_on=0)
            await self.tell(conn, "create", flow, {}, {"label": label})
        findings = await self.judged(sketch)
        return attrs.evolve(await self.draft(flow), findings=findings)

    async def templates(self) -> Mapping[str, type[FlowTemplate]]:
        """The templates that can be used here, by kind: those whose modules are installed."""
        self.actor.need("flow.view")
        found = await Templates.collected(self.ground.keeping.hooks)
        return {kind: one for kind, one in found.items() if all(need in self.ground.modules for need in one.needs)}

    async def create_from_template(
        self,
        template: str,
        values: Mapping[str, object],
        *,
        label: str,
        id: str = "",  # noqa: A002 - the domain's own word
        language: str = "de",
    ) -> Draft:
        """A new flow as a template draws it with these values; raises ``SettingsRefused``, ``NotFound``."""
        self.everywhere("flow.change")
        declared = Templates.find(await self.templates(), template)
        filled = read_settings(declared, values, template)
        if problems := list(filled.check()):
            raise SettingsRefused([attrs.evolve(one, path=f"{template}.{one.path}") for one in problems])
        drawn = filled.draw(language)
        return await self.create(label, id=id, language=language, drawing={"language": language, **drawn})

    async def copy(self, flow: str, label: str, *, id: str = "") -> Draft:  # noqa: A002
        """A new flow that begins as this one is being edited; exits to itself lead to the copy."""
        await self.look(flow)
        drawing = drawing_of(await self.text(flow))
        label = _named(label)
        made = await self.create(label, id=id, drawing=drawing)
        return await self.save_draft(made.flow, made.revision, _led(made.drawing, f"flow:{flow}", f"flow:{made.flow}"))

    async def rename(self, flow: str, revision: int, label: str) -> Draft:
        """Give a flow another name, in its draft: callers' history shows it once that is published."""
        await self.look(flow, "flow.change")
        drawing = (await self.draft(flow)).drawing
        return await self.save_draft(flow, revision, drawing | {"label": _named(label)})

    async def delete(self, flow: str) -> FlowLine:
        """Put a flow into the trash with all its versions; raises :class:`FlowInUse` naming what leads to it."""
        await self.look(flow, "flow.change")
        now = self.ground.keeping.clock.now()
        async with self.ground.keeping.turn() as conn:
            await flow_versions.lock(conn, self.tenant, flow)
            uses = await self.leading(conn, flow)
            if uses:
                raise FlowInUse(flow, uses)
            desk = await desk_of(conn, self.tenant, flow)
            waiting = (flow_schedule.c.tenant == self.tenant, flow_schedule.c.flow == flow)
            cancelled = {"state": "cancelled", "reason": "the flow was deleted"}
            await conn.execute(
                update(flow_schedule).where(*waiting, flow_schedule.c.state == "waiting").values(cancelled)
            )
            await conn.execute(update(_FLOW).where(*self._is(flow)).values(deleted=now))
            await note_change(conn, self.tenant)
            await self.tell(conn, "delete", flow, {"version": desk.live.no if desk.live else None}, {})
        return await self.flow(flow)

    async def restore(self, flow: str) -> FlowLine:
        """Bring a flow back with its draft and all versions; live again only if all it uses is still there.

        Raises ``DemoLimit`` where it would be one live flow too many.
        """
        row = await self.look(flow, "flow.change", trash=True)
        if row.deleted is None:
            return await self.flow(flow)
        async with self.ground.keeping.turn() as conn:
            live = await flow_versions.live(conn, self.tenant, flow)
            lost = live is not None and await self._lost(conn, live.id)
            if live is not None and not lost:
                await refuse_more(conn, self.tenant, "flows")
            await conn.execute(update(_FLOW).where(*self._is(flow)).values(deleted=None))
            desk = await desk_of(conn, self.tenant, flow, lock=True)
            if desk.live is not None and lost:
                version = tables.flow_version
                await conn.execute(update(version).where(version.c.id == desk.live.id).values(state="archived"))
                desk = attrs.evolve(desk, live=None)
            await note_change(conn, self.tenant)
            await self.tell(conn, "restore", flow, {}, {"version": desk.live.no if desk.live else None})
        return await self.flow(flow)

    async def _lost(self, conn: AsyncConnection, version: int) -> bool:
        used = tables.flow_reference
        rows = await conn.execute(select(used).where(used.c.version == version))
        return bool(await missing(conn, self.tenant, [Pointer(row.path, row.to_kind, row.to_id) for row in rows]))

    async def _free_id(self, conn: AsyncConnection, wanted: str, label: str) -> str:
        taken = {row.id for row in await conn.execute(select(_FLOW.c.id).where(_FLOW.c.tenant == self.tenant))}
        stem = wanted or slug(label)[:36] or "flow"
        if stem not in taken:
            return stem
        if wanted:
            raise IdTaken(f"there is a flow {wanted!r} already, perhaps in the trash", kind="flow", id=wanted)
        return next(name for n in range(2, len(taken) + 3) if (name := f"{stem}-{n}") not in taken)

    def _is(self, flow: str) -> tuple[Any, ...]:
        return _FLOW.c.tenant == self.tenant, _FLOW.c.id == flow


def _named(label: str) -> str:
    if not label.strip():
        raise SettingsRefused([Problem("label", "is missing; give the flow a name")])
    return label.strip()


def _led(drawing: Drawing, before: str, after: str) -> Drawing:
    points = [
        {**point, "exits": {name: after if target == before else target for name, target in point["exits"].items()}}
        for point in drawing["points"]
    ]
    resort = after if drawing["last_resort"] == before else drawing["last_resort"]
    return {**drawing, "points": points, "last_resort": resort}
