"""Courtesies: what a message says beside what it asks, and messages that say nothing else: "ok", 好的, 👍."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from replydesk.data.mail import own_words
from replydesk.data.script import simplified
from replydesk.dialog.cues import contracted, is_thanks
from replydesk.dialog.parts import asks_something
from replydesk.dialog.small_talk import small_talk

__all__ = ["as_read", "is_acknowledged", "is_wordless", "trimmed", "without_courtesies"]

_CLAUSE: Final = re.compile(r"[^,.!?;:~\n，。！？；：～…]*[,.!?;:~\n，。！？；：～…]*\s*")
_ASIDE: Final = re.compile(
    r"\A\W*(?:(?:i['’]?m |i am |so |very |really |terribly )*sorry(?: about that| for that| to bother you| again)?"
    r"|(?:i )?(?:apologi[sz]e|my apologies|my bad|pardon|excuse me)|i did ?n['’]?t mean (?:that|it)(?: like that)?"
    r"|i['’]?m (?:just |a bit |really |so )*(?:stressed|upset|tired|in a hurry|frustrated)"
    r"|(?:just )?(?:one|a) (?:more|last|quick) (?:thing|question)|another (?:thing|question)|quick question|wait|also"
    r"|ok(?:ay)?|alright|all right|well|hm+"
    r"|好的?|嗯+|对不起|抱歉|不好意思|打扰一下|打扰了|麻烦了|刚才(?:太|有点|是我)?(?:急|激动|冲动|失礼)了?"
    r"|我(?:太|有点)(?:急|激动)了?|别介意"
    r"|再问一下|再问一个(?:问题)?|还有(?:一个)?(?:问题|件事)|另外)\W*\Z",
    re.IGNORECASE,
)
_ASKS_FIRST: Final = re.compile(
    r"\A\s*(?:(?:and|also|so|then|but|please)\b[\s,]+(?=(?:how|what|when|where|why|who|which|can|could|do|does"
    r"|is|are|will)\b)"
    r"|(?:[您你]好[，,!！\s]*)?(?:可以|能|能否|可否)?(?:请问|請問|请教|问)(?:一下|下)?[\s，,:：]*|(?:我)?(?:想"
    r"|要)问(?:一下|下|问)?[\s，,:：]*"
    r"|(?:那么?|还有|另外)[\s，,]*(?=怎么|怎麼|如何|什么|多久|多少|可以|能|在哪))",
    re.IGNORECASE,
)
_ACKNOWLEDGED: Final = re.compile(
    r"\A\W*(?:(?:yes+|yeah|yep|yup|sure|ok(?:ay|ey)?|k|alright|all right|right|correct|exactly|fine|great|good|perfect"
    r"|cool|nice|super|lovely|brilliant|awesome|excellent|wonderful|wow|oh|ah|i see|got it|understood|noted|makes sense"
    r"|fair enough|will do|no problem|no worries|all good|sounds good|that['’]?s (?:fine|ok(?:ay)?|good|great|clear|it)"
    r"|then|so|please|please do|(?:that|it|this) (?:helps?|helped|works?|worked)(?: now)?"
    r"|(?:it['’]?s )?(?:working|solved|sorted|fixed|done)(?: now)?"
    r"|not yet|(?:maybe|perhaps) later|later"
    r"|never ?mind|forget (?:it|about it)|leave it|don['’]?t bother|no thanks|no thank you|no need"
    r"|nothing else|no more questions"
    r"|是的?|对的?|没错|嗯+|哦+|噢|好[的吧呀啊嘞滴哒]*|行[吧啊]?|可以了?|ok|收到|明白了?|知道了|了解了?|懂了"
    r"|清楚了|原来如此|这样啊"
    r"|没问题|没关系|没事|太好了|不错|解决了|搞定了?|弄好了|好了|谢谢|多谢|不用了?|不需要了?|暂时不用|以后再说|算了"
    r"|不弄了|不办了|再说吧|先这样|就这样|那)[\s\W]*)+\Z",
    re.IGNORECASE,
)
_PLEASED: Final = re.compile(
    "[\U0001f44d\U0001f44c\U0001f64f\U0001f44f\U0001f389\U0001f60a\U0001f600-\U0001f606\U0001f642\U0001f970\u2764\u2705\U0001f91d\U0001f4aa]"
)
_QUESTION_IS: Final = re.compile(
    r"(?:\bmy (?:only |actual |main )?question (?:is|was)|\bwhat i (?:want(?:ed)?|(?:would"
    r"|['’]d) like) to (?:know|ask) is|我的问题是|我(?:主要)?想问的是)"
    r"[\s,:，：]+(?=\S)",
    re.IGNORECASE,
)
_LETTER: Final = re.compile(r"[^\W_]")
# Emoji, with the signs that join and colour them, and what stands between.
_EMOJI: Final = " \t\n~～\u2b50\ufe0f\u200d" + "".join(map(chr, (*range(0x2600, 0x27C0), *range(0x1F000, 0x1FB00))))
_POLITE: Final = re.compile(r"[\s,]+pl[sz]+[\s.!]*(?P<mark>\??)\s*\Z", re.IGNORECASE)
# A greeting stays: what stands behind it may be a name, and is then not read.
_CALLING: Final = re.compile(r"\A\W*(?:(?:亲+(?:爱的)?|喂+|哈[喽啰])[呀啊哦]?(?:[，。,、!！~～.]+\s*|\s+))+")
_LONGEST: Final = 40


def without_courtesies(text: str) -> str:
    """Return the part of a message that asks: without quoted mail, and without the greeting, thanks and apology around.

    What asks nothing beside them comes back with them.

    >>> without_courtesies("thanks! and how do I return something?"), without_courtesies("你好，请问运费怎么算")
    ('how do I return something?', '运费怎么算')
    """
    said = own_words(text)
    said = said[found.end() :] if (found := _QUESTION_IS.search(said)) else said
    clauses = [one for one in _CLAUSE.findall(said) if one.strip()]
    first, last = 0, len(clauses)
    while first < last and _is_courtesy(clauses[first]):
        first += 1
    while last > first and _is_courtesy(clauses[last - 1]):
        last -= 1
    asked = "".join(clauses[first:last]).strip()
    asked = _ASKS_FIRST.sub("", asked)
    return asked if _LETTER.search(asked) and asks_something(asked) else said


def trimmed(text: str) -> str:
    """Return a message without what stands around what it says: an address before it, a "pls" and emoji behind it.

    What says nothing else stays as it is.

    >>> trimmed("TW-204817 pls 🙏"), trimmed("亲，第二个😊"), trimmed("亲测有效"), trimmed("hello 👋")
    ('TW-204817', '第二个', '亲测有效', 'hello')
    """
    said = text.strip()
    called = _CALLING.sub("", said)
    for rest in (called, called.rstrip(_EMOJI), _POLITE.sub(r"\g<mark>", called.rstrip(_EMOJI)).rstrip(_EMOJI)):
        # "Hello 👋" is a greeting, but 亲，👍 is a thumb.
        said = rest if _LETTER.search(rest) or (rest and said[0] == "亲") else said
    return said


def as_read(text: str) -> str:
    """Return a message as its words are read: :func:`trimmed`, in simplified characters, with its apostrophes.

    >>> as_read("亲，什麼時候發貨😊"), as_read("dont cancel it pls")
    ('什么时候发货', "don't cancel it")
    """
    return contracted(simplified(trimmed(text)))


def is_acknowledged(text: str) -> bool:
    """Return whether a message only says that the last reply was heard, or that nothing more is wanted.

    >>> [is_acknowledged(one) for one in ("ok", "好的，知道了", "👍", "yes please", "ok and the blue one?")]
    [True, True, True, True, False]
    """
    plain = unicodedata.normalize("NFKC", text)
    if not _LETTER.search(plain):
        return bool(_PLEASED.search(plain))
    if len(plain) > _LONGEST or plain.rstrip().endswith("?"):
        return False
    return bool(_ACKNOWLEDGED.search(plain)) or is_thanks(plain)


def is_wordless(text: str) -> bool:
    """Return whether a message has no word in it, only marks or emoji, or a mere sound: "???", 😡, hmm.

    >>> is_wordless("😡😡"), is_wordless("?"), is_wordless("E4")
    (True, True, False)
    """
    return not _LETTER.search(text) or bool(_SOUND.search(text))


_SOUND: Final = re.compile(r"\A\W*(?:h+m+|u+m+|u+h+|e+r+|e+h+|huh|呃+|额+|啊+|唉+|哎+|哼+)\W*\Z", re.IGNORECASE)


def _is_courtesy(clause: str) -> bool:
    return bool(_ASIDE.search(clause)) or is_thanks(clause) or _talks(clause)


def _talks(clause: str) -> bool:
    talk = small_talk(clause, "en")
    # Who asks whether somebody is there, or who answers, asks something.
    return talk is not None and talk.kind in ("hello", "thanks", "bye")
