"""``switchhook demo``: everything at once, with one real call."""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
import signal
import sys
from collections.abc import Callable, Container
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import click

from ..clock import SystemClock
from ..errors import SwitchhookError

if TYPE_CHECKING:
    from ..demo.portal import WayIn
    from ..demo.site import Site

HERE = Path("switchhook-demo")


@click.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="SWITCHHOOK_DEMO_DATA",
    default=HERE,
    show_default=True,
    help="Directory of the demonstration; it is used again the next time.",
)
@click.option("--once", is_flag=True, help="End after the call.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print the course of the call as JSON, and the way into the portal."
)
def demo(data: Path, *, once: bool, as_json: bool) -> None:
    """Bring up Switchhook with a real Asterisk and send one real call through a hotline."""
    from ..portal.log import configure_log

    began = monotonic()

    def say(text: str) -> None:
        click.echo(f"[{monotonic() - began:5.1f} s] {text}", err=True)

    configure_log(logging.ERROR)
    try:
        asyncio.run(_demo(data.absolute(), say, once=once, as_json=as_json))
    except* SwitchhookError as errors:
        raise click.ClickException(str(errors.exceptions[0])) from errors
    except* (KeyboardInterrupt, asyncio.CancelledError):
        say("stopped")


async def _demo(data: Path, say: Callable[[str], None], *, once: bool, as_json: bool) -> None:
    from ..asterisk.live import LiveCalls
    from ..calls.course import as_json as course_json
    from ..calls.course import as_text
    from ..demo.call import place_call
    from ..demo.past.weeks import live_through
    from ..demo.portal import pages_are_there, way_in
    from ..demo.serving import until_restart
    from ..demo.site import make_site
    from ..portal.administration import administration_of
    from ..portal.plugging import plug_in
    from ..portal.worker import working

    _cancel_on_sigterm()
    clock = SystemClock()
    plugged = await plug_in(clock, lambda fault: say(f"plugin {fault.plugin}: {fault.message}"))
    site = await make_site(data, clock, plugged, say)
    try:
        async with working(site.settings, site.store, clock) as worker:
            await live_through(site.settings, site.store, worker, clock, say)
            say("the portal takes calls; a phone dials the hotline")
            course = await place_call(site, say)
            say("the call has ended")
            if once:
                click.echo(json.dumps(course_json(course), indent=2) if as_json else as_text(course))
                return
            if not as_json:
                click.echo(as_text(course))

            async def begin() -> None:
                live = LiveCalls(clock)
                way = await way_in(administration_of(site.settings, site.store, clock, worker.plugged, live))
                if not await pages_are_there(site.settings.web):
                    say(f"nothing answers at {way.url}: `switchhook doctor` says why")
                if as_json:
                    click.echo(json.dumps({**course_json(course), "portal": way.as_json()}, indent=2))
                _invite(site, way, worker.plugged.modules)

            await until_restart(site, worker, clock, begin)
        while True:
            say("the portal starts again, as an operator wishes")
            async with working(site.settings, site.store, clock) as worker:
                await until_restart(site, worker, clock, partial(asyncio.sleep, 0))
    finally:
        await site.store.close()
        if site.started:
            await site.asterisk.stop()


def _cancel_on_sigterm() -> None:
    """So that the demonstration's Asterisk is stopped as well."""
    if (main := asyncio.current_task()) is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, main.cancel)


def _invite(site: Site, way: WayIn, modules: Container[str]) -> None:
    from ..demo.services import services

    sip = site.settings.asterisk
    command = f"{_called()} --config {site.settings.data_dir}/switchhook.toml"
    dial = "\n".join(f"    dial      {one.number}   {one.try_it}" for one in services(modules))
    click.echo(
        f"""
{way.as_text(command)}
Call it yourself with a softphone on this machine:
    account   you@{sip.sip_host}:{sip.sip_port} (UDP)     password  {site.password}
{dial}
Every call:   {command} calls list
Ctrl-C ends the demonstration.""",
        err=True,
    )


def _called() -> str:
    """How this command is called from here: by its name where the shell finds it, else by its path."""
    called = sys.argv[0]
    return "switchhook" if shutil.which("switchhook") == called else str(Path(called).absolute())
