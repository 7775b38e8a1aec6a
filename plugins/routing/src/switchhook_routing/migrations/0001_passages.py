"""What passed counted points, and the answers of other programs."""

import sqlalchemy as sa
from alembic import op

revision = "routing_0001"
down_revision = None
branch_labels = None
depends_on = None


def _texts(*names: str) -> list["sa.Column[str]"]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "routing_passage",
        *_texts("tenant", "place", "call", "way", "caller"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "place", "call"),
    )
    op.create_index("routing_passage_caller", "routing_passage", ["tenant", "place", "caller", "at"])
    op.create_index("routing_passage_at", "routing_passage", ["tenant", "place", "at"])
    op.create_table(
        "routing_share",
        *_texts("tenant", "place", "way"),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "place", "way"),
    )
    op.create_table(
        "routing_answer",
        *_texts("tenant", "service", "question", "answer"),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "service", "question"),
    )


def downgrade() -> None:
    """Remove the tables."""
    for table in ("routing_answer", "routing_share", "routing_passage"):
        op.drop_table(table)
