"""A second encoder's opinion: added to the desk's own value by value, kept with a release, refused where it is none."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from replydesk.data.errors import ReleaseError
from replydesk.data.home import Home
from replydesk.dialog import second as module
from replydesk.dialog.intents import Familiarity, IntentHead
from replydesk.dialog.reader import IntentReader
from replydesk.dialog.release import Release
from replydesk.dialog.releases import Releases
from replydesk.dialog.second import SecondReader
from replydesk.dialog.skills import Skills
from replydesk.retrieval.encoders.encoder import Vectors

RANDOM = np.random.default_rng(11)
LABELS = ("parcel", "refund", "退货")
TEXTS = ["where is my parcel", "我要退货"]
HEAD = IntentHead(LABELS, RANDOM.normal(size=(3, 6)), RANDOM.normal(size=3), 0.5)
OTHER = IntentHead(LABELS, RANDOM.normal(size=(3, 4)), RANDOM.normal(size=3), 4.0)


class Hashed:
    """Each text has a direction of its own."""

    dimension = 4

    def __init__(self, key: str = "hashed") -> None:
        self.id = key

    def encode(self, texts: Sequence[str]) -> Vectors:
        rows = np.array([np.random.default_rng(list(text.encode())).normal(size=4) for text in texts]).reshape(-1, 4)
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def unit(count: int, dimension: int) -> np.ndarray:
    rows = RANDOM.normal(size=(count, dimension)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def familiarity(dimension: int, slope: float = 1.5) -> Familiarity:
    means = RANDOM.normal(size=(3, dimension))
    return Familiarity(unit(7, dimension), np.eye(dimension), means, np.zeros(3), np.ones(3), slope, -0.5, 3)


SECOND = SecondReader(Hashed(), OTHER, familiarity(4))
VECTORS = unit(2, 6)


def test_it_is_added_to_the_head_and_to_the_sum_of_the_unfamiliar() -> None:
    skills = Skills(HEAD, familiarity(6), second=SECOND)
    chances, strange = skills.judged(TEXTS, VECTORS)
    theirs = Hashed().encode(TEXTS)
    logits = HEAD.logits(VECTORS) / 0.5 + OTHER.logits(theirs) / 4
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(chances, expected, rtol=1e-9)
    assert skills.familiarity is not None and SECOND.familiarity is not None
    sums = skills.familiarity.sums(VECTORS, expected.max(axis=1)) + SECOND.familiarity.sums(theirs, np.ones(2))
    np.testing.assert_allclose(strange, 1 / (1 + np.exp(-(1.5 * sums - 0.5))), rtol=1e-9)
    assert skills.reader is not None and skills.reader.weights == {"head": 2.0, "second": 0.25}


def test_an_intent_that_it_does_not_know_stays_as_likely() -> None:
    wider = IntentHead(("new", *LABELS), RANDOM.normal(size=(4, 6)), RANDOM.normal(size=4), 0.5)
    found = IntentReader(wider, second=SECOND).probabilities(TEXTS, VECTORS)
    np.testing.assert_allclose(found[:, 0], wider.probabilities(VECTORS)[:, 0])


@pytest.mark.parametrize(
    ("second", "problem"),
    [
        (replace(SECOND, head=replace(OTHER, weights=OTHER.weights[:, :3])), "vectors of 4"),
        (replace(SECOND, head=replace(OTHER, labels=("parcel", "refund", "unknown"))), "the intent head does not"),
        (replace(SECOND, familiarity=familiarity(5)), "knows vectors of 5, not of 4"),
        (replace(SECOND, head=replace(OTHER, bias=np.full(3, np.inf))), "no number"),
    ],
)
def test_it_says_what_is_wrong_with_it(second: SecondReader, problem: str) -> None:
    assert problem in " ".join(Skills(HEAD, familiarity(6), second=second).problems(6))
    assert Skills(HEAD, familiarity(6), second=SECOND).problems(6) == []


@pytest.mark.parametrize("familiar", [True, False])
def test_a_release_keeps_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, familiar: bool) -> None:
    second = SECOND if familiar else replace(SECOND, familiarity=None)
    skills = Skills(HEAD, familiarity(6), second=second)
    monkeypatch.setattr(module, "second_encoder", lambda _threads=0: Hashed())
    releases = Releases(Home(tmp_path / "home").create())
    releases.save(Release("2026-11-26-aaaaaa", datetime.now(UTC), {"base": skills}), {}, "")
    kept = releases.load("2026-11-26-aaaaaa").skills["base"]
    for one, other in zip(kept.judged(TEXTS, VECTORS), skills.judged(TEXTS, VECTORS), strict=True):
        np.testing.assert_array_equal(one, other)
    assert (kept.second is not None and kept.second.familiarity is not None) == familiar

    monkeypatch.setattr(module, "second_encoder", lambda _threads=0: Hashed("another"))
    with pytest.raises(ReleaseError, match="learned on hashed, and this is another"):
        releases.load("2026-11-26-aaaaaa")


def test_a_release_from_before_has_none(tmp_path: Path) -> None:
    releases = Releases(Home(tmp_path / "home").create())
    folder = releases.save(Release("2026-11-26-bbbbbb", datetime.now(UTC), {"base": Skills(HEAD)}), {}, "")
    card: dict[str, Any] = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    assert card["skills"]["base"].pop("second") is None
    (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")
    assert releases.load("2026-11-26-bbbbbb").skills["base"].second is None
