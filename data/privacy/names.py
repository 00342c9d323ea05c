"""Names of persons where the place says that one stands there: greetings, signatures, introductions, fields, titles."""

from __future__ import annotations

import re
from typing import Final

from replydesk.data.privacy.hannames import han_names
from replydesk.data.privacy.lexicon import AMBIGUOUS, GIVEN, NOT_NAMES, ORGANISATION, TITLE_BRANDS, words
from replydesk.data.privacy.page import Page

__all__ = ["names"]

_U: Final = "A-ZÀ-ÖØ-Þ\u0100-\u017f"
_L: Final = "a-zß-öø-ÿ\u0100-\u017f"
# O'Connell, McAllister, Ann-Marie; the 's of "Rebecca's" is none of hers.
_WORD: Final = rf"(?:[{_U}]['’])?[{_U}][{_L}]+(?:[{_U}][{_L}]+)?(?:[-'’](?!s\b)[{_U}]?[{_L}]+)*"
_INITIAL: Final = rf"[{_U}]\b\.?"
_PARTICLE: Final = "(?:(?:van|von|de|der|den|la|le|da|dos|del|di|bin|al|el|ter|ibn) ){0,2}"
_RUN: Final = rf"(?:{_INITIAL} ?){{0,2}}(?:{_WORD}|[{_U}]{{3,12}}\b)(?: {_PARTICLE}(?:{_WORD}|{_INITIAL})){{0,3}}"
_SMALL: Final = rf"[{_L}]{{2,14}}(?:-[{_L}]{{2,10}})?(?: [{_L}]{{2,14}})?"
_TITLE: Final = r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Rev)\b\.?"
_PAUSE: Final = re.compile(r"\s*(?:$|[^\w\s'’]|\n|[^\x00-\x7f]|\d/\d|and\b|https?:)")

# How much a place proves: sure takes any word that may be a name, fair one with a pause behind, weak the known ones.
_SURE, _FAIR, _WEAK = 3, 2, 1
_RELATIVE: Final = (
    "wife|husband|son|daughter|mum|mom|mother|dad|father|brother|sister|partner|friend|boss|neighbour|neighbor"
    "|flatmate|assistant|manager|driver|engineer"
)
_CLOSING: Final = (
    "(?:with |my )?(?:(?:kind(?:est)?|best|warm(?:est)?|many) )?regards|rgds|sincerely(?: yours)?"
    "|yours (?:sincerely|faithfully|truly)|best wishes|all the best|best|cheers|many thanks|thx|love|take care|talk soon"
    "|(?:thanks|thank you)(?: (?:and|&) regards| in advance| again| (?:so|very) much)?|signed"
)
# (the words of which one must stand in the text, what the place proves, the rule with NAME for the name)
_PLACES: Final = tuple(
    (tuple(signs.split("|")), proof, re.compile(rule.replace("NAME", f"(?:({_RUN})|({_SMALL}))"), re.M))
    for signs, proof, rule in (
        (
            "hi|hey|hello|dear|good |welcome|greetings",
            _FAIR,
            r"(?<![A-Za-z])(?i:hi|hiya|hello|hey|dear|good (?:morning|afternoon|evening|day)|welcome(?: back)?|greetings)"
            rf"(?i: there| again)?,? +@?(?:{_TITLE} )?NAME",
        ),
        ("morning|afternoon|evening", _FAIR, r"^(?i:morning|afternoon|evening),? NAME"),
        (
            "regards|rgds|sincerely|faithfully|truly|wishes|cheers|thank|thx|best|love|care|soon|signed",
            _FAIR,
            rf"(?:^|(?<=[.!?,)] )|(?<=[^\w\s]))(?i:{_CLOSING})"
            rf"(?: ?[,!.:] ?\n*| ?-+ ?|\n+)\n*[-~]* ?(?:{_TITLE} )?NAME",
        ),
        (
            "thank|thx|cheers|regards|sorry|ok|bye",
            _WEAK,
            r"(?<![A-Za-z])(?i:thanks|thank you|thx|cheers|regards|sorry|ok|bye),? @?NAME",
        ),
        (
            "name",
            _SURE,
            r"(?<![A-Za-z])(?i:(?:my|his|her|their|full|real) (?:full |first |last |real |sur)?name(?:'s| is|:)"
            r"|under the name(?: of)?|in the name of|name on the (?:order|booking|account|card|invoice) is"
            r"|(?:last|first|full|customer|contact|account|card ?holder|recipient) ?name(?: is\b| ?[-:])?"
            r"|(?:^|(?<=[;,.:|(] ))name(?: is\b| ?[-:])) *NAME",
        ),
        ("name", _WEAK, r"(?:^|(?<=[;,.:|(] ))(?i:(?:the )?name(?: is)?) NAME"),
        (
            "holder|recipient|attn|attention|c/o|customer:|contact:|passenger:|guest:",
            _SURE,
            r"(?<![A-Za-z])(?i:(?:account|card) ?holder ?[:-]|recipient ?[:-]|attn\.? ?:?|attention ?:|c/o"
            rf"|(?:customer|contact|passenger|guest) ?:) *(?:{_TITLE} )?NAME",
        ),
        (
            "ship|deliver|bill|sold|sen|to:",
            _WEAK,
            r"(?<![A-Za-z])(?i:shipping|ship to|deliver(?:y|ed)? ?(?:is )?(?:to|for)?"
            rf"|bill(?:ing| to)|sold to|send to|sender|to) ?:? (?:{_TITLE} )?NAME",
        ),
        (
            "this is|its |it's |it’s ",
            _FAIR,
            r"(?<![A-Za-z])(?i:this is|it'?s|it’s) NAME(?=,? (?:from|here|speaking|with)\b)",
        ),
        ("this is|its |it's |it’s ", _WEAK, r"(?<![A-Za-z])(?i:this is|it'?s|it’s) NAME"),
        (
            "'m |’m |im |i am |call me|go by|with|to |agent|colleague|named|called|rep|adviser|advisor",
            _WEAK,
            r"(?<![A-Za-z])(?i:i['’]?m|i am|call me|i go by|agent(?: called| named)?|colleague|(?:person|lady|guy) called"
            r"|(?:chatting|connected|speaking|talking|speak|talk|spoke|spoken|chatted)(?: now)? (?:with|to)|over to"
            r"|transferring you to|assign(?:ing|ed) to|rep|advisor|adviser|representative) @?NAME",
        ),
        (_RELATIVE, _WEAK, rf"(?<![A-Za-z])(?i:my|our|his|her|your|the) (?i:{_RELATIVE}),? NAME"),
        (" here", _WEAK, r"(?:^|(?<=[.!?] ))NAME here\b"),
        (
            "mr|mrs|ms|dr|prof|mx ",
            _SURE,
            rf"(?<![A-Za-z])(?:(?:Mr|Mrs|Ms|Mx|Dr|Prof|Professor)\b\.?|mr|mrs|(?:Mr|Mrs)\.? (?:and|&) (?:Mr|Mrs)\b\.?)"
            rf" ({_RUN})()",
        ),
        ("miss", _FAIR, rf"(?:^|(?<=[.,:;(] )|(?<=[Dd]ear )|(?<=[Hh]i ))Miss ({_RUN})()"),
    )
)
_VOCATIVE: Final = re.compile(rf"(?<=[a-z], )({_WORD})(?=[!.,?]|$)")
_HANDLE: Final = re.compile(rf"(?<![\w@])@({_WORD}(?: {_WORD})?|[A-Za-z][A-Za-z._-]{{2,24}}\d{{0,4}})(?![\w@])")
_HANDLE_PART: Final = re.compile(r"[ ._\d-]|(?<=[a-z])(?=[A-Z])")
_OFFICIAL: Final = re.compile("help|support|care|official|team|news", re.I)
_LINE: Final = re.compile(rf"^[-~*]* ?({_RUN})(?: ?[,(|/:] ?[^\n]{{0,60}})?$", re.M)
_END: Final = re.compile(rf"(?:^|(?<=[.!?] ))[-~]+ ?({_RUN})|(?<=[.!?] )({_RUN})(?=\.?$)")
_SPEAKER: Final = re.compile(rf"^({_WORD}(?: {_WORD})?)(?: ?\([^)\n]{{1,30}}\))?: ", re.M)
_BESIDE: Final = re.compile(rf"(?<![{_U}{_L}])({_WORD}(?: {_WORD}){{1,2}})(?=[,;:.|/ \n-]{{1,3}}\0)")
_AFTER_TITLE: Final = re.compile(rf"^(?:{_TITLE} )?(?:and |& )?{_TITLE} ")
_NO_NAME: Final = NOT_NAMES | words(
    "wrong misspelled misspelt incorrect missing required displayed spelled spelt mandatory empty blank shown optional"
)


def names(page: Page) -> None:
    """Claim the names of persons; the title before one stays."""
    if not page.text.isascii():
        for start, end in han_names(page):
            _take(page, start, end)
    text = page.left
    lower = text.lower()
    for signs, proof, rule in _PLACES:
        if any(sign in lower for sign in signs):
            for match in rule.finditer(text):
                _judge(page, match, proof)
    if "@" in text:
        for match in _HANDLE.finditer(text):
            first = _HANDLE_PART.split(match[1])[0].casefold()
            if first in GIVEN and len(first) > 2 and not _OFFICIAL.search(match[1]):
                _take(page, *match.span(1))
    if ", " in text:
        for match in _VOCATIVE.finditer(text):
            if match[1].casefold() in GIVEN and match[1].casefold() not in AMBIGUOUS | NOT_NAMES:
                _take(page, *match.span(1))
    if "\0" in text:
        for match in _BESIDE.finditer(page.left):
            told = match[1].casefold().split()
            if told[0] in GIVEN and not any(word in NOT_NAMES for word in told):
                _take(page, *match.span(1))
    _signed(page, text)
    _repeated(page)


def _judge(page: Page, match: re.Match[str], proof: int) -> None:
    """Claim as much of a match as is a name."""
    group = 1 if match[1] else 2
    raw, start = match[group], match.start(group)
    if not raw:
        return
    if title := _AFTER_TITLE.match(raw):
        start, raw, proof = start + title.end(), raw[title.end() :], _SURE
    measure = _length if group == 1 else _small_length
    if length := measure(raw, page.left, start, proof):
        _take(page, start, start + length)


def _length(raw: str, text: str, start: int, proof: int) -> int:
    """Return how many characters of a run of capitalised words are a name."""
    tokens = list(re.finditer(r"\S+", raw))
    told = [token[0].strip(".").casefold() for token in tokens]
    first = next((n for n, word in enumerate(told) if len(word) > 1), None)
    if first is None or any(word in ORGANISATION for word in told) or told[first] in TITLE_BRANDS | NOT_NAMES:
        return 0
    stop = next((n for n, word in enumerate(told) if n > first and word in NOT_NAMES), len(told))
    end = tokens[stop - 1].end()
    known = told[first] in GIVEN
    if known and told[first] not in AMBIGUOUS:
        return end
    if len(tokens[first][0]) > 2 and tokens[first][0].isupper():
        return 0
    paused = stop == len(told) and bool(_PAUSE.match(text, start + end))
    followed = stop > first + 1 and told[first + 1] in GIVEN
    if proof == _SURE or (known and (followed or (paused and proof == _FAIR))):
        return end
    # A first and a last name with a pause behind are one even where the place proves little.
    wanted = 3 if proof == _FAIR else 2 if known else 0
    return end if paused and (stop - first <= wanted if proof == _FAIR else stop - first == wanted) else 0


def _small_length(raw: str, text: str, start: int, proof: int) -> int:
    """Return how many characters of words in small letters are a name."""
    told = raw.split(" ")
    known = [word in GIVEN and len(word) > 2 and word not in AMBIGUOUS | NOT_NAMES for word in told]
    paused = proof == _SURE and told[0] not in _NO_NAME and _PAUSE.match(text, start + len(told[0]))
    both = len(told) == 2 and told[1] not in _NO_NAME
    if both and (known[0] or (proof == _SURE and told[0] not in _NO_NAME)):
        if known[1] or (proof == _SURE and _PAUSE.match(text, start + len(raw))):
            return len(raw)
    return len(told[0]) if known[0] or paused else 0


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
            if first in GIVEN and not doubtful and not alone and not any(word in NOT_NAMES for word in told):
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
