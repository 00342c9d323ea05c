"""Skills: all that was trained on the vectors of one encoder, and how a message is judged with it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from replydesk.dialog.classifiers import TextClassifier, classifier_problems
from replydesk.dialog.evidence import Evidence
from replydesk.dialog.impartial import impartial
from replydesk.dialog.intents import Familiarity, IntentHead
from replydesk.dialog.neighbours import NeighbourClassifier
from replydesk.dialog.reader import IntentReader
from replydesk.dialog.second import SecondReader
from replydesk.dialog.spelling import Speller
from replydesk.dialog.suggest.ranker import Ranker
from replydesk.dialog.words import WordClassifier
from replydesk.retrieval.calibration import UNTRAINED, HitScorer
from replydesk.retrieval.encoders.encoder import Vectors
from replydesk.retrieval.reranking.reranker import UNTRAINED_LATE, RerankScorer, TrainedReranker

__all__ = ["Skills", "Thresholds"]

Floats = NDArray[np.float64]

# Cosines of more messages than that to all known vectors are better found in parts.
_FEW = 256


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where the policy draws its lines: probabilities, chosen on held-out data; ``pick_above`` is the dial's."""

    pick_above: float = 0.5
    ask_above: float = 0.25
    out_of_scope_above: float = 0.5


@dataclass(frozen=True, slots=True)
class Skills:
    """All that was trained on the vectors of one encoder. An untrained desk has the defaults.

    Where there is no ``reranker``, ``late`` makes probabilities of what late interaction says; None where that is no
    help. ``speller`` puts right what slipped in a message before anything else reads it, where that helps. ``notes``
    say what was tried and how good it was, such as why a reranker was left out. ``words``, ``neighbours`` and what a
    ``second`` encoder says are second opinions of the intent, where they help the head: the :attr:`reader` is what
    reads intents. ``classifiers`` give
    messages further labels, such as a topic, by the name of what they tell. ``evidence`` is what held-out messages
    showed of confidence: the dial makes its promises of it, and none without. ``ranker`` orders what is
    suggested to the team, where it does better than the score of a hit. ``places`` are those that the desk's answers
    name, and which other place a message names is not read; None in a release from before they were kept, which reads
    all.
    """

    head: IntentHead | None = None
    familiarity: Familiarity | None = None
    scorer: HitScorer = UNTRAINED
    thresholds: Thresholds = Thresholds()
    reranker: TrainedReranker | None = None
    late: RerankScorer | None = UNTRAINED_LATE
    speller: Speller | None = None
    notes: Mapping[str, Any] = field(default_factory=dict)
    words: WordClassifier | None = None
    neighbours: NeighbourClassifier | None = None
    classifiers: Mapping[str, TextClassifier] = field(default_factory=dict)
    evidence: Evidence | None = None
    ranker: Ranker | None = None
    second: SecondReader | None = None
    places: frozenset[str] | None = None

    def impartial(self, text: str) -> str:
        """Return what is read of a message, the same for whoever writes; what customers of the desk say is no name."""
        knowing = self.speller or self.words
        return _impartial(text, knowing.familiar if knowing is not None else frozenset(), self.places)

    @property
    def reader(self) -> IntentReader | None:
        """Return the head with the opinions that stand beside it, None where there are no intents."""
        return None if self.head is None else IntentReader(self.head, self.words, self.neighbours, self.second)

    def judged(self, texts: Sequence[str], vectors: Vectors) -> tuple[Floats, Floats]:
        """Return the probabilities of intents, shape (n, labels), and of being out of scope, shape (n,), of messages.

        ``vectors`` are those of the texts. Without a head there are no labels; without known vectors nothing is out of
        scope. Vectors that both the neighbours and the familiarity know are compared with once.
        """
        reader, cosines = self.reader, None
        if self.shares_vectors and len(vectors) <= _FEW and self.neighbours is not None:
            cosines = vectors @ self.neighbours.vectors.T
        chances = reader.probabilities(texts, vectors, cosines) if reader is not None else np.zeros((len(vectors), 0))
        if self.familiarity is None:
            return chances, np.zeros(len(vectors))
        highest = chances.max(axis=1) if reader is not None else np.ones(len(vectors))
        more = self.second.sums(texts) if self.second is not None else 0.0
        return chances, self.familiarity.unfamiliar(vectors, highest, cosines, more)

    @property
    def shares_vectors(self) -> bool:
        """Return whether neighbours and familiarity know the same vectors, in the same order."""
        if self.neighbours is None or self.familiarity is None:
            return False
        return self.neighbours.vectors is self.familiarity.known

    def problems(self, dimension: int | None = None) -> list[str]:
        """Return what makes these skills unfit to serve vectors of that length, nothing when they are sound."""
        found = []
        if self.head is not None and (reader := self.reader) is not None:
            found += reader.problems(dimension)
            dimension = dimension or self.head.weights.shape[-1]
        if self.familiarity is not None:
            found += self.familiarity.problems(dimension)
        if self.ranker is not None:
            found += self.ranker.problems()
        found += classifier_problems(self.classifiers, dimension)
        numbers = [*self.scorer.weights, self.scorer.bias]
        numbers += [getattr(self.thresholds, name) for name in self.thresholds.__slots__]
        if not all(map(math.isfinite, numbers)):
            found.append("the scorer or the thresholds hold what is no number")
        return found


@lru_cache(maxsize=4096)
def _impartial(text: str, familiar: frozenset[str], places: frozenset[str] | None) -> str:
    """Return a message as it is read; a training reads the same ones many times, and so does one reply."""
    return impartial(text, familiar, places)
