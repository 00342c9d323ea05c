from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from replydesk.data.readers import Skipped, read
from replydesk.data.records import Conversation, Message
from replydesk.data.tickets import mine

Export = Callable[..., Path]
Told = Callable[..., list[Conversation]]


def at(hour: int) -> datetime:
    return datetime(2026, 1, 2, hour, tzinfo=UTC)


TICKET: dict[str, Any] = {
    "id": 5, "number": "82005", "title": "Parcel", "group_id": 1, "group": "Users", "state_id": 4, "state": "closed",
    "customer_id": 3, "customer": "ann@mail.example", "create_article_type_id": 1, "article_count": 4,
    "article_ids": [9, 10, 11, 12], "created_at": "2026-01-02T11:00:00Z", "updated_at": "2026-01-02T20:00:00Z",
}  # fmt: skip


def article(number: int, hour: int, body: Any, by: str = "Agent", **more: Any) -> dict[str, Any]:
    return {
        "id": number, "ticket_id": 5, "type": "email", "sender": by, "content_type": "text/html", "body": body,
        "internal": False, "created_by_id": 3 if by == "Customer" else 4, "from": "x",
        "created_at": f"2026-01-02T{hour}:00:00.000Z", **more,
    }  # fmt: skip


ARTICLES = [
    article(10, 14, 'Done.<br><span class="js-signatureMarker"></span>--<br>Emma'),
    article(9, 12, "Hi,<br>请重新寄一次包裹。", "Customer"),
    article(11, 15, "快递弄丢了", type="note", internal=True),
    article(12, 13, "We got your mail.", "System"),
]
EXPECTED = Conversation(
    "zammad:5",
    (
        Message("zammad:5:9", "customer", "Hi,\n请重新寄一次包裹。", at(12), "3"),
        Message("zammad:5:12", "system", "We got your mail.", at(13), "4"),
        Message("zammad:5:10", "agent", "Done.", at(14), "4"),
        Message("zammad:5:11", "note", "快递弄丢了", at(15), "4"),
    ),
    source="zammad",
    channel="email",
    customer="3",
    subject="Parcel",
    outcome="closed",
    partial=True,
    updated=at(20),
)
PAIR = {"ticket": TICKET, "articles": ARTICLES}
UNEXPANDED = {k: v for k, v in TICKET.items() if k not in ("state", "group", "customer")}
ASSETS = {"Ticket": {"5": UNEXPANDED}, "TicketArticle": {str(a["id"]): a for a in ARTICLES}, "User": {"3": {"id": 3}}}
SHAPES = {
    "pair": json.dumps(PAIR),
    "embedded": json.dumps([{**TICKET, "articles": ARTICLES}]),
    "embedded otherwise": json.dumps({**TICKET, "ticket_articles": ARTICLES}, indent=1),
    "lines": "\n".join([json.dumps(PAIR)] * 2),
    "lists": json.dumps({"tickets": [TICKET], "articles": ARTICLES}),
    "lists, otherwise": json.dumps({"ticket_articles": ARTICLES, "tickets": [TICKET]}, indent=1),
    "assets": json.dumps({"ticket_id": 5, "ticket_article_ids": [9, 10, 11, 12], "assets": ASSETS}),
    "search": json.dumps({"tickets": [5], "tickets_count": 1, "assets": ASSETS}),
    "webhooks": "\n".join(json.dumps({"ticket": TICKET, "article": one}) for one in ARTICLES),
    "pages": json.dumps([TICKET]) + "\n" + json.dumps(ARTICLES),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_same_conversation(export: Export, told: Told, shape: str) -> None:
    assert told(export("z.json", SHAPES[shape]), "zammad") == [EXPECTED]


def test_tickets_and_articles_in_two_files_are_one_export(
    export: Export, zipped: Callable[[Path], Path], told: Told
) -> None:
    export("all/articles.json", ARTICLES)
    folder = export("all/tickets.json", [TICKET]).parent
    assert told(folder, "zammad") == told(zipped(folder), "zammad") == [EXPECTED]


def test_articles_alone_are_parts_of_their_ticket(export: Export, told: Told) -> None:
    [found] = told(export("by_ticket.json", ARTICLES), "zammad")
    assert (found.messages, found.partial) == (EXPECTED.messages, True)


def without(value: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: part for key, part in value.items() if key not in keys}


@pytest.mark.parametrize(
    ("said", "role"),
    [
        (article(1, 11, "x"), "agent"),
        (article(1, 11, "x", sender="Customer", type="note"), "customer"),
        (article(1, 11, "x", type="note"), "note"),
        (article(1, 11, "x", type="whatsapp message"), "agent"),
        (article(1, 11, "x", type="memo"), "note"),
        (without(article(1, 11, "x"), "type"), "note"),
        (article(1, 11, "x", internal=True), "note"),
        (article(1, 11, "x", "Customer", internal="true"), "note"),
        (article(1, 11, "x", internal="?"), "note"),
        (without(article(1, 11, "x"), "internal"), "note"),
        (without(article(1, 11, "x", "Customer"), "internal"), "customer"),
        (without(article(1, 11, "x", "Customer", type="note"), "internal"), "note"),
        ({**without(article(1, 11, "x"), "sender", "type"), "sender_id": 2, "type_id": 11}, "customer"),
        ({**without(article(1, 11, "x"), "sender", "type"), "sender_id": "1", "type_id": 10}, "note"),
        (article(1, 11, "x", "Customer", preferences={"is-auto-response": True}), "system"),
    ],
)
def test_sender_type_and_flag_say_who_speaks(export: Export, said: dict[str, Any], role: str) -> None:
    *_, found = read(export("z.json", {"ticket": TICKET, "articles": [said]})).items
    assert isinstance(found, Conversation) and [message.role for message in found.messages] == [role]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ('寄出了。<div data-signature="true" data-signature-id="1">Emma<br>Shop</div>', "寄出了。"),
        ("Sent.<blockquote type='cite'>Where is it?</blockquote>", "Sent."),
        ('<span class="js-signatureMarker"></span>-- <br>Emma', "--\nEmma"),
        ("plain\ntext", "plain\ntext"),
    ],
)
def test_signatures_and_quotes_are_cut(export: Export, body: str, text: str) -> None:
    [found] = read(export("z.json", [article(1, 11, body)])).items
    assert isinstance(found, Conversation) and found.messages[0].text == text


@pytest.mark.parametrize(
    ("value", "where", "why"),
    [
        ({"ticket": {**TICKET, "state": "removed"}, "articles": ARTICLES}, ":ticket", "the ticket is removed"),
        ({"ticket": {**TICKET, "id": None}, "article": ARTICLES[0]}, ":ticket", "the ticket has no id"),
        ({**TICKET, "id": 6}, "", "the conversation has no messages that can be read"),
        (article(1, 11, ""), "", "the message has no text"),
        (article(1, 11, "x", sender="Nobody"), "", "the export does not say who speaks"),
        (article(1, 11, "x", created_at="x"), "", "'x' is not a date that can be read"),
        ({"x": 1}, "", "this is neither a ticket nor an article"),
    ],
)
def test_what_is_left_out_is_said(export: Export, value: dict[str, Any], where: str, why: str) -> None:
    keep = article(99, 11, "hi", "Customer", ticket_id=8)
    assert Skipped(f"z.jsonl:2{where}", why) in list(read(export("z.jsonl", keep, value)).items)


def test_only_public_answers_are_mined(export: Export) -> None:
    [found] = read(export("z.json", PAIR)).items
    assert isinstance(found, Conversation)
    assert [(t.question, t.answer) for t in mine(found)] == [("Hi,\n请重新寄一次包裹。", "Done.")]
