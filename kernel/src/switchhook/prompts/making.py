"""Sounds made for a call, such as a spoken text: each once, and heard again from then on."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Callable

import attrs

from ..calls.prompts import SAID, Prompt, PromptMissing
from ..speech.audio import even_out, read_wav, to_wav
from .library import PromptLibrary
from .said import note_heard


@attrs.frozen
class LibraryMaker:
    """Keeps what is made in a library; see :class:`switchhook.calls.session.Maker`.

    Calls name what they played, and a text may hold a caller's number: without
    ``secret`` nobody can try which one it was.
    """

    library: PromptLibrary
    secret: bytes

    async def make(self, tenant: str, language: str, key: str, make: Callable[[], bytes]) -> Prompt:
        """See :meth:`Maker.make`. When it is given up the thread goes on, and the next call finds what it made."""
        kept = hmac.new(self.secret, key.encode(), hashlib.sha256).hexdigest()[:40]
        id = f"{SAID}{kept}"  # noqa: A001 - the domain's own word
        try:
            found = self.library.find(id, language, tenant)
        except PromptMissing:
            found = None
        if found is not None and found.language == language and await asyncio.to_thread(note_heard, found.path):
            return found  # what is known need not be there: another process tidies up
        return await asyncio.to_thread(self._made, id, language, tenant, make)

    def _made(self, id: str, language: str, tenant: str, make: Callable[[], bytes]) -> Prompt:  # noqa: A002
        return self.library.add(id, language, to_wav(even_out(read_wav(make()))), tenant)
