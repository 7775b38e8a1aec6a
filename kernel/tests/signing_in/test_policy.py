from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from switchhook.access.actor import SYSTEM, Actor, Forbidden
from switchhook.people.own import CurrentPasswordWrong, Own
from switchhook.people.policies import Policies
from switchhook.people.policy import LEVELS, PasswordPolicy, PasswordTooWeak, days_left, failing, generate, rules
from switchhook.resources.record import StaleVersion
from switchhook.schema import SettingsRefused
from switchhook.store.audit import entries

from .conftest import PASSWORD, Portal

NAMES = ("kim.oezil", "kim@acme.example", "Kim Özil")
DAY = 24 * 3600


@pytest.mark.parametrize(
    ("password", "level", "names"),
    [
        ("kurz", 1, ["length"]),
        ("kaffeetasse", 1, []),
        ("1234567890", 1, ["common"]),
        ("QWERTYUIOP", 1, ["common"]),
        ("abababababab", 1, ["common"]),
        ("kim.oezil@", 1, []),
        ("KIM@acme.example", 1, ["common"]),
        ("kaffeetasse", 2, ["length", "classes"]),
        ("Kaffeetasse1", 2, []),
        ("Kaffeetasse12", 3, ["length", "classes"]),
        ("Kaffee-Tasse12", 3, []),
        ("Kaffee-Tasse12", 4, ["length"]),
        ("Password1!Password1!", 4, ["guessable"]),
        ("u7#Tisch.Wolke!Rad", 4, []),
        ("e\u0301" * 9 + "x", 1, ["common"]),  # nine letters composed, and one
        ("ä" * 127 + "bcd", 1, ["longest"]),
        ("äöü" * 42 + "bc", 1, []),
        ("x" * 5000, 4, ["longest", "common", "classes", "guessable"]),
    ],
)
def test_each_rule_a_password_breaks_is_named(password: str, level: int, names: list[str]) -> None:
    assert [rule.name for rule in failing(password, NAMES, level)] == names


def test_a_higher_level_asks_for_all_a_lower_one_asks_for() -> None:
    asked = [{rule.name for rule in rules(level)} for level in LEVELS]
    assert all(lower <= higher for lower, higher in itertools.pairwise(asked))
    assert [len(one) for one in asked] == [3, 4, 5, 6]
    assert "mindestens 14 Zeichen" in [rule.label.de for rule in rules(3)]
    assert "none of the last 10 passwords" in [rule.label.en for rule in rules(4)]


def test_a_made_password_keeps_every_rule() -> None:
    made = {generate() for _ in range(4)}
    assert len(made) == 4
    assert all(failing(one, NAMES, 4) == [] for one in made)


def test_the_days_that_are_left() -> None:
    changed = datetime(2026, 1, 1, 12, tzinfo=UTC)
    due = changed + timedelta(days=90)
    left = [days_left(changed, 90, due - timedelta(days=n)) for n in (8, 7, 1, 0, -5)]
    assert left == [8, 7, 1, 0, 0]
    assert days_left(changed, 90, due - timedelta(seconds=1)) == 1
    assert days_left(changed, 0, due) is None


async def raised(portal: Portal, **values: object) -> None:
    policy = Policies(portal.keeping).of("acme", SYSTEM)
    await policy.change((await policy.get()).version, values)


def own(portal: Portal, seat) -> Own:
    return portal.door.own(seat)


async def change(portal: Portal, new: str, current: str = PASSWORD) -> str:
    seat = (await portal.enter(password=current)).seat
    return await own(portal, seat).change_password(current, new, address="192.0.2.1", agent="Firefox")


async def test_the_level_can_only_be_raised_and_by_who_may(portal: Portal) -> None:
    policies = Policies(portal.keeping)
    assert (await policies.of("acme", Actor("lee")).get()).value == PasswordPolicy()
    with pytest.raises(Forbidden):
        await policies.of("acme", Actor("lee")).change(0, {"level": 2})
    kim = policies.of("acme", SYSTEM)
    assert (await kim.change(0, {"level": 3})).version == 1
    with pytest.raises(StaleVersion):
        await kim.change(0, {"level": 4})
    for values in ({"level": 2}, {"level": 5}, {"days": 31}):
        with pytest.raises(SettingsRefused):
            await kim.change(1, values)
    await kim.change(1, {"days": 90})
    assert (await kim.get()).value == PasswordPolicy(level=3, days=90)
    assert (await policies.of("other", SYSTEM).get()).value == PasswordPolicy()
    assert [one.action for one in await entries(portal.store, "acme", kind="password-policy")] == ["change", "change"]


async def test_a_higher_level_is_for_new_passwords(portal: Portal) -> None:
    await raised(portal, level=4)
    with pytest.raises(PasswordTooWeak) as refused:  # the old one still opens the door
        await change(portal, "Kaffeetasse1")
    assert refused.value.data["rules"] == ["length", "classes", "guessable"]


async def test_former_passwords_do_not_come_again(portal: Portal) -> None:
    await raised(portal, level=3)
    used = [PASSWORD, *(f"Kaffee-Tasse-{n}" for n in range(10, 16))]
    for before, after in itertools.pairwise(used):
        await change(portal, after, before)
    with pytest.raises(PasswordTooWeak) as refused:
        await change(portal, used[-5], used[-1])
    assert refused.value.data["rules"] == ["history"]
    with pytest.raises(PasswordTooWeak):
        await change(portal, used[-1], used[-1])
    await change(portal, used[-6], used[-1])


async def test_changing_ones_password_ends_every_session_and_begins_a_new_one(portal: Portal) -> None:
    elsewhere = await portal.enter()
    with pytest.raises(CurrentPasswordWrong):
        await own(portal, elsewhere.seat).change_password("wrong", "Kaffeetasse1", address="", agent="")
    token = await change(portal, "Kaffeetasse1")
    assert await portal.door.seat(elsewhere.token) is None
    assert await portal.door.seat(token) is not None
    assert [mail["template"] for mail in portal.outbox.mails] == ["password_changed"]


async def test_a_week_before_it_says_so_and_when_due_nothing_else_goes(portal: Portal) -> None:
    await raised(portal, days=90)
    signed = await portal.enter()
    said = []
    for days in (82, 1, 6, 1):
        portal.clock.advance(days * DAY)
        seat = (await portal.enter()).seat
        said.append((seat.must, seat.notice_days))
    assert said == [("", 0), ("", 7), ("", 1), ("change_password", 0)]
    token = await change(portal, "Kaffeetasse1")
    seat = await portal.door.seat(token)
    assert seat is not None
    assert (seat.must, seat.notice_days) == ("", 0)
    assert await portal.door.seat(signed.token) is None
