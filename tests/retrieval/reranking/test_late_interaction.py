"""Late interaction against the plainest loop that says the same, in English and Chinese, on both runtimes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from replydesk.data.settings import RetrievalSettings
from replydesk.retrieval.encoders import runtime
from replydesk.retrieval.encoders.bert import BertEncoder
from replydesk.retrieval.encoders.encoder import TokenEncoder, TokenVectors
from replydesk.retrieval.encoders.encoders import Encoders
from replydesk.retrieval.encoders.joining import JoiningEncoder
from replydesk.retrieval.encoders.runtime import OpenVinoEncoder, batches
from replydesk.retrieval.encoders.use import UseEncoder
from replydesk.retrieval.reranking.late_interaction import LateInteraction, token_encoder
from replydesk.retrieval.words.lexical import LexicalIndex

TEXTS = {
    "en": [
        "Where is my parcel?",
        "The parcel TW-204817 is late; it didn't come!",
        "refund",
        "…?!",
        "",
        "I ordered twice by mistake, cancel one, and change the delivery address of the other to my office please",
    ],
    "zh": [
        "我的快递三天没动了",
        "退款什么时候到账？",
        "訂單 TW-204817 台灯不亮",
        "？！",
        "退",
        "杯子收到就是碎的，请补发",
    ],
}
ASKED = {
    "en": ["Where's parcel TW-204817?", "I want a refund", "!!"],
    "zh": ["快递什么时候到？", "订单TW-204817的台灯坏了", "。"],
}
# Each token with the term that it is part of, worked out by hand.
WORDS = {"it didn't come, TW-204817!": "it didnt come tw-204817", "訂單 TW-204817？": "订 单 tw-204817"}


@pytest.fixture(scope="module")
def encoder(tiny_bert: Path) -> BertEncoder:
    return BertEncoder(str(tiny_bert))


def index(texts: Sequence[str]) -> LexicalIndex:
    found = LexicalIndex()
    found.add([f"{row:032x}" for row in range(len(texts))], texts)
    return found


def plainly(folder: Path, question: str, text: str, words: LexicalIndex) -> float:
    """Return the likeness by loops over tokens, one text at a time, from the transformers library."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()

    def read(one: str) -> list[tuple[float, NDArray[np.float32]]]:
        batch = tokenizer(one, return_tensors="pt", return_offsets_mapping=True)
        spans = batch.pop("offset_mapping")[0].tolist()
        with torch.no_grad():
            states = model(**batch).last_hidden_state[0].numpy()
        found = []
        for (start, _), state in list(zip(spans, states, strict=True))[1:-1]:
            term = term_around(one, start)
            if not term:
                # A mark.
                continue
            found.append((words.rarities([term])[term], state / np.linalg.norm(state)))
        return found

    mine, theirs = read(question), read(text)
    if not mine or not theirs:
        return 0.0
    sides = []
    for one, other in ((mine, theirs), (theirs, mine)):
        best = [max(float(vector @ second) for _, second in other) for _, vector in one]
        weights = [weight for weight, _ in one]
        sides.append(sum(w * b for w, b in zip(weights, best, strict=True)) / sum(weights))
    return sum(sides) / 2


def term_around(text: str, place: int) -> str:
    """Return the term that a place is in: a Chinese character itself, else what stands up to the next blank or mark."""
    if "\u4e00" <= text[place] <= "\u9fff":
        return text[place].replace("訂", "订").replace("單", "单")
    latin = re.compile(r"[A-Za-z0-9]+(?:['-][A-Za-z0-9]+)*")
    inside = [match[0] for match in latin.finditer(text) if match.start() <= place < match.end()]
    return inside[0].lower().replace("'", "") if inside else ""


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_is_what_the_plainest_loop_says(encoder: BertEncoder, tiny_bert: Path, language: str) -> None:
    words = index(TEXTS[language])
    late = LateInteraction(encoder, words.rarities)
    expected = [[plainly(tiny_bert, asked, text, words) for text in TEXTS[language]] for asked in ASKED[language]]
    found = late.scores(ASKED[language], TEXTS[language])
    # The vectors are kept in 16 bits.
    np.testing.assert_allclose(found, expected, atol=2e-3)
    assert np.abs(found).max() > 0.1
    for row, asked in enumerate(ASKED[language]):
        logits = late.logits(asked, TEXTS[language])
        assert logits.dtype == np.float32
        np.testing.assert_allclose(logits, found[row], atol=1e-6)
    assert late.scores(["!!"], TEXTS[language]).tolist() == [[0.0] * 6]
    assert late.logits(ASKED[language][0], []).shape == (0,)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_text_is_most_like_itself(encoder: BertEncoder, language: str) -> None:
    texts = [text for text in TEXTS[language] if any(map(str.isalnum, text))]
    found = LateInteraction(encoder, index(texts).rarities).scores(texts, texts)
    np.testing.assert_allclose(np.diag(found), 1, atol=2e-3)
    assert (found <= 1 + 2e-3).all()


@pytest.mark.parametrize(("text", "expected"), WORDS.items())
def test_a_token_weighs_what_its_word_does_and_marks_nothing(encoder: BertEncoder, text: str, expected: str) -> None:
    asked: list[str] = []

    def rarities(terms: object) -> dict[str, float]:
        asked.extend(terms)  # type: ignore[call-overload]
        return dict.fromkeys(asked, 1.0)

    LateInteraction(encoder, rarities).logits(text, [text])
    assert asked == expected.split()


def test_a_rare_word_weighs_more(encoder: BertEncoder) -> None:
    def late(lamp: float) -> LateInteraction:
        return LateInteraction(encoder, lambda terms: {term: lamp if term == "lamp" else 1.0 for term in terms})

    texts = ["the lamp", "the parcel"]
    common, rare = (late(weight).logits("my lamp", texts) for weight in (1.0, 9.0))
    assert rare[0] - rare[1] > common[0] - common[1]


def test_the_fast_runtime_says_the_same(encoder: BertEncoder, tiny_bert: Path, tmp_path: Path) -> None:
    fast = OpenVinoEncoder(str(tiny_bert), cache=tmp_path)
    again = OpenVinoEncoder(str(tiny_bert), cache=tmp_path)
    texts = [*TEXTS["en"], *TEXTS["zh"], "where is my parcel " * 50]
    for kept in (fast, again):
        for one, other in zip(kept.token_vectors(texts), encoder.token_vectors(texts), strict=True):
            assert one.spans.tolist() == other.spans.tolist()
            assert one.vectors.shape == (len(other.spans), 32)
            # A processor with bfloat16 rounds.
            assert (one.vectors * other.vectors).sum(axis=1).min(initial=1) > 0.995
            np.testing.assert_allclose(np.linalg.norm(one.vectors, axis=1), 1, atol=1e-5)


def test_what_was_just_encoded_is_not_computed_again(tiny_bert: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fast, other = OpenVinoEncoder(str(tiny_bert)), OpenVinoEncoder(str(tiny_bert))
    texts = [*TEXTS["en"][:2], *TEXTS["zh"][:2]]
    computed: list[int] = []

    def counted(rows: Sequence[Sequence[int]], budget: int, padding: int) -> Any:
        computed.append(len(rows))
        return batches(rows, budget, padding)

    fast.encode(texts[:3])
    monkeypatch.setattr(runtime, "batches", counted)
    found = fast.token_vectors(texts)
    assert computed == [1]
    for one, expected in zip(found, other.token_vectors(texts), strict=True):
        assert one.spans.tolist() == expected.spans.tolist()
        assert (one.vectors * expected.vectors).sum(axis=1).min() > 0.995
    fast.encode([f"another {number}" for number in range(300)])
    assert len(fast._recent) <= 64
    for number in range(100):
        fast.encode([f"one more {number}"])
    assert len(fast._recent) == 64


class Counting:
    """An encoder that counts what it reads."""

    def __init__(self, encoder: BertEncoder) -> None:
        self._encoder, self.read = encoder, list[str]()
        self.id, self.dimension = encoder.id, encoder.dimension

    def token_vectors(self, texts: Sequence[str]) -> list[TokenVectors]:
        self.read += texts
        return self._encoder.token_vectors(texts)


def test_what_is_found_again_is_not_read_again(encoder: BertEncoder) -> None:
    counting = Counting(encoder)
    late = LateInteraction(counting, index(TEXTS["en"]).rarities)
    texts = TEXTS["en"][:3]
    assert late.id == f"late-interaction-{encoder.id}"
    assert late.tokens("my lamp", texts) == [4 + 6, 10, 3]
    first = late.logits("my lamp", texts)
    assert counting.read == ["my lamp", *texts]
    assert late.tokens("your lamp", texts) == [4 + 1, 1, 1]
    late.logits("your lamp", texts)
    assert counting.read == ["my lamp", *texts, "your lamp"]
    np.testing.assert_array_equal(late.logits("my lamp", texts), first)


def test_memory_is_bounded(encoder: BertEncoder) -> None:
    counting = Counting(encoder)
    late = LateInteraction(counting, index(TEXTS["en"]).rarities, megabytes=0.01)
    texts = [f"the lamp number {number}" for number in range(60)]
    whole = late.logits("lamp number 7", texts)
    assert late._bytes <= 0.01 * 2**20
    assert 0 < len(late._known) < 60
    counting.read.clear()
    np.testing.assert_allclose(late.logits("lamp number 7", texts), whole, atol=1e-5)
    assert texts[0] in counting.read and texts[-1] not in counting.read


def test_only_a_bert_tells_its_tokens(tiny_bert: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = {"english_encoder": str(tiny_bert), "runtime": "torch"}
    wrapped = Encoders(RetrievalSettings.model_validate(names)).of("en")
    found = token_encoder(wrapped)
    assert isinstance(found, TokenEncoder) and found.id == wrapped.id
    monkeypatch.setattr(UseEncoder, "__init__", lambda self: setattr(self, "id", "use"))
    assert token_encoder(JoiningEncoder(UseEncoder())) is None
