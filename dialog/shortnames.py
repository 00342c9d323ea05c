"""Short names: what tells a choice from the others in an answer: 大床 of 大床房, *spilled* of *spilled food*.

Only who was asked names a choice so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from replydesk.dialog.mentions import Mention, is_participle, root

__all__ = ["done_in", "short_names"]

_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_DONE: Final = re.compile(r"[\u3400-\u9fff]+([\u3400-\u9fff])了")
# What customers say they did themselves, and what takes another word back, names nothing that has happened.
_OWN: Final = frozenset(
    """
    used ordered paid bought sent got gotten made took came went said told called needed wanted received tried asked
    meant thought had gone brought chose chosen found kept looked changed
    """.split()  # noqa: SIM905
)
_OWN_ZH: Final = frozenset("错到好来去完行有要用对说看知变买付收改换做打")


def short_names(names: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return what tells the names of choices apart, by choice.

    Of names that end alike that is what stands before: 大床 and 双床 of 大床房 and 双床房. Of an English name of
    several words it is what has happened, where no other choice has that: *spilled* of *spilled food*.

    >>> short_names({"a": ["debit card"], "b": ["credit card"]}), short_names({"a": ["late"], "b": ["spilled food"]})
    ({'a': ['debit'], 'b': ['credit']}, {'b': ['spilled']})
    """
    split = {value: [_pieces(name) for name in called] for value, called in names.items()}
    found: dict[str, list[str]] = {}
    for value, called in split.items():
        others = [pieces for other, theirs in split.items() if other != value for pieces in theirs]
        roots = {root(word) for pieces in others for word in pieces}
        for pieces in called:
            if len(pieces) > 1 and any(len(other) > 1 and other[-1] == pieces[-1] for other in others):
                first = ("" if _HAN.search(pieces[0]) else " ").join(pieces[:-1])
                if len(first) > 1:
                    found.setdefault(value, []).append(first)
            done = [word for word in pieces if len(pieces) > 1 and is_participle(word) and word not in _OWN]
            new = [word for word in done if root(word) not in roots and word not in found.get(value, ())]
            if new:
                found.setdefault(value, []).extend(new)
    return found


def done_in(line: str, names: Mapping[str, Sequence[str]]) -> list[Mention]:
    """Return where a line says by its verb alone that what a Chinese choice names has happened: 汤全洒了 is 餐洒了.

    >>> done_in("汤全洒了", {"late": ["迟到"], "spilled": ["餐洒了"]})
    [Mention(value='spilled', start=2, end=4)]
    """
    found = []
    for value, called in names.items():
        others = "".join(name for other, theirs in names.items() if other != value for name in theirs)
        verbs = {done[1] for name in called if (done := _DONE.fullmatch(name))} - _OWN_ZH
        for verb in sorted(verb for verb in verbs if verb not in others):
            happened = re.compile(rf"(?<![多至不没]){verb}(?:[掉光出满]?了|[出掉光得满])")
            found += [Mention(value, *one.span()) for one in happened.finditer(line)]
    return found


def _pieces(name: str) -> list[str]:
    return list(name) if _HAN.search(name) else name.lower().split()
