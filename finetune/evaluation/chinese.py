"""The words of reports in Chinese: what a report says in English, a stored one too, is said in Chinese by a catalogue.

A report's document is English, and so are the reasons of a gate and the notes of a run; cards and pages say them in
both languages. The catalogue lies beside this module, in ``chinese.txt``: ``English => 中文`` on a line, with ``{#}``
where a number stands and ``{}`` where a name, a sentence or another line does; in Chinese with its place (``{1}``)
where the order differs.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape, unescape
from importlib.resources import files
from typing import Final

from replydesk.finetune.evaluation.noise import NAMES

__all__ = ["html_in_chinese", "in_chinese"]

_SENTENCE: Final = re.compile(r"(?<=[.!?]) (?=[A-Z])")
_NODE: Final = re.compile(r"(<bdi>.*?</bdi>|<code>.*?</code>|<style>.*?</style>|<[^>]*>)", re.DOTALL)
_PLACE: Final = re.compile(r"\{(#?)\}")
_NUMBER: Final = r"([-+\u2212]?\d[\d,.]*(?:e-?\d+)?(?: ?%)?)"
_LETTERS: Final = re.compile(r"[A-Za-z]{2}")


def in_chinese(text: str) -> str:
    """Return what a report says in Chinese, the text itself where the catalogue does not have it.

    >>> in_chinese("en: intent accuracy 0.912 -> 0.934, within chance.")
    'en：意图准确率 0.912 -> 0.934，在偶然范围内。'
    >>> in_chinese("tuned: a speller is left out. Only 12 messages can judge it, 100 are needed.")
    'tuned：没有采用拼写纠正。只有 12 条消息能评判它，需要 100 条。'
    """
    if (whole := _said(text)) is not None:
        return whole
    for cut, joined in ((_SENTENCE, ""), (re.compile("; "), "；"), (re.compile(", "), "，")):
        parts = cut.split(text)
        said = [_said(part) for part in parts]
        if len(parts) > 1 and any(one is not None for one in said):
            return joined.join(part if one is None else one for part, one in zip(parts, said, strict=True))
    return text


def html_in_chinese(html: str) -> str:
    """Return HTML with its texts in Chinese. What stands in ``<bdi>`` or ``<code>`` are other people's words, and stay.

    Names inside of drawings are made anew, so that both languages can stand on one page.
    """
    parts = [_node(part) for part in _NODE.split(html)]
    made = re.sub(r'\bid="', 'id="zh-', "".join(parts))
    return re.sub(r'(url\(#|href="#)', r"\1zh-", made)


def _node(part: str) -> str:
    if part.startswith("<") or not _LETTERS.search(part):
        return part
    text = unescape(part)
    bare = text.strip()
    start = text.index(bare)
    return escape(text[:start] + in_chinese(bare) + text[start + len(bare) :])


def _said(text: str) -> str | None:
    exact, templates = _catalogue()
    if text in exact:
        return exact[text]
    for pattern, chinese in templates:
        if found := pattern.fullmatch(text):
            return chinese.format(*(in_chinese(value) for value in found.groups()))
    return None


@cache
def _catalogue() -> tuple[dict[str, str], list[tuple[re.Pattern[str], str]]]:
    """Return what is said word for word, and the templates, those with most words of their own first."""
    lines = files("replydesk.finetune.evaluation").joinpath("chinese.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split(" => ", 1) for line in lines if line and line[0] != "#"]
    rows += [[english, NAMES["zh"][kind]] for kind, english in NAMES["en"].items()]
    exact = {english: chinese for english, chinese in rows if not _PLACE.search(english)}
    templates = sorted((row for row in rows if _PLACE.search(row[0])), key=lambda row: -len(_PLACE.sub("", row[0])))
    return exact, [(re.compile(_pattern(english), re.DOTALL), chinese) for english, chinese in templates]


def _pattern(english: str) -> str:
    parts = _PLACE.split(english)
    # Between the texts stand the marks of the places.
    return "".join(
        re.escape(part) if number % 2 == 0 else _NUMBER if part else "(.+?)" for number, part in enumerate(parts)
    )
