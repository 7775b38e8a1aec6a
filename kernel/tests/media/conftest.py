"""Media of an installation without Asterisk: what it would record is written by the test."""

from __future__ import annotations

from array import array
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest

from switchhook.access.actor import ALL_RIGHTS, SYSTEM, Actor
from switchhook.alerts.inbox import Alerts
from switchhook.calls.call import Call, Caller
from switchhook.calls.recording import Wish
from switchhook.clock import SetClock
from switchhook.media.files import TAPED_RATE, MediaFiles
from switchhook.media.library import Media, TenantMedia
from switchhook.media.recordings import Recordings
from switchhook.media.room import Room
from switchhook.media.sweeping import Sweeper
from switchhook.speech.audio import TELEPHONE_RATE, tone
from switchhook.speech.resample import resample
from switchhook.store.audit import Audit
from switchhook.store.engine import Store

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
BOSS = Actor("boss", ALL_RIGHTS, "superadmin", "p1")
SILENCE = array("h", [0]) * 8000


def a_call(id: str = "sh1-1.1", tenant: str = "acme") -> Call:  # noqa: A002
    return Call(id, tenant, "+492215550", Caller("+491711"), NOW)


@attrs.define
class House:
    """Everything about media of one installation, and what is told of them."""

    store: Store
    clock: SetClock
    files: MediaFiles
    media: Media
    recordings: Recordings
    told: list[str] = attrs.field(factory=list)
    over: set[str] = attrs.field(factory=set)

    def of(self, tenant: str = "acme", actor: Actor = BOSS) -> TenantMedia:
        return self.media.of(tenant, actor)

    @property
    def sweeper(self) -> Sweeper:
        return Sweeper(self.media, self.recordings, lambda call, _: call in self.over, "sh1")

    async def begin(self, step: int = 1, call: Call | None = None, of: str = "message") -> str:
        return await self.recordings.begin(
            call or a_call(), step, Wish(of, "mailbox", "box", 60, {"label": "Box"}), again=False
        )

    def says(self, media: str, seconds: float = 2.0, silence: float = 4.0) -> None:
        """Asterisk writes what a caller says, and the silence after it."""
        samples = array("h", tone(440, seconds).samples) if seconds else array("h")
        samples.extend(SILENCE * round(silence))
        self.files.taped(media).write_bytes(resample(samples, TELEPHONE_RATE, TAPED_RATE).tobytes())

    async def alerts(self, tenant: str = "acme") -> list[tuple[str, str, str]]:
        page = await self.media.room.alerts.of(tenant, SYSTEM).page(limit=50)
        return sorted((one.rule, one.key, one.state) for one in page.alerts)


@pytest.fixture
def house(store: Store, tmp_path: Path) -> House:
    spool = tmp_path / "spool"
    spool.mkdir()
    files, clock = MediaFiles(tmp_path / "media", spool), SetClock(NOW)
    room = Room(Alerts(store, clock))
    told: list[str] = []

    async def tell(_: object, kept: object) -> None:
        told.append(kept.id)  # type: ignore[attr-defined]

    media = Media(store, clock, Audit(b"k" * 32), files, room)
    return House(store, clock, files, media, Recordings(store, clock, files, room, tell), told)
