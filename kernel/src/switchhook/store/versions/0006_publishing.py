"""Drafts, schedules, and expectations of flows."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_NUMBER = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
_OF_FLOW = ["tenant", "flow"], ["flow.tenant", "flow.id"]


def upgrade() -> None:
    """Make the tables."""
    op.add_column("flow", sa.Column("owner", sa.Text(), server_default="", nullable=False))
    op.add_column("flow", sa.Column("deleted", sa.DateTime(timezone=True), nullable=True))
    _drafts()
    _schedules()
    op.create_table(
        "flow_expectation",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("author", sa.Text(), server_default="", nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(*_OF_FLOW),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("flow_expectation_of", "flow_expectation", ["tenant", "flow"], unique=False)


def _drafts() -> None:
    op.create_table(
        "flow_draft",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("based_on", sa.Integer(), server_default="0", nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), server_default="", nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=True),
        sa.Column("warnings", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(*_OF_FLOW),
        sa.PrimaryKeyConstraint("tenant", "flow"),
    )
    op.create_table(
        "flow_draft_step",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(*_OF_FLOW),
        sa.PrimaryKeyConstraint("tenant", "flow", "revision"),
    )


def _schedules() -> None:
    op.create_table(
        "flow_schedule",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("version", _NUMBER, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("author", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(*_OF_FLOW),
        sa.ForeignKeyConstraint(["version"], ["flow_version.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("flow_schedule_of", "flow_schedule", ["tenant", "flow"], unique=False)
    op.create_index(
        "flow_schedule_due",
        "flow_schedule",
        ["at"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
