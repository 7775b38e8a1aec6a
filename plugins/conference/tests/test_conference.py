from __future__ import annotations

import pytest

from switchhook import RoomState
from switchhook.testing import assert_module_conforms, call
from switchhook_conference.calling import Invitation
from switchhook_conference.conference import Conference
from switchhook_conference.room import ConferenceRoom

ROOMS = {
    "1": ConferenceRoom(name="Open"),
    "2": ConferenceRoom(name="Board", pin="2580", moderator_pin="9173", dial_out="moderators", longest_minutes=1),
    "3": ConferenceRoom(name="Led", moderator_pin="9173", waits=True, ends=True, language="en"),
}


async def met(keys: str, room: str = "", **more):
    """A call of the module alone, of a tenant with some rooms."""
    return await call(Conference(room=room), keys, resources=ROOMS, **more)


def of(done, kind: str) -> list[dict[str, object]]:
    return [dict(event.data) for event in done.events if event.kind == kind]


def test_it_keeps_its_contract():
    assert_module_conforms(Conference, resources=ROOMS, unreached=("full",))
    assert_module_conforms(Invitation, resources=ROOMS, unreached=("full", "denied"))


async def test_a_room_without_pins_is_entered_at_once_and_left_by_the_hash_key():
    done = await met("say:7#", "1")
    assert (done.exit, done.why, done.heard) == ("left", "the caller left the room", ())
    assert of(done, "room.joined") == [{"of": "conference-room", "room": "1", "moderator": False}]
    assert of(done, "room.left") == [{"of": "conference-room", "room": "1", "ended_by": "left", "seconds": 7.0}]


@pytest.mark.parametrize(
    ("keys", "moderator"), [("2580#,#", False), ("9173#,#", True)], ids=["participant", "moderator"]
)
async def test_the_pin_says_who_one_is(keys, moderator):
    done = await met(keys, "2")
    assert (done.exit, of(done, "room.joined")[0]["moderator"]) == ("left", moderator)
    assert keys[:4] not in str(done.events)


async def test_the_room_is_asked_for_and_an_unknown_one_sounds_like_a_wrong_pin():
    done = await met("99#,1111#,2#,1111#,2#,2580#,#")
    assert (done.exit, len(of(done, "pin.checked"))) == ("left", 3)
    assert done.heard[:6] == ("stock/conference-enter", "stock/conference-pin", "stock/invalid") * 2
    done = await met("99#,1#,99#,1#,99#,1#")
    assert (done.exit, done.why) == ("denied", "the room or its PIN was not right, or it is locked")


async def test_the_hash_key_alone_makes_a_participant_only_where_these_need_no_pin():
    assert of(await met("#,#", "3"), "room.joined")[0]["moderator"] is False
    assert (await met("#,#,#", "2")).exit == "denied"


async def test_a_full_and_a_locked_room_let_in_moderators_alone():
    full, locked = {"rooms": {"2": RoomState(20)}}, {"rooms": {"2": RoomState(3, 1, locked=True)}}
    assert (await met("2580#", "2", **full)).exit == "full"
    done = await met("2580#", "2", **locked)
    assert (done.exit, done.heard[-1]) == ("denied", "stock/conference-closed")
    assert of(done, "room.refused") == [{"of": "conference-room", "room": "2", "why": "locked"}]
    assert (await met("9173#,#", "2", **full)).exit == (await met("9173#,#", "2", **locked)).exit == "left"


async def test_nobody_stays_longer_than_one_may_and_a_moderator_ends_it_for_all():
    assert (await met("2580#", "2")).why == "the caller was in the room for as long as one may be"
    assert (await met("9173#,0", "3")).why == "the conference was ended"
    assert of(await met("9173#,hangup", "3"), "room.left")[0]["ended_by"] == "hangup"


async def test_the_moderator_calls_somebody_in_and_is_in_the_room_again():
    done = await met("9173#,6,022112345#,#", "2")
    assert (done.exit, of(done, "order.given")) == ("left", [{"order": "conference.dial"}])
    assert [one["ended_by"] for one in of(done, "room.left")] == ["key", "left"]
    assert done.heard[-2:] == ("stock/conference-dial", "stock/conference-dialling")


async def test_whom_one_may_not_call_is_refused_and_the_reason_kept():
    for given in ("022112345#", "11#"):
        done = await met(f"9173#,6,{given},#", "2", refuse="no permission covers calls to DE: landline")
        assert (done.exit, done.heard[-1], of(done, "order.given")) == ("left", "stock/conference-refused", [])
        assert "nobody was called into the room" in done.notes
    assert of(await met("2580#,6,#", "2"), "room.left")[-1]["ended_by"] == "left", "participants may not here"


async def test_whoever_is_called_in_joins_by_key_and_an_answering_machine_does_not():
    assert (await call(Invitation(room="2"), "1,#", resources=ROOMS)).exit == "left"
    assert (await call(Invitation(room="2"), "wait,wait", resources=ROOMS)).exit == "declined"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"pin": "1111"}, "pin"),
        ({"moderator_pin": "3456"}, "moderator_pin"),
        ({"pin": "2580", "moderator_pin": "2580"}, "moderator_pin"),
        ({"waits": True}, "moderator_pin"),
        ({"ends": True}, "moderator_pin"),
    ],
)
def test_what_makes_no_room(fields, field):
    assert [problem.path for problem in ConferenceRoom(name="x", **fields).check()] == [field]
