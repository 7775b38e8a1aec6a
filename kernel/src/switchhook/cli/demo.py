"""``switchhook demo``: everything at once, with one real call."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import click

from ..clock import SystemClock
from ..errors import SwitchhookError

if TYPE_CHECKING:
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
@click.option("--json", "as_json", is_flag=True, help="Print the course of the call as JSON.")
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
    except* KeyboardInterrupt:
        say("stopped")


async def _demo(data: Path, say: Callable[[str], None], *, once: bool, as_json: bool) -> None:
    from ..calls.course import as_json as course_json
    from ..calls.course import as_text
    from ..demo.call import place_call
    from ..demo.site import make_site
    from ..portal.plugging import plug_in
    from ..portal.run import attending
    from ..portal.worker import working

    clock = SystemClock()
    plugged = await plug_in(clock, lambda fault: say(f"plugin {fault.plugin}: {fault.message}"))
    site = await make_site(data, clock, plugged.modules, say)
    try:
        async with working(site.settings, site.store, clock) as worker:
            say("the portal takes calls; a phone dials the hotline")
            course = await place_call(site, say)
            say("the call has ended")
            click.echo(json.dumps(course_json(course), indent=2) if as_json else as_text(course))
            if not once:
                async with attending(site.settings, site.store, clock, worker.plugged):
                    _invite(site)
                    await asyncio.Event().wait()
    finally:
        await site.store.close()
        if site.started:
            await site.asterisk.stop()


def _invite(site: Site) -> None:
    from ..demo.site import NUMBER

    sip = site.settings.asterisk
    click.echo(
        f"""
Call the hotline yourself with a softphone on this machine:
    account   you@{sip.sip_host}:{sip.sip_port} (UDP)     password  {site.password}
    dial      {NUMBER}
The portal:   {site.settings.web.url}
Every call:   switchhook --config {site.settings.data_dir}/switchhook.toml calls list
Ctrl-C ends the demonstration.""",
        err=True,
    )
