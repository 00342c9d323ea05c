"""The language of short and mixed messages: words decide; what has none keeps the language of the one before."""

from __future__ import annotations

import pytest

from replydesk.data.text import language_of

# Text, the language before, and what it is read as.
SHORT = (
    ("ok", "zh", "zh"), ("OK", "en", "en"), ("yes", "zh", "zh"), ("thanks", "zh", "zh"), ("thank you", "zh", "zh"),
    ("hello", "zh", "zh"), ("hi there", "zh", "zh"), ("no", "en", "en"), ("👍", "zh", "zh"), ("???", "zh", "zh"),
    ("TW-204817", "zh", "zh"), ("TW-204817", "en", "en"), ("12345678", "zh", "zh"), ("<ORDER_1>", "zh", "zh"),
    ("https://shop.example/x", "zh", "zh"), ("M", "zh", "zh"), ("XL black", "zh", "zh"), ("PayPal", "zh", "zh"),
    ("好", "en", "zh"), ("嗯", "en", "zh"), ("谢谢", "en", "zh"), ("在吗", "en", "zh"), ("那蓝色的呢", "en",
    "zh"), ("退款", "en", "zh"),
    ("and the blue one?", "zh", "en"), ("where is it", "zh", "en"), ("I want a refund", "zh", "en"),
    ("still not here", "zh", "en"), ("ok", "", "en"), ("8", "", "en"),
)  # fmt: skip
MIXED = (
    ("我的order到哪了", "en", "zh"), ("tracking一直没更新", "en", "zh"), ("refund什么时候到", "en", "zh"), ("ok 好的",
    "en", "zh"),
    ("hi 你好", "en", "zh"), ("iPhone 15 怎么退货", "en", "zh"), ("app 打不开, error code 404", "en", "zh"),
    ("can you explain what 退款 means on my page please", "zh", "en"),
    ("The label on the box says 台灯 but I ordered a mug from you", "zh", "en"),
    ("my name is 王 and the parcel has not come yet", "zh", "en"),
    ("请 cancel 我的 order TW-204817", "en", "zh"), ("size M 有货吗", "en", "zh"),
)  # fmt: skip


@pytest.mark.parametrize(("text", "previous", "language"), [*SHORT, *MIXED])
def test_short_and_mixed_messages(text: str, previous: str, language: str) -> None:
    assert language_of(text, previous=previous) == language


def test_there_are_forty_of_them_and_more() -> None:
    assert len({(text, previous) for text, previous, _ in (*SHORT, *MIXED)}) >= 40
