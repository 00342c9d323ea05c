"""Questions are the same whatever ends them, and in whichever Chinese characters: their keys are made anew."""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op
from replydesk.data.records import content_id, same_text
from replydesk.data.rows import question_key

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TICKETS = sa.table("tickets", sa.column("id"), sa.column("question"), sa.column("question_key"))
_AT_ONCE = 1000


def _key_by(key: Callable[[str], str]) -> None:
    connection, last = op.get_bind(), ""
    following = sa.select(_TICKETS).where(_TICKETS.c.id > sa.bindparam("last")).order_by(_TICKETS.c.id).limit(_AT_ONCE)
    keyed = _TICKETS.update().where(_TICKETS.c.id == sa.bindparam("of")).values(question_key=sa.bindparam("key"))
    while rows := connection.execute(following, {"last": last}).all():
        last = rows[-1].id
        changed = [{"of": row.id, "key": key(row.question)} for row in rows if key(row.question) != row.question_key]
        if changed:
            connection.execute(keyed, changed)


def upgrade() -> None:
    _key_by(question_key)


def downgrade() -> None:
    _key_by(lambda question: content_id(same_text(question)))
