"""Announcements that are produced for a tenant."""

import sqlalchemy as sa
from alembic import op

revision = "announcements_0002"
down_revision = "announcements_0001"
branch_labels = None
depends_on = None

_TEXTS = ("title", "text", "wishes", "language", "state", "currency", "note", "announcement", "account", "author")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "announcements_production",
        sa.Column("tenant", sa.Text(), primary_key=True),
        sa.Column("id", sa.Text(), primary_key=True),
        *(sa.Column(name, sa.Text(), server_default="", nullable=False) for name in _TEXTS),
        sa.Column("micro", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    """Remove the table."""
    op.drop_table("announcements_production")
