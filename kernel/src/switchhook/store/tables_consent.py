"""The tables of recorded talks: who agreed to what, which is never changed, and which legs are to be recorded."""

from __future__ import annotations

from typing import Final

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, Table, Text

from .tables import Moment, metadata

consent: Final = Table(
    "consent",
    metadata,
    Column("id", Integer().with_variant(BigInteger, "postgresql"), primary_key=True, autoincrement=True),
    Column("tenant", Text, nullable=False),
    Column("call", Text, nullable=False),
    Column("step", Integer, nullable=False),
    Column("party", Text, nullable=False),
    Column("side", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("prompt", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("consent_of_call", "tenant", "call", "id"),
    Index("consent_at", "tenant", "at"),
)
"""``step`` is that of the leg, 0 for what the caller said of all of them. ``who`` is a number that was shown, the name
of a phone, or the pseudonym of a caller whose number was not: the number itself stands nowhere. ``prompt`` names what
was heard, with the version of its sound."""

talk: Final = Table(
    "talk",
    metadata,
    Column("call", Text, primary_key=True),
    Column("step", Integer, primary_key=True, autoincrement=False),
    Column("tenant", Text, nullable=False),
    Column("plan", JSON, nullable=False),
    Column("notice", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("caller", Text, nullable=False),
    Column("made", Moment, nullable=False),
    Index("talk_made", "made"),
)
"""A leg that is to be recorded when whoever is called agrees."""
