"""The API with the real door: a token is its owner at that moment, and never more (S13, SEC15)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
import pyotp
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


# -- what a token may do with the own account: only by the password, and by a code where there is one --------------

ACCOUNT, FACTOR = "/api/v1/account", "/api/v1/account/second-factor"
ANOTHER = "Tee trinken um 10 Uhr"


async def factor_of(house: House, api: Client, **headers: str) -> Any:
    """Set up a second factor; gives the clock of the telephone."""
    begun = await api.post(FACTOR, {"password": PASSWORD}, **headers)
    assert begun.status == 201, begun.body
    clock = pyotp.TOTP(begun.body["secret"])
    wrong = await api.post(f"{FACTOR}/confirm", {"code": "0000000"}, **headers)
    assert (wrong.status, wrong.body["code"]) == (422, "code_wrong")
    done = await api.post(f"{FACTOR}/confirm", {"code": clock.at(house.administration.clock.now())}, **headers)
    assert (done.status, len(done.body["codes"])) == (200, 10)
    return clock


async def test_a_token_changes_the_password_by_the_password_alone_and_ends_all_sessions(house: House) -> None:
    api, browser = await house.token(KIM), await house.signed_in(KIM)
    at = f"{ACCOUNT}/password"
    wrong = await api.post(at, {"current": "guessed", "new": ANOTHER})
    assert (wrong.status, wrong.body["code"]) == (422, "current_password_wrong")
    weak = await api.post(at, {"current": PASSWORD, "new": "kaffee"})
    assert (weak.status, weak.body["code"]) == (422, "password_too_weak")
    assert (await api.post(at, {"current": PASSWORD, "new": ANOTHER})).status == 204
    assert (await house.api.of("").get(ACCOUNT, **browser)).status == 401
    door = house.administration.door
    assert (await door.sign_in(KIM.username, ANOTHER, address="127.0.0.1", agent="test")).token
    assert await got(api, NUMBERS) == (200, "")


async def test_guessing_the_password_by_a_token_is_slowed_down_as_signing_in_is(house: House) -> None:
    api = await house.token(KIM)
    said = [(await api.post(f"{ACCOUNT}/password", {"current": f"guess {n}", "new": ANOTHER})) for n in range(8)]
    assert [one.status for one in said[:5]] == [422] * 5
    assert (said[-1].status, said[-1].body["code"]) == (429, "throttled")
    assert int(said[-1].headers["Retry-After"]) > 0
    right = await api.post(f"{ACCOUNT}/password", {"current": PASSWORD, "new": ANOTHER})
    assert right.status == 429, "the right one does not jump the queue"


async def test_who_signed_in_changes_the_password_by_the_api_and_stays_signed_in(house: House) -> None:
    browser = await house.signed_in(KIM)
    asked = {"current": PASSWORD, "new": ANOTHER}
    done = await house.api.of("").post(f"{ACCOUNT}/password", asked, **browser)
    assert done.status == 204
    assert (await house.api.of("").get(ACCOUNT, **browser)).status == 401
    fresh = done.headers["Set-Cookie"].partition(";")[0]
    assert (await house.api.of("").get(ACCOUNT, Cookie=fresh)).status == 200


async def test_a_token_cannot_take_the_second_factor_away_without_a_code(house: House) -> None:
    api = await house.token(KIM)
    unproved = await api.post(FACTOR, {})
    assert (unproved.status, unproved.body["code"]) == (422, "current_password_wrong")
    clock = await factor_of(house, api)
    assert (await api.get(FACTOR)).body == {"there": True, "recovery_codes_left": 10}
    for path, more in ((f"{FACTOR}/remove", {"password": PASSWORD}), (f"{ACCOUNT}/password", {"new": ANOTHER})):
        refused = await api.post(path, {"current": PASSWORD, **more} if "new" in more else more)
        assert (refused.status, refused.body["code"]) == (422, "code_wrong"), path
    house.administration.clock.advance(60)
    code = clock.at(house.administration.clock.now())
    assert (await api.post(f"{FACTOR}/remove", {"password": PASSWORD, "code": code})).status == 204
    assert (await api.get(FACTOR)).body == {"there": False, "recovery_codes_left": 0}


async def test_who_signed_in_sets_a_second_factor_up_and_ends_the_other_sessions(house: House) -> None:
    elsewhere, browser = await house.signed_in(KIM), await house.signed_in(KIM)
    api = house.api.of("")
    await factor_of(house, api, **browser)
    assert (await api.post(f"{FACTOR}/remove", {"password": PASSWORD}, **browser)).status == 204
    assert len((await api.get(f"{ACCOUNT}/sessions", **browser)).body["items"]) == 2
    assert (await api.ask("DELETE", f"{ACCOUNT}/sessions", **browser)).status == 204
    assert (await api.get(ACCOUNT, **elsewhere)).status == 401
    assert len((await api.get(f"{ACCOUNT}/sessions", **browser)).body["items"]) == 1
    refused = await (await house.token(KIM)).ask("DELETE", f"{ACCOUNT}/sessions")
    assert (refused.status, refused.body["code"]) == (403, "forbidden")
