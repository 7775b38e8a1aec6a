"""Extra storage that tenants order themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("media_quota", sa.Column("steps", sa.Integer(), server_default="0", nullable=False))
    op.add_column("media_quota", sa.Column("paid_month", sa.Text(), server_default="", nullable=False))
    op.add_column("media_quota", sa.Column("paid_steps", sa.Integer(), server_default="0", nullable=False))
