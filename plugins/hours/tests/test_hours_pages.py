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
