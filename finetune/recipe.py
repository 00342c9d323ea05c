"""Recipes: everything that decides how a candidate is trained, by name or from a TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from replydesk.data.errors import RequestError

__all__ = [
    "PRESETS",
    "QUICK",
    "AdapterRecipe",
    "EncoderRecipe",
    "FreshRecipe",
    "HeadRecipe",
    "LearningRecipe",
    "PretrainRecipe",
    "ProjectionRecipe",
    "Recipe",
    "RerankerRecipe",
    "Training",
]

Positive = Annotated[float, Field(gt=0)]
Weight = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=1)]

PRESETS = ("quick", "few-shot", "full", "adapter", "max")
"""The names of the recipes that ship with Replydesk, the fastest first."""


@dataclass(frozen=True, slots=True)
class Training:
    """How a network is trained, whatever it learns.

    AdamW at ``learning_rate``, heads at ``head_rate`` times that; the rate rises over the first ``warmup`` share of the
    steps and then falls by the ``schedule``. ``batch_size`` examples make a batch and ``accumulate`` batches a step;
    with ``chunk`` a large contrastive batch is computed so many texts at a time (gradient caching). ``clip`` bounds the
    length of the gradient. After ``patience`` epochs that were no better on validation it ends. With ``steps`` there
    are only as many epochs as make so many steps, so that one recipe fits a hundred messages and ten thousand.

    ``layers`` is how many of the last layers learn (-1: all), ``embeddings`` whether the embeddings do;
    ``layer_decay`` is the rate of a layer as a share of that of the one above; ``gradually`` lets the layers join one
    after another. ``dropout`` replaces that of the model. ``average`` is the decay of a moving average of the weights,
    0 for none. ``precision`` is what matrices are multiplied in; ``auto`` is bfloat16 where the processor has it.
    """

    epochs: Count = 5
    steps: Annotated[int, Field(ge=0)] = 0
    batch_size: Annotated[int, Field(ge=2)] = 32
    chunk: Annotated[int, Field(ge=0)] = 0
    accumulate: Count = 1
    learning_rate: Positive = 2e-4
    head_rate: Positive = 1.0
    warmup: Share = 0.1
    schedule: Literal["linear", "cosine", "constant_with_warmup"] = "linear"
    weight_decay: Weight = 0.01
    dropout: Annotated[float, Field(ge=0, lt=1)] | None = None
    clip: Positive = 1.0
    patience: Count = 2
    layers: Annotated[int, Field(ge=-1)] = -1
    embeddings: bool = True
    layer_decay: Annotated[float, Field(gt=0, le=1)] = 1.0
    gradually: bool = False
    average: Annotated[float, Field(ge=0, lt=1)] = 0.0
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    max_tokens: Annotated[int, Field(ge=8, le=512)] = 64


@dataclass(frozen=True, slots=True)
class HeadRecipe:
    """How the intent head is fitted on vectors.

    ``strengths`` are the values of C (the inverse of L2 regularisation) that cross-validation with ``folds`` folds
    chooses among. ``names`` makes every intent's name an example of it, which helps where there are few.
    ``noise`` is how many copies of every message, as written in a hurry, it also learns from. With ``adjust`` rare
    intents may be favoured, if that makes the macro F1 of cross-validation better (logit adjustment).
    """

    strengths: Annotated[tuple[Positive, ...], Field(min_length=1)] = (3.0, 10.0, 30.0)
    folds: Annotated[int, Field(ge=2)] = 3
    names: bool = False
    noise: Annotated[int, Field(ge=0)] = 0
    adjust: bool = False
    beside: bool = False


@dataclass(frozen=True, slots=True)
class EncoderRecipe:
    """How the encoder is fine-tuned on labelled messages and on pairs of a message and its answer.

    Without ``tune`` it stays frozen. Cross-entropy has ``smoothing`` and a ``margin``; ``contrastive`` weighs the
    supervised contrastive loss at its ``temperature``, ``consistency`` the agreement of two views, ``noise`` is the
    share of texts whose second view is written in a hurry; ``matching`` weighs InfoNCE on pairs at
    ``match_temperature``, ``match_batch`` pairs a batch. ``held_out`` is the share of customers that choose the epoch
    and calibrate; with ``refit`` it learns once more from all, for as many epochs as were best. ``blend`` is the share
    of what it learned that stays: the weights end so far on the straight way from where they began. ``start`` is what
    it begins from: the ``base``, or the weights of the ``release`` that answers, where that was fine-tuned; then it
    learns what is new since, and of each old intent ``replay`` examples again.
    """

    tune: bool = False
    start: Literal["base", "release"] = "base"
    training: Training = Training()
    smoothing: Share = 0.0
    margin: Weight = 0.0
    contrastive: Weight = 0.0
    temperature: Positive = 0.1
    consistency: Weight = 0.0
    noise: Share = 0.0
    matching: Weight = 0.0
    match_temperature: Positive = 0.05
    match_batch: Annotated[int, Field(ge=2)] = 128
    hard_negatives: Annotated[int, Field(ge=0)] = 0
    held_out: Annotated[float, Field(gt=0, lt=0.5)] = 0.2
    refit: bool = False
    blend: Annotated[float, Field(gt=0, le=1)] = 1.0
    replay: Annotated[int, Field(ge=0)] = 50


@dataclass(frozen=True, slots=True)
class LearningRecipe:
    """How messages that nobody labelled are learned from.

    With ``pseudo`` they get labels: at most ``max_wrong`` of those of held-out messages are wrong, each must survive
    ``views`` versions written in a hurry, and an intent gets at most ``per_intent``. At most ``texts`` messages are
    read, drawn by chance. With ``beside`` a second encoder that reads the language, where there is one, has its say in
    which messages are alike, if more of the held-out ones are then read right.
    """

    pseudo: bool = False
    max_wrong: Annotated[float, Field(gt=0, le=1)] = 0.1
    per_intent: Count = 100
    views: Annotated[int, Field(ge=0)] = 1
    texts: Count = 10_000
    beside: bool = True


@dataclass(frozen=True, slots=True)
class AdapterRecipe:
    """Which few parameters learn in place of the encoder's own; the rest stays frozen.

    ``rank`` is that of LoRA and its kin, ``alpha`` their scale, ``dropout`` theirs; ``tokens`` the length of a prefix
    or prompt; ``bottleneck`` the width of Houlsby's adapters.
    """

    kind: Literal["none", "lora", "adalora", "dora", "ia3", "prefix", "prompt", "houlsby"] = "none"
    rank: Count = 8
    alpha: Count = 16
    dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0
    tokens: Count = 16
    bottleneck: Count = 48


@dataclass(frozen=True, slots=True)
class FreshRecipe:
    """The encoder that pre-training makes from nothing.

    ``vocabulary`` is how many WordPiece pieces it has, at least one for every character; then come the size of a small
    BERT and how it is trained, which takes a higher rate and more epochs than going on from a checkpoint.
    """

    vocabulary: Annotated[int, Field(ge=200)] = 8000
    layers: Count = 4
    dimension: Count = 256
    heads: Count = 4
    training: Training = Training(epochs=20, learning_rate=5e-4, max_tokens=128, patience=3)


@dataclass(frozen=True, slots=True)
class PretrainRecipe:
    """How the encoder reads the desk's own unlabelled text before it is fine-tuned.

    Without ``objective`` it does not. ``mlm`` masks whole words (``mask`` of the tokens) and, with ``next_sentence``,
    asks whether a turn follows another; ``keep`` weighs how far the vectors of texts move from those of its base.
    ``simcse`` and ``tsdae`` need single texts only: ``temperature`` is that of the one, ``deletion`` the share of a
    text's words that the other leaves out. At most ``texts`` are read, drawn by chance; ``held_out`` is the share of
    conversations on which the best epoch is chosen. ``fresh`` says what is made from nothing.
    """

    objective: Literal["none", "mlm", "simcse", "tsdae"] = "none"
    training: Training = Training(epochs=3, learning_rate=5e-5, head_rate=10.0, max_tokens=128)
    mask: Annotated[float, Field(gt=0, lt=1)] = 0.15
    next_sentence: bool = True
    keep: Weight = 0.0
    temperature: Positive = 0.05
    deletion: Annotated[float, Field(gt=0, lt=1)] = 0.6
    texts: Count = 20_000
    held_out: Annotated[float, Field(ge=0, lt=0.5)] = 0.05
    fresh: FreshRecipe = FreshRecipe()


@dataclass(frozen=True, slots=True)
class ProjectionRecipe:
    """How a projection of the vectors is fitted, where the encoder itself cannot learn or stays frozen.

    The loss is supervised contrastive at ``temperature``; a batch counts texts; weight decay pulls towards the identity
    and ``training.dropout`` leaves numbers of a vector out.
    """

    temperature: Positive = 0.05
    training: Training = Training(
        epochs=40,
        batch_size=512,
        learning_rate=1e-3,
        weight_decay=0.1,
        warmup=0.0,
        schedule="constant_with_warmup",
        dropout=0.3,
        patience=6,
        precision="float32",
    )


@dataclass(frozen=True, slots=True)
class RerankerRecipe:
    """How a cross-encoder is trained; without ``train`` the task ``all`` trains none.

    It learns from at most ``questions`` questions with five candidates each; a batch counts questions.
    """

    train: bool = False
    questions: Count = 2000
    training: Training = Training(epochs=2, batch_size=8, learning_rate=1e-4, head_rate=20.0, patience=1, max_tokens=96)


@dataclass(frozen=True, slots=True)
class Recipe:
    """A named way to train.

    ``in_scope_kept`` is the share of in-scope messages that the out-of-scope threshold must let through; ``candidates``
    the hits of a message that the scorer learns from. ``int8`` asks for eight-bit encoders, which are used where they
    lose nothing; ``spelling`` for a speller of the desk's own words, which is used where validation says that it helps.

    >>> Recipe.find("full").encoder.tune, Recipe.find("quick").encoder.tune
    (True, False)
    """

    name: str = "quick"
    seed: Annotated[int, Field(ge=0)] = 0
    in_scope_kept: Share = 0.97
    candidates: Count = 20
    int8: bool = False
    spelling: bool = True
    head: HeadRecipe = field(default_factory=HeadRecipe)
    encoder: EncoderRecipe = field(default_factory=EncoderRecipe)
    adapter: AdapterRecipe = field(default_factory=AdapterRecipe)
    pretrain: PretrainRecipe = field(default_factory=PretrainRecipe)
    projection: ProjectionRecipe = field(default_factory=ProjectionRecipe)
    reranker: RerankerRecipe = field(default_factory=RerankerRecipe)
    learning: LearningRecipe = field(default_factory=LearningRecipe)

    @classmethod
    def find(cls, name: str) -> Recipe:
        """Return a preset by its name, or the recipe of a TOML file. Raises :class:`RequestError`.

        A file starts from the preset that it names with ``like``, from ``quick`` where it names none.
        """
        if name in PRESETS:
            return _preset(name)
        path = Path(name)
        if path.suffix != ".toml":
            hint = f"Known: {', '.join(PRESETS)}, or a .toml file."
            raise RequestError("There is no such recipe.", where=name, hint=hint)
        try:
            values: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            raise RequestError(
                f"The recipe cannot be read: {why}.", where=name, hint="Name a valid TOML file."
            ) from error
        like = values.pop("like", "quick")
        if like not in PRESETS:
            raise RequestError(f"There is no preset {like}.", where=name, hint=f"Known: {', '.join(PRESETS)}.")
        return cls.read({"name": path.stem} | values, where=name, like=_preset(like))

    @classmethod
    def read(cls, values: Mapping[str, Any], *, where: str, like: Recipe | None = None) -> Recipe:
        """Return the recipe of a document; what is left out is as in ``like``. Raises :class:`RequestError`."""
        _refuse_unknown(cls, values, "", where)
        start = (like or QUICK).document()
        try:
            return TypeAdapter(cls).validate_python(_merged(start, values))
        except ValidationError as error:
            problem = error.errors()[0]
            hint = "Mend that line; what is left out has the value of the recipe it starts from."
            key = ".".join(str(part) for part in problem["loc"] if isinstance(part, str))
            raise RequestError(f"The recipe's {key} is wrong: {problem['msg']}.", where=where, hint=hint) from None

    def document(self) -> dict[str, Any]:
        """Return the JSON form that goes into a release card."""
        return asdict(self)


@cache
def _preset(name: str) -> Recipe:
    if name == QUICK.name:
        return QUICK
    file = resources.files("replydesk.finetune.presets").joinpath(f"{name}.toml")
    values = tomllib.loads(file.read_text(encoding="utf-8"))
    like = values.pop("like", "quick")
    return Recipe.read({"name": name} | values, where=f"{name}.toml", like=_preset(like))


def _merged(start: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document with some values replaced, section by section."""
    merged = dict(start)
    for key, value in values.items():
        known = merged.get(key)
        merged[key] = _merged(known, value) if isinstance(known, dict) and isinstance(value, Mapping) else value
    return merged


def _refuse_unknown(kind: Any, values: Mapping[str, Any], above: str, where: str) -> None:
    known = {one.name: one for one in fields(kind)}
    for key, value in values.items():
        if key not in known:
            if key == "max_wrong" and kind is Recipe:
                hint = "It is the setting dialog.max_wrong: turning it needs no training."
                raise RequestError("A recipe has no max_wrong any more.", where=where, hint=hint)
            hint = f"Known{' in ' + above.rstrip('.') if above else ''}: {', '.join(sorted(known))}."
            raise RequestError(f"A recipe has no {above}{key}.", where=where, hint=hint)
        section = _SECTIONS.get(str(known[key].type))
        if section is not None and isinstance(value, Mapping):
            _refuse_unknown(section, value, f"{above}{key}.", where)


_SECTIONS = {
    kind.__name__: kind
    for kind in (
        Training,
        HeadRecipe,
        EncoderRecipe,
        AdapterRecipe,
        FreshRecipe,
        PretrainRecipe,
        ProjectionRecipe,
        RerankerRecipe,
        LearningRecipe,
    )
    if is_dataclass(kind)
}
QUICK = Recipe()
