"""Attempts with PINs, so that a lock outlives calls and restarts."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "pin_attempt",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), autoincrement=True, nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("pin_attempt_subject", "pin_attempt", ["tenant", "purpose", "subject", "at"])
    op.create_index("pin_attempt_caller", "pin_attempt", ["tenant", "caller", "at"])
    op.create_index("pin_attempt_call", "pin_attempt", ["tenant", "call", "step"], unique=True)
    op.create_index("pin_attempt_at", "pin_attempt", ["at"])
    op.create_table("pin_turn", sa.Column("tenant", sa.Text(), nullable=False), sa.PrimaryKeyConstraint("tenant"))
