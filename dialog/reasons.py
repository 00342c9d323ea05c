"""Why a reply is what it is, for whoever reads it, and what a colleague who takes over should know."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from replydesk.dialog.asking import has_masked
from replydesk.dialog.phrases import in_language, option_label
from replydesk.dialog.policy import Decision, Ground
from replydesk.dialog.promise import Promise
from replydesk.dialog.reading import Reading
from replydesk.dialog.reply import Conflict
from replydesk.dialog.rules.rules import Fired
from replydesk.retrieval.matcher import Hit
from replydesk.retrieval.reranking.reranker import Outcome

__all__ = ["Called", "handoff_summary", "held_by", "reasons"]

Called = Callable[[str, str], str]
"""Says what an intent is called in a language."""

_GROUNDS: dict[Ground, dict[str, str]] = {
    "exact": {
        "en": "A past ticket asks exactly this.",
        "zh": "历史工单里有一模一样的问题。",
    },
    "confident": {
        "en": "The best past answer fits with a probability of {score:.0%}, enough to answer alone.",
        "zh": "最佳历史回答的适用概率为 {score:.0%}，足以直接回复。",
    },
    "close_runner_up": {
        "en": "Two different past answers fit almost equally well, so I ask instead of guessing.",
        "zh": "有两个不同的历史回答几乎同样合适，所以先确认，不乱猜。",
    },
    "not_sure": {
        "en": "The best past answer fits with a probability of only {score:.0%}, so I ask first.",
        "zh": "最佳历史回答的适用概率只有 {score:.0%}，所以先确认。",
    },
    "which_kind": {
        "en": "It is surely about “{node}” (probability {sure:.0%}), but not which kind of it, so I ask.",
        "zh": "可以确定与“{node}”有关（概率 {sure:.0%}），但不确定是其中哪一种，所以先确认。",
    },
    "depends": {
        "en": "The answer depends on which kind is meant, and nobody has said that yet, so I ask.",
        "zh": "答案要看具体是哪一种，消息和对话里都没有说明，所以先确认。",
    },
    "nothing_found": {
        "en": "There is no past ticket in this language to answer from.",
        "zh": "这种语言还没有可参考的历史工单。",
    },
    "by_words": {
        "en": "The search by meaning is away; these past questions share most words with the message, so I ask.",
        "zh": "语义检索暂时不可用；下面的历史问题与这条消息用词最接近，所以先确认。",
    },
    "no_vectors": {
        "en": "The search by meaning is away, and no past question shares enough words with the message.",
        "zh": "语义检索暂时不可用，也没有用词足够接近的历史问题。",
    },
    "personal": {
        "en": "The past answers that fit hold details of another customer, so they are only shown to the team.",
        "zh": "合适的历史回答里含有其他客户的信息，只供客服人员参考，不会直接发送。",
    },
    "unlikely": {
        "en": "The best past answer fits with a probability of only {score:.0%}, too little to send.",
        "zh": "最佳历史回答的适用概率只有 {score:.0%}，不足以发送。",
    },
    "out_of_scope": {
        "en": "The message is unlike anything this team has answered (probability {unknown:.0%}).",
        "zh": "这条消息与团队回答过的问题都不相似（概率 {unknown:.0%}）。",
    },
    "asked_for_person": {
        "en": "The customer asked for a person.",
        "zh": "客户要求人工服务。",
    },
    "taken_over": {
        "en": "A person has this conversation.",
        "zh": "这个会话已由人工接管。",
    },
    "failed_twice": {
        "en": "Two answers in a row did not help, so a person takes over.",
        "zh": "连续两次回答都没有帮上忙，所以转给人工。",
    },
    "angry": {
        "en": "The customer writes angrily, time after time or urgently, so a person takes over.",
        "zh": "客户连续或急切地表达不满，所以转给人工。",
    },
    "slot_missing": {
        "en": "The answer needs something that the customer has not told yet.",
        "zh": "回答里还需要一项客户尚未提供的信息。",
    },
    "unfilled": {
        "en": "The answer that fits needs something that is not known here, so a person takes over.",
        "zh": "合适的回答里有一项信息这里查不到，所以转给人工。",
    },
    "composed": {
        "en": "No past answer is sure enough by itself, but together they are: the reply is made of their sentences.",
        "zh": "单独一条历史回答把握不够，合在一起足够：回复由它们的句子组成。",
    },
    "rule": {
        "en": "A rule of the team decides this.",
        "zh": "团队的规则对此有规定。",
    },
    "alarm": {
        "en": "The message needs a person at once: it speaks of harm, threatens, or goes on insulting.",
        "zh": "这条消息涉及自伤、威胁或持续辱骂，需要人工立即处理。",
    },
    "abuse": {
        "en": "The message insults and asks nothing that a past answer fits.",
        "zh": "这条消息只有辱骂，没有可以回答的问题。",
    },
    "small_talk": {
        "en": "The message is small talk.",
        "zh": "这条消息是寒暄。",
    },
    "noted": {
        "en": "The message tells a colleague something about what was asked before.",
        "zh": "这条消息补充了之前的问题，由同事处理。",
    },
    "details": {
        "en": "The message only names something, so I ask what about it.",
        "zh": "这条消息只提到了一项信息，所以先问想了解什么。",
    },
    "declined": {
        "en": "The message only says what is not wanted, and nothing of it is under way.",
        "zh": "这条消息只说明不需要办理，而且还没有开始办理。",
    },
    "unclear": {
        "en": "The message has no word to go by, so I ask.",
        "zh": "这条消息里没有文字可供理解，所以先确认。",
    },
    "private": {
        "en": "The message asks for the data of somebody else, which nobody is told here.",
        "zh": "这条消息询问的是其他人的信息，这里不会告诉任何人。",
    },
    "objected": {
        "en": "The past answer that fits contradicts a fact, or promises what may not be promised, so it is not sent.",
        "zh": "合适的历史回答与事实不符，或做了不允许的承诺，所以不会发送。",
    },
    "unsafe": {
        "en": "The past answer that fits may not go out as it is, so a person takes over.",
        "zh": "合适的历史回答不能原样发送，所以转给人工。",
    },
    "form_ask": {
        "en": "The team has a form for this, and something is still missing in it.",
        "zh": "团队为此设置了表单，还缺少一项信息。",
    },
    "form_again": {
        "en": "What was asked for was not in the message, so it is asked for again.",
        "zh": "消息里没有所需的信息，所以再问一次。",
    },
    "form_explained": {
        "en": "The customer asked about what was asked for, so that is explained and asked for again.",
        "zh": "客户问的是所需的信息本身，所以先说明，再问一次。",
    },
    "form_done": {
        "en": "Everything that the team's form asks for is there.",
        "zh": "表单所需的信息已经齐全。",
    },
    "form_cancelled": {
        "en": "The customer stopped the form.",
        "zh": "客户取消了表单。",
    },
    "form_gave_up": {
        "en": "The same thing was asked for three times in vain, so a person takes over.",
        "zh": "同一项信息问了三次都没有得到，所以转给人工。",
    },
    "partly": {
        "en": "The message asks several things, and only some of them have a past answer that fits well enough to"
        " answer alone.",
        "zh": "这条消息问了几件事，只有其中一部分有足够合适的历史回答可以直接回复。",
    },
    "several": {
        "en": "The message asks several things, and a past answer fits each of them well enough to answer alone.",
        "zh": "这条消息问了几件事，每一件都有足够合适的历史回答可以直接回复。",
    },
}
_SUMMARY = {
    "wrote": {
        "en": "Customer ({mood}, {language}) wrote: “{text}”. Reads as: {about}.",
        "zh": "客户（{mood}，{language}）写道：“{text}”。理解为：{about}。",
    },
    "untrained": {"en": "no intents trained", "zh": "尚未训练意图"},
    "several": {"en": "Asks several things: {names}.", "zh": "问了几件事：{names}。"},
    "left": {"en": "Answered but for: {parts}.", "zh": "还没有回答：{parts}。"},
    "told": {"en": "Told: {told}.", "zh": "已提供：{told}。"},
    "masked": {
        "en": "What stands in <> was masked and is not stored here: read it where the message came in, or ask for it.",
        "zh": "<> 中的内容已脱敏，这里没有保存：请到收到消息的渠道查看，或再向客户询问。",
    },
    "nearest": {"en": "Nearest past question: “{question}”.", "zh": "最接近的历史问题：“{question}”。"},
}
_MOODS = {
    "negative": {"en": "negative", "zh": "不满"},
    "neutral": {"en": "neutral", "zh": "平静"},
    "positive": {"en": "positive", "zh": "满意"},
}
_RULE = {
    "en": "The rule “{name}” holds: {because}.",
    "zh": "规则“{name}”成立：{because}。",
}
_CONFLICT = {
    "en": "Past answers disagree ({what}); the newer one counts.",
    "zh": "历史回答说法不一（{what}），以较新的为准。",
}
_SIMILAR = {
    "en": "The closest past question has a similarity of {cosine:.2f}.",
    "zh": "最接近的历史问题相似度为 {cosine:.2f}。",
}
_INTENT = {
    "en": "The message reads as “{name}” with a probability of {probability:.0%}.",
    "zh": "这条消息被理解为“{name}”，概率 {probability:.0%}。",
}
_SEVERAL = {
    "en": "The message asks several things: {names}.",
    "zh": "这条消息同时问了几件事：{names}。",
}
_SKIPPED = {
    "en": "There was no time to read the past answers a second time, so their order is that of the first search.",
    "zh": "当前较忙，来不及对历史回答再读一遍，所以按首次检索的顺序排列。",
}
_MEANT = {
    "en": "In its conversation the message asks: “{meant}”.",
    "zh": "结合上下文，这条消息问的是：“{meant}”。",
}
_HELD = {
    "en": "{who} has taken this conversation over, so nothing is sent until it is released.",
    "zh": "{who} 已接管这个会话，释放之前不会自动回复。",
}
_PROMISE: dict[str, dict[str, str]] = {
    "kept": {
        "en": "That is sure enough for the promise that at most {most} of automatic replies are wrong"
        " (at least {line:.0%}, by {n} judged messages).",
        "zh": "达到“自动回复最多错 {most}”这一承诺的要求（不低于 {line:.0%}，依据 {n} 条已核对的消息）。",
    },
    "missed": {
        "en": "That is not sure enough for the promise that at most {most} of automatic replies are wrong"
        " (at least {line:.0%}, by {n} judged messages).",
        "zh": "达不到“自动回复最多错 {most}”这一承诺的要求（不低于 {line:.0%}，依据 {n} 条已核对的消息）。",
    },
    "more": {
        "en": "That at most {most} of automatic replies are wrong cannot be promised yet: it takes about {needed} more"
        " judged messages.",
        "zh": "目前还不能承诺“自动回复最多错 {most}”：大约还需要 {needed} 条已核对的消息。",
    },
    "cannot": {
        "en": "That at most {most} of automatic replies are wrong cannot be promised:"
        " too many of the surest answers were wrong.",
        "zh": "无法承诺“自动回复最多错 {most}”：把握最大的回答里也有太多是错的。",
    },
    "off": {
        "en": "Answering without a person is turned off.",
        "zh": "已关闭自动回复，由人工处理。",
    },
}
# Where the confidence was not what decided, nothing is said of it.
_BY_CONFIDENCE: frozenset[Ground] = frozenset(
    {"confident", "close_runner_up", "not_sure", "which_kind", "unlikely", "composed"}
)


def held_by(who: str, language: str) -> str:
    """Return the reason why nothing is said while a person has the conversation."""
    return in_language(language, _HELD).format(who=who)


def _label(intent: str, _language: str) -> str:
    return intent


def reasons(
    decision: Decision,
    reading: Reading,
    hits: tuple[Hit, ...],
    reranked: Outcome = "off",
    *,
    meant: str = "",
    promise: Promise | None = None,
    fired: Sequence[Fired] = (),
    conflicts: Sequence[Conflict] = (),
    called: Called = _label,
) -> tuple[str, ...]:
    """Return why this was done, most important first, as sentences in the customer's language.

    ``meant`` is what the message asks, where only its conversation tells. Where the confidence decided, one says
    whether it was enough for the ``promise``, or why there is none. ``fired`` are rules of the team, ``conflicts`` what
    past answers disagree in; ``called`` says what an intent is called in a language.
    """
    language = reading.language
    told = {"score": hits[0].score if hits else 0.0, "unknown": reading.out_of_scope, "node": "", "sure": 0.0}
    if reading.node is not None:
        told |= {"node": called(reading.node.name, language), "sure": reading.node.probability}
    lines = [in_language(language, _GROUNDS[decision.ground]).format(**told)]
    lines += [
        in_language(language, _RULE).format(name=one.rule, because=one.because) for one in fired if one.effect != "tag"
    ]
    if promise is not None and hits and decision.ground in _BY_CONFIDENCE:
        lines.append(_promise_text(promise, hits[0].score, language))
    if hits and hits[0].compared:
        lines.append(in_language(language, _SIMILAR).format(cosine=hits[0].similarity))
    if reading.intents:
        first = reading.intents[0]
        lines.append(
            in_language(language, _INTENT).format(name=called(first.name, language), probability=first.probability)
        )
    if reading.several:
        lines.append(in_language(language, _SEVERAL).format(names=_list(reading, called)))
    if meant:
        lines.append(in_language(language, _MEANT).format(meant=meant))
    lines += [in_language(language, _CONFLICT).format(what=one.what) for one in conflicts]
    if reranked == "skipped":
        lines.append(in_language(language, _SKIPPED))
    return tuple(lines)


def _promise_text(promise: Promise, score: float, language: str) -> str:
    """Return whether a score was enough for a promise, or why there is none."""
    if promise.max_wrong <= 0:
        kind = "off"
    elif promise.holds:
        kind = "kept" if score >= promise.threshold else "missed"
    else:
        kind = "more" if promise.needed else "cannot"
    told = {"most": f"{100 * promise.max_wrong:.3g}%", "n": promise.calibrated_on, "needed": promise.needed}
    return in_language(language, _PROMISE[kind]).format(**told, line=min(1.0, promise.threshold))


def handoff_summary(
    text: str,
    reading: Reading,
    hits: tuple[Hit, ...],
    slots: Mapping[str, str] | None = None,
    left: Sequence[str] = (),
    called: Called = _label,
) -> str:
    """Return what the colleague who takes over should know, in two lines at most, in the customer's language.

    ``slots`` the customer has told; ``left`` are the parts that are still open where the others were answered. Where
    something told was masked, it says that nobody has stored it. ``called`` says what an intent is called.
    """

    def say(key: str, **told: object) -> str:
        return in_language(reading.language, _SUMMARY[key]).format(**told)

    def name(intent: str) -> str:
        return called(intent, reading.language)

    about = ", ".join(f"{name(i.name)} {i.probability:.0%}" for i in reading.intents[:2]) or say("untrained")
    if reading.kinds and reading.node is not None:
        about = f"{name(reading.node.name)} {reading.node.probability:.0%} ({about})"
    mood = in_language(reading.language, _MOODS[reading.mood.label])
    told = "; ".join(f"{slot}: {value}" for slot, value in (slots or {}).items())
    parts = [
        say("wrote", mood=mood, language=reading.language, text=text[:300], about=about),
        say("several", names=_list(reading, called)) if reading.several else "",
        say("left", parts=" ".join(f"“{part}”" for part in left)) if left else "",
        say("told", told=told) if told else "",
        say("masked") if has_masked(told) else "",
        say("nearest", question=option_label(hits[0])) if hits else "",
    ]
    return ("" if reading.language == "zh" else " ").join(filter(None, parts))


def _list(reading: Reading, called: Called) -> str:
    names = [called(name, reading.language) for name in reading.several]
    return ("、" if reading.language == "zh" else ", ").join(names)
