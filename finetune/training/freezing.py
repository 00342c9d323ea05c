"""Which weights learn, and how fast: freezing, layer-wise decay of the rate, and layers that join one after another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import torch
from transformers import TrainerCallback

from replydesk.finetune.recipe import Training

__all__ = ["Unfreezing", "freeze", "parameter_groups"]

_LAYER = re.compile(r"(?:^|\.)layer\.(\d+)\.")


def freeze(network: Any, settings: Training) -> None:
    """Let those weights of a network learn that the settings name.

    ``layers`` is how many of the last layers learn, -1 for all of them; ``embeddings`` says whether the embeddings do.
    What a network calls its ``head_parameters`` always learns. Of a network with an adapter, what it added learns and
    nothing else. Where nothing learns, an :class:`~replydesk.finetune.training.network.EncoderNetwork` computes the
    vector of every text once.
    """
    added, heads = _added(network), _heads(network)
    depth = _depth(network)
    first = 0 if settings.layers < 0 else depth - settings.layers
    for name, weight in network.named_parameters():
        if id(weight) in heads:
            continue
        layer = _LAYER.search(name)
        learns = int(layer[1]) >= first if layer else settings.embeddings and settings.layers < 0
        weight.requires_grad_(name in added if added else learns)
    remember = getattr(network, "remember", None)
    if remember is not None:
        remember(not any(weight.requires_grad for weight in network.parameters()))


def parameter_groups(network: Any, heads: Sequence[torch.nn.Module], settings: Training) -> list[dict[str, Any]]:
    """Return what learns, in groups for AdamW: each with its rate and, but for biases and scales, weight decay.

    The last layer learns at ``learning_rate``, every one below at ``layer_decay`` times the rate of the one above
    (Howard and Ruder 2018, discriminative fine-tuning), the embeddings as one layer more below; what an adapter added
    at ``learning_rate``, heads at ``head_rate`` times that. What a network calls its ``head_parameters`` is a head
    without decay.
    """
    added, mine = _added(network), _heads(network)
    depth = _depth(network)
    groups: dict[tuple[float, bool], list[torch.nn.Parameter]] = {}
    for name, weight in network.named_parameters():
        joins = settings.gradually and not added
        if not weight.requires_grad and not joins:
            continue
        if id(weight) in mine:
            groups.setdefault((settings.learning_rate * settings.head_rate, False), []).append(weight)
            continue
        layer = _LAYER.search(name)
        below = depth - 1 - int(layer[1]) if layer else depth
        rate = settings.learning_rate * (1.0 if added else settings.layer_decay**below)
        # The scales of an adapter are columns; drawn to zero, they would take the model away.
        scale = weight.ndim < 2 or (bool(added) and 1 in weight.shape)
        groups.setdefault((rate, not scale), []).append(weight)
    for head in heads:
        for weight in head.parameters():
            rate = settings.learning_rate * settings.head_rate
            groups.setdefault((rate, weight.ndim > 1), []).append(weight)
    return [
        {"params": weights, "lr": rate, "weight_decay": settings.weight_decay if decayed else 0.0}
        for (rate, decayed), weights in groups.items()
    ]


class Unfreezing(TrainerCallback):  # type: ignore[misc]
    """Lets the layers join one after another, the last first, spread over the first half of the epochs.

    (Howard and Ruder 2018, gradual unfreezing.) Without ``gradually``, or with an adapter, it does nothing.
    """

    def __init__(self, network: Any, settings: Training, per_epoch: int) -> None:
        self._network, self._settings, self._per_epoch = network, settings, per_epoch

    def on_step_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Decide which layers learn in this step."""
        if not self._settings.gradually or self._settings.layers == 0 or _added(self._network):
            return
        depth = _depth(self._network)
        # The embeddings are one layer more, the last to join.
        allowed = depth + self._settings.embeddings if self._settings.layers < 0 else min(depth, self._settings.layers)
        half = max(1, self._settings.epochs * self._per_epoch // 2)
        learning = min(allowed, 1 + state.global_step * allowed // half)
        heads = _heads(self._network)
        for name, weight in self._network.named_parameters():
            layer = _LAYER.search(name)
            if id(weight) not in heads:
                weight.requires_grad_(int(layer[1]) >= depth - learning if layer else learning > depth)


def _depth(network: Any) -> int:
    return 1 + max(
        (int(found[1]) for name, _ in network.named_parameters() if (found := _LAYER.search(name))), default=-1
    )


def _heads(network: Any) -> set[int]:
    return {id(weight) for weight in getattr(network, "head_parameters", ())}


def _added(network: Any) -> frozenset[str]:
    """Return the names of the weights that an adapter added; networks without one need not know of adapters."""
    found: frozenset[str] = getattr(network, "added", frozenset())
    return found
