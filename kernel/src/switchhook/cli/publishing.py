"""What ``switchhook flows`` does about versions: publish, roll back, schedule, compare, check what is expected."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import click

from ..errors import NotFound
from ..flows.publish import Published
from ..publishing.service import Flows
from ..publishing.values import Planned, Trial
from ..publishing.values import as_json as plain_values
from .context import Context
from .workplace import json_option, tenant_option, workplace

T = TypeVar("T")
message_option = click.option("--message", default="", help="What changed, for the list of versions.")
language_option = click.option("--language", type=click.Choice(["de", "en"]), default="en", show_default=True)


def _run(context: Context, tenant: str | None, work: Callable[[Flows], Awaitable[T]]) -> T:
    async def inside() -> T:
        async with workplace(context.settings, tenant) as here:
            return await work(here.flows)

    return asyncio.run(inside())


def _live(flow: str, done: Published) -> None:
    for finding in done.findings:
        click.echo(f"{flow}: {finding.path}: {finding.rule}: {finding.message}", err=True)
    click.echo(f"flow {flow!r} version {done.version.no} is live")


@click.command("publish")
@click.argument("flow", metavar="ID")
@click.argument("version", type=int, required=False)
@message_option
@tenant_option
@click.pass_obj
def publish_version(context: Context, flow: str, version: int | None, message: str, tenant: str | None) -> None:
    """Make the draft live, or an older version again."""

    async def work(flows: Flows) -> Published:
        if version is not None:
            return await flows.roll_back(flow, version, message=message, accept_warnings=True)
        revision = (await flows.draft(flow)).revision
        return await flows.publish(flow, revision, message=message, accept_warnings=True)

    _live(flow, _run(context, tenant, work))


@click.command("rollback")
@click.argument("flow", metavar="ID")
@message_option
@tenant_option
@click.pass_obj
def roll_back(context: Context, flow: str, message: str, tenant: str | None) -> None:
    """Make the version live again that was live before."""

    async def work(flows: Flows) -> Published:
        older = [one for one in await flows.history(flow) if one.state == "archived"]
        if not older:
            raise NotFound(f"flow {flow!r} has no version that was live before", flow=flow)
        last = max(older, key=lambda one: (one.published_at or one.created, one.no))
        return await flows.roll_back(flow, last.no, message=message, accept_warnings=True)

    _live(flow, _run(context, tenant, work))


@click.command("history")
@click.argument("flow", metavar="ID")
@tenant_option
@json_option
@click.pass_obj
def history(context: Context, flow: str, tenant: str | None, *, as_json: bool) -> None:
    """The versions of a flow, newest first."""
    _show(
        _run(context, tenant, lambda flows: flows.history(flow)),
        lambda one: f"{one.no:>4}  {one.state:<10} {one.created:%Y-%m-%d %H:%M}  {one.author:<16} {one.message}",
        plain=as_json,
    )


@click.command("diff")
@click.argument("flow", metavar="ID")
@click.argument("before", type=int, required=False)
@click.argument("after", type=int, required=False)
@language_option
@tenant_option
@click.pass_obj
def diff(context: Context, flow: str, before: int | None, after: int | None, language: str, tenant: str | None) -> None:
    """What changed from one version (else the live one) to another (else the draft), in words."""

    async def work(flows: Flows) -> Sequence[Any]:
        first = before if before is not None else (await flows.draft(flow)).live or 0
        return await flows.difference(flow, first, after)

    for said in _run(context, tenant, work):
        click.echo(getattr(said.words, language))


@click.command("schedule")
@click.argument("flow", metavar="ID")
@click.argument("at", metavar="WHEN", type=click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]))
@click.option("--version", type=int, help="Number of the version (else the draft).")
@message_option
@tenant_option
@click.pass_obj
def schedule(context: Context, flow: str, at: datetime, version: int | None, message: str, tenant: str | None) -> None:
    """Let the draft, or a version, go live at a moment in UTC, such as 2026-12-24T12:00."""
    when = at.replace(tzinfo=UTC)

    async def work(flows: Flows) -> int:
        revision = (await flows.draft(flow)).revision if version is None else None
        planned = await flows.schedule(
            flow, when, revision=revision, version=version, message=message, accept_warnings=True
        )
        return planned.no

    click.echo(f"flow {flow!r} version {_run(context, tenant, work)} goes live at {when:%Y-%m-%d %H:%M} UTC")


@click.command("cancel")
@click.argument("flow", metavar="ID")
@click.argument("version", type=int, required=False)
@tenant_option
@click.pass_obj
def cancel(context: Context, flow: str, version: int | None, tenant: str | None) -> None:
    """Let nothing that waits for its moment go live by itself, or only not that version."""

    async def work(flows: Flows) -> Sequence[Planned]:
        waiting = [one for one in await flows.planned(flow) if one.state == "waiting" and version in (None, one.no)]
        if not waiting:
            raise NotFound(f"nothing of flow {flow!r} waits for its moment", flow=flow)
        return [await flows.cancel(flow, one.id) for one in waiting]

    for one in _run(context, tenant, work):
        click.echo(f"flow {flow!r} version {one.no} does not go live at {one.at:%Y-%m-%d %H:%M} UTC any more")


@click.command("try")
@click.argument("flow", metavar="ID")
@click.option("--number", default="", help="Number that is called (else one that leads to the flow).")
@click.option("--caller", default="", help="The caller's number; empty for a suppressed one.")
@click.option("--at", type=click.DateTime(), help="When the call arrives, in UTC (else now).")
@click.option("--keys", default="", help='What the caller does at each question, such as "1,wait,2#,hangup".')
@click.option("--legs", default="", help='How each dialled leg goes, such as "busy,answered:12".')
@click.option("--version", type=int, help="Number of the version (else the draft, or what is live).")
@tenant_option
@json_option
@click.pass_obj
def try_flow(
    context: Context,
    /,
    flow: str,
    version: int | None,
    tenant: str | None,
    *,
    at: datetime | None,
    as_json: bool,
    **asked: str,
) -> None:
    """Let a call run through the draft, as the page of the flow does, and print what the caller meets."""
    trial = Trial(at=at.replace(tzinfo=UTC) if at else None, **asked)
    tried = _run(context, tenant, lambda flows: flows.try_flow(flow, trial, version))
    click.echo(json.dumps(plain_values(tried), indent=2) if as_json else tried.text)


@click.command("check")
@click.argument("flow", metavar="ID")
@click.option("--version", type=int, help="Number of the version (else the draft, or what is live).")
@language_option
@tenant_option
@click.pass_obj
def check(context: Context, flow: str, version: int | None, language: str, tenant: str | None) -> None:
    """Try all that is expected of a flow; exit code 1 when something is otherwise."""
    checked = _run(context, tenant, lambda flows: flows.check_expectations(flow, version))
    for one in checked:
        click.echo(f"{'red' if one.red else 'ok':<4} {one.expectation.name}")
        for said in one.red:
            click.echo(f"     {getattr(said, language)}")
    if any(one.red for one in checked):
        raise SystemExit(1)


def _show(found: Sequence[Any], line: Callable[[Any], str], *, plain: bool) -> None:
    if plain:
        click.echo(json.dumps(plain_values(found), indent=2))
        return
    for one in found:
        click.echo(line(one))


PUBLISHING: Final = (publish_version, roll_back, history, diff, schedule, cancel, try_flow, check)
