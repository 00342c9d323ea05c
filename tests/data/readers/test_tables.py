from __future__ import annotations

import csv
import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from replydesk.data.errors import FormatError
from replydesk.data.readers import Assumed, Options, Skipped, read, tables
from replydesk.data.records import Conversation, Message, Ticket

Export = Callable[..., Path]

NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)
TEN = datetime(2026, 3, 1, 10, tzinfo=UTC)


def skipped(items: list[Any]) -> list[tuple[str, str]]:
    return [(item.where, item.why) for item in items if isinstance(item, Skipped)]


def said(conversation: object) -> list[tuple[str, str]]:
    assert isinstance(conversation, Conversation)
    return [(message.role, message.text) for message in conversation.messages]


# -- pairs


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_pairs_in_every_delimiter_and_encoding(tmp_path: Path, delimiter: str, encoding: str) -> None:
    rows = [
        ["Question", "Answer", "Intent", "Created At", "Agent", "Tags", "Lang"],
        [
            "Where is my\nparcel, please?",
            'It "left".',
            "parcel_late",
            "2026-03-01 09:00",
            "Ann",
            "a, b",
            "en",
        ],
        ["怎么退款；多久到账|？", "在订单页申请，\n三天到账。", "refund", "2026/3/1 10:00", "小王", "", "zh"],
    ]
    path = tmp_path / "pairs.csv"
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream, delimiter=delimiter).writerows(rows)
    reading = read(path)
    assert reading.format == "csv"
    assert reading.columns["answer"] == "Answer" and reading.columns["ts"] == "Created At"
    assert [item for item in reading.items if isinstance(item, Ticket)] == [
        Ticket.make(
            "Where is my\nparcel, please?", 'It "left".', intent="parcel_late", at=NINE, author="Ann",
            tags=("a", "b"), language="en",
        ),
        Ticket.make(
            "怎么退款；多久到账|？", "在订单页申请，\n三天到账。", intent="refund", at=TEN, author="小王",
            language="zh",
        ),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "header", ["问题,答案,意图", "用户问题,客服回复,标签", "query,response,category", "text,reply,label"]
)
def test_columns_are_guessed_in_both_languages(export: Export, header: str) -> None:
    [ticket] = read(export("p.csv", header, "怎么退款,三天到账,refund")).items
    assert ticket == Ticket.make("怎么退款", "三天到账", intent="refund")


def test_columns_are_named_when_they_cannot_be_guessed(export: Export) -> None:
    path = export("p.csv", "a,b,question", "怎么退款,三天到账,17")
    with pytest.raises(FormatError, match=r"a, b, question.*--map"):
        read(path)
    reading = read(path, options=Options(columns={"question": "a", "answer": "b"}))
    assert list(reading.items) == [Ticket.make("怎么退款", "三天到账")]
    assert reading.columns == {"question": "a", "answer": "b"}
    assert list(read(path, options=Options(columns={"text": "a", "answer": "b"})).items) == [
        Ticket.make("怎么退款", "三天到账")
    ]


@pytest.mark.parametrize(
    ("columns", "message"),
    [({"body": "a"}, "no field 'body'"), ({"text": "zzz"}, "no column 'zzz'")],
)
def test_a_wrong_map_says_what_there_is(export: Export, columns: dict[str, str], message: str) -> None:
    with pytest.raises(FormatError, match=message):
        read(export("p.csv", "a,answer", "1,2"), options=Options(columns=columns))


def test_a_column_can_be_left_alone(export: Export) -> None:
    path = export("p.csv", "question,answer,date", "q,a,03/04/2020")
    assert list(read(path).items) == [
        Ticket.make("q", "a"),
        Assumed(
            "p.csv:2",
            "1 dates such as '03/04/2020' do not say which number is the day, so these rows have no time",
            "--dates dmy or --dates mdy",
        ),
    ]
    assert list(read(path, options=Options(columns={"ts": ""})).items) == [Ticket.make("q", "a")]


@pytest.mark.parametrize(
    ("header", "problem", "cure"),
    [
        ("text,category", "texts with labels but no answers", "answer=COLUMN"),
        ("text,role", "which conversation", "conversation=COLUMN"),
        ("text,subject", "none says who speaks", "role=COLUMN"),
        ("product,state", "No column holds what was said", "text=COLUMN"),
    ],
)
def test_what_is_missing_is_said(export: Export, header: str, problem: str, cure: str) -> None:
    with pytest.raises(FormatError) as error:
        read(export("p.csv", header, "a,b"))
    assert problem in error.value.message and cure in error.value.hint and header.split(",")[0] in error.value.hint


@pytest.mark.parametrize("context", ['"[""Hello"", ""你好""]"', '"[""Hello"", ""你好"", null]"'])
def test_context_is_a_list_or_a_text(export: Export, context: str) -> None:
    path = export("p.csv", "question,answer,context", f"q,a,{context}", "q,a,just this", "q,a,[torn")
    contexts = [item.context for item in read(path).items if isinstance(item, Ticket)]
    assert contexts == [("Hello", "你好"), ("just this",), ("[torn",)]


def test_json_lines_are_a_table_too(export: Export) -> None:
    path = export(
        "p.jsonl",
        {
            "id": 1,
            "query": "Where?",
            "reply": "Here.",
            "at": "Sun Mar 01 09:00:00 +0000 2026",
            "meta": {"x": 1},
        },
        {"dialog": "d", "context": ["你好", "您好", "在哪里？"], "reply": "已发出。", "tags": ["物流"]},
        {"context": [], "reply": "alone"},
    )
    where, given, alone = read(path).items
    assert where == Ticket.make("Where?", "Here.", at=NINE)
    assert given == Ticket.make("在哪里？", "已发出。", context=("你好", "您好"), tags=("物流",))
    assert alone == Skipped("p.jsonl:3", "the row has no question")


@pytest.mark.parametrize("text", ["=SUM(A1)", "+1 555", "-5%", "@Ann", "'quoted' stays", "'", "'s ochtends"])
def test_the_guard_against_formulas_is_taken_off(export: Export, text: str) -> None:
    written = f"'{text}" if text[0] in "=+-@" else text
    assert list(read(export("p.csv", "question,answer", f"q,{written}")).items) == [Ticket.make("q", text)]


def test_pairs_of_one_conversation_are_put_together(export: Export) -> None:
    path = export(
        "p.csv",
        "conversation_id,question,answer,ts",
        "7,b?,b!,2026-03-01T10:00Z",
        "7,a?,a!,2026-03-01T09:00Z",
        "8,c?,,",
        "9,half",
    )
    seven, half, eight = read(path).items
    assert said(seven) == [("customer", "a?"), ("agent", "a!"), ("customer", "b?"), ("agent", "b!")]
    assert said(eight) == [("customer", "c?")]
    assert half == Skipped("p.csv:5", "the row has 2 cells, the header 4")


# -- turns


ROWS = [
    ("7", "customer", "Where is it?", "2026-03-01T09:00:00Z"),
    ("7", "agent", "It left.", "2026-03-01T10:00:00Z"),
    ("8", "客户", "怎么退款？", "1772355600"),
    ("8", "客服", "在订单页。", "1772359200"),
]  # fmt: skip


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (0, 2, 1, 3), (1, 3, 0, 2)], ids=["contiguous", "mixed", "unsorted"])
@pytest.mark.parametrize("remembered", [0, 1_000_000])
def test_turns_of_a_conversation_need_not_stand_together(
    export: Export, monkeypatch: pytest.MonkeyPatch, order: tuple[int, ...], remembered: int
) -> None:
    monkeypatch.setattr(tables, "_CONTIGUOUS_SEEN", remembered)
    path = export("t.csv", "ticket_id,sender_type,body,created_at", *(",".join(ROWS[n]) for n in order))
    reading = read(path)
    found = {item.id: item for item in reading.items if isinstance(item, Conversation)}
    assert reading.columns == {
        "conversation": "ticket_id", "role": "sender_type", "text": "body", "ts": "created_at",
    }  # fmt: skip
    assert [(m.role, m.text, m.at) for m in found["csv:7"].messages] == [
        ("customer", "Where is it?", NINE), ("agent", "It left.", TEN),
    ]  # fmt: skip
    assert [(m.role, m.text, m.at) for m in found["csv:8"].messages] == [
        ("customer", "怎么退款？", NINE), ("agent", "在订单页。", TEN),
    ]  # fmt: skip
    assert len(found) == 2


def test_a_turn_keeps_its_id_author_labels_and_the_conversation_its_customer(export: Export) -> None:
    path = export(
        "t.csv",
        "conversation,role,text,id,author,intent,tags,status,channel,subject,language",
        "7,user,在吗,m1,u5,greet,a;b,solved,web,Hello,zh",
        "7,admin,在的,,a1,,b;c,,,,zh",
    )
    assert list(read(path).items) == [
        Conversation(
            "csv:7",
            (
                Message("csv:7:m1", "customer", "在吗", author="u5", language="zh", intents=("greet",)),
                Message("csv:7:ec47f91b919bfb8a", "agent", "在的", author="a1", language="zh"),
            ),
            source="csv",
            channel="web",
            customer="u5",
            subject="Hello",
            tags=("a", "b", "c"),
            outcome="solved",
            partial=True,
        )
    ]


@pytest.mark.parametrize(
    ("column", "value", "role"),
    [
        ("inbound", "True", "customer"), ("inbound", "FALSE", "agent"), ("incoming", "1", "customer"),
        ("direction", "outbound", "agent"), ("direction", "incoming", "customer"),
        ("from", "End-User", "customer"), ("sender", "assistant", "bot"), ("角色", "机器人", "bot"),
        ("角色", "坐席", "agent"), ("role", "note", "note"),
    ],
)  # fmt: skip
def test_roles_of_turns(export: Export, column: str, value: str, role: str) -> None:
    [conversation] = read(export("t.csv", f"conversation,text,{column}", f"7,你好,{value}")).items
    assert said(conversation) == [(role, "你好")]


def test_a_flag_that_says_agent_is_read_the_other_way_round(export: Export) -> None:
    path = export("t.csv", "conversation,text,is_agent", "7,hi,False", "7,hello,True")
    [conversation] = read(path, options=Options(columns={"role": "is_agent"})).items
    assert said(conversation) == [("customer", "hi"), ("agent", "hello")]


@pytest.mark.parametrize(
    ("column", "value"),
    [("private", "true"), ("internal", "1"), ("public", "FALSE"), ("public", ""), ("part_type", "note")],
)
def test_private_rows_are_never_the_agents(export: Export, column: str, value: str) -> None:
    path = export("t.csv", f"conversation,text,role,{column}", f"7,他很难缠,agent,{value}")
    [conversation] = read(path).items
    assert said(conversation) == [("note", "他很难缠")]


def test_bad_rows_cost_only_themselves(export: Export) -> None:
    path = export(
        "t.csv",
        "conversation,role,text,ts",
        '7,customer,"two\nlines",2026-03-01T09:00Z',
        "7,agent,too,many,cells",
        "7,agent,few",
        "",
        ",,,",
        "7,whoever,hm,",
        "7,agent,,",
        "7,agent,when?,昨天",
        ",agent,whose?,",
        "7,agent,好的,2026-03-01T10:00Z",
        '8,customer,"cut o',
        end="",
    )
    items = list(read(path).items)
    assert skipped(items) == [
        ("t.csv:4", "the row has 5 cells, the header 4"),
        ("t.csv:5", "the row has 3 cells, the header 4"),
        ("t.csv:13", "the row is cut off inside a quoted cell"),
        ("t.csv:8", "the role 'whoever' is unknown"),
        ("t.csv:9", "the row has no text"),
        ("t.csv:11", "the row names no conversation"),
    ]
    assert [said(item) for item in items if isinstance(item, Conversation)] == [
        [("customer", "two\nlines"), ("agent", "when?"), ("agent", "好的")]
    ]
    assert items[-1] == Assumed(
        "t.csv:10", "1 dates such as '昨天' cannot be read, so these rows have no time", "--map ts=COLUMN"
    )


def test_a_cell_beyond_the_limit_costs_its_row(export: Export) -> None:
    path = export("p.csv", "question,answer", "a?,a!", f"b?,{'x' * 200_000}", "c?,c!")
    assert list(read(path).items) == [
        Ticket.make("a?", "a!"),
        Skipped("p.csv:3", "the row cannot be read (field larger than field limit (131072))"),
        Ticket.make("c?", "c!"),
    ]


def test_a_bare_carriage_return_does_not_end_a_row(export: Export) -> None:
    path = export("p.csv", "question,answer\r", "one\rtwo,a!\r", '"x\r\ny",b!\r')
    assert list(read(path).items) == [Ticket.make("one two", "a!"), Ticket.make("x\r\ny", "b!")]


@pytest.mark.parametrize("bad", [b"\xff\xfe", b"\0"])
def test_bytes_that_are_no_text_cost_their_row(export: Export, bad: bytes) -> None:
    path = export("p.csv", "question,answer", "退款要多久到账,三天", "BAD,x", "发票在哪里开,订单页", *["好,好"] * 50)
    path.write_bytes(path.read_bytes().replace(b"BAD", bad))
    one, skip, other, *_ = read(path).items
    assert skip == Skipped("p.csv:3", "the row holds bytes that are not text")
    assert (one, other) == (Ticket.make("退款要多久到账", "三天"), Ticket.make("发票在哪里开", "订单页"))


@pytest.mark.parametrize("kept", [0.5, 0.9])
def test_a_torn_gzip_file_gives_what_was_there(tmp_path: Path, kept: float) -> None:
    lines = "question,answer\n" + "".join(f"怎么退款 {n},三天到账 {n * 7919}\n" for n in range(20_000))
    data = gzip.compress(lines.encode())
    path = tmp_path / "p.csv.gz"
    path.write_bytes(data[: int(len(data) * kept)])
    *tickets, last = read(path).items
    whole = [item for item in tickets if isinstance(item, Ticket)]
    assert len(whole) > 15_000 * kept and whole[77] == Ticket.make("怎么退款 77", f"三天到账 {77 * 7919}")
    assert isinstance(last, Skipped) and "the compressed file is broken" in last.why
