"""Passwords, sessions, links, tokens, and attempts."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    _passwords()
    _sessions()
    _links()
    _attempts()


def _text(name: str, default: str | None = None) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False, server_default=default)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _passwords() -> None:
    op.create_table(
        "password_policy",
        _text("tenant"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("second_factor", sa.Boolean(), nullable=False),
        _text("author"),
        _moment("changed"),
        sa.PrimaryKeyConstraint("tenant"),
    )
    op.create_table(
        "credential",
        _text("account"),
        _text("tenant"),
        _text("hash"),
        sa.Column("former", sa.JSON(), nullable=False),
        _moment("changed"),
        sa.PrimaryKeyConstraint("account"),
    )
    op.create_table(
        "second_factor",
        _text("account"),
        _text("tenant"),
        _text("sealed"),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.Column("recovery", sa.JSON(), nullable=False),
        _moment("confirmed", nullable=True),
        sa.PrimaryKeyConstraint("account"),
    )


def _sessions() -> None:
    op.create_table(
        "session",
        _text("hash"),
        _text("id"),
        _text("tenant"),
        _text("account"),
        _text("address"),
        _text("agent"),
        _moment("began"),
        _moment("seen"),
        sa.PrimaryKeyConstraint("hash"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("session_of_account", "session", ["account"], unique=False)
    op.create_index("session_seen", "session", ["seen"], unique=False)


def _links() -> None:
    op.create_table(
        "link",
        _text("hash"),
        _text("kind"),
        _text("tenant"),
        _text("account"),
        _moment("made"),
        _moment("expires"),
        _moment("reminded", nullable=True),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_index("link_of_account", "link", ["account", "kind"], unique=False)
    op.create_index("link_expires", "link", ["expires"], unique=False)
    op.create_table(
        "forgotten",
        _text("id"),
        _text("tenant"),
        _text("sealed"),
        _text("address"),
        _moment("at"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("forgotten_at", "forgotten", ["at"], unique=False)
    op.create_table(
        "api_token",
        _text("hash"),
        _text("id"),
        _text("tenant"),
        _text("account"),
        _text("name"),
        sa.Column("rights", sa.JSON(), nullable=False),
        _moment("made"),
        _moment("expires", nullable=True),
        _moment("used", nullable=True),
        sa.PrimaryKeyConstraint("hash"),
        sa.UniqueConstraint("id"),
    )
    op.create_index("api_token_of_account", "api_token", ["account"], unique=False)


def _attempts() -> None:
    op.create_table(
        "attempt",
        _text("key"),
        _text("tenant", ""),
        sa.Column("failures", sa.Integer(), nullable=False),
        _moment("last"),
        _moment("until"),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("attempt_last", "attempt", ["last"], unique=False)
    op.create_table(
        "known_place",
        _text("account"),
        _text("address"),
        _text("tenant"),
        _moment("last"),
        sa.PrimaryKeyConstraint("account", "address"),
    )
    op.create_index("known_place_last", "known_place", ["last"], unique=False)
