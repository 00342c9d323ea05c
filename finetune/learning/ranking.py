"""The ranker of suggestions is learned from what the team took, and kept where it does better than the search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from replydesk.data.gains import gains
from replydesk.data.records import Suggested
from replydesk.dialog.suggest.ranker import FEATURES, Ranker

__all__ = ["FEWEST", "Judged", "fit_ranker", "judged_of"]

Floats = NDArray[np.float64]

FEWEST: Final = 200
"""So many requests have to be judged before a ranker is learned."""

_HELD_OUT = 0.3
_DRAWS = 2000
# A place that hardly anybody looked at weighs at most five times what the first does.
_RARELY = 0.2


@dataclass(frozen=True, slots=True)
class Judged:
    """One request with what was made of it: features (n, 14), and gains (n,), of answers in the order shown.

    A gain is not a number where nobody may have looked. ``cold`` (n,) are the scores of the hits.
    """

    at: str
    rows: Floats
    gains: Floats
    cold: Floats

    @property
    def taken(self) -> list[int]:
        """Return the places of the answers of which at least half was taken."""
        return np.flatnonzero(np.nan_to_num(self.gains) >= 0.5).tolist()


def judged_of(suggested: Sequence[Suggested], languages: Sequence[str] = ()) -> list[Judged]:
    """Return the requests of which anything is known, oldest first; of some languages only, where these are named.

    What stands beside the list is no part of it.
    """
    found = []
    for one in suggested:
        items = one.document["items"]
        if languages and one.document.get("language") not in languages:
            continue
        told = gains([(str(item["ticket"]), str(item["text"])) for item in items], one.verdicts)
        if all(gain is None for gain in told):
            continue
        rows = [[float((item.get("features") or {}).get(name, 0.0)) for name in FEATURES] for item in items]
        values = [np.nan if gain is None else gain for gain in told]
        array = np.array(rows)
        # The log-odds of the score are its first feature, and order as it does; the same question leads.
        cold = array[:, 0] + 100 * array[:, FEATURES.index("exact")]
        found.append(Judged(str(one.document["at"]), array, np.array(values), cold))
    return sorted(found, key=lambda one: one.at)


def fit_ranker(judged: Sequence[Judged], *, seed: int = 0) -> tuple[Ranker | None, dict[str, Any]]:
    """Return a ranker with what was measured of it, None where there is too little, or where it is no better.

    A logistic regression learns from the older requests whether an answer is taken, each row weighing the inverse of
    how often its place was looked at (Joachims, Swaminathan and Schnabel, WSDM 2017). The newest three tenths judge it:
    the reciprocal rank that it gives to what was taken, weighed the same way, against that of the order of the scores.
    It is kept where the 95 % interval of the difference, over requests drawn with replacement, lies above 0; then it
    learns from all of them once more.
    """
    told: dict[str, Any] = {"judged": len(judged), "kept": False}
    if len(judged) < FEWEST:
        return None, told | {"why": f"{len(judged)} requests are judged; it takes {FEWEST}."}
    split = len(judged) - max(1, round(_HELD_OUT * len(judged)))
    older, newer = judged[:split], [one for one in judged[split:] if one.taken]
    ranker = _fitted(older, seed)
    if ranker is None or not newer:
        return None, told | {"why": "All that was judged came to the same."}
    looked = _looked_at(older)
    ranks = [_ranks(one, ranker, looked) for one in newer]
    cold, learned, weights = (np.concatenate(parts) for parts in zip(*ranks, strict=True))
    low, high = _interval(learned - cold, weights, seed)
    told |= {
        "held_out": len(newer),
        "looked_at": [round(float(share), 3) for share in looked],
        "cold": round(float(np.average(cold, weights=weights)), 4),
        "learned": round(float(np.average(learned, weights=weights)), 4),
        "difference_ci": [round(low, 4), round(high, 4)],
    }
    figures = f"mean reciprocal rank {told['learned']:.3f} against {told['cold']:.3f} of the search"
    if low <= 0:
        return None, told | {"why": f"It is not surely better: {figures}, difference {low:+.3f} to {high:+.3f}."}
    why = f"It is better: {figures} on {len(newer)} later requests."
    return _fitted(judged, seed), told | {"kept": True, "why": why}


def _looked_at(judged: Sequence[Judged]) -> Floats:
    """Return of each place the share of requests in which it was looked at, at least a fifth."""
    most = max(len(one.gains) for one in judged)
    shown, seen = np.zeros(most), np.zeros(most)
    for one in judged:
        shown[: len(one.gains)] += 1
        seen[: len(one.gains)] += ~np.isnan(one.gains)
    return np.maximum(seen / shown, _RARELY)


def _fitted(judged: Sequence[Judged], seed: int) -> Ranker | None:
    """Return the logistic regression of these requests, None where all was taken or nothing.

    What was partly taken counts as taken by that part, and as passed over by the rest.
    """
    from sklearn.linear_model import LogisticRegression

    looked = _looked_at(judged)
    rows = np.concatenate([one.rows for one in judged])
    values = np.concatenate([one.gains for one in judged])
    weights = np.concatenate([1 / looked[: len(one.gains)] for one in judged])
    known = ~np.isnan(values)
    rows, values, weights = rows[known], values[known], weights[known]
    if not 0 < values.sum() < len(values):
        return None
    truth = np.repeat([1, 0], len(values))
    shares = np.concatenate([values * weights, (1 - values) * weights])
    part = shares > 0
    model = LogisticRegression(max_iter=1000, random_state=seed)
    model.fit(np.concatenate([rows, rows])[part], truth[part], sample_weight=shares[part])
    return Ranker(tuple(float(weight) for weight in model.coef_[0]), float(model.intercept_[0]))


def _ranks(one: Judged, ranker: Ranker, looked: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the reciprocal ranks of what was taken of a request, cold and learned, and what each weighs."""
    places = one.taken
    cold, learned = (
        1 / (1 + np.argsort(np.argsort(-scores, kind="stable"), kind="stable")[places])
        for scores in (one.cold, ranker.chances(one.rows))
    )
    # A place that the older requests never had counts like their last.
    return cold, learned, 1 / looked[np.minimum(places, len(looked) - 1)]


def _interval(gains: Floats, weights: Floats, seed: int) -> tuple[float, float]:
    """Return the 95 % interval of a weighted mean by the percentile bootstrap (Efron 1979)."""
    drawn = np.random.default_rng(seed).integers(0, len(gains), (_DRAWS, len(gains)))
    means = (gains * weights)[drawn].sum(axis=1) / weights[drawn].sum(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)
