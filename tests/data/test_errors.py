"""Errors: one tree, drawn as it is, each saying what happened, where, and what to do."""

from __future__ import annotations

import doctest
import re

import pytest

from replydesk.data import errors as module
from replydesk.data.errors import FormatError, InputError, ReplydeskError

CLASSES = [getattr(module, name) for name in module.__all__]


def test_examples_in_the_docstrings_are_true() -> None:
    assert doctest.testmod(module).failed == 0


def test_the_drawing_is_the_tree() -> None:
    drawn: dict[str, str] = {}
    above: list[str] = []
    for indent, name in re.findall(r"^([│├└─ ]*)([A-Z]\w+Error|Interrupted) ", module.__doc__ or "", re.M):
        depth = len(indent) // 4
        above[depth:] = [name]
        drawn[name] = above[depth - 1] if depth else "Exception"
    assert drawn == {kind.__name__: kind.__base__.__name__ for kind in CLASSES}


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ReplydeskError("It broke."), "It broke."),
        (FormatError("The row is torn.", where="export.csv:12"), "The row is torn. (export.csv:12)"),
        (InputError("文件是空的。", where="导出.csv:1", hint="请重新导出。"), "文件是空的。 (导出.csv:1) 请重新导出。"),
    ],
)
def test_an_error_is_one_sentence_with_place_and_cure(error: ReplydeskError, text: str) -> None:
    assert str(error) == text


def test_the_document_of_an_error() -> None:
    error = FormatError("The row is torn.", where="export.csv:12", hint="Mend it.")
    assert error.document() == {
        "error": {"code": "format", "message": "The row is torn.", "hint": "Mend it.", "where": "export.csv:12"}
    }


def test_statuses_and_codes() -> None:
    assert {kind.__name__: (kind.code, kind.status) for kind in CLASSES} == {
        "ReplydeskError": ("error", 500),
        "SettingsError": ("settings", 500),
        "HomeError": ("home", 500),
        "InputError": ("input", 422),
        "FormatError": ("format", 422),
        "RequestError": ("request", 422),
        "NotFoundError": ("not_found", 404),
        "ConflictError": ("conflict", 409),
        "LeakError": ("leak", 409),
        "StoreError": ("store", 503),
        "VectorIndexError": ("index", 500),
        "EngineError": ("engine", 503),
        "ModelError": ("model", 500),
        "ReleaseError": ("release", 409),
        "TrainingError": ("training", 500),
        "Interrupted": ("interrupted", 503),
    }
