"""Names in a sentence: words with a capital, quoted titles and persons with their title."""

from __future__ import annotations

import re
from typing import Final

from replydesk.data.text import HAN

__all__ = ["names_of"]

_WORD = re.compile(r"(?<![\w.])[A-Z][A-Za-z]*(?:['’-][A-Za-z]+)*(?![\w-])")
# After these a capital begins a sentence and names nothing.
_BEGINS = re.compile(r"(?:\A|[.!?:;。！？：\n…•]|[.!?]['\"”’)])[\s\"'“‘(*>-]*\Z")
_NO_NAME: Final = frozenset(
    """
    i i'm i've i'll i'd i’m i’ve i’ll i’d ok okay hi hello thanks thank please sorry english chinese yes
    no
    """.split()  # noqa: SIM905
)
_LATIN = re.compile(r"(?<![A-Za-z0-9-])[A-Za-z][A-Za-z'’&.]*[A-Za-z](?!-?\d)")
_HAN = re.compile(f"[{HAN}]")
_QUOTED = re.compile(r"《([^《》]{1,40})》|「([^「」]{1,40})」|“([^“”]{1,40})”")
_SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高梁郑谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余杜叶程苏魏吕丁沈任姚卢傅钟姜崔谭廖"
    "范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_PERSON = re.compile(rf"[{_SURNAMES}][{HAN}]{{0,2}}?(?:先生|女士|小姐|经理|主任|老师|总监)")


def names_of(text: str) -> tuple[str, ...]:
    """Return the names of a sentence in their order: proper names, quoted titles, persons.

    In English these are words with a capital that begin no sentence; in Chinese all words in Latin letters.

    >>> names_of("Open Tidewick on your iPhone. I sent it to Ada."), names_of("请在《会员规则》里查看Plus会员")
    (('Tidewick', 'Ada'), ('会员规则', 'Plus'))
    """
    found: list[tuple[int, str]] = [
        (match.start(), next(group for group in match.groups() if group)) for match in _QUOTED.finditer(text)
    ]
    if _HAN.search(text):
        found += [(match.start(), match[0]) for match in _LATIN.finditer(text)]
        found += [(match.start(), match[0]) for match in _PERSON.finditer(text)]
    else:
        for match in _WORD.finditer(text):
            if match[0].lower() not in _NO_NAME and not _BEGINS.search(text, 0, match.start()):
                found.append((match.start(), re.sub(r"['’]s\Z", "", match[0])))
    return tuple(dict.fromkeys(name for _, name in sorted(found)))
