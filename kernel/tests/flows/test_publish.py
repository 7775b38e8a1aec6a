from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest

from switchhook.access.tenant import Tenant
from switchhook.clock import SetClock
from switchhook.errors import NotFound
from switchhook.flows.document import FlowRefused
from switchhook.flows.flow import Flow
from switchhook.flows.lint import LintContext
from switchhook.flows.publish import PublishRefused, Source, publish, publish_again, surroundings, version_of
from switchhook.flows.registry import ModuleRegistry
from switchhook.store.directory import Directory
from switchhook.store.engine import Store
from switchhook.store.migrations import migrate
from switchhook.store.routing import Number

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


async def state(directory: Directory) -> list[tuple[int, str, str]]:
    return [(version.no, version.state, version.document) for version in await directory.versions("main", "info")]


@attrs.define
class Breaks:
    """A clock that stops working, as a database may, in the middle of what is done with several flows."""

    left: int

    def now(self) -> datetime:
        self.left -= 1
        if self.left < 0:
            raise RuntimeError("the clock broke")
        return NOW

    def monotonic(self) -> float:
        return 0.0


@pytest.mark.parametrize("after", range(4))
async def test_of_several_flows_all_go_live_or_none(directory, after):
    breaking = attrs.evolve(directory, clock=Breaks(after))
    with pytest.raises(RuntimeError, match="broke"):
        await publish(breaking, "main", BOTH, REGISTRY, await context(directory))
    assert await directory.flows("main") == {}
    done = await publish(attrs.evolve(directory, clock=Breaks(4)), "main", BOTH, REGISTRY, await context(directory))
    assert [one.changed for one in done] == [True, True]


async def test_flows_that_lead_to_each_other_go_live_together(directory):
    with pytest.raises(
        PublishRefused, match=r"demo.yaml:17:13: points.menu.exits.key:1: error L01: leads to flow 'info'"
    ):
        await publish(directory, "main", BOTH[:1], REGISTRY, await context(directory))
    assert await directory.flows("main") == {}
    done = await publish(directory, "main", BOTH, REGISTRY, await context(directory), message="first", author="eva")
    assert [(one.flow.id, one.version.no, one.version.state, one.changed) for one in done] == [
        ("demo-hotline", 1, "published", True),
        ("info", 1, "published", True),
    ]
    assert (done[0].version.document, done[0].version.message, done[0].version.author) == (DEMO, "first", "eva")
    assert await directory.flows("main") == {"demo-hotline": "Demo hotline", "info": "Information"}
    assert await directory.flows("other") == {}


async def test_what_is_live_stays_live_when_a_file_is_refused(directory):
    await publish(directory, "main", BOTH, REGISTRY, await context(directory))
    before, known = await directory.load_routing(), await context(directory)
    unread, wrong = (Source(INFO.replace(*fault), "info.yaml") for fault in (("say", "sya"), ("hang-up", "gone")))
    with pytest.raises(FlowRefused, match=r"info\.yaml:6:7: points.a.module: there is no module 'sya'"):
        await publish(directory, "main", [BOTH[0], unread], REGISTRY, known)
    with pytest.raises(PublishRefused, match=r"info\.yaml:6:.*L01: leads to point 'gone'"):
        await publish(directory, "main", [BOTH[0], wrong], REGISTRY, known)
    assert await directory.load_routing() == before


async def test_the_same_text_again_changes_nothing(directory):
    await publish(directory, "main", BOTH, REGISTRY, await context(directory))
    (done,) = await publish(directory, "main", BOTH[1:], REGISTRY, await context(directory))
    assert (done.version.no, done.changed) == (1, False)
    assert await state(directory) == [(1, "published", INFO)]


async def test_an_older_version_is_published_again(directory):
    changed = INFO.replace("Information", "News")
    await publish(directory, "main", BOTH, REGISTRY, await context(directory))
    await publish(directory, "main", [Source(changed)], REGISTRY, await context(directory))
    assert await state(directory) == [(1, "archived", INFO), (2, "published", changed)]
    done = await publish_again(directory, "main", "info", 1, REGISTRY, await context(directory))
    assert (done.version.no, done.version.state, done.changed) == (1, "published", True)
    assert await state(directory) == [(1, "published", INFO), (2, "archived", changed)]
    with pytest.raises(NotFound, match="flow 'info' has no version 3"):
        await publish_again(directory, "main", "info", 3, REGISTRY, await context(directory))
    with pytest.raises(NotFound):
        await version_of(directory, "other", "info", 1)


async def test_an_older_version_is_judged_by_what_is_there_now(directory):
    await publish(directory, "main", BOTH, REGISTRY, await context(directory))
    await publish(directory, "main", [Source(INFO.replace("Information", "News"))], REGISTRY, await context(directory))
    silent = attrs.evolve(await context(directory), has_prompt=lambda prompt, language: False)
    with pytest.raises(PublishRefused, match=r"info version 1:6:.*L07"):
        await publish_again(directory, "main", "info", 1, REGISTRY, silent)
    assert [no for no, state, _ in await state(directory) if state == "published"] == [2]


async def test_a_guard_can_refuse(directory):
    async def approve(flow: Flow) -> str | None:
        return "not on a Friday" if flow.id == "info" else None

    with pytest.raises(PublishRefused, match=r"info\.yaml:1:1: refused: not on a Friday"):
        await publish(directory, "main", BOTH, REGISTRY, await context(directory), approve=approve)
    assert await directory.flows("main") == {}


async def test_one_flow_in_two_files_is_refused(directory):
    with pytest.raises(FlowRefused, match=r"again\.yaml:1:1: flow: info\.yaml holds the flow 'info' as well"):
        await publish(directory, "main", [BOTH[1], Source(INFO, "again.yaml")], REGISTRY, await context(directory))


async def test_surroundings_are_the_tenants_own(directory):
    await publish(directory, "main", BOTH, REGISTRY, await context(directory))
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
