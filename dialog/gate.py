"""The gate: whether a message needs its conversation to be understood, by a logistic regression over named features.

It is trained on ``data/samples/followups.jsonl``, 258 English and 258 Chinese messages after a question, by
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

__all__ = ["FEATURES", "FUNCTION_ZH", "Gate", "features", "fit_gate", "gate"]

Floats = NDArray[np.float64]

_JOINS = re.compile(
    r"\A\W*(?:(?:ok(?:ay)?|great|thanks|thank you|yes|no|alright|hmm+|好的?|嗯|谢谢|明白了?)\W*)*"
    r"(?:and|or|but|also|what about|how about|what if|then|so|even|only|that|this"
    r"|那|那么|还有|以及|如果|要是|换成|可是|但是)"
    r"(?:\b|(?<=[\u4e00-\u9fff]))",
    re.IGNORECASE,
)
_CORRECTS = re.compile(
    r"\A\W*(?:(?:sorry|no|oh)\W+)*(?:no,? wait|wait|i meant?|rather)\b\W*"
    r"|\A(?:不对|不是(?=\W)|抱歉|哦)?\W*(?:我是说|我说的是|不对\W|不是\W)\W*",
    re.IGNORECASE,
)
_POINTS = re.compile(
    r"\b(?:it|its|it['’]s|he|she|him|that|this|they|them|their|those|these|(?<!is )(?<!are )there(?! is\b| are\b)"
    r"|ones?|same|both|either|neither|then|too|instead)\b"
    r"|这个|那个|它|这些|那些|这种|那种|那边|那里|这样|同样|另外?一|其他|别的|也|再|还",
    re.IGNORECASE,
)
_SELF = re.compile(r"\b(?:my|our|i|i['’]m|i['’]ve|i['’]d|we|me|you|your)\b|我|你们|您|帮", re.IGNORECASE)
_NE = re.compile(r"呢[？?。!！\s]*\Z")
_PREPOSITION = re.compile(
    r"\A\W*(?:to|in|for|from|by|with|on|at|after|before|without|of|within|until|since|per)\b", re.I
)
_FUNCTION = frozenset((
    "a", "an", "the", "and", "or", "but", "so", "is", "are", "was", "were", "be", "do", "does", "did", "can", "could",
    "will", "would", "should", "may", "must", "has", "have", "had", "i", "you", "we", "they", "it", "he", "she", "me",
    "us", "them", "my", "your", "our", "their", "its", "this", "that", "these", "those", "there", "here", "what",
    "which", "who", "when", "where", "why", "how", "long", "much", "many", "often", "soon", "fast", "for", "to", "in",
    "on", "at", "by", "with", "from", "of", "about", "if", "not", "no", "yes", "then", "than", "too", "also", "even",
    "only", "just", "one", "ones", "more", "any", "some", "all", "same", "please", "ok", "up", "off", "out", "after",
    "before", "until", "since", "within", "per", "get", "take", "cost",
))  # fmt: skip
FUNCTION_ZH = re.compile(
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
_BEFORE_ASKING = re.compile(
    r"\A\W*(?:(?:ok(?:ay)?|and|so|but|or|well|hi|hello|please|sorry|thanks|up|until|till|from|to|for|by|at|in|on|with)\b"
    r"\W*)*",
    re.IGNORECASE,
)
_QUESTION_WORD = re.compile(r"(?:how|what|when|where|who|why|which|whose)\b", re.IGNORECASE)
_AUXILIARY = re.compile(
    r"(?:is|are|am|was|were|do|does|did|can|could|will|would|should|may|must|has|have)\b", re.IGNORECASE
)
_QUESTION_WORD_ZH = re.compile(r"什么|怎|多[久少长大远重高]|几|哪|谁")
_ASKS_ZH = re.compile(r"吗|呢|[么不吧]\W*\Z|能不能|可不可以|是不是|有没有|(.)不\1|没有\W*\Z")
_YOU = re.compile(r"\byour?\b|你|您", re.IGNORECASE)
_CONDITION = re.compile(r"\b(?:if|without|unless|in case)\b|要是|如果|的话|万一|会怎", re.IGNORECASE)
# What is earlier, extra or at most is so beside something that was said before.
_RELATES = re.compile(
    r"\b(?:early|earlier|sooner|later?|extra|more|less|cheaper|free|minimum|maximum|limits?|included|per|once|already|yet"
    r"|also|too|as well|at all|all|both|each|else|other|only|enough|over|most|least)\b"
    r"|最|更|便宜|提前|另|额外|超(?!市)|都(?!市)|也|一起|按[年月季周天次]|每|免费|加[钱价]|全[部都]|一般",
    re.IGNORECASE,
)
# Whether and where there is a thing is asked of things that nobody named before.
_SEEKS = re.compile(
    r"\b(?:is|are) there\b|\bwhere (?:is|are|can|do)\b|\bnear(?:by|est)\b|附近|在哪|在几|哪里有|有.{2,}吗\W*\Z",
    re.IGNORECASE,
)
_STATES_OF_IT = re.compile(
    r"\A\W*(?:(?:and|but|so|ok|no|well|then)\W+)*(?:it|they|he|she|that|this|those|these)\b|\A(?:那|这|它)",
    re.IGNORECASE,
)

FEATURES = (
    "bias", "han", "length", "very_short", "joins", "points", "ends_ne", "preposition", "speaks_of_self", "content",
    "shared", "self_and_content", "desk_noun", "asks", "question_word", "speaks_to_you", "condition",
    "relates", "states_of_it", "seeks",
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
    # A correction goes on with what was said, however it is put: what counts is what it says instead.
    corrects = _CORRECTS.match(plain)
    plain = plain[corrects.end() :] if corrects else plain
    han = bool(_HAN.search(plain))
    if han:
        length = len(_HAN.findall(plain)) / 2 + len(re.findall(r"[a-z0-9-]+", plain))
        rest = FUNCTION_ZH.sub("", plain)
        content = len(_HAN.findall(rest)) / 2 + len(re.findall(r"[a-z0-9-]+", rest))
    else:
        words = tokens(plain)
        length = float(len(words))
        content = float(sum(word not in _FUNCTION for word in words))
    said, before = set(tokens(plain)), set(tokens(topic))
    shared = len((said & before) - _FUNCTION) / max(1, len(said - _FUNCTION))
    own = bool(_SELF.search(plain))
    asks, by_word = _asking(plain, han=han)
    return np.array([
        1.0,
        han,
        min(length, 12) / 12,
        length <= 3,
        bool(corrects or _JOINS.search(plain)),
        min(2, len(_POINTS.findall(plain))) / 2,
        bool(_NE.search(plain)),
        bool(_PREPOSITION.search(plain)),
        own,
        min(content, 6) / 6,
        shared,
        own * min(content, 6) / 6,
        bool(_DESK.search(plain)),
        asks,
        by_word,
        bool(_YOU.search(plain)),
        bool(_CONDITION.search(plain)),
        bool(_RELATES.search(plain)),
        not asks and bool(_STATES_OF_IT.search(plain)),
        bool(_SEEKS.search(plain)),
    ], dtype=np.float64)  # fmt: skip


def _asking(plain: str, *, han: bool) -> tuple[bool, bool]:
    """Return whether a message asks at all, and whether by a question word; many leave the question mark out."""
    if han:
        by_word = bool(_QUESTION_WORD_ZH.search(plain))
        return by_word or bool(_ASKS_ZH.search(plain)), by_word
    begins = _BEFORE_ASKING.sub("", plain)
    by_word = bool(_QUESTION_WORD.match(begins))
    return by_word or plain.endswith("?") or bool(_AUXILIARY.match(begins)), by_word


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
