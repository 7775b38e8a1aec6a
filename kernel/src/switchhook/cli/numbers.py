"""``switchhook numbers``: which number leads to which flow, and what happens when no portal or flow can serve it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from typing import Literal, NoReturn

import attrs
import click

from ..access.actor import SYSTEM
from ..calls.numbers import NumberRefused, classify
from ..errors import NotFound, near_match
from ..numbers.pool import NumberPool
from ..numbers.service import Numbers, TenantNumbers, canonical
from ..numbers.settings import NumberSettings
from ..portal.administration import numbers_of
from ..portal.keys import installation_key
from ..schema import plain_settings
from ..store.audit import Audit
from ..store.routing import Fallback, Number
from .context import Context
from .workplace import Workplace, json_option, tenant_option, workplace


@click.group()
def numbers() -> None:
    """Numbers and the flows they lead to."""


@numbers.command("list")
@tenant_option
@json_option
@click.pass_obj
def list_numbers(context: Context, tenant: str | None, *, as_json: bool) -> None:
    """The tenant's numbers, the flow each leads to, and what each does when no portal answers."""

    async def found() -> list[Number]:
        async with workplace(context.settings, tenant) as here:
            return await here.directory.numbers(here.tenant)

    rows = asyncio.run(found())
    if as_json:
        click.echo(json.dumps([_values(one) for one in rows], indent=2))
        return
    for one in rows:
        click.echo(f"{one.e164:<18} {one.flow:<24} fallback: {_words(one.fallback):<28} {one.label}")
    if not rows:
        click.echo("There are no numbers yet; assign one: switchhook numbers assign +49... FLOW")


def _values(number: Number) -> dict[str, object]:
    return {
        "number": number.e164,
        "flow": number.flow,
        "label": number.label,
        "fallback": attrs.asdict(number.fallback),
    }


def _words(fallback: Fallback) -> str:
    announces = f"announces {fallback.sound or 'an apology'}"
    if fallback.kind == "ring":
        return f"rings {fallback.target} for {fallback.ring_seconds} s, then {announces}"
    return announces if fallback.kind == "announce" else "hangs up"


@numbers.command("assign")
@click.argument("number")
@click.argument("flow")
@click.option("--label", help="Name of the number in lists (else that of the flow).")
@click.option("--fallback-ring", metavar="PHONE", help="Phone or number that rings when no portal answers.")
@click.option("--fallback-sound", metavar="PROMPT", help="Prompt played when no portal answers.")
@tenant_option
@click.pass_obj
def assign(
    context: Context,
    number: str,
    flow: str,
    *,
    label: str | None,
    fallback_ring: str | None,
    fallback_sound: str | None,
    tenant: str | None,
) -> None:
    """Let a number lead to a flow. A number that is there already keeps its label and fallback unless they are given."""

    async def assigned(e164: str) -> None:
        async with workplace(context.settings, tenant) as here:
            name = await _flow(here, flow)
            before = {one.e164: one for one in await here.directory.numbers(here.tenant)}.get(e164)
            fallback = _changed(here, before.fallback if before else Fallback(), fallback_ring, fallback_sound)
            called = label if label is not None else before.label if before else name
            wanted = _fields(Number(e164, here.tenant, flow, called or name, fallback))
            if before is None:
                await NumberPool(_numbers(here), SYSTEM).assign(e164, here.tenant, wanted)
            else:
                del wanted["cost_centre"]
                await _mine(here).change(e164, before.version, wanted)

    e164 = canonical(number)
    asyncio.run(assigned(e164))
    click.echo(f"number {e164} leads to flow {flow!r}")


@numbers.command("fallback")
@click.argument("number")
@click.option("--ring", metavar="PHONE", help="Let this phone or number ring, then announce.")
@click.option("--announce", "kind", flag_value="announce", help="Only announce.")
@click.option("--hang-up", "kind", flag_value="hangup", help="Only hang up.")
@click.option("--seconds", type=click.IntRange(1, 600), help="How long it rings.")
@click.option("--sound", metavar="PROMPT", help="Prompt that is announced; empty for the apology.")
@tenant_option
@json_option
@click.pass_obj
def fallback(
    context: Context,
    number: str,
    *,
    ring: str | None,
    kind: Literal["announce", "hangup"] | None,
    seconds: int | None,
    sound: str | None,
    tenant: str | None,
    as_json: bool,
) -> None:
    """Show or change what a number does by itself when no portal answers.

    What is not given stays as it is. A running portal lets Asterisk take up a
    change within seconds; without one, run `switchhook asterisk render`.
    """
    if kind and ring:
        raise click.UsageError(
            "a number either rings, announces or hangs up: give one of --ring, --announce, --hang-up"
        )

    async def changed() -> Number:
        async with workplace(context.settings, tenant) as here:
            found = await _number(here, canonical(number))
            wanted = _changed(here, found.fallback, ring, sound, kind=kind, seconds=seconds)
            if wanted != found.fallback:
                await _mine(here).change(found.e164, found.version, _fields(attrs.evolve(found, fallback=wanted)))
            return attrs.evolve(found, fallback=wanted)

    now = asyncio.run(changed())
    click.echo(json.dumps(_values(now), indent=2) if as_json else f"number {now.e164} {_words(now.fallback)}")


@numbers.command("release")
@click.argument("number")
@tenant_option
@click.pass_obj
def release(context: Context, number: str, *, tenant: str | None) -> None:
    """Give a number back: it leads nowhere from then on, and calls to it are refused as to no number at all."""

    async def released() -> Number:
        async with workplace(context.settings, tenant) as here:
            found = await _number(here, canonical(number))
            await NumberPool(_numbers(here), SYSTEM).release(here.tenant, found.e164, found.version)
            return found

    gone = asyncio.run(released())
    click.echo(f"number {gone.e164} leads nowhere now; it led to flow {gone.flow!r}")


@numbers.command("last-resort")
@click.argument("flow", metavar="[FLOW]", required=False)
@click.option("--none", "nothing", is_flag=True, help="Have none any more.")
@tenant_option
@json_option
@click.pass_obj
def last_resort(context: Context, flow: str | None, *, nothing: bool, tenant: str | None, as_json: bool) -> None:
    """Show or choose the flow that serves the tenant's callers when a flow fails that has no last resort of its own."""
    if flow and nothing:
        raise click.UsageError("give a flow or --none, not both")

    async def chosen() -> str:
        async with workplace(context.settings, tenant) as here:
            before = await here.directory.tenant(here.tenant)
            if flow is None and not nothing:
                return before.last_resort_flow
            if flow is not None:
                await _flow(here, flow)
                await here.directory.current(here.tenant, flow)
            else:
                await _warn(here)
            await here.directory.put_tenant(attrs.evolve(before, last_resort_flow=flow or ""))
            return flow or ""

    now = asyncio.run(chosen())
    if as_json:
        click.echo(json.dumps({"flow": now or None}))
    else:
        click.echo(
            f"the last resort is flow {now!r}" if now else "there is no last resort; choose one by its flow's id"
        )


def _numbers(here: Workplace) -> Numbers:
    audit = Audit(installation_key(here.settings.data_dir, "audit"))
    return numbers_of(here.settings, here.directory.store, here.directory.clock, here.plugged, audit, here.library)


def _mine(here: Workplace) -> TenantNumbers:
    return _numbers(here).of(here.tenant, SYSTEM)


async def lead(here: Workplace, e164: str, flow: str, label: str) -> None:
    """Let a number lead to a flow; one that is new is called ``label``, another keeps all but its flow."""
    known = {one.e164 for one in await here.directory.numbers(here.tenant)}
    if e164 in known:
        await _mine(here).assign(e164, flow)
    else:
        await NumberPool(_numbers(here), SYSTEM).assign(e164, here.tenant, {"flow": flow, "name": label})


def _fields(number: Number) -> dict[str, object]:
    return plain_settings(NumberSettings.of(number), whole=True)


async def _warn(here: Workplace) -> None:
    """Name the live flows that nothing serves when they fail, once the tenant's last resort is gone."""
    live = (await here.lint_context()).flows or {}
    bare = sorted(flow.id for flow in live.values() if not flow.last_resort)
    if bare:
        click.echo(f"warning: these have no last resort of their own: {', '.join(bare)}", err=True)


async def _flow(here: Workplace, flow: str) -> str:
    """The label of a flow of the tenant; raises ``NotFound``."""
    known = await here.directory.flows(here.tenant)
    if flow not in known:
        raise NotFound(f"there is no flow {flow!r}{near_match(flow, known)}; import it first", flow=flow)
    return known[flow]


async def _number(here: Workplace, e164: str) -> Number:
    known = {one.e164: one for one in await here.directory.numbers(here.tenant)}
    if e164 not in known:
        raise NotFound(f"there is no number {e164}{near_match(e164, known)}; see: switchhook numbers list", number=e164)
    return known[e164]


def _changed(
    here: Workplace,
    before: Fallback,
    ring: str | None,
    sound: str | None,
    *,
    kind: Literal["announce", "hangup"] | None = None,
    seconds: int | None = None,
) -> Fallback:
    """``before`` with what is given; raises for a phone, number or prompt that is not there."""
    wanted = before
    if ring is not None:
        wanted = attrs.evolve(wanted, kind="ring", target=_target(here, ring))
    elif kind is not None:
        wanted = attrs.evolve(wanted, kind=kind, target="")
    if seconds is not None:
        wanted = attrs.evolve(wanted, ring_seconds=seconds)
    if sound:
        here.library.find(sound, here.settings.portal.language, here.tenant)
    return wanted if sound is None else attrs.evolve(wanted, sound=sound)


def _target(here: Workplace, written: str) -> str:
    """The phone's name, or the number as Asterisk dials it; raises ``NotFound`` or ``NumberRefused``."""
    phones = here.settings.phones
    if written in phones:
        return written
    if not written.startswith(("+", *"0123456789")):
        _no_phone(written, phones)
    found = classify(written)
    if found.kind != "e164":
        raise NumberRefused(f"{written!r} cannot be a fallback: only phones and numbers such as +4922112345 can")
    if here.settings.trunk is None:
        raise NotFound(f"{written!r} cannot be a fallback: without [trunk] in the settings only phones can ring")
    return found.canonical


def _no_phone(name: str, phones: Iterable[str]) -> NoReturn:
    raise NotFound(f"there is no phone {name!r}{near_match(name, phones)} in the settings", phone=name)
