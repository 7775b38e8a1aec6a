"""The API with the real door: a token is its owner at that moment, and never more (S13, SEC15)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest

from switchhook.access.account import Account
from switchhook.access.actor import SYSTEM
from switchhook.people import accounts, credentials
from switchhook.people.passwords import Cost
from switchhook.portal.administration import administration_of
from switchhook.store.engine import Store
from switchhook.store.tables_people import account
from switchhook_web.app import create_app

from .site import NOW, Client, administered

pytestmark = pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # the database makes no difference

PASSWORD = "Kaffee trinken um 9"
KIM = Account("a1", "acme", "kim.o", "kim.o@acme.example", "Kim Özil", "superadmin", "active", NOW, NOW)
LEE = attrs.evolve(KIM, id="a2", username="lee.o", email="lee.o@acme.example", name="Lee", role="admin")
OURS = {"Host": "127.0.0.1:8080", "Origin": "http://127.0.0.1:8080", "Sec_Fetch_Site": "same-origin"}
NUMBERS, PEOPLE = "/numbers", "/people"


@attrs.frozen
class House:
    """A portal with people who have passwords."""

    api: Client
    administration: Any

    async def signed_in(self, one: Account) -> dict[str, str]:
        """What a browser sends along once somebody has signed in."""
        door = self.administration.door
        came = await door.sign_in(one.username, PASSWORD, address="127.0.0.1", agent="test")
        return {**OURS, "Cookie": f"switchhook-8080={came.token}", "X_CSRF_Token": came.seat.csrf}

    async def make(self, one: Account, **asked: Any) -> Any:
        """A token as the answer tells it."""
        made = await self.api.of("").post(
            "/api/v1/account/tokens", {"name": "ci", **asked}, **await self.signed_in(one)
        )
        assert made.status == 201, made.body
        return made.body

    async def token(self, one: Account, **asked: Any) -> Client:
        """The API as it is with a new token of somebody."""
        return self.api.of((await self.make(one, **asked))["text"])

    def people(self) -> Any:
        return self.administration.people.of("acme", SYSTEM)

    async def version(self, one: Account) -> int:
        return int((await self.people().get(one.id)).version)


@pytest.fixture
async def house(store: Store, tmp_path: Path) -> House:
    made = await administered(store, tmp_path)
    cheap = Cost(time=1, memory=8, parallelism=1)
    administration = administration_of(made.settings, store, made.clock, made.plugged, made.live, cost=cheap)
    hashed = await administration.door.passwords.hash(PASSWORD)
    async with store.write() as conn:
        for one in (KIM, LEE):
            await accounts.put(conn, one, new=True)
            entrant = await credentials.find_entrant(conn, account.c.id == one.id)
            assert entrant is not None
            await credentials.put_password(conn, entrant, hashed, NOW)
    return House(Client(await create_app(administration)), administration)


async def got(api: Client, path: str) -> tuple[int, str]:
    answer = await api.get(path)
    return answer.status, answer.body.get("code", "")


async def test_a_token_may_what_it_was_given_and_no_more_than_its_owner_at_that_moment(house: House) -> None:
    whole = await house.token(LEE)
    narrow = await house.token(LEE, grants=[{"right": "number.view"}])
    assert await got(whole, PEOPLE) == await got(whole, NUMBERS) == await got(narrow, NUMBERS) == (200, "")
    assert await got(narrow, PEOPLE) == (403, "forbidden")
    assert await got(whole.of(whole.token, "other"), NUMBERS) == (404, "not_found")
    await house.people().change(LEE.id, await house.version(LEE), {"role": "user"})
    assert await got(whole, PEOPLE) == await got(whole, NUMBERS) == await got(narrow, NUMBERS) == (403, "forbidden")
    assert (await whole.get("/api/v1/account")).body["by_token"] is True
    await house.people().disable(LEE.id, await house.version(LEE))
    assert await got(whole, NUMBERS) == await got(narrow, NUMBERS) == (401, "not_signed_in")


async def test_a_token_counts_until_it_expires_or_is_revoked(house: House) -> None:
    expiring = await house.token(KIM, expires=(NOW + timedelta(hours=1)).isoformat())
    made = await house.make(KIM)
    lasting = house.api.of(made["text"])
    assert await got(expiring, NUMBERS) == await got(lasting, NUMBERS) == (200, "")
    house.administration.clock.advance(3600)
    assert await got(expiring, NUMBERS) == (401, "not_signed_in")
    assert await got(lasting, NUMBERS) == (200, "")
    at = f"/api/v1/account/tokens/{made['token']['id']}"
    assert (await house.api.of("").ask("DELETE", at, **await house.signed_in(KIM))).status == 204
    assert await got(lasting, NUMBERS) == (401, "not_signed_in")


async def test_a_token_cannot_make_tokens(house: House) -> None:
    api = await house.token(KIM)
    refused = await api.post("/api/v1/account/tokens", {"name": "more"})
    assert (refused.status, refused.body["code"]) == (403, "forbidden")
    listed = await house.api.of("").get("/api/v1/account/tokens", **await house.signed_in(KIM))
    assert [one["name"] for one in listed.body["items"]] == ["ci"]


async def test_a_token_of_one_whose_password_is_due_gets_nothing(house: House) -> None:
    api = await house.token(KIM)
    policy = house.administration.policies.of("acme", SYSTEM)
    now = await policy.get()
    await policy.change(now.version, {"days": 30})
    house.administration.clock.advance(31 * 86400)
    assert await got(api, NUMBERS) == (403, "password_expired")
