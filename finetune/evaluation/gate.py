"""The gate: what must hold of a candidate before it may answer, each condition with the sentence that says why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from replydesk.data.settings import FinetuneSettings
from replydesk.dialog.release import Release
from replydesk.finetune.evaluation.languages import spaced
from replydesk.finetune.evaluation.metrics import mcnemar, sign_flip
from replydesk.finetune.evaluation.scope import auroc_by_chance

__all__ = ["SURE", "Check", "Outcomes", "gate", "keys_of", "sound"]

Hits = NDArray[np.bool_]
Floats = NDArray[np.float64]

SURE: Final = 0.05
"""The p-value below which a difference is none of chance; of many slices, a fifth of it."""

STRANGERS: Final = 0.05
"""The share of out-of-scope messages that may be answered whatever was answered before."""

_FEWEST = 20
# Of five messages that all got worse a one-sided test says p = .031, of four .063.
_SHOWN = 5
_COARSE = 0.05
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
    ``noise`` how often it was when written in a hurry; ``strangeness`` the scores of messages in scope and of those out
    of scope; ``answers`` whether the best hit of each message in scope was right; ``given`` and ``given_outside`` how
    sure each answer was that went out alone, 0 where none did; ``milliseconds`` how long each reply took; ``steady``
    whether each swap of a name, a gender or a region left the decision as it was.
    """

    intents: Hits = field(default_factory=lambda: np.zeros(0, dtype=bool))
    labels: tuple[str, ...] = ()
    keys: tuple[tuple[str, ...], ...] = ()
    noise: Floats = field(default_factory=lambda: np.zeros(0))
    strangeness: tuple[Floats, Floats] = field(default_factory=lambda: (np.zeros(0), np.zeros(0)))
    answers: Hits = field(default_factory=lambda: np.zeros(0, dtype=bool))
    given: Floats = field(default_factory=lambda: np.zeros(0))
    given_outside: Floats = field(default_factory=lambda: np.zeros(0))
    milliseconds: Floats = field(default_factory=lambda: np.zeros(0))
    known: frozenset[str] = frozenset()
    steady: Hits = field(default_factory=lambda: np.zeros(0, dtype=bool))


Judged = tuple[Mapping[str, Any], Outcomes]
"""What a release reached: its figures, and what it made of each message."""


def gate(
    name: str,
    before: Judged,
    after: Judged,
    settings: FinetuneSettings,
    *,
    taught: Iterable[str] = (),
    first: bool = False,
) -> list[Check]:
    """Return what was checked of the candidate's metrics and outcomes ``after`` against those ``before``.

    A loss counts when it is more than ``max_loss`` and p < .05 of a one-sided test on the same messages, so that a few
    test messages of a small desk do not decide by chance; where so few judge that hardly any loss would show, that is
    said. More that is out of scope is answered when it is so at equal coverage, with no more messages in scope answered
    than before, or when it is more than ``STRANGERS`` of it: a desk that answers nothing is never wrong, and no
    yardstick. A slice (a language, a length, an intent) of 20 messages and more counts when it lost more than
    ``max_slice_loss`` and McNemar's test is surer than .01. ``taught`` are the intents that the candidate had examples
    of: those that were read before must be read still. Swaps of names, genders and regions may not move more decisions
    than before by more than chance. With the setting ``gate = "better"`` intents or answers must be better by more than
    chance, unless it is the ``first`` release.
    """
    (old, was), (new, now) = before, after
    checks = _figures(name, before, after, settings.max_loss)
    checks += _strangers(name, before, after, settings.max_loss)
    checks += _coarse(name, now)
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


def _figures(name: str, before: Judged, after: Judged, max_loss: float) -> list[Check]:
    (old_figures, was), (new_figures, now) = before, after
    chances = dict(_gains(was, now))
    losses = {
        "intent accuracy": _worse(was.intents, now.intents),
        "intent accuracy under noise": _worse(was.noise, now.noise),
        "out-of-scope AUROC": _worse_told(was.strangeness, now.strangeness),
        "share of right best answers": _worse(was.answers, now.answers),
    }
    checks = []
    for section, key, label in (
        ("intents", "accuracy", "intent accuracy"),
        ("noise", "accuracy", "intent accuracy under noise"),
        ("out_of_scope", "auroc", "out-of-scope AUROC"),
        ("replies", "best_hit_right", "share of right best answers"),
    ):
        new = new_figures.get(section, {}).get(key)
        old = old_figures.get(section, {}).get(key)
        if old is None:
            continue
        if new is None:
            checks.append(_missing(name, label, old))
            continue
        passed, verdict = _verdict(old - new, max_loss, losses[label])
        if new > old and chances.get(label, 1.0) < SURE:
            p = chances[label]
            verdict = f"better (p = {p:.3f})" if p >= 0.001 else "better (p < 0.001)"
        checks.append(Check(f"{name} {label}", passed, f"{name}: {label} {old:.3f} -> {new:.3f}, {verdict}."))
    return checks


def _strangers(name: str, before: Judged, after: Judged, max_loss: float) -> list[Check]:
    """Look at what is out of scope and answered all the same: more than before, or more than anybody may."""
    (old_figures, was), (new_figures, now) = before, after
    old, new = (one.get("replies", {}).get("out_of_scope_answered") for one in (old_figures, new_figures))
    if old is None:
        return []
    label = "share of out-of-scope messages answered"
    if new is None:
        return [_missing(name, label, old)]
    told = f"{name}: {label} {old:.3f} -> {new:.3f}"
    line, more = _equal_coverage(was.given, now.given)
    equal = float((now.given_outside >= line).mean()) if more and len(now.given_outside) else new
    passed, verdict = _verdict(equal - old, max_loss, _worse(was.given_outside == 0, now.given_outside < line))
    limit = max(old, STRANGERS)
    if passed and new > limit and _above(now.given_outside > 0, limit) < SURE:
        passed, verdict = False, f"more than {limit:.2f} by more than chance"
    elif passed and not (was.given > 0).any() and new - old > max_loss:
        # Who never answers is never wrong: nothing to compare with.
        verdict = f"not more than {limit:.2f} by more than chance"
    elif passed and new - old > max_loss and more:
        verdict = f"{verdict} where no more messages in scope are answered than before ({equal:.3f})"
    return [Check(f"{name} {label}", passed, f"{told}, {verdict}.")]


def _missing(name: str, label: str, old: float) -> Check:
    return Check(f"{name} {label}", False, f"{name}: the candidate has no {label}; before {old:.3f}.")


def _equal_coverage(was: Floats, now: Floats) -> tuple[float, bool]:
    """Return the confidence from which the candidate answers no more messages in scope than were answered before.

    Also return whether it answers more of them than that.
    """
    count = int((was > 0).sum())
    if int((now > 0).sum()) <= count:
        return float(np.nextafter(0, 1)), False
    # Above the surest that would be one too many.
    return float(np.nextafter(np.sort(now)[::-1][count], 2)), True


def _coarse(name: str, now: Outcomes) -> list[Check]:
    """Say where so few messages judge that only a large loss could be told from chance."""
    sizes = {
        "with an intent": len(now.intents),
        "with an answer": len(now.answers),
        "out of scope": len(now.given_outside),
    }
    few = [f"{count} {what}" for what, count in sizes.items() if 0 < count * _COARSE < _SHOWN]
    if not few:
        return []
    why = f"{name}: few messages judge, {', '.join(few)}: less than {_SHOWN} that get worse are taken for chance."
    return [Check(f"{name} size of the test", True, why)]


def _verdict(loss: float, max_loss: float, p: float) -> tuple[bool, str]:
    """Return whether a loss may be, and the words for it; ``p`` is how likely chance alone makes it."""
    if loss <= max_loss:
        return True, "kept"
    return (True, "within chance") if p >= SURE else (False, f"worse by more than {max_loss:.3f}")


def _worse(was: NDArray[Any], now: NDArray[Any]) -> float:
    """Return p of being worse on the same messages; 0 where there are none to compare, so that a loss counts."""
    return sign_flip(was, now) if len(was) == len(now) > 0 else 0.0


def _worse_told(was: tuple[Floats, Floats], now: tuple[Floats, Floats]) -> float:
    """Return p of telling what is out of scope worse; 0 where there are no scores to compare."""
    same = all(len(one) == len(other) > 0 for one, other in zip(was, now, strict=True))
    return auroc_by_chance(was, now) if same else 0.0


def _above(hits: Hits, share: float) -> float:
    """Return p of the exact binomial test that no more than a share of them hold; 0 where there are none."""
    from scipy.stats import binomtest

    if not len(hits):
        return 0.0
    return float(binomtest(int(hits.sum()), len(hits), share, alternative="greater").pvalue)


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
    """Look at the calibration error; what confidences that are all true would show by chance is none."""
    checks = []
    for section, label in (("intents", "intents"), ("replies", "answers")):
        old, new = before.get(section, {}).get("ece"), after.get(section, {}).get("ece")
        if old is None or new is None:
            continue
        allowed = max(_ECE, old + _WORSE_ECE)
        passed = new <= max(allowed, after[section].get("ece_by_chance", (0.0, 0.0))[1])
        verdict = (
            f"worse by more than {_WORSE_ECE:.2f}" if not passed else "kept" if new <= allowed else "within chance"
        )
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


def keys_of(text: str, label: str, language: str) -> tuple[str, ...]:
    """Return the slices that a message is in: its language, its length, its intent."""
    size = len(text.split()) if spaced(language) else len("".join(text.split()))
    length = "up to 5 words" if size <= 5 else "6 to 15 words" if size <= 15 else "more than 15 words"
    return (language, length, label)
