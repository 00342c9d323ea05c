"""Names of persons where the place says that one stands there: greetings, signatures, introductions, fields, titles."""

from __future__ import annotations

import re
from typing import Final

from replydesk.data.privacy.hannames import han_names
from replydesk.data.privacy.lexicon import AMBIGUOUS, GIVEN, NOT_NAMES, ORGANISATION, TITLE_BRANDS, words
from replydesk.data.privacy.page import Page
from replydesk.data.privacy.places import FAIR, NAMED, PAIR, PLACES, RUN, SIGNS, SURE, TITLE, WEAK, WORD, Place

__all__ = ["names"]

_PAUSE: Final = re.compile(r"\s*(?:$|[^\w\s'’]|\n|[^\x00-\x7f]|\d/\d|and\b|family\b|https?:)")
# "Hi Marguerita thanks for", but "Hi Order number".
_GOES_ON: Final = re.compile(
    r" (?:thanks?|thank|i|i'm|i’m|i've|i’ve|we|we've|we’ve|my|just|can|could|would|please|pls|this|the|it"
    r"|it's|sorry|how|what|have|has|did"
    r"|your|you|is|are|was|for|hope|here's|when|if|no|yes|good|great|that|there|there's)\b"
)
_THANKFUL: Final = words("thanks thank thx cheers sorry apologies apology welcome congratulations congrats bye obliged")
_LATE: Final = re.compile(
    r"(?:^|[.!?\n] ?)(?:many |a lot of |so )?(?:thanks?|thank you|thx|cheers|sorry|apologies|welcome"
    r"|congrat\w*|bye|much obliged)"
    r"\b[^.!?\n]{0,50}\Z",
    re.I,
)
_CALLED: Final = re.compile(rf"(?<=[a-z,!] )({WORD}(?: {WORD})?|[a-zà-ÿ]{{3,14}})(?=[!.,?]|$)")
_HANDLE: Final = re.compile(rf"(?<![\w@])@({WORD}(?: {WORD})?|[A-Za-z][A-Za-z._-]{{2,24}}\d{{0,4}})(?![\w@])")
_HANDLE_PART: Final = re.compile(r"[ ._\d-]|(?<=[a-z])(?=[A-Z])")
_OFFICIAL: Final = re.compile("help|support|care|official|team|news", re.I)
_LINE: Final = re.compile(rf"^[-~*]* ?({RUN})(?: ?[,(|/:] ?[^\n]{{0,60}})?$", re.M)
_END: Final = re.compile(rf"(?:^|(?<=[.!?] ))[-~]+ ?({RUN})|(?<=[.!?] )({RUN})(?=(?:,(?: [A-Z][a-z]+){{1,4}})?\.?$)")
_SPEAKER: Final = re.compile(rf"^({WORD}(?: {WORD})?)(?: ?\([^)\n]{{1,30}}\))?: ", re.M)
_BESIDE: Final = re.compile(
    rf"(?<![A-Za-zÀ-ſ])({WORD}(?: {WORD}){{1,2}}|(?:(?<=\n)|(?<=[.;:] ))(?:{WORD})|^{WORD})(?=[,;:.|/( \n-]{{1,3}}\0)"
)
_MAILBOX: Final = re.compile(rf"(?<![A-Za-z])({WORD}(?: {WORD}){{0,2}})\"? <\0")
_ALSO: Final = re.compile(rf"(?: and | ?& ?|/|, (?=[^,.!?\n]{{2,30}}(?: and |&|$))(?:and )?)({WORD})(?!\w)")
_AFTER_TITLE: Final = re.compile(rf"^(?:{TITLE} )?(?:and |& )?{TITLE} ")
# A weak place needs a known name; these are in every third message, and no name there.
_TELLING: Final = (
    GIVEN
    - NOT_NAMES
    - words(
        "will may hope bill mark page love star art chance guy major win rich sharp light hall store van rob frank may"
        " in ha al ed do so chip rock sky sun don said haven patience journey red tab early miles mac dean"
        " rod kit justice"
    )
)
_BY_SIGN: Final = {
    sign: [number for number, place in enumerate(PLACES) if sign in place.signs or not (sign or place.signs)]
    for sign in (*SIGNS, "")
}
_NO_NAME: Final = NOT_NAMES | words(
    "wrong misspelled misspelt incorrect missing required displayed spelled spelt mandatory empty blank shown optional"
)


def names(page: Page) -> None:
    """Claim the names of persons; the title before one stays."""
    if page.han:
        for start, end in han_names(page):
            _take(page, start, end)
    text, told = page.left, page.words
    known = not _TELLING.isdisjoint(told)
    present = SIGNS & told
    headed = "\n" in text or text.startswith(("From:", "To:", "Cc:", "cc:"))
    if present or headed:
        numbers = {number for sign in present for number in _BY_SIGN[sign]}
        for number in sorted(numbers.union(_BY_SIGN[""]) if headed else numbers):
            place = PLACES[number]
            if known or place.proof > WEAK:
                for match in place.rule.finditer(text):
                    _judge(page, match, place)
    if "@" in text:
        for match in _HANDLE.finditer(text):
            first = _HANDLE_PART.split(match[1])[0].casefold()
            if first in GIVEN and len(first) > 2 and not _OFFICIAL.search(match[1]):
                _take(page, *match.span(1))
    thankful = not _THANKFUL.isdisjoint(told)
    if known or thankful:
        for match in _CALLED.finditer(text):
            word = match[1].casefold().split()[0]
            comma = text[match.start() - 2] == "," and match[1][0].isupper()
            late = thankful and _LATE.search(text, max(0, match.start() - 80), match.start())
            sure = _is_given(word) and word not in AMBIGUOUS
            if NOT_NAMES.isdisjoint(match[1].casefold().split()) and ((sure and (comma or late)) or (comma and late)):
                _take(page, *match.span(1))
    if known:
        for match in _BESIDE.finditer(page.left) if "\0" in text else ():
            run = match[1].casefold().split()
            if _is_given(run[0]) and NOT_NAMES.isdisjoint(run) and (len(run) > 1 or run[0] not in AMBIGUOUS):
                _take(page, *match.span(1))
        _signed(page, text)
    for match in _MAILBOX.finditer(page.left) if "<\0" in text else ():
        run = match[1].casefold().split()
        if NOT_NAMES.isdisjoint(run) and (len(run) > 1 or run[0] in GIVEN):
            _take(page, *match.span(1))
    if page.found:
        _repeated(page)


def _judge(page: Page, match: re.Match[str], place: Place) -> None:
    """Claim as much of a match as is a name."""
    group = 1 if match[1] else 2
    raw, start, proof = match[group], match.start(group), place.proof
    if not raw:
        return
    if title := _AFTER_TITLE.match(raw):
        start, raw, proof = start + title.end(), raw[title.end() :], SURE
    if group == 2:
        length = _small_length(raw, page.left, start, proof)
    else:
        goes_on = place.goes_on and "," not in page.text[start - 2 : start]
        length = _length(raw, page.left, start, proof, goes_on=goes_on)
    if length:
        _take(page, start, start + length)
        _and_others(page, start + length)


def _and_others(page: Page, at: int) -> None:
    """Claim the known names that are listed behind one: Hi John, Mary & Pete."""
    while match := _ALSO.match(page.left, at):
        word = match[1].casefold()
        if word not in GIVEN or (word in AMBIGUOUS and not _PAUSE.match(page.left, match.end())):
            return
        _take(page, *match.span(1))
        at = match.end()


def _length(raw: str, text: str, start: int, proof: int, *, goes_on: bool) -> int:
    """Return how many characters of a run of capitalised words are a name."""
    tokens = list(re.finditer(r"\S+", raw))
    told = [token[0].strip(".").casefold() for token in tokens]
    first = next((n for n, word in enumerate(told) if len(word) > 1), None)
    if first is None or any(word in ORGANISATION for word in told) or told[first] in TITLE_BRANDS | NOT_NAMES:
        return 0
    stop = next((n for n, word in enumerate(told) if n > first and word in NOT_NAMES), len(told))
    end = tokens[stop - 1].end()
    known = _is_given(told[first])
    capitals = len(tokens[first][0]) > 2 and tokens[first][0].isupper() and "." not in tokens[first][0]
    if capitals and not (proof >= SURE or (known and proof == FAIR)):
        return 0
    if known and told[first] not in AMBIGUOUS:
        return end
    paused = stop == len(told) and bool(_PAUSE.match(text, start + end))
    followed = stop > first + 1 and told[first + 1] in GIVEN
    if proof >= SURE or (known and (followed or (paused and proof == FAIR))):
        return end
    if proof == FAIR and (
        paused or (goes_on and not known and stop == len(told) and _GOES_ON.match(text, start + end))
    ):
        return end
    # A first and a last name with a pause behind are one even where the place proves little.
    return end if paused and 2 <= stop <= 3 + first and (known or proof == PAIR) else 0


def _is_given(word: str) -> bool:
    return word in GIVEN or ("-" in word and not GIVEN.isdisjoint(word.split("-")))


def _small_length(raw: str, text: str, start: int, proof: int) -> int:
    """Return how many characters of words in small letters are a name."""
    told = raw.split(" ")
    known = [word in GIVEN and len(word) > 2 and word not in AMBIGUOUS | NOT_NAMES for word in told]
    named = proof == NAMED and told[0] not in _NO_NAME
    second = len(told) == 2 and told[1] not in _NO_NAME
    if second and (known[0] or named) and (known[1] or (named and _PAUSE.match(text, start + len(raw)))):
        return len(raw)
    return len(told[0]) if known[0] or (named and _PAUSE.match(text, start + len(told[0]))) else 0


def _signed(page: Page, text: str) -> None:
    """Claim a known name that has a line, or the end of a text, for itself, as signatures have."""
    rules = (_LINE, _SPEAKER) if "\n" in text else ()
    for rule in (*rules, _END) if rules else (_END, _SPEAKER):
        for match in rule.finditer(text):
            group = match.lastindex or 1
            told = [word.strip(".").casefold() for word in match[group].split()]
            first = told[0] if len(told[0]) > 1 else told[-1]
            later = rule is _LINE and match.start() > 0
            doubtful = first in AMBIGUOUS and not (later and len(told) > 1)
            # A text that is one word is an answer such as "Paris", not a signature.
            alone = match.span() == (0, len(text)) and len(told) == 1 and match.start(group) == 0
            if _is_given(first) and not doubtful and not alone and not any(word in NOT_NAMES for word in told):
                _take(page, *match.span(group))


def _repeated(page: Page) -> None:
    """Claim the further places in the same text where a name stands that was found in it."""
    found = {page.text[span.start : span.end] for span, _ in page.found if span.kind == "NAME"}
    for name in sorted(found, key=lambda name: (-len(name), name)):
        if not name.isascii() and "\u4e00" <= name[0] <= "\u9fff":
            rule = re.escape(name) if len(name) > 2 else ""
        else:
            plain = len(name) < 4 or name.casefold() in AMBIGUOUS or name[0].islower()
            rule = "" if plain else rf"(?<!\w){re.escape(name)}(?!\w)"
        for match in re.finditer(rule, page.left) if rule else ():
            _take(page, *match.span())


def _take(page: Page, start: int, end: int) -> None:
    if end > start and page.free(start, end):
        page.take("NAME", start, end, " ".join(page.text[start:end].split()).casefold())
