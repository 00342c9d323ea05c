"""Freshdesk's tickets: from its API, as lists of tickets and of conversations, or as an account export.

A ticket's description is what its requester wrote first. A line is a note unless it says that it is not private.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from replydesk.data.errors import FormatError
from replydesk.data.readers.base import Item, Options, Skipped, Source, short, str_of, yes
from replydesk.data.readers.desk import (
    Line,
    conversation,
    dated,
    ident,
    labels,
    objects,
    private,
    stars,
    thing,
    without_opening,
)
from replydesk.data.readers.gathered import Gathered, Row, files, gathering, latest, newest, of_one_desk
from replydesk.data.readers.jsons import Record, first, records
from replydesk.data.readers.xmls import elements, is_xml
from replydesk.data.records import Conversation, Role
from replydesk.data.text import plain

__all__ = ["Freshdesk"]

_INSIDE: Final = ("tickets", "helpdesk_tickets", "results")
_BESIDE: Final = ("conversations", "satisfaction_ratings")
_THROUGH: Final = ("response", "result", "data")
_WRAPPERS: Final = ("helpdesk_ticket", "ticket")
_ELEMENTS: Final = ("helpdesk-ticket", "helpdesk_ticket")
_ACCOUNT: Final = re.compile(r"tickets?[ _-]?\d*\.(?:json|xml)(?:\.gz)?", re.IGNORECASE)
_STATUS: Final = {"2": "open", "3": "pending", "4": "resolved", "5": "closed", "6": "waiting on customer",
                  "7": "waiting on third party"}  # fmt: skip
_CHANNEL: Final = {"1": "email", "2": "portal", "3": "phone", "4": "forum", "5": "twitter", "6": "facebook",
                   "7": "chat", "8": "mobihelp", "9": "feedback widget", "10": "outbound email",
                   "11": "ecommerce", "12": "bot", "13": "whatsapp"}  # fmt: skip
_OUTBOUND: Final = "10"
_FORWARDED: Final = "8"
_AUTOMATIC: Final = ("3", "4")
_NOTES: Final = ("note", "helpdesk_note")


class Freshdesk:
    """Tickets with their conversations, or an account export as a folder or an archive."""

    name = "freshdesk"

    def matches(self, source: Source) -> bool:
        """Return whether there are Freshdesk tickets or conversations, in an account export under their names."""
        return any(map(_holds_safely, _chosen(source)))

    def read(self, source: Source, options: Options) -> Iterator[Item]:  # noqa: ARG002
        """Yield a conversation per ticket that is neither spam nor deleted."""
        yield from gathering((item for file in _chosen(source) for item in _records(file)), _gather, _conversation)


def _chosen(source: Source) -> list[Source]:
    """Return the files to read: all where all are Freshdesk's, else what an account export calls tickets."""
    if of_one_desk(source, _holds, _is_beside):
        return files(source)
    return [part for part in source.parts() if _ACCOUNT.fullmatch(part.name.rpartition("/")[2])]


def _holds_safely(source: Source) -> bool:
    try:
        return _holds(source)
    except FormatError:
        return False


def _records(source: Source) -> Iterator[Record | Skipped]:
    if is_xml(source, _ELEMENTS):
        yield from elements(source, _ELEMENTS)
    else:
        yield from records(source, inside=_INSIDE, beside=_BESIDE, through=_THROUGH)


def _holds(source: Source) -> bool:
    if is_xml(source, _ELEMENTS):
        return True
    found = first(source, inside=_INSIDE, beside=_BESIDE, through=_THROUGH)
    return any(_is_ticket(r.value) or _is_said(r.value) for r in found)


def _is_beside(source: Source) -> bool:
    found = first(source, inside=_BESIDE, through=_THROUGH)
    return bool(found) and all(_is_rating(r.value) or _is_said(r.value) for r in found)


def _ticket_of(value: Mapping[str, Any]) -> Mapping[str, Any]:
    return next((value[key] for key in _WRAPPERS if isinstance(value.get(key), dict)), value)


def _is_ticket(value: Mapping[str, Any]) -> bool:
    if isinstance(value.get("helpdesk_ticket"), dict):
        return True
    ticket = _ticket_of(value)
    if any(map(_is_said, objects(value.get("conversations")) + objects(ticket.get("conversations")))):
        return True
    if "requester_id" not in ticket and "requester" not in ticket:
        return False
    described = "description_text" in ticket or ("display_id" in ticket and "description" in ticket)
    return described or {"id", "responder_id", "priority", "status", "source"} <= ticket.keys()


def _is_said(value: Mapping[str, Any]) -> bool:
    return ("body" in value or "body_text" in value) and "incoming" in value and "private" in value


def _is_rating(value: Mapping[str, Any]) -> bool:
    return "ticket_id" in value and ("ratings" in value or "survey_id" in value)


def _gather(item: Record, gathered: Gathered) -> Iterator[Skipped]:
    """Put a record aside under the number of its ticket."""
    value = item.value
    if not _is_rating(value) and (_is_ticket(value) or item.key in _INSIDE):
        ticket = dict(_ticket_of(value))
        # What the API calls id is display_id in an account export.
        if not (number := ident(ticket.get("display_id")) or ident(ticket.get("id"))):
            yield Skipped(item.where, "the ticket has no id")
            return
        for key in ("conversations", "notes"):
            listed = ticket.pop(key, None) or value.get(key)
            for position, said in enumerate(listed if isinstance(listed, list) else ()):
                place = f"{item.where}:{key}[{position}]"
                if isinstance(said, dict):
                    gathered.add(number, place, "said", next(filter(None, map(thing, map(said.get, _NOTES))), said))
                else:
                    yield Skipped(place, "a conversation is an object")
        gathered.add(number, item.where, "ticket", ticket)
        return
    if number := ident(value.get("ticket_id")):
        gathered.add(number, item.where, "rating" if _is_rating(value) else "said", value)
    else:
        yield Skipped(item.where, "it does not say to which ticket it belongs")


def _conversation(number: str, rows: list[Row]) -> Iterator[Item]:
    where, _, ticket = newest([row for row in rows if row.kind == "ticket"]) or Row(rows[0].where, "", {})
    for flag in ("spam", "deleted"):
        if yes(ticket.get(flag, "")):
            yield Skipped(where, f"the ticket is {flag}")
            return
    requester = ident(ticket.get("requester_id")) or ident(thing(ticket.get("requester")).get("id"))
    responder = ident(ticket.get("responder_id"))
    lines = [_line(row, requester, responder) for row in latest(row for row in rows if row.kind == "said")]
    source = ident(ticket.get("source"))
    if description := _text(ticket, "description_text", "description_html", "description"):
        # What a team mails first of its own accord is no question.
        role: Role = "agent" if source == _OUTBOUND else "customer"
        author = responder if source == _OUTBOUND else requester
        opening = Line(f"{where}:description", role, description, ticket.get("created_at"), "description", author)
        lines = [opening, *without_opening(lines, opening)]
    rated = [row.value for row in rows if row.kind == "rating"] + objects(ticket.get("satisfaction_ratings"))
    about = Conversation(
        short(f"freshdesk:{number}"),
        (),
        source="freshdesk",
        channel=_CHANNEL.get(source, source),
        customer=requester,
        subject=plain(str_of(ticket.get("subject"))),
        tags=labels(ticket.get("tags")),
        outcome=str_of(ticket.get("status_name")) or _STATUS.get(status := ident(ticket.get("status")), status),
        satisfaction=next((mark for mark in map(_satisfaction, rated) if mark is not None), None),
        partial=True,
        updated=dated(ticket.get("updated_at")),
    )
    yield from conversation(about, lines, where)


def _line(row: Row, requester: str, responder: str) -> Line:
    said = row.value
    user = ident(said.get("user_id"))
    why = "the message was deleted" if yes(said.get("deleted", "")) else ""
    text, role = _text(said, "body_text", "body_html", "body"), _role(said, user, requester, responder)
    unsaid = "private" if role == "note" and said.get("private") is None else ""
    return Line(row.where, role, text, said.get("created_at"), ident(said.get("id")), user, why, unsaid)


def _role(said: Mapping[str, Any], user: str, requester: str, responder: str) -> Role | None:
    incoming, flag = said.get("incoming"), said.get("private")
    source = ident(said.get("source"))
    # Customers write no private notes, so a flag that is missing hides nothing of theirs.
    if (private(flag) and not (flag is None and yes(incoming))) or source == _FORWARDED:
        return "note"
    if source in _AUTOMATIC:
        return "system"
    if yes(incoming):
        return "customer"
    if not private(incoming):
        return "agent"
    return "customer" if user and user == requester else "agent" if user and user == responder else None


def _text(value: Mapping[str, Any], bare: str, *marked: str) -> str:
    """Return the text of a line; its HTML tells quoted mail from the rest, which the bare text does not."""
    texts = [str_of(value.get(key)) for key in (bare, *marked)]
    quoting = [text for text in texts[1:] if "<blockquote" in text.casefold()]
    return next(filter(None, map(plain, [*quoting, *texts])), "")


def _satisfaction(rating: Mapping[str, Any]) -> float | None:
    """Return a rating as 0..1: of 103 to -103 in seven steps, of five stars, or of a first survey's 1 (happy) to 3."""
    ratings = rating.get("ratings")
    if isinstance(ratings, dict):
        values = [ratings.get("default_question"), *ratings.values()]
    else:
        values = [answer.get("value") for answer in objects(ratings)] or [rating.get("rating")]
    mark = next(filter(None, map(ident, values)), "")
    if mark.lstrip("-") in ("100", "101", "102", "103"):
        return ((int(mark.lstrip("-")) - 100) * (-1 if mark[0] == "-" else 1) + 3) / 6
    if ratings is None and mark in ("1", "2", "3"):
        return (3 - int(mark)) / 2
    return stars(mark)
