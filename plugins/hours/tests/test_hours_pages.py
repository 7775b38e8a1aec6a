"""What holds in the next days, and the quick form of a switch, in the browser."""

from __future__ import annotations

import pytest
from web_people import Portal, build, post

from switchhook.access.actor import SYSTEM
from switchhook.dispatch.loader import Source
from switchhook_hours import plugin

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
    assert (await acme.get("switch", "night")).version == 2
    await post(client, "/t/acme/x/hours/switches/night", {"state": "normal"})
    assert "Night" not in await text(portal, "/t/acme/x/hours/card")
    assert (await post(client, "/t/acme/x/hours/switches/nobodys", form)).status_code == 404
