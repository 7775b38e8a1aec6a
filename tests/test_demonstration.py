"""The demonstration's office, at every hour a newcomer may call: simulated by the interpreter that serves callers."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib.resources import files

import pytest

from switchhook import demo
from switchhook.clock import SystemClock
from switchhook.demo.kept import KEPT
from switchhook.portal.plugging import plug_in
from switchhook.schema import read_settings
from switchhook.testing import call

MONDAY, SUNDAY = datetime(2026, 11, 30, 10, tzinfo=UTC), datetime(2026, 11, 29, 10, tzinfo=UTC)
ALL_SAINTS = datetime(2027, 11, 1, 10, tzinfo=UTC)  # a Monday, and a holiday in North Rhine-Westphalia


def text(name: str) -> str:
    return (files(demo) / name).read_text(encoding="utf-8")


async def kept() -> dict[str, object]:
    plugged = await plug_in(SystemClock(), lambda fault: pytest.fail(str(fault)))
    return {name: read_settings(plugged.resources.get(kind), values) for (kind, name), values in KEPT.items()}


async def office(at: datetime, keys: str = "", parties: str = ""):
    flows = [text("office.yaml")]
    return await call(text("hotline.yaml"), f"4,{keys}", parties=parties, at=at, flows=flows, resources=await kept())


@pytest.mark.parametrize(
    ("at", "way"),
    [
        (MONDAY, ["hand", "hours", "team", "goodbye"]),
        (SUNDAY, ["hand", "hours", "closed", "box", "goodbye"]),
        (ALL_SAINTS, ["hand", "hours", "holiday", "box", "goodbye"]),
    ],
    ids=["open", "closed", "holiday"],
)
async def test_the_office_goes_by_the_clock(at, way):
    done = await office(at, "wait,say:3")
    assert [point for point, _ in done.ways][2:] == way
    assert done.faults == ()


async def test_whoever_reaches_nobody_leaves_a_message():
    done = await office(MONDAY, "wait,say:3", parties="no_answer")
    assert done.ways[-3:] == (("team", "no_answer"), ("box", "recorded"), ("goodbye", "next"))
