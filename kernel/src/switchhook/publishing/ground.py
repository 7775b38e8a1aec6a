"""What all work on flows stands on, and who may see and change which flow."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import attrs
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access.actor import SYSTEM, Actor, Forbidden, Reach
from ..alerts.inbox import Alerts
from ..calls.prompts import PromptMissing
from ..errors import NotFound
from ..flows.flow import Flow
from ..flows.lint import ExtraRule, LintContext
from ..flows.lint_context import KeptRule
from ..flows.publish import live_flow, surroundings
from ..flows.registry import ModuleRegistry
from ..in_call.board import features_among
from ..in_call.lint import in_call_rule
from ..prompts.library import PromptLibrary
from ..resources.listing import MOST as MOST_OF_A_LIST
from ..resources.listing import Listing
from ..resources.service import Keeping
from ..store import tables
from ..store.directory import Directory


@attrs.frozen(kw_only=True)
class Ground:
    """What all tenants share. ``plugins`` are the active ones, ``caller_key`` makes the key of a suppressed caller."""

    keeping: Keeping
    directory: Directory
    modules: ModuleRegistry
    prompts: PromptLibrary
    alerts: Alerts
    phones: Collection[str] = ()
    plugins: Sequence[object] = ()
    caller_key: Callable[[str], str] = str
    _parsed: dict[int, Flow] = attrs.field(factory=dict, init=False, repr=False, eq=False)

    async def context(self, tenant: str) -> LintContext:
        """All that is known around a flow of the tenant; raises ``NotFound`` without such a tenant."""
        rules = [
            (answer.plugin, await self._with_kept(tenant, answer.value))
            for answer in await self.keeping.hooks.collect("lint_rules")
        ]
        rules.append(("kernel", await self._with_kept(tenant, in_call_rule(features_among(self.keeping.kinds)))))
        known = LintContext(
            has_prompt=partial(self._has_prompt, tenant),
            prompt_ids=self.prompts.ids(tenant),
            phones=sorted(self.phones),
            odd=await self.keeping.odd(tenant),
            rules=rules,
        )
        return await surroundings(self.directory, tenant, self.modules, known, self._parsed)

    async def _with_kept(self, tenant: str, rule: ExtraRule | KeptRule) -> ExtraRule:
        """A rule that needs no more than the flow."""
        if not isinstance(rule, KeptRule):
            return rule
        resources = self.keeping.of(tenant, SYSTEM)
        kept: dict[tuple[str, str], Any] = {}
        for kind in filter(self.keeping.kinds.__contains__, rule.kinds):
            after, more = "", True
            while more:
                page = await resources.page(kind, Listing(limit=MOST_OF_A_LIST, after=after))
                kept.update({(kind, record.id): record.value for record in page.records})
                after, more = page.after, bool(page.after)
        if rule.more is not None and kept:
            async with self.keeping.store.read() as conn:
                kept.update(await rule.more(conn, tenant, self.keeping.clock.now()))
        return lambda flow: rule.look(flow, kept)

    async def warm(self) -> int:
        """Read every live flow once, so that nobody's first look at a draft has to; gives how many were new.

        One after the other, each in a thread: calls go on meanwhile.
        """
        state, read = await self.directory.load_routing(), 0
        for version in state.published.values() if state is not None else ():
            if version.id not in self._parsed:
                self._parsed[version.id] = await asyncio.to_thread(live_flow, version, self.modules)
                read += 1
        return read

    async def refusal(self, tenant: str, flow: Flow) -> str:
        """Why a plugin refuses that a flow goes live, or nothing."""
        said = await self.keeping.hooks.veto("flow_publish_proposed", flow=flow, tenant=tenant)
        return f"{said.why} (plugin {said.plugin})" if said is not None else ""

    def _has_prompt(self, tenant: str, prompt: str, language: str) -> bool:
        try:
            self.prompts.find(prompt, language, tenant)
        except PromptMissing:
            return False
        return True


@attrs.frozen
class FlowRow:
    """A flow as it is kept, with the numbers whose callers can come to it."""

    id: str
    label: str
    owner: str
    deleted: datetime | None
    numbers: frozenset[str]


@attrs.frozen
class Work:
    """One tenant's flows as ``actor`` may see and change them.

    Who is limited to some numbers sees the flows that serve one of them, and
    changes those all of whose numbers are his. What is out of sight is ``NotFound``.
    """

    ground: Ground
    tenant: str
    actor: Actor

    async def look(self, flow: str, right: str = "flow.view", *, trash: bool = False) -> FlowRow:
        """A flow that may be seen, and for another right than ``flow.view`` be changed; else ``Forbidden``."""
        self.actor.need("flow.view")
        self.actor.need(right)
        async with self.ground.keeping.store.read() as conn:
            row = (await self.rows(conn, flow=flow)).get(flow)
        if row is None or not self.sees(row):
            raise NotFound(f"there is no flow {flow!r}", flow=flow)
        if row.deleted is not None and not trash:
            raise NotFound(f"flow {flow!r} lies in the trash; restore it first", flow=flow)
        if right != "flow.view" and not self.may(right, row):
            raise Forbidden(f"flow {flow!r} serves numbers out of reach; this needs {right} for all of them", flow=flow)
        return row

    def everywhere(self, right: str) -> None:
        """Raise ``Forbidden`` for a right that does not reach the whole tenant or at least one's own flows."""
        reach = self.actor.need(right)
        if not (reach.everything or reach.own):
            raise Forbidden(f"a new flow serves no number yet; this needs {right} for everything", right=right)

    def sees(self, row: FlowRow) -> bool:
        """Whether a flow is in sight."""
        reach = self.actor.reach("flow.view")
        return self.covers(reach, row) or bool(reach.numbers & row.numbers)

    def may(self, right: str, row: FlowRow) -> bool:
        """Whether a right reaches all of a flow."""
        return self.covers(self.actor.reach(right), row)

    def covers(self, reach: Reach, row: FlowRow) -> bool:
        """Whether a reach covers a flow."""
        return reach.covers(row.numbers, owned=bool(row.owner) and row.owner == self.actor.account)

    async def rows(self, conn: AsyncConnection, *, flow: str = "") -> Mapping[str, FlowRow]:
        """All flows of the tenant, or one, those in the trash included, with the numbers they serve."""
        table = tables.flow
        query = select(table).where(table.c.tenant == self.tenant).order_by(table.c.id)
        query = query.where(table.c.id == flow) if flow else query
        found = (await conn.execute(query)).mappings().all()
        serves = await self.served(conn) if found else {}
        return {
            row["id"]: FlowRow(
                row["id"], row["label"], row["owner"], row["deleted"], frozenset(serves.get(row["id"], ()))
            )
            for row in found
        }

    async def served(self, conn: AsyncConnection) -> Mapping[str, set[str]]:
        """Which numbers' callers can come to each flow: straight, or by way of other live flows."""
        number, version, used = tables.number, tables.flow_version, tables.flow_reference
        straight: defaultdict[str, set[str]] = defaultdict(set)
        leads: defaultdict[str, set[str]] = defaultdict(set)
        for row in await conn.execute(select(number.c.flow, number.c.e164).where(number.c.tenant == self.tenant)):
            if row.flow:
                straight[row.flow].add(row.e164)
        ways = (
            select(version.c.flow, used.c.to_id)
            .join(used, used.c.version == version.c.id)
            .where(version.c.tenant == self.tenant, version.c.state == "published", used.c.to_kind == "flow")
        )
        for row in await conn.execute(ways):
            leads[row.flow].add(row.to_id)
        served: defaultdict[str, set[str]] = defaultdict(set)
        for begin, numbers in straight.items():
            for flow in _reachable(begin, leads):
                served[flow] |= numbers
        return served

    async def tell(
        self, conn: AsyncConnection, action: str, flow: str, before: Mapping[str, object], after: Mapping[str, object]
    ) -> None:
        """Write a change into the audit chain; ``conn`` has the turn."""
        now = self.ground.keeping.clock.now()
        what = (self.tenant, "flow", flow)
        await self.ground.keeping.audit.add(conn, now, self.actor.name, action, what, before, after)


def _reachable(begin: str, leads: Mapping[str, set[str]]) -> set[str]:
    reached = {begin}
    waiting = [begin]
    for here in waiting:  # grows while it is walked
        new = leads.get(here, set()) - reached
        reached |= new
        waiting += new
    return reached
