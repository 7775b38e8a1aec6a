"""Wrong PINs, as they are counted for called numbers."""

import sqlalchemy as sa
from alembic import op

revision = "callthrough_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "callthrough_wrong",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "call", "attempt"),
    )
    op.create_index("callthrough_wrong_at", "callthrough_wrong", ["tenant", "at"])


def downgrade() -> None:
    """Remove the table."""
    op.drop_table("callthrough_wrong")
