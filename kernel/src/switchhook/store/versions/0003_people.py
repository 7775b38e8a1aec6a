"""Accounts, rights, the states of tenants, and who made what is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.add_column("tenant", sa.Column("state", sa.Text(), server_default="active", nullable=False))
    op.add_column("tenant", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("kept", sa.Column("owner", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "account",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("theme", sa.Text(), nullable=False),
        sa.Column("grants", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("username", name="account_username"),
    )
    op.create_index("account_by_name", "account", ["tenant", "name", "id"], unique=False)
    op.create_index("account_by_email", "account", ["email"], unique=False)
    op.create_table(
        "account_group",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["account.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account", "group_id"),
    )
    op.create_index("account_group_of", "account_group", ["tenant", "group_id"], unique=False)
