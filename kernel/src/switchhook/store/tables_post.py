"""The tables of mail that goes out, of alerts, and of what webhooks deliver."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text, UniqueConstraint, text

from .tables import Moment, metadata


def _text(name: str, default: str | None = "") -> Column[str]:
    return Column(name, Text, nullable=False, server_default=default)


def _id() -> Column[int]:
    return Column("id", Integer().with_variant(BigInteger, "postgresql"), primary_key=True, autoincrement=True)


def _lease() -> tuple[Column[str], Column[object]]:
    """By whom a row is being worked on, and until when nobody else may."""
    return _text("lease"), Column("leased", Moment)


_OPEN_MAIL: Final = text("state IN ('queued', 'deferred')")
_OPEN_ALERT: Final = text("state <> 'closed'")
_OPEN_DELIVERY: Final = text("state IN ('queued', 'deferred')")

mail: Final = Table(
    "mail",
    metadata,
    _id(),
    _text("tenant", None),
    _text("token", None),
    _text("recipient", None),
    _text("template", None),
    _text("language"),
    _text("label"),
    _text("sealed"),
    _text("settled"),
    _text("state", "queued"),
    Column("tries", Integer, nullable=False, server_default="0"),
    _text("reply"),
    Column("created", Moment, nullable=False),
    Column("since", Moment, nullable=False),
    Column("due", Moment, nullable=False),
    Column("tried", Moment),
    *_lease(),
    UniqueConstraint("token", name="mail_token"),
    Index("mail_due", "due", sqlite_where=_OPEN_MAIL, postgresql_where=_OPEN_MAIL),
    Index("mail_to", "recipient", "id", sqlite_where=_OPEN_MAIL, postgresql_where=_OPEN_MAIL),
    Index("mail_by_tenant", "tenant", "id"),
)

alert: Final = Table(
    "alert",
    metadata,
    _id(),
    _text("tenant", None),
    _text("rule", None),
    _text("key", None),
    _text("severity", "warning"),
    _text("de", None),
    _text("en", None),
    _text("label"),
    _text("link"),
    _text("state", "open"),
    Column("count", Integer, nullable=False, server_default="1"),
    Column("first", Moment, nullable=False),
    Column("last", Moment, nullable=False),
    Column("told", Moment),
    _text("handled_by"),
    Column("handled", Moment),
    Index(
        "alert_open", "tenant", "rule", "key", unique=True, sqlite_where=_OPEN_ALERT, postgresql_where=_OPEN_ALERT
    ),
    Index("alert_by_tenant", "tenant", "id"),
)  # fmt: skip

# Who handles alerts and wants no mail about them.
alert_without_mail: Final = Table(
    "alert_without_mail",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("account", Text, primary_key=True),
)

# How far something that is told in order was read, such as the audit chain for webhooks.
read_place: Final = Table(
    "read_place",
    metadata,
    Column("tenant", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("place", BigInteger, nullable=False),
)

webhook_delivery: Final = Table(
    "webhook_delivery",
    metadata,
    _id(),
    _text("tenant", None),
    _text("webhook", None),
    _text("event_id", None),
    _text("event", None),
    _text("body", None),
    _text("state", "queued"),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("status", Integer, nullable=False, server_default="0"),
    _text("answer"),
    Column("created", Moment, nullable=False),
    Column("since", Moment, nullable=False),
    Column("due", Moment, nullable=False),
    Column("tried", Moment),
    *_lease(),
    UniqueConstraint("tenant", "webhook", "event_id", name="webhook_delivery_event"),
    Index("webhook_delivery_due", "due", sqlite_where=_OPEN_DELIVERY, postgresql_where=_OPEN_DELIVERY),
    Index("webhook_delivery_of", "tenant", "webhook", "id"),
)
