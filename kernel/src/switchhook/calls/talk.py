"""Talks that are recorded: what was wanted, who agreed, and what is kept of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal, Protocol

import attrs

from ..consent import CONSENT_MODES, Consent, ConsentMode, Note
from .call import Call
from .prompts import Prompt
from .recording import Wish

LONGEST_TALK: Final = 4 * 3600
"""Seconds of a talk that can be recorded: no talk lasts longer unless somebody asks for it."""
CALLER: Final = "caller"
CALLED: Final = "called"
"""The parties of a talk, as the ledger calls them."""
TalkAnswer = Literal["granted", "refused", "failed"]
"""Whether the talks that follow may be recorded: as far as the caller is asked, and can be."""


@attrs.frozen
class TalkPlan:
    """How the talks of a call are to be recorded: who has to agree, and where the recordings belong.

    ``notice`` is the prompt whoever is called hears before being connected, and
    agrees to by the key ``accept`` or refuses by ``refuse`` (empty: any other key,
    or none). ``owner`` is the kind and id of what keeps them; its plugin gets an
    order ``KIND.kept`` for each, as for ``Session.record_voice``. ``facts`` are
    JSON values kept beside them. Raises ``ValueError`` for anything else.
    """

    mode: ConsentMode
    notice: str
    owner: tuple[str, str]
    accept: str = "1"
    refuse: str = "2"
    facts: Mapping[str, object] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        """Refuse what cannot be asked."""
        if self.mode not in CONSENT_MODES:
            raise ValueError(f"a talk is recorded in one of the modes {', '.join(CONSENT_MODES)}, not {self.mode!r}")
        if not set(self.accept + self.refuse) <= set("0123456789*#"):
            raise ValueError(f"keys are digits, * and #, not {self.accept!r} and {self.refuse!r}")
        self.consent()
        self.wish("")

    def consent(self) -> Consent:
        """The consent of a talk nobody was asked about yet."""
        return Consent(self.mode, self.accept, self.refuse)

    def wish(self, label: str) -> Wish:
        """What is to be kept of one talk."""
        return Wish("recording", *self.owner, LONGEST_TALK, {"label": label, "mode": self.mode, **self.facts})


@attrs.frozen
class TalkNotice:
    """What whoever is called hears, and the key that agrees; empty where staying does. Every other key refuses."""

    sound: Prompt
    accept: str


@attrs.frozen
class AskedParty:
    """What whoever was called answered."""

    verdict: Literal["granted", "refused"]
    prompt: str
    key: str


@attrs.frozen
class TalkDone:
    """What came of one leg: who answered what, and the recording that was begun, or empty."""

    asked: Sequence[AskedParty] = ()
    media: str = ""


class TalkBook(Protocol):
    """Keeps who agreed to what, durably, before anything is recorded."""

    async def note(self, call: Call, mode: ConsentMode, note: Note) -> None:
        """Write down what the caller answered. Raises ``SwitchhookError`` where it cannot be."""

    async def prepare(self, call: Call, step: int, plan: TalkPlan, notice: Prompt, label: str) -> None:
        """Write down that the leg of this step is to be recorded, if whoever is called agrees.

        Raises :class:`~switchhook.calls.recording.StorageFull`, or another
        ``SwitchhookError``: then the leg is not recorded.
        """

    async def done(self, call: Call, step: int) -> TalkDone:
        """What came of the leg of this step."""


class NoTalks:
    """The book of a call whose talks are never recorded."""

    async def note(self, call: Call, mode: ConsentMode, note: Note) -> None:
        """See :meth:`TalkBook.note`."""

    async def prepare(self, call: Call, step: int, plan: TalkPlan, notice: Prompt, label: str) -> None:
        """See :meth:`TalkBook.prepare`."""

    async def done(self, call: Call, step: int) -> TalkDone:
        """See :meth:`TalkBook.done`."""
        return TalkDone()


def version_of(prompt: Prompt) -> str:
    """A prompt with what tells its version apart: the ledger must say what somebody heard."""
    import hashlib

    try:
        said = hashlib.sha256(prompt.path.read_bytes()).hexdigest()[:16]
    except OSError:
        said = "0"
    return f"{prompt.id}@{said}"
