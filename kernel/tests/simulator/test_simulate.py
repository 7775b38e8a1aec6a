from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from switchhook.calls.outcome import Outcome
from switchhook.flows.flow import HANG_UP, Flow, Point
from switchhook.flows.module import Exit, Module
from switchhook.schema import Label
from switchhook.testing import call


class Tells(Module):
    """Says at what time it runs and counts its visits in a variable."""

    kind = "tells"
    label = Label("Sagt", "Tells")

    def exits(self):
        return ("next",)

    async def run(self, session):
        session.variables["visits"] = str(int(session.variables.get("visits", "0")) + 1)
        session.note(session.now().isoformat())
        await session.play("hello")
        await session.wait(1.5)
        session.note(session.now().isoformat())
        return Exit("next")


TWICE = Flow("f", "F", "a", {n: Point(n, Tells(), "", {"next": to}) for n, to in (("a", "b"), ("b", HANG_UP))})


async def test_time_begins_with_the_arrival_and_passes_with_what_is_done():
    at = datetime(2026, 12, 31, 23, 59, 58, tzinfo=UTC)
    done = await call(TWICE, at=at, prompts={"hello": 2.0})
    assert done.notes[0] == "2026-12-31T23:59:58+00:00"
    assert done.notes[1] == "2027-01-01T00:00:01.500000+00:00"
    assert done.seconds == 7.0
    assert [event.at for event in done.events] == sorted(event.at for event in done.events)


async def test_an_arrival_needs_a_time_zone_and_may_have_any():
    with pytest.raises(ValueError, match="time zone"):
        await call(TWICE, at=datetime(2026, 3, 1))  # noqa: DTZ001 - that is the point
    done = await call(TWICE, at=datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=2))))
    assert done.events[0].at == datetime(2026, 3, 1, 10, tzinfo=UTC)


async def test_a_course_has_a_begin_an_end_and_no_gap():
    done = await call(TWICE)
    assert (done.events[0].kind, done.events[-1].kind) == ("call.started", "call.ended")
    assert [event.seq for event in done.events] == list(range(len(done.events)))
    assert {event.session for event in done.events} == {1}
    assert (done.outcome, done.cause) == (Outcome.MACHINE_ONLY, 16)


async def test_the_same_call_twice_has_the_same_course():
    assert (await call(TWICE)).events == (await call(TWICE)).events


async def test_variables_can_be_set_before_and_are_told_after():
    assert (await call(TWICE)).variables == {"visits": "2"}
    given = {"visits": "40"}
    assert (await call(TWICE, variables=given)).variables == {"visits": "42"}
    assert given == {"visits": "40"}
