"""Pre-training: the loss falls, turns that follow are told from others, and what was killed goes on."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

from replydesk.data.errors import ConflictError, RequestError, TrainingError
from replydesk.finetune.pretraining.corpus import Corpus
from replydesk.finetune.pretraining.heads import WordHead, log_shares
from replydesk.finetune.pretraining.masking import IGNORED, MaskTask
from replydesk.finetune.pretraining.pretrain import pretrain, pretrained_base
from replydesk.finetune.pretraining.sentences import SimcseTask, TsdaeTask
from replydesk.finetune.recipe import FreshRecipe, PretrainRecipe, Recipe, Training
from replydesk.finetune.training.loop import fit
from replydesk.finetune.training.network import EncoderNetwork
from replydesk.retrieval.encoders.bert import BertEncoder

TRAINING = Training(
    epochs=6, batch_size=16, learning_rate=5e-3, head_rate=2.0, precision="float32", max_tokens=32, patience=9
)
SMALL = FreshRecipe(vocabulary=300, layers=2, dimension=32, heads=2, training=TRAINING)
TOPICS = (
    ("lamp bulb switch", "灯泡 开关 台灯"),
    ("parcel courier depot", "快递 包裹 驿站"),
    ("refund bank money", "退款 银行 金额"),
    ("mug bowl crack", "杯子 碗 裂纹"),
)


def toy(count: int, seed: int = 0) -> Corpus:
    """Return conversations of two turns, each about one topic in one language."""
    draw = np.random.default_rng(seed)
    made = []
    for number in range(count):
        words = TOPICS[number % 4][number // 4 % 2].split()
        made.append([" ".join(draw.permutation(words)) for _ in range(2)])
    return Corpus.of(made)


def recipe(objective: Any = "mlm", **more: Any) -> Recipe:
    return Recipe(pretrain=PretrainRecipe(objective=objective, training=TRAINING, fresh=SMALL, held_out=0.2, **more))


@pytest.mark.parametrize("objective", ["mlm", "simcse", "tsdae"])
def test_the_loss_falls_and_an_encoder_comes_out(objective: str, tiny_bert: Path, tmp_path: Path) -> None:
    told = pretrain(tiny_bert, tmp_path / "made", recipe(objective), toy(80)).history
    assert told["losses"][told["best_epoch"]] < 0.9 * told["losses"][0]
    vectors = BertEncoder(str(tmp_path / "made")).encode(["the lamp", "台灯坏了"])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    ours = EncoderNetwork.of(tmp_path / "made").encode(["the lamp", "台灯坏了"]).numpy()
    assert np.allclose(vectors, ours, atol=1e-5)
    before = EncoderNetwork.of(tiny_bert).encode(["the lamp"]).numpy()
    assert not np.allclose(ours[:1], before, atol=1e-3)
    assert json.loads((tmp_path / "made" / "pretraining.json").read_text(encoding="utf-8")) == told
    assert not (tmp_path / "made.unfinished").exists()


def test_turns_that_follow_are_told_from_others(tiny_bert: Path) -> None:
    network = EncoderNetwork.of(tiny_bert, max_tokens=32, dropout=0.0)
    learned = MaskTask(network, toy(400), batch_size=32)
    judged = MaskTask(network, toy(160, seed=1), batch_size=32, head=learned.head)
    before = judged.right(network)
    fit(network, [learned], replace(TRAINING, epochs=20, batch_size=32))
    after = judged.right(network)
    # A quarter of the turns of other conversations are about the same thing: .875 is all there is to know.
    assert before["follows"] < 0.65
    assert after["follows"] > 0.8
    assert after["words"] > before["words"] + 0.2


def test_an_encoder_from_nothing_has_its_own_words(tmp_path: Path) -> None:
    told = pretrain(None, tmp_path / "made", recipe(), toy(80)).history
    assert told["losses"][told["best_epoch"]] < told["losses"][0]
    assert told["base"] == ""
    pieces = (tmp_path / "made" / "vocab.txt").read_text(encoding="utf-8").splitlines()
    assert {"lamp", "快", "递"} <= set(pieces)
    encoder = BertEncoder(str(tmp_path / "made"))
    assert encoder.encode(["快递到了吗", "my lamp"]).shape == (2, 32)


class KilledError(Exception):
    pass


def killing(step: int) -> Any:
    from transformers import TrainerCallback

    class Killer(TrainerCallback):  # type: ignore[misc]
        def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            if state.global_step == step:
                raise KilledError

    return Killer()


@pytest.mark.parametrize("base", [True, False], ids=["from a checkpoint", "from nothing"])
def test_what_was_stopped_in_the_middle_goes_on(base: bool, tiny_bert: Path, tmp_path: Path) -> None:
    start = tiny_bert if base else None
    whole = pretrain(start, tmp_path / "whole", recipe(), toy(80))
    per_epoch = whole.history["steps"] // len(whole.history["losses"][1:])
    with pytest.raises(KilledError):
        pretrain(start, tmp_path / "made", recipe(), toy(80), callbacks=[killing(2 * per_epoch + 1)])
    assert not (tmp_path / "made").exists()
    steps: list[int] = []
    again = pretrain(start, tmp_path / "made", recipe(), toy(80), callbacks=[counting(steps)])
    assert steps[0] == 2 * per_epoch + 1, "what was learned before is not learned again"
    assert again.history["losses"] == pytest.approx(whole.history["losses"], abs=1e-4)
    one, other = (load_file(tmp_path / name / "model.safetensors") for name in ("whole", "made"))
    assert one.keys() == other.keys()
    for name in one:
        assert np.allclose(one[name], other[name], atol=1e-5), name


def counting(steps: list[int]) -> Any:
    from transformers import TrainerCallback

    class Counter(TrainerCallback):  # type: ignore[misc]
        def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
            steps.append(state.global_step)

    return Counter()


@pytest.mark.slow
def test_a_killed_process_goes_on(tiny_bert: Path, tmp_path: Path) -> None:
    texts = tmp_path / "texts.txt"
    texts.write_text("\n".join(turn for turns in toy(80).conversations for turn in turns), encoding="utf-8")
    script = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from transformers import TrainerCallback\n"
        "from replydesk.finetune.pretraining.corpus import Corpus\n"
        "from replydesk.finetune.pretraining.pretrain import pretrain\n"
        "from replydesk.finetune.recipe import PretrainRecipe, Recipe, Training\n"
        "class Kill(TrainerCallback):\n"
        "    def on_step_end(self, args, state, control, **kwargs):\n"
        "        if state.global_step == int(sys.argv[4]):\n"
        "            os.kill(os.getpid(), signal.SIGKILL)\n"
        "training = Training(epochs=3, batch_size=16, learning_rate=2e-3, precision='float32')\n"
        "pretrain(Path(sys.argv[1]), Path(sys.argv[2]),\n"
        "         Recipe(pretrain=PretrainRecipe(objective='mlm', training=training)),\n"
        "         Corpus.of_files([sys.argv[3]]), callbacks=[Kill()])\n"
    )

    def run(name: str, step: int) -> int:
        command = [sys.executable, "-c", script, str(tiny_bert), str(tmp_path / name), str(texts), str(step)]
        return subprocess.run(command, timeout=200, check=False).returncode

    assert run("whole", -1) == 0
    assert run("made", 15) == -9
    assert not (tmp_path / "made").exists()
    assert run("made", -1) == 0
    one, other = (load_file(tmp_path / name / "model.safetensors") for name in ("whole", "made"))
    for name in one:
        assert np.allclose(one[name], other[name], atol=1e-5), name


def test_other_text_or_another_recipe_does_not_go_on_from_there(tiny_bert: Path, tmp_path: Path) -> None:
    with pytest.raises(KilledError):
        pretrain(tiny_bert, tmp_path / "made", recipe(), toy(80), callbacks=[killing(3)])
    with pytest.raises(ConflictError, match=r"made\.unfinished"):
        pretrain(tiny_bert, tmp_path / "made", recipe(), toy(84))
    with pytest.raises(ConflictError):
        pretrain(tiny_bert, tmp_path / "made", recipe(mask=0.3), toy(80))
    with pytest.raises(ConflictError):
        pretrain(None, tmp_path / "made", recipe(), toy(80))


def test_a_folder_that_exists_is_left_alone_and_nothing_teaches_nothing(tiny_bert: Path, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="already"):
        pretrain(tiny_bert, tmp_path, recipe(), toy(8))
    with pytest.raises(TrainingError, match="no text"):
        pretrain(tiny_bert, tmp_path / "made", recipe(), Corpus())
    with pytest.raises(TrainingError, match="nothing to read"):
        pretrain(tiny_bert, tmp_path / "made", recipe(), Corpus.of(["ฉันต้องการ"]))


def test_the_base_stays_where_the_recipe_does_not_pretrain(tiny_bert: Path, tmp_path: Path) -> None:
    def unread() -> Corpus:
        raise AssertionError("the texts need not be read")

    assert pretrained_base(tiny_bert, tmp_path / "a", Recipe(), unread) == (tiny_bert, {})
    assert pretrained_base(tiny_bert, tmp_path / "a", recipe(), Corpus) == (tiny_bert, {})
    base, told = pretrained_base(tiny_bert, tmp_path / "a", recipe("simcse"), lambda: toy(24))
    assert base.parent == tmp_path / "a"
    # What is there is not made again.
    assert pretrained_base(tiny_bert, tmp_path / "a", recipe("simcse"), lambda: toy(24)) == (base, told)
    assert told["objective"] == "simcse"


def test_half_of_the_second_turns_are_of_other_conversations(tiny_bert: Path) -> None:
    network = EncoderNetwork.of(tiny_bert, max_tokens=32)
    corpus = Corpus.of([["lamp", "bulb"], ["parcel", "courier", "depot"], ["refund", "bank"], ["alone"]])
    task = MaskTask(network, corpus, batch_size=8)
    batches = [task.batch(rows, epoch) for epoch in range(200) for rows in task.epoch(epoch)]
    follows = torch.cat([batch["follows"] for batch in batches])
    # Four pairs, and the conversation of one turn, which is asked nothing.
    assert (follows == IGNORED).float().mean() == pytest.approx(1 / 5, abs=0.02)
    assert (follows[follows != IGNORED] == 1).float().mean() == pytest.approx(0.5, abs=0.05)
    for batch in batches:
        for ids, kinds, targets, follow in zip(
            batch["input_ids"], batch["token_type_ids"], batch["targets"], batch["follows"], strict=True
        ):
            said = ids.clone()
            said[targets != IGNORED] = targets[targets != IGNORED]
            parts = [network.tokenizer.decode(said[kinds == kind].tolist()).split() for kind in (0, 1)]
            pair = (" ".join(parts[0]), " ".join(parts[1]))
            real = any(pair in pairwise(turns) for turns in corpus.conversations)
            assert int(follow) == (IGNORED if not pair[1] else int(real)), pair
    again = MaskTask(network, corpus, batch_size=8)
    for rows in task.epoch(5):
        assert torch.equal(task.batch(rows, 5)["input_ids"], again.batch(rows, 5)["input_ids"])
    alone = MaskTask(network, corpus, batch_size=8, next_sentence=False)
    assert sum(map(len, alone.epoch(0))) == 8


def test_long_turns_both_find_room(tiny_bert: Path) -> None:
    network = EncoderNetwork.of(tiny_bert, max_tokens=32)
    task = MaskTask(network, Corpus.of([["lamp " * 50, "bulb " * 50], ["a b c " * 20, "parcel"]]), batch_size=2)
    for epoch in range(4):
        batch = task.batch([0, 1], epoch)
        assert batch["input_ids"].shape == (2, 32)
        assert set((batch["token_type_ids"] == 1).sum(1).tolist()) <= {16, 15, 2}


def test_the_head_starts_with_how_common_words_are(tiny_bert: Path) -> None:
    network = EncoderNetwork.of(tiny_bert)
    bias = log_shares([[5, 5, 6]], 8)
    assert bias.exp().tolist() == pytest.approx([0.1 / 3.8] * 5 + [2.1 / 3.8, 1.1 / 3.8, 0.1 / 3.8])
    head = WordHead(32, bias)
    embeddings = torch.randn(8, 32) * 0.05
    chances = head(torch.randn(4, 32), embeddings).softmax(1)
    assert torch.allclose(chances, bias.exp().expand(4, 8), atol=0.05)
    assert not any(weight is network.bert.embeddings.word_embeddings.weight for weight in head.parameters())


def test_both_views_differ_by_dropout_alone(tiny_bert: Path) -> None:
    network = EncoderNetwork.of(tiny_bert)
    task = SimcseTask(network, toy(8), batch_size=4)
    batch = task.batch([0, 1, 2], 0)
    assert torch.equal(batch["input_ids"][:3], batch["input_ids"][3:])
    still = network.eval()(batch["input_ids"], batch["attention_mask"])
    assert torch.allclose(still[:3], still[3:], atol=1e-6)
    moving = network.train()(batch["input_ids"], batch["attention_mask"])
    assert not torch.allclose(moving[:3], moving[3:], atol=1e-3)
    with pytest.raises(TrainingError, match="dropout"):
        SimcseTask(EncoderNetwork.of(tiny_bert, dropout=0.0), toy(8), batch_size=4)


def test_the_writer_sees_the_vector_and_nothing_that_comes_later(tiny_bert: Path) -> None:
    network = EncoderNetwork.of(tiny_bert).eval()
    task = TsdaeTask(network, toy(8), batch_size=4)
    head = task.head.eval()
    ids = torch.tensor([[2, 10, 11, 12, 13]])
    vectors = torch.nn.functional.normalize(torch.randn(1, 32), dim=1)
    with torch.no_grad():
        one = head(network, vectors, ids)
        changed = ids.clone()
        changed[0, 3] = 20
        other = head(network, vectors, changed)
        assert torch.allclose(one[:, :3], other[:, :3], atol=1e-5)
        assert not torch.allclose(one[:, 3:], other[:, 3:], atol=1e-4)
        assert not torch.allclose(one, head(network, -vectors, ids), atol=1e-4)


def test_words_are_learned_without_moving_the_vectors(tiny_bert: Path) -> None:
    moved, rose = {}, {}
    texts = toy(80).texts
    for keep in (0.0, 50.0):
        network = EncoderNetwork.of(tiny_bert, max_tokens=32)
        before = network.encode(texts)
        task = MaskTask(network, toy(80), batch_size=16, keep=keep)
        start = task.right(network)["words"]
        assert ("before" in task.batch([0, 1], 0)) == bool(keep)
        fit(network, [task], TRAINING)
        moved[keep] = float((1 - (network.encode(texts) * before).sum(1)).mean())
        rose[keep] = task.right(network)["words"] - start
    assert moved[50.0] < 0.5 * moved[0.0]
    assert rose[50.0] > 0


def test_what_moved_is_measured_on_the_first_turn_alone(tiny_bert: Path) -> None:
    network = EncoderNetwork.of(tiny_bert, max_tokens=32).eval()
    task = MaskTask(network, toy(8), batch_size=4, keep=1.0)
    plain = MaskTask(network, toy(8), batch_size=4, head=task.head)
    batch = task.batch([0, 1, 2], 0)
    states = network.bert(
        **{name: batch[name] for name in ("input_ids", "attention_mask", "token_type_ids")}
    ).last_hidden_state
    expected = []
    for row in range(3):
        first = (batch["token_type_ids"][row] == 0) & (batch["attention_mask"][row] == 1)
        mean = states[row][first].mean(0)
        whole = network.encode([toy(8).conversations[row][0]])[0]
        expected.append(1 - float(torch.cosine_similarity(mean.detach(), whole, dim=0)))
    extra = task.loss(network, batch) - plain.loss(network, {k: v for k, v in batch.items() if k != "before"})
    assert extra.item() == pytest.approx(np.mean(expected), abs=1e-5)
