from __future__ import annotations

import asyncio

import attrs
import pytest

from switchhook import NotFound, Refusal
from switchhook.access.account import Grant
from switchhook.access.actor import SYSTEM, Forbidden
from switchhook.people.rules import LastSuperadmin
from switchhook.resources.listing import ListRefused
from switchhook.resources.record import ChangeRefused, StaleVersion
from switchhook.schema import SettingsRefused
from switchhook.store.audit import entries

from .conftest import House

RANK = {"user": 0, "admin": 1, "superadmin": 2, "operator": 3}
ROLES = ("user", "admin", "superadmin")
MANAGER = (Grant("people.change"), Grant("people.view"))
KIM = {"name": "Kim Özil", "email": "Kim@Acme.example"}


async def _allowed(work) -> bool:
    try:
        await work
    except Forbidden:
        return False
    return True


async def test_roles_by_operations(house: House) -> None:
    """Every role does every operation to every role; what is expected is the rule in one line each (S09, I02-I05)."""
    await house.put("rest", "superadmin")
    actors = [await house.put(f"the-{role}", role, grants=MANAGER if role == "user" else ()) for role in ROLES]
    actors.append(await house.put("the-operator", "operator", tenant="operator"))
    nobody = await house.put("the-nobody")
    found, expected = {}, {}
    for actor in [*actors, nobody]:
        people = await house.as_(actor)
        for role in ROLES:
            for operation in ("create", "rename", "raise", "lower", "disable", "enable", "delete", "handle"):
                state = "disabled" if operation == "enable" else "active"
                target = await house.put("target", role, state)
                work = {
                    "create": lambda p, r=role: p.create({"name": "N", "email": f"new{len(found)}@x.de", "role": r}),
                    "rename": lambda p, t=target: p.change(t.id, 1, {"name": "Other"}),
                    "raise": lambda p, t=target: p.change(t.id, 1, {"role": "superadmin"}),
                    "lower": lambda p, t=target: p.change(t.id, 1, {"role": "user"}),
                    "disable": lambda p, t=target: p.disable(t.id, 1),
                    "enable": lambda p, t=target: p.enable(t.id, 1),
                    "delete": lambda p, t=target: p.delete(t.id, 1),
                    "handle": lambda p, t=target: p.handled(t.id),
                }[operation]
                key = (actor.username, role, operation)
                found[key] = await _allowed(work(people))
                expected[key] = (
                    actor is not nobody
                    and RANK[actor.role] >= RANK[role]
                    and (operation != "raise" or RANK[actor.role] >= RANK["superadmin"])
                )
    assert {key: found[key] for key in found if found[key] != expected[key]} == {}
    assert not any(found["the-admin", "superadmin", operation] for operation in ("create", "delete", "handle"))


async def test_a_new_person_is_invited_and_told_in_the_audit_without_secrets(house: House) -> None:
    people = house.people.of("acme", SYSTEM)
    kim = await people.create({**KIM, "grants": [{"right": "number.view", "scope": "number", "numbers": ["0221 11"]}]})
    assert (kim.state, kim.username, kim.email) == ("invited", "kim@acme.example", "kim@acme.example")
    assert kim.grants == (Grant("number.view", "number", ("+4922111",)),)
    assert house.invited == ["kim@acme.example"]
    assert await people.invite_again(kim.id) == kim
    assert len(house.invited) == 2
    told = await entries(house.store, "acme", kind="account", id=kim.id)
    assert [(one.action, one.actor) for one in told] == [("invite", "system"), ("create", "system")]
    assert told[1].after["fields"]["email"] == "kim@acme.example"  # type: ignore[index]
    assert await house.audit.broken(house.store) is None
    assert [(one.action, one.kind, one.id) for one in house.watcher.made] == [("create", "account", kim.id)]
    with pytest.raises(SettingsRefused, match="taken"):
        await house.people.of("other", SYSTEM).create({"name": "X", "email": "x@x.de", "username": " KIM@acme.example"})


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"email": "no address"}, "account.email"),
        ({"email": "a@b.de\nBcc: x@y.de"}, "account.email"),
        ({"name": "A\r\nB"}, "account.name"),
        ({"username": "a b"}, "account.username"),
        ({"role": "boss"}, "account.role"),
        ({"balance": 5}, "account.balance"),
        ({"grants": [{"right": "number.veiw"}]}, "did you mean 'number.view'"),
        ({"grants": [{"right": "audit.view", "scope": "own"}]}, "account.grants[0].scope"),
        ({"grants": [{"right": "number.view", "scope": "number", "numbers": ["+4922199"]}]}, "no number '+4922199'"),
        ({"grants": [{"right": "number.view", "scope": "group", "groups": ["sales"]}]}, "no number-group 'sales'"),
        ({"grants": [{"right": "number.view", "scope": "group"}]}, "account.grants[0].groups"),
    ],
)
async def test_what_does_not_fit_is_refused_at_its_field(house: House, values, problem) -> None:
    with pytest.raises(SettingsRefused) as refused:
        await house.people.of("acme", SYSTEM).create({**KIM, **values})
    assert problem in str(refused.value)
    assert house.invited == []


async def test_nobody_gives_what_he_has_not(house: House) -> None:
    groups = house.keeping.of("acme", SYSTEM)
    for group, number in (("sales", "+4922111"), ("support", "+4922111")):
        await groups.create("number-group", {"name": group, "numbers": [number]}, id=group)
    lee = await house.put("lee", grants=(*MANAGER, Grant("number.view", "group", ("sales",)), Grant("call.view")))
    people, target = await house.as_(lee), await house.put("target")

    async def gives(*row: object) -> bool:
        ids = "groups" if "group" in row else "numbers"
        names = dict(zip(("right", "scope", ids), row, strict=False))
        return await _allowed(people.change(target.id, (await people.get(target.id)).version, {"grants": [names]}))

    assert await gives("number.view", "group", ["sales"])
    assert await gives("number.view", "number", ["+4922111"])
    assert await gives("call.view")
    assert not await gives("number.view")
    assert not await gives("number.view", "number", ["+4922112"])
    assert not await gives("number.view", "group", ["support"])  # the same numbers today, others tomorrow
    assert not await gives("audit.view")
    # One with more rights is not his to change: with another address he could take the account over.
    stronger = await house.put("stronger", grants=(Grant("audit.view"),))
    assert not await _allowed(people.change(stronger.id, 1, {"email": "lee@acme.example"}))
    assert not await _allowed(people.handled(stronger.id))


async def test_a_right_whose_plugin_is_gone_stays_but_cannot_be_given(house: House) -> None:
    kim = await house.put("kim", grants=(Grant("recording.listen"), Grant("fax.send")))
    people = house.people.of("acme", SYSTEM)
    rows = [{"right": "recording.listen"}, {"right": "fax.send"}]
    after = await people.change(kim.id, 1, {"name": "K", "grants": rows})
    assert [one.right for one in after.grants] == ["recording.listen", "fax.send"]
    with pytest.raises(SettingsRefused, match=r"grants\[2\].right: there is no right 'fax.see'"):
        await people.change(kim.id, 2, {"grants": [*rows, {"right": "fax.see"}]})


async def test_two_superadmins_who_demote_each_other_at_once_leave_one(house: House) -> None:
    for turn in range(4):
        ann, bob = await house.put("ann", "superadmin"), await house.put("bob", "superadmin")
        by_ann, by_bob = await house.as_(ann), await house.as_(bob)
        away = {"role": "admin"}
        work = (
            (by_ann.change(bob.id, 1, away), by_bob.change(ann.id, 1, away))
            if turn % 2
            else (by_ann.change(ann.id, 1, away), by_bob.delete(bob.id, 1))
        )
        done = await asyncio.gather(*work, return_exceptions=True)
        refused = [one for one in done if isinstance(one, Forbidden | LastSuperadmin)]
        left = (await house.people.of("acme", SYSTEM).page(role="superadmin", state="active")).accounts
        assert (len(refused), len(left)) == (1, 1), done
    with pytest.raises(LastSuperadmin):
        await house.people.of("acme", SYSTEM).disable(left[0].id, left[0].version)


async def test_a_stale_save_says_what_is_kept(house: House) -> None:
    kim, people = await house.put("kim"), house.people.of("acme", SYSTEM)
    after = await people.change(kim.id, 1, {"name": "Kim Two"})
    with pytest.raises(StaleVersion) as stale:
        await people.change(kim.id, 1, {"name": "Kim Three"})
    assert stale.value.current == after
    assert (after.version, after.email) == (2, kim.email)


async def test_an_own_profile_needs_no_right_and_holds_nothing_else(house: House) -> None:
    me = await house.put("me")
    people = await house.as_(me)
    after = await people.change_own(1, {"name": "Me Too", "language": "en", "theme": "dark"})
    assert attrs.evolve(me, name="Me Too", language="en", theme="dark", version=2) == after == await people.own()
    with pytest.raises(SettingsRefused, match="unknown setting"):
        await people.change_own(2, {"role": "superadmin"})
    with pytest.raises(Forbidden):
        await people.get(me.id)


async def test_one_who_was_disabled_changes_nothing_any_more(house: House) -> None:
    admin, kim = await house.put("admin", "admin"), await house.put("kim")
    still = await house.as_(admin)
    await house.people.of("acme", SYSTEM).disable(admin.id, 1)
    with pytest.raises(Forbidden, match="your own account was changed"):
        await still.change(kim.id, 1, {"name": "No"})
    assert (await house.actor(await house.people.of("acme", SYSTEM).get(admin.id))).rights == {}


async def test_people_are_listed_searched_and_paged_in_their_tenant(house: House) -> None:
    for i in range(7):
        await house.put(f"kim{i}", "admin" if i % 2 else "user")
    await house.put("kim-of-other", tenant="other")
    people = house.people.of("acme", SYSTEM)
    seen, after = [], ""
    while True:
        page = await people.page("KIM", limit=3, after=after)
        seen += [one.username for one in page.accounts]
        if not (after := page.after):
            break
    assert seen == [f"kim{i}" for i in range(7)]
    back, after = [], ""
    while True:
        page = await people.page("KIM", limit=3, after=after, order="-role")
        back += [(one.role, one.id) for one in page.accounts]
        if not (after := page.after):
            break
    assert back == sorted(back, reverse=True)
    assert len(set(back)) == 7
    first = await people.page("KIM", limit=3, order="email")
    with pytest.raises(ListRefused, match="another order"):
        await people.page("KIM", limit=3, after=first.after)
    assert [one.username for one in (await people.page(role="admin", state="active")).accounts] == [
        "kim1",
        "kim3",
        "kim5",
    ]
    with pytest.raises(NotFound):
        await people.get("id-kim-of-other")
    with pytest.raises(NotFound):
        await people.delete("id-kim-of-other", 1)


async def test_a_guard_refuses_and_nothing_is_kept(house: House) -> None:
    house.watcher.refuse = Refusal("not in this house")
    with pytest.raises(ChangeRefused):
        await house.people.of("acme", SYSTEM).create(KIM)
    assert house.invited == []
    assert not (await house.people.of("acme", SYSTEM).page()).accounts


async def test_operators_are_made_by_operators_in_their_own_tenant(house: House) -> None:
    boss = await house.put("boss", "superadmin")
    with pytest.raises(Forbidden):
        await (await house.as_(boss, "operator")).page()
    operators = house.people.of("operator", SYSTEM)
    ops = await operators.create({"name": "Ops", "email": "ops@x.de", "role": "operator"})
    assert ops.role == "operator"
    with pytest.raises(Forbidden, match="no admin in this tenant"):
        await operators.create({"name": "No", "email": "no@x.de", "role": "admin"})
    with pytest.raises(Forbidden, match="no operator in this tenant"):
        await house.people.of("acme", SYSTEM).create({**KIM, "role": "operator"})


async def test_a_group_named_by_rights_is_not_deleted_under_them(house: House) -> None:
    groups = house.keeping.of("acme", SYSTEM)
    await groups.create("number-group", {"name": "Sales", "numbers": ["+4922111"]}, id="sales")
    await house.put("kim", grants=(Grant("number.view", "group", ("sales",)),))
    assert [(use.kind, use.title) for use in await groups.uses("number-group", "sales")] == [("account", "Kim")]
    with pytest.raises(SettingsRefused, match="no number '\\+4922199'"):
        await groups.create("number-group", {"name": "Theirs", "numbers": ["+4922199"]})
