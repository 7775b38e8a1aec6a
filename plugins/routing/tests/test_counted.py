"""Distribution and limit: counted for all workers alike."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from switchhook import Call, Caller
from switchhook.store.engine import Store
from switchhook.testing import assert_module_conforms, call
from switchhook_routing.distribution import Distribution, Share
from switchhook_routing.limit import Limit
from switchhook_routing.passages import Part, chosen, distributed

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def a_call(n: int, caller: int | None = None) -> Call:
    return Call(f"c-{n}", "acme", "+49221", Caller(key=f"k{n if caller is None else caller}"), NOW)


async def ways(store: Store, calls: list[Call], parts: list[Part], at: datetime = NOW, **settings) -> list[str]:
    async def one(each: Call) -> str:
        async with store.write() as conn:
            return await distributed(conn, at, each, "d", parts, **{"window": DAY, "sticky": None} | settings)

    return list(await asyncio.gather(*(one(each) for each in calls)))


@given(st.dictionaries(st.sampled_from("abcde"), st.integers(1, 100), min_size=1), st.integers(1, 300))
def test_every_share_is_exact_to_one_call_at_any_moment(weights, calls):
    parts = [Part(way, weight) for way, weight in weights.items()]
    counts: Counter[str] = Counter()
    whole = sum(weights.values())
    for n in range(1, calls + 1):
        counts[chosen(parts, counts)] += 1
        assert all(abs(counts[way] - n * weight / whole) < len(parts) for way, weight in weights.items())


async def test_calls_at_the_same_time_are_distributed_exactly(kept: Store):
    parts = [Part("a", 50), Part("b", 30), Part("c", 20), Part("d", 0)]
    assert Counter(await ways(kept, [a_call(n) for n in range(40)], parts)) == {"a": 20, "b": 12, "c": 8}


async def test_the_same_call_asked_again_goes_the_same_way_and_counts_once(kept: Store):
    parts = [Part("a", 1), Part("b", 1)]
    assert await ways(kept, [a_call(1)] * 5, parts) == ["a"] * 5
    assert await ways(kept, [a_call(2)], parts) == ["b"]


async def test_callers_stay_with_their_share_as_long_as_it_says(kept: Store):
    parts = [Part("a", 1), Part("b", 1)]
    week = timedelta(days=7)
    for n in range(6):
        assert await ways(kept, [a_call(n, caller=1)], parts, sticky=week) == ["a"]
    assert set(await ways(kept, [a_call(90)], parts, sticky=week)) == {"b"}
    later = await ways(kept, [a_call(91, caller=1)], parts, at=NOW + timedelta(days=8), sticky=week)
    assert later == ["b"], "which is behind by now"


async def test_a_share_with_its_quota_gets_no_more_until_the_period_is_over(kept: Store):
    parts = [Part("a", 9, quota=2), Part("b", 1, quota=3)]
    judged = [(await ways(kept, [a_call(n)], parts))[0] for n in range(7)]
    assert Counter(judged) == {"a": 2, "b": 3, "": 2}
    assert await ways(kept, [a_call(50)], parts, at=NOW + timedelta(days=1, seconds=1)) == ["a"]


async def test_a_distribution_by_the_module(kept: Store):
    module = Distribution(name="d", shares=(Share(name="a", quota=1), Share(name="b", quota=1)))
    done = [await call(module, store=kept, caller=Caller("+4930", key="x")) for _ in range(2)]
    assert [one.exit for one in done] == ["share:a", "share:a"], "each simulated call is the same one"
    assert done[0].why == "it is the turn of a"


def test_weights_that_sum_up_to_nothing_are_found():
    module = Distribution(name="d", shares=(Share(name="a", weight=0),))
    assert [(one.rule, one.severity) for one in module.lint()] == [("L30", "error")]


def test_distribution_keeps_its_contract():
    rows = [[{"name": "a"}], [{"name": "a", "weight": 3}, {"name": "b", "quota": 5}]]
    assert_module_conforms(Distribution, settings={"shares": rows}, unreached=("full",))


async def test_a_caller_has_so_many_calls_an_hour(kept: Store):
    from switchhook_routing.passages import pass_by

    module = Limit(name="line", per_caller=2)
    who = Caller("+4930123456", key="x")
    async with kept.write() as conn:
        for n in (1, 2):
            before = Call(f"before-{n}", "test", "+49221", who, NOW)
            await pass_by(conn, datetime(2026, 3, 2, 11, 30, tzinfo=UTC), before, "limit:line", "ok")
    done = await call(module, store=kept, caller=who)
    assert (done.exit, done.why) == ("over", "this caller had 2 calls within the last hour")
    assert (await call(module, store=kept, caller=Caller("+4931", key="y"))).exit == "ok"
    assert (await call(module, store=kept, caller=who, at=datetime(2026, 3, 2, 12, 31, tzinfo=UTC))).exit == "ok"


def test_limit_keeps_its_contract():
    assert_module_conforms(Limit, unreached=("over",))
