"""How content a customer was, from whatever scale a column has, to 0..1."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["rating", "scale"]

_WORDS: dict[float, str] = {
    1.0: "good great positive satisfied very-satisfied excellent happy like liked 👍 😀 满意 非常满意 很满意 好评 "
    "好 赞",
    0.75: "somewhat-satisfied 比较满意 较满意 基本满意",
    0.5: "neutral ok okay average fair 一般 中评 中立 😐",
    0.25: "somewhat-dissatisfied poor 不太满意 较不满意",
    0.0: "bad negative dissatisfied very-dissatisfied unsatisfied unhappy terrible dislike disliked 👎 🙁 "
    "不满意 非常不满意 很不满意 差评 差",
}
_OF_WORD = {word: value for value, words in _WORDS.items() for word in words.split()}
_OUT_OF = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:/|of|out of|分?／)\s*(\d+)", re.I)
_NUMBER = re.compile(r"(-?\d+(?:[.,]\d+)?)\s*(%|stars?|星|分|颗星)?", re.I)
_STARS = re.compile(r"([★⭐]+)️?([☆✩]*)")


def scale(texts: Iterable[str]) -> float | None:
    """Return the top of a column's scale: 1, 5, 10 or 100, or None when the numbers do not tell it.

    Ones alone may be the best of two or the worst of five, so they tell nothing.

    >>> scale(["5", "3", ""]), scale(["0", "1"]), scale(["1", "1"])
    (5.0, 1.0, None)
    """
    low, high, broken = float("inf"), float("-inf"), False
    for text in texts:
        if (found := _NUMBER.fullmatch(text.strip())) and found[2] != "%":
            value = float(found[1].replace(",", "."))
            low, high, broken = min(low, value), max(high, value), broken or 0 < value < 1
    if high < 0 or low < 0 or high > 100:
        return None
    if high <= 1:
        return 1.0 if broken or low == 0 else None
    return 5.0 if high <= 5 else 10.0 if high <= 10 else 100.0


def rating(text: str, top: float | None) -> float | None:
    """Return the satisfaction from 0 to 1 that a cell says, on a scale up to ``top``, or None when it says none.

    Of five the worst is 1, so 0 of five is no rating. Words in English and Chinese, stars, ``4/5`` and ``80%`` need
    no scale.

    >>> rating("4", 5.0), rating("不满意", None), rating("80%", None), rating("offered", None)
    (0.75, 0.0, 0.8, None)
    """
    text = text.strip()
    if (word := _OF_WORD.get("-".join(text.casefold().replace("_", " ").split()))) is not None:
        return word
    if found := _STARS.fullmatch(text):
        return _share(len(found[1]), max(5.0, float(len(found[1]) + len(found[2]))))
    if found := _OUT_OF.fullmatch(text):
        return _share(float(found[1].replace(",", ".")), float(found[2]))
    if found := _NUMBER.fullmatch(text):
        value, unit = float(found[1].replace(",", ".")), (found[2] or "").casefold()
        known = 100.0 if unit == "%" else 5.0 if unit in ("star", "stars", "星", "颗星") else top
        return None if known is None else _share(value, known)
    return None


def _share(value: float, top: float) -> float | None:
    if top == 5 and value < 1:
        return None
    share = (value - 1) / 4 if top == 5 else value / top if top else -1.0
    return share if 0 <= share <= 1 else None
