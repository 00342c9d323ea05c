"""What was suggested to the team, what was made of it, and what was taken before."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "suggestions",
        sa.Column("id", _ID, nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("release", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("suggestions_by_conversation", "suggestions", ["conversation"], unique=False)
    op.create_table(
        "suggestion_verdicts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("suggestion", _ID, nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["suggestion"], ["suggestions.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("suggestion_verdicts_by_suggestion", "suggestion_verdicts", ["suggestion"], unique=False)
    op.create_table(
        "shown",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("intent", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("gain", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("owner", "ticket"),
    )
    op.create_index("shown_by_ticket", "shown", ["ticket"], unique=False)
    op.create_index("shown_by_intent", "shown", ["intent"], unique=False)


def downgrade() -> None:
    op.drop_table("shown")
    op.drop_table("suggestion_verdicts")
    op.drop_table("suggestions")
