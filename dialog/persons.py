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

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from replydesk.dialog.nameparts import PARTLY, capitals_tell, goes_on, is_cased, is_cut, kinds_of
from replydesk.dialog.personcontext import Token, before, behind, tokens_of
from replydesk.dialog.personwords import DERIVED, ENDINGS

__all__ = ["Stretch", "persons", "stretches"]

_LONGEST: Final = 6
_UNNAMED: Final = frozenset(("name", "initial", ""))
_THRESHOLD: Final = -0.75
# What is asked besides of a name without capitals.
_SMALL: Final = -0.5
_BIAS: Final = -1.7
_WEIGHTS: Final = {
    # What it is made of,
    "one both": -0.7, "one brand": -0.3, "one desk": -3.5, "one given": 1.8, "one language": -1.6, "one strange": 0.6,
    "first both": 1.0, "first brand": -1.4, "first desk": -3.1, "first given": 3.1, "first initial": -2.9,
    "first language": -0.4, "first name": 2.1, "first strange": 2.0, "last both": 1.3, "last brand": -0.5,
    "last desk": -1.3, "last given": 1.1, "last initial": -7.0, "last language": 1.5, "last name": 2.4,
    "last strange": 2.9, "three": -0.8, "particle": 0.8, "hyphen": 2.6, "accented": 0.4, "inner capital": -1.6,
    "ending": -0.7, "derived": -2.0,
    # what stands before it,
    "apposed": 2.6, "asked": 1.5, "begins both": -0.8, "begins desk": -2.7, "begins given": 0.4,
    "begins initial": -0.3, "begins language": -1.9, "begins strange": -0.8, "behind and": -0.7, "behind by": 1.0,
    "behind dash": 0.9, "behind for": 0.8, "behind from": -1.3, "behind mark": -1.4, "behind of": -1.8,
    "behind that": 1.4, "behind to": -0.4, "behind with": 1.3, "behind word": -2.8, "called": 1.8, "cut before": -4.4,
    "dealt": 1.6, "determined": -3.5, "greeted": -0.6, "line both": 0.7, "line language": -0.2, "line strange": 0.6,
    "people": 1.7, "placed": -3.4, "plural": -0.6, "said": 1.7, "signed": 1.3, "spoken to": 2.5, "this is": 2.2,
    # and behind it,
    "aux": 1.3, "before and": 1.7, "before capital": -1.7, "before comma": 0.4, "before mark": -2.8,
    "before number": -2.1, "before plural": 1.3, "before self": 0.2, "before word": 0.4, "cut behind": -8.2,
    "doing": 1.6, "ends": 0.7, "possessive": 1.4, "present": 0.9, "presents": 2.1, "saying": 1.3,
    # and both.
    "alone": -1.3, "signs": 0.6,
    # The same of what has no capitals, or nothing else.
    "small one both": -1.2, "small one given": 1.1, "small one language": -2.3, "small one strange": -1.0,
    "small first both": 1.3, "small first given": 2.6, "small first initial": -1.3, "small first language": -0.4,
    "small first name": 2.7, "small first strange": 0.8, "small last given": 1.2, "small last initial": -0.3,
    "small last language": 0.2, "small last name": 2.6, "small last strange": 2.0, "small three": -0.6,
    "small particle": -0.2, "small hyphen": 1.3, "small accented": 1.8, "small inner capital": 0.2,
    "small ending": 0.2, "small derived": -3.3,
    "small apposed": 2.3, "small asked": 1.3, "small begins given": 0.3, "small begins initial": -0.5,
    "small begins name": 0.5, "small begins strange": 0.5, "small behind and": -0.4, "small behind by": 1.2,
    "small behind dash": 0.4, "small behind for": 0.8, "small behind from": 0.4, "small behind mark": -0.4,
    "small behind of": -1.5, "small behind other": 1.0, "small behind that": 0.3, "small behind to": -0.3,
    "small behind with": 1.8, "small behind word": -2.4, "small called": 0.9, "small cut before": -6.9,
    "small dealt": 1.5, "small determined": -4.0, "small line given": 0.2, "small line strange": 1.6,
    "small people": 1.0, "small placed": -2.2, "small plural": -1.2, "small said": 1.5, "small signed": 1.6,
    "small spoken to": 2.7, "small this is": 0.4,
    "small aux": 1.8, "small before and": 1.0, "small before capital": -1.7, "small before comma": 0.9,
    "small before mark": -2.0, "small before number": -1.8, "small before plural": 2.0,
    "small before preposition": -0.3, "small before self": -0.3, "small before word": -0.9, "small cut behind": -6.9,
    "small doing": 2.0, "small ends": 0.6, "small possessive": 2.3, "small present": 2.7, "small presents": 1.1,
    "small saying": 2.7,
    "small alone": -0.2, "small signs": 2.2,
}  # fmt: skip


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


def persons(text: str, familiar: Container[str] = frozenset()) -> str:
    """Return a text with a placeholder for each name of a person that it says in English.

    ``familiar`` are words, in small letters, that the desk's customers write: what is made of them hardly is a name.

    >>> persons("My colleague Adwoa Mensimah told me that it leaks")
    'My colleague <NAME_1> told me that it leaks'
    """
    if "<NAME_" in text:
        text = PARTLY.sub("<NAME_1>", text)
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
    tokens = tokens_of(text)
    tell = capitals_tell(tokens)
    kinds = kinds_of(text, tokens, familiar, tell=tell)
    for first, kind in enumerate(kinds):
        if not kind:
            continue
        for last in range(first, min(len(tokens), first + _LONGEST)):
            if last > first and not goes_on(text, tokens, kinds, last):
                break
            if not kinds[last] or _UNNAMED.issuperset(kinds[first : last + 1]):
                continue
            seen = _seen(text, tokens, kinds, first, last)
            made = next(tokens[at].text for at in range(first, last + 1) if kinds[at] not in _UNNAMED)
            # Of one without capitals, all of it is told apart.
            evidence = seen if tell and is_cased(made) else (f"small {one}" for one in seen)
            yield Stretch(tokens[first].start, tokens[last].stop, tuple(evidence))


def _seen(text: str, tokens: Sequence[Token], kinds: Sequence[str], first: int, last: int) -> list[str]:
    """Return what is seen of a stretch."""
    parts = [at for at in range(first, last + 1) if kinds[at]]
    seen = [*_built(tokens, kinds, parts)]
    if len(parts) <= last - first:
        seen.append("particle")
    left, right = is_cut(text, tokens, kinds, first, last)
    lead = "cut before" if left else before(tokens, first)
    trail = "cut behind" if right else behind(tokens, last)
    seen += [f"{lead} {kinds[first]}" if lead in ("begins", "line") else lead, trail]
    if trail == "ends" and lead in ("begins", "line", "behind dash"):
        seen.append("alone")
    elif trail == "present" and lead in ("begins", "line"):
        seen.append("presents")
    elif trail in ("ends", "before comma") and lead in ("signed", "greeted"):
        seen.append("signs")
    return seen


def _built(tokens: Sequence[Token], kinds: Sequence[str], parts: Sequence[int]) -> Iterator[str]:
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
    if "'" in told or (kinds[parts[-1]] != "name" and last.text[1:] != last.low[1:]):
        yield "inner capital"
    if kinds[parts[-1]] in ("strange", "language"):
        if ENDINGS.search(last.low):
            yield "ending"
        elif DERIVED.search(last.low):
            yield "derived"
