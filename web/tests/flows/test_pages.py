"""The pages of flows, and what the picture asks the portal for."""

from __future__ import annotations

import copy
import html
import io
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import web_people
from quart.datastructures import FileStorage
from web_people import Portal, post

from switchhook.access.actor import SYSTEM
from switchhook.administration import NumberPool

from .hotline import VIEWER, portal_with_hotline

BASE = "/t/acme/flows/hotline"
JSON_HEADERS = {
    "Host": "127.0.0.1:8080",
    "Origin": web_people.ORIGIN,
    "Sec-Fetch-Site": "same-origin",
    "X-CSRF-Token": "csrf-of-admin",
}


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    made = await portal_with_hotline(tmp_path)
    yield made
    await made.administration.store.close()


@pytest.fixture
def client(portal: Portal) -> Any:
    return portal.client("admin")


async def boot(client: Any) -> dict[str, Any]:
    return await (await client.get(f"{BASE}/editor.json")).get_json()


async def put(client: Any, body: dict[str, Any], **headers: str) -> Any:
    return await client.put(f"{BASE}/draft", json=body, headers={**JSON_HEADERS, **headers})


async def text(client: Any, path: str) -> str:
    answer = await client.get(path)
    assert answer.status_code == 200, path
    return html.unescape(await answer.get_data(as_text=True))


async def sent(client: Any, path: str, form: dict[str, str] | None = None) -> str:
    answer = await post(client, path, form)
    assert answer.status_code == 303, html.unescape(await answer.get_data(as_text=True))
    return str(answer.headers["Location"])


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="(.*?)">', page, re.DOTALL)
    assert found, name
    return found[1]


async def test_the_picture_saves_drafts_and_hears_what_the_linter_says(client: Any):
    began = await boot(client)
    assert began["draft"]["document"]["points"]["menu"]["exits"]["key:1"] == "info"
    assert began["draft"]["shapes"]["menu"] == {"required": ["key:1", "timeout", "invalid"], "optional": ["error"]}
    assert (began["readOnly"], began["exits"]["no_answer"], began["exits"]["key:"]) == (False, "No answer", "Key {key}")
    assert {one["kind"] for one in began["modules"]} >= {"menu", "announcement", "forward"}
    flow = copy.deepcopy(began["draft"]["document"])
    flow["points"]["info"]["exits"]["next"] = "gone"
    flow["points"]["menu"]["position"] = [40, 80]
    saved = await (await put(client, {"revision": began["draft"]["revision"], "document": flow})).get_json()
    assert {"L01"} == {one["rule"] for one in saved["findings"] if one["path"] == "points.info.exits.next"}
    assert saved["document"]["points"]["menu"]["position"] == [40, 80]
    assert (await client.get(f"{BASE}/draft?after={saved['revision']}")).status_code == 204
    fresh = await (await client.get(f"{BASE}/draft?after={began['draft']['revision']}")).get_json()
    assert fresh["document"] == saved["document"]
    assert fresh["by"] == "adam"


async def test_an_unfinished_point_is_kept_and_a_circle_names_its_exits(client: Any):
    began = (await boot(client))["draft"]
    flow = copy.deepcopy(began["document"])
    flow["points"]["info"]["exits"]["next"] = "sorry"
    flow["points"]["sorry"]["exits"]["next"] = "info"
    flow["points"]["new"] = {"module": "menu", "label": "New", "settings": {"keys": ["5"]}, "exits": {}}
    saved = await (await put(client, {"revision": began["revision"], "document": flow})).get_json()
    circle = next(one for one in saved["findings"] if one["rule"] == "L03")
    assert sorted(circle["also"]) == ["points.info.exits.next", "points.sorry.exits.next"]
    assert "key:5" in saved["shapes"]["new"]["required"]


async def test_two_who_edit_lose_nothing_and_are_asked_where_both_changed_the_same(client: Any, portal: Portal):
    began = (await boot(client))["draft"]
    mine, theirs = copy.deepcopy(began["document"]), copy.deepcopy(began["document"])
    theirs["points"]["info"]["label"] = "Theirs"
    theirs["points"]["menu"]["label"] = "Choice"
    mine["points"]["sorry"]["label"] = "Mine"
    mine["points"]["menu"]["label"] = "Options"
    other = portal.client("superadmin")
    assert (
        await put(other, {"revision": began["revision"], "document": theirs}, **{"X-CSRF-Token": "csrf-of-superadmin"})
    ).status_code == 200
    answer = await put(client, {"revision": began["revision"], "base": began["document"], "document": mine})
    assert answer.status_code == 409
    met = await answer.get_json()
    labels = {name: point["label"] for name, point in met["merged"]["points"].items()}
    assert labels == {"menu": "Choice", "info": "Theirs", "sorry": "Mine"}
    assert [(one["path"], one["mine"], one["theirs"]) for one in met["clashes"]] == [
        ("points.menu.label", "Options", "Choice")
    ]
    assert met["draft"]["by"] == "sue"
    assert (await put(client, {"revision": met["draft"]["revision"], "document": met["merged"]})).status_code == 200


async def test_the_form_of_a_module_is_the_portals_and_says_what_is_wrong(client: Any):
    asked = {"module": "menu", "settings": {"prompts": ["demo/menu"], "keys": ["1"], "tries": 99}}
    found = await (await client.post(f"{BASE}/form", json=asked, headers=JSON_HEADERS)).get_json()
    assert [one["path"] for one in found["problems"]] == ["settings.tries"]
    assert "must lie between 1 and 20" in found["html"]
    fields = {"module": "menu", "prompts": "demo/menu", "keys": "7", "wait": "5", ":add": "keys"}
    found = await (await client.post(f"{BASE}/form", form=fields, headers=JSON_HEADERS)).get_json()
    assert found["settings"] == {"prompts": ["demo/menu"], "keys": ["7"]}  # and nothing that holds anyway
    assert (found["problems"], found["exits"]["required"]) == ([], ["key:7", "timeout", "invalid"])
    assert found["html"].count('name="keys"') == 2


async def test_who_may_only_look_gets_a_picture_to_read(portal: Portal, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(web_people.ACTORS, "viewer", VIEWER)
    viewer = portal.client("viewer")
    began = await boot(viewer)
    assert began["readOnly"] is True
    body = {"revision": began["draft"]["revision"], "document": began["draft"]["document"]}
    assert (await put(viewer, body, **{"X-CSRF-Token": "csrf-of-viewer"})).status_code == 403
    page = await text(viewer, f"{BASE}/list")
    assert "Add a point" not in page
    assert "/publish" not in page


async def test_the_list_does_what_the_picture_does(client: Any, portal: Portal):
    work = portal.administration.publishing.of("acme", SYSTEM)
    location = await sent(client, f"{BASE}/list/add", {"module": "announcement", "behind": "menu|key:1"})
    assert location == f"{BASE}/list/announcement"
    page = await text(client, location)
    form = {"was": hidden(page, "was"), "prompts": "demo/info", "point:label": "Hours", "exit:next": "info"}
    assert await sent(client, location, form) == f"{BASE}/list#point-announcement"
    points = {one["id"]: one for one in (await work.draft("hotline")).drawing["points"]}
    assert points["menu"]["exits"]["key:1"] == "announcement"
    assert (points["announcement"]["label"], points["announcement"]["exits"]) == ("Hours", {"next": "info"})
    assert points["announcement"]["settings"] == {"prompts": ["demo/info"]}
    await sent(client, f"{BASE}/list/announcement/move", {"behind": "menu|timeout"})
    assert await sent(client, f"{BASE}/list/info/duplicate") == f"{BASE}/list/info-2"
    await sent(client, f"{BASE}/list/info/delete")
    own = hidden(await text(client, f"{BASE}/list"), "was")
    await sent(client, f"{BASE}/list/flow", {"was": own, "label": "Renamed", "start": "announcement"})
    drawing = (await work.draft("hotline")).drawing
    leads = {one["id"]: one["exits"] for one in drawing["points"]}
    assert leads == {
        "menu": {"key:1": "menu", "timeout": "announcement", "invalid": "sorry"},
        "sorry": {"next": "hang-up"},
        "announcement": {"next": "sorry"},
        "info-2": {"next": "menu"},
    }
    assert (drawing["label"], drawing["start"]) == ("Renamed", "announcement")


async def test_the_list_asks_where_both_changed_the_same(client: Any, portal: Portal):
    work = portal.administration.publishing.of("acme", SYSTEM)
    page = await text(client, f"{BASE}/list/info")
    draft = await work.draft("hotline")
    others = copy.deepcopy(draft.drawing)
    others["points"][1] |= {"label": "Theirs", "cost_centre": "77"}
    await work.save_draft("hotline", draft.revision, others)
    form = {"was": hidden(page, "was"), "prompts": "demo/menu", "point:label": "Mine", "exit:next": "menu"}
    asked = await post(client, f"{BASE}/list/info", form)
    assert asked.status_code == 409
    question = html.unescape(await asked.get_data(as_text=True))
    answer = {name: hidden(question, name) for name in ("theirs", "merged", "clashes")}
    await sent(client, f"{BASE}/list/decide", {**answer, "side:0": "mine"})
    point = (await work.draft("hotline")).drawing["points"][1]
    assert (point["label"], point["cost_centre"], point["settings"]) == ("Mine", "77", {"prompts": ["demo/menu"]})


async def test_publish_difference_roll_back_and_plans(client: Any, portal: Portal):
    work = portal.administration.publishing.of("acme", SYSTEM)
    page = await text(client, f"{BASE}/publish")
    revision = hidden(page, "revision")
    refused = await post(client, f"{BASE}/publish", {"revision": revision, "message": "First"})
    assert refused.status_code == 422  # no number leads here: a warning that has to be seen
    await sent(client, f"{BASE}/publish", {"revision": revision, "message": "First", "seen": "1"})
    draft = await work.draft("hotline")
    changed = copy.deepcopy(draft.drawing)
    changed["points"][0]["exits"]["timeout"] = "hang-up"
    await work.save_draft("hotline", draft.revision, changed)
    assert re.search(r"What changes for callers.*Menu", await text(client, f"{BASE}/publish"), re.DOTALL)
    revision = hidden(await text(client, f"{BASE}/publish"), "revision")
    late = {"revision": revision, "message": "Later", "seen": "1", "at": "2027-01-01T08:00"}
    await sent(client, f"{BASE}/publish", late)
    history = await text(client, f"{BASE}/history")
    assert "Version 2 goes live at" in history
    (plan,) = await work.planned("hotline")
    assert (plan.at.isoformat(), plan.state) == ("2027-01-01T07:00:00+00:00", "waiting")
    await sent(client, f"{BASE}/plans/{plan.id}/cancel")
    await sent(client, f"{BASE}/publish", {"revision": str((await work.draft("hotline")).revision), "seen": "1"})
    history = await text(client, f"{BASE}/history?from=1&to=3")
    assert re.search(r'id="difference".*Menu.*<ol', history, re.DOTALL)
    await sent(client, f"{BASE}/versions/1/roll-back")
    assert (await work.flow("hotline")).live == 1
    assert "This is version 3 as it was" in await text(client, f"{BASE}/versions/3")
    assert (await (await client.get(f"{BASE}/editor.json?no=3")).get_json())["readOnly"] is True
    past = {"revision": "1", "seen": "1", "at": "2020-01-01T08:00"}
    assert (await post(client, f"{BASE}/publish", past)).status_code == 422


async def test_a_call_is_tried_and_kept_and_stops_a_publishing_it_does_not_fit(client: Any, portal: Portal):
    work = portal.administration.publishing.of("acme", SYSTEM)
    page = await text(client, f"{BASE}/try?go=1&keys=1,hangup&at=2026-12-24T18:00")
    assert re.search(r"Menu.*Key 1.*Info", page, re.DOTALL)
    assert '[{"point": "menu", "exit": "key:1"}, {"point": "info", "exit": "next"}' in page
    pressed = await text(client, f"{BASE}/try?go=1&keys=wait&press=1")
    assert 'name="keys" value="wait, 1"' in pressed
    assert re.search(r"Menu.*Key 1.*Info", pressed, re.DOTALL)
    assert 'name="keys" value="wait"' in await text(client, f"{BASE}/try?go=1&keys=wait, 1&press=back")
    await sent(client, f"{BASE}/expectations", {"name": "Key 1 informs", "keys": "1,hangup"})
    assert "green" in await text(client, f"{BASE}/expectations")
    draft = await work.draft("hotline")
    changed = copy.deepcopy(draft.drawing)
    changed["points"][0]["exits"]["key:1"] = "sorry"
    await work.save_draft("hotline", draft.revision, changed)
    assert "red" in await text(client, f"{BASE}/expectations")
    page = await text(client, f"{BASE}/publish")
    assert "Expectation “Key 1 informs” is red" in page
    assert 'name="message"' not in page
    (kept,) = await work.expectations("hotline")
    await sent(client, f"{BASE}/expectations/{kept.id}/delete")
    assert "There is no expectation yet" in await text(client, f"{BASE}/expectations")
    assert "is no action" in await text(client, f"{BASE}/try?go=1&keys=nonsense")


async def test_flows_begin_with_a_template_a_copy_or_a_file(client: Any, portal: Portal):
    page = await text(client, "/t/acme/flows/new")
    assert 'href="/t/acme/flows/new?begin=hotline"' in page
    begun = await text(client, "/t/acme/flows/new?begin=hotline")
    assert 'name="flow:label" maxlength="200" value="Hotline with menu"' in begun
    assert 'name="choices[0].key"' in begun, "the row that is needed anyway is there"
    new = {"begin": "hotline", "flow:label": "Größere Hotline", "flow:language": "en", "prompt": "demo/menu"}
    new |= {"choices[0].key": "1", "choices[0].target": "+4930123456"}
    assert await sent(client, "/t/acme/flows/new", new) == "/t/acme/flows/groessere-hotline"
    refused = await post(client, "/t/acme/flows/new", new | {"choices[0].key": "x"})
    assert refused.status_code == 422
    copied = {"begin": "copy", "copy_of": "hotline", "flow:label": "Second"}
    assert await sent(client, "/t/acme/flows/new", copied) == "/t/acme/flows/second"
    exported = await client.get(f"{BASE}/export")
    assert exported.headers["Content-Disposition"] == 'attachment; filename="hotline.yaml"'
    yaml = (await exported.get_data(as_text=True)).replace("flow: hotline", "flow: imported")
    answer = await client.post(
        "/t/acme/flows/new",
        form={"csrf": "csrf-of-admin", "begin": "yaml"},
        files={"file": FileStorage(io.BytesIO(f"# kept\n{yaml}".encode()), filename="flow.yaml")},
        headers={name: value for name, value in JSON_HEADERS.items() if name != "X-CSRF-Token"},
    )
    assert answer.status_code == 303, await answer.get_data(as_text=True)
    work = portal.administration.publishing.of("acme", SYSTEM)
    assert (await work.text("imported")).startswith("# kept\n")
    page = await text(client, "/t/acme/flows?sort=-label")
    assert re.search(r"Second.*Hotline.*Größere", page, re.DOTALL)
    assert "Second" not in await text(client, "/t/acme/flows?search=gr%C3%B6%C3%9F")


async def test_a_number_is_assigned_once_the_flow_is_live(client: Any, portal: Portal):
    administration = portal.administration
    await NumberPool(administration.numbers, SYSTEM).assign("+4930123456", "acme")
    assert "Publish the flow first" in await text(client, f"{BASE}/numbers")
    await sent(client, f"{BASE}/publish", {"revision": "1", "seen": "1"})
    assert "+4930123456" in await text(client, f"{BASE}/numbers")
    await sent(client, f"{BASE}/numbers", {"number": "+4930123456"})
    assert (await administration.publishing.of("acme", SYSTEM).flow("hotline")).numbers == ("+4930123456",)


async def test_a_number_is_searched_for_taken_off_and_led_back(client: Any, portal: Portal):
    administration, page = portal.administration, f"{BASE}/numbers"
    pool = NumberPool(administration.numbers, SYSTEM)
    await sent(client, f"{BASE}/publish", {"revision": "1", "seen": "1"})
    for n in range(55):
        await pool.assign(f"+49301234{n:02}", "acme", {"flow": "hotline"} if n == 54 else {})
    shown = await text(client, page)
    assert shown.count('<option value="+49') == 50
    assert "/t/acme/choices/number" in shown
    assert 'href="/t/acme/numbers/+4930123454"' in shown
    asked = "/t/acme/choices/number?as=pick&field=number&number:search=030+123453"
    assert re.findall(r'value="(\+\d+)"', await text(client, asked)) == ["+4930123453"]

    async def leads() -> str:
        return (await administration.numbers.of("acme", SYSTEM).get("+4930123454")).number.flow

    await sent(client, f"{page}/+4930123454/off")
    assert await leads() == ""
    shown = await text(client, page)
    assert 'action="/t/acme/flows/hotline/numbers/+4930123454/lead"' in shown
    await sent(client, f"{page}/+4930123454/lead")
    assert await leads() == "hotline"
    await sent(client, page, {"number": ""})
    assert "Choose a number first." in await text(client, page)
    await sent(client, f"{page}/+4930123400/off")
    assert "does not lead here" in await text(client, page)
    assert (await post(portal.client("user"), f"{page}/+4930123454/off", role="user")).status_code == 403


async def test_a_flow_is_renamed_in_its_draft_and_others_see_who_edited_it(client: Any, portal: Portal):
    assert 'name="was" value="Hotline"' in await text(client, f"{BASE}/rename")
    nameless = await post(client, f"{BASE}/rename", {"label": "  ", "was": "Hotline"})
    assert (nameless.status_code, "Give the flow a name." in await nameless.get_data(as_text=True)) == (422, True)
    assert await sent(client, f"{BASE}/rename", {"label": "Helpline", "was": "Hotline"}) == f"{BASE}/"
    assert (await boot(client))["draft"]["document"]["label"] == "Helpline"
    met = await post(client, f"{BASE}/rename", {"label": "Desk", "was": "Hotline"})
    assert (met.status_code, "Helpline" in await met.get_data(as_text=True)) == (409, True)
    portal.administration.clock.advance(120)
    assert "adam edited this draft 2 minutes ago." in await text(portal.client("superadmin"), BASE)
    assert "edited this draft" not in await text(client, BASE)


async def test_a_flow_goes_into_the_trash_when_nothing_leads_to_it_and_comes_back(client: Any, portal: Portal):
    operator = web_people.ACTORS["operator"][1]
    await NumberPool(portal.administration.numbers, operator).add(["+4930100"])
    await NumberPool(portal.administration.numbers, operator).assign("+4930100", "acme", {"flow": "hotline"})
    refused = await post(client, f"{BASE}/delete")
    page = await refused.get_data(as_text=True)
    assert (refused.status_code, 'href="/t/acme/numbers/+4930100"' in page, "30 days" in page) == (409, True, False)
    await portal.administration.numbers.of("acme", SYSTEM).assign("+4930100", "")
    assert "30 days" in await text(client, f"{BASE}/delete")
    gone = await post(client, f"{BASE}/delete")
    assert gone.headers["Location"] == "/t/acme/flows"
    assert f'action="{BASE}/restore"' in await text(client, "/t/acme/flows")
    trash = await text(client, "/t/acme/trash")
    assert (">Hotline</a>" in trash, f'action="{BASE}/restore"' in trash, "The trash is empty" in trash) == (
        True,
        True,
        False,
    )
    assert await sent(client, f"{BASE}/restore") == BASE
    assert (await boot(client))["draft"]["document"]["label"] == "Hotline"
    assert ">Hotline</a>" not in await text(client, "/t/acme/trash")
