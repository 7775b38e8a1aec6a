from __future__ import annotations

import asyncio
import re

import attrs
import pytest
from sqlalchemy import select

from switchhook.access.actor import SYSTEM, Actor, Forbidden
from switchhook.people.attempts import Throttled
from switchhook.people.door import SignInRefused
from switchhook.people.forgotten import NoteMissing
from switchhook.people.links import LinkExpired, LinkGone
from switchhook.people.policy import PasswordTooWeak
from switchhook.store import tables
from switchhook.store.audit import entries

from .conftest import KIM, LEE, PASSWORD, Portal

NEW = "Ein neuer Kaffee um 10"
HOUR = 3600


async def invited(portal: Portal) -> str:
    """The token of an invitation to Lee."""
    await portal.put(attrs.evolve(LEE, state="invited"), "")
    async with portal.keeping.turn() as conn:
        await portal.links.invite(conn, LEE)
    return portal.outbox.token()


async def take(portal: Portal, token: str, password: str = NEW):
    return await portal.links.set_password(token, password, address="198.51.100.7")


async def test_an_invitation_makes_an_active_account_once(portal: Portal) -> None:
    token = await invited(portal)
    (mail,) = portal.outbox.mails
    assert (mail["to"], mail["template"], mail["language"]) == ("lee@acme.example", "invitation", "de")
    assert mail["values"]["link"] == f"https://portal.example/set-password/{token}"
    assert "password" not in mail["values"]
    opened = await portal.links.look(token)
    assert (opened.kind, opened.account.username, opened.tenant_name) == ("invitation", "lee", "Acme")
    with pytest.raises(SignInRefused):
        await portal.enter("lee", NEW)
    with pytest.raises(PasswordTooWeak):
        await take(portal, token, "kurz")
    await take(portal, token)
    assert (await portal.enter("lee", NEW)).seat.account.state == "active"
    with pytest.raises(LinkGone):
        await take(portal, token, "Noch ein Passwort 11")
    with pytest.raises(LinkGone):
        await portal.links.look(token)


async def test_two_who_use_a_link_at_once_are_one_too_many(portal: Portal) -> None:
    token = await invited(portal)
    found = await asyncio.gather(take(portal, token), take(portal, token, "Ganz anders 2026"), return_exceptions=True)
    assert sorted(type(one).__name__ for one in found) == ["Account", "LinkGone"]


async def test_another_invitation_makes_the_first_void_and_an_expired_one_offers_another(portal: Portal) -> None:
    first = await invited(portal)
    async with portal.keeping.turn() as conn:
        await portal.links.invite(conn, LEE)
    with pytest.raises(LinkGone):
        await portal.links.look(first)
    second = portal.outbox.token()
    portal.clock.advance(72 * HOUR - 1)
    await portal.links.look(second)
    portal.clock.advance(1)
    with pytest.raises(LinkExpired):
        await take(portal, second)
    await portal.links.renew(second)
    await take(portal, portal.outbox.token())
    assert (await portal.enter("lee", NEW)).seat.account.username == "lee"


async def test_an_unused_invitation_is_called_to_mind_once_and_alerted_once(portal: Portal) -> None:
    first = await invited(portal)
    portal.clock.advance(3 * 24 * HOUR - 1)
    await portal.forgetting.remind()
    assert len(portal.outbox.mails) == 1
    portal.clock.advance(1)
    await asyncio.gather(portal.forgetting.remind(), portal.forgetting.remind())
    portal.clock.advance(4 * 24 * HOUR)
    await portal.forgetting.remind()
    assert [mail["template"] for mail in portal.outbox.mails] == ["invitation", "invitation_reminder"]
    alert = tables.metadata.tables["alert"]
    async with portal.store.read() as conn:
        alerts = (await conn.execute(select(alert.c.rule, alert.c.key, alert.c.count))).all()
    assert [tuple(one) for one in alerts] == [("invitation_unused", "a2", 1)]
    with pytest.raises(LinkGone):
        await portal.links.look(first)


async def forgot(portal: Portal, name: str, address: str = "198.51.100.7") -> None:
    await portal.forgetting.ask(name, address=address)


async def test_a_forgotten_password_is_set_anew_within_half_an_hour_and_ends_every_session(portal: Portal) -> None:
    before = await portal.enter()
    await forgot(portal, "KIM")
    await portal.forgetting.answer()
    first = portal.outbox.token()
    await forgot(portal, "kim")
    await portal.forgetting.answer()
    second = portal.outbox.token()
    with pytest.raises(LinkGone):
        await portal.links.look(first)
    portal.clock.advance(30 * 60 - 1)
    await take(portal, second)
    assert await portal.door.seat(before.token) is None
    with pytest.raises(SignInRefused):
        await portal.enter()
    assert (await portal.enter(password=NEW)).seat.account == KIM
    assert [mail["template"] for mail in portal.outbox.mails][-1] == "password_changed"
    with pytest.raises(LinkGone):
        await take(portal, second, PASSWORD)
    await forgot(portal, "kim")
    await portal.forgetting.answer()
    portal.clock.advance(30 * 60)
    with pytest.raises(LinkExpired):
        await take(portal, portal.outbox.token())


async def test_asking_does_the_same_for_every_name_and_only_who_may_sign_in_gets_a_link(portal: Portal) -> None:
    await portal.put(attrs.evolve(LEE, state="disabled"))
    statements: dict[str, list[str]] = {}
    for name in ("kim", "lee", "nobody"):
        with portal.statements() as statements[name]:
            await forgot(portal, name, f"198.51.100.{len(statements)}")
    assert statements["kim"] == statements["lee"] == statements["nobody"]
    await portal.forgetting.answer()
    await portal.forgetting.answer()
    assert [mail["to"] for mail in portal.outbox.mails] == ["kim@acme.example"]


async def test_asking_often_must_wait_also_for_names_that_are_none(portal: Portal) -> None:
    for name in ("kim", "nobody"):
        for n in range(3):
            await forgot(portal, name, f"198.51.{n}.7")
        with pytest.raises(Throttled):
            await forgot(portal, name, "198.51.9.7")


async def test_no_link_is_in_the_database_in_clear(portal: Portal) -> None:
    token = await invited(portal)
    await forgot(portal, "a-password-by-mistake")
    async with portal.store.read() as conn:
        for table in tables.metadata.tables.values():
            held = str((await conn.execute(select(table))).all())
            assert token not in held
            assert "by-mistake" not in held
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)


async def test_a_link_is_no_way_in_for_one_who_was_disabled(portal: Portal) -> None:
    await forgot(portal, "kim")
    await portal.forgetting.answer()
    token = portal.outbox.token()
    await portal.disable("a1")
    with pytest.raises(LinkGone):
        await take(portal, token)


async def test_what_is_done_through_a_link_is_written_down(portal: Portal) -> None:
    await forgot(portal, "kim")
    await portal.forgetting.answer()
    await take(portal, portal.outbox.token())
    told = [(one.action, one.after) for one in await entries(portal.store, "acme", kind="account", id="a1")]
    assert told == [
        ("password_reset", {"address": "198.51.100.7"}),
        ("password_forgotten", {"address": "198.51.100.7"}),
    ]


async def test_only_an_operator_learns_a_user_name_and_says_why(portal: Portal) -> None:
    ask = portal.forgetting.find_username
    with pytest.raises(Forbidden):
        await ask(Actor("kim", SYSTEM.rights, "superadmin"), "kim@acme.example", "called back")
    with pytest.raises(NoteMissing):
        await ask(SYSTEM, "kim@acme.example", " ")
    assert await ask(SYSTEM, "KIM@acme.example", "called back at the number of the contract") == [KIM]
    (entry,) = await entries(portal.store, "acme", kind="account", id="a1")
    assert (entry.action, entry.after) == ("username_told", {"note": "called back at the number of the contract"})
