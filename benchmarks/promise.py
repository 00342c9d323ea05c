"""Whether the promise holds: calibrated on 1,000 messages, judged on the rest, many times over, on several sets.

``promise`` adds to these what training held out, as a desk does, whose newest messages are those of its training;
``alone`` is the 1,000 by themselves. Where nothing is told of what training held out, as in sets of which every message
is answered from the others, both are the same.

They are BANKING77 with the frozen encoder's head alone, with its second opinions beside it (``quick``), and with
``REPLYDESK_PROMISE_RECIPE=full`` with what that recipe trains, once for each of ``REPLYDESK_PROMISE_SEEDS`` ("0");
TweetSumm; and the demo desk, which has less than 2,000 messages, so that half of them calibrates. What was said of the
messages is kept in the temporary folder: trying another bound reads no text again. BANKING77 and TweetSumm are read
from ``$REPLYDESK_DATASETS`` and are no part of this project.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks._confidences import Floats, Linkage, Rights, Said, banking77, demo, kept, tweetsumm
from benchmarks._datasets import datasets
from replydesk.dialog.bounds import binomial_tail
from replydesk.dialog.evidence import LEVELS, Evidence
from replydesk.dialog.promise import STANDARD, lowest_level, risked
from replydesk.finetune.matching.risk import NEWEST, conformal_level, counted_level

CALIBRATED = 1000
RESAMPLES = 200
PLAIN = 0.7
LINKAGES: tuple[Linkage, ...] = ("complete", "average")

Counts = NDArray[np.int_]
Chooser = Callable[[Counts, Counts, int, float], "int | None"]

# Each takes how many reach each level, how many of these are wrong, how many there are, and what is allowed.
CHOOSERS: dict[str, Chooser] = {
    "alone": lambda n, wrong, total, most: lowest_level(n, wrong, most, risked(total)),
    "unadjusted": lambda n, wrong, total, most: _unadjusted(n, wrong, most, risked(total)),
    "one start": lambda n, wrong, total, most: lowest_level(n, wrong, most, risked(total), starts=(0,)),
    "conformal": conformal_level,
    "counted": lambda n, wrong, _total, most: counted_level(n, wrong, most),
}


def run() -> dict[str, Any]:
    found: dict[str, Said] = {}
    # A desk that is opened takes what begins so for a setting.
    recipe, seeds = os.environ.pop("REPLYDESK_PROMISE_RECIPE", ""), os.environ.pop("REPLYDESK_PROMISE_SEEDS", "0")
    if (datasets() / "banking77").is_dir():
        found["banking77"] = kept("banking77", partial(banking77, "quick", alone=True))
        found["banking77 quick"] = kept("banking77-quick", partial(banking77, "quick"))
        for seed in seeds.split(",") if recipe else ():
            named = f"banking77 {recipe} {seed}"
            found[named] = kept(named.replace(" ", "-"), partial(banking77, recipe, seed=int(seed)))
        for linkage in LINKAGES:
            found[f"tweetsumm {linkage}"] = kept(f"tweetsumm-{linkage}", partial(tweetsumm, linkage))
    for language in ("en", "zh"):
        found[f"demo {language}"] = kept(f"demo-{language}", partial(demo, language))
    return {
        "resamples": RESAMPLES,
        "sets": {name: measured(said) for name, said in found.items()},
    }


def measured(said: Said) -> dict[str, Any]:
    """Return the figures of one set: at every standard promise, and of a plain threshold."""
    sure, right = said.sure, said.right
    calibrated_on = min(CALIBRATED, len(sure) // 2)
    return {
        "messages": len(sure),
        "held_out_before": len(said.before[0]) if said.before else 0,
        "accuracy": round(float(right.mean()), 4),
        "calibrated_on": calibrated_on,
        "plain": _plain(sure, right),
        "levels": {str(most): resampled(said, most, calibrated_on) for most in STANDARD},
    }


def resampled(said: Said, most: float, calibrated_on: int = CALIBRATED) -> dict[str, Any]:
    """Return for each way to choose a threshold how often it kept the promise on messages it had not seen.

    ``unadjusted`` takes the lowest level that passes by itself, as if no other had been tried: it promises less, and no
    exact test of these levels covers more.
    """
    rng, sure, right = np.random.default_rng(0), said.sure, said.right
    told: dict[str, list[tuple[float, float, float]]] = {name: [] for name in ("promise", *CHOOSERS)}
    for _ in range(RESAMPLES):
        order = rng.permutation(len(sure))
        seen, rest = order[:calibrated_on], order[calibrated_on:]
        evidence = Evidence.of(sure[seen], right[seen])
        n, wrong = evidence.answered
        chosen = {name: choose(n, wrong, calibrated_on, most) for name, choose in CHOOSERS.items()}
        for name, level in {"promise": _promised(sure[seen], right[seen], said.before, most), **chosen}.items():
            alone = sure[rest] >= (LEVELS[level] if level is not None else 2.0)
            error = float((~right[rest][alone]).mean()) if alone.any() else 0.0
            told[name].append((float(alone.mean()), error, float(error <= most)))
    found = {}
    for name, rows in told.items():
        coverage, error, kept = np.array(rows).T
        found[name] = {
            "kept": round(float(kept.mean()), 4),
            "coverage": round(float(coverage.mean()), 4),
            "error": round(float(error.mean()), 4),
            "error_q95": round(float(np.quantile(error, 0.95)), 4),
            "no_promise": round(float((coverage == 0).mean()), 4),
        }
    return found


def _promised(sure: Floats, right: Rights, before: tuple[Floats, Rights] | None, most: float) -> int | None:
    """Return the level by the newest messages that there are: these, and what training held out before."""
    if before is not None:
        room = NEWEST - len(sure)
        sure, right = np.concatenate([before[0][-room:], sure]), np.concatenate([before[1][-room:], right])
    return lowest_level(*Evidence.of(sure, right).answered, most, risked(len(sure)))


def _unadjusted(n: Counts, wrong: Counts, most: float, delta: float) -> int | None:
    for level, (reached, bad) in enumerate(zip(n.tolist(), wrong.tolist(), strict=True)):
        if reached and bad <= most * reached and binomial_tail(bad, reached, most) <= delta:
            return level
    return None


def _plain(sure: Floats, right: Rights) -> dict[str, float]:
    alone = sure >= PLAIN
    return {
        "threshold": PLAIN,
        "coverage": round(float(alone.mean()), 4),
        "error": round(float((~right[alone]).mean()), 4),
    }
