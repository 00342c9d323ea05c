"""Further classifiers of a message, by name: sentiment, topic, or whatever a desk labels; on the vector it has anyway.

There are two kinds: one label a message, read as intents are, and any number of labels.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

from replydesk.dialog.intents import IntentHead
from replydesk.dialog.neighbours import NeighbourClassifier
from replydesk.dialog.reader import IntentReader
from replydesk.dialog.several import SeveralReader
from replydesk.dialog.words import WordClassifier

__all__ = [
    "SENTIMENT",
    "TextClassifier",
    "classifier_problems",
    "classifiers_document",
    "load_classifiers",
    "reads_mood",
    "save_classifiers",
]

TextClassifier: TypeAlias = IntentReader | SeveralReader
"""What gives each message one of its labels, or any number of them: ``labels``, ``probabilities``, ``problems``."""

SENTIMENT: Final = "sentiment"
"""The name under which a classifier says how a message sounds, in place of the word list."""

_MOODS: Final = frozenset({"negative", "neutral", "positive"})
# A name is a folder of the release, so nothing else is read from a card.
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


def reads_mood(name: str, classifier: TextClassifier) -> bool:
    """Return whether a classifier of that name says how a message sounds: one of the labels negative to positive."""
    return name == SENTIMENT and isinstance(classifier, IntentReader) and set(classifier.labels) <= _MOODS


def classifier_problems(classifiers: Mapping[str, TextClassifier], dimension: int | None) -> list[str]:
    """Return what makes any of them unfit to read vectors of that length, nothing when all are sound."""
    return [f"labels {name}: {why}" for name, one in classifiers.items() for why in one.problems(dimension)]


def classifiers_document(classifiers: Mapping[str, TextClassifier]) -> dict[str, Any]:
    """Return what a release's card says of them: their kind, and which opinions stand beside their heads."""
    return {
        name: {
            "kind": "one" if isinstance(one, IntentReader) else "several",
            "words": one.words is not None,
            "neighbours": isinstance(one, IntentReader) and one.neighbours is not None,
        }
        for name, one in classifiers.items()
    }


def save_classifiers(classifiers: Mapping[str, TextClassifier], folder: Path) -> None:
    """Write each into a folder of its name."""
    for name, one in classifiers.items():
        place = folder / name
        if isinstance(one, IntentReader):
            one.head.save(place / "head.npz")
            if one.neighbours is not None:
                one.neighbours.save(place / "neighbours.npz", shared=False)
        else:
            one.save(place / "several.npz")
        if one.words is not None:
            one.words.save(place / "words.npz")


def load_classifiers(folder: Path, document: Mapping[str, Any]) -> dict[str, TextClassifier]:
    """Read those that a card names. Raises :class:`ReleaseError` for a damaged file, ValueError for no such name."""
    found: dict[str, TextClassifier] = {}
    for name, part in document.items():
        if not _NAME.fullmatch(name):
            raise ValueError(name)
        place = folder / name
        words = WordClassifier.load(place / "words.npz") if part["words"] else None
        if part["kind"] == "several":
            found[name] = SeveralReader.load(place / "several.npz", words)
            continue
        neighbours = NeighbourClassifier.load(place / "neighbours.npz", None) if part["neighbours"] else None
        found[name] = IntentReader(IntentHead.load(place / "head.npz"), words, neighbours)
    return found
