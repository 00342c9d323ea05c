"""Export: lines that read back equal, and tables that a spreadsheet opens without running anything."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from replydesk.data import export as module
from replydesk.data.export import export_csv, export_jsonl
from replydesk.data.ingest import ingest
from replydesk.data.readers import Skipped, read
from replydesk.data.records import Conversation, Message, Role, Suggested, SuggestionVerdict, Ticket, Verdict
from replydesk.data.settings import DataSettings
from replydesk.data.store import Store
from replydesk.data.tickets import mine

NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(f"sqlite:///{tmp_path / 'desk.db'}")
    yield store
    store.close()


def talk(key: str, *lines: tuple[Role, str]) -> Conversation:
    messages = tuple(
        Message(f"{key}-{n}", role, text, NINE + timedelta(minutes=n), "Ada", "en", ("late", "lost"))
        for n, (role, text) in enumerate(lines)
    )
    return Conversation(key, messages, "shop", "chat", "c-0123456789ab", "Late", ("vip",), "solved", 0.5)


LATE = talk(
    "1", ("customer", "还没到？"), ("note", "angry"), ("agent", "明天到。"), ("customer", "ok"), ("agent", "Bye")
)
DANGER = [
    "=1+1",
    "+44 is the code",
    "-5% off?",
    "@shop hello",
    '=HYPERLINK("http://x.example","click")',
    "'quoted",
    "'=1+1",
    "''=1",
    "'",
    'plain, with "quotes"\nand a line',
    "＝1+1",
    "；，\t。",
]


def rows(store: Store) -> list[dict[str, str]]:
    file = io.StringIO(newline="")
    export_csv(store, file)
    file.seek(0)
    return list(csv.DictReader(file))


def test_the_columns_of_a_table(store: Store) -> None:
    store.add([(LATE, list(mine(LATE)))])
    found = rows(store)
    assert found[0] == {
        "conversation": "1",
        "id": "1-0",
        "reply_to": "",
        "role": "customer",
        "author": "Ada",
        "ts": "2026-03-01T09:00:00+00:00",
        "language": "en",
        "intent": "late|lost",
        "text": "还没到？",
        "source": "shop",
        "channel": "chat",
        "customer": "c-0123456789ab",
        "subject": "Late",
        "tags": "vip",
        "outcome": "solved",
        "satisfaction": "0.5",
        "updated": "",
    }
    assert [row["role"] for row in found] == ["customer", "note", "agent", "customer", "agent"]


def test_a_spreadsheet_runs_nothing(store: Store) -> None:
    told = [talk(f"={n}", ("customer", text), ("agent", f"a{text}")) for n, text in enumerate(DANGER)]
    store.add([(conversation, list(mine(conversation))) for conversation in told])
    for row in rows(store):
        for cell in row.values():
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_table_gives_the_same_tickets(store: Store, tmp_path: Path) -> None:
    told = [LATE, *(talk(f"={n}", ("customer", text), ("agent", f"-{text}")) for n, text in enumerate(DANGER))]
    store.add([(conversation, list(mine(conversation))) for conversation in told])
    path = tmp_path / "export.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        assert export_csv(store, file) == 5 + 2 * len(DANGER)
    items = list(read(path).items)
    assert not [item for item in items if isinstance(item, Skipped)]
    other = Store.open(f"sqlite:///{tmp_path / 'other.db'}")
    other.add([(item, list(mine(item))) for item in items if isinstance(item, Conversation)])

    def content(desk: Store) -> dict[str, tuple[str, str, tuple[str, ...], str, datetime | None, str]]:
        return {t.id: (t.question, t.answer, t.context, t.intent, t.at, t.author) for t in desk.tickets()}

    assert content(other) == content(store)
    other.close()


def test_a_table_loses_nothing_of_a_conversation(store: Store, tmp_path: Path) -> None:
    full = Conversation(
        "zendesk:8801",
        (
            Message("zendesk:8801:1", "customer", "还没到？", NINE, "c-0123456789ab", "zh", ("late", "a;b", "[x")),
            Message("zendesk:8801:2", "note", "'=angry", None, "Ada", "en"),
            Message("zendesk:8801:3", "agent", "  Tomorrow.\nBye", NINE, "Ada", "en", (), "zendesk:8801:1"),
            Message("zendesk:8801:4", "system", "", NINE),
        ),
        "zendesk", "email", "c-0123456789ab", "=Late?", ("a,b", "c|d"), "solved", 0.1, updated=NINE,
    )  # fmt: skip
    bare = Conversation("bare", (Message("m", "customer", "hi"),))
    store.add([(conversation, list(mine(conversation))) for conversation in (full, bare)])
    path = tmp_path / "export.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        export_csv(store, file)
    found = list(read(path).items)
    assert found == [replace(bare, partial=True), replace(full, partial=True)]
    assert list(store.conversations()) == [bare, full]


def test_a_table_may_be_cut_and_sorted(store: Store, tmp_path: Path) -> None:
    store.add([(LATE, list(mine(LATE)))])
    file = io.StringIO(newline="")
    export_csv(store, file)
    header, *body = file.getvalue().splitlines(keepends=True)
    whole = {m.id: m for m in LATE.messages}
    for cut in (body[:2], body[2:], sorted(body, reverse=True)):
        path = tmp_path / "part.csv"
        path.write_text("".join([header, *cut]), encoding="utf-8", newline="")
        [part] = read(path).items
        assert isinstance(part, Conversation)
        assert replace(part, messages=(), partial=False) == replace(LATE, messages=())
        assert [whole[m.id] for m in part.messages] == list(part.messages)


def lines(store: Store) -> list[dict[str, object]]:
    file = io.StringIO()
    count = export_jsonl(store, file)
    found = [json.loads(line) for line in file.getvalue().splitlines()]
    assert len(found) == count
    return found


def test_lines_hold_all_of_it_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BATCH", 2)
    told = [LATE, *(talk(key, ("customer", "还没到？"), ("agent", "明天到。")) for key in "2345")]
    store.add([(conversation, list(mine(conversation))) for conversation in told])
    store.add_tickets([Ticket.make("退货？", "可以。", source="canned", language="zh")])
    store.add_verdicts([Verdict("b", "1-2", "good", "1", at=NINE), Verdict("lone", "r", "wrong", "elsewhere")])
    found = lines(store)
    assert [line.get("id") for line in found] == [*"12345", None, None]
    assert [v["id"] for v in found[0]["verdicts"]] == ["b"]  # type: ignore[attr-defined]
    assert found[5]["verdict"]["conversation"] == "elsewhere"  # type: ignore[index]
    assert found[6]["ticket"]["question"] == "退货？"  # type: ignore[index]


def test_lines_are_read_by_people(store: Store) -> None:
    store.add([(LATE, list(mine(LATE)))])
    file = io.StringIO()
    export_jsonl(store, file)
    assert "还没到？" in file.getvalue()


def test_an_empty_desk(store: Store, tmp_path: Path) -> None:
    assert lines(store) == []
    assert rows(store) == []


@pytest.mark.parametrize("text", DANGER)
def test_lines_change_no_text(store: Store, tmp_path: Path, text: str) -> None:
    told = talk("1", ("customer", f"x{text}"), ("agent", text))
    store.add([(told, list(mine(told)))])
    path = tmp_path / "export.jsonl"
    with path.open("w", encoding="utf-8", newline="") as file:
        export_jsonl(store, file)
    assert list(read(path).items) == [told]
    assert ingest(read(path).items, None, DataSettings()).skipped_count == 0


def suggested(key: str, *verdicts: SuggestionVerdict) -> Suggested:
    def item(ticket: str, text: str) -> dict[str, object]:
        features = {"score": 0.5, "told": 0.0}
        return {
            "ticket": ticket,
            "kind": "macro",
            "text": text,
            "position": 1,
            "propensity": 0.95,
            "features": features,
        }

    document = {
        "id": key, "text": "什么时候退款？", "conversation": "1", "customer": "c-0123456789ab", "by": "Ada",
        "channel": "chat", "intents": [{"name": "refund", "probability": 0.9}], "at": NINE.isoformat(),
        "items": [item("t1", "Five days."), item("t2", "五天到账。")], "beside": item("t3", "See the help page."),
    }  # fmt: skip
    return Suggested(key, document, verdicts)


def test_suggestions_and_what_came_of_them_survive_an_export(store: Store, tmp_path: Path) -> None:
    told = suggested(
        "s1",
        SuggestionVerdict("v1", "s1", "t1", "refused", by="Ada", at=NINE),
        SuggestionVerdict("v2", "s1", "t2", "edited", "三天到账。", "Ada", NINE + timedelta(minutes=1)),
    )
    store.add_suggestions([told, suggested("s2")])
    path = tmp_path / "export.jsonl"
    with path.open("w", encoding="utf-8") as file:
        assert export_jsonl(store, file) == 2
    other = Store.open("sqlite://")
    report = ingest(read(path).items, other, DataSettings())
    assert (report.suggestions, report.skipped) == (2, [])
    assert list(other.suggestions()) == list(store.suggestions()) == [told, suggested("s2")]
    for one in (store, other):
        assert one.taken_for("refund", limit=5) == ["t2"]
    assert ingest(read(path).items, other, DataSettings()).suggestions == 0
    other.close()


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"at": "soon"}, "not a date"),
        ({"at": None}, "when it was made"),
        ({"items": "none"}, "no list of items"),
        ({"items": [{"ticket": "t1"}]}, "a ticket and a text"),
        ({"items": [{"ticket": "t1", "text": "x", "features": {"score": "high"}}]}, "are numbers"),
        ({"intents": ["refund"]}, "names with probabilities"),
    ],
)
def test_a_suggestion_that_cannot_be_read_costs_nothing_else(
    store: Store, tmp_path: Path, wrong: dict[str, object], why: str
) -> None:
    good = {"suggestion": dict(suggested("s1").document)}
    bad = {"suggestion": {**suggested("s2").document, **wrong}}
    path = tmp_path / "export.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in (good, bad)), encoding="utf-8")
    report = ingest(read(path).items, store, DataSettings())
    assert report.suggestions == 1
    assert [item.where for item in report.skipped] == [f"{path.name}:2"]
    assert why in report.skipped[0].why
