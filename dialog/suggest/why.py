"""Why an answer is suggested, in sentences for the team, in the language of the message."""

from __future__ import annotations

from replydesk.data.store import Tally
from replydesk.dialog.suggest.suggestion import SuggestionKind
from replydesk.retrieval.matcher import Hit

__all__ = ["reasons_of"]

_SAYS = {
    "exact": {"en": "A past ticket asks exactly this.", "zh": "历史工单里有一模一样的问题。"},
    "alike": {
        "en": "A past ticket asks something similar (similarity {similarity:.2f}).",
        "zh": "历史工单里有相似的问题（相似度 {similarity:.2f}）。",
    },
    "words": {
        "en": "A past ticket shares most words with the message.",
        "zh": "历史工单里有用词相近的问题。",
    },
    "by": {"en": "You took it {taken:.0f} of {judged} times.", "zh": "您采用过 {taken:.0f} 次（共 {judged} 次）。"},
    "intent": {
        "en": "The team took it {taken:.0f} of {judged} times for “{intent}”.",
        "zh": "团队在“{intent}”问题上采用过 {taken:.0f} 次（共 {judged} 次）。",
    },
    "all": {
        "en": "The team took it {taken:.0f} of {judged} times.",
        "zh": "团队采用过 {taken:.0f} 次（共 {judged} 次）。",
    },
    "told": {"en": "The customer was told this before.", "zh": "这位客户以前收到过这个回答。"},
    "explored": {
        "en": "It stands here to learn whether it helps; others fit better.",
        "zh": "放在这里是为了了解它是否有用；还有更合适的回答。",
    },
    "macro": {"en": "A canned answer of the team.", "zh": "团队的常用回复。"},
    "article": {"en": "An article of the team.", "zh": "团队的帮助文章。"},
    "product": {"en": "A product page.", "zh": "产品页面。"},
}


def reasons_of(
    hit: Hit, kind: SuggestionKind, tally: Tally, *, language: str, intent: str, told: bool, explored: bool
) -> tuple[str, ...]:
    """Return why an answer is suggested, most telling first: how it was found, who took it, what it is."""
    keys = ["explored"] if explored else []
    keys.append("exact" if hit.exact else "alike" if hit.compared else "words")
    # The closest of what is known says most: oneself, then the intent, then all.
    place, scope = next(
        ((i, name) for i, name in ((2, "by"), (1, "intent"), (0, "all")) if tally.judged[i] > 0), (0, "")
    )
    keys += [scope] if scope else []
    keys += ["told"] if told else []
    keys += [kind] if kind in _SAYS else []
    numbers = {"taken": tally.taken[place], "judged": tally.judged[place]}
    spoken = "zh" if language == "zh" else "en"
    return tuple(_SAYS[key][spoken].format(similarity=hit.similarity, intent=intent, **numbers) for key in keys)
