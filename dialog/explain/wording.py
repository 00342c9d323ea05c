"""What an explanation says to people, English and Chinese alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, Literal

from replydesk.dialog.explain.explanation import Explanation, Instead, Line

__all__ = ["Kind", "cause_text", "line_text", "sentences_of"]

Kind = Literal[
    "release_gone",
    "tickets_added",
    "tickets_removed",
    "tickets_changed",
    "tickets_unknown",
    "tickets_many",
    "curated",
    "file_written",
    "verdicts",
    "clock_unknown",
    "last_place",
]
"""Why a replay may come out otherwise."""


_SHOWN: Final = 4
_LEAST: Final = 0.02
"""A word that moves neither probability by so much is not named."""

_TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "intent": {
        "en": "It was read as “{name}” ({probability:.0%}), most of all because of {words}.",
        "zh": "这条消息被理解为“{name}”（{probability:.0%}），主要依据是{words}。",
    },
    "hit": {
        "en": "The past answer fits ({confidence:.0%}) most of all because of {words}.",
        "zh": "历史回答合适（{confidence:.0%}），主要依据是{words}。",
    },
    "against": {"en": "{words} spoke against it.", "zh": "{words}则起了相反的作用。"},
    "shared": {
        "en": "The past question “{question}” has {words} in common with the message.",
        "zh": "历史问题“{question}”与这条消息都提到{words}。",
    },
    "fired": {"en": "The team's rule “{name}” holds: {because}.", "zh": "符合团队规则“{name}”：{because}。"},
    "rule": {"en": "Without the team's rules: {action}.", "zh": "如果没有团队规则，则会{action}。"},
    "rule_same": {
        "en": "Without the team's rules the reply would be the same.",
        "zh": "即使没有团队规则，回复也不变。",
    },
    "word": {
        "en": "Without {what}: {action}.",
        "zh": "如果没有{what}，则会{action}。",
    },
    "line": {
        "en": "Had {name} been {wanted:.2f}: {action}.",
        "zh": "如果{name}是 {wanted:.2f}，则会{action}。",
    },
    "evidence": {
        "en": "Without the past answers that were cited (tickets that give them: {count}): {action}.",
        "zh": "如果没有引用的历史回答（给出这些回答的工单：{count} 条），则会{action}。",
    },
    "evidence_same": {
        "en": "Without the past answers that were cited the reply would be the same.",
        "zh": "即使没有引用的历史回答，回复也不变。",
    },
    "release_gone": {
        "en": "The release that gave this reply is gone, so which words counted cannot be told.",
        "zh": "给出这条回复的版本已不存在，无法说明哪些词起了作用。",
    },
    "answered_otherwise": {
        "en": "The desk would answer this otherwise today; the words and alternatives are those of today.",
        "zh": "现在的回复会有所不同；下面的词语和其他可能以现在的情况为准。",
    },
    "one_word": {
        "en": "The message has one word only, so none can be left out.",
        "zh": "这条消息只有一个词，无法逐词比较。",
    },
}
_LINE: Final[Mapping[str, Mapping[str, str]]] = {
    "out_of_scope_above": {"en": "the limit for what is out of scope", "zh": "超出范围的上限"},
    "pick_above": {"en": "the threshold for answering alone", "zh": "直接回复的门槛"},
    "ask_above": {"en": "the threshold for asking back", "zh": "先作确认的门槛"},
    "runner_up": {"en": "the lead over the next best answer", "zh": "领先第二名的幅度"},
}
_HELD: Final[Mapping[tuple[bool, bool], Mapping[str, str]]] = {
    (True, True): {
        "en": "{value:.2f} reached {name} of {wanted:.2f}.",
        "zh": "{value:.2f} 达到了{name}（{wanted:.2f}）。",
    },
    (True, False): {
        "en": "{value:.2f} missed {name} of {wanted:.2f}.",
        "zh": "{value:.2f} 没有达到{name}（{wanted:.2f}）。",
    },
    (False, True): {
        "en": "{value:.2f} stayed within {name} of {wanted:.2f}.",
        "zh": "{value:.2f} 没有超过{name}（{wanted:.2f}）。",
    },
    (False, False): {
        "en": "{value:.2f} passed {name} of {wanted:.2f}.",
        "zh": "{value:.2f} 超过了{name}（{wanted:.2f}）。",
    },
}
_NEVER: Final = {"en": "No value is enough for {name}.", "zh": "任何数值都达不到{name}。"}
_ACTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "pick": {"en": "a past answer is sent", "zh": "发送历史回答"},
    "pick again": {"en": "another past answer is sent", "zh": "发送另一条历史回答"},
    "compose": {"en": "an answer is composed from past answers", "zh": "综合多条历史回答作答"},
    "ask": {"en": "the customer is asked what is meant", "zh": "先向客户确认"},
    "handoff": {"en": "a person takes over", "zh": "转给人工"},
}

_CAUSES: Final[Mapping[Kind, Mapping[str, str]]] = {
    "release_gone": {
        "en": "The release {where} is gone, so nothing could be answered again.",
        "zh": "版本 {where} 已不存在，无法重新回答。",
    },
    "tickets_added": {
        "en": "Tickets that came since, and were left out: {count}.",
        "zh": "之后新增的工单（已排除）：{count} 条。",
    },
    "tickets_removed": {
        "en": "Tickets that were removed since, and cannot come back: {count}.",
        "zh": "之后删除的工单（无法恢复）：{count} 条。",
    },
    "tickets_changed": {
        "en": "Tickets of which more is known since, such as their intent: {count}.",
        "zh": "之后有改动（例如意图）的工单：{count} 条。",
    },
    "tickets_unknown": {
        "en": "The reply's row does not tell which tickets there were, so those of today were searched.",
        "zh": "这条回复的记录没有说明当时有哪些工单，因此检索的是现在的工单。",
    },
    "tickets_many": {
        "en": "There are too many tickets to read them again as they were: words are as rare as they are today.",
        "zh": "工单太多，无法按当时的情况重新检索：词语的稀有程度以现在为准。",
    },
    "curated": {
        "en": "The tickets were curated since, which may withhold answers or let newer ones replace them.",
        "zh": "之后整理过工单，部分回答可能被隐藏或被更新的回答取代。",
    },
    "file_written": {"en": "{where} was written since.", "zh": "{where} 之后有过改动。"},
    "verdicts": {
        "en": "People's verdicts since, which move the thresholds: {count}.",
        "zh": "之后的人工评价（会改变门槛）：{count} 条。",
    },
    "clock_unknown": {
        "en": "The reply's row tells neither its clock nor its filters: dates count from now, and nothing is filtered.",
        "zh": "这条回复的记录没有时间和筛选条件：日期按现在计算，也没有筛选。",
    },
    "last_place": {
        "en": "Numbers differ by one in the last of four places only: a text encoded beside others rounds otherwise.",
        "zh": "只有数字的第四位小数相差一：与其他文本一起编码时，舍入会略有不同。",
    },
}


def cause_text(kind: Kind, count: int, where: str, language: str) -> str:
    """Return a cause of a difference as a sentence."""
    return _CAUSES[kind]["zh" if language == "zh" else "en"].format(count=count, where=where)


def sentences_of(told: Explanation, language: str) -> Iterator[str]:
    """Yield the sentences that explain a reply, most important first."""
    code = "zh" if language == "zh" else "en"
    for note in told.notes:
        yield _TEXTS[note][code]
    yield from _words(told, code)
    for used in told.evidence:
        if used.shared:
            words = _list([one.text for one in used.shared], code)
            yield _TEXTS["shared"][code].format(question=used.question, words=words)
    for fired in told.rules:
        yield _TEXTS["fired"][code].format(name=fired["rule"], because=fired["because"])
    for line in told.lines:
        yield line_text(line, code)
    for way in told.instead:
        yield _instead(way, told.action, code)


def line_text(line: Line, language: str) -> str:
    """Return how a value stood to its threshold."""
    name = _LINE[line.name][language]
    if line.wanted is None:
        return _NEVER[language].format(name=name)
    return _HELD[line.at_least, line.passed][language].format(value=line.value, name=name, wanted=line.wanted)


def _words(told: Explanation, code: str) -> Iterator[str]:
    """Yield what is said of the words: those that moved the intent, or where there is none the best hit."""
    known = [(one.intent if told.intent else one.confidence) or 0.0 for one in told.words]
    ranked = sorted(zip(known, told.words, strict=True), key=lambda pair: -pair[0])
    spoke = [word.text for effect, word in ranked if effect >= _LEAST][:_SHOWN]
    against = [word.text for effect, word in reversed(ranked) if effect <= -_LEAST][:_SHOWN]
    if spoke:
        kind = "intent" if told.intent else "hit"
        yield _TEXTS[kind][code].format(
            name=told.called.get(code, told.intent),
            probability=told.probability,
            confidence=told.confidence,
            words=_list(spoke, code),
        )
    if against:
        yield _TEXTS["against"][code].format(words=_list(against, code))


def _instead(way: Instead, action: str, code: str) -> str:
    if way.same:
        return _TEXTS[f"{way.by}_same"][code]
    again = way.action == action == "pick"
    done = _ACTIONS["pick again" if again else way.action][code]
    if way.by == "line":
        return _TEXTS["line"][code].format(name=_LINE[way.what][code], wanted=way.wanted or 0.0, action=done)
    return _TEXTS[way.by][code].format(what=_list([way.what], code), count=len(way.tickets), action=done)


def _list(words: list[str], code: str) -> str:
    return ("、" if code == "zh" else ", ").join(f"“{word}”" for word in words)
