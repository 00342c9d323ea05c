"""Judging: how good a release is on messages that nothing was learned from, beside the floor and the release before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from replydesk.dialog.agent import Agent
from replydesk.dialog.release import Release
from replydesk.finetune.evaluation.metrics import calibration_error, interval, macro_f1
from replydesk.finetune.examples import Examples, Material, answer_judge, strangers
from replydesk.finetune.words import fit_words
from replydesk.retrieval.encoders.encoder import RememberingEncoder

__all__ = ["Check", "Report", "evaluate", "judge"]

Floats = NDArray[np.float64]

_REPLIES = 600


@dataclass(frozen=True, slots=True)
class Check:
    """One condition of promotion, whether it held, and the sentence that says so."""

    name: str
    passed: bool
    why: str


@dataclass(frozen=True, slots=True)
class Report:
    """A candidate against the release that answers now and the floor, on the same frozen test part.

    Metrics are keyed by language group, then by name; shares are 0..1.
    """

    candidate: str
    baseline: str
    data: Mapping[str, Any]
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    floor: Mapping[str, Any]
    checks: tuple[Check, ...] = field(default=())

    @property
    def promotable(self) -> bool:
        """Return whether every check held."""
        return all(check.passed for check in self.checks)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return what the failed checks say, or, when none failed, what all say."""
        failed = tuple(check.why for check in self.checks if not check.passed)
        return failed or tuple(check.why for check in self.checks)

    def document(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "candidate": self.candidate,
            "baseline": self.baseline,
            "data": dict(self.data),
            "before": dict(self.before),
            "after": dict(self.after),
            "floor": dict(self.floor),
            "checks": [{"name": c.name, "passed": c.passed, "why": c.why} for c in self.checks],
            "promotable": self.promotable,
            "reasons": list(self.reasons),
        }


def judge(
    agent: Agent, candidate: Release, baseline: Release, material: Sequence[Material], *, max_loss: float
) -> Report:
    """Return the report on a candidate: the floor, the baseline and the candidate on the test part, and the gate.

    The agent is lent: the release it had answers again afterwards. Tickets of the test part are hidden from it.
    """
    before, after, floor = {}, {}, {}
    for part in material:
        name = "+".join(part.languages)
        floor[name] = _floor(part)
        before[name] = evaluate(agent, baseline, part)
        after[name] = evaluate(agent, candidate, part)
    checks = tuple(check for name in after for check in _checks(name, before[name], after[name], max_loss))
    return Report(candidate.id, baseline.id, candidate.data, before, after, floor, checks)


def evaluate(agent: Agent, release: Release, material: Material) -> dict[str, Any]:
    """Return the metrics of one release on the test part of one encoder, or of the one that stands in for it there."""
    if material.encoder.id in release.encoders:
        material = material.on(RememberingEncoder(release.encoders[material.encoder.id]))
    skills = release.skills_of(material.encoder.id)
    labelled = material.test.labelled
    metrics: dict[str, Any] = {"messages": len(material.test)}
    if skills.head is not None and len(labelled):
        probabilities = skills.head.probabilities(labelled.vectors)
        guesses = np.array(skills.head.labels)[probabilities.argmax(axis=1)]
        hits = guesses == np.array(labelled.labels)
        metrics["intents"] = {
            "accuracy": float(hits.mean()),
            "accuracy_ci": interval(hits),
            "macro_f1": macro_f1(labelled.labels, guesses),
            "ece": calibration_error(probabilities.max(axis=1), hits),
            "messages": len(labelled),
        }
    _, general = strangers(material.encoder, material.languages, material.train.in_scope.vectors)
    odd = general + material.test.strangers
    if skills.familiarity is not None and len(odd) and len(material.test.in_scope):
        metrics["out_of_scope"] = _out_of_scope(skills, material.test.in_scope, odd)
    metrics["replies"] = _replies(agent, release, material, odd)
    return metrics


def _out_of_scope(skills: Any, inside: Examples, outside: Examples) -> dict[str, float]:
    from sklearn.metrics import average_precision_score, roc_auc_score

    def unfamiliar(examples: Examples) -> Floats:
        head = skills.head
        highest = head.probabilities(examples.vectors).max(axis=1) if head else np.ones(len(examples))
        return np.asarray(skills.familiarity.unfamiliar(examples.vectors, highest))

    known, odd = unfamiliar(inside), unfamiliar(outside)
    scores, truth = np.concatenate([known, odd]), np.repeat([0, 1], [len(known), len(odd)])
    line = skills.thresholds.out_of_scope_above
    return {
        "auroc": float(roc_auc_score(truth, scores)),
        "aupr": float(average_precision_score(truth, scores)),
        "recall": float((odd > line).mean()),
        "in_scope_kept": float((known <= line).mean()),
        "messages": len(odd),
    }


def _replies(agent: Agent, release: Release, material: Material, odd: Examples) -> dict[str, Any]:
    """Let the real agent answer: how often it answers alone, and how often that was wrong."""
    asked = material.test.in_scope
    asked = asked.where([ticket is not None for ticket in asked.tickets])
    asked = asked.where([i % (1 + len(asked) // _REPLIES) == 0 for i in range(len(asked))])
    rows = asked + odd
    picked, best, confidence = [], [], []
    before = agent.use(release)
    try:
        for i, text in enumerate(rows.texts):
            reply = agent.answer(text, language=rows.languages[i], without=material.hidden)
            picked.append(reply.action == "pick")
            confidence.append(reply.confidence)
            best.append(bool(reply.hits) and _is_right(material, rows, i, reply.hits[0].ticket))
    finally:
        agent.use(before)
    alone, right = np.array(picked, dtype=bool), np.array(best, dtype=bool)
    inside = np.arange(len(rows)) < len(asked)
    return {
        "messages": len(asked),
        "strangers": len(odd),
        "answered_alone": float(alone[inside].mean()) if inside.any() else 0.0,
        "wrong_of_answered": float((~right[alone]).mean()) if alone.any() else 0.0,
        "wrong_of_answered_ci": interval(~right[alone]) if alone.any() else [0.0, 1.0],
        "best_hit_right": float(right[inside].mean()) if inside.any() else 0.0,
        "out_of_scope_answered": float(alone[~inside].mean()) if (~inside).any() else 0.0,
        "ece": calibration_error(np.array(confidence), right) if len(rows) else 0.0,
    }


def _is_right(material: Material, rows: Examples, row: int, hit: Any) -> bool:
    cosine = float(answer_judge().encode([hit.answer])[0] @ rows.answers[row])
    return material.is_right(rows, row, hit, cosine)


def _floor(material: Material) -> dict[str, Any]:
    """Return what words and characters alone reach."""
    train, test = material.train.labelled, material.test.labelled
    if len(set(train.labels)) < 2 or not len(test):
        return {}
    words = fit_words(train.texts, train.labels, material.languages[0])
    hits = np.array(words.labels)[words.logits(test.texts).argmax(axis=1)] == np.array(test.labels)
    return {"intents": {"accuracy": float(hits.mean()), "accuracy_ci": interval(hits), "messages": len(test)}}


def _checks(name: str, before: Mapping[str, Any], after: Mapping[str, Any], max_loss: float) -> list[Check]:
    """Compare what both were measured on; a first release has only itself to answer for.

    A loss counts when it is more than ``max_loss`` and more than one standard error of the difference, so that a few
    test messages of a small desk do not decide by chance.
    """
    checks = []
    for section, key, label, sign in (
        ("intents", "accuracy", "intent accuracy", 1),
        ("out_of_scope", "auroc", "out-of-scope AUROC", 1),
        ("replies", "best_hit_right", "share of right best answers", 1),
        ("replies", "out_of_scope_answered", "share of out-of-scope messages answered", -1),
    ):
        new = after.get(section, {}).get(key)
        old = before.get(section, {}).get(key)
        if old is None:
            continue
        if new is None:
            why = f"{name}: the candidate has no {label}; before {old:.3f}."
            checks.append(Check(f"{name} {label}", False, why))
            continue
        loss = sign * (old - new)
        of = "strangers" if key == "out_of_scope_answered" else "messages"
        chance = _standard_error(old, new, int(after[section].get(of, 0)))
        passed = loss <= max(max_loss, chance)
        verdict = "kept" if loss <= max_loss else "within chance" if passed else f"worse by more than {max_loss:.3f}"
        checks.append(Check(f"{name} {label}", passed, f"{name}: {label} {old:.3f} -> {new:.3f}, {verdict}."))
    return checks


def _standard_error(first: float, second: float, messages: int) -> float:
    """Return the standard error of the difference of two shares of the same messages.

    Without the pairs at hand it is bounded by assuming that they disagree as little as they must:
    sqrt(p (1 - p) / n) with their mean p, which is half the variance of unpaired shares.
    """
    mean = (first + second) / 2
    return float(np.sqrt(mean * (1 - mean) / messages)) if messages else 0.0
