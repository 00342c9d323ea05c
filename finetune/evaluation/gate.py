"""The gate: what must hold of a candidate before it may answer, each condition with the sentence that says why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from replydesk.data.settings import FinetuneSettings
from replydesk.dialog.release import Release
from replydesk.finetune.evaluation.metrics import mcnemar

__all__ = ["SURE", "Check", "Outcomes", "gate", "keys_of", "sound"]

Hits = NDArray[np.bool_]

SURE: Final = 0.05
"""The p-value below which a difference is none of chance; of many slices, a fifth of it."""

_FEWEST = 20
_CALIBRATED = 200
_ECE = 0.05
_WORSE_ECE = 0.02


@dataclass(frozen=True, slots=True)
class Check:
    """One condition of promotion, whether it held, and the sentence that says so."""

    name: str
    passed: bool
    why: str


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What one release made of each test message, in the order of the test part.

    ``intents`` says whether the intent of each labelled message was read right, and ``keys`` which slices it is in;
    ``answers`` whether the best hit of each answered message was right; ``milliseconds`` how long each reply took;
    ``steady`` whether each swap of a name, a gender or a region left the decision as it was.
    """

    intents: Hits = field(default_factory=lambda: np.zeros(0, dtype=bool))
    labels: tuple[str, ...] = ()
    keys: tuple[tuple[str, ...], ...] = ()
    answers: Hits = field(default_factory=lambda: np.zeros(0, dtype=bool))
    milliseconds: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    known: frozenset[str] = frozenset()
    steady: Hits = field(default_factory=lambda: np.zeros(0, dtype=bool))


def gate(
    name: str,
    before: tuple[Mapping[str, Any], Outcomes],
    after: tuple[Mapping[str, Any], Outcomes],
    settings: FinetuneSettings,
    *,
    taught: Iterable[str] = (),
    first: bool = False,
) -> list[Check]:
    """Return what was checked of the candidate's metrics and outcomes ``after`` against those ``before``.

    A loss counts when it is more than ``max_loss`` and more than one standard error of the difference, so that a few
    test messages of a small desk do not decide by chance. A slice (a language, a length, an intent) of 20 messages and
    more counts when it lost more than ``max_slice_loss`` and McNemar's test is surer than .01. ``taught`` are the
    intents that the candidate had examples of: those that were read before must be read still. Swaps of names, genders
    and regions may not move more decisions than before by more than chance. With the setting
    ``gate = "better"`` intents or answers must be better by more than chance, unless it is the ``first`` release.
    """
    (old, was), (new, now) = before, after
    checks = _figures(name, before, after, settings.max_loss)
    checks += _forgotten(name, was, now, frozenset(taught), settings.max_loss)
    checks += _slices(name, was, now, settings.max_slice_loss)
    checks += _calibration(name, old, new)
    checks += _bias(name, was, now)
    if len(now.milliseconds):
        took = float(np.median(now.milliseconds))
        passed = took <= settings.max_milliseconds
        verdict = "quick enough" if passed else f"slower than {settings.max_milliseconds} ms"
        checks.append(Check(f"{name} latency", passed, f"{name}: half of the replies within {took:.0f} ms, {verdict}."))
    if settings.gate == "better" and not first:
        better = [label for label, p in _gains(was, now) if p < SURE]
        why = (
            f"{' and '.join(better)} better by more than chance" if better else "nothing is better by more than chance"
        )
        checks.append(Check(f"{name} better", bool(better), f"{name}: {why}."))
    return checks


def sound(release: Release, dimensions: Mapping[str, int]) -> list[Check]:
    """Return whether the numbers of a release are numbers, and fit together and the encoders (``dimensions`` by id)."""
    checks = []
    for key, skills in release.skills.items():
        problems = skills.problems(dimensions.get(key))
        why = f"{key}: {'; '.join(problems)}." if problems else f"{key}: every number is one, and the sizes fit."
        checks.append(Check(f"{key} sound", not problems, why))
    return checks


def _figures(
    name: str,
    before: tuple[Mapping[str, Any], Outcomes],
    after: tuple[Mapping[str, Any], Outcomes],
    max_loss: float,
) -> list[Check]:
    (old_figures, was), (new_figures, now) = before, after
    chances = dict(_gains(was, now))
    checks = []
    for section, key, label, sign in (
        ("intents", "accuracy", "intent accuracy", 1),
        ("noise", "accuracy", "intent accuracy under noise", 1),
        ("out_of_scope", "auroc", "out-of-scope AUROC", 1),
        ("replies", "best_hit_right", "share of right best answers", 1),
        ("replies", "out_of_scope_answered", "share of out-of-scope messages answered", -1),
    ):
        new = new_figures.get(section, {}).get(key)
        old = old_figures.get(section, {}).get(key)
        if old is None:
            continue
        if new is None:
            why = f"{name}: the candidate has no {label}; before {old:.3f}."
            checks.append(Check(f"{name} {label}", False, why))
            continue
        loss = sign * (old - new)
        of = "strangers" if key == "out_of_scope_answered" else "messages"
        chance = _standard_error(old, new, int(new_figures[section].get(of, 0)))
        passed = loss <= max(max_loss, chance)
        verdict = "kept" if loss <= max_loss else "within chance" if passed else f"worse by more than {max_loss:.3f}"
        if loss < 0 and chances.get(label, 1.0) < SURE:
            p = chances[label]
            verdict = f"better (p = {p:.3f})" if p >= 0.001 else "better (p < 0.001)"
        checks.append(Check(f"{name} {label}", passed, f"{name}: {label} {old:.3f} -> {new:.3f}, {verdict}."))
    return checks


def _gains(was: Outcomes, now: Outcomes) -> list[tuple[str, float]]:
    """Return p of McNemar's test where the candidate is better on the same messages."""
    found = []
    for label, one, other in (
        ("intent accuracy", now.intents, was.intents),
        ("share of right best answers", now.answers, was.answers),
    ):
        if len(one) and len(one) == len(other) and one.mean() > other.mean():
            found.append((label, float(mcnemar(one, other)["p"])))
    return found


def _forgotten(name: str, was: Outcomes, now: Outcomes, taught: frozenset[str], max_loss: float) -> list[Check]:
    """Look at the intents that were known before: none may be missing, and together they may not be read worse."""
    if not was.known:
        return []
    missing = sorted(was.known & taught - now.known)
    if missing:
        told = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
        return [Check(f"{name} forgetting", False, f"{name}: the candidate no longer knows {told}.")]
    old = np.array([label in was.known for label in now.labels], dtype=bool)
    if len(was.intents) != len(now.intents) or not old.any():
        return []
    one, other = was.intents[old], now.intents[old]
    loss, p = float(one.mean() - other.mean()), float(mcnemar(one, other)["p"])
    passed = loss <= max_loss or p >= SURE
    verdict = "nothing forgotten" if passed else f"worse by more than {max_loss:.3f}"
    why = f"{name}: intents known before {one.mean():.3f} -> {other.mean():.3f}, {verdict}."
    return [Check(f"{name} forgetting", passed, why)]


def _slices(name: str, was: Outcomes, now: Outcomes, max_loss: float) -> list[Check]:
    if not len(now.intents) or len(was.intents) != len(now.intents):
        return []
    rows: dict[str, list[int]] = {}
    for row, keys in enumerate(now.keys):
        for key in keys:
            rows.setdefault(key, []).append(row)
    judged = {key: places for key, places in rows.items() if len(places) >= _FEWEST}
    failed = []
    for key, places in sorted(judged.items()):
        one, other = was.intents[places], now.intents[places]
        worse = float(one.mean() - other.mean()) > max_loss and float(mcnemar(one, other)["p"]) < SURE / 5
        if worse:
            failed.append(f"{key} {one.mean():.3f} -> {other.mean():.3f}")
    if not judged:
        return []
    why = f"worse on {', '.join(failed)}" if failed else f"none of {len(judged)} slices is worse"
    return [Check(f"{name} slices", not failed, f"{name}: {why}.")]


def _calibration(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Check]:
    """Look at the calibration error where there are messages enough to tell it from chance."""
    checks = []
    for section, label in (("intents", "intents"), ("replies", "answers")):
        old, new = before.get(section, {}).get("ece"), after.get(section, {}).get("ece")
        if old is None or new is None or int(after[section].get("messages", 0)) < _CALIBRATED:
            continue
        passed = new <= max(_ECE, old + _WORSE_ECE)
        verdict = "kept" if passed else f"worse by more than {_WORSE_ECE:.2f}"
        why = f"{name}: calibration error of {label} {old:.3f} -> {new:.3f}, {verdict}."
        checks.append(Check(f"{name} calibration of {label}", passed, why))
    return checks


def _bias(name: str, was: Outcomes, now: Outcomes) -> list[Check]:
    """Look at the share of swaps that move a decision; what is worse by chance alone is none of the candidate's."""
    if not len(now.steady) or len(was.steady) != len(now.steady):
        return []
    old, new = float((~was.steady).mean()), float((~now.steady).mean())
    passed = new <= old or float(mcnemar(was.steady, now.steady)["p"]) >= SURE
    verdict = "kept" if new <= old else "within chance" if passed else "worse by more than chance"
    why = f"{name}: decisions moved by another name, gender or region {old:.3f} -> {new:.3f}, {verdict}."
    return [Check(f"{name} bias", passed, why)]


def _standard_error(first: float, second: float, messages: int) -> float:
    """Return the standard error of the difference of two shares of the same messages.

    Without the pairs at hand it is bounded by assuming that they disagree as little as they must:
    sqrt(p (1 - p) / n) with their mean p, which is half the variance of unpaired shares.
    """
    mean = (first + second) / 2
    return float(np.sqrt(mean * (1 - mean) / messages)) if messages else 0.0


def keys_of(text: str, label: str, language: str) -> tuple[str, ...]:
    """Return the slices that a message is in: its language, its length, its intent."""
    size = len("".join(text.split())) if language == "zh" else len(text.split())
    length = "up to 5 words" if size <= 5 else "6 to 15 words" if size <= 15 else "more than 15 words"
    return (language, length, label)
