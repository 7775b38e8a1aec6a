"""What a tenant pays beside calls, in the browser and by the API; what it costs is the operator's to set."""

from __future__ import annotations

from datetime import date

from web_people import ORIGIN, Portal, post

from switchhook import Label, Money, Rate
from switchhook.administration import Cost

FAX = Rate("sample.fax", Label("Fax senden", "Sending a fax"), Label("je Fax", "each"), 2, Money(12_500, "EUR"))
DAY = date(2026, 11, 27)


async def fill(portal: Portal) -> None:
    charges = portal.administration.charges
    charges.rates[FAX.name] = FAX  # type: ignore[index]
    async with portal.administration.store.write() as conn:
        for n in range(3):
            cost = Cost(f"k{n}", FAX.name, f"fax:{n}", Label(f"Fax {n}", f"Fax {n}"), Money(490_000, "EUR"), DAY, DAY)
            await charges.add(conn, "acme", cost, "kim")


async def test_the_list_its_sum_and_the_table(portal: Portal) -> None:
    await fill(portal)
    client = portal.client("superadmin")
    page = await (await client.get("/t/acme/charges?month=2026-11")).get_data(as_text=True)
    assert all(f"Fax {n}" in page for n in range(3))
    assert "1.47 EUR" in page
    assert "the first 2 free" in page
    assert 'name="price"' not in page, "the price is not theirs to set"
    german = await (await client.get("/t/acme/charges", headers={"Accept-Language": "de"})).get_data(as_text=True)
    assert "1,47 EUR" in german
    empty = await (await client.get("/t/acme/charges?month=2026-10")).get_data(as_text=True)
    assert "Fax 1" not in empty
    table = await client.get("/t/acme/charges/charges.csv?month=2026-11")
    assert table.headers["Content-Disposition"] == 'attachment; filename="acme-charges-2026-11.csv"'
    assert (await table.get_data(as_text=True)).count("0.490000,EUR,kim") == 3
    assert (await client.get("/t/acme/charges?month=x")).status_code == 400
    for path in ("/t/acme/charges", "/t/acme/charges/charges.csv", "/api/v1/tenants/acme/charges"):
        assert (await portal.client("user").get(path)).status_code == 403


async def test_the_operator_sets_a_price(portal: Portal) -> None:
    await fill(portal)
    at, form = "/t/acme/charges/rates/sample.fax", {":version": "0", "free": "7", "price": "0,25 EUR"}
    assert (await post(portal.client("superadmin"), at, form, "superadmin")).status_code in (403, 404)
    client = portal.client("operator")
    await post(client, at, {**form, "price": "cheap"}, "operator")
    assert (await post(client, at, form, "operator")).status_code == 303
    page = await (await client.get("/t/acme/charges")).get_data(as_text=True)
    assert "agreed for this tenant" in page
    assert 'value="0.25 EUR"' in page
    headers = {"Host": "127.0.0.1:8080", "Origin": ORIGIN, "X-CSRF-Token": "csrf-of-operator"}
    wish = {"free": 1, "price": "0.30 EUR"}
    path = "/api/v1/tenants/acme/rates"
    stale = await client.put(f"{path}/sample.fax", json=wish, headers={**headers, "If-Match": '"0"'})
    assert stale.status_code in (409, 412)
    done = await client.put(f"{path}/sample.fax", json=wish, headers={**headers, "If-Match": '"1"'})
    assert (done.status_code, (await done.get_json())["price"]) == (200, "0.30 EUR")
    rates = (await (await client.get(path)).get_json())["items"]
    rate = next(one for one in rates if one["rate"] == FAX.name)
    assert (rate["rate"], rate["free"], rate["own"], rate["version"]) == ("sample.fax", 1, True, 2)
    first, *_ = (await (await client.get("/api/v1/tenants/acme/charges?limit=1")).get_json())["items"]
    assert (first["text"], first["micro"], first["currency"], first["begins"]) == (
        "Fax 2",
        490_000,
        "EUR",
        "2026-11-27",
    )
    table = await client.get("/api/v1/tenants/acme/charges/table?month=2026-11")
    assert (await table.get_data(as_text=True)).startswith("id,begins,ends,rate")
