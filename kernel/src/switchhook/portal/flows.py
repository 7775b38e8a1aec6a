"""The service for flows of one portal, put together from its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..alerts.inbox import Alerts
from ..calls.numbers import caller_key
from ..config import Settings
from ..prompts.library import PromptLibrary
from ..publishing.service import Publishing
from ..resources.service import Keeping
from ..store.directory import Directory
from .keys import installation_key
from .plugging import Plugged
from .sounds import sounds_directory

if TYPE_CHECKING:
    from .administration import Administration


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
