"""What the rows of a table make up: conversations from turns, pairs and transcripts, or tickets from pairs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain

from replydesk.data.readers.base import Assumed, Item, Skipped, in_order, role_of, short
from replydesk.data.readers.cells import earlier, questions, role_in, several, silent
from replydesk.data.readers.columns import Layout, Row
from replydesk.data.readers.dates import AmbiguousError, written
from replydesk.data.readers.ratings import rating
from replydesk.data.readers.transcripts import turns
from replydesk.data.records import TICKET_SOURCES, Conversation, Message, Ticket, content_id

__all__ = ["Rows"]

_ID_DIGITS = 16


@dataclass(slots=True)
class _Unread:
    """How many dates could not be read, and the first of them with its place."""

    count: int = 0
    first: str = ""
    where: str = ""


@dataclass(slots=True)
class Rows:
    """Turns rows into items, with what is known of the whole table, and counts the dates that cannot be read.

    ``order`` is that of day and month, and ``top`` the end of the scale of satisfaction. Where other rows are
    ``flagged`` as not private, an empty flag says nothing, and the row stays private.
    """

    layout: Layout
    agents: frozenset[str]
    order: str = ""
    top: float | None = None
    flagged: bool = False
    twofold: _Unread = field(default_factory=_Unread)
    unread: _Unread = field(default_factory=_Unread)

    def conversation(self, key: str, rows: list[Row]) -> Iterator[Item]:
        """Yield what the rows of one conversation make up."""
        layout = self.layout
        if not key:
            yield from (Skipped(where, "the row names no conversation") for where, _ in rows)
            return
        identity = short(key if layout.own else f"csv:{key}")
        messages: dict[str, Message] = {}
        for row in _sorted(layout, rows):
            try:
                for message in self._said(row, identity):
                    _keep(messages, message, given="id" in layout.at)
            except ValueError as error:
                yield Skipped(row[0], str(error))
        if messages:
            yield self._conversation(identity, rows, messages)
        else:
            yield Skipped(rows[0][0], f"the conversation {key[:40]!r} has no messages that can be read")

    def transcript(self, row: Row | Skipped) -> Iterator[Item]:
        """Yield the conversation in the transcript of a row."""
        if isinstance(row, Skipped):
            yield row
            return
        layout, at = self.layout, self._time(row, "ts")
        said = list(turns(layout.cell(row, "transcript"), self.agents, self.order))
        key = layout.cell(row, "conversation") or layout.cell(row, "id")
        content = content_id(*(part for turn in said for part in (turn.who, turn.text)))
        identity = short(f"csv:{key or content}")
        note = silent(*self._flags(row))
        messages: dict[str, Message] = {}
        for turn in said:
            if turn.role is None:
                yield Skipped(
                    row[0], f"{turn.who[:40] or 'who says ' + turn.text[:40]!r} is nobody known in the transcript"
                )
            elif turn.text:
                role = note or turn.role
                name = _named(identity, role, turn.text, turn.at)
                _keep(messages, Message(name, role, turn.text, turn.at or at, "" if role_of(turn.who) else turn.who))
        if messages:
            yield self._conversation(identity, [row], messages)
        else:
            yield Skipped(row[0], "the row has no transcript that can be read")

    def tickets(self, row: Row | Skipped) -> Iterator[Item]:
        """Yield the ticket of a row, or one for each way of asking that it lists."""
        if isinstance(row, Skipped):
            yield row
            return
        layout = self.layout
        context = earlier(layout.cell(row, "context"))
        question, answer = layout.words(row, "question"), layout.words(row, "answer")
        asked = [question] if question else []
        if layout.faq:
            cells = [layout.cell(row, "questions"), *(row[1][position].strip() for position in layout.more)]
            asked = list(dict.fromkeys(text for cell in (question, *cells) for text in questions(cell)))
        if not asked and context:
            # Where only a context is given, what was said last is what the answer answers.
            *context, last = context
            asked = [last]
        if not asked or not answer:
            yield Skipped(row[0], "the row has no question" if answer else "the row has no answer")
            return
        if silent(*self._flags(row)):
            yield Skipped(row[0], "the row is private or an event")
            return
        given = layout.cell(row, "source")
        source = next((source for source in TICKET_SOURCES if source == given), "canned" if layout.faq else "agent")
        at, tags = self._time(row, "ts"), tuple(several(layout.cell(row, "tags")))
        for text in asked:
            yield Ticket.make(
                text,
                answer,
                context=tuple(context),
                intent=layout.cell(row, "intent"),
                source=source,
                language=layout.cell(row, "language"),
                at=at,
                author=layout.cell(row, "agent") or layout.cell(row, "author"),
                tags=tags,
                outcome=layout.cell(row, "outcome"),
                satisfaction=rating(layout.cell(row, "satisfaction"), self.top),
            )

    def assumed(self) -> Iterator[Assumed]:
        """Yield what was taken for granted about the whole table."""
        name, columns = self.layout.sheet.source.name, self.layout.columns
        for unread, why, cure in (
            (self.twofold, "do not say which number is the day", "--dates dmy or --dates mdy"),
            (self.unread, "cannot be read", "--map ts=COLUMN"),
        ):
            if unread.count:
                what = f"dates such as {unread.first[:40]!r} {why} ({unread.count}), so these rows have no time"
                yield Assumed(unread.where, what, cure)
        if self.top is not None and not self.layout.own:
            what = f"the satisfaction in {columns['satisfaction']!r} goes up to {self.top:g}"
            yield Assumed(name, what, "--map satisfaction= to leave it out")

    def _conversation(self, identity: str, rows: list[Row], messages: dict[str, Message]) -> Conversation:
        layout = self.layout

        def known(name: str) -> str:
            if name not in layout.at:
                return ""
            return next((cell for row in rows if (cell := layout.cell(row, name))), "")

        labels = (several(layout.cell(row, "tags")) for row in rows) if "tags" in layout.at else ()
        author = next((m.author for m in messages.values() if m.role == "customer"), "")
        updated = (self._time(row, "updated") for row in rows) if "updated" in layout.at else ()
        return Conversation(
            identity,
            in_order(messages.values()),
            source=known("source") or ("" if layout.own else "csv"),
            channel=known("channel"),
            customer=known("customer") or ("" if layout.own or layout.shape == "transcripts" else author),
            subject=known("subject"),
            tags=tuple(dict.fromkeys(chain.from_iterable(labels))),
            outcome=known("outcome"),
            satisfaction=self._satisfaction(known("satisfaction")),
            partial=layout.shape != "transcripts",
            updated=max(filter(None, updated), default=None),
        )

    def _satisfaction(self, cell: str) -> float | None:
        if self.layout.own and cell:
            try:
                return float(cell)
            except ValueError:
                return None
        return rating(cell, self.top) if cell else None

    def _said(self, row: Row, identity: str) -> Iterator[Message]:
        layout, cell = self.layout, self.layout.cell
        at, language, hidden = self._time(row, "ts"), cell(row, "language"), silent(*self._flags(row))
        intents = tuple(several(cell(row, "intent")))
        if layout.shape == "pairs":
            question, answer = layout.words(row, "question"), layout.words(row, "answer")
            if not question and not answer:
                raise ValueError("the row has neither a question nor an answer")
            asked, answered = hidden or "customer", hidden or "agent"
            if question:
                name = _named(identity, asked, question, at)
                yield Message(name, asked, question, at, cell(row, "customer"), language, intents)
            if answer:
                yield Message(
                    _named(identity, answered, answer, at), answered, answer, at, cell(row, "agent"), language
                )
            return
        text, word = layout.words(row, "text"), cell(row, "role")
        role = hidden or role_in(word, layout.columns["role"], self.agents)
        if role is None:
            raise ValueError(f"the role {word[:40]!r} is unknown")
        if not text and not layout.own:
            raise ValueError("the row has no text")
        given, answered_to = cell(row, "id"), cell(row, "reply_to")
        if not layout.own:
            given = given and f"{identity}:{given}"
            answered_to = answered_to and f"{identity}:{answered_to}"
        author = cell(row, "author") or (cell(row, role) if role in ("agent", "customer") and not layout.own else "")
        name = short(given) if given else _named(identity, role, text, at, cell(row, "position"))
        yield Message(name, role, text, at, author, language, intents, short(answered_to))

    def _flags(self, row: Row) -> tuple[str, str | None, str]:
        cell = self.layout.cell
        private = cell(row, "private") or ("unsaid" if self.flagged else "")
        return private, cell(row, "public") if "public" in self.layout.at else None, cell(row, "kind")

    def _time(self, row: Row, name: str) -> datetime | None:
        text = self.layout.cell(row, name)
        if not text:
            return None
        try:
            return written(text, self.order)
        except ValueError as error:
            unread = self.twofold if isinstance(error, AmbiguousError) else self.unread
            unread.count += 1
            if not unread.where:
                unread.first, unread.where = text, row[0]
            return None


def _sorted(layout: Layout, rows: list[Row]) -> list[Row]:
    if "position" not in layout.at:
        return rows
    try:
        return sorted(rows, key=lambda row: float(layout.cell(row, "position") or 0))
    except ValueError:
        return rows


def _named(identity: str, role: str, text: str, at: datetime | None, position: str = "") -> str:
    stamp = at.isoformat() if at else ""
    return short(f"{identity}:{content_id(stamp, role, text, position)[:_ID_DIGITS]}")


def _keep(messages: dict[str, Message], message: Message, *, given: bool = False) -> None:
    """Keep a message under an id of its own; what has the id of another, and says the same, is that one again."""
    while (known := messages.setdefault(message.id, message)) is not message:
        if given and (known.role, known.text, known.at) == (message.role, message.text, message.at):
            return
        # The same words may be said twice, and an id may be one of the conversation rather than of the message.
        count = int(message.id.rpartition("#")[2]) if "#" in message.id else 1
        message = replace(message, id=f"{message.id.rpartition('#')[0] or message.id}#{count + 1}")
