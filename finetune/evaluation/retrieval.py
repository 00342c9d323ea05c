"""Judging retrieval on anybody's labelled data: the floor, meaning, words, and both together, side by side."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from replydesk.finetune.evaluation.languages import languages_in
from replydesk.finetune.evaluation.paired_texts import FEWEST_PAIRS, learned_from
from replydesk.finetune.evaluation.retrieval_data import RetrievalData, read_pairs
from replydesk.finetune.evaluation.retrieval_models import WORDS, Models, first_stage, word_scores
from replydesk.finetune.evaluation.seeds import each_of, mean_of, seeded
from replydesk.finetune.matching.reranker_pairs import fit_reranker
from replydesk.finetune.recipe import QUICK, Recipe
from replydesk.retrieval.encoders.encoder import Encoder
from replydesk.retrieval.encoders.encoders import Encoders
from replydesk.retrieval.metrics import METRICS, mean_metrics, measured, paired, ranked
from replydesk.retrieval.reranking.late_interaction import LateInteraction, token_encoder
from replydesk.retrieval.reranking.reranker import MOST
from replydesk.retrieval.vectors.smoothing import smoothed_together

__all__ = ["LATE", "WHOLE", "evaluate_retrieval"]

Floats = NDArray[np.float64]

LATE: Final = 1.0
"""What late interaction is worth beside a cosine of 1; docs/why/reranking.md says how it was chosen."""

WHOLE: Final = 500
"""Texts that late interaction compares with a query at most: of more, only the best ten of the hybrid."""

_PLAIN = ("floor", "frozen", "lexical")
_SMOOTHED = 50_000
_AT_ONCE = 256
_COMPARED = ("p1", "mrr", "map")
_Stage = tuple["Models", Floats, dict[str, float]]
_Second = Callable[[str, Sequence[str], Floats], Floats]
_LIBRARIES = ("replydesk", "numpy", "scikit-learn", "tantivy", "openvino", "transformers")


@dataclass(frozen=True, slots=True)
class _Reranker:
    """What gives new scores, and how many texts are not too many for it."""

    scores: _Second
    whole: int


def evaluate_retrieval(
    data: RetrievalData,
    encoders: Encoders,
    *,
    language: str = "auto",
    pairs: Path | None = None,
    recipe: Recipe | None = None,
    seed: int = 0,
    seeds: int = 1,
    progress: Callable[[str], None] = lambda _line: None,
) -> dict[str, Any]:
    """Return the measures of every model on the data.

    ``floor`` is the cosine of TF-IDF, ``frozen`` that of the encoder, ``lexical`` BM25 and ``hybrid`` what
    :func:`first_stage` gives; its weights were chosen on other data. With at least 20 ``pairs`` of texts that belong
    together there is ``tuned``, whose projection of the vectors they teach and whose weight of words they choose, and
    ``smoothed``, where it helps them that every vector takes in those of its neighbours in the corpus
    (:func:`~replydesk.retrieval.vectors.smoothing.smoothed_together`). With a recipe they train a cross-encoder, too,
    where a BERT reads the language; ``reranked`` are then the best ten of ``tuned`` in its order, if it helps on pairs
    that it has not seen. Else, and where the encoder has vectors of tokens, ``reranked`` are all texts by hybrid and
    :class:`~replydesk.retrieval.reranking.late_interaction.LateInteraction` together, of more than 500 the best ten.
    ``differences`` say by how much the hybrid is better than each half, query by query, and ``differences_reranked``
    the same of ``reranked``. What learns from pairs does so under each of ``seeds``; figures are then means. Nothing is
    learned from the queries.
    """
    began = time.perf_counter()
    spoken = languages_in((*data.queries, *data.corpus), language)
    language = spoken.main
    encoder = encoders.of(spoken.read)
    progress(f"Encoding {len(data.corpus)} texts and {len(data.queries)} queries in {language}")
    models = Models(data.corpus, encoder.encode(data.corpus).astype(np.float64), language)
    vectors = encoder.encode(data.queries).astype(np.float64)
    notes = [*data.notes, *spoken.notes]
    runs: dict[str, list[Floats]] = {}
    if pairs is not None:
        base = encoders.bert(spoken.read) if recipe is not None else None
        wanted = replace(recipe or QUICK, seed=seed)
        runs, told = _learned(data, models, encoder, read_pairs(pairs), base, wanted, seeds, language, progress)
        notes += told
    tokens = token_encoder(encoder) if "reranked" not in runs else None
    rerankers: dict[str, _Reranker] = {}
    if tokens is not None:
        late = LateInteraction(tokens, models.rarities)
        late.remember(data.queries)
        rerankers["hybrid"] = _Reranker(_by_tokens(late), WHOLE)
        notes.append("reranked: the hybrid and late interaction, for which nothing was trained.")
    progress("Ranking")
    untrained = _lists(data, [(models, vectors, {"hybrid": WORDS})], rerankers, seed, _PLAIN)
    runs = {name: [measured(judged)] for name, judged in untrained.items()} | runs
    rows = {name: mean_of(found) for name, found in runs.items()}
    differences: dict[str, dict[str, dict[str, object]]] = {}
    for name in ("hybrid", "reranked", "tuned", "smoothed"):
        if name in rows:
            halves = ("frozen", "lexical") if name in ("hybrid", "reranked") else ("frozen",)
            differences[name] = {half: paired(rows[name], rows[half], seed=seed) for half in halves}
            notes += [note for half, found in differences[name].items() if (note := _lost(name, half, found))]
    return {
        "models": {name: mean_metrics(found, seed=seed) | {"seeds": _each(runs[name])} for name, found in rows.items()},
        "differences": differences["hybrid"],
        **{f"differences_{name}": found for name, found in differences.items() if name != "hybrid"},
        "task": "retrieval",
        "language": language,
        "encoder": encoder.id,
        "corpus": len(data.corpus),
        "queries": len(data.queries),
        "notes": notes,
        "seconds": round(time.perf_counter() - began, 2),
        "versions": {name: version(name) for name in _LIBRARIES},
        "seed": seed,
        "seeds": max(map(len, runs.values())),
    }


def _learned(
    data: RetrievalData,
    models: Models,
    encoder: Encoder,
    pairs: Sequence[tuple[str, str]],
    base: Path | None,
    recipe: Recipe,
    seeds: int,
    language: str,
    progress: Callable[[str], None],
) -> tuple[dict[str, list[Floats]], list[str]]:
    """Return the measures of the models that pairs teach, a run for each seed, and notes of how.

    With a ``base`` they train a cross-encoder. A seed that smooths nothing, or whose cross-encoder is left out, counts
    as its ``tuned`` there.
    """
    listed = sum(among is not None for among in data.candidates) > len(data.queries) / 2
    found: list[dict[str, list[tuple[list[bool], int]]]] = []
    notes: list[str] = []
    for one in seeded(recipe, seeds):
        learned = learned_from(pairs, encoder, word_scores, one, listed=listed, progress=progress)
        if learned is None:
            return {}, [f"There are fewer than {FEWEST_PAIRS} pairs: nothing was tuned on them."]
        told = list(learned.notes)
        texts, asked = (learned.encoder.encode(part) for part in (data.corpus, data.queries))
        stages: list[_Stage] = [(models.on(texts), asked.astype(np.float64), {"tuned": learned.words})]
        if learned.neighbours and len(texts) <= _SMOOTHED:
            near, wide = smoothed_together(asked, texts, learned.neighbours, learned.rounds)
            stages.append((models.on(wide), near.astype(np.float64), {"smoothed": learned.words}))
        with TemporaryDirectory() as scratch:
            fitted = None
            if base is not None:
                first = first_stage(learned.encoder, language, learned.words)
                fitted, why = fit_reranker(pairs, data.corpus, first, one, base, Path(scratch), progress=progress)
                told.append(f"A cross-encoder is {'kept' if fitted else 'left out'}: {why['why']}")
            rerankers = {"tuned": _Reranker(fitted.scores, MOST)} if fitted is not None else {}
            found.append(_lists(data, stages, rerankers, recipe.seed))
        notes += [f"Seed {one.seed}: {note}" for note in told] if seeds > 1 else told
    names = [name for name in ("tuned", "reranked", "smoothed") if any(name in one for one in found)]
    return {name: [measured(one.get(name, one["tuned"])) for one in found] for name in names}, notes


def _each(runs: Sequence[Floats]) -> dict[str, list[float]]:
    """Return the measures of each run."""
    return {name: each_of([run[:, place].mean() for run in runs]) for place, name in enumerate(METRICS)}


def _lists(
    data: RetrievalData,
    stages: Sequence[_Stage],
    rerankers: Mapping[str, _Reranker],
    seed: int,
    plain: Sequence[str] = (),
) -> dict[str, list[tuple[list[bool], int]]]:
    """Return for every model and query which of the ranked texts are relevant, and how many relevant ones there are."""
    lists: dict[str, list[tuple[list[bool], int]]] = {}
    for start in range(0, len(data.queries), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        found: dict[str, Floats] = {}
        for models, vectors, weights in stages:
            # What the vectors of the desk's own encoder say stands first, and is said once.
            found = models.scores(data.queries[part], vectors[part], weights) | found
        for name in (*plain, *(name for _, _, weights in stages for name in weights)):
            for row, line in enumerate(found[name], start=start):
                lists.setdefault(name, []).append(_judged(data, row, line, seed + row))
                if name in rerankers:
                    line = _reranked(rerankers[name], data, row, line, seed + row)
                    lists.setdefault("reranked", []).append(_judged(data, row, line, seed + row))
    return lists


def _lost(name: str, half: str, found: Mapping[str, Any]) -> str:
    """Return the sentence that says by what measure a model is not better than one of its halves, '' if by none."""
    lost = [f"{key} {found[key]:+.3f} {found[f'{key}_ci']}" for key in _COMPARED if found[key] <= 0]
    return f"{name} is not better than {half}: {', '.join(lost)}." if lost else ""


def _by_tokens(late: LateInteraction) -> _Second:
    def scores(question: str, texts: Sequence[str], first: Floats) -> Floats:
        return np.asarray(first + LATE * late.logits(question, texts))

    return scores


def _reranked(reranker: _Reranker, data: RetrievalData, row: int, scores: Floats, seed: int) -> Floats:
    """Return the scores with all texts in a new order, or where they are too many the best ten above all others."""
    places = data.places(row)
    best = places if len(places) <= reranker.whole else places[ranked(scores[places], seed)[:MOST]]
    new = scores.copy()
    texts = [data.corpus[place] for place in best.tolist()]
    found = reranker.scores(data.queries[row], texts, scores[best])
    new[best] = scores.max() + 1 + found - found.min()
    return new


def _judged(data: RetrievalData, row: int, scores: Floats, seed: int) -> tuple[list[bool], int]:
    places = data.places(row)
    wanted = data.relevant[row] & set(places.tolist())
    order = places[ranked(scores[places], seed)]
    return [place in wanted for place in order.tolist()], len(wanted)
