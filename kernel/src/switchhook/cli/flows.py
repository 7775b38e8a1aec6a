"""``switchhook flows``: list, lint, import, export and simulate; publishing is in :mod:`.publishing`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import attrs
import click

from ..calls.course import Course, as_text
from ..calls.course import as_json as course_values
from ..errors import FlowError
from ..flows.document import FileProblem, FlowRefused
from ..flows.lint import errors_in
from ..flows.publish import Examined, Published, Source, examine, version_of
from ..numbers.service import canonical
from .context import Context
from .deadline import Progress, run_within
from .numbers import lead
from .publishing import PUBLISHING
from .simulation import Attempt, simulated_course
from .workplace import Workplace, json_option, tenant_option, workplace

DEADLINE: Final = "Seconds after which it is given up, wherever a flow or plugin hangs."


@click.group()
def flows() -> None:
    """Flows: the ways calls take."""


@flows.command("list")
@tenant_option
@json_option
@click.pass_obj
def list_flows(context: Context, tenant: str | None, *, as_json: bool) -> None:
    """The flows of the tenant with their live version and the numbers that lead to them."""
    rows = asyncio.run(_rows(context, tenant))
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        numbers = ", ".join(row["numbers"]) or "no number"
        live = f"version {row['live']} of {row['versions']}" if row["live"] else "not published"
        click.echo(f"{row['id']:<24} {live:<18} {numbers:<32} {row['label']}")
    if not rows:
        click.echo("There are no flows yet; import one: switchhook flows import FILE --number +49...")


async def _rows(context: Context, tenant: str | None) -> list[dict[str, Any]]:
    async with workplace(context.settings, tenant) as here:
        numbers = await here.directory.numbers(here.tenant)
        rows: list[dict[str, Any]] = []
        for line in (await here.flows.flows(limit=10_000)).flows:
            versions = await here.flows.history(line.id)
            leading = [one.e164 for one in numbers if one.flow == line.id]
            row = {"id": line.id, "label": line.label, "live": line.live, "versions": len(versions), "numbers": leading}
            rows.append(row)
        return rows


@flows.command("lint")
@click.argument("names", metavar="FILE|ID...", nargs=-1, required=True)
@tenant_option
@json_option
@click.pass_obj
def lint_flows(context: Context, names: tuple[str, ...], tenant: str | None, *, as_json: bool) -> None:
    """Judge flow files or live flows; exit code 1 when there are errors."""
    try:
        examined = asyncio.run(_examined(context, tenant, names))
    except FlowRefused as refused:
        _show_problems([("error", "", problem) for problem in refused.problems], as_json=as_json)
        raise SystemExit(1) from refused
    found = [(finding, one.shown(finding)) for one in examined for finding in one.findings]
    _show_problems([(finding.severity, finding.rule, shown) for finding, shown in found], as_json=as_json)
    errors = errors_in(finding for finding, _ in found)
    if not as_json:
        click.echo(f"{len(errors)} errors, {len(found) - len(errors)} warnings in {len(examined)} flows", err=True)
    if errors:
        raise SystemExit(1)


async def _examined(context: Context, tenant: str | None, names: Sequence[str]) -> list[Examined]:
    async with workplace(context.settings, tenant) as here:
        sources = [await _source(here, name) for name in names]
        return await examine(sources, here.plugged.modules, await here.lint_context())


async def _source(here: Workplace, name: str, no: int | None = None) -> Source:
    if no is None and _is_file(name):
        return _file(Path(name))
    version = await version_of(here.directory, here.tenant, name, no)
    return Source(version.document, f"{name} version {version.no}")


def _is_file(name: str) -> bool:
    return name.endswith((".yaml", ".yml")) or Path(name).is_file()


def _file(path: Path) -> Source:
    try:
        return Source(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise FlowError(f"{path} cannot be read: {error.strerror}", file=str(path)) from error
    except UnicodeDecodeError as error:
        raise FlowError(f"{path} is not in UTF-8; save it so", file=str(path)) from error


def _show_problems(problems: Sequence[tuple[str, str, FileProblem]], *, as_json: bool) -> None:
    if as_json:
        rows = [{"severity": severity, "rule": rule, **attrs.asdict(problem)} for severity, rule, problem in problems]
        click.echo(json.dumps(rows, indent=2))
    else:
        for _, _, problem in problems:
            click.echo(str(problem))


@flows.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--number", "numbers", multiple=True, help="Number that leads to the first flow; may be repeated.")
@click.option("--message", default="", help="What changed, for the list of versions.")
@tenant_option
@click.pass_obj
def import_flows(
    context: Context, files: tuple[Path, ...], numbers: tuple[str, ...], message: str, tenant: str | None
) -> None:
    """Lint flow files and make them live, all or none; what is live stays so when one is refused."""
    numbers = tuple(map(canonical, numbers))
    for one in asyncio.run(_import(context, tenant, [_file(file) for file in files], numbers, message)):
        state = "is live" if one.changed else "was live already, nothing changed"
        click.echo(f"flow {one.flow.id!r} version {one.version.no} {state}")
    for number in numbers:
        click.echo(f"number {number} leads there")


async def _import(
    context: Context, tenant: str | None, sources: list[Source], numbers: Sequence[str], message: str
) -> list[Published]:
    async with workplace(context.settings, tenant) as here:
        (first, *_) = await examine(sources, here.plugged.modules, await here.lint_context())
        leading = dict.fromkeys(numbers, first.flow.id)
        done = await here.flows.import_texts(sources, message=message, numbers=leading)
        for number in numbers:
            await lead(here, number, first.flow.id, first.flow.label)
        _tell(done)
        return done


def _tell(done: Sequence[Published]) -> None:
    for one in done:
        for finding in one.findings:
            click.echo(f"{one.flow.id}: {finding.path}: {finding.rule}: {finding.message}", err=True)


@flows.command("export")
@click.argument("flow", metavar="ID")
@click.option("--version", type=int, help="Number of the version (else the live one).")
@tenant_option
@click.pass_obj
def export_flow(context: Context, flow: str, version: int | None, tenant: str | None) -> None:
    """Print a flow's file just as it was imported."""

    async def text() -> str:
        async with workplace(context.settings, tenant) as here:
            return (await version_of(here.directory, here.tenant, flow, version)).document

    click.echo(asyncio.run(text()), nl=False)


@flows.command("simulate")
@click.argument("name", metavar="FILE|ID")
@click.option("--number", default="", help="Number that is called (else one that leads to the flow).")
@click.option("--caller", default="", help="The caller's number; empty for a suppressed one.")
@click.option("--name", "caller_name", default="", help="The caller's name as the network gives it.")
@click.option("--at", type=click.DateTime(), help="When the call arrives, in UTC (else now).")
@click.option("--keys", default="", help='What the caller does at each question, such as "1,wait,2#,hangup".')
@click.option("--legs", default="", help='How each dialled leg goes, such as "busy,answered:12".')
@click.option("--version", type=int, help="Number of the version (else the live one).")
@click.option("--deadline", type=click.FloatRange(1, 3600), default=30.0, show_default=True, help=DEADLINE)
@tenant_option
@json_option
@click.pass_obj
def simulate(
    context: Context,
    /,
    name: str,
    version: int | None,
    tenant: str | None,
    *,
    deadline: float,
    as_json: bool,
    **attempt: Any,
) -> None:
    """Let a call run through a flow without a telephone and print its course."""

    async def tried(progress: Progress) -> Course:
        async with workplace(context.settings, tenant) as here:
            progress.hooks, progress.doing = here.plugged.hooks, "in reading the flow"
            source = await _source(here, name, version)
            (one,) = await examine([source], here.plugged.modules, await here.lint_context())
            return await simulated_course(here, one.flow, Attempt(**attempt), progress)

    course = run_within(deadline, tried)
    click.echo(json.dumps(course_values(course), indent=2) if as_json else as_text(course))


for _command in PUBLISHING:
    flows.add_command(_command)
