"""Script: traditional and simplified characters say the same."""

from __future__ import annotations

from replydesk.data.script import simplified


def test_simplified_goes_character_by_character() -> None:
    assert simplified("請問訂單到了嗎？OK") == "请问订单到了吗？OK"
    assert simplified("订单") == "订单"
