"""Which encoder reads which language: by the settings a BERT for English, a multilingual one for everything else."""

from __future__ import annotations

import copy
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from replydesk.data.settings import RetrievalSettings
from replydesk.retrieval.encoders.bert import BertEncoder, bert_folder
from replydesk.retrieval.encoders.encoder import Encoder
from replydesk.retrieval.encoders.remembering import Memory, RememberingEncoder
from replydesk.retrieval.encoders.use import USE, UseEncoder

if TYPE_CHECKING:
    from replydesk.retrieval.encoders.graphs import Graph

__all__ = ["Encoders", "load_encoder"]


class Encoders:
    """The encoder of each language, loaded when it is first needed and kept; converted models stand in ``cache``.

    >>> Encoders(RetrievalSettings()).of("zh").dimension    # doctest: +SKIP
    512
    """

    def __init__(self, settings: RetrievalSettings, cache: Path | None = None) -> None:
        self._settings, self._cache = settings, cache
        self._memory = Memory(settings.remembered)
        self._loaded: dict[str, Encoder] = {}
        self._instead: dict[str, Encoder] = {}
        self._lock = threading.Lock()

    def using(self, instead: Mapping[str, Encoder]) -> Encoders:
        """Return these encoders, but with others in place of those with some ids; they share what is loaded."""
        from replydesk.retrieval.encoders.joining import JoiningEncoder

        view = copy.copy(self)
        view._instead = {
            key: RememberingEncoder(JoiningEncoder(encoder), self._memory) for key, encoder in instead.items()
        }
        return view

    def of(self, language: str) -> Encoder:
        """Return the encoder that reads this language."""
        encoder = self._load(self._name(language))
        return self._instead.get(encoder.id, encoder)

    def beside(self, language: str) -> Encoder | None:
        """Return a second encoder that reads this language: English is read by that of the other languages, too.

        None where there is no second one.
        """
        if language != "en" or self._settings.other_encoder == self._settings.english_encoder:
            return None
        return self._load(self._settings.other_encoder)

    def graph(self, language: str) -> Graph | None:
        """Return the OpenVINO graph of the encoder that reads this language, None where it runs on something else."""
        from replydesk.retrieval.encoders.graphs import Graph

        name = self._name(language)
        if name == USE or self._settings.runtime != "openvino":
            return None
        return Graph.of(name, self._settings.max_tokens, self._cache)

    def bert(self, language: str) -> Path | None:
        """Return the folder of the BERT that reads this language, None where its encoder is none."""
        return bert_folder(self._name(language))

    def among(self, languages: Sequence[str]) -> list[Encoder]:
        """Return the encoders that these languages need, each once."""
        return list({encoder.id: encoder for encoder in map(self.of, languages)}.values())

    def _load(self, name: str) -> Encoder:
        with self._lock:
            if name not in self._loaded:
                self._loaded[name] = RememberingEncoder(load_encoder(name, self._settings, self._cache), self._memory)
            return self._loaded[name]

    def _name(self, language: str) -> str:
        return self._settings.english_encoder if language == "en" else self._settings.other_encoder


def load_encoder(name: str, settings: RetrievalSettings, cache: Path | None = None) -> Encoder:
    """Return the encoder of that name, on the runtime of the settings. Raises :class:`ModelError` when it cannot be."""
    from replydesk.retrieval.encoders.joining import JoiningEncoder
    from replydesk.retrieval.encoders.runtime import OpenVinoEncoder

    if name == USE:
        return JoiningEncoder(UseEncoder(threads=settings.threads))
    if settings.runtime == "openvino":
        fast = OpenVinoEncoder(name, max_tokens=settings.max_tokens, threads=settings.threads, cache=cache)
        return JoiningEncoder(fast)
    return BertEncoder(name, max_tokens=settings.max_tokens, batch_size=settings.batch_size, threads=settings.threads)
