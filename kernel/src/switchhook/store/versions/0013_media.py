"""What callers leave and hear, as files with an owner."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "media",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("of", sa.Text(), nullable=False),
        sa.Column("owner_kind", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("call", sa.Text(), server_default="", nullable=False),
        sa.Column("step", sa.Integer(), server_default="0", nullable=False),
        sa.Column("label", sa.Text(), server_default="", nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("seconds", sa.Float(), server_default="0", nullable=False),
        sa.Column("sha256", sa.Text(), server_default="", nullable=False),
        sa.Column("original", sa.Text(), server_default="", nullable=False),
        sa.Column("peaks", sa.Text(), server_default="", nullable=False),
        sa.Column("longest", sa.Integer(), server_default="0", nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retain_until", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("tenant", "id"),
    )
    called, unfinished = sa.text("call <> ''"), sa.text("state <> 'kept'")
    op.create_index(
        "media_of_step", "media", ["call", "step"], unique=True, sqlite_where=called, postgresql_where=called
    )
    op.create_index("media_by_class", "media", ["tenant", "state", "of"], unique=False)
    op.create_index("media_by_date", "media", ["tenant", "made", "id"], unique=False)
    op.create_index("media_of_owner", "media", ["tenant", "owner_kind", "owner", "made"], unique=False)
    op.create_index(
        "media_unfinished", "media", ["state"], unique=False, sqlite_where=unfinished, postgresql_where=unfinished
    )
    op.create_table(
        "media_quota",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("extra_bytes", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant"),
    )
