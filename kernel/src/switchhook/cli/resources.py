"""``switchhook resources``: what administrators keep, looked at, taken out and brought in as files."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import click

from ..access.actor import SYSTEM
from ..clock import SystemClock
from ..portal.keys import installation_key
from ..resources.apply import apply as apply_wanted
from ..resources.apply import everything
from ..resources.files import read_file, write_file
from ..resources.listing import MOST, Listing
from ..resources.record import Record
from ..resources.resource import shown
from ..resources.seal import Seal
from ..resources.service import Keeping, Resources
from ..resources.table import read_table, write_table
from ..resources.wanted import Step
from ..schema import SettingsRefused
from ..store.audit import Audit
from .context import Context
from .workplace import json_option, tenant_option, workplace

T = TypeVar("T")
file_argument = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.group()
def resources() -> None:
    """What plugins let administrators keep: lists, contacts, mailboxes ..."""


@asynccontextmanager
async def opened(context: Context, tenant: str | None) -> AsyncIterator[Resources]:
    """The tenant's resources, as the operator sees and changes them."""
    async with workplace(context.settings, tenant) as here:
        await here.directory.tenant(here.tenant)
        data, plugged = context.settings.data_dir, here.plugged
        keeping = Keeping(
            here.directory.store,
            SystemClock(),
            plugged.resources,
            plugged.hooks,
            Audit(installation_key(data, "audit")),
            Seal(installation_key(data, "seal")),
        )
        yield keeping.of(here.tenant, SYSTEM)


def text_of(file: Path) -> str:
    """The text of a file; raises ``click.ClickException`` when it cannot be read."""
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file} cannot be read: {error}") from error


def run(context: Context, tenant: str | None, work: Callable[[Resources], Awaitable[T]]) -> T:
    """Do something with the tenant's resources."""

    async def inside() -> T:
        async with opened(context, tenant) as kept:
            return await work(kept)

    return asyncio.run(inside())


@resources.command("kinds")
@tenant_option
@click.pass_obj
def kinds(context: Context, tenant: str | None) -> None:
    """The kinds of resources that the installed plugins bring."""

    async def look(kept: Resources) -> None:
        known = kept.keeping.kinds
        for kind in known:
            click.echo(f"{kind:<24} {kept.declared(kind).plural.en:<28} plugin {known.plugin_of(kind)}")
        if not len(known):
            click.echo("No installed plugin brings resources.")

    run(context, tenant, look)


@resources.command("list")
@click.argument("kind")
@click.option("--search", default="", help="Only records with this text anywhere in them.")
@click.option("--order", default="title", help="Column to sort by.  [default: title]")
@click.option("--trash", is_flag=True, help="Those that were deleted.")
@tenant_option
@json_option
@click.pass_obj
def list_records(
    context: Context, kind: str, search: str, order: str, trash: bool, tenant: str | None, as_json: bool
) -> None:
    """The records of a kind."""

    async def look(kept: Resources) -> list[Record]:
        found: list[Record] = []
        after = ""
        while True:
            wanted = Listing(search, order=order, after=after, limit=MOST, state="deleted" if trash else "kept")
            page = await kept.page(kind, wanted)
            found += page.records
            if not (after := page.after):
                return found

    found = run(context, tenant, look)
    if as_json:
        click.echo(json.dumps([_told(one) for one in found], indent=2, ensure_ascii=False))
        return
    for one in found:
        click.echo(f"{one.id:<24} {one.title:<40} changed {one.changed:%Y-%m-%d %H:%M} by {one.author}")
    if not found:
        click.echo(f"There is no {kind}{' in the trash' if trash else ''}.", err=True)


@resources.command("show")
@click.argument("kind")
@click.argument("id")
@tenant_option
@click.pass_obj
def show(context: Context, kind: str, id: str, tenant: str | None) -> None:  # noqa: A002 - the domain's own word
    """One record as JSON, with what uses it and its history."""

    async def look(kept: Resources) -> dict[str, object]:
        record = await kept.get(kind, id)
        uses = await kept.uses(kind, id)
        history = await kept.history(kind, id)
        return _told(record) | {
            "uses": [{"kind": use.kind, "id": use.id, "field": use.path} for use in uses],
            "history": [{"at": f"{one.at:%Y-%m-%dT%H:%M:%SZ}", "by": one.actor, "did": one.action} for one in history],
        }

    click.echo(json.dumps(run(context, tenant, look), indent=2, ensure_ascii=False))


@resources.command("export")
@click.argument("kinds", nargs=-1)
@tenant_option
@click.pass_obj
def export(context: Context, kinds: tuple[str, ...], tenant: str | None) -> None:
    """Print the records as YAML, of all kinds without KINDS. Secrets are left out."""

    async def look(kept: Resources) -> str:
        return write_file(kept.tenant, (await everything(kept, kinds or kept.keeping.kinds)).values())

    click.echo(run(context, tenant, look), nl=False)


@resources.command("plan")
@file_argument
@click.option("--prune", is_flag=True, help="Records that are not in the file would go to the trash.")
@tenant_option
@click.pass_obj
def plan(context: Context, file: Path, prune: bool, tenant: str | None) -> None:
    """Say what applying a YAML file would change, and change nothing."""
    text = text_of(file)
    _tell(run(context, tenant, lambda kept: _apply(kept, file, text, prune, only_plan=True)), "would ")


@resources.command("apply")
@file_argument
@click.option("--prune", is_flag=True, help="Put records that are not in the file into the trash.")
@tenant_option
@click.pass_obj
def apply(context: Context, file: Path, prune: bool, tenant: str | None) -> None:
    """Let the records be as a YAML file has them: all of it, or nothing if anything in it is wrong."""
    text = text_of(file)
    _tell(run(context, tenant, lambda kept: _apply(kept, file, text, prune, only_plan=False)))


async def _apply(kept: Resources, file: Path, text: str, prune: bool, *, only_plan: bool) -> Sequence[Step]:
    read = read_file(text, kept.keeping.kinds, str(file))
    pruned = sorted({one.kind for one in read.wanted}) if prune else ()
    try:
        return await apply_wanted(kept, read.wanted, prune=pruned, only_plan=only_plan)
    except SettingsRefused as refused:
        raise read.refused(refused.problems) from refused


@resources.command("table")
@click.argument("kind")
@tenant_option
@click.pass_obj
def table(context: Context, kind: str, tenant: str | None) -> None:
    """Print the records of a kind as a table (CSV) for spreadsheets. Secrets are left out."""

    async def look(kept: Resources) -> str:
        return write_table(kept.declared(kind), (await everything(kept, [kind])).values())

    click.echo(run(context, tenant, look), nl=False)


@resources.command("import-table")
@click.argument("kind")
@file_argument
@click.option("--skip-refused", is_flag=True, help="Take over the rows that are right, and leave out the others.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@tenant_option
@click.pass_obj
def import_table(
    context: Context, kind: str, file: Path, skip_refused: bool, dry_run: bool, tenant: str | None
) -> None:
    """Make and change records from a table (CSV) whose first row names the fields."""
    text = text_of(file)

    async def bring(kept: Resources) -> tuple[int, Sequence[Step]]:
        rows = read_table(kept, kind, text)
        refused = [row for row in rows if row.problems]
        for row in refused:
            for problem in row.problems:
                click.echo(f"{file}: row {row.no}: {problem.path} {problem.message}".replace(":  ", ": "), err=True)
        if refused and not skip_refused:
            return len(refused), ()
        good = [row.wanted for row in rows if not row.problems]
        return len(refused), await apply_wanted(kept, good, only_plan=dry_run)

    refused, steps = run(context, tenant, bring)
    if refused and not skip_refused:
        raise click.ClickException(f"{refused} rows are refused and nothing was changed; mend them, or --skip-refused")
    _tell(steps, "would " if dry_run else "")


@resources.command("delete")
@click.argument("kind")
@click.argument("id")
@tenant_option
@click.pass_obj
def delete(context: Context, kind: str, id: str, tenant: str | None) -> None:  # noqa: A002
    """Put a record into the trash, where it lies for 30 days."""

    async def put(kept: Resources) -> Record:
        return await kept.delete(kind, id, (await kept.get(kind, id)).version)

    click.echo(f"{kind} {run(context, tenant, put).id!r} lies in the trash; restore it within 30 days")


@resources.command("restore")
@click.argument("kind")
@click.argument("id")
@tenant_option
@click.pass_obj
def restore(context: Context, kind: str, id: str, tenant: str | None) -> None:  # noqa: A002
    """Bring a record back from the trash."""
    click.echo(f"{kind} {run(context, tenant, lambda kept: kept.restore(kind, id)).id!r} is back")


@resources.command("verify")
@tenant_option
@click.pass_obj
def verify(context: Context, tenant: str | None) -> None:
    """Look whether the record of all changes is as it was written; the exit code is 1 if not."""

    async def look(kept: Resources) -> str:
        broken = await kept.keeping.audit.broken(kept.keeping.store)
        return "" if broken is None else broken.why

    why = run(context, tenant, look)
    if why:
        raise click.ClickException(f"the record of changes was altered outside Switchhook: {why}")
    click.echo("every change is as it was written")


def _told(record: Record) -> dict[str, object]:
    return {
        "kind": record.kind,
        "id": record.id,
        "version": record.version,
        "title": record.title,
        "fields": shown(record.value),
        "author": record.author,
        "created": record.created.isoformat(),
        "changed": record.changed.isoformat(),
        "deleted": record.deleted.isoformat() if record.deleted else None,
    }


def _tell(steps: Sequence[Step], would: str = "") -> None:
    for one in steps:
        click.echo(f"{would}{one.action} {one.kind} {one.id} ({one.title})")
        for difference in one.differences if one.action in ("change", "restore") else ():
            click.echo(f"    {difference.field}: {difference.before!r} -> {difference.after!r}")
    if not steps:
        click.echo("nothing to change")
