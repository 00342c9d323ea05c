"""What every pre-training task opens with: the texts as tokens and words, and the tokens that stand around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from replydesk.data.errors import TrainingError
from replydesk.finetune.pretraining.heads import log_shares
from replydesk.finetune.pretraining.words import Read, read_words
from replydesk.finetune.training.network import EncoderNetwork

__all__ = ["ReadTexts", "nothing_to_read", "special_token"]


@dataclass(frozen=True, slots=True)
class ReadTexts:
    """Texts as the tokenizer of a network reads them, in their order.

    ``first`` and ``last`` are the tokens that stand around a text, ``known`` all tokens of the texts that say
    something, in order; ``shares`` is how common each token of the vocabulary is in them, as a logarithm, shape
    (vocabulary,).
    """

    texts: tuple[Read, ...]
    first: int
    last: int
    known: tuple[int, ...]
    shares: torch.Tensor

    @classmethod
    def of(cls, network: EncoderNetwork, texts: Sequence[str]) -> ReadTexts:
        """Read texts. Raises :class:`TrainingError` where they hold nothing that the network knows."""
        first, last = special_token(network, "[CLS]"), special_token(network, "[SEP]")
        read = tuple(read_words(network.tokenizer, texts))
        mute = {network.tokenizer.token_to_id(token) for token in ("[UNK]", "[PAD]")}
        known = tuple(sorted({token for one in read for token in one.ids} - mute))
        if not known:
            raise nothing_to_read()
        shares = log_shares([one.ids for one in read], int(network.bert.config.vocab_size))
        return cls(read, first, last, known, shares)


def nothing_to_read() -> TrainingError:
    """Return the error that says that no text is left to learn from."""
    hint = "Give more text, or texts whose characters the encoder knows."
    return TrainingError("There is nothing to read.", where="pretrain", hint=hint)


def special_token(network: EncoderNetwork, name: str) -> int:
    """Return the number of a special token. Raises :class:`TrainingError` where the tokenizer has none."""
    number = network.tokenizer.token_to_id(name)
    if number is None:
        hint = "Choose an encoder with the vocabulary of a BERT, or begin from nothing."
        raise TrainingError(f"The encoder's tokenizer has no {name}.", where="pretrain", hint=hint)
    return int(number)
