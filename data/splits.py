"""Splits: which conversations a desk learns from, and which are kept to judge what it learned.

`docs/why/splits.md` says what is promised and why it is decided so.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args

from replydesk.data.duplicates import NearIndex
from replydesk.data.records import Conversation, content_id

__all__ = ["PARTS", "Asked", "Part", "assign_parts", "content_of", "fingerprint"]

Part = Literal["train", "test", "aside"]
"""What is learned from, what is judged by, and what would tie the two together and is neither."""

PARTS: tuple[Part, ...] = get_args(Part)

LEAST: Final = 24
"""The bytes of UTF-8 from which an opening question says enough to tie conversations: 24 letters, 8 Han characters."""

MOST: Final = 50
"""The most conversations that near-duplicate questions tie together; what more of them ask is an everyday question."""

_TRAIN, _TEST = 1, 2
_BITS = {"train": _TRAIN, "test": _TEST}
_NAMES: dict[int, Part] = {_TRAIN: "train", _TEST: "test", _TRAIN | _TEST: "aside"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a customer asked, and where: all that a split or the search for leaks needs of a conversation.

    ``customer`` is a pseudonym or '', ``at`` is when the conversation began.
    """

    conversation: str
    customer: str = ""
    text: str = ""
    at: datetime | None = None

    @classmethod
    def first(cls, conversation: Conversation) -> Asked:
        """Return the opening question: what the customer said before anybody answered."""
        opening: list[str] = []
        for message in conversation.messages:
            if message.role == "customer":
                opening.append(message.text)
            elif opening and message.role in ("agent", "bot"):
                break
        return cls(conversation.id, conversation.customer, "\n".join(opening), conversation.at)


def assign_parts(asked: Iterable[Asked], known: Mapping[str, str], *, test_share: float) -> dict[str, Part]:
    """Return the part of every conversation that has none yet. ``asked`` is read once; of its texts a sketch stays.

    Conversations of one customer, and those that open with nearly the same question, go to one part. What follows
    somebody known goes to their part, and to ``aside`` when it would follow both. Of the rest the newest make up the
    test, until it holds ``test_share`` of all, since a desk answers messages that come after those it learned from;
    undated ones are drawn by the hash of their id. What ``known`` says is never changed, so the test part only grows.
    """
    roll = _Roll(known)
    near = NearIndex()
    near.add(roll.read(asked))
    return roll.parts(near.groups() if roll.fresh else {}, test_share)


def content_of(conversation: Conversation, judged: Mapping[str, str]) -> str:
    """Return an id of what a conversation judges by: who said what in public, and the intents given to it.

    ``judged`` has the intents of verdicts by the id of the message. Tags, times and notes do not matter.
    """
    public = (m for m in conversation.messages if m.role not in ("note", "system"))
    return content_id(*(word for m in public for word in (m.role, m.text, *m.intents, judged.get(m.id, ""))))


def fingerprint(contents: Mapping[str, str]) -> str:
    """Return an id of conversations with their contents, by id, in any order.

    Two reports with the same fingerprint were judged by the same messages, answers and intents.
    """
    return content_id(*(word for key in sorted(contents) for word in (key, contents[key])))[:16]


class _Roll:
    """The conversations in the order they come, each a number; those of a customer have the number of the first."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self.known = known
        self.ids: list[str] = []
        self.unit = array("q")
        self.at = array("d")
        # Which parts hold something of a unit, as bits, at the number of the unit.
        self.held = bytearray()
        self.fresh = 0

    def read(self, asked: Iterable[Asked]) -> Iterator[tuple[str, str]]:
        """Take all down and yield the questions that say enough."""
        units: dict[str, int] = {}
        for one in asked:
            number = len(self.ids)
            unit = units.setdefault(one.customer, number) if one.customer else number
            self.ids.append(one.conversation)
            self.unit.append(unit)
            self.at.append(one.at.timestamp() if one.at else float("-inf"))
            self.held.append(0)
            part = self.known.get(one.conversation)
            self.held[unit] |= _BITS.get(part, 0) if part else 0
            self.fresh += part is None
            if len(one.text.encode("utf-8", "surrogatepass")) >= LEAST:
                yield one.conversation, one.text

    def parts(self, repeats: Mapping[str, str], test_share: float) -> dict[str, Part]:
        most = min(MOST, max(2, int(test_share * len(self.ids) / 4)))
        groups = self._groups(repeats, most)
        ties = self._ties(groups)
        found: dict[str, Part] = {}
        free: dict[int, list[int]] = {}
        root = self._joined(groups, most)
        for number, key in enumerate(self.ids):
            if key in self.known:
                continue
            unit = self.unit[number]
            if self.held[unit]:
                found[key] = _NAMES[self.held[unit] | ties[number]]
            else:
                free.setdefault(root.get(unit, unit), []).append(number)
        for first, own in list(free.items()):
            tie = 0
            for number in own:
                tie |= ties[number]
            if tie:
                found.update((self.ids[number], _NAMES[tie]) for number in free.pop(first))
        counts = Counter(found.values()) + Counter(self.known[key] for key in self.ids if key in self.known)
        wanted = test_share * (len(self.ids) - counts["aside"]) - counts["test"]
        found.update(self._newest(list(free.values()), wanted))
        return found

    def _newest(self, groups: Sequence[Sequence[int]], wanted: float) -> Iterator[tuple[str, Part]]:
        dated = sorted(
            ((max(self.at[n] for n in own), content_id(min(self.ids[n] for n in own)), own) for own in groups),
            reverse=True,
        )
        taken = 0
        for _, _, own in dated:
            # A group that would overshoot by more than it fills is left to training.
            part: Part = "test" if taken + len(own) / 2 <= wanted else "train"
            taken += len(own) if part == "test" else 0
            yield from ((self.ids[number], part) for number in own)

    def _groups(self, repeats: Mapping[str, str], most: int) -> list[list[int]]:
        """Return the conversations of each near-duplicate question that is no everyday one, small groups first."""
        first = set(repeats.values())
        groups: dict[str, list[int]] = {}
        for number, key in enumerate(self.ids):
            if key in repeats or key in first:
                groups.setdefault(repeats.get(key, key), []).append(number)
        return [own for _, own in sorted(groups.items(), key=lambda item: (len(item[1]), item[0])) if len(own) <= most]

    def _ties(self, groups: Iterable[Sequence[int]]) -> bytearray:
        """Return, for every conversation, the parts in which its question already stands, as bits."""
        ties = bytearray(len(self.ids))
        for own in groups:
            held = 0
            for number in own:
                part = self.known.get(self.ids[number])
                held |= _BITS.get(part, 0) if part else self.held[self.unit[number]]
            for number in own:
                ties[number] = held
        return ties

    def _joined(self, groups: Sequence[Sequence[int]], most: int) -> dict[int, int]:
        """Return the root of the units that questions tie together, ``most`` conversations at the most."""
        tied = {unit for own in groups for number in own if not self.held[unit := self.unit[number]]}
        sizes = Counter(unit for unit in self.unit if unit in tied)
        root: dict[int, int] = {}

        def root_of(unit: int) -> int:
            while (above := root.get(unit, unit)) != unit:
                unit = above
            return unit

        for own in groups:
            roots = sorted({root_of(unit) for number in own if (unit := self.unit[number]) in tied})
            size = sum(sizes[unit] for unit in roots)
            if len(roots) > 1 and size <= most:
                root.update(dict.fromkeys(roots[1:], roots[0]))
                sizes[roots[0]] = size
        return {unit: root_of(unit) for unit in root}
