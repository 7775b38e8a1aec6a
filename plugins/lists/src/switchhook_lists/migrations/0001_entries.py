"""Entries of caller lists, what callers met them, and how often lists were changed."""

import sqlalchemy as sa
from alembic import op

revision = "lists_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "lists_entry",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), primary_key=True, autoincrement=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("tenant", "list", "kind", "value")),
        *(sa.Column(name, sa.Text(), server_default="", nullable=False) for name in ("line", "note", "author", "call")),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.Column("shadow", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("hits", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_hit", sa.DateTime(timezone=True)),
        sa.Column("deleted", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("tenant", "list", "kind", "value", name="lists_entry_once"),
    )
    op.create_table(
        "lists_changed",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "list"),
    )
    op.create_table(
        "lists_hit",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("tenant", "list", "call")),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("shadow", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "list", "call"),
    )
    op.create_index("lists_hit_at", "lists_hit", ["tenant", "list", "at"])


def downgrade() -> None:
    """Remove the tables."""
    for name in ("lists_hit", "lists_changed", "lists_entry"):
        op.drop_table(name)
