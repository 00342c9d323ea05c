"""Head, words and neighbours as one reader: their weighted sum, value by value, and what a release keeps of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from replydesk.data.errors import ReleaseError
from replydesk.data.home import Home
from replydesk.dialog.intents import Familiarity, IntentHead
from replydesk.dialog.neighbours import KNOWN, NEAREST, WIDTH, NeighbourClassifier
from replydesk.dialog.reader import IntentReader
from replydesk.dialog.reading import read
from replydesk.dialog.release import Release
from replydesk.dialog.releases import Releases
from replydesk.dialog.skills import Skills
from replydesk.dialog.words import WordClassifier
from replydesk.finetune.intents.words import fit_words

RANDOM = np.random.default_rng(7)
DIMENSION = 6
LABELS = ("parcel", "refund", "退货")
TEXTS = ("where is my parcel", "my refund please", "我要退货", "parcel lost", "refund now", "退货运费", "parcel parcel")
OWNERS = tuple(LABELS[i % 3] for i in range(7))


def unit(count: int) -> np.ndarray:
    rows = RANDOM.normal(size=(count, DIMENSION)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


KNOWN_VECTORS = unit(7)
HEAD = IntentHead(LABELS, RANDOM.normal(size=(3, DIMENSION)), RANDOM.normal(size=3), 0.5)
WORDS = replace(fit_words(TEXTS, OWNERS, "en"), weight=2.5)
NEAR = replace(NeighbourClassifier.of(KNOWN_VECTORS, OWNERS), weight=0.25)


def familiarity(known: np.ndarray) -> Familiarity:
    means = RANDOM.normal(size=(3, DIMENSION))
    return Familiarity(known, np.eye(DIMENSION), means, np.zeros(3), np.ones(3), 1.5, -0.5, 3)


def one_by_one(vectors: np.ndarray, labels: Sequence[str], asked: np.ndarray) -> np.ndarray:
    rows = []
    for vector in asked:
        cosines = [sorted(float(vector @ v) for v, one in zip(vectors, labels, strict=True) if one == name)
                   for name in sorted(set(labels))]  # fmt: skip
        rows.append([np.log(sum(np.exp((c - 1) / WIDTH) for c in mine[-NEAREST:]) + 1e-9) for mine in cosines])
    return np.array(rows)


def test_neighbours_say_what_counting_them_one_by_one_says() -> None:
    vectors = unit(40)
    labels = [f"{'cab'[i % 3]}" for i in range(37)] + ["d"] * 3
    asked = np.concatenate([vectors[::4], unit(5), -vectors[:2]])
    found = NeighbourClassifier.of(vectors, labels)
    assert found.labels == ("a", "b", "c", "d")
    expected = one_by_one(vectors, labels, asked)
    np.testing.assert_allclose(found.logits(asked), expected, atol=1e-4)
    np.testing.assert_allclose(found.logits(asked, asked @ vectors.T), expected, atol=1e-4)
    many = np.tile(asked, (80, 1))
    np.testing.assert_allclose(found.logits(many), np.tile(expected, (80, 1)), atol=1e-4)


def test_many_labels_with_one_message_each_stay_finite() -> None:
    vectors = unit(200)
    labels = [f"intent {i:03}" for i in range(200)]
    found = NeighbourClassifier.of(vectors, labels).logits(vectors[:20])
    np.testing.assert_allclose(found, one_by_one(vectors, labels, vectors[:20]), atol=1e-4)


def test_of_too_many_vectors_some_are_known() -> None:
    found = NeighbourClassifier.of(np.zeros((2 * KNOWN + 1, 1), dtype=np.float32), ["a", "b"] * KNOWN + ["c"])
    assert (len(found.vectors), found.labels) == (-(-(2 * KNOWN + 1) // 3), ("a", "b", "c"))
    # The one message of c is not among them: it says nothing of c, and that without an error.
    assert found.logits(np.ones((1, 1), dtype=np.float32))[0, 2] == pytest.approx(np.log(1e-9))


@pytest.mark.parametrize("words", [WORDS, None])
@pytest.mark.parametrize("near", [NEAR, None])
def test_probabilities_are_the_softmax_of_the_weighted_sum(
    words: WordClassifier | None, near: NeighbourClassifier | None
) -> None:
    asked, vectors = ["where is the parcel", "退货 refund"], unit(2)
    logits = (vectors @ HEAD.weights.T + HEAD.bias) / 0.5
    if words is not None:
        logits = logits + 2.5 * words.logits(asked)
    if near is not None:
        logits = logits + 0.25 * one_by_one(KNOWN_VECTORS, OWNERS, vectors)
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    reader = IntentReader(HEAD, words, near)
    np.testing.assert_allclose(reader.probabilities(asked, vectors), expected, atol=1e-5)
    told = {"head": 2.0, **({"words": 2.5} if words else {}), **({"neighbours": 0.25} if near else {})}
    assert (reader.weights, reader.labels, reader.problems(DIMENSION)) == (told, LABELS, [])


def test_an_intent_that_an_opinion_does_not_know_stays_as_likely_as_the_head_finds_it() -> None:
    wider = IntentHead(("new", *LABELS), RANDOM.normal(size=(4, DIMENSION)), RANDOM.normal(size=4), 0.5)
    asked, vectors = ["where is the parcel", "退货 refund"], unit(2)
    alone = wider.probabilities(vectors)
    reader = IntentReader(wider, WORDS, NEAR)
    found = reader.probabilities(asked, vectors)
    assert reader.problems(DIMENSION) == []
    np.testing.assert_allclose(found[:, 0], alone[:, 0])
    known = np.log(alone[:, 1:]) + 2.5 * WORDS.logits(asked) + 0.25 * NEAR.logits(vectors)
    expected = np.exp(known) / np.exp(known).sum(axis=1, keepdims=True) * (1 - alone[:, :1])
    np.testing.assert_allclose(found[:, 1:], expected, rtol=1e-9)


@pytest.mark.parametrize(
    ("change", "dimension", "problem"),
    [
        ({"head": replace(HEAD, labels=("parcel", "refund", "other"))}, DIMENSION, "that the intent head does not"),
        ({"words": replace(WORDS, bias=np.zeros(2))}, DIMENSION, "fit together"),
        ({"neighbours": replace(NEAR, owners=NEAR.owners[:3])}, DIMENSION, "the neighbours are (7, 6)"),
        ({"neighbours": replace(NEAR, owners=NEAR.owners + 1)}, DIMENSION, "the neighbours are (7, 6)"),
        ({"neighbours": replace(NEAR, vectors=KNOWN_VECTORS[:0], owners=NEAR.owners[:0])}, 6, "the neighbours are"),
        ({"neighbours": replace(NEAR, vectors=np.full((7, 6), np.nan))}, DIMENSION, "no number"),
        ({}, 9, "do not fit vectors of 9"),
    ],
)
def test_it_says_what_is_wrong_with_it(change: dict[str, Any], dimension: int, problem: str) -> None:
    found = " ".join(replace(IntentReader(HEAD, WORDS, NEAR), **change).problems(dimension))
    assert problem in found
    assert "one twice" not in found


def test_skills_judge_as_their_parts_do_whether_vectors_are_shared_or_not() -> None:
    asked, vectors = ["where is the parcel", "退货 refund"], unit(2)
    strange = familiarity(KNOWN_VECTORS)
    apart = Skills(HEAD, strange, words=WORDS, neighbours=replace(NEAR, vectors=KNOWN_VECTORS.copy()))
    together = replace(apart, neighbours=apart.neighbours.sharing(strange.known) if apart.neighbours else None)
    assert (apart.shares_vectors, together.shares_vectors) == (False, True)
    expected = IntentReader(HEAD, WORDS, NEAR).probabilities(asked, vectors)
    for skills in (apart, together):
        chances, unfamiliar = skills.judged(asked, vectors)
        np.testing.assert_allclose(chances, expected, rtol=1e-6)
        np.testing.assert_allclose(unfamiliar, strange.unfamiliar(vectors, expected.max(axis=1)), rtol=1e-6)
    assert not replace(apart, neighbours=NEAR.sharing(unit(7))).shares_vectors
    nothing, familiar = Skills().judged(asked, vectors)
    assert (nothing.shape, familiar.tolist()) == ((2, 0), [0.0, 0.0])


def test_a_short_message_is_read_with_the_question_before_it() -> None:
    skills = Skills(HEAD, words=WORDS)
    vector, context = unit(1), ["my refund please", "Of which order?"]
    reading = read("the blue one", vector, skills, context, language="en")
    expected = IntentReader(HEAD, WORDS).probabilities(["my refund please\nthe blue one"], vector)[0]
    assert [reading.probabilities[label] for label in LABELS] == pytest.approx(expected.tolist())
    assert read("the blue one", vector, skills, language="en").probabilities != reading.probabilities


@pytest.mark.parametrize("shared", [True, False])
def test_a_release_keeps_the_opinions_and_the_vectors_once(home: Home, shared: bool) -> None:
    releases = Releases(home)
    near = NEAR.sharing(KNOWN_VECTORS) if shared else replace(NEAR, vectors=KNOWN_VECTORS.copy())
    skills = Skills(HEAD, familiarity(KNOWN_VECTORS), words=WORDS, neighbours=near)
    folder = releases.save(Release("a", datetime(2026, 11, 1, tzinfo=UTC), {"tiny": skills}), {}, "")
    loaded = releases.load("a").skills_of("tiny")
    assert loaded.shares_vectors == shared
    with np.load(folder / "tiny" / "neighbours.npz") as arrays:
        assert len(arrays["vectors"]) == (0 if shared else 7)
    asked, vectors = ["where is the parcel", "退货 refund"], unit(2)
    for found, expected in zip(loaded.judged(asked, vectors), skills.judged(asked, vectors), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_a_release_from_before_there_were_opinions_is_loaded(home: Home) -> None:
    releases = Releases(home)
    folder = releases.save(Release("a", datetime(2026, 11, 1, tzinfo=UTC), {"tiny": Skills(HEAD)}), {}, "")
    card = json.loads((folder / "card.json").read_text())
    del card["skills"]["tiny"]["words"], card["skills"]["tiny"]["neighbours"]
    (folder / "card.json").write_text(json.dumps(card))
    loaded = releases.load("a").skills_of("tiny")
    assert loaded.reader is not None
    assert (loaded.words, loaded.neighbours, loaded.reader.weights) == (None, None, {"head": 2.0})


def test_a_release_with_a_damaged_opinion_is_refused(home: Home) -> None:
    releases = Releases(home)
    skills = Skills(HEAD, words=replace(WORDS, weight=float("inf")), neighbours=NEAR)
    folder = releases.save(Release("a", datetime(2026, 11, 1, tzinfo=UTC), {"tiny": skills}), {}, "")
    with pytest.raises(ReleaseError, match="the word classifier holds what is no number"):
        releases.load("a")
    (folder / "tiny" / "neighbours.npz").unlink()
    with pytest.raises(ReleaseError, match=r"neighbours\.npz is missing"):
        releases.load("a")


def test_neighbours_are_refused_where_their_file_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "neighbours.npz"
    NEAR.save(path)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(ReleaseError):
        NeighbourClassifier.load(path)
