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
            "dates such as '03/04/2020' do not say which number is the day (1), so these rows have no time",
            "--dates dmy or --dates mdy",
        ),
    ]
    assert list(read(path, options=Options(columns={"ts": ""})).items) == [Ticket.make("q", "a")]


@pytest.mark.parametrize(
    ("header", "problem", "cure"),
    [
        ("text,category", "texts with labels but no answers", "answer=COLUMN"),
        ("text,label", "texts with labels but no answers", "how-to/correct-and-retrain.md says how labels alone"),
        ("text,role", "which conversation", "conversation=COLUMN"),
        ("text,subject", "none says who speaks", "role=COLUMN"),
        ("product,state", "No column holds what was said", "question=COLUMN,answer=COLUMN"),
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


def test_context_may_be_a_history_of_pairs_or_messages(export: Export) -> None:
    history = [["在吗", "在的"], {"role": "user", "content": "Where?"}, None]
    path = export("p.jsonl", {"question": "q", "answer": "a", "history": history})
    assert list(read(path, format="csv").items) == [Ticket.make("q", "a", context=("在吗", "在的", "Where?"))]


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
        "t.csv:10", "dates such as '昨天' cannot be read (1), so these rows have no time", "--map ts=COLUMN"
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


# -- what a table may look like


@pytest.mark.parametrize(
    "lines",
    [
        ["sep=;", "question;answer", "怎么退款;三天到账"],
        ['"sep=;"', "question;answer", "怎么退款;三天到账"],
        ["Export of 3 March", "", "question,answer", "怎么退款,三天到账"],
        ["Ticket,,", "question,answer,intent", "怎么退款,三天到账,x"],
        ["\ufeffquestion\tanswer", "怎么退款\t三天到账"],
    ],
)
def test_what_stands_above_the_columns_is_passed_over(export: Export, lines: list[str]) -> None:
    [ticket] = read(export("p.csv", *lines)).items
    assert isinstance(ticket, Ticket) and (ticket.question, ticket.answer) == ("怎么退款", "三天到账")


def test_a_quote_in_a_table_of_tabs_may_be_only_a_quote(export: Export) -> None:
    path = export("p.tsv", "question\tanswer", '"怎么退款\t三天', "q\ta", 'so "q"\ta', "last\tone")
    assert list(read(path).items) == [
        Ticket.make('"怎么退款', "三天"), Ticket.make("q", "a"), Ticket.make('so "q"', "a"), Ticket.make("last", "one"),
    ]  # fmt: skip
    path = export("p.tsv", "question\tanswer", '"怎么\n退款"\t三天', '"a ""b"""\tc')
    assert list(read(path).items) == [Ticket.make("怎么\n退款", "三天"), Ticket.make('a "b"', "c")]


def test_places_count_the_lines_above_the_columns(export: Export) -> None:
    path = export("p.csv", "sep=,", "question,answer", "q,a", "q,a,too many")
    assert skipped(list(read(path).items)) == [("p.csv:4", "the row has 3 cells, the header 2")]


def test_names_in_one_word_and_columns_of_well_known_corpora(export: Export) -> None:
    path = export(
        "t.jsonl", {"conversationId": 7, "senderType": "user", "messageText": "在吗", "createdAt": 1772355600}
    )
    [conversation] = read(path).items
    assert isinstance(conversation, Conversation) and conversation.at == NINE
    path = export("b.csv", "flags,instruction,category,intent,response", "B,cancel it,ORDER,cancel_order,Done.")
    assert list(read(path).items) == [Ticket.make("cancel it", "Done.", intent="cancel_order")]
    path = export(
        "k.csv",
        "Ticket ID,Customer Email,Ticket Subject,Ticket Description,Ticket Status,Resolution,Ticket Channel,"
        "Customer Satisfaction Rating",
        "1,ann@a.example,Setup,It fails.,Closed,Press reset.,Chat,3.0",
        "2,bo@a.example,Setup,It fails too.,Open,,Phone,5.0",
    )
    one, two, _ = read(path).items
    assert isinstance(one, Conversation) and isinstance(two, Conversation)
    assert said(one) == [("customer", "It fails."), ("agent", "Press reset.")] and said(two)[0][1] == "It fails too."
    assert (one.customer, one.outcome, one.channel, one.satisfaction) == ("ann@a.example", "Closed", "Chat", 0.5)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("question,similar question 1,similar question 2,answer", "怎么退货,能退吗,,在订单页"),
        ("question_1,question_2,question_3,answer", "怎么退货,能退吗,,在订单页"),
        ("标准问,相似问,答案", '怎么退货,"能退吗\n能退吗",在订单页'),
        ("questions,answer", '"[""怎么退货"", ""能退吗""]",在订单页'),
        ("questions,answer", "怎么退货||能退吗,在订单页"),
    ],
)
def test_one_answer_to_several_questions(export: Export, header: str, row: str) -> None:
    assert list(read(export("faq.csv", header, row)).items) == [
        Ticket.make("怎么退货", "在订单页", source="canned"),
        Ticket.make("能退吗", "在订单页", source="canned"),
    ]


def test_whole_transcripts(export: Export) -> None:
    path = export(
        "t.csv",
        "id,conversation,topic,rating,private",
        'a,"Customer: 有货吗？\nAgent: 有。",stock,5,false',
        'b,"[{""role"": ""user"", ""content"": ""hi""}, {""role"": ""agent"", ""content"": ""hello""}]",x,1,false',
        'c,"Customer: hi\nAgent: secret",x,1,true',
        "d,,x,1,false",
        'e,"Zed: hm\nCustomer: hi\nZed: hm\nAgent: yes",x,,false',
    )
    reading = read(path)
    assert reading.columns["transcript"] == "conversation"
    a, b, c, d, who, same, e, scale = reading.items
    assert said(a) == [("customer", "有货吗？"), ("agent", "有。")] and isinstance(a, Conversation)
    assert (a.id, a.satisfaction, a.partial) == ("csv:a", 1.0, False)
    assert said(b) == [("customer", "hi"), ("agent", "hello")]
    assert {role for role, _ in said(c)} == {"note"}
    assert d == Skipped("t.csv:7", "the row has no transcript that can be read")
    assert who == same == Skipped("t.csv:8", "'Zed' is nobody known in the transcript")
    assert said(e) == [("customer", "hi"), ("agent", "yes")]
    assert isinstance(scale, Assumed) and "goes up to 5" in scale.what


def test_transcripts_with_names_of_the_team(export: Export) -> None:
    path = export("t.jsonl", {"n": 1, "chat": "Customer: hi\nEmma: hello"}, {"n": 2, "chat": "Customer: a\nAgent: b"})
    options = Options(columns={"transcript": "chat"}, agents=("Emma",))
    one, two = read(path, options=options).items
    assert said(one) == [("customer", "hi"), ("agent", "hello")] and said(two) == [("customer", "a"), ("agent", "b")]


def test_rows_that_name_the_row_they_reply_to(export: Export) -> None:
    path = export(
        "t.csv",
        "id,in_reply_to,role,text,created_at",
        "3,2,agent,好的,2026-03-01T11:00Z",
        "1,,customer,在吗,2026-03-01T09:00Z",
        "2,1,customer,喂,2026-03-01T10:00Z",
        ",1,customer,?,",
        "8,9,agent,a,",
        "9,8,agent,b,",
    )
    items = list(read(path).items)
    [conversation] = [item for item in items if isinstance(item, Conversation)]
    assert conversation.id == "csv:1"
    assert [(m.id, m.text, m.reply_to) for m in conversation.messages] == [
        ("csv:1:1", "在吗", ""), ("csv:1:2", "喂", "csv:1:1"), ("csv:1:3", "好的", "csv:1:2"),
    ]  # fmt: skip
    assert [where for where, _ in skipped(items)] == ["t.csv:5", "t.csv:6", "t.csv:7"]


@pytest.mark.parametrize("agents", [("Emma",), ("@shop.example",)])
def test_names_in_place_of_roles(export: Export, agents: tuple[str, ...]) -> None:
    name = agents[0] if agents[0][0] != "@" else f"emma{agents[0]}"
    path = export("t.csv", "conversation,sender,text", "7,ann@a.example,在吗", f"7,{name},在的")
    [conversation] = read(path, options=Options(agents=agents)).items
    assert said(conversation) == [("customer", "在吗"), ("agent", "在的")]
    assert {why for _, why in skipped(list(read(path).items))} >= {"the role 'ann@a.example' is unknown"}


# -- cells


@pytest.mark.parametrize(
    ("dates", "expected", "cure"),
    [
        ("dmy", ["2026-04-03T09:00:00", "2026-04-03T10:00:00"], None),
        ("mdy", ["2026-03-04T09:00:00", "2026-03-04T10:00:00"], None),
        ("", [None, None], "--dates"),
    ],
)
def test_the_order_of_day_and_month(export: Export, dates: str, expected: list[str | None], cure: str | None) -> None:
    path = export("t.csv", "conversation,role,text,ts", "7,user,a,03/04/2026 09:00", "7,agent,b,03/04/2026 10:00")
    conversation, *assumed = read(path, options=Options(dates=dates)).items
    assert isinstance(conversation, Conversation)
    assert [m.at.replace(tzinfo=None).isoformat() if m.at else None for m in conversation.messages] == expected
    assert [m.text for m in conversation.messages] == ["a", "b"]
    assert [cure in item.cure for item in assumed if isinstance(item, Assumed) and cure] == ([True] if cure else [])


def test_the_order_is_found_far_down_the_column(export: Export) -> None:
    rows = [f"q{n},a{n},0{n % 9 + 1}/12/2026" for n in range(5000)]
    items = list(read(export("p.csv", "question,answer,date", *rows, "q,a,31/12/2026")).items)
    assert not [item for item in items if isinstance(item, Assumed)]
    assert isinstance(items[0], Ticket) and items[0].at == datetime(2026, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["5", "1"], [1.0, 0.0]),
        (["满意", "不满意"], [1.0, 0.0]),
        (["1", "1"], [None, None]),
        (["0.75", ""], [0.75, None]),
    ],
)
def test_satisfaction(export: Export, cells: list[str], values: list[float | None]) -> None:
    rows = [f"{n},user,hi,{cell}" for n, cell in enumerate(cells)]
    items = list(read(export("t.csv", "conversation,role,text,csat", *rows)).items)
    assert [item.satisfaction for item in items if isinstance(item, Conversation)] == values


@pytest.mark.parametrize(
    ("column", "value", "role"),
    [
        ("private", "maybe", "note"), ("private", "null", "agent"), ("visibility", "internal", "note"),
        ("visibility", "public", "agent"), ("is_private_note", "y", "note"), ("comment_type", "My Note", "note"),
        ("type", "event", "system"), ("kind", "备注", "note"), ("public", "no", "note"), ("public", "true", "agent"),
        ("message_type", "text", "agent"),
    ],
)  # fmt: skip
def test_what_is_not_for_the_customer(export: Export, column: str, value: str, role: str) -> None:
    [conversation] = read(export("t.csv", f"conversation,text,role,{column}", f"7,他很难缠,agent,{value}")).items
    assert said(conversation) == [(role, "他很难缠")]


def test_where_others_are_said_to_be_public_silence_is_private(export: Export) -> None:
    path = export("t.csv", "conversation,text,role,private", "7,hi,user,false", "7,hm,agent,")
    [conversation] = read(path).items
    assert said(conversation) == [("customer", "hi"), ("note", "hm")]
    assert list(read(export("p.csv", "question,answer,private", "q,a,true")).items) == [
        Skipped("p.csv:2", "the row is private or an event")
    ]


@pytest.mark.parametrize(("value", "role"), [("0", "customer"), ("1", "agent"), ("2", "system"), ("3", "bot")])
def test_numbered_types_of_messages(export: Export, value: str, role: str) -> None:
    [conversation] = read(export("t.csv", "conversation_id,content,message_type", f"7,你好,{value}")).items
    assert said(conversation) == [(role, "你好")]


# -- the same store, whatever the way


def test_halves_and_any_order_give_the_same_messages(export: Export) -> None:
    header = "conversation,role,text,ts"
    rows = [
        "7,user,在吗,2026-03-01T09:00Z",
        "7,agent,在的,2026-03-01T10:00Z",
        "7,user,ok,2026-03-01T11:00Z",
        "8,user,hi,2026-03-01T09:00Z",
    ]

    def messages(*chosen: str) -> dict[str, set[Message]]:
        found: dict[str, set[Message]] = {}
        for item in read(export("t.csv", header, *chosen)).items:
            assert isinstance(item, Conversation) and item.partial
            found.setdefault(item.id, set()).update(item.messages)
        return found

    whole, one, two = messages(*rows), messages(*rows[:2]), messages(*rows[2:])
    assert {key: one.get(key, set()) | two.get(key, set()) for key in (*one, *two)} == whole
    assert messages(*reversed(rows)) == whole


def test_ids_that_come_twice(export: Export) -> None:
    path = export(
        "t.csv", "conversation,role,text,id", "7,user,在吗,1", "7,user,在吗,1", "7,agent,在的,1", "7,agent,x,1"
    )
    [conversation] = read(path).items
    assert isinstance(conversation, Conversation)
    assert [(m.id, m.text) for m in conversation.messages] == [
        ("csv:7:1", "在吗"), ("csv:7:1#2", "在的"), ("csv:7:1#3", "x"),
    ]  # fmt: skip


def test_the_same_words_twice_are_two_messages(export: Export) -> None:
    [conversation] = read(export("t.csv", "conversation,role,text", "7,user,ok", "7,agent,yes", "7,user,ok")).items
    assert said(conversation) == [("customer", "ok"), ("agent", "yes"), ("customer", "ok")]
    assert isinstance(conversation, Conversation) and len({m.id for m in conversation.messages}) == 3


def test_the_number_of_a_turn_orders_it(export: Export) -> None:
    path = export("t.csv", "conversation,turn,role,text", "7,10,agent,c", "7,2,agent,b", "7,1,user,a")
    [conversation] = read(path).items
    assert said(conversation) == [("customer", "a"), ("agent", "b"), ("agent", "c")]


def test_html_is_turned_to_text(export: Export) -> None:
    path = export("t.csv", "conversation,role,text", "7,user,<p>怎么<br>退款？</p>", "7,agent,size < 5 & <PHONE_1>")
    [conversation] = read(path).items
    assert said(conversation) == [("customer", "怎么\n退款？"), ("agent", "size < 5 & <PHONE_1>")]


def test_an_instruction_goes_on_in_its_input(export: Export) -> None:
    path = export("a.csv", "instruction,input,output", "Answer.,灯坏了？,今天补发。", "灯？,,好。")
    assert list(read(path).items) == [Ticket.make("Answer.\n灯坏了？", "今天补发。"), Ticket.make("灯？", "好。")]


@pytest.mark.parametrize(
    "header", ["Frage,Antwort", "Q,A", "问,答", "提问内容,回复内容", "customer message,agentMessage"]
)
def test_more_names_of_questions_and_answers(export: Export, header: str) -> None:
    assert list(read(export("p.csv", header, "怎么退款,三天到账")).items) == [Ticket.make("怎么退款", "三天到账")]
