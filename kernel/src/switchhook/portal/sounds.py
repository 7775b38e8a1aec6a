"""Where the prompts of an installation are, and that new ones are heard without a restart."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

from ..config import Settings
from ..prompts.library import PromptLibrary

if TYPE_CHECKING:
    from .administration import Administration

EVERY: Final = 1.0
"""Seconds between two looks at the sounds: what is new is heard within 2 s, the look included."""

log = structlog.get_logger(__name__)


def sounds_directory(settings: Settings) -> Path:
    """The directory with one folder for each language."""
    return settings.data_dir / "sounds"


async def follow_sounds(library: PromptLibrary, every: float = EVERY) -> None:
    """Let a library know of sounds that come and go, until cancelled; each process has one of its own."""
    trouble = ""
    while True:
        await asyncio.sleep(every)
        try:
            if await asyncio.to_thread(library.rescan):
                log.info("there are other sounds than before", sounds=len(library.prompts()))
            trouble = ""
        except OSError as error:  # calls go on with the sounds that are known
            if str(error) != trouble:
                log.warning("the sounds cannot be looked at", why=str(error))
            trouble = str(error)


async def sounds_of_administration(administration: Administration) -> None:
    """The service that lets the linter, the editor and lists of sounds know."""
    await follow_sounds(administration.publishing.prompts)
