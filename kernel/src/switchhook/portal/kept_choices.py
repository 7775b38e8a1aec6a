"""What the operator said to plugins in the portal, with its secrets opened: known before any plugin is loaded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..config import Settings
from ..errors import StoreError
from ..resources.seal import Seal
from ..store.engine import Store
from ..store.plugin_choices import StoredChoice, stored_choices
from .kept import Kept, KeptChoice
from .keys import installation_key


async def kept_choices(store: Store, data_dir: Path, *, perhaps: bool = False) -> Kept:
    """All that is kept; ``perhaps`` finds nothing where the tables are not made yet."""
    stored = await stored_choices(store, perhaps=perhaps)
    return Kept({name: opened(one, data_dir) for name, one in stored.choices.items()}, stored.restarts)


def opened(stored: StoredChoice, data_dir: Path) -> KeptChoice:
    """A choice with its secrets, those that were sealed with another key left out."""
    if not stored.sealed:
        return KeptChoice(stored.switched_off, stored.document)
    seal = Seal(installation_key(data_dir, "seal"))
    try:
        secrets = {key: json.loads(seal.open(sealed)) for key, sealed in stored.sealed.items()}
    except StoreError as error:
        return KeptChoice(stored.switched_off, stored.document, str(error))
    return KeptChoice(stored.switched_off, {**stored.document, **secrets})


async def told_to_plugins(settings: Settings, store: Store) -> Mapping[str, Any]:
    """What :func:`~switchhook.portal.plugging.plug_in` has to know of the operator's settings, those of the portal included."""
    choice = settings.plugins
    return {
        "order": choice.order,
        "disabled": choice.disabled,
        "required": choice.required,
        "safe": choice.safe,
        "given": settings.plugin,
        "kept": await kept_choices(store, settings.data_dir),
    }
