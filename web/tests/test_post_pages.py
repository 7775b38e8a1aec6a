"""Alerts, mails, their words, and webhooks as people see them."""

from __future__ import annotations

import re

import pytest
from seeded import put_call
from sqlalchemy import update
from web_people import ACTORS, NOW, Portal, post

from switchhook import Label
from switchhook.access.actor import ALL_RIGHTS, Actor
from switchhook.store.tables_orders import work_order
from switchhook.webhooks.deliveries import tell
from switchhook.webhooks.events import Told

HOST = {"Host": "127.0.0.1:8080"}
KIM = Actor("kim", ALL_RIGHTS, "admin")
SECRET = "a-secret-of-the-tests"


async def see(portal: Portal, path: str, role: str = "admin", language: str = "en") -> str:
    client = portal.client(role)
    client.set_cookie("127.0.0.1", "switchhook-language", language)
    response = await client.get(path, headers=HOST)
    assert response.status_code == 200, (path, response.status_code)
    return re.sub(r"\s+", " ", await response.get_data(as_text=True))


async def do(portal: Portal, path: str, form: dict[str, str] | None = None, role: str = "admin") -> tuple[int, str]:
    response = await post(portal.client(role), path, form, role)
    return response.status_code, await response.get_data(as_text=True)


async def test_alerts_are_counted_seen_taken_care_of_and_closed(portal: Portal) -> None:
    alerts = portal.administration.alerts
    text = Label("Ein Anruf fand keinen Weg", "A call found no way <b>")
    await alerts.raise_("acme", "call.lost_way", "x", text, label="Hotline", link="/mail")
    await alerts.raise_("operator", "mail.server", "x", Label("Server weg", "Server gone"))
    page = await see(portal, "/t/acme/alerts")
    assert "A call found no way &lt;b&gt;" in page
    assert 'aria-label="1 open alert"' in page
    assert "Warning" in page
    assert "call.lost_way" not in page
    assert "Server gone" not in page
    assert "Ein Anruf fand keinen Weg" in await see(portal, "/t/acme/alerts", language="de")
    assert "Server gone" in await see(portal, "/operator/alerts", "operator")

    number = (await alerts.of("acme", KIM).page()).alerts[0].id
    assert (await do(portal, f"/t/acme/alerts/{number}/acknowledge"))[0] == 303
    page = await see(portal, "/t/acme/alerts")
    assert "somebody takes care" in page
    assert 'aria-label="0 open alerts"' in page
    assert (await do(portal, f"/t/acme/alerts/{number}/close"))[0] == 303
    assert "Nothing needs you" in await see(portal, "/t/acme/alerts")
    assert "A call found no way" in await see(portal, "/t/acme/alerts?state=closed")
    assert (await do(portal, f"/t/acme/alerts/{number}/explode"))[0] == 404
    assert (await do(portal, f"/t/other/alerts/{number}/close", role="stranger"))[0] == 404
    assert (await do(portal, f"/t/acme/alerts/{number}/close", role="user"))[0] == 403


async def test_the_dashboard_tells_of_new_alerts_and_of_what_is_kept(portal: Portal) -> None:
    alerts = portal.administration.alerts
    for n in range(4):
        await alerts.raise_("acme", "call.lost_way", str(n), Label(f"Verirrt {n}", f"Lost {n} <b>"))
    await alerts.raise_("other", "call.lost_way", "x", Label("Fremd", "Foreign"))
    await alerts.raise_("operator", "mail.server", "x", Label("Server weg", "Server gone"))
    await put_call(portal, "c-1", "+4930100")
    await put_call(portal, "c-2", "+4930200", ago=90000)
    await put_call(portal, "c-3", "+4930100", tenant="other")
    assert '"/t/acme/cards/alerts"' in (page := await see(portal, "/t/acme"))
    assert '"/t/acme/cards/kept"' in page
    card = await see(portal, "/t/acme/cards/alerts")
    assert '<div class="h1 mb-1 numeric">4</div>' in card
    assert [f"Lost {n} &lt;b&gt;" in card for n in range(4)] == [False, True, True, True]
    assert 'href="/t/acme/alerts"' in card
    assert "Foreign" not in card
    operators = await see(portal, "/operator/cards/alerts", "operator")
    assert "Server gone" in operators
    assert 'href="/operator/alerts"' in operators
    assert '2</div> <p class="mb-1">Anrufe sind aufbewahrt' in await see(portal, "/t/acme/cards/kept", language="de")
    assert "0 mails in the log" in (kept := await see(portal, "/t/acme/cards/kept"))
    assert "Deleted after 90 days" in kept
    some = await see(portal, "/t/acme/cards/kept", "user")
    assert '1</div> <p class="mb-1">call is kept' in some
    assert "mail" not in some


async def test_mail_about_alerts_can_be_turned_off_by_each_for_himself(portal: Portal) -> None:
    assert "No more mail about these" in await see(portal, "/t/acme/alerts")
    assert (await do(portal, "/t/acme/alerts/mail", {"wanted": "no"}))[0] == 303
    assert "Send me mail about these" in await see(portal, "/t/acme/alerts")
    assert "No more mail about these" in await see(portal, "/t/acme/alerts", "superadmin")


async def test_the_mail_log_says_what_became_of_a_mail_and_never_what_it_says(portal: Portal) -> None:
    mail = portal.administration.post
    async with portal.administration.store.write() as conn:
        values = {"link": "https://portal.example/set-password/secret-token"}
        number = await mail.send(
            conn, tenant="acme", to="kim@example.org", template="invitation", values=values, language="de"
        )
    page = await see(portal, "/t/acme/mail")
    assert "kim@example.org" in page
    assert "secret-token" not in page
    assert "No mail gets out" in page
    assert "Einladung" in await see(portal, "/t/acme/mail", language="de")
    assert "kim@example.org" not in await see(portal, "/t/acme/mail?state=bounced")
    assert "kim@example.org" not in await see(portal, "/t/other/mail", "stranger")
    assert (await do(portal, f"/t/acme/mail/{number}/resend"))[0] == 303
    assert (await do(portal, f"/t/other/mail/{number}/resend", role="stranger"))[0] == 404


async def test_words_of_a_mail_are_tried_kept_and_given_up_again(portal: Portal) -> None:
    here = "/t/acme/mail/templates/test/en"
    assert "as delivered" in await see(portal, "/t/acme/mail/templates")
    page = await see(portal, here)
    assert "Test mail from Switchhook" in page
    assert "{at}" in page
    own = {"subject": "Ours <i>", "body": "It is {at}."}
    status, page = await do(portal, here, {**own, ":version": "0", "preview": "yes"})
    assert status == 200
    assert "It is 2026-11-27 12:00 UTC." in page
    assert "Ours &lt;i&gt;" in page
    assert "your own" not in await see(portal, "/t/acme/mail/templates")
    status, page = await do(portal, here, {**own, "body": "{password}", ":version": "0"})
    assert status == 422
    assert "there is no placeholder {password}" in page
    assert (await do(portal, here, {**own, ":version": "0"}))[0] == 303
    assert "your own" in await see(portal, "/t/acme/mail/templates")
    assert (await do(portal, here, {**own, "body": "Another", ":version": "7"}))[0] == 409
    assert (await do(portal, f"{here}/reset", {"version": "1"}))[0] == 303
    assert "Test mail from Switchhook" in await see(portal, here)
    for nowhere in ("/t/acme/mail/templates/nothing/en", "/t/acme/mail/templates/test/fr"):
        assert (await portal.client("admin").get(nowhere, headers=HOST)).status_code == 404


async def test_a_webhook_is_made_tried_changed_and_its_events_sent_again(portal: Portal) -> None:
    assert "No program is told of anything yet" in await see(portal, "/t/acme/webhooks")
    form = {
        "name": "CRM",
        "url": "https://crm.example/hook",
        "secret": SECRET,
        "events": "call.ended",
        "active": "true",
    }
    status, page = await do(portal, "/t/acme/webhooks", {**form, "url": "gopher://x/", "secret": "short"})
    assert status == 422
    assert "must be 16 to 200 plain characters without blanks" in page
    assert (await do(portal, "/t/acme/webhooks", form))[0] == 303
    assert SECRET not in await see(portal, "/t/acme/webhooks/crm/edit")
    changed = {"name": "CRM", "url": "https://crm.example/new", "events": "call.ended\ncall.started", "active": "true"}
    assert (await do(portal, "/t/acme/webhooks/crm", {**changed, ":version": "1"}))[0] == 303
    record = await portal.administration.keeping.of("acme", KIM).get("webhook", "crm")
    assert (record.value.secret, record.value.url) == (SECRET, "https://crm.example/new")

    async with portal.administration.store.write() as conn:
        await tell(conn, Told("acme", "call.ended", "c1/ended", NOW, {"n": "<script>"}), NOW)
    page = await see(portal, "/t/acme/webhooks/crm")
    assert "c1/ended" in page
    assert "&lt;script&gt;" in page
    assert "Anruf ist zu Ende" in await see(portal, "/t/acme/webhooks/crm", language="de")
    (one,) = (await portal.administration.webhooks.of("acme", KIM).page()).deliveries
    assert (await do(portal, f"/t/acme/webhooks/crm/deliveries/{one.id}/redeliver"))[0] == 303
    assert (await do(portal, "/t/acme/webhooks/crm/ping"))[0] == 303
    assert "Test event" in await see(portal, "/t/acme/webhooks/crm")
    assert (await do(portal, "/t/acme/webhooks/crm/delete", {"version": "2"}))[0] == 303
    assert (await portal.client("admin").get("/t/acme/webhooks/crm", headers=HOST)).status_code == 404
    assert (await do(portal, "/t/acme/webhooks/crm/restore"))[0] == 303
    assert "CRM" in await see(portal, "/t/acme/webhooks")


@pytest.mark.parametrize("path", ["alerts", "mail", "mail/templates", "webhooks", "webhooks/+new"])
async def test_nobody_sees_them_without_the_right(portal: Portal, path: str) -> None:
    assert (await portal.client("user").get(f"/t/acme/{path}", headers=HOST)).status_code == 403
    assert (await portal.client("stranger").get(f"/t/acme/{path}", headers=HOST)).status_code == 404
    assert (await portal.client().get(f"/t/acme/{path}", headers=HOST)).status_code == 401


async def test_the_operator_tries_orders_again_and_discards_them(portal: Portal) -> None:
    administration = portal.administration
    for once in ("1", "2"):
        await administration.orders.give("acme", "gone.work", {"who": "<b>"}, once=once)
    async with administration.store.write() as conn:
        await conn.execute(update(work_order).values(state="dead", why="the host is away"))
    assert "the host is away" in await see(portal, "/operator/orders", role="operator")
    assert "Aufträge" in await see(portal, "/operator/orders", role="operator", language="de")
    (second, first) = (await administration.order_care.of(ACTORS["operator"][1]).page()).orders
    assert (await do(portal, f"/operator/orders/{first.id}/again", {}, role="admin"))[0] in (403, 404)
    assert (await do(portal, f"/operator/orders/{first.id}/again", {}, role="operator"))[0] == 303
    assert (await do(portal, f"/operator/orders/{second.id}/drop", {}, role="operator"))[0] == 303
    assert "No order needs you" in await see(portal, "/operator/orders", role="operator")
    assert (await do(portal, f"/operator/orders/{second.id}/drop", {}, role="operator"))[0] == 404
