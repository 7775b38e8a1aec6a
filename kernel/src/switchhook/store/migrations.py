"""Brings the database up to date: the kernel's migrations first, then each plugin's, each on its own."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import attrs
from sqlalchemy import Connection, inspect, text

from ..errors import PluginError, StoreError
from . import tables_charges, tables_media, tables_people, tables_signing_in  # noqa: F401 - every table must be known to the metadata
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
    error: Exception | None = None


async def migrate(store: Store, migrations: Sequence[PluginMigrations] = ()) -> list[MigrationFailure]:
    """Bring the kernel's tables up to date, then those of each plugin in the given order.

    Each plugin is one transaction. One that fails is given back and leaves the
    others alone; :class:`~switchhook.errors.StoreError` is raised when the
    kernel's own fail, :class:`StoreAway` when the database cannot be used now.
    """
    try:
        await _upgrade(store, _kernel())
    except StoreAway:
        raise
    except Exception as error:
        raise StoreError(f"the store could not be brought up to date: {error}") from error
    failures: list[MigrationFailure] = []
    for one in migrations:
        if one.plugin == KERNEL:
            failures.append(MigrationFailure(KERNEL, f"no plugin can have tables under the name {KERNEL!r}"))
            continue
        try:
            await _upgrade(store, one, [other.prefix for other in migrations])
        except StoreAway:
            raise
        except Exception as error:  # noqa: BLE001, RUF100 - whatever a plugin's code raises concerns that plugin alone
            failures.append(MigrationFailure(one.plugin, f"{type(error).__name__}: {error}", error))
    return failures


Standing = Literal["current", "behind", "unknown"]
"""Whether an owner's tables are those this program knows, older or not yet made, or made by another version of it."""


async def standings(store: Store, migrations: Sequence[PluginMigrations] = ()) -> dict[str, Standing]:
    """How far the tables of the kernel (named :data:`KERNEL`) and of each plugin are; changes nothing.

    Raises :class:`StoreAway` when the database cannot be used now.
    """
    found: dict[str, Standing] = {}
    async with store.read() as conn:
        for one in (_kernel(), *migrations):
            revisions = await asyncio.to_thread(_revisions, one.versions)
            there = await conn.run_sync(_applied, one)
            heads = set(revisions) - set(revisions.values())
            found[one.plugin] = "current" if there == heads else "behind" if there <= set(revisions) else "unknown"
    return found


async def applied(store: Store, migrations: Sequence[PluginMigrations] = ()) -> dict[str, list[str]]:
    """The revision the tables of the kernel and of each plugin are at, none where they were never made."""
    async with store.read() as conn:
        return {one.plugin: sorted(await conn.run_sync(_applied, one)) for one in (_kernel(), *migrations)}


def _kernel() -> PluginMigrations:
    return PluginMigrations(KERNEL, Path(str(files("switchhook.store") / "versions")))


async def _upgrade(store: Store, migrations: PluginMigrations, prefixes: Sequence[str] = ()) -> None:
    revisions = await asyncio.to_thread(_revisions, migrations.versions)
    heads = set(revisions) - set(revisions.values())
    async with store.read() as conn:
        if heads and await conn.run_sync(_applied, migrations) == heads:
            return  # as almost always: callers must not wait for Alembic's import when a portal starts again
    async with store.write(patient=True) as conn:
        await conn.run_sync(_run, migrations, prefixes)


def _revisions(versions: Path) -> dict[str, str | None]:
    """Each revision with the one it builds upon, read from the files as text; empty when one cannot be read that way."""
    found: dict[str, str | None] = {}
    for file in versions.glob("*.py"):
        content = file.read_text(encoding="utf-8")
        revision, down = _REVISION.search(content), _DOWN.search(content)
        if revision is None or down is None:
            return {}
        found[revision[1]] = down[1]
    return found


def _applied(conn: Connection, migrations: PluginMigrations) -> set[str]:
    if not inspect(conn).has_table(migrations.version_table):
        return set()
    return set(conn.execute(text(f"SELECT version_num FROM {migrations.version_table}")).scalars())  # noqa: S608


def _run(conn: Connection, migrations: PluginMigrations, prefixes: Sequence[str]) -> None:
    if conn.dialect.name == "postgresql":
        # On SQLite the transaction itself already keeps a second portal waiting.
        conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
    from alembic import command

    before = catalogue_of(conn)
    try:
        command.upgrade(_config(conn, migrations), "head")
    except (OSError, SystemExit) as error:  # the connection stands: it is a file or host of the migration's own
        raise PluginError(f"{type(error).__name__}: {error}", plugin=migrations.plugin) from error
    if migrations.plugin == KERNEL:
        return
    foreign = trespasses(
        before,
        catalogue_of(conn),
        migrations.prefix,
        exempt=migrations.version_table,
        reserved=metadata.tables.keys(),
        others=prefixes,
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
