"""What a message does not want: "don't cancel it, where is it?", 别退款，我要换货. What it says beside is its wish.

Only what a customer asks a desk to do can be said not to be wanted: cancel, refund, return, exchange, delete, change,
transfer. "Don't send me mails" and 我不想要了 ask for something, and a refund that never came (没退款) is a complaint.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

__all__ = ["says_all", "wanted_of"]

_ACT_EN: Final = (
    r"(?:cancel|refund|return|exchange|replace|swap|delete|close|terminate|transfer|connect|change"
    r"|(?:pass|put|send|take) (?:\w+ )?(?:on|through|back|away|off)|(?:talk|speak|chat) (?:to|with))"
)
_DONE_EN: Final = r"(?:cancel+ed|refunded|returned|exchanged|replaced|deleted|closed|changed)"
_THING_EN: Final = (
    r"(?:refund|return|exchange|replacement|voucher|cancellation|person|human|agent|call ?back|colleague)"
)
_NOT: Final = r"(?:do not|don['’]?t|dont|did not|didn['’]?t|never|not)"
_LEAD_EN: Final = (
    r"\A\W*(?:(?:but|and|so|wait|ok(?:ay)?|please|pls|just|actually|hang on|hold on|no|oh|sorry|stop|hey|hi)\b[\s,]*)*"
)
_DENIED_EN: Final = re.compile(
    rf"{_LEAD_EN}(?:"
    rf"(?:do not|don['’]?t|dont|never)(?: (?:please|just|yet|go and|actually|dare(?: to)?))* {_ACT_EN}\b"
    rf"|(?:i (?:really |actually |definitely |still )?{_NOT}|i['’]m not)(?: (?:really|actually|even))*"
    r" (?:want(?:ed|ing)?|wish(?:ing)?|ask(?:ed|ing)?|mean|meant|try(?:ing)?|say|said|plan(?:ning)?)"
    r"(?: (?:that )?(?:i|you|anyone|us)(?: wanted| want)?)?(?: you)?"
    rf"(?: (?:to|for))?(?: (?:a|an|any|the|my|another))? (?:{_ACT_EN}\b|{_THING_EN}\b(?! (?:mail|letter|label|policy))"
    rf"|(?:(?:my|the|this|that) (?:\w+ )?|it |this |that )(?:to be )?{_DONE_EN}\b)"
    rf"|not (?:an? {_THING_EN}\W*\Z|(?:to )?{_ACT_EN}\b)"
    r")",
    re.IGNORECASE,
)
_ENDS_EN: Final = re.compile(
    r"(?<=[,.;!?])\s+|\s+(?:-+|–|—)\s+|\n+|\s+(?=(?:but|i (?:just |only |actually |would |['’]d )*(?:want|need"
    r"|like)|i['’]d)\b)",
    re.IGNORECASE,
)
_JOINS_EN: Final = re.compile(
    r"\A\W*(?:(?:but|and|so|just|only|rather|instead|please|actually|no|wait|sorry|oh)\b[\s,]*)+", re.I
)
_KNOW_EN: Final = re.compile(
    r"\A(?:i(?:['’]d| would)? (?:just |only |simply )*(?:want(?:ed)?|need|like) to (?:know|ask|find out|see)"
    r"|(?:just |only )?tell me)(?: if| whether)? +",
    re.IGNORECASE,
)
_NOUN_EN: Final = re.compile(
    r"\b(?P<noun>(?:my|the|this|that|our) (?:\w+ )?[\w-]+)\W*(?:any ?more|now|yet|please)?\W*\Z", re.I
)
_PRONOUN_EN: Final = re.compile(r"\b(?:it|they|them)\b", re.IGNORECASE)
_TELLS_EN: Final = re.compile(
    r"[?]|\A(?:i|we|it|can|could|would|will|is|are|do|does|did|how|what|where|when|why|who|which|send|give"
    r"|keep|stop|tell"
    r"|show|cancel|change|refund|return|exchange|replace|repair|fix|leave|let|help|please|confirm|check"
    r"|explain|need|answer|look|find|make|resend|update|pause)\b",
    re.IGNORECASE,
)

_ACT_ZH: Final = (
    r"(?:取消|退款|退钱|退货|退掉|退订|退[了换]?|換貨|换货|更换|[换換]|注销|註銷|删除|刪除|[转轉](?:(?:到"
    r"|接)?(?:人工|客服|真人|给|接|$)|(?=[了啦]))"
    r"|人工|改|修改|更改|关闭)"
)
_LEAD_ZH: Final = (
    r"\A[\s\W]*(?:(?:但是?|可是?|那就|那|先|请|請|麻烦|拜托|千万|你们?|您|暂时|算了|还是|等一下|等等|不是"
    r"|好的?|嗯|哦|对不起|抱歉|不好意思)[\s，,]*)*"
)
_DENIED_ZH: Final = re.compile(
    rf"{_LEAD_ZH}(?:"
    rf"(?:先)?(?:不要|别|別|不用|不必|甭|勿)(?:再|给我|帮我|幫我|急着|着急|把[^，,。]{{1,8}})*{_ACT_ZH}"
    r"|我?(?:真的|其实|也|并|并没有?|从来)*(?:不是|不想|不打算|不需要|没说过?|没有说|没让你们?|没要求|没想"
    r"|没打算|不)(?:说|是|要|想|着|让你们?|你们?|给我)*"
    rf"(?:(?<=[要想说你们让是算求过])|(?<=需要)){_ACT_ZH}"
    rf"|我?不{_ACT_ZH}了"
    r")",
)
# What asks, or supposes, denies no wish: 不用退货就能退款吗, 不换也行的话.
_ASKS_ZH: Final = re.compile(
    r"[?？吗嗎呢]\W*\Z|就|才|怎么|怎麼|多少|为什么|為什麼|的话|能不能|可不可以|也行|也可以|行不行"
)
_ENDS_ZH: Final = re.compile(
    r"(?<=[，,。；;！!？?、\n])|\s+|(?<![不是])(?=而是|是想|是要|我只是|只是想|(?<=货|款|消)我[要想])"
)
_JOINS_ZH: Final = re.compile(
    r"\A[\s\W]*(?:而是|但是?|可是?|就是|我?只是|我?只|是(?!不是|否)|就(?=[想要问問])|请|直接)*"
    r"(?:(?:我)?(?:想|要)?(?:[问問]一?下?|知道|[问問]{2}|了解)(?:一下)?)?"
)
_NOUN_ZH: Final = re.compile(
    r"(?P<noun>(?:我的|这个|那个|这)[\u4e00-\u9fff]{1,5}?|订单|快递|包裹|账户|账号)(?:了|吧|啊|呀)?\W*\Z"
)
_WISH_ZH: Final = re.compile(
    r"\A我?(?:还是|就是?|只是?|是)?(?:想要?|要|需要|希望)"
    r"(?!的|[^，。]*(?:它|这个|那个|这款|那款|这双|那双))[^，。]{2,}"
)
_NO_SUBJECT_ZH: Final = re.compile(r"\A(?:到|在|发|什么时候|多久|几|怎么|现在|是不是|还|大概)")
# Whoever says what the message is not about, and then only asks something, asks that, whatever is not wanted.
_ONLY_ASKS: Final = re.compile(
    rf"{_LEAD_EN}(?:(?:i['’]m |i am |this is )?not (?:[a-z]+ing|after|here for)\b"
    r"|(?:this|it)(?: is|['’]s)(?: not|n['’]t) about"
    r"|i (?:do not|don['’]?t) (?:want|need|wish|mean))"
    r" [^,.;!?]{2,50}[,.;!-]+\s*"
    r"(?:but )?(?:(?:i(?:['’]m| am| was)?|just|only|simply|merely|all i)\W+)+"
    r"(?:(?:want(?:ed)?|need|like) to (?:know|ask|find out|check|see)|wondering|wanna know|asking|curious|checking)"
    r"(?: is)?(?: about| if| whether)?[\s,:]+(?P<rest>\S.*)\Z"
    rf"|{_LEAD_ZH}我?(?:并|也|其实|真的?)?(?:不是(?:要|想|来)|不想|不要|不用|不打算|没想|没打算|不需要)"
    r"[^，。,.;；!！?？]{1,12}[，。,.;；!！\s]+我?(?:就|只|只是|就是|主要|单纯|是)+(?:想|要|来)*"
    r"(?:[问問]|了解|知道|咨询|打听|确认|请教)(?:[一个]?下|[问問])*[\s，,：:]*(?P<rest_zh>\S.*)\Z",
    re.IGNORECASE,
)
_LEANS: Final = re.compile(r"\b(?:it|this|that|them|they|those|one|ones)\b|[它这那此]", re.IGNORECASE)
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_FEWEST_ZH: Final = 2


def wanted_of(text: str) -> str | None:
    """Return what a message asks beside what it does not want, '' where it asks nothing; None where it denies no wish.

    What it points at with "it" is named where what is not wanted names it.

    >>> wanted_of("I don't want to cancel my order, I just want to know where it is")
    'where my order is'
    >>> wanted_of("别退款，我要换货"), wanted_of("please don't cancel it"), wanted_of("why don't you refund me?")
    ('我要换货', '', None)
    >>> wanted_of("I'm not after a refund, I just wanted to ask when you close"), wanted_of("不想挂号，就问下发票")
    ('when you close', '发票')
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).replace("’", "'").split())
    chinese = bool(_HAN.search(plain))
    clauses = [one.strip() for one in (_ENDS_ZH if chinese else _ENDS_EN).split(plain) if one.strip()]
    denies = _denies_zh if chinese else _denies_en
    denied = [one for one in clauses if denies(one)]
    if not denied:
        return _only_asked(plain)
    rest = (
        " ".join(one for one in clauses if one not in denied)
        if not chinese
        else "".join(one for one in clauses if one not in denied)
    )
    return _wish_zh(rest, denied[-1]) if chinese else _wish_en(rest, denied[-1])


def _only_asked(plain: str) -> str | None:
    """Return what a message only asks beside what it is not about, None where that leans on the other."""
    found = _ONLY_ASKS.search(plain)
    asked = (found["rest"] or found["rest_zh"]) if found else ""
    return asked if asked and not _LEANS.search(asked) else None


def says_all(wish: str) -> bool:
    """Return whether a wish beside what is not wanted says by itself what it is about: no question completes it.

    >>> says_all("我要换货"), says_all("我想换这个"), says_all("什么时候到")
    (True, False, False)
    """
    return bool(_WISH_ZH.match(wish))


def _denies_en(clause: str) -> bool:
    return not clause.endswith("?") and bool(_DENIED_EN.search(clause))


def _denies_zh(clause: str) -> bool:
    return bool(_DENIED_ZH.search(clause)) and not _ASKS_ZH.search(clause)


def _wish_en(rest: str, denied: str) -> str | None:
    """Return the wish that is left, None where it leans on what is denied: "not the lamp but the table"."""
    wish = _JOINS_EN.sub("", rest).rstrip(" ,;-")
    if not re.search(r"\w", wish) or _is_courtesy(wish):
        return ""
    if not _TELLS_EN.search(wish):
        return None
    wish = _KNOW_EN.sub("", wish)
    noun = _NOUN_EN.search(denied)
    return _PRONOUN_EN.sub(noun["noun"], wish) if noun else wish


def _wish_zh(rest: str, denied: str) -> str:
    wish = _JOINS_ZH.sub("", rest).strip("，,。 ")
    if len(_HAN.findall(wish)) < _FEWEST_ZH or _is_courtesy(wish):
        return ""
    noun = _NOUN_ZH.search(denied)
    return f"{noun['noun']}{wish}" if noun and _NO_SUBJECT_ZH.search(wish) else wish


def _is_courtesy(text: str) -> bool:
    return bool(_COURTESY.fullmatch(text))


_COURTESY: Final = re.compile(
    r"(?:\W|please|pls|thanks?|thank you|sorry|wait|hang on|hold on|after all|ok(?:ay)?|no|stop|actually|yet"
    r"|谢谢|多谢|等一下|等等|等会儿?|不好意思|抱歉|对不起|麻烦了?|好吗|好的?|算了|还是|不是|嗯|哦|那|先|了|啊|吧)*",
    re.IGNORECASE,
)
