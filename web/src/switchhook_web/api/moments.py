"""Moments as requests name them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from switchhook import Label, Problem
from switchhook.administration import SettingsRefused

PATTERN: Final = r"20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9](:[0-5][0-9])?(Z|[+-][01][0-9]:[0-5][0-9])"
"""Such as 2026-12-24T18:00:00+01:00."""
MOMENT: Final = Label("ein Zeitpunkt wie 2026-12-24T18:00:00+01:00", "a moment such as 2026-12-24T18:00:00+01:00")


def moment_of(text: str, path: str = "at") -> datetime:
    """The moment a text of the shape :data:`PATTERN` names; raises ``SettingsRefused`` for a day that is none."""
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise SettingsRefused(
            [Problem(path, f"{text!r} is no moment; it is such as 2026-12-24T18:00+01:00")]
        ) from error
