"""Opening hours, tried without a telephone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from switchhook_daytime.daytime import Daytime
from switchhook_daytime.plugin import Opening

from switchhook.testing import assert_module_conforms, call, configured


@pytest.mark.parametrize(
    ("hour", "exit_name"),
    [(6, "closed"), (7, "open"), (16, "open"), (17, "closed")],  # UTC, in winter an hour behind Berlin
)
async def test_the_clock_decides(hour: int, exit_name: str) -> None:
    done = await call(Daytime(), at=datetime(2026, 1, 15, hour, tzinfo=UTC))
    assert done.exit == exit_name
    assert "open 08:00 to 18:00" in done.why


def test_it_keeps_what_every_module_promises() -> None:
    assert_module_conforms(Daytime)


FLOW = """
flow: night
start: forward
points:
  forward:
    module: forward
    settings: {targets: ["+4922112345"]}
    exits: {answered_end: hang-up, busy: hang-up, no_answer: hang-up, unreachable: hang-up, rejected: hang-up}
"""


# [guard]
@pytest.mark.parametrize(("hour", "exit_name"), [(2, "rejected"), (12, "answered_end")])
async def test_nobody_dials_out_at_night(hour: int, exit_name: str) -> None:
    from switchhook_forward import plugin as forward

    done = await call(FLOW, at=datetime(2026, 1, 15, hour, tzinfo=UTC), plugins=[forward, Opening])
    assert done.exit == exit_name
    assert not done.faults


# [settings]
@pytest.mark.parametrize(("hour", "exit_name"), [(2, "rejected"), (4, "answered_end")])  # 3 and 5 o'clock in Berlin
async def test_the_operator_says_when_the_night_ends(hour: int, exit_name: str) -> None:
    from switchhook_forward import plugin as forward

    plugins = [forward, configured(Opening, night_ends=4)]
    assert (await call(FLOW, at=datetime(2026, 1, 15, hour, tzinfo=UTC), plugins=plugins)).exit == exit_name
