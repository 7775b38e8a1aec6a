"""Whose turn it is in ring groups."""

import sqlalchemy as sa
from alembic import op

revision = "forward_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "forward_turn",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("tenant", "ring_group", "target", "call")),
        sa.PrimaryKeyConstraint("tenant", "ring_group"),
    )


def downgrade() -> None:
    """Remove the table."""
    op.drop_table("forward_turn")
