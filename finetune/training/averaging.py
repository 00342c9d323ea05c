"""Averaging: the mean of the weights along the way is often better than where the way ends."""

from __future__ import annotations

from typing import Any

import torch

__all__ = ["Averaging"]


class Averaging:
    """An exponential moving average of what learns in a model (Polyak and Juditsky 1992; Morales-Brotons et al. 2024).

    ``decay`` is the share of the old average that each step keeps, once enough steps were made; 0 averages nothing.
    """

    def __init__(self, model: Any, decay: float) -> None:
        self._model, self.decay, self.steps = model, decay, 0
        self._mean: dict[str, torch.Tensor] = {}
        self._own: dict[str, torch.Tensor] = {}

    @torch.no_grad()
    def follow(self) -> None:
        """Take in the weights after a step. The first steps count more, or the start would stay in the average."""
        if not self.decay:
            return
        self.steps += 1
        keep = min(self.decay, self.steps / (self.steps + 9))
        learning = {name: weight for name, weight in self._model.named_parameters() if weight.requires_grad}
        fresh = [name for name in learning if name not in self._mean]
        self._mean.update((name, learning[name].detach().clone()) for name in fresh)
        known = [name for name in learning if name not in fresh]
        if known:
            torch._foreach_lerp_([self._mean[name] for name in known], [learning[name] for name in known], 1 - keep)

    def __enter__(self) -> None:
        """Put the average in place of the weights."""
        for name, weight in self._model.named_parameters():
            if name in self._mean:
                self._own[name] = weight.data
                weight.data = self._mean[name]

    def __exit__(self, *_: object) -> None:
        """Put the weights back."""
        for name, weight in self._model.named_parameters():
            if name in self._own:
                weight.data = self._own.pop(name)

    def state(self) -> dict[str, torch.Tensor]:
        """Return the average, to be stored."""
        return {**self._mean, "steps": torch.tensor(self.steps)}

    def load(self, state: dict[str, torch.Tensor]) -> None:
        """Take up a stored average."""
        self.steps = int(state["steps"])
        own = dict(self._model.named_parameters())
        self._mean = {name: tensor.to(own[name].device) for name, tensor in state.items() if name != "steps"}
