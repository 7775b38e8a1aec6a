"""Callers who are blocked while they talk, on real calls: those who suppress their number as well (S47, S48, S52, I15, I16)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import attrs
import pytest
import pytest_asyncio
from administered import person
from lab import PASSWORD, TENANT, Lab, apply, exits, public_home
from phones import CALLERS, TONES, Carrier, Desk, Phones

from switchhook.clock import SystemClock
from switchhook.people import tokens
from switchhook.people.tokens import EVERY_RIGHT

from .conftest import Office
from .flows import point

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module")]
HIDDEN, NOWHERE, OPEN = "+4915798765432", "+4915798760001", "+4930987123"
VOICE, OTHER = TONES[20], TONES[21]
DESK = "+492215557"
FLOW = "flow: desk\nlanguage: en\nstart: start\nlast_resort: bye\npoints:\n" + "".join(
    (
        point("caller-list", "lists: [{list: spam}]", "deny: denied, no_match: talk, anonymous: talk"),
        point("announcement", "prompts: [denied]", "next: hang-up", "denied"),
        point(
            "forward",
            "targets: [anna], ring: 8",
            "answered_end: hang-up, busy: bye, no_answer: bye, unreachable: bye, rejected: bye",
            "talk",
        ),
        point("announcement", "prompts: [bye]", "next: hang-up", "bye"),
    )
)
KEPT = """\
caller-list:
  spam: {name: Spam}
block-key:
  block: {name: Block, list: spam, tone: done}
"""


@attrs.frozen
class Api:
    """The portal's API, as a program asks it."""

    base: str
    token: str = attrs.field(repr=False)

    async def get(self, path: str) -> tuple[int, str]:
        """Status and text of what is there."""
        return await self._ask("GET", path)

    async def items(self, path: str, name: str = "items") -> Any:
        """The things of a list."""
        status, text = await self.get(path)
        assert status == 200, text
        return json.loads(text)[name]

    async def post(self, path: str, body: object) -> tuple[int, Any]:
        """Status and value of what is done."""
        status, text = await self._ask("POST", path, json.dumps(body).encode())
        return status, json.loads(text)

    async def _ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, str]:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        asked = Request(self.base + path, body, headers, method=method)

        def ask() -> tuple[int, str]:
            try:
                with urlopen(asked, timeout=20) as answer:
                    return answer.status, answer.read().decode()
            except HTTPError as refused:
                return refused.code, refused.read().decode()

        return await asyncio.to_thread(ask)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def office(desk: Desk) -> AsyncIterator[Office]:
    with public_home() as home:
        carrier = Carrier(home / "carrier", numbers={})
        async with carrier, Phones(desk) as phones:
            port = int(carrier.where.rpartition(":")[2])
            lab = await Lab.make(
                home,
                {DESK: FLOW},
                ["denied", "bye", "done"],
                trunk_port=port,
                trunk_matches=[desk.where, CALLERS],
                seconds=0.3,
                agi_workers=2,
                web=True,
            )
            async with lab:
                await apply(lab, KEPT)
                await lab.portal("--workers", "2")
                anna = await phones.register("anna", PASSWORD, lab.where)
                yield Office(lab, phones, carrier, anna, anna)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def api(office: Office) -> Api:
    """What an administrator's program asks."""
    clock = SystemClock()
    boss = await person(office.lab.store, clock, "boss", tenant=TENANT, role="superadmin")
    seat = SimpleNamespace(tenant=TENANT, account=boss)
    async with office.lab.store.write() as conn:
        made = await tokens.make(conn, seat, "lists", EVERY_RIGHT, None, datetime.now(UTC))
    asked = Api(f"http://127.0.0.1:{office.lab.settings.web.port}/api/v1/tenants/{TENANT}", made.text)

    async def answers() -> bool:
        try:
            return (await asked.get("/live-calls"))[0] == 200
        except URLError:
            return False

    await office.lab.until(answers, "the portal's API", 30)
    return asked


def caller(number: str, *, shown: bool = False) -> dict[str, Any]:
    """How a caller shows the number, or suppresses it as networks do."""
    if shown:
        return {"number": number}
    return {
        "number": "anonymous",
        "headers": {"P-Asserted-Identity": f"<sip:{number}@127.0.0.1>", "Privacy": "id"},
    }


async def talk(office: Office, **who: Any):
    """A caller who talks with anna: both calls."""
    call = await office.call(DESK, **who)
    taken = await office.anna.answers(say=VOICE)
    await call.wait_for_tone(VOICE)
    return call, taken


async def on_now(office: Office, api: Api) -> str:
    """The id of the one call that is on."""

    async def one() -> Any:
        return await api.items("/live-calls", "calls")

    (call,) = await office.lab.until(one, "the call in the live view")
    return str(call["id"])


async def is_denied(office: Office, **who: Any):
    """A call that anna never hears of, and its course."""
    call = await office.call(DESK, **who)
    await call.wait_for_tone(office.tone("denied"))
    await call.ended()
    course = await office.course(DESK)
    assert exits(course)[0] == ("start", "deny")
    assert (course.outcome, course.legs) == ("blocked", ())
    return course


async def test_s47_s52_a_suppressed_caller_is_blocked_while_talking_and_known_again_with_the_number_shown(office, api):
    call, taken = await talk(office, **caller(HIDDEN))
    live = await on_now(office, api)
    status, made = await api.post(f"/calls/{live}/block", {"list": "spam", "note": "Rude", "hang_up": True})
    assert (status, made["number"], made["line"]) == (201, "", "mobile")
    await call.ended()
    await taken.ended()
    await office.course(DESK)
    again = await is_denied(office, **caller(HIDDEN))
    assert again.call.caller.number == ""
    shown = await is_denied(office, **caller(HIDDEN, shown=True))
    (entry,) = await api.items("/caller-lists/spam/entries")
    assert (entry["hits"], entry["pseudonym"]) == (2, again.call.caller.key[:8])
    assert shown.call.caller.key == again.call.caller.key


async def test_i15_the_number_of_a_suppressed_caller_is_nowhere(office, api):
    call, taken = await talk(office, **caller(NOWHERE))
    live = await on_now(office, api)
    status, _ = await api.post(f"/calls/{live}/block", {"list": "spam"})
    assert status == 201
    await taken.hang_up()
    await call.ended()
    await office.course(DESK)
    await is_denied(office, **caller(NOWHERE))
    paths = ["/calls", f"/calls/{live}", "/audit", "/mails", "/export"]
    paths += [f"/caller-lists/spam/{what}" for what in ("entries", "hits", "table")]
    told = {path: await api.get(path) for path in paths}
    assert {path: status for path, (status, _) in told.items() if status != 200} == {}
    digits = NOWHERE.removeprefix("+49")
    assert [path for path, (_, text) in told.items() if digits in text] == []
    files = [path for path in office.lab.home.rglob("*") if path.is_file() and "carrier" not in path.parts]
    assert len(files) > 20
    assert [path for path in files if path.suffix != ".wav" and digits.encode() in path.read_bytes()] == []


async def test_s48_i20_the_served_partys_key_blocks_the_caller_and_the_callers_own_key_does_nothing(office, api):
    call, taken = await talk(office, number=OPEN)
    await call.press("*4")
    await taken.hears_keys("*4")
    assert OPEN not in [one["number"] for one in await api.items("/caller-lists/spam/entries")]
    await taken.press("*4")
    await taken.wait_for_tone(office.tone("done"))
    await call.say(OTHER)
    await taken.wait_for_tone(OTHER)
    await taken.hang_up()
    await call.ended()
    course = await office.course(DESK)
    assert [event.data["feature"] for event in course.events if event.kind == "in_call.key"] == ["block-key/block"]
    await is_denied(office, number=OPEN)
