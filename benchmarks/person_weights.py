"""Weights by which names of persons might be told in Chinese sentences: a logistic regression, rounded.

Names that were made up for this are put in the place of persons in messages of JDDC's development part and of the demo
desk's own samples, as ``benchmarks/persons.py`` does, and in the development wordings of introductions. They stand
against all that looks like a name in the same messages as they were written, each of which counts as ``OTHERS_COUNT``,
and against what overlaps with a name, which counts as ``PARTS_COUNT``. The threshold is where ``MOST`` of the messages
as they were written are read otherwise. These and the strength were chosen by the names of the development part of
``persons.py`` and the cases of ``tests/dialog/test_hanpersons.py`` and ``test_impartial.py``.

``python -m benchmarks person_weights`` says what they are, and whether ``replydesk.dialog.hanpersons`` has them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, Final

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.bias import wordings
from benchmarks.persons import made_up, messages, planted
from replydesk.data.preparation import Mask
from replydesk.data.settings import Settings
from replydesk.dialog.hanpersons import THRESHOLD, WEIGHTS, stretches_of

# Names for learning alone: those that are words, too, foreign ones, and those of minorities, beside the usual ones.
GIVEN: Final = (
    "婷 琴 亮 辉 刚 波 敏 燕 琪 宁 建国 红梅 海涛 佳怡 浩然 诗涵 一鸣"
    " 立军 春花 玉兰 文静 少华 彦君 瑞霞 天佑 可欣 志强 晓东"
)
OTHERS: Final = (
    "高峰 周正 高歌 夏天 江山 田野 向阳 白杨 丁香 常青 安宁 方正 云飞 白露 江枫 高兴 黄河 谷雨 黎明 马到成"
    " 汤姆 玛丽 大卫 安娜 彼得 杰克 丽莎 艾米 露西 迈克 保罗 苏珊 米歇尔 亚历山大 卡琳娜 凯瑟琳 乔治 伊万 娜塔莎"
    " 格桑 央宗 帕提古丽 阿里木江 热娜 艾孜买提 吐逊江 旦增 次旦 强巴 乌兰 娜仁 宝音 斯日古楞 依力亚斯·买买提 古力娜扎"
    " 达瓦 卓嘎 尼玛 海日古丽 欧阳锋 诸葛亮亮 司徒静 夏侯杰"
)
REPEATED: Final = 6
INTRODUCED: Final = 20
OTHERS_COUNT: Final = 12.0
PARTS_COUNT: Final = 0.1
MOST: Final = 0.005
STRENGTH: Final = 0.4


def run() -> dict[str, Any]:
    weights, threshold, told = fitted()
    return {
        "weights": weights,
        "threshold": threshold,
        "rows": told,
        "the module has them": weights == dict(WEIGHTS) and threshold == THRESHOLD,
    }


def fitted() -> tuple[dict[str, float], float, dict[str, int]]:
    """Return the weights and the threshold, rounded to tenths, and how many rows they come of."""
    mask = Mask(Settings().data)
    plain = [mask(text) for text in (*messages("dev"), *_samples())]
    seen_in = [[seen for _, _, seen in stretches_of(text)] for text in plain]
    rows = [(seen, False, OTHERS_COUNT) for found in seen_in for seen in found]
    rows += [(seen, whole, 1.0 if whole else PARTS_COUNT) for seen, whole in _of_names(plain, mask)]
    names = sorted(WEIGHTS)
    table = np.array([[seen.count(name) for name in names] for seen, _, _ in rows], dtype=np.float64)
    truth, importance = np.array([whole for _, whole, _ in rows]), np.array([count for _, _, count in rows])
    model = LogisticRegression(C=STRENGTH, max_iter=3000).fit(table, truth, sample_weight=importance)
    weights = {name: round(float(weight), 1) for name, weight in zip(names, model.coef_[0], strict=True)}
    odds = sorted(max((sum(weights[one] for one in seen) for seen in found), default=-np.inf) for found in seen_in)
    threshold = round(float(odds[int(len(odds) * (1 - MOST))]), 1)
    return weights, threshold, {"names": int(truth.sum()), "others": int((~truth).sum()), "messages": len(plain)}


def _of_names(plain: Sequence[str], mask: Mask) -> Iterator[tuple[list[str], bool]]:
    """Yield what is seen of each made-up name, and of what overlaps with one, and whether it is the whole name."""
    for text, name in (*_in_messages(plain), *_introduced(plain)):
        read = mask(text)
        begin = read.find(name)
        end = begin + len(name)
        if begin >= 0:
            yield from (
                (seen, (start, stop) == (begin, end))
                for start, stop, seen in stretches_of(read)
                if start < end and stop > begin
            )


def _in_messages(plain: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield messages with a made-up name in the place of somebody, and the name."""
    for number in range(REPEATED):
        for text in plain:
            made = planted(text, GIVEN.split(), OTHERS.split(), Random(f"{number} {text}"))
            if made is not None:
                yield made


def _introduced(plain: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield messages whose writer gives a made-up name in a development wording, and the name."""
    said = [line["text"] for line in wordings("development", "zh") if line["attribute"] == "name"]
    for number, wording in enumerate(said * INTRODUCED):
        draw = Random(number)
        name = made_up(GIVEN.split(), OTHERS.split(), draw)
        yield wording.replace("{text}", draw.choice(plain)).replace("{}", name), name


def _samples() -> list[str]:
    """Return what customers of the demo desk wrote first, in Chinese."""
    from importlib import resources

    text = (resources.files("replydesk.data.samples") / "conversations.zh.jsonl").read_text(encoding="utf-8")
    found = [json.loads(line) for line in text.splitlines()]
    return sorted({next((m["text"] for m in one["turns"] if m["role"] == "customer"), "") for one in found})
