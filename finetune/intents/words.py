"""Training a classifier that reads nothing but words and characters: the floor below every encoder, and an opinion."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from replydesk.dialog.words import WordClassifier, grams

__all__ = ["fit_word_marks", "fit_words", "word_features"]

Marks = NDArray[np.bool_]


def fit_words(texts: Sequence[str], labels: Sequence[str], language: str, *, seed: int = 0) -> WordClassifier:
    """Return TF-IDF with a linear support vector machine, one against the rest, of texts with at least two labels.

    Words and pairs of them, and two to four characters of a word at a time; in languages that part no words by blanks
    one to three characters of the text.
    """
    from sklearn.svm import LinearSVC

    features = word_features(language)
    model = LinearSVC(random_state=seed).fit(features.fit_transform(list(texts)), list(labels))
    weights, bias = np.asarray(model.coef_), np.asarray(model.intercept_, dtype=np.float64)
    if len(weights) == 1:
        # The library keeps one row for two classes; its negative is the other one.
        weights, bias = np.vstack([-weights, weights]) / 2, np.concatenate([-bias, bias]) / 2
    return _classifier(tuple(str(name) for name in model.classes_), features, language, weights, bias)


def fit_word_marks(
    texts: Sequence[str], marks: Marks, labels: Sequence[str], language: str, *, seed: int = 0
) -> WordClassifier:
    """Return the same for messages that may have any number of labels: a support vector machine for each label.

    ``marks`` (n, labels) say which text has which. A label that no text has, or every one, is told without reading.
    """
    from sklearn.svm import LinearSVC

    features = word_features(language)
    rows = features.fit_transform(list(texts))
    weights, bias = np.zeros((len(labels), rows.shape[1])), np.where(marks.all(axis=0), 1.0, -1.0)
    for place in np.flatnonzero(marks.any(axis=0) & ~marks.all(axis=0)).tolist():
        model = LinearSVC(random_state=seed).fit(rows, marks[:, place])
        weights[place], bias[place] = model.coef_[0], model.intercept_[0]
    return _classifier(tuple(labels), features, language, weights, bias)


def word_features(language: str) -> Any:
    """Return what makes TF-IDF features of texts in a language."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_union

    parts = (TfidfVectorizer(analyzer=partial(grams, kind=kind), sublinear_tf=True) for kind in _kinds(language))
    return make_union(*parts)


def _classifier(
    labels: tuple[str, ...], features: Any, language: str, weights: NDArray[np.float64], bias: NDArray[np.float64]
) -> WordClassifier:
    """Return what serves of fitted features, weights (labels, terms) and bias (labels,)."""
    from scipy.sparse import csr_matrix

    parts = [part for _, part in features.transformer_list]
    sparse = csr_matrix(weights.T.astype(np.float32))
    return WordClassifier(
        labels,
        _kinds(language),
        tuple(str(term) for part in parts for term in part.get_feature_names_out()),
        tuple(len(part.vocabulary_) for part in parts),
        np.concatenate([part.idf_ for part in parts]),
        np.asarray(sparse.indptr, dtype=np.int64),
        np.asarray(sparse.indices, dtype=np.uint16),
        np.asarray(sparse.data, dtype=np.float32),
        bias,
    )


def _kinds(language: str) -> tuple[str, ...]:
    return ("char",) if language in ("zh", "ja") else ("word", "char_wb")
