"""The Universal Sentence Encoder: unit rows whatever the batch, and paraphrases near in Chinese and English."""

from __future__ import annotations

import numpy as np
import pytest

from replydesk.retrieval.encoders.use import UseEncoder

TEXTS = ["Where is my parcel?", "refund", "我的快递三天没动了", "退款什么时候到账？台灯 does not switch on 😀", "?"]


@pytest.fixture(scope="module")
def use() -> UseEncoder:
    return UseEncoder()


def test_use_rows_have_length_one_and_do_not_depend_on_the_batch(use: UseEncoder) -> None:
    vectors = use.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), use.dimension)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    np.testing.assert_allclose(vectors, np.concatenate([use.encode([text]) for text in TEXTS]), atol=1e-5)
    assert use.encode([]).shape == (0, 512)


@pytest.mark.parametrize(
    ("said", "same", "other"),
    [
        ("我的快递三天没动了", "包裹怎么一直不更新", "退款什么时候能到账"),
        ("退款要多久", "钱什么时候退给我", "可以改送到公司吗"),
        ("Where is my parcel?", "my delivery has not arrived", "I want to cancel my subscription"),
        ("我的快递三天没动了", "My parcel has not moved for three days", "Can I pay by card?"),
    ],
)
def test_use_puts_a_paraphrase_nearer_than_another_question(use: UseEncoder, said: str, same: str, other: str) -> None:
    asked, near, far = use.encode([said, same, other])
    assert asked @ near > asked @ far + 0.1


def test_use_reads_traditional_characters_as_simplified_ones(use: UseEncoder) -> None:
    one, other, japanese = use.encode(["退款什麼時候到賬", "退款什么时候到账", "返金はいつですか時間"])
    assert (one == other).all() and float(one @ japanese) < 0.99
