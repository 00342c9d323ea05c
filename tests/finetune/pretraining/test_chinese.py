"""From nothing in Chinese: real dialogues are read, and questions of a topic then stand near each other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from replydesk.finetune.pretraining.corpus import Corpus
from replydesk.finetune.pretraining.pretrain import pretrain
from replydesk.finetune.recipe import FreshRecipe, PretrainRecipe, Recipe, Training
from replydesk.finetune.training.network import EncoderNetwork

TRAINING = Training(epochs=2, learning_rate=2e-3, max_tokens=48)
RECIPE = PretrainRecipe(
    objective="mlm", fresh=FreshRecipe(vocabulary=3000, layers=2, dimension=64, heads=2, training=TRAINING)
)


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.slow
def test_an_encoder_from_nothing_finds_the_question_of_the_same_topic_among_ten(datasets: Path, tmp_path: Path) -> None:
    asked = rows(datasets / "prepared" / "jddc_retrieval_dev.jsonl")
    judged = rows(datasets / "prepared" / "jddc_retrieval_test.jsonl")
    known = {row["text"] for row in judged}
    talks = [[turn["text"] for turn in row["turns"]] for row in rows(datasets / "prepared" / "crosswoz_dialogs.jsonl")]
    corpus = Corpus.of([*talks[:80], *(row["text"] for row in asked if row["text"] not in known)])
    told = pretrain(None, tmp_path / "made", Recipe(pretrain=RECIPE), corpus).history
    assert told["losses"][-1] < told["losses"][0] - 0.2

    network = EncoderNetwork.of(tmp_path / "made")
    assert network.tokenizer.token_to_id("[UNK]") not in {t for row in network.tokens(corpus.texts) for t in row}
    texts, topics = [row["text"] for row in judged], np.array([row["topic"] for row in judged])
    vectors = network.encode(texts).numpy()
    draw = np.random.default_rng(0)
    first = []
    for number in draw.permutation(len(judged))[:1000]:
        same = np.flatnonzero(topics == topics[number])
        own = draw.choice(same[same != number])
        others = draw.choice(np.flatnonzero(topics != topics[number]), 9, replace=False)
        first.append(float(vectors[own] @ vectors[number]) > float((vectors[others] @ vectors[number]).max()))
    # By chance it is one in ten.
    assert np.mean(first) > 0.15
