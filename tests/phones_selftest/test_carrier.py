"""SIPp as carrier and as crowd of callers, against a real Asterisk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from phones import TONES, Answer, Callers, Carrier, Desk, Media, Phones, Refuse, Ring, Silent
from phones.asterisk import BareAsterisk

pytestmark = pytest.mark.asterisk

VERDICTS = {
    "ANSWER": TONES[4],
    "BUSY": TONES[6],
    "CONGESTION": TONES[8],
    "NOANSWER": TONES[10],
    "CHANUNAVAIL": TONES[12],
}
NUMBERS = {
    "1486": Refuse(486),
    "1487": Refuse(486, after=0.5),
    "1603": Refuse(603),
    "1480": Refuse(480),
    "1404": Refuse(404),
    "1503": Refuse(503),
    "1180": Ring(),
    "1000": Silent(),
    "1200": Answer(after=0.3, hold=0.5),
}


@pytest.fixture
async def carrier(tmp_path: Path) -> AsyncIterator[Carrier]:
    async with Carrier(tmp_path / "carrier", Answer(), NUMBERS) as carrier:
        yield carrier


@pytest.fixture
async def asterisk(tmp_path: Path, carrier: Carrier, desk: Desk) -> AsyncIterator[BareAsterisk]:
    home = tmp_path / "asterisk"
    sounds = home / "sounds"
    dialplan = f"""
[from-trunk]
exten => 100,1,Answer()
 same => n,Playback({sounds}/ANSWER)
 same => n,Hangup()
exten => 102,1,Answer()
 same => n,Read(KEYS,{sounds}/ANSWER,3,t(),1,4)
 same => n,GotoIf($["${{KEYS}}" = "47#"]?right)
 same => n,Hangup(21)
 same => n(right),Playback({sounds}/BUSY)
 same => n,Dial(PJSIP/1200@trunk)
exten => 200,1,Dial(PJSIP/1180@trunk)
exten => _1XXX,1,Answer()
 same => n,Dial(PJSIP/${{EXTEN}}@trunk,2,g)
 same => n,Playback({sounds}/${{DIALSTATUS}})
 same => n,Hangup()
"""
    asterisk = BareAsterisk(home, dialplan, trunk=desk.where, carrier=carrier.where, dtmf_mode="auto")
    for name, freq in VERDICTS.items():
        asterisk.tone(name, freq)
    async with asterisk:
        yield asterisk


@pytest.mark.parametrize(
    ("number", "verdict"),
    [
        ("1486", "BUSY"),
        ("1487", "BUSY"),
        ("1603", "CHANUNAVAIL"),
        ("1480", "NOANSWER"),
        ("1404", "CHANUNAVAIL"),
        ("1503", "CONGESTION"),
        ("1180", "NOANSWER"),
        ("1200", "ANSWER"),
    ],
)
async def test_what_the_carrier_says_is_the_verdict(
    asterisk: BareAsterisk, carrier: Carrier, phones: Phones, number: str, verdict: str
) -> None:
    call = await phones.call(asterisk.uri(number), number="+4930111")
    await call.wait_for_tone(VERDICTS[verdict])
    assert carrier.numbers() == [number]
    (invite,) = carrier.invites()
    assert "+4930111" in invite.header("From")
    (result,) = await carrier.over()
    assert result.ended_by == {"1180": "them", "1200": "sipp"}.get(number, "")


async def test_a_silent_carrier_is_given_up(asterisk: BareAsterisk, carrier: Carrier, phones: Phones) -> None:
    call = await phones.call(asterisk.uri("1000"), number="+4930111")
    await call.wait_for_tone(VERDICTS["NOANSWER"], 8)
    assert carrier.numbers() == ["1000"]


async def test_the_carrier_echoes(asterisk: BareAsterisk, carrier: Carrier, phones: Phones) -> None:
    call = await phones.call(asterisk.uri("1999"), number="+4930111")
    await carrier.called()
    await call.say(TONES[16], again=True)
    await call.wait_for_tone(TONES[16])
    await call.hang_up()
    (result,) = await carrier.over()
    assert (result.status, result.ended_by) == (200, "them")


async def test_the_carrier_has_a_tone_of_its_own(tmp_path: Path, desk: Desk, phones: Phones) -> None:
    dialplan = "[from-trunk]\nexten => 55,1,Dial(PJSIP/1201@trunk)\n"
    async with (
        Carrier(tmp_path / "carrier", Answer(freq=TONES[14])) as carrier,
        BareAsterisk(tmp_path / "asterisk", dialplan, trunk=desk.where, carrier=carrier.where) as asterisk,
    ):
        call = await phones.call(asterisk.uri("55"), number="+4930111")
        await call.wait_for_tone(TONES[14])


async def test_forty_callers_are_all_heard_to_the_end(asterisk: BareAsterisk, tmp_path: Path) -> None:
    callers = Callers(tmp_path / "callers", asterisk.where, "100", calls=40, rate=20, media=Media(seconds=4))
    results = await callers.run()
    assert [(one.status, one.ended_by) for one in results] == [(200, "them")] * 40
    assert all(0.4 < (one.ended_at or 0) - (one.answered_at or 0) < 1.5 for one in results)


async def test_a_caller_hangs_up_and_a_refused_one_knows_why(asterisk: BareAsterisk, tmp_path: Path) -> None:
    (talked,) = await Callers(tmp_path / "a", asterisk.where, "1999", media=Media(seconds=1)).run()
    assert (talked.status, talked.ended_by) == (200, "sipp")
    (refused,) = await Callers(tmp_path / "b", asterisk.where, "77", media=Media(seconds=1)).run()
    assert (refused.status, refused.answered_at, refused.ended_by) == (404, None, "")


async def test_a_caller_loses_patience(asterisk: BareAsterisk, carrier: Carrier, tmp_path: Path) -> None:
    (result,) = await Callers(tmp_path / "a", asterisk.where, "200", patience=1).run()
    assert (result.status, result.ended_by) == (487, "sipp")
    assert carrier.numbers() == ["1180"]


@pytest.mark.parametrize("name", ['x" | "1"="1', "${SHELL(id)}", "[call_id]", "a,b&c|d", "Jörg ]]> <x>"])
async def test_hostile_names_and_headers_go_out_as_they_are(asterisk: BareAsterisk, tmp_path: Path, name: str) -> None:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    callers = Callers(
        tmp_path / "a",
        asterisk.where,
        "100",
        from_header=f'"{escaped}" <sip:+4930666@127.0.0.1>',
        headers=[("P-Asserted-Identity", "<sip:+4930777@127.0.0.1>"), ("Privacy", "id")],
    )
    (result,) = await callers.run()
    assert (result.status, result.ended_by) == (200, "them")
    (invite,) = [one for one in callers.messages() if one.first.startswith("INVITE")]
    assert invite.header("From").startswith(f'"{escaped}" <sip:+4930666@127.0.0.1>;tag=')
    assert (invite.header("P-Asserted-Identity"), invite.header("Privacy")) == ("<sip:+4930777@127.0.0.1>", "id")


@pytest.mark.parametrize("by", ["rfc4733", "info", "inband"])
async def test_keys_of_callers_arrive(asterisk: BareAsterisk, carrier: Carrier, tmp_path: Path, by: str) -> None:
    media = Media(seconds=6, keys="47#", keys_at=0.4, by=by)
    callers = Callers(tmp_path / "callers", asterisk.where, "102", media=media)
    (result,) = await callers.run()
    assert result.status == 200
    assert carrier.numbers() == ["1200"]
