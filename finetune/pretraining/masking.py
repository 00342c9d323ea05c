"""Masked language modelling with whole words, and next-sentence prediction on turns that really followed each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch.nn import functional

from replydesk.finetune.pretraining.corpus import Corpus
from replydesk.finetune.pretraining.heads import Heads
from replydesk.finetune.pretraining.reading import ReadTexts, nothing_to_read, special_token
from replydesk.finetune.pretraining.words import Read
from replydesk.finetune.training.network import EncoderNetwork, padded
from replydesk.finetune.training.plan import batches_of
from replydesk.finetune.training.tasks import Batch

__all__ = ["IGNORED", "MaskTask", "masked"]

IGNORED = -100
"""The target of what is not asked."""

_MASKED, _KEPT = 0.8, 0.9


def masked(
    read: Read, share: float, mask: int, others: Sequence[int], draw: np.random.Generator
) -> tuple[list[int], list[int]]:
    """Return the tokens of a text with whole words hidden, and the targets: the token where it is asked, else -100.

    Words are drawn until ``share`` of the tokens are; one that would go beyond is passed over, unless it is the first.
    Of the words drawn, 80% become the token ``mask``, 10% tokens drawn from ``others``, and 10% stay as they are
    (Devlin et al. 2019, section 3.1), each word as a whole.
    """
    ids, targets = list(read.ids), [IGNORED] * len(read)
    most = max(1, round(share * len(read)))
    chosen = 0
    for number in draw.permutation(len(read.groups)).tolist():
        places = read.groups[number]
        if chosen and chosen + len(places) > most:
            continue
        fate = draw.random()
        for place in places:
            targets[place] = ids[place]
            if fate < _MASKED:
                ids[place] = mask
            elif fate >= _KEPT:
                ids[place] = others[int(draw.integers(len(others)))]
        chosen += len(places)
        if chosen >= most:
            break
    return ids, targets


class MaskTask:
    """Hidden words are guessed, and whether a turn follows another.

    Every turn with the one after it is an example; in half of them, drawn anew each epoch, the second is a turn of
    another conversation. A conversation of one turn, or any turn without ``next_sentence``, stands alone. ``head``
    takes the place of a new one, to measure on other text what was learned.

    ``keep`` weighs how far the vector of a turn with hidden words has moved from the one that the network made of the
    whole turn before it learned (one minus their cosine): words are learned without forgetting what the vectors say.
    """

    def __init__(
        self,
        network: EncoderNetwork,
        corpus: Corpus,
        *,
        batch_size: int,
        seed: int = 0,
        mask: float = 0.15,
        next_sentence: bool = True,
        keep: float = 0.0,
        head: Heads | None = None,
    ) -> None:
        self._size, self._seed, self._share = batch_size, seed, mask
        self._padding, self._most = network.padding, network.max_tokens
        self._mask = special_token(network, "[MASK]")
        self._kinds = int(network.bert.config.type_vocab_size)
        self._texts = [text for turns in corpus.conversations for text in turns]
        self._owner = [row for row, turns in enumerate(corpus.conversations) for _ in turns]
        opened = ReadTexts.of(network, self._texts)
        self._read, self._others = opened.texts, opened.known
        self._first, self._last = opened.first, opened.last
        last = {owner: place for place, owner in enumerate(self._owner)}
        pairs = next_sentence and len(last) > 1
        # The last turn has been seen as the one that follows.
        self._examples = [
            (place, place + 1 if pairs and place != last[owner] else -1)
            for place, owner in enumerate(self._owner)
            if not (pairs and place == last[owner] and place and self._owner[place - 1] == owner)
        ]
        self._examples = [(one, other) for one, other in self._examples if len(self._read[one])]
        if not self._examples:
            raise nothing_to_read()
        self._keep = keep
        self._before = network.encode(self._texts).clone() if keep else None
        self.head: Heads = head if head is not None else Heads(network.dimension, opened.shares)

    def epoch(self, epoch: int) -> list[list[int]]:
        """Return the rows of each batch of an epoch."""
        lengths = [
            len(self._read[one]) + (len(self._read[other]) if other >= 0 else 0) for one, other in self._examples
        ]
        return batches_of(lengths, self._size, seed=self._seed, epoch=epoch)

    def batch(self, rows: Sequence[int], epoch: int) -> Batch:
        """Return tokens, mask and kinds of tokens, the hidden tokens by place, and whether the second turn follows."""
        made = [self._example(row, epoch) for row in rows]
        ids, mask = padded([one[0] for one in made], self._padding)
        kinds, _ = padded([one[1] for one in made], 0)
        targets, there = padded([one[2] for one in made], IGNORED)
        turns = [self._examples[row][0] for row in rows]
        return {
            **({} if self._before is None else {"before": self._before[turns]}),
            "input_ids": ids, "attention_mask": mask, "token_type_ids": kinds.clamp(max=self._kinds - 1),
            "targets": targets.masked_fill(there == 0, IGNORED), "follows": torch.tensor([one[3] for one in made]),
        }  # fmt: skip

    def loss(self, network: EncoderNetwork, batch: Batch) -> torch.Tensor:
        """Return the cross-entropy of hidden tokens, plus that of whether the second turn follows, plus what moved."""
        states = self._states(network, batch)
        loss = self._guesses(network, batch, states)
        if "before" in batch:
            first = batch["attention_mask"] * (batch["token_type_ids"] == 0)
            moved = 1 - (network.pooled(states, first) * batch["before"]).sum(1)
            loss = loss + self._keep * moved.mean()
        return loss

    def _guesses(self, network: EncoderNetwork, batch: Batch, states: torch.Tensor) -> torch.Tensor:
        asked = batch["targets"] != IGNORED
        logits = self.head.words(states[asked], network.bert.embeddings.word_embeddings.weight)
        words = functional.cross_entropy(logits.float(), batch["targets"][asked])
        if not bool((batch["follows"] != IGNORED).any()):
            return words
        logits = self.head.next_turn(states[:, 0])
        return words + functional.cross_entropy(logits.float(), batch["follows"], ignore_index=IGNORED)

    @torch.inference_mode()
    def right(self, network: EncoderNetwork) -> dict[str, float]:
        """Return the share of hidden tokens, and of turns that follow or do not, that the network guesses."""
        network.eval()
        found: dict[str, list[bool]] = {"words": [], "follows": []}
        for rows in self.epoch(0):
            batch = self.batch(rows, 0)
            states = self._states(network, batch)
            asked, paired = batch["targets"] != IGNORED, batch["follows"] != IGNORED
            words = self.head.words(states[asked], network.bert.embeddings.word_embeddings.weight).argmax(1)
            found["words"] += (words == batch["targets"][asked]).tolist()
            follows = self.head.next_turn(states[:, 0]).argmax(1)
            found["follows"] += (follows == batch["follows"])[paired].tolist()
        return {name: float(np.mean(values)) for name, values in found.items() if values}

    def _states(self, network: EncoderNetwork, batch: Batch) -> torch.Tensor:
        names = ("input_ids", "attention_mask", "token_type_ids")
        return network.bert(**{name: batch[name] for name in names}).last_hidden_state  # type: ignore[no-any-return]

    def _example(self, row: int, epoch: int) -> tuple[list[int], list[int], list[int], int]:
        draw = np.random.default_rng((self._seed, epoch, row))
        one, other = self._examples[row]
        parts, follows = [self._read[one].cut(self._most - 2)], IGNORED
        if other >= 0:
            follows = int(draw.random() < 0.5)
            other = other if follows else self._stranger(other, draw)
            follows = follows if other >= 0 else IGNORED
        if other >= 0:
            parts = _fitting(self._read[one], self._read[other], self._most - 3)
        ids, kinds, targets = [self._first], [0], [IGNORED]
        for kind, part in enumerate(parts):
            hidden, asked = masked(part, self._share, self._mask, self._others, draw)
            ids += [*hidden, self._last]
            kinds += [kind] * (len(part) + 1)
            targets += [*asked, IGNORED]
        return ids, kinds, targets, follows

    def _stranger(self, place: int, draw: np.random.Generator) -> int:
        """Return a turn of another conversation that says something else, -1 where a few draws find none."""
        for drawn in draw.integers(len(self._texts), size=8).tolist():
            if self._owner[drawn] != self._owner[place] and self._texts[drawn] != self._texts[place]:
                return int(drawn)
        return -1


def _fitting(one: Read, other: Read, most: int) -> list[Read]:
    """Return both texts, the longer cut first until they fit."""
    half = most // 2
    first = min(len(one), max(half, most - len(other)))
    return [one.cut(first), other.cut(most - first)]
