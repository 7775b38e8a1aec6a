"""What lists of numbers show and look for, versions of numbers, and the operator's pool."""

import sqlalchemy as sa
from alembic import op

from switchhook.store.number_rows import searchable, type_of

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    with op.batch_alter_table("number") as batch:
        batch.alter_column("flow", existing_type=sa.Text(), nullable=True)
        batch.add_column(sa.Column("cost_centre", sa.Text(), server_default="", nullable=False))
        batch.add_column(sa.Column("type", sa.Text(), server_default="", nullable=False))
        batch.add_column(sa.Column("search", sa.Text(), server_default="", nullable=False))
        batch.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.create_index("number_of_tenant", "number", ["tenant", "e164"], unique=False)
    op.create_index("number_by_label", "number", ["tenant", "label", "e164"], unique=False)
    op.create_index("call_by_number", "call", ["tenant", "number", "arrived"], unique=False)
    op.create_table(
        "number_pool",
        sa.Column("e164", sa.Text(), nullable=False),
        sa.Column("tenant", sa.Text(), server_default="", nullable=False),
        sa.Column("type", sa.Text(), server_default="", nullable=False),
        sa.Column("search", sa.Text(), server_default="", nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("e164"),
    )
    op.create_index("number_pool_by_type", "number_pool", ["type", "e164"], unique=False)
    _describe()


def _describe() -> None:
    """Say of the numbers that are there what they are and what they are found by."""
    table = sa.table("number", *(sa.column(name) for name in ("e164", "label", "type", "search")))
    conn = op.get_bind()
    for e164, label in conn.execute(sa.select(table.c.e164, table.c.label)).all():
        known = {"type": type_of(e164), "search": searchable(e164, label)}
        conn.execute(sa.update(table).where(table.c.e164 == e164).values(known))
