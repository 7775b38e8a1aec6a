"""``switchhook run``: the portal itself."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

import attrs
import click

from ..clock import SystemClock
from .context import Context

T = TypeVar("T")


@click.command()
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that take calls (else the settings').")
@click.option("--safe", is_flag=True, help="Load only the plugin web, and those the settings say are required.")
@click.option("--worker", type=click.IntRange(0, 63), hidden=True, help="Be one worker of a supervisor.")
@click.pass_obj
def run(context: Context, workers: int | None, worker: int | None, *, safe: bool) -> None:
    """Take calls until SIGTERM or Ctrl-C.

    Calls in conversation go on when the portal stops; callers in prompts wait
    for its return, at most 4 s, and then get their number's fallback. With
    --safe an operator gets in when a plugin spoils the portal; who calls
    meanwhile is served only as far as the plugins go that are loaded.
    """
    from ..portal.log import configure_log
    from ..portal.run import run_portal, run_worker

    settings = context.settings
    if workers is not None:
        settings = attrs.evolve(settings, agi=attrs.evolve(settings.agi, workers=workers))
    if safe:
        settings = attrs.evolve(settings, plugins=attrs.evolve(settings.plugins, safe=True))
    configure_log()
    if worker is None and settings.web.enabled and _has_pages():
        click.echo(f"The portal in the browser: {settings.web.url}", err=True)
    if worker is not None:
        _run(run_worker(settings, SystemClock(), worker))
        return
    command = ["-m", "switchhook.cli", "--config", str(context.file), "run"]
    if workers is not None:
        command += ["--workers", str(workers)]
    if safe:
        command.append("--safe")
    if _run(run_portal(settings, SystemClock(), command)):
        _start_again()


def _start_again() -> None:
    """Be this command anew, in the same process, so that whoever watches over it notices nothing.

    Safe mode is left: an operator who starts again from it has mended something.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    words = [word for word in sys.orig_argv[1:] if word != "--safe"]
    os.execv(sys.executable, [sys.executable, *words])  # noqa: S606 - our own words


def _has_pages() -> bool:
    """Whether the web is installed; without it calls are served all the same."""
    return importlib.util.find_spec("switchhook_web") is not None


def _run(main: Coroutine[Any, Any, T]) -> T:
    """Run on uvloop, which serves a call with about half the CPU, or on asyncio where there is none."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(main)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)
