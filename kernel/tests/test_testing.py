"""The test kit finds what it promises to find."""

from __future__ import annotations

import itertools
import subprocess
import sys

import attrs
import pytest

from switchhook import Exit, Finding, Label, Listen, Module, Refusal, hookimpl, setting
from switchhook.errors import PluginError
from switchhook.flows.document import FlowRefused
from switchhook.simulator.script import ScriptRefused
from switchhook.testing import assert_module_conforms, call


@attrs.frozen
class Good(Module):
    kind = "good"
    label = Label("Gut", "Good")

    prompt: str = setting("prompt", "Ansage", "Prompt")
    keys: tuple[str, ...] = setting("keys", "Tasten", "Keys", minimum=1)

    def exits(self):
        return (*(f"key:{key}" for key in self.keys), "other")

    async def run(self, session):
        pressed = (await session.read(self.prompt, listen=Listen(3))).pressed
        return Exit(f"key:{pressed}" if pressed in self.keys else "other")


def test_a_good_module_conforms():
    assert_module_conforms(Good, examples=50)


class Mutable(Good):
    """Not decorated."""


@attrs.define(slots=False)
class Unfrozen(Module):
    kind = "unfrozen"
    label = Label("U", "U")

    def exits(self):
        return ("next",)


@attrs.frozen
class WithoutGerman(Good):
    label = Label("", "Good")


@attrs.frozen
class WithoutHelp(Good):
    help = Label("Hilfe", " ")


@attrs.frozen
class Raising(Good):
    async def run(self, session):
        raise RuntimeError("no database")


@attrs.frozen
class Undeclared(Good):
    async def run(self, session):
        return Exit("elsewhere")


@attrs.frozen
class NeverTaken(Good):
    def exits(self):
        return (*super().exits(), "never")


@attrs.frozen
class SecretPrompt(Good):
    async def run(self, session):
        await session.play("house/surprise")
        return await super().run(session)


@attrs.frozen
class Unsteady(Good):
    async def run(self, session):
        session.note(str(next(COUNT)))
        return await super().run(session)


@attrs.frozen
class OddFinding(Good):
    def lint(self):
        yield Finding("x", "warning", "settings.keyz", "odd")


@attrs.frozen
class OddExit(Good):
    def exits(self):
        return ("Next Point", "other")


@attrs.frozen
class TwiceExit(Good):
    def exits(self):
        return ("other", *super().exits())


COUNT = itertools.count()
WRONG = {
    WithoutGerman: "module good has no German text",
    WithoutHelp: "the help of good has no English text",
    Raising: "no database",
    Undeclared: "elsewhere",
    NeverTaken: "no call ever took the exit 'never'",
    SecretPrompt: "plays 'house/surprise', which is not among its references",
    Unsteady: "the same call twice went two ways",
    OddFinding: "points at 'settings.keyz', which is not there",
    OddExit: "'Next Point' cannot be the name of an exit",
    TwiceExit: "an exit is there twice",
}


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.__name__)
def test_each_broken_promise_is_found(wrong):
    with pytest.raises(AssertionError) as found:
        assert_module_conforms(wrong, examples=50)
    assert WRONG[wrong] in str(found.value)


def test_what_is_no_attrs_class_or_not_frozen_is_found():
    with pytest.raises(PluginError, match=r"not decorated with attrs\.frozen"):
        assert_module_conforms(Mutable)
    with pytest.raises((AssertionError, TypeError), match="frozen"):
        assert_module_conforms(Unfrozen, examples=5)


def test_a_field_that_is_no_setting_is_found():
    @attrs.frozen
    class Hidden(Module):
        kind = "hidden"
        label = Label("H", "H")
        plain: int = 3

    with pytest.raises(AssertionError, match="'plain' is no setting"):
        assert_module_conforms(Hidden)


def test_exits_that_no_call_can_take_are_named_by_the_author():
    assert_module_conforms(NeverTaken, unreached=["never"], examples=50)
    with pytest.raises(AssertionError, match="'other' is said to be unreached and was taken"):
        assert_module_conforms(NeverTaken, unreached=["never", "other"], examples=50)


FLOW = """
flow: f
start: a
points:
  a: {module: good, settings: {prompt: hello, keys: ["1"]}, exits: {"key:1": "flow:g", other: hang-up}}
"""
OTHER = FLOW.replace("flow: f", "flow: g").replace('"flow:g"', "hang-up")


class Plugin:
    @hookimpl
    def modules(self):
        return [Good]

    @hookimpl
    def caller_identified(self, caller):
        return attrs.evolve(caller, name="Anna")

    @hookimpl
    def leg_allowed(self):
        return Refusal("no")


async def test_a_yaml_flow_with_its_plugin_and_other_flows():
    done = await call(FLOW, "1,2", plugins=[Plugin()], flows=[OTHER], prompts={"hello": 1.0})
    assert done.ways == (("a", "key:1"), ("a", "other"))
    assert done.heard == ("hello", "hello")
    assert done.call.caller.name == "Anna"
    assert "+4930123456 (Anna)" in str(done)


async def test_prompts_named_are_the_only_ones():
    assert (await call(Good(prompt="a", keys=("1",)), prompts=["b"])).heard == ()
    assert (await call(Good(prompt="a", keys=("1",)), prompts=["a"])).seconds == 2.0 + 5.0
    assert (await call(Good(prompt="a", keys=("1",)), prompts={"a": 4.5})).seconds == 4.5 + 5.0


async def test_mistakes_of_the_test_are_told():
    with pytest.raises(ScriptRefused, match="'x' is no action"):
        await call(Good(prompt="a", keys=("1",)), "x")
    with pytest.raises(FlowRefused, match="there is no module 'good'"):
        await call(FLOW, plugins=[])


def test_it_needs_neither_pytest_nor_hypothesis_to_be_imported(tmp_path):
    code = "import sys, switchhook.testing; sys.exit(bool({'pytest', 'hypothesis', 'panoramisk'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path, timeout=60).returncode == 0
