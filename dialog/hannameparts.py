"""What names of persons are made of in Chinese: surnames and given names, sounds, titles, nicknames, and words.

A stretch of the dictionary's words is built like a name; or it may be one only where a sentence says so, whatever it
means: between a colleague and what he says, behind 我叫, as a signature.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from replydesk.data.privacy.hanplaces import COMMON, RARE
from replydesk.data.privacy.lexicon import GIVEN, HAN_COMPOUND, HAN_GIVEN, HAN_NOT_NAMES, HAN_SURNAMES, words
from replydesk.dialog.closedwords import PLAIN
from replydesk.dialog.hannamecontext import DOING, Token, is_role
from replydesk.dialog.nameparts import is_word
from replydesk.dialog.personwords import STATES
from replydesk.dialog.placenames import HAN_PLACES, HAN_TOWNS

__all__ = [
    "BY_SOUND",
    "FIRST",
    "FOREIGN",
    "FOREIGN_NAMES",
    "FUNCTION",
    "NO_NAMES",
    "TITLES",
    "built",
    "is_called",
    "loosely_built",
    "shape_of",
]

# Characters of Xinhua's tables of transliteration that hardly stand in words, and those that do.
BY_SOUND: Final = frozenset(
    "阿艾安巴白班宝毕边布卜才曹朝次措达丹旦德迪丁顿多敦朵堆额尔嘎高格古哈汗合和赫呼基吉加江晋卡克库坤拉兰朗勒"
    "里力丽莉利鲁罗洛玛马买迈曼梅美孟米莫姆木穆那纳娜娃南尼努诺帕平普其恰强曲仁日茹热萨赛桑沙什顺斯苏索塔泰坦"
    "特提通图吐托瓦旺维乌吾西希夏孜逊雅亚央耶伊依音玉云扎再泽增珠卓宗娅莎楞荪·"
)
FOREIGN: Final = BY_SOUND | frozenset(
    "埃爱昂奥邦保鲍贝本比彼宾波伯勃查蔡蒂狄杜厄恩法菲费芬丰弗福富盖冈戈根瓜圭果海亨霍杰喀凯坎康科肯孔奎莱劳雷黎"
    "林卢伦毛门蒙明墨内涅纽欧潘庞佩皮珀齐乔琼让瑞若瑟森舍申圣史松汤唐滕万威韦温沃锡香肖谢辛休许扬叶因英尤约詹珍朱兹佐"
    "露翰妮琳丝蕾薇黛茜芙芭芮茱萝葛缇婕廉琪士易"
)
# Short foreign names end in these, too: 凯文, 查理.
_FOREIGN_ENDS: Final = FOREIGN | frozenset("文理")
# Given names that are written so by everybody.
FOREIGN_NAMES: Final = words(
    "约翰 大卫 彼得 保罗 马克 汤姆 杰克 詹姆斯 罗伯特 威廉 查尔斯 乔治 托马斯 迈克 迈克尔 丹尼尔 安德鲁 亚当 亚当斯"
    " 艾伦 艾力克斯"
    " 亚历克斯 亚历山大 本杰明 布莱恩 布鲁斯 克里斯 克里斯蒂娜 戴维 丹尼 爱德华 埃里克 弗兰克 弗雷德 加里 亨利 伊恩"
    " 杰夫 杰瑞 吉姆"
    " 约瑟夫 凯文 肯尼 拉里 劳拉 利亚姆 卢卡斯 马丁 马修 尼克 奥利弗 帕特里克 菲利普 理查德 里克 罗杰 罗恩 瑞安 萨姆"
    " 塞缪尔 斯科特"
    " 西蒙 史蒂夫 史蒂文 史蒂芬 斯蒂芬 特里 蒂姆 托尼 维克多 文森特 沃尔特 玛丽 玛丽亚 玛莎 玛格丽特 安娜 安妮 爱丽丝"
    " 艾丽丝 爱玛 艾玛 艾米 艾米丽"
    " 安吉拉 芭芭拉 贝蒂 卡罗尔 夏洛特 克莱尔 黛安娜 伊丽莎白 伊莎贝拉 爱娃 海伦 简妮 詹妮弗 珍妮 杰西卡 朱莉 朱莉娅"
    " 凯特 凯伦 琳达"
    " 丽莎 露西 米歇尔 娜塔莉 娜塔莎 南希 妮可 奥利维亚 帕特里夏 瑞秋 蕾切尔 罗丝 萨拉 莎拉 桑德拉 索菲 索菲亚 苏珊"
    " 蒂娜 维多利亚 温迪"
    " 伊万 谢尔盖 弗拉基米尔 尤里 安东 奥尔加 塔季扬娜 卡洛斯 胡安 何塞 路易斯 费尔南多 迭戈 皮埃尔 让娜 弗朗索瓦"
    " 汉斯 弗里茨 马可 马里奥"
    " 卢卡 朱塞佩 穆罕默德 阿里 艾哈迈德 哈桑 侯赛因 优素福 法蒂玛 阿卜杜拉 易卜拉欣 奥马尔 卡里姆 拉吉 桑杰 维杰"
    " 普丽娅"
)
_SURNAMES: Final = (frozenset(COMMON) | HAN_SURNAMES) - RARE
_USUAL: Final = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟"
    "谭陆汪范金石廖贾夏韦方白邹孟熊秦邱江尹薛段雷侯龙"
)
FIRST: Final = _SURNAMES | FOREIGN | {name[0] for name in HAN_COMPOUND}
FUNCTION: Final = frozenset(
    "的了吗呢吧啊呀哦嘛不没要想有在是你我他她它这那被把让请就都还很也么什个们和跟与给帮替从到去来说问怎哪几多少能会可之而"
    "且但或若因为所以第每各某吃买卖退换货款单号元块件条只"
)
# Parts of speech that names are not made of: adverbs, prepositions, pronouns, measures and the like; verbs and times.
_LITTLE: Final = frozenset("dpcurfqym")
_HAPPENING: Final = frozenset("dpt")
_SPOKEN: Final = _LITTLE | frozenset("vt")
# Carriers, wares, languages and kinds of people that are built like names.
_OTHERS: Final = words(
    "顺丰 圆通 中通 申通 韵达 极兔 德邦 安卓 华为 小米 苹果 京东 金卡 白金 白卡 英文 法文 德文 泰文 高中生"
    " 高管 白领 金领 付定 付定金"
)
NO_NAMES: Final = HAN_NOT_NAMES | _OTHERS
TITLES: Final = words(
    "先生 女士 小姐 太太 顾客 长辈 老师 师傅 经理 总 姐 哥 叔 姨 嫂 婶 老板 医生 大夫 主任 店长 律师 教授 主管 助理"
    " 队长 校长 院长 同学 同志 工 家人 年轻人 朋友"
)
"""What stands behind a surname, also as ``hangender.py`` leaves it."""

_CALLED_BY: Final = frozenset("小老阿大")
# Words that are built like a surname with one of these before it.
_NO_NICKNAMES: Final = words("小米 小白 小花 小金 小包 小时 小程 大方 大红 大麦 大白 大黄 大米 大石 大马 老花 老白")
_MOST_LOOSE: Final = 4
_SHORTEST: Final = 4
# What words end in that say what somebody is: 程序员, 白领.
_KINDS: Final = frozenset("人领员生卡师工手客家民迷党者主户族派控长商士粉")


def built(tokens: Sequence[Token], first: int, last: int, told: str) -> list[str]:
    """Return how a stretch is built, and what in it speaks against a name; nothing where no name is built so."""
    # 那买, but 曾超.
    little = (
        first < last
        and len(told) == 2
        and told[0] not in COMMON
        and all(token[3][0] in _SPOKEN for token in tokens[first : last + 1])
    )
    if (
        little
        or len(set(told)) == 1
        or told[-1] in "人员"
        or told in HAN_TOWNS
        or any(token[2] in HAN_PLACES for token in tokens[first : last + 1])
    ):
        return []
    double = told[:2] in HAN_COMPOUND
    given = told[2:] if double else told[1:]
    sounds, foreign = BY_SOUND.issuperset(told), FOREIGN.issuperset(told[:-1]) and told[-1] in _FOREIGN_ENDS
    whole, tag = first == last, tokens[first][3]
    # 福利, 根本 and 才肯 are words.
    nouns = all(token[3].startswith(("n", "j")) for token in tokens[first : last + 1])
    foreign = foreign and (len(told) > 2 or (nouns and (not whole or tag.startswith(("nr", "nz")))))
    named = (double or told[0] in _SURNAMES) and 0 < len(given) < 3 and "·" not in told
    if "·" in told:
        return _dotted(tokens[first : last + 1], told)
    if not (named or sounds or foreign or (whole and tag.startswith("nr"))):
        return []
    within, seen = tokens[first : last + 1], []
    known = whole and (tag == "nrt" or (tag.startswith("nr") and FOREIGN.issuperset(told)))
    if known and not HAN_GIVEN.issuperset(given):
        named = False
    if named and (not sounds or double or told[0] in COMMON):
        seen.append("double" if double else f"common{len(given)}" if told[0] in COMMON else "rare")
        if HAN_GIVEN.issuperset(given):
            seen.append("given")
        if told[0] in _USUAL:
            seen.append("usual")
        if not FUNCTION.isdisjoint(given):
            seen.append("functional")
    if named and not sounds and len(within[-1][2]) == 1 and (within[-1][2] in DOING or within[-1][3][0] in _HAPPENING):
        seen.append("goes on")
    if sounds:
        seen.append("sounds2" if len(told) == 2 else "sounds3")
    elif foreign:
        seen.append("foreign" if len(told) > 2 else "foreign2")
    elif known and not named:
        seen.append("known")
    elif whole and tag.startswith("nr") and not named:
        seen.append("tagged")
    if named and len(within[0][2]) > 1 and not (whole or double or tag.startswith("nr")):
        seen.append("word")
    elif whole and not tag.startswith("nr"):
        seen.append("place" if tag.startswith("ns") else "word")
    return [*seen, *_against(within[0 if sounds or foreign else 1 :], told, given)]


def _dotted(within: Sequence[Token], told: str) -> list[str]:
    """Return whether a name with a dot is spelt by sound: 买买提·艾山."""
    inner = told.strip("·") == told and min(map(len, told.split("·"))) > 1
    spelt = all(FOREIGN.issuperset(token[2]) or token[2] == "·" or _spells(token) for token in within)
    return ["dotted"] if inner and spelt else []


def _against(inside: Sequence[Token], told: str, given: str) -> list[str]:
    """Return what speaks against a name: words that are none, and small words inside."""
    seen = []
    if told[:2] in NO_NAMES:
        seen.append("other")
    elif given in HAN_NOT_NAMES:
        seen.append("given other")
    if any(token[3][0] in (_LITTLE if len(token[2]) == 1 else _SPOKEN) for token in inside):
        seen.append("inside")
    return seen


def _spells(token: Token) -> bool:
    """Return whether a token may be of a name with a dot: a character, or one that is a name."""
    word, tag = token[2:]
    named = tag.startswith(("nr", "ns", "nz"))
    return word not in DOING and (named or (len(word) == 1 and tag[0] not in _LITTLE))


def loosely_built(within: Sequence[Token], told: str) -> list[str]:
    """Return how tokens are made that may be a name where a sentence says so; nothing where they are none."""
    if (
        not 1 < len(told) <= _MOST_LOOSE
        or len(within) > _MOST_LOOSE - 1
        or any(is_role(token[2]) or token[2] in TITLES or token[3][0] in _LITTLE for token in within)
        or any(token[2] in HAN_PLACES or token[2] in HAN_TOWNS for token in within)
        or not FUNCTION.isdisjoint(told)
        or told[-1] in _KINDS
        or told in _OTHERS
    ):
        return []
    made = [f"loosely {len(within)}", f"loosely {within[0][3][0]}"]
    return [*made, "loosely named"] if told[0] in COMMON and len(told) < 4 else made


def shape_of(within: Sequence[Token], told: str) -> str:
    """Return whether somebody is called so: 小王 and 阿强, 婷婷, 王姐 and 刘经理, Lily; nothing where nobody is."""
    if told in FOREIGN_NAMES:
        return "foreign given"
    if told.isascii():
        low = told.split()[0].lower()
        return (
            "latin given"
            if low in GIVEN
            else ""
            if len(low) < _SHORTEST or is_word(low) or low in PLAIN or low in STATES
            else "latin"
        )
    if len(told) == 2 and told[0] in _CALLED_BY and told not in _NO_NICKNAMES:
        known = len(within) == 1 and not within[0][3].startswith("nr") and told[1] not in _USUAL
        named = told[1] in COMMON or (told[1] in HAN_GIVEN and told[0] in "小阿")
        return "nickname" if named and not known and within[-1][2] not in DOING else ""
    if len(told) == 2 and told[0] == told[1] and told[0] in HAN_GIVEN:
        return "doubled" if len(within) > 1 or within[0][3].startswith(("n", "z", "a")) else ""
    if len(within) > 1 and within[-1][2] in TITLES:
        called = told.removesuffix(within[-1][2])
        if called in HAN_COMPOUND or called in _USUAL:
            return "titled"
        if len(called) > 1 and called[0] in COMMON and (len(within) > 2 or within[0][3].startswith("nr")):
            return "titled"
        return "titled" if len(called) == 2 and called[0] in _CALLED_BY and called[1] in _USUAL else ""
    return ""


def is_called(tokens: Sequence[Token], number: int, stop: int) -> bool:
    """Return whether the tokens from this one to where they stop are what somebody is called, for all that is known."""
    within = [token for token in tokens[number:] if token[1] <= stop]
    told = "".join(token[2] for token in within)
    return bool(shape_of(within, told)) or (told[0] in _USUAL and 1 < len(told) < 4 and HAN_GIVEN.issuperset(told[1:]))
