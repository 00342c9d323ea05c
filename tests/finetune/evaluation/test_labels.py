"""Judging further classifiers: figures against a library's, and a loss that is more than chance refuses a release."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score

from replydesk.data.labels import LabelledText, LabelSet
from replydesk.data.settings import DataSettings, FinetuneSettings, Settings
from replydesk.dialog.classifiers import TextClassifier
from replydesk.dialog.intents import IntentHead
from replydesk.dialog.reader import IntentReader
from replydesk.dialog.release import UNTRAINED_RELEASE, Release
from replydesk.dialog.several import SeveralReader
from replydesk.dialog.skills import Skills
from replydesk.finetune.evaluation.judge import Report
from replydesk.finetune.evaluation.labels import judge_labels
from replydesk.finetune.evaluation.metrics import calibration_error, interval
from replydesk.finetune.evaluation.page import report_page
from replydesk.finetune.examples import Examples, Material
from replydesk.finetune.intents.further import fit_classifiers
from replydesk.finetune.recipe import HeadRecipe, Recipe
from replydesk.retrieval.encoders.encoders import Encoders
from tests.sayings import moods, topics

FAST = Recipe(name="fast", head=HeadRecipe(strengths=(10.0,), folds=2))
SETTINGS = FinetuneSettings(test_share=0.3)


def label_set(name: str, rows: list[tuple[str, tuple[str, ...]]], *, several: bool = False) -> LabelSet:
    return LabelSet(name, several, tuple(LabelledText.make(text, labels, DataSettings()) for text, labels in rows))


SETS = (
    label_set("sentiment", [(text, (mood,)) for text, mood in moods("en", "zh")]),
    label_set("topic", topics("en", "zh"), several=True),
)


@pytest.fixture(scope="module")
def material(tiny_settings: Settings) -> Material:
    encoder = Encoders(tiny_settings.retrieval).of("en")
    nothing = Examples((), (), (), (), (), np.zeros((0, 32), np.float32), np.zeros((0, 512), np.float32))
    return Material(encoder, ("en", "zh"), nothing, nothing, 0.5)


@pytest.fixture(scope="module")
def classifiers(material: Material) -> dict[str, TextClassifier]:
    return fit_classifiers(material, SETS, FAST, test_share=SETTINGS.test_share)[0]


def release(material: Material, classifiers: dict[str, TextClassifier], key: str = "new") -> Release:
    return Release(key, datetime(2026, 11, 1, tzinfo=UTC), {material.encoder.id: Skills(classifiers=classifiers)})


def test_figures_are_those_of_the_library(material: Material, classifiers: dict[str, TextClassifier]) -> None:
    told = judge_labels("en+zh", material, SETS, UNTRAINED_RELEASE, release(material, classifiers), SETTINGS)
    assert told.before == {} and told.checks == ()
    test = SETS[0].parts(0.3, ("en", "zh"))[1]
    texts, truth = [row.text for row in test], [row.labels[0] for row in test]
    one = classifiers["sentiment"]
    chances = one.probabilities(texts, material.encoder.encode(texts))
    guesses = np.array(one.labels)[chances.argmax(axis=1)]
    found = told.after["sentiment"]
    assert found["accuracy"] == pytest.approx(accuracy_score(truth, guesses))
    assert found["macro_f1"] == pytest.approx(f1_score(truth, guesses, average="macro"))
    assert found["ece"] == pytest.approx(calibration_error(chances.max(axis=1), guesses == np.array(truth)))
    assert found["accuracy_ci"] == interval(guesses == np.array(truth))
    assert found["macro_f1_ci"][0] <= found["macro_f1"] <= found["macro_f1_ci"][1]
    assert (found["kind"], found["messages"], found["labels"]) == ("one", len(test), 3)

    test = SETS[1].parts(0.3, ("en", "zh"))[1]
    texts, several = [row.text for row in test], classifiers["topic"]
    assert isinstance(several, SeveralReader)
    marks = np.array([[name in row.labels for name in several.labels] for row in test])
    chances = several.probabilities(texts, material.encoder.encode(texts))
    given = chances >= several.head.thresholds
    found = told.after["topic"]
    assert found["kind"] == "several"
    assert found["accuracy"] == pytest.approx(accuracy_score(marks, given))
    assert found["micro_f1"] == pytest.approx(f1_score(marks, given, average="micro"))
    assert found["macro_f1"] == pytest.approx(f1_score(marks, given, average="macro"))
    assert found["ece"] == pytest.approx(calibration_error(chances.ravel(), marks.ravel()))
    for name in ("sentiment", "topic"):
        low = told.floor[name]
        assert 0.5 < low["accuracy"] <= 1 and low["accuracy_ci"][0] <= low["accuracy"] and low["messages"] > 40
        assert told.after[name]["accuracy"] >= low["accuracy"] - 0.1


def test_a_classifier_that_got_worse_by_more_than_chance_refuses_the_release(
    material: Material, classifiers: dict[str, TextClassifier]
) -> None:
    good = release(material, classifiers, "old")
    told = judge_labels("en+zh", material, SETS, good, good, SETTINGS)
    assert [(check.name, check.passed) for check in told.checks] == [
        ("en+zh sentiment accuracy", True), ("en+zh topic F1 of the labels", True),
    ]  # fmt: skip
    assert told.before == told.after and "kept" in told.checks[0].why

    one, several = classifiers["sentiment"], classifiers["topic"]
    assert isinstance(one, IntentReader) and isinstance(several, SeveralReader)
    silent = replace(several, head=replace(several.head, thresholds=np.full(3, 0.99999)))
    constant = IntentReader(IntentHead(one.labels, np.zeros((3, 32)), np.array([0.0, 1.0, 0.0])))
    bad = release(material, {"sentiment": constant, "topic": silent})
    told = judge_labels("en+zh", material, SETS, good, bad, SETTINGS)
    assert [check.passed for check in told.checks] == [False, False]
    assert all("worse by more than 0.010" in check.why for check in told.checks)
    # The other way round it is better, and says so.
    told = judge_labels("en+zh", material, SETS, bad, good, SETTINGS)
    assert all(check.passed and "better" in check.why for check in told.checks)


def test_one_message_more_that_is_read_wrong_may_be_chance(
    material: Material, classifiers: dict[str, TextClassifier]
) -> None:
    few = [replace(SETS[0], rows=tuple(row for row in SETS[0].rows if row.judges(0.3))[:8])]
    one = classifiers["sentiment"]
    assert isinstance(one, IntentReader)
    flat = IntentReader(IntentHead(one.labels, np.zeros((3, 32)), np.array([0.0, 1.0, 0.0])))
    good, bad = (release(material, {"sentiment": it}) for it in (one, flat))
    (check,) = judge_labels("en+zh", material, few, good, bad, replace_settings(0.3)).checks
    assert check.passed == ("within chance" in check.why)


def replace_settings(share: float) -> FinetuneSettings:
    return FinetuneSettings(test_share=share, max_loss=0.0)


def test_a_classifier_that_is_gone_while_its_set_is_there_refuses_the_release(
    material: Material, classifiers: dict[str, TextClassifier]
) -> None:
    good, gone = release(material, classifiers), release(material, {})
    told = judge_labels("en", material, SETS, good, gone, SETTINGS)
    assert [check.passed for check in told.checks] == [False, False] and "cannot be learned" in told.checks[0].why
    # Without the set nothing is asked of it.
    assert judge_labels("en", material, (), good, gone, SETTINGS).checks == ()
    french = replace(material, languages=("fr",))
    assert judge_labels("fr", french, SETS, good, gone, SETTINGS).checks == ()


def test_the_page_has_a_section_of_further_labels(material: Material, classifiers: dict[str, TextClassifier]) -> None:
    told = judge_labels("en+zh", material, SETS, UNTRAINED_RELEASE, release(material, classifiers), SETTINGS)
    after = {"en+zh": {"messages": 5, "labels": told.after}}
    floor = {"en+zh": {"labels": told.floor}}
    page = report_page(Report("new", "old", {}, {"en+zh": {"messages": 5}}, after, floor))
    assert "Further labels" in page and "sentiment: Macro F1" in page and "topic: All labels of a message" in page
    assert f"{told.after['sentiment']['accuracy']:.3f}" in page and f"{told.floor['topic']['micro_f1']:.3f}" in page
    assert "Further labels" not in report_page(Report("n", "o", {}, {"en": {}}, {"en": {"messages": 1}}, {}))
