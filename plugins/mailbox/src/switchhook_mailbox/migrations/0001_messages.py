"""The messages of mailboxes."""

import sqlalchemy as sa
from alembic import op

revision = "mailbox_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "mailbox_message",
        sa.Column("id", sa.Integer().with_variant(sa.BigInteger(), "postgresql"), primary_key=True, autoincrement=True),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("media", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), server_default="", nullable=False) for name in ("call", "caller", "label")),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seconds", sa.Float(), server_default="0", nullable=False),
        sa.Column("heard", sa.DateTime(timezone=True)),
        *(sa.Column(name, sa.Text(), server_default="", nullable=False) for name in ("heard_by", "mail")),
        sa.Column("mails_open", sa.Integer(), server_default="0", nullable=False),
        sa.Column("deleted", sa.DateTime(timezone=True)),
        sa.Column("deleted_by", sa.Text(), server_default="", nullable=False),
        sa.UniqueConstraint("tenant", "media", name="mailbox_message_media"),
    )
    op.create_index("mailbox_message_of", "mailbox_message", ["tenant", "mailbox", "id"])


def downgrade() -> None:
    """Remove the table."""
    op.drop_table("mailbox_message")
