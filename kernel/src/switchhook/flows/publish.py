"""From a flow file to a live flow: what surrounds it, what it uses, and what is said against it.

The service of ``switchhook.publishing`` is what makes flows live.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, MutableMapping, Sequence

import attrs

from ..errors import FlowError, NotFound
from ..store.directory import Directory
from ..store.routing import FlowReference, FlowVersion
from .document import FileProblem, FlowDocument, FlowRefused, read_document
from .flow import Flow
from .lint import LintContext, lint
from .module import Finding
from .references import ELSEWHERE, references_of
from .registry import ModuleRegistry


@attrs.frozen
class Source:
    """The text of a flow and the name of the file it came from."""

    text: str
    file: str = "flow.yaml"


@attrs.frozen
class Examined:
    """A flow that could be read, and what the linter says about it."""

    document: FlowDocument
    findings: tuple[Finding, ...]

    @property
    def flow(self) -> Flow:
        """The flow itself."""
        return self.document.flow

    def shown(self, finding: Finding) -> FileProblem:
        """A finding with its place in the file."""
        said = f"{finding.severity} {finding.rule}: {finding.message}"
        return self.document.problem(finding.path, said)


class PublishRefused(FlowError):
    """Flows that can be read but must not go live; ``problems`` says why for each."""

    code = "publish_refused"

    def __init__(self, problems: Sequence[FileProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, problems)), problems=self.problems)


@attrs.frozen
class Published:
    """A flow that is live, and whether that is new or the same text was live already."""

    version: FlowVersion
    flow: Flow
    findings: tuple[Finding, ...]
    changed: bool = True


async def surroundings(
    directory: Directory,
    tenant: str,
    registry: ModuleRegistry,
    known: LintContext | None = None,
    parsed: MutableMapping[int, Flow] | None = None,
) -> LintContext:
    """``known`` completed by the tenant's numbers, live flows, resources and last resort as they stand in the store.

    ``parsed`` keeps versions that were read before, by their ids, for the next time.
    """
    read = {} if parsed is None else parsed
    state = await directory.load_routing()
    if state is None or tenant not in state.tenants:
        raise NotFound(f"there is no tenant {tenant!r}", tenant=tenant)
    versions = {flow: version for (owner, flow), version in state.published.items() if owner == tenant}
    new = [version for version in versions.values() if version.id not in read]
    if new:
        read.update(await asyncio.to_thread(lambda: {version.id: live_flow(version, registry) for version in new}))
    flows = {flow: read[version.id] for flow, version in versions.items()}
    return attrs.evolve(
        known or LintContext(),
        tenant_last_resort=state.tenants[tenant].last_resort_flow,
        numbers={one.e164: one.flow for one in state.numbers.values() if one.tenant == tenant},
        flows=flows,
        resources=await directory.resources(tenant),
    )


def live_flow(version: FlowVersion, registry: ModuleRegistry) -> Flow:
    """A live version read; without points when it cannot be, because a plugin is gone."""
    try:
        return read_document(version.document, registry).flow
    except FlowRefused:  # its plugin is gone; it is there all the same, only without known points
        return Flow(version.flow, version.flow, "", {})


async def examine(sources: Sequence[Source], registry: ModuleRegistry, context: LintContext) -> list[Examined]:
    """Read and lint flows that may lead to each other.

    Raises ``FlowRefused`` with the problems of all files that cannot be read.
    """
    documents: list[FlowDocument] = []
    problems: list[FileProblem] = []
    for source in sources:
        try:
            documents.append(await asyncio.to_thread(read_document, source.text, registry, source.file))
        except FlowRefused as refused:
            problems += refused.problems
    problems += _twice(documents)
    if problems:
        raise FlowRefused(problems)
    together: Mapping[str, Flow] = {document.flow.id: document.flow for document in documents}
    if context.flows is not None:
        context = attrs.evolve(context, flows={**context.flows, **together})
    return [
        Examined(document, tuple(await asyncio.to_thread(lint, document.flow, registry, context)))
        for document in documents
    ]


def _twice(documents: Sequence[FlowDocument]) -> list[FileProblem]:
    first: dict[str, str] = {}
    problems = []
    for document in documents:
        other = first.setdefault(document.flow.id, document.file)
        if other != document.file:
            problems.append(document.problem("flow", f"{other} holds the flow {document.flow.id!r} as well"))
    return problems


async def version_of(directory: Directory, tenant: str, flow: str, no: int | None = None) -> FlowVersion:
    """Version number ``no`` of a flow, or the live one; raises ``NotFound``."""
    if no is None:
        return await directory.current(tenant, flow)
    for version in await directory.versions(tenant, flow):
        if version.no == no:
            return version
    raise NotFound(f"flow {flow!r} has no version {no}", flow=flow, version=no)


def uses_of(flow: Flow) -> tuple[FlowReference, ...]:
    """The resources and flows that a flow refers to, for whoever wants to delete one."""
    found = [
        FlowReference(f"points.{point.id}.{one.path}", one.kind, one.id)
        for point in flow.points.values()
        for one in references_of(point)
        if one.kind not in ELSEWHERE
    ]
    targets = [(f"points.{p.id}.exits.{name}", to) for p in flow.points.values() for name, to in p.exits.items()]
    found += [
        FlowReference(path, "flow", to.removeprefix("flow:"))
        for path, to in [*targets, ("last_resort", flow.last_resort)]
        if to.startswith("flow:") and to != f"flow:{flow.id}"
    ]
    return tuple(found)
