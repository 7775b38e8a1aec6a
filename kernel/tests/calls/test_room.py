"""Rooms as values, in Asterisk's words, and by the simulator."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from switchhook import RoomPlan, RoomState, Stay
from switchhook.asterisk.rooms import MOST_SAID, room_words, stayed
from switchhook.calls.port import Place
from switchhook.calls.room import ROOM_SOUNDS, room_name
from switchhook.clock import SetClock
from switchhook.errors import AsteriskError
from switchhook.simulator.port import SimulatedPort
from switchhook.simulator.script import Script, read_script

BOARD = ("conference-room", "board")


@pytest.mark.parametrize(
    "odd",
    [
        {"owner": ("conference-room", "a,b")},
        {"owner": ("conference-room",)},
        {"most": -1},
        {"most": True},
        {"longest": 0},
        {"longest": 10.5},
        {"keys": "1"},
        {"keys": "66"},
        {"sounds": {"bang": "a"}},
    ],
)
def test_what_asterisk_would_read_otherwise_is_refused(odd):
    with pytest.raises(ValueError, match=r"\w"):
        RoomPlan(**{"owner": BOARD, **odd})


def test_each_tenant_has_rooms_of_its_own_whose_names_nobody_chooses():
    names = {room_name(tenant, (kind, name)) for tenant in ("a", "b") for kind in ("x", "y") for name in ("1", "x/1")}
    assert len(names) == 8
    assert all(len(name) < 32 and name.isalnum() for name in names), "ConfBridge takes 31 characters"


@pytest.mark.parametrize(
    ("state", "moderator", "why"),
    [
        (RoomState(2), False, ""),
        (RoomState(3), False, "full"),
        (RoomState(3), True, ""),
        (RoomState(3, locked=True), False, "locked"),
        (RoomState(0, locked=True), True, ""),
    ],
)
def test_who_is_let_in(state, moderator, why):
    assert state.refuses(RoomPlan(owner=BOARD, most=3, moderator=moderator)) == why
    assert state.refuses(RoomPlan(owner=BOARD, moderator=True)) == ""


def test_a_plan_in_the_words_of_the_dialplan():
    plan = RoomPlan(owner=BOARD, most=3, waits=True, ends=True, tones=False, muted=True, longest=60, keys="69")
    sounds = {"muted": "/s/m", "count": "/s/c"}
    said = f"&&/s/m{'&' * (len(ROOM_SOUNDS) - 3)}/s/c"
    assert room_words(plan, sounds, "0&1", "shx") == ("p", "weqs", "3", "60", "shx", said, "0&1", "69")
    assert room_words(RoomPlan(owner=BOARD, moderator=True, waits=True), {}, "", "d")[:2] == ("m", "n")
    long = room_words(plan, sounds, "d" * MOST_SAID, "shx")
    assert (long[5], long[6]) == (said, ""), "a command has an end: then Asterisk says numbers its own way"


@pytest.mark.parametrize(
    ("told", "stay"),
    [
        ("DTMF::10.5:12.75", Stay("left", 2.25)),
        ("KEY:6:10:12", Stay("key", 2.0, "6")),
        ("KICKED::10:12", Stay("removed", 2.0)),
        ("ENDED::10:12", Stay("ended", 2.0)),
        ("TIMEOUT::10:70", Stay("time_up", 60.0)),
        ("FULL:::12", Stay("full")),
        ("LOCKED:::12", Stay("locked")),
    ],
)
def test_how_a_stay_ended(told, stay):
    assert stayed(told) == stay


def test_an_asterisk_without_rooms_is_a_fault():
    with pytest.raises(AsteriskError):
        stayed("FAILED::1:2")
    with pytest.raises(AsteriskError):
        stayed("")


@pytest.mark.parametrize(
    ("keys", "more", "stay"),
    [
        ("1,2,#", {}, Stay("left", 0.0)),
        ("wait,say:5#", {}, Stay("left", 65.0)),
        ("6", {"keys": "6"}, Stay("key", 0.0, "6")),
        ("06#", {}, Stay("left", 0.0)),
        ("0", {"moderator": True}, Stay("ended", 0.0)),
        ("wait", {"longest": 90}, Stay("time_up", 90.0)),
    ],
)
async def test_the_simulator_does_the_same(keys, more, stay):
    clock = SetClock(datetime(2026, 3, 1, tzinfo=UTC))
    port = SimulatedPort(Script(read_script(keys), rooms={"board": RoomState(2)}), clock)
    assert await port.room("a", BOARD, place=Place()) == RoomState(2)
    assert await port.join("a", RoomPlan(owner=BOARD, **more), {}, [], place=Place()) == stay
    assert clock.elapsed == stay.seconds
