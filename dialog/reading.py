"""Reading: what a message is about, judged from one vector and its words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from replydesk.dialog.release import Skills
from replydesk.dialog.sentiment import Mood, mood_of
from replydesk.retrieval.encoder import Vectors

__all__ = ["Intent", "Reading", "read", "wants_person"]

_PERSON = re.compile(
    r"\b(?:(?:talk|speak|chat|connect|transfer|put)\w*\b[^.?!]{0,30}\b(?:human|person|agent|someone|somebody|"
    r"representative|adviser|advisor|operator|colleague|manager|supervisor)|(?:real|actual|live|human)\s+"
    r"(?:human|person|agent|being|people)|customer service rep\w*)\b"
    r"|转?人工|真人|找(?:个)?(?:人|客服)(?:来|聊|说|处理)|(?:转|接|换)(?:个)?客服|(?:叫|找)你们?(?:经理|主管|领导)|轉?人工|真人客服",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Intent:
    """A label with its calibrated probability."""

    name: str
    probability: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What the desk understands of one message, before it decides anything.

    ``intents`` are sorted, most probable first; ``out_of_scope`` is the probability that the desk knows nothing of it.
    """

    language: str
    intents: tuple[Intent, ...]
    out_of_scope: float
    mood: Mood
    wants_person: bool

    @property
    def probabilities(self) -> Mapping[str, float]:
        """Return the probability of every intent."""
        return {intent.name: intent.probability for intent in self.intents}


def read(text: str, vector: Vectors, skills: Skills, *, language: str, person_intents: Sequence[str] = ()) -> Reading:
    """Return the reading of a message from its vector of shape (1, dimension).

    Without a trained head there are no intents; without known vectors nothing is out of scope.
    """
    intents: tuple[Intent, ...] = ()
    highest = 1.0
    if skills.head is not None:
        row = skills.head.probabilities(vector)[0]
        order = row.argsort()[::-1]
        intents = tuple(Intent(skills.head.labels[i], float(row[i])) for i in order)
        highest = float(row.max())
    unfamiliar = 0.0
    if skills.familiarity is not None:
        import numpy as np

        unfamiliar = float(skills.familiarity.unfamiliar(vector, np.array([highest]))[0])
    meant = intents and intents[0].name in person_intents and intents[0].probability > 0.5
    return Reading(language, intents, unfamiliar, mood_of(text), bool(meant) or wants_person(text))


def wants_person(text: str) -> bool:
    """Return whether the customer asks for a human being in so many words.

    >>> wants_person("can I talk to a real person please"), wants_person("转人工"), wants_person("a person stole it")
    (True, True, False)
    """
    return bool(_PERSON.search(text))
