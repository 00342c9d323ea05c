"""What ranks a corpus: BM25 here is the BM25 of the desk, and the hybrid the sum that it promises."""

from __future__ import annotations

from collections import Counter

import pytest

from replydesk.data.settings import Settings
from replydesk.finetune.evaluation.retrieval_models import WORDS, _Bm25, first_stage
from replydesk.retrieval.encoders.encoders import Encoders
from replydesk.retrieval.words.lexical import LexicalIndex
from replydesk.retrieval.words.terms import terms

ENGLISH = ("How do I return a lamp?", "Where is my parcel?", "Do you ship to Malta?", "My card was declined")
CHINESE = ("怎么退货？", "快递到哪里了？", "可以寄到澳门吗？", "银行卡付不了款")
ASKED = {"en": ["parcel where is it", "malta shipping", "return the lamp"], "zh": ["我的快递在哪里", "寄澳门", "退货"]}


def test_its_bm25_is_that_of_the_desk() -> None:
    texts = (*ENGLISH, *CHINESE)
    index = LexicalIndex()
    index.add([f"{i:032x}" for i in range(len(texts))], texts)
    asked = ["where is the parcel parcel", "澳门 malta", "", "unknown"]
    words, told = _Bm25(texts).scores(asked)
    for row, query in enumerate(map(index.query, asked)):
        assert words[row] == pytest.approx([query.score(Counter(terms(text))) for text in texts])
        said = [set(terms(text)) for text in texts]
        assert told[row] == pytest.approx([query.told(one, index.rarities(one)) for one in said])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_hybrid_is_the_sum_that_it_promises(language: str, tiny_settings: Settings) -> None:
    encoder = Encoders(tiny_settings.retrieval).of(language)
    texts = ENGLISH if language == "en" else CHINESE
    asked = ASKED[language]
    scores = first_stage(encoder, language)(asked, texts)
    index = LexicalIndex()
    index.add([f"{i:032x}" for i in range(len(texts))], texts)
    vectors = encoder.encode(texts)
    for row, text in enumerate(asked):
        query, vector = index.query(text), encoder.encode([text])[0]
        for place, told in enumerate(texts):
            said = Counter(terms(told))
            shared = 0.75 * query.score(said) + 0.25 * query.told(said, index.rarities(said))
            expected = float(vector @ vectors[place]) + WORDS * shared
            assert scores[row, place] == pytest.approx(expected, abs=1e-5)
