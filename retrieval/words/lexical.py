"""Lexical search: which stored texts share the rare words of a query. BM25 on tantivy, saved as generations.

A generation on disk is never written again: every process maps it and reads. What was added or removed since lies in
memory, in each process its own, so that no lock is held by who only searches or follows the store; a new generation is
made of both, aside, by whoever holds the home's lock.
"""

from __future__ import annotations

import json
import math
import os
import secrets
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

from replydesk.data.errors import VectorIndexError
from replydesk.data.home import file_hash, sync_folder, write_atomically
from replydesk.retrieval.words.terms import terms

__all__ = ["K1", "B", "LexicalIndex", "LexicalQuery"]

ANALYSIS: Final = 1
"""Raise it when :func:`~replydesk.retrieval.words.terms.terms` gives other terms: then every index is built again."""

_MANIFEST = "manifest.json"
_FIELDS = {"analysis": int, "generation": int, "seq": int, "count": int, "length": int, "folder": str, "files": dict}
_CURE = "It is rebuilt from the store by `replydesk doctor --repair`."
# So many new texts are compared one by one: a commit of tantivy for each would take longer than a search.
_PENDING = 256
# The writer's arena; tantivy takes no less.
_ARENA = 15_000_000
_LOCKS = (".tantivy-writer.lock", ".tantivy-meta.lock")
# A pasted page has thousands of terms, and its rarest say what it is about.
_ASKED = 48
# Candidates come by the rarest of them that are there at all, which bounds what a long message costs.
_SOUGHT = 24
# Lucene's, but a long question is blamed less; docs/why/words-and-meaning.md says on what they were chosen.
K1, B = 1.2, 0.3


@dataclass(frozen=True)
class LexicalQuery:
    """The terms of a query with their weights (inverse document frequencies) in one index, the rarest only.

    ``sought`` are the rarest of those that the index has.
    """

    weights: Mapping[str, float]
    usual_length: float
    sought: tuple[str, ...] = ()

    def score(self, counts: Mapping[str, int]) -> float:
        """Return BM25 of a text with these term counts, divided by that of a text of usual length with every term once.

        So 0 is no word in common, and 1 all of them; rare words said again and again give up to 2.2.
        """
        whole = self.whole
        if not whole:
            return 0.0
        shared = [(weight, counts[term]) for term, weight in self.weights.items() if term in counts]
        if not shared:
            return 0.0
        damp = K1 * (1 - B + B * sum(counts.values()) / self.usual_length)
        return sum(weight * count * (K1 + 1) / (count + damp) for weight, count in shared) / whole

    @cached_property
    def whole(self) -> float:
        """Return the sum of the weights."""
        return sum(self.weights.values())

    def told(self, said: Iterable[str], rarities: Mapping[str, float]) -> float:
        """Return which share of what a text says, by weight, the query says too: 1 where it says all of it.

        ``said`` are the text's terms, each once, ``rarities`` their weights and perhaps others'. A text whose every
        word was asked for stands above a longer one with the same words.
        """
        whole = sum([rarities[term] for term in said])
        return sum([rarities[term] for term in said if term in self.weights]) / whole if whole else 0.0


class LexicalIndex:
    """The words of texts under ticket ids (32 hexadecimal digits); ``seq`` is the last change of the store it knows.

    >>> index = LexicalIndex()
    >>> index.add(["a" * 32, "b" * 32], ["The machine shows E4", "Where is my parcel?"])
    >>> index.search(index.query("error e4"), 5)
    ['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa']
    """

    def __init__(self) -> None:
        self.seq = 0
        self._base: Any = None
        self._folder: Path | None = None
        self._in_base: dict[str, int] = {}
        self._stored = 0
        self._length = 0
        self._restart()

    def __len__(self) -> int:
        return self._stored - len(self._gone) + len(self._fresh)

    @property
    def unsaved(self) -> int:
        """Return how many texts came or went since the words were saved."""
        return len(self._fresh) + len(self._gone)

    def add(self, keys: Sequence[str], texts: Iterable[str]) -> None:
        """Add texts under their keys; a key that is there gets its new text."""
        for key, text in zip(keys, texts, strict=True):
            self._forget(key)
            words = terms(text)
            self._length += len(words)
            self._fresh[key] = " ".join(words)
            self._pending[key] = Counter(words)
            self._pending_in.update(self._pending[key].keys())
            if len(self._pending) > _PENDING:
                self._flush()

    def remove(self, keys: Iterable[str]) -> int:
        """Remove the keys that are there and return how many were."""
        return sum(map(self._forget, keys))

    def query(self, text: str) -> LexicalQuery:
        """Return the terms of a text with their weights here; any text is a query, and none has a syntax."""
        known, count = self._frequencies(dict.fromkeys(terms(text)))
        rarest = sorted(known, key=known.__getitem__)[:_ASKED]
        weights = {term: _rarity(known[term], count) for term in rarest}
        sought = tuple([term for term in rarest if known[term]][:_SOUGHT])
        return LexicalQuery(weights, max(1.0, self._length / max(1, count)), sought)

    def rarities(self, found: Iterable[str]) -> dict[str, float]:
        """Return terms with their inverse document frequencies."""
        known, count = self._frequencies(found)
        # Many terms are as frequent.
        weights = {frequency: _rarity(frequency, count) for frequency in set(known.values())}
        return {term: weights[frequency] for term, frequency in known.items()}

    def search(self, query: LexicalQuery, k: int) -> list[str]:
        """Return up to ``k`` keys of texts with words of the query, best first as far as one segment can tell."""
        import tantivy

        if not query.sought or k < 1:
            return []
        schema = _schema()
        clauses = [
            (tantivy.Occur.Should, tantivy.Query.term_query(schema, "text", term, "freq")) for term in query.sought
        ]
        asked = tantivy.Query.boolean_query(clauses)
        found: list[tuple[float, str]] = []
        for searcher in self._searchers():
            size = k
            while True:
                hits = searcher.search(asked, size, count=False).hits
                kept = _keys(searcher, hits)
                if searcher is self._base:
                    kept = [(score, key) for score, key in kept if key not in self._gone]
                if len(kept) >= k or len(hits) < size:
                    break
                size *= 4
            found += kept[:k]
        scored = ((query.whole * query.score(counts), key) for key, counts in self._pending.items())
        found += [(score, key) for score, key in scored if score > 0]
        return [key for _, key in sorted(found, key=lambda pair: (-pair[0], pair[1]))[:k]]

    def save(self, folder: Path) -> None:
        """Write a new generation aside, move the manifest to it and drop the old one; nothing where nothing changed.

        Raises :class:`~replydesk.data.errors.HomeError` when the disk is full; the old generation stays valid. To be
        called by one process at a time.
        """
        folder.mkdir(parents=True, exist_ok=True)
        generation = 1 + max(
            (int(path.name[len("words-") :]) for path in folder.glob("words-*") if path.name[6:].isdigit()), default=0
        )
        count, place = len(self), folder / f"words-{generation}"
        aside = folder / f".{place.name}.{secrets.token_hex(4)}.tmp"
        try:
            self._write(aside)
            aside.rename(place)
            sync_folder(folder)
        except (OSError, ValueError):
            shutil.rmtree(aside, ignore_errors=True)
            raise
        manifest = {
            "analysis": ANALYSIS, "generation": generation, "seq": self.seq, "count": count, "length": self._length,
            "folder": place.name, "files": _digests(place),
        }  # fmt: skip
        write_atomically(folder / _MANIFEST, json.dumps(manifest, indent=1).encode())
        self._open(place, count)
        for path in [*folder.glob("words-*"), *folder.glob(".words-*.tmp")]:
            if path != place:
                # Whoever still reads it goes on: its files are mapped.
                shutil.rmtree(path, ignore_errors=True)

    @classmethod
    def load(cls, folder: Path) -> LexicalIndex:
        """Read the newest generation. Raises :class:`VectorIndexError` when there is none or it is torn."""
        manifest = _manifest(folder)
        if manifest["analysis"] != ANALYSIS:
            raise VectorIndexError("The words were read by other rules.", where=str(folder), hint=_CURE)
        place = folder / manifest["folder"]
        index = cls()
        try:
            if _digests(place) != manifest["files"]:
                raise VectorIndexError("The words are damaged: a checksum is wrong.", where=str(place), hint=_CURE)
            index._open(place, manifest["count"])
        except (OSError, ValueError) as error:
            raise VectorIndexError(f"The words cannot be read: {error}.", where=str(place), hint=_CURE) from error
        index.seq, index._length = manifest["seq"], manifest["length"]
        return index

    def _open(self, place: Path, count: int) -> None:
        import tantivy

        searcher = tantivy.Index.open(str(place)).searcher()
        self._base, self._folder, self._stored = searcher, place, count
        # A generation never changes.
        self._in_base = {}
        self._restart()

    def _restart(self) -> None:
        """Begin with nothing in memory."""
        index = _tantivy()
        self._delta, self._writer, self._dirty = index, index.writer(_ARENA, 1), False
        self._fresh: dict[str, str] = {}
        self._pending: dict[str, Counter[str]] = {}
        self._pending_in: Counter[str] = Counter()
        self._gone: set[str] = set()

    def _forget(self, key: str) -> bool:
        if key in self._fresh:
            self._length -= len(self._fresh.pop(key).split())
            if key in self._pending:
                self._pending_in.subtract(self._pending.pop(key).keys())
            else:
                self._writer.delete_documents_by_query(_of(key))
                self._dirty = True
            return True
        if self._base is None or key in self._gone or not _holds(self._base, key):
            return False
        self._length -= round(self._length / max(1, len(self)))
        self._gone.add(key)
        return True

    def _frequencies(self, found: Iterable[str]) -> tuple[dict[str, int], int]:
        """Return in how many texts each term stands, and how many texts there are."""
        searchers = self._searchers()
        count = sum(searcher.num_docs for searcher in searchers) + len(self._pending)
        known = {term: self._pending_in.get(term, 0) for term in found}
        for searcher in searchers:
            remembered = self._in_base if searcher is self._base else {}
            for term in known:
                frequency = remembered.get(term)
                if frequency is None:
                    frequency = searcher.doc_freq("text", term)
                    # What is not there at all has no end.
                    if frequency:
                        remembered[term] = frequency
                known[term] += frequency
        return known, count

    def _flush(self) -> None:
        """Give what is pending to tantivy."""
        for key in self._pending:
            self._writer.add_document(_document(key, self._fresh[key]))
        self._pending, self._pending_in, self._dirty = {}, Counter(), True

    def _searchers(self) -> list[Any]:
        if self._dirty:
            self._writer.commit()
            self._delta.reload()
            self._dirty = False
        held = len(self._fresh) > len(self._pending)
        return [*([self._base] if self._base is not None else []), *([self._delta.searcher()] if held else [])]

    def _write(self, place: Path) -> None:
        """Write the base without what is gone, and what is fresh."""
        place.mkdir()
        if self._folder is not None:
            for path in self._folder.iterdir():
                if path.name not in _LOCKS:
                    _linked(path, place / path.name)
        index = _tantivy(place)
        writer = index.writer(4 * _ARENA, 1)
        for key in self._gone:
            writer.delete_documents_by_query(_of(key))
        for key, line in self._fresh.items():
            writer.add_document(_document(key, line))
        writer.commit()
        writer.wait_merging_threads()
        for name in _LOCKS:
            (place / name).unlink(missing_ok=True)


def _rarity(frequency: int, count: int) -> float:
    return math.log(1 + (max(0, count - frequency) + 0.5) / (frequency + 0.5))


@cache
def _schema() -> Any:
    import tantivy

    builder = tantivy.SchemaBuilder()
    # Fast fields hold numbers only, and reading a stored text is many times as slow: an id is its two halves.
    builder.add_unsigned_field("head", indexed=True, fast=True)
    builder.add_unsigned_field("tail", fast=True)
    builder.add_text_field("text", stored=False, tokenizer_name="terms", index_option="freq")
    return builder.build()


def _tantivy(place: Path | None = None) -> Any:
    import tantivy

    index = tantivy.Index(_schema(), str(place)) if place else tantivy.Index(_schema())
    index.register_tokenizer("terms", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    return index


def _document(key: str, line: str) -> Any:
    import tantivy

    document = tantivy.Document()
    head, tail = _numbers(key)
    document.add_unsigned("head", head)
    document.add_unsigned("tail", tail)
    document.add_text("text", line)
    return document


def _numbers(key: str) -> tuple[int, int]:
    return int(key[:16], 16), int(key[16:], 16)


def _keys(searcher: Any, hits: Sequence[tuple[float, Any]]) -> list[tuple[float, str]]:
    places = [place for _, place in hits]
    if not places:
        return []
    heads, tails = searcher.fast_field_values("head", places), searcher.fast_field_values("tail", places)
    return [
        (float(score), f"{head:016x}{tail:016x}") for (score, _), head, tail in zip(hits, heads, tails, strict=True)
    ]


def _of(key: str) -> Any:
    import tantivy

    return tantivy.Query.term_query(_schema(), "head", _numbers(key)[0])


def _holds(searcher: Any, key: str) -> bool:
    return bool(searcher.search(_of(key), 1, count=False).hits)


def _linked(source: Path, target: Path) -> None:
    """Give a file a second name: tantivy replaces its files and never writes into one."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _digests(place: Path) -> dict[str, str]:
    found = {}
    for path in sorted(place.iterdir()):
        if path.name not in _LOCKS:
            found[path.name] = file_hash(path)
    return found


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((folder / _MANIFEST).read_bytes())
        return {name: kind(found[name]) for name, kind in _FIELDS.items()}
    except FileNotFoundError as error:
        raise VectorIndexError("There are no words yet.", where=str(folder), hint=_CURE) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise VectorIndexError("The manifest of the words is damaged.", where=str(folder), hint=_CURE) from error
