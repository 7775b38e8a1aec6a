"""What the consent to a recording is made of: its mode, the parties, what happens to them, and what is to be done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, get_args

import attrs

ConsentMode = Literal["announce_and_key", "announce_and_stay", "agent_only"]
CONSENT_MODES: Final[tuple[ConsentMode, ...]] = get_args(ConsentMode)
"""Every party agrees by a key; by staying after the announcement; or the house's own side alone is recorded, by a key."""
Side = Literal["ours", "theirs"]
"""Who works for the house, and everybody else."""
ConsentState = Literal["off", "asked", "granted", "recording", "held", "refused", "ended"]
"""``granted``: by all, and the recorder is to begin. ``held``: consented, but paused by hand, as for card data.
``refused`` and ``ended``: not recorded any more unless it is wanted anew."""
Standing = Literal["unasked", "asked", "heard", "granted", "refused"]
"""Of one party. ``heard``: the announcement was heard to its end, a key is awaited."""


@attrs.frozen
class PartyConsent:
    """Where one party stands. ``prompt`` names the announcement with its version, ``key`` what was pressed."""

    side: Side
    standing: Standing = "unasked"
    prompt: str = ""
    key: str = ""


@attrs.frozen
class Consent:
    """The consent to record one talk, at a moment. Feed it events with :func:`switchhook.consent.machine.after`."""

    mode: ConsentMode = "announce_and_key"
    accept: str = "1"
    refuse: str = "2"
    state: ConsentState = "off"
    parties: Mapping[str, PartyConsent] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        """Refuse keys that are one and the same, and more than one key, with ``ValueError``."""
        if len(self.accept) != 1 or len(self.refuse) > 1 or self.accept == self.refuse:
            raise ValueError(
                f"a recording is agreed to and refused by two keys, not by {self.accept!r} and {self.refuse!r}"
            )

    def needs(self, party: PartyConsent) -> bool:
        """Whether nothing is recorded without this party: its voice would be heard in the recording."""
        return self.mode != "agent_only" or party.side == "ours"

    @property
    def voices(self) -> frozenset[str]:
        """Whose voice may be recorded at this moment."""
        if self.state != "recording":
            return frozenset()
        return frozenset(name for name, party in self.parties.items() if self.needs(party))


# -- what happens -------------------------------------------------------------------------------


@attrs.frozen
class Wanted:
    """Somebody who may wants the talk recorded: the flow, or the served party by a key."""


@attrs.frozen
class Joined:
    """A party is about to be heard: what follows is to be done before it is."""

    party: str
    side: Side


@attrs.frozen
class Asked:
    """The announcement begins for a party."""

    party: str
    prompt: str


@attrs.frozen
class Heard:
    """A party heard the announcement from its beginning to its end."""

    party: str


@attrs.frozen
class Cut:
    """The announcement was cut short, whatever by."""

    party: str


@attrs.frozen
class Pressed:
    """A party pressed a key."""

    party: str
    key: str


@attrs.frozen
class Unanswered:
    """A party heard the announcement and pressed nothing in the time it had."""

    party: str


@attrs.frozen
class Left:
    """A party is no longer heard. Whoever comes back, or comes in its place, is asked anew."""

    party: str


@attrs.frozen
class Revoked:
    """A party takes its consent back."""

    party: str


@attrs.frozen
class Began:
    """The recorder writes, as it was ordered to."""


@attrs.frozen
class Held:
    """The recording pauses by hand, such as for the number of a card."""


@attrs.frozen
class Resumed:
    """The pause by hand is over."""


@attrs.frozen
class Ended:
    """The recording ends: by hand, by its limit, or because whoever led it was lost."""


ConsentEvent = (
    Wanted | Joined | Asked | Heard | Cut | Pressed | Unanswered | Left | Revoked | Began | Held | Resumed | Ended
)

# -- what is to be done, in this order ----------------------------------------------------------


@attrs.frozen
class Ask:
    """Play the announcement to a party and take its key."""

    party: str


@attrs.frozen
class Note:
    """Write down what a party answered; durably, before anything that follows in the same step is done."""

    party: str
    side: Side
    verdict: Literal["granted", "refused", "revoked"]
    prompt: str
    key: str


@attrs.frozen
class Recorder:
    """What the recorder is to do. ``stop`` ends the file, ``pause`` keeps every sound out of it."""

    do: Literal["start", "pause", "resume", "stop"]


ConsentOrder = Ask | Note | Recorder
