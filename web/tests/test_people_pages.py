"""People, tenants and the audit in the browser."""

from __future__ import annotations

import re
from typing import Any

import pytest
from web_people import ACTORS, NOW, ORIGIN, Portal, post

from switchhook.access.account import Account
from switchhook.access.actor import SYSTEM
from switchhook.access.tenant import Tenant
from switchhook.people import accounts
from switchhook.store.directory import Directory
from switchhook.store.routing import Number


@pytest.fixture
async def house(portal: Portal) -> Portal:
    """A portal with an account for everybody the door knows, a number and a number group."""
    store, clock = portal.administration.store, portal.administration.clock
    directory = Directory(store, clock)
    await directory.put_tenant(Tenant("operator", "Operator", NOW))
    await directory.put_flow("acme", "hotline", "Hotline")
    await directory.assign(Number("+4930100", "acme", "hotline"))
    async with store.write() as conn:
        for tenant, actor in ACTORS.values():
            mail = f"{actor.name}@example.org"
            one = Account(
                actor.account,
                tenant,
                actor.name,
                mail,
                actor.name.title(),
                actor.role,
                "active",
                NOW,
                NOW,
                language="en",
            )
            await accounts.put(conn, one, new=True)
    sales = {"name": "Sales", "numbers": ["+4930100"]}
    await portal.administration.keeping.of("acme", SYSTEM).create("number-group", sales, id="sales")
    return portal


async def page(portal: Portal, path: str, role: str = "admin", language: str = "en", status: int = 200) -> str:
    response = await portal.client(role).get(path, headers={"Accept-Language": language})
    assert response.status_code == status, (path, response.status_code)
    return await response.get_data(as_text=True)


async def send(portal: Portal, path: str, form: dict[str, Any], role: str = "admin", status: int = 303) -> str:
    response = await post(portal.client(role), path, form, role, headers={"Accept-Language": "en"})
    text = await response.get_data(as_text=True)
    assert response.status_code == status, (path, response.status_code, text)
    return text


async def named(portal: Portal, username: str) -> Account:
    (found,) = (await portal.administration.people.of("acme", SYSTEM).page(username)).accounts
    return found


async def test_somebody_is_invited_found_changed_and_disabled(house: Portal) -> None:
    assert 'name="email"' in await page(house, "/t/acme/people/_new")
    wrong = await send(house, "/t/acme/people/_new", {"name": "Kim", "email": "kim", "role": "user"}, status=422)
    assert "must be an e-mail address such as name@example.org" in wrong
    assert "does not have the shape" not in wrong
    assert 'value="Kim"' in wrong
    await send(house, "/t/acme/people/_new", {"name": "Kim", "email": "kim@acme.example", "role": "user"})
    listed = await page(house, "/t/acme/people?search=kim%40&state=invited")
    assert "Kim" in listed
    assert "Adam" not in listed
    assert "Eingeladen" in await page(house, "/t/acme/people", language="de")
    kim = await named(house, "kim@acme.example")
    base = f"/t/acme/people/{kim.id}"
    await send(house, base, {"name": "Kim B", "email": kim.email, "role": "admin", ":version": "1"})
    assert "Kim B" in await page(house, base)
    stale = await send(house, base, {"name": "Kim C", "email": kim.email, "role": "user", ":version": "1"}, status=409)
    assert "adam changed this while you were editing" in stale
    assert re.findall(r'data-side="(\w+)"', stale) == ["name", "role"]
    await send(house, f"{base}/disable", {":version": "2"})
    assert (await named(house, "kim@acme.example")).state == "disabled"
    await send(house, f"{base}/enable", {})
    await send(house, f"{base}/delete", {":version": "4"})
    await page(house, base, status=404)


async def test_rights_are_given_row_by_row_and_by_template(house: Portal) -> None:
    templates = house.administration.keeping.of("acme", SYSTEM)
    grants = [{"right": "call.view", "scope": "group", "groups": ["sales"]}]
    await templates.create("rights-template", {"name": "Sales desk", "grants": grants}, id="desk")
    uwe = await named(house, "uwe")
    base = f"/t/acme/people/{uwe.id}"
    form = {"name": uwe.name, "email": uwe.email, "username": uwe.username, "role": "user", ":version": "1"}
    added = await send(house, base, {**form, ":add": "grants"}, status=200)
    assert re.search(r'name="grants\[0\]\.right"', added)
    assert "See numbers (number.view)" in added
    used = await send(house, base, {**form, ":template": "desk", ":use-template": "1"}, status=200)
    assert re.search(r'<option value="call.view" selected', used)
    row = {"grants[0].right": "number.view", "grants[0].scope": "number", "grants[0].numbers": "+4930100"}
    await send(house, base, {**form, **row})
    assert [(one.right, one.scope, one.ids) for one in (await named(house, "uwe")).grants] == [
        ("number.view", "number", ("+4930100",))
    ]
    nothing = {"grants[0].right": "number.view", "grants[0].scope": "group"}
    assert "name the groups it is for" in await send(house, base, {**form, ":version": "2", **nothing}, status=422)


async def test_an_admin_sees_a_superadmin_and_can_do_nothing_to_it(house: Portal) -> None:
    seen = await page(house, "/t/acme/people/sue")
    assert "You can see this person, but not change it." in seen
    assert "/t/acme/people/sue/delete" not in seen
    form = {"name": "Sue", "email": "sue@example.org", "role": "user", ":version": "1"}
    assert "that is above admin" in await send(house, "/t/acme/people/sue", form, status=422)
    await send(house, "/t/acme/people/sue/delete", {":version": "1"}, status=403)
    assert 'value="superadmin"' not in await page(house, "/t/acme/people/_new")
    await send(house, "/t/acme/people/sue/disable", {":version": "1"}, role="superadmin", status=409)
    await page(house, "/t/acme/people", role="nobody", status=403)
    await page(house, "/t/acme/people", role="stranger", status=404)


async def test_somebody_who_cannot_get_in_is_helped_by_those_who_may(house: Portal) -> None:
    assert "/t/acme/people/uwe/send-link" in await page(house, "/t/acme/people/uwe")
    for help_with in ("send-link", "end-sessions", "remove-second-factor"):
        await send(house, f"/t/acme/people/uwe/{help_with}", {})
        await send(house, f"/t/acme/people/sue/{help_with}", {}, status=403)
    told = (await house.administration.trail.of("acme", SYSTEM).page(kind="account")).entries
    assert [one.action for one in told] == ["second_factor_removed", "sessions_ended", "password_link_sent"]
    assert {one.id for one in told} == {"uwe"}


async def test_an_operator_makes_a_tenant_and_leads_it_through_its_states(house: Portal) -> None:
    assert "New tenant" in await page(house, "/operator/tenants", role="operator")
    await page(house, "/operator/tenants", role="superadmin", status=403)
    form = {"name": "New GmbH", "id": "new", "language": "de", "demo": "true", "superadmin": "Ann", "email": "ann"}
    wrong = await send(house, "/operator/tenants/_new", form, role="operator", status=422)
    assert 'href="#f-email"' in wrong
    await send(house, "/operator/tenants/_new", {**form, "email": "ann@new.example"}, role="operator")
    (line,) = await house.administration.tenants.of(SYSTEM).list("new")
    assert (line.tenant.state, line.people) == ("demo", 1)
    await send(house, "/operator/tenants/_new", {**form, "email": "b@new.example"}, role="operator", status=422)
    await send(house, "/operator/tenants/new/state", {"state": "suspended", ":version": "1"}, role="operator")
    shown = await page(house, "/operator/tenants/new", role="operator", language="de")
    assert "Ausgesetzt" in shown
    assert "Zurück zum Demo-Zugang" in shown
    await send(house, "/operator/tenants/new", {"name": "New AG", "language": "de", ":version": "2"}, role="operator")
    stale = {"name": "Old", "language": "de", ":version": "2"}
    await send(house, "/operator/tenants/new", stale, role="operator", status=409)
    assert "New AG" in await page(house, "/operator/tenants?state=suspended", role="operator")
    assert "Olga" in await page(house, "/t/operator/people", role="operator")


async def test_people_are_sorted_by_any_column(house: Portal) -> None:
    async def seen(sort: str) -> list[str]:
        return re.findall(r"people/(\w+)\"", (await page(house, f"/t/acme/people?sort={sort}")).split("<tbody>")[1])

    everybody = await seen("username")
    assert everybody == ["adam", "nora", "sue", "uwe"]
    assert await seen("-username") == everybody[::-1]
    assert (await seen("role"))[0] == "adam"
    await page(house, "/t/acme/people?sort=grants", status=400)


async def test_the_audit_shows_who_changed_what_with_its_difference(house: Portal) -> None:
    uwe = await named(house, "uwe")
    form = {"name": "<b>Uwe</b>", "email": uwe.email, "username": "uwe", "role": "user", ":version": "1"}
    await send(house, f"/t/acme/people/{uwe.id}", form)
    shown = await page(house, "/t/acme/audit")
    assert "&lt;b&gt;Uwe&lt;/b&gt;" in shown
    assert '<th scope="row">E-mail address</th>' not in shown
    assert '<th scope="row">Numbers</th>' in shown
    assert "<b>Uwe</b>" not in shown
    assert "Sales" in shown
    only = await page(house, "/t/acme/audit?kind=account&person=adam&since=2026-11-27&until=2026-11-27")
    assert "adam" in only
    assert "Sales" not in only
    assert "Nothing fits" in await page(house, "/t/acme/audit?since=2026-11-28")
    assert "as it was written" in await page(house, "/t/acme/audit/check")
    async with house.administration.store.write() as conn:
        await conn.exec_driver_sql("UPDATE audit SET actor = 'nobody' WHERE no = 2")
    assert "altered from line 2 on" in await page(house, "/t/acme/audit/check")
    await page(house, "/t/acme/audit", role="user", status=403)
    assert ORIGIN


async def test_groups_and_numbers_of_rights_are_searched_for_where_there_are_many(house: Portal) -> None:
    keeping = house.administration.keeping.of("acme", SYSTEM)
    for no in range(55):
        await keeping.create("number-group", {"name": f"Group {no}", "numbers": ["+4930100"]}, id=f"group-{no}")
    grants = {"grants[0].right": "call.view", "grants[0].scope": "groups", "grants[0].groups": "group-54"}
    text = await send(house, "/t/acme/people/_new", {"name": "Kim", **grants}, status=422)
    assert "/t/acme/choices/number-group" in text
    assert "Group 54" in text
