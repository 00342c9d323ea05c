"""Labels that are likely wrong: what a classifier that had not seen a message calls it, against its label."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from replydesk.data.errors import RequestError
from replydesk.finetune.examples import Material
from replydesk.finetune.intents.classify import fit_unseen
from replydesk.finetune.recipe import QUICK, Recipe
from replydesk.retrieval.encoders.encoder import Vectors

__all__ = ["Suspect", "Suspects", "desk_suspects", "find_suspects", "unseen_suspects"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Suspect:
    """A message that another label seems to fit: its row, its label, the likelier one, and how likely either is."""

    row: int
    text: str
    label: str
    likelier: str
    own_probability: float
    probability: float

    def document(self) -> dict[str, Any]:
        """Return the JSON form, without the row."""
        return {
            "text": self.text,
            "label": self.label,
            "likelier": self.likelier,
            "own_probability": round(self.own_probability, 4),
            "probability": round(self.probability, 4),
        }


@dataclass(frozen=True, slots=True)
class Suspects:
    """The suspects among ``messages``, the most suspicious first, and the share of labels estimated to be wrong."""

    messages: int
    noise: float
    found: tuple[Suspect, ...]

    def document(self, limit: int | None = None) -> dict[str, Any]:
        """Return the JSON document, with at most so many suspects."""
        return {
            "messages": self.messages,
            "noise": round(self.noise, 4),
            "found": len(self.found),
            "suspects": [one.document() for one in self.found[:limit]],
        }


def find_suspects(probabilities: Floats, texts: Sequence[str], labels: Sequence[str], names: Sequence[str]) -> Suspects:
    """Return the messages whose likeliest label is another than their own, the surest first, and how many are wrong.

    ``probabilities`` (n, names) are those of a model that had not seen the message. They are ranked by how many times
    likelier the other label is (of the rankings of Northcutt et al. 2021 the one that found most labels that we had
    changed). The share of wrong labels is that off the diagonal of the confident joint (their equations 1 to 3): a
    message counts as confidently of a label where that is at least as probable as, on average, for the messages called
    so; each label's row of counts is then brought to the number of its messages.
    """
    if not len(texts):
        return Suspects(0, 0.0, ())
    places = {name: place for place, name in enumerate(names)}
    own = np.array([places[label] for label in labels])
    rows = np.arange(len(own))
    mine, told = probabilities[rows, own], probabilities.argmax(axis=1)
    doubt = np.log(np.maximum(probabilities[rows, told], 1e-12)) - np.log(np.maximum(mine, 1e-12))
    odd = np.flatnonzero(told != own)
    found = tuple(
        Suspect(row, texts[row], labels[row], names[told[row]], float(mine[row]), float(probabilities[row, told[row]]))
        for row in odd[np.argsort(-doubt[odd], kind="stable")].tolist()
    )
    return Suspects(len(own), _noise(probabilities, own), found)


def _noise(probabilities: Floats, own: NDArray[np.int_]) -> float:
    """Return the share of the confident joint that is off its diagonal."""
    rows, count = np.arange(len(own)), probabilities.shape[1]
    counts = np.bincount(own, minlength=count)
    sums = np.bincount(own, weights=probabilities[rows, own], minlength=count)
    # A label without a message is never confidently told.
    lines = np.where(counts > 0, sums / np.maximum(counts, 1), np.inf)
    confident = np.where(probabilities >= lines, probabilities, -1.0)
    told = confident.argmax(axis=1)
    sure = confident[rows, told] >= 0
    joint = np.zeros((count, count))
    np.add.at(joint, (own[sure], told[sure]), 1)
    joint *= (counts / np.maximum(joint.sum(axis=1), 1))[:, None]
    return 1 - float(np.trace(joint)) / max(1.0, float(joint.sum()))


def unseen_suspects(
    vectors: Vectors,
    texts: Sequence[str],
    labels: Sequence[str],
    *,
    groups: Sequence[str] | None = None,
    recipe: Recipe = QUICK,
) -> Suspects:
    """Return the suspects among messages by classifiers on their vectors (n, dimension), each blind to its own fold.

    ``groups`` name the customers, whose messages stay together. Expects two labels or more.
    """
    names, probabilities = fit_unseen(vectors, labels, groups, recipe)
    return find_suspects(probabilities, texts, labels, names)


def desk_suspects(
    material: Sequence[Material], recipe: Recipe = QUICK, progress: Callable[[str], None] = lambda _line: None
) -> Suspects:
    """Return the suspects among the labelled training messages of a desk, all languages together.

    Raises :class:`RequestError` where no two intents are labelled.
    """
    found = []
    for part in material:
        mine = part.train.labelled
        if len(set(mine.labels)) < 2:
            continue
        progress(f"Reading {len(mine)} labelled messages in {', '.join(part.languages)}")
        found.append(unseen_suspects(mine.vectors, mine.texts, mine.labels, groups=mine.groups, recipe=recipe))
    if not found:
        hint = "Import conversations with intents, or correct replies: `replydesk feedback`."
        raise RequestError("No two intents have labelled messages.", where="intents", hint=hint)
    messages = sum(one.messages for one in found)
    together = sorted(
        (suspect for one in found for suspect in one.found),
        key=lambda one: one.own_probability / max(one.probability, 1e-12),
    )
    noise = sum(one.noise * one.messages for one in found) / messages
    return Suspects(messages, noise, tuple(together))
