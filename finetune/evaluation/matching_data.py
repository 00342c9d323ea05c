"""The contexts and replies of an evaluation: to learn from, to judge by, and to read before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from replydesk.data.errors import RequestError
from replydesk.data.records import same_text
from replydesk.finetune.encoders.tuning import Pairs
from replydesk.finetune.evaluation.reading import longest
from replydesk.finetune.evaluation.rows import LeftOut, keyed_rows
from replydesk.finetune.pretraining.corpus import Corpus
from replydesk.retrieval.indexes import search_text

__all__ = ["MatchData", "pairs_at"]

_HINT = 'Each line is {"context": "...", "reply": "..."}; a context may be a list of turns, oldest first.'


@dataclass(frozen=True, slots=True)
class MatchData:
    """Contexts and their replies, to learn from and to judge by.

    A context of several turns is read as the index reads it: a short last turn takes the one before the last reply
    with it. ``corpus`` is what a recipe that pre-trains reads before: the ``unlabelled`` texts where they are given,
    else the training conversations turn by turn. ``judging`` are the turns of the test.
    """

    train: Pairs
    test: Pairs
    notes: tuple[str, ...] = ()
    corpus: Corpus = field(default=Corpus(), repr=False)
    judging: tuple[str, ...] = field(default=(), repr=False)
    unlabelled: bool = False

    @classmethod
    def read(
        cls,
        train: Path,
        test: Path,
        *,
        unlabelled: Path | None = None,
        limit: int | None = None,
        seed: int = 0,
    ) -> MatchData:
        """Return what two JSONL files with ``context`` and ``reply`` hold; ``limit`` draws so many rows of each.

        Up to a tenth of the rows of a file may have an empty side; they are left out, which ``notes`` tell.

        ``unlabelled`` has a text a line, or is JSONL with ``text`` or ``turns``. Raises :class:`RequestError` with file
        and line.
        """
        notes: list[str] = []
        (learned, spoken), (judged, asked) = _pairs(train, notes), _pairs(test, notes)
        if limit is not None:
            (learned, spoken), (judged, asked) = (
                _drawn(learned, spoken, limit, seed),
                _drawn(judged, asked, limit, seed),
            )
            notes.append(f"--limit {limit}: of each file at most so many rows were drawn.")
        known = set(zip(map(same_text, learned.asked), map(same_text, learned.said), strict=True))
        again = sum(
            pair in known for pair in zip(map(same_text, judged.asked), map(same_text, judged.said), strict=True)
        )
        if again:
            notes.append(f"{again} of {len(judged)} pairs of --test are also in --train.")
        corpus = Corpus.of_files([unlabelled]) if unlabelled is not None else Corpus.of(longest(spoken))
        turns = tuple(dict.fromkeys(turn for conversation in asked for turn in conversation))
        return cls(learned, judged, tuple(notes), corpus, turns, unlabelled is not None)


def pairs_at(pairs: Pairs, rows: Sequence[int]) -> Pairs:
    """Return the pairs at some places, with the groups that they have."""
    columns = ([column[row] for row in rows] if column else () for column in (pairs.asked, pairs.said, pairs.groups))
    asked, said, groups = columns
    return Pairs(tuple(asked), tuple(said), tuple(groups))  # type: ignore[arg-type]


def _pairs(path: Path, notes: list[str]) -> tuple[Pairs, list[tuple[str, ...]]]:
    """Return the pairs of a file and, for each, the turns of its context and its reply.

    Rows of which one side is empty are left out, up to a tenth of them, and ``notes`` say so.
    """
    asked, said, spoken, left = [], [], [], LeftOut(path)
    for where, row in keyed_rows(path):
        context, reply = (row.get(name) or "" for name in ("context", "reply"))
        turns = [context] if isinstance(context, str) else context
        if not isinstance(turns, list) or not all(isinstance(turn, str) for turn in turns):
            raise RequestError("This line has no context, or one that is no text.", where=where, hint=_HINT)
        if not isinstance(reply, str):
            raise RequestError("This line has no reply, or one that is no text.", where=where, hint=_HINT)
        lacks = "" if turns[-1].strip() and reply.strip() else "reply" if turns[-1].strip() else "context"
        if left.row(where, lacks):
            continue
        stripped = [turn.strip() for turn in turns]
        asked.append(search_text(stripped[-1], stripped[:-1]))
        said.append(reply.strip())
        spoken.append((*stripped, reply.strip()))
    if not left.rows:
        raise RequestError("The file is empty.", where=str(path), hint=_HINT)
    notes += left.told()
    return Pairs(tuple(asked), tuple(said)), spoken


def _drawn(
    pairs: Pairs, spoken: Sequence[tuple[str, ...]], limit: int, seed: int
) -> tuple[Pairs, list[tuple[str, ...]]]:
    rows = np.sort(np.random.default_rng(seed).permutation(len(pairs))[:limit]).tolist()
    return pairs_at(pairs, rows), [spoken[row] for row in rows]
