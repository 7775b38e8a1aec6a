"""Brings the database up to date: the kernel's migrations first, then each plugin's, each on its own."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

import attrs
from sqlalchemy import Connection, inspect, text

from ..errors import PluginError, StoreError
from .catalogue import catalogue_of, trespasses
from .engine import Store, StoreAway
from .plugin_migrations import PluginMigrations
from .tables import metadata

if TYPE_CHECKING:
    from alembic.config import Config

KERNEL: Final = "kernel"
_ALEMBIC: Final = "switchhook.store:alembic"
_REVISION: Final = re.compile(r'^revision(?::[^=]*)? = "([^"]+)"$', re.MULTILINE)
_DOWN: Final = re.compile(r'^down_revision(?::[^=]*)? = (?:"([^"]+)"|None)$', re.MULTILINE)
_MIGRATION_LOCK: Final = 7_413_001_955  # any number, the same for all portals on one PostgreSQL database


@attrs.frozen
class MigrationFailure:
    """A plugin whose migrations were refused or failed; nothing of them was kept."""

    plugin: str
    message: str
    error: Exception


async def migrate(store: Store, migrations: Sequence[PluginMigrations] = ()) -> list[MigrationFailure]:
    """Bring the kernel's tables up to date, then those of each plugin in the given order.

    Each plugin is one transaction. One that fails is given back and leaves the
    others alone; :class:`~switchhook.errors.StoreError` is raised when the
    kernel's own fail, :class:`StoreAway` when the database cannot be used now.
    """
    try:
        await _upgrade(store, PluginMigrations(KERNEL, Path(str(files("switchhook.store") / "versions"))))
    except StoreAway:
        raise
    except Exception as error:
        raise StoreError(f"the store could not be brought up to date: {error}") from error
    failures: list[MigrationFailure] = []
    for one in migrations:
        try:
            await _upgrade(store, one)
        except StoreAway:
            raise
        except Exception as error:  # noqa: BLE001, RUF100 - whatever a plugin's code raises concerns that plugin alone
            failures.append(MigrationFailure(one.plugin, f"{type(error).__name__}: {error}", error))
    return failures


async def _upgrade(store: Store, migrations: PluginMigrations) -> None:
    heads = await asyncio.to_thread(_heads, migrations.versions)
    async with store.read() as conn:
        if heads and await conn.run_sync(_applied, migrations) == heads:
            return  # as almost always: callers must not wait for Alembic's import when a portal starts again
    async with store.write() as conn:
        await conn.run_sync(_run, migrations)


def _heads(versions: Path) -> set[str]:
    """The revisions nothing builds upon, read from the files as text; empty when one cannot be read that way."""
    revisions, replaced = set(), set()
    for file in versions.glob("*.py"):
        content = file.read_text(encoding="utf-8")
        revision, down = _REVISION.search(content), _DOWN.search(content)
        if revision is None or down is None:
            return set()
        revisions.add(revision[1])
        replaced.add(down[1])
    return revisions - replaced


def _applied(conn: Connection, migrations: PluginMigrations) -> set[str]:
    if not inspect(conn).has_table(migrations.version_table):
        return set()
    return set(conn.execute(text(f"SELECT version_num FROM {migrations.version_table}")).scalars())  # noqa: S608


def _run(conn: Connection, migrations: PluginMigrations) -> None:
    if conn.dialect.name == "postgresql":
        # On SQLite the transaction itself already keeps a second portal waiting.
        conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
    from alembic import command

    before = catalogue_of(conn)
    command.upgrade(_config(conn, migrations), "head")
    if migrations.plugin == KERNEL:
        return
    foreign = trespasses(
        before,
        catalogue_of(conn),
        migrations.prefix,
        exempt=migrations.version_table,
        reserved=metadata.tables.keys(),
    )
    if foreign:
        raise PluginError(
            f"its migrations touch what is not named {migrations.prefix}...: {', '.join(foreign)}",
            plugin=migrations.plugin,
            objects=foreign,
        )


def _config(conn: Connection, migrations: PluginMigrations) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", _ALEMBIC)
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(migrations.versions).replace("%", "%%"))
    config.attributes.update(connection=conn, version_table=migrations.version_table)
    return config
