"""Judging answer matching on anybody's data: does a context find its own reply among those of others?"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from replydesk.data.errors import RequestError
from replydesk.data.records import same_text
from replydesk.finetune.encoders.project import fit_projection
from replydesk.finetune.encoders.tuning import Pairs, tune_encoder
from replydesk.finetune.evaluation import metrics
from replydesk.finetune.evaluation.languages import languages_in, spaced
from replydesk.finetune.evaluation.matching_data import MatchData, pairs_at
from replydesk.finetune.evaluation.reading import read_first
from replydesk.finetune.evaluation.seeds import each_of, mean_of, seeded
from replydesk.finetune.matching.pairs import answer_groups, some_alike
from replydesk.finetune.matching.reranker_pairs import FittedReranker, fit_reranker
from replydesk.finetune.recipe import QUICK, Recipe
from replydesk.retrieval.encoders.bert import BertEncoder
from replydesk.retrieval.encoders.encoder import Encoder
from replydesk.retrieval.encoders.encoders import Encoders
from replydesk.retrieval.encoders.projected import ProjectedEncoder
from replydesk.retrieval.encoders.remembering import Memory, RememberingEncoder
from replydesk.retrieval.reranking.reranker import MOST

__all__ = ["CANDIDATES", "MatchData", "evaluate_matching", "lists_of", "placed"]

Floats = NDArray[np.float64]
Scores = Callable[[Sequence[str], Sequence[str]], Floats]
_Places = Mapping[int, tuple[Floats, Floats]]

CANDIDATES: Final = (10, 50, 100)
"""Replies that a context ranks, its own among them."""

_SHUFFLES = 5
_COMPARED = (
    ("frozen", "floor"), ("tuned", "floor"), ("tuned", "frozen"), ("reranked", "tuned"), ("reranked", "frozen"),
)  # fmt: skip
_AT_ONCE = 512
_FEWEST = 20
_REMEMBERED = 1_000_000
_LIBRARIES = ("replydesk", "numpy", "scikit-learn", "torch", "transformers", "openvino")


def evaluate_matching(
    data: MatchData,
    encoders: Encoders,
    *,
    candidates: Sequence[int] = CANDIDATES,
    recipe: Recipe = QUICK,
    seeds: int = 1,
    language: str = "auto",
    progress: Callable[[str], None] = lambda _line: None,
) -> dict[str, Any]:
    """Return how often each model puts a context's own reply first, and how sure the differences are.

    ``floor`` is the cosine of TF-IDF, ``frozen`` that of the encoder. ``tuned`` is what the recipe makes of the
    training pairs: a fine-tuned encoder where it tunes one and a BERT reads the language, else a projection of the
    frozen vectors, where it helps on pairs that were held out. Where the recipe trains a cross-encoder and that helps,
    ``reranked`` is its order of the best ten. What learns does so under each of ``seeds``; figures are then means, and
    a seed whose cross-encoder is left out counts as its ``tuned``. Where the recipe pre-trains, the encoder of
    ``tuned`` first reads the corpus of the data, once.

    Every test context ranks its own reply among N - 1 others of the test. Five shuffles with seed 0 say which: those
    that follow it in the shuffled circle. Figures are means over contexts and shuffles; a reply with the same words as
    the own one counts as a hit, and who shares a score shares the place. Raises :class:`RequestError` where the test
    has fewer replies than every N.
    """
    began = time.perf_counter()
    sizes, notes = _measurable(candidates, len(data.test))
    notes = [*data.notes, *notes]
    spoken = languages_in(data.train.asked, language)
    language = spoken.main
    notes += spoken.notes
    frozen = RememberingEncoder(encoders.of(spoken.read), Memory(_REMEMBERED))
    base = encoders.bert(spoken.read)
    lists = {count: lists_of(len(data.test), count) for count in sizes}
    progress(f"{len(data.train)} pairs to learn from and {len(data.test)} to judge by, in {language}")
    plain = {"floor": _floor(data.train, language), "frozen": _cosines(frozen)}
    runs = {name: [_placed(model, data.test, lists)] for name, model in plain.items()}
    trainings: list[dict[str, Any]] = []
    with TemporaryDirectory() as scratch:
        start, read, told_read = read_first(
            base,
            Path(scratch),
            recipe,
            data.corpus,
            judged=data.judging,
            what="of --unlabelled" if data.unlabelled else "the conversations of --train",
            language=spoken.read,
            progress=progress,
        )
        notes += told_read
        under = RememberingEncoder(BertEncoder(str(start)), Memory(_REMEMBERED)) if read else frozen
        ranked, reread = [], []
        for one in seeded(recipe, seeds):
            folder, seed = Path(scratch, str(one.seed)), f", seed {one.seed}" if seeds > 1 else ""
            told: dict[str, Any] = {}
            if recipe.encoder.tune and start is not None and len(data.train) >= _FEWEST:
                tuned, told["tuned"] = _tuned(start, data.train, one, folder / "encoder", progress)
            else:
                tuned, told["tuned"] = _on_top(under, data.train, one, progress)
                reason = "No BERT reads it" if recipe.encoder.tune and base is None else "The recipe tunes no encoder"
                notes.append(f"{reason}: tuned is a projection of the frozen vectors{seed}. {told['tuned']['why']}")
            first = _cosines(tuned)
            ranked.append(_placed(first, data.test, lists))
            if recipe.reranker.train and base is not None:
                pairs = list(zip(data.train.asked, data.train.said, strict=True))
                replies = list(dict.fromkeys(data.train.said))
                fitted, told["reranked"] = fit_reranker(
                    pairs, replies, first, one, base, folder / "reranker", progress=progress
                )
                notes.append(f"A cross-encoder is {'kept' if fitted else 'left out'}{seed}: {told['reranked']['why']}")
                if fitted is not None:
                    progress("Ranking the best ten once more")
                reread.append(ranked[-1] if fitted is None else _reranked(fitted, first, data.test, lists))
            trainings.append(told)
        runs["tuned"] = ranked
        if any(told.get("reranked", {}).get("kept") for told in trainings):
            runs["reranked"] = reread
    values = {name: _means(found) for name, found in runs.items()}
    return {
        "models": {name: _figures(found) | {"seeds": _each(runs[name])} for name, found in values.items()},
        "differences": {
            f"{one}-{other}": _difference(values[one], values[other]) for one, other in _COMPARED if one in values
        },
        "task": "matching",
        "training": trainings[0],
        **({"trainings": trainings} if seeds > 1 else {}),
        **({"pretraining": read} if read else {}),
        "data": {"train": len(data.train), "test": len(data.test), "candidates": sizes, "shuffles": _SHUFFLES},
        "language": language,
        "encoder": frozen.id,
        "recipe": recipe.name,
        "notes": notes,
        "seconds": round(time.perf_counter() - began, 2),
        "versions": {name: version(name) for name in _LIBRARIES},
        "seed": recipe.seed,
        "seeds": seeds,
    }


def _measurable(candidates: Sequence[int], replies: int) -> tuple[list[int], list[str]]:
    """Return the numbers of candidates that a test of so many replies can measure, and a note of the others.

    Raises :class:`RequestError` where it can measure none.
    """
    sizes = [count for count in dict.fromkeys(candidates) if count <= replies]
    left_out = [count for count in candidates if count not in sizes]
    if not sizes:
        hint = f"Name fewer with --candidates; there are {replies}."
        raise RequestError("The test has fewer replies than candidates are wanted.", where="--candidates", hint=hint)
    return sizes, [f"There are {replies} test replies: {left_out} candidates are not measured."] if left_out else []


def lists_of(count: int, candidates: int) -> NDArray[np.int_]:
    """Return for each of ``count`` contexts and five shuffles which replies it ranks, its own first.

    The shape is (5, count, candidates). The shuffles are those of numpy's generator with seed 0, one after another.

    >>> lists_of(4, 2).shape, int(lists_of(4, 4)[0, 2, 0])
    ((5, 4, 2), 2)
    """
    draw, made = np.random.default_rng(0), []
    for _ in range(_SHUFFLES):
        order = draw.permutation(count)
        place = np.argsort(order)
        made.append(order[(place[:, None] + np.arange(candidates)) % count])
    return np.stack(made)


def placed(scores: Floats, same: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return whether the first is a right one, and the reciprocal rank of the best right one, both of shape (n,).

    ``scores`` and ``same`` have shape (n, candidates); ``same`` says which replies have the words of the own one. Wrong
    ones with the score of the best right one share its place with it.
    """
    best = np.where(same, scores, -np.inf).max(axis=1, keepdims=True)
    above = ((scores > best) & ~same).sum(axis=1)
    beside = ((scores == best) & ~same).sum(axis=1)
    return (above == 0) / (1 + beside), 1 / (1 + above + beside / 2)


def _cosines(encoder: Encoder) -> Scores:
    def scores(asked: Sequence[str], said: Sequence[str]) -> Floats:
        return np.asarray(encoder.encode(asked).astype(np.float64) @ encoder.encode(said).astype(np.float64).T)

    return scores


def _floor(pairs: Pairs, language: str) -> Scores:
    from sklearn.feature_extraction.text import TfidfVectorizer

    model = TfidfVectorizer(
        analyzer="word" if spaced(language) else "char",
        ngram_range=(1, 2),
        sublinear_tf=True,
        token_pattern=r"(?u)\b\w+\b" if spaced(language) else None,
    ).fit([*pairs.asked, *pairs.said])

    def scores(asked: Sequence[str], said: Sequence[str]) -> Floats:
        return np.asarray((model.transform(asked) @ model.transform(said).T).todense())

    return scores


def _tuned(
    base: Path, pairs: Pairs, recipe: Recipe, folder: Path, progress: Callable[[str], None]
) -> tuple[Encoder, dict[str, Any]]:
    """Return the fine-tuned encoder; a share of the replies is held out, with all that say the same."""
    pairs, groups = _some_alike(pairs, recipe.seed)
    drawn = np.random.default_rng(recipe.seed).permutation(groups.max() + 1)
    held = np.isin(groups, drawn[: max(1, round(recipe.encoder.held_out * len(drawn)))])
    learned, judged = (pairs_at(pairs, np.flatnonzero(rows).tolist()) for rows in (~held, held))
    progress(f"Fine-tuning the encoder under {recipe.name} on {len(learned)} pairs, {len(judged)} held out")
    found = tune_encoder(base, folder, recipe, pairs=learned, held_out_pairs=judged, progress=progress)
    encoder = BertEncoder(str(folder), max_tokens=recipe.encoder.training.max_tokens)
    return RememberingEncoder(encoder, Memory(_REMEMBERED)), {**found.history, "why": ""}


def _on_top(
    encoder: Encoder, pairs: Pairs, recipe: Recipe, progress: Callable[[str], None]
) -> tuple[Encoder, dict[str, Any]]:
    """Return the encoder with a projection fitted on the pairs, or as it is where none helps."""
    pairs, groups = _some_alike(pairs, recipe.seed)
    first = {text: row for row, text in reversed(list(enumerate(pairs.said)))}
    answers = sorted(first.values())
    vectors = np.concatenate([encoder.encode(pairs.asked), encoder.encode([pairs.said[row] for row in answers])])
    found = fit_projection(vectors, [*groups, *groups[answers]], recipe, progress=progress)
    return (encoder if found.weights is None else ProjectedEncoder(encoder, found.weights)), found.told


def _some_alike(pairs: Pairs, seed: int) -> tuple[Pairs, NDArray[np.int_]]:
    """Return the pairs that are learned from, with their groups: replies that say the same are one."""
    groups = answer_groups(pairs.said)
    kept = pairs_at(replace(pairs, groups=groups), some_alike(groups, seed))
    return kept, np.array(kept.groups)


def _placed(model: Scores, test: Pairs, lists: Mapping[int, NDArray[np.int_]]) -> dict[int, tuple[Floats, Floats]]:
    """Return for each number of candidates the hits and reciprocal ranks of all contexts, means over the shuffles."""
    replies = list(dict.fromkeys(test.said))
    column = {text: place for place, text in enumerate(replies)}
    of = np.array([column[text] for text in test.said])
    plain = np.unique(np.array([same_text(text) for text in test.said]), return_inverse=True)[1]
    sums = {count: np.zeros((2, len(test))) for count in lists}
    for start in range(0, len(test), _AT_ONCE):
        rows = np.arange(start, min(start + _AT_ONCE, len(test)))
        matrix = model(test.asked[start : start + _AT_ONCE], replies)
        for count, shuffles in lists.items():
            for among in shuffles[:, rows]:
                scores = np.take_along_axis(matrix, of[among], axis=1)
                sums[count][:, rows] += placed(scores, plain[among] == plain[rows][:, None])
    return {count: (total[0] / _SHUFFLES, total[1] / _SHUFFLES) for count, total in sums.items()}


def _reranked(
    fitted: FittedReranker, first: Scores, test: Pairs, lists: Mapping[int, NDArray[np.int_]]
) -> dict[int, tuple[Floats, Floats]]:
    """Return what :func:`_placed` does with the best ten of each list in the order of a cross-encoder."""
    plain = np.unique(np.array([same_text(text) for text in test.said]), return_inverse=True)[1]
    sums = {count: np.zeros((2, len(test))) for count in lists}
    for row, question in enumerate(test.asked):
        line = first([question], test.said)[0]
        wanted = [
            among[np.argsort(-line[among], kind="stable")[:MOST]] for own in lists.values() for among in own[:, row]
        ]
        places = np.unique(np.concatenate(wanted))
        new = dict(
            zip(places.tolist(), fitted.scores(question, [test.said[p] for p in places], line[places]), strict=True)
        )
        for count, shuffles in lists.items():
            for among in shuffles[:, row]:
                scores = line[among].copy()
                best = np.argsort(-scores, kind="stable")[:MOST]
                found = np.array([new[place] for place in among[best].tolist()])
                scores[best] = scores.max() + 1 + found
                hit, rank = placed(scores[None], (plain[among] == plain[row])[None])
                sums[count][:, row] += hit[0], rank[0]
    return {count: (total[0] / _SHUFFLES, total[1] / _SHUFFLES) for count, total in sums.items()}


def _means(runs: Sequence[_Places]) -> _Places:
    """Return the means over runs of hits and reciprocal ranks."""
    return {
        count: (mean_of([run[count][0] for run in runs]), mean_of([run[count][1] for run in runs])) for count in runs[0]
    }


def _each(runs: Sequence[_Places]) -> dict[str, dict[str, list[float]]]:
    """Return the figures of each run."""
    return {
        measure: {str(count): each_of([run[count][place].mean() for run in runs]) for count in runs[0]}
        for place, measure in enumerate(("r1", "mrr"))
    }


def _figures(found: _Places) -> dict[str, Any]:
    return {
        name: {str(count): value(both[place]) for count, both in found.items()}
        for place, measure in enumerate(("r1", "mrr"))
        for name, value in ((measure, _mean), (f"{measure}_ci", metrics.mean_interval))
    }


def _mean(values: Floats) -> float:
    return round(float(values.mean()), 4)


def _difference(one: _Places, other: _Places) -> dict[str, dict[str, Any]]:
    return {
        measure: {str(count): metrics.paired_bootstrap(one[count][place], other[count][place]) for count in one}
        for place, measure in enumerate(("r1", "mrr"))
    }
