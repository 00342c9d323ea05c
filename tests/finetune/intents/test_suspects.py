"""Labels that are likely wrong are found: against counting by hand, on flipped labels, and at the command line."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from replydesk.data.home import Home
from replydesk.data.store import Store
from replydesk.finetune.intents.suspects import find_suspects, unseen_suspects
from replydesk.ui.cli import app


def test_the_figures_are_those_of_counting_by_hand() -> None:
    chances = np.array([[0.9, 0.1], [0.7, 0.3], [0.2, 0.8], [0.1, 0.9], [0.55, 0.45], [0.05, 0.95]])
    found = find_suspects(chances, list("abcdef"), ["x", "x", "x", "y", "y", "y"], ["x", "y"])
    # Lines: x at .6, y at .767. Confident: a and b of x, c, d and f of y, e of none.
    # Rows: x has 2 right and 1 as y, brought to 3; y has 2 right, brought to 3.
    assert found.noise == pytest.approx(1 / 6)
    assert [(one.text, one.label, one.likelier) for one in found.found] == [("c", "x", "y"), ("e", "y", "x")]
    assert (found.found[0].own_probability, found.found[0].probability) == (0.2, 0.8)
    assert found.document(1)["found"] == 2 and len(found.document(1)["suspects"]) == 1


def test_nothing_has_no_suspects() -> None:
    found = find_suspects(np.zeros((0, 2)), [], [], ["x", "y"])
    assert (found.messages, found.noise, found.found) == (0, 0.0, ())


def test_flipped_labels_come_first() -> None:
    random = np.random.default_rng(0)
    which = np.arange(300) % 5
    vectors = np.eye(16)[which] + 0.2 * random.normal(size=(300, 16))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    flipped = random.permutation(300)[:15]
    told = which.copy()
    told[flipped] = (which[flipped] + 1 + random.integers(0, 4, 15)) % 5
    found = unseen_suspects(vectors, [str(i) for i in range(300)], [f"intent {i}" for i in told])
    assert {one.row for one in found.found[:15]} == set(flipped.tolist())
    assert all(one.likelier == f"intent {which[one.row]}" for one in found.found[:15])
    assert found.noise == pytest.approx(0.05, abs=0.02)


def test_the_desk_tells_its_suspects(desk: Home) -> None:
    ran = CliRunner().invoke(app, ["intents", "suspects", "--json"])
    assert ran.exit_code == 0, ran.output
    document = json.loads(ran.stdout)
    assert document["messages"] > 20 and document["found"] >= len(document["suspects"])
    assert all(one["label"] != one["likelier"] for one in document["suspects"])
    ran = CliRunner().invoke(app, ["intents", "suspects", "--limit", "1"])
    assert "are estimated to be wrong" in ran.stdout


def test_a_desk_without_labels_is_told_what_to_do(home: Home) -> None:
    Store.open(home.database).close()
    ran = CliRunner().invoke(app, ["intents", "suspects"])
    assert ran.exit_code != 0 and "No two intents" in str(ran.exception or ran.output)
