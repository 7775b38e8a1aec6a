"""A plugin that fails again and again is left out, and comes back in every worker when an operator says so."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import attrs
import pytest
from lab import NUMBER, Lab, Portal
from phones import CALLERS, Desk, Phones

from switchhook.calls.course import Course

pytestmark = [pytest.mark.asterisk, pytest.mark.alone, pytest.mark.timeout(90)]

LIMIT = 5
"""Faults within a minute that suspend a plugin."""
PLUGIN = """
import os
from pathlib import Path
import attrs
from switchhook import Exit, Label, Module, hookimpl, setting

@attrs.frozen
class Stumbles:
    directory: str = setting("text", "Verzeichnis", "Directory")

    @hookimpl
    def portal_started(self):
        with Path(self.directory, "started").open("a") as file:
            file.write(f"{os.getpid()}\\n")

    @hookimpl
    def point_entered(self):
        with Path(self.directory, "asked").open("a") as file:
            file.write(f"{os.getpid()}\\n")
        if Path(self.directory, "stone").exists():
            raise RuntimeError("fell over the stone")

    @hookimpl
    def modules(self):
        return [Where]

@attrs.frozen
class Where(Module):
    kind = "where"
    label = Label("Wo", "Where")

    def exits(self):
        return ("next",)

    async def run(self, session):
        return Exit("next", session.plugin(Stumbles).directory)
"""
FLOW = """
flow: steps
label: Steps
language: en
start: a
points:
  a: {module: where, exits: {next: b}}
  b: {module: announcement, settings: {prompts: [a/step]}, exits: {next: c}}
  c: {module: where, exits: {next: d}}
  d: {module: announcement, settings: {prompts: [a/step]}, exits: {next: e}}
  e: {module: where, exits: {next: f}}
  f: {module: announcement, settings: {prompts: [a/step]}, exits: {next: hang-up}}
"""
"""More points than it takes to suspend a plugin that fails at each."""


@attrs.frozen
class Site:
    """A portal with two workers and the plugin, which stumbles over a stone as long as there is one."""

    lab: Lab
    phones: Phones
    portal: Portal
    environment: dict[str, str]

    @property
    def stone(self) -> Path:
        return self.lab.home / "stone"

    def asked(self) -> Counter[int]:
        """How often each worker asked the plugin."""
        file = self.lab.home / "asked"
        return Counter(map(int, file.read_text().split())) if file.exists() else Counter()

    async def calls(self, count: int) -> None:
        """So many calls of six points each."""
        made = [await self.phones.call(self.lab.sip(NUMBER), number=f"+4930{n}") for n in range(111, 111 + count)]
        await asyncio.gather(*(call.ended() for call in made))

    async def command(self, *words: str) -> str:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "switchhook.cli", "--config", str(self.lab.home / "switchhook.toml"), *words),
            env=self.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await asyncio.wait_for(process.communicate(), 30)
        assert process.returncode == 0, said.decode()
        return said.decode()

    async def faults(self) -> Counter[str]:
        """How many faults of each kind are kept."""
        return Counter(one["kind"] for one in json.loads(await self.command("plugins", "faults", "stumbles", "--json")))


@pytest.fixture
async def site(tmp_path: Path, desk: Desk, phones: Phones) -> AsyncIterator[Site]:
    home = tmp_path / "lab"
    matches = (desk.where, CALLERS)
    async with await Lab.make(
        home, {NUMBER: FLOW}, ["a/step"], trunk_matches=matches, agi_workers=2, seconds=0.2
    ) as lab:
        with (home / "switchhook.toml").open("a") as file:
            file.write(f'\n[plugin.stumbles]\ndirectory = "{home}"\n')
        info = home / "site" / "stumbles-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: stumbles\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text("[switchhook]\nstumbles = stumbles:Stumbles\n")
        (home / "site" / "stumbles.py").write_text(PLUGIN)
        outside = {"PYTHONPATH": str(home / "site")}
        portal = await lab.portal("--workers", "2", environment=outside)
        yield Site(lab, phones, portal, {**os.environ, **outside})


def reasons(courses: list[Course]) -> set[str]:
    """Why calls left the first point, in the plugin's own words."""
    left = (event for course in courses for event in course.events if (event.point, event.kind) == ("a", "point.left"))
    return {str(event.data["why"]) for event in left}


async def test_a_suspended_plugin_comes_back_in_both_workers(site: Site) -> None:
    site.stone.touch()

    async def suspended_in_both() -> bool:
        if sorted(site.asked().values()) != [LIMIT, LIMIT]:
            await site.calls(3)
        return sorted(site.asked().values()) == [LIMIT, LIMIT]

    await site.lab.until(suspended_in_both, "both workers to have had enough of the plugin", 60)
    await site.calls(4)
    assert sorted(site.asked().values()) == [LIMIT, LIMIT]  # each point of each call would have asked once more
    await site.lab.until(lambda: kept(site), "the faults to be kept")

    assert reasons(await site.lab.courses()) == {
        str(site.lab.home)
    }  # its modules still run, and know what the operator said

    started = set(map(int, (site.lab.home / "started").read_text().split()))
    assert started == {*site.asked(), site.portal.pid}  # each process that calls its hooks, the supervisor's too

    site.stone.unlink()
    await site.command("plugins", "reset", "stumbles")

    async def asked_by_both() -> bool:
        await site.calls(3)
        return min(site.asked().values()) > LIMIT

    await site.lab.until(asked_by_both, "both workers to ask the plugin again", 60)
    assert await kept(site)  # and nothing more went wrong
    assert site.lab.logged().count("a plugin takes part again") == 2


async def kept(site: Site) -> bool:
    return await site.faults() == {"raised": 2 * LIMIT, "suspended": 2}
