"""Fixtures for everything that needs real phones or a real Asterisk."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from phones import Desk, Phones


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Calls with phones are heard in real time, and their ports are found by looking: nothing runs beside them."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent) and item.get_closest_marker("asterisk"):
            item.add_marker(pytest.mark.alone)


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
