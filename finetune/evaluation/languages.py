"""Which languages the texts of an evaluation are in, and so which encoder reads them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from replydesk.data.text import language_of

__all__ = ["KNOWN", "Languages", "languages_in", "spaced"]

KNOWN: Final = ("en", "de", "fr", "es", "it", "nl", "pl", "pt", "tr", "ru", "ar", "th")
"""What is told apart beside Chinese, Japanese and Korean: languages that the packaged multilingual encoder reads."""

# Of 1,000 short English messages up to 14 are taken for another language; a tenth is no mistake.
_FOREIGN: Final = 0.1
_PRESENT: Final = 0.05
_ASKED: Final = 2000


@dataclass(frozen=True, slots=True)
class Languages:
    """What texts are in: ``main`` has the most, ``read`` chooses the encoder, ``told`` are told apart in slices."""

    main: str
    read: str
    told: tuple[str, ...] = ("en",)
    notes: tuple[str, ...] = ()


def languages_in(texts: Sequence[str], given: str = "auto") -> Languages:
    """Return the languages of texts, by 2,000 of them; one that is ``given`` decides all but what is told apart.

    English texts are read by the encoder of English, unless a tenth or more of the texts are in other languages: it
    reads none of those, and the encoder of the others reads English, too.

    >>> languages_in(["Wo bleibt mein Paket?", "Ich kann mich nicht anmelden", "Passwort vergessen"]).read
    'de'
    """
    step = max(1, len(texts) // _ASKED)
    counts = Counter(language_of(text, among=KNOWN) for text in texts[::step]) or Counter({"en": 1})
    total = counts.total()
    told = tuple(name for name in KNOWN if counts[name] >= _PRESENT * total) or ("en",)
    if given != "auto":
        return Languages(given, given, told)
    main = counts.most_common(1)[0][0]
    foreign = [(name, count) for name, count in counts.most_common() if name != "en"]
    share = sum(count for _, count in foreign) / total
    if main != "en" or share < _FOREIGN:
        return Languages(main, main, told)
    read = foreign[0][0]
    note = f"{100 * share:.0f} % of the messages are not in English: the encoder of {read} reads all, which knows both."
    return Languages(main, read, told, (note,))


def spaced(language: str) -> bool:
    """Return whether a language parts its words by blanks."""
    return language not in ("zh", "ja", "th")
