"""Names of persons anywhere in an English sentence, by evidence that adds up.

No rule says where a name may stand. Words that are written like a name are one where the log odds of what is seen of
them come to more than a threshold: what each of them is (a known given name, a word that also is a name, a word of the
desk or of the language, or none of these), how it is written (capitals, accents, hyphens, the ending of a surname),
what stands before them (*my colleague*, *I'm*, *this is*, *Regards,*) and behind (*here*, *says*, *'s*), and how the
rest of the message is written. The weights are those of a logistic regression that ``python -m benchmarks persons``
fits: made-up names in the place of persons in messages of customers against all that looks like a name in these
messages as they were written.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from replydesk.data.privacy.lexicon import AMBIGUOUS, GIVEN, NOT_NAMES, SURNAME_WORDS, words
from replydesk.dialog.closedwords import CLOSERS, PLAIN
from replydesk.dialog.personwords import (
    ADDRESSED,
    AUXILIARIES,
    CALLING,
    CONJUNCTIONS,
    DEALING,
    DERIVED,
    DETERMINERS,
    DOING,
    ENDINGS,
    LABELS,
    MARKS,
    PARTICLES,
    PEOPLE,
    PLURAL,
    PREPOSITIONS,
    PRESENT,
    SAYING,
    SELVES,
    SHIPPING,
    SHORTENED,
    SIGNING,
    SITES,
    SPEAKING,
)
from replydesk.dialog.placenames import AMBIGUOUS_PLACES, PLACES
from replydesk.dialog.spelling import english_words

__all__ = ["Stretch", "persons", "stretches"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words that may be a name, where they stand, and what is seen of them."""

    start: int
    stop: int
    evidence: tuple[str, ...]

    @property
    def odds(self) -> float:
        """Return the log odds that they are a name, less what is asked of one in small letters."""
        small = _SMALL if self.evidence[0].startswith("small") else 0.0
        return _BIAS + small + sum(_WEIGHTS.get(seen, 0.0) for seen in self.evidence)


class _Token(NamedTuple):
    start: int
    stop: int
    text: str
    low: str


_UPPER, _LOWER, _LETTER = "A-ZÀ-ÞĀ-ŽẠ-Ỹİ", "a-zß-öø-ÿā-žạ-ỹ", "A-Za-zÀ-ɏḀ-ỿ"
_TOKEN: Final = re.compile(rf"<[A-Z]+_\d+>|'s\b|[{_LETTER}]+(?:['-](?!s\b)[{_LETTER}]+)*|\w+|[^\w\s]|\n")
_NAME: Final = re.compile(r"<NAME_\d+>")
_WRITTEN: Final = re.compile(rf"[{_LETTER}]['-]?[{_LETTER}]+(?:['-][{_LETTER}]+)*")
_CASED: Final = re.compile(
    rf"(?:[{_UPPER}]['-])?(?:Mc|Mac|Fitz|De|Di|La|Le)?[{_UPPER}][{_LOWER}]+(?:['-][{_LETTER}]+)*"
)
# What goes on with a name that was masked in part: <NAME_1>-woo, <NAME_1> de la Cruz.
_PARTLY: Final = re.compile(
    rf"<NAME_\d+>-[{_LETTER}]+|(?<![{_LETTER}])[{_LETTER}]+-<NAME_\d+>"
    rf"|<NAME_\d+>(?: (?:{'|'.join(sorted(PARTICLES))})){{1,2}} [{_UPPER}][{_LETTER}'-]+"
)
_ENDS: Final = frozenset(".!?…\n")
_DASHES: Final = frozenset("-–—/~*^")
_DAYS: Final = words(
    "monday tuesday wednesday thursday friday saturday sunday january february march april june july august"
    " september october november december christmas easter i ok okay hi pm am"
)
_BOTH: Final = AMBIGUOUS | SURNAME_WORDS
_SURE: Final = GIVEN - AMBIGUOUS - NOT_NAMES
_CLOSED: Final = (
    PLAIN | _DAYS | DETERMINERS | CONJUNCTIONS | AUXILIARIES | PLURAL | SHORTENED | SELVES | PEOPLE
) - _BOTH
_FIRST: Final = words("given strange both name initial")
_HANDLED: Final = re.compile(r"[@#_&\\]\Z|\S/\Z(?<!\s//)(?<!\A//)")
_HANDLES: Final = re.compile(r"[@_/\\]|\.\w")
_INFLECTED: Final = (
    ("s", ("",)), ("es", ("",)), ("ies", ("y",)), ("ed", ("", "e")), ("ing", ("", "e")), ("ly", ("", "le")),
    ("er", ("", "e")), ("able", ("", "e")), ("ness", ("",)), ("ment", ("",)), ("y", ("", "e")), ("less", ("",)),
)  # fmt: skip
_NOT_ALONE: Final = (NOT_NAMES | (PLACES - AMBIGUOUS_PLACES)) - _BOTH - _SURE
_TOWARDS: Final = words("to for of from by with")
_NEVER_SMALL: Final = (
    DOING | SAYING | DEALING | PRESENT | CALLING | PREPOSITIONS | SPEAKING | SITES | LABELS | ADDRESSED | CLOSERS
)
_CUES: Final = CALLING | SIGNING | LABELS | words("is 's me , : - ! .") | {"\n"}
_CALLED: Final = ("called", "this is", "signed")
_LEADS: Final = (
    ("called", CALLING - DEALING), ("signed", SIGNING), ("greeted", ADDRESSED), ("people", PEOPLE),
    ("behind and", words("and or &")), ("said", SAYING), ("dealt", DEALING), ("behind other", PREPOSITIONS),
    ("placed", SITES), ("determined", DETERMINERS), ("asked", AUXILIARIES), ("plural", PLURAL), ("behind that", CONJUNCTIONS),
    ("name", words("<name_1> <name_2> <name_3>")),
)  # fmt: skip
_TRAILS: Final = (
    ("possessive", words("'s")), ("present", PRESENT), ("saying", SAYING), ("aux", AUXILIARIES), ("before plural", PLURAL),
    ("before comma", words(", ) (")), ("before and", words("and or & but so because who")), ("before self", SELVES),
    ("before preposition", PREPOSITIONS | SITES | _TOWARDS),
)  # fmt: skip
_SHORTEST_SMALL: Final = 3
_MOST: Final = 6
_UNNAMED: Final = frozenset(("name", "initial", ""))
_TITLED: Final = 0.6
_FEWEST: Final = 3
_THRESHOLD: Final = -0.6
_SMALL: Final = -0.9
_BIAS: Final = -1.8
_WEIGHTS: Final = {
    # What it is made of,
    "one both": -0.2, "one brand": -0.3, "one desk": -3.3, "one given": 1.7, "one language": -1.2, "one strange": 0.8,
    "first both": 1.6, "first brand": -1.6, "first desk": -3.2, "first given": 3.0, "first initial": -3.2,
    "first language": -0.4, "first name": 1.3, "first strange": 1.8, "last both": 1.6, "last desk": -1.3,
    "last given": 1.5, "last initial": -7.0, "last language": 1.4, "last strange": 3.3, "three": -1.0,
    "particle": 1.1, "hyphen": 2.8, "accented": 0.7, "inner capital": -1.1, "ending": -0.6, "derived": -2.0,
    # what stands before it,
    "apposed": 2.3, "asked": 1.3, "begins both": -0.9, "begins desk": -2.9, "begins given": 0.3,
    "begins initial": -0.3, "begins language": -1.5, "begins name": 0.2, "begins strange": -0.6, "behind and": -0.2,
    "behind dash": 1.6, "behind for": 0.8, "behind from": -1.0, "behind mark": -1.4, "behind of": -2.0,
    "behind that": 1.3, "behind to": -0.4, "behind with": 1.6, "behind word": -2.9, "called": 1.4, "cut before": -4.4,
    "dealt": 1.7, "determined": -1.3, "line both": 0.7, "line strange": 0.4, "people": 1.7, "placed": -3.9,
    "plural": -0.4, "said": 0.8, "signed": 1.6, "spoken to": 2.3, "this is": 1.0,
    # and behind it,
    "aux": 1.5, "before and": 1.6, "before capital": -1.2, "before comma": 0.4, "before mark": -2.6,
    "before number": -2.1, "before plural": 1.0, "before word": -0.3, "cut behind": -8.2, "doing": 1.4, "ends": 1.2,
    "possessive": 1.4, "present": 1.2, "saying": 1.5,
    # and how the message is written.
    "alone": -1.3, "titled": 1.2,
    # The same of what has no capitals, or nothing else.
    "small one both": -0.9, "small one given": 1.4, "small one language": -2.5, "small one strange": -0.8,
    "small first both": 0.5, "small first given": 2.4, "small first initial": -0.6, "small first language": -0.7,
    "small first name": 2.5, "small first strange": 0.8, "small last both": 0.2, "small last given": 2.0,
    "small last language": 0.4, "small last strange": 2.1, "small three": -0.8, "small particle": -0.6,
    "small hyphen": 0.7, "small accented": 1.0, "small inner capital": -1.2, "small ending": 0.4,
    "small derived": -3.3,
    "small apposed": 2.5, "small asked": 1.5, "small begins initial": -0.5, "small begins name": 0.5,
    "small begins strange": 0.6, "small behind and": -0.8, "small behind by": 0.6, "small behind dash": 0.9,
    "small behind for": 1.0, "small behind from": 0.2, "small behind mark": -0.4, "small behind of": -1.3,
    "small behind other": 0.9, "small behind that": 0.4, "small behind to": -0.5, "small behind with": 1.6,
    "small behind word": -2.3, "small called": 1.0, "small cut before": -6.8, "small dealt": 1.1,
    "small determined": -2.1, "small greeted": -0.5, "small line given": 0.6, "small line strange": 0.9,
    "small people": 1.1, "small placed": -2.5, "small plural": -1.9, "small said": 1.3, "small signed": 2.9,
    "small spoken to": 2.3, "small this is": -0.2,
    "small aux": 1.8, "small before and": 1.1, "small before capital": -0.9, "small before comma": 0.6,
    "small before mark": -1.9, "small before number": -1.8, "small before plural": 2.1,
    "small before preposition": -0.3, "small before self": -0.8, "small before word": -1.2, "small cut behind": -6.9,
    "small doing": 1.8, "small ends": 1.1, "small possessive": 2.3, "small present": 2.5, "small saying": 2.5,
    "small alone": -0.4,
}  # fmt: skip


def persons(text: str, familiar: Container[str] = frozenset()) -> str:
    """Return a text with a placeholder for each name of a person that it says in English.

    ``familiar`` are words, in small letters, that the desk's customers write: what is made of them hardly is a name.

    >>> persons("My colleague Adwoa Mensimah told me that it leaks")
    'My colleague <NAME_1> told me that it leaks'
    """
    if "<NAME_" in text:
        text = _PARTLY.sub("<NAME_1>", text)
    found = [(odds, one.start, one.stop) for one in stretches(text, familiar) if (odds := one.odds) > _THRESHOLD]
    taken: list[tuple[int, int]] = []
    for _, start, stop in sorted(found, reverse=True):
        if all(stop <= begin or start >= end for begin, end in taken):
            taken.append((start, stop))
    for start, stop in sorted(taken, reverse=True):
        text = f"{text[:start]}<NAME_1>{text[stop:]}"
    return text


def stretches(text: str, familiar: Container[str] = frozenset()) -> Iterator[Stretch]:
    """Yield all that is written like a name in a text: each word by itself, and up to five together."""
    tokens = [_Token(*match.span(), match[0], match[0].lower()) for match in _TOKEN.finditer(text.translate(MARKS))]
    kinds: list[str] = []
    for at in range(len(tokens)):
        kinds.append(_kind(text, tokens, at, kinds, familiar))
    titled = None
    for first, kind in enumerate(kinds):
        if not kind:
            continue
        for last in range(first, min(len(tokens), first + _MOST)):
            if last > first and not _goes_on(text, tokens, kinds, last):
                break
            if not kinds[last] or _UNNAMED.issuperset(kinds[first : last + 1]):
                continue
            if titled is None:
                titled = _titled(tokens, kinds)
            seen = _seen(text, tokens, kinds, first, last)
            yield Stretch(tokens[first].start, tokens[last].stop, (*seen, "titled") if titled else seen)


def _kind(text: str, tokens: Sequence[_Token], at: int, kinds: Sequence[str], familiar: Container[str]) -> str:
    """Return what a token is that a name may be made of; nothing where it is no part of a name."""
    token, low = tokens[at], tokens[at].low
    if token.text[0] == "<" and _NAME.fullmatch(token.text):
        return "name"
    if len(low) == 1:
        after = tokens[at + 1].text if at + 1 < len(tokens) else ""
        initial = low not in "ai" and token.text.isupper() and (after == "." or _CASED.fullmatch(after))
        return "initial" if initial else ""
    if low in _CLOSED or not _WRITTEN.fullmatch(token.text):
        return ""
    cased = bool(_CASED.fullmatch(token.text))
    if not cased and (len(low) < _SHORTEST_SMALL + token.text.isupper() or low in _NEVER_SMALL):
        return ""
    if low in _NOT_ALONE:
        # Noa Levi, Jack London, Ana dos Santos
        first = at - 2 if at > 1 and tokens[at - 1].low in PARTICLES else at - 1
        kind = "brand" if cased and first >= 0 and kinds[first] in _FIRST else ""
    elif low in _SURE or ("-" in low and not _SURE.isdisjoint(low.split("-"))):
        kind = "given"
    else:
        kind = "both" if low in _BOTH else _familiarity(low, familiar)
        if not cased and kind != "strange":
            kind = kind if _small_part(tokens, at, kinds, kind) else ""
    return "" if kind and _glued(text, token) else kind


def _small_part(tokens: Sequence[_Token], at: int, kinds: Sequence[str], kind: str) -> bool:
    """Return whether a word in small letters may be of a name: behind another part of one, or of who is called so."""
    low = tokens[at].low
    if kind == "desk" or not at or low.endswith(("ed", "ing")) or (low[-1] == "s" and low[:-1] in english_words()):
        return False
    return bool(kinds[at - 1]) or (tokens[at - 1].low in _CUES and _before(tokens, at) in _CALLED)


def _familiarity(low: str, familiar: Container[str]) -> str:
    """Return whether a word is one of the desk, of the language, also as a form or a compound of others, or strange."""
    if low in familiar:
        return "desk"
    return "language" if all(len(part) < 3 or _is_word(part, familiar) for part in low.split("-")) else "strange"


def _is_word(low: str, familiar: Container[str]) -> bool:
    """Return whether it is a word, or one with an ending."""
    known = english_words()
    return any(stem in known or stem in familiar for stem in (low, *_stems(low)))


def _stems(low: str) -> Iterator[str]:
    for ending, others in _INFLECTED:
        if low.endswith(ending) and len(low) - len(ending) >= _SHORTEST_SMALL:
            stem = low.removesuffix(ending)
            yield from (stem + other for other in others)
            if stem[-1] == stem[-2]:
                yield stem[:-1]


def _glued(text: str, token: _Token) -> bool:
    """Return whether a token is of a handle, a tag, a link or a file."""
    return bool(_HANDLED.search(text, max(0, token.start - 3), token.start) or _HANDLES.match(text, token.stop))


def _goes_on(text: str, tokens: Sequence[_Token], kinds: Sequence[str], at: int) -> bool:
    """Return whether a token goes on with a name that the one before is of."""
    between = text[tokens[at - 1].stop : tokens[at].start]
    before, token = tokens[at - 1], tokens[at]
    if token.low == "." or before.low == ".":
        return between == "" and kinds[at - 1] == "initial" or between in ("", " ") and bool(kinds[at])
    if between != " ":
        return False
    if kinds[at] and kinds[at - 1] and "name" not in (kinds[at], kinds[at - 1]):
        return token.text[0].isupper() == before.text[0].isupper()
    return bool(kinds[at]) or token.low in PARTICLES


def _seen(text: str, tokens: Sequence[_Token], kinds: Sequence[str], first: int, last: int) -> tuple[str, ...]:
    """Return what is seen of a stretch; of one without capitals, all of it is told apart."""
    parts = [at for at in range(first, last + 1) if kinds[at]]
    seen = [*_built(tokens, kinds, parts)]
    if len(parts) <= last - first:
        seen.append("particle")
    left = bool(first and kinds[first - 1]) and _goes_on(text, tokens, kinds, first)
    right = last + 1 < len(tokens) and bool(kinds[last + 1]) and _goes_on(text, tokens, kinds, last + 1)
    before = "cut before" if left else _before(tokens, first)
    behind = "cut behind" if right else _behind(tokens, last)
    seen += [f"{before} {kinds[first]}" if before in ("begins", "line") else before, behind]
    if behind == "ends" and before in ("begins", "line", "behind dash"):
        seen.append("alone")
    made = next(tokens[at].text for at in parts if kinds[at] not in _UNNAMED)
    return tuple(seen) if _CASED.fullmatch(made) else tuple(f"small {one}" for one in seen)


def _built(tokens: Sequence[_Token], kinds: Sequence[str], parts: Sequence[int]) -> Iterator[str]:
    """Yield how a name is built of these tokens."""
    if len(parts) == 1:
        yield f"one {kinds[parts[0]]}"
    else:
        yield f"first {kinds[parts[0]]}"
        yield f"last {kinds[parts[-1]]}"
    if len(parts) > 2:
        yield "three"
    last, told = tokens[parts[-1]], "".join(tokens[at].text for at in parts)
    if not told.isascii():
        yield "accented"
    if "-" in told:
        yield "hyphen"
    if "'" in told or last.text[1:] != last.low[1:]:
        yield "inner capital"
    if kinds[parts[-1]] in ("strange", "language"):
        if ENDINGS.search(last.low):
            yield "ending"
        elif DERIVED.search(last.low):
            yield "derived"


def _before(tokens: Sequence[_Token], first: int) -> str:
    """Return what stands before a token."""
    one = tokens[first - 1].low if first else "\n"
    two = tokens[first - 2].low if first > 1 else "\n"
    if one in (",", ":", "-", "\n", "!", ".", "\u2013", "\u2014") and two in CLOSERS:
        return "signed"
    if one in ":-=" and two in LABELS:
        return "called"
    if one == "," and two in ADDRESSED:
        return "greeted"
    if one == "," and (two in ("i", "me") or two in PEOPLE):
        return "apposed"
    if one == "to" and two in SHIPPING:
        return "placed"
    if one in _TOWARDS and two in SPEAKING:
        return "spoken to"
    if one in _TOWARDS:
        return f"behind {one}"
    if one in _DASHES:
        return "behind dash"
    if one in _ENDS:
        return "line" if one == "\n" and first else "begins"
    if one in ("is", "'s") and two in ("name", "names", "surname"):
        return "called"
    if one in ("is", "'s") and two in ("this", "it", "who", "that", "here"):
        return "this is"
    if one == "am" and two != "i":
        return "behind word"
    if one == "me" and two in ("call", "calls", "is", "'s"):
        return "called"
    return next((name for name, told in _LEADS if one in told), "behind word" if one[0].isalnum() else "behind mark")


def _behind(tokens: Sequence[_Token], last: int) -> str:
    """Return what stands behind a token."""
    after = tokens[last + 1].text if last + 1 < len(tokens) else "\n"
    one = after.lower()
    if one in _ENDS:
        return "ends"
    if one[0].isdigit():
        return "before number"
    if after[0].isupper() and not after.isupper():
        return "before capital"
    if one in DOING or (one.endswith("ed") and one.isalpha()):
        return "doing"
    return next((name for name, told in _TRAILS if one in told), "before word" if one[0].isalnum() else "before mark")


def _titled(tokens: Sequence[_Token], kinds: Sequence[str]) -> bool:
    """Return whether most words that are no name have a capital, so that capitals say nothing."""
    told = [
        token.text
        for token, kind in zip(tokens, kinds, strict=True)
        if not kind and len(token.low) > 1 and token.text.isalpha() and token.low != "i"
    ]
    return len(told) >= _FEWEST and sum(one[0].isupper() for one in told) > _TITLED * len(told)
