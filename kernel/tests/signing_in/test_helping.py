from __future__ import annotations

import attrs
import pyotp
import pytest

from switchhook.access.actor import ALL_RIGHTS, Actor, Forbidden
from switchhook.errors import NotFound
from switchhook.people.helping import Help, Helping
from switchhook.people.people import People
from switchhook.people.rights import rights_catalogue
from switchhook.resources.resource import Resource
from switchhook.schema import Kinds, SettingsRefused
from switchhook.store.audit import entries

from .conftest import KIM, LEE, PASSWORD, Portal


def help_by(portal: Portal, role: str, tenant: str = "acme") -> Help:
    keeping = portal.keeping
    people = People(portal.store, portal.clock, keeping.hooks, keeping.audit, rights_catalogue(Kinds(Resource)))
    account = {"superadmin": "a1", "admin": "a3"}[role]
    return Helping(people, portal.links).of(tenant, Actor(role, ALL_RIGHTS, role, account))


async def test_an_administrator_sends_links_ends_sessions_and_removes_second_factors(portal: Portal) -> None:
    await portal.put(LEE)
    kim, lee = help_by(portal, "superadmin"), await portal.enter("lee")
    own = portal.door.own(lee.seat)
    await own.confirm_factor(pyotp.TOTP((await own.enrol()).secret).at(portal.clock.now()))
    assert [one.address for one in await kim.sessions("a2")] == ["192.0.2.1"]
    await kim.remove_second_factor("a2")
    assert await portal.door.seat(lee.token) is None
    lee = await portal.enter("lee")
    await kim.end_sessions("a2")
    assert await portal.door.seat(lee.token) is None
    await kim.send_link("a2")
    assert await portal.enter("lee", PASSWORD)
    await portal.links.set_password(portal.outbox.token(), "Ein neuer Kaffee um 10", address="")
    await portal.enter("lee", "Ein neuer Kaffee um 10")
    assert (await kim.make_link("a2")).startswith("https://portal.example/set-password/")
    told = [one.action for one in await entries(portal.store, "acme", id="a2") if one.actor == "superadmin"]
    assert told == ["password_link_made", "password_link_sent", "sessions_ended", "second_factor_removed"]


async def test_an_admin_cannot_touch_a_superadmin_nor_anybody_another_tenants_people(portal: Portal) -> None:
    await portal.put(attrs.evolve(LEE, id="a3", username="admin", role="admin"))
    await portal.put(attrs.evolve(LEE, state="disabled"))
    admin = help_by(portal, "admin")
    for work in (admin.send_link, admin.make_link, admin.remove_second_factor, admin.end_sessions, admin.sessions):
        with pytest.raises(Forbidden):
            await work(KIM.id)
        with pytest.raises(NotFound):
            await attrs.evolve(admin, tenant="other").send_link(KIM.id)
    with pytest.raises(SettingsRefused):
        await admin.send_link("a2")
    assert portal.outbox.mails == []
