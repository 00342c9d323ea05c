"""A classifier that reads nothing but words and characters: the floor below every encoder, and a second opinion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from replydesk.finetune.classify import margins

__all__ = ["WordClassifier", "fit_words", "word_features"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class WordClassifier:
    """TF-IDF of words and characters with a linear support vector machine, one against the rest."""

    labels: tuple[str, ...]
    features: Any
    model: Any

    def logits(self, texts: Sequence[str]) -> Floats:
        """Return the distances to the separating planes, shape (n, labels); a temperature makes logits of them."""
        return margins(self.model, self.features.transform(list(texts)))


def fit_words(texts: Sequence[str], labels: Sequence[str], language: str, *, seed: int = 0) -> WordClassifier:
    """Return the classifier of texts with at least two labels.

    Words and pairs of them, and two to four characters of a word at a time; in languages that part no words by blanks
    one to three characters of the text.
    """
    from sklearn.svm import LinearSVC

    features = word_features(language)
    model = LinearSVC(random_state=seed).fit(features.fit_transform(list(texts)), list(labels))
    return WordClassifier(tuple(str(name) for name in model.classes_), features, model)


def word_features(language: str) -> Any:
    """Return what makes TF-IDF features of texts in a language."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_union

    if language in ("zh", "ja"):
        return make_union(TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True))
    return make_union(
        TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"(?u)\b\w+\b", sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True),
    )
