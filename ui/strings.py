"""What the chat page says in its own words, English and Chinese side by side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

__all__ = ["EXAMPLES", "LANGUAGES", "STRINGS", "preferred_language", "say"]

LANGUAGES: Final[tuple[Literal["en", "zh"], ...]] = ("en", "zh")

STRINGS: Mapping[str, Mapping[str, str]] = {
    # the page
    "tagline": {
        "en": "Answers with what our team has told customers before, or passes you to a person.",
        "zh": "用客服团队回答过的内容为您解答，答不了就转人工。",
    },
    "language": {"en": "Language of this page", "zh": "页面语言"},
    "new": {"en": "New conversation", "zh": "新对话"},
    "conversation": {"en": "Conversation", "zh": "对话"},
    "hello": {"en": "How can we help?", "zh": "有什么可以帮您？"},
    "hello_more": {
        "en": "Write in English or Chinese; the answer comes in your language.",
        "zh": "中文、英文都可以，用哪种语言提问，就用哪种语言回答。",
    },
    "message": {"en": "Your message", "zh": "您的消息"},
    "write": {"en": "Write your question…", "zh": "请输入您的问题…"},
    "send": {"en": "Send", "zh": "发送"},
    # above an answer
    "asked": {"en": "One question first", "zh": "先确认一下"},
    "handed": {"en": "Passed to a person", "zh": "已转人工"},
    "notice": {"en": "Not sent", "zh": "未发送"},
    "chosen": {"en": "Chosen: ", "zh": "已选："},
    "source": {"en": "Source {number}: open its ticket", "zh": "来源 {number}：打开工单"},
    "back": {"en": "Back to the answer", "zh": "回到回答"},
    # while a person is to answer
    "colleague": {"en": "A colleague", "zh": "客服同事"},
    "delivered": {"en": "Delivered", "zh": "已送达"},
    "joined": {"en": "{who} has joined the conversation.", "zh": "{who} 已加入对话。"},
    "released": {"en": "Answers come automatically again from here.", "zh": "以下恢复自动回复。"},
    "since": {"en": "since", "zh": "开始于"},
    "waiting": {"en": "A colleague will answer here", "zh": "同事会在这里回复您"},
    "waiting_more": {
        "en": "You can go on writing, or come back to this page later.",
        "zh": "您可以继续留言，也可以稍后回到本页查看。",
    },
    "held": {"en": "{who} is answering you", "zh": "{who} 正在为您服务"},
    "held_more": {
        "en": "What you write goes straight to a person; nothing is answered automatically.",
        "zh": "您的消息会直接送达人工客服，不再自动回复。",
    },
    "handed_asked_for_person": {"en": "You asked for a person.", "zh": "您要求了人工服务。"},
    "handed_low_confidence": {"en": "This needs a person's look.", "zh": "这个问题需要人工查看。"},
    "handed_repeated_failure": {"en": "Our answers did not help.", "zh": "自动回复没能帮到您。"},
    "handed_rule": {"en": "This is done by a person.", "zh": "这件事由人工办理。"},
    "handed_safety": {"en": "A person should hear this.", "zh": "这件事应由人工来处理。"},
    "handed_sentiment": {"en": "A person should hear this.", "zh": "这件事应由人工来处理。"},
    # a form
    "form_title": {"en": "A few questions", "zh": "填写信息"},
    "form_place": {"en": "Question {place} of {count}", "zh": "第 {place} 项，共 {count} 项"},
    "form_try": {"en": "Try {number} of {most}", "zh": "第 {number} 次，最多 {most} 次"},
    "form_stop": {"en": "Cancel this", "zh": "取消填写"},
    "cancel": {"en": "cancel", "zh": "取消"},
    "slot_address": {"en": "Address", "zh": "地址"},
    "slot_amount": {"en": "Amount", "zh": "金额"},
    "slot_date": {"en": "Date", "zh": "日期"},
    "slot_error": {"en": "Error code", "zh": "错误代码"},
    "slot_product": {"en": "Product", "zh": "商品型号"},
    "slot_tracking": {"en": "Tracking number", "zh": "运单号"},
    "slot_email": {"en": "E-mail", "zh": "邮箱"},
    "slot_item": {"en": "Item", "zh": "商品"},
    "slot_name": {"en": "Name", "zh": "姓名"},
    "slot_number": {"en": "Number", "zh": "数量"},
    "slot_order": {"en": "Order", "zh": "订单"},
    "slot_phone": {"en": "Phone", "zh": "电话"},
    "slot_place": {"en": "Place", "zh": "地点"},
    "slot_reason": {"en": "Reason", "zh": "原因"},
    # what may go wrong
    "empty": {
        "en": "There is nothing to send yet. Write your question first.",
        "zh": "还没有内容，请先输入您的问题。",
    },
    "too_long": {
        "en": "This message has {length} characters; at most {limit} can be sent. Please shorten it.",
        "zh": "这条消息有 {length} 个字符，最多可发送 {limit} 个，请缩短后再发。",
    },
    "trouble": {
        "en": "Something went wrong on our side, and you got no answer. Please try again in a moment.",
        "zh": "我们这边出了点问题，暂时没能回答您的消息，请稍后再试。",
    },
    # feedback
    "wrong_intent": {"en": "Wrong intent", "zh": "理解错了"},
    "thanks_good": {"en": "Thank you, noted as helpful.", "zh": "谢谢，已记下：有帮助。"},
    "thanks_wrong": {"en": "Thank you, noted as wrong.", "zh": "谢谢，已记下：回答不对。"},
    "thanks_wrong_intent": {"en": "Thank you, noted as a wrong intent.", "zh": "谢谢，已记下：理解错了。"},
    "thanks_edited": {
        "en": "Thank you. The next person who asks this gets your answer.",
        "zh": "谢谢。下次有人这样问，就会得到您给的答案。",
    },
    "correction": {"en": "What should the answer have been?", "zh": "正确的回答应该是什么？"},
    "correction_more": {
        "en": "Optional. It is used from the next message on.",
        "zh": "选填。从下一条消息起就会用上。",
    },
    "save": {"en": "Save answer", "zh": "保存回答"},
    "skip": {"en": "Skip", "zh": "跳过"},
    # evidence
    "evidence": {"en": "Why this answer", "zh": "回答依据"},
    "evidence_none": {
        "en": "Every answer shows here which past tickets it rests on, how well they fit and why it came.",
        "zh": "每次回答依据了哪些历史工单、有多合适、为什么这样处理，都会显示在这里。",
    },
    "means_pick": {
        "en": "A past answer fits well enough to send as it is.",
        "zh": "有历史回答足够合适，直接发送。",
    },
    "means_ask": {
        "en": "Several answers could fit, so the customer chooses.",
        "zh": "有几个回答都可能合适，请客户选择。",
    },
    "means_handoff": {
        "en": "Nothing fits well enough, or the customer asked for it.",
        "zh": "没有足够合适的回答，或客户要求人工服务。",
    },
    "did_pick": {"en": "Sent a past answer", "zh": "采用了历史回答"},
    "did_compose": {"en": "Composed from past answers", "zh": "综合历史回答"},
    "did_words": {"en": "Said in set words", "zh": "使用固定用语"},
    "did_ask": {"en": "Asked back", "zh": "先作确认"},
    "did_handoff": {"en": "Passed to a person", "zh": "转给人工"},
    "explain": {"en": "Explain word by word", "zh": "逐词解释"},
    "explained": {"en": "What moved this reply", "zh": "是什么决定了这条回复"},
    "moved_for": {"en": "{points} points for it", "zh": "支持：{points} 个百分点"},
    "moved_against": {"en": "{points} points against it", "zh": "反对：{points} 个百分点"},
    "quoted": {"en": "from the answer to", "zh": "取自以下问题的回答："},
    "confidence": {"en": "Confidence", "zh": "置信度"},
    "dial": {"en": "The promise", "zh": "承诺"},
    "dial_allowed": {"en": "{most} wrong allowed", "zh": "允许错 {most}"},
    "dial_surest": {"en": "the surest", "zh": "最有把握"},
    "dial_all": {"en": "all messages", "zh": "全部消息"},
    "dial_end": {"en": "{wrong} wrong", "zh": "错 {wrong}"},
    "dial_at": {"en": "the dial", "zh": "当前设定"},
    "dial_here": {"en": "this reply", "zh": "本条回复"},
    "dial_kept": {
        "en": "At most {most} of automatic replies wrong: from a confidence of {threshold} on the desk answers alone,"
        " {alone} of messages. This one has {here}.",
        "zh": "自动回复最多错 {most}：置信度达到 {threshold} 才自动回复，约占消息的 {alone}。本条为 {here}。",
    },
    "dial_more": {
        "en": "At most {most} of automatic replies wrong cannot be promised yet: about {needed} more judged messages"
        " are needed. Until then only the same question, word for word, is answered alone. This one has {here}.",
        "zh": "目前还不能承诺自动回复最多错 {most}，大约还需要 {needed} 条已核对的消息；"
        "在此之前只自动回复一字不差的同样问题。本条为 {here}。",
    },
    "dial_never": {
        "en": "At most {most} of automatic replies wrong cannot be promised: too many of the surest answers were wrong,"
        " and more of the same messages would not help. This one has {here}.",
        "zh": "无法承诺自动回复最多错 {most}：把握最大的回答里也有太多是错的，再多同类消息也没有帮助。本条为 {here}。",
    },
    "dial_off": {"en": "Answering without a person is turned off.", "zh": "已关闭自动回复，由人工处理。"},
    "dial_open": {
        "en": "Any share of automatic replies may be wrong, so nothing is promised.",
        "zh": "没有限制自动回复的出错比例，因此没有承诺。",
    },
    "dial_hand": {
        "en": "A person set the line: from a confidence of {threshold} on the desk answers alone, without a promise."
        " This one has {here}.",
        "zh": "由人工设定：置信度达到 {threshold} 就自动回复，不作承诺。本条为 {here}。",
    },
    "dial_judged": {
        "en": "Since then people judged {count} automatic replies, {wrong} of them wrong.",
        "zh": "此后人工核对了 {count} 条自动回复，其中 {wrong} 条有误。",
    },
    "dial_curve": {
        "en": "Risk-coverage curve of held-out messages: how many answers are wrong, from the surest to all.",
        "zh": "留出消息的风险—覆盖曲线：从最有把握的到全部消息，答错的比例。",
    },
    "reading": {"en": "How the message was read", "zh": "对消息的理解"},
    "unread": {
        "en": "This message was not looked up: it answers what the form asked.",
        "zh": "这条消息是在回答表单的问题，没有检索历史工单。",
    },
    "no_intents": {"en": "No intents are trained yet.", "zh": "尚未训练意图。"},
    "out_of_scope": {"en": "Out of scope", "zh": "超出范围"},
    "mood": {"en": "Mood", "zh": "情绪"},
    "positive": {"en": "positive", "zh": "积极"},
    "neutral": {"en": "neutral", "zh": "平静"},
    "negative": {"en": "negative", "zh": "消极"},
    "sentiment": {"en": "Sentiment", "zh": "情感"},
    "topic": {"en": "Topic", "zh": "主题"},
    "no_labels": {"en": "None of the labels.", "zh": "没有合适的标签。"},
    "answer_language": {"en": "Language", "zh": "语言"},
    "en": {"en": "English", "zh": "英文"},
    "zh": {"en": "Chinese", "zh": "中文"},
    "tickets": {"en": "Past tickets looked at", "zh": "参考的历史工单"},
    "no_tickets": {"en": "No past ticket was close enough.", "zh": "没有足够接近的历史工单。"},
    "picked": {"en": "Sent", "zh": "已采用"},
    "offered": {"en": "Offered", "zh": "供选择"},
    "similarity": {"en": "Similarity", "zh": "相似度"},
    "count": {"en": "Say the same", "zh": "同类答复"},
    "reranked_done": {"en": "reranked", "zh": "已重排"},
    "reranked_skipped": {"en": "not reranked, for want of time", "zh": "时间不足，未重排"},
    "score": {"en": "Fits", "zh": "适用概率"},
    "source_canned": {"en": "Canned", "zh": "标准答案"},
    "source_agent": {"en": "Agent", "zh": "人工回复"},
    "source_article": {"en": "Article", "zh": "文章"},
    "release": {"en": "Release", "zh": "版本"},
    "untrained": {"en": "untrained", "zh": "未训练"},
    "milliseconds": {"en": "{total} ms", "zh": "{total} 毫秒"},
}

EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "en": (
        "Where is my parcel? Tracking hasn't moved for three days.",
        "How do I return something?",
        "Can I talk to a person?",
    ),
    "zh": ("我的快递三天没动了", "退款多久能到账？", "帮我转人工"),
}
"""Questions that any online shop gets, offered on an empty page."""


def say(key: str, language: str, **values: object) -> str:
    """Return a string in the page's language, with its values filled in.

    >>> say("milliseconds", "zh", total=8)
    '8 毫秒'
    """
    return STRINGS[key]["zh" if language == "zh" else "en"].format(**values)


def preferred_language(accept_language: str) -> Literal["en", "zh"]:
    """Return the language of ``LANGUAGES`` that an ``Accept-Language`` header likes best, English when none.

    >>> preferred_language("fr-CH, zh-TW;q=0.9, en;q=0.8"), preferred_language("de"), preferred_language("")
    ('zh', 'en', 'en')
    """
    wishes = []
    for place, wish in enumerate(accept_language.split(",")):
        tag, _, weight = wish.partition(";")
        given = tag.strip().lower().partition("-")[0]
        value = weight.strip().removeprefix("q=")
        quality = float(value) if value.replace(".", "", 1).isdigit() else 1.0
        wishes += [(-quality, place, known) for known in LANGUAGES if known == given and quality > 0]
    return min(wishes)[2] if wishes else "en"
