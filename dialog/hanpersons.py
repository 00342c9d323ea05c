"""Names of persons anywhere in a Chinese sentence, by evidence that adds up.

No rule says where a name may stand. A stretch of the words that a dictionary finds is a name where the log odds of what
is seen of it come to more than a threshold: how it is built (a surname and one or two characters of given names, or
characters that foreign names and those of minorities are written by), what speaks against it (a word of the dictionary,
adverbs and pronouns in it), and what stands before and behind it (somebody who is spoken of, called, dealt with, or
does something). The weights are those of a logistic regression, rounded: made-up names in the place of persons in
messages of customers against all that looks like a name in these messages as they were written.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from typing import Final

from replydesk.data.privacy.hanplaces import HAN
from replydesk.data.privacy.lexicon import HAN_GIVEN, words
from replydesk.dialog.hannamecontext import MARKS, SURELY, Token, before, behind, tokens_of
from replydesk.dialog.hannameparts import BY_SOUND, FIRST, FUNCTION, NO_NAMES, TITLES, built, loosely_built, shape_of

__all__ = ["THRESHOLD", "WEIGHTS", "han_persons", "stretches_of"]

_ENDS_NAMES: Final = (
    FUNCTION - HAN_GIVEN - BY_SOUND | frozenset("店馆路街寺座型款牌味色菜村县区市镇") | words("这边 那边")
)
_LONGEST, _LONGEST_DOTTED, _MOST_TOKENS = 6, 14, 9
THRESHOLD: Final = -0.7
_FAMILIAR: Final = -4.5
WEIGHTS: Final = {
    "alone": -1.5, "before of": 0.3, "before time": 0.6, "before verb": -0.9, "before word": -2.2, "begins": 1.2,
    "behind of": -1.6, "behind time": -0.1, "behind verb": -1.4, "behind word": -2.4, "being": 1.2, "between": 1.0,
    "called": 2.0, "common1": -3.5, "common2": -1.9, "dealt": 0.8, "doing": 0.5, "dotted": 0.0, "double": 0.3,
    "doubled": 1.8, "ends": 1.2, "for": 0.9, "foreign": 1.8, "foreign given": 3.0, "foreign2": 0.4,
    "functional": -0.5, "given": 3.2, "given other": 0.2, "goes on": 0.1, "greeted": 0.0, "inside": -1.4,
    "is given": 1.1, "is said": 1.6, "known": -0.4, "latin given": 1.5, "loosely 1": -0.5, "loosely 2": -3.0,
    "loosely 3": -1.3, "loosely a": 1.9, "loosely b": -1.7, "loosely begins greeted": 0.7,
    "loosely begins tells me": 0.0, "loosely called ends": 1.7, "loosely dealt ends": -2.3,
    "loosely dealt saying": -0.8, "loosely for ends": 0.2, "loosely for saying": 1.6, "loosely given ends": 3.3,
    "loosely myself ends": 0.5, "loosely n": -0.3, "loosely named": 2.9, "loosely people doing": -1.2,
    "loosely people ends": -0.5, "loosely people saying": 2.5, "loosely people tells me": 1.6, "loosely s": 0.4,
    "loosely said ends": 1.8, "loosely self ends": -2.0, "loosely signed ends": 2.5, "loosely t": -0.2,
    "loosely thanked ends": 0.7, "loosely v": -1.5, "myself": 1.3, "nickname": 3.7, "of people": 1.3, "other": -3.5,
    "people": 2.1, "place": 0.1, "placed": -2.9, "rare": -3.7, "saying": 2.2, "says": 0.3, "self": -0.4,
    "signed": 0.5, "signs": 0.9, "sounds2": 0.9, "sounds3": 1.6, "tagged": -3.3, "tells me": 1.8, "thanked": 1.2,
    "titled": 2.8, "usual": 1.9, "word": -1.0,
}  # fmt: skip

# A name that was masked in part, or that a dot joins: 努尔<NAME_1>, 买买提·艾山来问.
_SOUNDS: Final = "".join(sorted(BY_SOUND - {"·"}))
_PARTLY: Final = re.compile(
    rf"(?<![\u4e00-\u9fff])[{_SOUNDS}]{{1,5}}<NAME_1>|<NAME_1>·[{_SOUNDS}]{{2,6}}"
    rf"|[{_SOUNDS}]{{1,6}}·(?:<NAME_1>|[\u4e00-\u9fff]{{2,4}}?"
    "(?=[^\u4e00-\u9fff]|\\Z|[的来在向上让托找问想和敬留报说]|顾客|本人))"
)
# Whose name is masked, the title behind it tells nothing more: <NAME_1>女士.
_TITLED: Final = re.compile(
    rf"(<NAME_1>)(?:{'|'.join(sorted(TITLES, key=len, reverse=True))}"
    r"|[这那][边里儿](?=[，。！？,.!?问想来 ]|\Z))(?!服务|的?[款码])"
)

# Who is what stands behind 是: a name or a role.
_HERE: Final = words("我 本人 这里 这边")
# Who says so is called what stands behind, whatever the word means.
_GIVING: Final = re.compile(
    "(?:(?:我|人|主|就|名|本名)叫做?|叫做|名[字是]?是|(?:署名|落款|姓名|名字|昵称)[是为:： ]*)\\Z"
)


def han_persons(text: str, familiar: Container[str] = frozenset()) -> str:
    """Return a text with a placeholder for each name of a person that it says in Chinese.

    ``familiar`` are pairs of characters that the desk's customers write beside each other: who writes only such pairs
    writes a word.

    >>> han_persons("我同事阿依古丽昨天问过")
    '我同事<NAME_1>昨天问过'
    >>> han_persons("白桃味的还有吗"), han_persons("白桃味的还有吗", {"白桃"})
    ('<NAME_1>味的还有吗', '白桃味的还有吗')
    """
    text = _TITLED.sub(r"\1", _PARTLY.sub("<NAME_1>", text))
    found = []
    for start, stop, seen in stretches_of(text):
        odds = sum(WEIGHTS.get(one, 0.0) for one in seen)
        if odds > THRESHOLD and all(text[at : at + 2] in familiar for at in range(start, stop - 1)):
            odds += _FAMILIAR
        if odds > THRESHOLD:
            found.append((odds, start, stop))
    taken: list[tuple[int, int]] = []
    for _, start, stop in sorted(found, reverse=True):
        if all(stop <= begin or start >= end for begin, end in taken):
            taken.append((start, stop))
    for start, stop in sorted(taken, reverse=True):
        text = f"{text[:start]}<NAME_1>{text[stop:]}"
    return text


def stretches_of(text: str) -> Iterator[tuple[int, int, list[str]]]:
    """Yield where what may be a name begins and ends, and what is seen of it that tells whether it is one."""
    tokens = tokens_of(text)
    for first, last in _stretches(tokens):
        seen = _evidence(tokens, first, last)
        if seen:
            yield tokens[first][0], tokens[last][1], seen


def _stretches(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last token of what may be a name."""
    for first, (_, _, begun, _) in enumerate(tokens):
        if begun == "和" and first and tokens[first - 1][2][0] not in MARKS:
            # It joins: 我和热依扎.
            continue
        if begun.isascii():
            last = _latin_end(tokens, first)
            beside = (*tokens[max(0, first - 2) : first], *tokens[last + 1 : last + 3])
            if begun.istitle() and begun.isalpha() and any(HAN.search(token[2]) for token in beside):
                yield first, last
            continue
        told = ""
        for last in range(first, min(len(tokens), first + _MOST_TOKENS)):
            word = tokens[last][2]
            if not all("\u4e00" <= character <= "\u9fff" or character == "·" for character in word):
                break
            if word in _ENDS_NAMES:
                break
            told += word
            if len(told) > (_LONGEST_DOTTED if "·" in told else _LONGEST):
                break
            if len(told) > 1:
                yield first, last


def _latin_end(tokens: Sequence[Token], first: int) -> int:
    """Return the last token of a name in Latin letters: *David Wang*."""
    last = first
    while last + 2 < len(tokens) and tokens[last + 1][2] == " " and tokens[last + 2][2].istitle():
        last += 2
    return last


def _evidence(tokens: Sequence[Token], first: int, last: int) -> list[str]:
    """Return what is seen of tokens that speaks for a name or against one; nothing where they are none."""
    told = "".join(token[2] for token in tokens[first : last + 1])
    left = before(tokens[max(0, first - 2) : first])
    right = behind(tokens[last + 1 : last + 3])
    given = _is_given(tokens, first, right)
    said = right == "ends" and first > 1 and tokens[first - 1][2] == "是" and tokens[first - 2][2] in _HERE
    around = f"{'given' if given else 'said' if said else left} {right}"
    made = [shape] if (shape := shape_of(tokens[first : last + 1], told)) else []
    if not made and (told not in NO_NAMES or given) and (told[0] in FIRST or tokens[first][3].startswith("nr")):
        made = built(tokens, first, last, told)
    if around in SURELY and (not made or ("word" in made and first == last)):
        # Whatever the word means: 同事明月说.
        loosely = loosely_built(tokens[first : last + 1], told)
        if loosely:
            return [*loosely, f"loosely {around}"]
    if not made:
        return []
    seen = [*made, left, right]
    if left == "begins" and right == "ends":
        seen.append("signs" if first and last + 1 == len(tokens) else "alone")
    elif left == "people" and right in ("doing", "of people", "saying", "tells me"):
        seen.append("between")
    elif given:
        # Whatever the word means: 我叫何必.
        seen = [*(one for one in seen if one != "other"), "is given"]
    elif said:
        seen.append("is said")
    return seen


def _is_given(tokens: Sequence[Token], first: int, right: str) -> bool:
    """Return whether somebody says that this is his name, and no more than that."""
    told = "".join(token[2] for token in tokens[max(0, first - 4) : first])
    return right == "ends" and bool(_GIVING.search(told))
