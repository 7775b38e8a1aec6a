"""The table of what changed lately, for those who look on."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Table, Text

from .tables import Moment, metadata

# One row for each topic and number, counted up; what was quiet for a day is forgotten.
news: Final = Table(
    "news",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("number", Text, primary_key=True, server_default=""),
    Column("count", BigInteger, nullable=False, server_default="1"),
    Column("at", Moment, nullable=False),
    Index("news_at", "tenant", "at"),
)
