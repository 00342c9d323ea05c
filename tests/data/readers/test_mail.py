from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from replydesk.data.readers import Assumed, Options, Skipped, read
from replydesk.data.readers.letters import plain_subject, readable, titled
from replydesk.data.records import Conversation, Message
from replydesk.data.tickets import mine

Export = Callable[..., Path]

NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)
TEAM = Options(agents=("@shop.example",))


def conversations(path: Path, options: Options | None = None) -> list[Conversation]:
    return [item for item in read(path, options=options).items if isinstance(item, Conversation)]


def said(conversation: Conversation) -> list[tuple[str, str]]:
    return [(message.role, message.text) for message in conversation.messages]


def table(path: Path, *rows: list[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


def mail(
    name: str, sender: str, to: str, subject: str, text: str, hour: int, parents: str = "", **headers: str
) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = datetime(2026, 3, 1, hour, tzinfo=UTC)
    message["Message-ID"] = f"<{name}>"
    if parents:
        message["In-Reply-To"] = parents.split()[-1]
        message["References"] = parents
    for key, value in headers.items():
        message[key.replace("_", "-")] = value
    message.set_content(text)
    return message


def box(path: Path, *mails: EmailMessage) -> Path:
    path.write_bytes(b"".join(b"From x@y Sun Mar  1 09:00:00 2026\n" + m.as_bytes() + b"\n" for m in mails))
    return path


ASKED = mail("1@a.example", "Ann <Ann@a.example>", "help@shop.example", "Late parcel", "Where is it?", 9)
ANSWERED = mail(
    "2@s", "Emma <emma@shop.example>", "ann@a.example", "Re: Late parcel", "On its way.", 11, "<1@a.example>"
)
RECEIPT = mail(
    "3@s", "help@shop.example", "ann@a.example", "Re: Late parcel", "We have got it.", 10, "<1@a.example>",
    Auto_Submitted="auto-replied",
)  # fmt: skip
AMONG = mail(
    "4@s", "emma@shop.example", "tom@shop.example", "Re: Late parcel", "He is difficult.", 12, "<1@a.example> <2@s>"
)
THANKS = mail(
    "5@a.example", "ann@a.example", "emma@shop.example", "Re: Late parcel", "谢谢！", 13, "<1@a.example> <2@s>"
)


# -- tables of a help desk


def test_a_help_desks_table(tmp_path: Path) -> None:
    path = table(
        tmp_path / "t.csv",
        ["subject", "body", "answer", "type", "queue", "priority", "language", "version", "tag_1", "tag_2", "tag_8"],
        ["Rechnung", "Guten Tag,\\n\\nder Betrag stimmt nicht.", "Wir prüfen das.", "Incident", "Billing and Payments",
         "high", "de", "51", "Billing", "", "nan"],
        ["", "怎么退款？", "在订单页申请。", "Request", "售后", "", "zh", "", "", "退款", ""],
    )  # fmt: skip
    reading = read(path)
    assert reading.format == "mail"
    one, two = conversations(path)
    assert said(one) == [
        ("customer", "Rechnung\nGuten Tag,\n\nder Betrag stimmt nicht."),
        ("agent", "Wir prüfen das."),
    ]
    assert one.tags == ("queue:Billing and Payments", "type:Incident", "priority:high", "Billing")
    assert one.subject == "Rechnung" and one.channel == "email" and not one.partial
    assert {message.language for message in one.messages} == {"de"}
    assert said(two) == [("customer", "怎么退款？"), ("agent", "在订单页申请。")]
    assert two.tags == ("queue:售后", "type:Request", "退款")
    assert [message.id for message in two.messages] == [f"{two.id}:q", f"{two.id}:a"]


@pytest.mark.parametrize(
    ("subject", "text", "expected"),
    [
        ("Late parcel", "Where is it?", "Late parcel\nWhere is it?"),
        ("Re: Where is it", "Where is it? Thanks.", "Where is it? Thanks."),
        ("退款", "怎么退款？", "怎么退款？"),
        ("", "hi", "hi"),
        ("Only this", "", "Only this"),
    ],
)
def test_the_subject_stands_before_the_question_where_it_says_more(subject: str, text: str, expected: str) -> None:
    assert titled(subject, text) == expected


def test_a_table_with_ids_dates_and_gaps(tmp_path: Path) -> None:
    path = table(
        tmp_path / "t.csv",
        ["Ticket ID", "Created At", "Customer Email", "Subject", "Body", "Answer", "Private"],
        ["7", "25/02/2026 09:05", "ann@a.example", "Login", "<p>I cannot<br>sign in</p>", "", ""],
        ["8", "03/03/2026 09:05", "", "", "", "", ""],
        ["9", "soon", "", "Note", "secret", "more", "team"],
    )
    seven, gap, late, nine = list(read(path).items)
    assert isinstance(seven, Conversation) and isinstance(nine, Conversation)
    assert seven.id == "mail:7" and seven.customer == "ann@a.example" and seven.partial
    assert said(seven) == [("customer", "Login\nI cannot\nsign in")]
    assert seven.at == datetime(2026, 2, 25, 9, 5, tzinfo=UTC)
    assert gap == Skipped("t.csv:3", "the row has neither a mail nor an answer")
    assert isinstance(late, Skipped) and late.where == "t.csv:4:date"
    assert {role for role, _ in said(nine)} == {"note"}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("Hello,\\n\\nwhere?", "Hello,\n\nwhere?"),
        ("Hello.\\nBye", "Hello.\nBye"),
        (r"It is in C:\new\notes", r"It is in C:\new\notes"),
        ("<div>a</div><div>b &amp; c</div>", "a\n\nb & c"),
    ],
)
def test_line_ends_may_be_written_out(body: str, text: str) -> None:
    assert readable(body) == text


# -- single mails


@pytest.mark.parametrize("options", [Options(), TEAM])
@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (2, 0, 4, 1, 3)])
def test_a_mailbox(tmp_path: Path, options: Options, order: tuple[int, ...]) -> None:
    mails = (ASKED, RECEIPT, ANSWERED, AMONG, THANKS)
    path = box(tmp_path / "box", *(mails[n] for n in order))
    reading = read(path, options=options)
    conversation, *rest = reading.items
    assert reading.format == "mail" and isinstance(conversation, Conversation)
    assert (conversation.id, conversation.customer, conversation.subject) == (
        "mail:1@a.example",
        "ann@a.example",
        "Late parcel",
    )
    assert conversation.partial and conversation.channel == "email"
    assert [(m.id, m.role, m.text) for m in conversation.messages] == [
        ("mail:1@a.example", "customer", "Late parcel\nWhere is it?"),
        ("mail:3@s", "system", "We have got it."),
        ("mail:2@s", "agent", "On its way."),
        ("mail:4@s", "note", "He is difficult."),
        ("mail:5@a.example", "customer", "谢谢！"),
    ]
    assert [(t.question, t.answer) for t in mine(conversation)] == [("Late parcel\nWhere is it?", "On its way.")]
    assert [item for item in rest if isinstance(item, Assumed)] == rest and len(rest) == (not options.agents)


def test_two_halves_of_a_mailbox_say_the_same_when_the_team_is_named(tmp_path: Path) -> None:
    [whole] = conversations(box(tmp_path / "all", ASKED, ANSWERED, THANKS), TEAM)
    one, two = (
        conversations(box(tmp_path / name, *mails), TEAM)
        for name, mails in (("one", [ASKED]), ("two", [ANSWERED, THANKS]))
    )
    assert {c.id for c in (*one, *two)} == {whole.id}
    assert sorted((m for c in (*one, *two) for m in c.messages), key=lambda m: m.id) == sorted(
        whole.messages, key=lambda m: m.id
    )


def test_a_thread_whose_beginning_is_missing_is_left_out_unless_the_team_is_named(tmp_path: Path) -> None:
    path = box(tmp_path / "box", ANSWERED, THANKS)
    items = list(read(path).items)
    assert len(items) == 2 and all(isinstance(item, Skipped) and "--agents" in item.why for item in items)
    assert {role for c in conversations(path, TEAM) for role, _ in said(c)} == {"agent", "customer"}


@pytest.mark.parametrize("shape", ["folder", "zip", "eml"])
def test_files_of_single_mails(tmp_path: Path, shape: str) -> None:
    folder = tmp_path / "mails"
    folder.mkdir()
    for number, message in enumerate((ANSWERED, ASKED)):
        (folder / f"{number}.eml").write_bytes(message.as_bytes())
    if shape == "eml":
        [conversation] = conversations(folder / "1.eml")
        assert said(conversation) == [("customer", "Late parcel\nWhere is it?")]
        return
    path = folder
    if shape == "zip":
        path = tmp_path / "mails.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for part in folder.iterdir():
                archive.write(part, part.name)
    [conversation] = conversations(path)
    assert said(conversation) == [("customer", "Late parcel\nWhere is it?"), ("agent", "On its way.")]


def test_bodies_in_html_other_charsets_and_with_attachments(tmp_path: Path) -> None:
    html = mail("h@a", "li@b.example", "help@shop.example", "发票", "", 9)
    html.set_content("<p>能开<br>发票吗？</p><blockquote>old</blockquote>", subtype="html", charset="gb18030")
    files = mail("f@a", "bo@b.example", "help@shop.example", "Broken", "See the picture.\n>From the start", 10)
    files.add_attachment(b"\0" * 100, maintype="image", subtype="png", filename="a.png")
    empty = mail("e@a", "cy@b.example", "help@shop.example", "Nothing", "  ", 11)
    items = list(read(box(tmp_path / "box", html, files, empty)).items)
    one, two = [item for item in items if isinstance(item, Conversation)]
    assert said(one) == [("customer", "能开\n发票吗？")]
    assert said(two) == [("customer", "Broken\nSee the picture.\nFrom the start")]
    assert [(s.where.partition(":")[0], s.why) for s in items if isinstance(s, Skipped)] == [
        ("box", "the mail has no text")
    ]


COLUMNS = ["From", "To", "Subject", "Date", "Body"]


def test_a_table_of_mails_without_ids_goes_by_subject_and_people(tmp_path: Path) -> None:
    path = table(
        tmp_path / "m.csv",
        COLUMNS,
        ["emma@shop.example", "ann@a.example", "RE: [Ticket #5] Late parcel", "2026-03-01 10:00", "On its way."],
        ["ann@a.example", "emma@shop.example", "Late parcel", "2026-03-01 09:00", "Where is it?"],
        ["bo@b.example", "emma@shop.example", "Late parcel", "2026-03-01 09:30", "Mine too?"],
        ["nobody", "", "", "", ""],
    )
    one, two = conversations(path)
    assert said(one) == [("customer", "Late parcel\nWhere is it?"), ("agent", "On its way.")]
    assert said(two) == [("customer", "Late parcel\nMine too?")] and two.customer == "bo@b.example"
    assert [m.at for m in one.messages] == [NINE, datetime(2026, 3, 1, 10, tzinfo=UTC)]
    assert [s for s in read(path).items if isinstance(s, Skipped)] == [Skipped("m.csv:5", "the mail has no text")]


def test_a_table_of_mails_with_threads_and_ids(tmp_path: Path) -> None:
    rows = [
        ["1", "t1", "", "Ann <ann@a.example>", "Help <help@shop.example>", "退款", "2026/3/1 9:00", "怎么退款？"],
        [
            "2",
            "t1",
            "1",
            "Emma <emma@shop.example>",
            "Ann <ann@a.example>; Bo <bo@a.example>",
            "回复：退款",
            "",
            "在订单页。",
        ],
    ]
    header = ["Message-ID", "Thread ID", "In-Reply-To", "From", "To", "Subject", "Date", "Body"]
    [one] = conversations(table(tmp_path / "a.csv", header, *rows))
    assert one.id == "mail:t1" and said(one) == [("customer", "怎么退款？"), ("agent", "在订单页。")]
    chain = [[name for n, name in enumerate(row) if n != 1] for row in (header, *reversed(rows))]
    [two] = conversations(table(tmp_path / "b.csv", *chain))
    assert two.id == "mail:1" and said(two) == said(one)
    assert [m.reply_to for m in two.messages] == ["", "mail:1"]


def test_a_forwarded_mail_is_a_note(tmp_path: Path) -> None:
    forwarded = mail("6@s", "emma@shop.example", "ann@a.example", "Fwd: Late parcel", "See below.", 12, "<1@a.example>")
    [conversation] = conversations(box(tmp_path / "box", ASKED, forwarded), TEAM)
    assert [role for role, _ in said(conversation)] == ["customer", "note"]


@pytest.mark.parametrize(
    ("subject", "plain"),
    [("AW: Re: [Ticket #55] Rechnung", "rechnung"), ("回复：转发：退款", "退款"), ("Re[2]: Hello", "hello"), ("", "")],
)
def test_subjects_of_one_thread_are_the_same(subject: str, plain: str) -> None:
    assert plain_subject(subject) == plain


@pytest.mark.parametrize(
    "rows",
    [
        ["question,answer", "q,a"],
        ["conversation_id,from,to,body", "1,customer,agent,hi"],
        ["ticket_id,subject,body,public,requester_id", "1,a,b,true,3"],
    ],
)
def test_other_tables_are_left_to_their_readers(export: Export, rows: list[str]) -> None:
    with pytest.raises(Exception, match="does not look like mail"):
        read(export("t.csv", *rows), format="mail")


def test_a_text_about_mail_is_none(export: Export) -> None:
    with pytest.raises(Exception, match="no format"):
        read(export("t.txt", "From: here to there", "", "Where is it?"))


def test_a_mail_without_ids_has_one_of_its_content(tmp_path: Path) -> None:
    rows: list[Any] = [COLUMNS, ["ann@a.example", "x@shop.example", "Hi", "", "Where?"]]
    one, two = (conversations(table(tmp_path / name, *rows))[0].messages for name in ("a.csv", "b.csv"))
    assert one == two and isinstance(one[0], Message) and len(one[0].id) == 37
