"""Both databases for every test of what is kept; and no timing decides a test: examples may be slow."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from databases import Server, name_of, running_server
from hypothesis import HealthCheck, settings

from switchhook.store.engine import Store
from switchhook.store.migrations import migrate

settings.register_profile("calm", deadline=None, suppress_health_check=(HealthCheck.too_slow,))
settings.register_profile("many", settings.get_profile("calm"), max_examples=100_000)
"""For ``./dev properties``: 10^5 cases of each law."""
settings.load_profile("calm")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    with running_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database, once for each kind: empty, or up to date for tests that use ``store`` as well."""
    up_to_date = "store" in request.fixturenames
    if request.param == "postgresql":
        template = request.getfixturevalue("postgresql_template") if up_to_date else "template1"
        server: Server = request.getfixturevalue("postgresql")
        url = server.new_database(template)
        yield url
        server.done_with(url)
        return
    file = tmp_path / "store.db"
    if up_to_date:
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
    yield f"sqlite:///{file}"


def _migrated(url: str) -> None:
    """Bring a database up to date, on a loop of its own."""

    async def work() -> None:
        store = Store(url)
        assert await migrate(store) == []
        await store.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work()).result()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "store.db"
    _migrated(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgresql_template(postgresql: Server) -> str:
    url = postgresql.new_database()
    _migrated(url)
    return name_of(url)


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    """A store that is up to date."""
    store = Store(store_url)
    yield store
    await store.close()
