"""Whereabouts in Chinese: which place a message names is read only where the desk knows something about it.

As in English (``whereabouts.py``): a place that no answer of the desk names is read as 当地. Places are known by name,
by rjieba's dictionary, by how regions are called (陕北), and by where what no dictionary knows stands: behind 寄到
or 在 and before 那边, or with 县 behind it.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from typing import Final

from replydesk.data.privacy.hanplaces import HAN
from replydesk.data.privacy.lexicon import HAN_COMPOUND, HAN_NOT_NAMES, words
from replydesk.dialog.hanpersons import Token, tokens_of
from replydesk.dialog.placenames import HAN_PLACE, HAN_PLACES

__all__ = ["HAN_ASKED", "HAN_HERE", "han_nowhere", "han_places", "without_han_places"]

Span = tuple[int, int]

HAN_ASKED: Final = re.compile(
    "寄|买|買|發|嗎|個|幾|路|元|折|发(?!自|来)|送|快递|物流|包裹|配|派|运|货|仓|自提|门店|店里|专柜"
    "|提货|上门|海关|关税|退|换|邮|签收|收|买(?!家)|购|订|下单|付|转"
    "|海关|现场|停|卡|滞留|中转|显示|登录|报价|价|券|活动|机场|航班|酒店|[吗么呢嘛哪谁]|几(?!年)|什么|怎"
    "|多少|多久|能不能|可不可以|能否|是否|有没有|支持|适用|可以|能|\\?|？"
)
"""What asks, or tells of a parcel, a payment, a journey."""

HAN_HERE: Final = re.compile(
    "(?:寄|发|送|邮|运|派)(?:货|送)?(?:不|得)?(?:到|来|达|去)?(?:我?们?这|我们?(?:家|宿舍|公司|学校|单位|村|小区))"
    "|(?:[能会可吗么不包几多]|免运?费|怎)[^，。！？,.!?]{0,8}(?:寄|发|送|邮|运|派)(?:货|送)?(?:不|得)?(?:到|来|达|去)?(?:家|宿舍|公司|学校|单位|村|小区)"
    "|(?:寄|发|送|邮|运|派)(?:货|送)?(?:到|来|达|去)?(?:家|宿舍|公司|学校|单位|村|小区)[^，。！？,.!?]{0,8}[吗么几多？?]"
    "|国家|地区|海外|境外|附近|最近的|去店里|到店|门店|本地有"
    "|(?:\\A|[^\\w\\s])\\W*(?:请问)?(?:能|可以|可不可以|能不能|支持)(?:下单|买|购买|寄|发货|配送|送|用|邮)[^，。？]{0,4}\\W*\\Z"
    "|关税|清关|(?:运费|邮费|快递费)[^，。！？,.!?]{0,4}[多几怎贵吗]|(?:怎么|如何)收运?费|包邮吗"
)
"""What a place that somebody named before is called."""

_REGION: Final = re.compile(
    "[苏皖浙闽赣鲁豫鄂湘粤桂琼川蜀黔滇陕甘冀晋辽][东西南北中]|[长珠]三角|京津冀|云贵川?|两[广湖]|江浙"
)
_SOME: Final = re.compile("[这那好前后]几")
_MARK: Final = re.compile("[，。！？；：、,.!?;:\\n（）()]+")
_SUFFIX: Final = re.compile("(?:自治)?[省市县区镇村州岛]|地区")
# Where somebody lives and where something goes.
_LEAD: Final = re.compile(r"(?:[寄发送邮运派回来搬嫁调转]到|[寄发]往|住在?|来自|[人我家身]在|坐标|在|从|到|去)\Z")
_SENT: Final = re.compile(r"(?:[寄发送邮运派搬嫁]到|[寄发]往|来自)\Z")
_THERE: Final = re.compile("这边|这里|这儿|那边|那里|那儿|当地|本地|一带")
_COUNTY: Final = re.compile("[省市县区镇村州](?![场别域静民政长委级内分口里镇])")
_UNLIKE: Final = frozenset(
    "的了吗呢吧啊不没要想有在是你我他她它这那被把让请就都还很到去从来哪几个什么上下里外家店和跟给各每某本全同两一二三单"
)
_LONGEST: Final = 4
# The country of who writes Chinese, and words that name no place of their own.
_NO_PLACES: Final = words(
    "中国 国内 全国 大陆 内地 海外 境外 国外 入口 出口 门口 路口 上门 礼拜 回国 出国 城市 乡镇 农村"
    " 东方 西方 北方 南方 中华 华人 中外"
)
_NOT_PLACES: Final = _NO_PLACES | HAN_COMPOUND | HAN_NOT_NAMES
_SUFFIXED: Final = re.compile(
    "[^\\W\\d一二三四五六七八九十几两小各本全每某外多城大老哪这那该同]{1,2}[县]|[^\\W\\d]{2,4}(?:自治[州县区])"
)
# 开封 is what one does to a parcel, as well.
_WORDS_TOO: Final = words(
    "开封 大同 北海 黄山 天水 泰安 红河 中山 保山 山南 海东 海北 海西 黄南 安顺 平凉 定西 通化 长治 东北 西北 西南"
)
_DONE: Final = re.compile("[之以]?[前后时]|[了过]|之|的时候|安装|服务")
# 新疆大枣 is a product: a place directly before a noun says which, but for people and what is theirs.
_THEIRS: Final = re.compile(
    "[人仓站店]|朋友|同事|同学|亲戚|客户|顾客|用户|买家|网友|粉丝|居民|家里|老家|妹子|姑娘|宝[妈爸]|分公司|办事处|门店|学校|地区|市区|郊区|农村"
    "|乡下|天气|快递|物流|今[天年]|昨天|最近|现在|老乡|爸|妈"
)
_PLACED: Final = re.compile(r"[在到从往自去住来离]\Z")


def without_han_places(text: str, known: Container[str]) -> str:
    """Return a text with :data:`HAN_PLACE` for each place but those that are ``known``.

    Those, too, are not read where nothing is asked or told of them.

    >>> without_han_places("湘潭这几天下雨，能寄到新疆吗", {"新疆"}).replace(HAN_PLACE, "_")
    '_这几天下雨，能寄到新疆吗'
    """
    for start, stop in reversed(_areas(text, known)):
        text = f"{text[:start]}{HAN_PLACE}{text[stop:]}"
    return text


def han_nowhere(text: str) -> str:
    """Return a text that reads 当地 where its places were."""
    return re.sub(f"{HAN_PLACE}(?:[、，, ]?{HAN_PLACE})*", "当地", text)


def han_places(text: str) -> set[str]:
    """Return the places that an answer names, also without what they are: 武汉市 and 武汉."""
    named = {text[start:stop] for start, stop in _named(text, tokens_of(text))}
    return named | {_bare(name) for name in named}


def _areas(text: str, known: Container[str]) -> list[Span]:
    """Return the spans of places that are not known, each with what it is and the *there* behind it."""
    tokens = tokens_of(text)
    nouns = {start for start, _, _, tag in tokens if tag.startswith("n")}
    spans = sorted({*_named(text, tokens), *_unknown(text, tokens)})
    there = bool(HAN_HERE.search(text))
    begun, areas = {start for start, _ in spans}, list[Span]()
    for start, stop in spans:
        name = text[start:stop]
        if areas and start < areas[-1][1]:
            continue
        if (name in known or _bare(name) in known) and (there or _is_asked_about(text, start, stop)):
            continue
        suffix = _SUFFIX.match(text, stop) if _COUNTY.match(text, stop) else None
        stop = suffix.end() if suffix else stop
        after = _THERE.match(text, stop)
        stop = after.end() if after else stop
        if stop in nouns and stop not in begun and not (_PLACED.search(text, 0, start) or _THEIRS.match(text, stop)):
            continue
        if areas and areas[-1][1] == start:
            areas[-1] = (areas[-1][0], stop)
        else:
            areas.append((start, stop))
    return areas


def _is_asked_about(text: str, start: int, stop: int) -> bool:
    """Return whether the clause that a place stands in asks, or tells of a parcel, a payment, a journey."""
    begun = max((match.end() for match in _MARK.finditer(text, 0, start)), default=0)
    end = _MARK.search(text, stop)
    # The mark itself may ask; 这几天 asks nothing.
    said = f"{text[begun:start]} {text[stop : end.end() if end else len(text)]}"
    return bool(HAN_ASKED.search(_SOME.sub("", said)))


def _named(text: str, tokens: Sequence[Token]) -> Iterator[Span]:
    """Yield where places stand whose names a list or the dictionary has, or that are called as regions are."""
    at = 0
    for number, (start, stop, word, tag) in enumerate(tokens):
        if start < at or not HAN.match(word):
            continue
        for more in (*tokens[number + 1 : number + 4][::-1], tokens[number]):
            name = text[start : more[1]]
            known = name in HAN_PLACES or _REGION.fullmatch(name)
            if known and (name not in _WORDS_TOO or _stands_as_one(text, start, more[1])):
                at = more[1]
                yield start, at
                break
        else:
            if word in _NOT_PLACES or stop - start < 2 or not (tag == "ns" or _SUFFIXED.fullmatch(word)):
                continue
            # The dictionary takes 上门 and 壶盖 for places, too.
            if _SUFFIXED.fullmatch(word) or _stands_as_one(text, start, stop):
                at = stop
                yield start, stop


def _stands_as_one(text: str, start: int, stop: int) -> bool:
    """Return whether what may be a place stands as one does: 在昆山, 昆山那边, 昆山市."""
    led = _LEAD.search(text, max(0, start - 2), start) and not _DONE.match(text, stop)
    return bool(led or _THERE.match(text, stop) or _COUNTY.match(text, stop))


def _unknown(text: str, tokens: Sequence[Token]) -> Iterator[Span]:
    """Yield where what the dictionary has no word for stands as a place does."""
    begins = {start: number for number, (start, _, _, _) in enumerate(tokens)}
    for start, number in begins.items():
        if not _LEAD.search(text, max(0, start - 2), start):
            continue
        for _, stop, word, tag in tokens[number : number + _LONGEST]:
            if stop - start > _LONGEST or not HAN.fullmatch(word) or not _UNLIKE.isdisjoint(word):
                break
            known = len(word) > 1 and not tag.startswith("n")
            if known:
                break
            sent = _SENT.search(text, max(0, start - 2), start) and tag.startswith(("nr", "nz", "nt"))
            if stop - start > 1 and (sent or _THERE.match(text, stop) or _COUNTY.match(text, stop)):
                yield start, stop
                break


def _bare(name: str) -> str:
    """Return a name without what it is: 武汉 for 武汉市."""
    bare = re.sub(f"(?:{_SUFFIX.pattern})\\Z", "", name)
    return bare if len(bare) > 1 else name
