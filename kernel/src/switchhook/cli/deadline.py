"""A command that ends in time, whatever the code of plugins does in it."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import traceback
from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

import attrs
import click

from ..dispatch.dispatcher import Dispatcher
from ..errors import SwitchhookError

T = TypeVar("T")
GRACE: Final = 1.0
"""Seconds in which what was cancelled may end before the process does."""


class TookTooLong(SwitchhookError):
    """What a command was to do did not end within its deadline; the message says where it hung."""

    code = "took_too_long"


@attrs.define
class Progress:
    """What is going on, for the words when it takes too long."""

    doing: str = "in loading the plugins"
    hooks: Dispatcher | None = None

    def __str__(self) -> str:
        """Where it hangs: the hook of a plugin whose code runs, else what was begun last."""
        plugin, hook = (self.hooks.running if self.hooks else None) or ("", "")
        return f"in the hook {hook!r} of plugin {plugin!r}" if plugin else self.doing


def run_within(seconds: float, work: Callable[[Progress], Coroutine[Any, Any, T]]) -> T:
    """Run ``work`` to its end; raises :class:`TookTooLong` when that is not reached within ``seconds``.

    Code that does not even let itself be cancelled ends the process, with exit
    code 1, the same words and its stack: nothing else would stop it.
    """
    progress, main = Progress(), threading.get_ident()

    def words() -> str:
        return f"this did not end within {seconds:g} s: it hangs {progress}"

    def give_up() -> None:
        frame = sys._current_frames().get(main)
        stack = "".join(traceback.format_stack(frame)[-5:]) if frame else ""
        click.echo(f"{stack}Error: {words()}, in code that cannot be interrupted", err=True)
        os._exit(1)

    async def within() -> T:
        limit = asyncio.timeout(seconds)
        try:
            async with limit:
                return await work(progress)
        except TimeoutError as error:
            if not limit.expired():
                raise
            raise TookTooLong(words(), seconds=seconds) from error

    guard = threading.Timer(seconds + GRACE, give_up)
    guard.daemon = True
    guard.start()
    try:
        return asyncio.run(within())
    finally:
        guard.cancel()
