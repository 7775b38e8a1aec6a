"""What holds in the next days, and the quick form of a switch, in the browser."""

from __future__ import annotations

import pytest
from web_people import Portal, build, post

from switchhook.access.actor import SYSTEM
from switchhook.dispatch.loader import Source
from switchhook.flows.publish import Source as Source_
from switchhook.flows.publish import examine
from switchhook_hours import plugin
from switchhook_hours.setting import Wish, set_switch

PAGE = "/t/acme/x/hours/overview"


@pytest.fixture
async def portal(tmp_path):
    made = await build(tmp_path, sources=[Source("hours", lambda: plugin)])
    acme = made.administration.keeping.of("acme", SYSTEM)
    weekly = [{"days": "mon-fri", "start": "08:00", "end": "17:00"}]
    await acme.create("calendar", {"name": "Office", "weekly": weekly, "region": ""}, id="office")
    await acme.create("switch", {"name": "Night", "pin": "4711"}, id="night")
    yield made
    await made.administration.store.close()


async def text(portal: Portal, path: str = PAGE, **more) -> str:
    answer = await portal.client("admin").get(path, **more)
    assert answer.status_code == 200
    return await answer.get_data(as_text=True)


async def test_the_page_shows_what_holds_and_what_is_odd(portal):
    seen = await text(portal)
    assert "Without a country there are no public holidays." in seen
    assert seen.count('<th scope="row"') == 14
    assert "08:00" in seen
    assert "17:00" in seen
    german = await text(portal, headers={"Accept-Language": "de"})
    assert "Was jetzt gilt" in german
    assert "Ohne Land gibt es keine Feiertage." in german


async def test_what_is_odd_is_told_by_lists_forms_and_flows(portal):
    admin = portal.administration
    acme = admin.keeping.of("acme", SYSTEM)
    weekly = [{"days": "mon-fri", "start": "08:00", "end": "12:00"}, {"days": "tue", "start": "11:00", "end": "13:00"}]
    await acme.create("calendar", {"name": "Shop", "weekly": weekly}, id="shop")
    overlap = "the calendar &#39;Shop&#39;: Overlap: Monday to Friday 08:00-12:00 and Tuesday 11:00-13:00."
    for page in ("/t/acme/r/calendar", "/t/acme/r/calendar/shop"):
        assert overlap in await text(portal, page)
    german = await text(portal, "/t/acme/r/calendar", headers={"Accept-Language": "de"})
    assert "Kalender &#39;Office&#39;: Ohne Land gibt es keine Feiertage." in german
    await set_switch(admin, acme, "night", Wish(state="closed"))
    for days, rules in ((6, ["L11", "L11"]), (1, ["L11", "L11", "L12"])):
        admin.clock.advance(days * 86400)
        context = await admin.publishing.context("acme")
        assert sorted(rule for found in context.odd.values() for rule, _ in found) == rules
    left = "the switch &#39;Night&#39;: Overridden since 27 Nov 2026 and without an end"
    assert left in await text(portal, "/t/acme/r/switch")
    flow = (
        "flow: night\nlabel: Night\nstart: s\npoints:\n  s:\n    module: switch\n    settings: {switch: night}\n"
        "    exits: {'state:normal': hang-up, 'state:closed': hang-up}\n"
    )
    (examined,) = await examine([Source_(flow)], admin.publishing.modules, context)
    assert [(one.rule, one.path) for one in examined.findings if one.rule == "L12"] == [
        ("L12", "points.s.settings.switch")
    ]


async def test_every_page_says_that_a_switch_is_overridden_and_a_button_ends_it(portal):
    acme = portal.administration.keeping.of("acme", SYSTEM)
    await post(portal.client("admin"), "/t/acme/x/hours/switches/night", {"state": "closed", "until": "23:59"})
    told = "Night: closed, until 23:59, set by adam"
    for page in (PAGE, "/t/acme", "/t/acme/r/calendar"):
        assert told in await text(portal, page)
    assert "Zurück auf normal" in await text(portal, "/t/acme/r/switch", headers={"Accept-Language": "de"})
    nora = await portal.client("nobody").get("/t/acme")
    assert "data-notice" not in await nora.get_data(as_text=True)
    back = "/t/acme/x/hours/switches/night/back"
    done = await post(portal.client("admin"), back, {"then": "/t/acme/r/calendar?a=1"})
    assert (done.status_code, done.headers["Location"]) == (303, "/t/acme/r/calendar?a=1")
    assert (await acme.get("switch", "night")).value.state == ""
    assert "data-notice" not in await text(portal, "/t/acme/notices?page=/t/acme")
    assert (await post(portal.client("admin"), back, {"then": "https://evil.example"})).headers["Location"] == "/"


async def test_a_switch_is_set_for_a_while_and_let_go(portal):
    acme = portal.administration.keeping.of("acme", SYSTEM)
    client = portal.client("admin")
    form = {"state": "closed", "until": "23:59", "day": ""}
    assert (await post(client, "/t/acme/x/hours/switches/night", form)).status_code == 303
    kept = await acme.get("switch", "night")
    now = portal.administration.clock.now()
    assert (kept.value.at(now), kept.value.pin) == ("closed", "4711")
    assert kept.value.ends is not None
    assert kept.author != "system"
    assert "Night" in await text(portal, "/t/acme/x/hours/card")
    await post(client, "/t/acme/x/hours/switches/night", {"state": "gone"})
    said = await (await client.get(PAGE)).get_data(as_text=True)
    assert "there is no state &#39;gone&#39;; there are: normal, closed" in said
    assert (await acme.get("switch", "night")).version == 2
    diverted = {"state": "closed", "divert_to": "0221 12345", "until": "00:30"}
    await post(client, "/t/acme/x/hours/switches/night", diverted)
    kept = (await acme.get("switch", "night")).value
    assert (kept.divert_to, kept.until_day, kept.until) == ("+4922112345", "2026-11-28", "00:30"), (
        "the next half past midnight"
    )
    assert "diverts to 0221 12345, until 28 Nov 2026 00:30" in await text(portal)
    await post(client, "/t/acme/x/hours/switches/night", {**diverted, "state": "normal"})
    assert "Night" not in await text(portal, "/t/acme/x/hours/card")
    assert (await acme.get("switch", "night")).value.divert_to == ""
    assert (await post(client, "/t/acme/x/hours/switches/nobodys", form)).status_code == 404


async def test_the_api_sets_a_switch_for_a_while(portal):
    client, at = portal.client(), "/api/v1/tenants/acme/switches"
    token = {"Authorization": "Bearer api-admin"}

    async def put(**wish: str) -> tuple[int, dict]:
        answer = await client.put(f"{at}/night", json=wish, headers=token)
        return answer.status_code, await answer.get_json()

    status, told = await put(state="closed", divert_to="+49 221 12345", until="14:00")
    assert (status, told["divert_to"], told["usual"]) == (200, "+4922112345", False)
    assert told["ends"].startswith("2026-11-27T13:00")
    listed = await (await client.get(at, headers=token)).get_json()
    assert [(one["id"], one["state"], one["set_by"]) for one in listed["items"]] == [("night", "closed", "adam")]
    assert "Night: closed, diverts to 0221 12345, until 14:00, set by adam" in await text(portal, "/t/acme")
    for wish, path in (
        ({"state": "gone"}, "state"),
        ({"state": "closed", "divert_to": "110"}, "divert_to"),
        ({"divert_to": "+4922112345"}, "divert_to"),
        ({"state": "closed", "until": "14:00", "day": "2026-11-01"}, "until"),
        ({"state": "closed", "until": "25:00"}, "until"),
    ):
        status, told = await put(**wish)
        assert (status, [one["path"] for one in told["problems"]]) == (422, [path])
    status, told = await put()
    assert (status, told["state"], told["usual"], told["ends"]) == (200, "normal", True, None)
