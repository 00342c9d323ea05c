"""Impartial reading: who writes, from where, and whether of a wife or a husband, is no part of what is asked.

Blindness (Garg et al. 2019, "Counterfactual fairness in text classification through robustness"): words that tell a
gender are read as one that does not, and sentences that do nothing but introduce somebody are not read. What is asked
*about* stays: a parcel to Leeds is one, and 女款 is a product.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["impartial"]

_NEUTRAL: Final = {
    "he": "they", "she": "they", "him": "them", "himself": "themselves", "herself": "themselves", "his": "their",
    "her": "their", "hers": "theirs", "husband": "partner", "wife": "partner", "hubby": "partner",
    "boyfriend": "partner",
    "girlfriend": "partner", "son": "child", "daughter": "child", "father": "parent", "mother": "parent",
    "dad": "parent",
    "mum": "parent", "mom": "parent", "brother": "sibling", "sister": "sibling", "uncle": "relative",
    "aunt": "relative",
    "nephew": "relative", "niece": "relative", "grandfather": "grandparent", "grandmother": "grandparent",
    "grandpa": "grandparent", "grandma": "grandparent", "gentleman": "customer", "lady": "customer", "mr": "mx",
    "mrs": "mx", "ms": "mx",
}  # fmt: skip
_ENGLISH: Final = re.compile(rf"\b(?:{'|'.join(sorted(_NEUTRAL, key=len, reverse=True))})\b", re.I)
_TITLES: Final = re.compile(
    r"\b(?:(?:dear|hi|hello|hey),? )?(?:sir|madam|ma'am)\b(?: or (?:sir|madam))?[,!.]?\s*", re.I
)
_HAN_PAIRS: Final = (
    "老公老婆=爱人 丈夫妻子=爱人 男朋友女朋友=对象 男友女友=对象 儿子女儿=孩子 爸爸妈妈=家长 父亲母亲=家长"
    " 爷爷奶奶=老人"
    " 外公外婆=老人"
    " 哥哥姐姐=家人 弟弟妹妹=家人 叔叔阿姨=长辈"
)
_HAN_NEUTRAL: Final = {
    half: neutral
    for pair in _HAN_PAIRS.split()
    for both, _, neutral in (pair.partition("="),)
    for half in (both[: len(both) // 2], both[len(both) // 2 :])
} | {"她": "他", "先生": "顾客", "女士": "顾客"}
# 先生产 is none of a gentleman.
_CHINESE: Final = re.compile(rf"(?:{'|'.join(sorted(_HAN_NEUTRAL, key=len, reverse=True))})(?<!先生(?=[产效成]))")

_WHO: Final = r"(?:<NAME_\d+>|[A-Z][a-zà-ÿ'-]+)(?:(?: and)? (?:<NAME_\d+>|[A-Z][a-zà-ÿ'-]+)){0,2}"
_START, _STOP = r"(?:(?<=[.!?\n] )|(?<=\n)|\A)", r"(?:[.!]+\s*|,\s+|\s*\n|\s*\Z)"
_INTRODUCED: Final = re.compile(
    rf"{_START}(?:(?i:hi|hello|hey|good \w+|dear \w+)(?: there| team| all)?,? )?"
    rf"(?:(?i:this is|my name is|my name's|i am|i'm|it's) {_WHO}(?: here| speaking)?|{_WHO} (?:here|speaking))"
    rf"(?:,? (?i:from) {_WHO})?{_STOP}"
    rf"|{_START}(?i:i|we)(?i:'m|'re| am| are)? (?i:in|from|near|here in) (?:the )?{_WHO}{_STOP}"
    rf"|\b(?i:i|we)(?i:'m|'re| am| are)? (?i:live|living|based|located|writing(?: to you)?|write|come|coming"
    rf"|a customer)"
    rf" (?i:in|from|near|here in) (?:the )?{_WHO}{_STOP}"
    rf"|(?:(?<=[.!?\n]\s)|\A|\n)(?i:(?:kind |best |warm )?regards|best(?: wishes)?|sincerely|yours(?: \w+)?"
    rf"|many thanks|thanks|cheers),?\s+{_WHO}\W*\Z"
)
_HAN_ROLES: Final = (
    "会员|顾客|客户|学生|商家|卖家|买家|新人|老师|企业|公司|用户|代理|批发|团购|员工|房东|店主|残疾|孕|新手|第一"
    "|说|等|买|退|换|付|订|收|查"
    "|用|看|要|想|不|没|问|手机|电脑|网|路|家里|外面|国外|海外|出差|上班|哪|谁|什么|怎|因为|按|投诉|需要|新(?!疆"
    "|乡|竹|加坡)|老(?!挝)|昨|今|前|上(?!海|饶)|几|已|刚|被|给|个"
)
_HAN_INTRODUCED: Final = re.compile(
    rf"(?:(?<=[，。！？,.!?\s])|\A)(?:[你您]好[，,。！! ]?)?我们?(?:名字)?(?:是|叫|在|住在?"
    rf"|来自)(?![^，。！？,.!? ]*(?:{_HAN_ROLES}))"
    r"(?:<NAME_\d+>|[一-鿿·]{2,6})(?:，|。|！|,|\.|!| |\Z)"
)
_WORDS: Final = re.compile(r"[A-Za-z']{2,}|[一-鿿]{2}")
_FEWEST = 2


def impartial(text: str) -> str:
    """Return what is read of a message: the same for whoever writes it.

    A message that does nothing but introduce somebody stays as it is, but for its words of gender.

    >>> impartial("Hello, Priya Nair here. My wife never got her parcel.")
    'My partner never got their parcel.'
    >>> impartial("我是河南的。我老婆没收到")
    '我爱人没收到'
    """
    plain = text.replace("’", "'")
    if not plain.isascii():
        plain = _CHINESE.sub(lambda match: _HAN_NEUTRAL[match[0]], plain)
        plain = _kept(plain, _HAN_INTRODUCED)
    plain = _ENGLISH.sub(lambda match: _cased(_NEUTRAL[match[0].lower()], match[0]), plain)
    plain = _kept(plain, _TITLES)
    return _kept(plain, _INTRODUCED)


def _kept(text: str, pattern: re.Pattern[str]) -> str:
    """Return a text without what the pattern finds, the text itself where hardly anything would be left."""
    left = pattern.sub("", text).strip()
    return left if left != text and len(_WORDS.findall(left)) >= _FEWEST else text


def _cased(word: str, like: str) -> str:
    return word.upper() if like.isupper() else word.capitalize() if like[0].isupper() else word
