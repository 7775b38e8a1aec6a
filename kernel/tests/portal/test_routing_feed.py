"""The routing table keeps step with the store, whatever one flow, one plugin or one look does."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import attrs
import pytest

from switchhook import Exit, Label, Module, setting
from switchhook.access.tenant import Tenant, TenantState
from switchhook.clock import SetClock
from switchhook.dispatch.faults import Breaker
from switchhook.flows.registry import ModuleRegistry
from switchhook.portal import routing_feed
from switchhook.portal.plugin_resets import PluginResets
from switchhook.portal.routing_feed import RoutingFeed, StoredVersions
from switchhook.store.routing import FlowVersion, Number, RoutingState
from switchhook.switchboard import routes as routes_of
from switchhook.switchboard.routes import Routes

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@attrs.frozen
class Silence(Module):
    kind = "silence"
    label = Label("Stille", "Silence")

    def exits(self):
        return ("next",)

    async def run(self, session):
        return Exit("next")


@attrs.frozen
class Upgraded(Silence):
    """Its new version trips over what an old one had let pass."""

    kind = "upgraded"
    zone: str = setting("text", "Zone", "Zone", default="Europe/Berlin")

    def __attrs_post_init__(self):
        raise KeyError(self.zone)


REGISTRY = ModuleRegistry([("good", Silence), ("bad", Upgraded)])


def version(id: int, flow: str, module: str) -> FlowVersion:  # noqa: A002
    text = f"flow: {flow}\nstart: a\npoints:\n  a: {{module: {module}, exits: {{next: hang-up}}}}\n"
    return FlowVersion(id, "acme", flow, 1, "published", text, "", "", "", NOW, NOW)


def state(stamp: int, *versions: FlowVersion) -> RoutingState:
    numbers = {"+4922112345": Number("+4922112345", "acme", versions[0].flow)}
    return RoutingState(
        stamp, {"acme": Tenant("acme", "Acme", NOW)}, numbers, {(one.tenant, one.flow): one for one in versions}
    )


def suspended(one: RoutingState, to: TenantState = "suspended") -> RoutingState:
    return attrs.evolve(one, tenants={"acme": attrs.evolve(one.tenants["acme"], state=to)})


@attrs.define
class Shelf:
    """A store that gives what it is told to, one after the other, and says when there is no more."""

    gives: list[RoutingState | Exception]
    asked_all: asyncio.Event = attrs.field(factory=asyncio.Event)

    async def version(self, version: int) -> FlowVersion | None:
        return None

    async def load_routing(self, since: int = -1) -> RoutingState | None:
        if not self.gives:
            self.asked_all.set()
            return None
        given = self.gives.pop(0)
        if isinstance(given, Exception):
            raise given
        return given


def fed(*gives: RoutingState | Exception) -> tuple[RoutingFeed, Routes, Shelf]:
    shelf = Shelf(list(gives))
    versions = StoredVersions(shelf, REGISTRY)  # type: ignore[arg-type]
    routes = Routes(versions)
    resets = PluginResets(Breaker(SetClock(NOW), lambda fault: None))
    return RoutingFeed(shelf, versions, routes, resets), routes, shelf  # type: ignore[arg-type]


async def test_a_module_that_fails_on_its_settings_costs_its_own_flow_alone():
    feed, routes, _ = fed(state(1, version(1, "hotline", "silence"), version(2, "odd", "upgraded")))
    assert await feed.refresh()
    assert routes.current("acme", "hotline") is not None
    assert routes.current("acme", "odd") is None


async def test_whoever_holds_something_else_in_memory_is_told_of_each_change():
    told: list[str] = []
    feed, _, _ = fed(state(1, version(1, "hotline", "silence")), state(2, version(1, "hotline", "silence")))
    feed._changed = lambda: told.append("changed")
    while await feed.refresh():
        pass
    assert told == ["changed"] * 2


@pytest.mark.parametrize("error", [RuntimeError("broken row"), KeyError("tenant"), ValueError("x")], ids=repr)
async def test_a_look_that_fails_is_not_the_last(error, monkeypatch):
    monkeypatch.setattr(routing_feed, "EVERY", 0.001)
    feed, routes, shelf = fed(error, state(1, version(1, "hotline", "silence")))
    task = asyncio.create_task(feed.run())
    await asyncio.wait([task, asyncio.create_task(shelf.asked_all.wait())], timeout=5, return_when="FIRST_COMPLETED")
    assert not task.done()
    assert routes.current("acme", "hotline") is not None
    task.cancel()
    await asyncio.wait([task])


async def test_what_was_published_once_does_not_stay_in_memory_for_ever(monkeypatch):
    monkeypatch.setattr(routes_of, "FORMER", 3)
    feed, routes, _ = fed(
        *(state(no, version(99, "steady", "silence"), version(no, "busy", "silence")) for no in range(1, 9))
    )
    while await feed.refresh():
        pass
    assert set(feed._parsed) == {99, 8}
    known = [no for no in (*range(1, 9), 99) if await routes.version(str(no))]
    assert known == [5, 6, 7, 8, 99], "what is live, and the last ones before it for calls in progress"


async def test_a_suspended_tenant_is_shut_until_it_is_active_again():
    now = state(1, version(1, "hotline", "silence"))
    feed, routes, _ = fed(suspended(now), now)
    await feed.refresh()
    assert (routes.shut("acme"), routes.shut("other")) == ("suspended", "")
    assert routes.routing("+4922112345") is not None
    await feed.refresh()
    assert routes.shut("acme") == ""


async def test_a_demo_has_so_many_calls_at_the_same_time_until_it_is_active():
    now = state(1, version(1, "hotline", "silence"))
    feed, routes, _ = fed(suspended(now, "demo"), now)
    await feed.refresh()
    assert (routes.most_calls("acme"), routes.most_calls("other")) == (2, None)
    await feed.refresh()
    assert routes.most_calls("acme") is None
