"""Both databases for every test of what is kept; and no timing decides a test: examples may be slow."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import attrs
import pytest
from hypothesis import HealthCheck, settings

from switchhook.store.engine import Store
from switchhook.store.migrations import migrate

settings.register_profile("calm", deadline=None, suppress_health_check=(HealthCheck.too_slow,))
settings.register_profile("many", settings.get_profile("calm"), max_examples=100_000)
"""For ``./dev properties``: 10^5 cases of each law."""
settings.load_profile("calm")


@attrs.frozen
class Server:
    """A PostgreSQL server of our own behind a unix socket."""

    bin: Path
    dir: Path
    account: str

    def run(self, program: str, *arguments: str) -> None:
        as_account = ["runuser", "-u", self.account, "--"] if os.geteuid() == 0 else []
        command: Sequence[str] = [*as_account, str(self.bin / program), *arguments]
        done = subprocess.run(command, cwd=self.dir, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"{program}: {done.stdout}{done.stderr}"

    def start(self) -> None:
        options = f"-k {self.dir} -c listen_addresses='' -c fsync=off -c max_connections=60"
        self.run("pg_ctl", "-D", str(self.dir / "data"), "-l", str(self.dir / "log"), "-w", "-o", options, "start")

    def stop(self) -> None:
        self.run("pg_ctl", "-D", str(self.dir / "data"), "-m", "immediate", "-w", "stop")

    def sql(self, statement: str) -> None:
        self.run("psql", "-h", str(self.dir), "-U", "postgres", "-q", "-c", statement)

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.dir}"


def _binaries() -> Path:
    for candidate in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (candidate / "initdb").exists():
            return candidate
    found = shutil.which("initdb")
    if found is None:
        pytest.fail("PostgreSQL is missing: apt-get install postgresql")
    return Path(found).resolve().parent


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    directory = Path(tempfile.mkdtemp(prefix="sh-pg-", dir="/tmp"))
    account = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    server = Server(_binaries(), directory, account)
    if os.geteuid() == 0:
        shutil.chown(directory, account)
    server.run("initdb", "-D", str(directory / "data"), "-U", "postgres", "-A", "trust", "-N", "--no-instructions")
    server.start()
    yield server
    server.stop()
    shutil.rmtree(directory)


_databases = count(1)


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database, once for each kind: empty, or up to date for tests that use ``store`` as well."""
    up_to_date = "store" in request.fixturenames
    if request.param == "postgresql":
        template = request.getfixturevalue("postgresql_template") if up_to_date else "template1"
        return _new_database(request.getfixturevalue("postgresql"), template)
    file = tmp_path / "store.db"
    if up_to_date:
        shutil.copy(request.getfixturevalue("sqlite_template"), file)
    return f"sqlite:///{file}"


def _new_database(server: Server, template: str) -> str:
    name = f"store_{next(_databases)}"
    server.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    return server.url(name)


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
    url = _new_database(postgresql, "template1")
    _migrated(url)
    return url.partition("@/")[2].partition("?")[0]


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[Store]:
    """A store that is up to date."""
    store = Store(store_url)
    yield store
    await store.close()
