"""Announcements, menus and entries: what a caller hears and which exit the call takes, on real calls (S73)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lab import apply, exits, keys

from .flows import NUMBERS

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]


@pytest.mark.parametrize(
    ("name", "pressed", "way", "heard"),
    [
        ("menu", "1", "key:1", ["choose", "one"]),
        ("menu", "22", "key:22", ["choose", "two"]),
        ("menu", "345", "extension", ["choose", "ext"]),
        ("entry", "182#", "ok", ["number", "one"]),
        ("pin", "471108154711", "ok", ["number", "one"]),
        ("stars", "12#3*", "invalid", ["number", "wrong"]),
        ("stars", "123*", "ok", ["number", "one"]),
    ],
)
async def test_a_caller_who_knows(office, name, pressed, way, heard):
    call = await office.call(NUMBERS[name])
    await call.wait_for_tone(office.tone(heard[0]))
    await call.press(pressed)
    await call.wait_for_tone(office.tone(heard[-1]))
    await call.ended()
    course = await office.course(NUMBERS[name])
    assert exits(course)[0] == ("start", way)
    assert call.tones() == [office.tone(prompt) for prompt in heard]


async def test_a_caller_who_presses_wrong_keys(office):
    call = await office.call(NUMBERS["menu"])
    for attempt in (1, 2):
        await call.wait_for_tone(office.tone("choose"), times=attempt)
        await call.press("9")
    await call.wait_for_tone(office.tone("wrong"), deadline=10)
    await call.ended()
    course = await office.course(NUMBERS["menu"])
    assert exits(course)[0] == ("start", "invalid")
    assert call.tones() == [office.tone(prompt) for prompt in ("choose", "sorry", "choose", "wrong")]
    assert keys(course) == "99"


async def test_a_caller_who_presses_nothing(office):
    call = await office.call(NUMBERS["menu"])
    await call.wait_for_tone(office.tone("silent"), deadline=15)
    await call.ended()
    assert exits(await office.course(NUMBERS["menu"]))[0] == ("start", "timeout")
    assert call.tones() == [office.tone(prompt) for prompt in ("choose", "more", "choose", "silent")]


async def test_a_key_during_a_prompt_that_lets_nobody_barge_in_is_not_taken(office):
    call = await office.call(NUMBERS["patient"])
    await call.wait_for_tone(office.tone("choose"))
    await call.press("1")
    await call.wait_for_tone(office.tone("silent"), deadline=10)
    await call.ended()
    assert exits(await office.course(NUMBERS["patient"]))[0] == ("start", "timeout")


async def test_entries_that_are_wrong_and_then_missing(office):
    call = await office.call(NUMBERS["entry"])
    await call.wait_for_tone(office.tone("number"))
    await call.press("183#")
    await call.wait_for_tone(office.tone("two"), deadline=15)
    await call.ended()
    course = await office.course(NUMBERS["entry"])
    assert exits(course)[0] == ("start", "timeout")
    assert call.tones() == [office.tone(prompt) for prompt in ("number", "wrong", "number", "two")]


async def test_entry_too_short_ends_as_invalid(office):
    call = await office.call(NUMBERS["entry"])
    for attempt in (1, 2):
        await call.wait_for_tone(office.tone("number"), times=attempt)
        await call.press("18")
    await call.wait_for_tone(office.tone("sorry"), deadline=15)
    await call.ended()
    assert exits(await office.course(NUMBERS["entry"]))[0] == ("start", "invalid")


async def test_a_secret_is_kept_nowhere(office):
    secret = "864297531086"  # so long that no time or port is written alike
    call = await office.call(NUMBERS["pin"])
    await call.wait_for_tone(office.tone("number"))
    await call.press(secret)
    await call.wait_for_tone(office.tone("one"))
    await call.ended()
    course = await office.course(NUMBERS["pin"])
    assert [event.data for event in course.events if event.kind == "keys"] == [{"count": 12, "ended_by": "full"}]
    files = {path: contents(path) for path in office.lab.home.rglob("*") if path.is_file() and path.suffix != ".wav"}
    assert len(files) > 10
    assert [path for path, held in files.items() if secret.encode() in held] == []


def contents(file: Path) -> bytes:
    """What is in a file; nothing in one that the portal took in meanwhile, as it does with Asterisk's records."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""


async def test_an_announcement_early_repeated_and_cut(office):
    call = await office.call(NUMBERS["announce"])
    await call.wait_for_tone(office.tone("hello"))
    assert call.answered_at is None
    await call.wait_for_tone(office.tone("info"), times=2)
    assert call.answered_at is not None
    await call.wait_for_tone(office.tone("more"))
    await call.press("5")
    await call.wait_for_tone(office.tone("one"))
    await call.ended()
    course = await office.course(NUMBERS["announce"])
    assert exits(course) == [("start", "next"), ("twice", "next"), ("cut", "key"), ("end-one", "next")]
    assert keys(course) == "5"


async def test_a_pin_is_locked_over_calls_sounds_wrong_and_stands_nowhere(office):
    """SEC22, SEC23, I19: two wrong ones in one call lock it for whoever calls next."""
    await apply(office.lab, json.dumps({"pin-set": {"staff": {"name": "Staff", "pins": "anna 836492", "tries": 2}}}))

    async def enters(*pins: str) -> list[int]:
        call = await office.call(NUMBERS["pins"])
        for times, pin in enumerate(pins, 1):
            await call.wait_for_tone(office.tone("number"), times=times)
            await call.press(f"{pin}#")
        await call.ended()
        return call.tones()

    assert await enters("836492") == [office.tone("number"), office.tone("one")]
    right = await office.course(NUMBERS["pins"])
    assert exits(right)[0] == ("start", "ok:anna")
    denied = await enters("836491", "836493")
    assert exits(await office.course(NUMBERS["pins"]))[0] == ("start", "denied")
    locked = await enters("836492", "836492")
    assert exits(await office.course(NUMBERS["pins"]))[0] == ("start", "locked")
    assert denied == locked
    files = [path for path in office.lab.home.rglob("*") if path.is_file() and path.name != "kept.yaml"]
    assert [path for path in files if b"836492" in path.read_bytes()] == []
