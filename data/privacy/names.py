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

# How much a place proves: weak takes known names alone, fair any word that may be one if a pause follows, sure any such
# word with a capital, and named those in small letters too.
_WEAK, _FAIR, _SURE, _NAMED = 1, 2, 3, 4
_RELATIVE: Final = (
    "wife|husband|son|daughter|mum|mom|mother|dad|father|brother|sister|partner|friend|boss|neighbour|neighbor"
    "|flatmate|fiance|fiancee|roommate"
)
_CLOSING: Final = (
    "(?:with |my )?(?:(?:kind(?:est)?|best|warm(?:est)?|many) )?regards|rgds|sincerely(?: yours)?"
    "|yours (?:sincerely|faithfully|truly)|best wishes|all the best|best|cheers|many thanks|thx|love|take care|talk soon"
    "|(?:thanks|thank you)(?: (?:and|&) regards| in advance| again| (?:so|very) much)?|signed"
)


def _any_of(phrases: str) -> str:
    """Return a rule for phrases in any case that no letter precedes: by first letters, which makes the search fast."""
    firsts = dict.fromkeys(phrase[0] for phrase in phrases.split("|"))
    rests = (
        f"(?<={first})(?:{'|'.join(phrase[1:] for phrase in phrases.split('|') if phrase[0] == first)})"
        for first in firsts
    )
    return f"[{''.join(first + first.upper() for first in firsts)}](?<![A-Za-z].)(?i:{'|'.join(rests)})"


# (the words of which one must stand in the text, what the place proves, the rule with NAME for the name)
_PLACES: Final = tuple(
    (frozenset(signs.split("|")), proof, re.compile(rule.replace("NAME", f"(?:({_RUN})|({_SMALL}))"), re.M))
    for signs, proof, rule in (
        (
            "hi|hiya|hey|hello|dear|good|welcome|greetings",
            _FAIR,
            _any_of(
                "hi|hiya|hello|hey|dear|good morning|good afternoon|good evening|good day|welcome|welcome back|greetings"
            )
            + rf"(?i: there| again)?,? +(?:{_TITLE} )?NAME",
        ),
        ("morning|afternoon|evening", _FAIR, r"^(?i:morning|afternoon|evening),? NAME"),
        (
            "regards|rgds|sincerely|faithfully|truly|wishes|cheers|thank|thanks|thx|best|love|care|soon|signed",
            _FAIR,
            rf"(?:^|(?<=[.!?,)] )|(?<=[^\w\s]))(?i:{_CLOSING})"
            rf"(?: ?[,!.:] ?\n*| ?-+ ?|\n+)\n*[-~]* ?(?:{_TITLE} )?NAME",
        ),
        (
            "thank|thanks|thx|cheers|regards|sorry|ok|bye",
            _WEAK,
            _any_of("thanks|thank you|thx|cheers|regards|sorry|ok|bye") + ",? @?NAME",
        ),
        (
            "name",
            _NAMED,
            r"(?<![A-Za-z])(?i:(?:my|his|her|their|full|real) (?:full |first |last |real |sur)?name(?:'s| is|:)"
            r"|under the name(?: of)?|in the name of|name on the (?:order|booking|account|card|invoice) is"
            r"|(?:last|first|full|customer|contact|account|card ?holder|recipient) ?name(?: is\b| ?[-:])?"
            r"|(?:^|(?<=[;,.:|(] ))name(?: is\b| ?[-:])) *NAME",
        ),
        ("name", _WEAK, r"(?:^|(?<=[;,.:|(] ))(?i:(?:the )?name(?: is)?) NAME"),
        (
            "holder|cardholder|recipient|attn|attention|o|customer|contact|passenger|guest|person|applicant|patient|traveller"
            "|traveler|tenant|member|employee|consignee|sender|signatory",
            _SURE,
            r"(?<![A-Za-z])(?i:(?:account|card) ?holder ?[:-]|recipient ?[:-]|attn\.? ?:?|attention ?:|c/o"
            rf"|(?:customer|contact|passenger|guest|person|applicant|patient|traveller|traveler|tenant|member|employee|consignee|sender"
            rf"|signatory) ?[:-]) *(?:{_TITLE} )?NAME",
        ),
        (
            "ship|shipping|deliver|delivery|delivered|bill|billing|sold|send|sender|to",
            _WEAK,
            r"(?<![A-Za-z])(?i:shipping|ship to|deliver(?:y|ed)? ?(?:is )?(?:to|for)?"
            rf"|bill(?:ing| to)|sold to|send to|sender|to) ?:? (?:{_TITLE} )?NAME",
        ),
        (
            "from|here|speaking",
            _FAIR,
            _any_of("this is|its|it's|it’s") + " NAME(?=,? (?:from|here|speaking|with)\b)",
        ),
        ("this|its|it", _WEAK, _any_of("this is|its|it's|it’s") + " NAME"),
        (
            "m|im|am|call|go|with|to|agent|colleague|called|rep|adviser|advisor|representative",
            _WEAK,
            r"(?<![A-Za-z])(?i:i['’]?m|i am|call me|i go by|agent(?: called| named)?|colleague|(?:person|lady|guy) called"
            r"|(?:chatting|connected|speaking|talking|speak|talk|spoke|spoken|chatted)(?: now)? (?:with|to)|over to"
            r"|transferring you to|assign(?:ing|ed) to|rep|advisor|adviser|representative) @?NAME",
        ),
        (_RELATIVE, _SURE, rf"(?<![A-Za-z])(?i:my|our|his|her) (?i:{_RELATIVE}),? NAME"),
        (
            "manager|driver|engineer|assistant|technician|courier",
            _WEAK,
            r"(?<![A-Za-z])(?i:(?:my|our|your|the|his|her) (?:manager|driver|engineer|assistant|technician|courier)),? NAME",
        ),
        ("here|from|speaking", _WEAK, r"(?:^|(?<=[.!?] ))NAME (?:here\b|from [a-zA-Z]|speaking\b)"),
        (
            "mr|mrs|ms|dr|prof|professor|mx",
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
_END: Final = re.compile(rf"(?:^|(?<=[.!?] ))[-~]+ ?({_RUN})|(?<=[.!?] )({_RUN})(?=(?:,(?: [A-Z][a-z]+){{1,4}})?\.?$)")
_SPEAKER: Final = re.compile(rf"^({_WORD}(?: {_WORD})?)(?: ?\([^)\n]{{1,30}}\))?: ", re.M)
_BESIDE: Final = re.compile(rf"(?<![{_U}{_L}])({_WORD}(?: {_WORD}){{1,2}})(?=[,;:.|/ \n-]{{1,3}}\0)")
_AFTER_TITLE: Final = re.compile(rf"^(?:{_TITLE} )?(?:and |& )?{_TITLE} ")
# A weak place needs a known name; these are in every third message, and no name there.
_TELLING: Final = (
    GIVEN
    - NOT_NAMES
    - words(
        "will may hope bill mark page love star art chance guy major win rich sharp light hall store van rob frank may sue"
        " in ha al ed do so chip rock sky sun don said haven patience journey red tab early miles mac dean rod kit justice"
    )
)
_SIGNS: Final = frozenset().union(*(signs for signs, _, _ in _PLACES))
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
    if present := _SIGNS & told:
        for signs, proof, rule in _PLACES:
            if (known or proof != _WEAK) and not signs.isdisjoint(present):
                for match in rule.finditer(text):
                    _judge(page, match, proof)
    if "@" in text:
        for match in _HANDLE.finditer(text):
            first = _HANDLE_PART.split(match[1])[0].casefold()
            if first in GIVEN and len(first) > 2 and not _OFFICIAL.search(match[1]):
                _take(page, *match.span(1))
    if known:
        for match in _VOCATIVE.finditer(text):
            if match[1].casefold() in GIVEN and match[1].casefold() not in AMBIGUOUS | NOT_NAMES:
                _take(page, *match.span(1))
        for match in _BESIDE.finditer(page.left) if "\0" in text else ():
            run = match[1].casefold().split()
            if run[0] in GIVEN and not any(word in NOT_NAMES for word in run):
                _take(page, *match.span(1))
        _signed(page, text)
    if page.found:
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
    capitals = len(tokens[first][0]) > 2 and tokens[first][0].isupper()
    if capitals and (not known or proof == _WEAK):
        return 0
    if known and told[first] not in AMBIGUOUS:
        return end
    paused = stop == len(told) and bool(_PAUSE.match(text, start + end))
    followed = stop > first + 1 and told[first + 1] in GIVEN
    if proof >= _SURE or (known and (followed or (paused and proof == _FAIR))):
        return end
    # A first and a last name with a pause behind are one even where the place proves little.
    wanted = 3 if proof == _FAIR else 2 if known else 0
    return end if paused and (stop - first <= wanted if proof == _FAIR else stop - first == wanted) else 0


def _small_length(raw: str, text: str, start: int, proof: int) -> int:
    """Return how many characters of words in small letters are a name."""
    told = raw.split(" ")
    known = [word in GIVEN and len(word) > 2 and word not in AMBIGUOUS | NOT_NAMES for word in told]
    paused = proof == _NAMED and told[0] not in _NO_NAME and _PAUSE.match(text, start + len(told[0]))
    both = len(told) == 2 and told[1] not in _NO_NAME
    if both and (known[0] or (proof == _NAMED and told[0] not in _NO_NAME)):
        if known[1] or (proof == _NAMED and _PAUSE.match(text, start + len(raw))):
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
