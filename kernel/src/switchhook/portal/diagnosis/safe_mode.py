"""Whether the portal beside this Asterisk is in safe mode, for commands that show plugins."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from ...config import Settings
from .examined import Check

if TYPE_CHECKING:
    from ...store.plugin_choices import PortalStart

_PATIENCE: Final = 5.0


def safe_mode(settings: Settings) -> Iterator[Check]:
    """One finding while the settings ask for safe mode, or the portal was started in it last."""
    if settings.plugins.safe:
        found = "the settings ask for it: only web and the required plugins are loaded"
        yield Check("safe mode", "warn", found, "take out [plugins] safe or SWITCHHOOK_PLUGINS_SAFE, and restart")
        return
    start = asyncio.run(_last_start(settings))
    if start is not None and start.safe:
        found = f"the portal was started in it, {start.at:%Y-%m-%d %H:%M} UTC: calls miss the plugins it leaves out"
        yield Check("safe mode", "warn", found, "restart the portal without --safe once the plugin is mended or off")


async def _last_start(settings: Settings) -> PortalStart | None:
    """None where it cannot be known: that the database is away is told by the look at the database."""
    from ...store.engine import Store
    from ...store.plugin_choices import last_start

    store: Store | None = None
    try:
        store = Store(settings.store.url.reveal())
        if not store.there():
            return None
        async with asyncio.timeout(_PATIENCE):
            return await last_start(store, settings.asterisk.systemname)
    except Exception:  # noqa: BLE001, RUF100 - each driver raises its own
        return None
    finally:
        if store is not None:
            await store.close()
