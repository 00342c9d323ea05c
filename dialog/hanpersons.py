"""Names of persons anywhere in a Chinese sentence, by evidence that adds up.

No rule says where a name may stand. A stretch of the words that a dictionary finds is a name where the log odds of what
is seen of it come to more than a threshold: how it is built (a surname and one or two characters of given names, or
characters that foreign names and those of minorities are written by), what speaks against it (a word of the dictionary,
adverbs and pronouns in it), and what stands before and behind it (somebody who is spoken of, called, dealt with, or
does something). The weights are those of a logistic regression, rounded: made-up names in the place of persons in
messages of customers against all that looks like a name in these messages as they were written.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from functools import cache
from typing import Any, Final

from replydesk.data.privacy.hanplaces import COMMON, RARE
from replydesk.data.privacy.lexicon import HAN_COMPOUND, HAN_GIVEN, HAN_NOT_NAMES, HAN_SURNAMES, words
from replydesk.dialog.placenames import HAN_PLACES

__all__ = ["FOREIGN", "THRESHOLD", "WEIGHTS", "Token", "dictionary", "han_persons", "stretches_of", "tokens_of"]

# Characters of Xinhua's tables of transliteration that hardly stand in words, and those that do.
_BY_SOUND: Final = frozenset(
    "阿艾安巴白班宝毕边布卜才曹朝次措达丹旦德迪丁顿多敦朵堆额尔嘎高格古哈汗合和赫呼基吉加江晋卡克库坤拉兰朗勒"
    "里力丽莉利鲁罗洛玛马买迈曼梅美孟米莫姆木穆那纳娜娃南尼努诺帕平普其恰强曲仁日茹热萨赛桑沙什顺斯苏索塔泰坦"
    "特提通图吐托瓦旺维乌吾西希夏孜逊雅亚央耶伊依音玉云扎再泽增珠卓宗娅莎楞荪·"
)
FOREIGN: Final = _BY_SOUND | frozenset(
    "埃爱昂奥邦保鲍贝本比彼宾波伯勃查蔡蒂狄杜厄恩法菲费芬丰弗福富盖冈戈根瓜圭果海亨霍杰喀凯坎康科肯孔奎莱劳雷黎"
    "林卢伦毛门蒙明墨内涅纽欧潘庞佩皮珀齐乔琼让瑞若瑟森舍申圣史松汤唐滕万威韦温沃锡香肖谢辛休许扬叶因英尤约詹珍朱兹佐"
    "露翰妮琳丝蕾薇黛茜芙芭芮茱萝葛缇婕廉琪士易"
)
# Short foreign names end in these, too: 凯文, 查理.
_FOREIGN_ENDS: Final = FOREIGN | frozenset("文理")
_SURNAMES: Final = (frozenset(COMMON) | HAN_SURNAMES) - RARE
_USUAL: Final = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟"
    "谭陆汪范金石廖贾夏韦方白邹孟熊秦邱江尹薛段雷侯龙"
)
_FIRST: Final = _SURNAMES | FOREIGN | {name[0] for name in HAN_COMPOUND}
_FUNCTION: Final = frozenset(
    "的了吗呢吧啊呀哦嘛不没要想有在是你我他她它这那被把让请就都还很也么什个们和跟与给帮替从到去来说问怎哪几多少能会可之而"
    "且但或若因为所以第每各某吃买卖退换货款单号元块件条只"
)
_ENDS_NAMES: Final = (
    _FUNCTION - HAN_GIVEN - _BY_SOUND | frozenset("店馆路街寺座型款牌味色菜村县区市镇") | words("这边 那边")
)
_NAMING: Final = words("叫 是 为 名 姓名 名字 注册名 用户名 会员名 名叫 叫做 昵称 署名 落款 名称 网名 真名 写着 成")
_DEALING: Final = words(
    "跟 和 与 同 帮 替 给 听 找 让 请 由 被 把 对 向 代 为 托 联系 问 通知 告诉 转 转告 回复 回 致 及 以及 还有 喊"
    " 陪 带 称呼 交给 发给 归 属于 按 用 以"
)
_PLACING: Final = words("在 去 到 从 往 至 寄 发 来自 位于 于 寄到 发到 送到 里 这 那 个 张 次 家 款 种")
_FIELDS: Final = _NAMING | words("联系人 客户 顾客 会员 收件人 收货人 寄件人")
_SELF: Final = words("我家 你家 他家 我 本人 俺 咱 在下 鄙人 人家 我们 咱们")
_THEN: Final = words("之前 以前 刚刚 刚才 后来 当时 上次 上回 上周 上个月 结果 原来 其实 可能 本来 听说 据说")
_PEOPLE: Final = words(
    "同事 同学 朋友 室友 舍友 邻居 老板 闺蜜 亲戚 爱人 孩子 家长 老人 家人 对象 长辈 亲人 客户 顾客 会员 用户 买家 客服"
    " 师傅 经理 老师 助理 店长 主管 队友 粉丝 粉 哥们 兄弟 姐妹 学生 徒弟 领导 秘书 客人 表哥 表姐 表弟 表妹 堂哥 堂姐"
    " 儿媳 女婿 员 人 者 主 家 户"
)
_OF_PEOPLE: Final = _PEOPLE | words("家里 妈 爸 妈妈 爸爸 电话 手机 账号 账户 订单 同志 哥 姐 弟 妹 等 一起 一家")
_DOING: Final = words(
    "说 讲 问 告诉 推荐 介绍 反映 提到 提过 打电话 打 来电 回答 答应 叫 让 托 建议 提醒 觉得 认为 想 要 帮 给 替 买"
    " 下单 订 收 签收 拿 用 看 来 去 到 在 写 上 留 敬上 谨上 拜上 收到 说过 问过 负责 付 付款 没 不 从来 还 一直 已经"
    " 也 都 就 又 刚 刚刚 刚才 昨天 今天 上次 之前 现在 曾 曾经 正 正在 总 老 很 和 跟 与 同 向 对 把 被 是 有 会 能"
    " 可以 的 下 拍 订购 先生 女士 你 您 一下 一声 吧 啊 呀 啦 了 呢 哦 这 那 我 他 她 他们 她们 本人"
)
_PLACES_END: Final = frozenset("店馆路街寺座型款牌味色菜村县区市镇山庄楼城饭酒")
_MARKS: Final = frozenset("，。！？；：、,.!?;:\n \t（()）“”\"'—–~～…-【】[]/|*#@")
_LONGEST, _LONGEST_DOTTED, _MOST_TOKENS = 6, 14, 9
# Parts of speech that names are not made of: adverbs, prepositions, pronouns, measures and the like; verbs and times.
_LITTLE: Final = frozenset("dpcurfqym")
_HAPPENING: Final = frozenset("dpt")
_SPOKEN: Final = _LITTLE | frozenset("vt")
THRESHOLD: Final = 0.1
_FAMILIAR: Final = -3.5
WEIGHTS: Final = {
    # How it is built.
    "double": -0.2, "common2": -2.0, "common1": -3.2, "rare": -4.0, "usual": 2.1, "given": 3.8,
    "sounds2": 2.6, "sounds3": 2.9, "foreign": 2.8, "foreign2": 2.7, "known": 1.2, "dotted": 2.0,
    # What speaks against it.
    "word": -1.5, "place": -0.0, "other": -3.1, "given other": -2.6, "functional": -1.1, "inside": -1.4, "goes on": 0.8,
    # What stands before it,
    "begins": 1.5, "called": 1.7, "dealt": 1.2, "self": 1.5, "people": 2.0,
    "placed": -3.9, "behind verb": -1.2, "behind of": -1.3, "behind time": 0.4, "behind word": -2.5,
    # and behind it.
    "ends": 0.3, "doing": 0.6, "of people": 0.9, "before time": 0.9, "before verb": -0.6, "before word": -1.5,
    "before place": -1.0, "alone": -1.0, "signs": -0.9, "between": 0.7, "is said": 0.6, "is given": 1.2,
}  # fmt: skip

# A name that was masked in part, or that a dot joins: 努尔<NAME_1>, 买买提·艾山来问.
_SOUNDS: Final = "".join(sorted(_BY_SOUND - {"·"}))
_PARTLY: Final = re.compile(
    rf"(?<![\u4e00-\u9fff])[{_SOUNDS}]{{1,5}}<NAME_1>|<NAME_1>·[{_SOUNDS}]{{2,6}}"
    rf"|[{_SOUNDS}]{{1,6}}·(?:<NAME_1>|[\u4e00-\u9fff]{{2,4}}?"
    "(?=[^\u4e00-\u9fff]|\\Z|[的来在向上让托找问想和敬留报说]|顾客|本人))"
)

# Carriers, wares, languages and kinds of people that are built like names.
_OTHERS: Final = words(
    "顺丰 圆通 中通 申通 韵达 极兔 德邦 安卓 华为 小米 苹果 京东 金卡 白金 白卡 英文 法文 德文 泰文 高中生"
    " 高管 白领 金领"
)
_NO_NAMES: Final = HAN_NOT_NAMES | _OTHERS
# Who is what stands behind 是: a name or a role.
_HERE: Final = words("我 本人 这里 这边")
# Who says so is called what stands behind, whatever the word means.
_GIVING: Final = re.compile(
    "(?:(?:我|人|主|就|名|本名)叫做?|叫做|名[字是]?是|(?:署名|落款|姓名|名字|昵称)[是为:： ]*)\\Z"
)

Token = tuple[int, int, str, str]


@cache
def dictionary() -> Any:
    """Return rjieba, whose dictionary takes .1 s to load."""
    import rjieba

    return rjieba


def han_persons(text: str, familiar: Container[str] = frozenset()) -> str:
    """Return a text with a placeholder for each name of a person that it says in Chinese.

    ``familiar`` are pairs of characters that the desk's customers write beside each other: who writes only such pairs
    writes a word.

    >>> han_persons("我同事阿依古丽昨天问过")
    '我同事<NAME_1>昨天问过'
    >>> han_persons("白桃味的还有吗"), han_persons("白桃味的还有吗", {"白桃"})
    ('<NAME_1>味的还有吗', '白桃味的还有吗')
    """
    text = _PARTLY.sub("<NAME_1>", text)
    found = []
    for start, stop, seen in stretches_of(text):
        odds = sum(WEIGHTS[one] for one in seen)
        if odds > THRESHOLD and all(text[at : at + 2] in familiar for at in range(start, stop - 1)):
            odds += _FAMILIAR
        if odds > THRESHOLD:
            found.append((odds, start, stop))
    taken: list[tuple[int, int]] = []
    for _, start, stop in sorted(found, reverse=True):
        if all(stop <= begin or start >= end for begin, end in taken):
            taken.append((start, stop))
    for start, stop in sorted(taken, reverse=True):
        text = f"{text[:start]}<NAME_1>{text[stop:]}"
    return text


def stretches_of(text: str) -> Iterator[tuple[int, int, list[str]]]:
    """Yield where what is built like a name begins and ends, and what is seen of it that tells whether it is one."""
    tokens = tokens_of(text)
    for first, last in _stretches(tokens):
        seen = _evidence(tokens, first, last)
        if seen:
            yield tokens[first][0], tokens[last][1], seen


def tokens_of(text: str) -> list[Token]:
    """Return the words of the dictionary that a text is made of, with their spans and parts of speech."""
    found, at = [], 0
    for word, tag in dictionary().tag(text, False):
        found.append((at, at + len(word), word, tag))
        at += len(word)
    return found


def _stretches(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last token of what is built like a name."""
    for first, (_, _, begun, tag) in enumerate(tokens):
        if begun[0] not in _FIRST and not tag.startswith("nr"):
            continue
        if begun == "和" and first and tokens[first - 1][2][0] not in _MARKS:
            # It joins: 我和热依扎.
            continue
        told = ""
        for last in range(first, min(len(tokens), first + _MOST_TOKENS)):
            word = tokens[last][2]
            if not all("\u4e00" <= character <= "\u9fff" or character == "·" for character in word):
                break
            if word in _ENDS_NAMES:
                break
            told += word
            if len(told) > (_LONGEST_DOTTED if "·" in told else _LONGEST):
                break
            if len(told) > 1 and (told not in _NO_NAMES or _is_given(tokens, first, last)):
                yield first, last


def _evidence(tokens: Sequence[Token], first: int, last: int) -> list[str]:
    """Return what is seen of a stretch of tokens that speaks for a name or against one; nothing where it is none."""
    told = "".join(token[2] for token in tokens[first : last + 1])
    built = _built(tokens, first, last, told)
    if not built:
        return []
    behind = tokens[last + 1] if last + 1 < len(tokens) else None
    left, right = _before(tokens[max(0, first - 2) : first]), _behind(behind)
    seen = [*built, left, right]
    if left == "begins" and right == "ends":
        seen.append("signs" if first and last + 1 == len(tokens) else "alone")
    elif left == "people" and right in ("doing", "of people"):
        seen.append("between")
    elif _is_given(tokens, first, last):
        # Whatever the word means: 我叫何必.
        seen = [*(one for one in seen if one != "other"), "is given"]
    elif right == "ends" and first > 1 and tokens[first - 1][2] == "是" and tokens[first - 2][2] in _HERE:
        seen.append("is said")
    return seen


def _is_given(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Return whether somebody says that this is his name, and no more than that."""
    before = "".join(token[2] for token in tokens[max(0, first - 4) : first])
    return _behind(tokens[last + 1] if last + 1 < len(tokens) else None) == "ends" and bool(_GIVING.search(before))


def _built(tokens: Sequence[Token], first: int, last: int, told: str) -> list[str]:
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
        or told[-1] == "人"
        or any(token[2] in HAN_PLACES for token in tokens[first : last + 1])
    ):
        return []
    double = told[:2] in HAN_COMPOUND
    given = told[2:] if double else told[1:]
    sounds, foreign = _BY_SOUND.issuperset(told), FOREIGN.issuperset(told[:-1]) and told[-1] in _FOREIGN_ENDS
    whole, tag = first == last, tokens[first][3]
    # 福利, 根本 and 才肯 are words.
    nouns = all(token[3].startswith(("n", "j")) for token in tokens[first : last + 1])
    foreign = foreign and (len(told) > 2 or (nouns and (not whole or tag.startswith(("nr", "nz")))))
    named = (double or told[0] in _SURNAMES) and 0 < len(given) < 3 and "·" not in told
    if "·" in told:
        inner = told.strip("·") == told and min(map(len, told.split("·"))) > 1
        spelt = all(
            FOREIGN.issuperset(token[2]) or token[2] == "·" or _spells(token) for token in tokens[first : last + 1]
        )
        return ["dotted"] if inner and spelt else []
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
        if not _FUNCTION.isdisjoint(given):
            seen.append("functional")
    if named and not sounds and len(within[-1][2]) == 1 and (within[-1][2] in _DOING or within[-1][3][0] in _HAPPENING):
        seen.append("goes on")
    if sounds:
        seen.append("sounds2" if len(told) == 2 else "sounds3")
    elif foreign:
        seen.append("foreign" if len(told) > 2 else "foreign2")
    elif known and not named:
        seen.append("known")
    if named and len(within[0][2]) > 1 and not (whole or double or tag.startswith("nr")):
        seen.append("word")
    elif whole and not tag.startswith("nr"):
        seen.append("place" if tag.startswith("ns") else "word")
    if told[:2] in _NO_NAMES:
        seen.append("other")
    elif given in HAN_NOT_NAMES:
        seen.append("given other")
    if any(
        token[3][0] in (_LITTLE if len(token[2]) == 1 else _SPOKEN) for token in within[0 if sounds or foreign else 1 :]
    ):
        seen.append("inside")
    return seen


def _spells(token: Token) -> bool:
    """Return whether a token may be of a name with a dot: a character, or one that is a name."""
    word, tag = token[2:]
    named = tag.startswith(("nr", "ns", "nz"))
    return word not in _DOING and (named or (len(word) == 1 and tag[0] not in _LITTLE))


def _before(tokens: Sequence[Token]) -> str:
    """Return what stands before a name: the last token, or two characters, since words such as 老顾客 go on before."""
    if not tokens or tokens[-1][2][0] in _MARKS:
        field = len(tokens) > 1 and tokens[-1][2] in (":", "：") and tokens[0][2] in _FIELDS
        return "called" if field else "begins"
    word, tag = tokens[-1][2:]
    pair = "".join(token[2] for token in tokens)[-2:]
    for seen, known in (("called", _NAMING), ("dealt", _DEALING), ("self", _SELF), ("people", _PEOPLE)):
        if word in known or pair in known:
            return seen
    if word in _THEN or tag[0] in "tc":
        return "behind time"
    if word in _PLACING:
        return "placed"
    return "behind verb" if tag[0] in "vp" else "behind of" if word == "的" else "behind word"


def _behind(token: Token | None) -> str:
    """Return what stands behind a name."""
    if token is None or token[2][0] in _MARKS:
        return "ends"
    word, tag = token[2:]
    if word[0] in _PLACES_END:
        return "before place"
    if word in _OF_PEOPLE:
        return "of people"
    if word in _DOING:
        return "doing"
    return "before verb" if tag[0] in "vd" else "before time" if tag[0] in "tr" else "before word"
