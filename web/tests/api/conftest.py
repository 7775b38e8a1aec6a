from __future__ import annotations

from pathlib import Path

import pytest

from switchhook.portal.administration import Administration
from switchhook.store.engine import Store

from .site import Client, administered, app_of


@pytest.fixture
async def administration(store: Store, tmp_path: Path) -> Administration:
    return await administered(store, tmp_path)


@pytest.fixture
def api(administration: Administration) -> Client:
    return Client(app_of(administration))
