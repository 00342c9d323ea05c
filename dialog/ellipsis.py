"""English follow-ups said in full: what a fragment takes the place of in the question before, and what a pronoun is."""

from __future__ import annotations

import re

from replydesk.dialog.kinds import exchanged

__all__ = ["alternatives_en", "completed_en"]

_END = re.compile(r"[\s?？。.!！]+\Z")
_LEADS_EN = re.compile(
    r"\A\W*(?:(?:ok(?:ay)?|and|so|but|or|great|thanks|thank you|alright|hmm+|no wait|wait|sorry|no(?=,)"
    r"|what about|how about|what if it is"
    r"|then|also|in that case|no,? the|i meant?)\b[\s,.!]*)+",
    re.IGNORECASE,
)
_PREPOSITIONS = "to|in|for|from|by|with|without|on|at|of|after|before|until|within|instead of"
_PHRASE = re.compile(rf"\A(?P<word>{_PREPOSITIONS})\s+(?P<rest>\S.*)\Z", re.IGNORECASE)
_TAKING = (
    "repair|accept|offer|sell|have|ship|take|buy|make|fix|clean|stock|get|cover|include|support|allow|serve|contain"
    "|provide|treat|teach|insure|deliver|bring|book|export|import|add|rent|need"
)
_STOP_EN = (
    r"(?=[\s,]+(?:to|in|for|from|by|with|without|on|at|of|after|before|until|instead|available|arrive[sd]?|arrived"
    r"|weatherproof|vegan|be|been|(?:is|are|was|were|has|have|had|does|do|did|will|would|can|could)(?:n['’]?t)?"
    r"|go(?:es)?|fit(?:s|ted)?|come[s]?|need[s]?|keep[s]?|run[s]?|last[s]?|leave[s]?|start[s]?|close[sd]?|open(?:s|ed)?"
    r"|begin[s]?|finish(?:es)?|end[s]?|happen[s]?|show[sn]?|say[s]?|switch(?:es)?|so|not|when|if|and|or|again|please|back|take[sn]?|cost|work[s]?|anywhere|here"
    rf"|{_TAKING}"
    r"|there|yet|now|may|must|should|i|we|you|today|tomorrow|dishwasher|waterproof|washable|real|made|still)\b|[?.!,]|\s*\Z)"
)
_THING = re.compile(
    rf"\b(?P<determiner>the|my|our|a|an|your|this|these|those|some)\s+(?P<noun>[\w'-]+(?:\s[\w'-]+){{0,3}}?){_STOP_EN}",
    re.IGNORECASE,
)
_LIST = re.compile(
    rf"\b(?:are|is|{_TAKING}|includes|covers|pay with|pay by|reset)\s+"
    rf"(?!possible\b|it\b|there\b)(?P<noun>[\w'-]+(?:\s[\w'-]+)?){_STOP_EN}",
    re.IGNORECASE,
)
# The pool is what is asked about in "Is the pool heated?", whatever its last word is.
_IS_SO = re.compile(
    r"\A(?:is|are|was|were)\s+(?P<determiner>the|my|our|an?|your|this|these|those)\s+"
    r"(?P<noun>[\w'-]+(?:\s[\w'-]+){0,2})\s+[\w'-]+\W*\Z",
    re.IGNORECASE,
)
_HOW_MANY = re.compile(rf"\bhow (?:many|much)\s+(?P<noun>[\w'-]+(?:\s[\w'-]+)??){_STOP_EN}", re.IGNORECASE)
_PRONOUN = re.compile(r"\b(?:it|they|them|he|she|him)\b(?!['’]s (?:possible|true))", re.IGNORECASE)
_ITS = re.compile(r"\b(?:its|their|his)\b", re.IGNORECASE)
_IT_IS = re.compile(r"\b(?:it|he|she)['’]s\b", re.IGNORECASE)
_TAIL_EN = re.compile(r"[\s,]+(?:then|too|as well|instead|please|though)\W*\Z", re.IGNORECASE)
# Such a fragment is no thing that takes another's place.
_NO_THING = re.compile(
    r"\A(?:back|again|later|now|soon|online|here|there|really|why|often|one|two|three|four|five|six|ten|both"
    r"|more|less|\d+)\Z",
    re.IGNORECASE,
)
_VERBAL = re.compile(r"\b(?:pays?|gets?|needs?|costs?|counts?|works?|helps?|wants?|appl(?:y|ies))\b", re.IGNORECASE)
_DETERMINED = re.compile(r"\A(?P<determiner>the|my|our|an?|your|this|these|those|some)\s", re.IGNORECASE)
_ONE = re.compile(r"\bones?\b", re.IGNORECASE)
_CLAUSE = re.compile(
    r"\b(?:is|are|was|were|do|does|did|can|could|will|would|should|may|has|have|had|when|where|why|how|what"
    r"|which|who|if)\b",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"\A\W*(?:(?:please|hi|hello|hey|sorry|excuse me)\W+)*(?:(?:can|could|may|do|would|will) (?:i|we|you)(?: please)?"
    r"|i(?:['’]d| would)? (?:like|want|need) to|how (?:do|can) i|is it possible to|where can i"
    r"|where is|when will|when do i)\s+",
    re.IGNORECASE,
)
# Who or what has, costs or includes what is asked about: "how much storage does basic have".
_HAVING = re.compile(
    r"\b(?:do|does|did|can|will|would)\s+(?:(?:the|my|our|your|an?)\s+)?(?P<noun>[\w'-]+(?:\s[\w'-]+){0,2}?)\s+"
    rf"(?:have|cost|come|last|weigh|hold|run|work|{_TAKING})\b",
    re.IGNORECASE,
)
# A name inside a question, such as a country: what begins a sentence, and I, are none.
_NAMED = re.compile(r"(?<=[a-z,] )(?!I\b)[A-Z][\w-]+(?: [A-Z][\w-]+)*")
# Turkey, the USA.
_PROPER = re.compile(r"(?:[Tt]he )?[A-Z]")


def completed_en(said: str, before: str) -> str:
    """Return an English message completed by the question before it."""
    core = _END.sub("", _ASKING.sub("", before))
    fragment = _END.sub("", _TAIL_EN.sub("", _LEADS_EN.sub("", said))) or _END.sub("", said)
    if not _CLAUSE.search(fragment) and not _PRONOUN.search(fragment):
        phrase = _PHRASE.match(fragment)
        if made := exchanged(fragment, before):
            return made
        if phrase is not None:
            same = re.compile(
                rf"\b{phrase['word']}\s+(?:the |my |an? )?[\w'-]+(?:\s[\w'-]+)??{_STOP_EN}", re.IGNORECASE
            )
            if (found := _last(same, before)) is not None:
                return before[: found.start()] + fragment + before[found.end() :]
            return _before_end(before, fragment)
        if _PROPER.match(fragment) and (named := _last(_NAMED, before)) is not None:
            return before[: named.start()] + fragment + before[named.end() :]
        if (one := _with_noun(fragment, before)) is not None:
            return one
        if (thing := _alike(fragment, before)) is not None and _is_noun(fragment):
            start, end = thing.span("noun")
            noun = re.sub(r"\A(?:the|my|our|an?|your|this|these|those|some)\s+", "", fragment, flags=re.IGNORECASE)
            return f"{before[:start]}{noun}{before[end:]}"
        return f"{said} ({core})"
    thing = _thing(before)
    if thing is None:
        return f"{said} ({core})"
    name = f"{thing['determiner']} {thing['noun']}" if "determiner" in thing.groupdict() else thing["noun"]
    stands = _PRONOUN.sub(name, _ITS.sub(f"{name}'s", _IT_IS.sub(f"{name} is", said)))
    return f"{stands} ({core})"


def alternatives_en(said: str, before: str) -> tuple[str, ...]:
    """Return what else a bare fragment may ask: in the place of a name, or of what has or does something.

    >>> alternatives_en("and pro?", "How much storage does the Free plan have?")
    ('How much storage does the pro plan have?',)
    >>> alternatives_en("and pro?", "how much storage does basic have"), alternatives_en("and why?", "Is it open?")
    (('how much storage does pro have',), ())
    """
    fragment = _END.sub("", _TAIL_EN.sub("", _LEADS_EN.sub("", said)))
    bare = not _CLAUSE.search(fragment) and not _PRONOUN.search(fragment) and not _PHRASE.match(fragment)
    if not fragment or not bare or _DETERMINED.match(fragment) or not _is_noun(fragment):
        return ()
    places = (found.span() if found.re is _NAMED else found.span("noun") for found in _subjects(before))
    made = (f"{before[:start]}{fragment}{before[end:]}" for start, end in places)
    return tuple(dict.fromkeys(one for one in made if one != completed_en(said, before)))


def _subjects(before: str) -> list[re.Match[str]]:
    """Return the last name of a question, and what has or does something in it where that has no name."""
    named = _last(_NAMED, before)
    having = _HAVING.search(before)
    inside = named is not None and having is not None and having.start() <= named.start() < having.end()
    return [found for found in (named, None if inside else having) if found is not None]


def _with_noun(fragment: str, before: str) -> str | None:
    """Return the question about "the blue one": its thing with another attribute, None without a "one"."""
    thing = _thing(before)
    if thing is None or not _ONE.search(fragment):
        return None
    start, end = thing.span("noun")
    noun = thing["noun"].split()
    made = re.sub(r"\A(?:the|an?)\s+", "", _ONE.sub(" ".join(noun[1:] or noun), fragment), flags=re.IGNORECASE)
    return f"{before[:start]}{made}{before[end:]}"


def _thing(before: str) -> re.Match[str] | None:
    return next(iter(_things(before)), None) or _LIST.search(before)


def _things(before: str) -> list[re.Match[str]]:
    """Return the things of a question that have an article, in order."""
    things = list(_THING.finditer(before))
    whole = _IS_SO.match(before)
    return [whole] if whole is not None and len(things) == 1 and things[0].end() >= whole.end("noun") else things


def _alike(fragment: str, before: str) -> re.Match[str] | None:
    """Return the thing of a question that a fragment may replace: the last with its article, else the first."""
    said = _DETERMINED.match(fragment)
    first, bare = _thing(before), _LIST.search(before) or _HOW_MANY.search(before)
    if bare is None or _DETERMINED.match(f"{bare['noun']} "):
        bare = first
    # What has no article takes the place of what has none: theft, not the policy that covers burst pipes.
    if said is None:
        return bare
    one = _article(said)
    same = [found for found in _things(before) if _article(found) == one]
    return same[-1] if same else bare if one in {"a", "some"} else first


def _article(found: re.Match[str]) -> str:
    """Return the article of a thing; an is a."""
    return "a" if found["determiner"].lower() == "an" else found["determiner"].lower()


def _is_noun(fragment: str) -> bool:
    return len(fragment.split()) <= 4 and not _NO_THING.match(fragment) and not _VERBAL.search(fragment)


def _before_end(before: str, fragment: str) -> str:
    found = re.search(r"[?.!\s]*\Z", before)
    assert found is not None
    return f"{before[: found.start()]} {fragment}{found[0]}"


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return max(pattern.finditer(text), key=lambda found: found.start(), default=None)
