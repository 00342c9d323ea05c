"""Judging the further classifiers of a release: on the test part of every set of labels, beside floor and before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from replydesk.data.labels import LabelledText, LabelSet
from replydesk.data.settings import FinetuneSettings
from replydesk.data.splits import fingerprint
from replydesk.dialog.classifiers import TextClassifier
from replydesk.dialog.reader import IntentReader
from replydesk.dialog.release import Release
from replydesk.dialog.skills import Skills
from replydesk.finetune.evaluation.gate import SURE, Check
from replydesk.finetune.evaluation.metrics import (
    calibration_error,
    interval,
    macro_f1,
    macro_f1_interval,
    mcnemar,
    paired_bootstrap,
)
from replydesk.finetune.examples import Material
from replydesk.finetune.intents.words import fit_word_marks, fit_words
from replydesk.retrieval.encoders.encoder import Encoder, Vectors
from replydesk.retrieval.encoders.remembering import RememberingEncoder

__all__ = ["JudgedLabels", "judge_labels"]

Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class JudgedLabels:
    """The figures of floor, baseline and candidate by the name of a set, and what was checked of them."""

    floor: dict[str, Any]
    before: dict[str, Any]
    after: dict[str, Any]
    checks: tuple[Check, ...]


def judge_labels(
    group: str,
    material: Material,
    sets: Sequence[LabelSet],
    baseline: Release,
    candidate: Release,
    settings: FinetuneSettings,
) -> JudgedLabels:
    """Return how well each set's labels are told in the languages of an encoder, and whether none is told worse.

    A loss counts when it is more than ``max_loss`` and of p < .05: by McNemar's test where a message has one label, by
    the paired bootstrap of the F1 of its labels where it may have several. The floor is words alone.
    """
    sides = [_side(release, material) for release in (baseline, candidate)]
    floor: dict[str, Any] = {}
    figures: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    checks = []
    for one in sets:
        train, test, _ = one.parts(settings.test_share, material.languages)
        if not test:
            continue
        outcomes: list[Floats | None] = [None, None]
        for place, ((encoder, skills), told) in enumerate(zip(sides, figures, strict=True)):
            classifier = skills.classifiers.get(one.name)
            if classifier is None:
                continue
            texts = [skills.speller.correct(row.text) if skills.speller else row.text for row in test]
            told[one.name], scores = _measured(classifier, texts, encoder.encode(texts), test, several=one.several)
            outcomes[place] = scores
        was, now = outcomes
        check = _check(f"{group} {one.name}", was, now, settings.max_loss, several=one.several)
        checks += [check] if check else []
        if now is not None:
            told_floor = _floor(train, test, material.languages[0], several=one.several)
            floor |= {one.name: told_floor} if told_floor else {}
    return JudgedLabels(floor, *figures, tuple(checks))


def _side(release: Release, material: Material) -> tuple[Encoder, Skills]:
    """Return the encoder with which a release reads the languages of the material, and what it learned on that."""
    encoder = material.encoder
    if encoder.id in release.encoders:
        encoder = RememberingEncoder(release.encoders[encoder.id])
    return encoder, release.skills_of(encoder.id)


def _measured(
    classifier: TextClassifier, texts: Sequence[str], vectors: Vectors, test: Sequence[LabelledText], *, several: bool
) -> tuple[dict[str, Any], Floats]:
    """Return the figures of a classifier, and what it made of each message: right or not, or the F1 of its labels."""
    chances, labels = classifier.probabilities(texts, vectors), classifier.labels
    if several or not isinstance(classifier, IntentReader):
        return _several(classifier, chances, test)
    guesses = np.array(labels)[chances.argmax(axis=1)]
    truth = [row.labels[0] for row in test]
    hits = guesses == np.array(truth)
    return {
        "kind": "one",
        **_shares(hits),
        "macro_f1": macro_f1(truth, guesses),
        "macro_f1_ci": macro_f1_interval(truth, guesses),
        "ece": calibration_error(chances.max(axis=1), hits),
        **_about(test, labels),
    }, hits.astype(np.float64)


def _several(
    classifier: TextClassifier, chances: Floats, test: Sequence[LabelledText]
) -> tuple[dict[str, Any], Floats]:
    names = classifier.labels
    if isinstance(classifier, IntentReader):
        # The set has come to have several labels: the one that was told stands alone.
        given = chances == chances.max(axis=1, keepdims=True)
    else:
        given = chances >= classifier.head.thresholds
    figures, scores = _compared(given, names, test)
    marks = np.array([[name in row.labels for name in names] for row in test])
    return {
        "kind": "several",
        **figures,
        "ece": calibration_error(chances.ravel(), marks.ravel()),
        **_about(test, names),
    }, scores


def _compared(given: Marks, names: Sequence[str], test: Sequence[LabelledText]) -> tuple[dict[str, Any], Floats]:
    """Return the figures of labels that were given, shape (n, labels), and for each message the F1 of its labels.

    What a message has besides the known ``names`` counts as not found.
    """
    marks = np.array([[name in row.labels for name in names] for row in test])
    sizes = np.array([len(row.labels) for row in test])
    hits, told = (given & marks).sum(axis=1), given.sum(axis=1)
    scores = np.where(sizes + told > 0, 2 * hits / np.maximum(sizes + told, 1), 1.0)
    there = marks.any(axis=0)
    each = 2 * (given & marks).sum(axis=0) / np.maximum(given.sum(axis=0) + marks.sum(axis=0), 1)
    unknown = len({name for row in test for name in row.labels} - set(names))
    return {
        **_shares((given == marks).all(axis=1) & (sizes == marks.sum(axis=1))),
        "macro_f1": float(each[there].sum() / max(1, int(there.sum()) + unknown)),
        "micro_f1": float(2 * hits.sum() / max(1, int((sizes + told).sum()))),
    }, np.asarray(scores)


def _shares(hits: Marks) -> dict[str, Any]:
    return {"accuracy": float(hits.mean()), "accuracy_ci": interval(hits)}


def _about(test: Sequence[LabelledText], labels: Sequence[str]) -> dict[str, Any]:
    contents = {row.key: "\n".join(row.labels) for row in test}
    return {"messages": len(test), "labels": len(labels), "test_fingerprint": fingerprint(contents)}


def _floor(
    train: Sequence[LabelledText], test: Sequence[LabelledText], language: str, *, several: bool
) -> dict[str, Any]:
    """Return what words and characters alone reach; nothing where there is nothing to tell apart."""
    names = sorted({name for row in train for name in row.labels})
    if len(names) < 2:
        return {}
    texts, asked = [row.text for row in train], [row.text for row in test]
    if several:
        marks = np.array([[name in row.labels for name in names] for row in train])
        given = fit_word_marks(texts, marks, names, language).logits(asked) > 0
        return {**_compared(given, names, test)[0], "messages": len(test)}
    words = fit_words(texts, [row.labels[0] for row in train], language)
    guesses = np.array(words.labels)[words.logits(asked).argmax(axis=1)]
    truth = [row.labels[0] for row in test]
    figures = {**_shares(guesses == np.array(truth)), "macro_f1": macro_f1(truth, guesses)}
    return {**figures, "macro_f1_ci": macro_f1_interval(truth, guesses), "messages": len(test)}


def _check(name: str, was: Floats | None, now: Floats | None, max_loss: float, *, several: bool) -> Check | None:
    """Return whether a classifier that there was before is as good as that; None where there was none."""
    if was is None:
        return None
    what = "F1 of the labels" if several else "accuracy"
    if now is None:
        return Check(f"{name} {what}", False, f"{name}: it cannot be learned any more; before {was.mean():.3f}.")
    old, new = float(was.mean()), float(now.mean())
    p = float(paired_bootstrap(was, now)["p"] if several else mcnemar(was > 0.5, now > 0.5)["p"])
    passed = old - new <= max_loss or p >= SURE
    verdict = f"worse by more than {max_loss:.3f}"
    if passed:
        verdict = "better" if new > old and p < SURE else "kept" if old - new <= max_loss else "within chance"
    return Check(f"{name} {what}", passed, f"{name}: {what} {old:.3f} -> {new:.3f}, {verdict}.")
