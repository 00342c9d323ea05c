"""Follow-ups: a message that needs its conversation ("and for the blue one?", 那蓝色的呢) made complete by itself.

The gate says whether a message needs the question before; the rules here say it whole: a word of the same kind is
exchanged (red for blue, Spain for France), a thing takes another's place, a pronoun gets what it stands for, and what
has none of these gets the question itself in brackets.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from replydesk.dialog.compose.evidence import content_words
from replydesk.dialog.gate import gate
from replydesk.retrieval.matcher import Hit

__all__ = ["completed", "rewritten", "with_new_words"]

_NEAR = 0.5
"""A hit that has the new words of a follow-up goes first where it scores this share of the best, or more."""
_LONGEST = 200
_HAN = re.compile(r"[\u3400-\u9fff]")
_DAYS = r"mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|today|tomorrow|weekends?|holidays?"
_KINDS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:red|blue|green|black|white|grey|gray|yellow|pink|purple|brown|orange|gold|silver|beige|navy|cream"
        r"|teal)\b",
        r"\bsize (?:\d+|[smlx]{1,4})\b|\b(?:xxl|xl|xs|[sml])\b(?!')|\b(?:small|medium|large|big)(?:er|est)?\b",
        r"\b\d+(?:\.\d+)? ?(?:x|by) ?\d+(?:\.\d+)?\b",
        r"\b(?:oak|pine|walnut|birch|glass|leather|cotton|linen|wool|silk|steel|plastic|wooden|metal|ceramic)\b",
        rf"\b(?:{_DAYS})\b",
        r"\b(?:express|standard|priority|next-day|overnight)\b",
        r"\b(?:paypal|klarna|visa|mastercard|apple pay|google pay|bank transfer)\b|\b(?:credit|debit|gift) cards?\b",
        r"\b[a-z]{1,3}-?\d{1,3}\b",
        r"(?:[红蓝绿黑白黄灰粉紫棕橙金银]|米白|深蓝|浅蓝|浅灰|深灰|咖啡)色",
        r"(?<![a-z])(?:xxl|xl|xs|[sml])码?(?![a-z])|[特大中小]号|\d+码",
        r"(?:\d+|[一二两三四五六七八九十]+)(?:米|厘米|公分|寸|升|毫升|公斤|克)",
        r"(?:橡木|松木|胡桃木|实木|玻璃|真皮|纯棉|亚麻|羊毛|真丝|不锈钢|塑料|陶瓷|竹)",
        r"(?:周|星期|礼拜)[一二三四五六日天末]|今天|明天|后天|周末|国庆节?|春节|元旦|五一|节假日",
        r"顺丰|圆通|中通|申通|韵达|京东|邮政|EMS",
        r"货到付款|微信(?:支付)?|支付宝|花呗|银行卡|信用卡|储蓄卡|云闪付",
        r"北京|上海|广州|深圳|成都|杭州|南京|苏州|武汉|重庆|西安|天津|长沙|青岛|香港|澳门|台湾|新疆|西藏|内蒙古?|海南"
        r"|[东西南北]部|美国|日本|韩国|英国|法国|德国|澳大利亚|加拿大|新加坡",
    )
)
_LEADS_EN = re.compile(
    r"\A\W*(?:(?:ok(?:ay)?|and|so|but|or|great|thanks|thank you|alright|hmm+|no wait|wait|sorry|no(?=,)"
    r"|what about|how about|what if it is"
    r"|then|also|in that case|no,? the|i mean)\b[\s,.!]*)+",
    re.IGNORECASE,
)
_LEADS_ZH = re.compile(
    r"\A(?:(?:好的?|嗯+|谢谢|那么|那(?!个|些|种|边|里)|还有|以及|如果|要是|换成|可是|但是|另外)[\s,，。!！]*)+"
)
# 小狗行不行 asks of a dog what was asked of a cat; 花瓶也行吗 says more.
_WHETHER_ZH = re.compile(r"(?:呢|行不行|行吗|可以吗|可不可以|有没有|有吗)?[\s?？。!！]*\Z")
_TAIL_ZH = re.compile(r"(?:呢|怎么样|行吗|可以吗|行不行|有没有|有吗|也?一样吗?|吗)?[\s?？。!！]*\Z")
_PREPOSITIONS = "to|in|for|from|by|with|without|on|at|of|after|before|until|within|instead of"
_PHRASE = re.compile(rf"\A(?P<word>{_PREPOSITIONS})\s+(?P<rest>\S.*)\Z", re.IGNORECASE)
_STOP_EN = (
    r"(?=[\s,]+(?:to|in|for|from|by|with|without|on|at|of|after|before|until|instead|available|arrive[sd]?|arrived"
    r"|weatherproof|vegan|be|been|(?:is|are|was|were|has|have|had|does|do|did|will|would|can|could)(?:n['’]?t)?"
    r"|go(?:es)?|fit(?:s|ted)?|come[s]?|need[s]?|keep[s]?|run[s]?|last[s]?|leave[s]?|start[s]?|close[sd]?|open(?:s|ed)?"
    r"|show[sn]?|say[s]?|switch(?:es)?|so|not|when|if|and|or|again|please|back|take[sn]?|cost|work[s]?|anywhere|here"
    r"|there|yet|now|today|tomorrow|dishwasher|waterproof|washable|real|made|still)\b|[?.!,]|\s*\Z)"
)
_THING = re.compile(
    rf"\b(?P<determiner>the|my|our|a|an|your|this|these|those|some)\s+(?P<noun>[\w'-]+(?:\s[\w'-]+){{0,3}}?){_STOP_EN}",
    re.IGNORECASE,
)
_LIST = re.compile(
    r"\b(?:are|is|repair|accept|offer|sell|have|ship|take|buy|make|fix|clean|stock|get|pay with|pay by|reset)\s+"
    rf"(?!possible\b|it\b|there\b)(?P<noun>[\w'-]+(?:\s[\w'-]+)?){_STOP_EN}",
    re.IGNORECASE,
)
_PRONOUN = re.compile(r"\b(?:it|they|them|he|she|him)\b(?!['’]s (?:possible|true))", re.IGNORECASE)
_ITS = re.compile(r"\b(?:its|their|his)\b", re.IGNORECASE)
_IT_IS = re.compile(r"\b(?:it|he|she)['’]s\b", re.IGNORECASE)
_TAIL_EN = re.compile(r"[\s,]+(?:then|too|as well|instead|please|though)\W*\Z", re.IGNORECASE)
# Such a fragment is no thing that takes another's place.
_NO_THING = re.compile(
    r"\A(?:back|again|later|now|soon|online|here|there|really|why|often|one|two|three|four|five|six|ten|both"
    r"|more|less|\d+)\Z",
    re.IGNORECASE,
)
_DETERMINED = re.compile(r"\A(?P<determiner>the|my|our|an?|your|this|these|those|some)\s", re.IGNORECASE)
_ONE = re.compile(r"\bones?\b", re.IGNORECASE)
_CLAUSE = re.compile(
    r"\b(?:is|are|was|were|do|does|did|can|could|will|would|should|may|has|have|had|when|where|why|how|what"
    r"|which|who|if)\b",
    re.IGNORECASE,
)
_CLAUSE_ZH = re.compile(
    r"什么|怎么|多久|多少|多长|多大|多重|几|哪|为什么|能|可以|会(?!\Z)|要|是|有|行|吗|不|没|谁|试|打|坏|带|退"
    r"|改|修|补|送|到付|保|收费|影响|通知"
)
_ASKING = re.compile(
    r"\A\W*(?:(?:please|hi|hello|hey|sorry|excuse me)\W+)*(?:(?:can|could|may|do|would|will) (?:i|we|you)(?: please)?"
    r"|i(?:['’]d| would)? (?:like|want|need) to|how (?:do|can) i|is it possible to|where can i"
    r"|where is|when will|when do i)\s+",
    re.IGNORECASE,
)
_ASKING_ZH = re.compile(r"\A(?:(?:请问|你好|您好|麻烦问一下|想问一下|问一下|请教一下)[\s,，。!！]*)+")
_END = re.compile(r"[\s?？。.!！吗呢呀啊]+\Z")
_SUBJECT_ZH = re.compile(
    r"\A(?P<before>(?:请问|你好|您好)?[,，]?(?:我的|你们的?|这款|这个|那个|这件|那件|这条|这把|这台|这双|收到的)?)"
    r"(?P<noun>(?:(?![下之后还已可我你您])[\u4e00-\u9fffA-Za-z]){1,6}?)"
    r"(?=(?:什么时候|什么|怎么|多久|多少|可以|能|可不|有没有|有|是|在|到|为什么|支持|需要|要|会|保修|防水|几点"
    r"|运费|上班|店))"
)
_OBJECT_ZH = re.compile(
    r"(?P<verb>退货?|换|带|装|用|养|洗|教|卖|租|买|取消|修|寄到?|寄|重置|支持|改|补发|退|下载|写|送|开|查|拿"
    r"|订|要|不要)(?P<noun>[\u4e00-\u9fffA-Za-z]{2,6}?)"
    r"(?=(?:送?多少|要|多久|吗|呢|的|可以|能|什么|怎么|而不是|不要|[?？。!！]|\Z))"
)
# What is done or paid, of whatever thing: 新疆 after 运费怎么算 is 新疆运费怎么算.
_SERVICES_ZH = (
    "保修|质保|退款|退钱|退货|换货|运费|邮费|快递|物流|配送|发货|价格|保养|维修|安装|年费|押金|学费|门票|折扣|发票"
)
_SERVICE_ZH = re.compile(rf"\A(?:{_SERVICES_ZH})+\Z")
_OWNER_ZH = re.compile(r"(?P<noun>(?!我|你|您)[\u4e00-\u9fffA-Za-z]{1,6}的)")
_ABOUT = re.compile(r"[^()]+ \((.+)\)")
_NE = re.compile(r"呢?[\s?？。!！]*\Z")
_NOUN, _EXCHANGED = 8, 6
# A name inside a question, such as a country: what begins a sentence, and I, are none.
_NAMED = re.compile(r"(?<=[a-z,] )(?!I\b)[A-Z][\w-]+(?: [A-Z][\w-]+)*")
_IT_ZH = re.compile(r"它们?|这个|那个|这种|那种|这些|那些")


def rewritten(text: str, topic: str) -> str:
    """Return a message that needs the question before it said in full, '' where it needs none.

    >>> rewritten("and to Germany?", "How long does delivery to France take?")
    'How long does delivery to Germany take?'
    >>> rewritten("那蓝色的呢", "这款杯子有红色的吗？")
    '这款杯子有蓝色的吗？'
    >>> rewritten("I never got a receipt for my last order", "How long does delivery to France take?")
    ''
    """
    return completed(text, topic) if gate().needs(text, topic) else ""


def completed(text: str, topic: str) -> str:
    """Return a message completed by the question ``topic`` before it, whether it needs it or not."""
    said, before = " ".join(text.split()), " ".join(topic.split())
    # A question that was completed itself brings what it is about in brackets.
    before = (_ABOUT.sub(r"\1", before) if _ABOUT.fullmatch(before) else before)[:_LONGEST]
    if _HAN.search(said) or _HAN.search(before):
        return _completed_zh(said, before)
    return _completed_en(said, before)


def with_new_words(hits: Sequence[Hit], alone: Sequence[Hit], text: str, topic: str) -> list[Hit]:
    """Return the hits of a completed follow-up, those first that have a word of it that the question before had not.

    那快递呢 after a question about a refund asks about a parcel: what has no such word is about the question before.
    Hits of the message as it stands, ``alone``, count where they have one. Nothing changes where the best hit has one,
    or no other is near.
    """
    new = frozenset(content_words(text)) - frozenset(content_words(topic))
    if not hits or hits[0].exact or not new:
        return list(hits)

    def has(hit: Hit) -> bool:
        return not new.isdisjoint(content_words(f"{hit.ticket.question}\n{hit.ticket.answer}"))

    least = _NEAR * hits[0].score
    known = {hit.ticket.id for hit in hits}
    others = [hit for hit in alone if hit.ticket.id not in known]
    first = sorted(
        (hit for hit in (*hits, *others) if hit.score >= least and has(hit)), key=lambda hit: hit.score, reverse=True
    )
    if has(hits[0]) or not first:
        return list(hits)
    return [*first, *(hit for hit in hits if hit not in first)][: len(hits)]


def _exchanged(said: str, before: str) -> str:
    """Return the question with what is of the same kind exchanged, '' where the two share no kind."""
    made = before
    for kind in _KINDS:
        new, old = kind.search(_wide(said)), kind.search(_wide(made))
        if new is not None and old is not None and new[0].lower() != old[0].lower():
            made = made[: old.start()] + said[new.start() : new.end()] + made[old.end() :]
    return made if made != before else ""


def _completed_en(said: str, before: str) -> str:
    core = _END.sub("", _ASKING.sub("", before))
    fragment = _END.sub("", _TAIL_EN.sub("", _LEADS_EN.sub("", said))) or _END.sub("", said)
    if not _CLAUSE.search(fragment) and not _PRONOUN.search(fragment):
        phrase = _PHRASE.match(fragment)
        if made := _exchanged(fragment, before):
            return made
        if phrase is not None:
            same = re.compile(
                rf"\b{phrase['word']}\s+(?:the |my |an? )?[\w'-]+(?:\s[\w'-]+)??{_STOP_EN}", re.IGNORECASE
            )
            if (found := _last(same, before)) is not None:
                return before[: found.start()] + fragment + before[found.end() :]
            return _before_end(before, fragment)
        if fragment[:1].isupper() and (named := _last(_NAMED, before)) is not None:
            return before[: named.start()] + fragment + before[named.end() :]
        if (one := _with_noun(fragment, before)) is not None:
            return one
        if (thing := _alike(fragment, before)) is not None and _is_noun(fragment):
            start, end = thing.span("noun")
            noun = re.sub(r"\A(?:the|my|our|an?|your|this|these|those|some)\s+", "", fragment, flags=re.IGNORECASE)
            return f"{before[:start]}{noun}{before[end:]}"
        return f"{said} ({core})"
    thing = _thing(before)
    if thing is None:
        return f"{said} ({core})"
    name = thing[0] if thing.re is _THING else thing["noun"]
    stands = _PRONOUN.sub(name, _ITS.sub(f"{name}'s", _IT_IS.sub(f"{name} is", said)))
    return f"{stands} ({core})"


def _with_noun(fragment: str, before: str) -> str | None:
    """Return the question about "the blue one": its thing with another attribute, None without a "one"."""
    thing = _thing(before)
    if thing is None or not _ONE.search(fragment):
        return None
    start, end = thing.span("noun")
    noun = thing["noun"].split()
    made = re.sub(r"\A(?:the|an?)\s+", "", _ONE.sub(" ".join(noun[1:] or noun), fragment), flags=re.IGNORECASE)
    return f"{before[:start]}{made}{before[end:]}"


def _thing(before: str) -> re.Match[str] | None:
    return _THING.search(before) or _LIST.search(before)


def _alike(fragment: str, before: str) -> re.Match[str] | None:
    """Return the thing of a question that a fragment may replace: the last with its article, else the first."""
    said = _DETERMINED.match(fragment)
    first = _thing(before)
    if said is None:
        return first
    one = "an" if said["determiner"].lower() == "a" else said["determiner"].lower()
    same = [
        found
        for found in _THING.finditer(before)
        if ("an" if found["determiner"].lower() == "a" else found["determiner"].lower()) == one
    ]
    return same[-1] if same else first


def _is_noun(fragment: str) -> bool:
    return len(fragment.split()) <= 4 and not _NO_THING.match(fragment)


def _before_end(before: str, fragment: str) -> str:
    found = re.search(r"[?.!\s]*\Z", before)
    assert found is not None
    return f"{before[: found.start()]} {fragment}{found[0]}"


def _completed_zh(said: str, before: str) -> str:
    core = _END.sub("", _ASKING_ZH.sub("", before))
    plain = _LEADS_ZH.sub("", said) or said
    fragment = _TAIL_ZH.sub("", plain)
    # 那寄到成都呢 says the verb again, 灰色的那款一共多少钱 asks something else.
    if fragment and len(fragment) <= _EXCHANGED and (made := _exchanged(fragment, before)):
        return made
    # Only 花瓶呢 puts one thing in another's place; 花瓶也行吗 says more.
    whole = (_NE if "也" in plain else _WHETHER_ZH).sub("", plain)
    if fragment and fragment == whole and not _CLAUSE_ZH.search(fragment) and len(fragment) <= _NOUN:
        if fragment.startswith(("那个", "另")):
            return f"{core}，{fragment}呢？"
        if (changed := _with_noun_zh(fragment, before)) is not None:
            return changed
    return f"{core}，{_IT_ZH.sub('', plain) if _IT_ZH.fullmatch(plain[:2]) else plain}"


def _with_noun_zh(fragment: str, before: str) -> str | None:
    """Return the question with a thing in the place of its own, None where it has none.

    Things of one kind end in the same character: 金卡 takes the place of 信用卡 in 信用卡年费怎么免.
    """
    owned = fragment.endswith("的")
    found = next(
        (f for one in ((_OWNER_ZH,) if owned else (_SUBJECT_ZH, _OBJECT_ZH)) if (f := one.search(before))), None
    )
    if found is None:
        return _of_a_kind(fragment.removesuffix("的"), before)
    start, end = found.span("noun")
    if _SERVICE_ZH.match(found["noun"]) and not _SERVICE_ZH.match(fragment):
        return before[:start] + fragment + before[start:]
    place = found["noun"].find(fragment[-1])
    return before[:start] + fragment + before[end if owned or place < 1 else start + place + 1 :]


def _of_a_kind(word: str, before: str) -> str | None:
    """Return the question with a word of two characters for the one in it that ends in the same: 日语 for 英语."""
    if len(word) != 2:
        return None
    found = next((one for one in re.finditer(rf"[\u4e00-\u9fff]{re.escape(word[-1])}", before) if one[0] != word), None)
    return before[: found.start()] + word + before[found.end() :] if found else None


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return max(pattern.finditer(text), key=lambda found: found.start(), default=None)


def _wide(text: str) -> str:
    return unicodedata.normalize("NFKC", text) if len(unicodedata.normalize("NFKC", text)) == len(text) else text
