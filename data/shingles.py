"""Shingles: the small pieces by which two texts are compared, and the facts that must be the same in both."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from replydesk.data.records import same_text
from replydesk.data.text import HAN, KANA, SHORT_LINK

__all__ = ["LONGEST", "NO_HASH", "facts_of", "mixed", "normal_form", "shingles", "text_hash"]

LONGEST: Final = 20_000
"""The characters of a text that are compared."""

NO_HASH: Final = np.uint32(0xFFFFFFFF)
"""What is no hash of any shingle."""

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint32]

_LATIN, _EAST = 4, 2

_NOISE = re.compile(rf"{SHORT_LINK}|(?<![\w.])@\w+|<([a-z]+)_\d+>")
_NO_WORD = re.compile(r"[\W_]+")
_BLANK_IN_EAST = re.compile(rf"(?<=[{HAN}{KANA}]) (?=[{HAN}{KANA}])")
_NUMBER_WORDS = (
    "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    "|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|half|twice|both"
)
_CHINESE_NUMBER = (
    "[零〇一二两三四五六七八九十百千万半]+个?(?=工作日|星期|礼拜|小时|分钟|天|日|号|月|年|周|元|块|折|倍|件|台|张|次)"
)
# A code has a digit and may be hyphenated; a number may have a decimal part.
_FACT = re.compile(
    rf"(?<![a-z])(?:\b[a-z]++-)?[a-z]*+\d(?:[a-z0-9]|[-.,:/](?=[a-z0-9]*\d))*|\b(?:{_NUMBER_WORDS})\b|{_CHINESE_NUMBER}",
    re.A,
)
# 不 and 没 ask in 能不能 and are mere politeness in 不客气.
_NO_DENIAL = re.compile(r"([能会可要是行有好对])[不没]\1|不客气|不好意思|不错|不用谢|没关系|没问题")
_NEGATION = re.compile(r"\b(?:not|no|never|cannot|none|nothing|neither|nor|without)\b|n['’]t\b|[不没未无]")


def normal_form(text: str) -> str:
    """Return what is compared of a text: NFKC, folded case, words only; no handles and no wordless short links.

    Words are parted by a blank, Chinese characters by nothing. A text without a word stays as it is.

    >>> normal_form("您好！请问，ORDER 12 到了吗？")
    '您好请问 order 12 到了吗'
    """
    words = _NO_WORD.sub(" ", _plain(text).replace("'", "").replace("’", "")).strip()
    return _BLANK_IN_EAST.sub("", words) or same_text(text)


def facts_of(text: str) -> str:
    """Return what near-duplicates have in common to the letter: numbers, codes, and how often something is denied.

    >>> facts_of("E2: it does not start, returned within 14 days")
    '1 e2 14'
    """
    plain = _plain(text)
    denied = len(_NEGATION.findall(_NO_DENIAL.sub("", plain)))
    return f"{denied} {' '.join(_FACT.findall(plain))}"


def shingles(forms: Sequence[str]) -> tuple[Hashes, Ints]:
    """Return the different shingle hashes of normal forms, ascending within each, and where each form begins.

    A shingle is four characters, or two where one of them is Chinese. No form is without one.
    """
    padded = [f"  {form}  " for form in forms]
    lengths = np.fromiter(map(len, padded), dtype=np.int64, count=len(padded))
    data = "".join(padded).encode("utf-32-le", "surrogatepass")
    chars = np.concatenate([np.frombuffer(data, dtype=np.uint32), np.zeros(_LATIN, np.uint32)])
    owner = np.repeat(np.arange(len(forms), dtype=np.uint64), lengths)
    size = len(owner)
    left = np.repeat(np.cumsum(lengths), lengths) - np.arange(size)
    east = _eastern(chars)
    short = east[:size] | east[1 : size + 1]
    multiplier = np.uint32(0x9E3779B1)
    two = chars[:size] * multiplier + chars[1 : size + 1]
    four = (two * multiplier + chars[2 : size + 2]) * multiplier + chars[3 : size + 3]
    whole = left >= np.where(short, _EAST, _LATIN)
    hashes = np.minimum(mixed(np.where(short, two ^ np.uint32(0x5BD1E995), four)), NO_HASH - np.uint32(1))
    keys = np.unique((owner[whole] << np.uint64(32)) | hashes[whole])
    starts = np.searchsorted(keys, np.arange(len(forms), dtype=np.uint64) << np.uint64(32))
    return keys.astype(np.uint32), starts


def text_hash(text: str) -> int:
    """Return 64 bits that stand for a text in a table, as good as unique."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def mixed(values: Hashes) -> Hashes:
    """Return well-mixed hashes (the finalizer of MurmurHash3)."""
    values = (values ^ (values >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    values = (values ^ (values >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return values ^ (values >> np.uint32(16))


def _plain(text: str) -> str:
    return _NOISE.sub(r" \1 ", unicodedata.normalize("NFKC", text[:LONGEST]).casefold())


def _eastern(chars: Hashes) -> npt.NDArray[np.bool_]:
    kana_or_han = (chars >= 0x3005) & (chars <= 0x9FFF)
    east: npt.NDArray[np.bool_] = kana_or_han | (
        ((chars >= 0xF900) & (chars <= 0xFAFF)) | ((chars >= 0x20000) & (chars <= 0x3FFFF))
    )
    return east
