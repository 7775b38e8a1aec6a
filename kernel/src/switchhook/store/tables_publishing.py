"""Drafts, schedules and expectations of flows as SQLAlchemy sees them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    text,
)

from .tables import Moment, metadata


def _text(name: str, default: str | None = "") -> Column[str]:
    return Column(name, Text, nullable=False, server_default=default)


def _of_flow() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant", "flow"], ["flow.tenant", "flow.id"])


# One row for each flow that was ever edited. Its revision counts on when a draft is published or discarded, so that
# whoever still edits an older one is told.
flow_draft: Final = Table(
    "flow_draft",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("flow", Text, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("open", Boolean, nullable=False),
    Column("based_on", Integer, nullable=False, server_default="0"),
    _text("document", None),
    _text("author"),
    Column("changed", Moment, nullable=False),
    Column("errors", Integer),
    Column("warnings", Integer),
    _of_flow(),
)

# What earlier revisions were: the middle of a three-way merge.
flow_draft_step: Final = Table(
    "flow_draft_step",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("flow", Text, primary_key=True),
    Column("revision", Integer, primary_key=True),
    _text("document", None),
    _of_flow(),
)

flow_schedule: Final = Table(
    "flow_schedule",
    metadata,
    Column("id", Integer().with_variant(BigInteger, "postgresql"), primary_key=True, autoincrement=True),
    Column("tenant", Text, nullable=False),
    Column("flow", Text, nullable=False),
    Column("version", Integer().with_variant(BigInteger, "postgresql"), ForeignKey("flow_version.id"), nullable=False),
    Column("at", Moment, nullable=False),
    _text("state", "waiting"),
    _text("message"),
    _text("author"),
    _text("reason"),
    Column("created", Moment, nullable=False),
    _of_flow(),
    Index("flow_schedule_of", "tenant", "flow"),
    Index(
        "flow_schedule_due",
        "at",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
)

flow_expectation: Final = Table(
    "flow_expectation",
    metadata,
    Column("id", Integer().with_variant(BigInteger, "postgresql"), primary_key=True, autoincrement=True),
    Column("tenant", Text, nullable=False),
    Column("flow", Text, nullable=False),
    Column("version", Integer, nullable=False),
    _text("name"),
    Column("document", JSON, nullable=False),
    _text("author"),
    Column("changed", Moment, nullable=False),
    _of_flow(),
    Index("flow_expectation_of", "tenant", "flow"),
)
