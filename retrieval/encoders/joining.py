"""Requests that come together are computed together."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np

from replydesk.retrieval.encoders.encoder import Encoder, Vectors

__all__ = ["JoiningEncoder"]


class JoiningEncoder:
    """An encoder that runs what several threads want at the same time as one batch.

    Nobody waits for company: who comes first computes at once, and who comes meanwhile is computed together afterwards.
    """

    def __init__(self, encoder: Encoder) -> None:
        self.inner = encoder
        self._turn = threading.Condition()
        self._waiting: list[_Job] = []
        self._busy = False
        self.id, self.dimension = encoder.id, encoder.dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return unit vectors."""
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        job = _Job(list(texts))
        with self._turn:
            self._waiting.append(job)
            self._turn.wait_for(lambda: job.done or not self._busy)
            if job.done:
                return job.result()
            self._busy = True
            jobs, self._waiting = self._waiting, []
        try:
            self._compute(jobs)
        finally:
            with self._turn:
                self._busy = False
                self._turn.notify_all()
        return job.result()

    def _compute(self, jobs: Sequence[_Job]) -> None:
        try:
            vectors = self.inner.encode([text for job in jobs for text in job.texts])
            start = 0
            for job in jobs:
                job.vectors = vectors[start : start + len(job.texts)]
                start += len(job.texts)
        except BaseException as error:
            for job in jobs:
                job.error = error
            raise


class _Job:
    def __init__(self, texts: list[str]) -> None:
        self.texts = texts
        self.vectors: Vectors | None = None
        self.error: BaseException | None = None

    @property
    def done(self) -> bool:
        return self.vectors is not None or self.error is not None

    def result(self) -> Vectors:
        if self.vectors is None:
            assert self.error is not None
            raise self.error
        return self.vectors
