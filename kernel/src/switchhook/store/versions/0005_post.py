"""Mail, alerts, and webhooks."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_NUMBER = sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    _mail()
    _alert()
    _webhook_delivery()


def _text(name: str, default: str | None = "") -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default=default, nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _index(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(
        name, table, columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )  # fmt: skip


def _mail() -> None:
    op.create_table(
        "mail",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        _text("tenant", None),
        _text("token", None),
        _text("recipient", None),
        _text("template", None),
        _text("language"),
        _text("label"),
        _text("sealed"),
        _text("state", "queued"),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        _text("reply"),
        _moment("created"),
        _moment("since"),
        _moment("due"),
        _moment("tried", nullable=True),
        _text("lease"),
        _moment("leased", nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token", name="mail_token"),
    )
    _index("mail_due", "mail", ["due"], "state IN ('queued', 'deferred')")
    _index("mail_to", "mail", ["recipient", "id"], "state IN ('queued', 'deferred')")
    op.create_index("mail_by_tenant", "mail", ["tenant", "id"], unique=False)


def _alert() -> None:
    op.create_table(
        "alert",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        _text("tenant", None),
        _text("rule", None),
        _text("key", None),
        _text("severity", "warning"),
        _text("de", None),
        _text("en", None),
        _text("label"),
        _text("link"),
        _text("state", "open"),
        sa.Column("count", sa.Integer(), server_default="1", nullable=False),
        _moment("first"),
        _moment("last"),
        _moment("told", nullable=True),
        _text("handled_by"),
        _moment("handled", nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    _index("alert_open", "alert", ["tenant", "rule", "key"], "state <> 'closed'", unique=True)
    op.create_index("alert_by_tenant", "alert", ["tenant", "id"], unique=False)
    op.create_table(
        "alert_without_mail",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "account"),
    )


def _webhook_delivery() -> None:
    op.create_table(
        "read_place",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "name"),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        _text("tenant", None),
        _text("webhook", None),
        _text("event_id", None),
        _text("event", None),
        _text("body", None),
        _text("state", "queued"),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("status", sa.Integer(), server_default="0", nullable=False),
        _text("answer"),
        _moment("created"),
        _moment("since"),
        _moment("due"),
        _moment("tried", nullable=True),
        _text("lease"),
        _moment("leased", nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("tenant", "webhook", "event_id", name="webhook_delivery_event"),
    )
    _index("webhook_delivery_due", "webhook_delivery", ["due"], "state IN ('queued', 'deferred')")
    op.create_index("webhook_delivery_of", "webhook_delivery", ["tenant", "webhook", "id"], unique=False)
