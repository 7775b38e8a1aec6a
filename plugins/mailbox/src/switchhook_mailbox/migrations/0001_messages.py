"""The messages of mailboxes."""

import sqlalchemy as sa
from alembic import op

revision = "mailbox_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
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
        sa.Column("given_up", sa.DateTime(timezone=True)),
        sa.Column("deleted", sa.DateTime(timezone=True)),
        sa.Column("erased", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("deleted_by", sa.Text(), server_default="", nullable=False),
        sa.UniqueConstraint("tenant", "media", name="mailbox_message_media"),
    )
    op.create_index("mailbox_message_of", "mailbox_message", ["tenant", "mailbox", "id"])
    op.create_table(
        "mailbox_mail",
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("mail", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.PrimaryKeyConstraint("tenant", "mail"),
    )
    op.create_index("mailbox_mail_of", "mailbox_mail", ["tenant", "message"])


def downgrade() -> None:
    """Remove the tables."""
    op.drop_table("mailbox_mail")
    op.drop_table("mailbox_message")
