"""Price lists in the browser: the operator's to change, the tenant's to see (S66)."""

from __future__ import annotations

from web_people import Portal, post

LIST = {"name": "Prices 2026", "direction": "cost", "currency": "EUR", "valid_from": "2026-01-01", "valid_until": ""}
RATE = {
    "name": "Germany mobile", "price_list": "prices-2026", "country": "DE", "number_kind": "mobile",
    "per_call": "0,05", "per_minute": "0.069", "first_seconds": "60", "next_seconds": "1",
}  # fmt: skip


async def test_an_operator_makes_them_and_a_superadmin_looks(portal: Portal) -> None:
    operator, superadmin = portal.client("operator"), portal.client("superadmin")
    for kind, form in (("price-list", LIST), ("call-rate", RATE)):
        at = f"/t/acme/r/{kind}/_new"
        assert (await post(superadmin, at, form, "superadmin")).status_code == 403
        assert (await post(operator, at, form, "operator")).status_code == 303, kind
    page = await (await operator.get("/t/acme/r/call-rate")).get_data(as_text=True)
    assert "Germany mobile" in page
    assert "/t/acme/r/call-rate/_new" in page
    assert "0.069" in page, "a rate without its price tells nothing"
    german = await superadmin.get("/t/acme/r/call-rate/germany-mobile", headers={"Accept-Language": "de"})
    assert "Erster Takt" in await german.get_data(as_text=True)
    page = await (await superadmin.get("/t/acme/r/call-rate")).get_data(as_text=True)
    assert "Germany mobile" in page
    assert "/t/acme/r/call-rate/_new" not in page, "it is not theirs to make"
    wrong = await post(operator, "/t/acme/r/call-rate/_new", {**RATE, "country": "", "number_kind": "any"}, "operator")
    assert wrong.status_code == 422
    assert "for which numbers" in await wrong.get_data(as_text=True)
