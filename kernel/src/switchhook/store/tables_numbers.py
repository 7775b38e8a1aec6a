"""The operator's pool: numbers the carrier gave that no tenant has yet."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Index, Table, Text

from .tables import Moment, metadata

number_pool: Final = Table(
    "number_pool",
    metadata,
    Column("e164", Text, primary_key=True),
    Column("tenant", Text, nullable=False, server_default=""),  # the one that had it last
    Column("type", Text, nullable=False, server_default=""),
    Column("search", Text, nullable=False, server_default=""),
    Column("since", Moment, nullable=False),
    Column("rests_until", Moment),  # of one that a tenant had: nobody else gets it before
    Index("number_pool_by_type", "type", "e164"),
)
