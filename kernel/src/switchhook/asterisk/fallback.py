"""What a number does when no portal answers: decided beforehand, done by Asterisk alone."""

from __future__ import annotations

import re
from typing import Final, Literal

import attrs

from switchhook.errors import ConfigError

_NUMBER: Final = re.compile(r"[+*]?[0-9]{1,15}")
_TARGET: Final = re.compile(r"PJSIP/(\+?[0-9]{1,15}@trunk|[A-Za-z][A-Za-z0-9_-]{0,30})")
_SOUND: Final = re.compile(r"/?[A-Za-z0-9_.+-]+(/[A-Za-z0-9_.+-]+)*")
_LONGEST_RING: Final = 600


@attrs.frozen(kw_only=True)
class NumberFallback:
    """The static answer of one number, for callers who meet no working portal.

    ``announce`` plays ``sound`` and hangs up; ``ring`` calls ``target`` for ``ring_seconds`` and, when nobody takes
    the call, announces; ``hangup`` hangs up. A call that was put through ends after ``limit_seconds`` if that is above 0. ``sound`` is a path without its ending, below Asterisk's sounds or
    absolute; empty: the apology. ``target`` is ``PJSIP/<phone>`` or ``PJSIP/<number>@trunk``, several joined by ``&``.

    Raises ConfigError for a value that cannot stand in the dialplan.
    """

    number: str
    kind: Literal["announce", "ring", "hangup"] = "announce"
    target: str = ""
    sound: str = ""
    ring_seconds: int = 30
    limit_seconds: int = 0

    def __attrs_post_init__(self) -> None:
        where = f"fallback of {self.number!r}"
        if not _NUMBER.fullmatch(self.number):
            raise ConfigError(f"{where}: a number has 1 to 15 digits, with or without + or * before them", key=where)
        if self.sound:
            safe_sound(self.sound, where)
        if self.kind == "ring" and not all(_TARGET.fullmatch(each) for each in self.target.split("&")):
            raise ConfigError(f"{where}: {self.target!r} is no target to ring", key=where)
        if not 1 <= self.ring_seconds <= _LONGEST_RING:
            raise ConfigError(f"{where}: rings for 1 to {_LONGEST_RING} seconds", key=where)


def safe_sound(sound: str, where: str) -> str:
    """``sound`` if it is the plain path of one file (SEC13): no list, no URL, no way up.

    Raises ConfigError naming ``where``.
    """
    if not _SOUND.fullmatch(sound) or ".." in sound.split("/"):
        raise ConfigError(f"{where}: {sound!r} is no path of a sound", key=where)
    return sound
