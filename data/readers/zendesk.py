"""Zendesk's exports as JSON: tickets with their comments, ticket events, audits, and what lies beside them.

Everything is put aside under its ticket first, for a ticket, its events and the users may stand anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from replydesk.data.readers.base import Item, Options, Skipped, Source
from replydesk.data.readers.desk import dated, ident, objects, once, thing
from replydesk.data.readers.gathered import Gathered, Row, files, latest, newest, of_one_desk
from replydesk.data.readers.jsons import Record, first, records
from replydesk.data.readers.zendesk_tickets import Placed, audited, roles, ticket_items
from replydesk.data.records import Role

__all__ = ["Zendesk"]

_INSIDE: Final = ("tickets", "ticket_events", "results", "requests")
_BESIDE: Final = ("users", "satisfaction_ratings", "comment_events")
_THROUGH: Final = ("response", "result", "data")
_ZENDESK_ONLY: Final = ("comments", "submitter_id", "via", "raw_subject", "audits")
_PEOPLE: Final = ("requester", "submitter", "assignee")
_BODIES: Final = ("body", "plain_body", "html_body")


class Zendesk:
    """Tickets with their comments as the API, its incremental exports and the account export give them."""

    name = "zendesk"

    def matches(self, source: Source) -> bool:
        """Return whether there are Zendesk tickets, events or comments, in a folder beside nothing but users."""
        return of_one_desk(source, _holds, _is_beside)

    def read(self, source: Source, options: Options) -> Iterator[Item]:  # noqa: ARG002
        """Yield a conversation per ticket that is not deleted."""
        yield from once(_read(source))


def _read(source: Source) -> Iterator[Item]:
    known: dict[str, Role | None] = {}
    with Gathered() as gathered:
        for file in files(source):
            for item in records(file, inside=_INSIDE, beside=_BESIDE, through=_THROUGH):
                if isinstance(item, Skipped):
                    yield item
                elif item.key == "users":
                    # A user costs some hundred bytes of memory, and there are far fewer than comments.
                    known.update(roles([item.value]))
                else:
                    known.update(roles(item.value.get("users")) if _is_users(item.value) else {})
                    yield from _gather(item, gathered)
        for number, rows in gathered.groups():
            yield from _ticket(number, rows, known)


def _holds(source: Source) -> bool:
    return any(map(_is_zendesk, first(source, inside=_INSIDE, beside=_BESIDE, through=_THROUGH)))


def _is_zendesk(record: Record) -> bool:
    value = record.value
    if record.key in _BESIDE:
        return False
    said = [*objects(value.get("audits")), value]
    return (
        _is_ticket(value)
        or any(map(_is_audit, said))
        or any(map(_is_comment, [*objects(value.get("comments")), value]))
    )


def _is_beside(source: Source) -> bool:
    found = first(source, inside=("users",), through=_THROUGH)
    return bool(found) and all("role" in record.value for record in found)


def _is_users(value: Mapping[str, Any]) -> bool:
    return bool(objects(value.get("users"))) and not {"ticket", "id", "comments"} & value.keys()


def _is_ticket(value: Mapping[str, Any]) -> bool:
    if isinstance(ticket := value.get("ticket"), dict) and (
        isinstance(value.get("comments"), list) or isinstance(value.get("audits"), list)
    ):
        return "requester_id" in ticket or "id" in ticket
    comments = value.get("comments")
    if isinstance(comments, list) and any(isinstance(c, dict) and "author_id" in c for c in comments):
        return True
    if isinstance(ticket, dict):
        value = ticket
    if "requester_id" not in value:
        return False
    return "description" in value and any(key in value for key in _ZENDESK_ONLY) and "description_text" not in value


def _is_audit(value: Mapping[str, Any]) -> bool:
    events = value.get("child_events") if "child_events" in value else value.get("events")
    return "ticket_id" in value and isinstance(events, list) and bool({"author_id", "updater_id", "via"} & value.keys())


def _is_comment(value: Mapping[str, Any]) -> bool:
    said = any(body in value for body in _BODIES)
    return {"ticket_id", "author_id", "public"} <= value.keys() and said and "incoming" not in value


def _gather(item: Record, gathered: Gathered) -> Iterator[Skipped]:
    """Put a record aside, piece by piece, under the id of its ticket."""
    value, where = item.value, item.where
    if _is_audit(value) or _is_comment(value) or ("score" in value and "ticket_id" in value):
        kind = "audit" if _is_audit(value) else "comment" if _is_comment(value) else "rating"
        gathered.add(ident(value.get("ticket_id")), where, kind, value)
        return
    ticket = value["ticket"] if isinstance(value.get("ticket"), dict) else value
    number = ident(ticket.get("id")) or ident(value.get("ticket_id"))
    if not number and (ticket is not value or "requester_id" in ticket):
        yield Skipped(where, "the ticket has no id")
        return
    held = {key: value.get(key) or ticket.get(key) for key in ("comments", "audits", "users")}
    listed = {key: part if isinstance(part, list) else [] for key, part in held.items()}
    found = False
    for kind in ("comment", "audit"):
        for position, said in enumerate(listed[f"{kind}s"]):
            place = f"{where}:{kind}s[{position}]"
            if not isinstance(said, dict):
                yield Skipped(place, f"{'an' if kind == 'audit' else 'a'} {kind} is an object")
            elif owner := number or ident(said.get("ticket_id")):
                gathered.add(owner, place, kind, said)
                found = True
            else:
                yield Skipped(place, "it does not say to which ticket it belongs")
    if number:
        people = [*objects(listed["users"]), *(thing(ticket.get(person)) for person in _PEOPLE)]
        bare = {key: part for key, part in ticket.items() if key not in held}
        gathered.add(number, where, "ticket", {**bare, "id": number, "users": people})
    elif not found and not _is_users(value):
        yield Skipped(where, "this is neither a ticket nor what was said in one")


def _ticket(number: str, rows: list[Row], known: Mapping[str, Role | None]) -> Iterator[Item]:
    tickets = [row for row in rows if row.kind == "ticket"]
    here = {name: role for row in tickets for name, role in roles(row.value.get("users")).items() if role}
    fields: dict[str, Any] = {}
    said: list[Placed] = []
    audits = [row for row in rows if row.kind == "audit"]
    for row in sorted(audits, key=lambda row: str(dated(row.value.get("created_at") or row.value.get("timestamp")))):
        changed, comments = audited(row.value, row.where)
        fields |= {**changed, "assignees": [*fields.get("assignees", ()), *changed["assignees"]]}
        said += comments
    for row in rows:
        if row.kind == "rating":
            fields |= {"satisfaction_rating": row.value.get("score"), "requester_id": row.value.get("requester_id")}
    last = newest(tickets)
    ticket = {"id": number, **fields, **({k: v for k, v in last.value.items() if v is not None} if last else {})}
    comments = [(row.where, row.value) for row in latest(row for row in rows if row.kind == "comment")]
    where = last.where if last else rows[0].where
    yield from ticket_items(ticket, [*comments, *said], lambda user: here.get(user) or known.get(user), where)
