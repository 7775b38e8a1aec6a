"""Whoever is called and answers "moved, try there" (SIP 3xx) decides nothing: nobody is dialled but who was to be.

Followed, such an answer lets any phone, and whoever is at the carrier's end, dial what it likes in the caller's name:
emergency numbers, expensive ones, other numbers of the house.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import attrs
import pytest
import pytest_asyncio
from lab import FALLBACK_TONE, PASSWORD, Lab, exits, public_home
from phones import CALLERS, TONES, Answer, Carrier, Desk, Phone, PhoneCall, Phones, Redirect, Refuse

from switchhook.calls.course import Course
from switchhook.store.routing import Fallback

from .flows import FLOWS, NUMBERS, PROMPTS, forward

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]
VOICE = TONES[20]
INSIDE = NUMBERS["announce"]
"""A number of the house that nobody here calls."""
CARRIER = "[local_ip]:[local_port]"
MOVED = {
    "police": Redirect("sip:110@127.0.0.1"),
    "ambulance": Redirect("sip:112@127.0.0.1", 305),
    "dear": Redirect("sip:0090012345678@127.0.0.1", 301),
    "abroad": Redirect("sip:+8812345678@127.0.0.1"),
    "elsewhere": Redirect(f"sip:+8812345678@{CARRIER}"),
    "around": Redirect("sip:PJSIP/+8812345678%40trunk@127.0.0.1"),
    "inside": Redirect(f"sip:{INSIDE}@127.0.0.1"),
}
"""Phones, each of which says that it moved; "around" names a channel of ours instead of a number."""
OUTSIDE = {name: f"+4922190000{place}" for place, name in enumerate(MOVED)}
"""Numbers at the carrier that say the same."""
BUSY, UNKNOWN = "+4922190004860", "+4922190004040"
CASES = {
    **{name: [name] for name in MOVED},
    **{f"trunk-{name}": [number] for name, number in OUTSIDE.items()},
    "together": ["police", OUTSIDE["inside"]],
    "serial": ["police", OUTSIDE["inside"]],
    "other": ["police", "anna"],
    "next": ["police", "anna"],
    "after": [UNKNOWN, "police"],
    "busy": [BUSY, UNKNOWN],
}
"""Whom each flow forwards to."""
SERIAL = {"serial", "next", "after"}
HOTLINE = {name: f"+492215566{place:02}" for place, name in enumerate(CASES)}


@attrs.define
class House:
    """An installation whose phones and numbers moved, all but anna."""

    lab: Lab
    phones: Phones
    carrier: Carrier
    anna: Phone
    made: int = 0

    async def call(self, name: str) -> PhoneCall:
        self.made += 1
        return await self.phones.call(self.lab.sip(HOTLINE[name]), number="+491711234567")

    async def courses(self) -> list[Course]:
        """All calls so far, once nobody is on the line and the journal tells how each ended."""

        async def whole() -> list[Course] | None:
            gone, courses = await self.lab.channels() == 0, await self.lab.courses()
            told = len(courses) >= self.made and all(one.outcome is not None for one in courses)
            return courses if gone and told else None

        found: list[Course] = await self.lab.until(whole, "the end of all calls", 20)
        return found


def _flow(name: str, targets: list[str]) -> str:
    strategy = "serial" if name in SERIAL else "parallel"
    return forward(name, ", ".join(f'"{target}"' for target in targets), f"ring: 8, strategy: {strategy}")


@asynccontextmanager
async def house_of(desk: Desk, fallback: Fallback | None = None) -> AsyncIterator[House]:
    """The house; its portal is not started."""
    flows = {HOTLINE[name]: _flow(name, targets) for name, targets in CASES.items()}
    outside = {OUTSIDE[name]: way for name, way in MOVED.items()} | {BUSY: Refuse(486), UNKNOWN: Refuse(404)}
    async with AsyncExitStack() as stack:
        home = stack.enter_context(public_home())
        carrier = Carrier(home / "carrier", Answer(hold=1), numbers=MOVED | outside)
        lab = await Lab.make(
            home,
            {**flows, INSIDE: FLOWS[INSIDE]},
            PROMPTS,
            phones=("anna", *MOVED),
            trunk_port=carrier.port,
            trunk_matches=[desk.where, CALLERS],
            fallback=fallback,
        )
        await stack.enter_async_context(lab)
        for name in MOVED:
            await carrier.register(lab.where, name, PASSWORD)
        await stack.enter_async_context(carrier)
        phones = await stack.enter_async_context(Phones(desk))
        yield House(lab, phones, carrier, await phones.register("anna", PASSWORD, lab.where))


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def house(desk: Desk) -> AsyncIterator[House]:
    async with house_of(desk) as house:
        await house.lab.portal()
        yield house


@pytest.mark.parametrize("name", [*MOVED, *(f"trunk-{name}" for name in OUTSIDE), "together", "serial"])
async def test_a_redirect_is_a_rejection_and_nobody_else_is_dialled(house, name):
    dialled, calls = len(house.carrier.invites()), house.made
    call = await house.call(name)
    await call.wait_for_tone(house.lab.tones["wrong"])
    await call.ended()
    (course,) = (await house.courses())[calls:]  # one call: none came back into the house
    assert sorted(house.carrier.numbers()[dialled:]) == sorted(CASES[name])
    assert (exits(course)[0], course.outcome) == (("start", "rejected"), "rejected")
    assert {(leg.status, leg.cause) for leg in course.legs} == {("rejected", 23)}
    (why,) = (event.data["why"] for event in course.events if event.kind == "point.left" and event.point == "start")
    assert "redirected the call, which is not followed" in why


@pytest.mark.parametrize("name", ["other", "next"])
async def test_whoever_else_was_to_be_called_is_called(house, name):
    dialled = len(house.carrier.invites())
    call = await house.call(name)
    taken = await house.anna.answers(after=0.3, say=VOICE)
    await call.wait_for_tone(VOICE)
    await taken.hang_up()
    await call.ended()
    course = (await house.courses())[-1]
    assert house.carrier.numbers()[dialled:] == ["police"]
    assert (exits(course)[0], course.outcome) == (("start", "answered_end"), "human")


@pytest.mark.parametrize(
    ("name", "legs"), [("after", ["unreachable", "rejected"]), ("busy", ["busy"])], ids=["after", "busy"]
)
async def test_what_another_leg_came_to_does_not_mislead(house, name, legs):
    call = await house.call(name)
    await call.ended()
    assert [leg.status for leg in (await house.courses())[-1].legs] == legs


@pytest.mark.parametrize("target", ["police", OUTSIDE["around"]])
async def test_without_a_portal_a_redirect_is_not_followed_either(desk, target):
    async with house_of(desk, Fallback("ring", target)) as house:
        call = await house.call("police")
        await call.wait_for_tone(FALLBACK_TONE, deadline=15)
        await call.ended()
        assert house.carrier.numbers() == [target]
