from __future__ import annotations

import pytest

from switchhook import Flow, Point
from switchhook_conference.conference import Conference
from switchhook_conference.oddities import found_in
from switchhook_conference.room import ConferenceRoom


@pytest.mark.parametrize(
    ("fields", "rules"),
    [
        ({}, ["conference-open"]),
        ({"pin": "2580"}, []),
        ({"moderator_pin": "9173"}, []),
        ({"dial_out": "all", "moderator_pin": "9173"}, ["conference-dial-out"]),
        ({"dial_out": "all", "pin": "2580"}, []),
        ({"dial_out": "moderators", "moderator_pin": "9173"}, []),
    ],
)
def test_a_room_for_everybody_is_odd(fields, rules):
    flow = Flow("f", "F", "one", {"one": Point("one", Conference(room="1"), "Room", {})})
    found = found_in(flow, {("conference-room", "1"): ConferenceRoom(name="Board", **fields)})
    assert [one.rule for one in found] == rules
    assert all(one.path == "points.one.settings.room" for one in found)
    assert found_in(flow, {}) == []
