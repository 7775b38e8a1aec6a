"""From a flow file to a live flow: read, lint, keep as an immutable version, publish.

What is live stays live until everything has been found good. Rolling back is
publishing an older version again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

import attrs

from ..errors import FlowError, NotFound
from ..store.directory import Directory
from ..store.routing import FlowReference, FlowText, FlowVersion
from .document import FileProblem, FlowDocument, FlowRefused, read_document
from .flow import Flow
from .lint import LintContext, errors_in, lint
from .module import Finding
from .references import ELSEWHERE, references_of
from .registry import ModuleRegistry

Approve = Callable[[Flow], Awaitable[str | None]]
"""Gives the reason why a flow must not be published, or ``None``."""


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
    directory: Directory, tenant: str, registry: ModuleRegistry, known: LintContext | None = None
) -> LintContext:
    """``known`` completed by the tenant's numbers, live flows, resources and last resort as they stand in the store."""
    state = await directory.load_routing()
    if state is None or tenant not in state.tenants:
        raise NotFound(f"there is no tenant {tenant!r}", tenant=tenant)
    flows = {
        flow: await asyncio.to_thread(_live, version, registry)
        for (owner, flow), version in state.published.items()
        if owner == tenant
    }
    return attrs.evolve(
        known or LintContext(),
        tenant_last_resort=state.tenants[tenant].last_resort_flow,
        numbers={one.e164: one.flow for one in state.numbers.values() if one.tenant == tenant},
        flows=flows,
        resources=await directory.resources(tenant),
    )


def _live(version: FlowVersion, registry: ModuleRegistry) -> Flow:
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


async def publish(
    directory: Directory,
    tenant: str,
    sources: Sequence[Source],
    registry: ModuleRegistry,
    context: LintContext,
    *,
    message: str = "",
    author: str = "",
    approve: Approve | None = None,
) -> list[Published]:
    """Make flows live, all of them or, when one is refused, none.

    Raises ``FlowRefused`` for files that cannot be read and
    :class:`PublishRefused` for errors of the linter and refusals of
    ``approve``. A text that is live already is left as it is.
    """
    examined = await examine(sources, registry, context)
    await _refuse_if_wrong(examined, approve)
    before = await directory.load_routing()
    live = before.published if before is not None else {}
    texts = [
        FlowText(one.flow.id, one.flow.label or one.flow.id, source.text, _resources_of(one.flow))
        for one, source in zip(examined, sources, strict=True)
    ]
    versions = await directory.publish_texts(tenant, texts, message=message, author=author)
    return [
        Published(version, one.flow, one.findings, changed=live.get((tenant, version.flow)) != version)
        for one, version in zip(examined, versions, strict=True)
    ]


async def publish_again(
    directory: Directory,
    tenant: str,
    flow: str,
    no: int,
    registry: ModuleRegistry,
    context: LintContext,
    *,
    approve: Approve | None = None,
) -> Published:
    """Make version number ``no`` of a flow live again; judged like a new one, since its surroundings may have changed.

    Raises ``NotFound``, ``FlowRefused`` or :class:`PublishRefused`.
    """
    version = await version_of(directory, tenant, flow, no)
    (one,) = await examine([Source(version.document, f"{flow} version {no}")], registry, context)
    await _refuse_if_wrong([one], approve)
    live = await directory.publish(tenant, version.id)
    return Published(live, one.flow, one.findings, changed=version.state != "published")


async def version_of(directory: Directory, tenant: str, flow: str, no: int | None = None) -> FlowVersion:
    """Version number ``no`` of a flow, or the live one; raises ``NotFound``."""
    if no is None:
        return await directory.current(tenant, flow)
    for version in await directory.versions(tenant, flow):
        if version.no == no:
            return version
    raise NotFound(f"flow {flow!r} has no version {no}", flow=flow, version=no)


async def _refuse_if_wrong(examined: Sequence[Examined], approve: Approve | None) -> None:
    problems = [one.shown(finding) for one in examined for finding in errors_in(one.findings)]
    if not problems and approve is not None:
        for one in examined:
            why = await approve(one.flow)
            problems += [one.document.problem("", f"refused: {why}")] if why is not None else []
    if problems:
        raise PublishRefused(problems)


def _resources_of(flow: Flow) -> tuple[FlowReference, ...]:
    """The resources that the points of a flow refer to, for whoever wants to delete one."""
    return tuple(
        FlowReference(f"points.{point.id}.{one.path}", one.kind, one.id)
        for point in flow.points.values()
        for one in references_of(point)
        if one.kind not in ELSEWHERE
    )
