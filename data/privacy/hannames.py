"""Chinese names: a surname and characters that given names are made of, where the place says that a name stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from replydesk.data.privacy.hanplaces import (
    AFTER_CONTACT,
    AFTER_NAME,
    AFTER_NICK,
    AT_THE_END,
    BEFORE_CONTACT,
    CLOSED,
    CLOSING,
    COMMON,
    DEAR,
    FIELD,
    FOOD,
    GREETED,
    HAN,
    HELLO,
    INTRODUCED,
    JOINED,
    LEADING,
    LINE,
    NOT_FILLED,
    NOT_RECEIVERS,
    OFFICES,
    OPENING,
    PAUSE,
    RARE,
    RECEIVES,
    SERVED,
    SERVES,
    SPOKEN_FIELDS,
    SURNAMED,
    TITLES,
    VERBS,
    WITH_TITLE,
)
from replydesk.data.privacy.lexicon import (
    GIVEN,
    HAN_COMPOUND,
    HAN_GIVEN,
    HAN_NEVER,
    HAN_NOT_NAMES,
    HAN_SURNAMES,
    NOT_NAMES,
)
from replydesk.data.privacy.page import Page

__all__ = ["han_names"]

_LATIN: Final = re.compile(r"[A-Z][A-Za-z]{1,14}(?: [A-Z][A-Za-z]{1,14}){0,2}")
_FOREIGN: Final = re.compile("[\u4e00-\u9fff]{2,6}(?:·[\u4e00-\u9fff]{1,6}){0,3}")
_NICK: Final = re.compile("[小阿老][\u4e00-\u9fff]")


def han_names(page: Page) -> Iterator[tuple[int, int]]:
    """Yield where Chinese names stand, and Latin ones behind a Chinese word that announces them."""
    text = page.left
    yield from _titled(text)
    yield from _announced(text)
    for match in GREETED.finditer(text):
        yield from _greeted(text, match.end())
    for match in HELLO.finditer(text):
        comma = text[match.start() - 1 : match.start()] in (",", ":")
        yield from _ending(text, match.start() - comma, bounded=True)
        nick = _NICK.search(text, max(0, match.start() - 2), match.start())
        if nick and nick.end() == match.start() and nick[0] not in HAN_NOT_NAMES and _is_nick(text, nick.start()):
            yield nick.span()
    for match in AT_THE_END.finditer(text):
        yield from _exactly(text, *match.span(1))
    for match in SERVES.finditer(text):
        yield from _ending(text, match.start(), bounded=False)
    if "\n" in text:
        for match in LINE.finditer(text):
            closed = bool(CLOSING.search(text, max(0, match.start() - 12), match.start()))
            yield from _exactly(text, *match.span(1), strict=not closed)
    if "\0" in text:
        for match in RECEIVES.finditer(text):
            if match[0] not in NOT_RECEIVERS and match[0] not in HAN_NOT_NAMES:
                yield match.span()
        for rule in (BEFORE_CONTACT, AFTER_CONTACT):
            for match in rule.finditer(text):
                yield from _exactly(text, *match.span(1))
    for match in CLOSED.finditer(text) if "以上" in text or "上" in text[-3:] else ():
        if match[1]:
            yield from _exactly(text, *match.span(1))
        else:
            yield from _ending(text, match.end(2), bounded=False)


def surname(text: str, at: int) -> int:
    """Return how many characters at a position are a surname: 0, 1 or 2."""
    if text[at : at + 1] not in _BEGINNINGS:
        return 0
    return 2 if text[at : at + 2] in HAN_COMPOUND else int(text[at] in HAN_SURNAMES)


_BEGINNINGS: Final = HAN_SURNAMES | {name[0] for name in HAN_COMPOUND}


def name_at(text: str, at: int, *, strict: bool = True) -> int:
    """Return how many characters at a position are a full name, 0 if none.

    ``strict`` wants characters that are usual in given names; else any one or two before a pause will do.
    """
    first = surname(text, at)
    if not first or text[at : at + 3] in HAN_NOT_NAMES:
        return 0
    given = text[at + first : at + first + 2]
    usual = [char in HAN_GIVEN for char in given]
    if text[at : at + 2] in HAN_NOT_NAMES:
        # 王子 is a prince, but 王子涵 a girl.
        extended = (
            (text[at] in COMMON or not strict)
            and len(given) == 2
            and all(usual)
            and given[1] != "来"
            and (_ends(text, at + 3) or _followed(text, at + 3))
        )
        return 3 if extended else 0
    if len(given) == 2 and all(usual) and given not in WITH_TITLE:
        # 来 ends names, and is what one does: 找王芳来.
        return first + 2 if given[1] != "来" or _ends(text, at + first + 2) else first + 1
    if not strict and (run := HAN.match(text, at)):
        length = run.end() - at
        if first < length <= first + 2 and given not in WITH_TITLE:
            return length
    return first + 1 if usual and usual[0] else 0


def whole_name(text: str, at: int) -> int:
    """Return how many characters are a name because a surname begins them and a pause, title or greeting ends them."""
    first = surname(text, at)
    if first == 0 or (first == 1 and text[at] not in COMMON):
        return 0
    for length in (first + 2, first + 1):
        told = text[at : at + length]
        if len(told) == length and HAN.fullmatch(told) and _ends(text, at + length):
            free = HAN_NEVER.isdisjoint(told[first:]) and told not in HAN_NOT_NAMES and told[:2] not in HAN_NOT_NAMES
            return length if free and told[first:] not in HAN_NOT_NAMES | WITH_TITLE else 0
    return 0


def _ends(text: str, at: int) -> bool:
    return bool(PAUSE.match(text, at) or HELLO.match(text, at)) or text[at : at + 2] in WITH_TITLE


def _followed(text: str, at: int) -> bool:
    """Say whether what stands here may follow a name: a pause, or a word such as 女士 or 来电."""
    return bool(PAUSE.match(text, at)) or text[at] in VERBS or text[at : at + 2] in AFTER_NAME


def _exactly(text: str, start: int, end: int, *, strict: bool = True) -> Iterator[tuple[int, int]]:
    if end - start in (name_at(text, start, strict=strict), whole_name(text, start)):
        yield start, end


def _titled(text: str) -> Iterator[tuple[int, int]]:
    for match in TITLES.finditer(text):
        end = match.start()
        for length in (4, 3, 2, 1):
            start = end - length
            if start >= 0 and _bears_title(text, start, end, sure=bool(match[1])):
                if not FOOD.match(text, match.end()):
                    yield start, end
                break


def _bears_title(text: str, start: int, end: int, *, sure: bool) -> bool:
    """Say whether the characters before a title are the name of who bears it."""
    first = surname(text, start)
    if not first or not first <= end - start <= first + 2:
        return False
    before = text[start - 1 : start] if start else ""
    told = text[max(0, start - 3) : start]
    free = text[start] in COMMON and HAN.fullmatch(text, start, end) and text[start : start + 2] not in HAN_NOT_NAMES
    free = free and ((sure and not HAN.match(before)) or told in DEAR or told[-2:] in ("您好", "你好"))
    usual = all(char in HAN_GIVEN for char in text[start + first : end])
    if not (usual or free) or (text[start : start + 2] in HAN_NOT_NAMES and end - start <= 2):
        return False
    if before and before in JOINED.get(text[start], ""):
        return False
    inside = bool(HAN.match(before))
    if first == 1 and text[start] in RARE and (inside or not sure) and end - start == 1:
        return False
    # In the middle of a sentence a name begins behind a word that may stand before one.
    return not inside or before in LEADING or (sure and end - start == first)


def _ending(text: str, end: int, *, bounded: bool) -> Iterator[tuple[int, int]]:
    """Yield the full name that ends here, and, where it must be bounded, has no character before it."""
    for length in (4, 3, 2):
        start = end - length
        named = start >= 0 and length in (name_at(text, start), whole_name(text, start) if bounded else 0)
        open_left = not bounded or start <= 0 or not HAN.match(text[start - 1])
        if named and open_left and text[start:end] not in HAN_NOT_NAMES:
            yield start, end
            return


def _greeted(text: str, at: int) -> Iterator[tuple[int, int]]:
    length = whole_name(text, at) or name_at(text, at)
    if length >= 3 and not _ends(text, at + length) and _ends(text, at + length - 1):
        length -= 1
    if length and _ends(text, at + length):
        yield at, at + length
    elif not length and _NICK.match(text, at) and _is_nick(text, at) and _ends(text, at + 2):
        yield at, at + 2
    elif not length and text[at - 1] == "@":
        # A given name alone, as colleagues call each other.
        run = HAN.match(text, at)
        if run and len(run[0]) == 2 and HAN_GIVEN.issuperset(run[0]) and run[0] not in HAN_NOT_NAMES:
            yield run.span()


def _announced(text: str) -> Iterator[tuple[int, int]]:
    for match in FIELD.finditer(text):
        yield from _filled(text, match)
    for proof, rule in zip((3, 2, 1), INTRODUCED, strict=True):
        for match in rule.finditer(text):
            yield from _introduced(text, match, proof)
    for match in OPENING.finditer(text):
        yield from _exactly(text, *match.span(1))
    for match in SURNAMED.finditer(text):
        if length := surname(text, match.start(1)):
            yield match.start(1), match.start(1) + length


def _introduced(text: str, match: re.Match[str], proof: int) -> Iterator[tuple[int, int]]:
    """Yield the name behind a word that announces one; the less it proves, the more must follow."""
    at, word = match.end(), match[0]
    while text[at : at + 1] in (":", " "):
        at += 1
    length = whole_name(text, at) or name_at(text, at, strict=not word.endswith("叫"))
    if length == 3 and not _followed(text, at + 3) and _followed(text, at + 2):
        length = 2
    likely = proof == 3 or (proof == 2 and (text[at : at + 1] in COMMON or word[0] in "我他她"))
    if not likely and not _followed(text, at + length):
        length = 0
    if length and text[at + length - 1 : at + length + 1] not in HAN_NOT_NAMES:
        yield at, at + length
    elif latin := _LATIN.match(text, at):
        if (proof > 1 or word[0] == "我") and _is_latin(latin[0], word in ("我叫", "叫我")):
            yield latin.span()
    elif _NICK.match(text, at) and _is_nick(text, at):
        yield at, at + 2
    elif "客服" in word:
        served = SERVED.match(text, at)
        if served and (not served[1] or (HAN_GIVEN.issuperset(served[1]) and served[1] not in HAN_NOT_NAMES)):
            yield served.span()


def _filled(text: str, field: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Yield the name in a field such as 收件人：, which with a colon or 是 may be any, also a foreign one."""
    at, sure = field.end(), bool(field[1]) or ":" in field[2]
    length = name_at(text, at, strict=not sure)
    if not length and field[0][-1:] in "人主" and (free := name_at(text, at, strict=False)):
        length = free if PAUSE.match(text, at + free) and text[at : at + 2] not in HAN_NOT_NAMES else 0
    if length and (sure or " " in field[2] or _followed(text, at + length)):
        yield at, at + length
    elif (latin := _LATIN.match(text, at)) and _is_latin(latin[0], sure):
        yield latin.span()
    elif _NICK.match(text, at) and _is_nick(text, at):
        yield at, at + 2
    elif ":" in field[2] and field[0].rstrip(": 是为叫") not in SPOKEN_FIELDS and (foreign := _FOREIGN.match(text, at)):
        told = foreign[0]
        if (
            told[-1] not in OFFICES
            and PAUSE.match(text, foreign.end())
            and told not in NOT_FILLED
            and (told[:2] not in HAN_NOT_NAMES or (len(told) == 2 and surname(told, 0)))
        ):
            yield foreign.span()


def _is_nick(text: str, at: int) -> bool:
    known = text[at + 1] in HAN_GIVEN or text[at + 1] in HAN_SURNAMES
    after = bool(PAUSE.match(text, at + 2)) or text[at + 2 : at + 4] in AFTER_NICK
    return known and after and text[at : at + 2] not in HAN_NOT_NAMES


def _is_latin(name: str, sure: bool) -> bool:
    told = name.casefold().split()
    return not any(word in NOT_NAMES for word in told) and (sure or told[0] in GIVEN)
