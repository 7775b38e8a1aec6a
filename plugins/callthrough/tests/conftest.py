"""Both databases with the plugin's tables."""

from __future__ import annotations

import pytest

from switchhook.store.engine import Store
from switchhook.store.migrations import migrate
from switchhook_callthrough.plugin import migrations


@pytest.fixture
async def kept(store: Store) -> Store:
    """A store that is up to date, the plugin's tables included."""
    assert await migrate(store, migrations()) == []
    return store
