from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from replydesk.data.readers import Skipped, read
from replydesk.data.records import Conversation, Message

Export = Callable[..., Path]

HEADER = ",tweet_id,author_id,inbound,created_at,text,response_tweet_id,in_response_to_tweet_id"


def at(minute: int) -> str:
    return f"Sun Mar 01 09:{minute:02}:00 +0000 2026"


@pytest.mark.parametrize(
    ("question", "answer"), [("@shop where\nis it?", "@5 It left. ^SH"), ("@shop 在哪里？", "@5 已发出。")]
)
def test_a_chain_of_replies_is_a_conversation(export: Export, question: str, answer: str) -> None:
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
    assert (thread.id, thread.customer, thread.channel) == ("twitter:4", "5", "twitter")
    assert [(m.id, m.role, m.text, m.author) for m in thread.messages] == [
        ("twitter:4", "customer", question, "5"),
        ("twitter:1", "agent", answer, "shop"),
        ("twitter:2", "customer", "@shop thanks", "5"),
        ("twitter:3", "agent", "@5 And now?", "shop"),
    ]
    assert thread.at == datetime(2026, 3, 1, 9, 2, tzinfo=UTC)
    assert [message.text for message in alone.messages] == ["@shop alone"]


def test_bad_tweets_and_circles_are_skipped(export: Export) -> None:
    path = export(
        "t.csv",
        HEADER,
        f"0,1,5,True,{at(1)},好,,",
        f"0,1,5,True,{at(1)},好,,",
        "1,2,shop,False,someday,时间,,1",
        f"2,,shop,False,{at(1)},没有编号,,1",
        f"3,3,shop,False,{at(1)},,,1",
        f"4,6,5,True,{at(1)},round,,7",
        f"5,7,5,True,{at(1)},and round,,6",
        "6,8,half",
    )
    items = list(read(path).items)
    assert [(item.where, item.why) for item in items if isinstance(item, Skipped)] == [
        ("t.csv:5", "the tweet has no id"),
        ("t.csv:6", "the tweet has no text"),
        ("t.csv:9", "the row has 3 cells, the header 8"),
        ("t.csv:4", "'someday' is not a date that can be read"),
        ("t.csv:7", "the tweet answers itself by way of its answers"),
        ("t.csv:8", "the tweet answers itself by way of its answers"),
    ]
    first = next(item for item in items if isinstance(item, Conversation))
    moment = datetime(2026, 3, 1, 9, 1, tzinfo=UTC)
    assert first.messages == (Message("twitter:1", "customer", "好", moment, "5"),)
