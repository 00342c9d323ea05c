"""A vocabulary from nothing: WordPiece on the desk's own text, and a small BERT that has learned nothing yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from replydesk.finetune.recipe import FreshRecipe

__all__ = ["SPECIAL", "new_encoder", "train_vocabulary"]

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_ASCII = "".join(map(chr, range(33, 127)))


def train_vocabulary(texts: Sequence[str], size: int) -> list[str]:
    """Return the pieces of a WordPiece vocabulary (Schuster and Nakajima 2012) of texts, lower case, the first special.

    Every character of the texts and of ASCII is a piece, and where it can stand inside a word a piece there, too: no
    word of these characters is unknown. What room is left holds the longer pieces that training finds; a vocabulary of
    more characters than ``size`` is as large as they are many.
    """
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

    normalizer = normalizers.BertNormalizer(lowercase=True)
    splitter = pre_tokenizers.BertPreTokenizer()
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = normalizer, splitter
    plain = normalizer.normalize_str
    characters = sorted({c for text in [*texts, _ASCII] for c in plain(text)} - {" "})
    # A Chinese character or a sign is a word of its own wherever it stands.
    inside = [c for c in characters if len(splitter.pre_tokenize_str(plain(f"a{c}a"))) == 1]
    pieces = dict.fromkeys([*SPECIAL, *characters, *(f"##{c}" for c in inside)])
    # Pieces that are given have a number; those that the trainer meets get one by chance, and so would what it learns.
    trainer = trainers.WordPieceTrainer(
        vocab_size=size, min_frequency=2, special_tokens=list(pieces), show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    found = tokenizer.get_vocab()
    for piece in sorted(found, key=lambda piece: int(found[piece])):
        if len(pieces) >= size:
            break
        pieces[piece] = None
    return list(pieces)


def new_encoder(folder: Path, texts: Iterable[str], fresh: FreshRecipe, *, max_tokens: int, seed: int) -> None:
    """Write a BERT with random weights, and a vocabulary of its own trained on the texts, as an encoder's folder."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizer
    from transformers.utils import logging

    folder.mkdir(parents=True, exist_ok=True)
    pieces = train_vocabulary(list(texts), fresh.vocabulary)
    (folder / "vocab.txt").write_text("\n".join(pieces) + "\n", encoding="utf-8")
    BertTokenizer(vocab={piece: number for number, piece in enumerate(pieces)}).save_pretrained(str(folder))
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=fresh.dimension,
        num_hidden_layers=fresh.layers,
        num_attention_heads=fresh.heads,
        intermediate_size=4 * fresh.dimension,
        max_position_embeddings=max(128, max_tokens),
    )
    logging.disable_progress_bar()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        BertModel(config, add_pooling_layer=False).save_pretrained(str(folder))
