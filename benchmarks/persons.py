"""How many names of persons are told in a sentence, and how many sentences without one are read otherwise.

In Chinese, names are put in the place of persons (他, 客服, 我 at the head of a clause, behind 朋友) in messages of
JDDC, masked as messages are before they are read. On ``development``, and messages of other sets besides, the weights
of ``replydesk.dialog.hanpersons`` were chosen; ``test`` has other messages and other names. With ``familiar`` the
pairs of characters are known that two messages of the other part have, as a desk's speller knows those of its
customers. English is ``_english_persons``, which also fits the weights of ``replydesk.dialog.persons`` on its
``development``.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from random import Random
from typing import Any, Final

from benchmarks._datasets import datasets
from benchmarks._english_persons import told as english
from replydesk.data.preparation import Mask
from replydesk.data.settings import Settings
from replydesk.dialog.hanpersons import dictionary, han_persons

PLACES: Final = frozenset(("他", "她", "客服", "师傅", "商家", "卖家", "快递员", "老板"))
BEHIND: Final = frozenset(("朋友", "同事", "同学", "家人", "孩子", "会员", "客户"))
SURNAMES: Final = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈"
NAMES: Final = {
    "development": (
        "伟 芳 静 磊 军 勇 涛 超 浩 鹏 琳 慧 桂英 秀兰 建华 宇航 子轩 梓涵 欣怡 雨桐 志伟 晓东 海燕"
        " 国强 振华 美玲 婷婷 鑫 凯 峰",
        "巴特尔 阿依古丽 扎西 洛桑 其其格 吾买尔 热依扎 格桑 德吉 库尔班 艾尔肯 买买提·艾山 欧阳婷 上官云",
    ),
    "test": (
        "斌 娟 倩 晖 莹 昊 蕾 彬 菲 淑华 玉珍 志明 丽娟 晓慧 俊豪 思源 雅琴 永康"
        " 佳慧 文博 秋菊 德胜 雪莹 冠宇 瑾 璐 锋 宸",
        "阿孜古丽 白玛 图雅 吐尔逊 益西 牧仁 玛依努尔 加措 阿不力孜 朝克图 艾力·买买提 司空明 慕容雪",
    ),
}


def run() -> dict[str, Any]:
    mask = Mask(Settings().data)
    texts = {
        "development": [mask(text) for text in messages("dev")],
        "test": [mask(text) for text in messages("test")],
    }
    return {part: _told(part, texts, mask) for part in texts} | {"english": english()}


def messages(part: str) -> list[str]:
    lines = (datasets() / "prepared" / f"jddc_retrieval_{part}.jsonl").read_text(encoding="utf-8").splitlines()
    return sorted({json.loads(line)["text"] for line in lines})


def _told(part: str, texts: dict[str, list[str]], mask: Mask) -> dict[str, Any]:
    """Return the shares in percent of names that are told, and of plain messages that are read otherwise."""
    own = texts[part]
    familiar = _pairs(texts["test" if part == "development" else "development"])
    with_names = [
        made
        for text in own
        if (made := planted(text, *(names.split() for names in NAMES[part]), Random(text))) is not None
    ]
    left = [(read, name) for text, name in with_names if name in (read := mask(text))]
    whole = [read.replace(name, "<NAME_1>") for read, name in left]
    return {
        "names": len(left),
        "gone": _percent(name not in han_persons(read) for read, name in left),
        "exactly": _percent(han_persons(read) == want for (read, _), want in zip(left, whole, strict=True)),
        "gone, familiar": _percent(name not in han_persons(read, familiar) for read, name in left),
        "plain": len(own),
        "read otherwise": _percent(han_persons(text) != text for text in own),
        "read otherwise, familiar": _percent(han_persons(text, familiar) != text for text in own),
    }


def _percent(hits: Any) -> float:
    told = list(hits)
    return round(100 * sum(told) / len(told), 2)


def made_up(given: Sequence[str], others: Sequence[str], draw: Random) -> str:
    """Return a surname with a given name, or, once in four times, one of other names."""
    return draw.choice(others) if draw.random() < 0.25 else draw.choice(SURNAMES) + draw.choice(given)


def planted(text: str, given: Sequence[str], others: Sequence[str], draw: Random) -> tuple[str, str] | None:
    """Return a message with a name in the place of somebody, and the name; None where it speaks of nobody."""
    name = made_up(given, others, draw)
    at, before, found = 0, "", []
    for word in dictionary().cut(text, False):
        if word in PLACES or (word == "我" and not re.search("[\u4e00-\u9fff]\\Z", before)):
            found.append((at, at + len(word)))
        elif word in BEHIND:
            found.append((at + len(word), at + len(word)))
        at, before = at + len(word), word
    if not found:
        return None
    start, stop = draw.choice(found)
    return text[:start] + name + text[stop:], name


def _pairs(texts: list[str]) -> frozenset[str]:
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update({one + other for run in re.findall("[\u4e00-\u9fff]+", text) for one, other in pairwise(run)})
    return frozenset(pair for pair, count in counts.items() if count > 1)
