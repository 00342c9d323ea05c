"""Further classifiers of a desk: files become rows, sets become classifiers, and what judges teaches nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from replydesk.data.errors import RequestError
from replydesk.data.labels import LabelledText, LabelSet
from replydesk.data.settings import DataSettings, Settings
from replydesk.dialog.reader import IntentReader
from replydesk.dialog.several import SeveralReader
from replydesk.finetune.examples import Examples, Material
from replydesk.finetune.intents.further import fit_classifiers, read_label_file
from replydesk.finetune.recipe import HeadRecipe, Recipe
from replydesk.retrieval.encoders.encoders import Encoders
from tests.sayings import moods, topics

FAST = Recipe(name="fast", head=HeadRecipe(strengths=(10.0,), folds=2))
SETTINGS = DataSettings()


def label_set(name: str, rows: list[tuple[str, tuple[str, ...]]], *, several: bool = False) -> LabelSet:
    return LabelSet(name, several, tuple(LabelledText.make(text, labels, SETTINGS) for text, labels in rows))


@pytest.fixture
def material(tiny_settings: Settings) -> Material:
    encoder = Encoders(tiny_settings.retrieval).of("en")
    nothing = Examples((), (), (), (), (), np.zeros((0, 32), np.float32), np.zeros((0, 512), np.float32))
    return Material(encoder, ("en", "zh"), nothing, nothing, 0.5)


def test_rows_of_csv_and_jsonl_are_read_alike(tmp_path: Path) -> None:
    table = tmp_path / "topic.csv"
    table.write_text('text,label\n"late, my parcel",delivery|mood\n退款呢,payment\nhm,[]\n', encoding="utf-8")
    lines = tmp_path / "topic.jsonl"
    told = [("late, my parcel", ["delivery", "mood"]), ("退款呢", ["payment"]), ("hm", [])]
    lines.write_text("".join(json.dumps({"text": t, "label": n}) + "\n" for t, n in told), encoding="utf-8")
    rows, several = read_label_file(table, SETTINGS)
    assert several and [row.labels for row in rows] == [("delivery", "mood"), ("payment",), ()]
    assert [row.language for row in rows][:2] == ["en", "zh"]
    assert read_label_file(lines, SETTINGS) == (rows, True)
    table.write_text("sentence,category\ngreat lamp,positive\n", encoding="utf-8")
    assert read_label_file(table, SETTINGS) == ([LabelledText("great lamp", ("positive",), "en")], False)
    rows, _ = read_label_file(table, SETTINGS, language="zh")
    assert rows[0].language == "zh"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("text,label\na,b\n,c\n", r"no text.*topic.csv:3"),
        ("text,label\na,b\nc,\n", r"no label.*topic.csv:3"),
        ("text,label\na,b\nc\n", r"topic.csv:3"),
        ("text,label\na,b\n\u200b\u200b,c\n", r"text of this row says nothing.*row 2"),
        ("text,label\na,b\nc,\u0007\n", r"label of this row says nothing.*row 2"),
        ("text,what\na,b\n", r"no column label.*topic.csv:1"),
    ],
)
def test_a_bad_row_is_named_with_its_place(tmp_path: Path, text: str, wanted: str) -> None:
    path = tmp_path / "topic.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RequestError, match=wanted):
        read_label_file(path, SETTINGS)


def test_every_set_becomes_a_classifier_of_its_kind(material: Material) -> None:
    sets = [
        label_set("sentiment", [(text, (mood,)) for text, mood in moods("en", "zh")]),
        label_set("topic", topics("en", "zh"), several=True),
    ]
    found, notes = fit_classifiers(material, sets, FAST, test_share=0.2)
    one, several = found["sentiment"], found["topic"]
    assert isinstance(one, IntentReader) and isinstance(several, SeveralReader)
    assert one.labels == ("negative", "neutral", "positive") and several.labels == ("delivery", "payment", "product")
    for held, name in zip(sets, ("sentiment", "topic"), strict=True):
        train, test, near = held.parts(0.2, ("en", "zh"))
        assert (notes[name]["messages"], notes[name]["near_duplicates_left_out"]) == (len(train), near)
        texts = [row.text for row in test]
        chances = found[name].probabilities(texts, material.encoder.encode(texts))
        if name == "sentiment":
            guesses = np.array(one.labels)[chances.argmax(axis=1)]
            assert (guesses == [row.labels[0] for row in test]).mean() > 0.85
    assert notes["sentiment"]["kind"] == "one" and notes["topic"]["kind"] == "several"
    assert "words" in notes["topic"]["opinions"]


def test_what_judges_teaches_nothing(material: Material) -> None:
    rows = [(text, (mood,)) for text, mood in moods("en")]
    held = label_set("sentiment", rows)
    # Were anything learned from what judges, other labels there would change the classifier.
    lied = replace(held, rows=tuple(replace(r, labels=("positive",)) if r.judges(0.2) else r for r in held.rows))
    (one, _), (other, _) = (fit_classifiers(material, [it], FAST, test_share=0.2) for it in (held, lied))
    texts = [text for text, _ in rows[:20]]
    vectors = material.encoder.encode(texts)
    np.testing.assert_array_equal(
        one["sentiment"].probabilities(texts, vectors), other["sentiment"].probabilities(texts, vectors)
    )


def test_what_cannot_be_told_apart_becomes_no_classifier(material: Material) -> None:
    counted = ("one", "two", "three", "four", "five", "six", "seven")
    rows = [(f"the parcel number {word}", ("delivery",)) for word in counted]
    found, notes = fit_classifiers(material, [label_set("topic", rows)], FAST, test_share=0.01)
    assert found == {} and "Fewer than two labels" in notes["topic"]["why"]
    rows += [("a lamp", ("product",)), ("退款", ("payment",)), ("退钱给我", ("payment",))]
    found, notes = fit_classifiers(material, [label_set("topic", rows)], FAST, test_share=0.01)
    assert found["topic"].labels == ("delivery", "payment")
    assert notes["topic"]["labels_left_out"] == ["product"]
    english = replace(material, languages=("fr",))
    assert fit_classifiers(english, [label_set("topic", rows)], FAST, test_share=0.01) == ({}, {})
