"""Text in, the most fitting past tickets out."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from replydesk.retrieval.budget import LatencyBudget as LatencyBudget
    from replydesk.retrieval.calibration import HitScorer as HitScorer
    from replydesk.retrieval.cross_encoder import CrossEncoder as CrossEncoder
    from replydesk.retrieval.encoder import (
        BertEncoder as BertEncoder,
    )
    from replydesk.retrieval.encoder import (
        Encoder as Encoder,
    )
    from replydesk.retrieval.encoder import (
        Encoders as Encoders,
    )
    from replydesk.retrieval.encoder import (
        TokenEncoder as TokenEncoder,
    )
    from replydesk.retrieval.encoder import (
        UseEncoder as UseEncoder,
    )
    from replydesk.retrieval.index import FaissIndex as FaissIndex
    from replydesk.retrieval.index import VectorIndex as VectorIndex
    from replydesk.retrieval.late_interaction import LateInteraction as LateInteraction
    from replydesk.retrieval.lexical import LexicalIndex as LexicalIndex
    from replydesk.retrieval.matcher import Hit as Hit
    from replydesk.retrieval.matcher import Matcher as Matcher
    from replydesk.retrieval.reranker import Reranker as Reranker
    from replydesk.retrieval.reranker import Reranking as Reranking
    from replydesk.retrieval.reranker import RerankScorer as RerankScorer
    from replydesk.retrieval.runtime import OpenVinoEncoder as OpenVinoEncoder

__all__ = [
    "BertEncoder",
    "CrossEncoder",
    "Encoder",
    "Encoders",
    "FaissIndex",
    "Hit",
    "HitScorer",
    "LateInteraction",
    "LatencyBudget",
    "LexicalIndex",
    "Matcher",
    "OpenVinoEncoder",
    "RerankScorer",
    "Reranker",
    "Reranking",
    "TokenEncoder",
    "UseEncoder",
    "VectorIndex",
]

# A name is imported when it is first asked for, so that a host application pays only for what it uses.
_MODULES = {
    "BertEncoder": "encoder",
    "CrossEncoder": "cross_encoder",
    "Encoder": "encoder",
    "Encoders": "encoder",
    "FaissIndex": "index",
    "Hit": "matcher",
    "HitScorer": "calibration",
    "LateInteraction": "late_interaction",
    "LatencyBudget": "budget",
    "LexicalIndex": "lexical",
    "Matcher": "matcher",
    "OpenVinoEncoder": "runtime",
    "RerankScorer": "reranker",
    "Reranker": "reranker",
    "Reranking": "reranker",
    "TokenEncoder": "encoder",
    "UseEncoder": "encoder",
    "VectorIndex": "index",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
