"""Fixtures for everything that needs real phones or a real Asterisk."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from phones import Desk, Phones


@pytest.fixture(scope="session")
def desk() -> Iterator[Desk]:
    """The process all phones live in, for the whole run."""
    desk = Desk()
    yield desk
    desk.close()


@pytest.fixture
async def phones(desk: Desk) -> AsyncIterator[Phones]:
    """This test's phones; at its end their calls are hung up and their registrations withdrawn."""
    async with Phones(desk) as phones:
        yield phones
