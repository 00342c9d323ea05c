"""A small desk that answers without a model: hashed character trigrams stand in for the encoder."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import count

import numpy as np
import pytest

from replydesk.data.records import Ticket
from replydesk.data.settings import DialogSettings, Settings, UiSettings
from replydesk.data.store import Store
from replydesk.dialog.agent import Agent
from replydesk.retrieval.encoders.encoder import Encoder, Vectors
from replydesk.retrieval.matcher import Matcher

ATTACK = "<script>alert(1)</script> ![x](http://evil.example/x.png) <img src=http://evil.example/y.png>"


class Trigrams:
    """Implements the ``Encoder`` protocol with a bag of hashed trigrams, single characters for Chinese."""

    id = "trigrams"
    dimension = 256

    def encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            width = 3 if text.isascii() else 1
            padded = f" {text.lower()} "
            for start in range(len(padded) - width + 1):
                digest = hashlib.blake2b(padded[start : start + width].encode(), digest_size=2).digest()
                vectors[row, int.from_bytes(digest) % self.dimension] += 1
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


class OneEncoder:
    """Stands in for ``Encoders``: one encoder reads every language."""

    def __init__(self) -> None:
        self._encoder: Encoder = Trigrams()

    def of(self, language: str) -> Encoder:
        return self._encoder

    def among(self, languages: Sequence[str]) -> list[Encoder]:
        return [self._encoder]


def _ticket(question: str, answer: str, intent: str, language: str, author: str) -> Ticket:
    at = datetime(2026, 11, 9, 10, 30, tzinfo=UTC)
    return Ticket.make(question, answer, intent=intent, language=language, author=author, at=at)


TICKETS = (
    _ticket(
        "Where is my parcel? Tracking hasn't moved for three days.",
        "I've opened a trace with Swiftgull; they answer within two working days.",
        "tracking_not_updating",
        "en",
        "Priya",
    ),
    _ticket(
        "How long does a refund take?",
        "Three to five working days after the check, to the card you paid with.",
        "refund_status",
        "en",
        "Tom",
    ),
    _ticket("Can I change the refund card?", "It always goes back to the same card.", "refund_card", "en", "Tom"),
    _ticket("我的快递三天没动了", "已向燕归速运发起查件，48 小时内回复您。", "tracking_not_updating", "zh", "小林"),
    _ticket("退款多久到账", "验货后 24 小时内退回支付宝或微信。", "refund_status", "zh", "晓雯"),
    _ticket("退款能退到别的卡吗", "只能原路退回。", "refund_card", "zh", "晓雯"),
    _ticket("Is my teapot on fire?", f"Please look: {ATTACK}", "fire", "en", "<b>Eve</b>"),
)


SETTINGS = Settings(
    # Only the same question is answered; everything else is asked back.
    dialog=DialogSettings(pick_above=0.9999, ask_above=0.0001),
    ui=UiSettings(title="Tidewick Support", title_zh="汐物在线客服", max_text=200, learn_from_page=True),
)


@pytest.fixture(scope="session")
def new_agent(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Agent]:
    """Makes small desks, each with its own store: in a file, since one in memory has but one connection."""
    folder = tmp_path_factory.mktemp("stores")
    first = Store.open(folder / "first.db")
    first.add_tickets(TICKETS)
    first.close()
    numbers = count()

    def make() -> Agent:
        store = Store.open(shutil.copy(folder / "first.db", folder / f"{next(numbers)}.db"))
        return Agent(store, Matcher(store, OneEncoder(), ("en", "zh")), SETTINGS)  # type: ignore[arg-type]

    return make


@pytest.fixture
def agent(new_agent: Callable[[], Agent]) -> Iterator[Agent]:
    agent = new_agent()
    yield agent
    agent.store.close()


@pytest.fixture
def store(agent: Agent) -> Store:
    return agent.store


@pytest.fixture
def settings(agent: Agent) -> Settings:
    return agent.settings
