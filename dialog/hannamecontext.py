"""What stands before and behind a word of a Chinese message, as far as it tells whether a person is named there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final

from replydesk.data.privacy.lexicon import words

__all__ = ["DOING", "MARKS", "SURELY", "Token", "before", "behind", "dictionary", "is_role", "tokens_of"]

Token = tuple[int, int, str, str]

_NAMING: Final = words(
    "叫 名 姓名 名字 注册名 用户名 会员名 名叫 叫做 昵称 署名 落款 名称 网名 真名 写着 写的 叫我 喊我 称 抬头 户名"
    " 微信名"
    " 落款人 收件人 收货人 寄件人 下单人 签收人 联系人 收件 签收"
)
_BEING: Final = words("是 为 成")
_FOR: Final = words("帮 替 听 转 转告 找 问 问过 找过 托 喊")
_DEALING: Final = words(
    "跟 和 与 同 给 让 请 由 被 把 对 向 代 联系 通知 告诉 回复 回 致 及 以及 还有"
    " 陪 带 称呼 交给 发给 归 属于 按 用 以"
)
_PLACING: Final = words("在 去 到 从 往 至 寄 发 来自 位于 于 寄到 发到 送到 里 这 那 个 张 次 家 款 种")
_FIELDS: Final = _NAMING | words("联系人 客户 顾客 会员 收件人 收货人 寄件人")
_SELF: Final = words("我家 你家 他家 我 俺 咱 人家 我们 咱们")
_MYSELF: Final = words("本人 在下 鄙人 我姓")
_THEN: Final = words("之前 以前 刚刚 刚才 后来 当时 上次 上回 上周 上个月 结果 原来 其实 可能 本来 听说 据说")
_PEOPLE: Final = words(
    "同事 同学 朋友 室友 舍友 邻居 老板 闺蜜 亲戚 爱人 孩子 家长 老人 家人 对象 长辈 亲人 客户 顾客 会员 用户 买家 客服"
    " 师傅 经理 老师 助理 店长 人工 主管 队友 粉丝 粉 哥们 兄弟 姐妹 学生 徒弟 领导 秘书 客人 表哥 表姐 表弟 表妹"
    " 堂哥 堂姐"
    " 儿媳 女婿 员 人 者 主 家 户"
)
_OF_PEOPLE: Final = _PEOPLE | words("家里 妈 爸 妈妈 爸爸 电话 手机 账号 账户 订单 同志 哥 姐 弟 妹 等 一起 一家")
DOING: Final = words(
    "说 讲 问 告诉 推荐 介绍 反映 提到 提过 打电话 打 来电 回答 答应 叫 让 托 建议 提醒 觉得 认为 想 要 帮 给 替 买"
    " 下单 订 收 签收 拿 用 看 来 去 到 在 写 上 留 敬上 谨上 拜上 收到 说过 问过 负责 付 付款 没 不 从来 还 一直 已经"
    " 也 都 就 又 刚 刚刚 刚才 昨天 今天 上次 之前 现在 曾 曾经 正 正在 总 老 很 和 跟 与 同 向 对 把 被 是 有 会 能"
    " 可以 下 拍 订购 先生 女士 你 您 一下 一声 吧 啊 呀 啦 了 呢 哦 这 那 我 他 她 他们 她们 本人"
)
_PLACES_END: Final = frozenset("店馆路街寺座型款牌味色菜村县区市镇山庄楼城饭酒")
MARKS: Final = frozenset("，。！？；：、,.!?;:\n \t（()）“”\"'—–~～…-【】[]/|*#@")
_DASHES: Final = frozenset("-—–~～/|*\n（(")
_SAYING: Final = words(
    "说 讲 问 告诉 推荐 介绍 让 建议 提醒 觉得 答应 反映 提到 想要 想 要 急用 叫 托 帮 替 想问 问问 说好"
)
_GREETED: Final = words("你好 您好 在吗 在不在")
_CALLED_SO: Final = words("亲爱 亲爱的 尊敬 尊敬的 请问 你好 您好 嗨 喂 谢谢 多谢 感谢")
SURELY: Final = frozenset((
    *(f"called {one}" for one in ("ends", "of people", "doing", "saying", "tells me")),
    *(f"people {one}" for one in ("saying", "doing", "tells me", "ends", "of people")),
    *(f"for {one}" for one in ("saying", "ends", "tells me")), *(f"dealt {one}" for one in ("saying", "ends")),
    "given ends", "said ends", "signed ends", "thanked ends", "thanked greeted", "thanked says",
    "begins greeted", "begins tells me", "myself ends", "self ends", "self saying",
))  # fmt: skip
"""What stands before and behind a word that may then be a name, whatever it means."""


_LEADS: Final = (
    ("called", _NAMING), ("being", _BEING), ("for", _FOR), ("dealt", _DEALING),
    ("myself", _MYSELF), ("self", _SELF), ("people", _PEOPLE)
)  # fmt: skip
_PARTICLES: Final = words("吧 呀 啊 啦 哈 即可 就好 就行")
_TELLING_ME: Final = words("让 告诉 叫 推荐 问 教 托 请 跟")


@cache
def dictionary() -> Any:
    """Return rjieba, whose dictionary takes .1 s to load."""
    import rjieba

    return rjieba


def tokens_of(text: str) -> list[Token]:
    """Return the words of the dictionary that a text is made of, with their spans and parts of speech."""
    found, at = [], 0
    for word, tag in dictionary().tag(text, False):
        found.append((at, at + len(word), word, tag))
        at += len(word)
    return found


def is_role(word: str) -> bool:
    """Return whether a word is of what people are, are called by or do, and so no name itself."""
    return any(
        word in known
        for known in (_NAMING, _BEING, _FOR, _DEALING, _MYSELF, _SELF, _THEN, _OF_PEOPLE, DOING, _PLACING, _CALLED_SO)
    )


def before(tokens: Sequence[Token]) -> str:
    """Return what stands before a name: the last token, or two characters, since words such as 老顾客 go on before."""
    if not tokens or tokens[-1][2][0] in MARKS:
        return _behind_a_mark(tokens)
    word, tag = tokens[-1][2:]
    pair = "".join(token[2] for token in tokens)[-2:]
    for seen, known in _LEADS:
        if word in known or pair in known:
            return seen
    if word in _CALLED_SO:
        return "thanked"
    if word in _THEN or tag[0] in "tc":
        return "behind time"
    if word in _PLACING:
        return "placed"
    return "behind verb" if tag[0] in "vp" else "behind of" if word == "的" else "behind word"


def _behind_a_mark(tokens: Sequence[Token]) -> str:
    """Return what stands before a name that begins a clause: a field, thanks, a dash, or nothing."""
    if len(tokens) < 2:
        return "begins"
    mark, word = tokens[-1][2], tokens[-2][2]
    if mark in (":", "：") and word in _FIELDS:
        return "called"
    if mark in ("，", ",", "！", "!", " ") and word in _CALLED_SO:
        return "thanked"
    return "signed" if mark[0] in _DASHES else "begins"


def behind(tokens: Sequence[Token]) -> str:
    """Return what stands behind a name, whose next two tokens these are."""
    if not tokens or tokens[0][2][0] in MARKS:
        return "says" if tokens and tokens[0][2][0] in ":：" else "ends"
    word, tag = tokens[0][2:]
    if word in _PARTICLES or (word == "就" and len(tokens) > 1 and tokens[1][2] in ("好", "行", "可以")):
        return "ends"
    if word in _TELLING_ME and len(tokens) > 1 and tokens[1][2] == "我":
        return "tells me"
    if word[0] in _PLACES_END:
        return "before place"
    if word in _GREETED:
        return "greeted"
    if word == "的":
        return "before of"
    if word in _OF_PEOPLE:
        return "of people"
    if word in _SAYING:
        return "saying"
    if word in DOING:
        return "doing"
    return "before verb" if tag[0] in "vd" else "before time" if tag[0] in "tr" else "before word"
