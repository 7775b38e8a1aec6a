"""Numbers in the browser: found, changed, grouped, and given out by the operator."""

from __future__ import annotations

import re

import pytest
from browser_form import form_in
from sqlalchemy import update
from web_people import ACTORS, NOW, Portal, post

from switchhook.access.account import Account
from switchhook.administration import NumberPool
from switchhook.people import accounts
from switchhook.store import tables
from switchhook.store.directory import Directory

N = "/t/acme/numbers"
COLOGNE, BERLIN = "+4922147100", "+4930123456"


async def page(client, path: str, status: int = 200) -> str:
    answer = await client.get(path)
    text = await answer.get_data(as_text=True)
    assert answer.status_code == status, text
    return text


def typed(html: str, **values: str) -> dict[str, str]:
    pairs = {name: value for name, value in form_in(html).pairs if name not in ("language", "theme", "then")}
    return {**pairs, **values}


@pytest.fixture
async def house(portal: Portal) -> Portal:
    directory = Directory(portal.administration.store, portal.administration.clock)
    await directory.put_flow("acme", "hotline", "Hotline")
    await directory.publish("acme", (await directory.add_version("acme", "hotline", "flow: hotline")).id)
    pool = NumberPool(portal.administration.numbers, ACTORS["operator"][1])
    await pool.assign(COLOGNE, "acme", {"name": "Zentrale", "flow": "hotline"})
    await pool.assign(BERLIN, "acme", {"name": "Berlin"})
    return portal


async def test_the_list_shows_searches_and_filters(house: Portal) -> None:
    admin = house.client("admin")
    whole = await page(admin, N)
    assert "0221 47100" in whole
    assert "Leads nowhere" in whole
    for query in ("search=0221+471", "flow=hotline", "state=live", "search=zentrale"):
        found = await page(admin, f"{N}?{query}")
        assert re.findall(r"numbers/(\+\d+)\"", found) == [COLOGNE], query
    assert re.findall(r"numbers/(\+\d+)\"", await page(admin, f"{N}?sort=-number")) == [BERLIN, COLOGNE]
    await page(admin, f"{N}?sort=nonsense", 400)


async def test_a_number_is_led_to_a_flow_and_two_tabs_lose_nothing(house: Portal) -> None:
    one, two = house.client("admin"), house.client("superadmin")
    mine, theirs = await page(one, f"{N}/{BERLIN}"), await page(two, f"{N}/{BERLIN}")
    assert (await post(two, f"{N}/{BERLIN}", typed(theirs, flow="hotline"), role="superadmin")).status_code == 303
    stale = await post(one, f"{N}/{BERLIN}", typed(mine, name="Office"))
    text = await stale.get_data(as_text=True)
    assert stale.status_code == 409
    assert "sue" in text
    assert (await post(one, f"{N}/{BERLIN}", typed(text))).status_code == 303
    number = (await house.administration.numbers.of("acme", ACTORS["admin"][1]).get(BERLIN)).number
    assert (number.label, number.flow, number.version) == ("Office", "hotline", 3)
    history = await page(one, f"{N}/{BERLIN}/history")
    assert "<ins>Office</ins>" in history
    refused = await post(one, f"{N}/{BERLIN}", typed(await page(one, f"{N}/{BERLIN}"), fallback="ring"))
    assert refused.status_code == 422


async def test_a_group_gets_its_numbers_by_search(house: Portal) -> None:
    admin = house.client("admin")
    options = await page(admin, "/t/acme/choices/number?field=numbers&as=picks&numbers:search=0221+471")
    assert form_in(options).ids == []
    assert re.findall(r'value="([^"]+)"', options) == [COLOGNE]
    new = typed(await page(admin, "/t/acme/r/number-group/_new"), name="Sales", numbers=COLOGNE)
    assert (await post(admin, "/t/acme/r/number-group/_new", new)).status_code == 303
    assert ">Sales</a>" in await page(admin, N)
    assert re.findall(r"numbers/(\+\d+)\"", await page(admin, f"{N}?group=sales")) == [COLOGNE]


async def test_the_operator_gives_numbers_out_and_takes_them_back(house: Portal) -> None:
    operator, admin = house.client("operator"), house.client("admin")
    await page(admin, "/operator/numbers", 403)
    await post(operator, "/operator/numbers", {"numbers": "0221 99000\n0221 99001\n"}, role="operator")
    assert "0221 99001" in await page(operator, "/operator/numbers?search=99001")
    assert '<option value="other">other</option>' in await (await operator.get("/operator/numbers")).get_data(
        as_text=True
    )
    given = {"number": "+4922199000", "customer": "other"}
    assert (await post(operator, "/operator/numbers/assign", given, role="operator")).status_code == 303
    path = "/t/other/numbers/+4922199000"
    assert "0221 99000" in await page(house.client("stranger"), path)
    await page(admin, path, 404)
    assert (await post(admin, f"{N}/{BERLIN}/release", {"version": "1"})).status_code == 403
    await post(operator, f"{path}/release", {"version": "1"}, role="operator")
    await page(house.client("stranger"), path, 404)
    resting = await page(operator, "/operator/numbers?state=resting")
    assert "0221 99000" in resting
    assert re.search(r"rests until (25 Feb 2027|2027-02-25|25/02/2027)", resting)
    assert re.findall(r'<option value="(\w+)">(?:acme|other)<', resting) == ["other"]
    refused = await post(operator, "/operator/numbers/assign", {**given, "customer": "acme"}, role="operator")
    assert refused.status_code == 303
    assert "rests until 2027-02-25, as another tenant had it" in await page(operator, "/operator/numbers")
    ended = await post(operator, "/operator/numbers/end-rest", {"number": given["number"]}, role="operator")
    assert ended.status_code == 303
    assert "rests until" not in await page(operator, "/operator/numbers")
    await post(operator, "/operator/numbers/assign", {**given, "customer": "acme"}, role="operator")
    assert "0221 99000" in await page(admin, "/t/acme/numbers/+4922199000")


async def test_one_wrong_line_loses_nothing_of_what_was_typed(house: Portal) -> None:
    operator, typed = house.client("operator"), "0221 99000\n\nhello\n0221 99001\n110"
    refused = await post(operator, "/operator/numbers", {"numbers": typed}, role="operator")
    text = await refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert re.search(r"<textarea[^>]*>\n(.*?)</textarea>", text, re.DOTALL)[1] == typed
    lines = re.findall(r"Line (\d+), (\w+): ([^<]+)", text)
    assert [(line, wrong) for line, wrong, _why in lines] == [("3", "hello"), ("5", "110")]
    assert all(why.strip() for _line, _wrong, why in lines)
    assert "0221 99000" not in await page(operator, "/operator/numbers?search=99000")
    mended = typed.replace("hello", "").replace("110", "0221 47100")
    await post(operator, "/operator/numbers", {"numbers": mended}, role="operator")
    shown = await page(operator, "/operator/numbers")
    assert "2 numbers were added. 1 was known already." in shown
    assert "0221 99001" in shown


async def test_a_demo_is_told_what_it_may_have_until_it_is_active(house: Portal) -> None:
    tenants = house.administration.tenants.of(ACTORS["operator"][1])
    operator, admin = house.client("operator"), house.client("admin")
    assert "data-demo" not in await page(admin, N)
    async with house.administration.store.write() as conn:
        await conn.execute(update(tables.tenant).where(tables.tenant.c.id == "acme").values(state="demo"))
        adam = ("adam", "acme", "adam", "adam@example.org", "Adam", "admin")
        await accounts.put(conn, Account(*adam, "active", NOW, NOW), new=True)
    every = "2 numbers, 5 people, 3 published call flows, 2 calls at the same time"
    assert f"Demo: up to {every}" in await page(admin, N)
    assert every in await page(operator, "/operator/tenants/acme")
    await post(operator, "/operator/numbers/assign", {"number": "0221 1", "customer": "acme"}, role="operator")
    assert "may have 2 numbers; the operator lifts this limit (numbers)" in await page(operator, "/operator/numbers")
    people = house.administration.people.of("acme", ACTORS["admin"][1])
    form = {"name": "P", "email": "p@x.org", "role": "user"}
    for n in range(4):
        done = await post(admin, "/t/acme/people/_new", {**form, "email": f"p{n}@x.org"})
        assert done.status_code == 303, await done.get_data(as_text=True)
    refused = await post(admin, "/t/acme/people/_new", form, headers={"Accept-Language": "de"})
    assert refused.status_code == 422
    assert "darf höchstens 5 Benutzer haben" in await refused.get_data(as_text=True)
    offers, values = house.administration.offers, {"title": "Telephony", "valid_until": "2026-12-31"}
    offer = await offers.of("acme", ACTORS["operator"][1]).make(b"%PDF-1.7 %%EOF", values)
    await offers.of("acme", ACTORS["superadmin"][1]).sign(offer.id, 1, {"name": "Sue Winter"}, address="192.0.2.7")
    await tenants.move("acme", 1, "active")
    assert "data-demo" not in await page(admin, N)
    assert (await post(admin, "/t/acme/people/_new", form)).status_code == 303
    assert len((await people.page()).accounts) == 6


async def test_no_tenant_reaches_anothers_numbers(house: Portal) -> None:
    stranger = house.client("stranger")
    for rule in house.app.url_map.iter_rules():
        if "e164" in rule.arguments:
            for tenant in ("acme", "other"):
                path = rule.rule.replace("<tenant>", tenant).replace("<e164>", COLOGNE)
                for method in rule.methods & {"GET", "POST"}:
                    sent = (
                        stranger.get(path) if method == "GET" else post(stranger, path, {":version": "1"}, "stranger")
                    )
                    answer = await sent
                    assert answer.status_code in ((404,) if "release" not in path else (403, 404)), (method, path)
    number = (await house.administration.numbers.of("acme", ACTORS["admin"][1]).get(COLOGNE)).number
    assert number.version == 1
