"""Attribution: which words a classifier's probability hangs on, by gradients, and how faithful such a ranking is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from replydesk.finetune.training.network import EncoderNetwork

__all__ = ["SHARES", "faithfulness", "integrated_gradients", "kept", "removed"]

Floats = NDArray[np.float64]
Span = tuple[int, int]

SHARES: Final = (0.1, 0.2, 0.5)
"""The shares of a message's words, rounded up, that are taken away or kept alone."""


def integrated_gradients(
    network: EncoderNetwork,
    weights: Floats,
    bias: Floats,
    text: str,
    label: int,
    spans: Sequence[Span],
    *,
    steps: int = 20,
) -> Floats:
    """Return what each word adds to the log-probability of a label, shape (len(spans),).

    Integrated gradients (Sundararajan et al. 2017, equation 3) over the embeddings of the tokens, from those of the
    mask token, by the midpoint rule with so many ``steps``. ``weights`` (labels, dimension) and ``bias`` (labels,) are
    the linear head on the network's unit vectors. What the tokens of a word add is summed.
    """
    encoding = network.tokenizer.encode(text)
    special = torch.tensor(encoding.special_tokens_mask, dtype=torch.bool)
    ids = torch.tensor(encoding.ids)
    masked = torch.where(special, ids, torch.tensor(network.tokenizer.token_to_id("[MASK]")))
    embed: Any = network.bert.embeddings.word_embeddings
    head, offset = (torch.tensor(array, dtype=torch.float32) for array in (weights, bias))
    network.eval()
    with torch.no_grad():
        whole, nothing = embed(ids), embed(masked)
    ways = (torch.arange(steps, dtype=torch.float32) + 0.5) / steps
    points = (nothing + ways[:, None, None] * (whole - nothing)).requires_grad_()
    mask = torch.ones(points.shape[:2], dtype=torch.int64)
    states = network.bert(inputs_embeds=points, attention_mask=mask).last_hidden_state
    logits = network.pooled(states, mask) @ head.T + offset
    torch.log_softmax(logits, dim=1)[:, label].sum().backward()  # type: ignore[no-untyped-call]
    gradients = points.grad
    assert gradients is not None
    added = ((whole - nothing) * gradients.mean(0)).sum(1).numpy().astype(np.float64)
    return np.array(
        [
            sum(value for value, (start, end) in zip(added, encoding.offsets, strict=True) if start < b and end > a)
            for a, b in spans
        ]
    )


def faithfulness(
    chance: Callable[[Sequence[str]], Floats], text: str, spans: Sequence[Span], scores: Floats
) -> tuple[float, float]:
    """Return the comprehensiveness and the sufficiency of a ranking of words (DeYoung et al. 2020, section 4).

    ``chance`` gives the probability of the label that was read for each of some texts, shape (n,). Comprehensiveness
    is how far it falls without the words that count most, the more the better; sufficiency how far with these alone,
    the less the better; each the mean over :data:`SHARES` of the words.
    """
    order = np.argsort(-scores, kind="stable")
    chosen = [[spans[i] for i in order[: int(np.ceil(share * len(spans)))]] for share in SHARES]
    found = chance([text, *(removed(text, some) for some in chosen), *(kept(text, some) for some in chosen)])
    fallen = found[0] - found[1:]
    return float(fallen[: len(SHARES)].mean()), float(fallen[len(SHARES) :].mean())


def removed(text: str, spans: Sequence[Span]) -> str:
    """Return a text without the characters of some spans.

    >>> removed("where is my parcel", [(6, 8), (9, 11)])
    'where parcel'
    """
    gone = {place for start, end in spans for place in range(start, end)}
    return " ".join("".join(" " if i in gone else letter for i, letter in enumerate(text)).split())


def kept(text: str, spans: Sequence[Span]) -> str:
    """Return the characters of some spans of a text alone, in their order, what does not touch parted by a blank.

    >>> kept("where is my parcel", [(12, 18), (0, 5)])
    'where parcel'
    """
    there = {place for start, end in spans for place in range(start, end)}
    return " ".join("".join(letter if i in there else " " for i, letter in enumerate(text)).split())
