"""Pre-training: a base, or nothing, and text in; the folder of an encoder out. It can be stopped and go on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from replydesk.data.errors import ConflictError, RequestError, TrainingError
from replydesk.data.home import write_atomically
from replydesk.data.records import content_id
from replydesk.finetune.pretraining.corpus import Corpus
from replydesk.finetune.recipe import Recipe, Training

if TYPE_CHECKING:
    from replydesk.finetune.training.network import EncoderNetwork
    from replydesk.finetune.training.tasks import Task

__all__ = ["Pretrained", "pretrain", "pretrained_base"]

_HELD_OUT = 1000


@dataclass(frozen=True, slots=True)
class Pretrained:
    """A pre-trained encoder: its folder, and what the training did."""

    folder: Path
    history: dict[str, Any]

    def document(self) -> dict[str, Any]:
        """Return the JSON document of ``replydesk pretrain``."""
        return {"encoder": str(self.folder), **self.history}


def pretrained_base(
    base: Path,
    folder: Path,
    recipe: Recipe,
    corpus: Callable[[], Corpus],
    *,
    callbacks: Sequence[Any] = (),
    progress: Callable[[str], None] = lambda _line: None,
) -> tuple[Path, dict[str, Any]]:
    """Return the base that an encoder is fine-tuned from, and what was done to it.

    It is the base itself where the recipe does not pre-train, or where there is no text; else it stands below
    ``folder``, under a name that tells what it read and how, and is not made again where it is there.
    """
    if recipe.pretrain.objective == "none":
        return base, {}
    read = corpus()
    if not read.conversations:
        return base, {}
    name = content_id(read.fingerprint, json.dumps([asdict(recipe.pretrain), recipe.seed], sort_keys=True))
    if (folder / name).exists():
        told: dict[str, Any] = json.loads((folder / name / "pretraining.json").read_text(encoding="utf-8"))
        return folder / name, told
    made = pretrain(base, folder / name, recipe, read, callbacks=callbacks, progress=progress)
    return made.folder, made.history


def pretrain(
    base: Path | None,
    folder: Path,
    recipe: Recipe,
    corpus: Corpus,
    *,
    checkpoints: Path | None = None,
    callbacks: Sequence[Any] = (),
    progress: Callable[[str], None] = lambda _line: None,
) -> Pretrained:
    """Let the BERT in ``base``, or without one a new one with a vocabulary of its own, read a corpus; write ``folder``.

    What it learns is ``recipe.pretrain.objective``, masked words where that is none. The loss on conversations held
    out chooses the epoch. Checkpoints stand in ``checkpoints``, beside the folder by default, until the folder is
    complete: the same call goes on from there.

    Raises :class:`RequestError` where the folder exists, :class:`TrainingError` where there is nothing to read, and
    :class:`ConflictError` where the checkpoints are those of another pre-training.
    """
    from replydesk.finetune.training.loop import fit
    from replydesk.finetune.training.network import EncoderNetwork

    if folder.exists():
        hint = "Name a folder that does not exist yet."
        raise RequestError("There is something in the folder already.", where=str(folder), hint=hint)
    chosen = recipe.pretrain
    corpus = corpus.drawn(chosen.texts, recipe.seed)
    if not corpus.conversations:
        hint = "Import conversations first, or name files of texts with --texts."
        raise TrainingError("There is no text to read.", where=recipe.name, hint=hint)
    learned, held_out = corpus.split(chosen.held_out, _HELD_OUT, recipe.seed)
    training = chosen.training if base is not None else chosen.fresh.training
    place = checkpoints or folder.with_name(f"{folder.name}.unfinished")
    _begin(place, base, recipe, corpus)
    start = base or _new_base(place / "base", corpus, recipe, training)
    network = EncoderNetwork.of(start, max_tokens=training.max_tokens, dropout=training.dropout)
    task = _task(network, learned, recipe, training, new=base is None)
    held = _task(network, held_out, recipe, training, head=task.head) if held_out.conversations else None
    progress(f"Reading {len(learned)} texts")
    history = fit(
        network,
        [task],
        training,
        validate=(lambda: -held_loss(network, held, recipe.seed)) if held is not None else None,
        seed=recipe.seed,
        folder=place / "steps",
        callbacks=callbacks,
        progress=progress,
    )
    told: dict[str, Any] = {
        "objective": _objective(recipe),
        "base": base.name if base is not None else "",
        "conversations": len(corpus.conversations),
        "texts": len(corpus),
        "corpus": corpus.fingerprint,
        "losses": [round(-score, 4) for score in history.scores],
        **{name: value for name, value in history.document().items() if name != "scores"},
        **_guessed(network, held),
    }
    made = place / "made"
    shutil.rmtree(made, ignore_errors=True)
    network.save(made)
    (made / "pretraining.json").write_text(json.dumps(told, ensure_ascii=False, indent=1), encoding="utf-8")
    folder.parent.mkdir(parents=True, exist_ok=True)
    # The folder appears whole or not at all.
    shutil.move(made, folder)
    shutil.rmtree(place)
    return Pretrained(folder, told)


def held_loss(network: EncoderNetwork, task: Task, seed: int) -> float:
    """Return the mean loss of a task's batches, the same ones and under the same chance at every call.

    Dropout is on for SimCSE alone, whose loss is about it.
    """
    import torch

    from replydesk.finetune.pretraining.sentences import SimcseTask

    training, total, count = network.training, 0.0, 0
    network.train(isinstance(task, SimcseTask))
    task.head.eval()
    with torch.inference_mode(), torch.random.fork_rng():
        torch.manual_seed(seed)
        for rows in task.epoch(0):
            total += float(task.loss(network, task.batch(rows, 0))) * len(rows)
            count += len(rows)
    network.train(training)
    task.head.train(training)
    return total / max(1, count)


def _objective(recipe: Recipe) -> str:
    return "mlm" if recipe.pretrain.objective == "none" else recipe.pretrain.objective


def _task(
    network: EncoderNetwork, corpus: Corpus, recipe: Recipe, training: Training, *, new: bool = False, head: Any = None
) -> Task:
    import torch

    from replydesk.finetune.pretraining.masking import MaskTask
    from replydesk.finetune.pretraining.sentences import SimcseTask, TsdaeTask

    chosen, size, seed = recipe.pretrain, training.batch_size, recipe.seed
    if chosen.objective == "simcse":
        return SimcseTask(network, corpus, batch_size=size, seed=seed, temperature=chosen.temperature)
    with torch.random.fork_rng():
        # A head is drawn the same again when a training goes on.
        torch.manual_seed(seed)
        if chosen.objective == "tsdae":
            return TsdaeTask(network, corpus, batch_size=size, seed=seed, deletion=chosen.deletion, head=head)
        return MaskTask(
            network,
            corpus,
            batch_size=size,
            seed=seed,
            mask=chosen.mask,
            next_sentence=chosen.next_sentence,
            keep=chosen.keep if head is None and not new else 0.0,
            head=head,
        )


def _guessed(network: EncoderNetwork, held: Task | None) -> dict[str, Any]:
    """Return what the network guesses of held-out text, where that can be said."""
    from replydesk.finetune.pretraining.masking import MaskTask

    if not isinstance(held, MaskTask):
        return {}
    return {"guessed": {name: round(share, 4) for name, share in held.right(network).items()}}


def _begin(place: Path, base: Path | None, recipe: Recipe, corpus: Corpus) -> None:
    """Note what is being trained, or make sure that it is the same as before."""
    weights = (base / "config.json", base / "model.safetensors") if base is not None else ()
    sizes = [str(path.stat().st_size) for path in weights if path.exists()]
    settings = json.dumps({"seed": recipe.seed, **asdict(recipe.pretrain)}, sort_keys=True)
    mine = content_id(str(base.name if base is not None else ""), *sizes, settings, corpus.fingerprint)
    note = place / "pretraining.json"
    if note.exists():
        if json.loads(note.read_text(encoding="utf-8"))["of"] != mine:
            hint = "Remove that folder, or go on with the same text, base and recipe."
            raise ConflictError("Another pre-training was begun there.", where=str(place), hint=hint)
        return
    place.mkdir(parents=True, exist_ok=True)
    write_atomically(note, json.dumps({"of": mine}).encode())


def _new_base(folder: Path, corpus: Corpus, recipe: Recipe, training: Training) -> Path:
    """Return the folder of a BERT that has learned nothing, the one made before where there is one."""
    from replydesk.finetune.pretraining.vocabulary import new_encoder

    if not folder.exists():
        draft = folder.with_name("draft")
        shutil.rmtree(draft, ignore_errors=True)
        new_encoder(draft, corpus.texts, recipe.pretrain.fresh, max_tokens=training.max_tokens, seed=recipe.seed)
        draft.rename(folder)
    return folder
