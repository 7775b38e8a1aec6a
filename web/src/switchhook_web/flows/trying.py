"""A call to be tried, as the page asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from switchhook.administration import Trial

FIELDS: Final = ("number", "caller", "at", "keys", "legs")


def asked_of(values: Mapping[str, str]) -> dict[str, str]:
    """The fields of the form, as they were typed."""
    return {name: values.get(name, "").strip()[:200] for name in FIELDS}


def trial_of(asked: Mapping[str, str], zone: ZoneInfo) -> Trial:
    """The call that is asked for; raises ``ValueError`` for a date that is none. Times are in ``zone``."""
    at = datetime.fromisoformat(asked["at"]).replace(tzinfo=zone) if asked["at"] else None
    return Trial(number=asked["number"], caller=asked["caller"], at=at, keys=asked["keys"], legs=asked["legs"])


def asked_again(trial: Trial, zone: ZoneInfo) -> dict[str, str]:
    """What the form holds to ask for a call again."""
    at = trial.at.astimezone(zone).strftime("%Y-%m-%dT%H:%M") if trial.at else ""
    return {"number": trial.number, "caller": trial.caller, "at": at, "keys": trial.keys, "legs": trial.legs}


def way_of(steps: Any, flow: str) -> list[dict[str, str]]:
    """The points of a tried call for the picture; those of other flows light nothing up."""
    return [{"point": one.point if one.flow == flow else "", "exit": one.exit} for one in steps]
