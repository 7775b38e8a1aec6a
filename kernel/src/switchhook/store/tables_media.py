"""The tables of what callers hear and leave: each row is one thing with one file or two."""

from __future__ import annotations

from typing import Final

from sqlalchemy import JSON, BigInteger, Column, Float, Index, Integer, Table, Text, text

from .tables import Moment, metadata

media: Final = Table(
    "media",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("of", Text, nullable=False),
    Column("owner_kind", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("call", Text, nullable=False, server_default=""),
    Column("step", Integer, nullable=False, server_default="0"),
    Column("label", Text, nullable=False, server_default=""),
    Column("facts", JSON, nullable=False),
    Column("state", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False, server_default="0"),
    Column("seconds", Float, nullable=False, server_default="0"),
    Column("sha256", Text, nullable=False, server_default=""),
    Column(
        "original", Text, nullable=False, server_default=""
    ),  # how the name of the original file ends, if it is kept
    Column("peaks", Text, nullable=False, server_default=""),
    Column("longest", Integer, nullable=False, server_default="0"),
    Column("made", Moment, nullable=False),
    Column("retain_until", Moment),
    Index(
        "media_of_step",
        "call",
        "step",
        unique=True,
        sqlite_where=text("call <> ''"),
        postgresql_where=text("call <> ''"),
    ),
    Index("media_by_class", "tenant", "state", "of"),
    Index("media_by_date", "tenant", "made", "id"),
    Index("media_of_owner", "tenant", "owner_kind", "owner", "made"),
    Index("media_unfinished", "state", sqlite_where=text("state <> 'kept'"), postgresql_where=text("state <> 'kept'")),
)
"""``state`` is ``recording`` until its file is whole, then ``kept``, and ``trashed`` while its files are taken away."""

media_quota: Final = Table(
    "media_quota",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("extra_bytes", BigInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("author", Text, nullable=False),
    Column("changed", Moment, nullable=False),
    Column("steps", Integer, nullable=False, server_default="0"),
    Column("paid_month", Text, nullable=False, server_default=""),
    Column("paid_steps", Integer, nullable=False, server_default="0"),
)
"""Storage beyond what every tenant has: bytes the operator gave, and steps its people ordered and pay for."""
