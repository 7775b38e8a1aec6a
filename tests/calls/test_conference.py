"""A conference on real Asterisk (S74): who hears whom, what keys and people at the portal do, and who is not let in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import pytest
import pytest_asyncio
from lab import PASSWORD, Lab, apply, exits, public_home
from phones import Desk, Phones
from phones.tones import RATE, TONES, _power, tone

from .flows import flow, point

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(120)]

OPEN, BOARD = "+4922155501", "+4922155502"
LEFT = "left: end-bye, denied: end-wrong, full: end-one"
FLOWS = {
    OPEN: flow("open", point("conference", 'room: "1"', LEFT)),
    BOARD: flow("board", point("conference", "tries: 1", LEFT)),
}
PROMPTS = [
    "bye", "wrong", "one", "stock/invalid", "stock/please-hold", "digits/2", "digits/3",
    *(f"stock/conference-{word}" for word in (
        "muted", "locked", "waits", "begins", "removed", "count", "full", "closed", "pin", "dial", "refused")),
]  # fmt: skip
KEPT = """
conference-room:
  "1": {name: Open, most: 3, tones: false, moderator_pin: "9173", dial_out: moderators}
  "2": {name: Board, pin: "2580", moderator_pin: "9173", waits: true, ends: true, music: stock/please-hold}
"""
VOICES = TONES[-5:-2]


def parts(pcm: bytes, tones: Sequence[int] = VOICES) -> set[int]:
    """Which of some tones sound in a piece, together or not."""
    import array

    samples = array.array("h", pcm)
    energy = sum(sample * sample for sample in samples) or 1
    if not samples:
        return set()
    return {one for one in tones if 2 * _power(samples, one, RATE) / (len(samples) * energy) > 0.15}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def house(desk: Desk) -> AsyncIterator[tuple[Lab, Phones]]:
    with public_home() as home:
        async with Phones(desk) as phones:
            lab = await Lab.make(home, FLOWS, PROMPTS, phones=("anna", "berta", "carl"), seconds=0.3)
            async with lab:
                await apply(lab, KEPT)
                await lab.portal()
                yield lab, phones


async def test_three_hear_the_other_two_and_not_themselves(house):
    lab, phones = house
    lines = [await phones.register(name, PASSWORD, lab.where) for name in ("anna", "berta", "carl")]
    pin = lab.tones["stock/conference-pin"]
    calls = []
    for line, voice in zip(lines, VOICES, strict=True):
        one = await line.call(lab.sip(OPEN))
        await one.wait_for_tone(pin)
        await one.press("#")
        await one.say(tone(voice, 1), again=True)
        calls.append(one)

    async def all_hear(expected):
        async def so():
            heard = [parts(await one.listen(0.2)) for one in calls]
            return heard == expected

        await lab.until(so, f"all to hear {expected}", 3)

    a, b, c = VOICES
    await all_hear([{b, c}, {a, c}, {a, b}])
    await calls[0].press("1")
    await calls[0].wait_for_tone(lab.tones["stock/conference-muted"])
    await all_hear([{b, c}, {c}, {b}])
    for one in calls:
        await one.press("#")
        await one.ended()
    for course in await lab.ended(3):
        assert exits(course)[0] == ("start", "left")
