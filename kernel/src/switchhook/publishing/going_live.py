"""Publishing: judged first, then live in one transaction, with a history that leads back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import attrs
from sqlalchemy.ext.asyncio import AsyncConnection

from ..documents.marks import FileProblem
from ..flows.drawing import drawing_of
from ..flows.flow import Flow
from ..flows.lint import LintContext
from ..flows.publish import Examined, Published, PublishRefused, Source, examine, uses_of
from ..flows.sketch import read_sketch
from ..flows.words import difference_in_words
from ..resources.kept import missing
from ..schema import Pointer
from ..store import flow_versions
from ..store.demo import refuse_more
from ..store.routing import FlowText, FlowVersion
from .drafts import Desk, desk_of, stale
from .expecting import Expecting
from .refusals import WarningsUnseen
from .values import Checked, Proof, Said, VersionLine


@attrs.frozen
class Ready:
    """A flow that was found good: its text, itself, and what was said about it."""

    text: str
    flow: Flow
    proof: Proof


@attrs.frozen
class GoingLive(Expecting):
    """Publishing, history and roll-back."""

    # -- judging ----------------------------------------------------------------------------------

    async def proof(self, flow: str, version: int | None = None) -> Proof:
        """What stands against publishing the draft, or a version by its number, and what it would change."""
        await self.look(flow)
        text = await self.text(flow, version)
        return (await self.judge(flow, text)).proof

    async def judge(self, flow: str, text: str, context: LintContext | None = None) -> Ready:
        """Ask linter, expectations and guards about a text; raises ``FlowRefused`` for what cannot be read."""
        known = context or await self.ground.context(self.tenant)
        sketch = await asyncio.to_thread(read_sketch, text, self.ground.modules)
        found = sketch.document.flow
        findings = await self.judged(sketch, known)
        checked: tuple[Checked, ...] = ()
        refusal = ""
        if not any(one.severity == "error" for one in findings):
            checked = await self.checked(found, known)
            refusal = await self.ground.refusal(self.tenant, found)
        async with self.ground.keeping.store.read() as conn:
            live = await flow_versions.live(conn, self.tenant, flow)
        before = drawing_of(live.document) if live is not None else None
        changes = difference_in_words(before, drawing_of(text), self.ground.modules, await self.labels())
        return Ready(text, found, Proof(findings, checked, refusal, tuple(Said(*one) for one in changes)))

    # -- publishing -------------------------------------------------------------------------------

    async def publish(self, flow: str, revision: int, *, message: str = "", accept_warnings: bool = False) -> Published:
        """Make the draft live, as it is under ``revision``.

        Raises ``PublishRefused`` for errors, red expectations and refusals of
        guards, :class:`WarningsUnseen`, and :class:`StaleDraft` when another
        draft is kept by now, or another version is live than it began with.
        """
        await self.look(flow, "flow.publish")
        async with self.ground.keeping.store.read() as conn:
            desk = await desk_of(conn, self.tenant, flow)
        self._current(flow, desk, revision)
        await self._based_on_live(flow, desk)
        ready = self.accepted(flow, await self.judge(flow, desk.document), accept_warnings=accept_warnings)
        async with self.ground.keeping.turn() as conn:
            now = await desk_of(conn, self.tenant, flow, lock=True)
            self._current(flow, now, revision)
            live = await self.go_live(conn, flow, ready, message=message)
        return await self._announced(ready, live, desk.live)

    async def roll_back(
        self, flow: str, version: int, *, message: str = "", accept_warnings: bool = False
    ) -> Published:
        """Make an older version live again, judged by what is there now; an open draft stays."""
        await self.look(flow, "flow.publish")
        text = await self.text(flow, version)
        ready = self.accepted(flow, await self.judge(flow, text), accept_warnings=accept_warnings)
        async with self.ground.keeping.turn() as conn:
            before = await flow_versions.live(conn, self.tenant, flow)
            live = await self.go_live(conn, flow, ready, no=version, message=message)
        return await self._announced(ready, live, before)

    async def import_texts(
        self, sources: Sequence[Source], *, message: str = "", numbers: Mapping[str, str] | None = None
    ) -> list[Published]:
        """Make flow files live, all of them or none; ``numbers`` will lead to the flows they name."""
        self.everywhere("flow.publish")
        known = await self.ground.context(self.tenant)
        known = attrs.evolve(known, numbers={**(known.numbers or {}), **(numbers or {})})
        examined = await examine(sources, self.ground.modules, known)
        known = attrs.evolve(known, flows={**(known.flows or {}), **{one.flow.id: one.flow for one in examined}})
        ready = [await self._imported(one, source, known) for one, source in zip(examined, sources, strict=True)]
        done: list[tuple[Ready, FlowVersion, FlowVersion | None]] = []
        async with self.ground.keeping.turn() as conn:
            for one in ready:
                label = one.flow.label or one.flow.id
                await flow_versions.put_flow(conn, self.tenant, one.flow.id, label, self.actor.account)
            for one in ready:
                before = await flow_versions.live(conn, self.tenant, one.flow.id)
                done.append((one, await self.go_live(conn, one.flow.id, one, message=message), before))
        return [await self._announced(*one) for one in done]

    async def _imported(self, one: Examined, source: Source, known: LintContext) -> Ready:
        ready = await self.judge(one.flow.id, source.text, known)
        problems = [one.shown(finding) for finding in ready.proof.errors] + [
            one.document.problem("", said) for said in _against(ready.proof)
        ]
        if problems:
            raise PublishRefused(problems)
        return ready

    def accepted(self, flow: str, ready: Ready, *, accept_warnings: bool) -> Ready:
        """Raise for whatever prevents that a flow goes live."""
        proof = ready.proof
        problems = [_problem(flow, f"error {one.rule}: {one.message}", one.path) for one in proof.errors]
        problems += [_problem(flow, said) for said in _against(proof)]
        if problems:
            raise PublishRefused(problems)
        if proof.warnings and not accept_warnings:
            raise WarningsUnseen(proof.warnings)
        return ready

    async def go_live(
        self, conn: AsyncConnection, flow: str, ready: Ready, *, no: int | None = None, message: str = ""
    ) -> FlowVersion:
        """Publish inside a turn: what the flow uses is there, and cannot go before the turn ends; raises ``DemoLimit``."""
        uses = uses_of(ready.flow)
        desk = await desk_of(conn, self.tenant, flow, lock=True)
        if desk.live is None:
            await refuse_more(conn, self.tenant, "flows")
        lost = await missing(conn, self.tenant, [Pointer(one.path, one.to_kind, one.to_id) for one in uses])
        if lost:
            raise PublishRefused([_problem(flow, f"there is no {one.to_kind} {one.to_id!r}", one.path) for one in lost])
        clock = self.ground.keeping.clock
        if no is None:
            text = FlowText(flow, ready.flow.label or flow, ready.text, uses)
            live = await flow_versions.publish_text(
                conn, clock.now, self.tenant, text, message=message, author=self.actor.name
            )
        else:
            found = await flow_versions.numbered(conn, self.tenant, flow, no)
            await flow_versions.put_uses(conn, found, uses)
            live = await flow_versions.publish(conn, clock.now, self.tenant, found.id)
            await flow_versions.put_flow(conn, self.tenant, flow, ready.flow.label or flow)
        after = attrs.evolve(desk, live=live)
        await self.settle(conn, flow, after, live, ready.proof.findings)
        if desk.live is None or desk.live.id != live.id:
            told = {"version": live.no, "message": message, "hash": live.hash}
            await self.tell(conn, "publish", flow, {"version": desk.live.no} if desk.live else {}, told)
        return live

    async def _announced(self, ready: Ready, live: FlowVersion, before: FlowVersion | None) -> Published:
        changed = before is None or before.id != live.id
        if changed:
            hooks = self.ground.keeping.hooks
            await hooks.notify("flow_published", flow=ready.flow, tenant=self.tenant, version=str(live.id))
        return Published(live, ready.flow, ready.proof.findings, changed)

    def _current(self, flow: str, desk: Desk, revision: int) -> None:
        if desk.revision != revision:
            raise stale(flow, desk, "", desk.document, desk.document, desk.based_on)

    async def _based_on_live(self, flow: str, desk: Desk) -> None:
        """A draft that began with an older version would silently take back what was published since."""
        if not desk.open or desk.live is None or desk.based_on == desk.live.no:
            return
        base = await self.text(flow, desk.based_on) if desk.based_on else ""
        raise stale(flow, desk, base, desk.live.document, desk.document, desk.live.no)

    # -- history ----------------------------------------------------------------------------------

    async def history(self, flow: str) -> Sequence[VersionLine]:
        """All versions of a flow, newest first."""
        await self.look(flow, trash=True)
        versions = await self.ground.directory.versions(self.tenant, flow)
        return [
            VersionLine(one.no, one.state, one.author, one.message, one.created, one.published_at)
            for one in reversed(versions)
        ]

    async def text(self, flow: str, version: int | None = None) -> str:
        """The YAML text of the draft, or of a version by its number, just as it was imported or saved."""
        await self.look(flow)
        async with self.ground.keeping.store.read() as conn:
            if version is None:
                return (await desk_of(conn, self.tenant, flow)).document
            return (await flow_versions.numbered(conn, self.tenant, flow, version)).document

    async def difference(self, flow: str, before: int | None, after: int | None = None) -> Sequence[Said]:
        """What changed between two versions, in words; None is the draft, 0 is a flow without anything."""
        first, second = [None if no == 0 else drawing_of(await self.text(flow, no)) for no in (before, after)]
        changes = difference_in_words(first, second or {}, self.ground.modules, await self.labels())
        return [Said(*one) for one in changes]

    async def labels(self) -> Mapping[str, str]:
        """The names of the tenant's flows by id."""
        return await self.ground.directory.flows(self.tenant)


def _against(proof: Proof) -> list[str]:
    """What prevents publishing beside the linter, in words."""
    red = [f"expectation {one.expectation.name!r}: {said.en}" for one in proof.checked for said in one.red]
    return [*red, *([f"refused: {proof.refusal}"] if proof.refusal else [])]


def _problem(flow: str, message: str, path: str = "") -> FileProblem:
    return FileProblem(f"flow {flow}", 1, 1, path, message)
