"""Ring groups and the devices of a person: who is rung when, and what it means when nobody talks (M15, M16)."""

from __future__ import annotations

import asyncio
from collections import Counter

import attrs
import pytest

from switchhook import Call, Caller, DialPlan, Flow, Point, hookimpl
from switchhook.flows.lint import LintContext, lint
from switchhook.flows.registry import ModuleRegistry
from switchhook.store.migrations import migrate
from switchhook.testing import NOON, assert_module_conforms, call
from switchhook_forward.follow_me import FollowMe
from switchhook_forward.group import Member, RingGroup
from switchhook_forward.person import Device, Person
from switchhook_forward.plugin import migrations
from switchhook_forward.ring_group import RingMembers
from switchhook_forward.turns import take_turn, turned

ALL = RingGroup(
    name="Sales",
    members=(
        Member(target="anna"),
        Member(target="bert", delay=10),
        Member(target="+4930123456", delay=15),
        Member(target="away", active=False),
    ),
)
NOBODY = RingGroup(name="Empty", members=(Member(target="anna", active=False),))


ASKING = {"confirm": ["house/c"], "accept": ["1"], "decline": ["2"], "limit": [60], "caller_id": ["caller"]}
"""With these a module has all exits it can have."""


class Watching:
    def __init__(self):
        self.plans: list[DialPlan] = []

    @hookimpl
    def leg_allowed(self, plan):
        self.plans.append(plan)

    @property
    def rung(self) -> list[list[str]]:
        return [list(map(str, plan.targets)) for plan in self.plans]


async def ring(group: RingGroup, parties: str, phones=None, store=None, **settings):
    watching = Watching()
    module = RingMembers(group="sales", **settings)
    done = await call(
        module, parties=parties, phones=phones, resources={"sales": group}, plugins=[watching], store=store
    )
    return done, watching


@pytest.mark.timeout(400)  # rare ways are looked for in many calls
def test_they_keep_their_contract():
    groups = {"serial": attrs.evolve(TWO, strategy="serial"), "empty": NOBODY}
    assert_module_conforms(RingMembers, resources=groups, settings=ASKING, examples=400)
    persons = {"kim": Person(name="Kim", devices=(Device(target="anna"), Device(target="bert", step=2)))}
    assert_module_conforms(
        FollowMe, resources={**persons, "nobody": Person(name="Nobody")}, settings=ASKING, examples=400
    )


async def test_all_together():
    done, seen = await ring(ALL, "answered:5@bert")
    assert (seen.rung, seen.plans[0].delays) == ([["anna", "bert", "+4930123456"]], ())
    assert (done.exit, done.why) == ("answered_end", "bert talked 5 s")


async def test_one_after_the_other():
    done, seen = await ring(attrs.evolve(ALL, strategy="serial"), "busy,answered:5")
    assert seen.rung == [["anna"], ["bert"]]
    assert done.exit == "answered_end"


async def test_in_waves():
    _, seen = await ring(attrs.evolve(ALL, strategy="waves"), "no_answer")
    (plan,) = seen.plans
    assert (plan.delays, plan.ring_seconds) == ((0, 10, 15), 25)


async def test_the_first_wave_rings_at_once_whoever_is_left_out():
    _, seen = await ring(attrs.evolve(ALL, strategy="waves"), "no_answer", {"anna": "engaged"})
    (plan,) = seen.plans
    assert (seen.rung, plan.delays, plan.ring_seconds) == ([["bert", "+4930123456"]], (0, 5), 15)


@pytest.mark.parametrize(
    ("phones", "skip", "rung"),
    [
        ({"anna": "engaged"}, True, ["bert", "+4930123456"]),
        ({"anna": "engaged"}, False, ["anna", "bert", "+4930123456"]),
        ({"anna": "offline"}, False, ["bert", "+4930123456"]),
    ],
)
async def test_who_is_on_the_phone_or_offline_is_left_out(phones, skip, rung):
    _, seen = await ring(attrs.evolve(ALL, skip_busy=skip), "no_answer", phones)
    assert seen.rung == [rung]


TWO = attrs.evolve(ALL, members=ALL.members[:2])


@pytest.mark.parametrize(
    ("phones", "way"),
    [
        ({"anna": "engaged", "bert": "engaged"}, "all_busy"),
        ({"anna": "offline", "bert": "engaged"}, "all_busy"),
        ({"anna": "offline", "bert": "offline"}, "nobody_available"),
    ],
)
async def test_when_nobody_is_left_nobody_is_dialled(phones, way):
    done, seen = await ring(TWO, "", phones)
    assert (done.exit, seen.plans) == (way, [])


async def test_a_group_in_which_nobody_takes_part():
    done, seen = await ring(NOBODY, "")
    assert (done.exit, done.why, seen.plans) == ("nobody_available", "nobody takes part in Empty", [])


@pytest.mark.parametrize(
    ("parties", "way"),
    [
        ("busy,busy", "all_busy"),
        ("no_answer,busy", "no_answer"),
        ("busy,unreachable", "busy"),
        ("declined_by_key,no_answer", "declined_by_key"),
        ("rejected,unreachable", "rejected"),
    ],
)
async def test_what_several_attempts_come_to(parties, way):
    asks = {"confirm": "house/ask", "decline": "2"}
    done, _ = await ring(attrs.evolve(TWO, strategy="serial"), parties, **asks)
    assert done.exit == way
    assert done.why.startswith("anna: ")
    assert "; bert: " in done.why


def test_a_group_is_checked():
    twice = attrs.evolve(ALL, members=(Member(target="anna"), Member(target="anna")))
    assert [problem.path for problem in twice.check()] == ["members[1].target"]
    late = attrs.evolve(ALL, strategy="waves", ring=15)
    assert [problem.path for problem in late.check()] == ["members[2].delay"]
    assert list(ALL.check()) == []


def test_flows_are_warned_of_a_group_in_which_nobody_or_not_everybody_takes_part():
    said = {group: [(rule, label.en) for rule, label in group.odd()] for group in (NOBODY, ALL, TWO)}
    assert said == {
        NOBODY: [("L13", "nobody takes part in the ring group 'Empty'; it connects with nobody")],
        ALL: [("L13", "of the ring group 'Sales' do not take part: away")],
        TWO: [],
    }
    exits = dict.fromkeys(RingMembers(group="sales").exits(), "hang-up")
    flow = Flow("f", "F", "it", {"it": Point("it", RingMembers(group="sales"), "It", exits)}, "de", "hang-up")
    context = LintContext(odd={("ring-group", "sales"): tuple(ALL.odd())})
    found = [one for one in lint(flow, ModuleRegistry([("forward", RingMembers)]), context) if one.rule == "L13"]
    assert [(one.path, one.severity) for one in found] == [("points.it.settings.group", "warning")]


KIM = Person(
    name="Kim",
    devices=(
        Device(target="+491711234567", step=2, ring=30),
        Device(target="anna"),
        Device(target="bert", ring=10),
        Device(target="home", step=3, active=False),
    ),
)


async def test_a_person_is_looked_for_step_by_step():
    watching = Watching()
    done = await call(
        FollowMe(person="kim"), parties="no_answer,answered:7", resources={"kim": KIM}, plugins=[watching]
    )
    assert watching.rung == [["anna", "bert"], ["+491711234567"]]
    assert [plan.ring_seconds for plan in watching.plans] == [20, 30]
    assert (done.exit, done.why) == ("answered_end", "+491711234567 talked 7 s")
    twice = attrs.evolve(KIM, devices=(KIM.devices[1], KIM.devices[1]))
    assert [problem.path for problem in twice.check()] == ["devices[1].target"]


async def test_a_person_without_a_device():
    done = await call(FollowMe(person="kim"), resources={"kim": Person(name="Kim")})
    assert (done.exit, done.why) == ("unreachable", "Kim has no device that rings")


TURNS = RingGroup(
    name="Turns",
    strategy="round-robin",
    members=(Member(target="anna"), Member(target="bert"), Member(target="carl"), Member(target="away", active=False)),
)


async def test_each_call_begins_with_the_next_member_and_goes_on_from_there(store):
    """M15: whoever looks, after a restart too; those who are on the phone lose their turn to the next."""
    assert await migrate(store, migrations()) == []

    async def rung(id: str, group: RingGroup = TURNS, tenant: str = "acme", **phones: str) -> list[str]:  # noqa: A002
        members = [one.target for one in group.members]
        ready = [one.target for one in group.members if one.active and one.target not in phones]
        async with store.write() as conn:
            first = await take_turn(conn, Call(id, tenant, "+4922155500", Caller(), NOON), "sales", members, ready)
        return turned(members, members.index(first), ready)

    assert await rung("1") == ["anna", "bert", "carl"]
    assert await rung("2") == ["bert", "carl", "anna"]
    assert await rung("2") == ["bert", "carl", "anna"], "the same call, taken up again"
    assert await rung("3", anna="engaged") == ["carl", "bert"]
    assert await rung("4", anna="engaged") == ["bert", "carl"]
    assert await rung("5", tenant="beta") == ["anna", "bert", "carl"]
    assert await rung("6", attrs.evolve(TURNS, members=TURNS.members[2:])) == ["carl"]
    assert await rung("7") == ["anna", "bert", "carl"]


async def test_a_group_in_turn_is_rung_one_after_the_other_from_whose_turn_it_is(store):
    assert await migrate(store, migrations()) == []
    async with store.write() as conn:
        before = Call("before", "test", "+4922155500", Caller(), NOON)
        await take_turn(conn, before, "sales", ["anna", "bert", "carl", "away"], ["anna", "bert", "carl"])
    done, seen = await ring(TURNS, "busy,no_answer,busy", store=store)
    assert seen.rung == [["bert"], ["carl"], ["anna"]]
    assert (done.exit, done.variables) == ("no_answer", {"_turn_sales": "bert"})
    _, seen = await ring(TURNS, "answered")
    assert seen.rung == [["anna"]], "nothing is kept in the simulator"


async def test_many_calls_at_once_begin_evenly(store):
    assert await migrate(store, migrations()) == []

    async def begins(n: int) -> str:
        async with store.write() as conn:
            who = ["anna", "bert", "carl"]
            return await take_turn(conn, Call(f"c{n}", "acme", "+49", Caller(), NOON), "sales", who, who)

    begun = await asyncio.gather(*(begins(n) for n in range(9)))
    assert Counter(begun) == {"anna": 3, "bert": 3, "carl": 3}
