"""Leaks: whatever stands both in what is learned from and in what is judged by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from replydesk.data.duplicates import repeats
from replydesk.data.errors import LeakError
from replydesk.data.records import same_text
from replydesk.data.splits import Asked

__all__ = ["Leak", "LeakKind", "check_leaks", "find_leaks"]

LeakKind = Literal["conversation", "customer", "text", "near-duplicate"]

_WORDS: dict[LeakKind, str] = {
    "conversation": "of the same conversation",
    "customer": "of the same customer",
    "text": "with the same text",
    "near-duplicate": "with nearly the same text",
}
_SHOWN = 3
_SHORT = 60


@dataclass(frozen=True, slots=True)
class Leak:
    """Something learned from that stands among what is judged by, one example of it, and in what they are the same."""

    kind: LeakKind
    learned: Asked
    judged: Asked

    def __str__(self) -> str:
        """Return both with their texts, shortened."""
        one, other = (f"{asked.conversation} {_shortened(asked.text)!r}" for asked in (self.learned, self.judged))
        return f"{one} / {other}"


def find_leaks(learned: Sequence[Asked], judged: Sequence[Asked]) -> dict[int, Leak]:
    """Return, for every place of ``learned`` that leaks, its worst leak: of the kinds, the first that holds.

    Two texts are the same as :func:`same_text` says it, and nearly the same as :func:`near_duplicates` does.
    """
    conversations = {asked.conversation: asked for asked in judged}
    customers = {asked.customer: asked for asked in judged if asked.customer}
    texts = {same_text(asked.text): asked for asked in judged if asked.text.strip()}
    found: dict[int, Leak] = {}
    for place, asked in enumerate(learned):
        if (other := conversations.get(asked.conversation)) is not None:
            found[place] = Leak("conversation", asked, other)
        elif asked.customer and (other := customers.get(asked.customer)) is not None:
            found[place] = Leak("customer", asked, other)
        elif (other := texts.get(same_text(asked.text))) is not None:
            found[place] = Leak("text", asked, other)
    near = repeats(
        ((str(place), asked.text) for place, asked in enumerate(learned) if place not in found and asked.text.strip()),
        ((str(place), asked.text) for place, asked in enumerate(judged) if asked.text.strip()),
    )
    found.update((int(p), Leak("near-duplicate", learned[int(p)], judged[int(other)])) for p, other in near.items())
    return dict(sorted(found.items()))


def check_leaks(learned: Sequence[Asked], judged: Sequence[Asked]) -> None:
    """Raise :class:`LeakError` with examples when anything learned from stands among what is judged by."""
    leaks = list(find_leaks(learned, judged).values())
    if leaks:
        kinds = Counter(leak.kind for leak in leaks)
        told = ", ".join(f"{kinds[kind]} {words}" for kind, words in _WORDS.items() if kinds[kind])
        raise LeakError(
            f"{len(leaks)} of {len(learned)} examples to learn from stand in the test part: {told}.",
            where="; ".join(map(str, leaks[:_SHOWN])),
            hint="Leave them out of training: what is measured on them would be too good to be true.",
        )


def _shortened(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _SHORT else f"{words[: _SHORT - 1]}…"
