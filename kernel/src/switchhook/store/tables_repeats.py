"""The table of requests that may be sent again, with what they were answered."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Index, Table, Text

from .tables import Moment, metadata

answered: Final = Table(
    "answered",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("account", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("sealed", Text, nullable=False, server_default=""),
    Column("at", Moment, nullable=False),
    Index("answered_at", "at"),
)
"""``key`` is a digest of the caller's own; ``sealed`` is empty as long as the first request is under way."""
