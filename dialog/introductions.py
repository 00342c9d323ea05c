"""Introductions in English: the clauses that do nothing but say who writes, or from where.

Not a list of sentences. A clause introduces somebody where it names a person or a place, or says what somebody is, is
no question, speaks of the writer, and has no word besides but those of a closed class: pronouns, prepositions, forms of
*be*, *live*, *come*, *write*, greetings, closings, words for customers and homes. *I'm from Leeds* does, *my parcel is
in Leeds* and *do you ship to Leeds* do not. In other clauses about the writer only the place is left out: *I run a
bakery in Leeds*.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Literal

from replydesk.data.privacy.lexicon import AMBIGUOUS, GIVEN, NOT_NAMES
from replydesk.dialog.placenames import AMBIGUOUS_PLACES, DEMONYMS, PLACES

__all__ = ["introduced"]

Span = tuple[int, int]

# Who types Chinese, too, writes these marks in English.
_MARKS: Final = str.maketrans("，。！？：；、（）", ",.!?:;,()")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OPENERS: Final = _words("hi hello hey hiya greetings dear good")
_CLOSERS: Final = _words(
    "regards best wishes sincerely faithfully truly thanks thank cheers thx ta signed respectfully yours love greetings"
    " ps salutations kindly warmly cordially x xx xo"
)
# What makes a clause one about who writes.
_WRITER: Final = _words(
    "i i'm im i've we we're we've me my myself us our ours customer customers client user shopper buyer resident"
    " reader fan native citizen family household person people someone somebody here speaking writing writes again"
    " location city hometown asking mx live coming currently originally presently now nowadays calling born"
    " based living signed sent"
)
_NAMING: Final = _words("name name's names called call known signed it's me holder surname")
_ROLES: Final = _words(
    "customer customers client user shopper buyer resident reader fan native citizen family household person people"
    " someone somebody student teacher nurse worker follower parent child sibling partner relative member"
    " kid muslim christian hindu jew jewish buddhist sikh catholic protestant atheist immigrant expat local grandparent"
)
_FAITHS: Final = _words("muslim christian hindu jew jewish buddhist sikh catholic protestant atheist immigrant expat")
_PLACING: Final = _words("from in near of around outside at to within via")
_FROM: Final = _words("from in near around outside visiting")
_DIRECTIONS: Final = _words("north south east west northern southern eastern western central greater upper lower new")
_FIELDS: Final = _words("country city location town region hometown area")
_CALLING: Final = _words("is am i'm name's called me by it's signed this")
_PRESENT: Final = _words("here speaking writing again calling asking")
# What a name follows that nothing else with two capitals follows, and whom one answers.
_UNDER: Final = _words("as by under")
_RELATED: Final = _words(
    "colleague friend neighbour neighbor boss manager assistant agent partner child parent sibling grandparent"
    " relative flatmate housemate"
)
_ANSWERING: Final = _words(
    "answer reply respond write speak talk speaking talking writing listening spoke spoken talked wrote written chatted"
    " chatting"
)
_SAYING: Final = _words("wrote said says asked asks told phoned emailed messaged writes")
_PARTICLES: Final = _words("de la da dos du van von der den bin binti ibn al el ben")
_SPEAKER: Final = _WRITER | _NAMING | _OPENERS | _CLOSERS
_OF: Final = _words("the a an this that these those my your our their its his her some any no of")
_CAPITAL: Final = re.compile(r"[A-ZÀ-Þ][a-zß-ÿ]+(?:['-][A-ZÀ-Þ]?[a-zß-ÿ]+)*|[A-Z]'[A-Z][a-z]+|Mc[A-Z][a-z]+")
_PLAIN: Final = (
    _OPENERS
    | _CLOSERS
    | _WRITER
    | _NAMING
    | _ROLES
    | _PLACING
    | _words(
        "a an the is are am was were be being been it this that that's there who who's which as and or & so also both"
        " with for on behalf your you too than all folks everyone team guys friend friends kind kindest warm warmest"
        " many very much morning afternoon evening day night name full first last account profile write written asked"
        " ask asks says say said message messages messaging email emailing texting contacting contact talking chatting"
        " speak just only simply still live lives lived reside resides residing stay staying stays located situated"
        " raised grew up originally currently presently now nowadays always since years year months long whole life"
        " entire come comes came coming hail hails hailing town village country county area region state part suburb"
        " district place home house ours over down out up right way btw know old new young happy loyal regular"
        " longtime proud humble single busy little big small sunny rainy cold lovely beautiful south north east west"
        " southern northern eastern western central greater upper lower work works working study studies studying"
        " university college school one two another every let i'd like introduce goes please fan may could can"
        " wonder back visiting in advance couple retired regular loyal correspondent flat parent parents proud have got"
    )
)
_SELF: Final = _words("i i'm i've we we're we've my our")
_PLACED_OF: Final = _words("out outside native citizen resident city town village county state")
_WHO: Final = _ROLES | {"regular"}
_TAIL: Final = re.compile(rf"(?<!\w)(?:{_CAPITAL.pattern})(?: (?:{_CAPITAL.pattern})){{1,3}}(?=\s*\Z)")
_ASKING: Final = _words(
    "who what where when why which how is are am was were do does did can could will would should may might have has"
    " what's when's where's how's who's isn't aren't don't doesn't can't couldn't won't"
)
_BEGUN: Final = re.compile(r"\s([A-Z][a-z']+|I)\b")
_LITTLE: Final = _words("the a an sunny rainy cold lovely beautiful old good dear great new all us everyone of")
_NO_NAMES: Final = _words(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june july august"
    " september october november december christmas easter i ok"
)
# Somebody who was born, lives and works somewhere tells of himself; who buys, sends and collects tells of what he asks.
_DOING: Final = re.compile(
    r"\b(?:ship|deliver|post(?:ed|ing|age)?\b|send|sent\b|arriv|receiv|collect|pick|bought|buy|order|paid|pay"
    r"|return|travel"
    r"|need|want|find|\btell|show|book|\bget\b|help|look|give|suggest|what|how\b|\bwill\b|would|\bcan\b|please|time\b"
    r"|cash|money|atm\b|meal|withdr|condo|shop(?:ped|ping)\b|fly|flying|visit|parcel|package|courier|customs"
    r"|track|stock|stores?\b|branch|warehouse|depot|address|available"
    r"|refund|exchang|currency|pounds|rates?\b|app\b|going|plan|sign(?:ed)? in|log(?:ged)? in|site|support"
    r"|language|translat|say|made|vacation|holiday|overseas|abroad|trip\b|visa|flight|hotel|transfer|item"
    r"|product|charge|card|bank|tax|duty|import|stuck|lost|left|(?:the|your|this|that) shop\b)",
    re.I,
)
_HERE: Final = re.compile(
    r"\b(?:ship\w*|deliver\w*|post\w*|mail\w*|send\w*|courier|sell|stock)\b[^.?!\n]{0,40}"
    r"\b(?:here|there|over|to us|my (?:area|city|town|country|region|place|state|door))\b"
    r"|\b(?:do|can|could|will|would) you (?:even |also |still )?(?:ship|deliver|post|send)(?: abroad| internationally"
    r"| overseas| that far)?\W*\Z"
    r"|\b(?:from|up|down|over|out|round|around|near) here\b|\b(?:here|in my (?:area|city|town|country|region"
    r"|state))\W*\Z"
    r"|\b(?:near me|nearest|closest|countr(?:y|ies)|regions?)\b"
    r"|\b(?:customs|import|pay) (?:dut(?:y|ies)|fees?|tax(?:es)?)\b|\bdut(?:y|ies) to pay\b"
    r"|\bhow much (?:is|are|does|do|would) (?:the )?(?:shipping|delivery|postage)\b"
    r"|(?:\A|[.!?,;]\s)\W*(?:(?:but|so|and) )?(?:can|may|could) (?:i|we) (?:still |also )?"
    r"(?:order|buy|get|use|have|apply|open|shop|register|sign up|join|pay)\b[^.?!]{0,25}\W*\Z",
    re.I,
)
# Who writes in a hurry ends no sentence before the last one: "it broke I'm Tom", "it broke Regards, Tom".
_CLAUSE: Final = re.compile(
    r"[.!?;:,\n()\u2014\u2013\u2026\"]+|\s[-~*]+\s|\s(?://|[/~-](?=[A-Z]))\s?|^[-~*]+\s|(?=\s(?:and|but|so|because)\s)"
    r"|(?=\s(?:[A-Z][a-z']+|I (?:live|come|write|am|work|run))\b)",
    re.M,
)
_TOKEN: Final = re.compile(r"<[A-Z]+_\d+>|[^\W\d_][\w'-]*|[\w<>]+|[^\w\s]")
_ADJUNCT: Final = re.compile(
    r"\b(?:(?:speaking|writing|asking|talking) )?(?:as|being)\s+(?:an?|your|one|some(?:body|one)|people)\b"
    r"|\b(?:over |up |down |out )?here in\s",
    re.I,
)
_LEAD: Final = re.compile(
    r"\s*\b(?:from|in|near|around|of|(?<=moved )to|(?<=moved here )to)\s+"
    r"(?:(?:the|sunny|rainy|old|north|south|east|west)\s+)?\Z",
    re.I,
)
_YOURS: Final = _words("in from based located are live near is ship")
_GOVERNING: Final = _words(
    "think thinks thought that if when because since says said say told tell know knows mean means assume guess"
    " suppose hope"
    " wish believe believes notice as than what how why where who while though although before after until once"
    " or whether"
    " address house flat place city town country"
)
_TELLING: Final = (
    _WRITER
    | _ROLES
    | _CLOSERS
    | _OPENERS
    | _words("it's that's moved grew raised coming retired married question message")
)
_IF: Final = _words("if although though unless when whenever while not because since than")
_LEFT: Final = re.compile(r"^\W*(?:and|but|so)\s+(?=\w)|^[\s,.;:!)\u2014\u2013-]+", re.I)

Kind = Literal["introducing", "little", "asking"]


@dataclass(frozen=True, slots=True)
class _Clause:
    """A clause with what ends it; ``names`` and ``places`` are where these stand in the message."""

    start: int
    stop: int
    end: int
    mark: str
    words: tuple[str, ...]
    kind: Kind
    names: tuple[Span, ...]
    places: tuple[Span, ...]

    @property
    def named(self) -> bool:
        """Return whether it names a person, or says a faith."""
        return bool(self.names)


def introduced(text: str) -> str:
    """Return an English message without what introduces who writes.

    A place stays where the message asks about it, also as *here* or *to us*.

    >>> introduced("Hello, Priya Nair here. I'm from Leeds and my lamp is broken")
    'my lamp is broken'
    >>> introduced("I run a bakery in Leeds. Do you ship to Lagos?")
    'I run a bakery. Do you ship to Lagos?'
    """
    plain = text.translate(_MARKS)
    left = _without_writer(plain)
    return left if left != plain else text


def _without_writer(text: str) -> str:
    clauses = _clauses(text)
    if any(text[start] != "<" for one in clauses for start, _ in one.names):
        text = _called_alike(text, clauses)
        clauses = _clauses(text)
    if not any(one.names or one.places for one in clauses):
        return text
    gone = _runs(clauses)
    left = _without(text, gone)
    if _HERE.search(left) and any(one.places for one in clauses):
        # The place is where something shall be sent; the name may go.
        gone = _runs([one for one in clauses if not one.places])
        return _without(text, gone)
    for number, one in enumerate(clauses):
        if one.places and not any(start <= one.start and one.stop <= end for start, end in gone):
            before = clauses[number - 1] if number else one
            # "Where I live, in Leeds, …": the place belongs to what is told before.
            aside = (
                one.kind == "little"
                and before.mark.strip() == ","
                and not _SELF.isdisjoint(before.words)
                and not _DOING.search(text, before.start, one.stop)
            )
            gone += _placing(text, one, about=before.words if aside else one.words)
    return _without(text, gone)


def _clauses(text: str) -> list[_Clause]:
    found: list[_Clause] = []
    at = 0
    ends = [*_CLAUSE.finditer(text)]
    for number in range(len(ends) + 1):
        stop, end, mark = (
            (ends[number].start(), ends[number].end(), ends[number][0])
            if number < len(ends)
            else (len(text), len(text), "\n")
        )
        if stop == end and _governs(text, at, stop):
            continue
        if text[at:stop].strip():
            field = found[-1].words if found and found[-1].mark.strip() == ":" else ()
            found.append(_clause(text, at, stop, end, mark, field))
        elif found and at == found[-1].end:
            found[-1] = replace(found[-1], end=end, mark=found[-1].mark + mark)
        at = end
    return [_naming(text, found, number) if one.kind == "asking" else one for number, one in enumerate(found)]


def _naming(text: str, clauses: Sequence[_Clause], number: int) -> _Clause:
    """Return a clause as one that names somebody, where it ends in two to four words that can be nothing else.

    That is alone behind *I,* and *name:*, and where who it is goes on: *Nguyen Anh (a loyal customer)*.
    """
    one = clauses[number]
    before = clauses[number - 1] if number else None
    after = clauses[number + 1] if number + 1 < len(clauses) else None
    called = before is not None and (
        before.words[-1] in ("i", "me") or (before.mark.strip() == ":" and not _NAMING.isdisjoint(before.words))
    )
    told = (
        after is not None
        and not _WHO.union(_OPENERS).isdisjoint(after.words)
        and all(word in _PLAIN or word.isdigit() for word in after.words)
    )
    # A line of its own below the rest is a signature.
    lined = before is not None and "\n" in before.mark and "\n" in one.mark
    if one.names or one.places or not (called or told or lined):
        return one
    tail = _TAIL.search(text, one.start, one.stop)
    if tail is None or not NOT_NAMES.union(_PLAIN).isdisjoint(tail[0].lower().split()):
        return one
    alone = not text[one.start : tail.start()].strip()
    if alone or (told and "(" in one.mark):
        return replace(one, kind="introducing" if alone else one.kind, names=(tail.span(),))
    return one


def _governs(text: str, start: int, stop: int) -> bool:
    """Return whether a sentence goes on here, though a capital follows: *the app thinks* I am here."""
    words = text[start:stop].rsplit(None, 1)
    begun = _BEGUN.match(text, stop)
    if not words or begun is None:
        return bool(words) and words[-1].lower() in _GOVERNING
    return words[-1].lower() in _GOVERNING or words[-1][0].isupper() or begun[1].lower() not in _PLAIN - _DIRECTIONS


def _clause(text: str, start: int, stop: int, end: int, mark: str, field: Sequence[str] = ()) -> _Clause:
    """Return what a clause is; ``field`` are the words before a colon before it."""
    found = [*_TOKEN.finditer(text, start, stop)]
    words = [match[0].lower() for match in found]
    names: list[Span] = []
    places: list[Span] = []
    content = False
    run: Literal["", "name", "place"] = ""
    for number, match in enumerate(found):
        token, low = match[0], words[number]
        before = words[number - 1] if number else ""
        bare = low.removesuffix("'s")
        capital = bool(_CAPITAL.fullmatch(token)) and bare not in _NO_NAMES
        if token.startswith("<NAME_"):
            names.append(match.span())
            run = "name"
        elif (
            bare in PLACES
            and (capital or bare not in AMBIGUOUS_PLACES)
            and (bare not in DEMONYMS or _says_what(before, words[number + 1 :]))
        ):
            first = number
            while first and words[first - 1] in _DIRECTIONS and found[first - 1][0][0].isupper():
                first -= 1
            places.append((found[first].start(), match.end()))
            run = "place"
        elif capital and run == "place" and text[match.start() - 1] in " -":
            places[-1] = (places[-1][0], match.end())
        elif capital and (_placed(found, number) or (not number and len(field) < 4 and not _FIELDS.isdisjoint(field))):
            places.append(match.span())
            run = "place"
        elif capital and low not in _PLAIN and (run == "name" or _is_name(found, number)):
            names.append(match.span())
            run = "name"
        elif run == "name" and low in _PARTICLES and _goes_on(found, number):
            names.append(match.span())
        elif low in _FAITHS:
            names.append(match.span())
            run = ""
        elif low in _PLAIN or (low.isdigit() and len(low) < 5):
            run = ""
        elif token not in "'-&" and (token.isascii() or token.isalnum()) and not (low == "s" and before == "'"):
            content, run = True, ""
    past = not {"was", "were", "lived"}.isdisjoint(words) and {"born", "raised", "we've", "i've", "have"}.isdisjoint(
        words
    )
    kind: Kind = "asking"
    if content and places and words[0] in _OPENERS | _CLOSERS and "from" in words and len(words) < 8:
        # "Hello from windy Leeds"
        content = bool(_DOING.search(text, start, stop))
    if not content and not past and words:
        alone = _LITTLE.union(_CLOSERS, _OPENERS).issuperset(words)
        about = not _WRITER.union(_NAMING, _CLOSERS).isdisjoint(words) or words[0] in _OPENERS
        if "?" in mark or words[0] in _ASKING or _asks_you(words):
            pass
        elif (names or places) and (about or not places):
            kind = "introducing"
        elif alone or names or places or about or not _FIELDS.isdisjoint(words):
            kind = "little"
    return _Clause(start, stop, end, mark, tuple(words), kind, _joined(text, names), _joined(text, places))


def _says_what(before: str, after: Sequence[str]) -> bool:
    """Return whether *Irish* says what somebody is: not what language, or whose beer."""
    whole = before in ("i'm", "am", "we're", "are", "being") and (not after or after[0] in ("and", "but", "by", "here"))
    return whole or not _ROLES.isdisjoint(after[:1]) or after[:1] == ["here"]


def _placed(found: Sequence[re.Match[str]], at: int) -> bool:
    """Return whether a word with a capital stands where a place does: behind *from* and *in*, also as *the Isle*."""
    back = [match[0].lower() for match in found[max(0, at - 3) : at]]
    while back and (back[-1] in _LITTLE or back[-1] in _DIRECTIONS):
        back.pop()
    after = found[at + 1][0].lower() if at + 1 < len(found) else ""
    if after in ("resident", "native", "citizen", "local", "correspondent"):
        return True
    if after in ("customers", "customer", "shoppers", "fans"):
        return back[-1:] == ["your"]
    if back[-1:] == ["to"]:
        return not {"moved", "moving", "relocated", "back", "returned"}.isdisjoint(back[:-1])
    # "Hello from windy Leeds", "a native of Leeds"
    warm = len(back) > 1 and back[-2] == "from" and found[0][0].lower() in _OPENERS | _CLOSERS
    of = at > 1 and found[at - 1][0] == "of" and found[at - 2][0].lower() in _PLACED_OF
    return of or (bool(back) and (back[-1] in _FROM or warm))


def _is_name(found: Sequence[re.Match[str]], at: int) -> bool:
    """Return whether a word with a capital is a person's name: a known one, or one that stands where a name does."""
    parts = found[at][0].lower().split("-")
    if (parts[0] in GIVEN and parts[0] not in AMBIGUOUS) or (len(parts) > 1 and not GIVEN.isdisjoint(parts)):
        return True
    if parts[0] in NOT_NAMES:
        return False
    before = found[at - 1][0].lower() if at else ""
    if before in _CALLING or before in _CLOSERS:
        return True
    last = at
    while last + 1 < len(found) and _goes_on(found, last):
        last += 1
    behalf = before == "of" and at > 1 and found[at - 2][0].lower() == "behalf"
    if last > at and (behalf or before not in _OF) and _among_plain(found, at, last):
        return True
    if last > at and not at and found[-1][0].lower() in ("here", "speaking"):
        # "Tran Thi Lan from the shop here".
        return True
    if last + 1 < len(found):
        # "Tran Thi Lan here", "Thanks Tom, speaking".
        return not at and found[last + 1][0].lower() in _PRESENT
    # Two or three words with capitals, and nothing else to the end.
    return not at and 1 < len(found) < 4 and not found[at].string[found[-1].end() :].strip(" .")


def _goes_on(found: Sequence[re.Match[str]], at: int) -> bool:
    """Return whether a word that may be of a name follows, also behind *de la*."""
    while at + 1 < len(found) and found[at + 1][0].lower() in _PARTICLES and found[at + 1][0].islower():
        at += 1
    return at + 1 < len(found) and bool(_CAPITAL.fullmatch(found[at + 1][0])) and found[at + 1][0].lower() not in _PLAIN


def _among_plain(found: Sequence[re.Match[str]], first: int, last: int) -> bool:
    """Return whether several words with capitals stand where nothing but a name does.

    That is behind words such as *under* and *reply to*, and where the clause has none but words of the closed class.
    """
    before = [one[0].lower() for one in found[max(0, first - 2) : first]]
    if any(one[0].lower() in NOT_NAMES for one in found[first : last + 1]):
        return False
    if before and (
        before[-1] in _UNDER
        or before[-1] in _RELATED
        or before[0] == "behalf"
        or (before[-1] in ("to", "with") and before[0] in _ANSWERING)
    ):
        return True
    if last + 1 < len(found) and found[last + 1][0].lower() in _SAYING:
        return True
    others = [one[0].lower() for one in (*found[:first], *found[last + 1 :]) if one[0] not in "'-&@#*"]
    return _PLAIN.issuperset(others) and not _SPEAKER.isdisjoint(others)


def _joined(text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return the spans of words, one for each name that has several."""
    found: list[Span] = []
    for start, stop in spans:
        if found and text[found[-1][1] : start].strip(" -") == "":
            found[-1] = (found[-1][0], stop)
        else:
            found.append((start, stop))
    return tuple(found)


def _asks_you(words: Sequence[str]) -> bool:
    """Return whether a clause says of whom it speaks to what others say of themselves: *you are in Leeds*."""
    return any(one == "you" and other in _YOURS for one, other in pairwise(words))


def _called_alike(text: str, clauses: Sequence[_Clause]) -> str:
    """Return a text whose names of persons, but for faiths and lone first names, are one placeholder."""
    for one in reversed(clauses):
        for start, stop in reversed(one.names):
            if text[start].isupper() and " " in text[start:stop]:
                text = f"{text[:start]}<NAME_1>{text[stop:]}"
    return text


def _runs(clauses: Sequence[_Clause]) -> list[Span]:
    """Return the spans of neighbouring clauses of a sentence that introduce somebody."""
    found: list[Span] = []
    run: list[_Clause] = []
    for number, one in enumerate([*clauses, None]):
        if one is not None and one.kind != "asking":
            run.append(one)
            if not _ends(one.mark) or _goes_with(clauses, number):
                continue
        told = {word for part in run for word in part.words}
        if any(_introduces(part, clauses) for part in run) or (
            len(told) < 4 and not _FIELDS.isdisjoint(told) and any(part.places for part in run)
        ):
            found.append((run[0].start, run[-1].end))
        run = []
    return found


def _ends(mark: str) -> bool:
    return bool(set(mark) & set(".!?\n"))


def _goes_with(clauses: Sequence[_Clause], number: int) -> bool:
    """Return whether a closing such as *Thanks!* has the name that follows it."""
    one = clauses[number]
    return bool(set(one.words) & _CLOSERS) and number == len(clauses) - 2 and clauses[-1].named


def _introduces(one: _Clause, clauses: Sequence[_Clause]) -> bool:
    """Return whether a clause introduces somebody; a name alone does at the ends of a message only."""
    if one.kind != "introducing":
        return False
    alone = not (set(one.words) & (_PLAIN - _ROLES))
    if not alone:
        return True
    if one is clauses[-1]:
        last = clauses[-2] if len(clauses) > 1 else None
        signed = last is None or not set(last.mark).isdisjoint(".!?\n-\u2014\u2013(")
        return signed or not _CLOSERS.isdisjoint(last.words if last else ())
    before = clauses[: clauses.index(one)]
    return (
        all(other.kind == "little" for other in before)
        and not one.mark.strip().startswith((":", "?"))
        and len(one.words) < 4
    )


def _placing(text: str, one: _Clause, about: Sequence[str]) -> list[Span]:
    """Return where a clause that says something besides names the place of who writes; ``about`` tell of whom."""
    found: list[Span] = []
    telling = "?" not in one.mark and one.words[0] not in _ASKING
    for start, stop in one.places:
        adjunct = next((m for m in _ADJUNCT.finditer(text, one.start, start) if m.end() <= start), None)
        if adjunct is not None and one.words[0] not in _ASKING:
            found.append((adjunct.start(), one.stop if "," in one.mark or ":" in one.mark else stop))
            continue
        lead = _LEAD.search(text, one.start, start)
        if (
            telling
            and not _TELLING.isdisjoint(about)
            and lead
            and _IF.isdisjoint(one.words)
            and not _DOING.search(text, one.start, one.stop)
        ):
            found.append((lead.start(), stop))
    return found


def _without(text: str, gone: Sequence[Span]) -> str:
    """Return a text without these spans, and without the marks and joining words that they leave behind."""
    if not gone:
        return text
    parts, at = [], 0
    for start, end in sorted(gone):
        if text[start - 1 : start] == "(" and ")" in text[start:end]:
            start -= 1
        if start >= at:
            parts.append(text[at:start])
        at = max(at, end)
    parts.append(text[at:])
    kept = [parts[0], *(_LEFT.sub("", part) if _opens(parts[i]) else part for i, part in enumerate(parts[1:]))]
    left = ""
    for part in kept:
        # "Where I live, in Leeds, people talk" had two commas.
        part = part[1:] if left.rstrip()[-1:] == "," == part[:1] else part
        left += part if not left or left[-1].isspace() or part[:1].isspace() or not part[:1].isalnum() else f" {part}"
    return left.strip().removesuffix("(").rstrip()


def _opens(before: str) -> bool:
    """Return whether what follows begins a sentence."""
    return not before.strip() or before.rstrip()[-1] in ".!?\n"
