"""Smoothing: each vector takes in its nearest neighbours, by hand and by the function."""

from __future__ import annotations

import numpy as np
import pytest

from replydesk.retrieval.vectors.smoothing import smoothed, smoothed_together


def drawn(count: int, seed: int) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, 6))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def by_hand(vectors: np.ndarray, corpus: np.ndarray, count: int, *, among: bool) -> np.ndarray:
    made = []
    for place, row in enumerate(vectors):
        cosines = corpus @ row
        near = [other for other in np.argsort(-cosines, kind="stable") if not (among and other == place)][:count]
        total = row + sum(max(float(cosines[other]), 0.0) * corpus[other] for other in near)
        made.append(total / np.linalg.norm(total))
    return np.array(made)


@pytest.mark.parametrize("count", [1, 4, 100])
def test_it_is_the_weighed_mean_of_the_nearest(count: int) -> None:
    corpus, queries = drawn(30, 0), drawn(7, 1)
    found = smoothed(queries, corpus, count)
    np.testing.assert_allclose(found, by_hand(queries, corpus, count, among=False), atol=1e-5)
    found = smoothed(corpus, corpus, count, among_them=True)
    np.testing.assert_allclose(found, by_hand(corpus, corpus, min(count, 29), among=True), atol=1e-5)
    assert found.dtype == np.float32


def test_nothing_changes_without_neighbours_and_twins_stay_twins() -> None:
    corpus = drawn(5, 2)
    np.testing.assert_array_equal(smoothed(corpus, corpus, 0, among_them=True), corpus)
    np.testing.assert_array_equal(smoothed(corpus[:1], corpus[:1], 3, among_them=True), corpus[:1])
    assert smoothed(corpus[:0], corpus, 3).shape == (0, 6)
    twins = np.repeat(corpus[:1], 6, axis=0)
    np.testing.assert_allclose(smoothed(twins, twins, 2, among_them=True), twins, atol=1e-6)


def test_rounds_follow_each_other() -> None:
    corpus, queries = drawn(20, 3), drawn(4, 4)
    asked, known = smoothed_together(queries, corpus, 3, 2)
    once = smoothed(corpus, corpus, 3, among_them=True)
    np.testing.assert_allclose(known, smoothed(once, once, 3, among_them=True), atol=1e-6)
    np.testing.assert_allclose(asked, smoothed(smoothed(queries, corpus, 3), once, 3), atol=1e-6)
    np.testing.assert_array_equal(smoothed_together(queries, corpus, 0, 0)[0], queries)
