"""Fine-tuning an encoder: messages and pairs in, a folder with a better BERT out, and the head it learned with."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from replydesk.data.errors import TrainingError
from replydesk.dialog.intents import IntentHead
from replydesk.finetune.intents.classify import fit_logistic, fit_temperature
from replydesk.finetune.recipe import Recipe
from replydesk.finetune.robustness.noise import hurried, scripts_of

if TYPE_CHECKING:
    from replydesk.finetune.training.network import EncoderNetwork
    from replydesk.finetune.training.tasks import IntentTask, MatchTask, Task

__all__ = ["Labelled", "Pairs", "Tuned", "blend", "tune_encoder"]

Floats = NDArray[np.float64]
Noise = Callable[[str, int], str]


@dataclass(frozen=True, slots=True)
class Labelled:
    """Texts with one label each."""

    texts: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.texts)

    def __add__(self, other: Labelled) -> Labelled:
        """Return these followed by the others."""
        return Labelled(self.texts + other.texts, self.labels + other.labels)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the labels there are, sorted."""
        return tuple(sorted(set(self.labels)))

    @property
    def with_names(self) -> Labelled:
        """Return these and, as an example of every label, its name in words.

        >>> Labelled(("where is it?",), ("card_arrival",)).with_names.texts
        ('where is it?', 'card arrival')
        """
        return self + Labelled(tuple(_in_words(name) for name in self.names), self.names)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Texts that belong together: what was asked and what was answered.

    ``groups`` name what an answer says, so that the same answer is never taken for a wrong one; a number means the same
    in all pairs that are given together. ``hard`` are, for each pair, answers that look right and are not.
    """

    asked: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    groups: tuple[int, ...] = ()
    hard: tuple[tuple[str, ...], ...] = ()

    def __len__(self) -> int:
        return len(self.asked)


@dataclass(frozen=True, slots=True)
class Tuned:
    """A fine-tuned encoder: its folder, the head that it learned with, calibrated, and what the training did.

    ``held_logits`` are the uncalibrated logits of the held-out messages by a model that had not seen them, shape (n,
    labels), in the order of the head's labels.
    """

    folder: Path
    head: IntentHead | None
    held_logits: Floats
    history: dict[str, Any] = field(default_factory=dict)


def _in_words(name: str) -> str:
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])|[\W_]+", " ", name)
    return " ".join(parted.split()) or name


def tune_encoder(
    base: Path,
    folder: Path,
    recipe: Recipe,
    *,
    learned: Labelled | None = None,
    held_out: Labelled | None = None,
    pairs: Pairs | None = None,
    held_out_pairs: Pairs | None = None,
    everything: Labelled | None = None,
    noise: Noise | None = None,
    callbacks: Sequence[Any] = (),
    checkpoints: Path | None = None,
    progress: Callable[[str], None] = lambda _line: None,
) -> Tuned:
    """Fine-tune the BERT in ``base`` under a recipe and write it to ``folder``.

    The head starts as the logistic regression on the frozen vectors. What is held out chooses the epoch and the
    temperature: accuracy for messages, the mean reciprocal rank for pairs, their mean where both are given.
    With ``refit`` the encoder then learns once more from ``everything``, which is both unless it is given, for as many
    epochs as were best. With ``blend``
    below 1 its weights then go a part of the way back to the base, which keeps what the base knew of other texts.
    ``noise`` makes the second view of a text; without it, that is :func:`~replydesk.finetune.robustness.noise.hurried`
    for the recipe's share of texts. With a folder for ``checkpoints`` the same call goes on where it was stopped.

    Raises :class:`TrainingError` where there is nothing to learn from.
    """
    if recipe.encoder.training.layers == 0 and recipe.adapter.kind == "none":
        # Pairs have no head of their own, so a frozen encoder learns nothing from them.
        pairs = held_out_pairs = None
    labelled = learned if learned is not None and len(learned.names) >= 2 else None
    if labelled is None and not pairs:
        hint = "Give messages of two intents, or pairs of questions and answers."
        raise TrainingError("There is nothing to fine-tune the encoder on.", where=recipe.name, hint=hint)
    if noise is None and recipe.encoder.noise:
        texts = labelled.texts if labelled is not None else ()
        noise = hurried(scripts_of(texts), recipe.encoder.noise)
    run = _Run(base, recipe, noise, tuple(callbacks), checkpoints, progress)
    network, task, history = run.train(labelled, held_out, pairs, held_out_pairs)
    held_logits, temperature = np.zeros((0, 0)), 1.0
    if task is not None and held_out:
        held_logits = _logits(network, task, held_out)
        targets = np.array([labelled.names.index(label) for label in held_out.labels])  # type: ignore[union-attr]
        temperature = fit_temperature(held_logits, targets)
    document = history.document()
    if recipe.encoder.refit and history.best and (held_out or held_out_pairs):
        progress(f"Learning from everything, for {history.best} epochs")
        again = replace(recipe.encoder.training, epochs=history.best, steps=0)
        run = replace(run, recipe=replace(recipe, encoder=replace(recipe.encoder, training=again)))
        if labelled is not None and everything is None:
            everything = labelled + held_out if held_out else labelled
        network, task, history = run.train(everything, None, _joined(pairs, held_out_pairs), None)
        document["refit"] = history.document()
    _save(network, folder)
    head = None
    if task is not None and labelled is not None:
        weights, bias = task.weights()
        head = IntentHead(labelled.names, weights, bias, temperature)
    return Tuned(folder, head, held_logits, document)


def _save(network: Any, folder: Path) -> None:
    from replydesk.finetune.training.processes import rank, wait_for_all

    # Of several processes that train together the first one writes, and all find the folder whole.
    if rank() == 0:
        network.save(folder)
    wait_for_all()


@dataclass(frozen=True)
class _Run:
    """One training under a recipe, from the base anew."""

    base: Path
    recipe: Recipe
    noise: Noise | None
    callbacks: tuple[Any, ...]
    checkpoints: Path | None
    progress: Callable[[str], None]

    def train(
        self,
        learned: Labelled | None,
        held_out: Labelled | None,
        pairs: Pairs | None,
        held_out_pairs: Pairs | None,
    ) -> tuple[Any, Any, Any]:
        """Return the network, its intent task if it has one, and the history."""
        from replydesk.finetune.training.adapters import attach
        from replydesk.finetune.training.freezing import freeze
        from replydesk.finetune.training.loop import fit
        from replydesk.finetune.training.network import EncoderNetwork

        chosen, training = self.recipe.encoder, self.recipe.encoder.training
        network = EncoderNetwork.of(self.base, max_tokens=training.max_tokens, dropout=training.dropout)
        attach(network, self.recipe.adapter, seed=self.recipe.seed)
        # Where nothing but the head learns, the vectors that it starts from are those it learns on.
        freeze(network, training)
        began = {}
        if chosen.blend < 1:
            began = {name: weight.detach().clone() for name, weight in network.named_parameters()}
        tasks: list[Task] = []
        intents: IntentTask | None = None
        if learned is not None:
            intents = self._intent_task(network, learned)
            tasks.append(intents)
        if pairs:
            tasks.append(self._match_task(network, pairs))

        def validate() -> float:
            scores = []
            if intents is not None and held_out:
                known = learned.names  # type: ignore[union-attr]
                guesses = _logits(network, intents, held_out).argmax(axis=1)
                scores.append(
                    float(np.mean([known[g] == label for g, label in zip(guesses, held_out.labels, strict=True)]))
                )
            if held_out_pairs:
                scores.append(_found(network, held_out_pairs))
            return float(np.mean(scores))

        validated = bool(held_out or held_out_pairs)
        history = fit(
            network,
            tasks,
            training,
            validate=validate if validated else None,
            judged=len(held_out or ()) + len(held_out_pairs or ()),
            seed=self.recipe.seed,
            folder=self.checkpoints / ("choose" if validated else "all") if self.checkpoints else None,
            fingerprint=repr((self.recipe.encoder, self.recipe.adapter, held_out, held_out_pairs)),
            callbacks=self.callbacks,
            progress=self.progress,
        )
        blend(network, began, chosen.blend)
        return network, intents, history

    def _intent_task(self, network: EncoderNetwork, learned: Labelled) -> IntentTask:
        """Return the task that tells the labels apart; its head begins as logistic regression on the vectors."""
        from replydesk.finetune.training.tasks import IntentTask

        chosen, names = self.recipe.encoder, learned.names
        targets = np.array([names.index(label) for label in learned.labels])
        vectors = network.encode(learned.texts).numpy()
        weights, bias = fit_logistic(vectors, targets, max(self.recipe.head.strengths), self.recipe.seed)
        return IntentTask(
            network,
            learned.texts,
            targets.tolist(),
            weights,
            bias,
            batch_size=chosen.training.batch_size,
            seed=self.recipe.seed,
            smoothing=chosen.smoothing,
            margin=chosen.margin,
            contrastive=chosen.contrastive,
            temperature=chosen.temperature,
            consistency=chosen.consistency,
            noise=self.noise,
        )

    def _match_task(self, network: EncoderNetwork, pairs: Pairs) -> MatchTask:
        """Return the task that finds the answer of each question among others."""
        from replydesk.finetune.training.tasks import MatchTask

        chosen = self.recipe.encoder
        return MatchTask(
            network,
            list(zip(pairs.asked, pairs.said, strict=True)),
            batch_size=chosen.match_batch,
            seed=self.recipe.seed,
            temperature=chosen.match_temperature,
            weight=chosen.matching or 1.0,
            groups=pairs.groups or None,
            hard=pairs.hard or None,
            mine=_miner(pairs, chosen.hard_negatives),
            chunk=chosen.training.chunk,
        )


def blend(network: Any, began: Mapping[str, Any], share: float) -> None:
    """Put the weights back towards where they began, so that this share of the way stays (Wortsman et al. 2022)."""
    for name, weight in network.named_parameters():
        if name in began:
            weight.data = began[name].to(weight.device).lerp(weight.data, share)


def _logits(network: Any, task: Any, asked: Labelled) -> Floats:
    weights, bias = task.weights()
    return np.asarray(network.encode(asked.texts).double().numpy() @ weights.T + bias)


def _found(network: Any, pairs: Pairs) -> float:
    """Return the mean reciprocal rank of each question's own answer, or one of its group, among all of them."""
    asked, said = network.encode(pairs.asked), network.encode(pairs.said)
    groups = np.array(pairs.groups or range(len(pairs)))
    cosines = (asked @ said.T).numpy()
    same = groups[:, None] == groups[None, :]
    best = np.where(same, cosines, -2.0).max(axis=1, keepdims=True)
    return float((1 / (1 + (cosines > best).sum(axis=1))).mean())


def _miner(pairs: Pairs, count: int) -> Callable[[Any], Any] | None:
    """Return what mines that many hard wrong answers with a network, None where they are given or not wanted."""
    if pairs.hard or not count:
        return None

    def mine(network: Any) -> Any:
        from replydesk.finetune.matching.pairs import mined

        return mined(pairs, network.encode(pairs.asked).numpy(), network.encode(pairs.said).numpy(), count)

    return mine


def _joined(one: Pairs | None, other: Pairs | None) -> Pairs | None:
    if not one or not other:
        return one
    above = max((*one.groups, *other.groups), default=-1) + 1
    groups = [
        pairs.groups or range(above + start, above + start + len(pairs))
        for pairs, start in ((one, 0), (other, len(one)))
    ]
    hard = [pairs.hard or ((),) * len(pairs) for pairs in (one, other)] if one.hard or other.hard else [(), ()]
    return Pairs(one.asked + other.asked, one.said + other.said, (*groups[0], *groups[1]), hard[0] + hard[1])
