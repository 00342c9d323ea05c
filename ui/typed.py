"""What a customer typed that was masked, as its writer recognises it: the open page keeps it, and nothing stores it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

__all__ = ["hints", "unmasked"]

_MASKED = re.compile(r"<[A-Z]+_\d+>")
_LONG, _SHOWN, _SHOWN_OF_SHORT = 8, 4, 2


def hints(written: str, stored: str) -> dict[str, str]:
    """Return what stands for each placeholder of a stored message, by what was written: its last characters.

    Of an e-mail address it is the first letter and the domain; of what is short, two characters.

    >>> hints("ring 07700 900123 or mei@example.com", "ring <PHONE_1> or <EMAIL_1>")
    {'<PHONE_1>': '•••0123', '<EMAIL_1>': 'm•••@example.com'}
    """
    written, parts = _plain(written), [_plain(part) for part in _MASKED.split(stored)]
    if not (written.startswith(parts[0]) and all(parts[1:-1])):
        # Where two stand side by side nothing says where the one ends.
        return {}
    found, at = {}, len(parts[0])
    for name, (place, part) in zip(_MASKED.findall(stored), enumerate(parts[1:], 2), strict=True):
        # What is masked reaches to where the text goes on as it was written, the last of it to the end.
        end = len(written) - len(part) if place == len(parts) else written.find(part, at + 1)
        if end <= at or not written.startswith(part, end):
            return {}
        found[name] = _hint(written[at:end])
        at = end + len(part)
    return found


def unmasked(text: str, typed: Mapping[str, str] | None = None) -> str:
    """Return a stored text without the names of what was masked in it, which say nothing to a customer.

    >>> unmasked("Call <PHONE_1>"), unmasked("Call <PHONE_1>", {"<PHONE_1>": "•••0123"})
    ('Call •••', 'Call •••0123')
    """
    return _MASKED.sub(lambda found: (typed or {}).get(found[0], "•••"), text)


def _hint(value: str) -> str:
    name, at, domain = value.strip().partition("@")
    if at and name:
        return f"{name[0]}•••@{domain}"
    bare = re.sub(r"[\s-]", "", value)
    return f"•••{bare[-(_SHOWN if len(bare) >= _LONG else _SHOWN_OF_SHORT) :]}"


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
