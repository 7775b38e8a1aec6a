"""Plugins' own tables are made before the first call; a plugin whose tables cannot be made is suspended alone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import inspect

from switchhook import PluginMigrations, hookimpl
from switchhook.clock import SetClock
from switchhook.dispatch.loader import Source
from switchhook.portal.plugging import plug_in
from switchhook.portal.worker import migrate_plugins
from switchhook.store.engine import Store
from switchhook.store.migrations import migrate

REVISION = """
from alembic import op
import sqlalchemy as sa
revision = "0001"
down_revision = None
def upgrade():
    op.create_table("{table}", sa.Column("id", sa.Integer, primary_key=True))
"""


def plugin(name: str, directory: Path, table: str, says_to_be: str = "") -> Source:
    versions = directory / name
    versions.mkdir()
    (versions / "0001.py").write_text(REVISION.format(table=table))

    def migrations() -> list[PluginMigrations]:
        return [PluginMigrations(says_to_be or name, versions)]

    return Source(name, lambda: SimpleNamespace(migrations=hookimpl(migrations)))


async def test_tables_are_made_and_a_trespasser_is_suspended(tmp_path):
    faults = []
    store = Store(f"sqlite:///{tmp_path / 'db'}")
    sources = [plugin("good", tmp_path, "good_things"), plugin("thief", tmp_path, "call_copies")]
    plugged = await plug_in(SetClock(datetime(2026, 1, 1, tzinfo=UTC)), faults.append, sources=sources)
    try:
        await migrate(store)
        await migrate_plugins(plugged, store)
        async with store.read() as conn:
            tables = await conn.run_sync(lambda sync: inspect(sync).get_table_names())
    finally:
        await store.close()
    assert "good_things" in tables
    assert "call_copies" not in tables
    assert [(fault.plugin, fault.kind) for fault in faults] == [("thief", "migration")]
    assert plugged.breaker.suspended("thief") is not None
    assert plugged.breaker.suspended("good") is None


@pytest.mark.parametrize("somebody_else", ["good", "kernel", "nobody"])
async def test_a_plugin_that_brings_the_tables_of_another_is_the_one_that_is_suspended(tmp_path, somebody_else):
    faults = []
    store = Store(f"sqlite:///{tmp_path / 'db'}")
    odd = plugin("odd", tmp_path, f"{somebody_else}_copies", somebody_else)
    sources = [plugin("good", tmp_path, "good_things"), odd]
    plugged = await plug_in(SetClock(datetime(2026, 1, 1, tzinfo=UTC)), faults.append, sources=sources)
    try:
        await migrate(store)
        await migrate_plugins(plugged, store)
        async with store.read() as conn:
            tables = await conn.run_sync(lambda sync: inspect(sync).get_table_names())
    finally:
        await store.close()
    assert f"{somebody_else}_copies" not in tables
    assert [(fault.plugin, fault.kind) for fault in faults] == [("odd", "migration")]
    assert plugged.breaker.suspended("odd") is not None
    assert plugged.breaker.suspended("good") is None


async def test_no_plugin_takes_the_kernels_name_to_change_its_tables(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'db'}")
    source = plugin("kernel", tmp_path, "copies")
    plugged = await plug_in(SetClock(datetime(2026, 1, 1, tzinfo=UTC)), lambda fault: None, sources=[source])
    try:
        await migrate(store)
        await migrate_plugins(plugged, store)
        async with store.read() as conn:
            tables = await conn.run_sync(lambda sync: inspect(sync).get_table_names())
    finally:
        await store.close()
    assert "copies" not in tables
    assert plugged.breaker.suspended("kernel") is not None
