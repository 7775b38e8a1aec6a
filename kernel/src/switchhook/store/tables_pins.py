"""The tables of attempts with PINs."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text

from .tables import Moment, metadata

pin_attempt: Final = Table(
    "pin_attempt",
    metadata,
    Column("id", Integer().with_variant(BigInteger, "postgresql"), primary_key=True, autoincrement=True),
    Column("tenant", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("caller", Text, nullable=False),
    Column("call", Text, nullable=False),
    Column("step", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("counts", Boolean, nullable=False),
    Column("until", Moment),
    Index("pin_attempt_subject", "tenant", "purpose", "subject", "at"),
    Index("pin_attempt_caller", "tenant", "caller", "at"),
    Index("pin_attempt_call", "tenant", "call", "step", unique=True),
    Index("pin_attempt_at", "at"),
)
"""``counts`` is a wrong one that nobody forgave; ``until`` is when the lock ends that it made for its subject. The
PIN that was tried is kept nowhere."""
pin_turn: Final = Table("pin_turn", metadata, Column("tenant", Text, primary_key=True))
"""A row that whoever judges an attempt of a tenant holds meanwhile, so that many at once are counted as many."""
