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
    """Whoever calls here with phones hears it in real time; many at once on few cores hear gaps."""
    for item in items:
        here = item.path.is_relative_to(Path(__file__).parent) and item.get_closest_marker("asterisk")
        if here and not item.get_closest_marker("alone"):
            item.add_marker(pytest.mark.heard)


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
