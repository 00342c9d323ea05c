"""Reading: what a message is about, judged from one vector and its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

import numpy as np

from replydesk.dialog.classifiers import SENTIMENT, reads_mood
from replydesk.dialog.entities import Entity
from replydesk.dialog.hierarchy import SEPARATOR, label_tree, step_towards
from replydesk.dialog.personwish import wants_person
from replydesk.dialog.reader import IntentReader
from replydesk.dialog.sentiment import Mood, MoodLabel, mood_of
from replydesk.dialog.skills import Skills
from replydesk.retrieval.encoders.encoder import Vectors
from replydesk.retrieval.indexes import search_text

__all__ = ["Intent", "Reading", "read", "several_intents"]

# Of two questions joined 89 in 100 that are then taken for two are told right; docs/why/intents.md has the figures.
_SURE = 0.8
# What is this likely is taken for known: the same file has what is then right, intent or what is above it.
_KNOWN = 0.8
# A wish for a person needs no more than being likelier than not.
_MEANT = 0.5


@dataclass(frozen=True, slots=True)
class Intent:
    """A label with its calibrated probability."""

    name: str
    probability: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What the desk understands of one message, before it decides anything.

    ``intents`` are sorted, most probable first; ``out_of_scope`` is the probability that the desk knows nothing of it.
    ``several`` names the intents of a message whose parts surely ask for different things, in their order.

    ``node`` is the deepest of all intents and of what they have in front (``card`` of ``card/lost``) that is surely
    meant, None where nothing is. Where it has several kinds of which none is sure by itself, the reading has backed off
    to it, and ``kinds`` tells of each intent at or below it under which kind it falls.

    ``labels`` are what further classifiers say, by their names, most probable first: all labels of one that gives a
    message one label, and those given, perhaps none, of one that gives several.

    ``entities`` are what the message names, by position in it as it was written.
    """

    language: str
    intents: tuple[Intent, ...]
    out_of_scope: float
    mood: Mood
    wants_person: bool
    several: tuple[str, ...] = ()
    node: Intent | None = None
    kinds: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, tuple[Intent, ...]] = field(default_factory=dict)
    entities: tuple[Entity, ...] = ()

    @property
    def probabilities(self) -> Mapping[str, float]:
        """Return the probability of every intent."""
        return {intent.name: intent.probability for intent in self.intents}


def read(
    text: str,
    vector: Vectors,
    skills: Skills,
    context: Sequence[str] = (),
    *,
    language: str,
    person_intents: Sequence[str] = (),
    separator: str = SEPARATOR,
) -> Reading:
    """Return the reading of a message from its words, what was said before, and their vector of shape (1, dimension).

    Without a trained head there are no intents; without known vectors nothing is out of scope. ``separator`` parts the
    steps of an intent; a wish for a person may be a step, too. Where there is a classifier of sentiment, the mood is
    what it says; how much it hurries is always told by words.
    """
    asked = [search_text(text, context)]
    found, strange = skills.judged(asked, vector)
    intents: tuple[Intent, ...] = ()
    if skills.head is not None:
        order = found[0].argsort()[::-1]
        intents = tuple(Intent(skills.head.labels[i], float(found[0][i])) for i in order)
    unfamiliar = float(strange[0])
    tree = label_tree(skills.head.labels if skills.head is not None else (), separator)
    chances = tree.probabilities(found)[0]
    meant = any(
        name in person_intents and chance > _MEANT for name, chance in zip(tree.nodes, chances.tolist(), strict=True)
    )
    place = int(tree.deepest_sure(found, _KNOWN)[0])
    node, kinds = None, {}
    if place >= 0:
        node = Intent(tree.nodes[place], float(chances[place]))
        if not tree.is_sure(np.array([place]), found, _KNOWN)[0]:
            kinds = {label: step_towards(label, node.name, separator) for label in tree.covered(place)}
    wish = meant or wants_person(text)
    labels, mood = _labels(asked, vector, skills), mood_of(text)
    if SENTIMENT in labels and reads_mood(SENTIMENT, skills.classifiers[SENTIMENT]):
        first = labels[SENTIMENT][0]
        mood = replace(mood, label=cast(MoodLabel, first.name), score=first.probability)
    return Reading(language, intents, unfamiliar, mood, wish, node=node, kinds=kinds, labels=labels)


def _labels(asked: Sequence[str], vector: Vectors, skills: Skills) -> dict[str, tuple[Intent, ...]]:
    """Return what the further classifiers say of one message."""
    told = {}
    for name, classifier in skills.classifiers.items():
        chances = classifier.probabilities(asked, vector)[0]
        order = chances.argsort(kind="stable")[::-1].tolist()
        if not isinstance(classifier, IntentReader):
            order = [place for place in order if chances[place] >= classifier.head.thresholds[place]]
        told[name] = tuple(Intent(classifier.labels[place], float(chances[place])) for place in order)
    return told


def several_intents(parts: Sequence[str], vectors: Vectors, skills: Skills) -> tuple[str, ...]:
    """Return the different intents that parts of a message surely have, none if it is not two.

    ``vectors`` (n, dimension) are those of the parts.
    """
    reader = skills.reader
    if reader is None:
        return ()
    chances = reader.probabilities(parts, vectors)
    told = [reader.labels[row.argmax()] for row in chances if row.max() >= _SURE]
    return tuple(dict.fromkeys(told)) if len(set(told)) > 1 else ()
