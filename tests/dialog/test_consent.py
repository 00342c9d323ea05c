"""Consent: a yes or no with whatever else is said, in both languages."""

from __future__ import annotations

import pytest

from replydesk.dialog.consent import answered

SEND, RENEW, GIFT = "Shall we send you a replacement SIM?", "需要补办新卡吗？", "Was it a gift?"


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


def test_what_is_taken_back_counts_as_it_is_then() -> None:
    assert answered("yes. wait, no", SEND) is False
    assert answered("要，还是不要了", RENEW) is False
