"""Promises: what binds the company if it is said, by kind, in English and Chinese."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["promises_of"]

_WILL = r"(?:['’]ll| will| shall| can| are going to|['’]re going to| am going to|['’]m going to)"
_WE = rf"\b(?:we|i|they){_WILL}(?: \w+){{0,2}}"
_YOU = rf"(?:\byou{_WILL}|\bwill be)(?: \w+){{0,3}}"
_HAN_WE = r"(?:会|将|可以|可|能|给您|给你|为您|帮您|马上|立即|全额)"
_PROMISES: Final = {
    "guarantee": (
        r"\b(?:guarantee(?:d|s)?|promise[sd]?|assure[sd]?|without fail|(?:will|shall|'ll) (?:definitely|certainly"
        r"|surely|always)|100 ?% (?:sure|certain))\b"
        r"|保证|承诺|担保|包您|一定(?:会|能|给|帮|退|赔|到|可以)|绝对|肯定(?:会|能|可以)|必定|必将"
    ),
    "refund": (
        rf"{_WE} (?:refund|reimburse|pay (?:you )?back|give (?:you )?(?:your )?money back)|{_YOU} (?:(?:a )?(?:full )?"
        r"refund(?:ed)?|reimbursed|money back)\b|\b(?:full|complete) refund\b"
        rf"|{_HAN_WE}[^，。！？,]{{0,6}}(?:退款|退钱|退费|返还|退还)|一定退款|全额退"
    ),
    "compensation": (
        rf"\bcompensat\w+|{_WE} (?:credit|waive|cover)\b|\bgoodwill\b|\bstore credit\b"
        r"|补偿|赔偿|赔付|理赔|包赔|赔[您你给钱]|返现|赠送|减免"
    ),
    "free": (
        r"\bfree of charge\b|\bfor free\b|\bfree (?:shipping|delivery|return|replacement|repair|gift)s?\b"
        r"|\b(?:at|for) no (?:extra |additional )?(?:cost|charge)\b"
        r"|\bno (?:extra |additional )?(?:costs?|charges?|fees?)\b"
        r"|\bcomplimentary\b|免费|免运费|包邮|不收(?:取)?(?:任何)?费|零费用|无需(?:付费|支付)"
    ),
    "replacement": (
        rf"{_WE} (?:replace|exchange|send (?:you )?(?:a|an|another) (?:new|replacement|other))"
        rf"|{_YOU} (?:a )?replace(?:d|ment)\b|{_HAN_WE}[^，。！？,]{{0,4}}(?:换新|更换|补发|重发|换货)"
    ),
}
_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _PROMISES.items())
_DENIED = re.compile(
    r"(?:\b(?:not|cannot|never|unable to|no)\b|n['’]t\b|[不没无未勿]|无法)[^.,;:!?，。；：！？]{0,12}\Z", re.IGNORECASE
)


def promises_of(text: str) -> list[tuple[str, str]]:
    """Return the promises of a text as (kind, the words). What is denied is none, and nor is a question.

    >>> promises_of("We will refund you in full."), promises_of("We cannot guarantee that."), promises_of("一定会退款")
    ([('refund', 'We will refund')], [], [('guarantee', '一定会'), ('refund', '会退款')])
    """
    if text.rstrip().endswith(("?", "？")):
        return []
    return [
        (kind, match[0])
        for kind, pattern in _PATTERNS
        for match in pattern.finditer(text)
        if not _DENIED.search(text, max(0, match.start() - 30), match.start())
    ]
