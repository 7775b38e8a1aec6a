"""The table of calls the portal places: each row is one attempt, and the call's id is its own."""

from __future__ import annotations

from typing import Final

from sqlalchemy import JSON, Boolean, Column, Index, Integer, Table, Text, UniqueConstraint, text

from .tables import Moment, metadata


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


placed: Final = Table(
    "placed",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("settings", JSON, nullable=False),
    _text("target_kind"),
    _text("target"),
    _text("number"),
    _text("caller_id"),
    _text("language"),
    Column("ring_seconds", Integer, nullable=False),
    Column("limit_seconds", Integer, nullable=False),
    Column("made", Moment, nullable=False),
    Column("due", Moment, nullable=False),
    Column("asked", Moment),
    Column("ended", Moment),
    Column("withdrawn", Boolean, nullable=False, server_default=text("false")),
    _text("status"),
    _text("exit"),
    _text("why"),
    Column("told", Moment),
    Column("tells", Integer, nullable=False, server_default="0"),
    UniqueConstraint("tenant", "kind", "key"),
    Index(
        "placed_open",
        "tenant",
        "kind",
        "subject",
        unique=True,
        sqlite_where=text("ended IS NULL"),
        postgresql_where=text("ended IS NULL"),
    ),
    Index("placed_untold", "due", sqlite_where=text("told IS NULL"), postgresql_where=text("told IS NULL")),
)
"""``asked`` is when Asterisk was about to be told: from then on it is never told again. ``told`` is when the plugin knew."""
