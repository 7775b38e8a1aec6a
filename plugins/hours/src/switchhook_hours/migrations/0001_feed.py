"""What was fetched from the iCalendar addresses of calendars."""

import sqlalchemy as sa
from alembic import op

revision = "hours_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "hours_feed",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("tenant", "calendar", "address", "etag", "text")),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("fetched", sa.DateTime(timezone=True)),
        sa.Column("tried", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "calendar"),
    )


def downgrade() -> None:
    """Remove the table."""
    op.drop_table("hours_feed")
