"""Judging: how good a release is on messages that nothing was learned from, beside the floor and the release before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from replydesk.data.labels import LabelSet
from replydesk.data.settings import FinetuneSettings
from replydesk.dialog.agent import Agent
from replydesk.dialog.release import UNTRAINED_RELEASE, Release
from replydesk.dialog.skills import Skills
from replydesk.finetune.encoders.tuning import Labelled
from replydesk.finetune.evaluation.answering import bias_of, replies_of
from replydesk.finetune.evaluation.gate import Check, Outcomes, gate, keys_of, sound
from replydesk.finetune.evaluation.labels import judge_labels
from replydesk.finetune.evaluation.metrics import calibration_by_chance, calibration_error, interval, macro_f1
from replydesk.finetune.evaluation.noise import noise_hits, noise_slices
from replydesk.finetune.examples import Examples, Material
from replydesk.finetune.intents.words import fit_words
from replydesk.finetune.strangers import strangers
from replydesk.retrieval.encoders.encoder import Encoder
from replydesk.retrieval.encoders.remembering import RememberingEncoder

__all__ = ["Report", "evaluate", "judge"]

Floats = NDArray[np.float64]

_NOISED = 200


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
    agent: Agent,
    candidate: Release,
    baseline: Release,
    material: Sequence[Material],
    settings: FinetuneSettings,
    labels: Sequence[LabelSet] = (),
    read: Sequence[Material] = (),
) -> Report:
    """Return the report on a candidate: the floor, the baseline and the candidate on the test part, and the gate.

    Further classifiers are judged on the test parts of the sets of ``labels``. The agent is lent: the release it had
    answers again afterwards. Tickets of the test part are hidden from it. ``read`` is the material with the vectors of
    the candidate's own encoders, where it is at hand; without it, they are made here.
    """
    before, after, floor = {}, {}, {}
    dimensions = {part.encoder.id: part.encoder.dimension for part in material}
    dimensions |= {encoder.id: encoder.dimension for encoder in candidate.encoders.values()}
    soundness = sound(candidate, dimensions)
    if not all(check.passed for check in soundness):
        # What holds no numbers cannot be measured.
        return Report(candidate.id, baseline.id, candidate.data, {}, {}, {}, tuple(soundness))
    checks: list[Check] = []
    for part in material:
        name = "+".join(part.languages)
        floor[name] = _floor(part)
        old, new = (evaluate(agent, one, _read_by(one, part, read)) for one in (baseline, candidate))
        before[name], after[name] = dict(old[0]), dict(new[0])
        taught, first = part.train.labelled.labels, baseline is UNTRAINED_RELEASE
        checks += gate(name, old, new, settings, taught=taught, first=first)
        told = judge_labels(name, part, labels, baseline, candidate, settings)
        for side, figures in ((floor, told.floor), (before, told.before), (after, told.after)):
            if figures:
                side[name]["labels"] = figures
        checks += told.checks
        suggestions = candidate.skills_for(part.encoder.id).notes.get("suggestions")
        if suggestions:
            after[name]["suggestions"] = suggestions
    return Report(candidate.id, baseline.id, candidate.data, before, after, floor, (*checks, *soundness))


def evaluate(agent: Agent, release: Release, material: Material) -> tuple[dict[str, Any], Outcomes]:
    """Return the metrics of one release on the test part, and what it made of each message there.

    It is that of one encoder, or of the one that stands in for it in the release, where the material is not on it yet.
    """
    material = _read_by(release, material)
    skills = release.skills_of(material.encoder.id)
    test = _as_read(material.test, material.encoder, skills)
    labelled = test.labelled
    metrics: dict[str, Any] = {"messages": len(test)}
    outcomes = Outcomes()
    if skills.head is not None and len(labelled):
        probabilities, _ = skills.judged(labelled.texts, labelled.vectors)
        guesses = np.array(skills.head.labels)[probabilities.argmax(axis=1)]
        hits = guesses == np.array(labelled.labels)
        metrics["intents"] = {
            "accuracy": float(hits.mean()),
            "accuracy_ci": interval(hits),
            "macro_f1": macro_f1(labelled.labels, guesses),
            "ece": calibration_error(probabilities.max(axis=1), hits),
            "ece_by_chance": list(calibration_by_chance(probabilities.max(axis=1))),
            "messages": len(labelled),
        }
        written = material.test.labelled
        metrics["noise"], rough = _under_noise(skills, material.encoder, written)
        keys = map(keys_of, written.texts, written.labels, written.languages)
        outcomes = Outcomes(hits, labelled.labels, tuple(keys), noise=rough, known=frozenset(skills.head.labels))
    _, general = strangers(material.encoder, material.languages, material.train.in_scope.vectors)
    odd = general + material.test.strangers
    if skills.familiarity is not None and len(odd) and len(test.in_scope):
        outside = _as_read(odd, material.encoder, skills)
        metrics["out_of_scope"], scores = _out_of_scope(skills, test.in_scope, outside)
        outcomes = replace(outcomes, strangeness=scores)
    metrics["replies"], outcomes = replies_of(agent, release, material, odd, outcomes)
    metrics["bias"], steady = bias_of(agent, release, material)
    return metrics, replace(outcomes, steady=steady)


def _read_by(release: Release, material: Material, read: Sequence[Material] = ()) -> Material:
    """Return the material on the release's encoder: as it is, as it was read before, or else encoded anew."""
    own = release.encoders.get(material.encoder.id)
    if own is None:
        return material
    known = (one for one in read if (one.base, one.encoder.id) == (material.encoder.id, own.id))
    return next(known, None) or material.on(RememberingEncoder(own))


def _as_read(examples: Examples, encoder: Encoder, skills: Skills) -> Examples:
    """Return messages as the agent reads them, put right by the speller and impartially, and the vectors of that."""
    blind = [skills.impartial(text) for text in examples.texts]
    corrected = [skills.speller.correct(text) if skills.speller else text for text in blind]
    rows = [i for i, (one, other) in enumerate(zip(examples.texts, corrected, strict=True)) if one != other]
    if not rows:
        return examples
    vectors = examples.vectors.copy()
    vectors[rows] = encoder.encode([corrected[i] for i in rows])
    return replace(examples, texts=tuple(corrected), vectors=vectors)


def _under_noise(skills: Skills, encoder: Encoder, labelled: Examples) -> tuple[dict[str, Any], Floats]:
    """Return the accuracy on messages written in a hurry, the mean over kinds of noise, and each kind by language.

    Also return how often each message was read right, over the kinds.
    """
    reader, speller = skills.reader, skills.speller
    assert reader is not None

    def probabilities(texts: Sequence[str]) -> Floats:
        blind = [skills.impartial(text) for text in texts]
        meant = [speller.correct(text) if speller else text for text in blind]
        return reader.probabilities(meant, encoder.encode(meant))

    kinds, each = {}, [np.zeros(0)]
    for language in sorted(set(labelled.languages) & {"en", "zh"}):
        rows = [i for i, one in enumerate(labelled.languages) if one == language]
        rows = rows[:: 1 + len(rows) // _NOISED]
        part = Labelled(tuple(labelled.texts[i] for i in rows), tuple(labelled.labels[i] for i in rows))
        hits = noise_hits([probabilities], reader.labels, part, language, 0)
        kinds[language] = noise_slices(hits, 0)
        each.append(np.mean([one.noisy for one in hits.values()], axis=0))
    slices = [one for found in kinds.values() for one in found.values()]
    rough = np.concatenate(each)
    if not slices:
        return {}, rough
    return {
        "accuracy": float(np.mean([one["accuracy"] for one in slices])),
        "messages": len(rough),
        "kinds": kinds,
    }, rough


def _out_of_scope(
    skills: Skills, inside: Examples, outside: Examples
) -> tuple[dict[str, float], tuple[Floats, Floats]]:
    """Return how well what is out of scope is told, and the scores of what is in scope and of what is not."""
    from sklearn.metrics import average_precision_score, roc_auc_score

    known, odd = (skills.judged(part.texts, part.vectors)[1] for part in (inside, outside))
    scores, truth = np.concatenate([known, odd]), np.repeat([0, 1], [len(known), len(odd)])
    line = skills.thresholds.out_of_scope_above
    return {
        "auroc": float(roc_auc_score(truth, scores)),
        "aupr": float(average_precision_score(truth, scores)),
        "recall": float((odd > line).mean()),
        "in_scope_kept": float((known <= line).mean()),
        "messages": len(odd),
    }, (known, odd)


def _floor(material: Material) -> dict[str, Any]:
    """Return what words and characters alone reach."""
    train, test = material.train.labelled, material.test.labelled
    if len(set(train.labels)) < 2 or not len(test):
        return {}
    words = fit_words(train.texts, train.labels, material.languages[0])
    hits = np.array(words.labels)[words.logits(test.texts).argmax(axis=1)] == np.array(test.labels)
    return {"intents": {"accuracy": float(hits.mean()), "accuracy_ci": interval(hits), "messages": len(test)}}
