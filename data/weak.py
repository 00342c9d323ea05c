"""Weak labels: intents concluded from tags, queues and templates, for tickets that nobody labelled.

A tag is given to a conversation, so it speaks of the question that opened it: later turns say "thanks" under any tag.
On a desk that has intents, a tag or a template stands for the intent that nearly all labelled tickets with it have. On
a desk without any, queues and those tags that part the tickets are the intents themselves.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Final

__all__ = ["OUT_OF_SCOPE", "weak_intents"]

OUT_OF_SCOPE: Final = "out_of_scope"

SUPPORT: Final = 3
PURITY: Final = 0.7
"""A tag or template stands for an intent when it has so many labelled tickets, and so large a part of them, one more
counted against it, has this intent. `docs/why/curation.md` says how both were chosen."""

LABELLED: Final = 20
"""The labelled tickets from which a desk has intents of its own."""

_QUEUE = 10
_LARGEST = 0.5
_ALONE = 0.8
_NAMED: Final = ("intent:", "queue:")
_GENERIC: Final = frozenset(
    """
    vip urgent closed open opened solved resolved pending hold new low normal medium high priority escalated
    escalation reopened merged spam test followup follow-up follow_up csat good bad happy unhappy rated bot
    human chat email e-mail mail phone web api app sms whatsapp wechat facebook twitter instagram form en zh
    english chinese de fr es first_reply overdue duplicate 加急 紧急 重要 已解决 未解决 已关闭 待处理 处理中
    优先 普通 会员 微信 电话 邮件 网页 好评 差评 重复 测试 中文 英文
    """.split()  # noqa: SIM905
)


def weak_intents(
    intents: Sequence[str], tags: Sequence[Sequence[str]], templates: Sequence[Hashable | None]
) -> list[str]:
    """Return an intent for each ticket that has none of its own, or an empty text.

    ``intents``, ``tags`` and ``templates`` are columns of the same tickets: no tags where a ticket did not open its
    conversation, None where its answer has no template.
    """
    labelled = sum(1 for intent in intents if intent and intent != OUT_OF_SCOPE)
    meaning = _meanings(intents, tags) if labelled >= LABELLED else _partition(tags)
    found = [intent or _told(own, meaning) for intent, own in zip(intents, tags, strict=True)]
    dominant = _pure(
        (template, intent) for template, intent in zip(templates, found, strict=True) if template is not None
    )
    return [
        "" if intent else label or dominant.get(template, "")
        for intent, label, template in zip(intents, found, templates, strict=True)
    ]


def _told(tags: Sequence[str], meaning: Mapping[str, str]) -> str:
    """Return what the tags of a ticket say, if they do not say two things; an explicit label says it alone."""
    named = [tag.partition(":")[2].strip() for tag in tags if tag.startswith("intent:")]
    said = {label for label in named if label} or {meaning[tag] for tag in tags if tag in meaning}
    return said.pop() if len(said) == 1 else ""


def _meanings(intents: Sequence[str], tags: Sequence[Sequence[str]]) -> dict[str, str]:
    pairs = ((tag, intent) for intent, own in zip(intents, tags, strict=True) for tag in own)
    return {str(tag): intent for tag, intent in _pure(pairs).items()}


def _pure(pairs: Iterable[tuple[Hashable, str]]) -> dict[Hashable, str]:
    """Return the intent of every key whose labelled tickets nearly all have it."""
    counts: dict[Hashable, Counter[str]] = defaultdict(Counter)
    for key, intent in pairs:
        if intent:
            counts[key][intent] += 1
    pure = {}
    for key, seen in counts.items():
        intent, most = min(seen.items(), key=lambda item: (-item[1], item[0]))
        support = seen.total()
        if support >= SUPPORT and most >= PURITY * (support + 1) and intent != OUT_OF_SCOPE:
            pure[key] = intent
    return pure


def _partition(tags: Sequence[Sequence[str]]) -> dict[str, str]:
    """Return the tags that part the tickets, each with the intent that it is: queues, else tags that stand alone."""
    counts = Counter(tag for own in tags for tag in set(own) if tag.lower() not in _GENERIC)
    frequent = {tag for tag, count in counts.items() if _QUEUE <= count <= _LARGEST * len(tags)}
    chosen = {tag for tag in frequent if tag.startswith("queue:")} or {
        tag for tag in frequent if not tag.startswith(_NAMED)
    }
    alone = Counter(tag for own in tags for tag in chosen.intersection(own) if len(chosen.intersection(own)) == 1)
    return {tag: tag.partition(":")[2] or tag for tag in chosen if alone[tag] >= _ALONE * counts[tag]}
