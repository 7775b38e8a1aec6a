"""The gate asks for what is kept of the right tenant at the right moment, and passes, limits or refuses by it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

import attrs
import pytest

from switchhook import Call, Caller, DialPlan, LegRefused, Target
from switchhook.outbound.authorizing import Outbound
from switchhook.outbound.judging import Facts
from switchhook.outbound.permission import OutboundPermission
from switchhook.outbound.spending import Spending

LATE = datetime(2026, 11, 28, 23, 59, tzinfo=UTC)
MOBILE, OWN = "+491711234567", "+4922112345"
CALL = Call("1", "acme", OWN, Caller("+4930123456"), LATE)
TODAY = OutboundPermission(name="Germany", without_price=True, until="2026-11-28", longest_minutes=5)
PLAN = DialPlan((Target("number", MOBILE), Target("phone", "anna")), caller_id=OWN)


@attrs.define
class Told:
    """Has the same facts for everybody, and keeps what it was asked."""

    facts: Facts
    asked: list[tuple[object, ...]] = attrs.field(factory=list)

    async def of(self, tenant: str, at: datetime, numbers: tuple[str, ...], shown: str) -> Facts:
        self.asked.append((tenant, at, numbers, shown))
        return self.facts


async def test_a_leg_is_judged_by_the_facts_of_its_tenant_at_its_moment_and_limited_by_them() -> None:
    known = Told(Facts((TODAY,), own=frozenset({OWN})))
    assert await Outbound(known).authorize(CALL, PLAN) == attrs.evolve(PLAN, limit_seconds=300)
    assert await Outbound(known).why_not("acme", PLAN, LATE) == ""
    assert known.asked == [("acme", LATE, (MOBILE,), OWN)] * 2


async def test_a_refusal_tells_every_reason_at_once() -> None:
    known = Told(Facts())
    every = (
        "no permission covers calls to DE: Mobile; "
        f"the number {OWN} cannot be shown, for it is none of the tenant's"
    )  # fmt: skip
    assert await Outbound(known).why_not("acme", PLAN, LATE) == every
    with pytest.raises(LegRefused) as refused:
        await Outbound(known).authorize(CALL, PLAN)
    assert str(refused.value) == every


async def test_a_permission_is_over_the_day_after_whoever_asks() -> None:
    known, later = Told(Facts((TODAY,), own=frozenset({OWN}))), datetime(2026, 11, 29, 0, 1, tzinfo=UTC)
    assert await Outbound(known).why_not("acme", PLAN, later) == "no permission covers calls to DE: Mobile"
    with pytest.raises(LegRefused, match="no permission"):
        await Outbound(known).authorize(attrs.evolve(CALL, arrived=later), PLAN)


@pytest.mark.parametrize("target", [Target("phone", "anna"), Target("number", "112")])
async def test_for_phones_and_emergencies_nothing_is_looked_up(target: Target) -> None:
    known, plan = Told(Facts()), DialPlan((target,), limit_seconds=60)
    assert await Outbound(known).authorize(CALL, plan) is plan
    assert await Outbound(known).why_not("acme", plan, LATE) == ""
    assert known.asked == []


@attrs.define
class Purse:
    """Reserves ten seconds for everybody, and keeps for whom."""

    asked: list[tuple[object, ...]] = attrs.field(factory=list)

    async def reserve(self, call: Call, plan: DialPlan, leg: int, facts: Facts) -> DialPlan:
        self.asked.append((call, plan, leg, facts))
        return attrs.evolve(plan, limit_seconds=10)


async def test_money_is_reserved_for_a_leg_that_costs_something() -> None:
    known, purse = Told(Facts((TODAY,))), Purse()
    spending = cast(Spending, purse)
    assert (await Outbound(known, spending).reserve(CALL, PLAN, 3)).limit_seconds == 10
    assert purse.asked == [(CALL, PLAN, 3, known.facts)]
    assert known.asked == [("acme", LATE, (MOBILE,), OWN)]


async def test_nothing_is_reserved_for_phones_nor_where_nobody_is_really_dialled() -> None:
    known, purse = Told(Facts()), Purse()
    inside = DialPlan((Target("phone", "anna"), Target("number", "112")))
    assert await Outbound(known, cast(Spending, purse)).reserve(CALL, inside, 1) is inside
    assert await Outbound(known).reserve(CALL, PLAN, 1) is PLAN
    assert (known.asked, purse.asked) == ([], [])


async def test_a_number_the_call_has_is_shown_where_the_leg_leaves_it_to_the_call() -> None:
    placed = attrs.evolve(CALL, origin="placed")
    leg = await Outbound(Told(Facts((TODAY,)))).authorize(placed, attrs.evolve(PLAN, caller_id=""))
    assert leg.caller_id == OWN
