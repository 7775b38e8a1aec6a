"""A PostgreSQL server of the tests' own."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import attrs


@attrs.frozen
class Server:
    """A PostgreSQL server of our own behind a unix socket."""

    bin: Path
    dir: Path
    account: str
    _names: Iterator[int] = attrs.field(factory=lambda: count(1))
    _over: list[str] = attrs.field(factory=list)

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

    def sql(self, *statements: str) -> None:
        given = [word for statement in statements for word in ("-c", statement)]
        self.run("psql", "-h", str(self.dir), "-U", "postgres", "-q", *given)

    def new_database(self, template: str = "template1") -> str:
        """The URL of a new database: empty, or a copy of one that nobody is connected with."""
        name = f"store_{next(self._names)}"
        dropped = [f"DROP DATABASE {over} WITH (FORCE)" for over in self._over]
        self._over.clear()
        self.sql(*dropped, f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def done_with(self, url: str) -> None:
        """A database is needed no longer. It goes with the making of the next: hundreds take minutes to delete."""
        self._over.append(name_of(url))

    def url(self, database: str) -> str:
        """The URL of a database of this server."""
        return f"postgresql://postgres@/{database}?host={self.dir}"


def _binaries() -> Path:
    for candidate in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (candidate / "initdb").exists():
            return candidate
    found = shutil.which("initdb")
    if found is None:
        raise AssertionError("PostgreSQL is missing: apt-get install postgresql")
    return Path(found).resolve().parent


def _roomy() -> str:
    """In memory where there is enough of it: each test has a database of hundreds of files."""
    memory = Path("/dev/shm")
    return str(memory) if memory.is_dir() and shutil.disk_usage(memory).free > 4 << 30 else "/tmp"


@contextmanager
def running_server() -> Iterator[Server]:
    """A server that listens, gone afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="sh-pg-", dir=_roomy()))
    account = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    server = Server(_binaries(), directory, account)
    if os.geteuid() == 0:
        shutil.chown(directory, account)
    server.run("initdb", "-D", str(directory / "data"), "-U", "postgres", "-A", "trust", "-N", "--no-instructions")
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(directory)


def name_of(url: str) -> str:
    """The name of the database of a URL."""
    return url.partition("@/")[2].partition("?")[0]
