"""Further classifiers: what they say against counting by hand, kept with their release, and in the reading."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from replydesk.data.errors import ReleaseError
from replydesk.data.home import Home
from replydesk.dialog.classifiers import TextClassifier, reads_mood
from replydesk.dialog.intents import IntentHead
from replydesk.dialog.neighbours import NeighbourClassifier
from replydesk.dialog.reader import IntentReader
from replydesk.dialog.reading import Intent, read
from replydesk.dialog.release import Release
from replydesk.dialog.releases import Releases
from replydesk.dialog.reply import Reply
from replydesk.dialog.sentiment import mood_of
from replydesk.dialog.several import SeveralHead, SeveralReader
from replydesk.dialog.skills import Skills
from replydesk.finetune.intents.words import fit_words

RANDOM = np.random.default_rng(3)
VECTORS = RANDOM.normal(size=(6, 4)).astype(np.float32)
TEXTS = ("such an awful lamp", "I adore it", "太差了", "真不错", "a question", "想问一下")
MOODS = ("negative", "positive", "negative", "positive", "neutral", "neutral")


def sentiment() -> IntentReader:
    head = IntentHead(("negative", "neutral", "positive"), RANDOM.normal(size=(3, 4)), RANDOM.normal(size=3), 1.4)
    words = replace(fit_words(TEXTS, MOODS, "zh"), weight=0.7)
    return IntentReader(head, words, replace(NeighbourClassifier.of(VECTORS, MOODS), weight=0.3))


def topic(labels: tuple[str, ...] = ("delivery", "payment", "退货")) -> SeveralReader:
    head = SeveralHead(labels, np.array([1.3, 0.4]), -0.2, np.array([0.3, 0.6, 0.5]))
    words = fit_words(TEXTS, ["delivery", "payment", "退货"] * 2, "zh")
    return SeveralReader(head, RANDOM.normal(size=(3, 4)), RANDOM.normal(size=3), replace(words, labels=labels))


def skills() -> Skills:
    classifiers: dict[str, TextClassifier] = {"sentiment": sentiment(), "topic": topic()}
    return Skills(IntentHead(("a", "b"), RANDOM.normal(size=(2, 4)), np.zeros(2)), classifiers=classifiers)


def test_several_labels_are_told_as_counting_by_hand_tells_them() -> None:
    one = topic()
    assert one.words is not None
    for text, vector in zip(TEXTS, VECTORS, strict=True):
        for place in range(3):
            linear = float(one.weights[place] @ vector.astype(np.float64) + one.bias[place])
            said = 1.3 * linear + 0.4 * float(one.words.logits([text])[0, place]) - 0.2
            found = one.probabilities([text], vector[None])[0, place]
            assert found == pytest.approx(1 / (1 + np.exp(-said)))
    alone = replace(one, head=replace(one.head, slopes=np.array([1.3])), words=None)
    np.testing.assert_allclose(alone.logits(TEXTS, VECTORS)[0], VECTORS.astype(float) @ one.weights.T + one.bias)
    assert alone.problems(4) == []


def test_a_reading_says_what_each_classifier_says_and_the_mood_is_the_classifiers() -> None:
    mine = skills()
    for text, vector in zip(TEXTS, VECTORS, strict=True):
        reading = read(text, vector[None], mine, language="en")
        chances = mine.classifiers["sentiment"].probabilities([text], vector[None])[0]
        told = reading.labels["sentiment"]
        assert [one.name for one in told] == [
            ("negative", "neutral", "positive")[place] for place in np.argsort(-chances).tolist()
        ]
        assert (reading.mood.label, reading.mood.score) == (told[0].name, pytest.approx(chances.max()))
        assert sum(one.probability for one in told) == pytest.approx(1)
        one = mine.classifiers["topic"]
        assert isinstance(one, SeveralReader)
        chances = one.probabilities([text], vector[None])[0]
        assert {label.name for label in reading.labels["topic"]} == {
            name for name, chance, line in zip(one.labels, chances, one.head.thresholds, strict=True) if chance >= line
        }
        given = [label.probability for label in reading.labels["topic"]]
        assert given == sorted(given, reverse=True)


def test_the_word_list_stays_where_no_classifier_says_how_a_message_sounds() -> None:
    text, vector = "This is ridiculous, my parcel is LOST, hurry", VECTORS[:1]
    assert read(text, vector, Skills(), language="en").mood == mood_of(text)
    assert read(text, vector, Skills(), language="en").labels == {}
    other = sentiment()
    angry = replace(other, head=replace(other.head, labels=("angry", "calm", "happy")), words=None, neighbours=None)
    for name, one in (("sentiment", angry), ("tone", sentiment()), ("sentiment", topic())):
        assert not reads_mood(name, one)
        reading = read(text, vector, Skills(classifiers={name: one}), language="en")
        assert reading.mood == mood_of(text) and name in reading.labels
    assert reads_mood("sentiment", sentiment())
    # How much it hurries is told by words all the same.
    reading = read(text, vector, Skills(classifiers={"sentiment": sentiment()}), language="en")
    assert reading.mood.urgency == mood_of(text).urgency > 0


def test_a_reply_carries_the_labels() -> None:
    reading = replace(
        read("hm", VECTORS[:1], Skills(), language="en"),
        labels={"topic": (Intent("退款", 0.81234), Intent("late", 0.5)), "tone": (),
                "many": tuple(Intent(name, 0.9) for name in "abcdefg")},
    )  # fmt: skip
    document = Reply("r", "c", "ask", "?", 0.5, reading, (), (), "x", {}).document()
    assert document["labels"]["topic"] == [
        {"name": "退款", "probability": 0.8123},
        {"name": "late", "probability": 0.5},
    ]
    assert document["labels"]["tone"] == [] and len(document["labels"]["many"]) == 5


def test_classifiers_come_back_from_their_release_as_they_went_in(home: Home) -> None:
    releases, mine = Releases(home), skills()
    releases.save(Release("a", datetime(2026, 11, 1, tzinfo=UTC), {"tiny": mine}), {}, "")
    releases.promote("a")
    after = releases.current().skills_of("tiny")
    assert after.problems(4) == [] and list(after.classifiers) == ["sentiment", "topic"]
    for name, one in mine.classifiers.items():
        loaded = after.classifiers[name]
        assert (type(loaded), loaded.labels) == (type(one), one.labels)
        np.testing.assert_array_equal(loaded.probabilities(TEXTS, VECTORS), one.probabilities(TEXTS, VECTORS))
    again = after.classifiers["topic"]
    assert isinstance(again, SeveralReader)
    np.testing.assert_array_equal(again.head.thresholds, [0.3, 0.6, 0.5])
    names = {path.relative_to(home.releases / "a" / "tiny" / "labels").as_posix()
             for path in (home.releases / "a" / "tiny" / "labels").rglob("*.npz")}  # fmt: skip
    assert names == {
        "sentiment/head.npz", "sentiment/words.npz", "sentiment/neighbours.npz", "topic/several.npz", "topic/words.npz",
    }  # fmt: skip
    assert releases.card("a")["skills"]["tiny"]["labels"] == {
        "sentiment": {"kind": "one", "words": True, "neighbours": True},
        "topic": {"kind": "several", "words": True, "neighbours": False},
    }


def test_a_release_from_before_there_were_further_classifiers_has_none(home: Home) -> None:
    releases = Releases(home)
    releases.save(Release("a", datetime(2026, 11, 1, tzinfo=UTC), {"tiny": replace(skills(), classifiers={})}), {}, "")
    path = home.releases / "a" / "card.json"
    card = json.loads(path.read_text())
    del card["skills"]["tiny"]["labels"]
    path.write_text(json.dumps(card))
    assert dict(releases.load("a").skills_of("tiny").classifiers) == {}


def test_what_is_damaged_or_unsound_is_refused(home: Home) -> None:
    releases = Releases(home)
    releases.save(Release("a", datetime(2026, 11, 1, tzinfo=UTC), {"tiny": skills()}), {}, "")
    several = home.releases / "a" / "tiny" / "labels" / "topic" / "several.npz"
    several.write_bytes(several.read_bytes()[:-9])
    with pytest.raises(ReleaseError, match=r"several.npz has changed"):
        releases.load("a")
    path = home.releases / "a" / "card.json"
    card = json.loads(path.read_text())
    del card["files"]["tiny/labels/topic/several.npz"]
    path.write_text(json.dumps(card))
    with pytest.raises(ReleaseError, match=r"missing or damaged"):
        releases.load("a")
    card["skills"]["tiny"]["labels"]["../../x"] = card["skills"]["tiny"]["labels"].pop("topic")
    path.write_text(json.dumps(card))
    with pytest.raises(ReleaseError, match=r"card of the release is damaged"):
        releases.load("a")
    one = topic()
    for bad, what in (
        (replace(one, bias=one.bias * np.nan), "no number"),
        (replace(one, weights=one.weights[:, :3]), "vectors of 4"),
        (replace(one, words=None), "thresholds or slopes"),
        (topic(("a", "a", "b")), "one twice"),
        (replace(one, words=replace(one.words, labels=("x", "y", "z"))), "other labels"),  # type: ignore[arg-type]
        (IntentReader(IntentHead(("a", "b"), np.full((2, 4), np.nan), np.zeros(2))), "no number"),
    ):
        found = Skills(classifiers={"topic": bad}).problems(4)
        assert len(found) == 1 and found[0].startswith("labels topic: ") and what in found[0]
    bad = replace(one, bias=one.bias * np.nan)
    releases.save(Release("b", datetime(2026, 11, 2, tzinfo=UTC), {"tiny": Skills(classifiers={"topic": bad})}), {}, "")
    with pytest.raises(ReleaseError, match=r"unsound: labels topic: it holds what is no number"):
        releases.promote("b")
