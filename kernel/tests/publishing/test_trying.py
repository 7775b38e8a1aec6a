from datetime import UTC, datetime

import attrs
import pytest

from switchhook.errors import NotFound
from switchhook.flows.publish import PublishRefused, Source
from switchhook.prompts.catalogue import stock_texts
from switchhook.publishing.expecting import expectation_of
from switchhook.publishing.refusals import TrialHangs
from switchhook.publishing.service import Flows
from switchhook.publishing.values import Expectation, Heard, Leg, Trial, as_json
from switchhook.schema import SettingsRefused
from switchhook.simulator.script import ScriptRefused
from switchhook.store.routing import Number

from .samples import HOTLINE

SUNDAY = datetime(2026, 12, 27, 10, 0, tzinfo=UTC)


@pytest.fixture
async def hotline(acme, publishing):
    await acme.import_texts([Source(HOTLINE)], numbers={"+4922112345": "hotline"})
    await publishing.directory.assign(Number("+4922112345", "acme", "hotline"))
    return acme


async def test_a_call_is_tried_point_by_point(hotline):
    tried = await hotline.try_flow("hotline", Trial(caller="+4930123456", at=SUNDAY, keys="1", legs="busy"))
    menu, anna, sorry = tried.steps
    assert (menu.flow, menu.point, menu.module, menu.label) == ("hotline", "menu", "ask", "Main menu")
    assert menu.heard == (Heard("demo/menu", stock_texts("de")["demo/menu"]),)
    assert (menu.keys, menu.exit, menu.to) == (("1",), "key:1", "anna")
    assert menu.why == "pressed 1"
    assert (anna.legs, anna.exit) == ((Leg(("anna",), "busy"),), "no_answer")
    assert (sorry.to, tried.ended_by, tried.outcome) == ("hang-up", "flow", "busy")
    assert tried.path == ("menu:key:1", "anna:no_answer", "sorry:next")
    assert (tried.trial.number, tried.targets, tried.seconds) == ("+4922112345", ("anna",), sorry.ends)
    assert [step.begins for step in tried.steps] == sorted(step.begins for step in tried.steps)
    assert as_json(tried)["steps"][0]["keys"] == ["1"]
    with pytest.raises(ScriptRefused):
        await hotline.try_flow("hotline", Trial(keys="x"))
    with pytest.raises(SettingsRefused, match="time zone"):
        await hotline.try_flow("hotline", Trial(at=datetime(2026, 1, 1)))  # noqa: DTZ001 - that is the point


async def test_a_number_is_tried_as_it_goes_now_and_a_draft_as_it_would(hotline):
    draft = await hotline.draft("hotline")
    await hotline.save_draft("hotline", draft.revision, HOTLINE.replace("timeout: sorry", "timeout: hang-up"))
    assert (await hotline.try_number("+49 221 12345", Trial())).path == ("menu:timeout", "sorry:next")
    assert (await hotline.try_flow("hotline", Trial())).path == ("menu:timeout",)
    assert (await hotline.try_flow("hotline", Trial(), 1)).path == ("menu:timeout", "sorry:next")
    with pytest.raises(NotFound, match="leads to no flow"):
        await hotline.try_number("+49221999", Trial())


async def test_what_never_ends_ends_in_the_last_resort(hotline):
    draft = await hotline.draft("hotline")
    circle = HOTLINE.replace("timeout: sorry", "timeout: menu")
    await hotline.save_draft("hotline", draft.revision, circle)
    tried = await hotline.try_flow("hotline", Trial())
    assert tried.steps[-1].point == "sorry"
    assert "passed more than 10 times" in tried.steps[-1].detour
    assert len(tried.steps) == 11


async def test_expectations_hold_back_what_breaks_them(hotline):
    tried = await hotline.try_flow("hotline", Trial(caller="+4915112345678", at=SUNDAY, keys="2"))
    kept = await hotline.expect("hotline", "Key 2 says sorry", tried)
    assert (await hotline.expectations("hotline")) == [kept]
    assert kept.path == ("menu:key:2", "sorry:next")
    draft = await hotline.draft("hotline")
    changed = await hotline.save_draft("hotline", draft.revision, HOTLINE.replace('"key:2": sorry', '"key:2": anna'))
    (checked,) = await hotline.check_expectations("hotline")
    assert [said.de for said in checked.red] == [
        "Schritt 2: anna:answered statt sorry:next",
        "Ergebnis „mit jemandem gesprochen“ statt „nur Ansagen gehört“",
    ]
    assert not (await hotline.check_expectations("hotline", 1))[0].red
    with pytest.raises(PublishRefused, match="'Key 2 says sorry': step 2: anna:answered instead of sorry:next"):
        await hotline.publish("hotline", changed.revision)
    with pytest.raises(PublishRefused, match="Key 2 says sorry"):
        await hotline.import_texts([Source(changed.document)])
    await hotline.keep_expectation(attrs.evolve(kept, path=(), outcome="", target="anna"))
    assert (await hotline.publish("hotline", changed.revision)).version.no == 2
    with pytest.raises(NotFound):
        await hotline.keep_expectation(kept)  # an older version of it
    await hotline.forget_expectation("hotline", kept.id)
    assert await hotline.expectations("hotline") == []


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ({"name": " "}, "name: is missing"),
        ({"outcome": "happy"}, "outcome: must be one of"),
        ({"outcome": ""}, "nothing is expected"),
    ],
)
async def test_an_expectation_expects_something(hotline, expected, said):
    wanted = Expectation(0, "hotline", "Sunday", Trial(), outcome="machine_only")
    with pytest.raises(SettingsRefused, match=said):
        await hotline.keep_expectation(attrs.evolve(wanted, **expected))


async def test_what_differs_is_said(hotline):
    tried = await hotline.try_flow("hotline", Trial(keys="2"))
    kept = attrs.evolve(expectation_of("hotline", "x", tried), target="anna", point="anna", path=("menu:key:2",))
    await hotline.keep_expectation(kept)
    (checked,) = await hotline.check_expectations("hotline")
    assert [said.en for said in checked.red] == [
        "step 2: sorry:next instead of the end of the call",
        "nobody is dialled instead of anna",
        "the point anna is not reached",
    ]


async def test_a_module_that_never_ends_is_left_by_the_caller(hotline):
    draft = await hotline.draft("hotline")
    endless = HOTLINE.replace("module: say", "module: endless").replace(
        "settings: {prompts: [stock/unavailable]}", "settings: {}"
    )
    await hotline.save_draft("hotline", draft.revision, endless)
    tried = await hotline.try_flow("hotline", Trial())
    assert (tried.ended_by, tried.steps[-1].point, tried.steps[-1].exit) == ("caller", "sorry", "")


async def test_a_module_that_hangs_is_given_up(hotline, monkeypatch):
    monkeypatch.setattr(Flows, "patience", 0.05)
    draft = await hotline.draft("hotline")
    hanging = HOTLINE.replace("module: say", "module: hanging").replace(
        "settings: {prompts: [stock/unavailable]}", "settings: {}"
    )
    await hotline.save_draft("hotline", draft.revision, hanging)
    with pytest.raises(TrialHangs, match="a plugin hangs"):
        await hotline.try_flow("hotline", Trial())
