"""Whom a module may ring: phones and numbers, named in its settings or by a variable of the call."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from switchhook import Label, Target

MOST: Final = 20
"""Targets a variable may name: each is a line that somebody pays for."""
A_NAME: Final = Label("eine Zeile mit 1 bis 80 Zeichen", "one line of 1 to 80 characters")
"""The shape of the names of what is kept."""
_NUMBER: Final = re.compile(r"\+[1-9][0-9]{3,14}")
_PHONE: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


def target(text: str) -> Target:
    """The target a setting names."""
    return Target("number" if text.startswith("+") else "phone", text)


def named_by(variables: Mapping[str, str], name: str) -> tuple[tuple[Target, ...], str]:
    """Whom a variable names, several separated by commas or blanks, and why it cannot be followed (else empty).

    What callers typed or others wrote is never dialled as it stands: one word that is neither a number in full nor
    the name of a phone, and nobody of them is rung.
    """
    words = variables.get(name, "").replace(",", " ").split()
    if not words:
        return (), f"the variable {name} names nobody"
    if len(words) > MOST or not all(_NUMBER.fullmatch(word) or _PHONE.fullmatch(word) for word in words):
        return (), f"the variable {name} holds no phone and no number such as +4922112345"
    return tuple(target(word) for word in dict.fromkeys(words)), ""


def names(targets: Iterable[Target]) -> str:
    """Targets as a reason tells them."""
    return ", ".join(map(str, targets))
