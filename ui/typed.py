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
    placeholders = _MASKED.findall(stored)
    if not placeholders:
        return {}
    pattern = "(.+?)".join(re.escape(_plain(part)) for part in _MASKED.split(stored))
    found = re.fullmatch(pattern, _plain(written), re.DOTALL)
    return {name: _hint(value) for name, value in zip(placeholders, found.groups(), strict=True)} if found else {}


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
