"""Until when a number rests that was taken from a tenant."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the moment; numbers that are in the pool already rest no more."""
    with op.batch_alter_table("number_pool") as batch:
        batch.add_column(sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True))
