"""Asking for a slot that no form declares, since an answer or a rule needs it; and saying back what was told."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["NAMES", "as_told", "has_masked", "has_name", "slot_question"]

NAMES: Final = {
    "order": {"en": "order number", "zh": "订单号"},
    "tracking": {"en": "tracking number", "zh": "运单号"},
    "error": {"en": "error code", "zh": "错误代码"},
    "product": {"en": "product or model number", "zh": "商品型号"},
    "email": {"en": "e-mail address", "zh": "邮箱地址"},
    "phone": {"en": "phone number", "zh": "联系电话"},
    "date": {"en": "date", "zh": "日期"},
    "amount": {"en": "amount", "zh": "金额"},
}
"""What the kinds of things that a message may name are called."""
_ASK: Final = {"en": "Could you tell me your {}?", "zh": "请问您的{}是什么？"}
_WHICH: Final = {"en": "Which {} is it about?", "zh": "请问是哪个{}？"}
_NOT_YOURS: Final = frozenset({"date", "amount", "product", "error"})
_PLACEHOLDER: Final = re.compile(r"<[A-Z]+_\d+>")
_AS_TOLD: Final = {"en": "what you told us", "zh": "您提供的信息"}


def as_told(text: str, language: str, *, whole: bool = False) -> str:
    """Return a customer's own words as they can be said back: what was masked in them cannot be.

    Where they are a ``whole`` value, what stands beside what was masked is not said either.

    >>> as_told("<EMAIL_1>", "en"), as_told("TW-204817", "zh")
    ('what you told us', 'TW-204817')
    """
    said = _AS_TOLD["zh" if language == "zh" else "en"]
    return said if whole and has_masked(text) else _PLACEHOLDER.sub(said, text)


def has_masked(text: str) -> bool:
    """Return whether something was masked in a text."""
    return bool(_PLACEHOLDER.search(text))


def has_name(slot: str) -> bool:
    """Return whether a slot is asked for by a name of ours, whatever a form may call it."""
    return slot in NAMES


def slot_question(slot: str, language: str) -> str:
    """Return the question for a slot; one that we know no name for is called as the team calls it.

    >>> slot_question("order", "en"), slot_question("shoe_size", "en"), slot_question("date", "zh")
    ('Could you tell me your order number?', 'Could you tell me your shoe size?', '请问是哪个日期？')
    """
    spoken = "zh" if language == "zh" else "en"
    # Names of slots are written with an underscore.
    name = NAMES[slot][spoken] if slot in NAMES else slot.replace("_", " ")
    return (_WHICH if slot in _NOT_YOURS else _ASK)[spoken].format(name)
