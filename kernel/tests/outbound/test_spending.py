"""Money is put aside before a leg is dialled, and charged once by what was talked (SEC26, I23)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import attrs
import pytest
from sqlalchemy import insert, select, update

from switchhook import Budget, Call, Caller, DialPlan, LegRefused, Target
from switchhook.access.tenant import Tenant
from switchhook.alerts.inbox import Alerts
from switchhook.clock import SetClock
from switchhook.outbound.judging import Facts
from switchhook.outbound.limit import Ceiling
from switchhook.outbound.spending import Spending
from switchhook.rating.price_list import CallRate
from switchhook.store import tables
from switchhook.store.audit import Audit
from switchhook.store.directory import Directory
from switchhook.store.engine import Store, StoreAway
from switchhook.store.records import call_row
from switchhook.store.tables_charges import charge
from switchhook.store.tables_spending import reservation, spending

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
MOBILE, FIXED = "+491711234567", "+4930123456"
EUR = 1_000_000
A_MINUTE = CallRate(name="Mobile", price_list="now", prefix="+4917", per_minute="0.60", first_seconds=1, next_seconds=1)
FACTS = Facts(rates={MOBILE: A_MINUTE}, currency="EUR")
CEILING = Ceiling(day=20 * EUR, month=200 * EUR)
PLAN = DialPlan((Target("number", MOBILE),), limit_seconds=600)


def spending_of(store: Store, at: datetime = NOW, ceiling: Ceiling = CEILING) -> Spending:
    clock = SetClock(at)
    return Spending(store, clock, Audit(b"k" * 32), Alerts(store, clock), ceiling)


@pytest.fixture
async def money(store: Store) -> Spending:
    await Directory(store, SetClock(NOW)).put_tenant(Tenant("acme", "acme", NOW))
    return spending_of(store)


def calling(id: str = "sh1-1", tenant: str = "acme") -> Call:  # noqa: A002
    return Call(id, tenant, "+4922112345", Caller(), NOW)


async def ended(store: Store, call: Call, status: str = "answered", talk: float = 90.0, by: str = MOBILE) -> None:
    """What the journal keeps of a leg once it is over."""
    facts = {"leg": 1, "status": status, "talk_seconds": talk, "answered_by": by}
    leg = {"call": call.id, "number": 1, "tenant": call.tenant, "target": MOBILE, "status": status}
    event = {"call": call.id, "session": 1, "seq": 1, "tenant": call.tenant, "at": NOW, "kind": "leg.ended"}
    async with store.write() as conn:
        await conn.execute(insert(tables.call).values(**call_row(call, 1)))
        await conn.execute(insert(tables.leg).values(**leg, talk_seconds=talk, created=NOW, ended=NOW))
        await conn.execute(insert(tables.event).values(**event, data=facts))


async def pots(store: Store) -> dict[str, tuple[int, int]]:
    """What is reserved and spent, by budget and period."""
    async with store.read() as conn:
        rows = (await conn.execute(select(spending).where(spending.c.budget != ""))).mappings().all()
    return {f"{row['budget']} {row['period']}": (row["reserved"], row["spent"]) for row in rows}


async def charged(store: Store) -> list[tuple[str, int, str]]:
    async with store.read() as conn:
        rows = (await conn.execute(select(charge.c.key, charge.c.micro, charge.c.text_en))).all()
    return [(key, micro, text) for key, micro, text in rows]


async def why_not(money: Spending, plan: DialPlan = PLAN, facts: Facts = FACTS, **call: str) -> str:
    try:
        await money.reserve(calling(**call), plan, 1, facts)
    except LegRefused as refusal:
        return str(refusal)
    return ""


async def test_money_is_put_aside_before_and_charged_once_by_what_was_talked(money: Spending, store: Store) -> None:
    assert (await money.reserve(calling(), PLAN, 1, FACTS)).limit_seconds == 600
    aside = {"tenant 2026-11-27": (6 * EUR, 0), "tenant 2026-11": (6 * EUR, 0)}
    assert (await pots(store), await money.settle()) == (aside, 0)
    await ended(store, calling())
    assert (await money.settle(), await money.settle()) == (1, 0)
    assert await pots(store) == dict.fromkeys(aside, (0, 900000))
    assert await charged(store) == [("call:sh1-1/1", 900_000, "Call to DE: Mobile, 1:30 min")]


async def test_the_talk_is_as_long_as_what_is_left_and_less_than_a_minute_is_no_talk(money: Spending) -> None:
    budgets = (Budget.of("callthrough.user.anna", "0.95"),)
    plan = attrs.evolve(PLAN, budgets=budgets)
    assert (await money.reserve(calling(), plan, 1, FACTS)).limit_seconds == 95
    assert await why_not(money, plan, id="sh1-2") == (
        "of the budget 'callthrough.user.anna' of 0.95 EUR for 2026-11-27 only 0.00 EUR are left, "
        "too little for a minute"
    )
    assert (await money.reserve(calling("sh1-3"), DialPlan(PLAN.targets), 1, FACTS)).limit_seconds == 1905
    assert await why_not(money, id="sh1-4") == (
        "of the spend limit of 20.00 EUR for 2026-11-27 only 0.00 EUR are left, too little for a minute"
    )
    assert await why_not(money, id="sh1-5", tenant="other") == "", "each tenant has its own"
    short = attrs.evolve(PLAN, limit_seconds=10, budgets=(Budget.of("callthrough.user.berta", "0.10", "always"),))
    assert (await money.reserve(calling("sh1-6", "other"), short, 1, FACTS)).limit_seconds == 10


async def test_many_at_the_same_moment_never_take_more_than_there_is(money: Spending, store: Store) -> None:
    """SEC26: fifty ask for money of three."""
    plan = attrs.evolve(PLAN, limit_seconds=60, budgets=(Budget.of("callthrough.user.anna", "1.80"),))
    answers = await asyncio.gather(*(why_not(money, plan, id=f"sh1-{no}") for no in range(50)))
    assert answers.count("") == 3
    assert (await pots(store))["callthrough.user.anna 2026-11-27"] == (1_800_000, 0)
    async with store.read() as conn:
        assert len((await conn.execute(select(reservation.c.call))).all()) == 3


async def test_of_numbers_that_ring_together_the_dearest_is_put_aside_once_and_who_answered_is_charged(
    money: Spending, store: Store
) -> None:
    cheap = attrs.evolve(A_MINUTE, per_minute="0.02")
    both = attrs.evolve(FACTS, rates={MOBILE: A_MINUTE, FIXED: cheap})
    plan = DialPlan((Target("number", FIXED), Target("phone", "anna"), *PLAN.targets), limit_seconds=600)
    cases = [(FIXED, 30_000), ("anna", 0), (MOBILE, 900_000), ("trunk", 900_000)]
    for no, (who, cost) in enumerate(cases):
        call = calling(f"sh1-{no}")
        await money.reserve(call, plan, 1, both)
        assert (await pots(store))["tenant 2026-11-27"][0] == 6 * EUR
        await ended(store, call, by=who)
        before = (await pots(store))["tenant 2026-11-27"][1]
        await money.settle()
        assert (await pots(store))["tenant 2026-11-27"] == (0, before + cost), who


@pytest.mark.parametrize("status", ["busy", "no_answer", "cancelled"])
async def test_who_did_not_answer_costs_nothing(money: Spending, store: Store, status: str) -> None:
    await money.reserve(calling(), PLAN, 1, FACTS)
    await ended(store, calling(), status, 0.0, "")
    await money.settle()
    assert (await pots(store), await charged(store)) == (dict.fromkeys(await pots(store), (0, 0)), [])


async def test_a_session_that_was_gone_before_it_dialled_puts_nothing_aside_twice(
    money: Spending, store: Store
) -> None:
    await money.reserve(calling(), PLAN, 1, FACTS)
    before = await pots(store)
    await money.reserve(calling(), PLAN, 1, FACTS)
    assert await pots(store) == before
    await ended(store, calling())
    assert await why_not(money) == "the leg was dialled before", "it is settled by whoever asks next"


async def test_what_was_put_aside_stays_until_it_is_known_how_the_leg_ended(money: Spending, store: Store) -> None:
    """A portal that died before it wrote a word of the leg: Asterisk's record tells, and nothing else releases it."""
    call = calling()
    await money.reserve(call, PLAN, 1, FACTS)
    later = spending_of(store, NOW + timedelta(days=40))
    assert await later.settle() == 0
    rows = [("CHAN_START", 0, "caller", call.id), ("BRIDGE_ENTER", 5, "caller", call.id)]
    rows += [("BRIDGE_ENTER", 5, "PJSIP/trunk-00000001", "sh1-2"), ("BRIDGE_EXIT", 15, "caller", call.id)]
    async with store.write() as conn:
        for no, (kind, second, name, channel) in enumerate(rows):
            at = NOW + timedelta(seconds=second)
            row = {"key": str(no), "linked": call.id, "channel": channel, "kind": kind, "at": at, "name": name}
            await conn.execute(insert(tables.cel_row).values(**row))
        await conn.execute(insert(tables.call).values(**call_row(call, 0)))
    assert await later.settle() == 0, "the call may still be on"
    async with store.write() as conn:
        await conn.execute(update(tables.call).values(ended=NOW + timedelta(seconds=16)))
    assert (await later.settle(), await charged(store)) == (
        1,
        [("call:sh1-1/1", 100_000, "Call to DE: Mobile, 0:10 min")],
    )


async def test_without_a_database_only_what_costs_nothing_is_dialled(money: Spending) -> None:
    class Away:
        def write(self) -> None:
            raise StoreAway("gone")

    away = attrs.evolve(money, store=Away())  # type: ignore[arg-type]
    assert await why_not(away) == "no money can be reserved while the database is away"
    assert await why_not(away, facts=Facts()) == ""
