"""The gate: whether a message needs its conversation to be understood, by a logistic regression over named features.

It is trained on ``data/samples/followups.jsonl``, 120 English and 120 Chinese messages after a question, by
:func:`fit_gate`; the weights lie beside this module in ``gate.json`` and can be read.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from replydesk.data.text import tokens

__all__ = ["FEATURES", "Gate", "features", "fit_gate", "gate"]

Floats = NDArray[np.float64]

_JOINS = re.compile(
    r"\A\W*(?:(?:ok(?:ay)?|great|thanks|thank you|yes|no|alright|hmm+|好的?|嗯|谢谢|明白了?)\W*)*"
    r"(?:and|or|but|also|what about|how about|what if|then|so|even|only|that|this"
    r"|那|那么|还有|以及|如果|要是|换成|可是|但是)"
    r"(?:\b|(?<=[\u4e00-\u9fff]))",
    re.IGNORECASE,
)
_POINTS = re.compile(
    r"\b(?:it|its|it['’]s|he|she|him|that|this|they|them|their|those|these|there|ones?|same|both|either|neither|then|too|instead)\b"
    r"|这个|那个|它|这些|那些|这种|那种|那边|那里|这样|同样|另外?一|其他|别的|也|再|还",
    re.IGNORECASE,
)
_SELF = re.compile(r"\b(?:my|our|i|i['’]m|i['’]ve|i['’]d|we|me|you|your)\b|我|你们|您|帮", re.IGNORECASE)
_ENDS = re.compile(r"(?:呢|吗|呀|啊|么|不)[？?。!！\s]*\Z")
_NE = re.compile(r"呢[？?。!！\s]*\Z")
_PREPOSITION = re.compile(
    r"\A\W*(?:to|in|for|from|by|with|on|at|after|before|without|of|within|until|since|per)\b", re.I
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|do|does|did|can|could|will|would|should|may|has|have|had|need|want|send|cancel|change|update|"
    r"delete|give|show|help|received?|arrived?|works?|says?|makes?|ship|pay|order|return|buy|sell)\b",
    re.IGNORECASE,
)
_FUNCTION = frozenset(
    [
        "a",
        "an",
        "the",
        "and",
        "or",
        "but",
        "so",
        "is",
        "are",
        "was",
        "were",
        "be",
        "do",
        "does",
        "did",
        "can",
        "could",
        "will",
        "would",
        "should",
        "may",
        "must",
        "has",
        "have",
        "had",
        "i",
        "you",
        "we",
        "they",
        "it",
        "he",
        "she",
        "me",
        "us",
        "them",
        "my",
        "your",
        "our",
        "their",
        "its",
        "this",
        "that",
        "these",
        "those",
        "there",
        "here",
        "what",
        "which",
        "who",
        "when",
        "where",
        "why",
        "how",
        "long",
        "much",
        "many",
        "often",
        "soon",
        "fast",
        "for",
        "to",
        "in",
        "on",
        "at",
        "by",
        "with",
        "from",
        "of",
        "about",
        "if",
        "not",
        "no",
        "yes",
        "then",
        "than",
        "too",
        "also",
        "even",
        "only",
        "just",
        "one",
        "ones",
        "more",
        "any",
        "some",
        "all",
        "same",
        "please",
        "ok",
        "up",
        "off",
        "out",
        "after",
        "before",
        "until",
        "since",
        "within",
        "per",
        "get",
        "take",
        "cost",
    ]
)
_FUNCTION_ZH = re.compile(
    r"请问|什么时候|什么|怎么办|怎么样|怎么|多久|多少|多长|时间|多|几|哪里|哪个|哪儿|哪些|哪|为什么|能不能|可不可以|可以|能|会|要|是不是|是|有没有|有"
    r"|吗|呢|啊|呀|吧|的|了|那个|这个|那|这|它|也|都|还|再|就|在|到|给|和|跟|需要|行|不|没|大概|最晚|之后|之内|以后|个|一|两|次|天|点"
)
# What a desk is asked about by itself, whatever was said before.
_DESK = re.compile(
    r"\b(?:orders?|refunds?|invoices?|accounts?|passwords?|vouchers?|parcels?|packages?|receipts?|payments?|confirmation|"
    r"newsletter|opening hours|phone number|log ?in|subscription|gift cards?|tw-?\d+|delivery address|app|website)\b"
    r"|订单|退款|发票|账号|帐号|密码|优惠[码券]?|快递|包裹|客服|邮件|短信|营业|开门|付款|登录|下单|会员|投诉|实体店|地址|礼品卡|活动|尺码",
    re.IGNORECASE,
)
_HAN = re.compile(r"[\u3400-\u9fff]")

FEATURES = (
    "bias", "han", "length", "very_short", "joins", "points", "ends_ne", "ends_particle", "preposition",
    "speaks_of_self", "no_verb", "content", "no_content", "shared", "question", "self_and_content", "desk_noun",
)  # fmt: skip
"""The names of the features, in the order of the weights."""

_LINE = 0.5


@dataclass(frozen=True, slots=True)
class Gate:
    """A logistic regression: one weight a feature, in the order of :data:`FEATURES`."""

    weights: tuple[float, ...]

    def probability(self, text: str, topic: str) -> float:
        """Return the probability that a message needs the question that was asked before to be understood."""
        return float(1 / (1 + np.exp(-np.dot(features(text, topic), self.weights))))

    def needs(self, text: str, topic: str) -> bool:
        """Return whether it is likelier than not that a message needs its conversation."""
        return bool(topic) and self.probability(text, topic) > _LINE


def features(text: str, topic: str) -> Floats:
    """Return the features of a message after a question, shape (features,), each between 0 and about 1."""
    plain = " ".join(unicodedata.normalize("NFKC", text).lower().split())
    han = bool(_HAN.search(plain))
    if han:
        length = len(_HAN.findall(plain)) / 2 + len(re.findall(r"[a-z0-9-]+", plain))
        rest = _FUNCTION_ZH.sub("", plain)
        content = len(_HAN.findall(rest)) / 2 + len(re.findall(r"[a-z0-9-]+", rest))
    else:
        words = tokens(plain)
        length = float(len(words))
        content = float(sum(word not in _FUNCTION for word in words))
    said, before = set(tokens(plain)), set(tokens(topic))
    shared = len((said & before) - _FUNCTION) / max(1, len(said - _FUNCTION))
    own = bool(_SELF.search(plain))
    return np.array([
        1.0,
        han,
        min(length, 12) / 12,
        length <= 3,
        bool(_JOINS.search(plain)),
        min(2, len(_POINTS.findall(plain))) / 2,
        bool(_NE.search(plain)),
        bool(_ENDS.search(plain)),
        bool(_PREPOSITION.search(plain)),
        own,
        not han and not _VERB.search(plain),
        min(content, 6) / 6,
        content == 0,
        shared,
        plain.endswith("?"),
        own * min(content, 6) / 6,
        bool(_DESK.search(plain)),
    ], dtype=np.float64)  # fmt: skip


def fit_gate(cases: Sequence[Mapping[str, Any]], *, penalty: float = 0.3, rounds: int = 50) -> Gate:
    """Return the gate of labelled cases, each with ``text``, ``topic`` and whether it ``needs`` it.

    Logistic regression with an L2 ``penalty`` by Newton's method (iteratively reweighted least squares); both classes
    weigh the same, however many cases each has.
    """
    rows = np.stack([features(case["text"], case["topic"]) for case in cases])
    wanted = np.array([bool(case["needs"]) for case in cases], dtype=np.float64)
    shares = np.where(wanted > 0, 0.5 / max(1.0, wanted.sum()), 0.5 / max(1.0, (1 - wanted).sum())) * len(wanted)
    weights = np.zeros(len(FEATURES))
    ridge = penalty * np.eye(len(FEATURES))
    ridge[0, 0] = 1e-6
    for _ in range(rounds):
        chances = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (shares * (chances - wanted)) + ridge @ weights
        curve = (rows * (shares * chances * (1 - chances))[:, None]).T @ rows + ridge
        step = np.linalg.solve(curve, slope)
        weights -= step
        if np.abs(step).max() < 1e-9:
            break
    return Gate(tuple(round(float(weight), 4) for weight in weights))


@cache
def gate() -> Gate:
    """Return the gate that comes with the package."""
    told = json.loads(files(__package__).joinpath("gate.json").read_text(encoding="utf-8"))
    return Gate(tuple(told[name] for name in FEATURES))
