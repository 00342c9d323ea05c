"""Messages with several intents: heads against a library's, thresholds against trying all, figures against counting."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from typer.testing import CliRunner

from replydesk.data.errors import RequestError
from replydesk.data.home import Home
from replydesk.data.settings import Settings
from replydesk.finetune.encoders.tuning import Labelled
from replydesk.finetune.evaluation.several import evaluate_several, has_several, labels_of
from replydesk.finetune.intents.multi import best_thresholds, fit_one_against_rest, fit_several
from replydesk.retrieval.encoders.encoders import Encoders
from replydesk.ui.cli import app
from tests.conftest import DESK


def messages(language: str) -> Labelled:
    """Return the questions of every intent alone, and each behind that of the next intent."""
    asked = [(intent, languages[language][0]) for intent, languages in DESK.items()]
    texts, labels = [], []
    for place, (intent, questions) in enumerate(asked):
        other, more = asked[(place + 1) % len(asked)]
        for one, two in zip(questions, more, strict=True):
            texts += [one, f"{one} {two}"]
            labels += [intent, f"{other}|{intent}"]
    return Labelled((*texts, "hm", "嗯"), (*labels, "[]", "[]"))


def test_each_label_is_told_as_the_library_tells_it() -> None:
    random = np.random.default_rng(0)
    vectors = random.normal(size=(200, 6))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    marks = vectors[:, :3] + 0.2 * random.normal(size=(200, 3)) > 0.1
    weights, bias = fit_one_against_rest(vectors, marks, 5.0)
    for label in range(3):
        model = LogisticRegression(C=5.0, tol=1e-8, max_iter=500).fit(vectors, marks[:, label])
        np.testing.assert_allclose(weights[label], model.coef_[0], atol=0.02)
        assert bias[label] == pytest.approx(model.intercept_[0], abs=0.02)


def test_a_name_in_brackets_is_one_label() -> None:
    assert not has_several(Labelled(("a", "b"), ("[other]", "[1] refund")))
    assert labels_of("[other]") == ("[other]",)
    assert has_several(Labelled(("a",), ('["late"]',)))


def test_a_label_without_messages_is_never_given() -> None:
    vectors = np.eye(4, dtype=np.float32)[[0, 1, 2, 3] * 10]
    marks = np.stack([vectors[:, 0] > 0, np.zeros(40, dtype=bool)], axis=1)
    weights, bias = fit_one_against_rest(vectors, marks, 10.0)
    assert (vectors @ weights[1] + bias[1] < -2).all()


def test_thresholds_are_the_best_of_all_and_drawn_together() -> None:
    random = np.random.default_rng(1)
    marks = random.random((400, 2)) < [0.3, 0.002]
    chances = np.clip(0.4 * marks + 0.6 * random.random((400, 2)), 0, 1)

    def best(column: np.ndarray, truth: np.ndarray) -> float:
        return max(f1_score(truth, column >= line) for line in np.unique(column))

    lines = best_thresholds(chances, marks)
    assert f1_score(marks.ravel(), (chances >= lines[1]).ravel()) == pytest.approx(best(chances.ravel(), marks.ravel()))
    own = best_thresholds(chances[:, :1], marks[:, :1])
    assert f1_score(marks[:, 0], chances[:, 0] >= own[0]) == pytest.approx(best(chances[:, 0], marks[:, 0]))
    count = int(marks[:, 0].sum())
    assert lines[0] == pytest.approx((count * own[0] + 20 * lines[1]) / (count + 20))


def test_probabilities_are_those_of_a_regression_on_all_cells() -> None:
    random = np.random.default_rng(2)
    logits = random.normal(0, 3, (2, 900, 3))
    marks = random.random((900, 3)) < 1 / (1 + np.exp(-(0.5 * logits[0] - 1)))
    head, loss = fit_several(("a", "b", "c"), logits, marks)
    np.testing.assert_allclose(head.slopes, [0.5, 0], atol=0.06)
    assert head.offset == pytest.approx(-1, abs=0.15)
    chances = head.probabilities(logits)
    assert loss == pytest.approx(-np.log(np.where(marks, chances, 1 - chances)).mean())
    assert (head.given(logits) == (chances >= head.thresholds)).all()


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("refund", ("refund",)),
        ("late | refund|late", ("late", "refund")),
        ('["退款", "物流"]', ("物流", "退款")),
        ("[]", ()),
        ("[odd]", ("[odd]",)),
    ],
)
def test_labels_are_read(cell: str, names: tuple[str, ...]) -> None:
    assert labels_of(cell) == names


@pytest.mark.parametrize("language", ["en", "zh"])
def test_all_labels_of_a_message_are_found(language: str, tiny_settings: Settings) -> None:
    rows = messages(language)
    test = Labelled((*rows.texts, "?"), (*rows.labels, "never_learned"))
    found = evaluate_several(rows, test, Encoders(tiny_settings.retrieval), language=language)
    assert found["data"] == {"train": 42, "test": 43, "labels": 5, "labels_a_message": 1.4}
    assert set(found["models"]) == {"floor", "frozen", "tuned"}
    assert len(found["models"]["tuned"]["weights"]) == 2
    # What was learned is known again; the label that was not is missed.
    assert 0.8 < found["models"]["floor"]["micro_f1"] < 1
    assert "never" in " ".join(found["notes"]) or "1 labels of --test" in found["notes"][0]


def test_the_command_reads_several_labels(home: Home, tmp_path: Path) -> None:
    rows, file = messages("en"), tmp_path / "rows.jsonl"
    lines = [
        json.dumps({"text": text, "label": list(labels_of(label))})
        for text, label in zip(rows.texts, rows.labels, strict=True)
    ]
    file.write_text("\n".join(lines), encoding="utf-8")
    command = ["evaluate", "intents", "--train", str(file), "--test", str(file), "--home", str(home.folder)]
    ran = CliRunner().invoke(app, [*command, "--json", "--out", str(tmp_path / "out")])
    assert ran.exit_code == 0, ran.output
    document = json.loads(ran.stdout)
    assert document["task"] == "several intents"
    assert json.loads((tmp_path / "out" / "report.json").read_text()) == document
    assert CliRunner().invoke(app, command).stdout.count("frozen") == 3
    refused = CliRunner().invoke(app, [*command, "--suspects", "3"])
    assert isinstance(refused.exception, RequestError)
