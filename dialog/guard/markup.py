"""Markup out of texts: a reply is plain text, so tags and Markdown are taken out, whatever a door makes of it."""

from __future__ import annotations

import re
from html import unescape

__all__ = ["neutral"]

_PLACEHOLDER = r"<[A-Z]+_\d{1,4}>"
_DROPPED = re.compile(
    r"<(script|style|iframe|object|svg|math|template|noscript|textarea|title)\b[^>]*>.*?(?:</\1\s*>|\Z)", re.I | re.S
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)|<[!?][^>]*(?:>|\Z)", re.S)
# `<3` and `a < b` are no tags; an open tag at the end of the text is one for a browser.
_TAG = re.compile(rf"(?!{_PLACEHOLDER})</?[A-Za-z][^<>]*(?:>|(?=<)|\Z)")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});?", re.I)
_SCRIPT = re.compile(
    r"\b(?:java|vb|live)\s*script\s*:|\bdata\s*:\s*(?:text|image|application)/[\w.+-]+[;,]\S*"
    r"|\bon[a-z]{3,20}\s*=\s*(?=[\"'\w(])",
    re.I,
)
# What was the address of a link and is no more.
_TORN = re.compile(r"!?\[([^\[\]]*)\]\(?(?=\s|\)|\Z)")
_IMAGE = re.compile(r"!\[([^\[\]]*)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)")
_LINK = re.compile(r"\[([^\[\]]+)\]\((\S+?)(?:\s+\"[^\"]*\")?\)")
_FENCE = re.compile(r"^\s*(?:```|~~~)[\w-]*\s*$", re.M)
_HEADING = re.compile(r"^ {0,3}#{1,6}\s+", re.M)
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=[^\s*])\*(?![\w*])")
_CODE = re.compile(r"`{1,3}([^`\n]+)`{1,3}")
_MARKED = re.compile(r"[<&`*\[#]|__|~~~|script\s*:|data\s*:|\bon[a-z]{3,20}\s*=", re.I)
_ROUNDS = 5


def neutral(text: str) -> str:
    """Return a text without HTML or Markdown: what a reader would see of it. Placeholders such as ``<NAME_1>`` stay.

    Scripts and styles go with what is in them; a link becomes its words and its address; entities are resolved and
    looked at again, until nothing is left to take out. Doing it twice changes nothing.

    >>> neutral("See <b>our</b> [page](https://a.example/x)<script>alert(1)</script>, 2 < 3")
    'See our page (https://a.example/x), 2 < 3'
    """
    if not _MARKED.search(text):
        return text
    before = None
    for _ in range(_ROUNDS):
        if text == before:
            return text
        before, text = text, _taken_out(text)
    # Layers upon layers are no accident: nothing that opens a tag is left.
    return re.sub(rf"(?!{_PLACEHOLDER})<(?=[A-Za-z/!?])", "‹", text) if text != before else text


def _taken_out(text: str) -> str:
    if "&" in text:
        text = _ENTITY.sub(lambda match: unescape(match[0]), text)
    if "<" in text:
        for pattern in (_DROPPED, _COMMENT, _TAG):
            text = pattern.sub("", text)
    text = _SCRIPT.sub("", text)
    text = _IMAGE.sub(r"\1", text)
    text = _LINK.sub(_spelled, text)
    if "](" in text:
        text = _TORN.sub(r"\1", text)
    for pattern in (_FENCE, _HEADING):
        text = pattern.sub("", text)
    for pattern, kept in ((_STRONG, r"\2"), (_EMPHASIS, r"\1"), (_CODE, r"\1")):
        text = pattern.sub(kept, text)
    return text.strip()


def _spelled(match: re.Match[str]) -> str:
    return (
        match[1]
        if match[1] == match[2] or not re.match(r"(?:https?:|www\.|mailto:|tel:|/)", match[2])
        else f"{match[1]} ({match[2]})"
    )
