"""Small talk: a message that is nothing but a greeting, a thanks, a goodbye or a question about who answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from replydesk.data.script import simplified
from replydesk.data.text import asked_language

__all__ = ["SmallTalk", "SmallTalkKind", "small_talk", "thanked"]

SmallTalkKind = Literal["hello", "thanks", "bye", "who", "bot", "language"]
"""What small talk may be. ``who`` asks who answers, ``bot`` whether it is a machine, ``language`` for a language."""

LONGEST: Final = 80
"""More characters than that are no small talk."""


@dataclass(frozen=True, slots=True)
class SmallTalk:
    """Which small talk a message is, and what the desk says to it in the message's language."""

    kind: SmallTalkKind
    text: str


# The last in a message counts, where none before it in this order does: "hi, are you a bot?" asks.
_SAID: Final[dict[SmallTalkKind, str]] = {
    "bot": (
        r"(?:(?:can|could|would) you (?:please )?tell me|tell me|please tell me|i(?: want| need|'d like"
        r"| would like| am curious)"
        r" to know|may i know)(?: if| whether) (?:you are|you're|i am talking to"
        r"|i'm talking to) (?:an? )?(?:actual |real )?"
        r"(?:bot|robot|human|machine|computer|ai|person|real)(?: (?:person|human|being))?(?: or (?:an? )?(?:bot"
        r"|robot|machine"
        r"|human|person|computer|ai|real person))?|"
        r"(?:are|r) (?:you|u) (?:(?:just|really|actually) )?(?:an? )?(?:ai|(?:chat ?)?bot|robot|machine|computer"
        r"|automated"
        r"|human|(?:real|actual|living) (?:human being|human|person)|real|person|human being)"
        r"(?: or (?:an? )?(?:bot|robot|machine|human|person|real person|ai))?"
        r"|(?:am i|is this|i am|i'm) (?:(?:talking|speaking|chatting) (?:to|with) )?(?:an? )?(?:bot|robot|machine"
        r"|ai|chatbot"
        r"|real person|human|person)(?: or (?:an? )?(?:bot|robot|machine|human|person|real person))?"
        r"|(?:[你您]|这|這)(?:们|們)?(?:到底|究竟)?(?:是不是|是|不是)(?:一?[个個])?(?:真人|机器人|機器人|人工智能"
        r"|人|ai|智能客服|自动回复|人机|机器)"
        r"(?:还是(?:真人|机器人|人工|人))?(?:吗|嗎|吧|么|嘛|啊|呀|来的)?"
        r"|(?:是)?(?:机器人|機器人|ai)(?:吗|嗎|吧|么|在回复吗)?"
    ),
    "who": (
        r"who (?:are|r) (?:you|u)|who (?:is|am i) (?:this|talking to|speaking (?:to|with))|what(?: is"
        r"|'s) your name|whats your name"
        r"|what are you|who is there|[你您](?:是|叫)(?:谁|誰|什么名字|哪位|啥|什么|啥名字|什麼)(?:呀|啊|呢)?"
        r"|[你您]的名字(?:是什么|叫什么)?"
        r"|(?:请问)?怎么称呼(?:您|你)?|哪位"
    ),
    "bye": (
        r"(?:good ?)?bye(?:[- ]?bye)?|see (?:you|ya|u)(?: (?:later|soon|around))?|have a (?:good|nice|great"
        r"|lovely) (?:day|one|evening"
        r"|weekend|night|time)|good night|take care|cheerio|talk (?:to you )?(?:later|soon)|that(?:'s"
        r"| is) all(?: for (?:now|today))?"
        r"|再见|再見|拜拜|拜|回头见|回见|88+|先这样|晚安|下次再聊|没事了|沒事了|没有了|没别的了"
    ),
    "thanks": (
        r"(?:many |ok |great |perfect )?(?:thanks?|thx|thnx|ty|tysm|cheers|much appreciated|appreciate it"
        r"|i (?:really |truly )?appreciate (?:it|that|(?:your|the|all your) (?:help|time|assistance|support))"
        r"|much obliged|thank (?:you|u))"
        r"(?: (?:you|u))?(?: (?:so|very) much| a (?:lot|bunch|million|ton)| loads| heaps| again| in advance| kindly)*"
        r"(?: for (?:your|the|all your|all the) (?:help|time|support|quick (?:reply|answer|response)|reply|answer"
        r"|patience|information|info))?"
        r"|that(?:'s| is| was) (?:all i needed|very helpful|helpful|great|perfect)|you(?:'ve| have) been (?:so "
        r"|very )?helpful|you(?:'ve| have) been (?:a )?(?:big|great|huge) help"
        r"|(?:非常|太|真的|十分|真是)?(?:谢谢|感谢|多谢|謝謝|感謝|多謝|谢啦|谢了|谢|3q)(?:谢谢)?(?:啦|了|哦|哈|呀"
        r"|啊|噢|喽)?(?:[你您](?:们|們)?|大家|客服)?"
        r"(?:的)?(?:耐心)?(?:帮助|帮忙|解答|回复|解释|支持)?(?:啦|了|哦|哈|呀|啊)?|辛苦(?:了|啦|你了|您了)?"
        r"|麻烦(?:你|您)了|太感谢了"
    ),
    "hello": (
        r"hi+(?:ya)?|hey+|hello+|helo|hullo|howdy|yo|greetings|good (?:morning|afternoon|evening|day)|morning"
        r"|afternoon|evening"
        r"|(?:is )?any(?:one|body) (?:there|here|around)|(?:are )?you there|how are you(?: (?:doing|today))*"
        r"|how(?:'s| is) it going"
        r"|what(?:'s| is) up|sup|nice to meet you"
        r"|[你您](?:们|們)?好(?:呀|啊|哦|哈)?|哈[喽啰罗咯]|嗨+|嘿+|早上好|上午好|中午好|下午好|晚上好|早安?|午安"
        r"|在吗|在嗎|在么|在不在|在不|[有]人吗|有人在吗|有人嗎"
        r"|有人么|大家好|hello呀|喂+|吃了吗"
    ),
}
_FILLER: Final = (
    r"there|team|all|everyone|guys|folks|sir|madam|ma'am|dear|mate|friend|buddy|support|bot|again|ok(?:ay)?"
    r"|alright|well|so|and|oh|ah"
    r"|great|awesome|perfect|cool|good|nice|super|lovely|wonderful|brilliant|got it|i see|yes|yep|no|nope|please"
    r"|then|just"
    r"|wow|haha|lol|xx?"
    r"|亲+|亲爱的|客服|小姐姐|小哥哥|老板|店家|掌柜|各位|请问|請問|那个|嗯+|哦+|噢|好的?|行|可以|明白了?|知道了"
    r"|了解|收到|ok|哈哈+|呵呵|那|就|不用了|没问题"
    r"|<NAME_\d+>"
)
_GAP: Final = r"[\s\W_]*"
_NEXT: Final = {kind: re.compile(rf"{_GAP}(?:{said})(?![A-Za-z])", re.I) for kind, said in _SAID.items()}
_JOINS: Final = re.compile(rf"{_GAP}(?:{_FILLER})(?![A-Za-z])", re.I)
_REST = re.compile(r"[\s\W_]*\Z")
_LIKELY = re.compile(
    r"hi|hey|hell?o|yo|hull|howdy|greet|morn|noon|even|good|there|how|up|meet|th|ty|cheers|appre|help|bye|see|have"
    r"|night|care"
    r"|talk|all|who|what|are|r u|am i|is|ai|bot|[好哈嗨嘿早安在人喂吃谢謝感3辛麻再拜回8晚聊没沒别这是谁誰叫哪名称器]",
    re.I,
)

_TEXTS: Final[dict[SmallTalkKind, dict[str, str]]] = {
    "hello": {"en": "Hello! What can I help you with?", "zh": "您好！请问有什么可以帮您？"},
    "thanks": {
        "en": "You're welcome. If anything else comes up, just write here.",
        "zh": "不客气，还有其他问题随时在这里留言。",
    },
    "bye": {"en": "Goodbye, and thank you for writing to us.", "zh": "再见，感谢您的联系。"},
    "who": {
        "en": "I'm the automatic assistant of this support team. I answer from what the team has answered before; "
        "if you would rather talk to a person, just say so.",
        "zh": "我是客服团队的自动助手，根据团队以往的答复来回答问题；如果想找人工客服，直接告诉我就行。",
    },
    # In the language that was asked for, if the desk has it; in its own, if not.
    "language": {
        "en": "Of course, we can go on in English. What can I help you with?",
        "zh": "当然可以，我们用中文继续。请问有什么可以帮您？",
    },
    "bot": {
        "en": "Yes, I'm an automatic assistant, not a person. If you would rather talk to a person, just say so.",
        "zh": "是的，我是自动助手，不是真人。如果想找人工客服，直接告诉我就行。",
    },
}


def thanked(language: str) -> str:
    """Return what the desk says to a thanks."""
    return _TEXTS["thanks"]["zh" if language == "zh" else "en"]


def small_talk(text: str, language: str) -> SmallTalk | None:
    """Return the small talk that a message is, None where it says anything else beside it.

    Of several kinds in one message the one that asks most counts: ``bot``, ``who``, ``bye``, ``thanks``, ``hello``. A
    word that only joins or agrees ("ok", 好的) is none by itself, since it may answer a question.

    >>> small_talk("Hi there, are you a bot?", "en").kind, small_talk("你好，我的快递呢", "zh")
    ('bot', None)
    """
    text = simplified(text)
    if len(text) <= LONGEST and asked_language(text):
        return SmallTalk("language", _TEXTS["language"]["zh" if language == "zh" else "en"])
    if len(text) > LONGEST or not _LIKELY.search(text):
        return None
    text = text.replace("’", "'").replace("‘", "'")
    place, found = 0, set[SmallTalkKind]()
    while True:
        # The longest counts: "that's all I needed" is no goodbye.
        ends = {kind: match.end() for kind, said in _NEXT.items() if (match := said.match(text, place))}
        joins = _JOINS.match(text, place)
        if joins and joins.end() > max(ends.values(), default=0):
            place = joins.end()
            continue
        if not ends:
            break
        kind = max(ends, key=lambda one: ends[one])
        found.add(kind)
        place = ends[kind]
    if not found or not _REST.match(text, place):
        return None
    first = next(kind for kind in _SAID if kind in found)
    return SmallTalk(first, _TEXTS[first]["zh" if language == "zh" else "en"])
