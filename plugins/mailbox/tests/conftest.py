"""Both databases with the plugin's table."""

from __future__ import annotations

import pytest

from switchhook.store.engine import Store
from switchhook.store.migrations import migrate
from switchhook_mailbox.plugin import migrations


@pytest.fixture
async def kept(store: Store) -> Store:
    """A store that is up to date, the plugin's table included."""
    assert await migrate(store, migrations()) == []
    return store
