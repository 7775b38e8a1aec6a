"""Numbers, times and dates as rows of stock prompts, in the word order of a language.

Every function gives ids for ``session.play``. Languages without rules of
their own are spoken as English; a regional tag such as ``de-at`` as its base.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from typing import Final

LARGEST: Final = 999_999
_NAMES: Final = {"*": "star", "#": "hash", "+": "plus"}


def number(n: int, language: str) -> tuple[str, ...]:
    """A whole number from 0 to 999999, such as ``21`` as *einundzwanzig*; raises ``ValueError`` for any other."""
    if isinstance(n, bool) or not isinstance(n, int) or not 0 <= n <= LARGEST:
        raise ValueError(f"whole numbers from 0 to {LARGEST} can be spoken, not {n!r}")
    return tuple(_number(n, _german(language)))


def digits(text: str, language: str) -> tuple[str, ...]:
    """Digits, ``*``, ``#`` and ``+`` one by one; anything else, such as a space between groups, is left out."""
    del language  # one by one is the same everywhere
    return tuple(f"digits/{_NAMES.get(key, key)}" for key in text if key in "0123456789*#+")


def clock(at: time, language: str) -> tuple[str, ...]:
    """A time of day to the minute: *vierzehn Uhr dreißig*, *two thirty p m*."""
    if (at.hour, at.minute) == (0, 0):
        return ("clock/midnight",)
    if _german(language):
        hour = "number/one" if at.hour == 1 else f"number/{at.hour}"
        return (hour, "clock/oclock", *((f"number/{at.minute}",) if at.minute else ()))
    minutes = ("clock/oh", f"number/{at.minute}") if 0 < at.minute < 10 else (f"number/{at.minute}",)
    half = "clock/am" if at.hour < 12 else "clock/pm"
    return (f"number/{at.hour % 12 or 12}", *(minutes if at.minute else ()), half)


def day(on: date, language: str) -> tuple[str, ...]:
    """Weekday, day and month: *Montag, der zweite März*, *Monday March second*. The year is not spoken."""
    of_month, month = f"day/{on.day}", f"month/{on.month}"
    return (f"weekday/{on.isoweekday()}", *((of_month, month) if _german(language) else (month, of_month)))


def _german(language: str) -> bool:
    return language.partition("-")[0] == "de"


def _number(n: int, german: bool) -> Iterator[str]:
    thousands, rest = divmod(n, 1000)
    if thousands:
        yield from _below_thousand(thousands, german, before=True)
        yield "number/thousand"
    if rest or not thousands:
        yield from _below_thousand(rest, german, before=False)


def _below_thousand(n: int, german: bool, *, before: bool) -> Iterator[str]:
    """``before`` a noun one is *ein*, not *eins*; in English both sound the same."""
    hundreds, rest = divmod(n, 100)
    if hundreds:
        yield "number/one" if hundreds == 1 else f"number/{hundreds}"
        yield "number/hundred"
    if rest or not hundreds:
        yield "number/one" if rest == 1 and before and german else f"number/{rest}"
