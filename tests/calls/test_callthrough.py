"""Callthrough on real Asterisk: a real dial tone until the first digit, the number shown to the carrier, and locks."""

from __future__ import annotations

from collections.abc import AsyncIterator

import attrs
import pytest
import pytest_asyncio
from lab import Lab, apply, exits, public_home
from phones import CALLERS, Carrier, Desk, PhoneCall, Phones, Refuse
from phones.tones import heard

from switchhook.prompts.catalogue import TONES
from switchhook.speech.audio import to_wav, tone

from .flows import flow, point

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]

DIALS, GUESSED = "+4922155501", "+4922155502"
SHOWN = GUESSED
"""A number of the house other than the trunk's own and the one that is called."""
MOBILE, PIN, BUSY, TO = "+491711234567", "280791", "+492219000001", "+49221123456"
DIAL_TONE = 425
LEFT = "ended: end-bye, denied: hang-up, failed: end-one"
FLOWS = {
    DIALS: flow("dials", point("callthrough", "accounts: [kim], between: 2", LEFT)),
    GUESSED: flow("guessed", point("callthrough", "accounts: [lee], between: 2", LEFT)),
}
PROMPTS = ["bye", "one", "stock/invalid", "stock/busy", *(f"stock/callthrough-{word}" for word in ("pin", "denied"))]
KEPT = f"""
callthrough-account:
  kim: {{name: Kim, active: true, until: "2099-12-31", pin: "{PIN}", callers: [{{number: "{MOBILE}"}}], caller_id: "{SHOWN}"}}
  lee: {{name: Lee, active: true, until: "2099-12-31", pin: "{PIN}", callers: [{{number: "{MOBILE}"}}]}}
"""


@attrs.frozen
class House:
    """A Switchhook, who calls it, and where it calls."""

    lab: Lab
    phones: Phones
    carrier: Carrier

    async def call(self, to: str) -> PhoneCall:
        return await self.phones.call(self.lab.sip(to), number=MOBILE)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def house(desk: Desk) -> AsyncIterator[House]:
    with public_home() as home:
        carrier = Carrier(home / "carrier", numbers={BUSY: Refuse(486)})
        async with carrier, Phones(desk) as phones:
            port = int(carrier.where.rpartition(":")[2])
            lab = await Lab.make(
                home, FLOWS, PROMPTS, trunk_port=port, trunk_matches=[desk.where, CALLERS], seconds=0.3
            )
            shipped = TONES["stock/dial-tone"]
            sound = lab.settings.data_dir / "sounds" / "en" / "stock" / "dial-tone.wav"
            sound.write_bytes(to_wav(tone(shipped.hertz, shipped.seconds)))
            async with lab:
                await apply(lab, KEPT)
                await lab.portal()
                yield House(lab, phones, carrier)


async def test_s70_s72_a_real_dial_tone_stops_at_the_first_digit_and_the_carrier_sees_the_number_set(house):
    call = await house.call(DIALS)
    await call.wait_for_tone(house.lab.tones["stock/callthrough-pin"])
    await call.press(f"{PIN}#")
    await dial_tones(house, call, 1)
    await call.press("0")
    await silence(house, call)
    await call.press("2219000001#")
    await call.wait_for_tone(house.lab.tones["stock/busy"])
    await dial_tones(house, call, 2)
    await call.press("0221123456#")
    first, second = await house.carrier.called(2)
    assert (first.number, second.number) == (BUSY, TO)
    assert SHOWN in second.header("From")
    assert MOBILE not in second.header("From")
    await call.hang_up()
    (course,) = await house.lab.ended(1)
    assert [leg.status for leg in course.legs] == ["busy", "answered"]
    assert PIN not in repr(course.events)
    assert [event.data["keys"] for event in course.events if event.kind == "keys" and "keys" in event.data] == [
        "02219000001",
        "0221123456",
    ]
    assert all(one.seconds < TONES["stock/dial-tone"].seconds / 2 for one in call.heard([DIAL_TONE]))


async def test_s70_sec22_three_wrong_pins_end_the_call_and_five_lock_the_account(house):
    pin, invalid, denied = (
        house.lab.tones[f"stock/{one}"] for one in ("callthrough-pin", "invalid", "callthrough-denied")
    )

    async def guesses(*pins: str) -> None:
        call = await house.call(GUESSED)
        for time, one in enumerate(pins, 1):
            await call.wait_for_tone(pin, times=time)
            await call.press(f"{one}#")
        await call.ended()
        assert call.tones() == [pin, invalid] * 3 + [denied]

    await guesses("111213", "111214", "111215")
    await guesses("111213", "111214", PIN)
    courses = [one for one in await house.lab.ended(3) if one.call.number == GUESSED]
    assert [exits(one)[0] for one in courses] == [("start", "denied")] * 2
    verdicts = [event.data["verdict"] for one in courses for event in one.events if event.kind == "pin.checked"]
    assert verdicts == ["wrong"] * 5 + ["locked"]


async def dial_tones(house: House, call: PhoneCall, times: int) -> None:
    """Wait until the dial tone has sounded for the so-manieth time."""
    await house.lab.until(lambda: len(call.heard([DIAL_TONE])) >= times, f"dial tone number {times}", 5)


async def silence(house: House, call: PhoneCall) -> None:
    """Wait until it has stopped sounding, long before it would by itself."""

    async def stopped() -> bool:
        return DIAL_TONE not in {one.freq for one in heard(await call.listen(0.3), candidates=[DIAL_TONE])}

    await house.lab.until(stopped, "the end of the dial tone", 5)
