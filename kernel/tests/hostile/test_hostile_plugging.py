"""Plugins that cannot be plugged in, and those that only pretend to be."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import attrs
import pytest

from switchhook import Label, Module, hookimpl
from switchhook.calls.call import Call, Caller
from switchhook.clock import SetClock
from switchhook.dispatch.faults import Fault
from switchhook.dispatch.loader import Source
from switchhook.errors import PluginError
from switchhook.flows.flow import Point
from switchhook.portal.plugging import Plugged, plug_in
from switchhook.switchboard.observer import HookedObserver

from .plugins import bringing, goes_on, module_that, source

CALL = Call("test-1", "acme", "+4922112345", Caller(), datetime(2026, 3, 2, tzinfo=UTC))
GOOD = source("good", bringing(module_that(goes_on, "good")))


async def plugged(*sources: Source, **choice: tuple[str, ...]) -> tuple[Plugged, list[Fault]]:
    faults: list[Fault] = []
    clock = SetClock(datetime(2026, 3, 2, tzinfo=UTC))
    return await plug_in(clock, faults.append, sources=sources, **choice), faults


def broken(error: BaseException) -> Source:
    def load() -> object:
        raise error

    return Source("broken", load, "dist-broken", "1.0")


async def test_two_plugins_with_a_module_of_one_kind_stop_the_start_and_are_both_named():
    twins = (source("anna", bringing(module_that(goes_on))), source("bert", bringing(module_that(goes_on))))
    with pytest.raises(PluginError, match="plugins 'anna' and 'bert' both bring the module 'hostile'; disable one"):
        await plugged(*twins)
    portal, _ = await plugged(*twins, disabled=("bert",))
    assert portal.module_owners == {"hostile": "anna"}


async def test_one_plugin_with_a_module_twice_stops_the_start_too():
    with pytest.raises(PluginError, match="both bring the module 'hostile'"):
        await plugged(source("anna", bringing(module_that(goes_on), module_that(goes_on))))


@pytest.mark.parametrize(
    "error", [ImportError("no module named sax"), SystemExit(1), SyntaxError("x"), RecursionError()], ids=repr
)
async def test_a_plugin_that_cannot_be_imported_leaves_the_others(error):
    portal, faults = await plugged(broken(error), GOOD)
    assert {plugin.name: plugin.state for plugin in portal.plugins} == {"broken": "quarantined", "good": "active"}
    assert list(portal.modules) == ["good"]
    assert [(fault.plugin, fault.kind) for fault in faults] == [("broken", "import")]


async def test_a_plugin_that_must_be_there_stops_the_start_when_it_is_not():
    """A guard of money that is not loaded would let every call through."""
    with pytest.raises(PluginError, match=r"'broken', which is quarantined: .*no module named sax"):
        await plugged(broken(ImportError("no module named sax")), GOOD, required=("good", "broken"))
    with pytest.raises(PluginError, match=r"'godo', which is not installed .did you mean 'good'"):
        await plugged(GOOD, required=("godo",))
    with pytest.raises(PluginError, match="'good', which is disabled"):
        await plugged(GOOD, required=("good",), disabled=("good",))
    portal, _ = await plugged(broken(ImportError()), GOOD, required=("good",))
    assert list(portal.modules) == ["good"]


async def test_the_faults_of_a_module_suspend_none_of_its_plugins_guards():
    """One tenant's flow that fails would stop the outbound calls of all tenants."""
    portal, faults = await plugged(GOOD)
    observer = HookedObserver(portal.hooks, portal.breaker, dict(portal.module_owners))
    point = Point("a", portal.modules.make("good", {}))
    for _ in range(20):
        observer.module_failed(CALL, point, RuntimeError("again"))
    assert [fault.kind for fault in faults] == ["raised"] * 20
    assert portal.breaker.suspended("good") is None


def gives(answer: object) -> SimpleNamespace:
    return SimpleNamespace(modules=hookimpl(lambda: answer, specname="modules"))


def fails(error: BaseException) -> SimpleNamespace:
    def modules() -> list[type[Module]]:
        raise error

    return SimpleNamespace(modules=hookimpl(modules))


@pytest.mark.parametrize(
    "plugin",
    [gives("menu"), gives([7]), gives({"menu": 1}), gives([object]), fails(RuntimeError("x")), fails(SystemExit(1))],
    ids=["text", "numbers", "mapping", "other classes", "raises", "exits"],
)
async def test_junk_for_modules_is_a_fault_of_that_plugin_and_leaves_the_others(plugin):
    portal, faults = await plugged(source("junk", plugin), GOOD)
    assert list(portal.modules) == ["good"]
    assert {fault.plugin for fault in faults} == {"junk"}


async def test_with_every_plugin_broken_there_is_still_a_portal():
    portal, faults = await plugged(broken(ImportError("x")))
    assert (list(portal.modules), len(faults)) == ([], 1)
    await portal.hooks.notify("portal_started")


class NotFrozen(Module):
    kind = "not-frozen"
    label = Label("Offen", "Open")


@attrs.frozen
class Nameless(Module):
    kind = "nameless"


@attrs.frozen
class Misnamed(Module):
    kind = "Two words"
    label = Label("Zwei", "Two")


@pytest.mark.parametrize("odd", [NotFrozen, Nameless, Misnamed, Module])
async def test_a_module_that_is_none_costs_its_plugin_that_module_and_nobody_the_portal(odd):
    portal, faults = await plugged(source("odd", bringing(odd, module_that(goes_on, "sound"))), GOOD)
    assert set(portal.modules) == {"good", "sound"}
    assert [(fault.plugin, fault.hook, fault.kind) for fault in faults] == [("odd", "modules", "wrong_result")]
    assert "as a module, but" in faults[0].message


def wrapper() -> object:
    @hookimpl(wrapper=True)
    def portal_started():
        return (yield)

    return SimpleNamespace(portal_started=portal_started)


def generator() -> object:
    @hookimpl
    def portal_started():
        yield

    return SimpleNamespace(portal_started=portal_started)


def async_generator() -> object:
    @hookimpl
    async def portal_started():
        yield

    return SimpleNamespace(portal_started=portal_started)


@pytest.mark.parametrize("made", [wrapper, generator, async_generator])
async def test_a_plugin_with_a_hook_that_would_never_run_is_quarantined_with_the_reason(made):
    portal, faults = await plugged(source("odd", made()), GOOD)
    assert {plugin.name: plugin.state for plugin in portal.plugins} == {"odd": "quarantined", "good": "active"}
    assert [(fault.plugin, fault.kind) for fault in faults] == [("odd", "registration")]
    assert portal.plugins[1].reason.startswith("does not fit the hooks: ")
    await portal.hooks.notify("portal_started")


async def test_a_plugin_may_know_hooks_of_a_later_version():
    @hookimpl(optionalhook=True)
    def hook_of_tomorrow(call):
        return None

    portal, faults = await plugged(source("early", SimpleNamespace(hook_of_tomorrow=hook_of_tomorrow)))
    assert ([plugin.state for plugin in portal.plugins], faults) == (["active"], [])
