"""JSON text of any length, read value by value: none of it is held longer than it takes to read one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import IO, Any

__all__ = ["LIMIT", "JsonText"]

LIMIT = 16 * 1024 * 1024
"""The longest JSON line or element in characters; a longer one is skipped instead of filling the memory."""

_CHUNK = 256 * 1024
_BLANK = re.compile(r"[\s,]*")
_MARK = re.compile(r'["{}\[\],]')
_QUOTED = re.compile(r'(?:[^"\\]++|\\.)*+', re.DOTALL)


class JsonText:
    """A window on JSON text that grows until the value at its beginning is complete."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream, self._text, self._done = stream, "", False
        self._decode = json.JSONDecoder().raw_decode
        self.at = 0
        self.last = ""
        self.stuck = False

    def _more(self) -> None:
        # Doubling keeps the retries on one long value linear in its length.
        chunk = self._stream.read(max(_CHUNK, len(self._text) - self.at))
        self._text, self.at, self._done = self._text[self.at :] + chunk, 0, not chunk

    def peek(self) -> str:
        """Return the next character that is neither blank nor a comma, without passing it; '' at the end."""
        while True:
            blank = _BLANK.match(self._text, self.at)
            self.at = blank.end() if blank else self.at
            if self.at < len(self._text) or self._done:
                return self._text[self.at : self.at + 1]
            self._more()

    def value(self) -> Any:
        """Return the next value and pass it; raise ValueError when it is torn, wrong or far too long."""
        self.peek()
        while True:
            try:
                value, end = self._decode(self._text, self.at)
            except (ValueError, RecursionError) as error:
                if len(self._text) - self.at > LIMIT:
                    raise ValueError(f"it is longer than {LIMIT:,} characters, or wrong") from error
                if self._done:
                    raise ValueError(getattr(error, "msg", "nested too deeply")) from error
            else:
                # A number may go on in the next chunk; a text, list or object cannot.
                if end < len(self._text) or self._done:
                    self.last, self.at = self._text[self.at : end], end
                    return value
            self._more()

    def keys(self) -> Iterator[str]:
        """Yield the keys of the object that begins here; the caller passes each value before the next key."""
        if self.peek() != "{":
            raise ValueError("an object was expected")
        self.at += 1
        while self.peek() != "}":
            key = self.value()
            if self.peek() != ":" or not isinstance(key, str):
                raise ValueError("a key was expected")
            self.at += 1
            yield key

    def skip(self) -> bool:
        """Pass a value that is wrong inside by counting its brackets; return whether its end was found.

        What was looked at is forgotten, so a value of any length can be passed.
        """
        depth, moved = 0, False
        while True:
            mark = _MARK.search(self._text, self.at)
            if mark is None:
                moved, self.at = moved or self.at < len(self._text), len(self._text)
                if not self._grown():
                    return False
                continue
            depth += {"{": 1, "[": 1, "}": -1, "]": -1}.get(mark[0], 0)
            if depth < 0:
                moved, self.at = moved or self.at < mark.start(), mark.start()
                return moved
            moved, self.at = True, mark.end()
            if (mark[0] == '"' and not self._unquoted()) or (depth == 0 and mark[0] in "}],"):
                return mark[0] != '"'

    def _unquoted(self) -> bool:
        while True:
            passed = _QUOTED.match(self._text, self.at)
            self.at = passed.end() if passed else self.at
            if self._text[self.at : self.at + 1] == '"':
                self.at += 1
                return True
            # A backslash at the very end belongs to what comes next.
            if not self._grown():
                return False

    def _grown(self) -> bool:
        self._more()
        return not self._done
