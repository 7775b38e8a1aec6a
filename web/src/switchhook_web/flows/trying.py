"""A call to be tried, as the page asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from switchhook.administration import Trial

FIELDS: Final = ("number", "caller", "at", "keys", "legs")
KEYPAD: Final = (*"123456789*0#", "wait", "hangup")
"""What can be done at a press of a button the next time the flow listens."""
LONGEST: Final = 200


def asked_of(values: Mapping[str, str]) -> dict[str, str]:
    """The fields of the form, as they were typed, with what was pressed after that."""
    asked = {name: values.get(name, "").strip()[:LONGEST] for name in FIELDS}
    return {**asked, "keys": _pressed(asked["keys"], values.get("press", ""))}


def _pressed(keys: str, press: str) -> str:
    before = [one.strip() for one in keys.split(",") if one.strip()]
    if press == "back":
        return ", ".join(before[:-1])
    after = ", ".join([*before, press])
    return after if press in KEYPAD and len(after) <= LONGEST else keys


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
