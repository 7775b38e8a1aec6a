"""Random flows of all modules for hypothesis, for the simulator alone and for comparing it with a real Asterisk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final, TypeVar

import attrs
from hypothesis import strategies as st

from switchhook.calls.call import Call, Caller
from switchhook.flows.flow import HANG_UP, Flow, Point
from switchhook.flows.module import Module
from switchhook.flows.registry import ModuleRegistry
from switchhook.resources.resource import Resource
from switchhook.testing import PromptShelf
from switchhook_forward.follow_me import FollowMe
from switchhook_forward.forward import Forward
from switchhook_forward.group import STRATEGIES, Member, RingGroup
from switchhook_forward.person import Device, Person
from switchhook_forward.ring_group import RingMembers
from switchhook_hours.switch import Switch
from switchhook_hours.switching import BySwitch, SetSwitch
from switchhook_ivr.announcement import Announcement
from switchhook_ivr.entry import Entry
from switchhook_ivr.hang_up import CAUSES as HANG_UP_CAUSES
from switchhook_ivr.hang_up import HangUp
from switchhook_ivr.menu import Menu
from switchhook_ivr.music import Music
from switchhook_routing.called import CalledNumber, Numbers
from switchhook_routing.condition import Assignment, Case, Condition, SetVariable
from switchhook_routing.distribution import Distribution, Share
from switchhook_routing.http_decision import HttpDecision
from switchhook_routing.limit import Limit
from switchhook_routing.notify import Notify
from switchhook_routing.number_announcement import NumberAnnouncement
from switchhook_routing.origin import Origin, Region
from switchhook_routing.pin_entry import PinEntry
from switchhook_routing.pins import PinSet
from switchhook_routing.sub_flow import Return, SubFlow
from switchhook_routing.web_service import WebService

T = TypeVar("T")
PROMPTS: Final[Mapping[str, float]] = {
    **{f"tone/{name}": 1.5 for name in "abc"},
    **{f"digits/{digit}": 1.5 for digit in "12"},
    **dict.fromkeys(("stock/invalid", "stock/no-entry", "stock/unavailable"), 1.5),
}
"""Every prompt a flow here plays; a real one must last as long, so that a key can be pressed in it."""
PHONES: Final = ("anna", "bert")
PIN: Final = "2807"
NOW: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)
CALL: Final = Call("trial-1", "acme", "+4922155500", Caller("+4930123456", presentation="shown"), NOW, "simulator")
SHELF: Final = PromptShelf(PROMPTS)


@attrs.frozen
class Kept:
    """What the tenant keeps: a ring group of each strategy, a person, PINs, a switch, and a web service nobody reaches.

    ``place`` makes names and phones its own.
    """

    place: str = ""
    ring: int = 3

    @property
    def resources(self) -> dict[str, Resource]:
        """All of it by id."""
        anna, bert = (f"{phone}{self.place}" for phone in PHONES)
        members = (Member(target=anna), Member(target=bert, delay=1))
        groups: dict[str, Resource] = {
            f"{name}{self.place}": RingGroup(name=name, strategy=name, ring=self.ring, skip_busy=False, members=members)
            for name in STRATEGIES
        }
        devices = (Device(target=anna, ring=self.ring), Device(target=bert, ring=self.ring, step=2))
        others: dict[str, Resource] = {
            f"kim{self.place}": Person(name="Kim", devices=devices),
            f"staff{self.place}": PinSet(name="Staff", pins=f"anna {PIN}", tries=2),
            f"office{self.place}": Switch(name="Office"),
            f"crm{self.place}": WebService(name="Customers", url="http://127.0.0.1:9/"),
        }
        return {**groups, **others}

    async def find(self, tenant: str, kind: type[T], id: str) -> T:  # noqa: A002
        """See :meth:`switchhook.calls.surroundings.Shelf.find`."""
        found = self.resources[id]
        assert isinstance(found, kind)
        return found


KEPT: Final = Kept()


# -- flows --------------------------------------------------------------------------------------------

prompts = st.lists(st.sampled_from(["tone/a", "tone/b", "tone/c"]), min_size=1, max_size=2).map(tuple)
keys = st.lists(
    st.one_of(st.sampled_from("0123456789*#"), st.text("0123456789*#", min_size=2, max_size=3)),
    min_size=1,
    max_size=3,
    unique=True,
).map(tuple)
short_waits = st.sampled_from([1.0, 1.5])
announcements = st.builds(
    Announcement,
    prompts=prompts,
    times=st.integers(1, 2),
    pause=st.sampled_from([0, 1.0]),
    interruptible=st.booleans(),
)
menus = st.builds(
    Menu,
    prompts=prompts,
    keys=keys,
    wait=short_waits,
    between=short_waits,
    tries=st.integers(1, 2),
    barge_in=st.booleans(),
    direct_digits=st.sampled_from([0, 0, 2]),
)
entries = st.builds(
    Entry,
    prompts=prompts,
    variable=st.sampled_from(["customer", "pin"]),
    minimum=st.integers(1, 2),
    maximum=st.integers(2, 4),
    terminator=st.sampled_from(["#", "*", ""]),
    check=st.sampled_from(["none", "luhn"]),
    secret=st.booleans(),
    wait=short_waits,
    between=short_waits,
    tries=st.integers(1, 2),
)
_heard = st.sampled_from(["", "", "tone/a", "tone/b"])
AROUND: Final = {
    **dict.fromkeys(("intro", "waiting", "outro", "whisper", "confirm"), _heard),
    "decline": st.sampled_from(["", "2"]),
}
forwards = st.builds(
    Forward,
    targets=st.lists(st.sampled_from(PHONES), min_size=1, max_size=2, unique=True).map(tuple),
    strategy=st.sampled_from(["parallel", "serial"]),
    ring=st.just(3),
    limit=st.sampled_from([0, 2]),
    **AROUND,
)
groups = st.builds(RingMembers, group=st.sampled_from(STRATEGIES), limit=st.sampled_from([0, 2]), **AROUND)
persons = st.builds(FollowMe, person=st.just("kim"), **AROUND)
# Prompts here and in a real call last differently long: only what they begin within a second is the same.
# Any key ends it or none does: within its one second a caller on a real line presses no second one.
musics = st.builds(Music, prompts=prompts, longest=st.just(1), keys=st.sampled_from([(), tuple("0123456789*#")]))
hang_ups = st.builds(
    HangUp, prompt=st.sampled_from(["", "tone/a"]), cause=st.sampled_from(list(HANG_UP_CAUSES)), early=st.booleans()
)
expressions = st.sampled_from(
    ["customer = '1'", "length(pin) > 1", "caller.number starts '+4930'", "not customer and call.number contains '155'"]
)
conditions = st.builds(
    Condition,
    expression=expressions,
    cases=st.sampled_from([(), (Case(name="pin", expression="pin < 50"),)]),
)
setters = st.builds(
    SetVariable,
    assignments=st.builds(
        Assignment, variable=st.sampled_from(["customer", "pin"]), expression=st.sampled_from(["pin + 1", "'1'"])
    ).map(lambda one: (one,)),
)
origins = st.builds(
    Origin,
    regions=st.lists(
        st.sampled_from([("berlin", ("030",)), ("country", ("DE",)), ("east", ("+493",)), ("abroad", ("FR",))]),
        max_size=2,
        unique=True,
    ).map(lambda rows: tuple(Region(name=name, prefixes=prefixes) for name, prefixes in rows)),
)
called = st.sampled_from(["+49221*", "+4930*"]).map(
    lambda number: CalledNumber(rows=(Numbers(name="own", numbers=(number,)),))
)
spoken = st.builds(NumberAnnouncement, number=st.sampled_from(["12", "21"]), times=st.just(1))
returns = st.builds(Return, name=st.sampled_from(["done", "vip"]))
pin_entries = st.builds(
    PinEntry,
    pin_set=st.just("staff"),
    labels=st.sampled_from([(), ("anna",)]),
    prompts=prompts,
    wait=short_waits,
    between=short_waits,
    tries=st.integers(1, 3),
)
set_switches = st.builds(
    SetSwitch, switch=st.just("office"), state=st.sampled_from(["", "closed"]), prompt=st.just("tone/b")
)
DRAWN: Final[Mapping[tuple[str, type[Module]], st.SearchStrategy[Module]]] = {
    ("ivr", Announcement): announcements,
    ("ivr", Menu): menus,
    ("ivr", Entry): entries,
    ("ivr", Music): musics,
    ("ivr", HangUp): hang_ups,
    ("forward", Forward): forwards,
    ("forward", RingMembers): groups,
    ("forward", FollowMe): persons,
    ("hours", BySwitch): st.builds(BySwitch, switch=st.just("office")),
    ("hours", SetSwitch): set_switches,
    ("routing", CalledNumber): called,
    ("routing", Condition): conditions,
    ("routing", Distribution): st.just(Distribution(name="all", shares=(Share(name="a"), Share(name="b", weight=0)))),
    ("routing", HttpDecision): st.just(HttpDecision(service="crm", ways=("vip",))),
    ("routing", Limit): st.just(Limit(name="many", parallel=1000)),
    ("routing", Notify): st.just(Notify(recipients=("kim@example.org",))),
    ("routing", NumberAnnouncement): spoken,
    ("routing", Origin): origins,
    ("routing", PinEntry): pin_entries,
    ("routing", Return): returns,
    ("routing", SetVariable): setters,
    ("routing", SubFlow): st.builds(SubFlow, flow=st.just("other"), returns=st.sampled_from([(), ("vip",)])),
}
"""How each module is drawn; what needs a recording or the time of day is in ``calls/written.py``."""
REGISTRY: Final = ModuleRegistry(list(DRAWN))
# What takes no time and asks nobody is drawn more seldom, all of it together: calls are to be worth making.
QUIET: Final = (
    BySwitch,
    CalledNumber,
    Condition,
    Distribution,
    HttpDecision,
    Limit,
    Notify,
    Origin,
    Return,
    SetVariable,
)
quiet: st.SearchStrategy[Module] = st.one_of(*(one for (_, kind), one in DRAWN.items() if kind in QUIET))
loud = [one for (_, kind), one in DRAWN.items() if kind not in QUIET and kind is not SubFlow]
modules: st.SearchStrategy[Module] = st.one_of(*loud, quiet)


@st.composite
def flows(draw: st.DrawFn, id: str = "trial", others: Sequence[str] = (), *, wild: bool = False) -> Flow:  # noqa: A002
    """A flow of one to five points that may lead to ``others``.

    Only keys lead back, so that the caller decides how long a call gets. A
    ``wild`` flow leads anywhere: in circles, to what is not there, nowhere.
    """
    inner = DRAWN["routing", SubFlow]
    names = [f"p{n}" for n in range(draw(st.integers(1, 5)))]
    away = [HANG_UP, *(f"flow:{other}" for other in others)]
    points = {}
    for n, name in enumerate(names):
        module = draw(st.one_of(modules, inner) if "other" in others else modules)
        onward = [*names[n + 1 :], *away]
        exits = {}
        for way in module.exits():
            back = names if wild or way.startswith("key:") else ()
            exits[way] = draw(st.sampled_from([*onward, *back, *(["gone", "flow:gone"] if wild else [])]))
        if wild and exits and draw(st.integers(0, 5)) == 0:
            exits.popitem()
        points[name] = Point(name, module, draw(st.sampled_from(["Begrüßung", "Menü"])), exits)
    resorts = ["", names[-1], *away[1:], *(["gone"] if wild else [])]
    return Flow(id, "Trial", names[0], points, draw(st.sampled_from(["de", "en"])), draw(st.sampled_from(resorts)))
