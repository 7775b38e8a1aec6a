"""Other programs a call or a plugin may ask, over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from ..errors import SwitchhookError


class Unanswered(SwitchhookError):
    """Another program gave no answer that can be used; the message says why."""

    code = "unanswered"


class Programs(Protocol):
    """Asks other programs."""

    async def ask(
        self, url: str, question: Mapping[str, object], *, secret: str = "", seconds: float = 3.0
    ) -> Mapping[str, object]:
        """The JSON object a program answers a JSON object with, within ``seconds`` in all; raises :class:`Unanswered`."""


class NoPrograms:
    """Asks nobody, as a simulated call."""

    async def ask(
        self, url: str, question: Mapping[str, object], *, secret: str = "", seconds: float = 3.0
    ) -> Mapping[str, object]:
        """See :meth:`Programs.ask`."""
        raise Unanswered("a simulated call asks no other program")
