"""The stream of the API: what it says, and to whom."""

from __future__ import annotations

import asyncio
import json

import pytest

from switchhook import Label
from switchhook.portal.administration import Administration

from .site import Client

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # the database makes no difference


async def test_a_program_hears_of_alerts_and_records_by_its_token(api: Client, administration: Administration):
    client = api.app.test_client(use_cookies=False)
    headers = {"Authorization": "Bearer kim", "Accept": "text/event-stream"}
    async with asyncio.timeout(30), client.request(f"{api.base}/live?on=alerts,contact", headers=headers) as stream:
        await stream.send_complete()
        assert (await stream.receive()).startswith(b":")
        assert stream.status_code == 200
        assert stream.headers["Content-Type"] == "text/event-stream"
        await administration.alerts.raise_("acme", "sample", "one", Label("So", "So"))
        first = (await stream.receive()).decode().splitlines()
        await api.post("/resources/contact", {"fields": {"name": "Kim"}})
        second = (await stream.receive()).decode().splitlines()
        await stream.disconnect()
    assert (first[0], second[0]) == ("event: live:alerts", "event: live:contact")
    data = json.loads(first[2].removeprefix("data: "))
    assert data == {"topic": "alerts", "at": first[1].removeprefix("id: ")}


async def test_it_is_refused_as_everything_else_is(api: Client):
    for token, path, said in [
        ("viewer", "/live?on=calls", (403, "forbidden")),
        ("kim", "/live?on=nonsense", (404, "not_found")),
        ("kim", "/live?of=calls", (400, "bad_request")),
    ]:
        answer = await api.of(token).get(path)
        assert (answer.status, answer.body["code"]) == said
    assert (await api.get("/live", Accept="application/json")).status == 406
    assert (await api.ask("HEAD", "/live")).status == 200
    assert api.app.extensions["streams"].count == 0


async def test_it_is_described(api: Client):
    document = (await api.get("/api/v1/openapi.json")).body
    one = document["paths"]["/tenants/{tenant}/live"]["get"]
    assert list(one["responses"]["200"]["content"]) == ["text/event-stream"]
    assert "`live:TOPIC`" in one["description"]
    assert "429" in one["responses"]
