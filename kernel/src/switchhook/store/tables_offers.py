"""Offers as SQLAlchemy sees them, and the files that belong to them: rows of those are written once and never again."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, LargeBinary, Table, Text

from .tables import Moment, metadata


def _text(name: str, default: str | None = "") -> Column[str]:
    return Column(name, Text, nullable=False, server_default=default)


def _key() -> Integer:
    return Integer().with_variant(BigInteger, "postgresql")


offer: Final = Table(
    "offer",
    metadata,
    Column("id", _key(), primary_key=True, autoincrement=True),
    Column("tenant", Text, ForeignKey("tenant.id"), nullable=False),
    _text("title", None),
    _text("price"),
    Column("valid_until", Date, nullable=False),
    _text("state", "open"),
    Column("version", Integer, nullable=False, server_default="1"),
    _text("author"),
    Column("created", Moment, nullable=False),
    Column("decided", Moment),
    _text("decided_by"),
    _text("account"),
    _text("how"),
    _text("signer"),
    _text("address"),
    _text("reason"),
    Index("offer_of_tenant", "tenant", "id"),
)

# The bytes lie in the database: its backup has them, and every process of the portal sees them.
offer_file: Final = Table(
    "offer_file",
    metadata,
    Column("offer", _key(), ForeignKey("offer.id"), primary_key=True),
    Column("part", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    _text("media", None),
    _text("sha256", None),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
