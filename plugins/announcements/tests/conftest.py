"""A portal's administration with this plugin, on both databases, and an engine that speaks tones."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest

from switchhook.access.actor import SYSTEM
from switchhook.access.tenant import Tenant
from switchhook.administration import SpeechError
from switchhook.asterisk.live import LiveCalls
from switchhook.clock import SetClock
from switchhook.config import default_toml, load_settings, make_secrets
from switchhook.dispatch.loader import Source
from switchhook.portal.administration import Administration, administration_of
from switchhook.portal.plugging import plug_in
from switchhook.speech.audio import to_wav, tone
from switchhook.store.directory import Directory
from switchhook.store.engine import Store
from switchhook.store.migrations import migrate
from switchhook_announcements.library import AnnouncementLibrary, TenantAnnouncements
from switchhook_announcements.plugin import AnnouncementsPlugin
from switchhook_announcements.speech import Speaking

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@attrs.define
class Toning:
    """An engine without a voice: a tone as long as the text; it refuses what says ``fail``."""

    spoken: list[tuple[str, str, str]] = attrs.field(factory=list)
    name: str = "toning"

    @property
    def languages(self) -> Collection[str]:
        return ("de", "en")

    def voice(self, language: str) -> str:
        return f"tone-{language}"

    def synthesize(self, text: str, language: str, voice: str | None = None) -> bytes:
        if "fail" in text:
            raise SpeechError("the engine broke")
        self.spoken.append((text, language, voice or ""))
        return to_wav(tone(440, max(0.2, len(text) / 50)))


@pytest.fixture
def engine() -> Toning:
    return Toning()


@pytest.fixture
async def administration(store: Store, tmp_path: Path) -> Administration:
    make_secrets(tmp_path / "data")
    (tmp_path / "switchhook.toml").write_text(default_toml(tmp_path / "data"))
    settings, clock = load_settings(tmp_path / "switchhook.toml", {}), SetClock(NOW)
    plugin = AnnouncementsPlugin(free=2)
    plugged = await plug_in(clock, lambda fault: None, sources=[Source("announcements", lambda: plugin)])
    assert await migrate(store, plugin.migrations()) == []
    for tenant in ("acme", "other"):
        await Directory(store, clock).put_tenant(Tenant(tenant, tenant, NOW))
    return administration_of(settings, store, clock, plugged, LiveCalls(clock))


@pytest.fixture
def library(administration, engine) -> AnnouncementLibrary:
    return AnnouncementLibrary(administration, Speaking((engine,)))


@pytest.fixture
async def acme(library, administration) -> TenantAnnouncements:
    """The announcements of a tenant, with one that has no version yet."""
    await administration.keeping.of("acme", SYSTEM).create("announcement", {"name": "Welcome"}, id="welcome")
    return library.of("acme", SYSTEM)
