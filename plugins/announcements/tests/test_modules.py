"""Speaking texts and recording by telephone, in the simulator."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import timedelta

import pytest

from switchhook.calls.call import Caller
from switchhook.calls.making import NoMaker
from switchhook.prompts.library import PromptLibrary
from switchhook.prompts.making import LibraryMaker
from switchhook.speech.audio import to_wav, tone
from switchhook.testing import NOON, assert_module_conforms, call
from switchhook_announcements.access import AnnouncementAccess
from switchhook_announcements.plugin import AnnouncementsPlugin
from switchhook_announcements.record import RecordAnnouncement
from switchhook_announcements.say import Say, filled

ONE = AnnouncementAccess(name="Night", pin="4711", announcements=("closed",))
TWO = AnnouncementAccess(name="All", pin="4711", announcements=("closed", "open"), live=False)
PLUGIN = AnnouncementsPlugin()


def orders(done):
    return [event.data["order"] for event in done.events if event.kind == "order.given"]


def test_both_conform():
    assert_module_conforms(
        Say,
        settings={"text": ["Hallo {caller}", "{nothing}", "Es ist {hour:digits} Uhr"], "voice": ["", "a:b"]},
        variables=({}, {"hour": "12"}),
        unreached=("failed",),
        examples=50,
        plugins=[PLUGIN],
    )
    doors = {"one": ONE, "two": TWO}
    # No call of chance guesses the PIN: the dialogue behind it is tried below.
    assert_module_conforms(RecordAnnouncement, resources=doors, unreached=("saved",), examples=50, plugins=[PLUGIN])


def test_a_text_is_filled_with_what_is_known_and_with_nothing_a_voice_must_not_read():
    known = {"caller": "+4930123", "name": "<sox>Kim\n", "code": "471"}
    assert filled("{caller} {name}, {code:digits} {code} {gone}!", known) == "4 9 3 0 1 2 3  sox Kim , 4 7 1 471 !"


async def test_a_text_is_spoken_once_for_each_wording():
    done = await call(Say(text="Guten Tag {name}", interruptible=True), variables={"name": "Kim"}, plugins=[PLUGIN])
    again = await call(Say(text="Guten Tag {name}"), variables={"name": "Kim"}, plugins=[PLUGIN])
    other = await call(Say(text="Guten Tag {name}"), variables={"name": "Lee"}, plugins=[PLUGIN])
    assert (done.exit, done.notes) == ("next", ("says “Guten Tag {name}”",))
    assert done.heard == again.heard != other.heard
    assert (await call(Say(text="Hi", interruptible=True), "5", plugins=[PLUGIN])).exit == "key"
    assert (await call(Say(text="{gone}"), plugins=[PLUGIN])).why == "there is nothing to say"


async def test_what_is_spoken_of_a_caller_is_in_no_course():
    told = {"code": "471193", "name": "Kim Long"}
    text = "{name}, {caller}, {code:digits}"
    for caller in (Caller("+491711234567", presentation="shown"), Caller(presentation="suppressed", key="k")):
        done = await call(Say(text=text), variables=told, plugins=[PLUGIN], caller=caller)
        assert done.notes == (f"says “{text}”",)
        spoken = json.dumps([[event.kind, dict(event.data)] for event in done.events], default=str) + str(done)
        assert not any(one in spoken for one in ("471193", "4 7 1 1 9 3", "Kim Long", "4 9 1 7 1"))


async def test_what_was_made_is_there_for_the_next_call_of_the_tenant_alone_and_in_no_list(tmp_path):
    library, made = PromptLibrary(tmp_path), []

    def make() -> bytes:
        made.append(1)
        return to_wav(tone(440, 0.5))

    maker = LibraryMaker(library, b"ours")
    first = await maker.make("acme", "de", "abc", make)
    assert await maker.make("acme", "de", "abc", make) == first == library.find(first.id, "de", "acme")
    assert first.id.startswith("own/said/")
    theirs = LibraryMaker(PromptLibrary(tmp_path / "else"), b"theirs")
    assert (await theirs.make("acme", "de", "abc", make)).id != first.id, "the id tells no text to who tries them"
    assert await maker.make("other", "de", "abc", make) != first
    assert len(made) == 3
    assert library.ids("acme") == []


async def test_a_voice_that_takes_too_long_or_fails_goes_another_way(monkeypatch):
    async def slow(self, tenant, language, key, make):
        await asyncio.sleep(10)

    monkeypatch.setattr(NoMaker, "make", slow)
    began = time.monotonic()
    done = await call(Say(text="Hallo", within=1), plugins=[PLUGIN])
    assert (done.exit, done.why) == ("failed", "the voice took longer than 1 s")
    assert time.monotonic() - began < 5

    async def failing(self, tenant, language, key, make):
        make()

    monkeypatch.setattr(NoMaker, "make", failing)
    monkeypatch.setattr("switchhook_announcements.speech.installed_engines", lambda: ())
    done = await call(Say(text="Hallo"), plugins=[PLUGIN])
    assert (done.exit, done.why) == (
        "failed",
        "the voice failed: nothing here speaks 'de'; the operator installs a speech engine",
    )


@pytest.mark.parametrize(
    ("keys", "access", "exit", "why", "ordered"),
    [
        ("4711#,say:3#,2", ONE, "saved", "announcement 'closed' was recorded", 2),
        ("4711#,2,say:3#,1,2", TWO, "saved", "announcement 'open' was recorded", 2),
        ("4711#,say:3#,3,say:4#,2", ONE, "saved", "announcement 'closed' was recorded", 3),
        ("4711#,say:3#,*", ONE, "cancelled", "the recording was discarded", 2),
        ("4711#,say:3#", ONE, "saved", "announcement 'closed' was recorded and waits to be accepted", 1),
        ("4711#,wait,say:3#,2", ONE, "saved", "announcement 'closed' was recorded", 2),
        ("1#,2#,3#", ONE, "cancelled", "the PIN was wrong", 0),
        ("1#,4711#,say:3#,2", ONE, "saved", "announcement 'closed' was recorded", 2),
        ("4711#,9,8,7", TWO, "cancelled", "no announcement was chosen", 0),
    ],
)
async def test_recording_by_telephone(keys, access, exit, why, ordered):  # noqa: A002
    done = await call(RecordAnnouncement(access="it"), keys, resources={"it": access}, plugins=[PLUGIN])
    assert (done.exit, done.why) == (exit, why)
    assert len(orders(done)) == ordered
    assert "4711" not in str(done), "nobody reads the PIN in a call's course"


async def test_a_hang_up_leaves_a_draft_that_becomes_a_version_by_itself():
    done = await call(RecordAnnouncement(access="it"), "4711#,say:3,hangup", resources={"it": ONE}, plugins=[PLUGIN])
    assert done.exit == ""
    kinds = [event.kind for event in done.events]
    assert kinds.index("order.given") < kinds.index("recording.started")
    assert done.call.arrived == NOON
    assert timedelta(seconds=done.seconds) < timedelta(minutes=15)


@pytest.mark.parametrize(
    ("pin", "announcements", "field"), [("1111", ("a",), "pin"), ("1234", ("a",), "pin"), ("4711", (), "announcements")]
)
def test_an_access_is_no_open_door(pin, announcements, field):
    problems = list(AnnouncementAccess(name="x", pin=pin, announcements=announcements).check())
    assert [problem.path for problem in problems] == [field]
