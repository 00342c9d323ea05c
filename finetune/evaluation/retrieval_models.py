"""What ranks a corpus where retrieval is judged: TF-IDF, vectors, BM25, and meaning and words together."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from replydesk.finetune.evaluation.languages import spaced
from replydesk.finetune.matching.reranker_pairs import FirstStage
from replydesk.retrieval.encoders.encoder import Encoder
from replydesk.retrieval.words.lexical import K1, B, LexicalIndex
from replydesk.retrieval.words.terms import terms

__all__ = ["WORDS", "Models", "first_stage", "word_scores"]

Floats = NDArray[np.float64]

WORDS: Final = 0.4
"""What a full match of words is worth beside a cosine of 1; docs/why/words-and-meaning.md says how it was chosen."""


def first_stage(encoder: Encoder, language: str, words: float = WORDS) -> FirstStage:
    """Return what scores texts for questions by meaning and words, the words weighing that much.

    The score is the cosine, plus ``words`` times three parts of BM25 as a share and one of what share of the text the
    question says.
    """

    def scores(questions: Sequence[str], texts: Sequence[str]) -> Floats:
        models = Models(texts, encoder.encode(texts).astype(np.float64), language)
        vectors = encoder.encode(questions).astype(np.float64)
        return models.scores(questions, vectors, {"both": words})["both"]

    return scores


def word_scores(questions: Sequence[str], texts: Sequence[str]) -> Floats:
    """Return what words alone say of texts for questions, of shape (questions, texts)."""
    return _joined(*_Bm25(texts).scores(questions))


class Models:
    """What ranks a corpus: TF-IDF, vectors, BM25, and sums of the last two."""

    def __init__(self, corpus: Sequence[str], vectors: Floats, language: str) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._vectors = vectors
        self._tfidf: Any = TfidfVectorizer(
            analyzer="word" if spaced(language) else "char",
            ngram_range=(1, 2),
            sublinear_tf=True,
            token_pattern=r"(?u)\b\w+\b" if spaced(language) else None,
        )
        self._floor: Any = self._tfidf.fit_transform(corpus)
        self._words = _Bm25(corpus)

    def on(self, vectors: NDArray[Any]) -> Models:
        """Return the same words with other vectors."""
        other = copy.copy(self)
        other._vectors = vectors.astype(np.float64)
        return other

    def rarities(self, found: Iterable[str]) -> dict[str, float]:
        """Return terms with their inverse document frequencies in the corpus."""
        return self._words.index.rarities(found)

    def scores(self, texts: Sequence[str], vectors: Floats, weights: dict[str, float]) -> dict[str, Floats]:
        """Return for every model an array of shape (queries, texts)."""
        floor = np.asarray((self._tfidf.transform(texts) @ self._floor.T).todense())
        cosines = vectors @ self._vectors.T
        words, told = self._words.scores(texts)
        sums = {name: cosines + weight * _joined(words, told) for name, weight in weights.items()}
        return {"floor": floor, "frozen": cosines, "lexical": words, **sums}


class _Bm25:
    """What :class:`~replydesk.retrieval.words.lexical.LexicalQuery` says of every query for every text, at once."""

    def __init__(self, corpus: Sequence[str]) -> None:
        from scipy.sparse import csr_matrix

        self.index = LexicalIndex()
        self.index.add([f"{row:032x}" for row in range(len(corpus))], corpus)
        counts = [Counter(terms(text)) for text in corpus]
        self._column: dict[str, int] = {}
        for count in counts:
            for term in count:
                self._column.setdefault(term, len(self._column))
        lengths = np.array([sum(count.values()) for count in counts], dtype=np.float64)
        damp = K1 * (1 - B + B * lengths / max(1.0, lengths.mean()))
        rows = np.repeat(np.arange(len(counts)), [len(count) for count in counts])
        columns = np.array([self._column[term] for count in counts for term in count], dtype=np.int64)
        found = np.array([n for count in counts for n in count.values()], dtype=np.float64)
        values = found * (K1 + 1) / (found + damp[rows])
        shape = (len(counts), max(1, len(self._column)))
        self._texts: Any = csr_matrix((values, (rows, columns)), shape=shape)
        known = self.index.rarities(self._column)
        weights = np.array([known[term] for count in counts for term in count], dtype=np.float64)
        whole = np.bincount(rows, weights, minlength=len(counts))
        self._shares: Any = csr_matrix((weights / whole[rows], (rows, columns)), shape=shape)

    def scores(self, texts: Sequence[str]) -> tuple[Floats, Floats]:
        """Return BM25 as a share, and which share of a text the query says, both of shape (queries, texts)."""
        from scipy.sparse import csr_matrix

        rows, columns, values = [], [], []
        for row, text in enumerate(texts):
            weights = self.index.query(text).weights
            whole = sum(weights.values())
            for term, weight in weights.items():
                if term in self._column:
                    rows.append(row)
                    columns.append(self._column[term])
                    values.append(weight / whole)
        shape = (len(texts), self._texts.shape[1])
        asked = csr_matrix((values, (rows, columns)), shape=shape)
        said = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=shape)
        return np.asarray((asked @ self._texts.T).todense()), np.asarray((said @ self._shares.T).todense())


def _joined(words: Floats, told: Floats) -> Floats:
    return 0.75 * words + 0.25 * told
