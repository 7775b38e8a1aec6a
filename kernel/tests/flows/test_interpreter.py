"""What a caller meets when a flow is followed, and when it cannot be."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import attrs
import pytest

from switchhook.calls.port import DialPlan, Place, Target
from switchhook.calls.session import Session
from switchhook.errors import AsteriskError, CallEnded, CallTaken, PluginError, UnsafeText
from switchhook.flows.flow import Flow
from switchhook.flows.interpreter import Budget, Interpreter
from switchhook.flows.module import Exit
from switchhook.simulator.port import SimulatedPort

from .walks import END, LISTEN, Does, Published, flow, gives, listens, live, prepared, raises, says, walk

SORRY = flow("sorry", end=(says("sorry"), END))


async def test_a_flow_is_followed_from_its_start_to_the_hang_up():
    walked = await walk(flow(a=(says("one"), "b"), b=(says("two"), END)))
    assert walked.heard == ["one", "two"]
    assert walked.port.hung_up == 16
    assert walked.seen.steps == ["> a", "< a next", "> b", "< b next"]
    assert [event.data for event in walked.of("point.left")] == [
        {"exit": "next", "why": "said", "to": "b"},
        {"exit": "next", "why": "said", "to": END},
    ]


async def test_every_event_tells_the_point_it_happened_at():
    walked = await walk(flow(a=(says("one"), "b"), b=(listens(), END)), "7")
    assert {event.point for event in walked.of("prompt.started")[:1]} == {"a"}
    assert [event.point for event in walked.of("keys")] == ["b"]


async def test_an_exit_can_lead_to_another_flow():
    walked = await walk(flow(a=(says("one"), "flow:sorry")), "", SORRY)
    assert walked.heard == ["one", "sorry"]
    assert [event.data for event in walked.of("flow.chosen")] == [
        {"flow": "sorry", "version": "sorry-v1", "why": "an exit leads there"}
    ]
    assert walked.session.place.version == "sorry-v1"


def notes(languages: list[str], goes_on: bool = True) -> Does:
    async def run(session: Session) -> Exit:
        languages.append(session.language)
        return Exit("next" if goes_on else "nowhere")

    return Does(run)


async def test_each_flow_is_spoken_in_its_own_language():
    heard: list[str] = []
    english = attrs.evolve(flow("english", a=(notes(heard), "flow:main")), language="en-gb")
    german = flow("main", last_resort="flow:french", a=(notes(heard, goes_on=False), END))
    french = attrs.evolve(flow("french", a=(notes(heard), END)), language="fr")
    start = flow("start", a=(notes(heard), "flow:english"))
    await walk(start, "", english, german, french)
    assert heard == ["de", "en-gb", "de", "fr"]


# -- trouble, and who serves the caller then ------------------------------------------------------


MISSING = {
    "point": (flow(a=(says("one"), "gone")), "point 'gone' does not exist in flow 'main'"),
    "flow": (flow(a=(says("one"), "flow:gone")), "flow 'gone' is not published"),
    "exit": (flow(a=(gives(Exit("odd")), "b")), "exit 'odd' of point 'a' leads nowhere"),
    "start": (Flow("main", "", "gone", {}), "point 'gone' does not exist in flow 'main'"),
}


@pytest.mark.parametrize("missing", MISSING)
async def test_what_is_missing_leads_to_the_last_resort_that_says_so(missing):
    broken, why = MISSING[missing]
    walked = await walk(attrs.evolve(broken, last_resort="flow:sorry"), "", SORRY)
    assert walked.why == [why]
    assert walked.heard[-1] == "sorry"
    assert walked.port.hung_up == 16


async def test_the_flows_own_last_resort_serves_first_then_the_tenants_then_the_apology():
    broken = {"next": "gone"}
    main = flow(last_resort="rescue", a=(says("one"), broken), rescue=(says("two"), broken))
    tenants = flow("tenants", t=(says("three"), broken))
    walked = await walk(main, "", tenants, resort="tenants")
    assert walked.heard == ["one", "two", "three", "stock/unavailable"]
    assert [event.data["to"] for event in walked.of("last_resort.used")] == ["rescue", "flow:tenants"]
    assert walked.why == [
        "point 'gone' does not exist in flow 'main'",
        "point 'gone' does not exist in flow 'main'",
        "point 'gone' does not exist in flow 'tenants'",
    ]
    assert walked.kinds.count("call.failed") == 1
    assert walked.port.hung_up == 16


async def test_without_any_last_resort_the_apology_is_said():
    walked = await walk(flow(a=(says("one"), "gone")))
    assert walked.heard == ["one", "stock/unavailable"]
    assert walked.port.hung_up == 16


async def test_a_last_resort_that_is_gone_itself_gives_way_to_the_next():
    main = flow(last_resort="flow:deleted", a=(says("one"), "gone"))
    walked = await walk(main, "", SORRY, resort="sorry")
    assert walked.heard == ["one", "sorry"]
    assert walked.why == ["point 'gone' does not exist in flow 'main'", "flow 'deleted' is not published"]


async def test_the_last_resort_of_the_flow_a_call_stands_in_serves():
    other = flow("other", last_resort="help", o=(says("two"), "gone"), help=(says("help"), END))
    walked = await walk(flow(last_resort="flow:sorry", a=(says("one"), "flow:other")), "", other, SORRY)
    assert walked.heard == ["one", "two", "help"]


# -- modules that fail ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("no database"),
        KeyError("x"),
        SystemExit(3),
        TimeoutError(),
        asyncio.CancelledError("its own"),
        UnsafeText("a number nobody can dial"),
    ],
    ids=repr,
)
async def test_a_module_that_fails_leaves_by_its_exit_error(error):
    walked = await walk(flow(a=(raises(error), {"error": "b"}), b=(says("two"), END)))
    assert walked.heard == ["two"]
    assert [point for point, _ in walked.seen.failed] == ["a"]
    (fault,) = walked.of("plugin.fault")
    assert fault.data["module"] == "does"
    assert walked.of("point.left")[0].data == {"exit": "error", "why": fault.data["error"], "to": "b"}


class ShyError(Exception):
    """One that cannot even be shown."""

    def __str__(self):
        raise RuntimeError("detached")

    __repr__ = __str__


class ShyWay:
    __repr__ = ShyError.__str__


@pytest.mark.parametrize("module", [raises(ShyError()), gives(ShyWay())], ids=["error", "exit"])
async def test_a_failure_that_cannot_be_shown_costs_the_caller_nothing(module):
    walked = await walk(flow(a=(module, {"next": END, "error": "b"}), b=(says("two"), END)))
    assert walked.heard == ["two"]
    assert "cannot be shown" in walked.of("plugin.fault")[0].data["error"]


async def test_a_module_that_fails_without_an_exit_error_leads_to_the_last_resort():
    walked = await walk(flow(last_resort="flow:sorry", a=(raises(ValueError("x")), END)), "", SORRY)
    assert walked.heard == ["sorry"]
    assert walked.why == ["exit 'error' of point 'a' leads nowhere"]


@pytest.mark.parametrize(
    "junk", [None, "next", 7, Exit, Exit(["next"]), Exit(None), Exit("next", why=7), {"name": "next"}], ids=repr
)
async def test_a_module_that_gives_no_exit_fails(junk):
    walked = await walk(flow(a=(gives(junk), {"next": END, "error": "b"}), b=(says("two"), END)))
    assert walked.heard == ["two"]
    (failure,) = walked.seen.failed
    assert isinstance(failure[1], PluginError)


@pytest.mark.parametrize(
    "variables", [{"x": "y" * 5000}, {"x": 7}, {7: "x"}, {"x": object()}], ids=["long", "number", "key", "object"]
)
async def test_variables_that_cannot_be_kept_cost_the_module_its_change_and_the_caller_nothing(variables):
    async def run(session):
        session.variables.update(variables)
        await session.play("one")
        return Exit("next")

    walked = await walk(flow(a=(Does(run), {"next": END, "error": "b"}), b=(says("two"), END)))
    assert walked.heard[-1] == "two"
    assert walked.session.variables == {}
    assert walked.port.hung_up == 16
    assert "variables" in walked.of("plugin.fault")[0].data["error"]


@pytest.mark.parametrize(
    "odd", [datetime(2026, 1, 1, tzinfo=UTC), object(), {1, 2}, Exit("next")], ids=["time", "object", "set", "exit"]
)
async def test_what_no_journal_can_keep_is_refused_where_it_is_said(odd):
    async def run(session):
        session.note("seen", when=odd)
        return Exit("next")

    walked = await walk(flow(a=(Does(run), {"next": END, "error": "b"}), b=(says("two"), END)))
    assert walked.heard == ["two"]
    assert "'when'" in walked.of("plugin.fault")[0].data["error"]


# -- no way to go round for ever ----------------------------------------------------------------------


async def test_a_circle_without_keys_ends_after_some_passes():
    walked = await walk(flow(last_resort="flow:sorry", a=(says("one"), "b"), b=(says("two"), "a")), "", SORRY)
    assert walked.heard == ["one", "two"] * 10 + ["sorry"]
    assert walked.why == ["point 'a' was passed more than 10 times without a key"]


async def test_each_key_begins_the_count_anew():
    circle = flow(last_resort="flow:sorry", a=(listens(), "b"), b=(says("two"), "a"))
    walked = await walk(circle, ",".join(["1"] * 25), SORRY)
    assert walked.heard.count("two") == 25 + 9
    assert walked.heard[-1] == "sorry"


async def test_keys_do_not_extend_the_whole_call_beyond_its_points():
    walked = await walk(flow(last_resort="flow:sorry", a=(listens(), "a")), ",".join(["1"] * 500), SORRY)
    assert walked.heard.count("ask") == 200
    assert walked.why == ["the call went through more than 200 points"]


async def test_circles_through_flows_are_counted_as_well():
    ping, pong = flow("ping", a=(gives(Exit("next")), "flow:pong")), flow("pong", a=(gives(Exit("next")), "flow:ping"))
    walked = await walk(ping, "", pong)
    assert walked.heard == ["stock/unavailable"]
    assert len(walked.of("point.entered")) == 20


async def test_a_last_resort_that_goes_round_ends_too():
    spin = flow(last_resort="a", a=(gives(Exit("next")), "a"))
    walked = await walk(spin, "", flow("tenants", t=(gives(Exit("next")), "t")), resort="tenants")
    assert walked.heard == ["stock/unavailable"]
    assert len(walked.of("last_resort.used")) == 2


async def test_the_budget_can_be_smaller():
    walked = await walk(flow(a=(gives(Exit("next")), "a")), budget=Budget(hops=3, passes=9))
    assert walked.why == ["the call went through more than 3 points"]
    walked = await walk(flow(a=(gives(Exit("next")), "a")), budget=Budget(hops=9, passes=2))
    assert walked.why == ["point 'a' was passed more than 2 times without a key"]


# -- callers who leave --------------------------------------------------------------------------------


async def everything(session):
    await session.answer()
    await session.play("one")
    await session.play("two", interruptible=True)
    await session.read("three", listen=LISTEN)
    await session.wait(1)
    await session.dial(DialPlan((Target("phone", "anna"),)))
    await session.hang_up(17)
    return Exit("next")


ALL = flow(a=(Does(everything), END))


def leaving_at(step: int, error: type[CallEnded] = CallEnded) -> type[SimulatedPort]:
    """A port whose caller is gone at the port's operation number ``step``."""

    class Leaving(SimulatedPort):
        count = 0

        def _alive(self):
            type(self).count += 1
            if type(self).count >= step:
                raise error("the caller hung up")

    return Leaving


OPERATIONS = 7


@pytest.mark.parametrize("error", [CallEnded, CallTaken])
@pytest.mark.parametrize("step", range(1, OPERATIONS + 1))
async def test_a_caller_who_leaves_at_any_step_ends_the_call_there(step, error):
    walked = await walk(ALL, port=leaving_at(step, error))
    assert walked.gone
    assert not walked.seen.failed
    assert not {"point.left", "last_resort.used", "plugin.fault"} & set(walked.kinds)
    assert walked.port.hung_up is None


async def test_a_caller_who_stays_gets_through_all_of_it():
    walked = await walk(ALL, "wait,1")
    assert not walked.gone
    assert walked.of("leg.ended")[0].data["status"] == "answered"


async def test_a_caller_who_leaves_during_the_apology_or_the_hang_up():
    walked = await walk(flow(a=(gives(Exit("next")), "gone")), port=leaving_at(1))
    assert (walked.gone, walked.heard) == (True, ["stock/unavailable"])
    walked = await walk(flow(a=(gives(Exit("next")), END)), port=leaving_at(1))
    assert walked.gone


async def test_a_lost_asterisk_is_no_fault_of_the_module():
    with pytest.raises(AsteriskError, match="line too long"):
        await walk(flow(a=(raises(AsteriskError("line too long")), {"error": "b"}), b=(says("two"), END)))


# -- going on where another worker left ---------------------------------------------------------------


async def test_a_call_goes_on_in_the_point_it_had_reached():
    main = flow(a=(says("one"), "b"), b=(says("two"), "c"), c=(says("three"), END))
    walked = await walk(main, resume=Place("main-v1", "b", first_step=2, step=1))
    assert walked.heard == ["two", "three"]
    assert [event.point for event in walked.of("point.entered")] == ["c"], "the point's begin is already recorded"
    assert walked.session.place == Place("main-v1", "c", first_step=3, step=3)


async def test_what_was_done_before_is_gone_through_without_being_recorded_again():
    async def run(session):
        for prompt in ("one", "two", "three"):
            await session.play(prompt)
        return Exit("next")

    walked = await walk(flow(a=(Does(run), END)), resume=Place("main-v1", "a", first_step=5, step=6))
    assert walked.heard == ["three"], "steps 5 and 6 were begun before; 7 is new"
    assert walked.session.place.step == 7


@pytest.mark.parametrize("last", ["call.ended", "call.taken"])
async def test_the_end_is_recorded_though_it_comes_while_that_is_gone_through(last):
    async def run(session):
        await session.play("one")
        session.record(last)
        return Exit("next")

    walked = await walk(flow(a=(Does(run), END)), resume=Place("main-v1", "a", first_step=5, step=6))
    assert [event.seq for event in walked.of(last)] == [0]


@pytest.mark.parametrize("point", ["gone", ""])
async def test_a_place_that_is_gone_leads_to_the_last_resort_with_steps_not_done_before(point):
    main = flow(last_resort="help", a=(says("one"), END), help=(says("help"), END))
    walked = await walk(main, resume=Place("main-v1", point, first_step=4, step=6))
    assert walked.heard == ["help"]
    assert walked.session.place == Place("main-v1", "help", first_step=7, step=7)
    assert [event.point for event in walked.of("point.entered")] == ["help"]


# -- modules that hang up -----------------------------------------------------------------------------


def hangs_up(cause: int, then: object = Exit("next")) -> Does:
    async def run(session):
        await session.hang_up(cause)
        if isinstance(then, BaseException):
            raise then
        if then == "more":
            await session.play("more")
        return then

    return Does(run)


@pytest.mark.parametrize("then", [Exit("next"), Exit("odd"), "more", RuntimeError("x")], ids=repr)
async def test_a_module_that_hangs_up_ends_the_call_with_its_cause_whatever_it_does_then(then):
    walked = await walk(flow(a=(says("one"), "b"), b=(hangs_up(17, then), "a"), last_resort="flow:sorry"), "", SORRY)
    assert (walked.heard, walked.port.hung_up, walked.gone) == (["one"], 17, False)
    assert walked.of("last_resort.used") == []


@pytest.mark.parametrize("cause", [0, 128, -1, "17", "17,AGIEXECFULL=yes", True, 17.5], ids=repr)
async def test_a_cause_that_is_none_is_the_modules_fault(cause):
    walked = await walk(flow(a=(hangs_up(cause), {"next": END, "error": "b"}), b=(says("two"), END)))
    assert (walked.heard, walked.port.hung_up) == (["two"], 16)


@pytest.mark.parametrize("seconds", [0, -1.0, 61, float("nan"), float("inf")], ids=repr)
async def test_nobody_thinks_for_ever_while_a_caller_hears_nothing(seconds):
    async def run(session):
        await session.keep_alive(seconds)
        return Exit("next")

    walked = await walk(flow(a=(Does(run), {"next": END, "error": "b"}), b=(says("two"), END)))
    assert walked.heard == ["two"]


@pytest.mark.parametrize("seconds", [-1.0, 3601, float("nan")], ids=repr)
async def test_a_wait_that_cannot_be_is_the_modules_fault(seconds):
    async def run(session):
        await session.wait(seconds)
        return Exit("next")

    walked = await walk(flow(a=(Does(run), {"next": END, "error": "b"}), b=(says("two"), END)))
    assert walked.heard == ["two"]


def through(name: str) -> Does:
    async def run(session: Session) -> Exit:
        return Exit("returned", "", through=name)

    return Does(run)


def returns(name: str = "done") -> Does:
    async def run(session: Session) -> Exit:
        return Exit(name, "", returning=True)

    return Does(run)


async def test_a_flow_gone_through_returns_where_it_was_left_also_after_a_restart():
    seen: list[Place] = []

    async def look(session: Session) -> Exit:
        await session.play("inside")
        seen.append(session.place)
        return Exit("next")

    inner = flow("inner", a=(Does(look), "b"), b=(returns(), {}))
    main = flow(s=(through("inner"), {"returned": "t"}), t=(says("after"), END))
    walked = await walk(main, "", inner)
    assert walked.heard == ["inside", "after"]
    (place,) = seen
    assert place.returns == (("main-v1", "s"),)
    resumed = prepared()
    flows = Published({"inner": inner, "main": main})
    await Interpreter(flows, resumed.seen).run(resumed.session, live(inner), place, [live(main)])
    assert resumed.heard == ["after"], "what was heard before is gone through again, then it returns"
    gone = prepared()
    await Interpreter(flows, gone.seen).run(gone.session, live(inner), place, [None])
    assert gone.why[0] == "the flow to return to, version 'main-v1', cannot be read any more"


async def test_the_last_resort_returns_nowhere():
    inner = flow("inner", a=(gives(Exit("nowhere")), {}))
    main = flow(s=(through("inner"), {"returned": "t"}), t=(says("after"), END))
    resort = flow("sorry", a=(returns(), {}))
    walked = await walk(main, "", inner, resort, resort="sorry")
    assert walked.heard == []


async def test_a_flow_that_is_not_there_leads_to_the_last_resort():
    walked = await walk(flow(s=(through("none"), {"returned": END})))
    assert walked.why == ["flow 'none' is not published"] * 1
