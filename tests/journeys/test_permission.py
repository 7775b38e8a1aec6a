"""E03, E05, E07: who may call, who calls at whose expense, and who agreed to be recorded, each a whole journey."""

from __future__ import annotations

import asyncio
import json
import wave
from array import array
from collections.abc import AsyncIterator

import attrs
import pytest
import pytest_asyncio
from lab import PASSWORD, exits, public_home
from phones import TONES, Carrier, Desk, Phone, PhoneCall
from phones.tones import heard
from playwright.async_api import Page, expect
from sqlalchemy import select

from switchhook.portal.media import media_files
from switchhook.store.tables_media import media

from .house import House, house

pytestmark = [pytest.mark.asterisk, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(240)]

LINE, RECORDED, THROUGH = "+4922155501", "+4922155502", "+498005550123"
MOBILE, CUSTOMER, PIN = "+491711234567", "+4930123456", "280791"
CALLER, AGENT, THIRD = TONES[20], TONES[19], TONES[21]
NUISANCE = "+4917698765432"
HIDDEN = {"P-Asserted-Identity": f"<sip:{NUISANCE}@127.0.0.1>", "Privacy": "id"}
"""What the network tells of a caller who suppresses the number."""
WHOLE = 0.6
"""Seconds after which a prompt of this house is over that was just heard to begin."""
PROMPTS = (
    *("denied", "bye", "stock/record-ask", "stock/record-notice-key", "stock/connecting", "stock/invalid"),
    *("stock/nobody-available", "stock/beep", "stock/callthrough-pin", "stock/callthrough-budget", "stock/dial-tone"),
)
TALK = "answered_end: bye, busy: bye, no_answer: bye, unreachable: bye, rejected: bye"
BYE = "  bye: {module: announcement, settings: {prompts: [bye]}, exits: {next: hang-up}}\n"
FLOWS = {
    LINE: f"""flow: line
label: Line
language: en
start: lists
points:
  lists: {{module: caller-list, settings: {{lists: [{{list: unwanted, verdict: deny}}], anonymous: like_others}}, exits: {{deny: denied, no_match: desk}}}}
  denied: {{module: announcement, settings: {{prompts: [denied]}}, exits: {{next: hang-up}}}}
  desk: {{module: forward, settings: {{targets: [anna], ring: 10}}, exits: {{{TALK}}}}}
{BYE}""",
    RECORDED: f"""flow: recorded
label: Recorded
language: en
start: asks
points:
  asks: {{module: recording, settings: {{retention: usual}}, exits: {{"on": desk, refused: desk, failed: desk}}}}
  desk: {{module: forward, settings: {{targets: [anna], ring: 10}}, exits: {{{TALK}}}}}
{BYE}""",
    THROUGH: """flow: through
label: Through
language: en
start: through
points:
  through: {module: callthrough, settings: {accounts: [kim]}, exits: {ended: hang-up, denied: hang-up, failed: hang-up}}
""",
}
KEPT = """caller-list:
  unwanted: {name: Unwanted}
speed-dial-list:
  office:
    name: Office
    entries: [{short: "07", name: Berta, target: berta}]
transfer-key:
  transfer: {name: Transfer, speed_dials: office}
recording-class:
  usual: {name: Usual}
callthrough-account:
  kim:
    name: Kim
    active: true
    until: "2099-12-31"
    callers: [{number: "+491711234567"}]
    pin: "280791"
    caller_id: "+4922155501"
    per_day: "1.00"
price-list:
  prices: {name: Prices, valid_from: "2020-01-01"}
call-rate:
  germany: {name: Germany, price_list: prices, country: DE, number_kind: fixed, per_minute: "0.60", first_seconds: 60, next_seconds: 60}
"""


@attrs.define
class Company:
    """A house with its carrier and three people's telephones."""

    house: House
    carrier: Carrier
    anna: Phone
    berta: Phone
    page: Page

    def tone(self, prompt: str) -> int:
        return self.house.lab.tones[prompt]

    async def call(self, number: str, caller: str = "+4930123456", headers: dict[str, str] | None = None) -> PhoneCall:
        return await self.house.phones.call(self.house.lab.sip(number), number=caller, headers=headers)

    async def talks(self, call: PhoneCall) -> PhoneCall:
        """Anna takes the call, and both hear each other."""
        taken = await self.anna.answers(say=AGENT, deadline=20)
        await call.wait_for_tone(AGENT, 15)
        await call.say(CALLER, again=True)
        await taken.wait_for_tone(CALLER)
        return taken

    async def course(self, number: str):
        """The newest call to a number, once all have ended."""

        async def ended():
            found = [one for one in await self.house.lab.courses() if one.call.number == number]
            return found[-1] if found and all(one.outcome is not None for one in found) else None

        return await self.house.lab.until(ended, f"the end of all calls to {number}", 20)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def company(desk: Desk) -> AsyncIterator[Company]:
    with public_home() as home:
        async with Carrier(home / "carrier", numbers={}) as carrier:
            port = int(carrier.where.rpartition(":")[2])
            kept = {"flows": FLOWS, "prompts": PROMPTS, "kept": KEPT, "seconds": 0.3, "trunk_port": port}
            async with house(home, desk, **kept) as here:
                where = here.lab.where
                anna, berta, page = await asyncio.gather(
                    here.phones.register("anna", PASSWORD, where),
                    here.phones.register("berta", PASSWORD, where),
                    here.operator(),
                )
                yield Company(here, carrier, anna, berta, page)
                assert here.complaints == []


async def test_only_talks_that_everybody_agreed_to_are_recorded_and_the_ledger_says_so(company: Company) -> None:
    """E07 (S81, S82): refused, accepted, and transferred to a third party; then the ledger is taken away."""
    await whoever_refuses_is_put_through_unrecorded(company)
    await both_who_agree_are_recorded_apart(company)
    await of_a_third_party_nothing_is_recorded(company)
    await the_ledger_is_taken_away(company)


async def asked(company: Company, key: str) -> PhoneCall:
    """A caller is asked, hears the question out, and presses a key."""
    call = await company.call(RECORDED)
    await call.wait_for_tone(company.tone("stock/record-ask"), 15)
    await call.listen(WHOLE)
    await call.press(key)
    return call


async def agreed(company: Company) -> tuple[PhoneCall, PhoneCall]:
    """Both agree, and talk."""
    call = await asked(company, "1")
    taken = await company.anna.answers(say=AGENT, deadline=20)
    await taken.wait_for_tone(company.tone("stock/record-notice-key"), 15)
    await taken.listen(WHOLE)
    await taken.press("1")
    await call.wait_for_tone(AGENT, 15)
    await call.say(CALLER, again=True)
    await taken.wait_for_tone(CALLER, 15)
    await taken.listen(1.0)
    return call, taken


async def ended(company: Company, call: PhoneCall, last: PhoneCall) -> list[set[int]]:
    """Whoever is last hangs up; gives the tones in each side of each recording of the call."""
    await last.hang_up()
    await call.ended()
    course = await company.course(RECORDED)
    settings, store = company.house.lab.settings, company.house.lab.store

    async def kept() -> list[tuple[str, str, str]] | None:
        async with store.read() as conn:
            columns = (media.c.tenant, media.c.id, media.c.state)
            rows = (await conn.execute(select(*columns).where(media.c.call == course.call.id))).all()
        return [tuple(row) for row in rows] if all(row.state == "kept" for row in rows) else None

    async def settled() -> bool:
        return await kept() is not None

    await company.house.lab.until(settled, "the recordings to be kept", 20)
    sides: list[set[int]] = []
    for tenant, id, _ in await kept() or []:  # noqa: A001 - the domain's own word
        with wave.open(str(media_files(settings).sound(tenant, id))) as file:
            count = file.getnchannels()
            samples = array("h", file.readframes(file.getnframes()))
        sides += [{one.freq for one in heard(samples[at::count].tobytes(), 8000, TONES)} for at in range(count)]
    return sides


async def whoever_refuses_is_put_through_unrecorded(company: Company) -> None:
    call = await asked(company, "2")
    taken = await company.talks(call)
    assert company.tone("stock/record-notice-key") not in taken.tones(), "nobody else need be asked"
    assert await ended(company, call, taken) == []


async def both_who_agree_are_recorded_apart(company: Company) -> None:
    call, taken = await agreed(company)
    assert await ended(company, call, taken) == [{AGENT}, {CALLER}]


async def of_a_third_party_nothing_is_recorded(company: Company) -> None:
    call, taken = await agreed(company)
    await taken.press("*207")
    third = await company.berta.answers(say=THIRD, deadline=20)
    await third.wait_for_tone(company.tone("stock/record-notice-key"), 15)
    await third.listen(WHOLE)
    await third.press("2")
    await call.wait_for_tone(THIRD, 15)
    await taken.ended()
    await call.listen(1.0)
    sides = await ended(company, call, third)
    assert THIRD not in set().union(*sides)
    assert sides == [{AGENT}, {CALLER}]


async def the_ledger_is_taken_away(company: Company) -> None:
    """A recording is heard in the browser; the proof of who agreed is saved, holds, and no other does."""
    page = company.page
    await page.goto("/t/acme/x/recording/recordings")
    await expect(page.locator("#list tbody tr")).to_have_count(2)
    await page.locator("#list tbody tr").last.get_by_role("link").first.click()
    await page.get_by_role("button", name="Play").click()
    await page.wait_for_function("() => document.querySelector('audio').currentTime > 0.2")
    async with page.expect_download() as begun:
        await page.get_by_role("link", name="Save the proof").click()
    saved = await (await begun.value).path()
    text = await asyncio.to_thread(saved.read_text, "utf-8")
    answers = [(one["party"], one["verdict"]) for one in json.loads(text)["document"]["consents"]]
    assert answers == [("caller", "granted"), ("called", "granted")]
    for told, holds in ((text, "The proof holds"), (text.replace("granted", "refused", 1), "does not hold")):
        await page.goto("/t/acme/x/recording/retention")
        await page.get_by_label("The text of a proof").fill(told)
        await page.get_by_role("button", name="Check the text").click()
        await expect(page.locator("main")).to_contain_text(holds)


async def test_an_employee_calls_on_at_the_companys_expense_until_the_budget_is_used_up(company: Company) -> None:
    """E05 (S70, S71, S72): by a number free of charge, with the company's number shown; what it cost is booked."""
    call = await lets_in(company)
    await call.press("030123456#")
    (invite,) = await company.carrier.called(1, 15)
    assert invite.number == CUSTOMER
    assert LINE in invite.header("From")
    assert MOBILE not in str(invite)
    await call.say(CALLER, again=True)
    await call.wait_for_tone(CALLER, 15)  # the customer's side echoes
    await call.hang_up()
    await the_call_is_charged(company)
    call = await lets_in(company)
    await call.press("030123456#")
    await call.wait_for_tone(company.tone("stock/callthrough-budget"), 15)
    await call.ended()
    assert exits(await company.course(THROUGH)) == [("through", "denied")]
    assert len(company.carrier.numbers()) == 1, "nobody was dialled without money"


async def lets_in(company: Company) -> PhoneCall:
    call = await company.call(THROUGH, MOBILE)
    await call.wait_for_tone(company.tone("stock/callthrough-pin"), 15)
    await call.press(f"{PIN}#")
    await call.wait_for_tone(company.tone("stock/dial-tone"), 15)
    return call


async def the_call_is_charged(company: Company) -> None:
    async def charged() -> bool:
        await company.page.goto("/t/acme/charges")
        return "0.60 EUR" in await company.page.locator("main").inner_text()

    await company.house.lab.until(charged, "the call to be among the charges", 30)


async def test_who_is_blocked_while_talking_does_not_come_through_again_and_is_named_nowhere(company: Company) -> None:
    """E03 (S45, S47, S52): a caller who suppresses the number is blocked all the same."""
    call = await company.call(LINE, "anonymous", HIDDEN)
    taken = await company.talks(call)
    await it_is_blocked(company)
    await call.ended()
    await taken.ended()
    again = await company.call(LINE, "anonymous", HIDDEN)
    await again.wait_for_tone(company.tone("denied"), 15)
    await again.ended()
    assert (await company.course(LINE)).outcome == "blocked"
    await others_come_through(company)
    await nobody_learns_who_it_was(company)


async def others_come_through(company: Company) -> None:
    call = await company.call(LINE)
    taken = await company.talks(call)
    await taken.hang_up()
    await call.ended()


async def it_is_blocked(company: Company) -> None:
    """While they talk, in the list of calls; that ends the talk as well."""
    page = company.page
    await page.goto("/t/acme/calls")
    row = page.locator("#list tbody tr").first
    await expect(row).to_contain_text("Anonymous caller")
    await row.get_by_role("link", name="Block").click()
    await page.get_by_label("List", exact=True).select_option("unwanted")
    await page.get_by_label("Note").fill("Breathes")
    await page.get_by_label("End this call as well").check()
    await page.get_by_role("button", name="Block").click()
    await expect(page.get_by_text("is on the list")).to_be_visible()


async def nobody_learns_who_it_was(company: Company) -> None:
    """Neither on a page nor in the API, in a file, a log or the database."""
    digits, page = NUISANCE.removeprefix("+49"), company.page
    for path in (
        "/t/acme",
        "/t/acme/calls",
        "/t/acme/x/lists/lists/unwanted",
        "/t/acme/x/lists/lists/unwanted/hits",
        "/t/acme/audit",
        "/t/acme/file",
    ):
        await page.goto(path)
        assert digits not in await page.content(), path
    home = company.house.lab.home
    files = [one for one in home.rglob("*") if one.is_file() and "carrier" not in one.parts and one.suffix != ".wav"]
    assert [one for one in files if digits.encode() in one.read_bytes()] == []
