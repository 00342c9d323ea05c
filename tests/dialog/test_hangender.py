"""Chinese words of gender: one word is read for a wife and for a husband, and products stay."""

from __future__ import annotations

import pytest

from replydesk.data.privacy.lexicon import words
from replydesk.dialog.impartial import impartial

PAIRS = words(
    "岳父-岳母 公公-婆婆 表哥-表姐 堂弟-堂妹 侄子-侄女 外甥-外甥女 姐夫-嫂子 弟妹-妹夫 干爹-干妈 大伯-大妈"
    " 哥们-姐妹 小伙子-姑娘 帅哥-美女 我爸-我妈 爷们-娘们 外孙-外孙女 前夫-前妻 未婚夫-未婚妻 奶爸-宝妈"
    " 男同事-女同事 爺爺-奶奶 媽媽-爸爸 兒子-女兒 我先生-我太太 小哥哥-小姐姐"
)


@pytest.mark.parametrize(
    "pair",
    sorted(PAIRS),
)
def test_both_of_a_pair_are_read_alike(pair: str) -> None:
    one, other = pair.split("-")
    for text in ("{}买的，杯子裂了", "昨天{}问过，杯子裂了"):
        assert impartial(text.format(one)) == impartial(text.format(other)) != text.format(one)


@pytest.mark.parametrize(
    "text",
    ["女款有货吗", "妈妈装还有吗", "爸爸鞋有42码吗", "老人机怎么充值", "老干妈还有吗", "我们先生产再发货", "男士短袖"],
)
def test_a_product_stays(text: str) -> None:
    assert impartial(text) == text


def test_who_is_addressed_in_traditional_characters_has_no_gender() -> None:
    assert impartial("謝謝妳，杯子裂了") == "谢谢你，杯子裂了"
