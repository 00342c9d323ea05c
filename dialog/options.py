"""Options: which of the quick replies that were offered a message chooses, by number, by label or by its words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from replydesk.data.records import same_question
from replydesk.data.text import tokens
from replydesk.dialog.cues import END, START, is_yes, plain
from replydesk.dialog.state import Offer

__all__ = ["chosen_option", "is_ordinal", "labelled_option"]

# What begins so asks something new: "and the UK", 那运费呢; 那个 points.
_ASKS_ON = re.compile(
    r"\A\W*(?:and|or|also|what about|how about)\b|\A\W*(?:还有|那么|那(?![就个条种一件款]))", re.IGNORECASE
)

_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5,
    "1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5, "last": -1,
    "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "最后": -1,
}  # fmt: skip
_NUMBER_EN = re.compile(
    rf"{START}(?:i (?:mean|meant|choose|want|take|pick) |it['’]?s |yes,? |please )?"
    r"(?:the |option |number |no\.? ?|nr\.? ?|#)*"
    r"(?P<number>\d|first|second|third|fourth|fifth|one|two|three|four|five|1st|2nd|3rd|4th|5th|last)"
    rf"(?: one| option| question| please)*{END}",
    re.IGNORECASE,
)
_NUMBER_ZH = re.compile(
    rf"{START}(?:是|我要|我选|我说的是|我指的是|选|就)*(?:第)?(?P<number>[1-5一二两三四五]|最后)"
    rf"(?:一?[个條条项種种]|号|吧|的|那个|问题)*{END}"
)
# Words that choose nothing by themselves.
_FILLER = frozenset(
    {"the", "a", "an", "one", "my", "i", "mean", "meant", "it", "is", "about", "option", "please", "that", "this"}
    | {"to", "of", "for", "and", "in", "on", "do", "want", "yes", "question"}
    | {"how", "much", "many", "long", "what", "when", "where", "who", "why"}
    | {"can", "does", "will", "you", "are", "have"}
)
_MOST_WORDS = 8
_FILLER_ZH = re.compile(r"[的那个這这是吧就我要想问問选選一関关于於说說指呢啊、,，。.!！?？\s]+")
# A question of these alone asks something, and points at no option that has it, too.
_ASKING_ZH = re.compile(
    r"多久|多少钱?|多长时?间?|几[天个次时点号]|怎么办?|怎样|如何|什么|时候|哪里?|为何|为啥|可以|能|会|到|要|有|不|呀|啊"
)
_HAN = re.compile(r"[\u3400-\u9fff]")


def chosen_option(text: str, options: Sequence[Offer]) -> Offer | None:
    """Return which of the options a message chooses, by number, by label or by words that only one of them has.

    >>> offered = [Offer("Where is my refund?", "Where is my refund?"), Offer("Cancel my order", "Cancel my order")]
    >>> chosen_option("the second one", offered).label, chosen_option("the refund one", offered).label
    ('Cancel my order', 'Where is my refund?')
    """
    if not options:
        return None
    if (labelled := labelled_option(text, options)) is not None:
        return labelled
    for pattern in (_NUMBER_EN, _NUMBER_ZH):
        if found := pattern.search(plain(text)):
            said = found["number"].lower()
            place = _ORDINALS[said] if said in _ORDINALS else int(said)
            if place == -1:
                return options[-1]
            return options[place - 1] if 1 <= place <= len(options) else None
    if len(options) == 1 and is_yes(text):
        return options[0]
    return _by_words(text, options)


def labelled_option(text: str, options: Sequence[Offer]) -> Offer | None:
    """Return the option that a message repeats, as its button sends it."""
    asked = same_question(text)
    return next((one for one in options if asked in (same_question(one.label), same_question(one.value))), None)


def is_ordinal(text: str) -> bool:
    """Return whether a message is nothing but the number of a choice.

    >>> is_ordinal("the fourth one"), is_ordinal("第二个"), is_ordinal("two lamps")
    (True, True, False)
    """
    return bool(_NUMBER_EN.search(plain(text)) or _NUMBER_ZH.search(plain(text)))


def _by_words(text: str, options: Sequence[Offer]) -> Offer | None:
    if _ASKS_ON.search(plain(text)):
        return None
    if _HAN.search(text):
        core = _FILLER_ZH.sub("", plain(text))
        having = [offer for offer in options if core in _FILLER_ZH.sub("", plain(f"{offer.label}\n{offer.value}"))]
        return having[0] if len(_ASKING_ZH.sub("", core)) > 1 and len(having) == 1 else None
    said = {word for word in tokens(text) if word not in _FILLER}
    if not said or len(said) > _MOST_WORDS:
        return None
    having = [offer for offer in options if said <= {*tokens(offer.label), *tokens(offer.value)}]
    return having[0] if len(having) == 1 else None
