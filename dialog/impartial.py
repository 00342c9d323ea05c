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
from replydesk.dialog.hangender import han_ungendered
from replydesk.dialog.hanintroductions import han_introduced
from replydesk.dialog.hanpersons import han_persons
from replydesk.dialog.hanwhereabouts import han_nowhere, han_places, without_han_places
from replydesk.dialog.introductions import introduced
from replydesk.dialog.placenames import HAN_PLACE, PLACE
from replydesk.dialog.whereabouts import capitals_of, nowhere, without_english_places

__all__ = ["impartial", "places_of_answers"]

_NEUTRAL: Final = {
    "he": "they", "she": "they", "him": "them", "himself": "themselves", "herself": "themselves", "his": "their",
    "her": "their", "hers": "theirs", "husband": "partner", "wife": "partner", "hubby": "partner",
    "boyfriend": "partner",
    "girlfriend": "partner", "son": "child", "daughter": "child", "father": "parent", "mother": "parent",
    "dad": "parent",
    "mum": "parent", "mom": "parent", "brother": "sibling", "sister": "sibling", "uncle": "relative",
    "aunt": "relative",
    "nephew": "relative", "niece": "relative", "grandfather": "grandparent", "grandmother": "grandparent",
    "grandpa": "grandparent", "grandma": "grandparent", "gentleman": "customer", "lady": "customer", "mr": "mx",
    "man": "person", "woman": "person", "guy": "person", "gal": "person", "boy": "person", "girl": "person",
    "lad": "person", "lass": "person", "daddy": "parent", "mummy": "parent", "mommy": "parent", "bloke": "person",
    "groom": "partner", "bride": "partner", "fiancé": "partner", "fiancée": "partner", "granddad": "grandparent",
    "granny": "grandparent", "gran": "grandparent", "grandad": "grandparent",
    "grandson": "grandchild", "granddaughter": "grandchild",
    "mrs": "mx", "ms": "mx",
}  # fmt: skip
_ENGLISH: Final = re.compile(
    rf"\b(?:{'|'.join(sorted(_NEUTRAL, key=len, reverse=True))})\b(?!'s (?:shoe|size|wear|cloth|jacket|coat|robe))",
    re.I,
)
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
# Which name of the conversation it is tells nothing either.
_NAMES: Final = re.compile(r"<NAME_\d+>")


def impartial(text: str, familiar: Container[str] = frozenset(), places: Container[str] | None = None) -> str:
    """Return what is read of a message: the same for whoever writes it.

    ``familiar`` are pairs of Chinese characters that the desk's customers write: what is made of them is no name.
    ``places`` are those that the desk knows something about (:func:`places_of_answers`): which of the others it is that
    a message names is not read, wherever it stands. None: nobody knows what the desk knows, and they all stay.

    A message that does nothing but introduce somebody stays as it is, but for its words of gender and its names.

    >>> impartial("Hello, Priya Nair here. My wife never got her parcel.")
    'My partner never got their parcel.'
    >>> impartial("我是河南的。我老婆没收到")
    '我爱人没收到'
    """
    plain = _NAMES.sub("<NAME_1>", text.replace("’", "'"))
    if places is not None:
        plain = _without_places(plain, places)
    plain = _who_left_out(plain, familiar)
    if places is None:
        return plain
    return han_nowhere(plain.replace(PLACE, HAN_PLACE) if HAN.search(plain) else nowhere(plain))


def places_of_answers(answers: Iterable[str]) -> frozenset[str]:
    """Return the places that answers name, English ones word by word and in lower case.

    >>> sorted(places_of_answers(["We ship to Norway.", "新疆和西藏的运费是 20 元"]))
    ['norway', '新疆', '西藏']
    """
    return frozenset(
        place for text in answers for place in (*capitals_of(text), *(han_places(text) if HAN.search(text) else ()))
    )


def _without_places(text: str, known: Container[str]) -> str:
    """Return a text with a mark for each place that the desk knows nothing about."""
    text = without_english_places(text, known)
    return without_han_places(text, known) if HAN.search(text) else text


def _who_left_out(plain: str, familiar: Container[str]) -> str:
    """Return a message without what introduces somebody, and with words for everybody."""
    if HAN.search(plain):
        # 我老公 and 我老婆 have to stand before a name alike.
        plain = han_ungendered(plain)
        plain = han_persons(plain, familiar)
        plain = _HAN_SELF.sub(r"\1\2人", plain)
        plain = _kept(plain, han_introduced)
    plain = _ENGLISH.sub(lambda match: cased(_NEUTRAL[match[0].lower()], match[0]), plain)
    plain = _kept(plain, lambda text: _TITLES.sub("", text))
    return _kept(plain, introduced)


def _kept(text: str, leaving_out: Callable[[str], str]) -> str:
    """Return a text without what is left out of it, the text itself where hardly anything would be left."""
    left = leaving_out(text).strip()
    return left if left != text.strip() and len(_WORDS.findall(left)) >= _FEWEST else text


def cased(word: str, like: str) -> str:
    """Return a word with capital letters as another has them."""
    return word.upper() if like.isupper() else word.capitalize() if like[0].isupper() else word
