from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from switchhook.access.tenant import Tenant
from switchhook.clock import SetClock
from switchhook.errors import NotFound
from switchhook.flows.document import FlowRefused, read_flow
from switchhook.flows.flow import Flow
from switchhook.flows.lint import LintContext
from switchhook.flows.publish import Source, examine, surroundings
from switchhook.flows.registry import ModuleRegistry
from switchhook.store.directory import Directory
from switchhook.store.engine import Store
from switchhook.store.migrations import migrate
from switchhook.store.routing import FlowText, Number

from .samples import PROMPTS, REGISTRY
from .test_document import DEMO

INFO = """\
flow: info
label: Information
start: a
last_resort: a
points:
  a: {module: say, label: A, settings: {prompts: [demo/sorry]}, exits: {next: hang-up}}
"""
BOTH = [Source(DEMO, "demo.yaml"), Source(INFO, "info.yaml")]
KNOWN = LintContext(has_prompt=lambda prompt, language: prompt in PROMPTS, prompt_ids=PROMPTS, phones=("anna",))
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
async def directory(tmp_path: Path) -> AsyncIterator[Directory]:
    store = Store(f"sqlite:///{tmp_path / 'store.db'}")
    await migrate(store)
    directory = Directory(store, SetClock(NOW))
    await directory.put_tenant(Tenant("main", "Main", NOW))
    await directory.put_tenant(Tenant("other", "Other", NOW))
    yield directory
    await store.close()


async def context(directory: Directory) -> LintContext:
    return await surroundings(directory, "main", REGISTRY, KNOWN)


async def test_one_flow_in_two_files_is_refused(directory):
    with pytest.raises(FlowRefused, match=r"again\.yaml:1:1: flow: info\.yaml holds the flow 'info' as well"):
        await examine([BOTH[1], Source(INFO, "again.yaml")], REGISTRY, await context(directory))


async def test_surroundings_are_the_tenants_own(directory):
    await directory.publish_texts("main", [FlowText(flow_id(one.text), "", one.text) for one in BOTH])
    await directory.assign(Number("+4922112345", "main", "info"))
    own = await context(directory)
    assert own.numbers == {"+4922112345": "info"}
    assert sorted(own.flows) == ["demo-hotline", "info"]
    foreign = await surroundings(directory, "other", REGISTRY)
    assert (foreign.numbers, foreign.flows) == ({}, {})
    with pytest.raises(NotFound, match="no tenant 'gone'"):
        await surroundings(directory, "gone", REGISTRY)
    without_plugins = await surroundings(directory, "main", ModuleRegistry())
    assert without_plugins.flows["info"] == Flow("info", "info", "", {})


async def test_what_was_read_before_is_not_read_again(directory):
    await directory.publish_texts("main", [FlowText("info", "", INFO)])
    parsed = {}
    first = await surroundings(directory, "main", REGISTRY, parsed=parsed)
    again = await surroundings(directory, "main", ModuleRegistry(), parsed=parsed)
    assert again.flows["info"] is first.flows["info"]


def flow_id(text: str) -> str:
    return read_flow(text, REGISTRY).id
