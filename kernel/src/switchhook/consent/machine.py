"""What each event makes of the consent to a recording: from off over asked and granted by all to recording.

The law it keeps: while the recorder writes, every party whose voice would be
in the recording has heard the announcement to its end and agreed. Whatever is
doubtful (a cut announcement, an answer out of turn, a lost portal) is no
consent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

import attrs

from .values import (
    Ask,
    Asked,
    Began,
    Consent,
    ConsentEvent,
    ConsentOrder,
    ConsentState,
    Cut,
    Ended,
    Heard,
    Held,
    Joined,
    Left,
    Note,
    PartyConsent,
    Pressed,
    Recorder,
    Resumed,
    Revoked,
    Standing,
    Unanswered,
    Wanted,
)

Orders = tuple[ConsentOrder, ...]
_OVER: Final[tuple[ConsentState, ...]] = ("off", "refused", "ended")
_WRITES: Final[tuple[ConsentState, ...]] = ("granted", "recording")
"""Where the recorder writes, or may do so any moment, because it was told to."""
_HAS_FILE: Final[tuple[ConsentState, ...]] = ("granted", "recording", "held")


@attrs.frozen
class Step:
    """The consent after an event, and what is to be done because of it, in order."""

    consent: Consent
    orders: Orders = ()


def after(consent: Consent, event: ConsentEvent) -> Step:
    """What an event makes of a consent. What fits nothing that happened before it changes nothing."""
    if isinstance(event, (Wanted, Began, Held, Resumed, Ended)):
        return _of_the_whole(consent, event)
    if isinstance(event, Joined):
        return _joined(consent, event)
    party = consent.parties.get(event.party)
    if party is None:
        return Step(consent)
    if isinstance(event, Left):
        return _left(consent, event.party)
    if isinstance(event, Revoked):
        return Step(consent) if party.standing == "refused" else _refused(consent, event.party, party, "revoked")
    return _answered(consent, event, party)


def _of_the_whole(consent: Consent, event: Wanted | Began | Held | Resumed | Ended) -> Step:
    state = consent.state
    if isinstance(event, Wanted) and state in _OVER:
        return _weighed(attrs.evolve(consent, state="asked", parties=_asked_anew(consent)), ask=True)
    if isinstance(event, Began) and state == "granted":
        return Step(attrs.evolve(consent, state="recording"))
    if isinstance(event, Held) and state in _WRITES:
        return Step(attrs.evolve(consent, state="held"), (Recorder("pause"),))
    if isinstance(event, Resumed) and state == "held":
        return Step(attrs.evolve(consent, state="recording"), (Recorder("resume"),))
    if isinstance(event, Ended) and state not in _OVER:
        return Step(attrs.evolve(consent, state="ended"), (Recorder("stop"),))
    return Step(consent)


def _asked_anew(consent: Consent) -> Mapping[str, PartyConsent]:
    """Whoever agreed, agreed to a recording that is over; whoever refused is not pressed again."""
    return {
        name: party if party.standing == "refused" else PartyConsent(party.side)
        for name, party in consent.parties.items()
    }


def _joined(consent: Consent, event: Joined) -> Step:
    if event.party in consent.parties:
        return Step(consent)
    new = PartyConsent(event.side)
    joined = attrs.evolve(consent, parties={**consent.parties, event.party: new})
    if consent.state in _OVER or not consent.needs(new):
        return Step(joined)
    # The recorder ends before the new party is heard: each file belongs to those who agreed to it.
    stop: Orders = (Recorder("stop"),) if consent.state in _HAS_FILE else ()
    return Step(attrs.evolve(joined, state="asked"), (*stop, Ask(event.party)))


def _left(consent: Consent, party: str) -> Step:
    parties = {name: one for name, one in consent.parties.items() if name != party}
    left = attrs.evolve(consent, parties=parties)
    if consent.state in _OVER:
        return Step(left)
    if not any(map(left.needs, parties.values())):
        return Step(attrs.evolve(left, state="ended"), (Recorder("stop"),))
    return _weighed(left) if consent.state == "asked" else Step(left)


def _answered(consent: Consent, event: Asked | Heard | Cut | Pressed | Unanswered, party: PartyConsent) -> Step:
    if consent.state != "asked" or party.standing in ("granted", "refused") or not consent.needs(party):
        return Step(consent)
    name = event.party
    if isinstance(event, Asked):
        return Step(_with(consent, name, party, "asked", prompt=event.prompt))
    if isinstance(event, Cut):
        return Step(_with(consent, name, party, "unasked", prompt=""))
    if isinstance(event, Heard):
        return _heard(consent, name, party)
    pressed = attrs.evolve(party, key=event.key) if isinstance(event, Pressed) else party
    if isinstance(event, Pressed) and event.key == consent.refuse and party.standing != "unasked":
        return _refused(consent, name, pressed, "refused")
    return _decided(consent, event, pressed) if party.standing == "heard" else Step(consent)


def _heard(consent: Consent, name: str, party: PartyConsent) -> Step:
    if party.standing != "asked":
        return Step(consent)
    if consent.mode == "announce_and_stay":
        return _granted(consent, name, party)
    return Step(_with(consent, name, party, "heard"))


def _decided(consent: Consent, event: Pressed | Unanswered, party: PartyConsent) -> Step:
    """What somebody makes of the time in which a key is awaited."""
    if isinstance(event, Unanswered):
        return _refused(consent, event.party, party, "refused")
    return _granted(consent, event.party, party) if event.key == consent.accept else Step(consent)


def _with(consent: Consent, name: str, party: PartyConsent, standing: Standing, prompt: str | None = None) -> Consent:
    new = attrs.evolve(party, standing=standing, prompt=party.prompt if prompt is None else prompt)
    return attrs.evolve(consent, parties={**consent.parties, name: new})


def _granted(consent: Consent, name: str, party: PartyConsent) -> Step:
    noted = Note(name, party.side, "granted", party.prompt, party.key)
    weighed = _weighed(_with(consent, name, party, "granted"))
    return Step(weighed.consent, (noted, *weighed.orders))


def _refused(consent: Consent, name: str, party: PartyConsent, verdict: Literal["refused", "revoked"]) -> Step:
    noted = Note(name, party.side, verdict, party.prompt, party.key)
    refused = _with(consent, name, party, "refused")
    if consent.state in _OVER or not consent.needs(party):
        return Step(refused, (noted,))
    return Step(attrs.evolve(refused, state="refused"), (Recorder("stop"), noted))


def _weighed(consent: Consent, *, ask: bool = False) -> Step:
    """What those who are asked make of it together: all, some, or one who refused before."""
    needed = {name: party for name, party in consent.parties.items() if consent.needs(party)}
    if any(party.standing == "refused" for party in needed.values()):
        return Step(attrs.evolve(consent, state="refused"))
    if needed and all(party.standing == "granted" for party in needed.values()):
        return Step(attrs.evolve(consent, state="granted"), (Recorder("start"),))
    return Step(consent, tuple(Ask(name) for name in needed) if ask else ())
