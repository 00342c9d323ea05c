"""Consent: the yes or no that a message gives to a question which wants one, with whatever else it says."""

from __future__ import annotations

import re
from typing import Final

from replydesk.data.script import simplified
from replydesk.dialog.compose.evidence import content_words
from replydesk.dialog.courtesies import is_wordless
from replydesk.dialog.cues import END, START, is_no, is_yes, plain

__all__ = ["answered", "declines"]

_UNSURE: Final = re.compile(
    r"[?？]|[吗嘛呢]\W*\Z|\b(?:not sure|unsure|no idea|no clue|(?:don['’]?t|do not) (?:know|understand)|maybe|perhaps"
    r"|depends?)\b|[不没](?:太?[清知懂明]|确定|晓得|记得|好说|一定|想好|听懂|看懂|收到)|是不是|有没有|要不要|也许|可能"
    r"|随便|都行|都可以|什么|怎么|哪|多少|多久|几[天个点时]",
    re.IGNORECASE,
)
_LEAD: Final = re.compile(
    r"\A[\s.!,;:。~…-]*(?:(?:ok(?:ay)?|well|then|hm+|um+|uh+|er+|oh|ah|so|and|but|actually|sorry|in that case|i guess"
    r"|i think|i suppose|probably|honestly|hi|hello|thanks|thank you)\b[\s.!,;:…-]*"
    r"|(?:那就?|那么|嗯+|呃+|额|哦+|啊+|噢|哎|唉|好吧|我想想|我|暂时|目前|先|还是|就|也|应该|好像|谢谢|不好意思|抱歉)"
    r"(?=[^a-z])[\s.!,;:。~…-]*)+",
    re.IGNORECASE,
)
_WEAK: Final = re.compile(rf"{START}(?:ok(?:ay)?|alright|right|fine|好的?吧?|嗯+|行吧?|可以){END}", re.IGNORECASE)
_NO: Final = re.compile(
    rf"{START}(?:(?:no|nope|nah|not|never|none|neither)\b(?! (?:problem|worries|doubt|objection))"
    r"|(?:it|they|that) (?:is|was|are|were|will|would|has|have)(?:n['’]?t| not)\b|(?:it|that)['’]s not\b|won['’]?t\b"
    r"|(?:please )?(?:i (?:really )?)?(?:do|did|have|would|will|need)(?:n['’]?t| not)\b"
    r"(?! (?:get|see|have|receive|know|mind))"
    r"|(?:i|we) (?:haven|don|didn|wouldn)t\b(?! (?:get|see|have|receive|know|mind))|i['’]d rather not\b"
    r"|i['’]?m (?:good|fine|ok(?:ay)?|all set)\b)"
    r"|\A[\s。]*(?:不(?!好意思|客气|错|介意|过)|没(?!问题|错|关系|事)|否|别|无需|无须|免了|算了|并非|并不)",
    re.IGNORECASE,
)
_YES: Final = re.compile(
    rf"{START}(?:(?:yes+|yeah|yea|yep|yup|sure|correct|exactly|absolutely|definitely|certainly|of course|go ahead"
    r"|please do|why not|sounds good|no (?:problem|worries|doubt|objection))\b|please\W*\Z"
    r"|(?:that|it)(?: would|['’]d)? be (?:great|nice|good|lovely|perfect|helpful|fine|ok(?:ay)?)\b"
    r"|i(?: would|['’]d)(?: (?:really|like|love))+\b|i don['’]?t mind\b|do it\b"
    r"|(?:(?:it|they|that) (?:is|was|are|were)|i (?:do|did|have|would|am))(?=[\s,.!]*\Z|,| indeed))"
    r"|\A[\s。]*(?:是|对(?!不起|了)|嗯|没[错问]|有的?(?![点些])|要(?![是求])|需要|可以|当然|必须|行(?![李程])|好(?![像几多])|想要?|同意|麻烦)",
    re.IGNORECASE,
)
_SPLIT: Final = re.compile(
    r"[,;.!。…]+(?:\s+|(?<=[。…])|(?=[\u3400-\u9fff])|\Z)|\s+(?:-+|–|—)\s+|(?<=[?？])\s*|\s+(?=but\b)"
)
_AT_END: Final = re.compile(
    r"\bso (?P<no>no(?:pe)?|not)?(?P<yes>yes)?(?:,? (?:thanks|thank you|please|needed))*\W*\Z", re.I
)
_TURNS: Final = re.compile(r"\b(?:wait|actually|sorry|on second thoughts?)\b|不对|还是|等等|想了想", re.IGNORECASE)
_DECLINES: Final = re.compile(r"不(?:用|要|需要|必|办|弄)")
# What is offered may be taken in its own words: "send it please", 补办吧. "It was a gift" is no such answer.
_OFFERS: Final = re.compile(
    r"\b(?:shall|should|would you|do you (?:want|need)|can we|may we|will you)\b|需要|要|可以|想", re.I
)
_ASKS_FOR: Final = re.compile(
    r"\A\W*(?:(?:please|pls|just|do|and|then|do not|don['’]?t)\s+"
    r"|麻烦您?|请|帮我|给我|你们?|就|那|要|不用|不要|别|不)*",
    re.IGNORECASE,
)
_DENIES: Final = re.compile(r"\b(?:not|never|\w+n['’]t|dont)\b|[不别没]", re.IGNORECASE)
_LONGEST: Final = 8
# A message that asks something as well tells mostly of that: of it these alone say yes or no by themselves.
_ASKS: Final = re.compile(
    r"[?？]|[吗嘛么呢]\W*\Z|怎么|怎样|如何|什么|哪|多少|多久|为何|几[天个点时]|能不能|可不可以|有没有|请问|想问|[问想]一?下"
    r"|\A\W*(?:(?:and|also|so|but|then|please|or)\W+)*(?:who|what|when|where|why|which|how|(?:is|are|am|was|were|do|does|did"
    r"|can|could|will|would|should|may|has|have)\s+(?:i|you|we|they|he|she|it|there|this|that|the|an?|my|your)\b)"
    r"|\b(?:is|are|was) there\b|\b(?:can|could|may|do|will) (?:i|you) (?!not\b)\w|\bhow (?:do|can|much|many|long) "
    r"|\b(?:like|want(?:ed)?|need|have) to (?:know|ask)\b|\ba question\b",
    re.IGNORECASE,
)
_OUTRIGHT: Final = re.compile(
    rf"{START}(?:(?:no|nope|nah|yes+|yeah|yea|yep|yup|sure|correct|exactly|absolutely|definitely|certainly|of course"
    r"|go ahead|please do|sounds good)\b|(?:please )?(?:do not|don['’]?t)\b"
    r"|(?:i|we) (?:really )?(?:do not|don['’]?t|wouldn['’]?t|won['’]?t) (?:really )?(?:need|want|like|wish)\b)"
    r"|\A[\s。]*(?:不(?:用|需要|必|要)|别|无需|无须|免了|算了)",
    re.IGNORECASE,
)
_PLEASE: Final = re.compile(r"\W*(?:please|pls)\b", re.IGNORECASE)
_SAYS: Final = re.compile(r"\A\W*(?:不是?|没有?|是|对|嗯|有|需要|要|可以|当然|必须|行|好|想要?|同意|麻烦)[的了啊吧呀]*")
# What is asked about suits, or does not: "weekends don't work for me", 周末不行.
_SUITS_ZH: Final = re.compile(
    r"\A\W*(?P<what>[\u3400-\u9fff]{0,10}?)(?:[都也是还就真]|恐怕|应该|实在|肯定|一般|基本|完全|确实|可能|的话|时间)*"
    r"(?:(?P<no>不(?:太|大|怎么)?(?:行|可以|方便|合适|成)|没(?:空|时间|办法|法)|[来去上]不了)"
    r"|(?P<yes>可以|行|没问题|方便|合适|有空|有时间|ok))[的了啊吧呀哦哈滴]*\W*\Z",
    re.IGNORECASE,
)
_NOBODY_ZH: Final = re.compile(r"(?:我们?|孩子|小孩|他|她|这个?|那个?|这样|那样|那天|这天|时间|时候|上)*\Z")
_FITS: Final = (
    r"(?:work|suit|fine|ok(?:ay)?|good|great|possible|convenient|free|available|ideal|perfect|all right|alright"
    r"|an option)s?"
)
_SUITS_NOT_EN: Final = re.compile(
    rf"(?:\bnot|n['’]?t|\bnever|\bno)\s+(?:(?:really|very|so|at all|that|always)\s+)*{_FITS}\b"
    r"|\bcan(?:['’]?t|not| not)\b(?=\s+(?:do|make|come|attend|manage|join|go|at|on|in)\b|\W*\Z)"
    r"|\b(?:is|are|am|['’]m|['’]s) (?:\w+ )?(?:busy|impossible|difficult|inconvenient|out of the question)\b",
    re.IGNORECASE,
)
_SUITS_EN: Final = re.compile(
    rf"\b(?:works|work|suits?)\b|\b(?:is|are|be|am|sounds?|['’]s|['’]m|['’]re)\s+(?:\w+\s+)?{_FITS}\b"
    r"|\bi can (?:do|make|come|manage|attend)\b",
    re.IGNORECASE,
)
_POINTS_EN: Final = re.compile(
    r"\A\W*(?:(?:that|those|this|these|i|we)\b|(?:doesn['’]?t |does not )?works? for )", re.I
)
_LONGEST_TOLD: Final = 10


def answered(text: str, ask: str = "") -> bool | None:
    """Return the yes or no that a message gives to a question that wants one, None where it gives neither.

    The first clause that says one counts, unless a later one takes it back; a mere "ok" is a yes where nothing else is
    said. What ``ask`` offers may be taken in its own words: "send it" to "Shall we send you one?".

    >>> answered("no, it wasn't a gift"), answered("是礼物"), answered("不知道"), answered("is it?")
    (False, True, None, None)
    >>> answered("ok then no, I have one"), answered("好的，不用了"), answered("补办吧", "需要补办新卡吗？")
    (False, False, True)
    """
    line = simplified(plain(text))
    if (is_no(line) or is_yes(line)) and not _WEAK.search(line):
        return is_yes(line)
    clauses = [clause for clause in _SPLIT.split(line) if clause.strip() and not is_wordless(clause)]
    said = [(one, clause) for clause in clauses if (one := _of_clause(clause, ask)) is not None]
    if ask and any(map(_ASKS.search, clauses)):
        # "I didn't get the mail, is there a replay?" tells of something else.
        said = [(one, clause) for one, clause in said if _is_about(clause, ask)]
    first = next((clause for clause in clauses if _LEAD.sub("", clause).strip()), "")
    if said and (said[0][1] == first or len(clauses) <= len(said) + 1 or _WEAK.search(first)) and not _doubts(first):
        later = clauses[clauses.index(said[0][1]) + 1 :]
        return said[-1][0] if any(map(_TURNS.search, later)) else said[0][0]
    if (ending := _AT_END.search(line)) and (ending["no"] or ending["yes"]):
        return bool(ending["yes"])
    if clauses and all(_WEAK.search(clause) for clause in clauses):
        return True
    return _taken(first, ask)


def declines(text: str) -> bool:
    """Return whether a bare refusal says that something is not needed, which may answer a question: 不用了, 不需要.

    >>> declines("不用了"), declines("算了"), declines("取消")
    (True, False, False)
    """
    return bool(_DECLINES.match(_LEAD.sub("", simplified(plain(text)))))


def _of_clause(clause: str, ask: str) -> bool | None:
    """Return the yes or no of a clause; a mere "ok" is neither."""
    if _WEAK.search(clause) or _doubts(clause):
        return None
    for said in dict.fromkeys((_LEAD.sub("", clause), clause)):
        if is_no(said) or _NO.search(said):
            return False
        if (is_yes(said) and not _WEAK.search(said)) or _YES.search(said):
            return True
    return _suits(clause, ask)


def _suits(clause: str, ask: str) -> bool | None:
    """Return whether a clause says that what is asked about suits, None where it says so of nothing of that."""
    said = _LEAD.sub("", clause)
    if found := _SUITS_ZH.search(said):
        what = found["what"]
        there = any(what[i : i + 2] in ask for i in range(len(what) - 1))
        return found["no"] is None if there or _NOBODY_ZH.match(what) else None
    refuses = _SUITS_NOT_EN.search(said)
    fits = refuses or (_SUITS_EN.search(said) and not _DENIES.search(said))
    if not fits or len(said.split()) > _LONGEST_TOLD:
        return None
    rest = set(content_words(_SUITS_NOT_EN.sub(" ", said) if refuses else _SUITS_EN.sub(" ", said)))
    there = bool(rest & set(content_words(ask))) or (not rest and bool(_POINTS_EN.search(said)))
    return not refuses if there else None


def _is_about(clause: str, ask: str) -> bool:
    """Return whether a clause that says yes or no says so of what was asked, in a message that asks something, too."""
    said = _LEAD.sub("", clause)
    if _OUTRIGHT.search(clause) or _OUTRIGHT.search(said) or _suits(clause, ask) is not None:
        return True
    words = set(content_words(_SAYS.sub("", said)))
    # "Please" goes with the question.
    return (not words and not _PLEASE.match(said)) or not words.isdisjoint(content_words(ask))


def _doubts(clause: str) -> bool:
    return bool(_UNSURE.search(clause))


def _taken(clause: str, ask: str) -> bool | None:
    """Return whether a clause asks for what was offered, or not to have it, in words of the offer."""
    if not (offer := _OFFERS.search(ask)) or _doubts(clause):
        return None
    begins = _ASKS_FOR.match(clause)
    rest = clause[begins.end() :] if begins else clause
    words = content_words(rest)
    if rest.isascii():
        shared = bool(words) and words[:1] == content_words(ask)[:1]
    else:
        # What is offered stands behind 需要 or 要.
        shared = bool(rest) and ask[offer.end() :].lstrip("帮为给您你我们不要需").startswith(rest[0])
    return not _DENIES.search(clause) if shared and len(words) <= _LONGEST else None
