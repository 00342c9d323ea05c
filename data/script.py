"""Script: Chinese is written in traditional or in simplified characters, and says the same."""

from __future__ import annotations

import re
from functools import cache

__all__ = ["simplified"]

_KANA = re.compile(r"[\u3040-\u30ff]")
_FIRST_HAN, _LAST_HAN = 0x3400, 0x9FFF


def simplified(text: str) -> str:
    """Return a text with each traditional character as the simplified one that it stands for alone.

    Phrases are not looked at: for comparing, a wrong choice between two characters is the same on both sides. Japanese,
    which is known by its own characters beside those of Chinese, stays as it is.

    >>> simplified("退貨運費")
    '退货运费'
    """
    return text if text.isascii() or _KANA.search(text) else text.translate(_table())


@cache
def _table() -> dict[int, str]:
    import opencc

    characters = [chr(code) for code in range(_FIRST_HAN, _LAST_HAN + 1)]
    folded = opencc.OpenCC("t2s").convert("\n".join(characters)).split("\n")
    pairs = zip(characters, folded, strict=True)
    return {ord(one): other for one, other in pairs if one != other and len(other) == 1}
