from __future__ import annotations

import pytest

from switchhook import Session, StorageFull
from switchhook.calls.outcome import Outcome
from switchhook.testing import assert_module_conforms, call
from switchhook_mailbox.box import Mailbox
from switchhook_mailbox.leave import LeaveMessage

OFFICE = {"office": Mailbox(name="Büro", longest=30, first_silence=4, last_silence=3)}
LENGTHS = {"stock/mailbox-greeting": 5.0, "stock/beep": 0.3, "house/hello": 2.0}


async def left(keys: str, **settings):
    """A call of the module alone, of a tenant with one mailbox."""
    module = LeaveMessage(mailbox="office", **settings)
    return await call(module, keys, prompts=LENGTHS, resources=OFFICE)


def test_it_keeps_its_contract():
    assert_module_conforms(LeaveMessage, resources=OFFICE, unreached=("full",))


async def test_a_message_ends_with_the_key_with_silence_and_when_it_is_long_enough():
    done = await left("wait,say:12#")
    assert (done.exit, done.why) == ("recorded", "a message of 12 s for Büro")
    assert done.heard == ("stock/mailbox-greeting", "stock/beep")
    assert done.seconds == pytest.approx(17.3)
    assert (await left("wait,say:12")).seconds == pytest.approx(17.3 + 3)
    assert (await left("wait,say:600")).why == "a message of 30 s for Büro"


async def test_silence_leaves_nothing_and_ends_soon():
    done = await left("wait,wait")
    assert (done.exit, done.why) == ("empty", "nothing was said")
    assert done.seconds == pytest.approx(5.3 + 4)


async def test_who_hangs_up_leaves_a_message_as_well():
    done = await left("wait,say:12,hangup")
    assert done.exit == ""
    assert done.outcome is Outcome.MACHINE_ONLY
    assert [event.data["seconds"] for event in done.events if event.kind == "recording.ended"] == [12]


async def test_a_key_ends_the_greeting_and_one_of_them_leads_elsewhere():
    assert (await left("1,say:2")).exit == "recorded"
    done = await left("*", access_key="*", greeting="house/hello", beep=False)
    assert (done.exit, done.heard) == ("access", ("house/hello",))
    done = await left("#,say:2", access_key="*", greeting="house/hello", beep=False)
    assert (done.exit, done.heard) == ("recorded", ("house/hello",))


async def test_a_full_storage_is_a_way_of_its_own(monkeypatch):
    async def full(*_: object, **__: object) -> None:
        raise StorageFull("the storage is full")

    monkeypatch.setattr(Session, "record_voice", full)
    done = await left("wait,say:2")
    assert (done.exit, done.why) == ("full", "the storage is full")
