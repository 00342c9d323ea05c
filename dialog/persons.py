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

__all__ = ["WEIGHTS", "Stretch", "persons", "stretches"]

_LONGEST: Final = 6
_UNNAMED: Final = frozenset(("name", "initial", ""))
_THRESHOLD: Final = -0.75
# What is asked besides of a name IN CAPITALS, or in a Title, and in small letters.
_CAPITALS, _SMALL = -0.5, -0.9
WEIGHTS: Final = {
    "": -1.3,
    # What it is made of,
    "one both": -0.9, "one brand": -0.3, "one desk": -3.7, "one given": 1.8, "one language": -2.0, "one strange": 0.5,
    "first both": 0.9, "first brand": -0.8, "first desk": -3.1, "first given": 2.8, "first initial": -2.8,
    "first language": -0.5, "first name": 1.8, "first strange": 1.8, "last both": 1.2, "last brand": -0.3,
    "last desk": -1.5, "last given": 1.3, "last initial": -7.0, "last language": 1.5, "last name": 2.2,
    "last strange": 2.8, "three": -0.4, "particle": 0.7, "hyphen": 2.4, "accented": 0.5, "inner capital": -1.5,
    "ending": -0.4, "derived": -1.9,
    # what stands before it,
    "apposed": 2.9, "asked": 0.9, "begins both": -1.2, "begins desk": -2.9, "begins given": 0.2,
    "begins initial": -0.4, "begins language": -2.0, "begins strange": -1.1, "behind and": -1.0, "behind by": 0.3,
    "behind dash": 1.1, "behind for": 1.2, "behind from": -1.1, "behind mark": -1.6, "behind of": -1.4,
    "behind that": 1.3, "behind to": -0.6, "behind with": 1.4, "behind word": -2.6, "called": 2.5, "cut before": -4.6,
    "dealt": 1.4, "determined": -3.8, "greeted": 0.5, "line both": 0.3, "line language": -0.1, "line strange": 0.4,
    "people": 1.7, "placed": -3.6, "plural": -0.3, "said": 1.6, "signed": 1.3, "spoken to": 2.2, "this is": 2.3,
    # and behind it,
    "aux": 1.1, "before and": 1.4, "before capital": -1.4, "before mark": -1.7,
    "before number": -2.0, "before plural": 1.3, "before self": -0.1, "before word": 0.4, "cut behind": -8.5,
    "doing": 1.3, "ends": 0.5, "possessive": 1.0, "present": 1.0, "presents": 1.8, "saying": 1.1,
    # and both.
    "alone": -1.0, "signs": 0.8,
    # The same of what has no capitals, or nothing else.
    "small one both": -1.2, "small one given": 1.3, "small one language": -2.3, "small one strange": -0.7,
    "small first both": 1.8, "small first given": 2.7, "small first initial": -1.2, "small first language": -0.6,
    "small first name": 3.2, "small first strange": 0.7, "small last given": 1.1,
    "small last language": 0.4, "small last name": 2.9, "small last strange": 2.3, "small three": -0.6,
    "small particle": -0.5, "small hyphen": 0.8, "small accented": 1.2, "small inner capital": -0.7,
    "small ending": 0.1, "small derived": -3.2,
    "small apposed": 2.5, "small asked": 1.2, "small begins given": 0.5, "small begins initial": -0.5,
    "small begins name": 0.4, "small begins strange": 0.8, "small behind and": -0.7, "small behind by": 1.5,
    "small behind dash": -0.2, "small behind for": 0.4, "small behind from": 0.9, "small behind mark": -0.7,
    "small behind of": -1.0, "small behind other": 0.9, "small behind that": 0.4,
    "small behind with": 1.2, "small behind word": -1.7, "small called": 1.5, "small cut before": -7.2,
    "small dealt": 1.6, "small determined": -3.8, "small line given": 0.1, "small line strange": 1.1,
    "small people": 1.3, "small placed": -2.1, "small plural": -0.8, "small said": 1.4, "small signed": 2.1,
    "small spoken to": 2.7, "small this is": 0.2,
    "small aux": 1.9, "small before and": 1.1, "small before capital": -1.9, "small before comma": 0.8,
    "small before mark": -1.2, "small before number": -1.3, "small before plural": 2.2,
    "small before preposition": -0.1, "small before self": -0.1, "small before word": -0.7, "small cut behind": -7.4,
    "small doing": 1.7, "small ends": 0.7, "small possessive": 2.2, "small present": 3.0, "small presents": 0.9,
    "small saying": 2.8,
    "small alone": 0.5, "small signs": 1.7,
    "before preposition": -0.1, "small amid": -1.6, "small greeted": 0.1, "small last both": -0.1,
    "begins name": 0.3, "behind other": -0.1, "small behind to": -0.4,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words that may be a name, where they stand, what is seen of them, and what is asked besides."""

    start: int
    stop: int
    evidence: tuple[str, ...]
    less: float = 0.0

    @property
    def odds(self) -> float:
        """Return the log odds that they are a name, less what is asked of one without capitals, or in nothing else."""
        return WEIGHTS[""] + self.less + sum(WEIGHTS.get(seen, 0.0) for seen in self.evidence)


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
    # Who writes capitals at all seldom writes a name without.
    amid = tell and any(is_cased(token.text) for token in tokens)
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
            if tell and is_cased(made):
                yield Stretch(tokens[first].start, tokens[last].stop, tuple(seen))
                continue
            # Of one without capitals, all of it is told apart.
            evidence = [f"small {one}" for one in seen] + ["small amid"] * (amid and made.islower())
            less = _SMALL if made.islower() else _CAPITALS
            yield Stretch(tokens[first].start, tokens[last].stop, tuple(evidence), less)


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
