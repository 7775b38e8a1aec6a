"""Callthrough in the simulator: who gets in, what is dialled, and every way it ends (S70 to S72, M27)."""

from __future__ import annotations

import attrs
import pytest

from switchhook import MoneyUsedUp
from switchhook.testing import assert_module_conforms, call
from switchhook_callthrough.account import AllowedCaller, CallthroughAccount
from switchhook_callthrough.callthrough import Callthrough

PIN, MOBILE, TO = "280791", "+491711234567", "+49221123456"
KIM = CallthroughAccount(name="Kim", active=True, until="2026-12-31", pin=PIN, callers=(AllowedCaller(number=MOBILE),))
MODULE = Callthrough(accounts=("kim",))


async def calls(keys: str, account: CallthroughAccount = KIM, module: Callthrough = MODULE, **more):
    more.setdefault("caller", MOBILE)
    return await call(module, keys, resources={"kim": account}, **more)


def dialled(done) -> list[list[str]]:
    return [event.data["targets"] for event in done.events if event.kind == "leg.created"]


async def test_s70_a_caller_dials_on_after_the_pin_and_the_course_tells_the_number_but_no_pin():
    done = await calls(f"{PIN}#,0221123456#", parties="answered:30")
    assert (done.exit, done.why) == ("ended", f"connected with {TO} for 30 s")
    assert done.heard == ("stock/callthrough-pin", "stock/dial-tone")
    assert PIN not in repr(done.events)
    assert dialled(done) == [[TO]]
    assert "0221123456" in repr(done.events)


@pytest.mark.parametrize("number", ["0221123456", "0049221123456", "49221123456"])
async def test_numbers_are_dialled_as_at_home(number):
    assert dialled(await calls(f"{PIN}#,{number}#", parties="answered")) == [[TO]]


@pytest.mark.parametrize(
    ("party", "prompt", "why"),
    [
        ("busy", "stock/busy", "is busy"),
        ("no_answer", "stock/callthrough-no-answer", "does not answer"),
        ("unreachable", "stock/callthrough-unreachable", "cannot be reached"),
        ("rejected", "stock/callthrough-rejected", "rejects the call"),
    ],
)
async def test_s70_a_failure_is_told_and_there_is_a_second_try(party, prompt, why):
    done = await calls(f"{PIN}#,0221123456#,0221123457#", parties=f"{party},answered:5")
    assert done.heard[1:] == ("stock/dial-tone", prompt, "stock/dial-tone")
    assert (done.exit, done.notes[-1]) == ("ended", f"{TO} {why}")


async def test_after_three_tries_it_has_failed():
    done = await calls(f"{PIN}#,wait,12#,0221123456#,0221123456#", parties="busy,answered")
    assert (done.exit, done.why) == (
        "failed",
        f"nothing was dialled; 12 is no number that can be called from outside; {TO} is busy",
    )
    assert done.heard[-1] == "stock/busy"


@pytest.mark.parametrize("number", ["00431234567", "09001234567", "0088212345678"])
async def test_s71_an_account_narrows_where_calls_may_go(number):
    done = await calls(f"{PIN}#,{number}#,wait,wait")
    assert dialled(done) == []
    assert "stock/callthrough-refused" in done.heard
    assert any("the account Kim may not call there" in note for note in done.notes)


async def test_an_emergency_is_put_through_whatever_the_account_says():
    assert dialled(await calls(f"{PIN}#,112#", attrs.evolve(KIM, countries=("AT",)), parties="answered")) == [["112"]]


async def test_s71_a_used_up_budget_is_told_and_ends_the_call():
    spent = MoneyUsedUp("of the budget 'callthrough.account.kim' only 0.01 are left")
    done = await calls(f"{PIN}#,0221123456#,0221123456#", refuse=spent)
    assert (done.exit, done.why) == ("denied", str(spent))
    assert done.heard[-1] == "stock/callthrough-budget"
    refused = await calls(f"{PIN}#,0221123456#,wait,wait", refuse="no permission covers calls to DE")
    assert "stock/callthrough-refused" in refused.heard


async def test_s71_a_talk_ends_with_the_longest_one_allowed():
    done = await calls(f"{PIN}#,0221123456#", attrs.evolve(KIM, longest_minutes=1), parties="answered:90")
    assert (done.exit, done.why) == ("ended", f"connected with {TO} for 60 s, as long as one may be")
    assert done.heard[-1] == "stock/callthrough-time-up"


WRONG = ("stock/callthrough-pin", "stock/invalid") * 3 + ("stock/callthrough-denied",)


@pytest.mark.parametrize(
    ("change", "more"),
    [
        ({}, {}),
        ({}, {"caller": "+4930999999"}),
        ({"active": False}, {}),
        ({"until": "2026-03-01"}, {}),
        ({"pin": ""}, {}),
    ],
)
async def test_sec23_wrong_unknown_off_and_ended_sound_alike(change, more):
    pin = PIN if change or more else "111213"
    done = await calls(",".join([f"{pin}#"] * 3 + ["0221123456#"]), attrs.evolve(KIM, **change), **more)
    assert (done.exit, done.heard, dialled(done)) == ("denied", WRONG, [])
    assert done.why == "the account or its PIN was not right, or it is locked"


async def test_sec30_a_known_number_still_needs_the_pin_unless_the_account_says_otherwise():
    assert (await calls("wait,wait,wait")).exit == "denied"
    done = await calls("0221123456#", attrs.evolve(KIM, pin="", without_pin=True), parties="answered")
    assert (done.exit, done.heard) == ("ended", ("stock/dial-tone",))


async def test_an_account_without_numbers_is_entered_and_never_opens_without_a_pin():
    asks, anywhere = attrs.evolve(MODULE, asks=True), attrs.evolve(KIM, callers=())
    resources = {"77": anywhere, "78": attrs.evolve(KIM, pin="", without_pin=True), "79": anywhere}
    asks = attrs.evolve(asks, accounts=("77", "78"))
    good = await call(asks, f"77#,{PIN}#,0221123456#", parties="answered", resources=resources)
    assert (good.exit, good.heard[:2]) == ("ended", ("stock/callthrough-account", "stock/callthrough-pin"))
    for account, caller in (("78", MOBILE), ("79", MOBILE), ("5", MOBILE)):
        keys = ",".join([f"{account}#,{PIN}#"] * 3)
        assert (await call(asks, keys, caller=caller, resources=resources)).exit == "denied"


@pytest.mark.parametrize(
    ("change", "caller_id"),
    [
        ({}, "+4922155500"),
        ({"caller_id": "+4922155501"}, "+4922155501"),
        ({"shows": "own"}, ""),
        ({"shows": "own", "callers": ()}, "+4922155500"),
        ({"shows": "suppressed"}, "anonymous"),
    ],
)
async def test_the_called_party_sees_what_the_account_says(change, caller_id):
    seen = []

    class Look:
        from switchhook import hookimpl

        @hookimpl
        def leg_allowed(self, plan):
            seen.append(plan)

    module = attrs.evolve(MODULE, asks="callers" in change)
    keys = f"kim#,{PIN}#" if module.asks else f"{PIN}#"
    account = attrs.evolve(KIM, per_month="40", **change)
    module = attrs.evolve(module, per_day="50", accounts=("kim", "1"))
    keys = keys.replace("kim", "1")
    done = await call(
        module, f"{keys},0221123456#", parties="answered", caller=MOBILE, plugins=[Look],
        resources={"1": account} if module.asks else {"kim": account},
    )  # fmt: skip
    assert done.exit == "ended"
    (plan,) = seen
    assert (plan.caller_id, plan.limit_seconds) == (caller_id, 3600)
    name = "1" if module.asks else "kim"
    assert [(one.name, one.limit, one.period) for one in plan.budgets] == [
        (f"callthrough.account.{name}", 5_000_000, "day"),
        (f"callthrough.account.{name}.month", 40_000_000, "month"),
        ("callthrough.all", 50_000_000, "day"),
    ]


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"pin": "123456"}, "pin"),
        ({"pin": "121212"}, "pin"),
        ({"active": True, "pin": PIN}, "until"),
        ({"active": True, "until": "2026-12-31"}, "pin"),
        ({"without_pin": True}, "without_pin"),
        ({"countries": ("Germany",)}, "countries[0]"),
        ({"countries": ()}, "countries"),
    ],
)
def test_accounts_that_cannot_be_meant_are_refused_and_no_problem_tells_a_pin(values, path):
    problems = list(CallthroughAccount(name="Kim", **values).check())
    assert [one.path for one in problems] == [path]
    assert not any(str(values.get("pin") or "x" * 9) in one.message for one in problems)
    assert PIN not in repr(KIM)


def test_it_is_off_by_default_and_flows_are_warned_of_accounts_nobody_or_anybody_can_use():
    from datetime import UTC, datetime

    now = datetime(2026, 3, 2, tzinfo=UTC)

    def rules(**change):
        return [rule for rule, _ in attrs.evolve(KIM, **change).odd_at(now, now)]

    assert [rule for rule, _ in CallthroughAccount(name="New").odd_at(now, now)] == ["callthrough-off"]
    assert rules() == []
    assert rules(until="2026-03-01") == ["callthrough-ended"]
    assert rules(without_pin=True) == ["callthrough-open"]
    assert [one.rule for one in Callthrough().lint()] == ["callthrough-nobody"]


def test_it_keeps_its_contract():
    kept = {
        "kim": attrs.evolve(KIM, without_pin=True, callers=(AllowedCaller(number="+4930123456"),), until="2099-12-31")
    }
    lists, typed = {"accounts": [["kim"]]}, ["0221123456#", "112#"]
    assert_module_conforms(Callthrough, settings=lists, resources=kept, typed=typed, examples=100)
