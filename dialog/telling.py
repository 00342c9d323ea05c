"""Telling: what a message tells of a slot, whether that was asked for or shows by itself."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from replydesk.data.quantities.measures import measures
from replydesk.data.quantities.numerals import ENGLISH, HAN_NUMERALS, number_of
from replydesk.dialog.compose.evidence import content_words
from replydesk.dialog.consent import answered
from replydesk.dialog.courtesies import is_wordless
from replydesk.dialog.cues import END, START, is_no, is_refusal, is_thanks, is_yes, plain
from replydesk.dialog.days import Moment, day_in, tense_of
from replydesk.dialog.declared import Slot
from replydesk.dialog.entities import entities_of
from replydesk.dialog.guard import alarm_of
from replydesk.dialog.mentions import Mention, clauses_of, meant_among, names_in, one_meant
from replydesk.dialog.options import chosen_option
from replydesk.dialog.shortnames import done_in, short_names
from replydesk.dialog.state import Offer

__all__ = ["agreed_in", "is_unsure", "mentions_of", "named_in", "value_in", "value_of", "values_in"]

_KIND_PATTERNS: Final[Mapping[str, re.Pattern[str]]] = {
    "order": re.compile(r"(?<![A-Za-z0-9])(?:[A-Za-z]{1,4}-?\d{4,14}|\d{5,20})(?![A-Za-z0-9])"),
    "number": re.compile(r"(?<![\w.])\d+(?:[.,]\d+)?(?![\w])"),
    # E-mail addresses, phone numbers and names are masked before anything reads them.
    "email": re.compile(r"<EMAIL_\d+>|[\w.+-]+@[\w-]+\.[\w.-]+"),
    "phone": re.compile(r"<PHONE_\d+>|\+?\d[\d ()-]{6,18}\d"),
}
_SPELLED: Final = re.compile(rf"(?<![a-z])(?:{ENGLISH})|(?<![第周星期拜{HAN_NUMERALS}])[{HAN_NUMERALS}]+", re.I)
_SHORTEST: Final = 2
_WHAT: Final = re.compile(r"\b(?:what|which|where|who|when|how)\b|什么|哪|谁|多少|怎么|几", re.IGNORECASE)
_UNSURE: Final = re.compile(
    rf"{START}(?:(?:sorry|well|um+|hm+|oh|but|honestly|really|actually|i|i'm|im|to be honest)[\s,.]+)*"
    r"(?:(?:do not|don't|dont|can't|cannot|cant|couldn't)(?: really| honestly)?"
    r" (?:know|remember|recall|say|tell|find it|have (?:it|that|one|any)"
    r"(?: (?:here|with me|at hand|to hand|handy))?)|(?:have )?no (?:idea|clue)|not sure|unsure"
    r"|dunno|forgot|have forgotten|haven't got (?:it|one|any))"
    r"(?:[\s,.]+(?:exactly|really|sorry|that|it|any ?more|right now|at the moment|yet|now|either|mate|tbh))*"
    rf"{END}"
    rf"|{START}(?:(?:不好意思|抱歉|我|真的?|也|实在|其实|有点|都|啊|嗯|呃|具体)[,\s]*)*"
    r"(?:不知道|不记得|记不太?清楚?|记不得|想不起来?|忘了|忘记了?|不太?清楚|不确定|说不好|说不清楚?|不晓得)"
    rf"(?:了|啊|呀|呢|吧|哎|具体|哪个|哪天)*{END}",
    re.IGNORECASE,
)
_DASHES: Final = re.compile(r"\s*[‐‑‒–—−]\s*|(?<=[A-Za-z])\s+-\s*(?=\d)|(?<=[A-Za-z])-\s+(?=\d)")
_SPACED: Final = re.compile(r"(?<=[A-Za-z]) ?(?=\d)")
_LISTS: Final = re.compile(r"\W*(?:,|、|&|\+|\b(?:and|also|plus|then)\b|和|跟|还有|以及|另外)", re.IGNORECASE)
# Names that say nothing where nobody asked for them: "the other day" is no choice.
_COMMON: Final = frozenset(
    """
    other others else none neither all both any yes no one new old same different more less now later today
    其他 其它 别的 没有 都有 可以 不是 不要 需要
    """.split()  # noqa: SIM905
)
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_LATIN: Final = re.compile(r"[A-Za-z0-9][\w' -]*")
_OR: Final = re.compile(r"[/／|、]")
_BESIDE: Final = re.compile(r"[(（][^)）]*[)）]")


def value_of(slot: Slot, text: str, moment: Moment | None = None) -> str:
    """Return the value that a message gives a slot that was asked for, '' where it gives none.

    >>> value_of(Slot("order", {}, "order"), "it is TW-204817"), value_of(Slot("order", {}, "order"), "no idea")
    ('TW-204817', '')
    """
    if slot.kind == "choice":
        return _chosen(slot, text) or named_in(slot, text, asked=True)
    if slot.kind == "yes_no":
        said = {answered(text, ask) for ask in slot.ask.values()} or {answered(text)}
        return {True: "yes", False: "no", None: ""}[next((one for one in said if one is not None), None)]
    if slot.kind == "text":
        return text.strip() if len(text.strip()) >= _SHORTEST and not _says_nothing(slot, text) else ""
    if slot.kind == "date":
        return day_in(plain(text), tense_of(slot.ask), moment or Moment(), asked=True)
    if slot.kind in ("order", "pattern") and (codes := _codes(slot, text)):
        return _listed(codes, plain(text))
    return value_in(slot, text, moment) or _in_other_spelling(slot, text)


def value_in(slot: Slot, text: str, moment: Moment | None = None) -> str:
    """Return what a message that was not asked for it holds for a slot; only kinds that show by themselves can."""
    if slot.kind == "choice":
        return named_in(slot, text)
    return next(values_in(slot, text, moment), "")


def values_in(slot: Slot, text: str, moment: Moment | None = None) -> Iterator[str]:
    """Yield all that a message which was not asked for it holds for a slot, other than choices."""
    line = plain(text)
    if slot.kind == "date":
        if day := day_in(plain(text), tense_of(slot.ask), moment or Moment(), asked=False):
            yield day
    elif slot.kind == "amount":
        yield from (line[one.start : one.end] for one in measures(line) if one.unit.kind == "money")
    elif slot.kind in ("order", "pattern"):
        yield from dict.fromkeys(one.value for one in _codes(slot, text))
    elif slot.kind == "number":
        bare = _without_days(line, moment or Moment())
        yield from (found[0].strip() for found in _KIND_PATTERNS["number"].finditer(bare))
    elif slot.kind in _KIND_PATTERNS:
        yield from (found[0].strip() for found in _KIND_PATTERNS[slot.kind].finditer(line))


def _without_days(line: str, moment: Moment) -> str:
    """Return a line with blanks for its days and times: a room for 5 December is for no five people."""
    for one in entities_of(line, moment.language, moment.now, region=moment.region):
        if one.kind in ("date", "time"):
            line = f"{line[: one.start]}{' ' * (one.end - one.start)}{line[one.end :]}"
    return line


def named_in(slot: Slot, text: str, *, asked: bool = False) -> str:
    """Return the one choice that a message names and means, in whatever language, '' where it is none or several.

    Where it was ``asked`` for, a choice is also named by what tells it from the others: "debit" is the debit card.
    """
    return one_meant(plain(text), mentions_of(slot, text, asked=asked), asked=asked)


def mentions_of(slot: Slot, text: str, *, asked: bool = False) -> list[Mention]:
    """Return where a message names choices, meant or not, in the line of it."""
    names = {value: _names(slot, value, asked=asked) for value in slot.choices}
    short, line = short_names(names) if asked else {}, plain(text)
    found = names_in(line, {value: [*called, *short.get(value, ())] for value, called in names.items()})
    return sorted({*found, *(done_in(line, names) if asked else ())}, key=lambda one: (one.start, one.end))


def agreed_in(slot: Slot, text: str) -> str:
    """Return the yes or no to a question that was not asked yet, in a clause with words of that: "yes, send a SIM"."""
    line = plain(text)
    for clause in (line[start:end] for start, end in clauses_of(line)):
        for ask in slot.ask.values():
            if set(content_words(clause)) & set(content_words(ask)) and (said := answered(clause, ask)) is not None:
                return "yes" if said else "no"
    return ""


def is_unsure(text: str) -> bool:
    """Return whether a message says no more than that the customer does not know.

    >>> is_unsure("no idea, sorry"), is_unsure("真想不起来"), is_unsure("I don't know the street, it is by the church")
    (True, True, False)
    """
    return bool(_UNSURE.search(plain(text)))


def _chosen(slot: Slot, text: str) -> str:
    """Return the value of the choice that a message points at, by its number, its label or its words alone."""
    languages = dict.fromkeys(language for texts in slot.labels.values() for language in texts)
    for named in (slot.choices, *([slot.label(one, language) for one in slot.choices] for language in languages)):
        offers = [Offer(label, label, value) for label, value in zip(named, slot.choices, strict=True)]
        if (option := chosen_option(text, offers)) is not None:
            return option.ticket
    return ""


def _names(slot: Slot, value: str, *, asked: bool) -> list[str]:
    """Return what a choice may be called in a sentence; what is too short or too common only where it was asked for."""
    labels = (value, *slot.labels.get(value, {}).values())
    parts = [part.strip() for label in labels for part in _OR.split(_BESIDE.sub(" ", label)) if part.strip()]
    if asked:
        mixed = [part for part in parts if _HAN.search(part) and _LATIN.search(part)]
        parts += [name.strip() for part in mixed for name in (*_LATIN.findall(part), *re.findall(r"[㐀-鿿]+", part))]
        # An "a" is an article before it is a choice.
        return [part for part in parts if len(part) > 1]
    return [part for part in parts if len(part) > 1 and not part.isdigit() and part.lower() not in _COMMON]


def _codes(slot: Slot, text: str) -> list[Mention]:
    """Return the numbers that a message means: "not TW-204817 but TW-204818" means the second."""
    line = plain(text)
    if slot.kind == "order":
        found = [Mention(one[0].upper(), *one.span()) for one in _KIND_PATTERNS["order"].finditer(line)]
        return meant_among(line, found)
    if slot.pattern is None:
        return []
    # A pattern may ask for capitals and a hyphen, and customers write "inv 204817"; where it says neither, nothing else
    # fits. A value without a digit is written as it is asked for, or any word would do.
    for said in dict.fromkeys((line, _DASHES.sub("-", line), *(_SPACED.sub(join, line) for join in ("-", "", " ")))):
        for cased in dict.fromkeys((said, said.upper(), said.lower())):
            found = [Mention(one[0].strip(), *one.span()) for one in slot.pattern.finditer(cased) if one[0].strip()]
            if found and (cased is line or any(map(str.isdigit, found[0].value))):
                return meant_among(said, found) if len(said) == len(cased) else found
    return []


def _listed(codes: Sequence[Mention], line: str) -> str:
    """Return the first number, with those written alike that a message lists behind it: "TW-204817 and TW-204818"."""
    values = [codes[0].value]
    for before, one in itertools.pairwise(codes):
        if not _LISTS.match(line[before.end :]) or _shape(one.value) != _shape(before.value):
            break
        values.append(one.value)
    return ", ".join(dict.fromkeys(values))


def _shape(value: str) -> str:
    return re.sub(r"[A-Z]", "A", re.sub(r"\d", "0", value))


def _in_other_spelling(slot: Slot, text: str) -> str:
    """Return what an answer holds that would not be looked for in another message: two, 三百, inv 204817."""
    line = plain(text)
    if slot.kind == "pattern" and slot.pattern is not None:
        bare = line.strip(" .,!")
        return next((one for one in (bare.upper(), bare.lower()) if slot.pattern.fullmatch(one)), "")
    if slot.kind not in ("number", "amount"):
        return ""
    digits = list(dict.fromkeys(found[0] for found in re.finditer(r"(?<![\w.,-])\d+(?:[.,]\d+)?(?!\d|[.,-]\d)", line)))
    if digits:
        return digits[0] if len(digits) == 1 else ""
    spelled_out = list(dict.fromkeys(found[0] for found in _SPELLED.finditer(line)))
    return str(number_of(spelled_out[0].lower()).normalize().__format__("f")) if len(spelled_out) == 1 else ""


def _says_nothing(slot: Slot, text: str) -> bool:
    """Return whether a message holds no text for a slot: thanks, an insult, a mere yes or no to what or where."""
    if is_unsure(text) or is_thanks(text) or is_wordless(text):
        return True
    if (alarm := alarm_of(text)) is not None and alarm.kind == "abuse" and 2 * len(alarm.text) >= len(text):
        return True
    return (is_yes(text) or is_no(text) or is_refusal(text)) and any(_WHAT.search(ask) for ask in slot.ask.values())
