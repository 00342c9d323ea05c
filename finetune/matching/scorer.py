"""The hit scorer: how likely it is that a past answer fits, learned from the desk's own tickets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from replydesk.data.records import Ticket, same_text
from replydesk.dialog.evidence import Evidence
from replydesk.dialog.promise import OFF, promises_of
from replydesk.dialog.skills import Thresholds
from replydesk.finetune.examples import OUT_OF_SCOPE, Examples, Material
from replydesk.finetune.recipe import Recipe
from replydesk.retrieval.calibration import AGAINST, FEATURES, UNTRAINED, HitScorer
from replydesk.retrieval.codes import codes_conflict
from replydesk.retrieval.fusion import Candidate, fused
from replydesk.retrieval.wording import Wording
from replydesk.retrieval.words.lexical import LexicalIndex

__all__ = ["Candidates", "Past", "Queries", "find_candidates", "fit_rows", "fit_scorer", "fit_thresholds", "scope_line"]

Floats = NDArray[np.float64]

_PRIOR_VARIANCE = 10.0
# Tickets of the same owner have a cosine below that.
_OWN = -1.5
# So many queries are compared at once, and so many cosines are held.
_AT_ONCE, _NUMBERS = 256, 4_000_000


@dataclass(frozen=True, slots=True)
class Queries:
    """Messages of one encoder with what was read from them by models that had not seen them.

    ``intents`` has shape (n, labels) in the order of ``labels``; ``unfamiliar`` (n,).
    """

    examples: Examples
    labels: tuple[str, ...]
    intents: Floats
    unfamiliar: Floats

    def drawn(self, count: int, seed: int) -> Queries:
        """Return so many of them, drawn at random, or all."""
        return self.at(np.sort(np.random.default_rng(seed).permutation(len(self.examples))[:count]).tolist())

    def at(self, places: Sequence[int]) -> Queries:
        """Return those at some places, in the order in which they stand here."""
        chosen = np.isin(np.arange(len(self.examples)), places)
        return Queries(self.examples.where(chosen.tolist()), self.labels, self.intents[chosen], self.unfamiliar[chosen])


@dataclass(frozen=True, slots=True)
class Candidates:
    """The candidates of all queries, in rows: features (n, 11), whether it is right, of which query, which ticket.

    ``words`` are those of the tickets.
    """

    rows: Floats
    right: NDArray[np.bool_]
    query_of: NDArray[np.int_]
    ticket_of: NDArray[np.int_]
    tickets: Examples
    words: LexicalIndex

    def different(self, rows: Sequence[int], scores: Floats, most: int) -> list[int]:
        """Return up to ``most`` of these rows whose answers differ, by their ``scores``, best first."""
        chosen: list[int] = []
        answers: set[str] = set()
        for row in sorted(rows, key=lambda row: -scores[row]):
            answer = same_text(self.ticket(row).answer)
            if answer not in answers and len(chosen) < most:
                answers.add(answer)
                chosen.append(row)
        return chosen

    def ticket(self, row: int) -> Ticket:
        """Return the ticket of a row."""
        ticket = self.tickets.tickets[int(self.ticket_of[row])]
        assert ticket is not None, "candidates are tickets"
        return ticket


@dataclass(frozen=True, slots=True)
class Past:
    """The answered training messages as a desk searches them: tickets with their words, in rows.

    ``rows_of`` says which are of an owner; ``rarities`` are the inverse document frequencies of all words.
    """

    tickets: Examples
    wordings: Sequence[Wording]
    words: LexicalIndex
    rarities: Mapping[str, float]
    rows_of: Mapping[str, Sequence[int]]

    @classmethod
    def of(cls, material: Material) -> Past:
        """Return what the training part of a material has answered."""
        tickets = material.train.where([ticket is not None for ticket in material.train.tickets])
        wordings = [Wording.of(ticket) for ticket in tickets.tickets if ticket is not None]
        words = LexicalIndex()
        # Two examples may have one ticket, and each is a question of its own.
        words.add([f"{row:032x}" for row in range(len(tickets))], tickets.texts)
        rarities = words.rarities({term for wording in wordings for term in wording.terms})
        rows_of: dict[str, list[int]] = {}
        for row, owner in enumerate(tickets.groups):
            rows_of.setdefault(owner, []).append(row)
        return cls(tickets, wordings, words, rarities, rows_of)

    def ticket(self, row: int) -> Ticket:
        """Return the ticket of a row."""
        ticket = self.tickets.tickets[row]
        assert ticket is not None, "what is past was answered"
        return ticket

    def nearest(self, asked: Examples, queries: Sequence[int], count: int) -> Iterator[tuple[int, Floats, list[int]]]:
        """Yield those queries, each with its cosines to all rows, shape (rows,), and the ``count`` nearest, best first.

        Rows of the query's owner have a cosine of -2. Many queries are compared at once, since a product of a matrix
        with one vector after the other waits for memory, and for threads that have nothing to do.
        """
        if not len(self.tickets):
            return
        at_once = max(1, min(_AT_ONCE, _NUMBERS // len(self.tickets)))
        for start in range(0, len(queries), at_once):
            block = list(queries[start : start + at_once])
            cosines = asked.vectors[block] @ self.tickets.vectors.T
            for place, q in enumerate(block):
                cosines[place, self.rows_of.get(asked.groups[q], [])] = -2.0
            few = min(count, cosines.shape[1])
            nearest = np.sort(np.argpartition(cosines, -few, axis=1)[:, -few:], axis=1)
            order = np.argsort(-np.take_along_axis(cosines, nearest, axis=1), axis=1, kind="stable")
            for q, line, best in zip(block, cosines, np.take_along_axis(nearest, order, axis=1).tolist(), strict=True):
                yield q, line, best


def fit_scorer(
    queries: Queries, material: Material, recipe: Recipe, past: Past | None = None
) -> tuple[HitScorer, Floats, NDArray[np.bool_]]:
    """Return the scorer, and for every query the score of its best hit and whether that hit was right.

    Each query is answered from the training tickets of other owners; :meth:`Material.is_right` is the judge. One
    logistic fit over all candidates ranks; a second on the best hits alone calibrates.
    """
    found = find_candidates(queries, material, recipe.candidates, past)
    if not len(found.rows) or found.right.all() or not found.right.any():
        return UNTRAINED, np.empty(0), np.empty(0, dtype=bool)
    scorer = fit_rows(found.rows, found.right, found.query_of)
    scores = scorer.probabilities(found.rows)
    best = _best_of(scores, found.query_of)
    return scorer, scores[best], found.right[best]


def fit_rows(rows: Floats, right: NDArray[np.bool_], query_of: NDArray[np.int_]) -> HitScorer:
    """Return the scorer of candidates with features of shape (n, 11), of which some are right and some are not."""
    ranking = _fit(rows, right)
    weights, bias = np.array(ranking.weights), ranking.bias
    raw = rows @ weights + bias
    best = _best_of(raw, query_of)
    slope, offset = 1.0, 0.0
    if 0 < right[best].sum() < len(best):
        line, offset = _logistic(raw[best][:, None], right[best])
        slope = float(line[0])
    if slope <= 0:
        # So few examples that being best says nothing: the ranking's own probabilities are the better guess.
        slope, offset = 1.0, 0.0
    return HitScorer(tuple(float(w) for w in slope * weights), float(slope * bias + offset))


def scope_line(in_scope_unfamiliar: Floats, recipe: Recipe) -> float:
    """Return the line of the policy for what is out of scope: it lets ``in_scope_kept`` of what is in scope through."""
    scope = float(np.quantile(in_scope_unfamiliar, recipe.in_scope_kept)) if len(in_scope_unfamiliar) else 0.5
    return max(scope, 0.5)


def fit_thresholds(evidence: Evidence, out_of_scope_above: float, max_wrong: float) -> Thresholds:
    """Return the lines of the policy: answer alone where it can be promised that at most ``max_wrong`` are wrong.

    Where nothing can be promised the line lies above all scores, and the desk asks or hands off.
    """
    pick = min(promises_of(evidence, max_wrong).rest.threshold, OFF)
    return Thresholds(pick, min(0.3, pick / 2), out_of_scope_above)


def find_candidates(queries: Queries, material: Material, count: int, past: Past | None = None) -> Candidates:
    """Return the ``count`` nearest training tickets of other owners for every query, and some more by their words.

    ``past`` is what :meth:`Past.of` makes of the material, where it was made before.
    """
    past = past or Past.of(material)
    tickets = past.tickets
    rows: list[tuple[float, ...]] = []
    right: list[bool] = []
    query_of: list[int] = []
    ticket_of: list[int] = []
    asked = queries.examples
    # Where nobody answered, nothing says which answer would have been right.
    answered = [q for q, label in enumerate(asked.labels) if asked.tickets[q] is not None or label == OUT_OF_SCOPE]
    for q, cosines, nearest in past.nearest(asked, answered, count):
        text = asked.texts[q]
        query = past.words.query(text)
        by_words = [int(key, 16) for key in past.words.search(query, count // 2)]
        chosen = [
            t
            for t in dict.fromkeys([*nearest, *by_words])
            if cosines[t] > _OWN and not codes_conflict(text, past.ticket(t))
        ]
        likely = dict(zip(queries.labels, queries.intents[q].tolist(), strict=True))
        candidates = [Candidate(past.ticket(t), past.wordings[t], float(cosines[t])) for t in chosen]
        unknown = float(queries.unfamiliar[q])
        rows += fused(text, query, candidates, rarities=past.rarities, intents=likely, unfamiliar=unknown)
        agreeing = (tickets.answers[chosen] @ asked.answers[q]).tolist()
        right += [material.is_right(asked, q, past.ticket(t), one) for t, one in zip(chosen, agreeing, strict=True)]
        query_of += [q] * len(chosen)
        ticket_of += chosen
    return Candidates(
        np.array(rows).reshape(-1, len(FEATURES)),
        np.array(right, dtype=bool),
        np.array(query_of, dtype=int),
        np.array(ticket_of, dtype=int),
        tickets,
        past.words,
    )


def _best_of(scores: Floats, query_of: NDArray[np.int_]) -> NDArray[np.int_]:
    best: dict[int, int] = {}
    for row, (query, score) in enumerate(zip(query_of.tolist(), scores.tolist(), strict=True)):
        if query not in best or score > scores[best[query]]:
            best[query] = row
    return np.array(list(best.values()), dtype=int)


def _fit(rows: Floats, right: NDArray[np.bool_]) -> HitScorer:
    """Return the logistic model that is likeliest given the untrained one as a Gaussian prior of variance 10.

    A feature that the data hardly show keeps its untrained weight, and no weight may change its sign: a more similar
    ticket never scores lower for it.
    """
    from scipy.optimize import minimize

    prior = np.array([*UNTRAINED.weights, UNTRAINED.bias])
    design = np.hstack([rows, np.ones((len(rows), 1))])
    signs = np.where(right, 1.0, -1.0)

    def loss(weights: Floats) -> tuple[float, Floats]:
        margins = signs * (design @ weights)
        slope = -signs / (1 + np.exp(np.clip(margins, -60, 60)))
        away = (weights - prior) / _PRIOR_VARIANCE
        return float(np.logaddexp(0, -margins).sum() + 0.5 * away @ (weights - prior)), design.T @ slope + away

    bounds = [(None, 0) if name in AGAINST else (0, None) for name in FEATURES] + [(None, None)]
    found = minimize(loss, prior, jac=True, method="L-BFGS-B", bounds=bounds)
    return HitScorer(tuple(float(w) for w in found.x[:-1]), float(found.x[-1]))


def _logistic(rows: Floats, right: NDArray[np.bool_]) -> tuple[Floats, float]:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=10.0, max_iter=500).fit(rows, right)
    return np.asarray(model.coef_[0], dtype=np.float64), float(model.intercept_[0])
