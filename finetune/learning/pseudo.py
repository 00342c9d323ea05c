"""Pseudo-labels: labels for messages that nobody labelled, taken only as far as held-out messages say they are right.

A head is fitted on the labelled messages. What it says of all others is spread over a graph of nearest neighbours
(Zhou et al. 2004, "Learning with local and global consistency", section 2), so that messages that stand together agree.
A label is taken where it is sure enough and the head reads a hurried version of the message in the same way. A second
encoder may have its say in which messages are alike: it is asked while training only, so a message at the desk still
costs one pass (two views of one message, as in Blum and Mitchell 1998, "Combining labeled and unlabeled data with
co-training", but joined in one graph).
`docs/why/learning.md` says what this gives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from replydesk.finetune.encoders.tuning import Labelled
from replydesk.finetune.intents.classify import fit_logistic, softmax
from replydesk.finetune.recipe import LearningRecipe
from replydesk.finetune.robustness.noise import hurried
from replydesk.retrieval.encoders.encoder import Encoder, Vectors

__all__ = ["PseudoLabeller", "choose_confidence", "joined", "label_graph", "spread_labels"]

Floats = NDArray[np.float64]
Rows = NDArray[np.int_]

NEAREST: Final = 10
"""The neighbours of a message in the graph."""

STAY: Final = 0.9
"""The share of its neighbours' labels that a message takes on in each of the rounds; the rest is its own start."""

BESIDE: Final = 0.7
"""How long the vector of the second encoder is, where that of the desk's own has the length 1."""

_ROUNDS = 20
_POWER = 8
# What the head says of an unlabelled message counts half as much as a label, and is made sharper first.
_BELIEF, _SHARPER = 0.5, 0.5
_STRENGTH = 30.0
_FOLDS = 3
_AT_ONCE = 1024


@dataclass(frozen=True, eq=False)
class PseudoLabeller:
    """Labels unlabelled messages from labelled ones, above a confidence that held-out messages chose.

    ``vectors`` (n, dimension) are those of the labelled messages, of those held out and of the unlabelled, in this
    order; ``joint`` are what says how alike they are, those of both encoders where ``beside`` names a second one, and
    ``views`` the same of the messages as written in a hurry. ``labels`` are those of the labelled ones, of which the
    last ``named`` are names of labels: always known, never judged. Of ``judged`` held-out messages ``right`` were read
    right; ``kept`` and ``wrong`` say how many were above the threshold, and how many of these were wrong.
    """

    texts: tuple[str, ...]
    labels: tuple[str, ...]
    vectors: Vectors
    joint: Vectors
    views: tuple[Vectors, ...]
    graph: Any
    settings: LearningRecipe
    seed: int = 0
    beside: str = ""
    threshold: float = float("inf")
    judged: int = 0
    right: int = 0
    kept: int = 0
    wrong: int = 0
    named: int = 0

    @classmethod
    def of(
        cls,
        encoder: Encoder,
        labelled: Labelled,
        unlabelled: Sequence[str],
        settings: LearningRecipe,
        *,
        languages: Sequence[str],
        held_out: Labelled | None = None,
        groups: Sequence[str] = (),
        names: bool = False,
        beside: Callable[[], Encoder | None] = lambda: None,
        seed: int = 0,
    ) -> PseudoLabeller:
        """Return a labeller whose threshold lets at most ``settings.max_wrong`` of what is held out be wrong.

        Without ``held_out``, folds of the labelled messages take turns; ``groups`` name their owners, so that no fold
        cuts one in two. With ``names`` the name of every label is an example of it. The encoder that ``beside`` gives
        is asked where the settings want it, and has its say where more of what is held out is then read right. Of more
        than ``settings.texts`` unlabelled messages so many are drawn.
        """
        given, labelled = len(labelled), labelled.with_names if names else labelled
        chosen = list(dict.fromkeys(unlabelled))
        if len(chosen) > settings.texts:
            drawn = np.random.default_rng(seed).choice(len(chosen), settings.texts, replace=False)
            chosen = [chosen[place] for place in sorted(drawn)]
        held = held_out or Labelled()
        texts = (*labelled.texts, *held.texts, *chosen)
        vectors = encoder.encode(texts)
        noise = hurried(languages)
        hasty = [
            [noise(text, seed + view * len(texts) + i) for i, text in enumerate(texts)]
            for view in range(settings.views)
        ]
        alone = cls(
            tuple(chosen),
            labelled.labels,
            vectors,
            vectors,
            tuple(encoder.encode(view) for view in hasty),
            label_graph(vectors),
            settings,
            seed,
            named=len(labelled) - given,
        )._calibrated(held, groups)
        second = beside() if settings.beside else None
        if second is None:
            return alone
        joint = joined(vectors, second.encode(texts))
        both = replace(
            alone,
            joint=joint,
            views=tuple(joined(own, second.encode(view)) for own, view in zip(alone.views, hasty, strict=True)),
            graph=label_graph(joint),
            beside=second.id,
        )._calibrated(held, groups)
        return both if both.right > alone.right else alone

    @property
    def names(self) -> tuple[str, ...]:
        """Return the labels there are, sorted."""
        return tuple(sorted(set(self.labels)))

    def take(self, rows: Sequence[int] | Rows | None = None) -> tuple[Rows, Rows]:
        """Return which unlabelled texts get a label and the places of these labels among the names.

        Only the labelled messages in ``rows`` are learned from, all without it. Of each label at most
        ``settings.per_intent`` are taken, the surest first, so that frequent intents do not crowd out the others.
        """
        guesses, sure, steady = self._read(np.arange(self._given) if rows is None else np.asarray(rows))
        first = len(self.vectors) - len(self.texts)
        guesses, sure, steady = guesses[first:], sure[first:], steady[first:]
        able = steady & (sure >= self.threshold)
        found: list[int] = []
        for label in range(len(self.names)):
            mine = np.flatnonzero(able & (guesses == label))
            found += mine[np.argsort(-sure[mine], kind="stable")][: self.settings.per_intent].tolist()
        places = np.array(sorted(found), dtype=int)
        return places, guesses[places]

    def labelled(self, rows: Sequence[int] | None = None) -> Labelled:
        """Return the texts that :meth:`take` takes, with their labels."""
        places, targets = self.take(rows)
        return Labelled(tuple(self.texts[i] for i in places), tuple(self.names[target] for target in targets))

    def more(self, rows: Rows) -> tuple[Vectors, Rows]:
        """Return the vectors and the places of the labels of what :meth:`take` takes."""
        places, targets = self.take(rows)
        return self.vectors[len(self.vectors) - len(self.texts) + places], targets

    def document(self, truth: Callable[[str], str | None] = lambda _text: None) -> dict[str, Any]:
        """Return how many labels were added and what is known of how right they are; ``truth`` knows true labels."""
        added = self.labelled()
        pairs = zip(added.texts, added.labels, strict=True)
        known = [label == true for text, label in pairs if (true := truth(text))]
        return {
            "unlabelled": len(self.texts),
            "added": len(added),
            "intents": len(added.names),
            "threshold": round(self.threshold, 4) if np.isfinite(self.threshold) else None,
            "max_wrong": self.settings.max_wrong,
            "beside": self.beside,
            "held_out": {
                "messages": self.judged,
                "kept": self.kept,
                "wrong": round(self.wrong / self.kept, 4) if self.kept else None,
            },
            "right": round(float(np.mean(known)), 4) if known else None,
            "checked": len(known),
        }

    @property
    def _given(self) -> int:
        return len(self.labels) - self.named

    def _calibrated(self, held: Labelled, groups: Sequence[str]) -> PseudoLabeller:
        names, count = np.array(self.names), len(self.labels)
        if held:
            turns = [(np.arange(self._given), np.arange(count, count + len(held)), np.array(held.labels))]
        else:
            labels = np.array(self.labels)
            folds = _folds(self.labels[: self._given], groups, self.seed)
            turns = [(rows, apart, labels[apart]) for rows, apart in folds]
        confidence, right = [], []
        judged = read = 0
        for rows, apart, truth in turns:
            guesses, sure, steady = self._read(rows)
            judged += len(apart)
            read += int((names[guesses[apart]] == truth).sum())
            apart, truth = apart[steady[apart]], truth[steady[apart]]
            confidence.append(sure[apart])
            right.append(names[guesses[apart]] == truth)
        sures, rights = np.concatenate(confidence), np.concatenate(right)
        line = choose_confidence(sures, rights, self.settings.max_wrong)
        above = sures >= line
        wrong = int((~rights[above]).sum())
        return replace(self, threshold=line, judged=judged, right=read, kept=int(above.sum()), wrong=wrong)

    def _read(self, rows: Rows) -> tuple[Rows, Floats, NDArray[np.bool_]]:
        """Return the label of every message, how sure it is, and whether every hurried view is read the same.

        What is learned from are the labelled messages in ``rows``, and the names of labels.
        """
        rows = np.append(rows, np.arange(self._given, len(self.labels))).astype(int)
        targets = np.searchsorted(self.names, np.array(self.labels)[rows])
        known = np.unique(targets)
        start = np.zeros((len(self.vectors), len(self.names)), dtype=np.float32)
        if len(known) == 1:
            # One label alone is all there is to say.
            start[:, known[0]] = _BELIEF
            weights, bias = np.zeros((1, self.joint.shape[1])), np.zeros(1)
        else:
            weights, bias = fit_logistic(self.joint[rows], np.searchsorted(known, targets), _STRENGTH, self.seed)
            start[:, known] = _BELIEF * softmax((self.joint @ weights.T + bias) / _SHARPER)
        start[rows] = np.eye(len(self.names), dtype=np.float32)[targets]
        chances = spread_labels(self.graph, start)
        chances /= chances.sum(axis=1, keepdims=True)
        guesses = chances.argmax(axis=1)
        steady = np.ones(len(guesses), dtype=bool)
        for view in self.views:
            steady &= known[(view @ weights.T + bias).argmax(axis=1)] == guesses
        return guesses, np.asarray(chances.max(axis=1), dtype=np.float64), steady


def joined(own: Vectors, other: Vectors, share: float = BESIDE) -> Vectors:
    """Return unit vectors (n, d + e) whose cosine is the mean of both encoders' cosines, weighed 1 and ``share``²."""
    return np.asarray(np.hstack([own, share * other]) / np.sqrt(1 + share**2), dtype=np.float32)


def label_graph(vectors: Vectors, nearest: int = NEAREST) -> Any:
    """Return the normalised adjacency D^-1/2 W D^-1/2 of the nearest neighbours, sparse, shape (n, n).

    W has the cosine to the power of eight where one of the two is among the ``nearest`` of the other, and no loops.
    """
    from scipy import sparse

    count = len(vectors)
    k = min(nearest, count - 1)
    if k < 1:
        return sparse.csr_matrix((count, count), dtype=np.float32)
    places, weights = np.empty((count, k), dtype=int), np.empty((count, k), dtype=np.float32)
    for start in range(0, count, _AT_ONCE):
        cosines = np.asarray(vectors[start : start + _AT_ONCE] @ vectors.T)
        own = np.arange(len(cosines))
        cosines[own, own + start] = -np.inf
        found = np.argpartition(-cosines, k - 1, axis=1)[:, :k]
        places[start : start + _AT_ONCE] = found
        weights[start : start + _AT_ONCE] = np.maximum(cosines[own[:, None], found], 0) ** _POWER
    rows = np.repeat(np.arange(count), k)
    graph = sparse.csr_matrix((weights.ravel(), (rows, places.ravel())), shape=(count, count))
    graph = graph.maximum(graph.T)
    degrees = np.maximum(np.asarray(graph.sum(axis=1)).ravel(), 1e-12)
    scale = sparse.diags(1 / np.sqrt(degrees))
    return (scale @ graph @ scale).tocsr().astype(np.float32)


def spread_labels(graph: Any, start: NDArray[np.float32], stay: float = STAY, rounds: int = _ROUNDS) -> Any:
    """Return F after so many rounds of F <- stay S F + (1 - stay) Y, from F = Y = ``start``, shape (n, labels)."""
    found = start
    for _ in range(rounds):
        found = stay * (graph @ found) + (1 - stay) * start
    return found


def choose_confidence(confidence: Floats, right: NDArray[np.bool_], max_wrong: float) -> float:
    """Return the lowest confidence above which at most that share is wrong, infinity where none is.

    One more wrong message is counted than was seen, so that a handful that happens to be right decides nothing.
    """
    order = np.argsort(-confidence, kind="stable")
    counts = np.arange(1, len(order) + 1)
    shares = (np.cumsum(~right[order]) + 1) / (counts + 1)
    # Equal confidences are above a threshold together.
    last = np.append(confidence[order][1:] != confidence[order][:-1], True)[: len(order)]
    able = np.flatnonzero(last & (shares <= max_wrong))
    return float(confidence[order][able[-1]]) if len(able) else float("inf")


def _folds(labels: Sequence[str], groups: Sequence[str], seed: int) -> list[tuple[Rows, Rows]]:
    """Return rows to learn from and rows to judge by, owners and labels spread evenly."""
    owners = list(groups) if len(set(groups)) > 1 else [str(row) for row in range(len(labels))]
    names = sorted(set(owners))
    drawn = dict(zip(np.random.default_rng(seed).permutation(names).tolist(), range(len(names)), strict=True))
    # Owners of one label follow each other, so that each fold gets its share of them.
    first = dict(zip(reversed(owners), reversed(labels), strict=True))
    order = {owner: place for place, owner in enumerate(sorted(names, key=lambda name: (first[name], drawn[name])))}
    fold = np.array([order[owner] % _FOLDS for owner in owners])
    turns = [(np.flatnonzero(fold != number), np.flatnonzero(fold == number)) for number in range(_FOLDS)]
    return [(rows, apart) for rows, apart in turns if len(rows) and len(apart)]
