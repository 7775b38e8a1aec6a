"""``switchhook numbers``: which number leads to which flow."""

from __future__ import annotations

import asyncio
import json

import click

from ..calls.numbers import NumberRefused, classify
from ..errors import NotFound, near_match
from ..store.routing import Fallback, Number
from .context import Context
from .workplace import json_option, tenant_option, workplace


def canonical(written: str) -> str:
    """``+49 (221) 123-45`` or ``0221 12345`` as ``+4922112345``, an internal number as its digits.

    Raises ``NumberRefused`` for what is no number, and for emergency and
    service numbers, which no flow may take over.
    """
    found = classify(written)
    if found.kind not in ("e164", "internal"):
        raise NumberRefused(
            f"{written!r} is a number or code of kind {found.kind} and cannot lead to a flow", number=written
        )
    return found.canonical


@click.group()
def numbers() -> None:
    """Numbers and the flows they lead to."""


@numbers.command("list")
@tenant_option
@json_option
@click.pass_obj
def list_numbers(context: Context, tenant: str | None, *, as_json: bool) -> None:
    """The tenant's numbers, the flow each leads to, and what each does when no portal answers."""
    found = asyncio.run(_numbers(context, tenant))
    if as_json:
        rows = [
            {"number": one.e164, "flow": one.flow, "label": one.label, "fallback": one.fallback.kind} for one in found
        ]
        click.echo(json.dumps(rows, indent=2))
        return
    for one in found:
        click.echo(f"{one.e164:<18} {one.flow:<24} fallback: {_words(one.fallback):<28} {one.label}")
    if not found:
        click.echo("There are no numbers yet; assign one: switchhook numbers assign +49... FLOW")


async def _numbers(context: Context, tenant: str | None) -> list[Number]:
    async with workplace(context.settings, tenant) as here:
        return await here.directory.numbers(here.tenant)


def _words(fallback: Fallback) -> str:
    if fallback.kind == "ring":
        return f"rings {fallback.target} for {fallback.ring_seconds} s"
    return f"announces {fallback.sound or 'an apology'}" if fallback.kind == "announce" else "hangs up"


@numbers.command("assign")
@click.argument("number")
@click.argument("flow")
@click.option("--label", default="", help="Name of the number in lists.")
@click.option("--fallback-ring", metavar="PHONE", default="", help="Phone or number that rings when no portal answers.")
@click.option("--fallback-sound", metavar="PROMPT", default="", help="Prompt played when no portal answers.")
@tenant_option
@click.pass_obj
def assign(
    context: Context, number: str, flow: str, label: str, fallback_ring: str, fallback_sound: str, tenant: str | None
) -> None:
    """Let a number lead to a flow. Run `switchhook asterisk render` after a change of the fallback."""
    fallback = Fallback("ring" if fallback_ring else "announce", fallback_ring, fallback_sound)
    asyncio.run(_assign(context, tenant, canonical(number), flow, label, fallback))
    click.echo(f"number {canonical(number)} leads to flow {flow!r}")


async def _assign(context: Context, tenant: str | None, number: str, flow: str, label: str, fallback: Fallback) -> None:
    async with workplace(context.settings, tenant) as here:
        known = await here.directory.flows(here.tenant)
        if flow not in known:
            raise NotFound(f"there is no flow {flow!r}{near_match(flow, known)}; import it first", flow=flow)
        await here.directory.assign(Number(number, here.tenant, flow, label or known[flow], fallback))
