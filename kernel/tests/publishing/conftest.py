from __future__ import annotations

from datetime import UTC, datetime, timedelta

import attrs
import pytest

from switchhook import Label, Resource, hookimpl, hookspecs, setting
from switchhook.access.actor import SYSTEM, Actor
from switchhook.access.tenant import Tenant
from switchhook.alerts.inbox import Alerts
from switchhook.clock import SetClock
from switchhook.dispatch.dispatcher import Dispatcher, Refusal
from switchhook.dispatch.faults import Breaker
from switchhook.dispatch.loader import Source, load_plugins
from switchhook.dispatch.spec import specs_in
from switchhook.flows.flow import Flow
from switchhook.flows.module import Exit, Module
from switchhook.flows.registry import ModuleRegistry
from switchhook.flows.template import FlowTemplate, drawn_point
from switchhook.publishing.service import Flows, Publishing
from switchhook.resources.seal import Seal
from switchhook.resources.service import Keeping
from switchhook.schema import Kinds
from switchhook.store.audit import Audit
from switchhook.store.directory import Directory
from switchhook.store.engine import Store
from switchhook.testing import PromptShelf

from .samples import MODULES

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


@attrs.frozen
class Box(Resource):
    kind = "box"
    label = Label("Fach", "Box")
    plural = Label("Fächer", "Boxes")
    name: str = setting("text", "Name", "Name")


@attrs.frozen
class Drop(Module):
    """Leaves a note of the box."""

    kind = "drop"
    label = Label("Ablage", "Drop")
    box: str = setting("reference", "Fach", "Box", to="box")

    def exits(self) -> tuple[str, ...]:
        return ("next",)

    async def run(self, session):
        session.note(f"box {self.box}")
        return Exit("next")


@attrs.frozen
class Hello(FlowTemplate):
    kind = "hello"
    label = Label("Begrüßung", "Greeting")
    needs = ("say",)
    prompt: str = setting("prompt", "Ansage", "Prompt")

    def draw(self, language):
        hello = "Gruß" if language == "de" else "Hello"
        return {
            "start": "hello",
            "last_resort": "hello",
            "points": [drawn_point("hello", "say", hello, {"prompts": [self.prompt]}, next="hang-up")],
        }


@attrs.frozen
class Wanting(Hello):
    kind = "wanting"
    needs = ("teleport",)


@attrs.define
class Watcher:
    refuse: str = ""
    live: list[tuple[str, str, str]] = attrs.field(factory=list)

    @hookimpl
    def flow_publish_proposed(self, flow: Flow, tenant: str) -> Refusal | None:
        return Refusal(self.refuse) if self.refuse else None

    @hookimpl
    def flow_published(self, flow: Flow, tenant: str, version: str) -> None:
        self.live.append((tenant, flow.id, version))

    @hookimpl
    def flow_templates(self) -> list[type[FlowTemplate]]:
        return [Hello, Wanting]


@attrs.frozen
class Prompts(PromptShelf):
    """Every prompt has a sound, but those that begin with no/."""

    def find(self, id, language, tenant=""):  # noqa: A002
        if id.startswith("no/"):
            return attrs.evolve(self, lengths={}).find(id, language)
        return super().find(id, language)

    def ids(self, tenant):
        return []


@pytest.fixture
def watcher() -> Watcher:
    return Watcher()


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


async def publishing_on(store: Store, clock: SetClock, watcher: Watcher) -> Publishing:
    faults: list[object] = []
    breaker = Breaker(clock, faults.append)
    loaded = load_plugins([Source("watcher", lambda: watcher)], hookspecs, breaker)
    hooks = Dispatcher(specs_in(hookspecs), loaded.implementations, breaker)
    keeping = Keeping(store, clock, Kinds(Resource, [("sample", Box)]), hooks, Audit(b"k" * 32), Seal(b"s" * 32))
    return Publishing(
        keeping=keeping,
        directory=Directory(store, clock),
        modules=ModuleRegistry([*(("sample", one) for one in (*MODULES, Drop))]),
        prompts=Prompts(),
        alerts=Alerts(store, clock),
        phones=("anna",),
    )


@pytest.fixture
async def publishing(store: Store, clock: SetClock, watcher: Watcher) -> Publishing:
    made = await publishing_on(store, clock, watcher)
    for tenant in ("acme", "other"):
        await made.directory.put_tenant(Tenant(tenant, tenant.title(), NOW))
    return made


@pytest.fixture
def acme(publishing: Publishing) -> Flows:
    return publishing.of("acme", Actor("kim", SYSTEM.rights))


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)
