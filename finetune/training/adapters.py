"""Adapters: few parameters that learn beside a frozen BERT, folded into it afterwards where that can be done.

LoRA, AdaLoRA, DoRA, IA3, prefix and prompt tuning are those of the peft library; Houlsby's bottlenecks are ours. What
cannot be folded is stored beside the BERT (:mod:`~replydesk.retrieval.encoders.added`).
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from transformers import BertModel, TrainerCallback

from replydesk.data.errors import TrainingError
from replydesk.finetune.recipe import AdapterRecipe
from replydesk.finetune.training.processes import rank
from replydesk.retrieval.encoders.added import Bottleneck, Prefixed, Prompted, insert_bottlenecks

if TYPE_CHECKING:
    from replydesk.finetune.training.network import EncoderNetwork

__all__ = ["Allocating", "attach", "folded", "orthogonality"]

# All matrices of a layer: those of the attention, and the dense ones after it.
_MATRICES = ["query", "key", "value", "dense"]
_NAME = "default"
_ORTHOGONAL = 0.5
# Tokens of a text, those that mark its ends included.
_FEWEST = 8


def attach(network: EncoderNetwork, recipe: AdapterRecipe, *, seed: int = 0) -> None:
    """Add to a network what its adapter learns with; ``network.added`` then names these weights.

    LoRA and its kin start as no change at all, bottlenecks near to none. A prefix starts as zeros and a prompt as
    commas, which leave most of what the vectors say; either takes as many places from a text as it is long.

    Raises :class:`TrainingError` where an adapter is there already, or where it leaves no room for a text.
    """
    if recipe.kind == "none":
        return
    bert: Any = network.bert
    if not isinstance(bert, BertModel) or any(isinstance(module, Bottleneck) for module in bert.modules()):
        hint = 'Start from the encoder without it, or go on with kind = "none", which trains it all.'
        raise TrainingError("The encoder has an adapter that is not folded in.", where="adapter.kind", hint=hint)
    room = bert.config.max_position_embeddings - (recipe.tokens if recipe.kind in ("prefix", "prompt") else 0)
    if room < _FEWEST:
        hint = f"The encoder reads {bert.config.max_position_embeddings} tokens; leave {_FEWEST} to the text."
        raise TrainingError(f"A {recipe.kind} of {recipe.tokens} is too long.", where="adapter.tokens", hint=hint)
    before = {id(weight) for weight in network.parameters()}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network.bert = _adapted(bert, recipe, comma=network.tokens([","])[0][1])
    network.adapter = recipe.kind
    network.added = frozenset(
        name for name, weight in network.named_parameters() if id(weight) not in before and weight.requires_grad
    )
    network.shorten(room)


def folded(bert: Any) -> Any:
    """Return a trained model without peft: the weights of LoRA, AdaLoRA, DoRA and IA3 folded in, the model changed.

    A prompt or prefix becomes a :class:`Prompted` or :class:`Prefixed`; anything else is returned as it is.
    """
    config = getattr(bert, "peft_config", {}).get(_NAME)
    if config is None:
        return bert
    if not config.is_prompt_learning:
        return bert.merge_and_unload()
    rows = bert.prompt_encoder[_NAME].embedding.weight.detach().clone()
    if config.peft_type == "PROMPT_TUNING":
        return Prompted(bert.get_base_model(), rows)
    shape = (config.num_virtual_tokens, config.num_layers, 2, config.num_attention_heads, -1)
    return Prefixed(bert.get_base_model(), rows.reshape(shape).permute(1, 2, 3, 0, 4).contiguous())


def orthogonality(network: Any) -> torch.Tensor | float:
    """Return what AdaLoRA adds to a loss: how far its matrices P and Q are from orthogonal, 0 for anything else.

    (Zhang et al. 2023, equation 4, the mean over the matrices; the weight is that of peft.)
    """
    if getattr(network, "adapter", "none") != "adalora":
        return 0.0
    parts = []
    for name, weight in network.named_parameters():
        if name in network.added and weight.shape[1] > 1:
            square = weight @ weight.T if "lora_A" in name else weight.T @ weight
            parts.append(torch.linalg.matrix_norm(square - torch.eye(len(square), device=square.device)))
    return _ORTHOGONAL * torch.stack(parts).mean()


class Allocating(TrainerCallback):  # type: ignore[misc]
    """Lets AdaLoRA take ranks away from the matrices that need them least, by the gradients of each step.

    It starts after a tenth of the steps and ends after two thirds. Without AdaLoRA it does nothing. What it knows
    stands in the checkpoint.
    """

    def __init__(self, network: Any, total: int) -> None:
        self._model: Any = network.bert.base_model if getattr(network, "adapter", "none") == "adalora" else None
        if self._model is not None:
            config = self._model.peft_config[_NAME]
            config.total_step, config.tinit, config.tfinal = total, total // 10, total // 3
            config.deltaT = max(1, min(10, total // 50))

    def on_optimizer_step(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Weigh and mask: the step is made, and the gradients are still there."""
        if self._model is not None:
            self._model.update_and_allocate(state.global_step)

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Write what it knows beside a checkpoint."""
        from safetensors.torch import save_file

        if self._model is None or rank():
            return
        ranks = self._model.rankallocator
        known = {f"ipt {name}": value for name, value in ranks.exp_avg_ipt.items()}
        known |= {f"unc {name}": value for name, value in ranks.exp_avg_unc.items()}
        pattern = json.dumps(self._model.peft_config[_NAME].rank_pattern)
        save_file(known, _place(args, state), metadata={"pattern": pattern})

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Take up what stands beside the checkpoint that the training goes on from."""
        from safetensors import safe_open

        if self._model is None or not state.global_step:
            return
        ranks = self._model.rankallocator
        with safe_open(_place(args, state), "pt") as file:
            for key in file.keys():  # noqa: SIM118 - it is no dictionary
                kind, _, name = key.partition(" ")
                getattr(ranks, f"exp_avg_{kind}")[name] = file.get_tensor(key)
            self._model.peft_config[_NAME].rank_pattern = json.loads(file.metadata()["pattern"])
        ranks.ipt = {name: torch.zeros_like(value) for name, value in ranks.exp_avg_ipt.items()}


def _place(args: Any, state: Any) -> Path:
    return Path(args.output_dir) / f"checkpoint-{state.global_step}" / "ranks.safetensors"


def _adapted(bert: Any, recipe: AdapterRecipe, *, comma: int) -> Any:
    if recipe.kind == "houlsby":
        insert_bottlenecks(bert, recipe.bottleneck)
        return bert
    from peft import get_peft_model

    config = _config(recipe)
    with warnings.catch_warnings():
        # peft 0.21 asks transformers 5 by an old name.
        warnings.simplefilter("ignore", FutureWarning)
        adapted = get_peft_model(bert, config)
    if config.is_prompt_learning:
        # They would be stored twice, once as a part of the BERT, and safetensors refuses that.
        words = adapted.__dict__["word_embeddings"] = adapted._modules.pop("word_embeddings")
        rows = adapted.prompt_encoder[_NAME].embedding.weight
        with torch.no_grad():
            rows.copy_(words.weight[comma] if recipe.kind == "prompt" else torch.zeros_like(rows))
    return adapted


def _config(recipe: AdapterRecipe) -> Any:
    import peft

    task = "FEATURE_EXTRACTION"
    low_rank: dict[str, Any] = {"lora_alpha": recipe.alpha, "lora_dropout": recipe.dropout, "target_modules": _MATRICES}
    if recipe.kind in ("lora", "dora"):
        return peft.LoraConfig(task_type=task, r=recipe.rank, use_dora=recipe.kind == "dora", **low_rank)
    if recipe.kind == "adalora":
        # Half as many ranks again at first, as in the paper's experiments; the steps are told when they are known.
        first = recipe.rank + (recipe.rank + 1) // 2
        return peft.AdaLoraConfig(task_type=task, init_r=first, target_r=recipe.rank, total_step=3, **low_rank)
    if recipe.kind == "ia3":
        return peft.IA3Config(task_type=task)
    if recipe.kind == "prefix":
        return peft.PrefixTuningConfig(task_type=task, num_virtual_tokens=recipe.tokens)
    return peft.PromptTuningConfig(task_type=task, num_virtual_tokens=recipe.tokens)
