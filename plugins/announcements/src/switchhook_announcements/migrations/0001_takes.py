"""The versions of announcements, and what generating them cost."""

import sqlalchemy as sa
from alembic import op

revision = "announcements_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "announcements_take",
        sa.Column("tenant", sa.Text(), primary_key=True),
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("announcement", sa.Text(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), server_default="", nullable=False) for name in ("source", "original", "text")),
        *(sa.Column(name, sa.Text(), server_default="", nullable=False) for name in ("language", "voice", "warnings")),
        *(sa.Column(name, sa.Text(), server_default="", nullable=False) for name in ("sha256", "author", "media")),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("peaks", sa.JSON(), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("tenant", "announcement", "no", name="announcements_take_no"),
    )
    op.create_table(
        "announcements_charge",
        sa.Column("tenant", sa.Text(), primary_key=True),
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("take", sa.Text(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("micro", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), server_default="", nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("tenant", "no", name="announcements_charge_no"),
    )


def downgrade() -> None:
    """Remove the tables."""
    op.drop_table("announcements_charge")
    op.drop_table("announcements_take")
