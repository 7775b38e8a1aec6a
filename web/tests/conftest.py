"""A portal's pages for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from web_people import Portal, build


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[Portal]:
    """A portal of one's own."""
    made = await build(tmp_path)
    yield made
    await made.administration.store.close()
