"""Further classifiers of a desk: one for every set of labelled messages in its home, beside the intents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from replydesk.data.errors import RequestError
from replydesk.data.labels import LabelledText, LabelSet
from replydesk.data.settings import DataSettings
from replydesk.dialog.classifiers import TextClassifier
from replydesk.finetune.evaluation.rows import read_labelled
from replydesk.finetune.evaluation.several import has_several, labels_of
from replydesk.finetune.examples import Examples, Material
from replydesk.finetune.intents.multi import fit_several_reader
from replydesk.finetune.intents.opinions import fit_reader
from replydesk.finetune.recipe import Recipe

__all__ = ["fit_classifiers", "read_label_file"]

# With one message of a label nothing is held back that it could be chosen or calibrated by.
_FEWEST = 2


def read_label_file(path: Path, settings: DataSettings, *, language: str = "") -> tuple[list[LabelledText], bool]:
    """Return the messages of a CSV or JSONL file with ``text`` and ``label``, and whether they have several labels.

    Several are a list in JSONL, or parted by ``|``; a list may be empty. Raises :class:`RequestError` with the place
    of a row that is wrong.
    """
    told = read_labelled(path)
    several = has_several(told)
    rows = []
    for number, (text, name) in enumerate(zip(told.texts, told.labels, strict=True), 1):
        row = LabelledText.make(text, labels_of(name) if several else (name,), settings, language=language)
        if not row.text or not (row.labels or several):
            what = "text" if not row.text else "label"
            hint = "Fill it in, or leave the row out."
            raise RequestError(f"The {what} of this row says nothing.", where=f"{path}, row {number}", hint=hint)
        rows.append(row)
    return rows, several


def fit_classifiers(
    material: Material,
    sets: Sequence[LabelSet],
    recipe: Recipe,
    *,
    test_share: float,
    progress: Callable[[str], None] = lambda _line: None,
) -> tuple[dict[str, TextClassifier], dict[str, Any]]:
    """Return a classifier for every set that can teach one on this encoder, and what is told of each set.

    A set teaches with its messages in the languages of the encoder that are not of the test part. Labels with a single
    one are left out; with fewer than two labels there is nothing to tell apart.
    """
    found: dict[str, TextClassifier] = {}
    notes: dict[str, Any] = {}
    for one in sets:
        train, _, near = one.parts(test_share, material.languages)
        if not train:
            continue
        counts = Counter(name for row in train for name in row.labels)
        names = sorted(name for name, count in counts.items() if count >= _FEWEST)
        rows = train if one.several else [row for row in train if row.labels[0] in set(names)]
        told: dict[str, Any] = {
            "kind": "several" if one.several else "one",
            "messages": len(rows),
            "labels": len(names),
            "near_duplicates_left_out": near,
            "labels_left_out": sorted(counts.keys() - set(names)),
        }
        notes[one.name] = told
        if len(names) < 2 or len(rows) < 2 * _FEWEST:
            told["why"] = "Fewer than two labels have two messages to learn from."
            continue
        progress(f"Learning {one.name}: {len(names)} labels of {len(rows)} messages in {', '.join(material.languages)}")
        found[one.name] = classifier = _fitted(rows, names, one.several, material, recipe)
        told["opinions"] = [name for name in ("words", "neighbours") if getattr(classifier, name, None) is not None]
    return found, notes


def _fitted(
    rows: Sequence[LabelledText], names: Sequence[str], several: bool, material: Material, recipe: Recipe
) -> TextClassifier:
    texts, language = tuple(row.text for row in rows), material.languages[0]
    vectors = material.encoder.encode(texts)
    if several:
        marks = np.array([[name in row.labels for name in names] for row in rows])
        return fit_several_reader(texts, vectors, marks, names, language, seed=recipe.seed)
    examples = Examples(
        texts,
        tuple(row.labels[0] for row in rows),
        ("",) * len(rows),
        tuple(row.language for row in rows),
        (None,) * len(rows),
        vectors,
        np.zeros((len(rows), 0), dtype=np.float32),
    )
    reader, _ = fit_reader(examples, recipe, language)
    return reader
