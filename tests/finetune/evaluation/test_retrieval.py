"""Judging retrieval: every model is measured, what pairs teach, and what is ranked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from replydesk.data.settings import Settings
from replydesk.finetune.evaluation import retrieval as module
from replydesk.finetune.evaluation.retrieval import evaluate_retrieval
from replydesk.finetune.evaluation.retrieval_data import RetrievalData
from replydesk.finetune.evaluation.writing import write_report
from replydesk.finetune.recipe import Recipe, RerankerRecipe
from replydesk.retrieval.encoders.encoders import Encoders
from replydesk.retrieval.metrics import METRICS
from replydesk.retrieval.reranking.late_interaction import LateInteraction, token_encoder
from replydesk.retrieval.words.lexical import LexicalIndex

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
