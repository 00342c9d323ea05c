"""Support on Twitter: a table of tweets that name the tweet they answer.

A conversation is what one customer and the team said to each other, in as many threads as it took; which answer
belongs to which tweet is in ``reply_to``. A customer's tweet names its conversation itself. An answer belongs to the
customer whom it answers: the author of the tweet it names or, where that is not in the table, the first name in its
text, because Twitter begins every reply with the name of the one it is to. So two parts of a table make up the same
conversations as the whole, whichever part the beginning of a thread is in, as long as the names in the texts are the
ids of their authors, as in the corpus. Where they are not, the answers in a part without their questions stay apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from replydesk.data.readers.base import Item, Options, Skipped, Source, in_order, moment, short, yes
from replydesk.data.readers.sheets import sheet
from replydesk.data.readers.spill import Spill
from replydesk.data.records import Conversation, Message, Role

__all__ = ["Twitter"]

_COLUMNS = ("tweet_id", "author_id", "inbound", "created_at", "text", "in_response_to_tweet_id")
_NAMED = re.compile(r"@(\w+)")


class Twitter:
    """The layout of the public corpus "Customer Support on Twitter" (Thought Vector, 2017)."""

    name = "twitter"

    def matches(self, source: Source) -> bool:
        """Return whether the columns are those of the corpus."""
        found = sheet(source)
        return found is not None and set(_COLUMNS) <= set(found.header)

    def read(self, source: Source, options: Options) -> Iterator[Item]:  # noqa: ARG002
        """Yield a conversation per customer, its messages by time."""
        found = sheet(source)
        if found is None:
            return
        positions = [found.header.index(column) for column in _COLUMNS]
        with Spill() as tweets, Spill() as customers:
            for row in found.rows():
                if isinstance(row, Skipped):
                    yield row
                    continue
                where, cells = row
                picked = [where, *(cells[position].strip() for position in positions)]
                if not _number(picked[1]):
                    yield Skipped(where, "the tweet has no id")
                elif not picked[5]:
                    yield Skipped(where, "the tweet has no text")
                else:
                    tweets.add(_number(picked[1]), picked)
            for _, same in tweets.groups():
                customers.add(_customer(same[0], tweets), same[0])
            for customer, rows in customers.groups():
                yield from _conversation(customer, rows)


def _customer(tweet: list[str], tweets: Spill) -> str:
    """Return whose conversation a tweet belongs to; a tweet of the team that answers nobody names itself."""
    passed: set[str] = set()
    while not yes(tweet[3]):
        number, parent, named = _number(tweet[1]), _number(tweet[6]), _NAMED.search(tweet[5])
        passed.add(number)
        before = tweets.get(parent) if parent and parent not in passed else []
        if named and not (before and yes(before[0][3])):
            return named[1]
        if not before:
            return f"tweet {number}"
        tweet = before[0]
    return tweet[2] or f"tweet {_number(tweet[1])}"


def _conversation(customer: str, rows: list[list[str]]) -> Iterator[Item]:
    messages: list[Message] = []
    # The order of the rows must not matter where two tweets are of one second.
    for where, tweet, author, inbound, created, text, answered in sorted(rows, key=lambda row: _rank(row[1])):
        role: Role = "customer" if yes(inbound) else "agent"
        parent = f"twitter:{_number(answered)}" if _number(answered) else ""
        try:
            at = moment(created)
        except ValueError as error:
            yield Skipped(where, str(error))
        else:
            # Twitter writes & < > as entities in what is otherwise plain text.
            said = unescape(text)
            messages.append(Message(f"twitter:{_number(tweet)}", role, said, at, author=author, reply_to=parent))
    if messages:
        yield Conversation(
            short(f"twitter:{customer}"),
            in_order(messages),
            source="twitter",
            channel="twitter",
            customer=next((m.author for m in messages if m.role == "customer"), ""),
            partial=True,
        )


def _number(cell: str) -> str:
    # pandas writes ids of a column with gaps as floats
    return cell.removesuffix(".0")


def _rank(tweet: str) -> tuple[int, str]:
    number = _number(tweet)
    return len(number), number
