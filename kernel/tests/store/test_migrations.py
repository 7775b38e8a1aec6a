from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from switchhook.errors import StoreError
from switchhook.store import engine
from switchhook.store.catalogue import catalogue_of
from switchhook.store.engine import Store
from switchhook.store.migrations import PluginMigrations, migrate
from switchhook.store.tables import metadata

HEAD = """
from alembic import op
import sqlalchemy as sa
revision = {revision!r}
down_revision = {down!r}
branch_labels = None
depends_on = None

def upgrade():
"""


def plugin(tmp_path: Path, name: str, *bodies: str) -> PluginMigrations:
    """A plugin with one revision for each body."""
    directory = tmp_path / name
    directory.mkdir()
    down = None
    for i, body in enumerate(bodies):
        revision = f"{name}_{i}".replace("-", "_")
        code = HEAD.format(revision=revision, down=down) + "".join(f"    {line}\n" for line in body.splitlines())
        (directory / f"{i:04}_step.py").write_text(code)
        down = revision
    return PluginMigrations(name, directory)


def table(name: str) -> str:
    return f"op.create_table({name!r}, sa.Column('id', sa.Integer, primary_key=True), sa.Column('tenant', sa.Text))"


async def names(store: Store) -> set[str]:
    async with store.read() as conn:
        return {thing.name for thing in await conn.run_sync(catalogue_of) if thing.kind == "table"}


async def test_the_migrations_make_exactly_the_tables(store: Store) -> None:
    def differences(conn: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(conn), metadata))

    async with store.write() as conn:
        found = await conn.run_sync(differences)
    assert [d for d in found if "alembic_version" not in str(d)] == []


def test_every_row_has_a_tenant() -> None:
    for each in metadata.tables.values():
        assert each.name in ("tenant", "audit_head") or "tenant" in each.c, each.name


async def test_plugins_have_version_tables_of_their_own(store: Store, tmp_path: Path) -> None:
    one = plugin(tmp_path, "billing", table("billing_rate"), table("billing_line"))
    assert await migrate(store, [one]) == []
    assert {"billing_rate", "billing_line", "alembic_version_billing", "alembic_version_kernel"} <= await names(store)
    two = plugin(tmp_path, "mailbox", table("mailbox_message"))
    assert await migrate(store, [two]) == []  # billing is uninstalled, and nobody minds
    assert await migrate(store, [one, two]) == []


async def test_a_longer_name_of_a_plugin_is_not_the_shorter_ones(store: Store, tmp_path: Path) -> None:
    one = plugin(tmp_path, "my", table("my_thing"), table("my_stats_day"))
    two = plugin(tmp_path, "my-stats", table("my_stats_day"))
    (failure,) = await migrate(store, [one, two])
    assert failure.plugin == "my"
    assert "table 'my_stats_day'" in failure.message
    assert "my_stats_day" in await names(store)


async def test_a_failed_migration_concerns_its_plugin_alone_and_leaves_nothing(store: Store, tmp_path: Path) -> None:
    bad = plugin(tmp_path, "bad", table("bad_first"), table("bad_second") + "\nraise RuntimeError('half way')")
    good = plugin(tmp_path, "good", table("good_thing"))
    failures = await migrate(store, [bad, good])
    assert [(f.plugin, f.message) for f in failures] == [("bad", "RuntimeError: half way")]
    found = await names(store)
    assert "good_thing" in found
    assert found.isdisjoint({"bad_first", "bad_second", "alembic_version_bad"})


@pytest.mark.parametrize(
    "body", ["open('/nonexistent/prices.csv')", "raise ConnectionRefusedError('prices.example')", "raise SystemExit(3)"]
)
async def test_a_migration_that_misses_a_file_or_host_or_exits_means_neither_the_database_nor_the_portal(
    store: Store, tmp_path: Path, body: str
) -> None:
    bad, good = plugin(tmp_path, "bad", body), plugin(tmp_path, "good", table("good_things"))
    failures = await migrate(store, [bad, good])
    assert [failure.plugin for failure in failures] == ["bad"]
    assert "good_things" in await names(store)


async def test_a_migration_of_many_rows_may_take_longer_than_any_other_statement(
    store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "ANSWER", 0.3)
    sleep = "if op.get_bind().dialect.name == 'postgresql': op.execute('SELECT pg_sleep(1)')"
    store = Store(store_url)
    try:
        assert await migrate(store, [plugin(tmp_path, "long", sleep)]) == []
    finally:
        await store.close()


async def test_a_broken_file_is_a_failure_of_its_plugin(store: Store, tmp_path: Path) -> None:
    bad = plugin(tmp_path, "bad", "this is no python(")
    assert [f.plugin for f in await migrate(store, [bad])] == ["bad"]


@pytest.mark.parametrize(
    "body",
    [
        table("other_thing"),
        table("own"),  # not 'own_...'
        "op.add_column('call', sa.Column('own_x', sa.Text))",
        "op.create_index('own_call', 'call', ['number'])",
        "op.drop_table('leg')",
        table("own_thing") + "\nop.create_index('thing', 'own_thing', ['tenant'])",
        "op.execute('CREATE VIEW numbers AS SELECT * FROM number')",
    ],
)
async def test_a_plugin_makes_only_what_bears_its_name(store: Store, tmp_path: Path, body: str) -> None:
    async with store.read() as conn:
        before = await conn.run_sync(catalogue_of)
    failures = await migrate(store, [plugin(tmp_path, "own", body)])
    assert [f.plugin for f in failures] == ["own"]
    assert "not named own_..." in failures[0].message
    async with store.read() as conn:
        assert await conn.run_sync(catalogue_of) == before


async def test_a_plugin_named_like_a_kernel_table_does_not_own_it(store: Store, tmp_path: Path) -> None:
    failures = await migrate(
        store, [plugin(tmp_path, "flow", "op.create_index('flow_author', 'flow_version', ['author'])")]
    )
    assert [f.plugin for f in failures] == ["flow"]


async def test_a_plugin_may_make_indexes_and_constraints_on_its_own_tables(store: Store, tmp_path: Path) -> None:
    body = (
        "op.create_table('own-x_thing'.replace('-', '_'), sa.Column('id', sa.Integer, primary_key=True), "
        "sa.Column('name', sa.Text, unique=True))\nop.create_index('own_x_by_name', 'own_x_thing', ['name', 'id'])"
    )
    assert await migrate(store, [plugin(tmp_path, "own-x", body)]) == []


async def test_two_portals_start_at_once(store_url: str) -> None:
    stores = [Store(store_url) for _ in range(3)]
    assert await asyncio.gather(*(migrate(store) for store in stores)) == [[], [], []]
    for store in stores:
        await store.close()


async def test_several_open_a_new_database_at_once(tmp_path: Path) -> None:
    for number in range(40):
        stores = [Store(f"sqlite:///{tmp_path}/{number}.db") for _ in range(6)]
        assert await asyncio.gather(*(names(store) for store in stores)) == [set()] * 6
        for store in stores:
            await store.close()


async def test_a_kernel_that_cannot_migrate_is_an_error(store_url: str) -> None:
    store = Store(store_url)
    async with store.write() as conn:
        await conn.execute(text("CREATE TABLE flow_version (id INTEGER)"))
    with pytest.raises(StoreError, match="could not be brought up to date"):
        await migrate(store)
    assert await names(store) == {"flow_version"}
    await store.close()
