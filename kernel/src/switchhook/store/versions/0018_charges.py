"""What tenants pay for beside their calls."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_TEXTS = ("tenant", "key", "rate", "cause", "text_de", "text_en", "currency", "author")


def upgrade() -> None:
    """Make the tables."""
    number = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
    op.create_table(
        "charge",
        sa.Column("id", number, primary_key=True, autoincrement=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _TEXTS),
        sa.Column("micro", sa.BigInteger(), nullable=False),
        sa.Column("begins", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("charge_once", "charge", ["tenant", "key"], unique=True)
    op.create_index("charge_by_day", "charge", ["tenant", "begins"])
    op.create_table(
        "rate",
        sa.Column("tenant", sa.Text(), primary_key=True),
        sa.Column("rate", sa.Text(), primary_key=True),
        sa.Column("free", sa.BigInteger(), nullable=False),
        sa.Column("micro", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
    )
