"""PINs callers type: how often they may be tried, and how they are compared."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Sequence
from typing import Final, Literal, Protocol

import attrs

from .call import Call

PinVerdict = Literal["ok", "wrong", "locked"]
_NOBODYS: Final = ("",)


@attrs.frozen
class PinLimits:
    """How many wrong PINs there may be: in one call, for one subject within ``subject_seconds`` and within a day,
    and of one caller within ``caller_seconds``. The next attempt after that is locked, also with the right PIN.
    """

    per_call: int = 3
    per_subject: int = 5
    subject_seconds: int = 900
    per_day: int = 20
    per_caller: int = 10
    caller_seconds: int = 3600

    def __attrs_post_init__(self) -> None:
        """Raise ``ValueError`` for limits that let nobody, or everybody, try."""
        for name, value in attrs.asdict(self).items():
            if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 86400:
                raise ValueError(f"{name} is a whole number from 1 to 86400, not {value!r}")


USUAL: Final = PinLimits()


@attrs.frozen
class PinAttempt:
    """One attempt: for what, at whose PIN, and at which step of which call. The PIN itself is not in it."""

    call: Call
    step: int
    purpose: str
    subject: str
    limits: PinLimits


class PinBook(Protocol):
    """Counts attempts for all workers alike."""

    async def judge(self, attempt: PinAttempt, *, right: bool) -> PinVerdict:
        """What becomes of an attempt; the same attempt asked again, after a restart, gets the same answer."""


class NoPinBook:
    """Counts nothing."""

    async def judge(self, attempt: PinAttempt, *, right: bool) -> PinVerdict:
        """See :meth:`PinBook.judge`."""
        return "ok" if right else "wrong"


@attrs.define
class OneCallsPins:
    """Counts the attempts of one call, as for a simulated one, which is the only call there is."""

    _wrong: Counter[tuple[str, str]] = attrs.field(factory=Counter, init=False)

    async def judge(self, attempt: PinAttempt, *, right: bool) -> PinVerdict:
        """See :meth:`PinBook.judge`."""
        limits, subject = attempt.limits, (attempt.purpose, attempt.subject)
        of_subject, of_call = self._wrong[subject], self._wrong.total()
        if of_subject >= min(limits.per_subject, limits.per_day) or of_call >= min(limits.per_call, limits.per_caller):
            return "locked"
        if right:
            del self._wrong[subject]
            return "ok"
        self._wrong[subject] += 1
        return "wrong"


def fits(given: str, expected: Sequence[str]) -> bool:
    """Whether a PIN is one of those expected; takes as long whichever it is, and for none as for one."""
    mine = _digest(given)
    found = [hmac.compare_digest(mine, _digest(one)) and bool(one) for one in (expected or _NOBODYS)]
    return any(found)


def _digest(pin: str) -> bytes:
    return hashlib.sha256(pin.encode()).digest()
