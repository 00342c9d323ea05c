"""The tables of the store. A new database gets these; ``migrations/`` brings any older one to this shape."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

__all__ = [
    "HEAD",
    "audit",
    "changes",
    "contradictions",
    "conversations",
    "curated",
    "curation",
    "messages",
    "metadata",
    "origins",
    "replies",
    "shown",
    "splits",
    "suggestion_verdicts",
    "suggestions",
    "templates",
    "tickets",
    "verdicts",
    "version",
]

HEAD = "0004"
"""The newest migration. A test compares it with the folder and the tables below with what the migrations make."""

metadata = MetaData()

# Where Alembic keeps the revision, as it makes it: not one of the store's tables.
version = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)

# What help desks name (channels, authors, labels, their own ids) has any length: only what is made here is bounded.
# Ids are compared by code point everywhere, so that every database yields the same order and the same export.
_ID = Text().with_variant(Text(collation="C"), "postgresql")

# Times are ISO-8601 strings in UTC: they sort, and SQLite and PostgreSQL give back the same thing.
conversations = Table(
    "conversations",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("digest", String(32), nullable=False),
    # Of what the reader gave, before it was cleaned and masked: what has not changed is not prepared again.
    Column("origin", String(32), nullable=False, default="", server_default=""),
    Column("source", Text, nullable=False, default=""),
    Column("channel", Text, nullable=False, default=""),
    Column("customer", Text, nullable=False, default=""),
    Column("subject", Text, nullable=False, default=""),
    Column("tags", JSON, nullable=False),
    Column("outcome", Text, nullable=False, default=""),
    Column("satisfaction", Float),
    Column("at", String(40)),
    Column("updated", String(40)),
    # Which placeholder stands for which value, by a tag too short to tell the value: a later part goes on with them.
    Column("masked", JSON, nullable=False, default=dict, server_default="{}"),
    Index("conversations_by_customer", "customer"),
    Index("conversations_by_time", "at"),
)

messages = Table(
    "messages",
    metadata,
    Column("conversation", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("id", Text, nullable=False),
    Column("role", String(10), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", String(40)),
    Column("author", Text, nullable=False, default=""),
    Column("language", Text, nullable=False, default=""),
    Column("intents", JSON, nullable=False),
    Column("reply_to", Text, nullable=False, default="", server_default=""),
    Index("messages_by_id", "id"),
)

tickets = Table(
    "tickets",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("question", Text, nullable=False),
    Column("question_key", String(32), nullable=False),
    Column("answer", Text, nullable=False),
    Column("context", JSON, nullable=False),
    Column("intent", Text, nullable=False, default=""),
    Column("source", String(10), nullable=False),
    Column("language", Text, nullable=False),
    Column("at", String(40)),
    Column("author", Text, nullable=False, default=""),
    Column("tags", JSON, nullable=False),
    Column("outcome", Text, nullable=False, default=""),
    Column("satisfaction", Float),
    Index("tickets_by_question", "question_key"),
)

# What the tickets say about each other. Derived: `curate` makes it again from the tickets.
curation = Table(
    "curation",
    metadata,
    Column("ticket", ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True),
    Column("template", String(32), nullable=False, default=""),
    Column("duplicate_of", String(32), nullable=False, default=""),
    Column("superseded_by", String(32), nullable=False, default=""),
    # Why its answer is never offered by itself; empty when it is.
    Column("withheld", Text, nullable=False, default=""),
    Column("weak_intent", Text, nullable=False, default=""),
    # Days by which it is older than the newest ticket with its question or its template.
    Column("stale_days", Integer, nullable=False, default=0),
    # What speaks against its answer, such as a reopened conversation, and is no reason to withhold it.
    Column("doubt", Text, nullable=False, default=""),
    Index("curation_by_template", "template"),
)

# One row: how often `curate` ran, the last change that it knew, the version of its rules, and what it counted.
curated = Table(
    "curated",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("made", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("rules", Integer, nullable=False),
    Column("counts", JSON, nullable=False),
)

templates = Table(
    "templates",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("text", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("count", Integer, nullable=False),
    Column("first_at", String(40)),
    Column("last_at", String(40)),
)

contradictions = Table(
    "contradictions",
    metadata,
    Column("first", ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True),
    Column("second", ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True),
    Column("what", Text, nullable=False),
)

# One exchange can stand in many conversations, and be given by itself, too (then ``conversation`` is empty): a ticket
# goes only when the last of them goes. What each says of it is kept, so that the ticket is the same in any order.
origins = Table(
    "origins",
    metadata,
    Column("ticket", ForeignKey("tickets.id", ondelete="CASCADE", name="origins_ticket"), nullable=False),
    Column("conversation", _ID, nullable=False),
    Column("facts", JSON, nullable=False),
    PrimaryKeyConstraint("ticket", "conversation", name="origins_key"),
    Index("origins_by_conversation", "conversation"),
)

# The journal that every index reads to catch up with the tickets.
changes = Table(
    "changes",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("ticket", String(32), nullable=False),
    Column("op", String(6), nullable=False),
    sqlite_autoincrement=True,
)

# The part of a conversation is decided once: what was only for judging never becomes training data.
splits = Table(
    "splits",
    metadata,
    Column("conversation", Text, primary_key=True),
    Column("part", String(10), nullable=False),
)

replies = Table(
    "replies",
    metadata,
    Column("id", Text, primary_key=True),
    Column("conversation", Text, nullable=False),
    Column("document", JSON, nullable=False),
    Column("release", Text, nullable=False),
    Column("at", String(40), nullable=False),
    Index("replies_by_conversation", "conversation"),
)

verdicts = Table(
    "verdicts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("reply", Text, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("conversation", Text, nullable=False, default=""),
    Column("correction", Text, nullable=False, default=""),
    Column("intent", Text, nullable=False, default=""),
    Column("by", Text, nullable=False, default=""),
    Column("at", String(40)),
    Index("verdicts_by_reply", "reply"),
    Index("verdicts_by_conversation", "conversation"),
)

# What was suggested to the team, as it was sent, with the features that ranked it.
suggestions = Table(
    "suggestions",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("conversation", Text, nullable=False),
    Column("document", JSON, nullable=False),
    Column("release", Text, nullable=False),
    Column("at", String(40), nullable=False),
    Index("suggestions_by_conversation", "conversation"),
)

suggestion_verdicts = Table(
    "suggestion_verdicts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("suggestion", ForeignKey("suggestions.id", ondelete="CASCADE"), nullable=False),
    Column("ticket", Text, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("text", Text, nullable=False, default=""),
    Column("by", Text, nullable=False, default=""),
    Column("at", String(40)),
    Index("suggestion_verdicts_by_suggestion", "suggestion"),
)

# Which tickets were shown or sent, and how much of each was taken, 0 to 1, once that is known. Derived from the
# suggestions and the replies with their verdicts, so that one query counts what was taken before.
shown = Table(
    "shown",
    metadata,
    Column("owner", Text, primary_key=True),
    Column("ticket", Text, primary_key=True),
    Column("intent", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("gain", Float),
    Index("shown_by_ticket", "ticket"),
    Index("shown_by_intent", "intent"),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("at", String(40), nullable=False),
    Column("what", Text, nullable=False),
    Column("detail", JSON, nullable=False),
    sqlite_autoincrement=True,
)
