"""What late interaction counts on a desk: learned where there is enough to learn from, left out where it is no help."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from replydesk.data.records import Ticket
from replydesk.finetune.examples import Examples, Material
from replydesk.finetune.matching import late as module
from replydesk.finetune.matching.late import fit_late
from replydesk.finetune.matching.scorer import Queries, find_candidates
from replydesk.finetune.matching.stack import Judged
from replydesk.finetune.recipe import QUICK
from replydesk.retrieval.calibration import UNTRAINED, HitScorer
from replydesk.retrieval.encoders.bert import BertEncoder
from replydesk.retrieval.reranking.reranker import UNTRAINED_LATE

WORDS = {"en": ("lamp", "parcel", "refund", "order"), "zh": ("灯", "快递", "退款", "订单")}
BLIND = HitScorer((0.0,) * len(UNTRAINED.weights), -1.0)


def desk(folder: Path, language: str, count: int = 80) -> tuple[Queries, Material]:
    """Messages whose vectors know nothing, and whose words name what the right answers are about."""
    draw = np.random.default_rng(count)
    about = draw.integers(4, size=count)
    words = WORDS[language]
    texts = tuple(f"where is my {words[i]}" if language == "en" else f"{words[i]}在哪" for i in about)
    # Every answer is another text.
    tickets = tuple(
        Ticket.make(text, f"{words[i]} {number}", language=language)
        for number, (text, i) in enumerate(zip(texts, about, strict=True))
    )
    vectors = draw.normal(size=(count, 32)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    answers = np.eye(4, dtype=np.float32)[about]
    owners = tuple(f"c{number}" for number in range(count))
    examples = Examples(texts, ("",) * count, owners, (language,) * count, tickets, vectors, answers)
    material = Material(BertEncoder(str(folder)), (language,), examples, examples.where([False] * count), 0.9)
    return Queries(examples, (), np.zeros((count, 0)), np.zeros(count)), material


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_learns_that_alike_words_are_right(tiny_bert: Path, language: str) -> None:
    scorer, notes = fit_late(*desk(tiny_bert, language), BLIND, QUICK)
    assert scorer is not None
    assert scorer.cross > 1
    assert notes["kept"] and notes["validation"]["after"]["mrr"] > notes["validation"]["before"]["mrr"] + 0.1
    same, other = scorer.probabilities([0.3, 0.3], [1.0, 0.3])
    assert same > 0.8 and other < 0.5
    assert (scorer, notes) == fit_late(*desk(tiny_bert, language), BLIND, QUICK)


def test_a_small_desk_has_what_any_desk_has(tiny_bert: Path) -> None:
    scorer, notes = fit_late(*desk(tiny_bert, "en", 20), BLIND, QUICK)
    assert scorer == UNTRAINED_LATE
    assert notes["kept"] and "30 are needed" in notes["why"]


def test_where_ranking_gets_worse_it_is_left_out(tiny_bert: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gains = np.array([-0.2, -0.1] * 50)
    worse = Judged({"p1": 0.5, "mrr": 0.6}, {"p1": 0.4, "mrr": 0.45}, gains)
    monkeypatch.setattr(module, "judged", lambda *_: worse)
    scorer, notes = fit_late(*desk(tiny_bert, "en"), BLIND, QUICK)
    assert scorer is None
    assert not notes["kept"] and "worse" in notes["why"]
    assert worse.worse and not worse.better
    within_chance = replace(worse, gains=np.array([-0.2, 0.19] * 50))
    assert not within_chance.worse and not within_chance.better
    assert not replace(worse, gains=np.empty(0)).worse


def test_an_encoder_without_tokens_has_none(tiny_bert: Path) -> None:
    class Plain:
        id, dimension = "plain", 32

        def encode(self, texts: list[str]) -> np.ndarray:
            return np.zeros((len(texts), 32), dtype=np.float32)

    queries, material = desk(tiny_bert, "zh")
    scorer, notes = fit_late(queries, replace(material, encoder=Plain()), BLIND, QUICK)
    assert scorer is None and not notes["kept"]


def test_of_equal_answers_the_best_is_a_candidate(tiny_bert: Path) -> None:
    queries, material = desk(tiny_bert, "en", 40)
    found = find_candidates(queries, material, 20)
    rows = np.flatnonzero(found.query_of == 0).tolist()
    scores = np.linspace(0, 1, len(found.rows))
    best = found.different(rows, scores, 5)
    assert best == sorted(rows, reverse=True)[:5]
    same = replace(found, ticket_of=np.zeros_like(found.ticket_of))
    assert same.different(rows, scores, 5) == [max(rows)]


def test_questions_are_drawn_in_their_order(tiny_bert: Path) -> None:
    queries, _ = desk(tiny_bert, "en", 40)
    drawn = queries.drawn(10, 3)
    assert len(drawn.examples) == len(drawn.unfamiliar) == len(drawn.intents) == 10
    places = [queries.examples.groups.index(owner) for owner in drawn.examples.groups]
    assert places == sorted(set(places))
    assert queries.drawn(10, 4).examples.groups != drawn.examples.groups
    assert queries.drawn(100, 3).examples.texts == queries.examples.texts
