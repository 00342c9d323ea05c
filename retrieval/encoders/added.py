"""Weights beside a BERT that cannot be folded into it: a prompt, a prefix, or bottlenecks in its layers.

They stand in a file beside the BERT's own, and ``added_weights`` in its configuration names their kind. The model that
:func:`with_added` returns takes tokens and mask as the BERT does and gives the states of just these tokens, so pooling
and conversion know nothing of what was added.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch.nn import functional
from transformers.modeling_outputs import BaseModelOutput

__all__ = ["Bottleneck", "Prefixed", "Prompted", "insert_bottlenecks", "save_bert", "with_added"]

_FILE = "added.safetensors"


class Bottleneck(torch.nn.Module):
    """A Houlsby adapter: ``x + up(gelu(down(x)))``, near the identity at first.

    (Houlsby et al. 2019, figure 2 and section 3.6: weights from a normal distribution of deviation .01, cut at two.)
    """

    def __init__(self, dimension: int, width: int) -> None:
        super().__init__()
        self.down, self.up = torch.nn.Linear(dimension, width), torch.nn.Linear(width, dimension)
        for linear in (self.down, self.up):
            torch.nn.init.trunc_normal_(linear.weight, std=0.01, a=-0.02, b=0.02)
            torch.nn.init.zeros_(linear.bias)

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """Return states of the same shape, (n, tokens, dimension)."""
        found: torch.Tensor = states + self.up(functional.gelu(self.down(states)))
        return found


class Prompted(torch.nn.Module):
    """A BERT that reads a learned prompt, shape (length, dimension), before every text (Lester et al. 2021)."""

    def __init__(self, bert: Any, rows: torch.Tensor) -> None:
        super().__init__()
        self.bert, self.config = bert, bert.config
        self.rows, self.length = torch.nn.Parameter(rows), len(rows)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor, **_same: Any) -> BaseModelOutput:
        """Return the states of the text's own tokens. All else that a tokenizer gives is the same for every text."""
        words = self.bert.get_input_embeddings()(input_ids)
        prompt = self.rows.expand(words.shape[0], -1, -1)
        mask = _longer(attention_mask, self.length)
        states = self.bert(inputs_embeds=torch.cat([prompt, words], dim=1), attention_mask=mask).last_hidden_state
        return BaseModelOutput(last_hidden_state=states[:, self.length :])


class Prefixed(torch.nn.Module):
    """A BERT whose every layer also attends to learned keys and values (Li and Liang 2021).

    They have the shape (layers, 2, heads, length, dimension of a head).
    """

    def __init__(self, bert: Any, rows: torch.Tensor) -> None:
        super().__init__()
        self.bert, self.config = bert, bert.config
        self.rows, self.length = torch.nn.Parameter(rows), rows.shape[3]

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor, **_same: Any) -> BaseModelOutput:
        """Return the states of the text's tokens. All else that a tokenizer gives is the same for every text."""
        layers = self.rows.unsqueeze(2).expand(-1, -1, input_ids.shape[0], -1, -1, -1)
        mask = _longer(attention_mask, self.length)
        found = self.bert(input_ids=input_ids, attention_mask=mask, past_key_values=_Known(layers, self.length))
        return BaseModelOutput(last_hidden_state=found.last_hidden_state)


class _Known:
    """What a BERT takes for keys and values of tokens before: a cache of the library that OpenVINO can convert."""

    def __init__(self, layers: torch.Tensor, length: int) -> None:
        self._layers, self._length = layers, length

    def get_seq_length(self) -> int:
        """Return how many tokens there are."""
        return self._length

    def update(self, keys: torch.Tensor, values: torch.Tensor, layer: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Return keys and values of a layer, those of the text after the known ones."""
        known = self._layers[layer]
        return torch.cat([known[0], keys], dim=2), torch.cat([known[1], values], dim=2)


def insert_bottlenecks(bert: Any, width: int) -> None:
    """Put a bottleneck after the attention and after the feed-forward part of every layer, before the sum and norm."""
    for layer in bert.encoder.layer:
        for part in (layer.attention.output, layer.output):
            part.dropout = torch.nn.Sequential(part.dropout, Bottleneck(bert.config.hidden_size, width))


def save_bert(bert: Any, folder: Path) -> None:
    """Write a BERT, with what was added to it beside it."""
    from safetensors.torch import save_file

    plain, kind, added = bert, None, {}
    state = {name: weight.detach().clone().contiguous() for name, weight in bert.state_dict().items()}
    if isinstance(bert, Prompted | Prefixed):
        plain, kind = bert.bert, "prompt" if isinstance(bert, Prompted) else "prefix"
        added = {"rows": state.pop("rows")}
        state = {name.removeprefix("bert."): weight for name, weight in state.items()}
    elif names := _bottlenecks(bert):
        kind, added = "houlsby", {name: state.pop(name) for name in names}
    if kind is not None:
        plain.config.added_weights = kind
        save_file(added, folder / _FILE)
    plain.save_pretrained(str(folder), state_dict=state)


def with_added(bert: Any, folder: Path) -> Any:
    """Return a BERT with what stands beside it in a folder. Raises :class:`ValueError` or :class:`OSError`."""
    from safetensors.torch import load_file

    kind = bert.config.added_weights
    weights = load_file(folder / _FILE)
    # A text's vector does not pass through it.
    bert.pooler = None
    try:
        if kind == "houlsby":
            widths = {len(weight) for name, weight in weights.items() if name.endswith("down.weight")}
            insert_bottlenecks(bert, min(widths, default=1))
            if set(weights) != set(_bottlenecks(bert)):
                raise KeyError
            bert.load_state_dict(weights, strict=False)
            return bert
        return {"prompt": Prompted, "prefix": Prefixed}[kind](bert, weights["rows"]).eval()
    except (KeyError, RuntimeError) as error:
        raise ValueError(f"{_FILE} does not hold the added weights that config.json names: {kind}.") from error


def _bottlenecks(bert: Any) -> list[str]:
    """Return the names of the weights that are in bottlenecks."""
    places = [name for name, module in bert.named_modules() if isinstance(module, Bottleneck)]
    return [f"{place}.{part}.{kind}" for place in places for part in ("down", "up") for kind in ("weight", "bias")]


def _longer(mask: torch.Tensor, length: int) -> torch.Tensor:
    """Return a mask, (n, tokens) or broadened to (n, 1, 1, tokens), that shows so many tokens more at its beginning."""
    return torch.cat([mask.new_ones((*mask.shape[:-1], length)), mask], dim=-1)
