"""Small talk: what is nothing else, in both languages, and what only begins like it."""

from __future__ import annotations

import pytest

from replydesk.data.text import language_of
from replydesk.dialog.small_talk import small_talk

SAID: dict[str, tuple[str, ...]] = {
    "hello": (
        "hi", "Hello!", "hey there", "good morning", "Hello, anyone there?", "Hi team,", "how are you?", "hiya",
        "HELLO??",
        "你好", "您好！", "在吗", "哈喽", "早上好", "你好，在吗？", "亲，在吗", "有人吗", "喂", "hi 你好", "你好呀😊",
    ),
    "thanks": (
        "thanks", "Thank you so much!", "ok thanks", "great, thank you very much", "cheers mate", "thx",
        "Thanks a lot 👍",
        "thank you for your help", "perfect, that's all I needed", "many thanks again", "谢谢", "好的，谢谢",
        "非常感谢！",
        "谢谢啦", "辛苦了", "谢谢你的帮助", "好的谢谢您", "多谢", "太感谢了", "嗯嗯谢谢",
    ),
    "bye": (
        "bye", "Goodbye!", "see you later", "have a nice day", "thanks, bye", "ok bye", "take care", "good night",
        "再见", "拜拜", "谢谢，再见", "好的拜拜", "晚安", "回头见", "没事了，再见",
    ),
    "who": (
        "who are you?", "who is this", "what's your name", "hi, who am I talking to?", "你是谁", "您是哪位",
        "你叫什么名字？",
        "怎么称呼", "你好，你是谁",
    ),
    "bot": (
        "are you a bot?", "Are you a real person?", "am i talking to a robot", "hello, are you human", "is this a bot",
        "are you a human or a bot?", "你是机器人吗", "你是真人吗？", "你是不是机器人", "是机器人吗",
        "你好，你是人工智能吗",
        "您是机器人还是真人",
    ),
}  # fmt: skip

MORE = (
    "hi, where is my parcel", "hello I want a refund", "thanks but it is still broken", "thank you, where is my order",
    "good morning, my lamp is broken", "bye bye money, refund me", "who are you selling my data to",
    "are you open today",
    "is this a bot vacuum or a mop", "have a nice day is what your driver said before he dropped it",
    "hey the app crashed",
    "are you there yet with my parcel", "no thanks, cancel it", "what are your opening hours", "ok", "yes", "great",
    "no",
    "what is your name for the blue one", "thanks for nothing, I want my money back", "is this real leather",
    "你好，我的快递呢", "在吗，我要退货", "谢谢，什么时候到", "你好我要换货", "再见了我的钱，退款", "你是怎么发货的",
    "你是哪家快递",
    "这是真皮吗", "机器人吸尘器坏了", "早上好，订单没到", "好的", "嗯", "行", "没有收到货", "你叫快递来取吧",
    "喂食器坏了",
    "88元的那款还有吗", "谢谢惠顾卡怎么用", "",
)  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in SAID.items() for text in texts])
def test_small_talk_is_known(kind: str, text: str) -> None:
    language = language_of(text)
    found = small_talk(text, language)
    assert found is not None
    assert found.kind == kind
    # The answer is in the language of the message.
    assert found.text.isascii() == (language == "en")


@pytest.mark.parametrize("text", MORE)
def test_a_message_that_says_more_is_none(text: str) -> None:
    assert small_talk(text, "zh") is None


def test_who_asks_for_the_truth_gets_it() -> None:
    english, chinese = small_talk("are you a bot?", "en"), small_talk("你是机器人吗", "zh")
    assert english is not None
    assert "not a person" in english.text
    assert chinese is not None
    assert "不是真人" in chinese.text
