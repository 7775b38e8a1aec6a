"""The library in the browser and the API: heard, uploaded, spoken, cut, rolled back; nobody else's."""

from __future__ import annotations

import io
import json

import pytest
from quart.datastructures import FileStorage
from web_people import ORIGIN, build, post

from switchhook.access.actor import SYSTEM
from switchhook.dispatch.loader import Source
from switchhook.speech.audio import to_wav, tone
from switchhook.store.migrations import migrate
from switchhook_announcements.plugin import AnnouncementsPlugin
from switchhook_announcements.speech import Speaking

from .conftest import Toning

WAV = to_wav(tone(440, 0.5))
HERE = "/t/acme/x/announcements/welcome"
API = "/api/v1/tenants/acme/announcements/welcome"


@pytest.fixture
async def portal(tmp_path, monkeypatch):
    plugin = AnnouncementsPlugin(free=1)
    monkeypatch.setattr(AnnouncementsPlugin, "speaking", lambda self: Speaking((Toning(),)))
    made = await build(tmp_path, sources=[Source("announcements", lambda: plugin)])
    assert await migrate(made.administration.store, plugin.migrations()) == []
    await made.administration.keeping.of("acme", SYSTEM).create("announcement", {"name": "Hello"}, id="welcome")
    made.administration.publishing.prompts.add("stock/goodbye", "de", WAV)
    yield made
    await made.administration.store.close()


async def seen(client, path=HERE, **headers):
    answer = await client.get(path, headers=headers)
    assert answer.status_code == 200, await answer.get_data(as_text=True)
    return await answer.get_data(as_text=True)


async def test_a_file_is_uploaded_heard_cut_and_rolled_back_in_the_browser(portal):
    client = portal.client("admin")
    assert "There is no version yet" in await seen(client)
    files = {"file": FileStorage(io.BytesIO(WAV), filename="a.wav")}
    await post(client, f"{HERE}/upload", {"live": "1"}, files=files)
    page = await seen(client)
    assert "The file is a new version." in page
    assert 'data-peaks="' in page
    part = await client.get(f"{HERE}/1/sound", headers={"Range": "bytes=0-43"})
    assert (part.status_code, (await part.get_data())[:4]) == (206, b"RIFF")
    await post(client, f"{HERE}/trim", {"no": "1", "begin": "0.1", "end": "0.3", "live": "1"})
    assert "Version 2" in await seen(client)
    record = await portal.administration.keeping.of("acme", SYSTEM).get("announcement", "welcome")
    await post(client, f"{HERE}/hear", {"no": "1", "version": str(record.version)})
    assert "Callers hear version 1." in await seen(client)
    await post(client, f"{HERE}/drop", {"no": "1"})
    assert "callers hear this version" in (await seen(client)).lower()
    await post(client, f"{HERE}/drop", {"no": "2"})
    assert "Version 2 was deleted." in await seen(client)
    files = {"file": FileStorage(io.BytesIO(b"<html>"), filename="a.wav")}
    await post(client, f"{HERE}/upload", files=files, headers={"Accept-Language": "de"})
    german = await seen(client, **{"Accept-Language": "de"})
    assert "speichern Sie sie als WAV, MP3, OGG oder M4A" in german
    assert "Datei hochladen" in german
    page = await seen(client, "/t/acme/x/announcements/")
    assert "stock/goodbye" in page
    assert 'href="/t/acme/x/announcements/welcome"' in page
    stock = await client.get("/t/acme/x/announcements/stock/de/stock/goodbye")
    assert (await stock.get_data()) == WAV


async def test_a_text_is_heard_first_and_kept_at_its_price(portal):
    client = portal.client("admin")
    page = await seen(client, f"{HERE}?text-de=Guten+Tag&voice-de=toning:tone-de")
    assert "Keep it free of charge" in page
    spoken = await client.get(f"{HERE}/spoken?text=Guten+Tag")
    assert (await spoken.get_data())[:4] == b"RIFF"
    await post(client, f"{HERE}/generate", {"text-de": "Guten Tag", "key": "first-key"})
    await post(client, f"{HERE}/generate", {"text-de": "Guten Tag", "key": "second-key"})
    assert "agree to that price first" in await seen(client)
    page = await seen(client, f"{HERE}?text-de=Guten+Tag")
    assert "Keep it for 0.49 EUR" in page
    await post(client, f"{HERE}/generate", {"text-de": "Guten Tag", "key": "second-key", "agreed": "0.49 EUR"})
    assert "Version 2" in await seen(client)
    both = "text-de=Guten+Tag&text-en=Good+morning"
    assert "Keep it for 0.98 EUR" in await seen(client, f"{HERE}?{both}")
    spoken = await client.get(f"{HERE}/spoken?text=Good+morning&language=en")
    assert (await spoken.get_data())[:4] == b"RIFF"
    form = {"text-de": "Guten Tag", "text-en": "Good morning", "key": "third-key", "agreed": "0.98 EUR", "live": "1"}
    await post(client, f"{HERE}/generate", form)
    page = await seen(client)
    assert page.count("Callers hear it<") + page.count("> Callers hear it") >= 2
    assert "toning" in page


async def asked(client, method, path, body=None, *, status, kind="application/json", **headers):
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    headers |= {"Host": "127.0.0.1:8080", "Origin": ORIGIN, "Sec-Fetch-Site": "same-origin", "Content-Type": kind}
    headers["X-CSRF-Token"] = "csrf-of-admin"
    answer = await client.open(path, method=method, data=data, headers=headers)
    content = await answer.get_data()
    assert answer.status_code == status, content
    return json.loads(content) if content[:1] == b"{" else content


async def test_all_of_it_by_the_api(portal):
    client = portal.client("admin")
    octets = "application/octet-stream"
    made = await asked(client, "POST", f"{API}/versions", WAV, status=200, kind=octets)
    assert (made["no"], made["source"], made["warnings"]) == (1, "upload", [])
    problem = await asked(client, "POST", f"{API}/versions", b"no sound", status=422, kind=octets)
    assert problem["code"] == "sound_refused"
    await asked(client, "POST", f"{API}/versions/1/trim", {"begin": 0.1}, status=200)
    assert [one["no"] for one in (await asked(client, "GET", f"{API}/versions", status=200))["items"]] == [2, 1]
    record = await portal.administration.keeping.of("acme", SYSTEM).get("announcement", "welcome")
    heard = await asked(client, "PUT", f"{API}/versions/1/heard", status=200, **{"If-Match": f'"{record.version}"'})
    assert heard["current"] == 1
    await asked(client, "DELETE", f"{API}/versions/1", status=409)
    await asked(client, "DELETE", f"{API}/versions/2", status=204)
    assert (await asked(client, "GET", f"{API}/versions/1/sound", status=200))[:4] == b"RIFF"
    wish = {"text": "Guten Tag", "key": "a-key-of-mine"}
    assert (await asked(client, "POST", f"{API}/speech", wish, status=200))["no"] == 2
    assert (await asked(client, "POST", f"{API}/speech", wish, status=200))["no"] == 2
    await asked(client, "POST", f"{API}/speech", {**wish, "key": "another-key"}, status=409)
    speech = await asked(client, "GET", "/api/v1/tenants/acme/announcement-speech", status=200)
    assert (speech["generated"], speech["left"], speech["price"]) == (1, 0, "0.49 EUR")
    stock = await asked(client, "GET", "/api/v1/tenants/acme/stock-prompts", status=200)
    assert [one["id"] for one in stock["items"]] == ["stock/goodbye"]


async def test_nobody_elses_and_nothing_without_the_right(portal):
    await portal.administration.keeping.of("other", SYSTEM).create("announcement", {"name": "Theirs"}, id="theirs")
    client = portal.client("admin")
    for path in (HERE, f"{HERE}/1/sound"):
        theirs = path.replace("welcome", "theirs")
        assert (await client.get(theirs)).status_code == 404
        assert (await portal.client("nobody").get(path)).status_code == 403
    for name in ("upload", "generate", "hear", "trim", "drop"):
        answer = await post(client, f"{HERE.replace('welcome', 'theirs')}/{name}", {"text-de": "Hallo", "no": "1"})
        assert answer.status_code == 404, name
    await asked(client, "GET", f"{API.replace('welcome', 'theirs')}/versions", status=404)


async def test_one_is_had_produced_by_the_page(portal):
    here, customer, operator = (
        "/t/acme/x/announcements/productions",
        portal.client("superadmin"),
        portal.client("operator"),
    )
    wish = {"title": "Hotline", "text": "Guten Tag.\r\nBitte warten.", "language": "de", "wishes": "eine helle Stimme"}
    await post(customer, f"{here}/ask", {**wish, "title": ""}, "superadmin")
    await post(customer, f"{here}/ask", wish, "superadmin")
    page = await seen(operator, here)
    assert "eine helle Stimme" in page
    id = page.split(f"{here}/")[1].split("/")[0]  # noqa: A001
    assert (
        await post(customer, f"{here}/{id}/quote", {"version": "1", "price": "1 EUR"}, "superadmin")
    ).status_code in (403, 404)
    await post(operator, f"{here}/{id}/quote", {"version": "1", "price": "cheap"}, "operator")
    await post(
        operator, f"{here}/{id}/quote", {"version": "1", "price": "120 EUR", "note": "in three days"}, "operator"
    )
    assert "Order for 120.00 EUR" in await seen(customer, here)
    await post(customer, f"{here}/{id}/accept", {"version": "2", "agreed": "120.00 EUR"}, "superadmin")
    files = {"file": FileStorage(io.BytesIO(WAV), filename="a.wav")}
    await post(operator, f"{here}/{id}/deliver", {"version": "3"}, "operator", files=files)
    assert "Delivered; they get a mail." in await seen(operator, here)
    page = await seen(customer, f"/t/acme/x/announcements/produced-{id}")
    assert "Callers hear it" in page
    assert "Announcement “Hotline” produced" in await seen(customer, "/t/acme/charges")
    listed = await asked(customer, "GET", "/api/v1/tenants/acme/produced-announcements", status=200)
    assert [(one["state"], one["price"], one["announcement"]) for one in listed["items"]] == [
        ("delivered", "120.00 EUR", f"produced-{id}")
    ]
