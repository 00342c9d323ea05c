"""What words say of an intent, number by number as scikit-learn says it, in English and Chinese."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_union
from sklearn.svm import LinearSVC

from replydesk.data.errors import ReleaseError
from replydesk.dialog.words import WordClassifier, grams
from replydesk.finetune.intents.words import fit_words
from tests.conftest import DESK

LEARNED = {
    language: [(text, intent) for intent, told in DESK.items() for text in told[language][0]]
    for language in ("en", "zh")
}
ASKED = {
    "en": [
        "Where is my   parcel? Parcel!\nIt's LATE, it's a delay",
        "a\tb  c",
        "İstanbul's café naïve don't_do 42",
        "",
        "  ",
        "zzz qqq",
        "refund refund refund refund",
        "我的快递 parcel",
    ],
    "zh": ["我的快递呢？\n还没到", "退款  退款 什么时候\t到账", "", "退", "ABC 退款 abc", "龘", "👍 快递👍"],
}
VECTORIZERS: dict[str, Callable[[], list[TfidfVectorizer]]] = {
    "en": lambda: [
        TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"(?u)\b\w+\b", sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True),
    ],
    "zh": lambda: [TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)],
}


def fitted(language: str, labels: set[str] | None = None) -> tuple[WordClassifier, Any, Any]:
    rows = [(text, label) for text, label in LEARNED[language] if labels is None or label in labels]
    texts, names = zip(*rows, strict=True)
    features = make_union(*VECTORIZERS[language]())
    model = LinearSVC(random_state=0).fit(features.fit_transform(list(texts)), list(names))
    return fit_words(texts, names, language), features, model


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_n_grams_are_those_of_the_vectorizers(language: str) -> None:
    kinds = {"en": ("word", "char_wb"), "zh": ("char",)}[language]
    for kind, vectorizer in zip(kinds, VECTORIZERS[language](), strict=True):
        analyze = vectorizer.build_analyzer()
        for text in [*ASKED[language], *(text for text, _ in LEARNED[language])]:
            assert sorted(grams(text, kind)) == sorted(analyze(text))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_margins_are_those_of_the_support_vector_machine(language: str) -> None:
    words, features, model = fitted(language)
    texts = [*ASKED[language], *(text for text, _ in LEARNED[language])]
    expected = model.decision_function(features.transform(texts))
    assert words.labels == tuple(model.classes_)
    np.testing.assert_allclose(words.logits(texts), expected, atol=1e-6)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_two_labels_share_the_one_plane(language: str) -> None:
    words, features, model = fitted(language, {"cancel_order", "refund_status"})
    expected = model.decision_function(features.transform(ASKED[language]))
    found = words.logits(ASKED[language])
    np.testing.assert_allclose(found[:, 1] - found[:, 0], expected, atol=1e-6)
    np.testing.assert_allclose(found.sum(axis=1), 0, atol=1e-12)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_is_saved_and_loaded_number_by_number(language: str, tmp_path: Path) -> None:
    words = replace(fitted(language)[0], weight=3.25)
    words.save(tmp_path / "deep" / "words.npz")
    loaded = WordClassifier.load(tmp_path / "deep" / "words.npz")
    assert (loaded.terms, loaded.kinds, loaded.sizes) == (words.terms, words.kinds, words.sizes)
    assert (loaded.labels, loaded.weight) == (words.labels, 3.25)
    np.testing.assert_array_equal(loaded.logits(ASKED[language]), words.logits(ASKED[language]))
    assert loaded.problems() == []


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "words.npz"
    fitted("zh")[0].save(path)
    whole = path.read_bytes()
    for damaged in (b"", whole[:200], whole[:-30]):
        path.write_bytes(damaged)
        with pytest.raises(ReleaseError):
            WordClassifier.load(path)
    path.write_bytes(whole)
    with np.load(path) as arrays:
        kept = dict(arrays)
    np.savez(path, **{**kept, "text": kept["text"][1:]})
    with pytest.raises(ReleaseError):
        WordClassifier.load(path)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({}, ""),
        ({"sizes": (1,)}, "fit together"),
        ({"kinds": ("word", "line")}, "fit together"),
        ({"bias": np.zeros(1)}, "fit together"),
        ({"idf": np.zeros(3)}, "fit together"),
        ({"starts": np.zeros(2, dtype=np.int64)}, "fit together"),
        ({"labels": ("one",), "bias": np.zeros(1)}, "fit together"),
        ({"weight": float("nan")}, "no number"),
    ],
)
def test_it_says_what_is_wrong_with_it(change: dict[str, Any], problem: str) -> None:
    found = replace(fitted("en")[0], **change).problems()
    assert (problem in " ".join(found)) if problem else found == []


def test_words_of_two_messages_are_familiar() -> None:
    texts = ["Oolong is late", "my oolong leaks", "Nomvula is late", "my lamp leaks"]
    model = fit_words(texts, ["late", "leaks", "late", "leaks"], "en")
    assert {"oolong", "late", "leaks"} <= model.familiar
    assert "nomvula" not in model.familiar
