"""Places the demonstration's one call and watches its course."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Final

import attrs

from ..calls.course import Course
from ..errors import SwitchhookError
from ..store.history import History
from .services import NUMBER
from .site import Site

KEYS: Final = (("menu", "1"), ("info", "#"), ("menu", "2"), ("connecting", "#"))
"""At which point the caller presses which key, in order."""
LONGEST: Final = 60.0
LOOK: Final = 0.05


class DemoFailed(SwitchhookError):
    """The demonstration's call did not go as it should; the message says what was seen."""

    code = "demo_failed"


async def place_call(site: Site, say: Callable[[str], None]) -> Course:
    """Call the hotline with a real phone, press keys, be connected; gives the course once the call has ended.

    Raises :class:`DemoFailed` when there is no finished call after a minute.
    """
    sip = site.settings.asterisk
    known = {line.id for line in await History(site.store).list_calls()}
    phones = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "switchhook.demo.phones"),
        *(sip.sip_host, str(sip.sip_port), NUMBER, str(LONGEST)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(LONGEST), asyncio.TaskGroup() as group:
            telling = group.create_task(_tell(phones, say))
            course = await _press_keys(site, phones, known)
            await phones.wait()
            telling.cancel()
            return course
    except TimeoutError:
        raise DemoFailed("the call did not end within a minute; see `switchhook calls list`") from None
    finally:
        if phones.returncode is None:
            phones.terminate()
            await phones.wait()


async def _press_keys(site: Site, phones: asyncio.subprocess.Process, known: set[str]) -> Course:
    if phones.stdin is None:
        raise DemoFailed("the phones cannot be reached")
    phones.stdin.write(f"{site.password}\n".encode())
    dialogue = _Dialogue()
    while True:
        await asyncio.sleep(LOOK)
        if phones.returncode:
            raise DemoFailed(f"the phones ended with status {phones.returncode}")
        course = await _course(History(site.store), known)
        if course is None:
            continue
        for key in dialogue.keys(course):
            phones.stdin.write(f"{key}\n".encode())
        if course.outcome is not None:
            return course


@attrs.define
class _Dialogue:
    pressed: int = 0

    def keys(self, course: Course) -> list[str]:
        """The keys that are due: one for each prompt of a point where the caller has something to press."""
        heard = [event.point for event in course.events if event.kind == "prompt.started"]
        due = []
        while self.pressed < len(KEYS):
            point, key = KEYS[self.pressed]
            wanted = sum(1 for earlier, _ in KEYS[: self.pressed + 1] if earlier == point)
            if heard.count(point) < wanted:
                break
            due.append(key)
            self.pressed += 1
        return due


async def _course(history: History, known: set[str]) -> Course | None:
    fresh = [line.id for line in await history.list_calls(limit=5) if line.id not in known]
    return await history.course(fresh[0]) if fresh else None


async def _tell(phones: asyncio.subprocess.Process, say: Callable[[str], None]) -> None:
    while phones.stdout and (line := (await phones.stdout.readline()).decode().strip()):
        say(line)
