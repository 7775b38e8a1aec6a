"""What ``test_full_disk`` runs: an installation on a small disk that fills up, and is given room again."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from phones import tone

from switchhook.store.tables_post import alert

from .test_recordings import VOICE, Box, box

__all__ = ["box"]

SIZE = 192 << 20
TOO_LITTLE = 24 << 20
"""Bytes that are too few for a recording to begin, and enough for everything else."""


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", "switchhook", tmp_path], check=True)
    yield tmp_path
    subprocess.run(["umount", "--lazy", tmp_path], check=True)


def fill(path: Path, leave: int) -> None:
    """Take all room but some bytes; with none to leave, until the disk itself refuses."""
    with path.open("ab", buffering=0) as file:
        try:
            while (room := free(path.parent) - leave) > 0 or not leave:
                file.write(bytes(max(1, min(room, 1 << 20))))
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise


def free(directory: Path) -> int:
    """Bytes nobody uses."""
    found = os.statvfs(directory)
    return found.f_bavail * found.f_frsize


async def test_a_disk_fills_and_has_room_again(box: Box, tmp_path: Path) -> None:
    lab, much = box.lab, tmp_path / "much"
    await box.portal()
    await leaves(box)
    [before] = await box.kept()

    fill(much, TOO_LITTLE)
    await is_told(box, "a/full")
    assert ("media.disk", "open") in await alerts(box)

    fill(much, 0)
    await is_told(box, "a/full")

    much.unlink()
    await leaves(box)
    first, second = await box.kept()
    assert first == before
    assert second.voice > 0.7
    assert [course.outcome for course in await lab.ended(4)].count(None) == 0


async def leaves(box: Box) -> None:
    """A caller says something for a second and presses the key."""
    call = await box.calling()
    await call.say(tone(VOICE, 1.0))
    await call.listen(1.5)
    await call.press("#")
    await call.wait_for_tone(box.lab.tones["a/bye"], 10)
    await call.ended()


async def is_told(box: Box, prompt: str) -> None:
    """A caller is told in place of the recording."""
    box.callers += 1
    call = await (await box.phones.call(box.lab.sip(), number=f"+4930{box.callers:03}")).answered(10)
    await call.wait_for_tone(box.lab.tones[prompt], 15)
    await call.ended()


async def alerts(box: Box) -> list[tuple[str, str]]:
    """What the operator finds in the inbox."""
    async with box.lab.store.read() as conn:
        rows = await conn.execute(alert.select().where(alert.c.tenant == "operator"))
        return [(row.rule, row.state) for row in rows]
