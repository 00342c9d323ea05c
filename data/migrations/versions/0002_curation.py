"""What tickets say about each other, how content the customer was, and what an import need not prepare again."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


_ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _keep_what_each_origin_says() -> None:
    op.rename_table("origins", "known")
    op.drop_index("origins_by_conversation", "known")
    op.create_table(
        "origins",
        sa.Column("ticket", sa.String(length=32), nullable=False),
        sa.Column("conversation", _ID, nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], name="origins_ticket", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("ticket", "conversation", name="origins_key"),
    )
    connection = op.get_bind()
    tickets = sa.table(
        "tickets",
        *(sa.column(name) for name in ("id", "at", "intent", "author", "outcome", "language")),
        sa.column("tags", sa.JSON()),
    )
    known = sa.table("known", sa.column("ticket"), sa.column("conversation"))
    origins = sa.table("origins", sa.column("ticket"), sa.column("conversation"), sa.column("facts", sa.JSON()))
    # Until now a ticket of no conversation had no origin, and of several the newest told what is in its row.
    rows = connection.execute(
        sa.select(tickets, known.c.conversation).join(known, known.c.ticket == tickets.c.id, isouter=True)
    ).all()
    if rows:
        connection.execute(
            sa.insert(origins),
            [
                {
                    "ticket": row.id,
                    "conversation": row.conversation or "",
                    "facts": {
                        "at": row.at,
                        "author": row.author,
                        "intent": row.intent,
                        "language": row.language,
                        "outcome": row.outcome,
                        "satisfaction": None,
                        "tags": row.tags,
                    },
                }
                for row in rows
            ],
        )
    op.create_index("origins_by_conversation", "origins", ["conversation"])
    op.drop_table("known")


def upgrade() -> None:
    op.add_column("conversations", sa.Column("origin", sa.String(length=32), nullable=False, server_default=""))
    op.add_column("conversations", sa.Column("updated", sa.String(length=40), nullable=True))
    op.add_column("conversations", sa.Column("masked", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("messages", sa.Column("reply_to", sa.Text(), nullable=False, server_default=""))
    op.add_column("tickets", sa.Column("satisfaction", sa.Float(), nullable=True))
    _keep_what_each_origin_says()
    op.create_table(
        "curation",
        sa.Column("ticket", sa.String(length=32), nullable=False),
        sa.Column("template", sa.String(length=32), nullable=False),
        sa.Column("duplicate_of", sa.String(length=32), nullable=False),
        sa.Column("superseded_by", sa.String(length=32), nullable=False),
        sa.Column("withheld", sa.Text(), nullable=False),
        sa.Column("weak_intent", sa.Text(), nullable=False),
        sa.Column("stale_days", sa.Integer(), nullable=False),
        sa.Column("doubt", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("ticket"),
    )
    op.create_index("curation_by_template", "curation", ["template"], unique=False)
    op.create_table(
        "curated",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("rules", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "templates",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.String(length=40), nullable=True),
        sa.Column("last_at", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "contradictions",
        sa.Column("first", sa.String(length=32), nullable=False),
        sa.Column("second", sa.String(length=32), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["first"], ["tickets.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["second"], ["tickets.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("first", "second"),
    )


def downgrade() -> None:
    op.drop_table("contradictions")
    op.drop_table("templates")
    op.drop_table("curated")
    op.drop_table("curation")
    op.rename_table("origins", "told")
    op.drop_index("origins_by_conversation", "told")
    op.create_table(
        "origins",
        sa.Column("ticket", sa.String(length=32), nullable=False),
        sa.Column("conversation", _ID, nullable=False),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["ticket"], ["tickets.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("ticket", "conversation"),
    )
    op.execute("INSERT INTO origins SELECT ticket, conversation FROM told WHERE conversation <> ''")
    op.create_index("origins_by_conversation", "origins", ["conversation"])
    op.drop_table("told")
    with op.batch_alter_table("tickets") as table:
        table.drop_column("satisfaction")
    with op.batch_alter_table("messages") as table:
        table.drop_column("reply_to")
    with op.batch_alter_table("conversations") as table:
        table.drop_column("masked")
        table.drop_column("updated")
        table.drop_column("origin")
