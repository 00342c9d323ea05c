"""Postal addresses: lines with a house number, and postcodes. A city or a street alone is nobody's address."""

from __future__ import annotations

import re
from typing import Final

from replydesk.data.privacy.hanaddresses import han_addresses
from replydesk.data.privacy.lexicon import words
from replydesk.data.privacy.page import Page

__all__ = ["postal_addresses"]

_AREAS: Final = (
    "AB|AL|B|BA|BB|BD|BH|BL|BN|BR|BS|BT|CA|CB|CF|CH|CM|CO|CR|CT|CV|CW|DA|DD|DE|DG|DH|DL|DN|DT|DY|E|EC|EH|EN|EX|FK|FY|G|GL|GU"
    "|GY|HA|HD|HG|HP|HR|HS|HU|HX|IG|IM|IP|IV|JE|KA|KT|KW|KY|L|LA|LD|LE|LL|LN|LS|LU|M|ME|MK|ML|N|NE|NG|NN|NP|NR|NW|OL|OX|PA|PE"
    "|PH|PL|PO|PR|RG|RH|RM|S|SA|SE|SG|SK|SL|SM|SN|SO|SP|SR|SS|ST|SW|SY|TA|TD|TF|TN|TQ|TR|TS|TW|UB|W|WA|WC|WD|WF|WN|WR|WS|WV|YO|ZE"
)
_INWARD: Final = "[0-9][ABD-HJLNP-UW-Zabd-hjlnp-uw-z]{2}"
_UK: Final = rf"(?:{_AREAS})[0-9][0-9A-HJKMNPR-Y]? {_INWARD}"
_STATES: Final = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR|PA"
    "|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY"
)
_US: Final = rf"(?:{_STATES})\.? \d{{5}}(?:-\d{{4}})?"
_POST: Final = rf"(?:{_UK}|{_US})(?![A-Za-z0-9])"
_POST_ANY: Final = rf"(?i:(?:{_AREAS})[0-9][0-9A-HJKMNPR-Y]? ?{_INWARD}|{_US}|(?:{_STATES}))(?![A-Za-z0-9])"
_ANY_POST: Final = re.compile(rf"(?<![A-Za-z0-9-])(?:{_UK})(?![A-Za-z0-9-])")

# The first digit comes before the look behind it, which makes the search for it fast.
_NUMBER: Final = r"\d(?<![\w.£$€-]\d)(?<!\d:\d)\d{0,4}[A-Za-z]?(?:[-/]\d{1,5}[A-Za-z]?)?"
_TYPES: Final = words("""
    street st road rd avenue ave av lane ln drive dr close court ct way crescent cres place pl terrace terr ter gardens
    garden grove square sq boulevard blvd hill parkway pkwy highway hwy mews row walk quay circle cir trail cottages
    cottage rise view park green wharf plaza heights loop alley broadway embankment parade esplanade yard orchard croft
    vale meadow meadows kingsway crossing turnpike path common bank field fields hall house building
    buildings estate wynd brae
""")
_TYPE: Final = f"(?:{'|'.join(word.capitalize() for word in sorted(_TYPES, key=lambda word: (-len(word), word)))})"
_PLAIN_TYPE: Final = (
    r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|boulevard|blvd|crescent|terrace|close|gardens|grove)"
)
_WORD: Final = r"(?:[A-Z][A-Za-z'’]*\.?|\d{1,3}(?:st|nd|rd|th)|of|the)"
_TOWN: Final = r"[A-Z][A-Za-z'’.-]+(?:[ -](?:[A-Z][A-Za-z'’.-]+|on|upon|under|le|in|of|the|St)){0,3}"
_ROOM: Final = (
    r"(?:(?:Ground|First|Second|Third|Fourth|Top|Basement|Garden)[- ]Floor(?: Flat)?"
    r"|(?:(?i:flat|apt|apartment|unit|suite|ste|room|floor|studio|block|building|warehouse|bldg"
    r"|rm)\b\.? ?#?|#)[A-Za-z]?\d{1,4}[A-Za-z]?\b)"
)
_GAP: Final = r"(?:, ?\n?|\n| )"
_TAIL: Final = (
    rf"(?: (?:N|S|E|W|NE|NW|SE|SW|North|South|East|West)\b\.?)?(?:{_GAP}{_ROOM})?"
    rf"(?:(?:{_GAP}{_TOWN}){{0,3}}{_GAP}{_POST}|(?:, ?{_TOWN}(?=[.,;!?\n)]|$| from| and| instead| please))?)"
)
_STREET: Final = re.compile(
    rf"{_NUMBER},? (?:[NSEW]\.? |[NS][EW] )?"
    rf"(?P<street>(?:{_WORD} ){{0,3}}?)(?:(?<=[a-z.] )|(?<=[A-Z] )){_TYPE}\b\.?{_TAIL}"
)
# 45 Rue de Rivoli, 75001 Paris; Hauptstraße 12, 10115 Berlin.
_CONTINENTAL: Final = re.compile(
    rf"{_NUMBER},? (?:bis |ter )?(?:[Rr]ue|[Cc]hemin|[Qq]uai|Via|Viale|[Cc]alle|Plaza|Corso|Avenida) "
    r"(?:d[eu]s? |l[ae] |d')?(?:[A-ZÀ-Þ][\w'’-]+ ?){1,4}(?:, ?\d{5} [A-ZÀ-Þ][\w-]+)?"
    r"|(?<!\w)(?:[A-ZÄÖÜ][a-zäöüß]*(?:straße|strasse|str\.|weg|platz|allee|gasse|straat|laan)|(?:Via|Calle"
    r"|Avenida|Rua) [A-Z]\w+)"
    r",? \d{1,4}[a-z]?(?!\w)(?:, ?\d{4,5} [A-ZÀ-Þ][\w-]+)?"
)
_ROOM_AND_TOWN: Final = re.compile(rf"(?:{_ROOM}),?{_GAP}(?:{_TOWN}{_GAP}){{1,4}}{_POST}")
_NUMBER_AND_TOWN: Final = re.compile(rf"{_NUMBER},? (?:{_TOWN}{_GAP}){{1,4}}{_POST}")
_LOWER: Final = re.compile(
    rf"{_NUMBER} (?P<street>(?:[a-z']{{2,14}} ){{1,3}}?){_PLAIN_TYPE}\b(?:,? (?i:{_ROOM}))?"
    rf"(?:(?:,? [a-z]{{3,14}}){{0,2}},? {_POST_ANY})?"
)
_BOX: Final = re.compile(rf"(?i:\bP\.? ?O\.? ?Box) (?:\d{{1,6}}|[A-Z]\d{{1,5}})\b{_TAIL}")
_CITY: Final = re.compile(
    rf"(?<![A-Za-z'’])(?!(?:From|In|At|To|My|Our|The"
    rf"|Near)\b)(?:[A-Z][A-Za-z.’'-]+ ){{0,2}}[A-Z][A-Za-z.’'-]+,? {_US}(?![A-Za-z0-9])"
)
_POSTCODE: Final = re.compile(
    rf"(?i:post ?code)(?: ?(?:is|:|-|=|\())*\s*((?i:(?:{_AREAS})[0-9][0-9A-HJKMNPR-Y]? ?{_INWARD}))(?![A-Za-z0-9])"
)
_ZIP: Final = re.compile(r"(?i:\bzip(?: ?code)?)(?: ?(?:is|:|-|=|\())*\s*(\d{5}(?:-\d{4})?)(?![\d-])")
_FLAT: Final = re.compile(r"(?<![A-Za-z])(?:Flat|Apt\.?|Apartment) #?\d{1,4}[A-Za-z]?(?=\s*(?:[,.;\n]|$))")
_ROOM_BEFORE: Final = re.compile(rf"{_ROOM},?{_GAP}(?:{_TOWN}, ?)?$")
_POST_SIGN: Final = re.compile(r" (?:\d[ABD-HJLNP-UW-Z]{2}(?![A-Za-z0-9])|\d{5}(?!\d))")

_CONTINENTAL_SIGN: Final = re.compile(
    "stra(?:ße|sse|at)|str\\.|weg |platz |allee |gasse |laan |rue |Rue |Via |alle |hemin |uai |orso |venida|Rua "
)
_ROOMS: Final = words("flat apt apartment unit suite ste room floor studio block building warehouse bldg rm")

# What stands between a number and "Drive" in things that are no streets.
_THINGS: Final = words("""
    a across along am an and at backup by cd court day days different disc disk dollars door down dvd euros external
    feet flash foot for from ft gb gear gen generation hard hour hours i in inch inches into is it items kb km lane
    level levels man mb men mile miles min mins minute minutes month months more my new o'clock of off old on or
    orders other our out over pack pair pen people per percent person piece pieces player players pm points pounds
    seater second seconds size sizes speed ssd star stars stop tb test that the their this thumb times to up usb way
    we week weeks with x year years you your
""")
# With a capital behind "12 Church Road," these begin a sentence; Leeds does not.
_SENTENCE: Final = words("""
    a also and are but can could did do does have has he hello hi how i i'm if is it it's my no not now our
    please pls she so
    thank thanks that the then there they this we what when where who why will would yes you your
""")
# What may follow an address in a sentence; another small word makes the "street" part of a product's name.
_AFTER: Final = re.compile(
    r"\s*(?:$|[^\sa-z]|(?:and|or|is|was|has|had|but|on|in|at|instead|please|pls|not|from|near|for|to|which|where|the|by|as|if|with|then"
    r"|because|a|this|who|so|since|before|after|until|last|next|though|when|while|my|our|we|i|he|she|they|it|your|you|yesterday|today"
    r"|tomorrow|now|still|again|thanks|rather|via|just|only|can|could|will|would|did|does|do|are|were|doesn't|isn't|gets|failed)\b)"
)


def postal_addresses(page: Page) -> None:
    """Claim address lines and postcodes in English and Chinese."""
    if page.han:
        for start, end in han_addresses(page.left):
            _take(page, start, end)
    told = page.words
    if "box" in told:
        _all(page, _BOX)
    coded = bool(_POST_SIGN.search(page.left))
    if not _TYPES.isdisjoint(told):
        _streets(page)
    if coded:
        _all(page, _NUMBER_AND_TOWN)
    if not _ROOMS.isdisjoint(told):
        if coded:
            _all(page, _ROOM_AND_TOWN)
        _all(page, _FLAT)
    if _CONTINENTAL_SIGN.search(page.left):
        _all(page, _CONTINENTAL)
    if coded:
        _all(page, _CITY)
        _all(page, _ANY_POST)
    if "postcode" in told or "zip" in told or ("post" in told and "code" in told):
        _all(page, _POSTCODE)
        _all(page, _ZIP)


def _all(page: Page, rule: re.Pattern[str]) -> None:
    for match in rule.finditer(page.left):
        _take(page, *match.span(match.lastindex or 0))


def _take(page: Page, start: int, end: int) -> None:
    raw = page.text[start:end].rstrip(" .,\n-(")
    if raw and page.free(start, start + len(raw)):
        page.take("ADDRESS", start, start + len(raw), re.sub(r"[\W_]+", " ", raw).strip().casefold())


def _streets(page: Page) -> None:
    for match in _STREET.finditer(page.left):
        told = set(match["street"].lower().split())
        coded = re.search(_POST, match[0])
        if (not told & _THINGS or coded) and _AFTER.match(page.text, match.end()):
            start = match.start()
            if room := _ROOM_BEFORE.search(page.left, max(0, start - 60), start):
                start = room.start()
            _take(page, start, _without_sentence(page.text, start, match.end()))
    for match in _LOWER.finditer(page.left):
        told = set(match["street"].split())
        if not told & _THINGS and _AFTER.match(page.text, match.end()):
            _take(page, *match.span())


def _without_sentence(text: str, start: int, end: int) -> int:
    """Return where the address ends when a town is no town but a word such as Please."""
    tail = re.search(r", ?([A-Z][a-z'’]+)[^,\d]*$", text[start:end])
    return start + tail.start() if tail and tail[1].casefold() in _SENTENCE and tail.start() > 5 else end
