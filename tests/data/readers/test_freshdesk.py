from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from replydesk.data.readers import Assumed, Skipped, read
from replydesk.data.records import Conversation, Message
from replydesk.data.tickets import mine

Export = Callable[..., Path]
Told = Callable[..., list[Conversation]]


def at(hour: int) -> datetime:
    return datetime(2026, 2, 1, hour, tzinfo=UTC)


TICKET: dict[str, Any] = {
    "id": 21, "subject": "Broken kettle", "description": "<div>Kettle &amp; lid arrived broken</div>",
    "description_text": "Kettle & lid arrived broken", "status": 5, "priority": 1, "source": 1, "requester_id": 77,
    "responder_id": 5, "tags": ["kettle"], "spam": False, "created_at": "2026-02-01T08:00:00Z",
    "updated_at": "2026-02-01T13:00:00Z",
}  # fmt: skip
SAID: list[dict[str, Any]] = [
    {"id": 4, "body_text": "谢谢！", "incoming": True, "private": False, "user_id": 77, "source": 0,
     "created_at": "2026-02-01T12:00:00Z"},
    {"id": 2, "body": "<p>Sorry! We ship a <b>new</b> one.</p>", "incoming": False, "private": False, "user_id": 5,
     "source": 0, "created_at": "2026-02-01T09:00:00Z"},
    {"id": 3, "body_text": "第三个坏的", "incoming": False, "private": True, "user_id": 5, "source": 2,
     "created_at": "2026-02-01T10:00:00Z"},
]  # fmt: skip
EXPECTED = Conversation(
    "freshdesk:21",
    (
        Message("freshdesk:21:description", "customer", "Kettle & lid arrived broken", at(8), "77"),
        Message("freshdesk:21:2", "agent", "Sorry! We ship a new one.", at(9), "5"),
        Message("freshdesk:21:3", "note", "第三个坏的", at(10), "5"),
        Message("freshdesk:21:4", "customer", "谢谢！", at(12), "77"),
    ),
    source="freshdesk",
    channel="email",
    customer="77",
    subject="Broken kettle",
    tags=("kettle",),
    outcome="closed",
    partial=True,
    updated=at(13),
)
PAIR = {"ticket": TICKET, "conversations": SAID}
WHOLE = {**TICKET, "conversations": SAID}
OWNED = [{**said, "ticket_id": 21} for said in SAID]
SHAPES = {
    "pair": json.dumps(PAIR),
    "pretty pair": json.dumps(PAIR, indent=2, ensure_ascii=False),
    "embedded": json.dumps(WHOLE),
    "lines": "\n".join([json.dumps(WHOLE)] * 2),
    "array": json.dumps([PAIR, PAIR]),
    "pages one a line": json.dumps([WHOLE]) + "\n" + json.dumps([WHOLE]),
    "tickets": json.dumps({"tickets": [WHOLE]}),
    "beside": json.dumps({"tickets": [TICKET], "conversations": OWNED}),
    "beside, before": json.dumps({"conversations": OWNED, "tickets": [TICKET]}, indent=1),
    "search": json.dumps({"total": 1, "results": [WHOLE]}),
    "mixed lines": "\n".join(json.dumps(row) for row in [OWNED[0], TICKET, *OWNED[1:]]),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_same_conversation(export: Export, told: Told, shape: str) -> None:
    assert told(export("f.json", SHAPES[shape]), "freshdesk") == [EXPECTED]


def test_lists_in_two_files_are_one_export(export: Export, zipped: Callable[[Path], Path], told: Told) -> None:
    export("fd/conversations.json", OWNED)
    folder = export("fd/tickets.json", [TICKET]).parent
    assert told(folder, "freshdesk") == told(zipped(folder), "freshdesk") == [EXPECTED]


def test_conversations_alone_are_parts_of_their_ticket(export: Export, told: Told) -> None:
    [found] = told(export("c.json", OWNED), "freshdesk")
    assert found.messages == EXPECTED.messages[1:] and found.partial


def only(export: Export, ticket: dict[str, Any], *said: Any) -> list[Any]:
    return list(read(export("f.jsonl", {**ticket, "conversations": list(said)})).items)


@pytest.mark.parametrize(
    ("said", "role"),
    [
        ({}, "agent"),
        ({"incoming": True}, "customer"),
        ({"incoming": "true", "private": "false"}, "customer"),
        ({"private": "true"}, "note"),
        ({"private": 1}, "note"),
        ({"private": "perhaps"}, "note"),
        ({"private": None}, "note"),
        ({"private": None, "incoming": True}, "customer"),
        ({"private": True, "incoming": True}, "note"),
        ({"source": 2}, "agent"),
        ({"source": 2, "private": None}, "note"),
        ({"source": 8}, "note"),
        ({"source": 4}, "system"),
        ({"incoming": None, "user_id": 77}, "customer"),
        ({"incoming": None, "user_id": "5"}, "agent"),
    ],
)
def test_flags_and_not_places_say_who_speaks(export: Export, said: dict[str, Any], role: str) -> None:
    *_, found = only(export, TICKET, {**SAID[1], **said})
    assert [message.role for message in found.messages] == ["customer", role]


def test_lines_without_the_flag_are_notes_and_that_is_said_once(export: Export) -> None:
    bare = [{key: part for key, part in said.items() if key != "private"} for said in SAID]
    items = only(export, TICKET, *bare, SAID[2])
    assert [item for item in items if isinstance(item, Assumed)] == [
        Assumed(
            "f.jsonl",
            "lines of the team that do not say 'private' are private notes",
            "export them with the field 'private'",
        )
    ]
    assert not list(mine(items[-1]))


def test_the_opening_is_there_once_even_if_a_conversation_repeats_it(export: Export) -> None:
    again = {**SAID[0], "body": "<p>Kettle &amp; lid arrived&nbsp;broken</p>", "body_text": None,
             "created_at": "2026-02-01T08:00:00Z"}  # fmt: skip
    [found] = only(export, TICKET, again, SAID[1])
    assert [message.role for message in found.messages] == ["customer", "agent"]


def test_quoted_mail_is_cut_where_the_html_shows_it(export: Export) -> None:
    said = {**SAID[1], "body_text": "New one ships. On Monday Ann wrote: broken",
            "body": "<div>New one ships.</div><blockquote>On Monday Ann wrote: broken</blockquote>"}  # fmt: skip
    assert only(export, TICKET, said)[0].messages[1].text == "New one ships."


def test_what_a_team_mails_first_is_the_teams(export: Export) -> None:
    [found] = only(export, {**TICKET, "source": 10}, SAID[0])
    assert [(m.role, m.author) for m in found.messages] == [("agent", "5"), ("customer", "77")]


@pytest.mark.parametrize(
    ("ticket", "said", "where", "why"),
    [
        ({"spam": True}, SAID[1], "f.jsonl:1", "the ticket is spam"),
        ({"deleted": "true"}, SAID[1], "f.jsonl:1", "the ticket is deleted"),
        ({"id": None}, SAID[1], "f.jsonl:1", "the ticket has no id"),
        ({}, {**SAID[1], "deleted": True}, "f.jsonl:1:conversations[0]", "the message was deleted"),
        ({}, {**SAID[1], "body": " "}, "f.jsonl:1:conversations[0]", "the message has no text"),
        ({}, {**SAID[1], "created_at": "x"}, "f.jsonl:1:conversations[0]", "'x' is not a date that can be read"),
        (
            {},
            {**SAID[1], "incoming": None, "user_id": 9},
            "f.jsonl:1:conversations[0]",
            "the export does not say who speaks",
        ),
        ({}, "x", "f.jsonl:1:conversations[0]", "a conversation is an object"),
    ],
)
def test_what_is_left_out_is_said(export: Export, ticket: Any, said: Any, where: str, why: str) -> None:
    assert only(export, {**TICKET, **ticket}, said, SAID[2])[0] == Skipped(where, why)


@pytest.mark.parametrize(
    ("rating", "value"),
    [
        ({"ratings": {"default_question": 103}}, 1.0),
        ({"ratings": {"default_question": -103}}, 0.0),
        ({"ratings": {"question_1": 100}}, 0.5),
        ({"ratings": [{"question": 1, "value": -101}]}, pytest.approx(1 / 3)),
        ({"ratings": {"default_question": 4}}, 0.75),
        ({"survey_id": 1, "rating": 1}, 1.0),
        ({"survey_id": 1, "rating": 3}, 0.0),
        ({"ratings": {"default_question": None}}, None),
    ],
)
def test_every_scale_of_satisfaction(export: Export, rating: dict[str, Any], value: Any) -> None:
    rated = {"tickets": [WHOLE], "satisfaction_ratings": [{"ticket_id": 21, **rating}]}
    [found] = read(export("f.json", rated)).items
    assert isinstance(found, Conversation) and found.satisfaction == value


@pytest.mark.parametrize("status", [(2, "open"), ("4", "resolved"), (17, "17")])
def test_the_numbers_of_a_state_are_words(export: Export, status: tuple[Any, str]) -> None:
    assert only(export, {**TICKET, "status": status[0]}, SAID[1])[0].outcome == status[1]


def test_of_two_versions_the_later_one_counts(export: Export) -> None:
    old, new = {**SAID[1], "updated_at": "2026-02-01T09:00:00Z"}, {**SAID[1], "body": "<p>改了</p>",
                "updated_at": "2026-02-02T09:00:00Z"}  # fmt: skip
    for said in ([old, new], [new, old]):
        assert only(export, TICKET, *said)[0].messages[1].text == "改了"


# -- account export

ACCOUNT = {
    "id": 990_021, "display_id": 21, "subject": "Broken kettle", "description": "Kettle & lid arrived broken",
    "description_html": "<div>Kettle &amp; lid arrived broken</div>", "requester_id": 77, "responder_id": 5,
    "status": 5, "source": 1, "tags": [{"name": "kettle"}], "spam": False, "deleted": False,
    "created_at": "2026-02-01T09:00:00+01:00", "updated_at": "2026-02-01T14:00:00+01:00",
}  # fmt: skip
NOTES = [{**said, "body": said.get("body") or said["body_text"]} for said in SAID]

XML = """<?xml version="1.0" encoding="UTF-8"?>
<helpdesk-tickets type="array">
  <helpdesk-ticket>
    <account-id type="integer">1</account-id>
    <created-at type="datetime">2026-02-01T09:00:00+01:00</created-at>
    <deleted type="boolean">false</deleted>
    <description>Kettle &amp; lid arrived broken</description>
    <display-id type="integer">21</display-id>
    <id type="integer">990021</id>
    <requester-id type="integer">77</requester-id>
    <responder-id type="integer">5</responder-id>
    <source type="integer">1</source>
    <spam type="boolean">false</spam>
    <status type="integer">5</status>
    <subject>Broken kettle</subject>
    <updated-at type="datetime">2026-02-01T14:00:00+01:00</updated-at>
    <product-id type="integer" nil="true"/>
    <notes type="array">
      {notes}
    </notes>
    <tags type="array"><tag><name>kettle</name></tag></tags>
  </helpdesk-ticket>
</helpdesk-tickets>
"""
NOTE = """<helpdesk-note><body>{body}</body><created-at type="datetime">{at}</created-at><id type="integer">{id}</id>
<incoming type="boolean">{incoming}</incoming><private type="boolean">{private}</private>
<source type="integer">{source}</source><user-id type="integer">{user}</user-id></helpdesk-note>"""


def xml(**more: Any) -> str:
    notes = [
        NOTE.format(
            body="Sorry! We ship a new one." if said["id"] == 2 else said["body_text"],
            at=said["created_at"],
            id=said["id"],
            incoming=str(said["incoming"]).lower(),
            private=more.get("private", str(said["private"]).lower()),
            source=said["source"],
            user=said["user_id"],
        )
        for said in SAID
    ]
    return XML.format(notes="\n".join(notes))


@pytest.mark.parametrize("name", ["Tickets1.json", "tickets.xml"])
@pytest.mark.parametrize("wrapper", ["", "note", "helpdesk_note"])
def test_an_account_export_is_read_by_its_layout(
    export: Export, zipped: Callable[[Path], Path], told: Told, name: str, wrapper: str
) -> None:
    notes = [{wrapper: note} if wrapper else note for note in NOTES]
    content = xml() if name.endswith("xml") else json.dumps([{"helpdesk_ticket": {**ACCOUNT, "notes": notes}}])
    export("account/Users1.xml", "<users><user/></users>")
    export("account/Solutions.json", [{"solution_category": {"name": "FAQ"}}])
    path = export(f"account/{name}", content)
    for way in (path, path.parent, zipped(path.parent)):
        assert told(way, "freshdesk") == [EXPECTED]


def test_a_flag_that_cannot_be_read_makes_a_note(export: Export) -> None:
    [found] = read(export("t.xml", xml(private="flase"))).items
    assert isinstance(found, Conversation)
    assert [message.role for message in found.messages] == ["customer", "note", "note", "note"]


def test_real_private_notes_answer_nothing(datasets: Path, told: Told) -> None:
    path = datasets / "helpdesk_fixtures" / "freshdesk_api_chatwoot" / "ticket_with_conversations.json"
    [found] = told(path, "freshdesk")
    assert [(m.role, m.text) for m in found.messages] == [
        ("customer", "The checkout button is not responding."),
        ("agent", "Could you try this in a private window?"),
        ("note", "Payments team is investigating the browser logs."),
        ("customer", "The issue still happens in a private window."),
    ]
    assert [(ticket.question, ticket.answer) for ticket in mine(found)] == [
        ("The checkout button is not responding.", "Could you try this in a private window?")
    ]
