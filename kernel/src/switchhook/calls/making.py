"""Sounds that are made for a call."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from .prompts import SAID, Prompt


class Maker(Protocol):
    """Makes sounds that are no prompts yet."""

    async def make(self, tenant: str, language: str, key: str, make: Callable[[], bytes]) -> Prompt:
        """What is known by ``key``, or else what ``make`` gives as a WAV file, in a thread."""


class NoMaker:
    """The maker of a call in which nothing is really heard, such as a simulated one: each sound has 2 s."""

    async def make(self, tenant: str, language: str, key: str, make: Callable[[], bytes]) -> Prompt:
        """See :meth:`Maker.make`."""
        return Prompt(f"{SAID}{key}", language, 2.0, Path(key), tenant)
