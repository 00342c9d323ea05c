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
from replydesk.dialog.hannamecontext import Token, tokens_of
from replydesk.dialog.hannameparts import FOREIGN, is_called
from replydesk.dialog.placenames import HAN_PLACE, HAN_PLACES, HAN_TOWNS

__all__ = ["HAN_ASKED", "HAN_HERE", "han_named", "han_nowhere", "han_places", "may_be_place", "without_han_places"]

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
# Behind 在 and 从 what stands before these is a place.
_AT: Final = re.compile("(?:[我人家妈爸们公司店姐哥弟妹学友]|都|也|就|正|刚|了|现|住)?(?:在|从|住|来自|落地|回)\\Z")
_LIVED: Final = re.compile(
    "[，。！？,.!?；;、）) ]|\\Z|的(?=[，。！？,.!?]|\\Z)|上班|上学|上大学|工作|生活|定居|读[书研大]|念书"
    "|出差|旅[游行]|开店|开民宿"
    "|搬|回来|来的|发来|等|带|那头|市区|郊区|城里"
)
_THERE: Final = re.compile("这边|这里|这儿|那边|那里|那儿|当地|本地|一带")
_COUNTY: Final = re.compile("[省市县区镇村州](?![场别域静民政长委级内分口里镇])")
_UNLIKE: Final = frozenset(
    "的了吗呢吧啊不没要想有在是你我他她它这那被把让请就都还很到去从来哪几个什么上下里外家店和跟给各每某本全同两一二三单"
)
_LONGEST: Final = 4
_LONGEST_BY_SOUND: Final = 6
# How the dictionary tags names: of persons, places, works and bodies.
_NAMES: Final = ("nr", "ns", "nz", "nt")
# The country of who writes Chinese, and words that name no place of their own.
_NO_PLACES: Final = words(
    "中国 国内 全国 大陆 内地 海外 境外 国外 入口 出口 门口 路口 上门 礼拜 回国 出国 城市 乡镇 农村"
    " 亚马逊 沃尔玛 迪卡侬 肯德基 顺丰 圆通 中通 申通 韵达 极兔 德邦 京东 淘宝 天猫 美团 苹果 华为 小米"
    " 东方 西方 北方 南方 中华 华人 中外"
)
_NOT_PLACES: Final = _NO_PLACES | HAN_COMPOUND | HAN_NOT_NAMES
_SUFFIXED: Final = re.compile(
    "[^\\W\\d一二三四五六七八九十几两小各本全每某外多城大老哪这那该同]{1,2}[县]|[^\\W\\d]{2,4}(?:自治[州县区])"
)
# 开封 is what one does to a parcel, as well.
_WORDS_TOO: Final = words(
    "开封 大同 黄山 山南 海西 东北"
    " 西北 西南 东方 江山 天长 明光 无为 永安 乐平 高安 安宁 合作 灯塔 弥勒 凤凰 文昌"
    " 灵宝 当阳 天门 永康 兴化 开平 新民 新乐 沙河 南宫 安国 大安 海城 东港 临江 五常"
    " 安达 同江 尼斯 利马 凤凰城 平果 万宁 高明 赤水 赤壁 罗马 汉堡 牛津 剑桥 科隆"
    " 万象 普吉 光谷 长乐 德州"
)
_DONE: Final = re.compile("[之以]?[前后时]|[了过]|之|的时候|安装|服务")
# 新疆大枣 is a product: a place directly before a noun says which, but for people and what is theirs.
_THEIRS: Final = re.compile(
    "[人仓站店]|朋友|同事|同学|亲戚|客户|顾客|用户|买家|网友|粉丝|居民|家里|老家|妹子|姑娘|宝[妈爸]|分公司|办事处|门店|学校|地区|市区|郊区|农村"
    "|乡下|天气|快递|物流|今[天年]|昨天|最近|现在|老乡|爸|妈|民宿|分店|分部|口音|地铁|公交|时间|大学|小学|中学|幼儿园"
    "|医院|公司|办公|工厂|客人|游客|学生|同胞|展会|高速|机场|火车|习惯|方言|冬天|夏天|团队|部门|社区|校区|[姐哥]"
)
# What is said of a place at the head of a clause, and what stands beside one.
_SAID: Final = re.compile("[这那]几天|最近|天气|下雨|下雪|停电|封城|[离距]|有你们|没有你们|的(?:冬天|夏天|天气)")
# Who asks about a place itself asks nothing of a desk, and that has to be seen.
_ABOUT_IT: Final = re.compile("的?(?:首都|首府|省会|人口|总统|总理|国王|女王|市长|货币|国旗|国歌|历史|面积|官方语言)")
_BESIDE: Final = re.compile("旁边|附近|周边|边上|市里|城里|乡下|郊区")
# 六楼, 壶盖 and 东西 are places to rjieba.
_THINGS: Final = re.compile(r"[第一二三四五六七八九十几两][楼层栋环]|.*[边旁侧]\Z|.*[盖盒袋柜架]\Z|东西|回国|出国|家门")
_SURELY: Final = re.compile(".{1,3}(?:古城|古镇|新区|开发区|半岛)")
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
    named = {text[start:stop] for start, stop in han_named(text)}
    return named | {_bare(name) for name in named}


def han_named(text: str) -> list[Span]:
    """Return where places stand in a text that a list or the dictionary has by name."""
    return [*_named(text, tokens_of(text))]


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
        if _ABOUT_IT.match(text, stop):
            continue
        if (name in known or _bare(name) in known) and (there or _is_asked_about(text, start, stop)):
            continue
        suffix = _SUFFIX.match(text, stop) if _COUNTY.match(text, stop) else None
        stop = suffix.end() if suffix else stop
        after = _THERE.match(text, stop)
        stop = after.end() if after else stop
        if (
            stop in nouns
            and stop not in begun
            and not (after or _PLACED.search(text, 0, start) or _THEIRS.match(text, stop))
        ):
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
        if word[-1] == "人" and word[:-1] in HAN_PLACES:
            at = stop - 1
            yield start, at
            continue
        for more in (*tokens[number + 1 : number + 4][::-1], tokens[number]):
            name = text[start : more[1]]
            known = name in HAN_PLACES or name in HAN_TOWNS or _REGION.fullmatch(name)
            if known and (name not in _WORDS_TOO or _stands_as_one(text, start, more[1])):
                at = more[1]
                yield start, at
                break
        else:
            if stop - start < 2 or not may_be_place(word) or not (tag == "ns" or _SUFFIXED.fullmatch(word)):
                continue
            # The dictionary takes 上门 and 壶盖 for places, too.
            if _SUFFIXED.fullmatch(word) or _SURELY.fullmatch(word) or _stands_as_one(text, start, stop):
                at = stop
                yield start, stop


def _stands_as_one(text: str, start: int, stop: int) -> bool:
    """Return whether what may be a place stands as one does: 在昆山, 昆山那边, 昆山市."""
    led = _LEAD.search(text, max(0, start - 2), start) and not _DONE.match(text, stop)
    head = _begins(text, start) and _SAID.match(text, stop)
    return bool(led or head or any(behind.match(text, stop) for behind in (_THERE, _BESIDE, _COUNTY)))


def may_be_place(word: str) -> bool:
    """Return whether a word that a dictionary has as a place may name one: not 上门, 六楼 or 壶盖."""
    return word not in _NOT_PLACES and not _THINGS.match(word)


def _begins(text: str, at: int) -> bool:
    """Return whether a clause begins there."""
    return at == 0 or bool(_MARK.search(text, at - 1, at)) or text[at - 1].isspace()


def _unknown(text: str, tokens: Sequence[Token]) -> Iterator[Span]:
    """Yield where what the dictionary has no word for stands as a place does."""
    for number, (start, _, _, _) in enumerate(tokens):
        led = bool(_LEAD.search(text, max(0, start - 2), start))
        if led or _begins(text, start):
            stop = (_by_sound(tokens, number) if led else 0) or _unlisted(text, tokens, number, led=led)
            if stop:
                yield start, stop


def _by_sound(tokens: Sequence[Token], number: int) -> int:
    """Return where characters end that a foreign name is written by, 0 where there are not three: 在坦佩雷."""
    start, far = tokens[number][0], 0
    for _, stop, word, tag in tokens[number : number + _LONGEST_BY_SOUND]:
        known = len(word) > 1 and not tag.startswith("n")
        if known or not FOREIGN.issuperset(word) or not _UNLIKE.isdisjoint(word) or word in _NOT_PLACES:
            break
        far = stop if stop - start > 2 else 0
    return far


def _unlisted(text: str, tokens: Sequence[Token], number: int, *, led: bool) -> int:
    """Return where up to four characters end that stand as a place does, 0 where they do not."""
    start = tokens[number][0]
    for _, stop, word, tag in tokens[number : number + _LONGEST]:
        known = len(word) > 1 and not tag.startswith("n")
        if stop - start > _LONGEST or not HAN.fullmatch(word) or not _UNLIKE.isdisjoint(word) or known:
            break
        named = tag.startswith(_NAMES) and may_be_place(word)
        sent = named and _SENT.search(text, max(0, start - 2), start)
        # 客服这边 is none, 芷江这边 is, and 张晓梅这边 is somebody.
        there = (
            (led or named)
            and not is_called(tokens, number, stop)
            and (_THERE.match(text, stop) or (led and _COUNTY.match(text, stop)))
        )
        if led and stop - start == 1 and text[stop : stop + 1] == "县":
            return stop
        lives = (
            named
            and word == tokens[number][2]
            and _AT.search(text, 0, start)
            and _LIVED.match(text, stop)
            and not is_called(tokens, number, stop)
        )
        if stop - start > 1 and (sent or there or lives or (named and not led and _SAID.match(text, stop))):
            return stop
    return 0


def _bare(name: str) -> str:
    """Return a name without what it is: 武汉 for 武汉市."""
    bare = re.sub(f"(?:{_SUFFIX.pattern})\\Z", "", name)
    return bare if len(bare) > 1 else name
