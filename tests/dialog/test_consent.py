"""Consent: a yes or no with whatever else is said, in both languages."""

from __future__ import annotations

import pytest

from replydesk.dialog.consent import answered

SEND, RENEW, GIFT = "Shall we send you a replacement SIM?", "需要补办新卡吗？", "Was it a gift?"
WEEKEND, WEEKEND_ZH, EVENING = (
    "Would a class at the weekend be all right?",
    "周末上课可以吗？",
    "晚上给您打电话方便吗？",
)


@pytest.mark.parametrize(
    ("ask", "said", "texts"),
    [
        (SEND, False, "no|no thanks|ok then no, i have an old one here|i'm good thanks|not needed|no need"),
        (SEND, False, "don't send it please|hmm, no|well, I don't need one|I have an old one here, so no|not now"),
        (SEND, False, "ok, no thanks|No. I have a spare|please don't|i dont want one|thanks but no|nah mate"),
        (SEND, True, "yes|yes please|ok|hmm, ok|sure|go ahead|please do|send it please|send me a new one asap|ok yes"),
        (SEND, True, "yeah that would be great|of course|yes, when will it arrive?|I'd like that|please|ok please"),
        (SEND, None, "maybe|not sure|how much is it?|what do you mean|I lost it on the bus|ok how much is it?|hmm"),
        (RENEW, False, "不用了，我有别的卡|不用|不需要|暂时不用|先不补了|好的，不用了谢谢|算了，不用补了|没必要"),
        (RENEW, False, "别补了|嗯，不用了|那就不用了吧|还是不要了|不用補辦"),
        (RENEW, True, "要的|需要|是的|好的|补办吧|麻烦补一张|帮我补一张|可以|嗯，要|当然要|好，麻烦了|没问题"),
        (RENEW, None, "要多少钱？|多久能办好|不知道|随便|什么意思|要收费吗|可能吧|不好意思说错了|卡被偷了"),
        (GIFT, True, "it was|yes it was a gift"),
        (GIFT, False, "it wasn't a gift|no it was for me"),
        (GIFT, None, "the gift card was lost|I have lost the receipt"),
    ],
)  # fmt: skip
def test_what_is_said(ask: str, said: bool | None, texts: str) -> None:
    assert {text: answered(text, ask) for text in texts.split("|")} == dict.fromkeys(texts.split("|"), said)


@pytest.mark.parametrize(
    ("ask", "said", "texts"),
    [
        (
            WEEKEND_ZH, None,
            "没赶上直播，有回放吗|没收到邮件，怎么回事|我没听清老师讲的，在哪里看回放|没交作业，还能补交吗？|打不开视频，怎么办"
            "|不会下载课程，怎么办|想问一下，有回放吗|有个问题，直播有回放吗|需要发票，怎么开|没有短信，怎么登录|作业交不了，在哪里交",
        ),
        (WEEKEND_ZH, False, "不行，怎么退课|不用了，怎么退课|周末不行，有平时的班吗"),
        (WEEKEND_ZH, True, "是的，怎么上课|行的，几点上课"),
        (
            WEEKEND, None,
            "I didn't get the mail, is there a replay?|I haven't seen the lesson, where is the replay?"
            "|it isn't loading, how do I fix it?|I'd like to know if there is a replay|not working, is there a replay?"
            "|I did not open the mail is there a replay|please, is there a replay?|I don't see it, where is it?"
            "|I have a question, is there a replay?|I'm not a student, do I get a discount?"
            "|I don't have the app, can I watch it on my laptop?",
        ),
        (WEEKEND, False, "no, is there a replay?|I don't want that, is there another class?|no thanks, how to cancel?"),
        (WEEKEND, True, "yes, is there a replay?|sure, when does it start?"),
        (GIFT, False, "it wasn't a gift, can I still return it?"),
        (SEND, False, "I don't need one, how do I cancel it?|don't send it, can you unlock the old one?"),
        (RENEW, True, "需要补办，多少钱|补办吧，多久能好|麻烦补一张，多久能到"),
        (RENEW, False, "不需要补办，怎么解锁"),
    ],
)  # fmt: skip
def test_what_asks_something_else_says_yes_or_no_only_outright_or_of_what_was_asked(
    ask: str, said: bool | None, texts: str
) -> None:
    assert {text: answered(text, ask) for text in texts.split("|")} == dict.fromkeys(texts.split("|"), said)


@pytest.mark.parametrize(
    ("ask", "said", "texts"),
    [
        (WEEKEND_ZH, False, "周末不行|周末不可以|周末没空|不方便|周末不太方便|孩子周末不行|我周末来不了"),
        (WEEKEND_ZH, False, "平时可以，周末不行"),
        (WEEKEND_ZH, True, "周末可以|周末行|没问题|周末没问题|周末有空|周末方便的|周末上课可以"),
        (WEEKEND_ZH, None, "手机不行|周末可以吗|平时可以|视频不行"),
        (EVENING, False, "晚上不方便|晚上不行|晚上没空"),
        (EVENING, True, "晚上方便|晚上可以的"),
        (
            WEEKEND, False,
            "weekends don't work for me|not on Sundays|the weekend is no good|I can't do weekends"
            "|weekends are difficult|I'm not free at the weekend|that doesn't work for me|weekends aren't possible"
            "|I can't|I'm busy at weekends|I can't at the weekend|weekends don't suit me, is there another class?",
        ),
        (
            WEEKEND, True,
            "weekends are fine|the weekend works for me|that works for me|that suits me|I can do weekends"
            "|works for me|the weekend is ok|I'm free at weekends",
        ),
        (WEEKEND, None, "my app doesn't work|I can't log in|I can't find the class link|is the weekend ok"),
        (WEEKEND, None, "the video works"),
    ],
)  # fmt: skip
def test_what_is_asked_about_suits_or_does_not(ask: str, said: bool | None, texts: str) -> None:
    assert {text: answered(text, ask) for text in texts.split("|")} == dict.fromkeys(texts.split("|"), said)


def test_what_is_taken_back_counts_as_it_is_then() -> None:
    assert answered("yes. wait, no", SEND) is False
    assert answered("要，还是不要了", RENEW) is False
