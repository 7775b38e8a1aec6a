"""A whole Switchhook for tests: settings, store, tone prompts, a real Asterisk with the rendered configuration, portals.

Everything lies below one directory and uses ports of its own, so several labs run side by side.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import attrs
from lab_settings import NUMBER, PASSWORD, TENANT, lab_settings
from permitted import permit
from phones import TONES, tone_wav
from suppressed import traces

from switchhook.access.tenant import Tenant
from switchhook.asterisk.configured import asterisk_process
from switchhook.asterisk.place import find_asterisk
from switchhook.asterisk.process import AsteriskProcess
from switchhook.calls.course import Course
from switchhook.clock import SystemClock
from switchhook.config import Settings
from switchhook.errors import NotFound
from switchhook.portal.configuration import put_configuration
from switchhook.store.directory import Directory
from switchhook.store.engine import Store
from switchhook.store.history import History
from switchhook.store.migrations import migrate
from switchhook.store.routing import Fallback, FlowText, Number

__all__ = [
    "FALLBACK_TONE",
    "NUMBER",
    "PASSWORD",
    "TENANT",
    "Lab",
    "LabError",
    "Portal",
    "apply",
    "course_of",
    "entered",
    "exits",
    "keys",
    "public_home",
    "trace",
]

FALLBACK_TONE = TONES[-1]
_INSTALLED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""What a portal finds: one that is installed has its code compiled, and callers wait for one that starts again."""


class LabError(AssertionError):
    """Something in the lab did not happen in time."""


@attrs.define
class Portal:
    """A running ``switchhook run``."""

    process: asyncio.subprocess.Process
    log: Path

    @property
    def pid(self) -> int:
        """The process's id."""
        return self.process.pid

    async def kill(self) -> None:
        """``kill -9``."""
        self.process.kill()
        await self.process.wait()

    def pause(self) -> None:
        """SIGSTOP: alive, but hung."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """SIGCONT."""
        self.process.send_signal(signal.SIGCONT)

    async def stop(self) -> int:
        """SIGTERM and wait; gives the exit status."""
        if self.process.returncode is None:
            self.go_on()
            self.process.terminate()
            try:
                await asyncio.wait_for(self.process.wait(), 45)
            except TimeoutError:
                await self.kill()
                raise LabError(f"the portal did not stop; see {self.log}") from None
        return self.process.returncode or 0


@attrs.define
class Lab:
    """One installation. ``tones`` gives the frequency of each prompt the flows use."""

    home: Path
    settings: Settings
    store: Store
    asterisk: AsteriskProcess
    tones: Mapping[str, int]
    portals: list[Portal] = attrs.field(factory=list)

    @classmethod
    async def make(
        cls,
        home: Path,
        flows: Mapping[str, str],
        prompts: Sequence[str],
        *,
        phones: Sequence[str] = ("anna", "berta"),
        trunk_port: int = 0,
        trunk_matches: Sequence[str] = (),
        seconds: float = 0.4,
        store_url: str = "",
        fallback: Fallback | None = None,
        agi_workers: int = 1,
        web: bool = False,
        more: str = "",
    ) -> Self:
        """Make everything but the portal; Asterisk runs afterwards.

        ``flows`` maps numbers to YAML documents. Each of ``prompts`` gets a tone of its own. The web
        serves pages only if ``web``; ``more`` stands at the end of the settings file.
        """
        settings = lab_settings(home, phones, trunk_port, trunk_matches, store_url, agi_workers, web=web, more=more)
        tones = {prompt: TONES[place] for place, prompt in enumerate(dict.fromkeys(prompts))}
        tones["stock/unavailable"] = FALLBACK_TONE
        for prompt, frequency in tones.items():
            tone_wav(frequency, seconds, settings.data_dir / "sounds" / "en" / f"{prompt}.wav")
        store = Store(settings.store.url.reveal())
        try:
            asterisk = await _running(settings, store, flows, fallback or Fallback())
        except BaseException:
            await store.close()
            raise
        return cls(home, settings, store, asterisk, tones)

    def sip(self, number: str = NUMBER) -> str:
        """The SIP address of a number."""
        return f"sip:{number}@{self.where}"

    @property
    def where(self) -> str:
        """``host:port`` Asterisk takes SIP on."""
        return f"{self.settings.asterisk.sip_host}:{self.settings.asterisk.sip_port}"

    async def portal(
        self, *arguments: str, environment: Mapping[str, str] | None = None, deadline: float = 20
    ) -> Portal:
        """Start a portal, with ``environment`` added to ours, and wait until it takes calls."""
        log = self.home / f"portal-{len(self.portals)}.log"
        with log.open("wb") as out:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "switchhook.cli", "--config", str(self.home / "switchhook.toml"), "run"),
                *arguments,
                stdout=out,
                stderr=out,
                env={**_INSTALLED, **(environment or {})},
            )
        portal = Portal(process, log)
        self.portals.append(portal)
        wanted = int(arguments[arguments.index("--workers") + 1]) if "--workers" in arguments else 1

        def ready() -> bool:
            if process.returncode is not None:
                raise LabError(f"the portal ended with {process.returncode}:\n{log.read_text()[-3000:]}")
            return log.read_text().count("worker takes calls") >= wanted

        await self.until(ready, "the portal to take calls", deadline)
        return portal

    async def until(self, holds: Callable[[], Any], what: str, deadline: float = 10) -> Any:
        """Wait for ``holds`` (plain or async) to give something true, which is returned."""
        try:
            async with asyncio.timeout(deadline):
                while True:
                    found = holds()
                    if asyncio.iscoroutine(found):
                        found = await found
                    if found:
                        return found
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise LabError(f"waited {deadline:g} s in vain for {what}") from None

    async def courses(self) -> list[Course]:
        """All calls in the store, oldest first."""
        history = History(self.store)
        return [await history.course(line.id) for line in reversed(await history.list_calls(limit=2000))]

    async def ended(self, count: int = 1, deadline: float = 15) -> list[Course]:
        """All calls, once ``count`` of them have ended."""

        async def enough() -> list[Course] | None:
            courses = await self.courses()
            return courses if sum(course.outcome is not None for course in courses) >= count else None

        found: list[Course] = await self.until(enough, f"{count} ended calls", deadline)
        return found

    async def channels(self) -> int:
        """How many channels Asterisk has."""
        return int((await self.asterisk.command("core show channels count")).split()[0])

    def logged(self) -> str:
        """What all portals wrote."""
        return "".join(portal.log.read_text() for portal in self.portals)

    async def close(self) -> None:
        """Stop everything."""
        try:
            for portal in self.portals:
                if portal.process.returncode is None:
                    await portal.stop()
        finally:
            await self.asterisk.stop()
            await self.store.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def entered(course: Course) -> list[str]:
    """The points a call went through, in order."""
    return [event.point for event in course.events if event.kind == "point.entered"]


def exits(course: Course) -> list[tuple[str, str]]:
    """The points a call left, with the exit."""
    return [(event.point, str(event.data["exit"])) for event in course.events if event.kind == "point.left"]


def keys(course: Course) -> str:
    """All keys of a call."""
    return "".join(str(event.data.get("keys", "")) for event in course.events if event.kind == "keys")


def trace(course: Course) -> list[str]:
    """What happened without when: comparable between a real call and the simulator."""
    dropped = {"call.started", "number.resolved", "flow.chosen", "call.ended"}
    return [
        f"{event.point} {event.kind} {json.dumps(_steady(event.data), sort_keys=True)}"
        for event in course.events
        if event.kind not in dropped
    ]


def _steady(data: Mapping[str, Any]) -> dict[str, Any]:
    own = {"talk_seconds", "version", "cause", "leg", "why", "media", "seconds"}
    kept = {name: value for name, value in data.items() if name not in own}
    if "prompts" in kept:  # what was recorded has another id in each call, and what is spoken in each house
        kept["prompts"] = [re.sub(r"^(media|own/said)/.*", r"\1", str(prompt)) for prompt in kept["prompts"]]
    if "prompt" in kept:  # what was agreed to is told with the version of its sound
        kept["prompt"] = str(kept["prompt"]).partition("@")[0]
    return kept


async def _running(settings: Settings, store: Store, flows: Mapping[str, str], fallback: Fallback) -> AsteriskProcess:
    await migrate(store)
    await _flows(Directory(store, SystemClock()), flows, fallback)
    place = find_asterisk(settings)
    await put_configuration(settings, place, store, SystemClock())
    asterisk = asterisk_process(settings, place)
    await asterisk.start()
    return asterisk


async def _flows(directory: Directory, flows: Mapping[str, str], fallback: Fallback) -> None:
    await directory.put_tenant(Tenant(TENANT, "Acme", datetime.now(UTC), language="en"))
    await permit(directory.store, TENANT)
    for number, text in flows.items():
        flow = text.split("flow:", 1)[1].split()[0]
        await directory.publish_texts(TENANT, [FlowText(flow, flow, text)])
        await directory.assign(Number(number, TENANT, flow, fallback=fallback))


async def course_of(lab: Lab, id: str) -> Course | None:  # noqa: A002 - the domain's own word
    """A call's course, or None while it is not there."""
    try:
        return await History(lab.store).course(id)
    except NotFound:
        return None


@contextmanager
def public_home() -> Iterator[Path]:
    """A directory that an Asterisk without root's rights can reach, gone afterwards, and no suppressed number in it."""
    home = Path(tempfile.mkdtemp(prefix="switchhook-lab-"))
    home.chmod(0o755)
    try:
        yield home
        found = traces(home)
        assert not found, found
    finally:
        shutil.rmtree(home, ignore_errors=True)


async def apply(lab: Lab, text: str) -> None:
    """Bring in what administrators keep, as YAML."""
    file = lab.home / "kept.yaml"
    file.write_text(text)
    command = (sys.executable, "-m", "switchhook.cli", "--config", str(lab.home / "switchhook.toml"))
    process = await asyncio.create_subprocess_exec(*command, "resources", "apply", str(file))
    if await asyncio.wait_for(process.wait(), 30):
        raise LabError(f"{file} was not brought in")
