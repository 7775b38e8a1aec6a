"""The table of work that was ordered."""

from __future__ import annotations

from typing import Final

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, Table, Text, text

from .tables import Moment, metadata

_OPEN: Final = text("state = 'open'")
_ONCE: Final = text("once <> ''")

work_order: Final = Table(
    "work_order",
    metadata,
    Column("id", Integer().with_variant(BigInteger, "postgresql"), primary_key=True, autoincrement=True),
    Column("tenant", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("once", Text, nullable=False, server_default=""),
    Column("payload", JSON, nullable=False),
    Column("state", Text, nullable=False, server_default="open"),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("why", Text, nullable=False, server_default=""),
    Column("created", Moment, nullable=False),
    Column("due", Moment, nullable=False),
    Column("ended", Moment),
    Column("lease", Text, nullable=False, server_default=""),
    Column("leased", Moment),
    Index("work_order_due", "due", sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("work_order_once", "tenant", "kind", "once", unique=True, sqlite_where=_ONCE, postgresql_where=_ONCE),
    Index("work_order_ended", "ended"),
)
"""``why`` is what the last try failed of. What ended is kept some weeks, so that nothing is ordered twice."""
