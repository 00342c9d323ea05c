"""Active learning: which messages a person should label next, the unsure ones first and no two alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from replydesk.data.records import same_text
from replydesk.data.settings import Settings
from replydesk.data.store import Store
from replydesk.data.tickets import exchanges
from replydesk.dialog.release import Release
from replydesk.retrieval.encoders.encoder import Vectors
from replydesk.retrieval.encoders.encoders import Encoders
from replydesk.retrieval.indexes import search_text

__all__ = ["Suggestion", "choose_diverse", "suggest"]

Floats = NDArray[np.float64]

MOST: Final = 5000
"""The newest unlabelled messages that are read."""

_CANDIDATES = 20


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A message worth a label: how unsure its reading is (0..1), and what it was read as, with what probability."""

    conversation: str
    text: str
    language: str
    unsure: float
    intent: str
    probability: float

    def document(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "conversation": self.conversation, "text": self.text, "language": self.language,
            "unsure": round(self.unsure, 4), "intent": self.intent, "probability": round(self.probability, 4),
        }  # fmt: skip


def choose_diverse(vectors: Vectors, unsure: Floats, count: int) -> list[int]:
    """Return rows to label, the best first: uncertainty times the distance to what was chosen and what is like it.

    Of the ``20 * count`` least sure rows each next one has the highest product of ``unsure`` (n,) and the cosine
    distance to the nearest chosen row (k-centre greedy, Sener and Savarese 2018, weighted by uncertainty).
    """
    order = np.argsort(-unsure, kind="stable")[: _CANDIDATES * count]
    chosen: list[int] = []
    far = np.ones(len(order))
    for _ in range(min(count, len(order))):
        place = int(np.argmax(np.where(np.isin(order, chosen), -1.0, unsure[order] * far)))
        chosen.append(int(order[place]))
        far = np.minimum(far, 1 - np.asarray(vectors[order] @ vectors[order[place]], dtype=np.float64))
        far = np.maximum(far, 0)
    return chosen


def suggest(
    store: Store,
    settings: Settings,
    encoders: Encoders,
    release: Release,
    count: int,
    *,
    progress: Callable[[str], None] = lambda _line: None,
) -> list[Suggestion]:
    """Return the unlabelled messages that teach most, for each encoder its share, the best first.

    Uncertainty is one minus the margin between the two likeliest intents; without a trained head every message is as
    unsure as any other. Messages of the test part are never suggested: they are labelled by chance, not by doubt.
    """
    rows = _unlabelled(store, settings)
    progress(f"Reading {len(rows)} messages that nobody labelled")
    own = encoders.using(release.encoders)
    groups: dict[str, list[int]] = {}
    for place, (_, _, language) in enumerate(rows):
        groups.setdefault(own.of(language).id, []).append(place)
    found: list[Suggestion] = []
    for key, places in groups.items():
        encoder, skills = own.of(rows[places[0]][2]), release.skills_of(key)
        texts = [rows[place][1] for place in places]
        vectors = encoder.encode(texts)
        chances = np.ones((len(places), 1))
        labels: Sequence[str] = ("",)
        if skills.reader is not None:
            chances, labels = skills.reader.probabilities(texts, vectors), skills.reader.labels
        top = -np.sort(-chances, axis=1)
        unsure = 1 - (top[:, 0] - top[:, 1]) if chances.shape[1] > 1 else np.ones(len(places))
        share = max(1, round(count * len(places) / len(rows)))
        for row in choose_diverse(vectors, unsure, share):
            conversation, text, language = rows[places[row]]
            best = int(chances[row].argmax())
            told = float(chances[row, best]) if labels[best] else 0.0
            found.append(Suggestion(conversation, text, language, float(unsure[row]), labels[best], told))
    return sorted(found, key=lambda one: -one.unsure)[:count]


def _unlabelled(store: Store, settings: Settings) -> list[tuple[str, str, str]]:
    """Return conversation, text and language of opening messages without an intent, each text once, newest first."""
    parts = store.splits()
    judged = {verdict.reply for verdict in store.verdicts() if verdict.intent}
    found: dict[str, tuple[float, tuple[str, str, str]]] = {}
    for conversation in store.conversations():
        if parts.get(conversation.id, "train") != "train":
            continue
        at = conversation.at.timestamp() if conversation.at else 0.0
        for exchange in exchanges(conversation, context_messages=settings.data.context_messages):
            turn = exchange.asked
            told = exchange.bot is not None and any(message.id in judged for message in exchange.bot.messages)
            if turn.intents or told or exchange.earlier:
                continue
            text = search_text(turn.text, [])
            row = (conversation.id, text, turn.messages[0].language)
            found[same_text(text)] = max(found.get(same_text(text), (at, row)), (at, row))
    newest = sorted(found.values(), reverse=True)[:MOST]
    return [row for _, row in newest]
