"""What is done for those who sign in, beside the housekeeping: links they asked for, reminders, tidying up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, NoReturn

import structlog

from ..errors import SwitchhookError
from .administration import Administration

ANSWER_EVERY: Final = 2.0
REMIND_EVERY: Final = 600.0
"""Seconds between two looks at who asked for a link, and at invitations nobody took up."""

log = structlog.get_logger(__name__)


async def keep_door(administration: Administration) -> None:
    """Until cancelled. A second process doing the same does no harm."""
    forgetting = administration.forgetting
    async with asyncio.TaskGroup() as group:
        group.create_task(_again(forgetting.answer, ANSWER_EVERY), name="links")
        group.create_task(_again(forgetting.remind, REMIND_EVERY), name="reminders")
        group.create_task(_again(forgetting.tidy, REMIND_EVERY), name="sessions")


async def _again(work: Callable[[], Awaitable[None]], every: float) -> NoReturn:
    while True:
        try:
            await work()
        except SwitchhookError as error:
            log.warning("the door must wait", why=str(error))
        await asyncio.sleep(every)
