from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from switchhook.portal.administration import Administration
from switchhook.store.engine import Store
from switchhook_web.api.operation import Operation

from .site import Client, administered, app_of


@pytest.fixture
async def administration(store: Store, tmp_path: Path) -> Administration:
    return await administered(store, tmp_path)


@pytest.fixture
async def api(administration: Administration) -> Client:
    return Client(await app_of(administration))


@pytest.fixture
def operations(api: Client) -> Sequence[Operation]:
    found: Sequence[Operation] = api.app.extensions["api"].operations
    return found
