"""Every list that is told in pages: page by page it holds the same as whole (made from the operations)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

from seeded import put_call
from sqlalchemy import insert

from switchhook import Label, Money
from switchhook.access.actor import SYSTEM
from switchhook.charges.charge import Cost
from switchhook.speech.audio import to_wav, tone
from switchhook.store import tables
from switchhook.store.tables_orders import work_order
from switchhook_web.api.operation import Operation

from .site import NOW, Client

NUMBERS = ("+4922112341", "+4922112342", "+4922112343")
FIELDS: dict[str, dict[str, Any]] = {
    "mail-template": {
        "name": None,
        "template": "password_reset",
        "language": "de",
        "subject": "Hello",
        "body": "Hello",
    },
    "price-list": {"valid_from": "2026-01-01"},
    "call-rate": {"price_list": "kim", "prefix": "+33"},
    "verified-number": {"number": "+4989555001", "proof": "its bill"},
    "webhook": {"secret": "x" * 16, "url": "https://hooks.example.org/", "events": ["flow.published"]},
}
"""What a kind needs beside its name."""
NAMES = {"id": "kim", "number": NUMBERS[0], "tenant": "acme"}


async def seeded(api: Client) -> None:
    """At least two of everything there is a list of."""
    above, administration = api.of("operator"), api.app.extensions["administration"]
    pool = {"numbers": [*NUMBERS, "+4922112344", "+4922112345"]}
    assert (await above.post("/api/v1/free-numbers", pool)).status == 200
    for number in NUMBERS:
        assert (await above.post("/numbers", {"number": number})).status == 201
    for name in ("One", "Two"):
        seen = await api.get(f"/numbers/{NUMBERS[0]}")
        await api.ask("PATCH", f"/numbers/{NUMBERS[0]}", {"name": name}, If_Match=seen.headers["ETag"])
    kinds = administration.keeping.kinds
    for kind in sorted(kinds, key=lambda one: one == "call-rate"):  # they stand in price lists
        await records(above if getattr(kinds.get(kind), "by_operator", False) else api, kind)
    for name in ("kim", "lee", "may"):
        assert (await api.post("/flows", {"id": name, "label": name})).status == 201
        assert (await above.post("/api/v1/tenants", {"id": f"t-{name}", "name": name})).status == 201
        assert (await api.post("/resources/webhook/kim/ping")).status == 202
        assert (await api.post("/people", {"name": name, "email": f"{name}@acme.example"})).status == 201
        await put_call(SimpleNamespace(administration=administration), name, NUMBERS[0])  # type: ignore[arg-type]
        await administration.alerts.raise_("acme", "rule", name, Label("Etwas", "Something"))
        await administration.media.of("acme", SYSTEM).put("message", ("box", name), to_wav(tone(440, 0.1)))
    async with administration.store.write() as conn:
        for no in range(3):
            fault = {"plugin": "sample", "hook": "h", "kind": "raised", "at": NOW, "message": f"no {no}"}
            await conn.execute(insert(tables.fault).values(fault))
            dead = {"tenant": "acme", "kind": "lost", "payload": {}, "state": "dead", "created": NOW, "due": NOW}
            await conn.execute(insert(work_order).values(dead | {"ended": NOW}))
            cost = Cost(
                f"no-{no}", "tests", "test", Label("Etwas", "Something"), Money(5, "EUR"), NOW.date(), NOW.date()
            )
            await administration.charges.add(conn, "acme", cost, "kim")


async def records(api: Client, kind: str) -> None:
    """Three records of a kind, one with a history, and another in the trash."""
    at = f"/resources/{kind}"
    for name in ("kim", "lee", "may", "gone"):
        fields = {"name": name, **FIELDS.get(kind, {})}
        made = await api.post(
            at, {"id": name, "fields": {one: fields[one] for one in fields if fields[one] is not None}}
        )
        assert made.status == 201, (kind, made.body)
    assert (await api.ask("PATCH", f"{at}/kim", {"fields": {}}, If_Match='"1"')).status == 200
    assert (await api.ask("DELETE", f"{at}/gone", If_Match='"1"')).status == 200


def address(operation: Operation) -> str:
    path = operation.path
    for name in operation.names:
        path = path.replace(f"{{{name}}}", quote(NAMES[name]))
    return f"/api/v1{path}"


async def test_every_list_holds_the_same_page_by_page_as_whole(api, operations):
    await seeded(api)
    lists = [one for one in operations if any(field.name == "limit" for field in one.query.__attrs_attrs__)]
    short = {}
    for one in lists:
        client = api.of("operator") if one.above else api
        whole = await client.get(f"{address(one)}?limit=200")
        assert (whole.status, whole.body.get("next")) == (200, None), (one.id, whole.body)
        found, after = [], ""
        while len(found) <= len(whole.body["items"]):
            page = await client.get(f"{address(one)}?limit=1{after}")
            assert page.status == 200, (one.id, page.body)
            found += page.body["items"]
            if page.body["next"] is None:
                break
            after = f"&after={quote(str(page.body['next']))}"
        assert found == whole.body["items"], one.id
        if len(found) < 2:
            short[one.id] = len(found)
    assert short == {}, "too little to tell anything"
    assert {"audit.list", "calls.list", "flows.list", "people.list", "tenants.list", "faults.list"} <= {
        one.id for one in lists
    }


async def test_flows_are_sorted_and_their_pages_stay_right_while_others_come(api):
    for name in ("beta", "Alpha", "gamma"):
        await api.post("/flows", {"id": name.lower(), "label": name})

    async def ids(query: str) -> list[str]:
        return [one["id"] for one in (await api.get(f"/flows?{query}")).body["items"]]

    assert await ids("") == ["alpha", "beta", "gamma"]
    assert await ids("order=-label") == ["gamma", "beta", "alpha"]
    found, after = [], ""
    for new in ("aaa", "zzz", "abc", "zz"):
        page = (await api.get(f"/flows?order=-label&limit=1{after}")).body
        found += [one["id"] for one in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
        await api.post("/flows", {"id": new, "label": new})
    assert found == ["gamma", "beta", "alpha", "abc"]

    for query in ("order=age", "after=x", f"order=state{after}"):
        refused = await api.get(f"/flows?{query}")
        assert refused.status == 400, query


async def test_flows_stand_in_the_order_of_their_changes_and_states(api, administration):
    for name in ("first", "second", "third"):
        await api.post("/flows", {"id": name, "label": name})
        administration.clock.advance(60)
    draft = await api.get("/flows/first/draft")
    await api.ask("PATCH", "/flows/first/draft", {"label": "First"}, If_Match=draft.headers["ETag"])

    async def ids(query: str) -> list[str]:
        return [one["id"] for one in (await api.get(f"/flows?{query}")).body["items"]]

    assert await ids("order=-changed") == ["first", "third", "second"]
    assert await ids("order=changed") == ["second", "third", "first"]
    assert await ids("order=state") == ["first", "second", "third"]
    cursor = (await api.get("/flows?order=changed&limit=1")).body["next"]
    assert await ids(f"order=changed&after={cursor}") == ["third", "first"]
