"""``switchhook run``: the portal itself."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Coroutine
from typing import Any

import attrs
import click

from ..clock import SystemClock
from .context import Context


@click.command()
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that take calls (else the settings').")
@click.option("--worker", type=click.IntRange(0, 63), hidden=True, help="Be one worker of a supervisor.")
@click.pass_obj
def run(context: Context, workers: int | None, worker: int | None) -> None:
    """Take calls until SIGTERM or Ctrl-C.

    Calls in conversation go on when the portal stops; callers in prompts wait
    for its return, at most 4 s, and then get their number's fallback.
    """
    from ..portal.log import configure_log
    from ..portal.run import run_portal, run_worker

    settings = context.settings
    if workers is not None:
        settings = attrs.evolve(settings, agi=attrs.evolve(settings.agi, workers=workers))
    configure_log()
    if worker is None and settings.web.enabled and _has_pages():
        click.echo(f"The portal in the browser: {settings.web.url}", err=True)
    if worker is not None:
        _run(run_worker(settings, SystemClock(), worker))
        return
    command = ["-m", "switchhook.cli", "--config", str(context.file), "run"]
    if workers is not None:
        command += ["--workers", str(workers)]
    _run(run_portal(settings, SystemClock(), command))


def _has_pages() -> bool:
    """Whether the web is installed; without it calls are served all the same."""
    return importlib.util.find_spec("switchhook_web") is not None


def _run(main: Coroutine[Any, Any, None]) -> None:
    """Run on uvloop, which serves a call with about half the CPU, or on asyncio where there is none."""
    try:
        import uvloop
    except ImportError:
        asyncio.run(main)
        return
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main)
