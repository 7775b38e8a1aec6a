from __future__ import annotations

import asyncio

import attrs
import pytest
from sqlalchemy import select, update

from switchhook.errors import NotFound
from switchhook.people import accounts
from switchhook.people.attempts import Throttled
from switchhook.people.door import SignInRefused
from switchhook.people.passwords import Passwords
from switchhook.store import tables
from switchhook.store.audit import entries

from .conftest import CHEAP, KIM, LEE, PASSWORD, Cost, Portal

DAY = 24 * 3600


async def test_the_right_password_opens_a_session_of_its_own_each_time(portal: Portal) -> None:
    one, two = await portal.enter(), await portal.enter("KIM ")
    assert one.token != two.token
    seat = await portal.door.seat(one.token)
    assert seat is not None
    assert (seat.account, seat.tenant, seat.must, seat.notice_days) == (KIM, "acme", "", 0)
    assert seat.actor.reach("number.view").everything
    assert seat.csrf
    assert seat.csrf not in (one.token, two.seat.csrf)
    assert one.token not in repr(one)
    assert await portal.door.seat("guessed") is None
    await portal.door.sign_out(one.token)
    assert await portal.door.seat(one.token) is None
    assert await portal.door.seat(two.token) is not None


async def test_no_token_or_password_is_in_the_database(portal: Portal) -> None:
    signed = await portal.enter()
    async with portal.store.read() as conn:
        for table in tables.metadata.tables.values():
            held = str((await conn.execute(select(table))).all())
            assert signed.token not in held
            assert signed.seat.csrf not in held
            assert PASSWORD not in held
    made = await Passwords().hash(PASSWORD)
    assert made.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


@pytest.mark.parametrize("case", ["unknown", "wrong", "invited", "disabled", "suspended", "closed"])
async def test_whoever_is_refused_learns_nothing(portal: Portal, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[str] = []
    fits = Passwords.fits

    async def counted(self: Passwords, password: str, hashed: str) -> bool:
        looks.append(password)
        return await fits(self, password, hashed)

    monkeypatch.setattr(Passwords, "fits", counted)
    await portal.put(LEE)
    async with portal.store.write() as conn:
        if case in ("invited", "disabled"):
            await accounts.set_state(conn, "a2", case, portal.clock.now())
        elif case in ("suspended", "closed"):
            await conn.execute(update(tables.tenant).where(tables.tenant.c.id == "acme").values(state=case))
    name, password = ("mallory" if case == "unknown" else "lee"), ("wrong" if case == "wrong" else PASSWORD)
    with pytest.raises(SignInRefused) as refused:
        await portal.enter(name, password)
    assert str(refused.value) == (
        "the user name or the password is wrong, or this account may not sign in at this moment"
    )
    assert refused.value.data == {}
    assert looks == [password]
    told = portal.heard[-1]
    assert (told.why, told.username) == ("password", "" if case == "unknown" else "lee")
    (entry,) = await entries(portal.store, "operator" if case == "unknown" else "acme", limit=1)
    assert (entry.action, entry.id) == ("sign_in_refused", "" if case == "unknown" else "a2")
    assert "mallory" not in str(entry)


async def test_a_sign_in_is_told_and_written_down(portal: Portal) -> None:
    await portal.enter()
    assert [(one.username, one.address, one.why) for one in portal.heard] == [("kim", "192.0.2.1", "")]
    (entry,) = await entries(portal.store, "acme", kind="account", id="a1")
    assert (entry.actor, entry.action, entry.after) == (
        "kim",
        "sign_in",
        {"address": "192.0.2.1", "agent": "Firefox", "why": ""},
    )


async def test_a_session_ends_when_it_rests_and_when_it_is_old(portal: Portal) -> None:
    signed = await portal.enter()
    portal.clock.advance(8 * 3600 - 1)
    assert await portal.door.seat(signed.token) is not None  # which is a use
    portal.clock.advance(8 * 3600 - 1)
    assert await portal.door.seat(signed.token) is not None
    portal.clock.advance(8 * 3600)
    assert await portal.door.seat(signed.token) is None
    signed = await portal.enter()
    for _ in range(30 * 4 - 1):
        portal.clock.advance(6 * 3600)
        assert await portal.door.seat(signed.token) is not None
    portal.clock.advance(6 * 3600)
    assert await portal.door.seat(signed.token) is None


async def test_what_changes_of_an_account_or_tenant_bites_at_once(portal: Portal) -> None:
    signed = await portal.enter()
    for values in ({"role": "user"}, {"state": "disabled"}):
        async with portal.store.write() as conn:
            await accounts.put(conn, attrs.evolve(KIM, **values), new=False)
        seat = await portal.door.seat(signed.token)
        assert (seat is None) == ("state" in values)
        assert seat is None or not seat.actor.may("number.view")
    async with portal.store.write() as conn:
        await accounts.put(conn, KIM, new=False)
        await conn.execute(update(tables.tenant).where(tables.tenant.c.id == "acme").values(state="suspended"))
    assert await portal.door.seat(signed.token) is None


async def test_an_operator_is_at_home_in_every_tenant_and_nobody_else(portal: Portal) -> None:
    await portal.put(attrs.evolve(KIM, id="o1", tenant="operator", username="root", role="operator"))
    operator = (await portal.enter("root")).seat
    assert operator.actor_in("other").reach("tenant.change").everything
    kim = (await portal.enter()).seat
    assert kim.actor_in("acme") == kim.actor
    with pytest.raises(NotFound):
        kim.actor_in("other")


async def test_a_session_that_is_used_says_so_once_a_minute(portal: Portal) -> None:
    signed = await portal.enter()
    assert await portal.door.seat(signed.token) is not None
    async with portal.store.read() as conn:
        (before,) = (await conn.execute(select(tables.metadata.tables["session"].c.seen))).scalars()
    portal.clock.advance(59)
    await portal.door.seat(signed.token)
    portal.clock.advance(2)
    await portal.door.seat(signed.token)
    async with portal.store.read() as conn:
        (after,) = (await conn.execute(select(tables.metadata.tables["session"].c.seen))).scalars()
    assert (after - before).total_seconds() == 61


async def test_a_password_hashed_at_another_cost_is_hashed_again_without_growing_younger(portal: Portal) -> None:
    portal.clock.advance(DAY)
    before = (await portal.enter()).seat
    dearer = attrs.evolve(portal.door, passwords=Passwords(Cost(time=2, memory=8, parallelism=1)))
    portal.door = dearer
    await portal.enter()
    table = tables.metadata.tables["credential"]
    async with portal.store.read() as conn:
        (row,) = (await conn.execute(select(table))).all()
    assert "t=2" in row.hash
    assert (row.former, row.changed) == ([], KIM.created)
    assert before.account.id == row.account
    assert CHEAP.time == 1


# -- guessing ---------------------------------------------------------------------------------------


async def guess(portal: Portal, name: str = "kim", address: str = "203.0.113.9") -> float:
    """Guess wrongly; how long the next one must wait."""
    with pytest.raises((SignInRefused, Throttled)) as refused:
        await portal.enter(name, "guess", address)
    return refused.value.retry_after if isinstance(refused.value, Throttled) else 0


@pytest.mark.parametrize("name", ["kim", "nobody"])
async def test_guessing_grows_slower_and_slower_alike_for_names_that_are_none(portal: Portal, name: str) -> None:
    waits = []
    for n in range(16):
        assert await guess(portal, name, f"203.0.113.{n}") == 0
        if n >= 4:
            waits.append(await guess(portal, name, f"203.0.113.{n}"))
            portal.clock.advance(waits[-1])
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]


async def test_an_attacker_elsewhere_does_not_shut_out_who_was_here_before(portal: Portal) -> None:
    await portal.enter(address="192.0.2.1")
    for n in range(12):
        await guess(portal, address=f"203.0.113.{n}")
    assert await guess(portal) > 0
    assert (await portal.enter(address="192.0.2.1")).seat.account == KIM
    # ... and this beginning anew is no help to a guesser in a known place
    waits = [await guess(portal, address="192.0.2.1") for _ in range(7)]
    assert waits[:5] == [0] * 5
    assert waits[5] > 0


async def test_many_guesses_at_once_are_not_more_than_one_after_the_other(portal: Portal) -> None:
    attempts = (portal.enter("kim", "guess", f"203.0.113.{n}") for n in range(12))
    found = await asyncio.gather(*attempts, return_exceptions=True)
    assert sum(isinstance(one, SignInRefused) for one in found) == 5
    assert sum(isinstance(one, Throttled) for one in found) == 7


async def test_one_place_cannot_try_many_names_and_addresses_of_one_household_are_one(portal: Portal) -> None:
    for n in range(20):
        assert await guess(portal, f"name{n}", f"2001:db8:0:1::{n + 1:x}") == 0
    with pytest.raises(Throttled):
        await portal.enter(address="2001:db8:0:1::99")
    assert (await portal.enter(address="2001:db8:0:2::1")).seat.account == KIM


async def test_a_day_without_failures_is_a_new_beginning_and_the_right_password_another(portal: Portal) -> None:
    for _ in range(4):
        await guess(portal)
    await portal.enter(address="203.0.113.9")
    assert [await guess(portal) for _ in range(5)] == [0] * 5
    assert await guess(portal) == 1
    portal.clock.advance(DAY + 1)
    assert [await guess(portal) for _ in range(5)] == [0] * 5
