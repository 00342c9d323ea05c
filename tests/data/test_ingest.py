"""Ingestion: counted, masked, unnamed, given a language, stored once; and an export brings it all back."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from replydesk.data import ingest as module
from replydesk.data.export import export_jsonl
from replydesk.data.ingest import ingest
from replydesk.data.preparation import prepare, prepare_ticket, prepare_verdict, pseudonym
from replydesk.data.readers import Skipped, read
from replydesk.data.records import Conversation, Message, Ticket, Verdict
from replydesk.data.settings import DataSettings
from replydesk.data.store import Added, Store
from replydesk.data.tickets import mine

Content = Callable[[Store], dict[str, list[tuple[Any, ...]]]]
Item = Conversation | Ticket | Verdict | Skipped

NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)
SETTINGS = DataSettings()


def talk(key: str, *said: str, **rest: Any) -> Conversation:
    lines = tuple(
        Message(f"{key}-{n}", "agent" if n % 2 else "customer", text, NINE + timedelta(minutes=n))
        for n, text in enumerate(said)
    )
    return Conversation(key, lines, **rest)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(f"sqlite:///{tmp_path / 'desk.db'}")
    yield store
    store.close()


DESK: list[Item] = [
    talk("1", "Where is my parcel?", "Tomorrow.", "Mail me at mei@example.com", "Done.", customer="Mei Lin"),
    Skipped("export.csv:7", "the row has no text"),
    talk("2", "我的快递呢？打 13800138000", "明天到。", customer="王小明"),
    Verdict("v1", "1-1", "edited", "1", "Call 13800138000 tomorrow.", "late", "Ada", NINE),
    Ticket.make("Opening hours?", "9 to 5.", source="canned"),
    Ticket.make("营业时间？", "九点到五点。", source="canned", intent="hours"),
    Verdict("v2", "lone", "wrong"),
]


def test_the_counts(store: Store) -> None:
    seen: list[int] = []
    result = ingest(DESK, store, SETTINGS, progress=lambda report: seen.append(report.conversations))
    assert result.document() == {
        "format": "",
        "columns": {},
        "conversations": 2,
        "conversations_new": 2,
        "conversations_changed": 0,
        "conversations_unchanged": 0,
        "messages": 6,
        "tickets": {"new": 5, "duplicate": 0, "removed": 0},
        "verdicts": 2,
        "suggestions": 0,
        "skipped": [{"where": "export.csv:7", "why": "the row has no text"}],
        "skipped_count": 1,
        "reasons": {"the row has no text": 1},
        "assumed": [],
        "languages": {"en": 5, "zh": 3},
        "began": "2026-03-01T09:00:00+00:00",
        "ended": "2026-03-01T09:03:00+00:00",
        "samples": [
            {"question": "Opening hours?", "answer": "9 to 5."},
            {"question": "营业时间？", "answer": "九点到五点。"},
            {"question": "Where is my parcel?", "answer": "Tomorrow."},
            {"question": "我的快递呢？打 <PHONE_1>", "answer": "明天到。"},
        ],
        "own_contacts": 0,
    }
    assert seen == [2]


def test_a_second_run_adds_nothing(store: Store, content: Content) -> None:
    ingest(DESK, store, SETTINGS)
    before, journal = content(store), store.latest_change()
    again = ingest(DESK, store, SETTINGS)
    assert again.added == Added(tickets_duplicate=5)
    assert again.verdicts == 0
    assert (content(store), store.latest_change()) == (before, journal)


def test_a_dry_run_counts_and_writes_nothing() -> None:
    result = ingest(DESK, None, SETTINGS)
    assert result.added == Added(conversations_new=2, tickets_new=5)
    assert (result.conversations, result.messages, result.skipped_count) == (2, 6, 1)


def test_batches_are_one_import(
    store: Store, monkeypatch: pytest.MonkeyPatch, content: Content, tmp_path: Path
) -> None:
    items: list[Item] = [talk(f"{n:03}", f"question {n % 7}", f"answer {n % 3}") for n in range(50)]
    items += [Ticket.make(f"问 {n}", "答", source="canned") for n in range(30)]
    items += [Skipped(f"x:{n}", "torn") for n in range(130)]
    ingest(items, store, SETTINGS)
    monkeypatch.setattr(module, "_BATCH", 7)
    seen: list[int] = []
    other = Store.open(f"sqlite:///{tmp_path / 'other.db'}")
    result = ingest(iter(items), other, SETTINGS, progress=lambda report: seen.append(report.conversations))
    assert content(other) == content(store)
    assert seen[:7] == [7, 14, 21, 28, 35, 42, 49]
    assert (len(result.skipped), result.skipped_count) == (100, 130)
    assert result.added.tickets_new == 21 + 30
    other.close()


# ---- privacy


def test_nothing_personal_is_stored(store: Store, content: Content) -> None:
    told = Conversation(
        "1",
        (
            Message("1", "customer", "I am mei@example.com, call 07700 900123", NINE, "Mei Lin"),
            Message("2", "agent", "Thanks mei@example.com. 也可以打 13800138000", NINE, "ada@shop.example.com"),
            Message("3", "note", "card 4111 1111 1111 1111", NINE, "Ada"),
        ),
        subject="mei@example.com",
        customer="mei@example.com",
    )
    verdict = Verdict("v", "2", "edited", "1", "Write to ada@example.com", by="ada@example.com")
    canned = Ticket.make("Mail?", "help@example.com", context=("0770 0900 123",), author="ada@example.com")
    ingest([told, verdict, canned], store, SETTINGS)
    stored = str(content(store))
    for personal in ("example.com", "900123", "13800138000", "4111", "Mei Lin"):
        assert personal not in stored
    assert [m.text for m in store.messages("1")] == [
        "I am <EMAIL_1>, call <PHONE_1>",
        "Thanks <EMAIL_1>. 也可以打 <PHONE_2>",
        "card <CARD_1>",
    ]
    assert store.messages("1")[2].author == "Ada"
    assert store.verdicts()[0].correction == "Write to <EMAIL_1>"


LINE, HELP = "020 7946 0018", "help@shop.example"


def served(number: int, said: str, answer: str, **rest: Any) -> Conversation:
    return talk(f"own-{number}", said, answer, customer=f"customer-{number}", **rest)


OURS = [served(n, "Where is it?", f"Call us on {LINE} or write to {HELP}.") for n in range(3)]


@pytest.mark.parametrize(
    ("more", "proposed"),
    [
        ([], (LINE, HELP)),
        # Whatever a customer wrote anywhere is a customer's, however it is spelt.
        ([served(3, "I am at +44 20 7946 0018", "Thanks.")], (HELP,)),
        ([served(3, "谢谢，我的邮箱是 HELP@shop.example", "好的。")], (LINE,)),
        ([served(3, "Hello", "Hi", subject=f"from {HELP}")], (LINE,)),
        # One customer's number that the team repeats, to him or to one more, is none of the company.
        ([served(n % 2, "Hi", "We ring 07911 123456.") for n in range(4)], (LINE, HELP)),
    ],
)
def test_contacts_that_the_team_alone_writes_to_several_customers_are_proposed(
    store: Store, more: list[Conversation], proposed: tuple[str, ...]
) -> None:
    report = ingest([*OURS, *more], store, SETTINGS)
    assert report.own_contacts.proposed() == proposed
    assert report.own_contacts.proposed(("shop.example",)) == ("shop.example", *proposed)
    # It is a proposal: nothing is kept of it, and all is masked as before.
    kept = json.dumps(report.document()) + str(list(store.conversations())) + str(list(store.tickets()))
    assert LINE not in kept and HELP not in kept
    assert report.document()["own_contacts"] == len(proposed)


def test_two_customers_are_not_several_and_counts_of_two_imports_join() -> None:
    one, other = ingest(OURS[:2], None, SETTINGS), ingest(OURS[2:], None, SETTINGS)
    assert (len(one.own_contacts), len(other.own_contacts)) == (0, 0)
    assert (one + other).own_contacts.proposed() == (LINE, HELP)
    spoilt = ingest([served(7, f"my number is {LINE}", "ok")], None, SETTINGS)
    assert (one + other + spoilt).own_contacts.proposed() == (HELP,)


def test_masking_can_be_turned_off(store: Store) -> None:
    ingest([talk("1", "I am mei@example.com", "Hi")], store, DataSettings(mask=False))
    assert store.messages("1")[0].text == "I am mei@example.com"


@pytest.mark.parametrize(("mask", "text"), [(False, "Where is TW-204817?"), (True, "Where is <ORDER_1>?")])
def test_order_numbers_are_kept_unless_asked(mask: bool, text: str) -> None:
    prepared = prepare(talk("1", "Where is TW-204817?"), DataSettings(mask_order_numbers=mask))
    assert prepared.messages[0].text == text


@pytest.mark.parametrize("name", ["Mei Lin", "王小明", "mei@example.com", "c-1", "42"])
def test_a_pseudonym_is_stable_and_says_nothing(name: str) -> None:
    alias = pseudonym(name)
    assert alias == pseudonym(name) == pseudonym(alias)
    assert alias.startswith("c-")
    assert len(alias) == 14
    assert name not in alias.removeprefix("c-") or name == "42"
    assert alias != pseudonym(f"{name}x")


def test_nobody_stays_nobody() -> None:
    assert pseudonym("") == ""


def test_pseudonyms_are_those_of_every_machine() -> None:
    assert pseudonym("Mei Lin") == "c-5e2412118669"


# ---- text


def test_what_is_stored_is_clean_and_fit_for_any_database() -> None:
    told = Conversation(
        "a\0b",
        (Message("m\ud83d", "customer", "@shop  还没\0到\ud83d？ ", NINE, "x\0", "", ("la\0te",)),),
        source="s\0",
        channel="\ud83dweb",
        subject="急\0",
        tags=("v\0ip", "@urgent"),
        outcome="ok\x07",
    )
    assert prepare(told, SETTINGS) == Conversation(
        "ab",
        (Message("m", "customer", "还没到？", NINE, pseudonym("x\0"), "zh", ("late",)),),
        source="s",
        channel="web",
        subject="急",
        tags=("vip", "@urgent"),
        outcome="ok",
    )


def test_the_language_sticks_to_a_conversation() -> None:
    said = ("我的快递呢", "ok", "OK", "Where is my parcel then, please?", "yes", "👍")
    languages = [m.language for m in prepare(talk("1", *said), SETTINGS).messages]
    assert languages == ["zh", "zh", "zh", "en", "en", "en"]
    assert [m.language for m in prepare(talk("1", "ok"), DataSettings(languages=("zh", "en"))).messages] == ["zh"]


@pytest.mark.parametrize(
    ("given", "stored"),
    [("en", "en"), ("en-GB", "en"), ("zh_Hans_CN", "zh"), ("ZH", "zh"), ("English", "zh"), ("中文", "zh"), ("", "zh")],
)
def test_a_given_language_is_a_code_or_found(given: str, stored: str) -> None:
    (message,) = talk("1", "我的快递呢").messages
    told = replace(talk("1"), messages=(replace(message, language=given),))
    assert prepare(told, SETTINGS).messages[0].language == stored
    ticket = Ticket.make("我的快递呢", "明天", language=given)
    assert prepare_ticket(ticket, SETTINGS).language == stored


@pytest.mark.parametrize("item", [item for item in DESK if not isinstance(item, Skipped)])
def test_preparing_twice_changes_nothing(item: Item) -> None:
    def prepared(item: Item) -> Item:
        if isinstance(item, Conversation):
            return prepare(item, SETTINGS)
        if isinstance(item, Ticket):
            return prepare_ticket(item, SETTINGS)
        assert isinstance(item, Verdict)
        return prepare_verdict(item, SETTINGS)

    once = prepared(item)
    assert prepared(once) == once


# ---- there and back


def exported(store: Store, path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        export_jsonl(store, file)
    return path


def round_trip(store: Store, tmp_path: Path, content: Content) -> None:
    path = exported(store, tmp_path / "export.jsonl")
    other = Store.open(f"sqlite:///{tmp_path / 'other.db'}")
    reading = read(path)
    result = ingest(reading.items, other, SETTINGS)
    assert (reading.format, result.skipped) == ("jsonl", [])
    assert content(other) == content(store)
    # Both ways are one: the same file from the copy, twice, and nothing new for the first.
    assert exported(other, tmp_path / "again.jsonl").read_bytes() == path.read_bytes()
    assert exported(other, tmp_path / "third.jsonl").read_bytes() == path.read_bytes()
    again = ingest(read(path).items, store, SETTINGS)
    assert (again.added.conversations_new, again.added.conversations_changed, again.added.tickets_new) == (0, 0, 0)
    other.close()


def test_an_export_gives_an_equal_store(store: Store, tmp_path: Path, content: Content) -> None:
    ingest(DESK, store, SETTINGS)
    asked, said = talk("live", "在吗", "您好 😀").messages
    told = (replace(asked, author=pseudonym("Mei"), language="zh"), replace(said, role="bot", language="zh"))
    store.append("live", *told, customer=pseudonym("Mei"), channel="web")
    store.add_verdicts([Verdict("v3", "live-1", "good", "live", at=NINE)])
    round_trip(store, tmp_path, content)


def test_an_export_gives_an_equal_store_whatever_the_order(store: Store, tmp_path: Path, content: Content) -> None:
    draw = random.Random(5)
    keys = [f"{n:04}" for n in range(450)]
    draw.shuffle(keys)
    told = []
    for n, key in enumerate(keys):
        conversation = talk(key, draw.choice(["Hi", "在吗"]), "Hello", f"question {n}", "answer", tags=(key,))
        shift = timedelta(hours=n * 7 % 450)
        moved = tuple(replace(m, at=m.at and m.at + shift) for m in conversation.messages)
        told.append(replace(conversation, messages=moved))
    ingest(told, store, SETTINGS)
    round_trip(store, tmp_path, content)


@pytest.mark.slow
def test_the_demo_desk_comes_back(store: Store, tmp_path: Path, content: Content) -> None:
    folder = resources.files("replydesk.data.samples")
    for name in ("conversations.en.jsonl", "conversations.zh.jsonl", "canned.jsonl", "articles.jsonl"):
        with resources.as_file(folder / name) as path:
            assert ingest(read(path).items, store, SETTINGS).skipped == []
    assert store.counts()["conversations"] == 2441
    round_trip(store, tmp_path, content)


def test_a_corrected_answer_replaces_the_wrong_one(store: Store, tmp_path: Path) -> None:
    ingest(DESK, store, SETTINGS)
    path = exported(store, tmp_path / "export.jsonl")
    path.write_text(path.read_text(encoding="utf-8").replace("明天到。", "后天到。"), encoding="utf-8")
    result = ingest(read(path).items, store, SETTINGS)
    assert result.added == Added(conversations_changed=1, tickets_new=1, tickets_removed=1, tickets_duplicate=4)
    ((ticket, _),) = store.tickets_with_curation([], asking="我的快递呢？打 <PHONE_1>").values()
    assert ticket.answer == "后天到。"


def test_the_context_of_a_ticket_has_the_length_of_the_setting(store: Store) -> None:
    told = talk("1", "one", "two", "three", "four", "five", "six")
    ingest([told], store, DataSettings(context_messages=1))
    assert {t.question: t.context for t in store.tickets()} == {"one": (), "three": ("two",), "five": ("four",)}
    assert [t.id for t in store.tickets()] == sorted(t.id for t in mine(told, context_messages=1))
