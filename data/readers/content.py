"""What a message says, in the shapes in which chat models and help desks write it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from replydesk.data.readers.base import moment
from replydesk.data.text import plain

__all__ = ["label", "said", "when", "without_html"]

_HTML = re.compile(r"</?(?:html|body|p|div|br|table|ul|ol|li|span|a|b|i|strong|em|blockquote)\b[^>]*>", re.I)
_TIMES = ("ts", "timestamp", "time", "created_at", "created", "create_time", "date")


def said(content: object) -> str:
    """Return the text of a message's content, or '' for pictures, files and calls of tools.

    The content is a text, a block such as ``{"type": "text", "text": "Hello"}``, or a list of either. A block's
    text may be an object with a ``value``, as threads of assistants have it.

    >>> said([{"type": "text", "text": "Hello"}, {"type": "image_url", "image_url": {}}, "你好"])
    'Hello\\n你好'
    """
    if isinstance(content, str):
        return content.strip() and content
    if isinstance(content, Mapping):
        text = content.get("text")
        return said(text.get("value") if isinstance(text, Mapping) else text) or said(content.get("parts"))
    blocks = content if isinstance(content, list) else []
    return "\n".join(text for text in map(said, blocks) if text)


def when(record: Mapping[str, Any]) -> datetime | None:
    """Return the first time that a chat or a message tells and that can be read, or None."""
    for name in _TIMES:
        try:
            if found := moment(record.get(name)):
                return found
        except ValueError:
            continue
    return None


def without_html(text: str) -> str:
    """Return the text of what is HTML, and anything else as it is.

    >>> without_html("<p>Caf&eacute;<br>closed</p>"), without_html("size < 5 & > 3")
    ('Café\\nclosed', 'size < 5 & > 3')
    """
    return plain(text) if _HTML.search(text) else text


def label(*values: object) -> str:
    """Return the first value that can be an id or a name, as text; '' when there is none."""
    for value in values:
        if isinstance(value, (str, int, float)) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return ""
