"""The kernel's tables as SQLAlchemy sees them; the migrations make them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

metadata: Final = MetaData()


class Moment(TypeDecorator[datetime]):
    """A moment in UTC with microseconds, time zone aware on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a time without a zone: nobody could say when that was."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment in the store needs a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back that SQLite does not keep."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _text(name: str, default: str | None = "") -> Column[str]:
    return Column(name, Text, nullable=False, server_default=default)


def _id(name: str = "id") -> Column[int]:
    return Column(name, Integer().with_variant(BigInteger, "postgresql"), primary_key=True, autoincrement=True)


def _partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


tenant: Final = Table(
    "tenant",
    metadata,
    Column("id", Text, primary_key=True),
    _text("name"),
    _text("language"),
    _text("last_resort_flow"),
    _text("last_resort_prompt"),
    Column("created", Moment, nullable=False),
    _text("state", "active"),
    Column("version", Integer, nullable=False, server_default="1"),
    _text("suspended_from"),
)

change_stamp: Final = Table(
    "change_stamp",
    metadata,
    Column("tenant", Text, primary_key=True),  # or "plugin/NAME", for the resets of a plugin
    Column("value", BigInteger, nullable=False),
)

flow: Final = Table(
    "flow",
    metadata,
    Column("tenant", Text, ForeignKey("tenant.id"), primary_key=True),
    Column("id", Text, primary_key=True),
    _text("label"),
    _text("owner"),  # the account that made it, for rights over one's own things
    Column("deleted", Moment),
)

flow_version: Final = Table(
    "flow_version",
    metadata,
    _id(),
    Column("tenant", Text, nullable=False),
    Column("flow", Text, nullable=False),
    Column("no", Integer, nullable=False),
    _text("state", "draft"),
    _text("document", None),
    _text("hash", None),
    _text("message"),
    _text("author"),
    Column("created", Moment, nullable=False),
    Column("published_at", Moment),
    ForeignKeyConstraint(["tenant", "flow"], ["flow.tenant", "flow.id"]),
    UniqueConstraint("tenant", "flow", "no", name="flow_version_no"),
    _partial("flow_version_current", "tenant", "flow", unique=True, where="state = 'published'"),
)

number: Final = Table(
    "number",
    metadata,
    Column("e164", Text, primary_key=True),
    Column("tenant", Text, nullable=False),
    Column("flow", Text),  # none: it has a tenant, and leads nowhere yet
    _text("label"),
    _text("fallback_kind", "announce"),
    _text("fallback_target"),
    _text("fallback_sound"),
    Column("fallback_ring_seconds", Integer, nullable=False, server_default="30"),
    _text("cost_centre"),
    _text("type"),
    _text("search"),
    Column("version", Integer, nullable=False, server_default="1"),
    ForeignKeyConstraint(["tenant", "flow"], ["flow.tenant", "flow.id"]),
    Index("number_of_flow", "tenant", "flow"),
    Index("number_of_tenant", "tenant", "e164"),
    Index("number_by_label", "tenant", "label", "e164"),
)

# A call is kept whatever happens to its tenant or number, so no foreign keys lead out of it.
call: Final = Table(
    "call",
    metadata,
    Column("id", Text, primary_key=True),
    _text("tenant"),
    _text("number"),
    _text("origin"),
    _text("language"),
    _text("diverted_from"),
    _text("caller_number"),
    _text("caller_name"),
    _text("caller_presentation"),
    _text("caller_kind"),
    _text("caller_key"),
    Column("arrived", Moment, nullable=False),
    Column("session", Integer, nullable=False, server_default="0"),
    Column("ended", Moment),
    Column("seconds", Float, nullable=False, server_default="-1"),  # from arrival to end; of one that goes on, -1
    _text("outcome"),
    _text("ended_by"),
    Index("call_by_tenant", "tenant", "arrived"),
    Index("call_by_number", "tenant", "number", "arrived"),
    Index("call_by_caller", "tenant", "caller_number", "arrived"),
    Index("call_by_length", "tenant", "seconds", "arrived"),
    Index("call_by_outcome", "tenant", "outcome", "arrived"),
    _partial("call_open", "arrived", where="ended IS NULL"),
)

leg: Final = Table(
    "leg",
    metadata,
    Column("call", Text, ForeignKey("call.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    _text("tenant"),
    _text("target"),
    _text("status"),
    Column("talk_seconds", Float, nullable=False, server_default="0"),
    Column("cause", Integer, nullable=False, server_default="0"),
    Column("created", Moment, nullable=False),
    Column("ended", Moment),
)

event: Final = Table(
    "event",
    metadata,
    Column("call", Text, ForeignKey("call.id", ondelete="CASCADE"), primary_key=True),
    Column("session", Integer, primary_key=True),
    Column("seq", Integer, primary_key=True),
    _text("tenant"),
    Column("at", Moment, nullable=False),
    _text("kind", None),
    _text("point"),
    Column("data", JSON, nullable=False),
)

cel_row: Final = Table(
    "cel_row",
    metadata,
    Column("key", Text, primary_key=True),
    _text("tenant"),
    _text("linked", None),
    _text("channel", None),
    _text("kind", None),
    _text("user_event"),
    Column("at", Moment, nullable=False),
    _text("exten"),
    _text("context"),
    _text("name"),
    _text("app"),
    _text("peer"),
    _text("extra"),
    Column("settled", Boolean, nullable=False, server_default=text("false")),
    Index("cel_row_of_call", "linked"),
    _partial("cel_row_open", "at", where="NOT settled"),
)

fault: Final = Table(
    "fault",
    metadata,
    _id(),
    _text("tenant"),
    _text("plugin", None),
    _text("hook"),
    _text("kind"),
    _text("call"),
    Column("at", Moment, nullable=False),
    _text("message", None),
    _text("traceback"),
    Index("fault_at", "at"),
)

# What administrators keep: one row for each thing, its fields as one document. A new kind of resource needs no table.
kept: Final = Table(
    "kept",
    metadata,
    Column("tenant", Text, ForeignKey("tenant.id"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    _text("title"),
    _text("search"),
    Column("document", JSON, nullable=False),
    Column("sealed", JSON, nullable=False),
    _text("author"),
    _text("owner"),
    Column("created", Moment, nullable=False),
    Column("changed", Moment, nullable=False),
    Column("deleted", Moment),
    Index("kept_by_title", "tenant", "kind", "title"),
    _partial("kept_deleted", "deleted", where="deleted IS NOT NULL"),
)

kept_reference: Final = Table(
    "kept_reference",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("path", Text, primary_key=True),
    _text("to_kind", None),
    _text("to_id", None),
    ForeignKeyConstraint(["tenant", "kind", "id"], ["kept.tenant", "kept.kind", "kept.id"], ondelete="CASCADE"),
    Index("kept_reference_to", "tenant", "to_kind", "to_id"),
)

flow_reference: Final = Table(
    "flow_reference",
    metadata,
    Column("tenant", Text, nullable=False),
    Column(
        "version", Integer().with_variant(BigInteger, "postgresql"), ForeignKey("flow_version.id"), primary_key=True
    ),
    Column("path", Text, primary_key=True),
    _text("to_kind", None),
    _text("to_id", None),
    Index("flow_reference_to", "tenant", "to_kind", "to_id"),
)

repeated: Final = Table(
    "repeated",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    _text("digest", None),
    _text("kind", None),
    _text("id", None),
    Column("at", Moment, nullable=False),
    Index("repeated_at", "at"),
)

audit: Final = Table(
    "audit",
    metadata,
    Column("no", Integer().with_variant(BigInteger, "postgresql"), primary_key=True, autoincrement=False),
    _text("tenant"),
    Column("at", Moment, nullable=False),
    _text("actor", None),
    _text("action", None),
    _text("kind", None),
    _text("id", None),
    Column("before", JSON, nullable=False),
    Column("after", JSON, nullable=False),
    _text("hash", None),
    Index("audit_of", "tenant", "kind", "id"),
    Index("audit_at", "tenant", "at"),
)

audit_head: Final = Table(
    "audit_head",
    metadata,
    Column("no", Integer().with_variant(BigInteger, "postgresql"), primary_key=True, autoincrement=False),
    _text("hash", None),
)

from . import (  # noqa: E402 - they share the metadata
    tables_consent,  # noqa: F401
    tables_lamps,  # noqa: F401
    tables_news,  # noqa: F401
    tables_numbers,  # noqa: F401
    tables_offers,  # noqa: F401
    tables_orders,  # noqa: F401
    tables_pins,  # noqa: F401
    tables_placed,  # noqa: F401
    tables_plugins,  # noqa: F401
    tables_post,  # noqa: F401
    tables_publishing,  # noqa: F401
    tables_repeats,  # noqa: F401
    tables_spending,  # noqa: F401
)
