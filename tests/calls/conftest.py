"""One Switchhook with one Asterisk for all tests of a module."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator

import attrs
import pytest_asyncio
from lab import PASSWORD, Lab, public_home
from phones import CALLERS, Carrier, Desk, Phone, Phones, Refuse, Ring, Silent, tone_wav

from .flows import FLOWS, PROMPTS

OUTSIDE = "+491711234567"
LONG = 4.0
"""Seconds of the prompt "long"."""
BUSY, REJECTS, UNKNOWN, GONE, RINGS, SILENT, TALKS = (f"+492219000{n}" for n in range(1, 8))


@attrs.define
class Office:
    """A Switchhook that takes calls, a carrier, and phones."""

    lab: Lab
    phones: Phones
    carrier: Carrier
    anna: Phone
    berta: Phone
    made: Counter[str] = attrs.field(factory=Counter)

    async def call(self, to: str, **caller):
        caller.setdefault("number", OUTSIDE)
        self.made[to] += 1
        return await self.phones.call(self.lab.sip(to), **caller)

    def tone(self, prompt: str) -> int:
        return self.lab.tones[prompt]

    async def course(self, number: str):
        """The newest call to ``number``, once it has ended."""

        async def ended():
            courses = [one for one in await self.lab.courses() if one.call.number == number]
            return courses[-1] if len(courses) == self.made[number] and courses[-1].outcome is not None else None

        return await self.lab.until(ended, f"the end of a call to {number}", 20)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def office(desk: Desk) -> AsyncIterator[Office]:
    with public_home() as home:
        carrier = Carrier(
            home / "carrier",
            numbers={
                BUSY: Refuse(486),
                REJECTS: Refuse(603),
                UNKNOWN: Refuse(404),
                GONE: Refuse(480),
                RINGS: Ring(),
                SILENT: Silent(),
            },
        )
        async with carrier, Phones(desk) as phones:
            port = int(carrier.where.rpartition(":")[2])
            lab = await Lab.make(home, FLOWS, PROMPTS, trunk_port=port, trunk_matches=[desk.where, CALLERS])
            tone_wav(lab.tones["long"], LONG, lab.settings.data_dir / "sounds" / "en" / "long.wav")
            async with lab:
                await lab.portal()
                anna = await phones.register("anna", PASSWORD, lab.where)
                berta = await phones.register("berta", PASSWORD, lab.where)
                yield Office(lab, phones, carrier, anna, berta)
