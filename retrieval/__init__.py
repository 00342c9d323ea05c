"""Text in, the most fitting past tickets out."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from replydesk.retrieval.calibration import HitScorer as HitScorer
    from replydesk.retrieval.encoders.bert import BertEncoder as BertEncoder
    from replydesk.retrieval.encoders.encoder import Encoder as Encoder
    from replydesk.retrieval.encoders.encoder import TokenEncoder as TokenEncoder
    from replydesk.retrieval.encoders.encoders import Encoders as Encoders
    from replydesk.retrieval.encoders.runtime import OpenVinoEncoder as OpenVinoEncoder
    from replydesk.retrieval.encoders.use import UseEncoder as UseEncoder
    from replydesk.retrieval.matcher import Hit as Hit
    from replydesk.retrieval.matcher import Matcher as Matcher
    from replydesk.retrieval.reranking.budget import LatencyBudget as LatencyBudget
    from replydesk.retrieval.reranking.cross_encoder import CrossEncoder as CrossEncoder
    from replydesk.retrieval.reranking.late_interaction import LateInteraction as LateInteraction
    from replydesk.retrieval.reranking.reranker import Reranker as Reranker
    from replydesk.retrieval.reranking.reranker import Reranking as Reranking
    from replydesk.retrieval.reranking.reranker import RerankScorer as RerankScorer
    from replydesk.retrieval.vectors.index import FaissIndex as FaissIndex
    from replydesk.retrieval.vectors.index import VectorIndex as VectorIndex
    from replydesk.retrieval.words.lexical import LexicalIndex as LexicalIndex

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
    "BertEncoder": "encoders.bert",
    "CrossEncoder": "reranking.cross_encoder",
    "Encoder": "encoders.encoder",
    "Encoders": "encoders.encoders",
    "FaissIndex": "vectors.index",
    "Hit": "matcher",
    "HitScorer": "calibration",
    "LateInteraction": "reranking.late_interaction",
    "LatencyBudget": "reranking.budget",
    "LexicalIndex": "words.lexical",
    "Matcher": "matcher",
    "OpenVinoEncoder": "encoders.runtime",
    "RerankScorer": "reranking.reranker",
    "Reranker": "reranking.reranker",
    "Reranking": "reranking.reranker",
    "TokenEncoder": "encoders.encoder",
    "UseEncoder": "encoders.use",
    "VectorIndex": "vectors.index",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
