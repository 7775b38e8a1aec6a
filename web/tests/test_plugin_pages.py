"""The operator's pages about plugins: settings, on and off, what waits for a restart, safe mode."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from web_people import HOST, Portal, build, post

from switchhook import Label, Module, hookimpl, setting
from switchhook.access.actor import SYSTEM
from switchhook.config import PluginSections
from switchhook.dispatch.loader import Source
from switchhook.store.directory import Directory
from switchhook.store.plugin_choices import stored_choices

PAGE = "/operator/plugins/book"


@attrs.frozen
class Tells(Module):
    kind = "tells"
    label = Label("Sagt", "Tells")


@attrs.frozen
class Book:
    lines: int = setting("integer", "Zeilen", "Lines", default=5, minimum=1, maximum=9)
    url: str = setting("text", "Adresse", "Address", default="https://localhost", pattern="https?://.*")
    key: str = setting("text", "Schlüssel", "Key", default="", secret=True)
    areas: tuple[str, ...] = setting("keys", "Tasten", "Keys", default=())

    @hookimpl
    def modules(self) -> list[type[Module]]:
        return [Tells]


SAYS = PluginSections(sections={"book": {"url": "https://file"}})


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    """A portal whose settings file says one of the plugin's settings."""
    sources = [Source("book", lambda: Book)]
    made = await build(tmp_path, lambda settings: attrs.evolve(settings, plugin=SAYS), sources=sources, given=SAYS)
    yield made
    await made.administration.store.close()


async def page(portal: Portal, path: str = PAGE, language: str = "") -> str:
    client = portal.client("operator")
    if language:
        await post(client, "/preferences", {"language": language}, role="operator")
    return await (await client.get(path)).get_data(as_text=True)


async def send(portal: Portal, path: str, **form: str) -> Any:
    return await post(portal.client("operator"), path, form, role="operator")


async def test_settings_are_changed_in_a_form_and_wait_for_a_restart(portal: Portal) -> None:
    first = await page(portal)
    assert 'name="lines"' in first
    assert 'name="url"' not in first
    assert "take it out of the file and restart" in first
    assert "Restart the portal now" not in first
    saved = await send(portal, PAGE, **{":version": "0", "lines": "7", "key": "hunter", "areas": ""})
    assert (saved.status_code, saved.headers["Location"]) == (303, PAGE)
    second = await page(portal)
    assert 'value="7"' in second
    assert "now: 5" in second
    assert "Waits for a restart of the portal: book" in second
    assert "hunter" not in second
    kept = (await stored_choices(portal.administration.store)).choices["book"]
    assert (kept.document, set(kept.sealed)) == ({"lines": 7}, {"key"})
    await send(portal, PAGE, **{":version": "1", "lines": "7", "key": "", "key:secret": "keep"})
    assert set((await stored_choices(portal.administration.store)).choices["book"].sealed) == {"key"}
    german = await page(portal, language="de")
    assert "Wartet auf einen Neustart des Portals: book" in german


async def test_what_is_wrong_stands_at_its_field_and_is_not_kept(portal: Portal) -> None:
    refused = await send(portal, PAGE, **{":version": "0", "lines": "70"})
    text = await refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert 'href="#f-lines">Lines</a>: must lie between 1 and 9, not 70' in text
    assert (await stored_choices(portal.administration.store)).choices == {}


async def test_a_setting_goes_back_to_its_default(portal: Portal) -> None:
    await send(portal, PAGE, **{":version": "0", "lines": "7"})
    assert (await send(portal, f"{PAGE}/default", key="lines", version="1")).status_code == 303
    assert (await stored_choices(portal.administration.store)).choices["book"].document == {}
    assert "Waits for a restart" not in await page(portal)
    await send(portal, PAGE, **{":version": "2", "lines": "7"})
    await send(portal, PAGE, **{":version": "3", "lines": ""})
    assert (await stored_choices(portal.administration.store)).choices["book"].document == {}


async def test_two_operators_see_both_sides(portal: Portal) -> None:
    await send(portal, PAGE, **{":version": "0", "lines": "7"})
    stale = await send(portal, PAGE, **{":version": "0", "lines": "8"})
    text = await stale.get_data(as_text=True)
    assert stale.status_code == 409
    assert "Before: 5" in text
    assert "Mine: 8" in text
    assert "Theirs: 7" in text
    form = {":version": "1", ":base": "0", "lines": "8", ":pick:lines": "mine"}
    assert (await send(portal, PAGE, **form)).status_code == 303
    assert (await stored_choices(portal.administration.store)).choices["book"].document == {"lines": 8}


async def test_a_plugin_that_live_flows_need_is_switched_off_after_one_question(portal: Portal) -> None:
    directory = Directory(portal.administration.store, portal.administration.clock)
    await directory.put_flow("acme", "main", "Hotline")
    flow = "flow: main\nstart: one\npoints:\n  one: {module: tells}\n"
    await directory.publish("acme", (await directory.add_version("acme", "main", flow)).id)
    asked = await send(portal, f"{PAGE}/switch", on="no")
    assert asked.status_code == 409
    assert '<a href="/t/acme/flows/main">Hotline</a>' in await asked.get_data(as_text=True)
    assert (await send(portal, f"{PAGE}/switch", on="no", anyway="yes")).status_code == 303
    assert "switched off here" in await page(portal)
    assert "waits for a restart" in await page(portal, "/operator/plugins")
    assert (await send(portal, f"{PAGE}/switch", on="yes")).status_code == 303
    assert "Waits for a restart" not in await page(portal)


async def test_the_portal_is_restarted_from_its_pages(portal: Portal) -> None:
    wished = await send(portal, "/operator/restart")
    assert wished.headers["Location"] == "/operator/restart/0"
    assert (await stored_choices(portal.administration.store)).restarts == 1
    client = portal.client("operator")
    waiting = await client.get("/operator/restart/0")
    assert "Calls go on." in await waiting.get_data(as_text=True)
    done = await client.get("/operator/restart/7", headers={"HX-Request": "true", **HOST})
    assert done.headers["HX-Redirect"] == "/operator/plugins"


async def test_safe_mode_is_told_on_every_page_of_the_operator_alone(tmp_path: Path) -> None:
    sources = [Source("book", lambda: Book), Source("web", object)]
    portal = await build(tmp_path, sources=sources, safe=True)
    try:
        plugins = await page(portal, "/operator/plugins")
        assert "left out in safe mode" in plugins
        assert "Restart with all plugins" in plugins
        for path in ("/operator", "/t/acme"):
            assert "The portal is in safe mode" in await page(portal, path)
        admin = await (await portal.client("admin").get("/t/acme")).get_data(as_text=True)
        assert "safe mode" not in admin
    finally:
        await portal.administration.store.close()


async def test_the_same_by_the_api(portal: Portal) -> None:
    at, headers = "/api/v1/plugins/book", {"Authorization": "Bearer api-operator", **HOST}
    client = portal.app.test_client(use_cookies=False)
    settings = await client.get(f"{at}/settings", headers=headers)
    assert settings.headers["ETag"] == '"1"'
    changed = await client.patch(f"{at}/settings", json={"lines": 7}, headers={**headers, "If-Match": '"1"'})
    lines = {one["key"]: one for one in (await changed.get_json())["items"]}
    assert (changed.status_code, changed.headers["ETag"], lines["lines"]["value"]) == (200, '"2"', "7")
    stale = await client.patch(f"{at}/settings", json={"lines": 8}, headers={**headers, "If-Match": '"1"'})
    said = await stale.get_json()
    assert (stale.status_code, said["current"]["fields"]["lines"], said["base"]["lines"]) == (412, 7, 5)
    wrong = await client.patch(f"{at}/settings", json={"url": "https://x"}, headers={**headers, "If-Match": '"2"'})
    assert (wrong.status_code, (await wrong.get_json())["problems"][0]["path"]) == (422, "url")
    assert (await (await client.get("/api/v1/portal", headers=headers)).get_json())["waits"] == ["book"]
    assert (await client.post(f"{at}/switch", json={"on": False}, headers=headers)).status_code == 204
    assert (await (await client.get(at, headers=headers)).get_json())["off_by"] == "portal"
    assert (await client.post("/api/v1/portal/restart", headers=headers)).status_code == 204
    assert [one.action for one in (await portal.administration.trail.of("operator", SYSTEM).page()).entries] == [
        "restart", "disable", "change",
    ]  # fmt: skip
