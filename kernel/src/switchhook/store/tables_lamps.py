"""The table of lamps on phones: what each is to show, and whether Asterisk knows."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, Integer, Table, Text, text

from .tables import metadata

lamp: Final = Table(
    "lamp",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("new", Integer, nullable=False, server_default="0"),
    Column("old", Integer, nullable=False, server_default="0"),
    Column("lit", Boolean, nullable=False, server_default=text("false")),
    Column("wanted", Integer, nullable=False, server_default="1"),
    Column("shown", Integer, nullable=False, server_default="0"),
)
"""``kind`` is ``messages`` of a phone or ``code``; ``wanted`` grows with each change, and ``shown`` follows it."""
