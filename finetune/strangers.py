"""General messages that no desk answers, which ship with Replydesk: to learn and to judge what is out of scope."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import resources

import numpy as np

from replydesk.data.records import content_id
from replydesk.finetune.examples import OUT_OF_SCOPE, Examples
from replydesk.retrieval.encoders.encoder import Encoder, Vectors
from replydesk.retrieval.encoders.use import UseEncoder

__all__ = ["strangers"]

_FAMILIAR = 0.6


def strangers(encoder: Encoder, languages: Sequence[str], known: Vectors) -> tuple[Examples, Examples]:
    """Return general out-of-scope messages that ship with Replydesk, one half to learn from and one to judge by.

    What comes near to the desk's own messages (a cosine of .6 to one of ``known``) is left out:
    it may be in scope there.
    """
    lines = resources.files("replydesk.data.samples").joinpath("out_of_scope.jsonl").read_text(encoding="utf-8")
    rows = [row for row in map(json.loads, lines.splitlines()) if row["language"] in languages]
    texts = tuple(row["text"] for row in rows)
    examples = Examples(
        texts,
        (OUT_OF_SCOPE,) * len(rows),
        tuple(map(content_id, texts)),
        tuple(row["language"] for row in rows),
        (None,) * len(rows),
        encoder.encode(texts),
        np.zeros((len(rows), UseEncoder.dimension), dtype=np.float32),
    )
    if len(known) and len(examples):
        nearest = np.asarray(examples.vectors @ known.T).max(axis=1)
        examples = examples.where([bool(cosine < _FAMILIAR) for cosine in nearest])
    judged = [int(group, 16) % 2 == 0 for group in examples.groups]
    return examples.where([not kept for kept in judged]), examples.where(judged)
