"""Succession: which of the tickets that ask the same is the best, how old the others are, and what was replaced."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from typing import Final

import numpy as np

from replydesk.data.columns import AGENT, Columns, Ranks

__all__ = ["duplicates", "stale_days", "successors"]

ENOUGH: Final = 3
"""The later tickets that a newer answer must have been given to; one is enough when somebody wrote it as canned."""

CONSISTENT: Final = 0.8
"""The part of all later answers that must be the newer one."""

_DAY: Final = 86_400


def duplicates(columns: Columns) -> Ranks:
    """Return, for every ticket, the best one with the same question and answer; a ticket that has none is its own.

    A canned answer is better than an article and this than what an agent wrote; then comes what nothing speaks
    against, the higher rating, the newer one, the smaller id.
    """
    best = np.arange(len(columns), dtype=np.int32)
    rating = np.nan_to_num(columns.rating, nan=0.5)
    age = -np.nan_to_num(columns.at, nan=-np.inf)
    for asking in columns.groups(columns.asked):
        alike: dict[tuple[int, int], list[int]] = {}
        for rank in asking.tolist():
            alike.setdefault(_content(columns, rank), []).append(rank)
        for same in alike.values():
            best[same] = min(same, key=lambda r: (columns.source[r], r in columns.doubts, -rating[r], age[r], r))
    return best


def successors(columns: Columns) -> Ranks:
    """Return, for every ticket, the newest one with the answer that has replaced its own, or -1.

    An answer is replaced when, after it was last given to a question, that question was answered at least three
    times, nearly always with one newer answer, and the old one was a standing answer, too: given twice, or the same
    words with other figures. Undated tickets, canned answers and articles are never replaced.
    """
    replaced = np.full(len(columns), -1, dtype=np.int32)
    for asking in columns.groups(columns.asked):
        if columns.plain[asking[0]]:
            _succeed(columns, asking, replaced)
    return replaced


def _succeed(columns: Columns, asking: Ranks, replaced: Ranks) -> None:
    told = [r for r in asking.tolist() if not np.isnan(columns.at[r]) and r not in columns.withheld]
    told.sort(key=lambda r: (columns.at[r], columns.ids[r]))
    contents = [_content(columns, rank) for rank in told]
    if len(set(contents)) < 2:
        return
    newest = contents[-1]
    sure = [rank not in columns.doubts and content == newest for rank, content in zip(told, contents, strict=True)]
    canned = [own and columns.source[rank] < AGENT for rank, own in zip(told, sure, strict=True)]
    given = Counter(contents)
    old = set()
    for content, place in {content: place for place, content in enumerate(contents)}.items():
        # Two answers of one moment have no order.
        later = bisect_right(told, columns.at[told[place]], key=columns.at.__getitem__)
        newer = sum(sure[later:])
        standing = given[content] > 1 or content[0] == newest[0]
        decided = newer >= ENOUGH or any(canned[later:])
        if content != newest and standing and decided and newer >= CONSISTENT * (len(told) - later):
            old.add(content)
    heir = told[len(told) - 1 - sure[::-1].index(True)] if old else -1
    for rank, content in zip(told, contents, strict=True):
        if content in old and columns.source[rank] == AGENT:
            replaced[rank] = heir


def stale_days(columns: Columns) -> Ranks:
    """Return by how many days every ticket is older than the newest one with its question or the form of its answer."""
    newest = columns.at.copy()
    asked = np.where(columns.plain, columns.asked, np.arange(len(columns)))
    for labels in (asked, columns.said):
        top = np.full(len(columns), -np.inf)
        np.fmax.at(top, labels, columns.at)
        newest = np.fmax(newest, top[labels])
    days = (newest - columns.at) // _DAY
    return np.where(np.isnan(columns.at), 0, np.nan_to_num(days)).astype(np.int32)


def _content(columns: Columns, rank: int) -> tuple[int, int]:
    return int(columns.said[rank]), int(columns.told[rank])
