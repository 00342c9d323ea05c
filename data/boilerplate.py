"""Boilerplate: answers made of nothing but moves that any desk makes, such as "please send us a DM".

An answer is boilerplate only if every sentence of it is such a move. A sentence is one when it makes a known move
*and* has no word beyond a short vocabulary of courtesy and contact, so "Unplug it, and DM us if that fails" stays. In
Chinese, where nothing parts the words, nothing may be left of a sentence after the known phrases are taken out.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from replydesk.data.moves import (
    CHINESE,
    CHINESE_ALONG,
    CHINESE_DETAILS,
    CHINESE_PHRASES,
    ELSEWHERE,
    ENGLISH,
    ENGLISH_ALONG,
    ENGLISH_DETAILS,
    ENGLISH_WORDS,
    PRIVATE,
    REASONS,
)
from replydesk.data.text import HAN

__all__ = ["LINK", "boilerplate"]

LINK: Final = "only a link or a name"

_LONGEST = 400
"""An answer of more characters is taken to say something."""

_LINK = re.compile(r"(?:https?://|www\.)[!-~]+", re.I)
_NAMED = re.compile(r"[@＠#][\w-]+|<NAME_\d+>")
_NAME = r"[A-ZÀ-Ý][\w'-]*"
# What agents of a shared inbox sign with: "^SH", "-Becky", "*TMT", "/VK", "Thanks, Kate".
_SIGNATURE = re.compile(
    rf"(?:(?:[-–—~^*/]|\b(?:[Rr]e?gr?ds|Regards|Thanks|Cheers|TY),)\s?[-–—]?\s?{_NAME}(?: [A-Z]\.?)?"
    r"|[–—-] ?[a-z]+)[\s.]*$"
)
# A last word by itself is the agent's name, unless it is the answer.
_SIGNED = re.compile(
    r"(?!(?i:yes|no|yep|yup|nope|true|false|absolutely|certainly|definitely|correct|indeed|agreed|never|not)\b)[A-Z]\w*"
)
_ALWAYS = re.compile(r"\b24 ?/ ?7\b")
# "1/2" of a message in parts.
_PART = re.compile(r"[\[(]?(?<!\d)[1-9]\s?/\s?[1-9](?!\d)[\])]?")
_SENTENCE = re.compile(r"[.!?:。！？：;；…~～\n|<>]+|\s[-–—]+\s")
_CALLED = re.compile(
    r"\b((?i:hi|hello|hey|hiya|dear|thanks|thank you|sorry|morning|afternoon|evening|day|welcome|great|okay|ok|oh no"
    rf"|worries|problem)(?: there)?),? ({_NAME}(?: {_NAME})?)"
)
_CALLING = re.compile(rf"(?:^|, ?)({_NAME})(?=,|$)")
_HESITATE = re.compile(r"\b(?:do not|don't) hesitate\b")
# What is to be told in private may have any name: "DM us your record locator".
_TOLD_PRIVATELY = re.compile(r"\b(?:dm|direct message|private message|pm)\b")
_THING = re.compile(r"\b(your|the|my) (?:(?!(?:and|or|so|then|to|if|when|from)\b)[a-z'-]+ ){0,2}(?!and\b)[a-z'-]+")
# A figure, a meaning, a refusal.
_TELLS = re.compile(r"\d|\w ?= ?\w|^no\b(?! (?:problem|worries)\b)")
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_CLAUSE = re.compile(r"[,，、\s]+")
_HAN = re.compile(f"[{HAN}]")
_NO_WORD = re.compile(r"[\W_]+")

_ENGLISH = tuple((reason, re.compile(pattern)) for reason, pattern in ENGLISH)
_CHINESE = tuple((reason, re.compile(pattern)) for reason, pattern in CHINESE)
_ALONG = re.compile(ENGLISH_ALONG)
_DETAILS = "asks for details"
_ENGLISH_DETAILS, _CHINESE_DETAILS = re.compile(ENGLISH_DETAILS), re.compile(CHINESE_DETAILS)
_CHINESE_ALONG = re.compile(CHINESE_ALONG)
_KNOWN = re.compile("|".join(sorted(map(re.escape, set(CHINESE_PHRASES)), key=lambda phrase: (-len(phrase), phrase))))


def boilerplate(answer: str) -> str:
    """Return why an answer says nothing by itself, or an empty text when it may say something.

    >>> boilerplate("Hi Ana, sorry about that. Please send us a DM with your order number.")
    'asks to write privately'
    >>> boilerplate("您好，请稍等，正在为您查询。")
    'only asks to wait'
    >>> boilerplate("Hold the button for ten seconds. DM us if that fails.")
    ''
    """
    if len(answer) > _LONGEST:
        return ""
    made: set[str] = set()
    empty = True
    for sentence in _sentences(answer):
        moves = _chinese(sentence) if _HAN.search(sentence) else _english(sentence)
        if moves is None:
            return ""
        empty = False
        made |= moves
    if _DETAILS in made and not made & {PRIVATE, ELSEWHERE}:
        # To ask for an order number may be all that can be said.
        return ""
    return LINK if empty else next((reason for reason in REASONS if reason in made), "")


def _sentences(answer: str) -> list[str]:
    text = unicodedata.normalize("NFKC", answer).replace("’", "'").replace("‘", "'")
    text = _ALWAYS.sub("always", _NAMED.sub(" ", _LINK.sub(" link ", text)))
    lines = (_SIGNATURE.sub("", line.strip()) for line in _PART.sub(" ", text).split("\n"))
    found = [part.strip(" ,()'\"") for line in lines for part in _SENTENCE.split(line)]
    found = [part for part in found if _NO_WORD.sub("", part) not in ("", "link")]
    return found[:-1] if len(found) > 1 and _SIGNED.fullmatch(found[-1]) else found


def _english(sentence: str) -> set[str] | None:
    """Return the moves of a sentence, none for what only goes along; nothing when it says more."""
    plain = _CALLING.sub(_unnamed, _CALLED.sub(_unnamed, sentence)).lower()
    plain = _HESITATE.sub("feel free", " ".join(plain.replace("'s ", " ").split()))
    if asked := _TOLD_PRIVATELY.search(plain):
        plain = plain[: asked.end()] + _THING.sub(r"\1", plain[asked.end() :])
    if _TELLS.search(plain) or not ENGLISH_WORDS.issuperset(_WORD.findall(plain)):
        return None
    moves = {reason for reason, pattern in _ENGLISH if pattern.search(plain)}
    if _ENGLISH_DETAILS.search(plain):
        moves.add(_DETAILS)
    return moves if moves or _ALONG.search(plain) else None


def _unnamed(found: re.Match[str]) -> str:
    """Return a salutation without the name: whatever word stands there that is none of the vocabulary."""
    *before, names = found.groups()
    kept = [name for name in names.split() if name.lower() in ENGLISH_WORDS]
    return " ".join([*before, *kept])


def _chinese(sentence: str) -> set[str] | None:
    plain = sentence.lower()
    if _NO_WORD.sub("", _KNOWN.sub("", plain)):
        return None
    moves: set[str] = set()
    for clause in _CLAUSE.split(plain):
        made = {reason for reason, pattern in _CHINESE if pattern.search(clause)}
        if _CHINESE_DETAILS.search(clause):
            made.add(_DETAILS)
        # "Yes, dear" is made of the same words: a clause that makes no move may be the answer.
        if not made and _HAN.search(clause) and not _CHINESE_ALONG.search(clause):
            return None
        moves |= made
    return moves
