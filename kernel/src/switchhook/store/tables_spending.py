"""The tables of money for calls: what is reserved for legs and spent by them, and against which limits."""

from __future__ import annotations

from typing import Final

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, Table, Text, text

from .tables import Moment, metadata


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


spending: Final = Table(
    "spending",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("budget", Text, primary_key=True),
    Column("period", Text, primary_key=True),
    Column("currency", Text, primary_key=True),
    Column("reserved", BigInteger, nullable=False),
    Column("spent", BigInteger, nullable=False),
    Column("changed", Moment, nullable=False),
    Index("spending_changed", "changed"),
)
"""What the legs of a budget cost in a period such as ``2026-03-08``, ``2026-03`` or ``always``."""

reservation: Final = Table(
    "reservation",
    metadata,
    Column("call", Text, primary_key=True),
    Column("leg", Integer, primary_key=True),
    _text("tenant"),
    _text("currency"),
    Column("micro", BigInteger, nullable=False),
    Column("limit_seconds", Integer, nullable=False),
    Column("rates", JSON, nullable=False),
    Column("budgets", JSON, nullable=False),
    Column("numbers", JSON, nullable=False, server_default="[]"),
    Column("made", Moment, nullable=False),
    Column("settled", Moment),
    Column("spent", BigInteger, nullable=False),
    Index("reservation_open", "tenant", sqlite_where=text("settled IS NULL"), postgresql_where=text("settled IS NULL")),
    Index("reservation_made", "tenant", "made"),
)
"""What was put aside for a leg before it was dialled; ``rates`` are those of its numbers at that moment."""

spending_hold: Final = Table(
    "spending_hold",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("since", Moment, nullable=False),
    _text("why"),
    Column("released", Moment),
    _text("released_by"),
)
"""Since when nobody is called, and when that was over."""
called_country: Final = Table(
    "called_country",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("country", Text, primary_key=True),
    Column("first", Moment, nullable=False),
    Column("last", Moment, nullable=False),
)
"""Where a tenant's calls went, and since when they do."""
