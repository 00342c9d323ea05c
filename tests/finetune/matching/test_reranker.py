"""The desk's reranker: it learns what vectors cannot tell, is judged on strangers, and left out where it is no help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from replydesk.data.records import Ticket
from replydesk.finetune.examples import Examples, Material
from replydesk.finetune.matching import reranker as module
from replydesk.finetune.matching.cross import Asked, choices, train_cross_encoder
from replydesk.finetune.matching.reranker import quantized, train_reranker
from replydesk.finetune.matching.reranker_pairs import fit_reranker
from replydesk.finetune.matching.scorer import Queries
from replydesk.finetune.matching.stack import Judged, judged, stacked
from replydesk.finetune.recipe import Recipe, RerankerRecipe
from replydesk.retrieval.calibration import HitScorer
from replydesk.retrieval.reranking.cross_encoder import CrossEncoder
from replydesk.retrieval.reranking.reranker import RerankScorer

TINY = replace(RerankerRecipe().training, learning_rate=3e-3, epochs=3, max_tokens=32)
QUICK = Recipe(name="tiny", reranker=RerankerRecipe(training=TINY))
WORDS = {"en": ("lamp", "parcel", "refund", "order"), "zh": ("灯", "快递", "退款", "订单")}


def questions(count: int, language: str) -> list[Asked]:
    """Questions whose right candidate names the same thing, and whose first-stage scores know nothing."""
    draw = np.random.default_rng(count)
    asked = []
    for number in range(count):
        words = WORDS[language]
        place = int(draw.integers(4))
        texts = tuple(f"the {word} is here" if language == "en" else f"{word}在这里" for word in words)
        question = f"where is my {words[place]}" if language == "en" else f"{words[place]}在哪"
        scores = tuple(float(score) for score in draw.uniform(0.2, 0.3, 4))
        asked.append(Asked(question, texts, scores, tuple(i == place for i in range(4)), f"c{number}"))
    return asked


def test_of_each_question_a_right_candidate_and_the_highest_wrong_ones_are_learned() -> None:
    asked = [
        Asked("a", ("w1", "r1", "w2", "w3", "w4", "w5"), (0.9,) * 6, (False, True, False, False, False, False)),
        Asked("b", ("r2", "w6"), (0.9,) * 2, (True, False)),
        Asked("nothing right", ("w7", "w8"), (0.9,) * 2, (False, False)),
        Asked("nothing wrong", ("r3",), (0.9,), (True,)),
    ]
    assert dict(choices(asked, 10, 0)) == {"a": ("r1", "w1", "w2", "w3", "w4"), "b": ("r2", "w6", "w6", "w6", "w6")}
    assert len(choices(asked, 1, 0)) == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_training_learns_and_writes_what_can_be_loaded(tiny_bert: Path, tmp_path: Path, language: str) -> None:
    learned, held_out = choices(questions(64, language), 64, 0), choices(questions(20, language), 20, 0)
    done = train_cross_encoder(tiny_bert, learned, held_out, QUICK, tmp_path / "model")
    assert done["questions"] == 64
    # Chance is log 5.
    assert min(done["held_out_loss"]) < 0.8
    unseen = questions(12, language)
    model = CrossEncoder(tmp_path / "model", runtime="torch")
    assert {path.name for path in (tmp_path / "model").iterdir()} == {
        "config.json",
        "model.safetensors",
        "tokenizer.json",
    }
    right = [int(model.logits(one.question, one.texts).argmax()) == one.right.index(True) for one in unseen]
    assert sum(right) >= 10


def noisy(asked: Sequence[Asked], strength: float) -> list[Any]:
    draw = np.random.default_rng(5)
    return [strength * np.array(one.right) + draw.normal(size=len(one.right)) for one in asked]


def test_the_stack_is_calibrated_and_weighs_what_tells() -> None:
    asked = questions(400, "en")
    fitted = stacked(asked, noisy(asked, 3.0))
    assert fitted.cross > 0.5
    strange = questions(300, "en")
    chances = [fitted.probabilities(one.scores, line) for one, line in zip(strange, noisy(strange, 3.0), strict=True)]
    best = np.array([line.max() for line in chances])
    good = np.array([one.right[int(line.argmax())] for one, line in zip(strange, chances, strict=True)])
    assert abs(best.mean() - good.mean()) < 0.05
    assert stacked([], []) == RerankScorer(1.0, 0.0, 0.0)


def test_what_helps_is_better_and_noise_is_not() -> None:
    asked = questions(200, "zh")
    helps, noise = judged(asked, noisy(asked, 3.0), 0), judged(asked, noisy(asked, 0.0), 0)
    assert helps.better and not noise.better
    assert helps.after["mrr"] > helps.before["mrr"] + 0.2
    assert len(helps.gains) == 200
    first = [one.right[int(np.argmax(one.scores))] for one in asked]
    assert helps.before["p1"] == pytest.approx(np.mean(first))
    assert "better by more than chance" in noise.why and "not better" not in helps.why
    assert helps.document()["messages"] == 200
    assert not Judged({}, {}, np.empty(0)).better


def desk(count: int = 600) -> tuple[Queries, Material]:
    """Tickets of four kinds whose vectors are all alike: only their words tell them apart."""
    draw = np.random.default_rng(3)
    kind = draw.integers(0, 4, count)
    words = WORDS["en"]
    vectors = np.ones((count, 4), dtype=np.float32) + 0.3 * draw.normal(size=(count, 4)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    tickets = tuple(
        Ticket.make(f"{words[k]} question", f"the {words[k]} is here in {number} days", language="en")
        for number, k in enumerate(kind)
    )
    examples = Examples(
        tuple(f"where is my {words[k]}" for k in kind), ("",) * count, tuple(f"c{i}" for i in range(count)),
        ("en",) * count, tickets, vectors, np.eye(4, dtype=np.float32)[kind],
    )  # fmt: skip
    queries = Queries(examples, (), np.zeros((count, 0)), np.zeros(count))
    return queries, Material(None, ("en",), examples, examples, agreement=0.9)  # type: ignore[arg-type]


BLIND = HitScorer((0.1, 0.0, 0.0, 0.0, 0.0), -1.0)


@pytest.mark.slow
def test_a_reranker_that_ranks_better_is_kept_with_its_figures(tiny_bert: Path, tmp_path: Path) -> None:
    queries, material = desk()
    folder = tmp_path / "reranker"
    recipe = replace(QUICK, reranker=RerankerRecipe(questions=80, training=replace(TINY, epochs=2)))
    found, notes = train_reranker(queries, material, BLIND, recipe, tiny_bert, folder)
    assert found is not None and found.folder == folder
    assert notes["kept"] is True
    assert notes["validation"]["after"]["mrr"] > notes["validation"]["before"]["mrr"]
    assert notes["why"].endswith("better.")
    assert (folder / "model.xml").exists() == notes["int8"]["kept"]
    assert found.scorer.cross > 0
    logits = CrossEncoder(folder).logits("where is my lamp", ["lamp\nthe lamp is here", "order\nthe order is here"])
    assert logits[0] > logits[1]


def test_customers_who_judge_and_their_tickets_are_not_learned_from(tiny_bert: Path, tmp_path: Path) -> None:
    parts = module._parts(*desk(), BLIND)
    owners = {name: {one.owner for one in asked} for name, asked in parts.items()}
    assert not owners["train"] & owners["judge"] and not owners["stop"] & (owners["train"] | owners["judge"])
    assert {name: len(asked) > 20 for name, asked in parts.items()} == {"train": True, "stop": True, "judge": True}
    _, material = desk()
    days = {ticket.answer: material.train.groups[i] for i, ticket in enumerate(material.train.tickets) if ticket}
    for asked in parts.values():
        for one in asked:
            assert len(one.texts) == len(set(one.texts)) <= 10
            assert {days[text.split("\n")[1]] for text in one.texts} <= owners["train"]
            assert list(one.scores) == sorted(one.scores, reverse=True)


def test_without_a_bert_or_with_too_few_there_is_none_and_the_card_says_why(tiny_bert: Path, tmp_path: Path) -> None:
    for base, size, why in ((None, 600, "no BERT"), (tiny_bert, 60, "50 of each are needed")):
        found, notes = train_reranker(*desk(size), BLIND, QUICK, base, tmp_path / "none")
        assert found is None
        assert notes["kept"] is False and why in notes["why"]
        assert not (tmp_path / "none").exists()


def test_one_that_ranks_no_better_is_left_out(tiny_bert: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def guess(_folder: Path, asked: Sequence[Asked]) -> list[Any]:
        return noisy(asked, 0.0)

    monkeypatch.setattr(module, "_logits", guess)
    monkeypatch.setattr(module, "train_cross_encoder", lambda *_, **__: {"questions": 1})
    found, notes = train_reranker(*desk(), BLIND, QUICK, tiny_bert, tmp_path / "none")
    assert found is None
    assert notes["kept"] is False and "not better by more than chance" in notes["why"]
    assert set(notes) == {"questions", "validation", "kept", "why"}


@pytest.mark.slow
def test_int8_is_kept_only_where_it_ranks_as_well(
    tiny_bert: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = questions(60, "en")
    learned = choices(asked, 20, 0)
    folder = tmp_path / "model"
    train_cross_encoder(
        tiny_bert, learned, learned, replace(QUICK, reranker=RerankerRecipe(training=replace(TINY, epochs=1))), folder
    )
    good = noisy(asked, 4.0)
    plain = judged(asked, good, 0)
    found, figures = quantized(folder, learned, lambda: good, plain, asked, 0)
    assert found is good and figures["kept"] is True
    assert (folder / "model.xml").exists() and (folder / "model.bin").stat().st_size > 0
    small = CrossEncoder(folder).logits("where is my lamp", asked[0].texts)
    exact = CrossEncoder(folder, runtime="torch").logits("where is my lamp", asked[0].texts)
    assert np.corrcoef(small, exact)[0, 1] > 0.9
    found, figures = quantized(folder, learned, lambda: noisy(asked, 0.0), plain, asked, 0)
    assert found is None and figures["kept"] is False
    assert not (folder / "model.xml").exists() and not (folder / "model.bin").exists()
    assert capsys.readouterr().out == "", "stdout belongs to results"


def test_without_nncf_the_model_stays_as_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "nncf", None)
    found, figures = quantized(tmp_path, [], list, Judged({}, {}, np.empty(0)), [], 0)
    assert found is None and "nncf" in figures["why"]


def by_length(questions: Sequence[str], texts: Sequence[str]) -> Any:
    """A first stage that knows nothing but how long texts are."""
    return np.array([[abs(len(question) - len(text)) / 100 for text in texts] for question in questions])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_reranker_is_fitted_on_pairs_about_a_corpus(tiny_bert: Path, tmp_path: Path, language: str) -> None:
    words = WORDS[language]
    corpus = [f"the {word} is here" if language == "en" else f"{word}在这里" for word in words]
    pairs = [
        (f"{number} where is my {word}" if language == "en" else f"{number}我的{word}在哪", text)
        for number in range(80)
        for word, text in zip(words, corpus, strict=True)
    ]
    recipe = replace(QUICK, reranker=RerankerRecipe(questions=64, training=TINY))
    fitted, notes = fit_reranker(pairs, corpus, by_length, recipe, tiny_bert, tmp_path / "model")
    assert fitted is not None and notes["kept"] is True
    question = f"where is my {words[2]}" if language == "en" else f"我的{words[2]}在哪"
    scores = fitted.scores(question, corpus, by_length([question], corpus)[0])
    assert scores.argmax() == 2 and ((scores >= 0) & (scores <= 1)).all()


def test_too_few_pairs_fit_nothing(tiny_bert: Path, tmp_path: Path) -> None:
    for pairs in ([], [("where is it", "refund"), ("退款呢", "退款")]):
        fitted, notes = fit_reranker(pairs, ["refund", "退款"], by_length, QUICK, tiny_bert, tmp_path / "none")
        assert fitted is None and "50 are needed" in notes["why"]
