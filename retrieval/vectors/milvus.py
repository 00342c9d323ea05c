"""Vectors in Milvus: one collection an encoder, one entity a ticket, and a small collection that says how far each is.

Milvus has no transactions. Entities therefore carry the number of the change that wrote them, so that a server that was
held up removes nothing that came after it, and the number of the collection moves last, so that what a crash cut off is
done again.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

import numpy as np

from replydesk.data.errors import EngineError, VectorIndexError
from replydesk.retrieval.encoders.encoder import Vectors
from replydesk.retrieval.vectors.engines import checked, shown, table_name

__all__ = ["MilvusIndex"]

_STATE = "replydesk_indexes"
_TIMEOUT = 10.0
# Milvus gives at most so many hits for a query, and takes messages of at most 64 MB.
_MOST, _BATCH, _PAGE = 16_384, 1000, 10_000
# A reader of "Bounded" consistency is at most five seconds behind: for a while after a change it asks for more.
_SETTLED = 15.0
_NO_COLLECTION = 100
_T = TypeVar("_T")


class MilvusIndex:
    """Inner-product search in a Milvus server, by whatever index Milvus itself finds fit (AUTOINDEX).

    The URL is ``http://host:19530``, ``https://...`` or ``milvus://user:password@host:19530/database``.

    >>> index = MilvusIndex("http://milvus.example:19530", "toy", 2)    # doctest: +SKIP
    """

    def __init__(self, url: str, encoder_id: str, dimension: int) -> None:
        self.encoder_id, self.dimension, self.where = encoder_id, dimension, shown(url)
        self.seq, self.mark = -1, ""
        self._url, self._name = url, table_name(encoder_id)
        try:
            import pymilvus
        except ImportError as error:
            hint = "`pip install 'replydesk[milvus]'`."
            raise EngineError(f"Milvus needs a library: {error}.", where=self.where, hint=hint) from error
        self._open: Any = pymilvus.MilvusClient
        self._known: Any = None
        self._there, self._changed = False, time.monotonic()

    def __len__(self) -> int:
        return self._if_there(lambda client: self._count(client), 0)

    def keys(self) -> set[str]:
        """Return the ids of all tickets in the collection."""
        return self._if_there(lambda client: set(self._pages(client)), set())

    def add(self, keys: Sequence[str], vectors: Vectors) -> None:
        """Add vectors under their keys. Raises :class:`VectorIndexError` for another encoder's dimension."""
        rows = checked(keys, vectors, self.dimension, self.encoder_id)
        if rows:
            with self._work() as client:
                self._make(client)
                self._upsert(client, rows, max(self.seq, 0))

    def remove(self, keys: Sequence[str]) -> int:
        """Remove the keys that are there and return how many were."""
        return self._if_there(lambda client: self._remove(client, keys), 0) if keys else 0

    def search(
        self, queries: Vectors, k: int, *, among: Collection[str] | None = None
    ) -> list[list[tuple[str, float]]]:
        """Return for every query up to ``k`` pairs of key and cosine, best first, of the keys ``among`` if given.

        Milvus gives at most 16,384.
        """
        if k < 1 or not len(queries) or (among is not None and not among):
            return [[] for _ in queries]
        level = "Strong" if time.monotonic() - self._changed < _SETTLED else "Bounded"
        found: list[Any] = self._if_there(
            lambda client: client.search(
                self._name,
                data=np.ascontiguousarray(queries, dtype=np.float32),
                anns_field="vector",
                limit=min(k, _MOST),
                filter="" if among is None else _among(list(among)),
                output_fields=["ticket"],
                search_params={"metric_type": "IP"},
                consistency_level=level,
                timeout=_TIMEOUT,
            ),
            [[] for _ in queries],
        )
        return [[(hit["ticket"], float(hit["distance"])) for hit in hits] for hits in found]

    def refresh(self) -> None:
        """Ask the collection of states for ``seq`` and ``mark``. Raises :class:`VectorIndexError` for a wrong size."""
        seq, mark = self._if_there(self._state, (0, ""))
        if (seq, mark) != (self.seq, self.mark):
            self._changed = time.monotonic()
        self.seq, self.mark = seq, mark

    def advance(self, seq: int, mark: str, keys: Sequence[str], vectors: Vectors, removed: Sequence[str]) -> bool:
        """Add and remove, then move on, if the collection still stands at ``self.seq``."""
        rows = checked(keys, vectors, self.dimension, self.encoder_id)
        with self._work() as client:
            self._make(client)
            if self._state(client)[0] != self.seq:
                return False
            self._upsert(client, rows, seq)
            for part in _parts(list(removed)):
                client.delete(self._name, filter=f"{_among(part)} and seq <= {seq}", timeout=_TIMEOUT)
            row = {"name": self._name, "seq": seq, "mark": mark, "place": [0.0, 0.0]}
            client.upsert(_STATE, [row], timeout=_TIMEOUT)
        self.seq, self.mark, self._changed = seq, mark, time.monotonic()
        return True

    def clear(self) -> None:
        """Drop the collection and what is known of it."""
        with self._work() as client:
            client.drop_collection(self._name, timeout=_TIMEOUT)
            if client.has_collection(_STATE, timeout=_TIMEOUT):
                client.delete(_STATE, filter=f"name == {json.dumps(self._name)}", timeout=_TIMEOUT)
        self.seq, self.mark, self._there = -1, "", False

    def close(self) -> None:
        """Give the connection back."""
        if self._known is not None:
            self._known.close()
            self._known = None

    def _client(self) -> Any:
        if self._known is None:
            # It writes every error with its trace to stderr, though it raises it as well.
            logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
            parts = urlsplit(self._url)
            scheme = "http" if parts.scheme == "milvus" else parts.scheme
            self._known = self._open(
                uri=f"{scheme}://{parts.netloc.rpartition('@')[2]}",
                user=unquote(parts.username or ""),
                password=unquote(parts.password or ""),
                db_name=parts.path.strip("/"),
                timeout=_TIMEOUT / 2,
                # Its own ten seconds are too often for servers that keep to gRPC's default, which then hang up.
                grpc_options={"grpc.keepalive_time_ms": 300_000, "grpc.keepalive_permit_without_calls": 0},
            )
        return self._known

    @contextmanager
    def _work(self) -> Iterator[Any]:
        """Give the client. Raises :class:`EngineError`."""
        import grpc

        try:
            yield self._client()
        except (_failures(), grpc.RpcError, ValueError) as error:
            raise self._error(error) from error

    def _if_there(self, ask: Callable[[Any], _T], otherwise: _T) -> _T:
        with self._work() as client:
            if not self._is_there(client):
                return otherwise
            try:
                return ask(client)
            except _failures() as error:
                if error.code != _NO_COLLECTION:
                    raise
        # Another server dropped it to build it again.
        self.seq, self.mark, self._there = -1, "", False
        return otherwise

    def _is_there(self, client: Any) -> bool:
        if not self._there and client.has_collection(self._name, timeout=_TIMEOUT):
            fields = client.describe_collection(self._name, timeout=_TIMEOUT)["fields"]
            there = next((int(field["params"]["dim"]) for field in fields if "dim" in field["params"]), 0)
            if there != self.dimension:
                message = f"The collection holds vectors of {there} dimensions, the encoder makes {self.dimension}."
                hint = f"Drop the collection {self._name}; `replydesk doctor --repair` fills it again."
                raise VectorIndexError(message, where=self.where, hint=hint)
            for name in (self._name, _STATE):
                if client.has_collection(name, timeout=_TIMEOUT):
                    client.load_collection(name, timeout=_TIMEOUT)
            self._there = True
        return self._there

    def _make(self, client: Any) -> None:
        if self._is_there(client):
            return
        from pymilvus import DataType

        text, number = DataType.VARCHAR, DataType.INT64
        mine = {"ticket": (text, 64), "seq": (number, 0), "vector": (DataType.FLOAT_VECTOR, self.dimension)}
        # Milvus has no collection without vectors.
        state = {"name": (text, 255), "seq": (number, 0), "mark": (text, 64), "place": (DataType.FLOAT_VECTOR, 2)}
        for name, fields in ((self._name, mine), (_STATE, state)):
            if client.has_collection(name, timeout=_TIMEOUT):
                continue
            schema = client.create_schema(auto_id=False, enable_dynamic_field=False)
            index = client.prepare_index_params()
            for field, (kind, size) in fields.items():
                if kind == DataType.FLOAT_VECTOR:
                    schema.add_field(field, kind, dim=size)
                    index.add_index(field, index_type="AUTOINDEX", metric_type="IP")
                elif kind == text:
                    schema.add_field(field, kind, max_length=size, is_primary=field in ("ticket", "name"))
                else:
                    schema.add_field(field, kind)
            client.create_collection(
                name, schema=schema, index_params=index, consistency_level="Strong", timeout=3 * _TIMEOUT
            )
        self._there = True

    def _state(self, client: Any) -> tuple[int, str]:
        if not client.has_collection(_STATE, timeout=_TIMEOUT):
            return 0, ""
        rows = client.query(
            _STATE,
            filter=f"name == {json.dumps(self._name)}",
            output_fields=["seq", "mark"],
            consistency_level="Strong",
            timeout=_TIMEOUT,
        )
        return (int(rows[0]["seq"]), str(rows[0]["mark"])) if rows else (0, "")

    def _upsert(self, client: Any, rows: Mapping[str, Vectors], seq: int) -> None:
        for part in _parts(list(rows)):
            entities = [{"ticket": key, "seq": seq, "vector": rows[key].astype(np.float32)} for key in part]
            client.upsert(self._name, entities, timeout=3 * _TIMEOUT)
        self._changed = time.monotonic()

    def _remove(self, client: Any, keys: Sequence[str]) -> int:
        removed = 0
        for part in _parts(list(dict.fromkeys(keys))):
            there = client.query(
                self._name,
                filter=_among(part),
                output_fields=["ticket"],
                consistency_level="Strong",
                timeout=_TIMEOUT,
            )
            if there:
                client.delete(self._name, ids=[row["ticket"] for row in there], timeout=_TIMEOUT)
                self._changed = time.monotonic()
            removed += len(there)
        return removed

    def _count(self, client: Any) -> int:
        rows = client.query(
            self._name, filter="", output_fields=["count(*)"], consistency_level="Strong", timeout=_TIMEOUT
        )
        return int(rows[0]["count(*)"])

    def _pages(self, client: Any) -> Iterator[str]:
        pages = client.query_iterator(
            self._name, batch_size=_PAGE, output_fields=["ticket"], consistency_level="Strong", timeout=_TIMEOUT
        )
        while page := pages.next():
            yield from (row["ticket"] for row in page)
        pages.close()

    def _error(self, error: Exception) -> EngineError:
        code, said = getattr(error, "code", None), getattr(error, "message", str(error))
        # A server that was started again may have to load what it had in memory before.
        self._there = False
        text = str(said).strip().splitlines()[0] if str(said).strip() else type(error).__name__
        if code in (1, 2) or not isinstance(code, int):
            hint = "See that it runs and can be reached from here, and check the setting retrieval.index."
            return EngineError("Milvus cannot be reached.", where=self.where, hint=f"{hint} ({text})")
        hint = "Check the setting retrieval.index and what this user may do there."
        return EngineError(f"Milvus refused: {text}.", where=self.where, hint=hint)


def _failures() -> Any:
    from pymilvus.exceptions import MilvusException

    return MilvusException


def _among(keys: Sequence[str]) -> str:
    return f"ticket in {json.dumps(list(keys))}"


def _parts(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), _BATCH):
        yield keys[start : start + _BATCH]
