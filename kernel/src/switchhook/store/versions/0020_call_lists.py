"""Lists of calls by caller, length and outcome."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

LENGTH = {
    "sqlite": "(julianday(ended) - julianday(arrived)) * 86400",
    "postgresql": "EXTRACT(EPOCH FROM ended - arrived)",
}


def upgrade() -> None:
    """Add the length of calls, and an index for each order."""
    op.add_column("call", sa.Column("seconds", sa.Float(), server_default="-1", nullable=False))
    lasted: sa.ColumnClause[float] = sa.literal_column(LENGTH[op.get_bind().dialect.name])
    call = sa.table("call", sa.column("seconds"), sa.column("ended"))
    op.execute(call.update().where(call.c.ended.is_not(None)).values(seconds=lasted))
    for name, column in (("caller", "caller_number"), ("length", "seconds"), ("outcome", "outcome")):
        op.create_index(f"call_by_{name}", "call", ["tenant", column, "arrived"])
