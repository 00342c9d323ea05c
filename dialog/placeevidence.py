"""Names of places in English that no list has, by evidence that adds up, as names of persons are told.

Words with a capital are a place where the log odds of what is seen of them come to more than a threshold: what each
of them is (a known place, a given name, a word of the desk or of the language, none of these), how the name is built
(*Isle of*, *-ville*), what stands before it (*in*, *from*, *the middle of*, *I'm*, *City:*) and behind (*-based*,
*time*, *branch*, *is lovely*). The weights are those of a logistic regression that ``python -m benchmarks persons``
fits. Without capitals the list of English words tells too little: it has *penang*, and lacks how people misspell.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from typing import Final

from replydesk.data.privacy.lexicon import GIVEN, NOT_NAMES, SURNAME_WORDS, words
from replydesk.dialog.closedwords import ASKING, PLAIN
from replydesk.dialog.nameparts import capitals_tell, is_cased, is_word
from replydesk.dialog.personcontext import Token, tokens_of
from replydesk.dialog.persons import Stretch, stretches
from replydesk.dialog.personwords import (
    AUXILIARIES,
    CONJUNCTIONS,
    DETERMINERS,
    PEOPLE,
    PLURAL,
    PREPOSITIONS,
    SELVES,
    SHORTENED,
    SITES,
    STATES,
)
from replydesk.dialog.placenames import AMBIGUOUS_PLACES, DEMONYMS, PLACES

__all__ = ["PLACE_WEIGHTS", "likely_places", "place_stretches"]

Span = tuple[int, int]

_THRESHOLD: Final = 1.0
# How much more has to speak for a place than for a person.
_NO_PERSON: Final = 1.0
PLACE_WEIGHTS: Final[dict[str, float]] = {
    "": -0.9, "a": 1.4, "a before comma": -0.2, "a before little": -0.2, "a before word": -1.2, "a ends": -0.8,
    "a persons": 2.0, "a site": 1.4, "a sited": 0.3, "accented": 0.1, "and": 0.5, "as": -1.5, "at": 0.9,
    "before comma": -1.1, "before little": -1.5, "before mark": -1.8, "before word": -0.8,
    "begins before comma": -0.9, "begins before little": -0.8, "begins before mark": -0.4, "begins both": 0.2,
    "begins desk": -1.6, "begins ends": -1.3, "begins given": -2.6, "begins here": 2.2, "begins language": -2.3,
    "begins persons": -0.4, "begins persons here": 3.8, "begins place": -1.7, "begins possessive": -0.2,
    "begins site": -0.3, "begins sited": 1.6, "begins strange": -2.7, "begins told": 2.5, "behind mark": -3.7,
    "behind word": -2.5, "between": 2.9, "by": -1.9, "comma": -1.4, "comma before comma": -1.2,
    "comma before little": -0.5, "comma before mark": -0.3, "comma before word": -0.9, "comma ends": -0.6,
    "comma here": -1.5, "comma persons": 3.2, "comma persons here": 2.1, "comma told": -1.7, "dash": -0.5,
    "dash before comma": -0.6, "dash before mark": -0.3, "dash before word": -1.6, "dash ends": 2.2,
    "dash told": -0.2, "determined": 0.7, "determined before comma": -0.2, "determined before little": -0.2,
    "determined before mark": -0.2, "determined before word": 1.6, "determined ends": -1.3, "determined here": -3.6,
    "determined persons": 2.5, "determined site": 2.1, "determined told": -0.1, "ending": 0.6, "ends": -0.6,
    "field": 3.7, "first both": 0.1, "first desk": -2.4, "first given": -1.4, "first language": 1.6,
    "first place": 1.6, "first strange": -0.3, "for": -2.7, "from": 4.2, "going to": 3.0, "here": 1.7, "hyphen": 0.2,
    "in": 4.8, "kind of place": 3.7, "last both": -0.8, "last desk": -1.3, "last given": -0.3, "last language": 0.6,
    "last place": 1.4, "last strange": -0.3, "line before comma": 3.6, "line before mark": -0.1, "line ends": -1.0,
    "line given": -0.4, "line here": -0.6, "line language": -0.1, "line persons here": -0.1, "line place": -1.1,
    "line site": -0.3, "line sited": -0.8, "line strange": -0.2, "line told": -0.4, "living": 3.6, "of": -3.2,
    "one both": 0.5, "one desk": -3.8, "one given": -1.8, "one language": 1.1, "one place": 2.6, "one strange": 1.7,
    "or": -0.6, "persons": 0.6, "persons here": 1.7, "placed of": 4.0, "possessive": -3.5, "reaching": 3.4,
    "self": 0.2, "self before comma": -1.0, "self before little": -1.1, "self before mark": -0.4,
    "self before word": -1.6, "self ends": 2.4, "self persons": 2.0, "self sited": -0.1, "site": 0.7, "sited": 2.9,
    "the": -0.9, "the before comma": -0.2, "the before little": -0.3, "the before mark": -0.2,
    "the before word": -1.4, "the ends": -0.6, "the persons": -0.5, "the site": 3.1, "the sited": -0.6,
    "the told": -0.4, "three": -1.9, "told": 1.2, "with": -2.3, "with a place": 1.4,
}  # fmt: skip
_DAYS: Final = words(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august"
    " september october november december christmas easter mon tue tues wed thu thur thurs fri sat sun jan feb mar apr"
    " jun jul aug sep sept oct nov dec ramadan eid diwali halloween thanksgiving ok i mr mrs ms mx dr hi hello dear"
)
_DIRECTIONS: Final = words("new north south east west central")
_CLOSED: Final = (
    (PLAIN - _DIRECTIONS) | ASKING | _DAYS | DETERMINERS | CONJUNCTIONS | AUXILIARIES | PLURAL | PREPOSITIONS | SELVES
    | SHORTENED | SITES | STATES | NOT_NAMES
) - words("may")  # fmt: skip
_PARTICLES: Final = words("of upon on de del la da do du le les el y am sur")
_KINDS_OF_PLACE: Final = words(
    "new north south east west central upper lower great greater old st saint san santa são sao los las el la sri fort"
    " port mount lake isle island islands county city town village beach bay hill hills valley river springs falls"
    " heights park bridge harbour harbor cape costa rio ciudad novi nova bad nizhny republic kingdom state states"
    " province"
    " district region coast peninsula guinea"
)
_ENDINGS: Final = re.compile(
    r"(?:ton|ham|burgh?|borough|bury|ville|ford|shire|bridge|port|mouth|stan|land|lands|grad|abad|pur|nagar|chester|caster"
    r"|cester|wick|wich|worth|dale|field|haven|minster|pool|stead|sea|dorf|berg|heim|hausen|bach|stadt|furt|polis|opolis"
    r"|ovo|evo|sk|ów|owo|ice|szeg|vár|hamn|köping|stad|borg|holm|vik|fjord|nes|ia|nia|aland|istan|garh|puram|kot|wala)\Z"
)
_IN: Final = words("in near around outside inside across throughout within")
_PLACED_OF: Final = words(
    "middle outside out north south east west native city town village part suburb outskirts centre center university"
    " heart coast all half edge side people state county bit rest"
)
_GOING: Final = words(
    "move moved moves moving fly flying flew travel travelling traveling travelled go going goes went gone relocated"
    " relocating drive driving drove returned back train trip flight came come coming retired get got way heading"
    " headed"
    " bus road trains flights ship shipped ship deliver delivered post posted send sent"
)
_REACHING: Final = words("visit visiting visited left leave leaving love loved miss missed reach reached via through")
_LIVING: Final = words("originally currently presently now here based home again formerly")
_FIELDS: Final = words("location city town country region state county place area hometown based home origin address")
_SELF: Final = words("i'm im we're were am i've we've being")
_HERE: Final = words("here calling again speaking writing asking checking")
_PERSONS: Final = PEOPLE | words(
    "resident residents people person customer customers girl boy guy lady man woman mum mom dad family families"
    " shopper"
    " shoppers reader fan fans student native natives local locals lad lass lot folk folks crowd native parents gran"
    " nan"
)
_SITES_OF: Final = words(
    "office branch shop store team university college school airport station flat house home address area side hub"
    " depot"
    " warehouse city centre center council post traffic weather newspaper hospital trip suburb accent coast region"
    " hotel"
    " fair market winter summer rain sun train bus number passport"
)
_NEVER_ON: Final = (
    ASKING | _DAYS | DETERMINERS | CONJUNCTIONS | AUXILIARIES | PREPOSITIONS | SELVES | SHORTENED | SITES | _SITES_OF
) - _KINDS_OF_PLACE
_SITED: Final = words("based area wide time born")
_TOLD: Final = words("is isn't has was will hasn't wasn't isnt seems gets says feels looks")
_CASED_ON: Final = re.compile(r"(?:[dl]')?[^\W\d_a-zß-öø-ÿ][^\W\d_A-Z]+(?:['-]\w+)*\Z")
_NAMED_SO: Final = words("site persons here") | {"persons here"}
_COMPOUND: Final = re.compile(r"(.+)-(based|born|area|wide|time|bound)\Z", re.I)


def likely_places(text: str, familiar: Container[str] = frozenset()) -> Iterator[Span]:
    """Yield where words with a capital stand that are a place for all that is seen of them.

    ``familiar`` are words, in small letters, that the desk's customers and answers write.

    >>> text = "Our Aberystwyth branch said so"
    >>> [text[start:stop] for start, stop in likely_places(text)]
    ['Aberystwyth']
    """
    last = -1
    named: list[Stretch] | None = None
    for start, stop, seen in place_stretches(text, familiar):
        odds = PLACE_WEIGHTS[""] + sum(PLACE_WEIGHTS.get(one, 0.0) for one in seen)
        if start <= last or odds <= _THRESHOLD or not _is_left_to_us(seen):
            continue
        if named is None:
            named = [*stretches(text, familiar)]
        whose = max((one.odds for one in named if one.start < stop and one.stop > start), default=-odds)
        if "with a place" in seen or "one place" in seen or odds > whose + _NO_PERSON:
            yield start, stop
            last = stop


def _is_left_to_us(seen: Sequence[str]) -> bool:
    """Return whether a list does not know better: *my Osaka lamp* is a lamp, and *French* a language."""
    if seen[0] == "one people" or (seen[0] == "one place" and "before word" in seen):
        return False
    # Any word may begin a sentence.
    return "begins language" not in seen or not _NAMED_SO.isdisjoint(seen)


def place_stretches(text: str, familiar: Container[str] = frozenset()) -> Iterator[tuple[int, int, list[str]]]:
    """Yield where words with a capital stand that may be a place, and what is seen of them, the longest first."""
    tokens = _split(tokens_of(text))
    if not capitals_tell(tokens):
        return
    at = 0
    while at < len(tokens):
        if not _may_be_part(tokens[at]):
            at += 1
            continue
        last = _end(text, tokens, at)
        for first in range(at, last + 1):
            if _may_be_part(tokens[first]) and (first < last or tokens[first].low not in _KINDS_OF_PLACE):
                yield tokens[first].start, tokens[last].stop, _seen(tokens, first, last, familiar)
        at = last + 1


def _split(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with *Leeds-based* as two."""
    found: list[Token] = []
    for token in tokens:
        match = _COMPOUND.match(token.text)
        if match:
            middle = token.start + match.end(1)
            found.append(Token(token.start, middle, match[1], match[1].lower()))
            found.append(Token(middle + 1, token.stop, match[2], match[2].lower()))
        else:
            found.append(token)
    return found


def _may_be_part(token: Token) -> bool:
    """Return whether a name of a place may begin with a token."""
    known = token.low in PLACES or token.low in _KINDS_OF_PLACE
    return is_cased(token.text) and len(token.low) > 1 and (known or token.low not in _CLOSED)


def _end(text: str, tokens: Sequence[Token], first: int) -> int:
    """Return the last token of the name that begins with this one."""
    last = first
    for at in range(first + 1, min(len(tokens), first + 6)):
        between = text[tokens[at - 1].stop : tokens[at].start]
        short = tokens[at - 1].low in ("st", ".")
        if between not in ((" ", "", ".", ". ") if short else (" ",)):
            break
        if _CASED_ON.match(tokens[at].text) and tokens[at].low not in _NEVER_ON:
            last = at
        elif not (tokens[at].low in _PARTICLES or (tokens[at].low == "." and short)):
            break
    return last


def _seen(tokens: Sequence[Token], first: int, last: int, familiar: Container[str]) -> list[str]:
    """Return what is seen of a stretch."""
    kinds = [_kind(token, familiar) for token in tokens[first : last + 1] if is_cased(token.text)]
    seen = [f"one {kinds[0]}"] if len(kinds) == 1 else [f"first {kinds[0]}", f"last {kinds[-1]}"]
    if len(kinds) > 2:
        seen.append("three")
    told = "".join(token.text for token in tokens[first : last + 1])
    lows = [token.low for token in tokens[first : last + 1]]
    if not told.isascii():
        seen.append("accented")
    if "-" in told:
        seen.append("hyphen")
    if not _KINDS_OF_PLACE.isdisjoint(lows) and len(lows) > 1:
        seen.append("kind of place")
    if _ENDINGS.search(lows[-1]) and kinds[-1] in ("strange", "given", "language"):
        seen.append("ending")
    if any(low in PLACES for low in lows) and len(kinds) > 1:
        seen.append("with a place")
    left, right = _before(tokens, first), _behind(tokens, last)
    begins = left in ("begins", "line")
    seen += [f"{left} {kinds[0]}" if begins else left, right]
    if (begins and right != "before word") or left in ("dash", "comma", "self", "determined", "the", "a"):
        seen.append(f"{left} {right}")
    return seen


def _kind(token: Token, familiar: Container[str]) -> str:
    """Return what is known of a word with a capital."""
    low = token.low
    if low in DEMONYMS:
        return "people"
    if low in AMBIGUOUS_PLACES:
        return "both"
    if low in PLACES:
        return "place"
    if low in GIVEN or low in SURNAME_WORDS:
        return "given"
    if low in familiar:
        return "desk"
    return "language" if is_word(low) else "strange"


def _before(tokens: Sequence[Token], first: int) -> str:
    """Return what stands before a name of a place."""
    back = [token.low for token in tokens[max(0, first - 4) : first]]
    while back and back[-1] in (
        "sunny",
        "rainy",
        "old",
        "windy",
        "rural",
        "downtown",
        "central",
        "cold",
        "beautiful",
        "south",
        "north",
        "east",
        "west",
    ):
        back.pop()
    one = back[-1] if back else "\n"
    two = back[-2] if len(back) > 1 else "\n"
    if one in _IN:
        return "in"
    if one in ("from", "at", "between", "for", "with", "by", "and", "or", "as"):
        return one
    if one == "to":
        return "going to" if not _GOING.isdisjoint(back[:-1]) else "to"
    if one == "of":
        return "placed of" if two in _PLACED_OF else "of"
    if one in _REACHING:
        return "reaching"
    if one in ":-=" and two in _FIELDS:
        return "field"
    if one in _LIVING:
        return "living"
    if one in _SELF or (one == "is" and two in ("hometown", "city", "home", "town", "address")):
        return "self"
    if one in ("the", "a", "an"):
        return "the" if one == "the" else "a"
    if one in DETERMINERS:
        return "determined"
    if one in "-–—/~*(":
        return "dash"
    if one == ",":
        return "comma"
    if one in ".!?…\n":
        return "line" if one == "\n" and first else "begins"
    return "behind word" if one[0].isalnum() else "behind mark"


def _behind(tokens: Sequence[Token], last: int) -> str:
    """Return what stands behind a name of a place."""
    one = tokens[last + 1].low if last + 1 < len(tokens) else "\n"
    two = tokens[last + 2].low if last + 2 < len(tokens) else "\n"
    if one in ".!?…\n":
        return "ends"
    if one in (",", ")", "("):
        return "before comma"
    if one == "'s":
        return "possessive"
    if one in _SITED:
        return "sited"
    if one in _SITES_OF:
        return "site"
    if one in _PERSONS:
        return "persons here" if two in _HERE else "persons"
    if one in _HERE:
        return "here"
    if one in _TOLD:
        return "told"
    if one in PREPOSITIONS or one in SITES or one in ("and", "or", "but", "so", "who", "where", "when", "because"):
        return "before little"
    return "before word" if one[0].isalnum() else "before mark"
