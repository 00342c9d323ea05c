"""Lexical search: rare words first, additions and removals at once, nothing torn, and no query that is wrong."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replydesk.data.errors import VectorIndexError
from replydesk.retrieval.words import lexical
from replydesk.retrieval.words.lexical import LexicalIndex
from replydesk.retrieval.words.terms import terms

TEXTS = (
    "The machine shows E4",
    "The machine shows E2 on the display",
    "Where is my parcel?",
    "Where is my order TW-204817?",
    "Do you ship to Malta?",
    "洗碗机显示E4怎么办",
    "退货运费谁出？",
    "订单三天没到",
)


def key(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def filled(texts: tuple[str, ...] = TEXTS) -> LexicalIndex:
    index = LexicalIndex()
    index.add([key(text) for text in texts], texts)
    return index


def found(index: LexicalIndex, text: str, k: int = 10) -> list[str]:
    named = {key(text): text for text in (*TEXTS, "new", "E4 is about heat")}
    return [named[hit] for hit in index.search(index.query(text), k)]


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("what does e-4 mean", "The machine shows E4"),
        ("tw204817", "Where is my order TW-204817?"),
        ("malta please", "Do you ship to Malta?"),
        ("機器顯示Ｅ４", "洗碗机显示E4怎么办"),
        ("退貨的運費", "退货运费谁出？"),
        ("訂單沒到", "订单三天没到"),
    ],
)
def test_rare_words_lead(asked: str, first: str) -> None:
    assert found(filled(), asked)[0] == first


def test_no_word_in_common_finds_nothing() -> None:
    assert found(filled(), "hello") == []
    assert found(LexicalIndex(), "parcel") == []
    assert found(filled(), "parcel", 0) == []


@pytest.mark.parametrize(
    "asked", ['"', "AND OR (", "text:*", "e4~2^", "\x00\ud800", "", "+-!", "a" * 100_000, "長" * 9000]
)
def test_any_text_is_a_query(asked: str) -> None:
    found(filled(), asked)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=80))
def test_any_text_may_be_added_and_searched(text: str) -> None:
    index = LexicalIndex()
    index.add([key("x")], [text])
    assert index.search(index.query(text), 1) == ([key("x")] if terms(text) else [])


def test_scores_are_bm25_as_a_share_of_what_a_usual_text_gets() -> None:
    index = filled()
    query = index.query("machine malta unknown")
    length = sum(len(terms(text)) for text in TEXTS) / len(TEXTS)

    def weight(known: int) -> float:
        return math.log(1 + (len(TEXTS) - known + 0.5) / (known + 0.5))

    assert query.weights == pytest.approx({"machine": weight(2), "malta": weight(1), "unknown": weight(0)})
    text = TEXTS[1]
    damp = 1.2 * (0.7 + 0.3 * len(terms(text)) / length)
    expected = weight(2) * 2.2 / (1 + damp) / (weight(0) + weight(1) + weight(2))
    assert query.score(Counter(terms(text))) == pytest.approx(expected)
    assert query.score(Counter(terms("parcel"))) == 0
    assert index.query("").score(Counter(["a"])) == 0


def test_what_a_text_says_is_told_by_the_weight_of_its_words() -> None:
    index = filled(("lamp cable", "lamp shade", "lamp 退货"))
    rare = math.log(1 + (3 - 1 + 0.5) / 1.5)
    common = math.log(1 + 0.5 / 3.5)
    assert index.rarities(["lamp", "cable", "none"]) == pytest.approx(
        {"lamp": common, "cable": rare, "none": math.log(1 + 3.5 / 0.5)}
    )
    query = index.query("the lamp is here")
    assert query.told(["lamp", "cable"], index.rarities(["lamp", "cable"])) == pytest.approx(common / (common + rare))
    assert index.query("cable and lamp").told(["lamp", "cable"], index.rarities(["lamp", "cable"])) == pytest.approx(1)
    assert query.told([], {}) == 0.0


def test_additions_removals_and_new_texts_count_at_once() -> None:
    index = filled()
    index.add([key("E4 is about heat")], ["E4 is about heat"])
    assert len(index) == 9
    assert "E4 is about heat" in found(index, "e4")
    assert index.remove([key(TEXTS[0]), "f" * 32]) == 1
    assert TEXTS[0] not in found(index, "e4")
    index.add([key(TEXTS[2])], ["about something else"])
    assert len(index) == 8
    assert TEXTS[2] not in found(index, "parcel")
    assert found(index, "something else") == [TEXTS[2]]


def test_what_was_saved_is_read_again_with_what_came_since(tmp_path: Path) -> None:
    index = filled()
    index.seq = 8
    index.save(tmp_path)
    other = LexicalIndex.load(tmp_path)
    assert (len(other), other.seq) == (8, 8)
    for text in ("e4", "退货", "parcel"):
        assert sorted(found(other, text)) == sorted(found(filled(), text))
    assert other.query("machine").weights == pytest.approx(index.query("machine").weights)
    other.remove([key(TEXTS[0])])
    other.add([key("new"), key(TEXTS[2])], ["a new parcel", "a letter"])
    assert (len(other), found(other, "parcel")) == (8, ["new"])
    # Who saves it hinders nobody who reads the older generation, not even when that is deleted.
    other.save(tmp_path)
    assert found(index, "e4")[0] == TEXTS[0]
    third = LexicalIndex.load(tmp_path)
    assert (len(third), found(third, "parcel"), found(third, "letter")) == (8, ["new"], [TEXTS[2]])
    assert TEXTS[0] not in found(third, "e4")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["manifest.json", "words-2"]


def delete_folder(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder / "words-1")


def tear_file(folder: Path) -> None:
    path = next((folder / "words-1").glob("*.term"))
    path.write_bytes(path.read_bytes()[:-3])


def delete_file(folder: Path) -> None:
    next((folder / "words-1").glob("*.idx")).unlink()


def tear_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text("{")


def delete_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def other_rules(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"analysis": 0}))


@pytest.mark.parametrize("damage", [delete_folder, tear_file, delete_file, tear_manifest, delete_manifest, other_rules])
def test_a_torn_generation_is_refused_and_a_new_one_is_sound(damage: Callable[[Path], None], tmp_path: Path) -> None:
    filled().save(tmp_path)
    damage(tmp_path)
    with pytest.raises(VectorIndexError, match="words"):
        LexicalIndex.load(tmp_path)
    filled().save(tmp_path)
    assert found(LexicalIndex.load(tmp_path), "malta") == ["Do you ship to Malta?"]


@pytest.mark.parametrize("pending", [0, 2, 256])
def test_new_texts_are_found_and_weighed_alike_whether_tantivy_has_them_yet(
    monkeypatch: pytest.MonkeyPatch, pending: int
) -> None:
    whole = filled()
    monkeypatch.setattr(lexical, "_PENDING", pending)
    index = filled()
    for text in TEXTS:
        asked, expected = index.query(text), whole.query(text)
        assert asked == expected
        assert index.search(asked, 1) == whole.search(expected, 1) == [key(text)]
    for text in TEXTS[::2]:
        assert index.remove([key(text)]) == whole.remove([key(text)]) == 1
    index.add([key(TEXTS[1])], ["new words in place of the old ones"])
    whole.add([key(TEXTS[1])], ["new words in place of the old ones"])
    assert len(index) == len(whole)
    assert index.search(index.query("new words"), 1) == [key(TEXTS[1])]


def test_how_rare_a_word_is_follows_what_is_added_and_saved(tmp_path: Path) -> None:
    def rarity(frequency: int, count: int) -> float:
        return math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))

    index = filled()
    index.save(tmp_path)
    assert index.rarities(["e4", "lamp"]) == pytest.approx({"e4": rarity(2, 8), "lamp": rarity(0, 8)})
    index.add([key("lamp E4")], ["lamp E4"])
    assert index.rarities(["e4", "lamp"]) == pytest.approx({"e4": rarity(3, 9), "lamp": rarity(1, 9)})
    # A new generation has other frequencies than the one that was asked before.
    index.save(tmp_path)
    assert index.rarities(["e4", "lamp"]) == pytest.approx({"e4": rarity(3, 9), "lamp": rarity(1, 9)})
