"""The service for flows of one portal, put together from its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..alerts.inbox import Alerts
from ..calls.numbers import caller_key
from ..clock import Clock
from ..config import Settings
from ..prompts.library import PromptLibrary
from ..publishing.service import Publishing
from ..resources.seal import Seal
from ..resources.service import Keeping
from ..store.audit import Audit
from ..store.directory import Directory
from ..store.engine import Store
from .keys import installation_key
from .plugging import Plugged
from .sounds import sounds_directory

if TYPE_CHECKING:
    from .administration import Administration


def keeping_of(settings: Settings, store: Store, clock: Clock, plugged: Plugged) -> Keeping:
    """What keeps the tenants' resources, with the installation's keys."""
    audit = Audit(installation_key(settings.data_dir, "audit"))
    seal = Seal(installation_key(settings.data_dir, "seal"))
    return Keeping(store, clock, plugged.resources, plugged.hooks, audit, seal)


def library_of(settings: Settings) -> PromptLibrary:
    """The prompts that flows may play."""
    return PromptLibrary(sounds_directory(settings), fallback=(settings.portal.language, "en", "de"))


def publishing_of(
    settings: Settings, keeping: Keeping, plugged: Plugged, library: PromptLibrary | None = None
) -> Publishing:
    """The flows of a portal with these plugins."""
    callers = installation_key(settings.data_dir, "callers")
    return Publishing(
        keeping=keeping,
        directory=Directory(keeping.store, keeping.clock),
        modules=plugged.modules,
        prompts=library or library_of(settings),
        alerts=Alerts(keeping.store, keeping.clock),
        phones=tuple(settings.phones),
        plugins=plugged.objects,
        caller_key=lambda number: caller_key(number, callers),
    )


async def publish_what_is_due(administration: Administration) -> None:
    """The service that lets scheduled versions go live, as long as the portal runs."""
    await administration.publishing.run()
