"""Noise: a message as somebody in a hurry might have written it, in English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any, Final, Literal, get_args

from replydesk.data.errors import RequestError
from replydesk.data.text import HAN
from replydesk.finetune.robustness.tables import (
    CHINESE_OF,
    EMOJI,
    ENGLISH_OF,
    KEYS,
    NUMERAL_WORDS,
    NUMERALS,
    homophones,
    look_alikes,
)

__all__ = ["KINDS", "Kind", "hurried", "kept", "kinds_of", "noisy", "scripts_of"]

Kind = Literal[
    "typo", "keyboard", "homophone", "shape", "width", "traditional", "pinyin", "mixing", "emoji", "truncation",
    "case", "spaces", "punctuation",
]  # fmt: skip
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
"""The kinds of noise; :func:`kinds_of` tells which fit a language."""

_ENGLISH: Final[tuple[Kind, ...]] = (
    "typo", "keyboard", "spaces", "case", "punctuation", "truncation", "emoji", "mixing",
)  # fmt: skip
_CHINESE: Final[tuple[Kind, ...]] = (
    "homophone", "shape", "width", "traditional", "pinyin", "mixing", "emoji", "truncation", "punctuation",
)  # fmt: skip
# How often a kind is drawn for training, against once for the others.
_OFTEN: Final[dict[str, int]] = {"typo": 6, "homophone": 3}

_KEPT = re.compile(
    r"<[A-Z]+_\d+>"
    r"|(?:https?://|www\.)[!-~]+|(?<![!-?A-~])[!-?A-~]++@[!-~]+|[@#][A-Za-z0-9_-]+|\[[^\[\]\s]{1,12}\]"
    r"|(?:[$£€¥￥]\s?)?(?<![A-Za-zÀ-ÿ0-9_-])[A-Za-zÀ-ÿ_-]*\d[\dA-Za-zÀ-ÿ_-]*(?:[.,:/×x*]\d[\dA-Za-z]*)*%?"
    rf"|[{NUMERALS}]+|(?<![A-Za-zÀ-ÿ])(?:{'|'.join(NUMERAL_WORDS.split())})(?![A-Za-zÀ-ÿ])",
    re.IGNORECASE,
)
_LETTERS = "A-Za-zÀ-ÖØ-öø-ÿ"
_LONG_WORD = re.compile(f"(?<![{_LETTERS}'’])[{_LETTERS}]{{4,}}(?![{_LETTERS}'’])")
_WORD = re.compile(f"(?<![{_LETTERS}'’])[{_LETTERS}]{{2,}}(?![{_LETTERS}'’])")
_LETTER = re.compile("[A-Za-z]")
_HAN = re.compile(f"[{HAN}]")
_HAN_RUN = re.compile(f"[{HAN}]+")
_GAP = re.compile(f"(?<=[{_LETTERS}]) (?=[{_LETTERS}])")
_MARK = re.compile(r"[^\w\s<>]+", re.ASCII)
_SPOKEN_MARK = re.compile(r"[!-/:-@\[-`{-~，。！？、；：“”‘’（）《》…—·～]+")
_MELTS = re.compile(rf"[!-~]|(?![{HAN}])\w")
_CLAUSE_END = re.compile(r"(?<=[,.!?，。！？])(?=\s|[\u3400-\u9fff]|\Z)|\Z")
_EVERY_LETTERS, _EVERY_HAN, _EVERY_WORDS = 12, 8, 6
_CUT, _FEW = 0.3, 0.05


@dataclass(frozen=True, slots=True)
class _Site:
    """A piece of free text: in which part, from and up to which character, and what stands there."""

    part: int
    start: int
    end: int
    text: str


def noisy(text: str, kind: str, seed: int) -> str:
    """Return a text with one kind of noise, the same for the same seed; unchanged where the kind does not apply.

    Codes, numbers, links, addresses and masked placeholders stay as they are. Which language a word is of is told by
    its script. ``typo`` swaps, drops, doubles or replaces by a neighbouring key one letter in one word of four letters
    or more; the other kinds change about one in twelve letters, eight characters or six words. Raises
    :class:`RequestError` for an unknown kind.

    >>> noisy("where is my parcel TW-204817", "typo", 1)
    'here is my parcel TW-204817'
    """
    change = _MAKERS.get(kind)
    if change is None:
        raise RequestError("There is no such kind of noise.", where=kind, hint=f"Known: {', '.join(KINDS)}.")
    # Every second part is kept.
    parts = [""]
    done = 0
    for match in _KEPT.finditer(text):
        parts[-1] = text[done : match.start()]
        parts += [match[0], ""]
        done = match.end()
    parts[-1] = text[done:]
    made = "".join(change(parts, Random(f"{kind} {seed} {text}")))
    # A letter that now touches a code would become a part of it.
    return made if kept(made) == parts[1::2] else text


def kept(text: str) -> list[str]:
    """Return the codes, numbers, links, addresses and placeholders of a text, which no noise changes.

    >>> kept("订单TW-204817付了19.90，<PHONE_1>")
    ['TW-204817', '19.90', '<PHONE_1>']
    """
    return [match[0] for match in _KEPT.finditer(text)]


def kinds_of(language: str, *, among: Sequence[str] = ()) -> tuple[Kind, ...]:
    """Return the kinds that writers of a language make; the languages are mixed where both are among those served.

    >>> kinds_of("en")
    ('typo', 'keyboard', 'spaces', 'case', 'punctuation', 'truncation', 'emoji')
    """
    found = _CHINESE if language == "zh" else _ENGLISH
    return found if {"en", "zh"} <= set(among) else tuple(kind for kind in found if kind != "mixing")


def scripts_of(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the languages, ``en`` and ``zh``, that at least one in twenty texts is written in, by its script.

    >>> scripts_of(["where is it", "什么时候到"])
    ('en', 'zh')
    """
    chinese = sum(bool(_HAN.search(text)) for text in texts)
    shares = (("en", len(texts) - chinese), ("zh", chinese))
    return tuple(language for language, count in shares if count and count >= _FEW * len(texts))


def hurried(languages: Sequence[str], share: float = 1.0) -> Callable[[str, int], str]:
    """Return what makes noise for training: of a share of texts a noisy one, of a kind that its language knows.

    Kinds are drawn by how often people make them: a typo six times, a homophone three times as often as any other.
    Mixed languages are drawn where one encoder reads both.
    """
    pools = {
        language: [kind for kind in kinds_of(language, among=languages) for _ in range(_OFTEN.get(kind, 1))]
        for language in ("en", "zh")
    }

    def noise(text: str, seed: int) -> str:
        random = Random(f"{seed} {text}")
        if random.random() >= share:
            return text
        pool = pools["zh" if _HAN.search(text) else "en"]
        # Not every kind applies to every text.
        for kind in random.sample(pool, len(pool)):
            made = noisy(text, kind, seed)
            if made != text:
                return made
        return text

    return noise


def _sites(parts: Sequence[str], pattern: re.Pattern[str]) -> list[_Site]:
    return [
        _Site(number, match.start(), match.end(), match[0])
        for number in range(0, len(parts), 2)
        for match in pattern.finditer(parts[number])
    ]


def _put(parts: Sequence[str], changes: Sequence[tuple[_Site, str]]) -> list[str]:
    made = list(parts)
    # From behind, so that the places before stay right.
    for site, text in sorted(changes, key=lambda change: change[0].start, reverse=True):
        before, after = made[site.part][: site.start], made[site.part][site.end :]
        made[site.part] = before + text + after
    return made


def _some(sites: Sequence[_Site], every: int, random: Random) -> list[_Site]:
    """Return about one in ``every`` sites, one at least where there is any."""
    return random.sample(sites, min(len(sites), max(1, round(len(sites) / every))))


def _spaced(parts: Sequence[str], site: _Site, word: str) -> str:
    """Return a Latin word with blanks where it would melt into its neighbours."""
    part = parts[site.part]
    before = part[site.start - 1] if site.start else (parts[site.part - 1] if site.part else " ")[-1]
    after = part[site.end] if site.end < len(part) else (parts[site.part + 1] if site.part + 1 < len(parts) else " ")[0]
    return " " * bool(_MELTS.match(before)) + word + " " * bool(_MELTS.match(after))


def _beside(letter: str, random: Random) -> str:
    other = random.choice(KEYS.get(letter.lower(), letter))
    return other.upper() if letter.isupper() else other


def _typo(parts: Sequence[str], random: Random) -> list[str]:
    sites = _sites(parts, _LONG_WORD)
    if not sites:
        return list(parts)
    site = random.choice(sites)
    word = site.text
    swaps = [place for place in range(len(word) - 1) if word[place] != word[place + 1]]
    keys = [place for place, letter in enumerate(word) if letter.lower() in KEYS]
    ways = ["drop", "double", *(["swap"] if swaps else []), *(["key"] if keys else [])]
    way = random.choice(ways)
    place = random.choice(swaps if way == "swap" else keys if way == "key" else range(len(word)))
    middle = {
        "drop": lambda: word[place + 1 :],
        "double": lambda: word[place] + word[place:],
        "swap": lambda: word[place + 1] + word[place] + word[place + 2 :],
        "key": lambda: _beside(word[place], random) + word[place + 1 :],
    }[way]()
    return _put(parts, [(site, word[:place] + middle)])


def _keyboard(parts: Sequence[str], random: Random) -> list[str]:
    chosen = _some(_sites(parts, _LETTER), _EVERY_LETTERS, random)
    return _put(parts, [(site, _beside(site.text, random)) for site in chosen])


def _from_table(table: Callable[[], dict[str, str]]) -> Callable[[Sequence[str], Random], list[str]]:
    def change(parts: Sequence[str], random: Random) -> list[str]:
        others = table()
        sites = _sites(parts, _HAN)
        known = [site for site in sites if site.text in others]
        chosen = random.sample(known, min(len(known), max(1, round(len(sites) / _EVERY_HAN))))
        return _put(parts, [(site, random.choice(others[site.text])) for site in chosen])

    return change


def _width(parts: Sequence[str], random: Random) -> list[str]:
    wide = {code: code + 0xFEE0 for code in [*range(0x41, 0x5B), *range(0x61, 0x7B), *map(ord, ",!?:;()")]}
    narrow = {other: code for code, other in wide.items()} | {ord("。"): ord(".")}

    def turned(table: dict[int, int]) -> list[str]:
        made = list(parts)
        for number in range(0, len(parts), 2):
            # A mark that touches a number could become a part of it.
            first, last = int(number > 0), len(parts[number]) - int(number < len(parts) - 1)
            if first < last:
                part = parts[number]
                made[number] = part[:first] + part[first:last].translate(table) + part[last:]
        return made

    ways = [made for table in (wide, narrow) if (made := turned(table)) != list(parts)]
    return random.choice(ways) if ways else list(parts)


def _traditional(parts: Sequence[str], random: Random) -> list[str]:
    way = random.choice(("s2t", "s2tw", "s2hk"))
    for name in (way, "t2s"):
        made = [part if number % 2 else _converter(name).convert(part) for number, part in enumerate(parts)]
        if made != list(parts):
            return made
    return list(parts)


@cache
def _converter(name: str) -> Any:
    import opencc

    return opencc.OpenCC(name)


def _pinyin(parts: Sequence[str], random: Random) -> list[str]:
    import rjieba
    from pypinyin import lazy_pinyin

    words = []
    for run in _sites(parts, _HAN_RUN):
        start = run.start
        for word in rjieba.cut(run.text):
            if len(word) > 1:
                words.append(_Site(run.part, start, start + len(word), word))
            start += len(word)
    chosen = _some(words, _EVERY_WORDS, random)
    return _put(parts, [(site, _spaced(parts, site, "".join(lazy_pinyin(site.text)))) for site in chosen])


def _mixing(parts: Sequence[str], random: Random) -> list[str]:
    english = [
        (site, CHINESE_OF[site.text.lower()]) for site in _sites(parts, _WORD) if site.text.lower() in CHINESE_OF
    ]
    chinese = [(site, _spaced(parts, site, ENGLISH_OF[site.text])) for site in _sites(parts, _chinese_words())]
    known = english + chinese
    return _put(parts, random.sample(known, min(len(known), random.choice((1, 2)))))


@cache
def _chinese_words() -> re.Pattern[str]:
    return re.compile("|".join(sorted((word for word in ENGLISH_OF if len(word) > 1), key=len, reverse=True)))


def _emoji(parts: Sequence[str], random: Random) -> list[str]:
    # Never between a number and what belongs to it.
    ends = [site for site in _sites(parts, _CLAUSE_END) if site.part == len(parts) - 1 or site.start]
    ends = [site for site in ends if site.part == len(parts) - 1 or site.end < len(parts[site.part])]
    face = random.choice(EMOJI) * random.choice((1, 1, 2))
    return _put(parts, [(random.choice(ends), face)])


def _truncation(parts: Sequence[str], random: Random) -> list[str]:
    end = parts[-1]
    long = len("".join(parts))
    cut = min(len(end), int(long * _CUT * (0.5 + random.random() / 2)))
    if cut >= long or long - cut < 4:
        return list(parts)
    return [*parts[:-1], end[: len(end) - cut].rstrip() if cut else end]


def _case(parts: Sequence[str], random: Random) -> list[str]:
    ways = [
        made
        for turn in (str.lower, str.upper)
        if (made := [part if number % 2 else turn(part) for number, part in enumerate(parts)]) != list(parts)
    ]
    return random.choice(ways) if ways else list(parts)


def _spaces(parts: Sequence[str], random: Random) -> list[str]:
    return _put(parts, [(site, "") for site in _some(_sites(parts, _GAP), _EVERY_WORDS, random)])


def _punctuation(parts: Sequence[str], _random: Random) -> list[str]:
    def unmarked(mark: re.Match[str]) -> str:
        within = mark.start() > 0 and mark.end() < len(mark.string)
        return "" if within and mark[0] in "'’" else " "

    made = [part if number % 2 else _SPOKEN_MARK.sub(unmarked, part) for number, part in enumerate(parts)]
    # One blank is enough, and none at the ends.
    made = [part if number % 2 else re.sub(r" {2,}", " ", part) for number, part in enumerate(made)]
    made[0], made[-1] = made[0].lstrip() if len(made) > 1 else made[0].strip(), made[-1].rstrip()
    return made


_MAKERS: Final[dict[str, Callable[[Sequence[str], Random], list[str]]]] = {
    "typo": _typo,
    "keyboard": _keyboard,
    "homophone": _from_table(homophones),
    "shape": _from_table(look_alikes),
    "width": _width,
    "traditional": _traditional,
    "pinyin": _pinyin,
    "mixing": _mixing,
    "emoji": _emoji,
    "truncation": _truncation,
    "case": _case,
    "spaces": _spaces,
    "punctuation": _punctuation,
}
