"""The files that retrieval is judged on: texts to rank, queries with the relevant ones, and pairs to learn from."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from replydesk.data.errors import RequestError
from replydesk.finetune.evaluation.rows import LeftOut, keyed_rows

__all__ = ["RetrievalData", "read_pairs"]

_RELEVANT = "Name ids of the corpus, which are compared as text, or leave the query out."


@dataclass(frozen=True, slots=True)
class RetrievalData:
    """Texts to rank, queries, and for each query the places of its relevant texts and of those that are ranked."""

    corpus: tuple[str, ...]
    queries: tuple[str, ...]
    relevant: tuple[frozenset[int], ...]
    candidates: tuple[tuple[int, ...] | None, ...]
    notes: tuple[str, ...] = ()

    def places(self, row: int) -> NDArray[np.int_]:
        """Return the places of the texts that are ranked for a query."""
        among = self.candidates[row]
        return np.arange(len(self.corpus)) if among is None else np.array(among)

    @classmethod
    def read(cls, corpus: Path, queries: Path, *, limit: int | None = None, seed: int = 0) -> RetrievalData:
        """Return what two JSONL files hold: ``{"id", "text"}`` and ``{"text", "relevant", "candidates"?}``.

        ``limit`` draws so many queries. Ids that are not in the corpus are passed over, and queries that are empty or
        have no relevant text left are left out, up to a tenth of them; ``notes`` say so. Raises :class:`RequestError`
        with file and line.
        """
        places: dict[str, int] = {}
        texts: list[str] = []
        for where, row in keyed_rows(corpus):
            key, text = str(_value(row, "id", (str, int), where)), _value(row, "text", (str,), where)
            if key in places:
                raise RequestError(f"The id {key} is there twice.", where=where, hint="Give every text its own id.")
            places[key] = len(texts)
            texts.append(text)
        asked: list[tuple[str, frozenset[int], tuple[int, ...] | None]] = []
        left, strangers = LeftOut(queries, _RELEVANT), Counter[str]()
        for where, row in keyed_rows(queries):
            text = _value(row, "text", (str,), where)
            relevant = _places(row, "relevant", places, where, strangers)
            listed = row.get("candidates") is not None
            ranked_only = _places(row, "candidates", places, where, strangers) if listed else None
            lacks = "" if text.strip() else "text"
            if not relevant:
                lacks = lacks or "relevant text in the corpus"
            elif ranked_only is not None and not set(relevant) & set(ranked_only):
                lacks = lacks or "relevant text among its candidates"
            if not left.row(where, lacks):
                asked.append((text, frozenset(relevant), ranked_only))
        notes = list(left.told())
        if strangers:
            named = f"{len(strangers)} ids of {queries.name} are not in {corpus.name}, such as {next(iter(strangers))}"
            notes.append(f"{named}; they are named {strangers.total()} times and passed over.")
        if not texts or not asked:
            empty = corpus if not texts else queries
            raise RequestError("The file is empty.", where=str(empty), hint="Name a JSONL file with rows.")
        if limit is not None and limit < len(asked):
            drawn = np.sort(np.random.default_rng(seed).permutation(len(asked))[:limit])
            asked = [asked[i] for i in drawn]
        texts_asked, relevants, listed_only = zip(*asked, strict=True)
        return cls(tuple(texts), texts_asked, relevants, listed_only, tuple(notes))


def read_pairs(path: Path) -> list[tuple[str, str]]:
    """Return the pairs of texts that belong together, of a JSONL file of ``{"a", "b"}``, else :class:`RequestError`."""
    return [(_value(row, "a", (str,), where), _value(row, "b", (str,), where)) for where, row in keyed_rows(path)]


def _value(row: dict[str, Any], name: str, kinds: tuple[type, ...], where: str) -> Any:
    found = row.get(name)
    if not isinstance(found, kinds) or isinstance(found, bool):
        hint = "docs/reference/commands.md shows what a line holds."
        raise RequestError(f"This line has no {name}, or one of another type.", where=where, hint=hint)
    return found


def _places(
    row: dict[str, Any], name: str, places: dict[str, int], where: str, strangers: Counter[str]
) -> tuple[int, ...]:
    """Return the places of the ids in the corpus; ``strangers`` counts those that are not there."""
    keys = [str(key) for key in _value(row, name, (list,), where)]
    strangers.update(key for key in keys if key not in places)
    return tuple(dict.fromkeys(places[key] for key in keys if key in places))
