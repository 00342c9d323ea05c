"""Mood by words: how a message sounds, in English and Chinese, and how much it hurries.

Word lists, not a model: they need no data, and every verdict can be read off the words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from replydesk.data.script import simplified

__all__ = ["ANGRY", "Mood", "MoodLabel", "angrier", "mood_of"]

MoodLabel = Literal["negative", "neutral", "positive"]
"""How a message may sound."""

ANGRY: Final = 2
"""Angry messages in a row after which a person takes over; an urgent one counts as two."""

_PRESSING: Final = 0.7

_NEGATIVE = re.compile(
    r"\b(angry|annoy\w*|appalling|awful|bad|broken?|cheat\w*|complain\w*|damaged?|disappoint\w*|disgust\w*|fed up|"
    r"frustrat\w*|furious|garbage|hate|horrible|joke|late|lost|mess|missing|never again|pathetic|ridiculous|rubbish|"
    r"scam\w*|shame\w*|shocking|sick of|stolen|stupid|terrible|unacceptable|upset|useless|waste|worst|wrong|wtf)\b"
    r"|差评|差劲|投诉|垃圾|骗|坑|气死|生气|失望|太慢|烦|无语|离谱|恶心|过分|糟|坏|破|丢|错|漏发|再也不|忍无可忍|什么玩意"
    r"|服了|搞什么|不像话|態度|😡|🤬|😤|👎|💢",
    re.IGNORECASE,
)
_POSITIVE = re.compile(
    r"\b(amazing|appreciate\w*|awesome|brilliant|cheers|excellent|fantastic|glad|good|great|happy|helpful|kind|"
    r"love\w*|lovely|nice|perfect|pleased|quick|super|thank\w*|wonderful)\b"
    r"|谢谢|感谢|多谢|謝|好评|喜欢|满意|不错|太好了|很好|赞|棒|贴心|爱了|开心|😊|😍|❤|👍|🙏|🥰",
    re.IGNORECASE,
)
_URGENT = re.compile(
    r"\b(asap|at once|emergency|hurry|immediately|right now|today|tomorrow|tonight|urgent\w*|now)\b"
    r"|赶紧|马上|立刻|立即|急|今天|明天|尽快|快点|火速|催",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"(?:\b(?:not|never|no|nothing|hardly|\w+n['’]t)\s+(?:\w+\s+)?"
    r"|(?:不|没|沒|別|别)(?:太|是|有|算|够|夠|怎么|那么|着|著)?(?:很|太|特别)?)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mood:
    """How a message sounds. ``score`` is 0..1, how strongly the label holds; ``urgency`` 0..1.

    Where a classifier of sentiment was trained, the label and its probability are those of that one.
    """

    label: MoodLabel
    score: float
    urgency: float


def mood_of(text: str) -> Mood:
    """Return the mood of one message.

    >>> mood_of("This is ridiculous, my parcel is LOST").label, mood_of("太谢谢你们了").label
    ('negative', 'positive')
    """
    good, bad, text = 0, 0, simplified(text)
    for pattern, sign in ((_POSITIVE, 1), (_NEGATIVE, -1)):
        for found in pattern.finditer(text):
            turned = _negated(text, found.start())
            good += (sign > 0) != turned
            bad += (sign < 0) != turned
    # Capitals of a code, such as EDF-SAVE-20, are not shouted.
    capitals = re.findall(r"(?<![\w-])[A-Z]{3,}(?![\w-])", text, re.ASCII)
    loud = len(capitals) >= 3 or text.count("!") + text.count("！") >= 3 or "??" in text or "？？" in text
    bad += loud and bad >= good
    urgency = min(1.0, 0.4 * sum(not _negated(text, found.start()) for found in _URGENT.finditer(text)) + 0.3 * loud)
    if good == bad:
        return Mood("neutral", 1.0 if not good else 0.5, urgency)
    label: Literal["negative", "positive"] = "negative" if bad > good else "positive"
    # Laplace's rule: one word is weak evidence, four in a row are strong.
    return Mood(label, (abs(good - bad) + 1) / (good + bad + 2), urgency)


def angrier(mood: Mood, before: int, above: float) -> int:
    """Return how many messages in a row are angry after one of this mood, where ``before`` it were so many.

    Angry is what is at least ``above`` negative; the urgent count as two. What is not angry ends the row.

    >>> angrier(Mood("negative", 0.8, 0.0), 1, 0.75), angrier(Mood("negative", 0.67, 1.0), 1, 0.75)
    (2, 0)
    """
    if mood.label != "negative" or mood.score < above:
        return 0
    return before + (2 if mood.urgency >= _PRESSING else 1)


def _negated(text: str, end: int) -> bool:
    return bool(_NEGATED.search(text[max(0, end - 24) : end]))
