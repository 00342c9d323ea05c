"""Mentions: where a message names one of several things, in whatever form of the word, and which it means.

"Stolen, not lost" names two and means one; "is it lost or stolen" means neither. Nothing here knows what the things
are: choices of a form, days, and the phrases that begin a form are told apart in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from replydesk.data.script import simplified
from replydesk.dialog.cues import plain

__all__ = [
    "Mention",
    "clauses_of",
    "is_denied",
    "is_participle",
    "meant_among",
    "names_in",
    "one_meant",
    "root",
    "statements_of",
]

# Verbs of the customers of a desk whose forms no ending tells.
_IRREGULAR: Final = {
    form: base
    for base, *forms in (
        line.split()
        for line in (
            "lose lost", "steal stole stolen", "break broke broken", "buy bought", "bring brought", "send sent",
            "pay paid", "forget forgot forgotten", "tear tore torn", "wear wore worn", "get got gotten",
            "take took taken", "give gave given", "come came", "go went gone", "find found", "keep kept", "make made",
            "sell sold", "tell told", "fall fell fallen", "freeze froze frozen", "bend bent", "burn burnt", "run ran",
            "write wrote written", "choose chose chosen", "drive drove driven", "speak spoke spoken",
            "shake shook shaken", "grow grew grown", "know knew known", "throw threw thrown", "blow blew blown",
            "fly flew flown", "draw drew drawn", "hold held", "stand stood", "meet met", "spend spent", "build built",
            "lend lent", "mean meant", "catch caught", "begin began begun", "hide hid hidden", "bite bit bitten",
            "eat ate eaten", "sink sank sunk", "spill spilt", "spoil spoilt", "misspell misspelt", "feel felt",
        )
    )
    for form in forms
}  # fmt: skip
_SMALL: Final = frozenset(
    """
    a an the my our your his her their this that it i me we us you he she they them to of for in on at by with from and
    was were is are am be been being has have had do does did just really actually even very so
    """.split()  # noqa: SIM905
)
_WORD: Final = re.compile(r"[a-z0-9]+(?:'[a-z]+)?", re.IGNORECASE)
_NOT_SAID: Final = re.compile(r"\b(?:do|does|did|is|was|were|are|has|have|had)n'?t\b", re.IGNORECASE)
_CLAUSE_END: Final = re.compile(
    r"[,;:.!?。…]+(?:\s+|(?<=[。…])|(?=[\u3400-\u9fff])|\Z)|(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])"
    r"|\s+(?:-+|–|—)\s+|\s+but\s+",
    re.IGNORECASE,
)
# Between the word that denies and what it denies stand only words that tell nothing: "it wasn't on the".
_EMPTY: Final = (
    rf"(?:(?:{'|'.join(sorted(_SMALL, key=len, reverse=True))}|because|either|any|anything|like|in fact)\s+)"
)
_DENIED_EN: Final = re.compile(
    rf"(?:\b(?:not|never|neither|nor|isnt|wasnt|instead of|rather than|\w+n't|didnt|havent|hasnt|dont)"
    rf"(?<!\bcan't)(?<!\bcouldn't)(?<!\bwon't)(?<!\bwouldn't)\s+{_EMPTY}{{0,4}}"
    r"|\b(?:do not|don't|dont|did not|didn't|didnt|do n't)\s+(?:\w+\s+)?(?:want|mean|think|say|need|like|choose|pick)"
    rf"(?:ed)?\s+(?:\w+\s+)?{_EMPTY}{{0,4}})\Z",
    re.IGNORECASE,
)
_INVITES: Final = re.compile(r"\bwhy (?:not|don't|dont)\b|n't (?:you|we)\s+\Z", re.IGNORECASE)
_DENIED_BARE: Final = re.compile(r"\bno\s+\Z", re.IGNORECASE)
_DENIED_ZH: Final = re.compile(
    r"(?:(?<![是要用能会])不(?!但|仅|光|只|过|好意思)|没有?|并非|非|别|无|未)"
    r"(?:是|要|用|想要?|需要|选|说|打算|因为|我的?|你们?的?|被|在|把|给|帮我?|那张|这张|张|那个|这个|个|是说)*\Z"
)
_NOR: Final = re.compile(r"\A\s*(?:or|nor|and|也不是|也没|和|或者?|还是|、)\s*", re.IGNORECASE)
_DENIED_AFTER: Final = re.compile(
    r"\A\s*(?:\w+\s+){0,2}?(?:is|was|has|have|did|does|do|are|were)(?:n't| not)\b|\A[^，。,]{0,2}?[没沒不]",
    re.IGNORECASE,
)
# Whoever does not know whether has not said that it is so.
_SUPPOSED: Final = re.compile(
    r"\b(?:whether|(?:not sure|don't know|dont know|unsure|wonder(?:ing)?) (?:if|it|that))\b|是否|是不是|要不要|能不能",
    re.I,
)
_ASKS_OF: Final = re.compile(
    r"\A\W*(?:and |so |but )?(?:do|does|did|is|are|was|were|has)\s+(?:you|the|it|there|this|that|they|an?)\b"
    r"|\b(?:what|which|why|how|if|difference|means?)\b|\A\W*(?:and |so |but )?(?:when|where|who)\b"
    r"|\b(?:when|where|who)(?:['’]s| (?:do|does|did|is|are|was|can|could|will|should|would|to))\b"
    r"|什么|哪|为什么|为何|怎么|怎样|如何|区别|如果|要是"
    r"|多少|[吗嗎]\W*\Z",
    re.IGNORECASE,
)
_AMENDED: Final = re.compile(
    r"\b(?:no|sorry|wait|actually|rather|correction|i mean|i meant|make (?:that|it))\b"
    r"|不对|错了|哦不|应该是|改成|不不|等等",
    re.IGNORECASE,
)
_GAP: Final = 2
_SHORT_STEM: Final = 4
_FAR: Final = 80
"""So many characters before a mention are read for what denies it."""
_MOST: Final = 40
"""So many mentions are looked at: nobody names more and means one."""
_SO_MUCH: Final = "[很太真好超极全都也是被给]{0,2}(?:特别|非常|十分|完全|有点)?"
_VERB_ENDS: Final = "了过的"
_HAN: Final = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class Mention:
    """Characters ``start`` to ``end`` of a line name a value."""

    value: str
    start: int
    end: int


def root(word: str) -> str:
    """Return what the forms of an English word have in common, which may be no word.

    >>> root("stolen") == root("stealing"), root("cancelled") == root("cancel"), root("lost") == root("last")
    (True, True, False)
    """
    base = _IRREGULAR.get(word, word)
    for end in ("ings", "ing", "ied", "ies", "ed", "es", "s", "y", "e"):
        if base.endswith(end) and len(base) - len(end) >= 3:
            base = base[: -len(end)]
            break
    base = base.removesuffix("e") if len(base) > 3 else base
    return base[:-1] if len(base) > 3 and base[-1] == base[-2] else base


def is_participle(word: str) -> bool:
    """Return whether an English word, as a name has it, says what was done or has happened.

    >>> is_participle("spilled"), is_participle("stolen"), is_participle("late")
    (True, True, False)
    """
    return word in _IRREGULAR or (word.endswith("ed") and len(word) > _SHORT_STEM)


def names_in(line: str, names: Mapping[str, Iterable[str]]) -> list[Mention]:
    """Return where a line names one of the values by one of its ``names``, in whatever form of its words.

    English words may have another ending and a few small ones between them: "charged my card twice" is *charged
    twice*. Of Chinese ones 了, 过 and 的 at the end do not count, and 被人偷 is 被偷.
    What stands inside the longer name of another value is none: a credit card is no card.
    """
    words = [(root(said), *span) for said, span in _words(line)]
    found = [
        Mention(value, start, end)
        for value, called in names.items()
        for name in called
        for start, end in (_han_spans(line, name) if _HAN.search(name) else _word_spans(line, words, name))[:_MOST]
    ]
    return sorted(
        {
            one
            for one in found
            if not any(
                other.start <= one.start and one.end <= other.end and other.end - other.start > one.end - one.start
                for other in found
            )
        },
        key=lambda one: (one.start, one.end),
    )


def meant_among(line: str, mentions: Sequence[Mention], *, asked: bool = False) -> list[Mention]:
    """Return the mentions that a line means: not what it denies, or only asks about; what it puts right, not the wrong.

    Where it was ``asked`` for, a clause that asks something (what, why, if) names nothing.
    """
    mentions = mentions[:_MOST]
    kept = [one for one in mentions if not is_denied(line, one, mentions) and not _supposed(line, one, asked=asked)]
    if len({one.value for one in kept}) > 1:
        # "The credit card isn't lost, the debit card is."
        kept = [one for one in kept if not _denied_behind(line, one, mentions)]
    if len({one.value for one in kept}) > 1:
        ends = [found.end() for found in _AMENDED.finditer(line) if kept[0].end <= found.start() < kept[-1].start]
        kept = [one for one in kept if not ends or one.start >= ends[-1]]
    elif kept and len({one.value for one in mentions}) == 1 and _DENIED_BARE.search(line[: kept[0].start]):
        return []
    return kept


def one_meant(line: str, mentions: Sequence[Mention], *, asked: bool = False) -> str:
    """Return the one value that a line means, '' where it means none, or more than one."""
    values = {one.value for one in meant_among(line, mentions, asked=asked)}
    return values.pop() if len(values) == 1 else ""


def is_denied(line: str, mention: Mention, others: Sequence[Mention] = ()) -> bool:
    """Return whether a line says of what it mentions that it is not so, or not wanted.

    A word that denies belongs to the next of the ``others`` in its clause, or to all that *or* and *nor* join to it.
    """
    clause = _clause_at(line, mention.start)
    before = [one for one in others if clause[0] <= one.start and one.end <= mention.start and one != mention]
    if before:
        last = max(before, key=lambda one: one.end)
        between = line[last.end : mention.start]
        if (joined := _NOR.match(between)) and not between[joined.end() :].strip():
            return is_denied(line, last, others)
        said = between
    else:
        said = line[clause[0] : mention.start]
    said = said[-_FAR:]
    if _HAN.search(line):
        return bool(_DENIED_ZH.search(said)) and not re.search(r"[吗嗎]\W*\Z|[?？]", line[clause[0] : clause[1] + 1])
    return bool(_DENIED_EN.search(said)) and not _INVITES.search(said)


@lru_cache(maxsize=1_000)
def clauses_of(line: str) -> tuple[tuple[int, int], ...]:
    """Return where the clauses of a line begin and end."""
    found, start = [], 0
    for end in _CLAUSE_END.finditer(line):
        found.append((start, end.start()))
        start = end.end()
    return (*found, (start, len(line)))


def statements_of(line: str) -> str:
    """Return a line without the clauses that ask something.

    >>> statements_of("the red one. does the blue one have pockets?"), statements_of("大床房含早餐吗？")
    ('the red one', '')
    """
    told = [
        line[start:end]
        for start, end in clauses_of(line)
        if line[start:end].strip()
        and not _ASKS_OF.search(line[start:end])
        and not line[end:].lstrip(" .!").startswith("?")
    ]
    return ", ".join(told)


def _clause_at(line: str, place: int) -> tuple[int, int]:
    return next(clause for clause in reversed(clauses_of(line)) if clause[0] <= place)


def _denied_behind(line: str, mention: Mention, others: Sequence[Mention]) -> bool:
    clause = _clause_at(line, mention.start)
    if behind := [one for one in others if mention.end <= one.start < clause[1]]:
        following = min(behind, key=lambda one: one.start)
        joined = _NOR.fullmatch(line[mention.end : following.start])
        return joined is not None and _denied_behind(line, following, others)
    return bool(_DENIED_AFTER.match(line[mention.end : clause[1]]))


def _supposed(line: str, mention: Mention, *, asked: bool) -> bool:
    start, end = _clause_at(line, mention.start)
    return bool(_SUPPOSED.search(line[start : mention.start]) or (asked and _ASKS_OF.search(line[start:end])))


def _words(line: str) -> list[tuple[str, tuple[int, int]]]:
    """Return the words of a line with their places; "wasn't" is *not*."""
    return [
        ("not" if _NOT_SAID.fullmatch(found[0]) else found[0].lower().removesuffix("'s"), found.span())
        for found in _WORD.finditer(line)
    ]


def _word_spans(line: str, words: Sequence[tuple[str, int, int]], name: str) -> list[tuple[int, int]]:
    said = [word for word, _ in _words(name)]
    wanted = [root(word) for word in said if word not in _SMALL] or [root(word) for word in said]
    if not wanted:
        return []
    found = []
    for first, (word, start, end) in enumerate(words):
        if word != wanted[0]:
            continue
        place, last, gap = 1, end, 0
        for other, begins, ends in words[first + 1 :]:
            if place == len(wanted) or gap > _GAP or _CLAUSE_END.search(line[last:begins] + " "):
                break
            if other == wanted[place]:
                place, last, gap = place + 1, ends, 0
            else:
                gap += other not in _SMALL
        if place == len(wanted):
            found.append((start, last))
    return found


def _han_spans(line: str, name: str) -> list[tuple[int, int]]:
    bare = simplified(plain(name))
    core = bare.rstrip(_VERB_ENDS) or bare
    # 态度很差 is 态度差, and 餐全洒了 is 餐洒了.
    pattern = f"{re.escape(core[:-1])}{_SO_MUCH}{re.escape(core[-1])}" if len(core) > 1 else re.escape(core)
    if core[0] == "被" and len(core) > 1:
        pattern = f"被[^，。,]{{0,4}}?{re.escape(core[1:])}"
    return [found.span() for found in re.finditer(pattern, line, re.IGNORECASE)]
