"""Calls that are too many at once are refused, calls that come too fast are held until the operator releases them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import attrs
import pytest
from sqlalchemy import select, update

from switchhook import Budget, DialPlan, LegRefused, NotFound, Target
from switchhook.access.actor import SYSTEM, Actor, Forbidden
from switchhook.access.tenant import Tenant
from switchhook.clock import SetClock
from switchhook.outbound.authorizing import Outbound
from switchhook.outbound.judging import Facts
from switchhook.outbound.limit import Ceiling
from switchhook.outbound.spending import Spending
from switchhook.store.audit import entries
from switchhook.store.directory import Directory
from switchhook.store.engine import Store
from switchhook.store.routing import Number
from switchhook.store.tables_post import alert
from switchhook.store.tables_spending import reservation

from .test_spending import A_MINUTE, EUR, MOBILE, NOW, PLAN, calling, spending_of, why_not

FREE = Facts()
NIGHT = datetime(2026, 11, 28, 3, tzinfo=UTC)


@pytest.fixture
async def acme(store: Store) -> Store:
    directory = Directory(store, SetClock(NOW))
    await directory.put_tenant(Tenant("acme", "acme", NOW))
    await directory.assign(Number("+4922112345", "acme", ""))
    return store


async def refused(money: Spending, number: str, no: int, *budgets: Budget) -> str:
    plan = DialPlan((Target("number", number),), budgets=budgets)
    return await why_not(money, plan, FREE, id=f"sh1-{no}")


def at(money: Spending, moment: datetime) -> Spending:
    return spending_of(money.store, moment, money.usual)


async def alerts(store: Store) -> dict[str, tuple[str, str]]:
    async with store.read() as conn:
        rows = (await conn.execute(select(alert.c.tenant, alert.c.state, alert.c.en))).all()
    return {tenant: (state, said) for tenant, state, said in rows}


async def test_many_calls_to_a_new_country_are_held_alarmed_and_released_by_hand(acme: Store) -> None:
    """SEC29: thirty calls in ten minutes at three in the night."""
    money = spending_of(acme, NIGHT, Ceiling(new_country_calls=3))
    said = [await refused(at(money, NIGHT + timedelta(seconds=20 * no)), f"+336123456{no:02}", no) for no in range(30)]
    why = "more than 3 calls went to new countries within an hour: FR"
    assert said == [""] * 3 + [f"calls to the outside are held: {why}"] * 27
    assert await refused(money, MOBILE, 30) == f"calls to the outside are held: {why}", "nobody outside is called"
    told = await alerts(acme)
    assert told["acme"] == ("open", f"Calls to the outside are held until the operator releases them: {why}")
    assert told["operator"][0] == "open"

    later = at(money, NIGHT + timedelta(minutes=20))
    assert (await later.of("acme", SYSTEM).now()).hold is not None
    with pytest.raises(Forbidden):
        await later.of("acme", Actor("boss", SYSTEM.rights, "superadmin")).release()
    await later.of("acme", SYSTEM).release()
    with pytest.raises(NotFound):
        await later.of("acme", SYSTEM).release()
    again = [await refused(at(money, NIGHT + timedelta(minutes=21)), f"+336123457{no:02}", 40 + no) for no in range(4)]
    assert again[:3] == ["", "", ""]
    assert again[3] != "", "what came before counts no more, and three were enough"
    assert {state for state, _ in told.values()} == {"open"}
    actions = [(one.actor, one.action) for one in await entries(acme, "acme", limit=10)]
    assert actions == [("system", "hold"), ("system", "release"), ("system", "hold")]


async def test_a_country_is_known_after_an_hour_and_new_again_after_thirty_days(acme: Store) -> None:
    money = spending_of(acme, NIGHT, Ceiling(new_country_calls=1))
    hour, month = timedelta(hours=1, seconds=1), timedelta(days=31)
    assert await refused(money, "+33612345678", 0) == ""
    assert [await refused(at(money, NIGHT + hour), "+33612345678", no) for no in (1, 2, 3)] == ["", "", ""]
    assert await refused(at(money, NIGHT + hour + month), "+33612345678", 4) == ""
    assert "FR" in await refused(at(money, NIGHT + hour + month), "+33612345678", 5)


async def test_the_countries_of_ones_own_numbers_are_never_new(acme: Store) -> None:
    money = spending_of(acme, NIGHT, Ceiling(new_country_calls=1))
    assert [await refused(money, MOBILE, no) for no in range(3)] == ["", "", ""]


async def test_many_different_numbers_within_an_hour_are_held(acme: Store) -> None:
    money = spending_of(acme, NIGHT, Ceiling(numbers_per_hour=2))
    numbers = (f"+49301234{no}" for no in (1, 1, 1, 2, 2, 3))
    said = [await refused(money, number, no) for no, number in enumerate(numbers)]
    assert said[:5] == [""] * 5
    assert said[5].endswith("more than 2 different numbers were called within an hour")
    emergency = DialPlan((Target("number", "112"),))
    assert await Outbound(None, money).reserve(calling(), emergency, 1) == emergency  # type: ignore[arg-type]


async def test_no_more_are_on_at_once_than_the_tenant_and_each_budget_may_have(acme: Store) -> None:
    money = spending_of(acme, NIGHT, Ceiling(at_once=3))
    anna = Budget("callthrough.user.anna", EUR, at_once=2)
    assert [await refused(money, MOBILE, no, anna) for no in range(3)] == [
        "",
        "",
        "2 calls with the budget 'callthrough.user.anna' are on, as many as it allows at once",
    ]
    too_many = "3 calls to the outside are on, as many as the spend limit allows at once"
    assert [await refused(money, MOBILE, no) for no in (3, 4)] == ["", too_many]
    async with acme.write() as conn:
        await conn.execute(update(reservation).where(reservation.c.call == "sh1-0").values(settled=NIGHT))
    assert await refused(money, MOBILE, 5) == ""
    much_later = at(money, NIGHT + timedelta(hours=6))
    assert await refused(much_later, MOBILE, 6) == "", "what nobody knows the end of is over by then all the same"


async def test_a_limit_that_is_used_up_is_an_alert_and_the_page_tells_what_is_left(acme: Store) -> None:
    money = spending_of(acme, ceiling=Ceiling(day=0, month=5 * EUR))
    with pytest.raises(LegRefused, match=r"of the spend limit of 0.00 EUR"):
        await money.reserve(calling(), PLAN, 1, attrs.evolve(FREE, currency="EUR", rates={MOBILE: A_MINUTE}))
    assert (await alerts(acme))["acme"][1].startswith("The spend limit for 2026-11-27 is used up")
    now = await money.of("acme", SYSTEM).now()
    assert [(one.budget, one.period, str(one.limit)) for one in now.lines] == [
        ("tenant", "2026-11-27", "0.00 XXX"),
        ("tenant", "2026-11", "5.00 XXX"),
    ]
    assert (now.usual, now.on, now.hold) == (True, 0, None)
