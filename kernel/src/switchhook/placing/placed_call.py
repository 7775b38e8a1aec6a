"""What a plugin declares of a kind of call the portal places, and one such call as a value."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Final, Literal

import attrs

from ..calls.call import Call, Caller
from ..calls.numbers import NumberRefused, classify
from ..calls.port import DialPlan, DialStatus, Target
from ..errors import SwitchhookError
from ..flows.module import Module

PlacedStatus = Literal["", DialStatus, "refused", "withdrawn"]
"""How a call ended; empty while it has not. ``refused`` was never dialled, ``withdrawn`` was no longer wanted."""
LONGEST_SUBJECT: Final = 200


class PlacingRefused(SwitchhookError):
    """A call that cannot be placed as it was ordered; the message says why."""

    code = "placing_refused"


@attrs.frozen(kw_only=True)
class Placement:
    """One call the portal places: at most one attempt, whose call has the same ``id``.

    ``kind`` is that of the module that serves whoever answers, with these
    ``settings``. ``subject`` says what it is about: of the same kind and
    subject there is never more than one open. ``number`` is the tenant's
    number on whose behalf it is placed, by which people see it who see that
    number's calls. ``asked`` is when Asterisk was about to be told. Once it
    ``ended``, ``status`` says how; for one that was ``answered``, ``exit`` and
    ``why`` are those of the module, both empty when whoever answered hung up first.
    """

    id: str
    tenant: str
    kind: str
    subject: str
    key: str
    settings: Mapping[str, Any]
    target: Target
    number: str
    caller_id: str
    language: str
    ring_seconds: int
    limit_seconds: int
    made: datetime
    due: datetime
    asked: datetime | None = None
    ended: datetime | None = None
    withdrawn: bool = False
    status: PlacedStatus = ""
    exit: str = ""
    why: str = ""
    tells: int = 0

    @property
    def plan(self) -> DialPlan:
        """The leg, as guards see it."""
        return DialPlan((self.target,), self.ring_seconds, self.limit_seconds, self.caller_id)

    def call(self, arrived: datetime, number_of_phone: Mapping[str, str], key: Callable[[str], str]) -> Call:
        """The call as it is kept: its caller is whoever is called."""
        return Call(
            id=self.id,
            tenant=self.tenant,
            number=self.number,
            caller=party(self.target, number_of_phone, key),
            arrived=arrived,
            origin="placed",
            language=self.language,
        )


@attrs.frozen
class PlacedCall:
    """A kind of call the portal places for a plugin.

    ``module`` serves whoever answers, like a point of a flow of its own: it is
    never offered to flows, its exits lead to the hang-up, and it goes on where
    it stood when the portal dies meanwhile. ``ended`` learns how each call
    ended, from the portal's ``Administration`` and the ``Placement``; it is
    called until it returns, so what it does must be harmless when done twice.
    ``wanted`` is asked right before the phone rings, and says why the call is
    not wanted any more; empty text, and it rings.
    """

    module: type[Module]
    ended: Callable[[Any, Placement], Awaitable[None]]
    wanted: Callable[[Any, Placement], Awaitable[str]] | None = None


def party(target: Target, number_of_phone: Mapping[str, str], key: Callable[[str], str]) -> Caller:
    """Whoever is called, as calls keep a caller."""
    if target.kind == "phone":
        number = number_of_phone.get(target.address, "")
        return Caller(number, target.address, "shown", "internal", key(number) if number else "")
    found = classify(target.address)
    kind: Literal["mobile", "fixed"] = "mobile" if found.number_type == "mobile" else "fixed"
    return Caller(
        found.canonical, "", "shown", "foreign" if found.country not in ("DE", "") else kind, key(target.address)
    )


def must_be_dialable(target: Target, phones: Mapping[str, str]) -> Target:
    """A target in canonical form; raises :class:`PlacingRefused` for one the portal does not ring by itself."""
    if target.kind == "phone":
        if target.address not in phones:
            raise PlacingRefused(f"there is no phone {target.address!r}", target=target.address)
        return target
    try:
        found = classify(target.address)
    except NumberRefused as refused:
        raise PlacingRefused(f"{target.address!r} cannot be called: {refused}", target=target.address) from refused
    if found.kind != "e164":
        raise PlacingRefused(
            f"{target.address!r} is no number the portal calls by itself: {found.kind}", target=target.address
        )
    return Target("number", found.canonical)
