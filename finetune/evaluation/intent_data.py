"""The labelled messages of an evaluation: to learn from, to choose by and to judge by, with what is odd about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from replydesk.data.errors import RequestError
from replydesk.finetune.encoders.tuning import Labelled
from replydesk.finetune.evaluation.rows import drawn, read_labelled, read_texts, read_unlabelled, shared_texts
from replydesk.finetune.evaluation.several import has_several

__all__ = ["IntentData"]


@dataclass(frozen=True, slots=True)
class IntentData:
    """Labelled messages to learn from, to choose by and to judge by, and messages that are out of scope.

    ``unlabelled`` are to be read before or to get pseudo-labels; where their true labels are known, ``truth`` judges
    these.
    """

    train: Labelled
    test: Labelled
    valid: Labelled | None = None
    oos_valid: tuple[str, ...] = ()
    oos_test: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unlabelled: tuple[str, ...] = ()
    truth: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(
        cls,
        train: Path,
        test: Path,
        *,
        valid: Path | None = None,
        oos_valid: Path | None = None,
        oos_test: Path | None = None,
        unlabelled: Path | None = None,
        limit: int | None = None,
        seed: int = 0,
    ) -> IntentData:
        """Return what files of CSV or JSONL with ``text`` and ``label`` hold; those out of scope need no label.
        A label may name several (:func:`~replydesk.finetune.evaluation.several.labels_of`).

        ``unlabelled`` texts need none either; where they have one, it only says how right the labels are that they get.
        ``limit`` draws so many rows of each file, stratified. Raises :class:`RequestError` with file and line.
        """
        notes: list[str] = []
        learned, judged = read_labelled(train, notes), read_labelled(test, notes)
        chosen = read_labelled(valid, notes) if valid is not None else None
        odd_valid, odd_test = (read_texts(path, notes) if path is not None else () for path in (oos_valid, oos_test))
        bare, truth = read_unlabelled(unlabelled, notes) if unlabelled is not None else ((), {})
        if len(learned.names) < 2:
            hint = "Give messages of two labels or more."
            raise RequestError(
                "All messages have one label: there is nothing to tell apart.", where=str(train), hint=hint
            )
        several = has_several(learned)
        if not several and not set(learned.names) & set(judged.names):
            hint = "The same label must be spelt the same in both files."
            raise RequestError(f"None of its labels is in {train}.", where=str(test), hint=hint)
        if limit is not None:
            learned, judged = drawn(learned, limit, seed), drawn(judged, limit, seed)
            chosen = drawn(chosen, limit, seed) if chosen else None
            odd_valid, odd_test, bare = (_some(texts, limit, seed) for texts in (odd_valid, odd_test, bare))
            notes.append(f"--limit {limit}: of each file at most so many rows were drawn.")
        others = (("test", judged.texts), ("valid", chosen.texts if chosen else ()))
        for name, texts in (*others, ("oos-valid", odd_valid), ("oos-test", odd_test)):
            if shared := shared_texts(learned.texts, texts):
                notes.append(f"{shared} of {len(texts)} texts of --{name} are also in --train, whatever their label.")
        if bare and (shared := shared_texts(judged.texts, bare)):
            notes.append(f"{shared} of {len(bare)} texts of --unlabelled are also in --test.")
        for name, texts in (("test", judged.texts), ("oos-test", odd_test)):
            base = (*(chosen.texts if chosen else ()), *odd_valid)
            if base and (shared := shared_texts(base, texts)):
                notes.append(f"{shared} of {len(texts)} texts of --{name} are also in --valid or --oos-valid.")
        if not several and (unknown := sorted(set(judged.names) - set(learned.names))):
            rows = sum(label in set(unknown) for label in judged.labels)
            notes.append(f"{len(unknown)} labels of --test are not in --train ({rows} messages, all counted as wrong).")
        return cls(learned, judged, chosen, odd_valid, odd_test, tuple(notes), bare, truth)

    @property
    def labelled(self) -> int:
        """Return how many messages with a label teach or choose."""
        return len(self.train) + len(self.valid or ())

    @property
    def judging(self) -> tuple[str, ...]:
        """Return all texts that choose or judge, which nothing may be learned from."""
        chosen = self.valid.texts if self.valid is not None else ()
        return (*chosen, *self.test.texts, *self.oos_valid, *self.oos_test)

    def document(self) -> dict[str, Any]:
        """Return how much there is of everything."""
        return {
            "train": len(self.train),
            "test": len(self.test),
            "valid": len(self.valid or ()),
            "oos_valid": len(self.oos_valid),
            "oos_test": len(self.oos_test),
            "labels": len(self.train.names),
            **({"unlabelled": len(self.unlabelled)} if self.unlabelled else {}),
        }


def _some(texts: tuple[str, ...], limit: int, seed: int) -> tuple[str, ...]:
    return drawn(Labelled(texts, texts), limit, seed).texts
