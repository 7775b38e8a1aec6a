"""A repeated POST is harmless: it takes effect once, and is answered as it was the first time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
from sqlalchemy import select, update

from switchhook.errors import StoreError
from switchhook.portal.repeats import KEPT, UNDER_WAY, forget_answers
from switchhook.store.tables_repeats import answered

from .site import PEOPLE, Client

PERSON = {"name": "Kim", "email": "kim@acme.example"}
REPLAYED = "Idempotency-Replayed"
on_sqlite = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # the database makes no difference


async def people(api: Client) -> list[str]:
    return [one["email"] for one in (await api.get("/people?search=acme.example")).body["items"]]


async def test_what_is_sent_twice_is_made_once_and_answered_the_same(api):
    first, again = [await api.post("/people", PERSON, Idempotency_Key="order-1") for _ in range(2)]
    assert (first.status, again.status) == (201, 201)
    assert first.body == again.body
    assert [again.headers[name] for name in ("ETag", "Location")] == [first.headers["ETag"], first.headers["Location"]]
    assert (first.headers.get(REPLAYED), again.headers.get(REPLAYED)) == (None, "true")
    assert await people(api) == ["kim@acme.example"]

    other = await api.post("/people", {**PERSON, "name": "Lee"}, Idempotency_Key="order-1")
    assert (other.status, other.body["code"]) == (422, "repeated_differently")
    elsewhere = await api.post("/resources/contact", {"fields": {"name": "x"}}, Idempotency_Key="order-1")
    assert (elsewhere.status, elsewhere.body["code"]) == (422, "repeated_differently")
    for key in ("a b", "x" * 81, ""):
        assert (await api.post("/people", PERSON, Idempotency_Key=key)).status == 400


async def test_of_many_at_once_one_takes_effect(api):
    answers = await asyncio.gather(*(api.post("/people", PERSON, Idempotency_Key="k") for _ in range(6)))
    assert {one.status for one in answers} <= {201, 409}
    assert {one.body["code"] for one in answers if one.status == 409} <= {"repeated_meanwhile"}
    assert len([one for one in answers if one.status == 201 and REPLAYED not in one.headers]) == 1
    assert await people(api) == ["kim@acme.example"]
    assert (await api.post("/people", PERSON, Idempotency_Key="k")).headers[REPLAYED] == "true"


async def test_one_that_is_under_way_is_not_done_again_even_if_it_was_cut_off(api, administration, monkeypatch):
    begun, go_on = asyncio.Event(), asyncio.Event()
    create = type(administration.people.of("acme", PEOPLE["kim"].actor)).create

    async def slowly(self, values):
        begun.set()
        await go_on.wait()
        return await create(self, values)

    monkeypatch.setattr("switchhook.people.people.TenantPeople.create", slowly)
    first = asyncio.create_task(api.post("/people", PERSON, Idempotency_Key="k"))
    await asyncio.wait_for(begun.wait(), 10)
    meanwhile = await api.post("/people", PERSON, Idempotency_Key="k")
    assert (meanwhile.status, meanwhile.body["code"]) == (409, "repeated_meanwhile")
    assert "under way" in meanwhile.body["detail"]
    first.cancel()  # whoever asked has gone; the work goes on, and its answer is there when the request comes again
    go_on.set()
    service = api.app.extensions["api"]
    await asyncio.gather(first, *service._under_way, return_exceptions=True)
    again = await api.post("/people", PERSON, Idempotency_Key="k")
    assert (again.status, again.headers[REPLAYED]) == (201, "true")
    assert await people(api) == ["kim@acme.example"]


@on_sqlite
async def test_a_refusal_is_not_kept_but_what_nobody_knows_of_is_not_done_again(api, administration, monkeypatch):
    wrong = await api.post("/people", {"name": "Kim"}, Idempotency_Key="k")
    assert wrong.status == 422
    assert (await api.post("/people", PERSON, Idempotency_Key="k")).status == 201

    async def fails(self, values):
        raise StoreError("after it was kept")

    with monkeypatch.context() as patched:
        patched.setattr("switchhook.people.people.TenantPeople.create", fails)
        assert (await api.post("/people", PERSON, Idempotency_Key="f")).status == 500
    administration.clock.advance(UNDER_WAY.total_seconds() + 1)
    unknown = await api.post("/people", PERSON, Idempotency_Key="f")
    assert (unknown.status, unknown.body["code"]) == (409, "repeated_meanwhile")
    assert "cut off" in unknown.body["detail"]


async def test_a_key_is_ones_own_and_lasts_a_day(api, administration):
    await api.post("/resources/team", {"fields": {"name": "Sales"}}, Idempotency_Key="k")
    service = {"fields": {"name": "Service"}}
    other = await api.of("operator").post("/resources/team", service, Idempotency_Key="k")
    assert (other.status, other.headers.get(REPLAYED)) == (201, None)
    administration.clock.advance(KEPT.total_seconds())
    new = await api.post("/resources/team", service, Idempotency_Key="k")
    assert (new.status, new.headers.get(REPLAYED)) == (201, None)
    await forget_answers(administration.store, administration.clock.now())
    async with administration.store.read() as conn:
        assert (await conn.execute(select(answered.c.account))).scalars().all() == ["kim"]


@pytest.fixture
def in_person() -> Iterator[None]:
    """Kim has signed in, and a token of hers asks as well."""
    mine = attrs.evolve(PEOPLE["kim"], session_id="s")
    PEOPLE["kim-by-session"] = mine  # type: ignore[index]
    yield
    del PEOPLE["kim-by-session"]  # type: ignore[attr-defined]


def files_with(directory: Path, text: str) -> list[Path]:
    """The files below a directory, the database among them, that hold a text in clear."""
    return [one for one in directory.rglob("*") if one.is_file() and text.encode() in one.read_bytes()]


@on_sqlite
async def test_a_secret_is_told_again_to_the_same_one_alone_and_lies_nowhere_in_clear(api, in_person, tmp_path):
    at, key, session = "/api/v1/account/tokens", {"Idempotency_Key": "key-of-a-token"}, api.of("kim-by-session")
    first, again = [await session.post(at, {"name": "ci"}, **key) for _ in range(2)]
    assert (first.status, first.body["text"]) == (201, again.body["text"])
    by_token = await api.post(at, {"name": "ci"}, **key)
    assert (by_token.status, by_token.body["code"]) == (422, "repeated_differently")
    for text in (first.body["text"], "key-of-a-token"):
        assert await asyncio.to_thread(files_with, tmp_path, text) == []


@on_sqlite
async def test_an_answer_opens_with_the_key_of_its_request_alone(administration):
    repeats = administration.repeats
    mine, other = (repeats.of("acme", "kim", key, "{}") for key in ("mine", "other"))
    assert await mine.begin() is None
    await mine.keep("a secret")
    assert await other.begin() is None
    async with administration.store.write() as conn:
        sealed = (await conn.execute(select(answered.c.sealed).where(answered.c.key == mine.key))).scalar_one()
        await conn.execute(update(answered).where(answered.c.key == other.key).values(sealed=sealed))
    assert await mine.begin() == "a secret"
    with pytest.raises(StoreError):
        await other.begin()
    with pytest.raises(StoreError):
        administration.keeping.seal.open(sealed)


@on_sqlite
async def test_every_post_that_changes_something_takes_a_key(api, operations):
    posts = [one for one in operations if one.method == "POST"]
    looking = {one.id for one in posts if one.looks}
    tables = {f"{one}.table.plan" for one in api.app.extensions["administration"].keeping.kinds}
    assert looking == {"plan", "flows.try", "flows.try_number", "flows.exits", "wordings.preview", *tables}
    described = (await api.get("/api/v1/openapi.json")).body["paths"]
    for one in posts:
        told = described[one.path]["post"]
        named = "Idempotency-Key" in [parameter["name"] for parameter in told["parameters"]]
        assert named is one.repeatable is not one.looks, one.id
        assert (REPLAYED in told["responses"][str(one.status)].get("headers", {})) is one.repeatable
