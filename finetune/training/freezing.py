"""Which weights learn, and how fast: freezing, layer-wise decay of the rate, and layers that join one after another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import torch
from transformers import TrainerCallback

from replydesk.finetune.recipe import Training

__all__ = ["Unfreezing", "added", "freeze", "parameter_groups"]

_LAYER = re.compile(r"(?:^|\.)layer\.(\d+)\.")
_PLAIN = ("bias", "LayerNorm.weight", "norm.weight")


def freeze(network: Any, settings: Training) -> None:
    """Let those weights of a network learn that the settings name.

    ``layers`` is how many of the last layers learn, -1 for all of them; ``embeddings`` says whether the embeddings do.
    What an adapter added always learns.
    """
    depth = _depth(network)
    first = 0 if settings.layers < 0 else depth - settings.layers
    for name, weight in network.named_parameters():
        if added(name):
            continue
        layer = _LAYER.search(name)
        learns = int(layer[1]) >= first if layer else settings.embeddings and settings.layers < 0
        weight.requires_grad_(learns and not _adapted(network))


def parameter_groups(network: Any, heads: Sequence[torch.nn.Module], settings: Training) -> list[dict[str, Any]]:
    """Return what learns, in groups for AdamW: each with its rate and, but for biases and norms, weight decay.

    The last layer learns at ``learning_rate``, every one below at ``layer_decay`` times the rate of the one above
    (Howard and Ruder 2018, discriminative fine-tuning), the embeddings as one layer more below; heads at ``head_rate``
    times the rate.
    """
    depth = _depth(network)
    groups: dict[tuple[float, bool], list[torch.nn.Parameter]] = {}
    for name, weight in network.named_parameters():
        if not weight.requires_grad and not settings.gradually:
            continue
        layer = _LAYER.search(name)
        below = depth - 1 - int(layer[1]) if layer else depth
        rate = settings.learning_rate * (1.0 if added(name) else settings.layer_decay**below)
        groups.setdefault((rate, not name.endswith(_PLAIN)), []).append(weight)
    for head in heads:
        for name, weight in head.named_parameters():
            rate = settings.learning_rate * settings.head_rate
            groups.setdefault((rate, not name.endswith(_PLAIN)), []).append(weight)
    return [
        {"params": weights, "lr": rate, "weight_decay": settings.weight_decay if decayed else 0.0}
        for (rate, decayed), weights in groups.items()
    ]


class Unfreezing(TrainerCallback):  # type: ignore[misc]
    """Lets the layers join one after another, the last first, spread over the first half of the epochs.

    (Howard and Ruder 2018, gradual unfreezing.) Without ``gradually`` it does nothing.
    """

    def __init__(self, network: Any, settings: Training, per_epoch: int) -> None:
        self._network, self._settings, self._per_epoch = network, settings, per_epoch

    def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Decide which layers learn in this step."""
        if not self._settings.gradually:
            return
        depth = _depth(self._network)
        allowed = depth if self._settings.layers < 0 else self._settings.layers
        half = max(1, self._settings.epochs * self._per_epoch // 2)
        learning = min(allowed, 1 + state.global_step * allowed // half)
        for name, weight in self._network.named_parameters():
            layer = _LAYER.search(name)
            if layer:
                weight.requires_grad_(int(layer[1]) >= depth - learning)
            elif not added(name):
                weight.requires_grad_(learning == depth and self._settings.embeddings)


def _depth(network: Any) -> int:
    return 1 + max(
        (int(found[1]) for name, _ in network.named_parameters() if (found := _LAYER.search(name))), default=-1
    )


def added(name: str) -> bool:
    """Return whether an adapter added the weight of that name."""
    return any(part in name for part in ("lora_", "ia3_", "prompt_", "prefix_", "adapter_"))


def _adapted(network: Any) -> bool:
    return any(added(name) for name, _ in network.named_parameters())
