"""Tables of signing in: passwords, sessions, links, tokens, and attempts. Secrets are in none of them in clear."""

from __future__ import annotations

from typing import Final

from sqlalchemy import JSON, Boolean, Column, Index, Integer, Table, Text

from .tables import Moment, metadata

# No foreign key leads to an account: what is found here counts only together with an account that is there.

password_policy: Final = Table(
    "password_policy",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("level", Integer, nullable=False),
    Column("days", Integer, nullable=False),
    Column("second_factor", Boolean, nullable=False),
    Column("author", Text, nullable=False),
    Column("changed", Moment, nullable=False),
)

credential: Final = Table(
    "credential",
    metadata,
    Column("account", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("hash", Text, nullable=False),
    Column("former", JSON, nullable=False),
    Column("changed", Moment, nullable=False),
)

second_factor: Final = Table(
    "second_factor",
    metadata,
    Column("account", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("sealed", Text, nullable=False),
    Column("counter", Integer, nullable=False),
    Column("recovery", JSON, nullable=False),
    Column("confirmed", Moment),
)

session: Final = Table(
    "session",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("tenant", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("began", Moment, nullable=False),
    Column("seen", Moment, nullable=False),
    Index("session_of_account", "account"),
    Index("session_seen", "seen"),
)

link: Final = Table(
    "link",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("made", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
    Column("reminded", Moment),
    Index("link_of_account", "account", "kind"),
    Index("link_expires", "expires"),
)

# Who asked for a new password: which account that is, if any, is looked up afterwards.
forgotten: Final = Table(
    "forgotten",
    metadata,
    Column("id", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("sealed", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("forgotten_at", "at"),
)

api_token: Final = Table(
    "api_token",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("tenant", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("rights", JSON, nullable=False),
    Column("made", Moment, nullable=False),
    Column("expires", Moment),
    Column("used", Moment),
    Index("api_token_of_account", "account"),
)

# One row for each name, address, or both that somebody tried to sign in with; the key is a hash.
attempt: Final = Table(
    "attempt",
    metadata,
    Column("key", Text, primary_key=True),
    Column("tenant", Text, nullable=False, server_default=""),
    Column("failures", Integer, nullable=False),
    Column("last", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Index("attempt_last", "last"),
)

known_place: Final = Table(
    "known_place",
    metadata,
    Column("account", Text, primary_key=True),
    Column("address", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("last", Moment, nullable=False),
    Index("known_place_last", "last"),
)
