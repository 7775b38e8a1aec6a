"""What a caller says and the portal keeps: how it is recorded, and what becomes of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal, Protocol

import attrs

from ..errors import SwitchhookError
from .call import Call
from .prompts import Prompt

MediaClass = Literal["announcement", "message", "recording", "fax"]
RecordedBy = Literal["key", "silence", "full"]
MEDIA: Final = "media/"
"""What a prompt's id begins with that is no prompt of a library but something kept: ``media/ID``."""
LONGEST: Final = 1800  # seconds
_WORD: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_LONGEST_SILENCE: Final = 60.0


class StorageFull(SwitchhookError):
    """Nothing more can be kept: the tenant's storage, or the disk, is full. What is kept already is safe."""

    code = "storage_full"


@attrs.frozen
class RecordPlan:
    """How to record: at most ``longest`` seconds; it ends when nobody begins to speak for ``first_silence``
    seconds, when nobody speaks any more for ``last_silence``, or by the key ``closing`` (``#``, ``*``, or
    empty for none). Silences are heard in whole seconds, rounded up. Raises ``ValueError`` for anything else.
    """

    longest: int = 180
    first_silence: float = 5.0
    last_silence: float = 4.0
    closing: Literal["#", "*", ""] = "#"

    def __attrs_post_init__(self) -> None:
        if isinstance(self.longest, bool) or not isinstance(self.longest, int) or not 1 <= self.longest <= LONGEST:
            raise ValueError(f"a recording lasts at most 1 to {LONGEST} whole seconds, not {self.longest!r}")
        if not all(0 < each <= _LONGEST_SILENCE for each in (self.first_silence, self.last_silence)):
            raise ValueError(
                f"silence ends a recording after above 0 and up to {_LONGEST_SILENCE:g} s, not {self.first_silence!r} s"
                f" and {self.last_silence!r} s"
            )
        if self.closing not in ("#", "*", ""):
            raise ValueError(f"a recording is closed by '#', '*' or '' for none, not by {self.closing!r}")


@attrs.frozen
class Wish:
    """What is to be kept of a recording: its class, whose it is, how long it may be, and facts about it."""

    of: MediaClass
    owner_kind: str
    owner: str
    longest: int = LONGEST
    facts: Mapping[str, object] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        """Refuse what names no owner with ``ValueError``: the kind is a word, such as ``mailbox``."""
        if not _WORD.fullmatch(self.owner_kind) or not self.owner:
            raise ValueError(f"a recording belongs to a thing of a kind such as 'mailbox', not to {self.owner_kind!r}")


@attrs.frozen
class Recorded:
    """A recording that ended: ``media`` is the id under which it is kept, without the silence at its end.

    Where nothing but silence was heard nothing is kept: then it is ``empty``
    and has no id.
    """

    media: str
    seconds: float
    ended_by: RecordedBy
    empty: bool


class Tape(Protocol):
    """Keeps recordings: each is begun before Asterisk writes its file, and finished once it does no longer."""

    async def begin(self, call: Call, step: int, wish: Wish, *, again: bool) -> str:
        """The id of the recording at this step of a call, the same however often it is asked for.

        Raises :class:`StorageFull`, but not ``again``, when it was made already.
        """

    async def finish(self, tenant: str, media: str) -> float:
        """Keep a recording whose file Asterisk has closed; the seconds kept, 0 where it is empty and was dropped."""

    async def find(self, tenant: str, media: str) -> Prompt:
        """Something kept as what a caller can hear; raises ``PromptMissing``."""


class NoTape:
    """The tape of a call that nothing is kept of, such as a simulated one."""

    async def begin(self, call: Call, step: int, wish: Wish, *, again: bool) -> str:
        """See :meth:`Tape.begin`."""
        return f"simulated-{step}"

    async def finish(self, tenant: str, media: str) -> float:
        """See :meth:`Tape.finish`."""
        return 0.0

    async def find(self, tenant: str, media: str) -> Prompt:
        """See :meth:`Tape.find`: everything is there."""
        return Prompt(f"{MEDIA}{media}", "", 2.0, Path(media))
