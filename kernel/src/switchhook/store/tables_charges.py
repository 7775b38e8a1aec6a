"""The tables of what tenants pay for: rows of charges are written once and never changed."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Date, Index, Integer, Table, Text

from .tables import Moment, metadata


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


charge: Final = Table(
    "charge",
    metadata,
    Column("id", Integer().with_variant(BigInteger, "postgresql"), primary_key=True, autoincrement=True),
    *map(_text, ("tenant", "key", "rate", "cause", "text_de", "text_en", "currency", "author")),
    Column("micro", BigInteger, nullable=False),
    Column("begins", Date, nullable=False),
    Column("ends", Date, nullable=False),
    Column("made", Moment, nullable=False),
    Index("charge_once", "tenant", "key", unique=True),
    Index("charge_by_day", "tenant", "begins"),
)
rate: Final = Table(
    "rate",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("rate", Text, primary_key=True),
    Column("free", BigInteger, nullable=False),
    Column("micro", BigInteger, nullable=False),
    _text("currency"),
    Column("version", Integer, nullable=False),
    _text("author"),
    Column("changed", Moment, nullable=False),
)
"""What the operator set for a tenant; all others have what is declared."""
