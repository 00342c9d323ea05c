"""Judging retrieval: the files, the models, and that BM25 here is the BM25 of the desk."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from replydesk.data.errors import RequestError
from replydesk.data.settings import Settings
from replydesk.finetune.evaluation import retrieval as module
from replydesk.finetune.evaluation.retrieval import RetrievalData, evaluate_retrieval
from replydesk.finetune.evaluation.writing import write_report
from replydesk.finetune.recipe import Recipe, RerankerRecipe
from replydesk.retrieval.encoders.encoders import Encoders
from replydesk.retrieval.metrics import METRICS
from replydesk.retrieval.reranking.late_interaction import LateInteraction, token_encoder
from replydesk.retrieval.words.lexical import LexicalIndex
from replydesk.retrieval.words.terms import terms

ENGLISH = ("How do I return a lamp?", "Where is my parcel?", "Do you ship to Malta?", "My card was declined")
CHINESE = ("怎么退货？", "快递到哪里了？", "可以寄到澳门吗？", "银行卡付不了款")
ASKED = {
    "en": [("parcel where is it", [1]), ("malta shipping", [2]), ("return the lamp", [0])],
    "zh": [("我的快递在哪里", [1]), ("寄澳门", [2]), ("退货", [0])],
}


def write(path: Path, rows: list[Any]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def files(folder: Path, language: str) -> tuple[Path, Path]:
    texts = ENGLISH if language == "en" else CHINESE
    corpus = write(folder / "corpus.jsonl", [{"id": f"t{i}", "text": text} for i, text in enumerate(texts)])
    asked = [{"text": text, "relevant": [f"t{i}" for i in places]} for text, places in ASKED[language]]
    return corpus, write(folder / "queries.jsonl", asked)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_model_is_measured(language: str, tmp_path: Path, tiny_settings: Settings) -> None:
    data = RetrievalData.read(*files(tmp_path, language))
    result = evaluate_retrieval(data, Encoders(tiny_settings.retrieval))
    assert list(result["models"]) == ["floor", "frozen", "lexical", "hybrid", "reranked"]
    assert result["language"] == language
    assert result["models"]["lexical"]["p1"] == 1.0
    for found in result["models"].values():
        assert set(found) == {*METRICS, "p1_ci", "seeds"}
        assert found["seeds"] == {name: [found[name]] for name in METRICS}
        assert all(0 <= found[name] <= 1 for name in METRICS)
        assert found["p1_ci"][0] <= found["p1"] <= found["p1_ci"][1]
    json.dumps(result)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("whole", [500, 2])
def test_late_interaction_ranks_all_or_the_best(
    language: str, whole: int, tmp_path: Path, tiny_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WHOLE", whole)
    monkeypatch.setattr(module, "MOST", 3)
    data = RetrievalData.read(*files(tmp_path, language))
    encoders = Encoders(tiny_settings.retrieval)
    seen: list[np.ndarray] = []
    judged = module._judged

    def judge(data: RetrievalData, row: int, scores: np.ndarray, seed: int) -> tuple[list[bool], int]:
        seen.append(scores)
        return judged(data, row, scores, seed)

    monkeypatch.setattr(module, "_judged", judge)
    result = evaluate_retrieval(data, encoders)
    tokens = token_encoder(encoders.of(language))
    assert tokens is not None
    index = LexicalIndex()
    index.add([f"{i:032x}" for i in range(len(data.corpus))], data.corpus)
    likeness = LateInteraction(tokens, index.rarities).scores(data.queries, data.corpus)
    # The hybrid of each query comes right before what reranking makes of it, behind the first three models.
    pairs = seen[3 * len(data.queries) :]
    for row in range(len(data.queries)):
        hybrid, reranked = pairs[2 * row], pairs[2 * row + 1]
        both = hybrid + module.LATE * likeness[row]
        best = np.argsort(-hybrid)[: len(hybrid) if whole == 500 else 3]
        assert np.argsort(-reranked)[: len(best)].tolist() == best[np.argsort(-both[best])].tolist()
        assert np.argsort(-reranked)[len(best) :].tolist() == np.argsort(-hybrid)[len(best) :].tolist()
    assert set(result["differences_reranked"]) == {"frozen", "lexical"}


def test_only_candidates_are_ranked(tmp_path: Path, tiny_settings: Settings) -> None:
    corpus, _ = files(tmp_path, "en")
    rows = [{"text": "parcel", "relevant": ["t2", "t1"], "candidates": ["t2", "t3"]}]
    data = RetrievalData.read(corpus, write(tmp_path / "few.jsonl", rows))
    (judged, total) = module._judged(data, 0, np.array([0.0, 9.0, 1.0, 2.0]), 0)
    assert (judged, total) == ([False, True], 1)
    assert evaluate_retrieval(data, Encoders(tiny_settings.retrieval))["models"]["frozen"]["recall@10"] == 1.0


def test_its_bm25_is_that_of_the_desk() -> None:
    texts = (*ENGLISH, *CHINESE)
    index = LexicalIndex()
    index.add([f"{i:032x}" for i in range(len(texts))], texts)
    asked = ["where is the parcel parcel", "澳门 malta", "", "unknown"]
    words, told = module._Bm25(texts).scores(asked)
    for row, query in enumerate(map(index.query, asked)):
        assert words[row] == pytest.approx([query.score(Counter(terms(text))) for text in texts])
        said = [set(terms(text)) for text in texts]
        assert told[row] == pytest.approx([query.told(one, index.rarities(one)) for one in said])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_hybrid_is_the_sum_that_it_promises(language: str, tiny_settings: Settings) -> None:
    encoder = Encoders(tiny_settings.retrieval).of(language)
    texts = ENGLISH if language == "en" else CHINESE
    asked = [text for text, _ in ASKED[language]]
    scores = module.first_stage(encoder, language)(asked, texts)
    index = LexicalIndex()
    index.add([f"{i:032x}" for i in range(len(texts))], texts)
    vectors = encoder.encode(texts)
    for row, text in enumerate(asked):
        query, vector = index.query(text), encoder.encode([text])[0]
        for place, told in enumerate(texts):
            said = Counter(terms(told))
            shared = 0.75 * query.score(said) + 0.25 * query.told(said, index.rarities(said))
            expected = float(vector @ vectors[place]) + module.WORDS * shared
            assert scores[row, place] == pytest.approx(expected, abs=1e-5)


def test_where_the_hybrid_does_not_win_it_says_so(tmp_path: Path, tiny_settings: Settings) -> None:
    result = evaluate_retrieval(RetrievalData.read(*files(tmp_path, "en")), Encoders(tiny_settings.retrieval))
    found = result["differences"]["lexical"]
    models = result["models"]
    assert found["p1"] == pytest.approx(models["hybrid"]["p1"] - models["lexical"]["p1"])
    assert found["p1"] <= 0
    assert any(note.startswith("hybrid is not better than lexical: p1") for note in result["notes"])


def test_pairs_choose_the_weight_of_words(tmp_path: Path, tiny_settings: Settings) -> None:
    data = RetrievalData.read(*files(tmp_path, "en"))
    encoders = Encoders(tiny_settings.retrieval)
    codes = [{"a": f"it is about QX-{n} today", "b": f"QX-{n}"} for n in range(100, 130)]
    result = evaluate_retrieval(data, encoders, pairs=write(tmp_path / "pairs.jsonl", codes))
    assert "tuned" in result["models"]
    assert result["notes"][0].startswith("A projection is ")
    assert result["notes"][1].startswith("tuned: ")
    assert "choose 0.0" not in result["notes"][1]
    assert "map" in result["differences_tuned"]["frozen"]
    few = evaluate_retrieval(data, encoders, pairs=write(tmp_path / "few.jsonl", codes[:5]))
    assert "tuned" not in few["models"]
    assert "fewer than 20 pairs" in few["notes"][0]


def test_what_pairs_teach_is_taught_under_each_seed(tmp_path: Path, tiny_settings: Settings) -> None:
    """The figures of several seeds are the means of what each gives by itself; what learns nothing runs once."""
    data, encoders = RetrievalData.read(*files(tmp_path, "zh")), Encoders(tiny_settings.retrieval)
    codes = write(tmp_path / "pairs.jsonl", [{"a": f"关于QX-{n}的事", "b": f"QX-{n}"} for n in range(100, 130)])
    both = evaluate_retrieval(data, encoders, pairs=codes, seed=3, seeds=2)
    found = both["models"]["tuned"]
    assert (both["seed"], both["seeds"]) == (3, 2)
    for name in METRICS:
        assert len(found["seeds"][name]) == 2 and len(both["models"]["hybrid"]["seeds"][name]) == 1
        assert found[name] == pytest.approx(np.mean(found["seeds"][name]), abs=1e-4)
    first = evaluate_retrieval(data, encoders, pairs=codes, seed=3)
    assert [first["models"]["tuned"][name] for name in METRICS] == [found["seeds"][name][0] for name in METRICS]
    assert {note[:7] for note in both["notes"] if "projection" in note} == {"Seed 3:", "Seed 4:"}


def test_the_page_tells_every_model_its_gain_and_its_seeds(tmp_path: Path, tiny_settings: Settings) -> None:
    data, encoders = RetrievalData.read(*files(tmp_path, "en")), Encoders(tiny_settings.retrieval)
    codes = [{"a": f"it is about QX-{n} <today>", "b": f"QX-{n}"} for n in range(100, 130)]
    pairs = write(tmp_path / "pairs.jsonl", codes)
    found = evaluate_retrieval(data, encoders, pairs=pairs, seeds=2) | {"command": "replydesk <evaluate>"}
    written = write_report(found, tmp_path / "out")
    assert [path.name for path in written] == ["report.html", "report.json"]
    page = written[0].read_text(encoding="utf-8")
    for part in ("hybrid against lexical", "tuned against frozen", "Seed by seed", "replydesk &lt;evaluate&gt;"):
        assert part in page
    assert f"<td>{found['models']['tuned']['seeds']['map'][1]:.3f}</td>" in page


def test_a_limit_draws_queries(tmp_path: Path) -> None:
    corpus, queries = files(tmp_path, "en")
    assert len(RetrievalData.read(corpus, queries, limit=2).queries) == 2
    assert RetrievalData.read(corpus, queries, limit=2) == RetrievalData.read(corpus, queries, limit=2)
    assert len(RetrievalData.read(corpus, queries, limit=9).queries) == 3


@pytest.mark.parametrize(
    ("corpus", "queries", "message", "where"),
    [
        ('{"id": 1}', "", "has no text", "corpus.jsonl:1"),
        ('{"text": "a"}', "", "has no id", "corpus.jsonl:1"),
        ('{"id": 1, "text": "a"}\n{"id": "1", "text": "b"}', "", "there twice", "corpus.jsonl:2"),
        ('{"id": 1, "text": "a"}\n[]', "", "a JSON object was expected", "corpus.jsonl:2"),
        ('{"id": 1, "text": "a"}\n{', "", "not complete JSON", "corpus.jsonl:2"),
        ("[]", "", "empty", "corpus.jsonl"),
        ("", "", "empty", "corpus.jsonl"),
        ('{"id": 1, "text": "a"}', "", "empty", "queries.jsonl"),
        ('{"id": 1, "text": "a"}', '{"text": "q", "relevant": [2]}', "relevant text in the corpus", "queries.jsonl:1"),
        ('{"id": 1, "text": "a"}', '{"text": "q", "relevant": "1"}', "has no relevant", "queries.jsonl:1"),
        ('{"id": 1, "text": "a"}', '\n{"text": "q", "relevant": []}', "relevant text in the corpus", "queries.jsonl:2"),
        (
            '{"id": 1, "text": "a"}\n{"id": 2, "text": "b"}', '{"text": "q", "relevant": [1], "candidates": [2]}',
            "no relevant text among its candidates", "queries.jsonl:1",
        ),
    ],
)  # fmt: skip
def test_a_wrong_line_is_named(corpus: str, queries: str, message: str, where: str, tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").write_text(corpus)
    (tmp_path / "queries.jsonl").write_text(queries)
    with pytest.raises(RequestError, match=message) as caught:
        RetrievalData.read(tmp_path / "corpus.jsonl", tmp_path / "queries.jsonl")
    assert caught.value.where.endswith(where)


def test_ids_that_are_nowhere_are_passed_over_and_told(tmp_path: Path) -> None:
    corpus, queries = tmp_path / "corpus.jsonl", tmp_path / "queries.jsonl"
    corpus.write_text("\n".join(f'{{"id": {i}, "text": "text {i}"}}' for i in range(3)))
    lines = [f'{{"text": "q {i}", "relevant": [0, 7], "candidates": [0, 1, 8]}}' for i in range(10)]
    queries.write_text("\n".join([*lines, '{"text": "lost", "relevant": ["7"]}']))
    found = RetrievalData.read(corpus, queries)
    assert found.relevant == (frozenset([0]),) * 10
    assert found.candidates == ((0, 1),) * 10
    assert found.notes == (
        "1 of 11 rows of queries.jsonl have no relevant text in the corpus and are left out, the first at "
        f"{queries}:11.",
        "2 ids of queries.jsonl are not in corpus.jsonl, such as 7; they are named 21 times and passed over.",
    )


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="cannot be read"):
        RetrievalData.read(tmp_path / "none.jsonl", tmp_path / "none.jsonl")


def test_pairs_teach_a_reranker_that_is_measured_where_it_helps(tmp_path: Path, tiny_settings: Settings) -> None:
    corpus, queries = files(tmp_path, "en")
    pairs = [{"a": f"{number} {text.split()[-1].strip('?')}", "b": text} for number in range(80) for text in ENGLISH]
    recipe = Recipe(
        reranker=RerankerRecipe(questions=40, training=replace(RerankerRecipe().training, epochs=1, learning_rate=3e-3))
    )
    data = RetrievalData.read(corpus, queries)
    found = evaluate_retrieval(
        data, Encoders(tiny_settings.retrieval), pairs=write(tmp_path / "pairs.jsonl", pairs), recipe=recipe
    )
    told = [note for note in found["notes"] if note.startswith("A cross-encoder is ")]
    assert len(told) == 1
    assert told[0].startswith("A cross-encoder is kept: ") == told[0].endswith(": better.")
    # Late interaction takes its place where it is left out.
    assert "reranked" in found["models"]


def test_the_best_ten_come_first_in_their_new_order_and_the_others_keep_theirs() -> None:
    def backwards(question: str, texts: Sequence[str], first: Any) -> Any:
        return 1 - np.asarray(first) / 100

    data = RetrievalData(tuple(f"t{i}" for i in range(13)), ("q",), (frozenset({3}),), (tuple(range(1, 13)),))
    new = module._reranked(module._Reranker(backwards, 10), data, 0, np.arange(13.0), 0)
    assert np.argsort(-new)[:10].tolist() == list(range(3, 13))
    assert new[:3].tolist() == [0.0, 1.0, 2.0]
