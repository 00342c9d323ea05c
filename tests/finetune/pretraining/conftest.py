"""The tiny BERT, but with embeddings that are nowhere zero: the gradient of a norm is infinite there."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from replydesk.finetune.training.network import EncoderNetwork


@pytest.fixture(scope="session")
def tiny_bert(tiny_bert: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny-bert-to-train") / "tiny-bert"
    network = EncoderNetwork.of(tiny_bert)
    with torch.no_grad(), torch.random.fork_rng():
        torch.manual_seed(3)
        for weights in network.bert.embeddings.parameters():
            weights.add_(0.02 * torch.randn_like(weights))
    network.save(folder)
    return folder
