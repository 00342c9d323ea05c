"""Introductions in Chinese: the clauses that do nothing but say who writes, or from where.

As in English (``introductions.py``): a clause introduces somebody where it names a person or a place, speaks of the
writer, asks nothing, and is made of a closed class of words besides. 我是河南的 does, 寄到河南 does not. In other
clauses about the writer only the place is left out: 我在河南开店 becomes 我开店. Names are placeholders by then
(``hanpersons.py``), and rjieba's dictionary knows places.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from replydesk.data.privacy.hanplaces import COMMON, HAN
from replydesk.data.privacy.lexicon import HAN_NOT_NAMES, words
from replydesk.dialog.hannamecontext import dictionary
from replydesk.dialog.hanwhereabouts import HAN_ASKED, HAN_HERE, han_named, may_be_place
from replydesk.dialog.placenames import HAN_PLACE, HAN_PLACES

__all__ = ["han_introduced"]

Span = tuple[int, int]

_PLACE, _NAME = HAN_PLACE, "\x02"
_PLAIN: Final = "|".join(
    sorted(
        words("""
            们 我们 我 本人 在下 鄙人 咱们 咱 俺 自己 这边 这里 这儿 那边 此处 是 叫做 叫 名叫
            名字 姓名 名 姓 称呼 账号 账户 帐号 用户名 户主 机主 联系人 联系 署名 落款 签名 留言
            在 住在 住 居住 常住 定居 来自 自 从 人 身在 身处 身 处 坐标 位于 所在地 所在 地区
            地点 城市 省份 家里 老家 家乡 家 籍贯 籍 户籍 出生 长大 生活 土生土长 地道 道地 本地
            当地 土著 的 地 一名 一位 一个 一枚 一只 位 个 枚 一 作为 身为 当 顾客 客户 客人
            用户 网友 粉丝 买家 消费者 居民 市民 村民 朋友 孩子 学生 老师 上班族 打工人 职员 女孩
            男孩 工作 上班 上学 上大学 读书 念书 出差 打工 做生意 目前 现在 如今 今年 常年 长期
            多年 年 好 几 很久 一直 你好 您好 嗨 哈喽 哈啰 亲爱的 亲们 亲 客服 店家 老板 掌柜
            大家 都 也 又 再次 再 来了 来 啦 了 哦 呀 啊 哈 哎 向 给 致 您 你们 你 问好
            问候 打招呼 敬上 谨上 拜上 敬启 上 敬 发来 发自 消息 信息 来信 写信 写 想问问 想问
            问一下 问下 问问 问 请教 请问 咨询 想 一下 就行 就好 即可 回复 请 盼复 此致 敬礼
            祝好 谢谢 多谢 感谢 祝 省 市 县 区 州 镇 乡 村 岛 南部 北部 东部 西部 农村 乡下
            山区 偏远 这 那 一带 附近 境内 小伙伴 小伙子 人士 民众 同胞 提问人 提问 有个问题 问题
            还 读大学 念大学 读研 麻烦 找 帮个忙 帮忙 求助 会员 全家 很冷 很热 好冷 好热 刚 刚刚 回来
            在此 谢过 留 老客户 老顾客 新客户 登记 注册名 注册 本店 贵店 小店 各位 收到 请回 妹子
            宝妈 宝爸 汉子 姐妹 学校 公司 一所 一家 户口 祖籍 现居 嫁到 嫁 搬到 搬来 搬 去年
            前年 今天 下雨 天气 从小 就 当老师 我爸妈 爸妈 有事 就是 by 免贵 报到 在线等 在线
            拜年 有礼 老乡 族 汉族 回族 藏族 维吾尔族 蒙古族 壮族 信徒 穆斯林 佛教徒 基督徒 家长
            老人 父母 家人 爱人 长辈 对象 年轻人 亲戚 前任 新人 昵称 号 事 吧 期待 答复 回信
        """),
        key=lambda word: (-len(word), word),
    )
)
_ABOUT: Final = re.compile(
    "我(?!的是)|本人|在下|鄙人|咱|俺|人在|身[在处为]|坐标|作为|来自|发自|发来|老家|家乡|籍|所在|出生"
    "|长大|土生土长|上班|工作|上学|读书"
    "|顾客|客户|用户|网友|粉丝|买家|居民|朋友|定居|常住|这边|那边|祖籍|现居|户口|嫁|搬|老客|家住"
    "|家就?在|妹子|年轻人|宝妈|地区|城市|人一[个枚]|下雨|天气|问候|全家|刚从|[读念上]大学|读研|打工人|很?[冷热]$|^\x01(?:本地|土生土长)?人$"
)
_GREETING: Final = re.compile(
    "(?:你们?好|您好|嗨|哈喽|哈啰|亲爱的|亲们?|客服|店家|老板|掌柜|大家好?|早上好|晚上好)+[呀啊哈]?"
)
_NAMING: Final = re.compile(
    "报到|昵称|号是|写$|叫|名|昵称|号是|写$|我$|顾客|客户|提问|问题|在此|留$|by|姓名|名字|名[:是]|本人"
    "|在下|鄙人|署名|落款|签名|联系人|称呼|我是|这里是|这边是|账号|账户|帐号|用户名"
    "|敬上|谨上|拜上|上$|敬$|问好|问候|在这|又来|来了|来啦|留言|回复|咨询|请教|想问|问一下|又是我|是我"
)
_SURNAME: Final = re.compile(rf"((?:我|本人|贵)姓)[{''.join(COMMON)}](?![\u4e00-\u9fff])")
_LIVING: Final = re.compile(
    "我|本人|咱|俺|家|搬|住|工作|上班|出生|长大|生活|读书|上学|打工|定居|嫁|顾客|客户|用户|网友|买家|朋友|宝妈"
)
_YOU: Final = re.compile("(?:你们|您|你)(?:是|在|家|这|住|人)|的是")
_BEHIND: Final = re.compile("(?:[省市县区州镇]|那边|这边|一带|当地|本地)*的?")
_PEOPLE: Final = re.compile(
    "的?(?:小?店主|老?顾客|客户|用户|网友|粉丝|买家|居民|朋友|打工人|上班族|学生|人(?![工民脸]))"
)
_CLAUSE: Final = re.compile(r"[^，。！？；：、,.!?;:\n\s（）()“”\"—–~～…-]+")
_FIELD: Final = re.compile(
    "(?<![件货])(?:名字|姓名|会员名?|用户名|昵称|称呼|联系人?|署名|落款|签名|提问人|地区|城市|坐标|所在地|籍贯)\\Z"
)
_AT: Final = re.compile("(?:住在?|来自|发自|坐标|[人身家我]在|老家|我是|作为|家乡在?)\\Z")
_STAYS: Final = re.compile("[人身家]在|住|来自|坐标")
_CLEANED: Final = re.compile(r"[（(]\s*[）)]|(?:[—–-]+|[，、：:~～])\s*\Z|\A[\s，。！、,.!：:；;~～—–-]+")
_AROUND: Final = re.compile("[A-Za-z] *(?<!by)(?<!by )\\0|\\0 *[A-Za-z]")
_BEFORE_PLACE: Final = re.compile("(?:在|住|[来发]?自|坐标|是|作为|身[为处]|家|籍|现居|[搬嫁]到|从|地区|城市)\\Z")
_BEHIND_PLACE: Final = re.compile("人|[这那]边|宝[妈爸]|妹子|地区|一带|老乡|下雨|天气|的问候")
_OWNERS: Final = re.compile("用户|买家|粉丝|顾客|客户")
_FUNCTION: Final = frozenset("的了吗呢吧啊不没要想有在是你我他她它这那被把让请就都还很")
# The first characters are looked at first: most others begin none.
_KNOWN_PLACES: Final = re.compile(
    f"{HAN_PLACE}|(?=[{''.join(sorted({place[0] for place in HAN_PLACES}))}])"
    f"(?:{'|'.join(sorted(HAN_PLACES, key=len, reverse=True))})"
)
# A clause of so many characters says more than who writes.
_LONG: Final = 24
_WHOLE: Final = re.compile(rf"(?:{_PLAIN}|[{_PLACE}{_NAME}0-9])+")
_HEAD: Final = re.compile(rf"(?:{_PLAIN})*+")


def han_introduced(text: str) -> str:
    """Return a Chinese message without what introduces who writes.

    >>> han_introduced("你好，我是<NAME_1>。我来自西藏，快递到哪了")
    '快递到哪了'
    >>> han_introduced("我在河南开店，杯子裂了")
    '我开店，杯子裂了'
    """
    told = list(_clauses(text))
    gone = [span for span, places in told if not places]
    placed = [span for span, places in told if places]
    if placed and not HAN_HERE.search(_without(text, gone + placed)):
        gone += placed
    return _without(text, gone) if gone else text


def _clauses(text: str) -> Iterator[tuple[Span, bool]]:
    """Yield the spans that tell who writes, and whether each has a place in it."""
    tagged: list[Span] | None = None
    greeted = begun = -1
    for match in _CLAUSE.finditer(_marked(text)):
        clause, (start, stop) = match[0], match.span()
        named = _NAME * len(clause) == clause
        if named and _AROUND.search(text[max(0, start - 4) : start] + "\0" + text[stop : stop + 2]):
            # It is in an English sentence.
            continue
        asks = text[stop : stop + 1] in ("?", "？")
        if begun >= 0 and (named or clause in (*HAN_PLACES, _PLACE) or _is_unknown(clause, "")):
            yield (begun, stop), not named
            begun = -1
            continue
        begun = start if _FIELD.search(clause) and text[stop : stop + 1] in (":", "：") else -1
        begin, greeted = (greeted if greeted >= 0 else start), -1
        if _GREETING.fullmatch(clause):
            greeted = begin
            continue
        if asks or not (
            _ABOUT.search(clause) or _NAMING.search(clause) or _NAME in clause or _KNOWN_PLACES.search(clause)
        ):
            continue
        if tagged is None:
            tagged = _places(text)
        spans = [(first, last) for first, last in tagged if start <= first and last <= stop]
        shape = _shape(clause, spans, start)
        told = [_SURNAME.sub(rf"\1{_NAME}", clause), shape, *([] if spans else [_with_unknown(clause)])]
        whole = next((one for one in told if _introduces(one)), "")
        if whole:
            yield (begin, stop), _PLACE in whole or bool(_STAYS.search(clause))
            continue
        if spans and _LIVING.search(shape) and shape[0] != "他" and not HAN_ASKED.search(clause):
            for first, last in spans:
                yield _widened(text, start, first, last, stop), True


def _introduces(shape: str) -> bool:
    """Return whether a clause names somebody, or where the writer is from, and says nothing else."""
    if len(shape) >= _LONG or (_NAME not in shape and _PLACE not in shape) or _YOU.search(shape):
        return False
    return bool(_WHOLE.fullmatch(shape) and (_NAME in shape or _ABOUT.search(shape)))


def _marked(text: str) -> str:
    """Return the text, as long as it was, with each masked name as one run of marks."""
    return re.sub(r"<NAME_\d+>", lambda match: _NAME * len(match[0]), text)


def _places(text: str) -> list[Span]:
    """Return where places stand in a text."""
    found = [match.span() for match in _KNOWN_PLACES.finditer(text)]
    known = {at for start, stop in found for at in range(start, stop)}
    for start, stop in han_named(text):
        if known.isdisjoint(range(start, stop)) and not _WHOLE.fullmatch(text, start, stop):
            found.append((start, stop))
            known.update(range(start, stop))
    at = 0
    for word, tag in dictionary().tag(text):
        start = text.find(word, at)
        if start < 0:
            continue
        at = start + len(word)
        if len(word) < 2 or not HAN.match(word) or not known.isdisjoint(range(start, at)):
            continue
        # A tag alone tells little: 壶盖 and 回国 have that of a place.
        stands = _AT.search(text, max(0, start - 4), start) or _PEOPLE.match(text, at)
        if stands and tag.startswith(("nr", "ns", "nz", "nt")) and may_be_place(word) and not _WHOLE.fullmatch(word):
            found.append((start, at))
    return sorted(found)


def _shape(clause: str, places: Sequence[Span], at: int) -> str:
    """Return a clause with a mark for each place and each name."""
    shape, done = "", 0
    for start, stop in places:
        shape += clause[done : start - at] + _PLACE
        done = stop - at
    return re.sub(f"{_NAME}+", _NAME, shape + clause[done:])


def _with_unknown(clause: str) -> str:
    """Return a clause with a mark for the one stretch that no dictionary takes for a thing: then it is a place's name.

    Whose users or buyers somebody says to be among may be those of a product.
    """
    if len(clause) >= _LONG or not _ABOUT.search(clause) or HAN_ASKED.search(clause) or _YOU.search(clause):
        return clause
    head = _HEAD.match(clause)
    at = head.end() if head else 0
    for start in (at, at - 1):
        for stop in range(start + 2, min(len(clause), start + 6) + 1):
            rest = clause[stop:]
            placed = _BEFORE_PLACE.search(clause, 0, start) if start > 0 else None
            if (
                start >= 0
                and (placed or _BEHIND_PLACE.match(rest))
                and (not rest or _WHOLE.fullmatch(rest))
                and _is_unknown(clause[start:stop], rest)
            ):
                return clause[:start] + _PLACE + rest
    return clause


def _is_unknown(word: str, rest: str) -> bool:
    """Return whether characters are a name for all that the dictionary knows; it takes 过敏 for somebody, as well."""
    if not HAN.fullmatch(word) or _WHOLE.fullmatch(word) or word in HAN_NOT_NAMES or not _FUNCTION.isdisjoint(word):
        return False
    found = dictionary().tag(word)
    known = [tag for part, tag in found if len(part) > 1 and dictionary().has_word(part)]
    if len(found) > 2 or len(word) <= len(found) or any(tag not in ("ns", "nrt", "nz") for tag in known):
        return False
    return bool(known) or not _OWNERS.search(rest)


def _widened(text: str, start: int, begin: int, end: int, stop: int) -> Span:
    """Return the span of a place with the word before it that puts somebody there, and the ending behind it."""
    before = re.search(r"(?:人?在|从|于|来自|自)\Z", text[start:begin])
    after = _BEHIND.match(text, end, stop)
    return begin - (len(before[0]) if before else 0), after.end() if after else end


def _without(text: str, gone: Sequence[Span]) -> str:
    parts, at = [], 0
    for start, stop in sorted(gone):
        parts.append(text[at:start])
        at = max(at, stop)
        # The mark behind a clause goes with it.
        if start == 0 or text[start - 1] in "，。！？；：、,.!?;:\n （(—–-":
            while at < len(text) and text[at] in "，。！；、,.!; ：:":
                at += 1
    left = "".join([*parts, text[at:]])
    while (cleaned := _CLEANED.sub("", left)) != left:
        left = cleaned
    return left
