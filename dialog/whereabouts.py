"""Whereabouts in English: which place a message names is read only where the desk knows something about it.

A place that no answer of the desk names cannot change the answer, wherever it stands: *my sister in Tampere*, *do you
ship to Lagos*. It is read as one that is nowhere. Known places are told by name, others by where a word with a capital
stands, against the words of the desk, of English and of the calendar; in small letters, by where a word that is none of
English stands.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from typing import Final

from replydesk.data.privacy.lexicon import GIVEN, NOT_NAMES, words
from replydesk.dialog.capitals import CAPITAL, is_clearly_placed, is_strange
from replydesk.dialog.closedwords import ASKING, DOING, HERE, PLAIN, ROLES
from replydesk.dialog.placeevidence import likely_places
from replydesk.dialog.placenames import AMBIGUOUS_PLACES, DEMONYMS, PLACE, PLACES

__all__ = ["Span", "capitals_of", "english_places", "nowhere", "without_english_places"]

Span = tuple[int, int]

# Latin letters alone: 在London has two words.
_WORD: Final = re.compile(r"[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ0-9'-]*")
_TOKEN: Final = re.compile(rf"<[A-Z]+_\d+>|{_WORD.pattern}|[^\w\s]|\w")
_ABBREVIATED: Final = words("US UAE EU NYC NZ HK UK USA U.S")
# Behind these any word with a capital is a place, behind the others one that is known.
_IN: Final = words("from in near around outside visiting")
# In a message without capitals what no dictionary knows is a place behind these.
_INSIDE: Final = words("in near outside visiting")
_LEADS: Final = _IN | words("to of at across within into through via between towards toward leaving past over for")
_GOING: Final = words(
    "ship ships shipped shipping deliver delivers delivered delivering delivery send sends sent sending post posted"
    " posting postage mail courier move moves moved moving fly flying flew travel travelling traveling travelled go"
    " going goes went gone relocated relocating drive driving route returned back parcel package flight train trip"
    " transfer way"
)
_SHIPPING: Final = _GOING - words("transfer go going goes went sent send sending mail back returned way")
_NOUNS_OF_PLACE: Final = words(
    "neighbour neighbor neighbours neighbors friend friends colleague colleagues family relatives flat house home"
    " office branch shop team school customers customer people address weather folk folks area side"
)
_GOES_ON: Final = words(
    "yet already today tomorrow yesterday tonight soon again next last this when if because before after by until till"
    " then either thanks without but than while though although ever once not no never using through during about"
)
_DETERMINERS: Final = words("the a an my our your their his her this that one another some")
_BESIDE: Final = words(
    "new north south east west northern southern eastern western central great greater upper lower mid st saint san"
    " santa los las el la sri sierra costa port fort mount little united far inner outer cape sao são"
)
# What people, language or kind it is; where somebody is from says ``introductions.py``.
_PEOPLES: Final = DEMONYMS | words(
    "afghan bangladeshi belgian bengali californian chilean colombian cuban european filipino ghanaian glaswegian"
    " gujarati iraqi israeli kenyan kuwaiti libyan liverpudlian londoner mancunian moroccan nepali norwegian pakistani"
    " punjabi saudi somali swiss tamil texan ugandan welsh yemeni zimbabwean mexican african american"
    "pole poles finn finns scot scots turk turks swede swedes dane danes spaniard kurd kurdish basque catalan parisian"
    " bolivian cantonese brit brits aussie kiwi texan berliner serb croat slovene czech magyar maltese bulgarian"
    " guatemalan honduran salvadoran nicaraguan panamanian paraguayan uruguayan ecuadorian dominican haitian bahamian"
    " barbadian trinidadian guyanese surinamese cameroonian congolese angolan mozambican namibian botswanan malawian"
    " rwandan burundian eritrean djiboutian sudanese chadian malian gambian liberian togolese beninese nigerien ivorian"
    " senegalese guinean mauritanian tunisian algerian malagasy mauritian seychellois maldivian bhutanese burmese"
    " laotian cambodian bruneian singaporean timorese papuan fijian samoan tongan mongol uzbek kazakh kyrgyz tajik"
    " turkmen georgian armenian azeri azerbaijani moldovan belarusian luxembourger andorran icelander qatari bahraini"
    " omani emirati jordanian lebanese palestinian scottish irishman englishman welshman frenchman dutchman african"
    " asian latino latina hispanic caribbean scandinavian balkan slavic arab persian bavarian sicilian"
)
_PERSONS: Final = ROLES | words(
    "wife husband partner mother father mum mom dad son daughter brother sister uncle aunt cousin grandmother"
    " grandfather gran nan grandparent grandparents parent parents child children kids friend friends colleague"
    " colleagues neighbour neighbor neighbours neighbors boss flatmate roommate landlord guest guests couple family"
    " families in-laws relatives girlfriend boyfriend girl boy woman man lady guy mate community national nationals"
    " passport accent roots heritage descent origin origins background expat expats number side"
)
_ITSELF: Final = words("i'm im am we're are is being half part originally fully")
# Without a capital these are names of persons or words.
_SMALL_WORDS: Final = GIVEN | words("cape dane dar essen stoke java derry slough us rio man isle split kong york")
_BETWEEN: Final = words("the old sunny rainy windy rural downtown")
_CALENDAR: Final = words(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august"
    " september october november december christmas easter mon tue tues wed thu thur thurs fri sat sun jan feb mar apr"
    " jun jul aug sep sept oct nov dec ramadan eid diwali halloween thanksgiving spring summer autumn winter ok i"
)
_SAME: Final = tuple(
    map(
        words,
        (
            "uk britain british england english kingdom",
            "us usa america american states",
            "germany german",
            "france french",
            "spain spanish",
            "italy italian",
            "netherlands dutch holland",
            "ireland irish",
            "scotland scottish",
            "wales welsh",
            "china chinese",
            "eu europe european",
        ),
    )
)
_DETERMINED: Final = re.compile(rf"\b(my|our|your|their|his|her|this|that|the|one|an?) {PLACE}(?=\s[a-z])", re.I)
# Who asks about a place itself asks nothing of a desk, and that has to be seen.
_ABOUT_IT: Final = re.compile(
    r"\b(?:capital|president|prime minister|king|queen|mayor|population|currency|flag|anthem|history|languages?|size)"
    r"(?: city| is spoken)? (?:of|in) (?:the )?\Z",
    re.I,
)
_MARK: Final = re.compile(r"[.!?;:,\n()]+")
_SEVERAL: Final = re.compile(rf"{PLACE}(?:(?:, ?| )(?:in )?{PLACE})+")
_NOWHERE: Final = "my country"


def without_english_places(text: str, known: Container[str], familiar: Container[str] = frozenset()) -> str:
    """Return a text with :data:`PLACE` for each place but those of which a word, in lower case, is ``known``.

    Those, too, are not read where nothing is asked or told of them: *the weather in Leeds is awful*.

    >>> without_english_places("My sister in Tampere says: do you ship to Norway?", {"norway"})
    'My sister in <PLACE_1> says: do you ship to Norway?'
    """
    there = bool(HERE.search(text))
    for start, stop in reversed([*english_places(text, known, familiar)]):
        matters = any(word in known for word in _words_of(text[start:stop]))
        if not (matters and (there or _is_asked_about(text, start, stop))):
            text = f"{text[:start]}{PLACE}{text[stop:]}"
    return text


def _is_asked_about(text: str, start: int, stop: int) -> bool:
    """Return whether the clause that a place stands in asks, or tells of a parcel, a payment, a journey."""
    begun = max((match.end() for match in _MARK.finditer(text, 0, start)), default=0)
    end = _MARK.search(text, stop)
    before = text[begun:start].lower().split()
    asks = (end is not None and "?" in end[0]) or (bool(before) and before[0] in ASKING)
    return asks or bool(DOING.search(text, begun, end.start() if end else len(text)))


def nowhere(text: str) -> str:
    """Return a text that reads on where its places were.

    >>> nowhere("Do you ship to <PLACE_1>, <PLACE_1>? My <PLACE_1> neighbour asks.")
    'Do you ship to my country? My local neighbour asks.'
    """
    if PLACE not in text:
        return text
    text = _DETERMINED.sub(lambda match: f"{'a' if match[1].lower() == 'an' else match[1]} local", text)
    text = _SEVERAL.sub(PLACE, text)
    return re.sub(PLACE, lambda match: _NOWHERE.capitalize() if _begins(text, match.start()) else _NOWHERE, text)


def capitals_of(text: str) -> Iterator[str]:
    """Yield the words of an answer that may name a place, in lower case, with other names of the same countries."""
    found = {word for match in _WORD.finditer(text) if (word := _naming(match))}
    for same in _SAME:
        if not same.isdisjoint(found):
            found |= same
    yield from found


def _naming(match: re.Match[str]) -> str:
    """Return a word in lower case where it may be of a name of a place, or of a ware, else nothing."""
    word, low = match[0], match[0].lower().removesuffix("'s")
    if low in PLACES and (low not in AMBIGUOUS_PLACES or word[0].isupper()):
        return low
    inside = not _begins(match.string, match.start()) and match.string[match.start() - 1 : match.start()] != "<"
    return low if word in _ABBREVIATED or (inside and CAPITAL.fullmatch(word) and _is_unknown(low)) else ""


def english_places(
    text: str, known: Container[str] = frozenset(), familiar: Container[str] = frozenset()
) -> Iterator[Span]:
    """Yield where places stand in an English text, from the first to the last, of one or several words each.

    A word of ``known`` that is no known place is not taken for an unknown one, and one of ``familiar`` hardly is.
    """
    found = [*_TOKEN.finditer(text)]
    likely = dict(likely_places(text, familiar))
    last = -1
    for at in range(len(found)):
        if at <= last:
            continue
        first = _begun_at(found, at, last)
        begun = found[first].start()
        if begun in likely:
            last = max(one for one in range(first, len(found)) if found[one].start() < likely[begun])
            if not _ABOUT_IT.search(text, 0, begun):
                yield _begun(found, first, last), likely[begun]
            continue
        if _says_of_whom(found, first, at):
            last = at
            yield begun, found[last].end()
            continue
        if not _is_place(found, first, at, known):
            continue
        last = _goes_on_to(found, at)
        if _is_of_a_thing(found, first, last) or _ABOUT_IT.search(text, 0, begun):
            continue
        yield _begun(found, first, last), found[last].end()


def _says_of_whom(found: Sequence[re.Match[str]], first: int, at: int) -> bool:
    """Return whether a word says of what people somebody is: *my Polish wife*, *I'm Nigerian*, *as a Scot*."""
    token, low = found[at][0], found[at][0].lower()
    if low not in _PEOPLES or not token[0].isupper():
        return False
    behind = found[at + 1][0] if at + 1 < len(found) else "."
    if behind.lower() in _PERSONS:
        return True
    back = [one[0].lower() for one in found[max(0, first - 3) : first]]
    as_one = back[-1:] in (["a"], ["an"]) and bool({"as", "i'm", "am", "im", "being", "is"} & set(back))
    alone = not behind[0].isalpha() or behind.lower() in ("and", "but", "so", "by", "here", "living", "who", "myself")
    return alone and (as_one or (bool(back) and back[-1] in _ITSELF))


def _begun(found: Sequence[re.Match[str]], first: int, last: int) -> int:
    """Return where a name of a place begins, with the article before it: in *the UK*, but the *UK* office."""
    with_article = first and found[first - 1][0].lower() == "the" and not _noun_behind(found, last)
    return found[first - 1 if with_article else first].start()


def _is_place(found: Sequence[re.Match[str]], first: int, at: int, known: Container[str]) -> bool:
    """Return whether a word is of a place whose name begins with the ``first``."""
    token, low = found[at][0], found[at][0].lower().removesuffix("'s")
    lead = _lead(found, first)
    led, capital = lead in _LEADS, bool(CAPITAL.fullmatch(token)) or token.isupper()
    if token in _ABBREVIATED:
        return True
    if low in PLACES and low not in _PEOPLES:
        if low in AMBIGUOUS_PLACES:
            return (capital and led) or is_clearly_placed(found, first)
        return led or ((capital or low not in _SMALL_WORDS) and len(low) > 2)
    if is_clearly_placed(found, first):
        return True
    back = {one[0].lower() for one in found[max(0, first - 7) : first]}
    going = lead == "to" and not _GOING.isdisjoint(back)
    if (
        (lead in _INSIDE or (going and not _SHIPPING.isdisjoint(back)))
        and low not in known
        and is_strange(token)
        and _is_unknown(low)
    ):
        determined = found[first - 1][0].lower() in _DETERMINERS
        return not determined and not any(CAPITAL.fullmatch(one[0]) for one in found)
    joined = first < at and found[first][0][0].isupper()
    if not CAPITAL.fullmatch(token) or low in known or not (joined or _is_unknown(low)):
        return False
    behind = found[at + 1][0].lower() if at + 1 < len(found) else ""
    return lead in _IN or going or (lead in _DETERMINERS and behind in _NOUNS_OF_PLACE)


def _is_unknown(low: str) -> bool:
    """Return whether a word, in lower case, is none that is seen in other places than names of places."""
    return low not in NOT_NAMES and not any(low in known for known in (GIVEN, PLAIN, ASKING, _PEOPLES, _CALENDAR))


def _begun_at(found: Sequence[re.Match[str]], at: int, last: int) -> int:
    """Return the first word of the name that a word is of: *New* in *New Delhi*, also in lower case."""
    first = at
    while first - 1 > last and found[first - 1][0].lower() in _BESIDE:
        if found[first - 1][0][0].islower() and found[at][0][0].isupper():
            break
        first -= 1
    return first


def _goes_on_to(found: Sequence[re.Match[str]], at: int) -> int:
    """Return the last word of the name that a word is of: *Rock* in *Little Rock*, *Kong* in *Hong Kong*."""
    while at + 1 < len(found):
        behind, low = found[at + 1], found[at + 1][0].lower()
        gap = behind.string[found[at].end() : behind.start()]
        place = low in PLACES and low not in _PEOPLES and low not in AMBIGUOUS_PLACES
        if gap != " " or not (place or (CAPITAL.fullmatch(behind[0]) and _is_unknown(low))):
            break
        at += 1
    return at


def _lead(found: Sequence[re.Match[str]], first: int) -> str:
    """Return the word before a name, without *the* and what else stands between: *from* in *from the old Leeds*."""
    first -= 1
    while first >= 0 and found[first][0].lower() in _BETWEEN:
        first -= 1
    return found[first][0].lower() if first >= 0 else ""


def _is_of_a_thing(found: Sequence[re.Match[str]], first: int, last: int) -> bool:
    """Return whether a place says which thing is meant, as in *my Osaka lamp*: that is what is asked about."""
    if not _noun_behind(found, last) or found[last + 1][0].lower() in _NOUNS_OF_PLACE:
        return False
    before = found[first - 1][0].lower() if first else ""
    return before in _DETERMINERS or (bool(first) and before not in _LEADS and before.isalpha())


def _noun_behind(found: Sequence[re.Match[str]], last: int) -> bool:
    """Return whether a word in lower case follows that may be what a place is said of."""
    if last + 1 == len(found):
        return False
    behind = found[last + 1][0]
    return behind.isalpha() and behind.islower() and not any(behind in some for some in (PLAIN, ASKING, _GOES_ON))


def _words_of(name: str) -> Iterator[str]:
    """Yield the words of a name of a place that tell which it is, in lower case."""
    for match in _WORD.finditer(name):
        low = match[0].lower().removesuffix("'s")
        if low not in _BESIDE and low != "the":
            yield low


def _begins(text: str, at: int) -> bool:
    """Return whether a sentence begins there."""
    before = text[:at].rstrip()
    return not before or before[-1] in ".!?\n"
