"""INSERT ... ON CONFLICT, which both databases know and SQLAlchemy spells once for each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Table
from sqlalchemy.dialects import postgresql, sqlite

Insert = postgresql.Insert | sqlite.Insert


def inserting(dialect: str, table: Table) -> Insert:
    """An INSERT that knows ``on_conflict_do_update`` and ``on_conflict_do_nothing``."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def once(dialect: str, table: Table) -> Insert:
    """An INSERT that leaves alone what is there already."""
    return inserting(dialect, table).on_conflict_do_nothing()


def upsert(
    dialect: str,
    table: Table,
    key: Collection[str],
    *,
    keep: Collection[str] = (),
    change: Mapping[str, ColumnElement[Any]] | None = None,
) -> Insert:
    """An INSERT that, where the key exists, changes the row: all columns but ``keep``, or those of ``change`` alone."""
    statement = inserting(dialect, table)
    new = change or {c.name: statement.excluded[c.name] for c in table.c if c.name not in {*key, *keep}}
    return statement.on_conflict_do_update(index_elements=list(key), set_=dict(new))
