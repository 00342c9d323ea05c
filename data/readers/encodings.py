"""In which encoding a text is written: what a byte order mark says, else UTF-8, else what its bytes prove."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from typing import IO, Final

__all__ = ["judge"]

_CHUNK: Final = 1024 * 1024
_EVIDENCE: Final = 64 * 1024
"""How many bytes of lines that are no UTF-8 are weighed."""

_PROOF: Final = 12
"""How many bytes beyond ASCII have to be right UTF-8 before the first wrong one to make the whole text UTF-8."""

_ASCII: Final = bytes(range(128))

# UTF-32 first: its mark begins with that of UTF-16.
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE: Final = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")

# The characters that Chinese customers and agents write most; a tenth of any Chinese text is of these, and next to
# nothing of what another language turns into when it is read as Chinese.
_SIMPLIFIED: Final = (
    "的一是了我不在人有他这个上们来到时大为子中你说生年就那和要出也得里后以会家可下过天去能对小多然于都好看起发当没成"
    "只如事把还用样想开从无面最但现前所同日又行意动方期经长回位分因很给间知什两次使已其此话与请您谢问订单货退款快递收"
    "客服吗呢吧，。？！：；、"
)
_TRADITIONAL: Final = (
    "的一是了我不在人有他這個上們來到時大為子中你說生年就那和要出也得裡後以會家可下過天去能對小多然於都好看起發當沒成"
    "只如事把還用樣想開從無面最但現前所同日又行意動方期經長回位分因很給間知什兩次使已其此話與請您謝問訂單貨退款快遞收"
    "客服嗎呢吧，。？！：；、"
)
_WESTERN: Final = frozenset(
    "ÀÁÂÄÅÆÇÈÉÊËÍÎÏÑÓÔÖØÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüŒœ€£§©®°·½¡¿«»‘’“”–—…• ".encode("cp1252")
)

_LINE: Final = re.compile(rb"[^\n]*[\x80-\xff][^\n]*")
_CHINESE: Final = re.compile(r"[\t\n\r -~\u3000-\u303f\u4e00-\u9fff\uff00-\uffef‘’“”…—·]")
# What one character takes in each encoding; bytes that begin none stand alone.
_GB: Final = re.compile(rb"[\x81-\xfe][0-9][\x81-\xfe][0-9]|[\x81-\xfe][\x40-\x7e\x80-\xfe]|[\x80-\xff]")
_BIG5: Final = re.compile(rb"[\x81-\xfe][\x40-\x7e\xa1-\xfe]|[\x80-\xff]")
_JIS: Final = re.compile(rb"[\x81-\x9f\xe0-\xfc][\x40-\x7e\x80-\xfc]|[\x80-\xff]")
_RUN: Final = re.compile(rb"[\x80-\xff]+")


def judge(stream: IO[bytes]) -> tuple[str, bool]:
    """Return the encoding of a text and whether some of its bytes may be no text in it.

    The whole stream is read: a long English beginning says nothing about Chinese that comes later. GB 18030, Big5,
    Shift-JIS, Windows-1252, and UTF-16 and UTF-32 without a mark are taken only on clear evidence; in doubt it is
    ``utf-8-sig`` with bytes that are no text, since a row that is skipped is better than a row of wrong characters.
    """
    data = stream.read(_CHUNK)
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name, False
    if wide := _wide(data):
        return wide, False
    strict, damaged, sound = codecs.getincrementaldecoder("utf-8")(), False, 0
    while data:
        damaged = damaged or b"\0" in data
        try:
            strict.decode(data)
        except UnicodeDecodeError as error:
            at = max(0, error.start - (len(error.object) - len(data)))
            if sound + _high(data[:at]) >= _PROOF:
                return "utf-8-sig", True
            start = data.rfind(b"\n", 0, at) + 1
            return _eight_bits(b"".join(_evidence(data[start:], stream))) or "utf-8-sig", True
        sound = sound if sound >= _PROOF else sound + _high(data)
        data = stream.read(_CHUNK)
    return "utf-8-sig", damaged


def _high(data: bytes) -> int:
    return len(data.translate(None, _ASCII))


def _evidence(data: bytes, stream: IO[bytes]) -> Iterator[bytes]:
    found = 0
    while data and found < _EVIDENCE:
        # No encoding that is weighed here has a line end inside a character.
        for line in _LINE.finditer(data):
            piece = line[0][:_EVIDENCE]
            found += len(piece) + 1
            yield piece + b"\n"
            if found >= _EVIDENCE:
                return
        data = stream.read(_CHUNK)


def _wide(data: bytes) -> str:
    """Return which UTF-16 or UTF-32 without a mark this is, or ''."""
    if len(data) < 4 or (b"\0" not in data and _is_utf8(data)):
        return ""
    for name in _WIDE:
        width = 4 if "32" in name else 2
        whole = data[: len(data) - len(data) % width]
        try:
            text = codecs.getincrementaldecoder(name)().decode(whole)
        except UnicodeDecodeError:
            continue
        if text and len(_CHINESE.findall(text)) >= 0.9 * len(text) and "\0" not in text:
            ascii_ = sum(map(str.isascii, text))
            common = sum(map(_SIMPLIFIED.__contains__, text)) + sum(map(_TRADITIONAL.__contains__, text))
            if ascii_ + common >= 0.1 * len(text):
                return name
    return ""


def _is_utf8(data: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)
    except UnicodeDecodeError:
        return False
    return True


def _eight_bits(evidence: bytes) -> str:
    # A UTF-8 file with a few bad bytes must not turn into another: most of its high bytes are still good.
    high = _high(evidence)
    bad = sum("\ud800" <= char <= "\udfff" for char in evidence.decode("utf-8", "surrogateescape"))
    if 2 * bad <= high:
        return ""
    weights = {name: weigh(evidence) for name, weigh in _WEIGHTS.items()}
    best = max(weights, key=lambda name: weights[name])
    return best if weights[best] else ""


def _weigh_gb(evidence: bytes) -> float:
    units = _GB.findall(evidence)
    # The first level of GB 2312 with its punctuation: nearly all that is written today.
    good = sum(len(u) == 2 and u[1] > 0xA0 and (u[0] in (0xA1, 0xA3) or 0xB0 <= u[0] <= 0xD7) for u in units)
    common = sum(map(_COMMON_GB.__contains__, units))
    # Traditional characters stand outside that level; as many common ones are no accident.
    return _share(units, len(units) if 4 * common >= len(units) >= 10 else good, common)


def _weigh_big5(evidence: bytes) -> float:
    units = _BIG5.findall(evidence)
    good = sum(len(u) == 2 and 0xA1 <= u[0] <= 0xC6 for u in units)
    # Of Big5's second bytes two fifths are below 0x7f; of GB 2312's none.
    low = sum(len(u) == 2 and u[1] < 0x7F for u in units)
    return _share(units, good, sum(map(_COMMON_BIG5.__contains__, units))) if 10 * low >= len(units) else 0.0


def _weigh_jis(evidence: bytes) -> float:
    units = _JIS.findall(evidence)
    good = sum(len(u) == 2 and (u[0] in (0x81, 0x82, 0x83) or 0x88 <= u[0] <= 0x98) for u in units)
    kana = sum(len(u) == 2 and u[0] == 0x82 and u[1] >= 0x9F for u in units)
    return _share(units, good, kana)


def _share(units: list[bytes], good: int, common: int) -> float:
    few = len(units) < 10
    fits = good >= (1 if few else 0.85) * len(units) and common >= max(2, 0.1 * len(units))
    return good / len(units) if fits else 0.0


def _weigh_western(evidence: bytes) -> float:
    runs = _RUN.findall(evidence)
    alone = sum(len(run) <= 2 and _WESTERN.issuperset(run) for run in runs)
    return alone / len(runs) if alone >= 0.95 * len(runs) else 0.0


_COMMON_GB: Final = frozenset(char.encode("gb18030") for char in _SIMPLIFIED + _TRADITIONAL)
_COMMON_BIG5: Final = frozenset(char.encode("big5") for char in _TRADITIONAL)
_WEIGHTS: Final[dict[str, Callable[[bytes], float]]] = {
    "gb18030": _weigh_gb,
    "cp950": _weigh_big5,
    "cp932": _weigh_jis,
    "cp1252": _weigh_western,
}
