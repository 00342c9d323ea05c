"""Impartial reading: who writes, from where, and whether of a wife or a husband, is no part of what is asked.

Blindness (Garg et al. 2019, "Counterfactual fairness in text classification through robustness"): words that tell a
gender are read as one that does not, and sentences that do nothing but introduce somebody are not read. What is asked
*about* stays: a parcel to Leeds is one, and 女款 is a product.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable
from typing import Final

from replydesk.data.privacy.hanplaces import HAN
from replydesk.data.script import simplified
from replydesk.dialog.hangender import han_ungendered
from replydesk.dialog.hanintroductions import han_introduced
from replydesk.dialog.hanpersons import han_persons
from replydesk.dialog.hanwhereabouts import han_nowhere, han_places, without_han_places
from replydesk.dialog.introductions import introduced
from replydesk.dialog.persons import persons
from replydesk.dialog.placenames import HAN_PLACE, PLACE
from replydesk.dialog.whereabouts import capitals_of, nowhere, without_english_places

__all__ = ["impartial", "places_of_answers"]

# What tells a gender, by what says as much without.
_ALIKE: Final = (
    "they=he she|them=him|themselves=himself herself|their=his her|theirs=hers"
    "|partner=husband wife hubby hubbie wifey missus boyfriend girlfriend groom bride fiancé fiancée fiance fiancee"
    "|my partner=my_bf my_gf|child=son daughter|children=sons daughters|my children=my_boys my_girls"
    "|parent=father mother dad mum mom mam daddy mummy mommy mama papa|parents=fathers mothers dads mums moms"
    "|sibling=brother sister bro sis|siblings=brothers sisters"
    "|relative=uncle aunt auntie aunty nephew niece|relatives=uncles aunts aunties nephews nieces"
    "|grandparent=grandfather grandmother grandpa grandma granddad grandad granny gran gramps nan nana"
    "|grandparents=grandfathers grandmothers|grandchild=grandson granddaughter|grandchildren=grandsons granddaughters"
    "|stepchild=stepson stepdaughter|stepparent=stepfather stepmother stepdad stepmum stepmom"
    "|stepsibling=stepbrother stepsister|godchild=godson goddaughter|godparent=godfather godmother"
    "|widowed person=widow widower|customer=gentleman lady male_customer female_customer|customers=gentlemen"
    "|person=man woman guy gal boy girl lad lass bloke|salesperson=salesman saleswoman"
    "|businessperson=businessman businesswoman|homemaker=housewife househusband|landlord=landlady|waiter=waitress"
    "|actor=actress|mx=mr mrs ms"
)
_NEUTRAL: Final = {
    told.replace("_", " "): neutral
    for group in _ALIKE.split("|")
    for neutral, _, pair in (group.partition("="),)
    for told in pair.split()
}
_ENGLISH: Final = re.compile(
    rf"\b(?:{'|'.join(sorted(_NEUTRAL, key=len, reverse=True))})\b"
    r"(?!'s (?:shoe|size|wear|cloth|jacket|coat|robe|day\b))|\bMiss\b(?= <NAME_)",
    re.I,
)
# "I told her that" is of him, too, and "it is his." of hers.
_FREE: Final = re.compile(
    r"\s*(?:[^\s\w'-]|\Z|(?:to|for|about|that|the|an?|it|when|and|but|so|because|in|on|at|with|from|by|if|yesterday"
    r"|today|tomorrow|who|what|why|how|i|we|they|you|my|is|was|has|had|or|as|into|until|before|after|while)\b)",
    re.I,
)
_BY_ITSELF: Final = {"her": "him", "his": "hers"}
_TITLES: Final = re.compile(
    r"\b(?:(?:dear|hi|hello|hey),? )?(?:sir|madam|ma'am)\b(?: or (?:sir|madam))?[,!.]?\s*", re.I
)
# 女款 and 男士拖鞋 are products; who is a woman says so of somebody.
_HAN_SELF: Final = re.compile(
    "((?:我|本人|他|俺|人家)(?:就?是|作为|身为)?|作为|身为|当|(?<!的)是)((?:一?[个名位枚])?[^，。！？,.!?男女要买款换选穿码鞋衣的]{0,5}?)"
    "(?:[男女](?:[人的生性士]|孩子?|同志|青年)?|小伙子?|姑娘|[大小][男女]人|[爸妈]|帅哥|美女|大[叔妈爷]|小姐姐|小哥哥)(?=[，。！？,.!?、；;~的\\s]|\\Z)"
)
_WORDS: Final = re.compile(r"[A-Za-z']{2,}|[一-鿿]{2}")
_FEWEST = 2
# 我在London上班: a place of an English name in a Chinese sentence.
_IN_CHINESE: Final = re.compile(f"(?<=[\u4e00-\u9fff（：，]){PLACE}|{PLACE}(?=[\u4e00-\u9fff）])")
# Which name of the conversation it is tells nothing either.
_NAMES: Final = re.compile(r"<NAME_\d+>")


def impartial(text: str, familiar: Container[str] = frozenset(), places: Container[str] | None = None) -> str:
    """Return what is read of a message: the same for whoever writes it.

    ``familiar`` are words and pairs of Chinese characters that the desk's customers write: what is made of them is no
    name.
    ``places`` are those that the desk knows something about (:func:`places_of_answers`): which of the others it is that
    a message names is not read, wherever it stands. None: nobody knows what the desk knows, and they all stay.

    A message that does nothing but introduce somebody stays as it is, but for its words of gender and its names. Which
    Chinese characters somebody writes, traditional or simplified, is not read either.

    >>> impartial("Hello, Priya Nair here. My wife never got her parcel.")
    'My partner never got their parcel.'
    >>> impartial("我是河南的。我老婆没收到")
    '我爱人没收到'
    >>> impartial("退款什麼時候到賬")
    '退款什么时候到账'
    """
    plain = _NAMES.sub("<NAME_1>", simplified(text).replace("’", "'"))
    if places is not None:
        plain = _without_places(plain, places, familiar)
    plain = _who_left_out(plain, familiar)
    if places is None:
        return plain
    return han_nowhere(plain.replace(PLACE, HAN_PLACE) if _is_mostly_han(plain) else nowhere(plain))


def _is_mostly_han(text: str) -> bool:
    """Return whether a text is Chinese rather than English that names a thing in Chinese."""
    return sum(map(len, HAN.findall(text))) > len(_WORDS.findall(_NAMES.sub("", text)))


def places_of_answers(answers: Iterable[str]) -> frozenset[str]:
    """Return the places that answers name, English ones word by word and in lower case.

    >>> sorted(places_of_answers(["We ship to Norway.", "新疆和西藏的运费是 20 元"]))
    ['norway', '新疆', '西藏']
    """
    return frozenset(
        place
        for text in map(simplified, answers)
        for place in (*capitals_of(text), *(han_places(text) if HAN.search(text) else ()))
    )


def _without_places(text: str, known: Container[str], familiar: Container[str]) -> str:
    """Return a text with a mark for each place that the desk knows nothing about."""
    text = without_english_places(text, known, familiar)
    return without_han_places(_IN_CHINESE.sub(HAN_PLACE, text), known) if HAN.search(text) else text


def _who_left_out(plain: str, familiar: Container[str]) -> str:
    """Return a message without what introduces somebody, and with words for everybody."""
    if HAN.search(plain):
        # 我老公 and 我老婆 have to stand before a name alike.
        plain = han_ungendered(plain)
        plain = han_persons(plain, familiar)
        plain = _HAN_SELF.sub(r"\1\2人", plain)
        plain = _kept(plain, han_introduced)
    plain = _ENGLISH.sub(_neutral, plain)
    plain = persons(plain, familiar)
    plain = _kept(plain, lambda text: _TITLES.sub("", text))
    return _kept(plain, introduced)


def _neutral(match: re.Match[str]) -> str:
    """Return what tells no gender for a word that tells one."""
    low = match[0].lower()
    if low in _BY_ITSELF and _FREE.match(match.string, match.end()):
        low = _BY_ITSELF[low]
    return cased(_NEUTRAL.get(low, "mx"), match[0])


def _kept(text: str, leaving_out: Callable[[str], str]) -> str:
    """Return a text without what is left out of it, the text itself where hardly anything would be left."""
    left = leaving_out(text).strip()
    return left if left != text.strip() and len(_WORDS.findall(left)) >= _FEWEST else text


def cased(word: str, like: str) -> str:
    """Return a word with capital letters as another has them."""
    return word.upper() if like.isupper() else word.capitalize() if like[0].isupper() else word
