"""The order a mail asks for once it is known what became of it."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("mail", sa.Column("settled", sa.Text(), server_default="", nullable=False))
