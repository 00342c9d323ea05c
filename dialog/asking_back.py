"""Questions about a question: who is asked for something asks what it is, what it is for or where it stands."""

from __future__ import annotations

import re
from typing import Final

from replydesk.data.script import simplified
from replydesk.dialog.asking import NAMES
from replydesk.dialog.compose.evidence import content_words
from replydesk.dialog.cues import plain

__all__ = ["about_slot"]

# A customer who is asked for something asks back: what for, what that is, where it stands, how it is written.
_CLAUSE: Final = re.compile(r"[.?!,;:\n。？！，；：、…~]+")
_LONGEST: Final = 80
_LEAD: Final = re.compile(
    r"\A(?:(?:sorry|excuse me|but|and|so|ok(?:ay)?|wait|hm+|um+|well|please|er+|hey|hi)\b\s*"
    r"|(?:请问|不好意思|那么|可是|但是|等等|不过|你好|您好|但|那|嗯|呃|啊)\s*)+"
)
_THIS: Final = re.compile(r"(?:that|this|it|these|those|them|one|(?:to )?know|这个?|那个?|它|这些|这东西)?")
_WHAT: Final = r"(?P<what>(?:\S.*?)??)"
_BACK: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:why|what for|what)(?: on earth| exactly)?(?: do| would| should| are| must| did)?(?: you| i| we)?"
        r"(?: still| even| really| always)*(?: need(?:ed)?| want| ask(?:ing)?| have| require)"
        rf"(?: (?:me )?for| about| to (?:know|see|have|give|tell|say|share|provide)(?: you)?)* ?{_WHAT}(?: for)?",
        rf"why (?:is|are) {_WHAT} (?:even |really )?(?:needed|necessary|required|important|relevant)",
        rf"(?:why|what for)(?: {_WHAT})?",
        rf"what(?:'s| is| are)(?: exactly)? {_WHAT}(?: (?:needed |used |good )?for)?",
        rf"what do you mean(?: by)?(?: {_WHAT})?",
        rf"what does {_WHAT} (?:mean|look like)",
        rf"(?:i don't know |tell me |and )?(?:where|how)(?: exactly)?(?: do| can| could| would| should)?(?: i| we)?"
        rf"(?: to)? (?:find|see|get|look up|look for|locate|tell|check|know)(?: {_WHAT})?(?: from)?",
        rf"(?:where|how) (?:do|can|should) i look {_WHAT} up",
        rf"where(?:'s| is| are)? {_WHAT}(?: written| shown| printed| listed)?",
        rf"(?:i can't|i cannot|i don't know how to|i do not know how to) find {_WHAT}",
        rf"(?:which|what) {_WHAT}(?: do you mean| is that)?",
        r"(?:is|are) (?:it|that|this) (?:really )?(?:necessary|required|needed|mandatory)",
        rf"(?:do|must) i (?:really )?(?:have|need)(?: to)?(?: give| tell| say| share| provide| enter| answer)?"
        rf"(?: you)? ?{_WHAT}",
        r"what (?:should|do|must|shall|am) i (?:supposed )?(?:to )?(?:write|enter|put|say|type|fill in|give)(?: you)?"
        r"(?: here| there| now)?",
        r"i (?:don't|do not|didn't) (?:understand|get)(?: the question| what you (?:mean|need|want)| that| it| this)?",
        r"(?:in )?(?:what|which) format",
        r"what(?:'s| are| is)?(?: the| my)? (?:options|choices|choice)(?: are there| do i have)?",
        rf"(?:为什么|为啥|为何|干嘛|干吗)(?:[一定非还需要得必须问填提供知道给告诉你们您我]|报(?!销))*{_WHAT}",
        rf"(?:你们?|您|我)?(?:要|问|填|需要|要求|提供|知道)+{_WHAT}"
        r"(?:干嘛|干吗|干什么|做什么|干啥|做啥|有什么用处?|有啥用|什么用)",
        rf"{_WHAT}是?(?:用来|拿来|用于)(?:干嘛|干吗|干什么|做什么|干啥|做啥)用?",
        rf"(?:什么|啥)是{_WHAT}",
        rf"{_WHAT}(?:又?是|指的?是?)(?:什么|啥|哪个)(?:意思|东西|号码?)?",
        rf"{_WHAT}(?:什么|啥)意思",
        rf"我?(?:要|应该|该)?(?:到|在|去|从)?(?:哪里|哪儿|哪|什么地方|怎么|如何)(?:可以|才?能)?"
        rf"(?:看|找|查|知道|获取|有)(?:得?到|见)?{_WHAT}",
        rf"我?(?:找|查|看)不到{_WHAT}",
        rf"我?不知道(?:到|在|去|从)?(?:哪里|哪儿|哪|怎么)(?:看|找|查){_WHAT}",
        rf"{_WHAT}(?:到|在|去|从)?(?:哪里|哪儿|哪|什么地方|怎么|如何)(?:可以|才?能)?"
        rf"(?:看|找|查|有|写|显示)?(?:得?到|见)?",
        rf"{_WHAT}(?:一定|必须|非)(?:要|得)?(?:填|提供|给|说|有)?",
        rf"(?:可以|能)不(?:填|说|提供|给|报){_WHAT}",
        rf"不(?:填|说|提供|给|报){_WHAT}(?:可以|行|好)",
        rf"{_WHAT}(?:要|该|应该)?(?:(?:怎么|如何)(?:填写?|写|回答|回|输入)|(?:填|写|输入)(?:什么|啥|哪个))",
        r"(?:你们?|您)?(?:在)?(?:说|问)(?:的是|的)?(?:什么|啥)",
        r"(?:都)?(?:有|可以选)(?:哪些|哪几[种个]|什么|啥)(?:选项|选择|可以?选|可选)?(?:的)?",
        r"我?(?:没看懂|看不懂|不明白|没明白|不懂|不太懂|没懂)(?:这个问题|问的是什么|你的意思)?",
        rf"(?:什么|啥)格式|(?:什么|啥|哪个){_WHAT}",
    )
)
_ARTICLE: Final = re.compile(r"\A(?:(?:the|my|an?|your|this|that)\s+|(?:我的?|你们?的?|这个?|那个?)(?=\S))")
_TAIL: Final = re.compile(r"(?:\s*(?:\b(?:please|then|again|anyway)|呢|啊|呀|吗|嘛|了|的|吧))+\Z")
_HAN: Final = re.compile(r"[\u3400-\u9fff]+")
# Of these there is a number: an order number is one, an order is not.
_THINGS: Final = frozenset({"order", "tracking", "error", "product"})
_BARE: Final = frozenset({"number", "code", "号", "号码", "单号", "编号"})


def about_slot(text: str, name: str, ask: str, *, whole: bool = False) -> bool:
    """Return whether a message asks about a slot that was asked for: what it is or is for, where it is found.

    What is asked about must be what the question ``ask`` names, or a mere *that*. Where ``whole``, the message must say
    nothing else: any text may be the answer.

    >>> about_slot("why do you need that?", "order", "Which order is it?")
    True
    >>> about_slot("where is my order?", "order", "Which order is it?")
    False
    >>> [about_slot(text, "order", "请问是哪个订单？") for text in ("在哪里看订单号", "为什么要退货")]
    [True, False]
    """
    line = plain(text).lower()
    clauses = [_LEAD.sub("", clause.strip()) for clause in _CLAUSE.split(line) if clause.strip()]
    asking = [_asks_back(clause, name, simplified(ask.lower())) for clause in clauses]
    return bool(asking) and (all(asking) if whole else any(asking))


def _asks_back(clause: str, name: str, ask: str) -> bool:
    if len(clause) > _LONGEST:
        return False
    found = (pattern.fullmatch(said) for said in dict.fromkeys((clause, _TAIL.sub("", clause))) for pattern in _BACK)
    return any(_is_slot(_TAIL.sub("", one.groupdict().get("what") or ""), name, ask) for one in found if one)


def _is_slot(what: str, name: str, ask: str) -> bool:
    """Return whether words name a slot, or only point: an order number is one, an order is not."""
    bare = _ARTICLE.sub("", what).strip()
    if _THIS.fullmatch(what.strip()) or bare in _BARE or _THIS.fullmatch(bare):
        return True
    names = NAMES.get(name)
    if _HAN.search(bare):
        if names is not None and bare.endswith(names["zh"]) and len(bare) <= len(names["zh"]) + 3:
            return True
        if names is not None:
            return name not in _THINGS and bare[-2:] in ask and len(bare) <= 6
        return any(bare[i : i + 2] in ask for i in range(len(bare) - 1)) and len(bare) <= 6
    said = content_words(bare)
    if names is not None and set(content_words(names["en"])) <= set(said) and len(said) <= 4:
        return True
    if name in _THINGS:
        return False
    return bool(said) and set(said) <= {*content_words(ask), *content_words(name.replace("_", " "))}
