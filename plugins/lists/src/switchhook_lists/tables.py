"""The tables of entries, of what callers met them, and of how often a list was changed."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from switchhook.administration import Moment

_METADATA: Final = MetaData()
_ID: Final = Integer().with_variant(BigInteger, "postgresql")


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


ENTRY: Final = Table(
    "lists_entry",
    _METADATA,
    Column("id", _ID, primary_key=True, autoincrement=True),
    Column("tenant", Text, nullable=False),
    Column("list", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("value", Text, nullable=False),
    *(_text(name) for name in ("line", "note", "author", "call")),
    Column("made", Moment, nullable=False),
    Column("until", Moment),
    Column("shadow", Boolean, nullable=False, server_default=false()),
    Column("hits", Integer, nullable=False, server_default="0"),
    Column("last_hit", Moment),
    Column("deleted", Moment),
    UniqueConstraint("tenant", "list", "kind", "value", name="lists_entry_once"),
)
"""``value`` of a suppressed caller is the keyed hash of the network's number; the number is nowhere."""

CHANGED: Final = Table(
    "lists_changed",
    _METADATA,
    Column("tenant", Text, primary_key=True),
    Column("list", Text, primary_key=True),
    Column("count", BigInteger, nullable=False),
)
"""How often the entries of a list were changed: what a worker holds in memory is of one count."""

HIT: Final = Table(
    "lists_hit",
    _METADATA,
    Column("tenant", Text, primary_key=True),
    Column("list", Text, primary_key=True),
    Column("call", Text, primary_key=True),
    Column("entry", BigInteger, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("shadow", Boolean, nullable=False),
    Column("at", Moment, nullable=False),
    Index("lists_hit_at", "tenant", "list", "at"),
)
"""``entry`` is 0 where a caller who shows no number met an entry that names one: which one would tell the number."""
