"""The corpus: the training part of a desk and nothing of the rest, or what files hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from replydesk.data.errors import FormatError, RequestError
from replydesk.data.home import Home
from replydesk.data.ingest import ingest
from replydesk.data.records import Conversation, Message, Ticket
from replydesk.data.settings import Settings
from replydesk.data.store import Store
from replydesk.finetune.pretraining.corpus import Corpus


@pytest.fixture
def store(desk: Home) -> Store:
    return Store.open(desk.database)


def said(store: Store, part: str) -> set[str]:
    parts = store.splits()
    return {
        " ".join(message.text.split())
        for conversation in store.conversations()
        if parts.get(conversation.id) == part
        for message in conversation.messages
        if message.role == "customer"
    }


def test_nothing_of_the_test_part_is_read(store: Store, tiny_settings: Settings) -> None:
    corpus = Corpus.of_store(store, tiny_settings)
    assert said(store, "test"), "parts are assigned if they were not"
    texts = set(corpus.texts)
    assert not texts & said(store, "test")
    assert texts >= said(store, "train")
    assert all(len(turns) == 2 for turns in corpus.conversations), "a question and its answer follow each other"


def test_what_is_put_aside_or_asked_again_in_the_test_part_is_not_read(store: Store, tiny_settings: Settings) -> None:
    Corpus.of_store(store, tiny_settings)
    judged = sorted(said(store, "test"))[0]
    aside = next(key for key, part in store.splits().items() if part == "train")
    store.set_aside([aside])
    turns = ("Good morning to you", "Hello, how can I help?", f"{judged}", "We look into it.", "That is kind, thanks")
    roles = ("customer", "agent") * 3
    messages = tuple(
        Message(f"m{i}", role, text, None, "", "en")  # type: ignore[arg-type]
        for i, (text, role) in enumerate(zip(turns, roles, strict=False))
    )
    ingest([Conversation("again", messages, "tiny")], store, tiny_settings.data)
    store.assign_splits({"again": "train"})
    store.add_ticket(Ticket.make(judged, "A canned answer to it.", source="canned", language="en"))
    store.add_ticket(Ticket.make("Do you ship to Mars at all?", "Not yet.", source="canned", language="en"))
    corpus = Corpus.of_store(store, tiny_settings)
    assert turns[:2] in corpus.conversations
    assert turns[3:] in corpus.conversations
    assert ("Do you ship to Mars at all?", "Not yet.") in corpus.conversations
    assert judged not in corpus.texts
    opening = " ".join(store.messages(aside)[0].text.split())
    assert opening not in corpus.texts


def test_languages_are_kept_apart(store: Store, tiny_settings: Settings) -> None:
    everything = Corpus.of_store(store, tiny_settings)
    english, chinese = (Corpus.of_store(store, tiny_settings, languages=[code]) for code in ("en", "zh"))
    assert all(text.isascii() for text in english.texts)
    assert not any(text.isascii() for text in chinese.texts)
    assert len(english) + len(chinese) == len(everything)


def test_files_of_texts_and_of_conversations(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("\ufeffMy  lamp\n\n台灯打不开\n", encoding="utf-8")
    rows = [
        {"text": "alone"},
        {"turns": ["问", "答"]},
        {"turns": [{"role": "customer", "text": "q"}, {"role": "agent", "text": " "}, {"text": "a"}]},
        ["x", "y"],
        "z",
    ]
    (tmp_path / "b.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    corpus = Corpus.of_files([tmp_path / "a.txt", tmp_path / "b.jsonl"])
    expected = (("My lamp",), ("台灯打不开",), ("alone",), ("问", "答"), ("q", "a"), ("x", "y"), ("z",))
    assert corpus.conversations == expected
    assert len(corpus) == 10


@pytest.mark.parametrize("line", ["{", "3", "{}", '{"turns": [3]}', '{"text": null}'])
def test_a_line_without_text_is_refused_with_its_place(line: str, tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").write_text(f'{{"text": "fine"}}\n{line}\n', encoding="utf-8")
    with pytest.raises(FormatError, match=r"b\.jsonl:2"):
        Corpus.of_files([tmp_path / "b.jsonl"])


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=r"none\.txt"):
        Corpus.of_files([tmp_path / "none.txt"])
    (tmp_path / "binary.txt").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(RequestError, match="UTF-8"):
        Corpus.of_files([tmp_path / "binary.txt"])


def test_some_are_drawn_and_some_held_out() -> None:
    corpus = Corpus.of([[f"q{i}", f"a{i}"] for i in range(50)])
    drawn = corpus.drawn(20, seed=0)
    assert len(drawn) == 20
    assert drawn == corpus.drawn(20, seed=0) != corpus.drawn(20, seed=1)
    assert set(drawn.conversations) < set(corpus.conversations)
    learned, held_out = corpus.split(0.2, 100, seed=0)
    assert (len(learned), len(held_out)) == (80, 20)
    assert set(learned.conversations) | set(held_out.conversations) == set(corpus.conversations)
    assert len(corpus.split(0.2, 3, seed=0)[1].conversations) == 3
    assert Corpus.of(["a"] * 10).split(0.2, 100, seed=0)[1] == Corpus()
    assert corpus.fingerprint != drawn.fingerprint
