"""Exports become examples, examples become a release, and a release answers only if it is better."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from replydesk.finetune.collecting import collect as collect
    from replydesk.finetune.evaluation.gate import Check as Check
    from replydesk.finetune.evaluation.judge import (
        Report as Report,
    )
    from replydesk.finetune.evaluation.judge import (
        evaluate as evaluate,
    )
    from replydesk.finetune.evaluation.judge import (
        judge as judge,
    )
    from replydesk.finetune.examples import Examples as Examples
    from replydesk.finetune.examples import Material as Material
    from replydesk.finetune.pretraining.corpus import Corpus as Corpus
    from replydesk.finetune.pretraining.pretrain import pretrain as pretrain
    from replydesk.finetune.recipe import QUICK as QUICK
    from replydesk.finetune.recipe import Recipe as Recipe
    from replydesk.finetune.retrain import Outcome as Outcome
    from replydesk.finetune.retrain import Workshop as Workshop
    from replydesk.finetune.robustness.checklist import Behaviour as Behaviour
    from replydesk.finetune.robustness.checklist import agent_reader as agent_reader
    from replydesk.finetune.robustness.checklist import run_checklist as run_checklist
    from replydesk.finetune.robustness.counterfactual import agent_decider as agent_decider
    from replydesk.finetune.robustness.counterfactual import run_swaps as run_swaps
    from replydesk.finetune.robustness.counterfactual import swaps as swaps
    from replydesk.finetune.robustness.noise import noisy as noisy
    from replydesk.finetune.train import make_release as make_release

__all__ = [
    "QUICK",
    "Behaviour",
    "Check",
    "Corpus",
    "Examples",
    "Material",
    "Outcome",
    "Recipe",
    "Report",
    "Workshop",
    "agent_decider",
    "agent_reader",
    "collect",
    "evaluate",
    "judge",
    "make_release",
    "noisy",
    "pretrain",
    "run_checklist",
    "run_swaps",
    "swaps",
]

# A name is imported when it is first asked for, so that a host application pays only for what it uses.
_MODULES = {
    "QUICK": "recipe",
    "Behaviour": "robustness.checklist",
    "Check": "evaluation.gate",
    "Corpus": "pretraining.corpus",
    "Examples": "examples",
    "Material": "examples",
    "Outcome": "retrain",
    "Recipe": "recipe",
    "Report": "evaluation.judge",
    "Workshop": "retrain",
    "agent_decider": "robustness.counterfactual",
    "agent_reader": "robustness.checklist",
    "collect": "collecting",
    "evaluate": "evaluation.judge",
    "judge": "evaluation.judge",
    "make_release": "train",
    "noisy": "robustness.noise",
    "pretrain": "pretraining.pretrain",
    "run_checklist": "robustness.checklist",
    "run_swaps": "robustness.counterfactual",
    "swaps": "robustness.counterfactual",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
