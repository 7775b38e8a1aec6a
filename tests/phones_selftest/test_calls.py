"""The phones against a real Asterisk: what they say arrives, what Asterisk says is recognised."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from phones import TONES, Desk, PhoneError, Phones
from phones.asterisk import BareAsterisk

pytestmark = pytest.mark.asterisk

FIRST, SECOND, THIRD, FOURTH = TONES[1], TONES[7], TONES[12], TONES[17]


@pytest.fixture
async def asterisk(tmp_path: Path, desk: Desk) -> AsyncIterator[BareAsterisk]:
    sounds = tmp_path / "sounds"
    dialplan = f"""
[from-trunk]
exten => 100,1,Answer()
 same => n,Playback({sounds}/first&{sounds}/second)
 same => n,Wait(0.4)
 same => n,Playback({sounds}/third)
 same => n,Hangup()
exten => 101,1,Answer()
 same => n,Echo()
exten => 102,1,Answer()
 same => n,Read(KEYS,{sounds}/first,4,t(),1,4)
 same => n,GotoIf($["${{KEYS}}" = "12*#"]?right)
 same => n,Playback({sounds}/third)
 same => n,Hangup()
 same => n(right),Playback({sounds}/second)
 same => n,Hangup()
exten => 103,1,Progress()
 same => n,Playback({sounds}/first,noanswer)
 same => n,Hangup(17)
exten => 104,1,Dial(PJSIP/anna,10)
 same => n,Hangup(${{HANGUPCAUSE}})
exten => 105,1,Answer()
 same => n,SendDTMF(42#)
 same => n,Wait(5)
[from-phone]
exten => 101,1,Answer()
 same => n,Echo()
"""
    asterisk = BareAsterisk(
        tmp_path, dialplan, trunk=desk.where, phones={"anna": "secret-of-anna"}, dtmf_mode="auto_info"
    )
    for name, freq in (("first", FIRST), ("second", SECOND), ("third", THIRD)):
        asterisk.tone(name, freq)
    async with asterisk:
        yield asterisk


async def test_three_prompts_are_heard_in_order_and_asterisk_hangs_up(asterisk: BareAsterisk, phones: Phones) -> None:
    call = await phones.call(asterisk.uri("100"), number="+4930111", name="Jörg Müller")
    await call.answered()
    end = await call.ended()
    assert end.by == "them"
    assert end.status is None
    assert call.tones() == [FIRST, SECOND, THIRD]
    first, second, third = call.heard()
    assert second.start - first.start == pytest.approx(0.5, abs=0.08)
    assert third.start - second.start == pytest.approx(0.9, abs=0.12)


async def test_what_the_phone_says_comes_back_by_echo(asterisk: BareAsterisk, phones: Phones) -> None:
    call = await (await phones.call(asterisk.uri("101"), number="+4930111")).answered()
    await call.say(FOURTH)
    await call.wait_for_tone(FOURTH)
    end = await call.hang_up()
    assert end.by == "us"
    assert call.tones() == [FOURTH]


@pytest.mark.parametrize("keys", ["rfc4733", "info"])
async def test_keys_arrive(asterisk: BareAsterisk, phones: Phones, keys: str) -> None:
    call = await phones.call(asterisk.uri("102"), number="+4930111", keys=keys)
    await call.wait_for_tone(FIRST)
    await call.press("12*#")
    await call.wait_for_tone(SECOND)
    await call.ended()
    assert call.tones() == [FIRST, SECOND]


async def test_early_media_is_heard_and_the_refusal_has_its_status(asterisk: BareAsterisk, phones: Phones) -> None:
    call = await phones.call(asterisk.uri("103"), number="+4930111")
    end = await call.ended()
    assert (end.by, end.status) == ("them", 486)
    assert call.answered_at is None
    assert call.progress_at is not None
    assert call.tones() == [FIRST]


async def test_unknown_number_is_refused(asterisk: BareAsterisk, phones: Phones) -> None:
    call = await phones.call(asterisk.uri("999"), number="+4930111")
    with pytest.raises(PhoneError, match="no answer"):
        await call.answered()
    assert (await call.ended()).status == 404


async def test_registered_phone_rings_answers_and_talks(asterisk: BareAsterisk, phones: Phones) -> None:
    anna = await phones.register("anna", "secret-of-anna", asterisk.where)
    caller = await phones.call(asterisk.uri("104"), number="+4930111", name="Boss")
    called = await anna.answers(after=0.5, say=FOURTH)
    await caller.answered()
    assert caller.ringing_at is not None
    assert caller.answered_at is not None
    assert caller.answered_at - caller.ringing_at >= 0.45
    await caller.wait_for_tone(FOURTH)
    await caller.press("7")
    await called.hears_keys("7")
    await called.hang_up()
    assert (await caller.ended()).by == "them"


async def test_registered_phone_refuses(asterisk: BareAsterisk, phones: Phones) -> None:
    anna = await phones.register("anna", "secret-of-anna", asterisk.where)
    caller = await phones.call(asterisk.uri("104"), number="+4930111")
    await anna.rejects()
    assert (await caller.ended()).status == 486


async def test_caller_gives_up_and_the_phone_stops_ringing(asterisk: BareAsterisk, phones: Phones) -> None:
    anna = await phones.register("anna", "secret-of-anna", asterisk.where)
    caller = await phones.call(asterisk.uri("104"), number="+4930111")
    ringing = await anna.incoming()
    await caller.rings()
    await caller.hang_up()
    assert (await ringing.ended()).by == "them"


async def test_wrong_password_is_refused(asterisk: BareAsterisk, phones: Phones) -> None:
    with pytest.raises(PhoneError, match="401"):
        await phones.register("anna", "wrong", asterisk.where)


async def test_keys_from_asterisk_are_heard(asterisk: BareAsterisk, phones: Phones) -> None:
    call = await phones.call(asterisk.uri("105"), number="+4930111")
    await call.hears_keys("42#")


async def test_twenty_calls_at_once(asterisk: BareAsterisk, phones: Phones) -> None:
    calls = await asyncio.gather(*(phones.call(asterisk.uri("100"), number=f"+49301{n}") for n in range(20)))
    await asyncio.gather(*(call.ended(20) for call in calls))
    assert [call.tones() for call in calls] == [[FIRST, SECOND, THIRD]] * 20


async def test_what_arrived_while_the_phones_process_stood_still_is_heard(
    asterisk: BareAsterisk, phones: Phones, desk: Desk
) -> None:
    """A busy machine stops processes for parts of a second; the shortest prompt of the tests is as long."""
    call = await phones.call(asterisk.uri("100"))
    await call.wait_for_tone(SECOND)
    with desk.stopped():
        await asyncio.sleep(1.2)
    await call.ended()
    assert THIRD in call.tones()
