"""The pair model: a BERT that reads two texts together, and starts by knowing what their vectors know."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

__all__ = ["HEAD", "PairModel"]

HEAD = "pair"
"""The value of ``replydesk_head`` in a config.json that says: these are the weights of a :class:`PairModel`."""

_KEY = "replydesk_head"
_SCALE = 20.0
_APART = -2.0
_FAR = -1e4


class PairModel(torch.nn.Module):
    """A cross-encoder whose logit compares the means of both texts after they have seen each other.

    The tokens are ``[CLS] a [SEP] [CLS] b [SEP]`` with types 0 and 1, and the places of each text begin at 0. What a
    token hears of the other text is damped by a bias in the attention, learned for each head of each layer, from -2 on:
    at minus infinity the logit is that of the cosine of two vectors, which an encoder of sentences was trained for. So
    training starts there, and not at chance as with a new head on the first token. The logit is

        20 sum_i (s + w_i) u_i v_i + b

    of the normalised means u and v, with s = 1 and w = 0 at first.
    """

    def __init__(self, bert: Any) -> None:
        super().__init__()
        config = bert.config
        self.bert = bert
        self.hearing = torch.nn.Parameter(torch.full((config.num_hidden_layers, config.num_attention_heads), _APART))
        self.weight = torch.nn.Parameter(torch.zeros(config.hidden_size))
        self.scale = torch.nn.Parameter(torch.ones(()))
        self.bias = torch.nn.Parameter(torch.tensor(-_SCALE / 2))

    @classmethod
    def of(cls, folder: Path, layers: int, dropout: float | None = None) -> PairModel:
        """Return a new one from the first layers of the BERT in a folder; ``dropout`` replaces that of its config."""
        from transformers import BertConfig, BertModel
        from transformers.utils import logging

        before = logging.get_verbosity()
        # It says at length that the pooler is left away.
        logging.set_verbosity_error()
        try:
            config = BertConfig.from_pretrained(str(folder))
            config.num_hidden_layers = min(config.num_hidden_layers, layers)
            if dropout is not None:
                config.hidden_dropout_prob = config.attention_probs_dropout_prob = dropout
            bert: Any = BertModel.from_pretrained(
                str(folder), config=config, add_pooling_layer=False, dtype=torch.float32
            )
            return cls(bert)
        finally:
            logging.set_verbosity(before)

    @classmethod
    def load(cls, folder: Path) -> PairModel:
        """Return the one that :meth:`save` wrote. Raises OSError, ValueError or RuntimeError for a damaged one."""
        from safetensors.torch import load_file
        from transformers import BertConfig, BertModel

        config = BertConfig(**json.loads((folder / "config.json").read_text(encoding="utf-8")))
        model = cls(BertModel(config, add_pooling_layer=False))
        model.load_state_dict(load_file(folder / "model.safetensors"))
        return model.eval()

    def save(self, folder: Path) -> None:
        """Write config.json and model.safetensors."""
        from safetensors.torch import save_file

        folder.mkdir(parents=True, exist_ok=True)
        config = self.bert.config.to_dict() | {"id2label": {"0": "answers"}, "label2id": {"answers": 0}, _KEY: HEAD}
        (folder / "config.json").write_text(json.dumps(config, indent=1, sort_keys=True), encoding="utf-8")
        save_file(
            {name: tensor.contiguous() for name, tensor in self.state_dict().items()}, folder / "model.safetensors"
        )

    @property
    def head_parameters(self) -> list[torch.nn.Parameter]:
        """Return what is new here, beside the weights of the BERT."""
        return [self.hearing, self.weight, self.scale, self.bias]

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor
    ) -> torch.Tensor:
        """Return the logits, shape (n,), of tokens, mask and types, each (n, tokens)."""
        first = attention_mask * (1 - token_type_ids)
        places = torch.arange(input_ids.shape[1], device=input_ids.device) - token_type_ids * first.sum(1, keepdim=True)
        # Types tell the texts apart here; the encoder of sentences that this was knows but one of them.
        states = self.bert.embeddings(
            input_ids=input_ids, position_ids=places, token_type_ids=torch.zeros_like(input_ids)
        )
        real = (attention_mask == 1)[:, None, None, :]
        same = (token_type_ids[:, None, :, None] == token_type_ids[:, None, None, :]).to(states.dtype)
        for layer, hearing in zip(self.bert.encoder.layer, self.hearing, strict=True):
            mask = torch.where(real, (1 - same) * hearing[None, :, None, None], _FAR)
            found = layer(states, attention_mask=mask)
            states = found[0] if isinstance(found, tuple) else found
        one, other = (_mean(states, part) for part in (first, attention_mask * token_type_ids))
        return _SCALE * (one * other * (self.scale + self.weight)).sum(1) + self.bias


def _mean(states: torch.Tensor, part: torch.Tensor) -> torch.Tensor:
    weights = part.unsqueeze(-1).to(states.dtype)
    return functional.normalize((states * weights).sum(1) / weights.sum(1), dim=1)
