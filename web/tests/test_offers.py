"""From a demo to a customer in the browser and by the API: an offer is made, read, accepted, and proven (S04)."""

from __future__ import annotations

import hashlib
import io
from types import SimpleNamespace

import pytest
from sqlalchemy import update
from web_people import HOST, Portal, post
from werkzeug.datastructures import FileStorage

from switchhook.store import tables

PDF = b"%PDF-1.7\n1 0 obj << >> endobj\n%%EOF\n"
SCAN = b"\x89PNG\r\n\x1a\n" + b"p" * 40
AT, API = "/t/acme/offers", "/api/v1/tenants/acme/offers"
ASKED = {"title": "Telephony <M>", "price": "49 EUR\na month", "valid_until": "2026-12-31"}


def file(content: bytes) -> dict[str, FileStorage]:
    return {"file": FileStorage(io.BytesIO(content), filename="../../etc/offer.exe", content_type="text/html")}


@pytest.fixture
async def demo(portal: Portal) -> Portal:
    """The same portal, with acme as a demo."""
    async with portal.administration.store.write() as conn:
        await conn.execute(update(tables.tenant).where(tables.tenant.c.id == "acme").values(state="demo"))
    return portal


async def text(portal, role, path):
    answer = await portal.client(role).get(path, headers=HOST)
    return answer.status_code, await answer.get_data(as_text=True)


async def made(portal) -> None:
    answer = await post(portal.client("operator"), f"{AT}/_new", ASKED, "operator", files=file(PDF))
    assert (answer.status_code, answer.headers["Location"]) == (303, AT)


async def told(client, path: str) -> str:
    return await (await client.get(path, headers=HOST)).get_data(as_text=True)


async def test_an_offer_is_made_read_signed_and_the_demo_becomes_active(demo):
    client = demo.client("operator")
    refused = await post(client, "/operator/tenants/acme/state", {":version": "1", "state": "active"}, "operator")
    assert refused.status_code == 303
    assert "has not accepted an offer yet" in await told(client, "/operator/tenants/acme")
    await made(demo)
    page = (await text(demo, "superadmin", AT))[1]
    for words in ("Telephony &lt;M&gt;", "49 EUR<br>a month", "31 Dec 2026", hashlib.sha256(PDF).hexdigest()):
        assert words in page
    answer = await demo.client("superadmin").get(f"{AT}/1/document", headers=HOST)
    assert (await answer.get_data(), answer.content_type) == (PDF, "application/pdf")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="offer-1.pdf"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    client = demo.client("superadmin")
    await post(client, f"{AT}/1/sign", {":version": "1", "name": "Sue Winter"}, "superadmin")
    page = await told(client, AT)
    assert ("Sue Winter" in page, "accepted" in page, "Accept the offer" in page) == (True, True, False)
    assert "is what it was" in (await text(demo, "superadmin", f"{AT}/1/check"))[1]
    assert "Full name" not in (await text(demo, "nobody", AT))[1]
    client = demo.client("operator")
    await post(client, "/operator/tenants/acme/state", {":version": "1", "state": "active"}, "operator")
    assert "acme is now: Active" in await told(client, "/operator/tenants/acme")


async def test_a_signed_copy_is_taken_by_what_it_holds_and_can_be_had_again(demo):
    await made(demo)
    client = demo.client("superadmin")
    await post(client, f"{AT}/1/copy", {":version": "1"}, "superadmin", files=file(b"<html>"))
    assert "not of a kind that is taken here" in await told(client, AT)
    await post(client, f"{AT}/1/copy", {":version": "1"}, "superadmin", files=file(SCAN))
    answer = await client.get(f"{AT}/1/signed", headers=HOST)
    assert (await answer.get_data(), answer.content_type) == (SCAN, "image/png")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="signed-1.png"'


async def test_it_is_declined_with_a_reason_and_withdrawn_by_the_operator_alone(demo):
    await made(demo)
    await made(demo)
    client = demo.client("superadmin")
    await post(client, f"{AT}/1/decline", {":version": "1", "reason": ""}, "superadmin")
    assert "Something is missing" in await told(client, AT)
    await post(client, f"{AT}/1/decline", {":version": "1", "reason": "<too much>"}, "superadmin")
    assert "&lt;too much&gt;" in await told(client, AT)
    assert (await post(client, f"{AT}/2/withdraw", {":version": "1"}, "superadmin")).status_code == 403
    await post(demo.client("operator"), f"{AT}/2/withdraw", {":version": "1"}, "operator")
    await post(client, f"{AT}/2/sign", {":version": "2", "name": "Sue Winter"}, "superadmin")
    assert "This offer was withdrawn." in await told(client, AT)


async def test_nobody_else_decides_makes_or_even_sees(demo):
    await made(demo)
    for role in ("admin", "operator"):
        assert "Accept the offer" not in (await text(demo, role, AT))[1]
        for way in ("sign", "copy", "decline"):
            form = {":version": "1", "name": "X Y", "reason": "no"}
            assert (await post(demo.client(role), f"{AT}/1/{way}", form, role)).status_code == 403, (role, way)
    assert (
        await post(demo.client("superadmin"), f"{AT}/_new", ASKED, "superadmin", files=file(PDF))
    ).status_code == 403
    for path in (AT, f"{AT}/1/document", f"{AT}/1/check"):
        assert [(await text(demo, role, path))[0] for role in ("nobody", "user", "stranger", "")] == [
            403,
            403,
            404,
            401,
        ]
    assert (await text(demo, "superadmin", f"{AT}/1/signed"))[0] == 404
    assert (await text(demo, "stranger", "/t/other/offers/1/document"))[0] == 404


async def test_a_form_that_does_not_fit_is_shown_again_and_a_large_file_refused(demo):
    client = demo.client("operator")
    answer = await post(client, f"{AT}/_new", {"title": "", "valid_until": "2020-01-01"}, "operator", files=file(PDF))
    assert (answer.status_code, "alert-danger" in await answer.get_data(as_text=True)) == (422, True)
    await post(client, f"{AT}/_new", ASKED, "operator", files=file(PDF[:8] + b"x" * (5 << 20) + b"%%EOF"))
    assert "too large" in await told(client, AT)
    assert "There is no offer" in (await text(demo, "superadmin", AT))[1]


async def ask(demo, role, method, path, **more):
    headers = {"Authorization": f"Bearer api-{role}", **more.pop("headers", {})}
    answer = await demo.client().open(path, method=method, headers=headers, **more)
    said = await answer.get_json() if "json" in (answer.content_type or "") else await answer.get_data()
    return SimpleNamespace(status=answer.status_code, body=said, headers=answer.headers)


async def test_the_api_does_the_same_with_the_same_rights(demo):
    pdf, query = {"Content-Type": "application/pdf"}, "?title=Telephony&valid_until=2026-12-31"
    missing = await ask(
        demo, "operator", "POST", "/api/v1/tenants/acme/state", json={"state": "active"}, headers={"If-Match": '"1"'}
    )
    assert (missing.status, missing.body["code"]) == (409, "offer_missing")
    assert (await ask(demo, "superadmin", "POST", API + query, data=PDF, headers=pdf)).status == 403
    odd = await ask(demo, "operator", "POST", API + query, data=b"\xff\x00", headers=pdf)
    assert (odd.status, odd.body["code"]) == (422, "offer_file")
    offer = await ask(demo, "operator", "POST", API + query, data=PDF, headers=pdf)
    assert (offer.status, offer.body["state"], offer.headers["ETag"]) == (201, "open", '"1"')
    assert offer.headers["Location"] == f"{API}/1"
    first = {"If-Match": '"1"'}
    for role in ("admin", "operator"):
        assert (await ask(demo, role, "POST", f"{API}/1/sign", json={"name": "A B"}, headers=first)).status == 403
    short = await ask(demo, "superadmin", "POST", f"{API}/1/sign", json={}, headers=first)
    assert (short.status, short.body["problems"][0]["path"]) == (422, "name")
    late = await ask(demo, "superadmin", "POST", f"{API}/1/sign", json={"name": "A B"}, headers={"If-Match": '"9"'})
    assert (late.status, late.body["code"]) == (412, "stale")
    scan = {"Content-Type": "image/png", **first}
    signed = await ask(demo, "superadmin", "POST", f"{API}/1/bring-signed", data=SCAN, headers=scan)
    assert (signed.status, signed.body["state"], signed.body["how"]) == (200, "accepted", "scan")
    assert (await ask(demo, "superadmin", "GET", f"{API}/1/document")).body == PDF
    assert (await ask(demo, "superadmin", "GET", f"{API}/1/signed")).body == SCAN
    proofs = (await ask(demo, "superadmin", "GET", f"{API}/1/verification")).body["items"]
    assert [(one["part"], one["whole"]) for one in proofs] == [("document", True), ("scan", True)]
    closed = await ask(
        demo, "superadmin", "POST", f"{API}/1/decline", json={"reason": "no"}, headers={"If-Match": '"2"'}
    )
    assert (closed.status, closed.body["code"]) == (409, "offer_closed")
