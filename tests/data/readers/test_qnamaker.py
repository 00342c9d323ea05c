from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from replydesk.data.errors import FormatError
from replydesk.data.readers import Skipped, read
from replydesk.data.records import Ticket

Export = Callable[..., Path]

QNA = """
> !# @kb.name = shop
> Source: editorial
## ? Where is my order?
- where's my parcel
- 我的订单在哪里？

**Filters:**
- topic = orders
- intent = order_status

```markdown
Under **Orders**, see [here](https://shop.example/orders).

```

**Prompts:**
- [Late?](#?is-it-late) `context-only`
- [Other](#7)

### ?Is it late
\t```
\t\tNo.
\t```
> no blank line before the next one
# ? 怎么退款？
* 退钱
+ [all of it](./kb1.qna#?)
- [more](./intents.lu#*utterances*)
```
在线申请。
# ? is no question in here
- nor is this a bullet
```
<a id = "7"></a>
# ? Other
$kettle : qna-alterations=
- boiler
"""


def pairs(path: Path) -> list[tuple[str, str]]:
    reading = read(path)
    assert reading.format == "qna"
    return [(item.question, item.answer) for item in reading.items if isinstance(item, Ticket)]


def skipped(path: Path) -> list[tuple[str, str]]:
    return [(item.where, item.why) for item in read(path).items if isinstance(item, Skipped)]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_qna_files(export: Export, end: str) -> None:
    path = export("kb.qna", QNA.replace("\n", end))
    answer = "Under **Orders**, see [here](https://shop.example/orders)."
    refund = "在线申请。\n# ? is no question in here\n- nor is this a bullet"
    assert pairs(path) == [
        ("Where is my order?", answer),
        ("where's my parcel", answer),
        ("我的订单在哪里？", answer),
        ("怎么退款？", refund),
        ("退钱", refund),
    ]
    assert skipped(path) == [
        ("kb.qna:21", "the pair is a follow-up, and no answer by itself"),
        ("kb.qna:26", "the question is a reference to another file"),
        ("kb.qna:26", "the question is a reference to another file"),
        ("kb.qna:36", "the question has no answer"),
    ]
    first = next(item for item in read(path).items if isinstance(item, Ticket))
    assert (first.source, first.intent, first.tags) == ("canned", "order_status", ("topic:orders",))


def test_a_follow_up_may_stand_first_and_be_named_by_its_number(export: Export) -> None:
    path = export(
        "kb.qna",
        *("<a id = '3'></a>", "# ? yes", "```", "So it is.", "```"),
        *("# ? sure?", "```", "Are you?", "```", "**Prompts:**", "- [yes](#3) `context-only`"),
    )
    assert pairs(path) == [("sure?", "Are you?")]


def test_a_file_that_ends_early(export: Export) -> None:
    path = export("kb.qna", "# ? a", "```", "A", "```", "# ? b", "```markdown", "没有完")
    assert pairs(path) == [("a", "A")]
    assert skipped(path) == [("kb.qna:5", "the file ends inside the answer")]


HEADER = "Question\tAnswer\tSource\tMetadata\tSuggestedQuestions\tIsContextOnly\tPrompts\tQnaId"


def test_the_table_of_the_export(export: Export) -> None:
    path = export(
        "kb.tsv",
        HEADER,
        "How?\tLike this.\\n这样。\tEditorial\ta:1|意图:how|b:2\t[]\tFalse\t[]\t1",
        '"Why" is it "so"\t"Quoted ""twice"" 你好"\tE\t\t[]\tFALSE\t[]\t2',
        'Lines?\t"one',
        'two"\tE\t\t[]\t\t[]\t3',
        "And then?\tLater.\tE\t\t[]\tTrue\t[]\t4",
        "short\trow",
        "",
        "Nothing?\t\tE\t\t[]\tFalse\t[]\t5",
        "为什么？\t<p>因为</p>好<br>的\tE\t\t[]\tFalse\t[]\t6",
        'cut?\t"off',
        end="",
    )
    assert pairs(path) == [
        ("How?", "Like this.\n这样。"),
        ('"Why" is it "so"', 'Quoted "twice" 你好'),
        ("Lines?", "one\ntwo"),
        ("为什么？", "因为\n好\n的"),
    ]
    assert skipped(path) == [
        ("kb.tsv:6", "the pair is a follow-up, and no answer by itself"),
        ("kb.tsv:7", "the row has 2 cells, the header 8"),
        ("kb.tsv:9", "the question has no answer"),
        ("kb.tsv:11", "the row is cut off inside a quoted cell"),
    ]
    first = next(item for item in read(path).items if isinstance(item, Ticket))
    assert (first.intent, first.tags) == ("how", ("a:1", "b:2"))


def test_a_table_with_commas(export: Export) -> None:
    path = export("kb.csv", "Answer,Question,Metadata", '"A, b",在吗,x:y', "C,d,")
    assert pairs(path) == [("在吗", "A, b"), ("d", "C")]


def document(answer: Any, *questions: Any, **more: Any) -> dict[str, Any]:
    return {"id": 1, "answer": answer, "source": "s", "questions": list(questions), **more}


DOCUMENTS = [
    document("好的", "在吗？", "Hello?", metadata=[{"name": "topic", "value": "greeting"}], context={"prompts": []}),
    document("Later.", "and then?", context={"isContextOnly": True}),
]
NEW = [
    document("好的", "在吗？", "Hello?", metadata={"topic": "greeting"}, dialog={"isContextOnly": False}),
    document("Later.", "and then?", dialog={"isContextOnly": True}),
]


def capital(value: Any) -> Any:
    if isinstance(value, list):
        return [capital(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {k[:1].upper() + k[1:]: v if k == "metadata" else capital(v) for k, v in value.items()}


SHAPES: dict[str, Any] = {
    "download": {"qnaDocuments": DOCUMENTS},
    "create": {"name": "kb", "qnaList": DOCUMENTS, "urls": [], "files": []},
    "project": {"metadata": {"projectName": "p"}, "assets": {"synonyms": [{"alterations": ["a"]}], "qnas": NEW}},
    "capitals": capital({"assets": {"qnas": NEW}}),
    "list": {"value": NEW, "nextLink": "https://x"},
    "update": [{"op": "add", "value": pair} for pair in NEW],
    "array": DOCUMENTS,
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("indent", [None, 2])
def test_every_json(export: Export, shape: str, indent: int | None) -> None:
    path = export("kb.json", json.dumps(SHAPES[shape], ensure_ascii=False, indent=indent))
    found = [item for item in read(path).items if isinstance(item, Ticket)]
    assert read(path).format == "qna"
    assert found == [
        Ticket.make(text, "好的", source="canned", tags=("topic:greeting",)) for text in ("在吗？", "Hello?")
    ]
    assert [why for _, why in skipped(path)] == ["the pair is a follow-up, and no answer by itself"]


def test_json_lines(export: Export) -> None:
    assert pairs(export("kb.jsonl", *DOCUMENTS)) == [("在吗？", "好的"), ("Hello?", "好的")]


def test_what_is_wrong_in_json_is_skipped(export: Export) -> None:
    wrong = [document("A", "", 7), document("B"), {"answer": None, "questions": ["x"]}, {"metadata": [{"name": 1}, 2]}]
    path = export("kb.json", {"qnaDocuments": [*DOCUMENTS[:1], *wrong, document("C", "c", metadata=[{"name": 1}, 2])]})
    assert pairs(path) == [("在吗？", "好的"), ("Hello?", "好的"), ("c", "C")]
    assert [why for _, why in skipped(path)] == [
        "the answer has no question",
        "the answer has no question",
        "the object holds no questions",
        "the object holds no questions",
    ]


@pytest.mark.parametrize(
    "lines",
    [
        ["## Questions?", "- a", "```", "code", "```"],
        ["# ? a heading", "and no answer"],
        ["Question\tAnswer", "q\ta"],
        ['{"answer": "a", "question": "q"}'],
        ['{"value": [1, 2]}'],
    ],
)
def test_other_files_are_not_taken(export: Export, lines: list[str]) -> None:
    path = export("a.txt", *lines)
    try:
        assert read(path).format == "csv"
    except FormatError as error:
        assert "no format that is known" in error.message


@pytest.mark.parametrize(("language", "answers", "questions"), [("en-us", 90, 9_796), ("zh-cn", 85, 18_522)])
def test_real_small_talk(datasets: Path, language: str, answers: int, questions: int) -> None:
    items = list(read(datasets / "msft_chitchat_qna" / language / "Chitchat.qna").items)
    tickets = [item for item in items if isinstance(item, Ticket)]
    assert len(items) == len(tickets) == questions
    assert len({ticket.answer for ticket in tickets}) == answers
    assert {ticket.tags for ticket in tickets} == {("editorial:chitchat",)}
    assert len(pairs(datasets / "msft_chitchat_qna" / language / "Faq.qna")) == 8
