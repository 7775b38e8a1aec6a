from __future__ import annotations

from switchhook import Flow, Point
from switchhook.administration import HANG_UP
from switchhook.testing import assert_module_conforms, call
from switchhook_routing.condition import Assignment, Condition, SetVariable
from switchhook_routing.sub_flow import Return, SubFlow


def sets(variable: str) -> SetVariable:
    return SetVariable(assignments=(Assignment(variable=variable, expression=f"{variable} + 'x'"),))


INNER = Flow(
    "inner",
    "Inner",
    "ask",
    {
        "ask": Point("ask", Condition(expression="vip = 'yes'"), "", {"true": "gold", "false": "plain"}),
        "gold": Point("gold", Return(name="gold")),
        "plain": Point("plain", Return()),
    },
)


def outer(exits: dict[str, str]) -> Flow:
    points = {
        "sub": Point("sub", SubFlow(flow="inner", returns=("gold",)), "", exits),
        "a": Point("a", sets("a"), "", {"next": HANG_UP}),
        "b": Point("b", sets("b"), "", {"next": "sub2"}),
        "sub2": Point("sub2", SubFlow(flow="inner"), "", {"returned": "a"}),
    }
    return Flow("outer", "Outer", "sub", points)


async def test_a_flow_goes_through_another_and_on_by_the_way_it_returned():
    main = outer({"returned:gold": "b", "returned": "a"})
    done = await call(main, flows=[INNER], variables={"vip": "yes"})
    assert {name: done.variables.get(name) for name in "ab"} == {"a": "x", "b": "x"}
    assert done.ways == (
        ("ask", "true"),
        ("gold", "gold"),
        ("sub", "returned:gold"),
        ("b", "next"),
        ("ask", "true"),
        ("gold", "gold"),
        ("sub2", "returned"),
        ("a", "next"),
    )
    assert (await call(main, flows=[INNER])).variables == {"a": "x"}


async def test_a_return_nobody_waits_for_ends_the_call():
    done = await call(INNER)
    assert done.ways[-1] == ("plain", "done")
    assert done.cause == 16


async def test_flows_within_one_another_end_at_five():
    through = {"again": Point("again", SubFlow(flow="self"), "", {"returned": HANG_UP})}
    done = await call(Flow("self", "Self", "again", through, last_resort=HANG_UP))
    assert [str(e.data["why"]) for e in done.events if e.kind == "last_resort.used"] == [
        "more than 5 flows wait for one another"
    ]


def test_the_linter_refuses_names_no_way_back_can_have():
    assert [one.path for one in SubFlow(flow="x", returns=("ok", "Not so")).lint()] == ["settings.returns[1]"]


def test_they_keep_their_contract():
    assert_module_conforms(SubFlow, settings={"returns": [[], ["gold"]]}, unreached=("returned",))
