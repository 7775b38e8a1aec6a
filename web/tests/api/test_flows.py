"""A flow from its first point to callers and back, by the API alone."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Any

import pytest

from .site import Client

ONE = "/flows/welcome"
on_sqlite = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # the database makes no difference
GERMAN = {"Accept_Language": "de-DE,en;q=0.5"}


@pytest.fixture
def sounds(administration: Any) -> None:
    for prompt in ("stock/unavailable", "open", "shut"):
        path: Path = administration.settings.data_dir / "sounds" / "en" / f"{prompt}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        with wave.open(str(path), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(8000)
            sound.writeframes(b"\0\0" * 800)
    administration.publishing.prompts.rescan()


async def made(api: Client) -> Any:
    asked = {"label": "Welcome", "language": "en", "settings": {"prompt": "open"}}
    answer = await api.post("/flow-templates/announcement", asked)
    assert (answer.status, answer.headers["Location"]) == (201, "/api/v1/tenants/acme/flows/welcome"), answer.body
    return answer


async def put(api: Client, answer: Any, drawing: Any) -> Any:
    return await api.ask("PUT", f"{ONE}/draft", {"drawing": drawing}, If_Match=answer.headers["ETag"])


async def publish(api: Client, answer: Any, message: str = "", **more: Any) -> Any:
    body = {"message": message, **more}
    return await api.post(f"{ONE}/publish", body, If_Match=answer.headers["ETag"])


def saying(drawing: Any, prompt: str, **exits: str) -> Any:
    first, *others = drawing["points"]
    first = {**first, "settings": {"prompts": [prompt]}, "exits": {**first["exits"], **exits}}
    return {**drawing, "points": [first, *others]}


async def test_a_flow_goes_from_a_template_to_callers_and_back_by_the_api_alone(api, sounds):
    draft = await made(api)
    broken = await put(api, draft, saying(draft.body["drawing"], "open", next="nowhere"))
    errors = [one["path"] for one in broken.body["findings"] if one["severity"] == "error"]
    assert errors == ["points.announcement.exits.next"], broken.body["findings"]
    refused = await publish(api, broken)
    assert (refused.status, refused.body["code"]) == (422, "publish_refused")
    assert refused.body["problems"]

    draft = await put(api, broken, draft.body["drawing"])
    live = await publish(api, draft, "First", accept_warnings=True)
    assert (live.status, live.body["version"], live.body["changed"]) == (200, 1, True), live.body
    number = {"number": "+4922112345", "name": "Main", "flow": "welcome"}
    assert (await api.of("operator").post("/numbers", number)).status == 201
    tried = await api.post("/numbers/+4922112345/try", {"caller": "+4930123456"})
    assert (tried.status, tried.body["path"]) == (200, ["announcement:next"])
    assert tried.body["steps"][0]["heard"][0]["prompt"] == "open"
    expected = await api.post(f"{ONE}/expectations", {"name": "Greets", "caller": "+4930123456"})
    assert (expected.status, expected.body["path"]) == (201, ["announcement:next"])

    draft = await api.get(f"{ONE}/draft")
    draft = await put(api, draft, saying(draft.body["drawing"], "shut"))
    said = await api.get(f"{ONE}/difference?before=1", **GERMAN)
    assert "shut" in said.body["items"][0]["words"]
    assert said.body != (await api.get(f"{ONE}/difference?before=1")).body
    assert (await publish(api, draft, "Second", accept_warnings=True)).body["version"] == 2
    assert [one["no"] for one in (await api.get(f"{ONE}/versions")).body["items"]] == [2, 1]
    back = await api.post(f"{ONE}/versions/1/publish", {"accept_warnings": True})
    assert (back.status, back.body["version"]) == (200, 1)
    assert (await api.get(ONE)).body["live"] == 1
    in_use = await api.ask("DELETE", ONE)
    assert (in_use.status, in_use.body["code"], in_use.body["uses"][0]["id"]) == (409, "flow_in_use", "+4922112345")


@on_sqlite
async def test_who_saves_over_another_gets_both_changes_put_together(api, sounds):
    draft = await made(api)
    drawing = draft.body["drawing"]
    await put(api, draft, {**drawing, "description": "Theirs"})
    stale = await put(api, draft, {**saying(drawing, "shut"), "description": "Mine"})
    assert (stale.status, stale.body["code"]) == (412, "stale_draft")
    assert stale.body["merged"]["points"][0]["settings"] == {"prompts": ["shut"]}
    assert stale.body["conflicts"] == [{"path": "description", "base": "", "mine": "Mine", "theirs": "Theirs"}]
    assert (stale.body["base"]["description"], stale.body["theirs"]["description"]) == ("", "Theirs")
    merged = {"drawing": {**stale.body["merged"], "description": "Mine"}, "based_on": stale.body["based_on"]}
    saved = await api.ask("PUT", f"{ONE}/draft", merged, If_Match=f'"{stale.body["revision"]}"')
    assert (saved.status, saved.body["drawing"]["description"]) == (200, "Mine")


@on_sqlite
async def test_what_goes_live_later_can_be_called_off_and_a_file_comes_back_as_it_was(api, sounds):
    draft = await made(api)
    plan = {"at": "2026-12-24T18:00:00+01:00", "revision": draft.body["revision"], "accept_warnings": True}
    planned = await api.post(f"{ONE}/plans", plan)
    assert (planned.status, planned.body["state"]) == (201, "waiting")
    assert (await api.get("/flow-plans")).body["items"] == (await api.get(f"{ONE}/plans")).body["items"]
    gone = await api.ask("DELETE", f"{ONE}/plans/{planned.body['id']}")
    assert (gone.status, gone.body["state"]) == (200, "cancelled")

    text = (await api.get(f"{ONE}/file")).text.replace("flow: welcome", "# kept\nflow: again")
    other = await api.post("/flow-files", text, Content_Type="application/yaml")
    assert (other.status, other.body["flow"]) == (201, "again"), other.body
    assert (await api.get("/flows/again/file")).text == text
    assert (await api.ask("DELETE", "/flows/again")).status == 204
    assert [one["id"] for one in (await api.get("/flow-trash")).body["items"]] == ["again"]
    assert (await api.post("/flows/again/restore")).status == 200
    listed = await api.get("/flows?search=welc&limit=1")
    assert [[one["id"], one["state"]] for one in listed.body["items"]] == [["again", "draft"]]
    rest = await api.ask("GET", "/flows", None)
    assert [one["id"] for one in rest.body["items"]] == ["again", "welcome"]


@on_sqlite
async def test_what_nothing_can_keep_is_refused_in_drawings_and_files(api, sounds):
    draft = await made(api)
    for label in ("\x00", "\ud800"):
        refused = await put(api, draft, {**draft.body["drawing"], "label": label})
        assert (refused.status, refused.body["problems"][0]["path"]) == (422, "drawing.label")
    refused = await api.post("/flow-files", 'flow: nul\nlabel: "a\\0b"\npoints: {}\n', Content_Type="application/yaml")
    assert (refused.status, refused.body["code"]) == (422, "settings")
