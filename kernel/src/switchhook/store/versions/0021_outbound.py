"""Tenants that are there already go on calling whom they called: an operator sees it as a permission and narrows it."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_KEPT = sa.table(
    "kept",
    sa.column("tenant", sa.Text()),
    sa.column("kind", sa.Text()),
    sa.column("id", sa.Text()),
    sa.column("version", sa.Integer()),
    sa.column("title", sa.Text()),
    sa.column("search", sa.Text()),
    sa.column("document", sa.JSON()),
    sa.column("sealed", sa.JSON()),
    sa.column("author", sa.Text()),
    sa.column("owner", sa.Text()),
    sa.column("created", _MOMENT),
    sa.column("changed", _MOMENT),
)
_NAME = "Bisher: alle Rufnummern / As before: every number"
_PERMISSION = {
    "name": _NAME,
    "destinations": [{"country": "", "number_kind": "every"}],
    "without_price": True,
    "longest_minutes": 0,
    "until": "",
}


def upgrade() -> None:
    """Permit each tenant but the operator's own to call everybody."""
    tenant = sa.table("tenant", sa.column("id", sa.Text()), sa.column("created", _MOMENT))
    found = op.get_bind().execute(sa.select(tenant.c.id, tenant.c.created).where(tenant.c.id != "operator"))
    rows = [
        {
            "tenant": id,
            "kind": "outbound-permission",
            "id": "as-before",
            "version": 1,
            "title": _NAME,
            "search": f"as-before\n{_NAME}".casefold(),
            "document": _PERMISSION,
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
