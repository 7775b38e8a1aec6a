"""Calls to the outside that come too fast are held until somebody releases them."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, and remember whom legs are for."""
    op.add_column("reservation", sa.Column("numbers", sa.JSON(), nullable=False, server_default="[]"))
    op.create_table(
        "spending_hold",
        sa.Column("tenant", sa.Text(), primary_key=True),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("released", _MOMENT),
        sa.Column("released_by", sa.Text(), nullable=False),
    )
    op.create_table(
        "called_country",
        sa.Column("tenant", sa.Text(), primary_key=True),
        sa.Column("country", sa.Text(), primary_key=True),
        sa.Column("first", _MOMENT, nullable=False),
        sa.Column("last", _MOMENT, nullable=False),
    )
