"""A call's farewell reaches the session that serves it, whatever another session of the same call does."""

from __future__ import annotations

from switchhook.asterisk.agi_request import AgiRequest
from switchhook.asterisk.port import Farewell
from switchhook.switchboard.farewells import Farewells

GONE = AgiRequest("farewell", ("1000.0", "1042.5"), uniqueid="sh1-1.1")
TALKED = Farewell(answered=True, talk_seconds=42.5)


async def test_a_farewell_before_or_after_somebody_waits_is_heard():
    farewells = Farewells()
    with farewells.expected("sh1-1.1") as farewell:
        farewells.said(GONE)
        assert await farewell() == TALKED


async def test_a_session_whose_call_was_taken_away_leaves_the_next_one_its_farewell():
    """One worker: Asterisk asks it again while the first session still waits for a module that hangs."""
    farewells = Farewells()
    first = farewells.expected("sh1-1.1")
    first.__enter__()
    with farewells.expected("sh1-1.1") as of_the_second:
        first.__exit__(None, None, None)
        farewells.said(GONE)
        assert await of_the_second() == TALKED


async def test_nothing_is_kept_of_calls_that_are_over():
    farewells = Farewells()
    with farewells.expected("sh1-1.1"):
        pass
    farewells.said(GONE)
    with farewells.expected("sh1-1.1") as farewell:
        farewells.said(AgiRequest("farewell", ("", "1042.5"), uniqueid="sh1-1.1"))
        assert await farewell() == Farewell(answered=False, talk_seconds=0.0)
