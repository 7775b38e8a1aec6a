"""Recorded talks, and when they were deleted because of their age."""

import sqlalchemy as sa
from alembic import op

revision = "recording_0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    texts = ("call", "number", "caller", "called", "label", "mode")
    op.create_table(
        "recording_talk",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("tenant", "retention", "media")),
        *(sa.Column(name, sa.Text(), server_default="", nullable=False) for name in texts),
        sa.Column("made", _MOMENT, nullable=False),
        sa.Column("seconds", sa.Float(), server_default="0", nullable=False),
        sa.Column("held_by", sa.Text(), server_default="", nullable=False),
        sa.Column("deleted", _MOMENT),
        sa.Column("deleted_by", sa.Text(), server_default="", nullable=False),
        sa.UniqueConstraint("tenant", "media", name="recording_talk_media"),
    )
    op.create_index("recording_talk_of", "recording_talk", ["tenant", "id"])
    op.create_index("recording_talk_due", "recording_talk", ["retention", "made"])
    op.create_table(
        "recording_run",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("deleted", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
    )
    op.create_index("recording_run_of", "recording_run", ["tenant", "id"])


def downgrade() -> None:
    """Remove the tables."""
    op.drop_table("recording_run")
    op.drop_table("recording_talk")
