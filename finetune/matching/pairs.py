"""What the matcher learns from: pairs of what was asked and what was answered, and answers that only look right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

from replydesk.data.duplicates import near_duplicates
from replydesk.data.records import same_text
from replydesk.finetune.encoders.tuning import Pairs
from replydesk.finetune.examples import Examples, Material, held_out_owners
from replydesk.retrieval.encoders.encoder import Vectors

__all__ = ["answer_groups", "mined", "pairs_of", "some_alike"]

_DEEP: Final = 64
"""Answers that are looked at for each question: of the nearest, most are right or nearly so."""

_ALIKE: Final = 0.95
"""From this cosine to the right answer on, an answer says the same."""

_SURE: Final = 0.95
"""An answer that scores above so many parts of what the right one scores is likely right, too (NV-Retriever, Moreira
et al. 2024, section 4: the positive-aware threshold)."""

_MOST_ALIKE: Final = 5
"""Questions with one answer that teach what belongs together; docs/why/matching.md says how it was chosen."""


def pairs_of(material: Material, share: float) -> tuple[Pairs, Pairs]:
    """Return the pairs of the training part: those to learn from, and those of held-out customers to choose by.

    Every message that a person answered is one, so every beginning of a conversation that ends before an answer is: it
    is read as the index reads it. ``share`` of the customers is held out where the material does not say who is.
    """
    examples = material.train.where([ticket is not None for ticket in material.train.tickets])
    held = material.held or held_out_owners(examples, share)
    groups = answer_groups([ticket.answer for ticket in examples.tickets if ticket is not None])
    judged = [group in held for group in examples.groups]
    return _pairs(examples, groups, [not kept for kept in judged]), _pairs(examples, groups, judged)


def answer_groups(answers: Sequence[str]) -> tuple[int, ...]:
    """Return the number of what each answer says: near-duplicates, and texts that differ in case and blanks, have one.

    >>> answer_groups(["Your parcel left today.", "your parcel left  today", "We refund you in five days."])
    (0, 0, 1)
    """
    plain = {text: f"{place:08}" for place, text in enumerate(dict.fromkeys(map(same_text, answers)))}
    leaders = near_duplicates((key, text) for text, key in plain.items())
    named: dict[str, int] = {}
    keys = (plain[same_text(answer)] for answer in answers)
    return tuple(named.setdefault(leaders.get(key, key), len(named)) for key in keys)


def some_alike(groups: Sequence[int], seed: int) -> list[int]:
    """Return the rows that are learned from, in their order: all, but of a larger group five, drawn by chance.

    What a team says a thousand times over, such as "please write to us in private", is said to everything, and would
    draw questions together that have nothing in common.

    >>> len(some_alike([0] * 1000 + [1, 2], seed=0))
    7
    """
    seen, kept = Counter[int](), []
    for row in np.random.default_rng(seed).permutation(len(groups)).tolist():
        seen[groups[row]] += 1
        if seen[groups[row]] <= _MOST_ALIKE:
            kept.append(row)
    return sorted(kept)


def mined(pairs: Pairs, asked: Vectors, said: Vectors, count: int) -> tuple[tuple[str, ...], ...]:
    """Return for each pair up to ``count`` answers that an encoder takes for right and that are not, nearest first.

    ``asked`` and ``said`` are its unit vectors of both sides, (n, dimension). Left out are answers of the same group,
    answers whose cosine to the right one is .95, and those that score more than .95 of what the right one scores:
    nobody said so, but they may be right.
    """
    import faiss

    groups = np.array(pairs.groups or range(len(pairs)))
    _, first = np.unique(np.array([same_text(text) for text in pairs.said]), return_index=True)
    first.sort()
    answers = np.ascontiguousarray(said[first], dtype=np.float32)
    index = faiss.IndexFlatIP(answers.shape[1])
    index.add(answers)
    own = (asked * said).sum(axis=1)
    scores, places = index.search(np.ascontiguousarray(asked, dtype=np.float32), min(_DEEP, len(first)))
    found = []
    for row, (line, near) in enumerate(zip(scores, first[places], strict=True)):
        wrong = (groups[near] != groups[row]) & (said[near] @ said[row] < _ALIKE)
        wrong &= line < _SURE * max(float(own[row]), 0.0)
        found.append(tuple(pairs.said[place] for place in near[wrong][:count].tolist()))
    return tuple(found)


def _pairs(examples: Examples, groups: Sequence[int], kept: Sequence[bool]) -> Pairs:
    rows = [row for row, chosen in enumerate(kept) if chosen]
    said = tuple(ticket.answer for row in rows if (ticket := examples.tickets[row]) is not None)
    return Pairs(tuple(examples.texts[row] for row in rows), said, tuple(groups[row] for row in rows))
