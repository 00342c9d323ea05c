"""The tiny BERT of these tests is the one whose embeddings are nowhere zero."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def tiny_bert(tiny_bert_to_read: Path) -> Path:
    return tiny_bert_to_read
