"""How much of a classifier's accuracy is left when people write in a hurry."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from replydesk.finetune.encoders.tuning import Labelled
from replydesk.finetune.robustness.noise import kinds_of, noisy
from replydesk.retrieval.metrics import interval

__all__ = ["NAMES", "NoiseHits", "noise_hits", "noise_name", "noise_slices"]

Floats = NDArray[np.float64]

NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "typo": "typo",
        "keyboard": "neighbouring key",
        "homophone": "homophone",
        "shape": "look-alike character",
        "width": "full or half width",
        "traditional": "traditional characters",
        "pinyin": "pinyin",
        "mixing": "words of the other language",
        "emoji": "emoji",
        "truncation": "cut off",
        "case": "case",
        "spaces": "blanks",
        "punctuation": "punctuation",
    },
    "zh": {
        "typo": "打字错误",
        "keyboard": "邻键误触",
        "homophone": "同音字",
        "shape": "形近字",
        "width": "全角半角",
        "traditional": "繁体字",
        "pinyin": "拼音",
        "mixing": "中英混写",
        "emoji": "表情符号",
        "truncation": "截断",
        "case": "大小写",
        "spaces": "空格",
        "punctuation": "标点",
    },
}
"""What a kind of noise is called in a report."""

_WHOLE: Final = frozenset({"typo", "homophone"})
_MOST: Final = 3000
_FEW: Final = 500


def noise_name(kind: str, language: str) -> str:
    """Return what a kind is called in ``en`` or ``zh``."""
    return NAMES[language].get(kind, kind)


@dataclass(frozen=True, eq=False)
class NoiseHits:
    """Whether messages were read right as they are and with noise, means over models, and which the noise changed."""

    clean: Floats
    noisy: Floats
    changed: NDArray[np.bool_]


def noise_hits(
    probabilities: Sequence[Callable[[Sequence[str]], Floats]],
    labels: tuple[str, ...],
    test: Labelled,
    language: str,
    seed: int,
) -> dict[str, NoiseHits]:
    """Return for each kind of noise what models make of messages that have it once, and of the same without it.

    Typos and homophones are judged on at most 3,000 messages, other kinds on 500, drawn by the seed.
    """
    order = np.random.default_rng(seed).permutation(len(test))
    found: dict[str, NoiseHits] = {}
    for kind in kinds_of(language):
        rows = np.sort(order[: _MOST if kind in _WHOLE else _FEW])
        clean = [test.texts[row] for row in rows]
        told = np.array([test.labels[row] for row in rows])
        rough = [noisy(text, kind, seed + row) for text, row in zip(clean, rows.tolist(), strict=True)]
        before, after = (
            np.mean([np.array(labels)[one(texts).argmax(axis=1)] == told for one in probabilities], axis=0)
            for texts in (clean, rough)
        )
        changed = np.array([one != other for one, other in zip(clean, rough, strict=True)])
        found[kind] = NoiseHits(before, after, changed)
    return found


def noise_slices(hits: Mapping[str, NoiseHits], seed: int) -> dict[str, dict[str, Any]]:
    """Return for each kind of noise the accuracy with it, without it on the same messages, and the loss.

    ``changed`` is the share of messages that the noise found something to change in.
    """
    return {
        kind: {
            "accuracy": round(float(found.noisy.mean()), 4),
            "accuracy_ci": interval(found.noisy, seed=seed),
            "clean": round(float(found.clean.mean()), 4),
            "loss": round(float((found.clean - found.noisy).mean()), 4),
            "changed": round(float(found.changed.mean()), 4),
            "messages": len(found.clean),
        }
        for kind, found in hits.items()
    }
