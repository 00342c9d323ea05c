"""Two questions in one message: where one ends and the next begins, by sentences and the words that join them."""

from __future__ import annotations

import re

from replydesk.data.script import simplified
from replydesk.dialog.compose.evidence import content_words

__all__ = ["asks_something", "parts_of", "quoted", "stands_alone"]

_ENDS = re.compile(r"(?<=[.?!;。？！；])(?:\s+|(?<=[。？！；])|(?<=[?!;])(?=[\u3400-\u9fff]))|\n+")
_JOINS = re.compile(
    r",?\s+(?:and\s+also|also|and\s+then|plus|another (?:thing|question)|and\s+(?=(?:can|could|how|what|when|where|why|"
    r"is|are|do|does|did|will|would|i\s+(?:want|need|would|also))\b))\s*,?\s*"
    r"|[，,]?\s*(?:另外|还有|顺便|此外|再问一下|还想问|另：)\s*[，,:：]?\s*",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"[?？]\s*\Z|\A\W*(?:(?:and|also|then|please|so|but),? )*(?:who|what|when|where|why|which|how|is|are|am|do|does|did"
    r"|can|could|will|would|should|may|have|has|cancel|change|send|tell|give|show|help|explain)\b(?!['’]t)"
    r"|\bi (?:want|need|would like|['’]d like)\b|[吗嗎呢么嘛]\W*\Z"
    r"|怎么|怎样|如何|什么|啥|哪里|哪儿|哪个|多久|多少|几天|几点|为什么|能不能|可不可以|可以|是否|有没有|请|帮我|我要|我想|到哪",
    re.IGNORECASE,
)
# What these mean stands in another part.
_LEANS = re.compile(
    r"\b(?:it|its|that|this|they|them|those|these|one|ones|same)\b|[它这那此]|[他她]们?|一样|同样", re.IGNORECASE
)
_BEGINS = re.compile(
    r"\A(?:(?:and|also|but|then|plus|oh|so)\b[\s,]*|(?:那么?|还有|另外|以及|然后|顺便)[，,\s]*)+", re.IGNORECASE
)
_TELLING = 2
_LETTERS = re.compile(r"\w")
_FEWEST = {"words": 3, "characters": 4}


def parts_of(text: str) -> tuple[str, ...]:
    """Return the parts of a message that may each ask for something; the message alone where it has one.

    A part has three words, or four Chinese characters; what is shorter, such as a greeting, belongs to none.

    >>> parts_of("Hi! Where is my parcel? And can I change the address?")
    ('Where is my parcel?', 'And can I change the address?')
    >>> parts_of("我的快递到哪了？另外怎么改地址")
    ('我的快递到哪了？', '怎么改地址')
    """
    found = [part.strip() for sentence in _ENDS.split(text) if sentence for part in _JOINS.split(sentence)]
    asking = tuple(part for part in found if _asks(part))
    return asking if len(asking) > 1 else (text,)


def asks_something(part: str) -> bool:
    """Return whether a part of a message is written as a question or a request, and tells not only what happened.

    >>> asks_something("Where is my parcel?"), asks_something("I bought a lamp."), asks_something("另外怎么改地址")
    (True, False, True)
    """
    return bool(_QUESTION.search(simplified(part)))


def stands_alone(part: str) -> bool:
    """Return whether a part of a message asks something that can be understood, and answered, without the rest of it.

    >>> stands_alone("Do you repair kettles?"), stands_alone("Can I do it online?"), stands_alone("那怎么开发票")
    (True, False, True)
    """
    bare = _BEGINS.sub("", part)
    return asks_something(bare) and not _LEANS.search(bare) and len(content_words(bare)) >= _TELLING


def quoted(part: str) -> str:
    """Return a part as it is called in a reply, without the word that joined it to the part before.

    >>> quoted("and do you repair kettles?"), quoted("那怎么开发票")
    ('Do you repair kettles?', '怎么开发票')
    """
    bare = _BEGINS.sub("", part)
    return bare[:1].upper() + bare[1:]


def _asks(part: str) -> bool:
    han = len(re.findall(r"[\u4e00-\u9fff]", part))
    words = 0 if han or not _LETTERS.search(part) else len(part.split())
    return han >= _FEWEST["characters"] or words >= _FEWEST["words"]
