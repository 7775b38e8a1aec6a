"""Both databases with the plugin's tables."""

from __future__ import annotations

import pytest
from lists_kept import Kept

from switchhook.store.engine import Store
from switchhook.store.migrations import migrate
from switchhook_lists.plugin import ListsPlugin


@pytest.fixture
async def kept(store: Store) -> Kept:
    assert await migrate(store, ListsPlugin().migrations()) == []
    return Kept(store)
