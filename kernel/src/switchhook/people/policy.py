"""What a new password must be like: four levels of rules, as data, for forms and for judging alike."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from functools import cache
from math import ceil
from typing import Final

import attrs

from ..errors import SwitchhookError
from ..resources.resource import Resource
from ..schema import Label, Problem, setting
from .passwords import LONGEST, composed

LEVELS: Final = (1, 2, 3, 4)
INTERVALS: Final = (0, 30, 60, 90, 180, 365)
"""Days after which a password must be changed; 0: never."""
NOTICE: Final = 7
"""Days before that from which on each sign-in says so."""

_SHORTEST: Final = {1: 10, 2: 12, 3: 14, 4: 16}
_CLASSES: Final = {1: 0, 2: 3, 3: 4, 4: 4}
HISTORY: Final = {1: 0, 2: 0, 3: 5, 4: 10}
"""How many former passwords may not come again."""
_SIGNS: Final = "!#%+-.:=?@_"
_ZXCVBN: Final = 72  # characters it looks at; more it refuses


@attrs.frozen
class Rule:
    """One rule in words. ``name`` is stable, for programs; ``bound`` is the number it speaks of, if it does."""

    name: str
    label: Label
    bound: int = 0


class PasswordTooWeak(SwitchhookError):
    """A new password breaks rules; ``rules`` are those."""

    code = "password_too_weak"

    def __init__(self, rules: Sequence[Rule]) -> None:
        said = "; ".join(rule.label.en for rule in rules)
        super().__init__(f"the password does not keep these rules: {said}", rules=[rule.name for rule in rules])
        self.rules = tuple(rules)


@attrs.frozen
class PasswordPolicy(Resource):
    """What a tenant asks of the passwords of its people. The level can only be raised."""

    kind = "password-policy"
    label = Label("Passwortrichtlinie", "Password policy")
    plural = Label("Passwortrichtlinien", "Password policies")
    level: int = setting("integer", "Sicherheits-Level", "Strength level", default=1, minimum=1, maximum=4)
    days: int = setting(
        "integer",
        "Änderung erzwingen nach (Tage)",
        "Force a change after (days)",
        default=0,
        help=Label("0 für nie, sonst 30, 60, 90, 180 oder 365", "0 for never, else 30, 60, 90, 180 or 365"),
    )
    second_factor: bool = setting("boolean", "Zweiter Faktor für alle", "Second factor for everybody", default=False)

    def title(self) -> str:
        """There is one for each tenant, which needs no name."""
        return ""

    def check(self) -> Sequence[Problem]:
        """Only the intervals that are offered."""
        if self.days in INTERVALS:
            return ()
        return (Problem("days", f"must be one of {', '.join(map(str, INTERVALS))}, not {self.days}"),)


def rules(level: int) -> Sequence[Rule]:
    """Every rule of a level, in the order in which a person meets them."""
    known = [
        _length(level),
        Rule("longest", Label(f"höchstens {LONGEST} Zeichen", f"at most {LONGEST} characters"), LONGEST),
        Rule(
            "common",
            Label(
                "kein häufig benutztes Passwort und nicht der eigene Name",
                "no password that many people use, and not one's own name",
            ),
        ),
    ]
    if _CLASSES[level]:
        known.append(_classes(_CLASSES[level]))
    if HISTORY[level]:
        known.append(history_rule(level))
    if level == 4:
        known.append(
            Rule("guessable", Label("auch für Rechner schwer zu erraten", "hard to guess, even for computers"))
        )
    return known


def history_rule(level: int) -> Rule:
    """The rule about former passwords, which needs them to be judged."""
    count = HISTORY[level]
    return Rule("history", Label(f"keines der letzten {count} Passwörter", f"none of the last {count} passwords"))


def failing(password: str, names: Collection[str], level: int) -> Sequence[Rule]:
    """The rules of a level a password breaks, without that about former ones.

    ``names`` are what the person is called: user name, address, name. Takes
    some hundredths of a second at level 4.
    """
    password = composed(password)
    broken = {name for name, breaks in _JUDGES.items() if breaks(password, names, level)}
    return [rule for rule in rules(level) if rule.name in broken]


def generate() -> str:
    """A new password that keeps every rule of every level; easy to read aloud: no ``l`` beside ``1``."""
    letters = "".join(c for c in string.ascii_letters if c not in "lIO")
    kinds = (letters, letters.lower(), letters.upper(), "23456789", _SIGNS)
    while True:
        made = "".join(secrets.choice(secrets.choice(kinds)) for _ in range(20))
        if not failing(made, (), LEVELS[-1]) and made[0] in letters and made[-1] in letters:
            return made


def days_left(changed: datetime, days: int, now: datetime) -> int | None:
    """Whole days until a password must be changed, the one begun counted; 0 when it is due, None when it never is."""
    if not days:
        return None
    left = changed + timedelta(days=days) - now
    return max(0, ceil(left / timedelta(days=1)))


def classes_of(password: str) -> int:
    """How many kinds of signs there are in it: small letters, capital letters, digits, others."""
    kinds = {_class(sign) for sign in password}
    return len(kinds)


def _class(sign: str) -> str:
    if sign.islower():
        return "small"
    if sign.isupper():
        return "capital"
    return "digit" if sign.isdecimal() else "other"


def _length(level: int) -> Rule:
    count = _SHORTEST[level]
    return Rule("length", Label(f"mindestens {count} Zeichen", f"at least {count} characters"), count)


def _classes(count: int) -> Rule:
    kinds_de, kinds_en = "Kleinbuchstaben, Großbuchstaben, Ziffern, Zeichen", "small letters, capitals, digits, signs"
    if count == 4:
        return Rule("classes", Label(f"alle vier Arten: {kinds_de}", f"all four kinds: {kinds_en}"), count)
    return Rule(
        "classes",
        Label(f"mindestens {count} von vier Arten: {kinds_de}", f"at least {count} of four kinds: {kinds_en}"),
        count,
    )


@cache
def _common() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    return frozenset(word for word in FREQUENCY_LISTS["passwords"] if len(word) >= _SHORTEST[1])


def _is_common(password: str, names: Collection[str]) -> bool:
    plain = password.casefold()
    own = {part for name in names for part in (name.casefold(), name.casefold().partition("@")[0]) if part}
    return plain in _common() or plain in own or len(set(plain)) < 4


def _is_guessable(password: str, names: Collection[str]) -> bool:
    from zxcvbn import zxcvbn

    found = zxcvbn(password[:_ZXCVBN], user_inputs=[name for name in names if name])
    return int(found["score"]) < 4


Judge = Callable[[str, Collection[str], int], bool]
_JUDGES: Final[dict[str, Judge]] = {
    "length": lambda password, _, level: len(password) < _SHORTEST[level],
    "longest": lambda password, *_: len(password) > LONGEST,
    "common": lambda password, names, _: _is_common(password, names),
    "classes": lambda password, _, level: classes_of(password) < _CLASSES[level],
    "guessable": lambda password, names, level: level == 4 and _is_guessable(password, names),
}
