"""``switchhook calls``: the calls that were kept, and the course of each."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import click

from ..calls.course import CallLine, Course, as_text
from ..calls.course import as_json as course_values
from .context import Context

if TYPE_CHECKING:
    from ..store.history import History


@click.group()
def calls() -> None:
    """Calls and what happened in them."""


@calls.command("list")
@click.option("--tenant", help="Only calls of this tenant.")
@click.option("--number", help="Only calls to this number, such as +4922112345.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many, newest first.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def list_calls(context: Context, tenant: str | None, number: str | None, limit: int, *, as_json: bool) -> None:
    """The latest calls: when, from whom, to which number, how long, and what came of it."""
    found = asyncio.run(_list(context, tenant, number, limit))
    if as_json:
        click.echo(json.dumps([_values(line) for line in found], indent=2))
        return
    for line in found:
        length = f"{(line.ended - line.arrived).total_seconds():.0f} s" if line.ended else "goes on"
        outcome = str(line.outcome).replace("_", " ") if line.outcome else ""
        click.echo(
            f"{line.arrived:%Y-%m-%d %H:%M:%S}  {line.id:<24} {line.caller:<28} {line.number:<18} {length:>8}  {outcome}"
        )
    if not found:
        click.echo("There are no calls yet.")


@calls.command("show")
@click.argument("call")
@click.option("--tenant", help="Only a call of this tenant.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def show(context: Context, call: str, tenant: str | None, *, as_json: bool) -> None:
    """The course of one call, point by point: what was played, which keys, which exit and why."""
    course = asyncio.run(_course(context, tenant, call))
    click.echo(json.dumps(course_values(course), indent=2, ensure_ascii=False) if as_json else as_text(course))


async def _list(context: Context, tenant: str | None, number: str | None, limit: int) -> list[CallLine]:
    async with _history(context, tenant) as history:
        return await history.list_calls(limit=limit, number=number)


async def _course(context: Context, tenant: str | None, call: str) -> Course:
    async with _history(context, tenant) as history:
        return await history.course(call)


@asynccontextmanager
async def _history(context: Context, tenant: str | None) -> AsyncIterator[History]:
    from ..store.engine import Store
    from ..store.history import History
    from ..store.migrations import migrate

    store = Store(context.settings.store.url.reveal())
    try:
        await migrate(store)
        yield History(store, tenant)
    finally:
        await store.close()


def _values(line: CallLine) -> dict[str, object]:
    return {
        "id": line.id,
        "tenant": line.tenant,
        "number": line.number,
        "caller": line.caller,
        "arrived": line.arrived.isoformat(),
        "ended": line.ended.isoformat() if line.ended else None,
        "outcome": str(line.outcome) if line.outcome else None,
    }
