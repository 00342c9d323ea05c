"""Several labels at once: words as a library reads them, and a classifier that serves as it was chosen."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import f1_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import LinearSVC

from replydesk.data.settings import Settings
from replydesk.finetune.intents.multi import fit_several_reader
from replydesk.finetune.intents.words import fit_word_marks, word_features
from replydesk.retrieval.encoders.encoders import Encoders
from tests.sayings import topics

NAMES = ("delivery", "payment", "product")


def marked(language: str) -> tuple[list[str], np.ndarray]:
    told = topics(language)
    return [text for text, _ in told], np.array([[name in labels for name in NAMES] for _, labels in told])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_words_say_of_each_label_what_the_library_says(language: str) -> None:
    texts, marks = marked(language)
    features = word_features(language)
    model = OneVsRestClassifier(LinearSVC(random_state=0)).fit(features.fit_transform(texts), marks)
    words = fit_word_marks(texts, marks, NAMES, language)
    assert words.labels == NAMES and words.problems() == []
    # The weights are kept in single precision.
    wanted = model.decision_function(features.transform(texts))
    np.testing.assert_allclose(words.logits(texts), wanted, rtol=1e-5, atol=1e-5)


def test_a_label_of_no_text_or_of_all_is_told_without_reading() -> None:
    texts, marks = marked("en")
    marks = np.column_stack([marks[:, :1], np.zeros(len(texts), bool), np.ones(len(texts), bool)])
    said = fit_word_marks(texts, marks, NAMES, "en").logits(["the parcel", "something else"])
    assert said[:, 1].tolist() == [-1, -1] and said[:, 2].tolist() == [1, 1] and said[0, 0] > 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_classifier_of_several_labels_tells_them_on_messages_it_has_not_seen(
    language: str, tiny_settings: Settings
) -> None:
    texts, marks = marked(language)
    vectors = Encoders(tiny_settings.retrieval).of(language).encode(texts)
    test = np.random.default_rng(0).permutation(len(texts)) % 4 == 0
    learned = [text for text, held in zip(texts, test, strict=True) if not held]
    asked = [text for text, held in zip(texts, test, strict=True) if held]
    reader = fit_several_reader(learned, vectors[~test], marks[~test], NAMES, language)
    assert reader.problems(vectors.shape[1]) == [] and reader.words is not None
    chances = reader.probabilities(asked, vectors[test])
    found = f1_score(marks[test], chances >= reader.head.thresholds, average="micro")
    assert found > 0.9
    # Probabilities are frequencies: on average as many are given as there are.
    assert abs(chances.mean() - marks[test].mean()) < 0.06
    again = fit_several_reader(learned, vectors[~test], marks[~test], NAMES, language)
    np.testing.assert_array_equal(again.probabilities(asked, vectors[test]), chances)
