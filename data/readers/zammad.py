"""Zammad's tickets with their articles, in every shape in which its API and its webhooks give them.

The sender of an article says who speaks. What is internal is a note, and so is an agent's article whose type is no way
to a customer, such as the type note.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from replydesk.data.readers.base import Item, Options, Skipped, Source, short, str_of, yes
from replydesk.data.readers.desk import Line, conversation, dated, ident, labels, objects, private, thing
from replydesk.data.readers.gathered import Gathered, Row, files, gathering, latest, newest, of_one_desk
from replydesk.data.readers.jsons import Record, first, records
from replydesk.data.records import Conversation, Role
from replydesk.data.text import plain

__all__ = ["Zammad"]

_INSIDE: Final = ("tickets",)
_ARTICLES: Final = ("articles", "ticket_articles")
_THROUGH: Final = ("response", "result", "data")
_ROLES: Final[dict[str, Role]] = {"agent": "agent", "customer": "customer", "system": "system"}
# What every installation begins with; ids stand for names where an export was not asked to expand them.
_SENDERS: Final = {"1": "agent", "2": "customer", "3": "system"}
_TYPES: Final = {"1": "email", "2": "sms", "3": "chat", "5": "phone", "10": "note", "11": "web"}
_STATES: Final = {"1": "new", "2": "open", "3": "pending reminder", "4": "closed", "5": "merged", "6": "removed",
                  "7": "pending close"}  # fmt: skip
_WAYS: Final = ("email", "web", "phone", "sms", "chat", "fax", "twitter", "facebook", "telegram", "whatsapp", "message",
                "instagram", "wechat")  # fmt: skip
_SIGNATURE: Final = re.compile(r"<[^<>]*(?:js-signatureMarker|data-signature=.?true)[^<>]*>", re.IGNORECASE)


class Zammad:
    """Tickets with articles: embedded, side by side, or as assets."""

    name = "zammad"

    def matches(self, source: Source) -> bool:
        """Return whether the first objects are Zammad tickets or articles, in every file of a folder."""
        return of_one_desk(source, _holds, lambda _: False)

    def read(self, source: Source, options: Options) -> Iterator[Item]:  # noqa: ARG002
        """Yield a conversation per ticket of which there are articles."""
        found = (
            item for file in files(source) for item in records(file, inside=_INSIDE, beside=_ARTICLES, through=_THROUGH)
        )
        yield from gathering(found, _gather, _conversation)


def _holds(source: Source) -> bool:
    found = first(source, inside=_INSIDE, beside=_ARTICLES, through=_THROUGH)
    return any(any(_is_ticket(t) for t, _ in _tickets(r)) or any(_articles(r.value, r.where, r.key)) for r in found)


def _is_ticket(value: Mapping[str, Any]) -> bool:
    owned = "customer_id" in value or "customer" in value
    return {"id", "number", "title"} <= value.keys() and owned and ("group_id" in value or "group" in value)


def _is_article(value: Mapping[str, Any]) -> bool:
    known = "internal" in value or "content_type" in value
    return "body" in value and ("sender" in value or "sender_id" in value) and known


def _tickets(item: Record) -> list[tuple[Mapping[str, Any], str]]:
    """Return the tickets that an object is or holds, with their places."""
    value = item.value
    assets = objects(thing(value.get("assets")).get("Ticket"))
    if assets:
        tags = value.get("tags") if len(assets) == 1 else None
        return [
            ({**({"tags": tags} if tags else {}), **one}, f"{item.where}:assets.Ticket[{ident(one.get('id'))}]")
            for one in assets
        ]
    if isinstance(value.get("ticket"), dict):
        return [(value["ticket"], f"{item.where}:ticket")]
    return [(value, item.where)] if _is_ticket(value) else []


def _articles(value: Mapping[str, Any], where: str, key: str = "") -> Iterator[tuple[Mapping[str, Any], str]]:
    """Yield the articles that an object is or holds, with their places."""
    if key in _ARTICLES or (_is_article(value) and "ticket_id" in value):
        yield value, where
        return
    held = {name: value.get(name) for name in (*_ARTICLES, "article")}
    held |= {f"ticket.{name}": thing(value.get("ticket")).get(name) for name in (*_ARTICLES, "article")}
    held["assets.TicketArticle"] = thing(value.get("assets")).get("TicketArticle")
    for name, articles in held.items():
        single = name.endswith("article") and isinstance(articles, dict)
        for position, article in enumerate([articles] if single else objects(articles)):
            if isinstance(article, dict) and _is_article(article):
                yield article, f"{where}:{name}" if single else f"{where}:{name}[{position}]"


def _gather(item: Record, gathered: Gathered) -> Iterator[Skipped]:
    """Put tickets and articles aside under the id of the ticket."""
    tickets = _tickets(item)
    owner = ident(tickets[0][0].get("id")) if len(tickets) == 1 else ""
    count = 0
    for ticket, where in tickets:
        if number := ident(ticket.get("id")):
            gathered.add(number, where, "ticket", {k: v for k, v in ticket.items() if k not in (*_ARTICLES, "article")})
        else:
            yield Skipped(where, "the ticket has no id")
    for article, where in _articles(item.value, item.where, item.key):
        count += 1
        if number := ident(article.get("ticket_id")) or owner:
            gathered.add(number, where, "article", article)
        else:
            yield Skipped(where, "the article does not say to which ticket it belongs")
    if not tickets and not count:
        yield Skipped(item.where, "this is neither a ticket nor an article")


def _conversation(number: str, rows: list[Row]) -> Iterator[Item]:
    where, _, ticket = newest([row for row in rows if row.kind == "ticket"]) or Row(rows[0].where, "", {})
    state = _named(ticket.get("state")) or _STATES.get(code := ident(ticket.get("state_id")), code)
    if state == "removed":
        yield Skipped(where, "the ticket is removed")
        return
    articles = latest(row for row in rows if row.kind == "article")
    kind = _named(ticket.get("create_article_type")) or _TYPES.get(ident(ticket.get("create_article_type_id")), "")
    customer = ticket.get("customer")
    about = Conversation(
        short(f"zammad:{number}"),
        (),
        source="zammad",
        channel=kind,
        customer=ident(ticket.get("customer_id")) or ident(thing(customer).get("id")) or str_of(customer),
        subject=plain(str_of(ticket.get("title"))),
        tags=labels(ticket.get("tags")),
        outcome=state,
        partial=True,
        updated=dated(ticket.get("updated_at")),
    )
    yield from conversation(about, map(_line, articles), where)


def _line(row: Row) -> Line:
    article = row.value
    author = article.get("created_by")
    name = ident(article.get("created_by_id")) or ident(thing(author).get("id")) or str_of(author)
    body = str_of(article.get("body"))
    role = _role(article)
    return Line(
        row.where,
        role,
        plain(_SIGNATURE.split(body)[0]) or plain(body),
        article.get("created_at"),
        ident(article.get("id")),
        name or str_of(article.get("from")),
        unflagged=next((f for f in ("internal", "type") if role == "note" and _unsaid(article, f)), ""),
    )


def _role(article: Mapping[str, Any]) -> Role | None:
    sender = _named(article.get("sender")).casefold() or _SENDERS.get(ident(article.get("sender_id")), "")
    kind = _named(article.get("type")).casefold() or _TYPES.get(ident(article.get("type_id")), "")
    role, flag = _ROLES.get(sender), article.get("internal")
    # Customers write nothing internal, so a flag that is missing hides nothing of theirs.
    hidden = private(flag) and not (flag is None and role == "customer" and kind not in ("note", ""))
    # A type that is no way to a customer is a note's, also one that nobody here knows.
    if hidden or (role == "agent" and not kind.startswith(_WAYS)):
        return "note"
    return "system" if yes(thing(article.get("preferences")).get("is-auto-response", "")) else role


def _unsaid(article: Mapping[str, Any], flag: str) -> bool:
    return article.get(flag) is None and article.get(f"{flag}_id") is None


def _named(value: object) -> str:
    return str_of(thing(value).get("name")) or str_of(value)
