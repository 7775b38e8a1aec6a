from __future__ import annotations

from datetime import timedelta

import attrs
import pyotp
import pytest
from sqlalchemy import select

from switchhook.access.account import Grant
from switchhook.access.actor import SYSTEM, Forbidden
from switchhook.errors import NotFound
from switchhook.people import accounts
from switchhook.people.attempts import Throttled
from switchhook.people.door import SecondFactorNeeded, SignInRefused
from switchhook.people.own import FactorThere, Own
from switchhook.people.policies import Policies
from switchhook.people.second_factor import CodeWrong
from switchhook.store import tables

from .conftest import KIM, LEE, PASSWORD, Portal


async def at_home(portal: Portal, username: str = "kim") -> Own:
    """The own account of somebody who signed in."""
    return portal.door.own((await portal.enter(username)).seat)


# -- sessions -----------------------------------------------------------------------------------------


async def test_one_sees_ones_sessions_and_ends_them(portal: Portal) -> None:
    await portal.put(LEE)
    lee = await portal.enter("lee")
    phone = await portal.enter(address="203.0.113.5")
    portal.clock.advance(60)
    kim = await at_home(portal)
    listed = await kim.sessions()
    assert [(one.address, one.agent) for one in listed] == [("192.0.2.1", "Firefox"), ("203.0.113.5", "Firefox")]
    assert listed[0].id == kim.seat.session_id
    with pytest.raises(NotFound):
        await kim.end_session(lee.seat.session_id)
    await kim.end_session(phone.seat.session_id)
    assert await portal.door.seat(phone.token) is None
    more = await portal.enter()
    await kim.end_other_sessions()
    assert [one.id for one in await kim.sessions()] == [kim.seat.session_id]
    assert await portal.door.seat(more.token) is None
    assert await portal.door.seat(lee.token) is not None


# -- second factor --------------------------------------------------------------------------------------


async def with_factor(portal: Portal) -> tuple[pyotp.TOTP, list[str]]:
    kim = await at_home(portal)
    enrolment = await kim.enrol()
    assert enrolment.uri.startswith("otpauth://totp/Switchhook:kim?secret=")
    clock = pyotp.TOTP(enrolment.secret)
    with pytest.raises(CodeWrong):
        await kim.confirm_factor("000000" if clock.at(portal.clock.now()) != "000000" else "111111")
    codes = list(await kim.confirm_factor(clock.at(portal.clock.now())))
    with pytest.raises(FactorThere):
        await kim.enrol()
    portal.clock.advance(30)
    return clock, codes


async def test_a_second_factor_is_asked_for_and_each_code_opens_once(portal: Portal) -> None:
    clock, codes = await with_factor(portal)
    code = clock.at(portal.clock.now())
    assert (await portal.enter(code=code)).seat.has_factor
    with pytest.raises(SignInRefused):
        await portal.enter(code=code)
    with pytest.raises(SignInRefused):
        await portal.enter(password="wrong", code=clock.at(portal.clock.now() + timedelta(seconds=30)))
    with pytest.raises(SecondFactorNeeded):
        await portal.enter()
    assert (await portal.enter(code=codes[0].upper().replace("-", ""))).seat.account == KIM
    with pytest.raises(SignInRefused):
        await portal.enter(code=codes[0])
    assert len(set(codes)) == 10


async def test_the_code_may_be_given_after_the_password_for_five_minutes(portal: Portal) -> None:
    clock, _ = await with_factor(portal)
    with pytest.raises(SecondFactorNeeded) as needed:
        await portal.enter()
    token = needed.value.challenge
    assert await portal.door.seat(token) is None

    async def answer(code: str):
        return await portal.door.second_factor(token, code, address="192.0.2.1", agent="Firefox")

    with pytest.raises(SignInRefused):
        await answer("12345")
    assert (await answer(clock.at(portal.clock.now()))).seat.account == KIM
    portal.clock.advance(30)
    with pytest.raises(SignInRefused):  # the challenge is used up
        await answer(clock.at(portal.clock.now()))
    with pytest.raises(SecondFactorNeeded) as needed:
        await portal.enter()
    token = needed.value.challenge
    portal.clock.advance(300)
    with pytest.raises(SignInRefused):
        await answer(clock.at(portal.clock.now()))


async def test_codes_cannot_be_guessed_by_who_has_the_password(portal: Portal) -> None:
    await with_factor(portal)
    guesses, throttled = 0, 0
    for _ in range(40):
        try:
            await portal.enter(code="000001", address="203.0.113.7")
        except SignInRefused:
            guesses += 1
        except Throttled:
            throttled += 1
        try:
            await portal.enter(address="203.0.113.7")
        except (SecondFactorNeeded, Throttled):
            portal.clock.advance(1)
    assert guesses < 12
    assert throttled > 20


async def test_a_second_factor_is_sealed_removed_with_the_password_and_required_by_policy(portal: Portal) -> None:
    clock, codes = await with_factor(portal)
    async with portal.store.read() as conn:
        (row,) = (await conn.execute(select(tables.metadata.tables["second_factor"]))).all()
    assert clock.secret not in str(row)
    assert not any(code in str(row) or code.replace("-", "") in str(row) for code in codes)
    kim = attrs.evolve(await _own_with(portal, clock))
    await kim.remove_factor(PASSWORD)
    await portal.enter()
    await Policies(portal.keeping).of("acme", SYSTEM).change(0, {"second_factor": True})
    assert (await portal.enter()).seat.must == "second_factor"


async def _own_with(portal: Portal, clock: pyotp.TOTP) -> Own:
    seat = (await portal.enter(code=clock.at(portal.clock.now()))).seat
    return portal.door.own(seat)


# -- tokens -------------------------------------------------------------------------------------------


async def test_a_token_acts_for_its_owner_and_never_goes_further(portal: Portal) -> None:
    kim = await at_home(portal)
    made = await kim.make_token("backup", (Grant("number.view"), Grant("flow.view", "number", ("+49221",))))
    seat = await portal.door.bearer(made.text)
    assert seat is not None
    assert (seat.actor.name, seat.actor.account, seat.actor.role) == ("kim/backup", "a1", "user")
    assert seat.actor.reach("number.view").everything
    assert seat.actor.reach("flow.view").numbers == {"+49221"}
    assert not seat.actor.may("number.change")
    whole = await kim.make_token("all")
    for grants, may in (((), False), ((Grant("number.view", "number", ("+4930",)),), True)):
        async with portal.store.write() as conn:
            await accounts.put(conn, attrs.evolve(KIM, role="user", grants=grants), new=False)
        for text in (made.text, whole.text):
            seat = await portal.door.bearer(text)
            assert seat is not None
            assert seat.actor.may("number.view") == may
            assert not seat.actor.reach("number.view").everything
    await portal.disable("a1")
    assert await portal.door.bearer(made.text) is None


async def test_a_token_is_shown_once_expires_tells_its_use_and_can_be_revoked(portal: Portal) -> None:
    kim = await at_home(portal)
    made = await kim.make_token("once", expires=portal.clock.now() + timedelta(days=1))
    assert made.text not in repr(made)
    async with portal.store.read() as conn:
        assert made.text not in str((await conn.execute(select(tables.metadata.tables["api_token"]))).all())
    assert (await kim.tokens())[0].used is None
    seat = await portal.door.bearer(made.text)
    assert seat is not None
    assert (await kim.tokens())[0].used == portal.clock.now()
    by_token = portal.door.own(seat)
    for what in (by_token.tokens, by_token.sessions, lambda: by_token.make_token("more")):
        with pytest.raises(Forbidden):
            await what()
    portal.clock.advance(24 * 3600)
    assert await portal.door.bearer(made.text) is None
    again = await kim.make_token("again")
    await kim.revoke_token(again.token.id)
    assert await portal.door.bearer(again.text) is None
    assert await portal.door.bearer("") is None
    with pytest.raises(NotFound):
        await kim.revoke_token(again.token.id)
