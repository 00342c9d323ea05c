"""Tweets: who was answered decides whose conversation it is, so a table may come in parts."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from replydesk.data.preparation import prepare
from replydesk.data.readers import Skipped, read
from replydesk.data.readers.base import in_order
from replydesk.data.records import Conversation, Message
from replydesk.data.settings import DataSettings
from replydesk.data.tickets import mine

Export = Callable[..., Path]

HEADER = ",tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id"


def at(minute: int) -> str:
    return f"Sun Mar 01 09:{minute:02}:00 +0000 2026"


def conversations(path: Path) -> dict[str, Conversation]:
    return {item.id: item for item in read(path).items if isinstance(item, Conversation)}


def joined(*parts: dict[str, Conversation]) -> dict[str, Conversation]:
    """Return the conversations of several parts joined by the ids of their messages, as an import does."""
    found: dict[str, Conversation] = {}
    for part in parts:
        for key, conversation in part.items():
            assert conversation.partial
            before = found.get(key, conversation)
            messages = {message.id: message for message in (*conversation.messages, *before.messages)}
            found[key] = replace(
                conversation,
                messages=in_order(sorted(messages.values(), key=lambda message: int(message.id.split(":")[1]))),
                customer=before.customer or conversation.customer,
            )
    return found


@pytest.mark.parametrize(
    ("question", "answer"), [("@shop where\nis it?", "@5 It left. ^SH"), ("@shop 在哪里？", "@5 已发出。")]
)
def test_what_a_customer_and_the_team_said_is_a_conversation(export: Export, question: str, answer: str) -> None:
    path = export(
        "t.csv",
        HEADER,
        f"0,3,shop,False,{at(5)},@5 And now?,,2.0",
        f"1,2,5,True,{at(4)},@shop thanks,3,1.0",
        f'2,1,shop,False,{at(3)},"{answer}",2,4',
        f'3,4,5,True,{at(2)},"{question}","1,9",77',
        f"4,8,6,True,{at(1)},@shop alone,,",
    )
    reading = read(path)
    thread, alone = reading.items
    assert reading.format == "twitter"
    assert isinstance(thread, Conversation) and isinstance(alone, Conversation)
    assert (thread.id, thread.customer, thread.channel, thread.partial) == ("twitter:5", "5", "twitter", True)
    assert [(m.id, m.role, m.text, m.author, m.reply_to) for m in thread.messages] == [
        ("twitter:4", "customer", question, "5", "twitter:77"),
        ("twitter:1", "agent", answer, "shop", "twitter:4"),
        ("twitter:2", "customer", "@shop thanks", "5", "twitter:1"),
        ("twitter:3", "agent", "@5 And now?", "shop", "twitter:2"),
    ]
    assert thread.at == datetime(2026, 3, 1, 9, 2, tzinfo=UTC)
    assert [(ticket.question, ticket.answer, ticket.context) for ticket in mine(thread)] == [
        (question, answer, ()),
        ("@shop thanks", "@5 And now?", (question, answer)),
    ]
    assert [message.text for message in alone.messages] == ["@shop alone"]


def test_bad_tweets_are_skipped_and_circles_end(export: Export) -> None:
    path = export(
        "t.csv",
        HEADER,
        f"0,1,5,True,{at(1)},好,,",
        f"0,1,5,True,{at(1)},好,,",
        "1,2,shop,False,someday,时间,,1",
        f"2,,shop,False,{at(1)},没有编号,,1",
        f"3,3,shop,False,{at(1)},,,1",
        f"4,6,shop,False,{at(2)},round,,7",
        f"5,7,shop,False,{at(3)},and round,,6",
        "6,8,half",
    )
    items = list(read(path).items)
    assert [(item.where, item.why) for item in items if isinstance(item, Skipped)] == [
        ("t.csv:5", "the tweet has no id"),
        ("t.csv:6", "the tweet has no text"),
        ("t.csv:9", "the row has 3 cells, the header 8"),
        ("t.csv:4", "'someday' is not a date that can be read"),
    ]
    first, *others = [item for item in items if isinstance(item, Conversation)]
    moment = datetime(2026, 3, 1, 9, 1, tzinfo=UTC)
    assert first.messages == (Message("twitter:1", "customer", "好", moment, "5"),)
    assert [[m.text for m in other.messages] for other in others] == [["round"], ["and round"]]


ROWS = (
    f"1,5,True,{at(1)},@shop 订单在哪里？,2,",
    f"2,shop,False,{at(2)},@5 请稍等。1/2,3,1",
    f"3,shop,False,{at(3)},@5 明天送到。2/2,4,2",
    f"4,5,True,{at(4)},@shop when exactly?,5,3",
    f"5,shop,False,{at(5)},@5 By noon.,,4",
    f"6,9,True,{at(5)},@5 @shop same here,7,1",
    f"7,helpers,False,{at(6)},Sorry @9! Which order?,,6",
    f"8,shop,False,{at(7)},We are closed today.,9,",
    f"9,9,True,{at(8)},@shop why?,,8",
)
WHOLE = {
    "twitter:5": ["1", "2", "3", "4", "5"],
    "twitter:9": ["6", "7", "9"],
    "twitter:tweet 8": ["8"],
}


@pytest.mark.parametrize("cut", range(len(ROWS) + 1))
@pytest.mark.parametrize("order", [1, -1])
def test_a_table_may_come_in_parts_and_in_any_order(export: Export, cut: int, order: int) -> None:
    header = HEADER[1:]
    whole = joined(conversations(export("whole.csv", header, *ROWS)))
    assert {key: [m.id.split(":")[1] for m in found.messages] for key, found in whole.items()} == WHOLE
    halves = [(header, *rows) for rows in (ROWS[cut:], ROWS[:cut]) if rows]
    parts = [conversations(export(f"{n}.csv", *rows)) for n, rows in enumerate(halves[::order])]
    assert joined(*parts) == whole
    assert [(t.question, t.answer, t.context, t.author) for found in whole.values() for t in mine(found)] == [
        ("@shop 订单在哪里？", "@5 请稍等。1/2\n@5 明天送到。2/2", (), "shop"),
        (
            "@shop when exactly?",
            "@5 By noon.",
            ("@shop 订单在哪里？", "@5 请稍等。1/2", "@5 明天送到。2/2"),
            "shop",
        ),
        ("@5 @shop same here", "Sorry @9! Which order?", (), "helpers"),
    ]


def test_without_names_in_the_texts_the_answered_tweets_tell_the_customer(export: Export) -> None:
    path = export(
        "t.csv",
        HEADER,
        f"0,1,5,True,{at(1)},在吗,2,",
        f"1,2,shop,False,{at(2)},在的 1/2,3,1",
        f"2,3,shop,False,{at(3)},请讲 2/2,,2",
    )
    [found] = conversations(path).values()
    assert [(t.question, t.answer) for t in mine(found)] == [("在吗", "在的 1/2\n请讲 2/2")]


def tickets(found: Iterable[Conversation]) -> list[str]:
    settings = DataSettings()
    return [ticket.id for conversation in found for ticket in mine(prepare(conversation, settings))]


@pytest.mark.slow
def test_the_real_tweets_make_2188_tickets(datasets: Path, tmp_path: Path) -> None:
    path = datasets / "twcs_sample" / "twcs.csv"
    found = conversations(path).values()
    assert sum(len(conversation.messages) for conversation in found) == 5000
    mined = tickets(found)
    assert len(mined) == 2188 and len(set(mined)) == 2187
    first = next(conversation for conversation in found if any(m.id == "twitter:1" for m in conversation.messages))
    times = [message.at for message in first.messages]
    assert times == sorted(times, key=lambda time: time.timestamp() if time else 0)
    assert {message.author for message in first.messages if message.role == "agent"} == {"sprintcare"}


@pytest.mark.slow
def test_the_real_tweets_in_two_parts_make_the_same_tickets(datasets: Path, export: Export) -> None:
    # One cell holds a bare carriage return, at which csv would break the row.
    text = (datasets / "twcs_sample" / "twcs.csv").read_bytes().decode().replace("\r", " ")
    header, *rows = [row for row in csv.reader(io.StringIO(text, newline="")) if any(row)]

    def part(name: str, some: list[list[str]]) -> dict[str, Conversation]:
        text = io.StringIO(newline="")
        csv.writer(text).writerows([header, *some])
        return conversations(export(name, text.getvalue()))

    random.Random(1).shuffle(rows)
    halves = joined(part("a.csv", rows[:2500]), part("b.csv", rows[2500:]))
    whole = conversations(datasets / "twcs_sample" / "twcs.csv")
    assert sorted(tickets(halves.values())) == sorted(tickets(whole.values()))


def test_entities_are_the_signs_they_stand_for(export: Export) -> None:
    path = export(
        "t.csv", "tweet_id,author_id,inbound,created_at,text,in_response_to_tweet_id",
        "1,77,True,Tue Oct 31 22:10:47 +0000 2017,@shop 耳机 &amp; case &lt; 5 pounds?,",
    )  # fmt: skip
    [found] = [item for item in read(path).items if isinstance(item, Conversation)]
    assert found.messages[0].text == "@shop 耳机 & case < 5 pounds?"
