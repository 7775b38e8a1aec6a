"""Drafts: what is being edited, saved by itself, and never lost to somebody else."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import attrs
from sqlalchemy import delete, select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from ..flows.document import FlowRefused
from ..flows.drawing import drawing_of, empty_drawing, text_of
from ..flows.lint import LintContext, lint
from ..flows.merging import merge
from ..flows.module import Finding
from ..flows.sketch import Sketch, read_sketch
from ..store import flow_versions
from ..store.routing import FlowVersion
from ..store.tables_publishing import flow_draft, flow_draft_step
from ..store.upsert import upsert
from .ground import Work
from .refusals import NothingToDiscard, StaleDraft
from .values import Draft

STEPS: Final = 60
"""How many earlier revisions of a draft are kept for three-way merges."""


@attrs.frozen
class Desk:
    """What lies on a flow's desk at one moment: its draft if it ever had one, and its live version."""

    row: RowMapping | None
    live: FlowVersion | None

    @property
    def open(self) -> bool:
        """Whether a draft differs from what is live."""
        return self.row is not None and bool(self.row["open"])

    @property
    def revision(self) -> int:
        """The revision a save has to name."""
        return int(self.row["revision"]) if self.row is not None else 0

    @property
    def document(self) -> str:
        """What is being edited."""
        if self.row is not None and (self.open or self.live is None):
            return str(self.row["document"])
        return self.live.document if self.live is not None else ""

    @property
    def based_on(self) -> int:
        """The number of the version that is being changed."""
        if self.row is not None and self.open:
            return int(self.row["based_on"])
        return self.live.no if self.live is not None else 0


@attrs.frozen
class Drafts(Work):
    """Looking at drafts and changing them. Opening and discarding one is in the audit chain, a single save is not."""

    async def draft(self, flow: str) -> Draft:
        """What is being edited, with what the linter says about it now."""
        await self.look(flow)
        async with self.ground.keeping.store.read() as conn:
            desk = await desk_of(conn, self.tenant, flow)
        findings = await self.findings(desk.document)
        return _draft(flow, desk, findings)

    async def save_draft(
        self, flow: str, revision: int, document: str | Mapping[str, Any], *, based_on: int | None = None
    ) -> Draft:
        """Keep what was edited: a YAML text or a drawing, which goes into the text with its comments kept.

        It need not be finished. Raises ``FlowRefused`` for what cannot be
        read, and :class:`StaleDraft` when ``revision`` is not the one that is
        kept. ``based_on`` says that a merge took that version in.
        """
        await self.look(flow, "flow.change")
        async with self.ground.keeping.store.read() as conn:
            before = await desk_of(conn, self.tenant, flow)
        if isinstance(document, str):
            text = document
        else:
            text = await asyncio.to_thread(text_of, {**document, "id": flow}, before.document)
        sketch = await asyncio.to_thread(read_sketch, text, self.ground.modules)
        if sketch.document.flow.id != flow:
            raise FlowRefused(
                [sketch.document.problem("flow", f"must stay {flow!r}; copy the flow to give it another")]
            )
        findings = await self.judged(sketch)
        async with self.ground.keeping.turn() as conn:
            desk = await desk_of(conn, self.tenant, flow, lock=True)
            if desk.revision != revision:
                raise await self._stale(conn, flow, desk, revision, text)
            if text == desk.document and based_on is None:
                return _draft(flow, desk, findings)
            base = desk.based_on if based_on is None else based_on
            if not desk.open:
                await self.tell(conn, "draft", flow, {}, {"based_on": base})
            await self.keep(conn, flow, desk, text, is_open=True, based_on=base, findings=findings)
            desk = await desk_of(conn, self.tenant, flow)
        return _draft(flow, desk, findings)

    async def discard_draft(self, flow: str, revision: int) -> Draft:
        """Go back to what is live. The draft can still be merged by whoever edits it at this moment."""
        await self.look(flow, "flow.change")
        async with self.ground.keeping.turn() as conn:
            desk = await desk_of(conn, self.tenant, flow, lock=True)
            if desk.revision != revision:
                raise await self._stale(conn, flow, desk, revision, desk.document)
            if desk.live is None:
                raise NothingToDiscard(f"flow {flow!r} was never published; delete it instead", flow=flow)
            if desk.open:
                await self.keep(conn, flow, desk, desk.live.document, is_open=False, based_on=desk.live.no)
                await self.tell(conn, "discard", flow, {"based_on": desk.based_on}, {"version": desk.live.no})
        return await self.draft(flow)

    async def findings(self, document: str, context: LintContext | None = None) -> tuple[Finding, ...]:
        """What the linter says about a text, unfinished points included; nothing about none."""
        if not document:
            return ()
        try:
            sketch = await asyncio.to_thread(read_sketch, document, self.ground.modules)
        except FlowRefused as refused:  # a version kept long ago, by plugins that read it otherwise
            return tuple(Finding("F00", "error", one.path, one.message) for one in refused.problems)
        return await self.judged(sketch, context)

    async def judged(self, sketch: Sketch, context: LintContext | None = None) -> tuple[Finding, ...]:
        """What the linter says about a flow that was read."""
        known = context or await self.ground.context(self.tenant)
        found = await asyncio.to_thread(lint, sketch.document.flow, self.ground.modules, known)
        errors = [one for one in found if one.severity == "error"]
        return (*sketch.unfinished, *errors, *(one for one in found if one.severity != "error"))

    async def keep(
        self,
        conn: AsyncConnection,
        flow: str,
        desk: Desk,
        document: str,
        *,
        is_open: bool,
        based_on: int,
        findings: tuple[Finding, ...] | None = None,
    ) -> None:
        """Put the next revision on the desk."""
        row = {
            "tenant": self.tenant,
            "flow": flow,
            "revision": desk.revision + 1,
            "open": is_open,
            "based_on": based_on,
            "document": document,
            "author": self.actor.name,
            "changed": self.ground.keeping.clock.now(),
            "errors": _count(findings, "error"),
            "warnings": _count(findings, "warning"),
        }
        await conn.execute(upsert(conn.dialect.name, flow_draft, ("tenant", "flow")), row)
        steps = [(desk.revision + 1, document)] + ([(0, desk.document)] if desk.row is None else [])
        for revision, text in steps:
            step = {"tenant": self.tenant, "flow": flow, "revision": revision, "document": text}
            await conn.execute(upsert(conn.dialect.name, flow_draft_step, ("tenant", "flow", "revision")), step)
        old = flow_draft_step.c.revision < desk.revision + 1 - STEPS
        await conn.execute(delete(flow_draft_step).where(*_of(flow_draft_step, self.tenant, flow), old))

    async def settle(
        self, conn: AsyncConnection, flow: str, desk: Desk, live: FlowVersion, findings: tuple[Finding, ...]
    ) -> None:
        """Something went live: a draft that says the same is finished, another stays open."""
        if not desk.open or desk.document == live.document:
            await self.keep(conn, flow, desk, live.document, is_open=False, based_on=live.no, findings=findings)
        else:
            counts = {"errors": _count(findings, "error"), "warnings": _count(findings, "warning")}
            await conn.execute(update(flow_draft).where(*_of(flow_draft, self.tenant, flow)).values(counts))

    async def _stale(self, conn: AsyncConnection, flow: str, desk: Desk, revision: int, mine: str) -> StaleDraft:
        query = select(flow_draft_step.c.document).where(
            *_of(flow_draft_step, self.tenant, flow), flow_draft_step.c.revision == revision
        )
        base = (await conn.execute(query)).scalar() or ""
        return stale(flow, desk, base, desk.document, mine, desk.based_on)


def stale(flow: str, desk: Desk, base: str, theirs: str, mine: str, based_on: int) -> StaleDraft:
    """Somebody else was quicker: both changes, put together as far as their common beginning is known."""
    middle = drawing_of(base) if base else None
    kept = drawing_of(theirs)
    merged = merge(middle, drawing_of(mine), kept) if middle is not None else None
    author = desk.row["author"] if desk.row is not None else ""
    if desk.live is not None and theirs == desk.live.document:
        author = desk.live.author
    return StaleDraft(flow, desk.revision, based_on, author, middle, kept, merged)


async def desk_of(conn: AsyncConnection, tenant: str, flow: str, *, lock: bool = False) -> Desk:
    """What lies on a flow's desk; with ``lock`` nobody else changes it until the transaction ends."""
    if lock:
        await flow_versions.lock(conn, tenant, flow)
    row = (await conn.execute(select(flow_draft).where(*_of(flow_draft, tenant, flow)))).mappings().first()
    return Desk(row, await flow_versions.live(conn, tenant, flow))


def _of(table: Any, tenant: str, flow: str) -> tuple[Any, ...]:
    return table.c.tenant == tenant, table.c.flow == flow


def _count(findings: tuple[Finding, ...] | None, severity: str) -> int | None:
    return None if findings is None else sum(one.severity == severity for one in findings)


def _draft(flow: str, desk: Desk, findings: tuple[Finding, ...]) -> Draft:
    return Draft(
        flow,
        desk.revision,
        desk.open,
        desk.based_on,
        desk.live.no if desk.live is not None else None,
        desk.document,
        drawing_of(desk.document) if desk.document else empty_drawing(flow, flow),
        findings,
        desk.row["author"] if desk.row is not None else "",
        desk.row["changed"] if desk.row is not None else None,
    )
