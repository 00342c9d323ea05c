"""What held-out messages show: the newest count, each scored as the desk would, and other bounds by brute force."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from replydesk.dialog.evidence import LEVELS
from replydesk.finetune.matching.risk import SecondLook, conformal_level, counted_level, held_out_evidence, newest
from replydesk.finetune.matching.scorer import Past, fit_scorer
from replydesk.finetune.recipe import QUICK
from replydesk.retrieval.reranking.reranker import RerankScorer
from tests.finetune.matching.test_scorer import desk


def test_the_newest_with_a_time_count_oldest_first() -> None:
    queries, _ = desk(40)
    assert len(newest(queries, 10).examples) == 10
    times = tuple("" if i % 2 else f"2026-01-{i % 28 + 1:02}" for i in range(len(queries.examples)))
    timed = replace(queries, examples=replace(queries.examples, times=times))
    found = newest(timed, 5).examples
    assert len(found) == 5
    assert sorted(found.times) == sorted(t for t in times if t)[-5:]
    assert len(newest(timed, 1000).examples) == sum(map(bool, times))


def test_evidence_is_one_row_for_each_message_that_has_candidates() -> None:
    queries, material = desk(60)
    past = Past.of(material)
    scorer, _, _ = fit_scorer(queries, material, QUICK, past)
    found = held_out_evidence(queries, material, scorer, past=past)
    assert 0 < len(found) <= len(queries.examples)
    assert found.languages == ("en",)
    again = held_out_evidence(queries, material, scorer, past=past)
    assert again.rows.tolist() == found.rows.tolist()
    assert len(held_out_evidence(queries, material, scorer, past=past, count=10)) == 10
    # What is out of scope gets no answer, whatever its score.
    none = held_out_evidence(queries, material, scorer, past=past, out_of_scope_above=-1.0)
    assert len(none) == len(found)
    assert none.answered[0][0] < found.answered[0][0]


class Doubt:
    """A second look that says of everything that it is no answer."""

    id = "doubt"

    def tokens(self, question: str, texts: list[str]) -> list[int]:
        return [1] * len(texts)

    def logits(self, question: str, texts: list[str]) -> np.ndarray:
        return np.full(len(texts), -40.0, dtype=np.float32)


def test_the_second_look_is_part_of_the_confidence() -> None:
    queries, material = desk(60)
    past = Past.of(material)
    scorer, _, _ = fit_scorer(queries, material, QUICK, past)
    doubting = SecondLook(Doubt(), RerankScorer(1.0, 1.0, 0.0))
    plain, doubted = (
        held_out_evidence(queries, material, scorer, past=past, second=one).answered[0] for one in (None, doubting)
    )
    assert plain[0] > 0
    assert doubted[0] < plain[0]


def test_other_ways_to_choose_against_trying_all() -> None:
    rng = np.random.default_rng(0)
    sure, right = rng.random(300), rng.random(300) < 0.9
    n = np.array([(sure >= level).sum() for level in LEVELS])
    wrong = np.array([(~right[sure >= level]).sum() for level in LEVELS])
    level = conformal_level(n, wrong, 300, 0.05)
    assert level is not None
    assert (wrong[level] + 1) / 301 <= 0.05 < (wrong[level - 1] + 1) / 301
    counted = counted_level(n, wrong, 0.08)
    assert counted is None or wrong[counted] <= 0.08 * n[counted]
    assert counted_level(n, n, 0.5) is None
    assert conformal_level(n, n, 300, 0.0) is None
