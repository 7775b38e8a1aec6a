"""All kinds of callers: who leave at any moment, press keys in three ways, or write hostile text into their names."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from pathlib import Path

import attrs
import psutil
import pytest
from lab import exits, keys
from phones import Callers, Media

from .flows import NUMBERS

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]

MARK = "/tmp/switchhook-was-here"
HOSTILE = [
    '"x\\" | \\"1\\"=\\"1" <sip:+4930123@127.0.0.1>',
    f'"${{SHELL(touch {MARK})}}" <sip:+4930124@127.0.0.1>',
    '"a,b),Hangup(" <sip:+4930125@127.0.0.1>',
    '"\u202e<script>alert(1)</script>\u200b" <sip:+4930126@127.0.0.1>',
    '"😀 Ärger 漢字" <sip:+4930127@127.0.0.1>',
    f'"{"n" * 300}" <sip:+4930128@127.0.0.1>',
    '"hangup" <sip:%24%7BEXTEN%7D@127.0.0.1>',
    '"q" <sip:$1,2;a=b&x@127.0.0.1>',
    '"M\udcfcller" <sip:+4930129@127.0.0.1>',  # a byte of Latin-1, which is no UTF-8
    '"n" <sip:1%0d%0aagi_arg_1:%20x%0d%0a%0d%0aSET@127.0.0.1>',
    '"agi_callerid: 110"\r\n <sip:+4930130@127.0.0.1>',  # a header that goes on in the next line
    f"<sip:{'9' * 300}@127.0.0.1>",
    "'; DROP TABLE call; -- <sip:+4930131@127.0.0.1>",
    '"%n%s%p $[1+1] ${ARG1}" <sip:%2B4930132%00@127.0.0.1>',
]


def whole(course) -> None:
    """Every session of a call numbers its events without a gap, and the call ends once."""
    sessions: dict[int, list[int]] = {}
    for event in course.events:
        sessions.setdefault(event.session, []).append(event.seq)
    assert all(numbers == list(range(len(numbers))) for numbers in sessions.values())
    assert [event.kind for event in course.events].count("call.ended") == 1
    assert course.outcome is not None


@pytest.mark.parametrize("stage", ["greeting", "menu", "menu waits", "entry", "entry half way"])
async def test_a_caller_may_leave_at_any_moment(office, stage):
    call = await office.call(NUMBERS["long"])
    await call.wait_for_tone(office.tone("hello"))
    if stage != "greeting":
        await call.wait_for_tone(office.tone("choose"))
    if stage == "menu waits":
        await call.listen(1.0)
    if stage.startswith("entry"):
        await call.press("1")
        await call.wait_for_tone(office.tone("number"))
    if stage == "entry half way":
        await call.press("12")
    await call.hang_up()
    course = await office.course(NUMBERS["long"])
    whole(course)
    assert course.outcome == "machine_only"
    assert course.ended_by == "portal"
    assert exits(course)[: 2 if stage.startswith("entry") else 0] == (
        [("start", "next"), ("menu", "key:1")] if stage.startswith("entry") else []
    )

    async def silent() -> bool:
        return await office.lab.channels() == 0

    await office.lab.until(silent, "no channel to be left")


@pytest.mark.parametrize(
    ("prompt", "left"), [("hello", []), ("info", [("start", "next")])], ids=["unanswered", "pause"]
)
async def test_a_caller_may_leave_before_the_answer_and_between_prompts(office, prompt, left):
    call = await office.call(NUMBERS["announce"])
    heard = await call.wait_for_tone(office.tone(prompt))
    assert (call.answered_at is None) == (prompt == "hello")
    if prompt == "info":
        await call.listen(0.6)  # the prompt lasts 0.4 s and the pause after it 1 s
    await call.hang_up()
    assert len(call.heard()) - 1 == call.heard().index(attrs.evolve(heard, seconds=call.heard()[-1].seconds))
    course = await office.course(NUMBERS["announce"])
    whole(course)
    assert (exits(course), course.outcome, course.ended_by) == (left, "machine_only", "portal")


async def test_nothing_is_left_behind_in_the_portal(office):
    process = psutil.Process(office.lab.portals[0].pid)
    before = process.num_fds(), process.num_threads()
    calls = [await office.call(NUMBERS["long"]) for _ in range(8)]
    for call in calls:
        await call.wait_for_tone(office.tone("hello"), deadline=15)
    for call in calls:
        await call.hang_up()
    await office.course(NUMBERS["long"])

    def as_before() -> bool:
        return (process.num_fds(), process.num_threads()) <= before

    await office.lab.until(as_before, f"descriptors and threads to be {before} again", 15)


@pytest.mark.parametrize("by", ["rfc4733", "info", "inband"])
async def test_keys_count_alike_whichever_way_they_come(office, tmp_path, by):
    callers = Callers(
        tmp_path / "callers",
        office.lab.where,
        NUMBERS["menu"],
        media=Media(seconds=4, keys="22", keys_at=1.0, by=by),
    )
    office.made[NUMBERS["menu"]] += 1
    (result,) = await callers.run()
    assert result.status == 200
    course = await office.course(NUMBERS["menu"])
    assert exits(course)[0] == ("start", "key:22")
    assert keys(course) == "22"


async def test_whatever_callers_call_themselves_is_only_text(office, tmp_path):
    """Each identity makes one call, which goes its usual way."""
    number, before = NUMBERS["menu"], len(await office.lab.courses())
    asterisk = office.lab.asterisk.status_now().pid
    callers = [
        Callers(
            tmp_path / f"callers-{place}",
            office.lab.where,
            number,
            media=Media(seconds=4, keys="1", keys_at=1.5),
            from_header=identity,
        )
        for place, identity in enumerate(HOSTILE)
    ]
    office.made[number] += len(HOSTILE)
    results = [result for (result,) in await asyncio.gather(*(each.run() for each in callers))]
    assert [result.status for result in results] == [200] * len(HOSTILE)
    new = (await office.lab.ended(before + len(HOSTILE)))[before:]
    assert [exits(course)[0] for course in new] == [("start", "key:1")] * len(HOSTILE)
    for course in new:
        whole(course)
        caller = course.call.caller
        assert len(caller.name) <= 64
        assert not any(unicodedata.category(letter).startswith("C") for letter in caller.name)
        assert re.fullmatch(r"(\+?[0-9]{1,15})?", caller.number)
    assert {"Ärger" in course.call.caller.name for course in new} == {True, False}
    assert not await asyncio.to_thread(Path(MARK).exists)
    assert office.lab.asterisk.status_now().pid == asterisk
    assert "a call was given back" not in office.lab.logged()


async def test_a_number_the_call_comes_from_may_hold_line_ends(office, tmp_path):
    """As the number that asserts who calls, and as the one that diverted the call."""
    number = NUMBERS["menu"]
    for header in ("P-Asserted-Identity", "Diversion"):
        callers = Callers(
            tmp_path / header,
            office.lab.where,
            number,
            media=Media(seconds=3, keys="1", keys_at=1.0),
            headers=[(header, "<sip:1%0d%0aagi_arg_1:%20x%0d%0a%0d%0ay@127.0.0.1>")],
        )
        office.made[number] += 1
        (result,) = await callers.run()
        course = await office.course(number)
        assert (result.status, exits(course)[0]) == (200, ("start", "key:1"))


async def test_a_suppressed_number_is_kept_nowhere_and_recognised_again(office):
    hidden = "+4917698765432"
    for _ in range(2):
        call = await office.call(
            NUMBERS["menu"],
            number="anonymous",
            headers={"P-Asserted-Identity": f"<sip:{hidden}@127.0.0.1>", "Privacy": "id"},
        )
        await call.wait_for_tone(office.tone("choose"))
        await call.press("1")
        await call.ended()
    await office.course(NUMBERS["menu"])
    first, second = [one for one in await office.lab.courses() if one.call.number == NUMBERS["menu"]][-2:]
    for course in (first, second):
        assert course.call.caller.presentation == "suppressed"
        assert (course.call.caller.number, course.call.caller.name) == ("", "")
    assert first.call.caller.key == second.call.caller.key != ""
    digits = hidden.removeprefix("+49").encode()
    files = [path for path in office.lab.home.rglob("*") if path.is_file() and "carrier" not in path.parts]
    assert [path for path in files if path.suffix != ".wav" and digits in path.read_bytes()] == []


async def test_a_number_that_leads_nowhere_is_refused(office):
    number = "+4922155599"
    call = await office.call(number)
    assert (await call.ended()).status == 404
    course = await office.course(number)
    assert course.outcome == "failed"
    assert [event.data["why"] for event in course.events if event.kind == "call.failed"] == [
        f"number {number} leads nowhere"
    ]


@pytest.mark.parametrize(
    "headers",
    [
        {"Diversion": "<sip:+493099887@127.0.0.1>;reason=unconditional"},
        {
            "History-Info": "<sip:+493099887@127.0.0.1?Reason=SIP%3Bcause%3D302>;index=1,"
            f"<sip:{NUMBERS['diverted']}@127.0.0.1;cause=302>;index=1.1"
        },
    ],
    ids=["Diversion", "History-Info"],
)
async def test_a_diverted_call_tells_and_goes_by_from_where_and_only_a_phone_is_internal(office, headers):
    call = await office.call(NUMBERS["diverted"], number="201", headers=headers)
    await call.ended()
    course = await office.course(NUMBERS["diverted"])
    assert exits(course)[0] == ("start", "match:old")
    assert (course.call.caller.number, course.call.caller.kind) == ("201", "unknown")
    assert course.call.diverted_from == "+493099887"
