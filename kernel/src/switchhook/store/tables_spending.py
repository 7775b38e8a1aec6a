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
    Column("made", Moment, nullable=False),
    Column("settled", Moment),
    Column("spent", BigInteger, nullable=False),
    Index("reservation_open", "tenant", sqlite_where=text("settled IS NULL"), postgresql_where=text("settled IS NULL")),
    Index("reservation_made", "tenant", "made"),
)
"""What was put aside for a leg before it was dialled; ``rates`` are those of its numbers at that moment."""
