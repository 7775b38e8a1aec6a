"""Money for calls is reserved before they are dialled. Tenants that are there already have no limit until one is set."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_TEXTS = ("tenant", "kind", "id", "title", "search", "author", "owner")
_KEPT = sa.table(
    "kept",
    *(sa.column(name, sa.Text()) for name in _TEXTS),
    sa.column("version", sa.Integer()),
    *(sa.column(name, sa.JSON()) for name in ("document", "sealed")),
    *(sa.column(name, _MOMENT) for name in ("created", "changed")),
)
_NAME = "Bisher: ohne Grenze / As before: without a limit"


def upgrade() -> None:
    """Make the tables, and leave each tenant but the operator's own without a limit."""
    op.create_table(
        "spending",
        *(sa.Column(name, sa.Text(), primary_key=True) for name in ("tenant", "budget", "period", "currency")),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("changed", _MOMENT, nullable=False),
    )
    op.create_index("spending_changed", "spending", ["changed"])
    op.create_table(
        "reservation",
        sa.Column("call", sa.Text(), primary_key=True),
        sa.Column("leg", sa.Integer(), primary_key=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("tenant", "currency")),
        sa.Column("micro", sa.BigInteger(), nullable=False),
        sa.Column("limit_seconds", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("rates", "budgets")),
        sa.Column("made", _MOMENT, nullable=False),
        sa.Column("settled", _MOMENT),
        sa.Column("spent", sa.BigInteger(), nullable=False),
    )
    still_open = sa.text("settled IS NULL")
    op.create_index("reservation_open", "reservation", ["tenant"], sqlite_where=still_open, postgresql_where=still_open)
    op.create_index("reservation_made", "reservation", ["tenant", "made"])
    _as_before()


def _as_before() -> None:
    tenant = sa.table("tenant", sa.column("id", sa.Text()), sa.column("created", _MOMENT))
    found = op.get_bind().execute(sa.select(tenant.c.id, tenant.c.created).where(tenant.c.id != "operator"))
    rows = [
        {
            "tenant": id,
            "kind": "spend-limit",
            "id": "as-before",
            "version": 1,
            "title": _NAME,
            "search": f"as-before\n{_NAME}".casefold(),
            "document": {"name": _NAME, "per_day": "", "per_month": ""},
            "sealed": {},
            "author": "upgrade",
            "owner": "",
            "created": created,
            "changed": created,
        }
        for id, created in found  # noqa: A001 - the domain's own word
    ]
    if rows:
        op.bulk_insert(_KEPT, rows)
