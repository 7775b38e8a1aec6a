"""For every hook there is: one implementation that raises, one that is too slow, one that gives junk, one that works."""

from __future__ import annotations

import asyncio
import inspect
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest

from switchhook import (
    Alert,
    Call,
    CallAction,
    Caller,
    Card,
    Change,
    DialPlan,
    Event,
    Exit,
    Flow,
    FlowTemplate,
    InCallFeature,
    Job,
    Label,
    MailTemplate,
    MenuEntry,
    Module,
    Money,
    Outcome,
    Pages,
    PlacedCall,
    PluginMigrations,
    Rate,
    Refusal,
    Resource,
    Right,
    Routing,
    Service,
    SignIn,
    hookspecs,
    in_call_code,
)
from switchhook.calls.port import Target
from switchhook.dispatch.dispatcher import Answer
from switchhook.dispatch.spec import specs_in

from .portal_of import hooked, impatient

SPECS = specs_in(hookspecs)
CALL = Call("sh1-1.1", "acme", "+4922112345", Caller("+491711234567"), datetime(2026, 1, 1, tzinfo=UTC))
VALUES = {
    "alert": Alert(
        1,
        "acme",
        "rule",
        "key",
        "warning",
        Label("Da", "There"),
        "",
        "",
        "open",
        1,
        CALL.arrived,
        CALL.arrived,
        "",
        None,
    ),
    "call": CALL,
    "caller": CALL.caller,
    "change": Change("acme", "kim", "delete", "contact", "anna", None, None),
    "event": Event(1, 0, CALL.arrived, "keys"),
    "exit": Exit("next"),
    "flow": Flow("f", "F", "start", {}),
    "module": "menu",
    "outcome": Outcome.HUMAN,
    "plan": DialPlan((Target("phone", "anna"),)),
    "point": "start",
    "reason": "gone",
    "routing": Routing("acme", "f"),
    "sign_in": SignIn("acme", "a1", "kim", "192.0.2.1", "Firefox", CALL.arrived),
    "tenant": "acme",
    "version": "7",
}


@attrs.frozen
class Silence(Module):
    kind = "silence"
    label = Label("Stille", "Silence")


@attrs.frozen
class Blink(InCallFeature):
    kind = "blink"
    label = Label("Blinken", "Blink")
    plural = Label("Blinken", "Blinks")
    code: str = in_call_code("*9")


@attrs.frozen
class Contact(Resource):
    kind = "contact"
    label = Label("Kontakt", "Contact")
    plural = Label("Kontakte", "Contacts")


@attrs.frozen
class Template(FlowTemplate):
    kind = "greeting"
    label = Label("Begrüßung", "Greeting")


GOOD = {
    "caller_identified": attrs.evolve(CALL.caller, name="Anna"),
    "resolve_number": Routing("acme", "other"),
    "choose_flow": "closed",
    "leg_proposed": attrs.evolve(VALUES["plan"], ring_seconds=5),
    "modules": [Silence],
    "resources": [Contact],
    "in_call_features": [Blink],
    "placed_calls": [PlacedCall(Silence, asyncio.sleep)],
    "rights": [Right("recording.listen", Label("Aufnahmen anhören", "Listen to recordings"), ("all", "group"))],
    "flow_templates": [Template],
    "rates": [Rate("sample.fax", Label("Fax", "Fax"), Label("je Fax", "each"), 0, Money(10_000, "EUR"))],
    "commands": ["a command"],
    "lint_rules": [len],
    "services": [Service("sweep", asyncio.sleep)],
    "jobs": [Job("call.back", asyncio.sleep)],
    "menu_entries": [MenuEntry(Label("Wetter", "Weather"), "/weather")],
    "cards": [Card(Label("Wetter", "Weather"), "/weather/card")],
    "call_actions": [CallAction(Label("Wetter", "Weather"), "/weather")],
    "pages": [Pages("sample.pages")],
    "mail_templates": [MailTemplate("fax", Label("Fax", "Fax"), {}, {})],
    "sentences": [Label("es regnet", "it rains")],
    "migrations": [PluginMigrations("sample", Path("versions"))],
}


def implementing(name: str, body):
    """A function of the hook's name and arguments that runs ``body``."""
    if inspect.iscoroutinefunction(body):

        async def function(**_):
            return await body()
    else:

        def function(**_):
            return body()

    names = SPECS[name].arguments
    made = eval(
        f"lambda {', '.join(names)}: body({', '.join(f'{n}={n}' for n in names)})",
        {"body": function},
    )
    made.__name__ = name
    return made


async def ask(portal, name: str):
    """Call the hook the way its kind is called; the answer in one shape: what the hook gave, or None."""
    spec = SPECS[name]
    values = {argument: VALUES[argument] for argument in spec.arguments}
    if spec.kind == "fold":
        return await portal.hooks.fold(name, values.pop(spec.arguments[0]), **values)
    return await getattr(portal.hooks, spec.kind)(name, **values)


def nothing(name: str):
    """What a hook gives when no implementation has any effect."""
    kind = SPECS[name].kind
    if kind == "fold":
        return VALUES[SPECS[name].arguments[0]]
    return [] if kind == "collect" else None


def after_fault(name: str):
    return "refused" if SPECS[name].kind == "veto" and SPECS[name].fault_refuses else nothing(name)


def plain(answer):
    return "refused" if isinstance(answer, Refusal) else answer


@pytest.mark.parametrize("name", SPECS)
@pytest.mark.parametrize("error", [RuntimeError("broken"), SystemExit(3), TimeoutError("its own")], ids=repr)
async def test_one_that_raises_is_recorded_and_has_no_effect(name, error):
    def fail():
        raise error

    portal = hooked(bad=[implementing(name, fail)])
    assert plain(await ask(portal, name)) == after_fault(name)
    assert [(f.plugin, f.hook, f.kind) for f in portal.faults] == [("bad", name, "raised")]
    assert portal.faults[0].call == ("sh1-1.1" if "call" in SPECS[name].arguments else "")
    assert type(error).__name__ in portal.faults[0].trace


@pytest.mark.parametrize("name", SPECS)
async def test_one_that_is_too_slow_is_cut_off_and_the_next_is_asked(name):
    cut_off, asked = [], []

    async def sleep():
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cut_off.append(name)
            raise

    def next_one():
        asked.append(name)

    portal = hooked(a=[implementing(name, sleep)], b=[implementing(name, next_one)], specs=impatient())
    assert plain(await ask(portal, name)) == after_fault(name)
    assert [(f.plugin, f.hook, f.kind) for f in portal.faults] == [("a", name, "too_slow")]
    assert cut_off == [name]
    assert asked == ([] if after_fault(name) == "refused" else [name])


@pytest.mark.parametrize(
    "name", [n for n, s in SPECS.items() if s.kind in {"first", "fold", "veto"} or s.result not in {None, object}]
)
async def test_junk_is_recorded_and_has_no_effect(name):
    portal = hooked(bad=[implementing(name, lambda: 4711 if SPECS[name].kind != "collect" else [4711])])
    assert plain(await ask(portal, name)) == after_fault(name)
    assert [(f.plugin, f.kind) for f in portal.faults] == [("bad", "wrong_result")]


@pytest.mark.parametrize("name", SPECS)
@pytest.mark.parametrize("slow", [False, True], ids=["def", "async def"])
async def test_a_good_answer_arrives_with_its_plugin(name, slow):
    asked = []
    spec = SPECS[name]
    good = Refusal("not on sundays") if spec.kind == "veto" else GOOD.get(name)

    def answer():
        asked.append(name)
        return good

    async def answer_later():
        await asyncio.sleep(0)
        return answer()

    portal = hooked(good=[implementing(name, answer_later if slow else answer)])
    given = await ask(portal, name)
    assert asked == [name]
    assert portal.faults == []
    match spec.kind:
        case "notify":
            assert given is None
        case "fold":
            assert given == good
        case "first":
            assert given == Answer("good", good)
        case "veto":
            assert given == Refusal("not on sundays", "good")
        case "collect":
            assert given == [Answer("good", value) for value in good]


@pytest.mark.parametrize("name", SPECS)
async def test_cancellation_passes_through(name):
    started = asyncio.Event()

    async def wait():
        started.set()
        await asyncio.sleep(60)

    portal = hooked(waits=[implementing(name, wait)])
    task = asyncio.create_task(ask(portal, name))
    await asyncio.wait_for(started.wait(), 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert portal.faults == []


@pytest.mark.parametrize("name", SPECS)
@pytest.mark.parametrize("waits", [False, True], ids=["at once", "after waiting"])
async def test_one_that_ends_as_if_cancelled_is_at_fault_and_takes_nobody_along(name, waits):
    """Such as one that awaits a task of its own that was cancelled: nobody cancelled the call."""
    asked = []

    async def fail():
        if waits:
            await asyncio.sleep(0)
        raise asyncio.CancelledError("the plugin's own")

    portal = hooked(a=[implementing(name, fail)], b=[implementing(name, lambda: asked.append(name))])
    assert plain(await ask(portal, name)) == after_fault(name)
    assert [(f.plugin, f.hook, f.kind) for f in portal.faults] == [("a", name, "raised")]
    assert asked == ([] if after_fault(name) == "refused" else [name])


@pytest.mark.parametrize("name", SPECS)
def test_every_hook_says_what_it_is_for(name):
    spec = SPECS[name]
    assert len(spec.doc) > 20
    assert spec.deadline > 0
    assert spec.since
