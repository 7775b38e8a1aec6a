"""Resources, what they refer to, repeated requests, and the audit chain."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NUMBER = sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    _audit()
    _kept()


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("no", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("tenant", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("no"),
    )
    op.create_index("audit_at", "audit", ["tenant", "at"], unique=False)
    op.create_index("audit_of", "audit", ["tenant", "kind", "id"], unique=False)
    head = op.create_table(
        "audit_head",
        sa.Column("no", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("no"),
    )
    op.bulk_insert(head, [{"no": 0, "hash": "0" * 64}])


def _kept() -> None:
    op.create_table(
        "repeated",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "key"),
    )
    op.create_index("repeated_at", "repeated", ["at"], unique=False)
    op.create_table(
        "kept",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("search", sa.Text(), server_default="", nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("sealed", sa.JSON(), nullable=False),
        sa.Column("author", sa.Text(), server_default="", nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"]),
        sa.PrimaryKeyConstraint("tenant", "kind", "id"),
    )
    op.create_index("kept_by_title", "kept", ["tenant", "kind", "title"], unique=False)
    op.create_index(
        "kept_deleted",
        "kept",
        ["deleted"],
        unique=False,
        sqlite_where=sa.text("deleted IS NOT NULL"),
        postgresql_where=sa.text("deleted IS NOT NULL"),
    )
    op.create_table(
        "kept_reference",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("to_kind", sa.Text(), nullable=False),
        sa.Column("to_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tenant", "kind", "id"], ["kept.tenant", "kept.kind", "kept.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tenant", "kind", "id", "path"),
    )
    op.create_index("kept_reference_to", "kept_reference", ["tenant", "to_kind", "to_id"], unique=False)
    op.create_table(
        "flow_reference",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("version", _NUMBER, nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("to_kind", sa.Text(), nullable=False),
        sa.Column("to_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["version"], ["flow_version.id"]),
        sa.PrimaryKeyConstraint("version", "path"),
    )
    op.create_index("flow_reference_to", "flow_reference", ["tenant", "to_kind", "to_id"], unique=False)
