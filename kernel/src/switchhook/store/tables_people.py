"""Tables of people and what they may do."""

from __future__ import annotations

from typing import Final

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from .tables import Moment, metadata

account: Final = Table(
    "account",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tenant", Text, ForeignKey("tenant.id"), nullable=False),
    Column("username", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("theme", Text, nullable=False),
    Column("grants", JSON, nullable=False),
    Column("version", Integer, nullable=False),
    Column("search", Text, nullable=False),
    Column("created", Moment, nullable=False),
    Column("changed", Moment, nullable=False),
    UniqueConstraint("username", name="account_username"),
    Index("account_by_name", "tenant", "name", "id"),
    Index("account_by_email", "email"),
)

# The number groups that grants name, so that deleting a group shows whom it concerns.
account_group: Final = Table(
    "account_group",
    metadata,
    Column("account", Text, ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("group_id", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Index("account_group_of", "tenant", "group_id"),
)
