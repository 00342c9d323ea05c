"""Mentions: which of several things a message names, in whatever form of the word, and means."""

from __future__ import annotations

import pytest

from replydesk.dialog.mentions import Mention, is_denied, names_in, one_meant, plain

LOSS = {"lost": ["lost"], "stolen": ["stolen"]}
CARD = {"debit": ["借记卡", "debit card"], "credit": ["信用卡", "credit card"]}
REASON = {"twice": ["charged twice"], "forgot": ["forgot to cancel"], "unhappy": ["not satisfied"]}
HOW = {"lost": ["丢了"], "stolen": ["被偷了"]}


def meant(names: dict[str, list[str]], text: str, *, asked: bool = False) -> str:
    line = plain(text)
    return one_meant(line, names_in(line, names), asked=asked)


@pytest.mark.parametrize(
    ("names", "text", "value"),
    [
        (LOSS, "omg I lost my phone what do I do", "lost"),
        (LOSS, "someone stole my phone", "stolen"),
        (LOSS, "I keep losing it", "lost"),
        (LOSS, "stolen, not lost", "stolen"),
        (LOSS, "sorry, stolen not lost. someone on the tube took it", "stolen"),
        (LOSS, "not lost but stolen", "stolen"),
        (LOSS, "I didn't lose it, it was stolen", "stolen"),
        (LOSS, "it wasn't stolen I lost it", "lost"),
        (LOSS, "it wasnt stolen, just lost", "lost"),
        (LOSS, "lost, no wait, stolen", "stolen"),
        (LOSS, "I'm not sure, stolen i think", "stolen"),
        (LOSS, "I can't find my lost phone", "lost"),
        (LOSS, "is it lost or stolen", ""),
        (LOSS, "neither lost nor stolen", ""),
        (LOSS, "not lost or stolen", ""),
        (LOSS, "I don't think it was stolen", ""),
        (LOSS, "not sure if it was stolen", ""),
        (REASON, "pls refund me, you charged my card twice!!", "twice"),
        (REASON, "i forgot cancelling", "forgot"),
        (REASON, "I wasn't really satisfied", "unhappy"),
        (REASON, "I was satisfied", ""),
        (REASON, "not charged twice, forgot to cancel", "forgot"),
        (CARD, "the credit card isn't lost, it's the debit card", "debit"),
        (CARD, "I can't find my debit card", "debit"),
        (CARD, "not the credit card, the debit card", "debit"),
        (CARD, "昨天信用卡掉了，要挂失", "credit"),
        (CARD, "不好意思说错了，是借记卡", "debit"),
        (CARD, "不是信用卡是借记卡", "debit"),
        (CARD, "信用卡，不对，借记卡", "debit"),
        (CARD, "信用卡没丢，借记卡丢了", "debit"),
        (CARD, "我找不到信用卡了", "credit"),
        (CARD, "我的借記卡被偷了", "debit"),
        (CARD, "没有信用卡，只有借记卡", "debit"),
        (CARD, "不是信用卡", ""),
        (CARD, "是不是信用卡", ""),
        (CARD, "信用卡还是借记卡", ""),
        (CARD, "信用卡和借记卡都不是", ""),
        (HOW, "手机被人偷了", "stolen"),
        (HOW, "手机弄丢了", "lost"),
        (HOW, "不是丢的，是被偷的", "stolen"),
    ],
)
def test_what_is_meant(names: dict[str, list[str]], text: str, value: str) -> None:
    assert meant(names, text) == value


@pytest.mark.parametrize(("names", "text"), [(LOSS, "what does stolen mean?"), (CARD, "信用卡和这个有什么区别")])
def test_where_it_was_asked_for_what_asks_back_names_nothing(names: dict[str, list[str]], text: str) -> None:
    assert meant(names, text, asked=True) == ""


def test_the_longer_name_holds_the_shorter_one() -> None:
    assert meant({"card": ["card"], "credit": ["credit card"]}, "my credit card") == "credit"


@pytest.mark.parametrize(
    ("text", "thing", "denied"),
    [
        ("please don't block my sim", "block my sim", True),
        ("I don't want to block my sim", "block my sim", True),
        ("why don't you block my sim", "block my sim", False),
        ("I can't block my sim", "block my sim", False),
        ("我不想挂失", "挂失", True),
        ("不用挂失吗？", "挂失", False),
        ("不好意思，我要挂失", "挂失", False),
    ],
)
def test_what_is_denied(text: str, thing: str, denied: bool) -> None:
    line = plain(text)
    at = line.index(thing)
    assert is_denied(line, Mention(thing, at, at + len(thing))) is denied


@pytest.mark.parametrize("text", ["lost or stolen or " * 230, "信用卡、借记卡、" * 500])
def test_a_message_that_names_hundreds_of_things_means_none(text: str) -> None:
    assert meant(LOSS | CARD, text) == ""
