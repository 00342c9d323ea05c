"""Days that a message tells a form: which day is meant, as the question looks back or ahead, in ISO 8601."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final, Literal

from replydesk.data.quantities.dates import MONTH
from replydesk.data.quantities.numerals import number_of
from replydesk.dialog.entities import entities_of
from replydesk.dialog.mentions import Mention, meant_among

__all__ = ["Moment", "Tense", "day_in", "tense_of"]

Tense = Literal["past", "future", ""]
"""Whether a question asks about what has been or what will be, '' where it does not tell."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When and where a message is read: what relative days count from, and in which order day and month are written."""

    now: datetime = field(default_factory=lambda: datetime.now().astimezone())
    region: str = "GB"
    language: str = "en"


_PAST: Final = re.compile(
    r"\b(?:did|was|were|happen(?:ed)?|have you|has (?:it|the)|since|bought|lost|ordered|arrived|received|noticed)\b"
    r"|(?:哪|几|什么)[^,，。?？]*[的了过]\W*\Z|发生|下单|[买丢坏收][的了到]",
    re.IGNORECASE,
)
_FUTURE: Final = re.compile(
    r"\b(?:will|shall|should|would|want|like|prefer|wish|can we|may we|suits?|new|change|move|next|from which)\b"
    r"|需要|想|希望|改到|改成|改为|换到|预约|方便|安排|入住|新的?|从哪天",
    re.IGNORECASE,
)
_SHORT: Final = re.compile(
    r"(?<![\d./:£$€¥-])(\d{1,2})([/.-])(\d{1,2})(?![\d/:-]|\.\d|\s?(?:%|[ap]m\b|gb|mb|元|块|点|号|[a-z]*(?:day|month|week|hour)|£|\$|€))",
    re.IGNORECASE,
)
_ORDINAL: Final = re.compile(r"(?<!the )\b(?=\d{1,2}(?:st|nd|rd|th)\b)", re.IGNORECASE)
_ONES: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_TEENS: Final = tuple(f"{one}teenth" for one in ("thir", "four", "fif", "six", "seven", "eigh", "nine"))
_DAYS_IN_WORDS: Final = (
    *_ONES, "tenth", "eleventh", "twelfth", *_TEENS, "twentieth", *(f"twenty {one}" for one in _ONES), "thirtieth",
    "thirty first",
)  # fmt: skip
_ANY_DAY: Final = "|".join(sorted(_DAYS_IN_WORDS, key=len, reverse=True)).replace(" ", "[ -]")
# The twentieth of November, November the third, twentieth November; "the second may be late" is no day.
_SPELLED: Final = re.compile(
    rf"\b(?:the )?(?P<day>{_ANY_DAY})(?: of (?P<of>{MONTH})| (?P<bare>(?!ma[ry]|march)(?:{MONTH})))\b"
    rf"|\b(?:(?P<month>{MONTH}) the|(?P<plain>(?!ma[ry]|march)(?:{MONTH}))) (?P<behind>{_ANY_DAY})\b",
    re.IGNORECASE,
)
_WEEKDAY: Final = re.compile(r"\b(?:mon|tues?|wed|thurs?|fri|sat|sun)\b")
_JUST_NOW: Final = re.compile(
    r"\b(?:just now|a (?:moment|minute|while) ago|(?:\w+ )?minutes? ago|earlier on)\b|刚才|刚刚|分钟(?:之|以)?前", re.I
)
_HOURS: Final = re.compile(
    r"\b(an?|\d{1,2}) hours? ago\b|(\d{1,2}|[一二两三四五六七八九])个?(?:多?小时|钟头)(?:之|以)?前", re.I
)
_EITHER: Final = re.compile(r"(?:\bor\b|或者?|还是)", re.IGNORECASE)
_MISTAKE: Final = re.compile(r"[说写打填弄搞看记]?错了?|不对了?")
_WITHOUT_YEAR: Final = re.compile(rf"月|\b(?:{MONTH})\b", re.IGNORECASE)
_YEAR: Final = re.compile(r"\d{4}|年")
_FULL: Final = len("2026-11-25")


def tense_of(ask: Mapping[str, str]) -> Tense:
    """Return whether a question looks back or ahead, as one of its texts tells.

    >>> tense_of({"en": "On which day did it happen?"}), tense_of({"zh": "请问改到哪一天入住？"})
    ('past', 'future')
    """
    back, ahead = (any(pattern.search(text) for text in ask.values()) for pattern in (_PAST, _FUTURE))
    return "past" if back and not ahead else "future" if ahead and not back else ""


def day_in(line: str, tense: Tense, moment: Moment, *, asked: bool) -> str:
    """Return the day that a line tells, '' where it tells none, or one or another.

    What was not ``asked`` for is told only by a day that agrees with the tense of its question. Of several days the
    first counts: they are the ends of a time. A week or a month is no day.
    """
    days = list(_days(line, tense, moment, asked=asked))
    meant = meant_among(line, days)
    if not asked:
        today = str(moment.now.date())
        meant = [one for one in meant if not (one.value > today if tense == "past" else tense and one.value < today)]
    if not meant:
        return ""
    others = [one for one in meant if one.value != meant[0].value]
    return "" if others and _EITHER.search(line[meant[0].end : others[0].start]) else meant[0].value


def _days(line: str, tense: Tense, moment: Moment, *, asked: bool) -> Iterator[Mention]:
    found = list(_written(line, tense, moment, asked=asked))
    if not found and (spelled := _SPELLED.sub(_in_digits, line)) != line:
        # Its place is that of the whole line: the words are longer than the digits.
        found = [Mention(one.value, 0, len(line)) for one in _written(spelled, tense, moment, asked=asked)]
    if not found and asked:
        found = list(_in_short(line, tense, moment)) or [
            day
            for other in (_ORDINAL.sub("the ", line), _WEEKDAY.sub(lambda day: day[0].capitalize(), line))
            if other != line
            for day in _written(other, tense, moment, asked=asked)
        ]
    if not found and tense != "future" and (asked or tense == "past"):
        found = list(_today(line, moment))
    # "Friday 4 December": the weekday is that of the date, and no day of its own.
    exact = {date.fromisoformat(one.value).weekday() for one in found if _is_exact(line, one)}
    weekday = [one for one in found if not _is_exact(line, one) and date.fromisoformat(one.value).weekday() in exact]
    yield from (one for one in found if one not in weekday)


def _in_digits(spelled: re.Match[str]) -> str:
    day = (spelled["day"] or spelled["behind"]).lower().replace("-", " ")
    month = next(filter(None, spelled.group("of", "bare", "month", "plain")))
    return f"{_DAYS_IN_WORDS.index(day) + 1} {month}"


def _is_exact(line: str, day: Mention) -> bool:
    said = line[day.start : day.end]
    return bool(_WITHOUT_YEAR.search(said) or re.search(r"\d", said))


def _written(line: str, tense: Tense, moment: Moment, *, asked: bool) -> Iterator[Mention]:
    # A day of the past that nobody asked for must not become the next one of its name.
    past = True if tense == "past" else False if tense and asked else None
    # 了 tells of what has been, but in 说错了.
    told = _MISTAKE.sub(lambda found: " " * len(found[0]), line)
    for one in entities_of(told, moment.language, moment.now, region=moment.region, past=past):
        if one.kind != "date" or len(one.value) != _FULL:
            continue
        loose = _WITHOUT_YEAR.search(one.text) and not _YEAR.search(one.text)
        yield Mention(_turned(one.value, tense, moment) if loose else one.value, one.start, one.end)


def _in_short(line: str, tense: Tense, moment: Moment) -> Iterator[Mention]:
    """Yield days of a day and a month in digits: which is which is the custom of the language and the region."""
    for match in _SHORT.finditer(line):
        first, second = int(match[1]), int(match[3])
        month_first = moment.language == "zh" or moment.region in ("US", "CN")
        month, day = (first, second) if month_first else (second, first)
        if month > 12 >= day:
            month, day = day, month
        today = moment.now.date()
        tries = [one for years in (-1, 0, 1) if (one := _day(today.year + years, month, day)) is not None]
        if tries:
            near = min(tries, key=lambda one: abs((one - today).days))
            yield Mention(_turned(str(near), tense, moment), *match.span())


def _today(line: str, moment: Moment) -> Iterator[Mention]:
    for match in _JUST_NOW.finditer(line):
        yield Mention(str(moment.now.date()), *match.span())
    for match in _HOURS.finditer(line):
        said = match[1] or match[2]
        count = 1 if said.lower() in ("a", "an") else int(number_of(said))
        yield Mention(str((moment.now - timedelta(hours=count)).date()), *match.span())


def _turned(value: str, tense: Tense, moment: Moment) -> str:
    """Return a day without a year in the year that the question asks about."""
    day, today = date.fromisoformat(value), moment.now.date()
    step = -1 if tense == "past" and day > today else 1 if tense == "future" and day < today else 0
    other = _day(day.year + step, day.month, day.day)
    return str(other or day)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
