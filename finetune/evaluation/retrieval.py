"""Judging retrieval on anybody's labelled data: the floor, meaning, words, and both together, side by side."""

from __future__ import annotations

import copy
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from replydesk.data.errors import RequestError
from replydesk.finetune.evaluation.languages import languages_in, spaced
from replydesk.finetune.evaluation.paired_texts import FEWEST_PAIRS, learned_from
from replydesk.finetune.evaluation.rows import LeftOut, keyed_rows
from replydesk.finetune.evaluation.seeds import each_of, mean_of, seeded
from replydesk.finetune.matching.reranker_pairs import FirstStage, fit_reranker
from replydesk.finetune.recipe import QUICK, Recipe
from replydesk.retrieval.encoders.encoder import Encoder
from replydesk.retrieval.encoders.encoders import Encoders
from replydesk.retrieval.metrics import METRICS, mean_metrics, measured, paired, ranked
from replydesk.retrieval.reranking.late_interaction import LateInteraction, token_encoder
from replydesk.retrieval.reranking.reranker import MOST
from replydesk.retrieval.vectors.smoothing import smoothed_together
from replydesk.retrieval.words.lexical import K1, B, LexicalIndex
from replydesk.retrieval.words.terms import terms

__all__ = ["LATE", "WHOLE", "WORDS", "RetrievalData", "evaluate_retrieval", "first_stage"]

Floats = NDArray[np.float64]

WORDS: Final = 0.4
"""What a full match of words is worth beside a cosine of 1; docs/why/words-and-meaning.md says how it was chosen."""

LATE: Final = 1.0
"""What late interaction is worth beside a cosine of 1; docs/why/reranking.md says how it was chosen."""

WHOLE: Final = 500
"""Texts that late interaction compares with a query at most: of more, only the best ten of the hybrid."""

_RELEVANT = "Name ids of the corpus, which are compared as text, or leave the query out."
_PLAIN = ("floor", "frozen", "lexical")
_SMOOTHED = 50_000
_AT_ONCE = 256
_COMPARED = ("p1", "mrr", "map")
_Stage = tuple["_Models", Floats, dict[str, float]]
_Second = Callable[[str, Sequence[str], Floats], Floats]
_LIBRARIES = ("replydesk", "numpy", "scikit-learn", "tantivy", "openvino", "transformers")


@dataclass(frozen=True, slots=True)
class _Reranker:
    """What gives new scores, and how many texts are not too many for it."""

    scores: _Second
    whole: int


@dataclass(frozen=True, slots=True)
class RetrievalData:
    """Texts to rank, queries, and for each query the places of its relevant texts and of those that are ranked."""

    corpus: tuple[str, ...]
    queries: tuple[str, ...]
    relevant: tuple[frozenset[int], ...]
    candidates: tuple[tuple[int, ...] | None, ...]
    notes: tuple[str, ...] = ()

    def places(self, row: int) -> NDArray[np.int_]:
        """Return the places of the texts that are ranked for a query."""
        among = self.candidates[row]
        return np.arange(len(self.corpus)) if among is None else np.array(among)

    @classmethod
    def read(cls, corpus: Path, queries: Path, *, limit: int | None = None, seed: int = 0) -> RetrievalData:
        """Return what two JSONL files hold: ``{"id", "text"}`` and ``{"text", "relevant", "candidates"?}``.

        ``limit`` draws so many queries. Ids that are not in the corpus are passed over, and queries that are empty or
        have no relevant text left are left out, up to a tenth of them; ``notes`` say so. Raises :class:`RequestError`
        with file and line.
        """
        places: dict[str, int] = {}
        texts: list[str] = []
        for where, row in keyed_rows(corpus):
            key, text = str(_value(row, "id", (str, int), where)), _value(row, "text", (str,), where)
            if key in places:
                raise RequestError(f"The id {key} is there twice.", where=where, hint="Give every text its own id.")
            places[key] = len(texts)
            texts.append(text)
        asked: list[tuple[str, frozenset[int], tuple[int, ...] | None]] = []
        left, strangers = LeftOut(queries, _RELEVANT), Counter[str]()
        for where, row in keyed_rows(queries):
            text = _value(row, "text", (str,), where)
            relevant = _places(row, "relevant", places, where, strangers)
            listed = row.get("candidates") is not None
            ranked_only = _places(row, "candidates", places, where, strangers) if listed else None
            lacks = "" if text.strip() else "text"
            if not relevant:
                lacks = lacks or "relevant text in the corpus"
            elif ranked_only is not None and not set(relevant) & set(ranked_only):
                lacks = lacks or "relevant text among its candidates"
            if not left.row(where, lacks):
                asked.append((text, frozenset(relevant), ranked_only))
        notes = list(left.told())
        if strangers:
            named = f"{len(strangers)} ids of {queries.name} are not in {corpus.name}, such as {next(iter(strangers))}"
            notes.append(f"{named}; they are named {strangers.total()} times and passed over.")
        if not texts or not asked:
            empty = corpus if not texts else queries
            raise RequestError("The file is empty.", where=str(empty), hint="Name a JSONL file with rows.")
        if limit is not None and limit < len(asked):
            drawn = np.sort(np.random.default_rng(seed).permutation(len(asked))[:limit])
            asked = [asked[i] for i in drawn]
        texts_asked, relevants, listed_only = zip(*asked, strict=True)
        return cls(tuple(texts), texts_asked, relevants, listed_only, tuple(notes))


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
    models = _Models(data.corpus, encoder.encode(data.corpus).astype(np.float64), language)
    vectors = encoder.encode(data.queries).astype(np.float64)
    notes = [*data.notes, *spoken.notes]
    runs: dict[str, list[Floats]] = {}
    if pairs is not None:
        base = encoders.bert(spoken.read) if recipe is not None else None
        wanted = replace(recipe or QUICK, seed=seed)
        runs, told = _learned(data, models, encoder, _pairs(pairs), base, wanted, seeds, language, progress)
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
    models: _Models,
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
        learned = learned_from(pairs, encoder, _word_scores, one, listed=listed, progress=progress)
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


def first_stage(encoder: Encoder, language: str, words: float = WORDS) -> FirstStage:
    """Return what scores texts for questions by meaning and words, the words weighing that much.

    The score is the cosine, plus ``words`` times three parts of BM25 as a share and one of what share of the text the
    question says.
    """

    def scores(questions: Sequence[str], texts: Sequence[str]) -> Floats:
        models = _Models(texts, encoder.encode(texts).astype(np.float64), language)
        vectors = encoder.encode(questions).astype(np.float64)
        return models.scores(questions, vectors, {"both": words})["both"]

    return scores


def _word_scores(questions: Sequence[str], texts: Sequence[str]) -> Floats:
    words, told = _Bm25(texts).scores(questions)
    return 0.75 * words + 0.25 * told


class _Models:
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

    def on(self, vectors: NDArray[Any]) -> _Models:
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
        sums = {name: cosines + weight * (0.75 * words + 0.25 * told) for name, weight in weights.items()}
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


def _each(runs: Sequence[Floats]) -> dict[str, list[float]]:
    """Return the measures of each run."""
    return {name: each_of([run[:, place].mean() for run in runs]) for place, name in enumerate(METRICS)}


def _pairs(path: Path) -> list[tuple[str, str]]:
    return [(_value(row, "a", (str,), where), _value(row, "b", (str,), where)) for where, row in keyed_rows(path)]


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


def _value(row: dict[str, Any], name: str, kinds: tuple[type, ...], where: str) -> Any:
    found = row.get(name)
    if not isinstance(found, kinds) or isinstance(found, bool):
        hint = "docs/reference/commands.md shows what a line holds."
        raise RequestError(f"This line has no {name}, or one of another type.", where=where, hint=hint)
    return found


def _places(
    row: dict[str, Any], name: str, places: dict[str, int], where: str, strangers: Counter[str]
) -> tuple[int, ...]:
    """Return the places of the ids in the corpus; ``strangers`` counts those that are not there."""
    keys = [str(key) for key in _value(row, name, (list,), where)]
    strangers.update(key for key in keys if key not in places)
    return tuple(dict.fromkeys(places[key] for key in keys if key in places))
