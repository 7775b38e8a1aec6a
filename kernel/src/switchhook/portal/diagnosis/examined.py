"""What ``switchhook doctor`` finds: one value per thing looked at, and how a look that fails is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

import attrs

from ...config import Settings
from ...errors import SwitchhookError

State = Literal["ok", "warn", "fail"]


@attrs.frozen
class Check:
    """One thing looked at. ``mend`` is what to do about it, empty when it is ``ok``."""

    name: str
    state: State
    found: str
    mend: str = ""


Examination = Callable[[Settings], Iterable[Check]]
"""Looks at one matter and yields what it finds; expected errors may pass out of it."""


def examine(settings: Settings, examinations: Iterable[Examination]) -> list[Check]:
    """All findings in order; an examination that stops with an error becomes a failed check of its own."""
    found: list[Check] = []
    for examination in examinations:
        try:
            found.extend(examination(settings))
        except (SwitchhookError, OSError) as error:
            found.append(Check(examination.__name__, "fail", str(error), "see the words on the left"))
    return found
