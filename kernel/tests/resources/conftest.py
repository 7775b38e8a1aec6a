from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest
from change_watcher import Watcher

from switchhook import Label, Problem, Resource, hookspecs, setting
from switchhook.access.actor import SYSTEM, Actor
from switchhook.access.tenant import Tenant
from switchhook.clock import SetClock
from switchhook.dispatch.dispatcher import Dispatcher
from switchhook.dispatch.faults import Breaker
from switchhook.dispatch.loader import Source, load_plugins
from switchhook.dispatch.spec import specs_in
from switchhook.resources.record import Record
from switchhook.resources.seal import Seal
from switchhook.resources.service import Keeping, Resources
from switchhook.schema import Kinds
from switchhook.store.audit import Audit
from switchhook.store.directory import Directory
from switchhook.store.engine import Store

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


@attrs.frozen
class Group(Resource):
    kind = "group"
    label = Label("Gruppe", "Group")
    plural = Label("Gruppen", "Groups")
    name: str = setting("text", "Name", "Name")


@attrs.frozen
class Line:
    number: str = setting("number", "Rufnummer", "Number")
    groups: tuple[str, ...] = setting("references", "Gruppen", "Groups", to="group", default=())


@attrs.frozen
class Contact(Resource):
    kind = "contact"
    label = Label("Kontakt", "Contact")
    plural = Label("Kontakte", "Contacts")
    name: str = setting("text", "Name", "Name")
    number: str = setting("number", "Rufnummer", "Number", default="")
    age: int = setting("integer", "Alter", "Age", default=0, minimum=0)
    active: bool = setting("boolean", "Aktiv", "Active", default=True)
    pin: str = setting("text", "PIN", "PIN", default="", pattern=r"\d{4,8}", secret=True)
    group: str = setting("reference", "Gruppe", "Group", to="group", default="")
    flow: str = setting("reference", "Ablauf", "Flow", to="flow", default="")
    lines: tuple[Line, ...] = setting("rows", "Leitungen", "Lines", row=Line, default=())

    def check(self):
        if self.number and self.name == self.number:
            yield Problem("number", "must not be the name")


@pytest.fixture
def watcher() -> Watcher:
    return Watcher()


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
async def keeping(store: Store, clock: SetClock, watcher: Watcher) -> AsyncIterator[Keeping]:
    faults: list[object] = []
    breaker = Breaker(clock, faults.append)
    loaded = load_plugins([Source("watcher", lambda: watcher)], hookspecs, breaker)
    hooks = Dispatcher(specs_in(hookspecs), loaded.implementations, breaker)
    directory = Directory(store, clock)
    for tenant in ("acme", "other"):
        await directory.put_tenant(Tenant(tenant, tenant.title(), NOW))
    await directory.put_flow("acme", "hotline", "Hotline")
    kinds = Kinds(Resource, [("sample", Contact), ("sample", Group)])
    yield Keeping(store, clock, kinds, hooks, Audit(b"k" * 32), Seal(b"s" * 32))
    assert faults == []


class KindsOnly(Resources):
    """Resources without a store: reading fields, and records that nobody keeps."""

    def record(self, kind: str, id: str, value: Resource) -> Record:  # noqa: A002
        return Record("acme", id, 1, value, "kim", NOW, NOW)


def kinds_only() -> KindsOnly:
    kinds = Kinds(Resource, [("sample", Contact), ("sample", Group)])
    nothing: Any = None
    keeping = Keeping(nothing, SetClock(NOW), kinds, nothing, Audit(b"k" * 32), Seal(b"s" * 32))
    return KindsOnly(keeping, "acme", SYSTEM)


@pytest.fixture
def acme(keeping: Keeping) -> Resources:
    return keeping.of("acme", Actor("kim", SYSTEM.rights))


@pytest.fixture
def other(keeping: Keeping) -> Resources:
    return keeping.of("other", Actor("lee", SYSTEM.rights))
