"""Details: a message that only tells a number, a link or what else a colleague needs, or points at another order."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["only_details", "points_elsewhere"]

# A code of four digits and more, a link, or what was masked.
_DETAIL: Final = re.compile(
    r"https?://\S+|www\.\S+|<[A-Z]+_\d+>|#?(?<![a-z0-9-])[a-z]{0,4}[- ]?\d{4,}[a-z0-9]*(?![a-z0-9年-])", re.IGNORECASE
)
_SAYS: Final = re.compile(
    r"\b(?:i|already|just|said|told|you|gave|it['’]?s|it|is|that['’]?s|this|that|here['’]s|here|you|go|the|my"
    r"|our|order|orders|parcel|package"
    r"|return|tracking|invoice|customer|number|no|nr|id|code|link|mail|e-?mail|phone|address|for|about"
    r"|regarding|concerning|re|found|hang"
    r"|on|wait|oh|sorry|ok(?:ay)?|yes|and|please|hi|hello|is|was|again|see|name)\b"
    r"|订单号?码?|单号|运单号?|快递|物流|退货|编号|号码|号|链接|电话|手机|邮箱|地址|我|的|是|这个?|那个?|给你"
    r"|给您|发你|说了|说过|已经|刚才|找到了|在这里?|请看|看|查|一下|关于"
    r"|了|啊|呀|哦|嗯|好的?|您?你好|不好意思|抱歉",
    re.IGNORECASE,
)
_LONGEST: Final = 120
_NOUN_EN: Final = r"(?:order|parcel|package|delivery|shipment|number)"
_OTHER: Final = re.compile(
    rf"\A\W*(?:(?:no+|not|this|that|it['’]?s|it|is|isn['’]?t|wasn['’]?t|sorry|wait|i|meant|mean|was|asking"
    rf"|about|talking|for"
    rf"|wrong|the|but|one|actually|{_NOUN_EN})\W+)*(?:the|my|a|an)?\s*(?:other|another|different"
    rf"|second) {_NOUN_EN}\W*\Z"
    r"|\A(?:\W*(?:不是|不对|我|说的?|问的?|指的?|是|要|查|这个|那个|这单|那单|这张|订单|快递|包裹|单子|单)\W*)*"
    r"(?:另外?一?|别的|其他|上一|前一)[个单张笔件]?(?:订单|快递|包裹|单子|单|那个)?\W*\Z",
    re.IGNORECASE,
)
_ORDER_ZH: Final = re.compile(r"单|快递|包裹")


def only_details(text: str) -> str:
    """Return the detail that a message tells and nothing else, '' where it says more, or tells none.

    >>> only_details("I said TW-204817"), only_details("订单号是TW-204817"), only_details("cancel TW-204817")
    ('TW-204817', 'TW-204817', '')
    """
    plain = unicodedata.normalize("NFKC", text)
    told = _DETAIL.findall(plain)
    if not told or len(plain) > _LONGEST or plain.rstrip().endswith("?"):
        return ""
    rest = _SAYS.sub("", _DETAIL.sub("", plain))
    return "" if re.search(r"[^\W_]", rest) else told[0].strip()


def points_elsewhere(text: str) -> bool:
    """Return whether a message says that another order is meant, and not which.

    >>> points_elsewhere("no, I meant the other order"), points_elsewhere("不是这个订单，是另一个")
    (True, True)
    >>> points_elsewhere("the other order is late"), points_elsewhere("另一个")
    (False, False)
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    if not _OTHER.search(plain):
        return False
    return bool(re.search(_NOUN_EN, plain, re.IGNORECASE) or _ORDER_ZH.search(plain))
