"""The corpus: what people wrote to each other, turn by turn, without any label; from the desk's store or from files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from replydesk.data.errors import FormatError, RequestError
from replydesk.data.leaks import find_leaks
from replydesk.data.settings import Settings
from replydesk.data.splits import Asked
from replydesk.data.store import Store
from replydesk.data.tickets import utterances

__all__ = ["Corpus"]

_HINT = 'Write a line of text, or {"text": ...} or {"turns": ["...", {"text": ...}]}.'


@dataclass(frozen=True, slots=True)
class Corpus:
    """Conversations, each the texts of its turns in order; a text that stands alone is a conversation of one turn."""

    conversations: tuple[tuple[str, ...], ...] = ()

    @classmethod
    def of(cls, conversations: Iterable[Sequence[str] | str]) -> Corpus:
        """Return the corpus of texts or conversations; empty turns are left out."""
        turned = ((one,) if isinstance(one, str) else one for one in conversations)
        kept = (tuple(" ".join(text.split()) for text in turns if text.strip()) for turns in turned)
        return cls(tuple(turns for turns in kept if turns))

    @classmethod
    def of_files(cls, paths: Iterable[str | Path]) -> Corpus:
        """Return what files hold: a text a line, or JSON Lines with ``text`` or ``turns``.

        Raises :class:`RequestError` where a file cannot be read, and :class:`FormatError` where a line holds no text.
        """
        return cls.of(one for path in paths for one in _lines_of(Path(path)))

    @classmethod
    def of_store(
        cls,
        store: Store,
        settings: Settings,
        *,
        languages: Sequence[str] = (),
        without: Collection[str] = (),
    ) -> Corpus:
        """Return the training part of a desk: its conversations and the tickets that were given by themselves.

        Conversations of the test part and those put aside are not learned from, and neither is a turn whose text, or
        nearly its text, was asked in the test part: a conversation is cut there. ``languages`` leaves out turns in
        others; ``without`` are customers, or conversations without one, that are held out. Conversations that have no
        part yet get one, as :func:`~replydesk.finetune.collecting.collect` gives it.
        """
        from replydesk.finetune.parts import assigned_parts

        parts = assigned_parts(store, settings)
        runs: list[list[_Turn]] = []
        judged: list[Asked] = []
        for conversation in store.conversations():
            part, turns = parts.get(conversation.id), utterances(conversation)
            asked = [Asked(conversation.id, text=turn.text) if turn.role == "customer" else None for turn in turns]
            if part == "test":
                judged += filter(None, asked)
            elif part == "train" and (conversation.customer or conversation.id) not in without:
                runs.append(
                    [
                        (turn.text, question)
                        for turn, question in zip(turns, asked, strict=True)
                        if not languages or turn.messages[0].language in languages
                    ]
                )
        runs += [
            [(ticket.question, Asked(ticket.id, text=ticket.question)), (ticket.answer, None)]
            for ticket in store.given()
            if parts.get(ticket.id, "train") == "train" and (not languages or ticket.language in languages)
        ]
        judged += [Asked(ticket.id, text=ticket.question) for ticket in store.given() if parts.get(ticket.id) == "test"]
        questions = [(row, place) for row, run in enumerate(runs) for place, turn in enumerate(run) if turn[1]]
        leaks = find_leaks([asked for run in runs for _, asked in run if asked], judged)
        left_out = {questions[number] for number in leaks}
        return cls.of(part for row, run in enumerate(runs) for part in _between(row, run, left_out))

    def __len__(self) -> int:
        return sum(map(len, self.conversations))

    def __add__(self, other: Corpus) -> Corpus:
        """Return these conversations followed by the others."""
        return Corpus(self.conversations + other.conversations)

    @property
    def texts(self) -> tuple[str, ...]:
        """Return every text once, in the order in which they come."""
        return tuple(dict.fromkeys(text for turns in self.conversations for text in turns))

    @property
    def fingerprint(self) -> str:
        """Return an id of what is said."""
        digest = hashlib.blake2b(digest_size=8)
        for turns in self.conversations:
            digest.update(json.dumps(turns).encode())
        return digest.hexdigest()

    def drawn(self, most: int, seed: int) -> Corpus:
        """Return conversations drawn by chance until they hold that many texts, in their order."""
        if len(self) <= most:
            return self
        kept, count = [], 0
        for row in np.random.default_rng(seed).permutation(len(self.conversations)).tolist():
            if count >= most:
                break
            kept.append(row)
            count += len(self.conversations[row])
        return Corpus(tuple(self.conversations[row] for row in sorted(kept)))

    def split(self, share: float, most: int, seed: int) -> tuple[Corpus, Corpus]:
        """Return the conversations to learn from and those held out: a share of them, at most so many.

        Fewer than 20 conversations are too few to hold any out.
        """
        count = len(self.conversations)
        held = set(np.random.default_rng((seed, 1)).permutation(count)[: min(most, int(share * count))].tolist())
        if count < _FEW:
            held = set()
        rows = list(enumerate(self.conversations))
        return Corpus(tuple(t for i, t in rows if i not in held)), Corpus(tuple(t for i, t in rows if i in held))


_FEW = 20


_Turn = tuple[str, Asked | None]
"""A turn's text; what it asks, where a customer said it."""


def _between(row: int, run: Sequence[_Turn], left_out: set[tuple[int, int]]) -> Iterator[tuple[str, ...]]:
    """Yield the stretches of a conversation between the turns that are left out."""
    stretch: list[str] = []
    for place, (text, _) in enumerate(run):
        if (row, place) not in left_out:
            stretch.append(text)
        elif stretch:
            yield tuple(stretch)
            stretch = []
    if stretch:
        yield tuple(stretch)


def _lines_of(path: Path) -> Iterator[tuple[str, ...]]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield _turns_of(line, f"{path}:{number}") if path.suffix in (".jsonl", ".json") else (line,)
    except (OSError, UnicodeDecodeError) as error:
        hint = "Name a file of texts in UTF-8."
        raise RequestError(f"The texts cannot be read: {error}.", where=str(path), hint=hint) from error


def _turns_of(line: str, where: str) -> tuple[str, ...]:
    try:
        row: Any = json.loads(line)
    except ValueError as error:
        raise FormatError(f"The line is no JSON: {error}.", where=where, hint=_HINT) from error
    found = row
    if isinstance(row, dict):
        found = row.get("turns", row.get("text"))
    turns = [found] if isinstance(found, str) else found
    if isinstance(turns, list):
        texts = [turn.get("text") if isinstance(turn, dict) else turn for turn in turns]
        told = tuple(text for text in texts if isinstance(text, str))
        if len(told) == len(texts):
            return told
    raise FormatError("The line holds no text.", where=where, hint=_HINT)
