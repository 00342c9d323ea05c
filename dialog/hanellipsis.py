"""Chinese follow-ups said in full: what a fragment takes the place of in the question before."""

from __future__ import annotations

import re

from replydesk.dialog.kinds import exchanged

__all__ = ["completed_zh", "with_subject_zh"]

_END = re.compile(r"[\s?？。.!！吗呢呀啊]+\Z")
_LEADS_ZH = re.compile(
    r"\A(?:(?:好的?|嗯+|谢谢|那么|那(?!个|些|种|边|里)|还有|以及|如果|要是|换成|可是|但是|另外|不对|不是(?=[\s,，])|我是说|我说的是)[\s,，。!！]*)+"
)
# 小狗行不行 asks of a dog what was asked of a cat; 花瓶也行吗 says more.
_WHETHER_ZH = re.compile(r"(?:呢|行不行|行吗|可以吗|可不可以|有没有|有吗)?[\s?？。!！]*\Z")
_TAIL_ZH = re.compile(r"(?:呢|怎么样|行吗|可以吗|行不行|有没有|有吗|也?一样吗?|吗)?[\s?？。!！]*\Z")
_CLAUSE_ZH = re.compile(
    r"什么|怎么|多久|多少|多长|多大|多重|几|哪|为什么|能|可以|会(?!\Z)|要|是|有|行|吗|不|没|谁|试|打|坏|带|退"
    r"|改|修|补|送|到付|保|收费|影响|通知"
)
_ASKING_ZH = re.compile(r"\A(?:(?:请问|你好|您好|麻烦问一下|想问一下|问一下|请教一下)[\s,，。!！]*)+")
_SUBJECT_ZH = re.compile(
    r"\A(?P<before>(?:请问|你好|您好)?[,，]?(?:我的|你们的?|这款|这个|那个|这件|那件|这条|这把|这台|这双|收到的)?)"
    r"(?P<noun>(?:(?![下之后还已可我你您])[\u4e00-\u9fffA-Za-z]){1,6}?)"
    r"(?=(?:什么时候|什么|怎么|多久|多少|可以|能|可不|有没有|有|是|在|到|为什么|支持|需要|要|会|保修|防水|几点"
    r"|运费|上班|(?<![酒饭商书])店|包括|包含|含|提供|收费|收|送|用|值|算|一[年月天次节晚人位]|[早晚]上|[上下]午|[几\d]))"
)
_OBJECT_ZH = re.compile(
    r"(?P<verb>退货?|换|带|装|用|养|洗|教|卖|租|买|取消|修|寄到?|寄|重置|支持|改|补发|退|下载|写|送|开|查|拿"
    r"|订|要|不要)(?P<noun>[\u4e00-\u9fffA-Za-z]{2,6}?)"
    r"(?=(?:送?多少|要|多久|吗|呢|的|可以|能|什么|怎么|而不是|不要|[?？。!！]|\Z))"
)
# What is done or paid, of whatever thing: 新疆 after 运费怎么算 is 新疆运费怎么算.
_DONE_ZH = "打做办买洗剪交"
_FOR_ZH = re.compile(rf"给(?P<noun>[^{_DONE_ZH}]{{1,4}})(?=[{_DONE_ZH}])")
_SERVICES_ZH = (
    "保修|质保|退款|退钱|退货|换货|运费|邮费|快递|物流|配送|发货|价格|保养|维修|安装|年费|押金|学费|门票|折扣|发票"
)
_SERVICE_ZH = re.compile(rf"\A(?:{_SERVICES_ZH})+\Z")
_OWNER_ZH = re.compile(r"(?P<noun>(?!我|你|您)[\u4e00-\u9fffA-Za-z]{1,6}的)")
# 按月交 and 吃素的 say how or for whom, and are no thing.
_HOW_ZH = re.compile(r"\A(?:[按在从跟和]|通过|[吃喝买穿交付住坐带走].{1,4}的\Z)")
_NE = re.compile(r"呢?[\s?？。!！]*\Z")
_NOUN, _EXCHANGED = 8, 6
_SHORTEST, _KIND = 2, 4
# What is done to it, and how many of it, stay: 冰箱 after 搬一架钢琴 is 搬一架冰箱, of 酒店的游泳池 the hotel.
_BEFORE_HEAD = re.compile(r".*(?:的|[一两几\d][个件架张台辆只颗条套份本盒双位](?=.))")
# Such characters stand beside a noun and are no part of one.
_LOOSE = re.compile(r"[的了吗呢和跟与或是有能会可要在把被给我你您他她它这那哪几多什么怎]")
_POINTING_ZH = re.compile(
    r"(?:它们?|[这那]个?(?=是|有|能|可以|包|含|支持|要|会|多|怎|什么|收|在|也|几))(?P<rest>\S.*)\Z"
)
_IT_ZH = re.compile(r"它们?|这个|那个|这种|那种|这些|那些")


def completed_zh(said: str, before: str) -> str:
    """Return a Chinese message completed by the question before it."""
    core = _END.sub("", _ASKING_ZH.sub("", before))
    plain = _LEADS_ZH.sub("", said) or said
    fragment = _TAIL_ZH.sub("", plain)
    # 那寄到成都呢 says the verb again, 灰色的那款一共多少钱 asks something else.
    if fragment and len(fragment) <= _EXCHANGED and (made := exchanged(fragment, before)):
        return made
    # Only 花瓶呢 puts one thing in another's place; 花瓶也行吗 says more.
    whole = (_NE if "也" in plain else _WHETHER_ZH).sub("", plain)
    if fragment and fragment == whole and (changed := _in_its_place(fragment, before)) is not None:
        return changed
    return f"{core}，{_IT_ZH.sub('', plain) if _IT_ZH.fullmatch(plain[:2]) else plain}"


def with_subject_zh(said: str, before: str) -> str:
    """Return a Chinese message with the thing of the question before in the place of its 它, '' where it has none.

    >>> with_subject_zh("那它含早餐吗", "大床房多少钱一晚？"), with_subject_zh("那双床房呢", "大床房多少钱一晚？")
    ('大床房含早餐吗', '')
    """
    pointing = _POINTING_ZH.match(_LEADS_ZH.sub("", said) or said)
    found = _SUBJECT_ZH.search(_ASKING_ZH.sub("", before)) if pointing is not None else None
    return f"{found['noun']}{pointing['rest']}" if found is not None and pointing is not None else ""


def _in_its_place(fragment: str, before: str) -> str | None:
    """Return the question with a fragment in the place of what it replaces, None where it replaces nothing."""
    word = fragment.removesuffix("的")
    clause = _CLAUSE_ZH.search(fragment) is not None or _HOW_ZH.match(fragment) is not None
    # A noun of two characters is not sure to be of the kind that its last tells; 不辣 and 补牙 are no nouns.
    if (len(word) > _SHORTEST or clause) and (changed := _of_a_kind(word, before)) is not None:
        return changed
    if clause or len(fragment) > _NOUN or fragment.startswith(("那个", "另")):
        return None
    return _with_noun_zh(fragment, before)


def _with_noun_zh(fragment: str, before: str) -> str | None:
    """Return the question with a thing in the place of its own, None where it has none.

    Things of one kind end in the same character: 金卡 takes the place of 信用卡 in 信用卡年费怎么免.
    """
    owned = fragment.endswith("的")
    things = (_SUBJECT_ZH, _OBJECT_ZH) if fragment[0] in _DONE_ZH else (_FOR_ZH, _SUBJECT_ZH, _OBJECT_ZH)
    found = next((f for one in ((_OWNER_ZH,) if owned else things) if (f := one.search(before))), None)
    if found is None and owned and len(fragment) <= _KIND:
        found = _SUBJECT_ZH.search(before)
    if found is None:
        return _of_a_kind(fragment.removesuffix("的"), before)
    start, end = found.span("noun")
    if not owned and (kept := _BEFORE_HEAD.match(found["noun"])) is not None:
        start += kept.end()
    if _SERVICE_ZH.match(found["noun"]) and not _SERVICE_ZH.match(fragment):
        return before[:start] + fragment + before[start:]
    place = before[start:end].find(fragment[-1])
    return before[:start] + fragment + before[end if owned or place < 1 else start + place + 1 :]


def _of_a_kind(word: str, before: str) -> str | None:
    """Return the question with a word in the place of the one as long that ends in the same: 日语 for 英语."""
    if not _SHORTEST <= len(word) <= _KIND or _LOOSE.search(word):
        return None
    same = re.compile(rf"(?=([\u4e00-\u9fff]{{{len(word) - 1}}}{re.escape(word[-1])}))")
    others = [one for one in same.finditer(before) if one[1] != word and not _LOOSE.search(one[1])]
    return before[: others[-1].start()] + word + before[others[-1].end(1) :] if others else None
