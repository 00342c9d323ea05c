"""Support on Twitter: a table of tweets that name the tweet they answer, chained to conversations."""

from __future__ import annotations

from collections.abc import Iterator

from replydesk.data.readers.base import Item, Options, Skipped, Source, in_order, moment, yes
from replydesk.data.readers.sheets import sheet
from replydesk.data.readers.spill import Spill
from replydesk.data.records import Conversation, Message, Role

__all__ = ["Twitter"]

_COLUMNS = ("tweet_id", "author_id", "inbound", "created_at", "text", "in_response_to_tweet_id")


class Twitter:
    """The layout of the public corpus "Customer Support on Twitter" (Thought Vector, 2017)."""

    name = "twitter"

    def matches(self, source: Source) -> bool:
        """Return whether the columns are those of the corpus."""
        found = sheet(source)
        return found is not None and set(_COLUMNS) <= set(found.header)

    def read(self, source: Source, options: Options) -> Iterator[Item]:  # noqa: ARG002
        """Yield every tweet that answers none in the file, with all answers to it and to them, by time."""
        found = sheet(source)
        if found is None:
            return
        positions = [found.header.index(column) for column in _COLUMNS]
        with Spill() as spill:
            for row in found.rows():
                if isinstance(row, Skipped):
                    yield row
                    continue
                where, cells = row
                picked = [cells[position] for position in positions]
                tweet, parent = _number(picked[0]), _number(picked[-1])
                if tweet and picked[4].strip():
                    spill.add(parent, [where, *picked], name=tweet)
                else:
                    yield Skipped(where, "the tweet has no text" if tweet else "the tweet has no id")
            for thread in spill.threads():
                yield from _conversation(thread)
            for where, *_ in spill.circles():
                yield Skipped(where, "the tweet answers itself by way of its answers")


def _conversation(thread: list[list[str]]) -> Iterator[Item]:
    messages: dict[str, Message] = {}
    for where, tweet, author, inbound, created, text, answered in thread:
        name = f"twitter:{_number(tweet)}"
        try:
            role: Role = "customer" if yes(inbound) else "agent"
            parent = f"twitter:{_number(answered)}" if _number(answered) else ""
            messages.setdefault(name, Message(name, role, text, moment(created), author=author, reply_to=parent))
        except ValueError as error:
            yield Skipped(where, str(error))
    if messages:
        yield Conversation(
            f"twitter:{_number(thread[0][1])}",
            in_order(messages.values()),
            source="twitter",
            channel="twitter",
            customer=next((m.author for m in messages.values() if m.role == "customer"), ""),
        )


def _number(cell: str) -> str:
    # pandas writes ids of a column with gaps as floats
    return cell.strip().removesuffix(".0")
