"""Intents are judged on anybody's data: the right figures, an honest validation, and reports that say so."""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from replydesk.data.errors import HomeError, RequestError
from replydesk.data.settings import RetrievalSettings, Settings
from replydesk.finetune import defaults
from replydesk.finetune.encoders.tuning import Labelled
from replydesk.finetune.evaluation import intent_runs, reading
from replydesk.finetune.evaluation.card import card_en, card_zh
from replydesk.finetune.evaluation.intents import IntentData, evaluate_intents
from replydesk.finetune.evaluation.metrics import calibration_error
from replydesk.finetune.evaluation.noise import NAMES, noise_name
from replydesk.finetune.evaluation.rows import read_unlabelled
from replydesk.finetune.evaluation.sheet import intents_page, verdict
from replydesk.finetune.evaluation.writing import check_folder, write_report
from replydesk.finetune.intents.classify import fit_temperature
from replydesk.finetune.pretraining.corpus import Corpus
from replydesk.finetune.recipe import QUICK, EncoderRecipe, LearningRecipe, PretrainRecipe, Recipe, Training
from replydesk.finetune.robustness.noise import KINDS
from replydesk.retrieval.encoders.encoders import Encoders
from replydesk.ui.terminal import intents_text
from tests.conftest import DESK

DATA = Path(os.environ.get("REPLYDESK_DATASETS", "shared/datasets"))
ODD = {
    "en": ("sing a song about rain", "what is two plus two", "who won the game last night", "tell me a joke please"),
    "zh": ("唱一首关于雨的歌", "二加二等于几", "昨晚谁赢了比赛", "讲个笑话吧"),
}
TUNING = Recipe(
    name="tiny", encoder=EncoderRecipe(tune=True, training=Training(epochs=2, batch_size=8, precision="float32"))
)


def messages(language: str, parts: tuple[int, ...]) -> Labelled:
    """Return some of the four questions of each intent, and each of them once more with a word before it."""
    rows = [
        (prefix + languages[language][0][place], intent)
        for intent, languages in DESK.items()
        for place in parts
        for prefix in ("", {"en": "hello, ", "zh": "你好，"}[language])
    ]
    return Labelled(*(tuple(column) for column in zip(*rows, strict=True)))


@pytest.fixture
def data() -> Callable[[str], IntentData]:
    def make(language: str) -> IntentData:
        return IntentData(
            messages(language, (0, 1, 2)),
            messages(language, (3,)),
            oos_valid=ODD[language][:2],
            oos_test=ODD[language][2:],
        )

    return make


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_document_has_what_the_contract_promises(
    language: str, data: Callable[[str], IntentData], tiny_settings: Settings
) -> None:
    told: list[str] = []
    given = data(language)
    found = evaluate_intents(given, Encoders(tiny_settings.retrieval), progress=told.append)
    assert list(found["models"]) == ["floor", "frozen", "tuned"]
    assert found["language"] == language
    assert set(found) >= {"differences", "notes", "seconds", "megabytes", "versions", "seed", "encoder", "recipe"}
    for name, model in found["models"].items():
        assert 0 <= model["accuracy_ci"][0] <= model["accuracy"] <= model["accuracy_ci"][1] <= 1
        assert set(model["oos"]) >= {"auroc", "aupr", "recall", "in_scope_accuracy", "threshold"}
        assert sum(one["messages"] for one in model["reliability"]) == len(given.test)
        assert set(model["slices"]["language"]) <= {language, "other"}
        assert ("typo" if language == "en" else "homophone") in model["noise"]
        assert list(model["weights"]) == {
            "floor": ["words"], "frozen": ["head"], "tuned": ["head", "words", "neighbours"],
        }[name]  # fmt: skip
    assert json.loads(json.dumps(found)) == found
    assert found["data"] == {"train": 30, "test": 10, "valid": 0, "oos_valid": 2, "oos_test": 2, "labels": 5}
    assert "a speller is left out" in found["notes"][-1]
    assert "the floor" in told[0]
    again = evaluate_intents(given, Encoders(tiny_settings.retrieval), language=language)
    assert [one["accuracy"] for one in again["models"].values()] == [
        one["accuracy"] for one in found["models"].values()
    ]


def test_given_validation_chooses_and_is_never_learned_from(tiny_settings: Settings) -> None:
    third = messages("en", (2,))
    valid = Labelled(("hello", "xyz", *third.texts), ("refund_status", "unheard", *third.labels))
    given = IntentData(messages("en", (0, 1)), messages("en", (3,)), valid=valid)
    encoder = Encoders(tiny_settings.retrieval)
    found = evaluate_intents(given, encoder, recipe=replace(QUICK, head=replace(QUICK.head, strengths=(10.0,))))
    # By hand: the library's own model on the training rows alone, its temperature on validation.
    vectors = encoder.of("en").encode
    model = LogisticRegression(C=10, max_iter=300, tol=1e-5).fit(vectors(given.train.texts), given.train.labels)
    known = [row for row, label in enumerate(valid.labels) if label in set(model.classes_)]
    logits = model.decision_function(vectors([valid.texts[row] for row in known]))
    heat = fit_temperature(logits, np.array([list(model.classes_).index(valid.labels[row]) for row in known]))
    scores = model.decision_function(vectors(given.test.texts)) / heat
    chances = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    hits = model.classes_[chances.argmax(axis=1)] == np.array(given.test.labels)
    frozen = found["models"]["frozen"]
    assert frozen["accuracy"] == pytest.approx(hits.mean(), abs=1e-4)
    assert frozen["weights"]["head"] == pytest.approx(1 / heat, rel=1e-3)
    assert frozen["ece"] == pytest.approx(calibration_error(chances.max(axis=1), hits), abs=2e-3)
    assert "oos" not in frozen


def test_test_messages_decide_nothing(data: Callable[[str], IntentData], tiny_settings: Settings) -> None:
    given = data("en")
    other = replace(given, test=Labelled(given.test.texts, given.test.labels[::-1]), oos_test=("hello", "good day"))
    one, two = (evaluate_intents(each, Encoders(tiny_settings.retrieval)) for each in (given, other))
    for name in ("floor", "frozen", "tuned"):
        first, second = one["models"][name], two["models"][name]
        assert first["accuracy"] != second["accuracy"]
        assert (first["chosen"], first["weights"]) == (second["chosen"], second["weights"])
        assert first["oos"]["threshold"] == second["oos"]["threshold"]


def test_a_recipe_that_tunes_is_trained_once_for_each_seed(
    data: Callable[[str], IntentData], tiny_settings: Settings
) -> None:
    found = evaluate_intents(data("en"), Encoders(tiny_settings.retrieval), recipe=TUNING, seeds=2)
    tuned = found["models"]["tuned"]
    assert (found["seeds"], found["recipe"]) == (2, "tiny")
    assert len(tuned["seeds"]["accuracy"]) == len(tuned["training"]) == 2
    assert tuned["accuracy"] == pytest.approx(np.mean(tuned["seeds"]["accuracy"]), abs=1e-4)
    assert tuned["parts"].keys() == {"head", "words", "neighbours"}
    assert tuned["oos"]["messages"] == 2


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_report_of_few_messages_tells_of_the_recipe_that_is_made_for_them(
    language: str, data: Callable[[str], IntentData], tiny_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(defaults, "FEWEST", 5)
    every = data(language)
    rows = [i for i, label in enumerate(every.train.labels) if every.train.labels[:i].count(label) < 4]
    few = Labelled(*(tuple(column[i] for i in rows) for column in (every.train.texts, every.train.labels)))
    given = replace(every, train=few, oos_valid=(), oos_test=())
    found = evaluate_intents(given, Encoders(tiny_settings.retrieval))
    assert found["recipe"] == "quick" and any("few-shot is made" in note for note in found["notes"])
    whole = evaluate_intents(replace(every, oos_valid=(), oos_test=()), Encoders(tiny_settings.retrieval))
    assert not any("few-shot is made" in note for note in whole["notes"])


def test_after_learning_from_everything_neighbours_have_no_say(
    data: Callable[[str], IntentData], tiny_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = replace(TUNING, encoder=replace(TUNING.encoder, refit=True))
    seen: list[bool] = []
    tune = intent_runs.tune_encoder

    def watched(base: Path, folder: Path, chosen: Recipe, **options: Any) -> Any:
        seen.append(chosen.encoder.refit)
        return tune(base, folder, chosen, **options)

    monkeypatch.setattr(intent_runs, "tune_encoder", watched)
    plain = replace(data("en"), oos_valid=(), oos_test=())
    found = evaluate_intents(plain, Encoders(tiny_settings.retrieval), recipe=recipe)
    assert list(found["models"]["tuned"]["parts"]) == ["head", "words"]
    evaluate_intents(data("en"), Encoders(tiny_settings.retrieval), recipe=recipe)
    assert seen == [True, False]


def test_files_are_read_with_what_is_odd_about_them(tmp_path: Path) -> None:
    def written(name: str, rows: list[tuple[str, ...]]) -> Path:
        with (tmp_path / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(rows)
        return tmp_path / name

    train = written("train.csv", [("text", "category"), *[(f"text {i}", "ab"[i % 2]) for i in range(20)]])
    test = written("test.csv", [("text", "intent"), ("Text  1", "b"), ("other", "a"), ("third", "c")])
    odd = written("odd.csv", [("text",), ("text 2",), ("strange",)])
    found = IntentData.read(train, test, oos_test=odd)
    assert found.notes == (
        "1 of 3 texts of --test are also in --train, whatever their label.",
        "1 of 2 texts of --oos-test are also in --train, whatever their label.",
        "1 labels of --test are not in --train (1 messages, all counted as wrong).",
    )
    drawn = IntentData.read(train, test, oos_test=odd, limit=2)
    assert (len(drawn.train), len(drawn.test), len(drawn.oos_test)) == (2, 2, 2)
    assert drawn.notes[0].startswith("--limit 2")
    alone = written("alone.csv", [("text", "label"), ("one", "a"), ("two", "a")])
    with pytest.raises(RequestError, match="one label"):
        IntentData.read(alone, test)
    foreign = written("foreign.csv", [("text", "label"), ("one", "x"), ("two", "y")])
    with pytest.raises(RequestError, match="None of its labels") as caught:
        IntentData.read(train, foreign)
    assert caught.value.where == str(foreign)


def test_the_page_stands_alone_and_says_what_was_found(
    data: Callable[[str], IntentData], tiny_settings: Settings, tmp_path: Path
) -> None:
    given = data("zh")
    given = replace(given, train=Labelled(given.train.texts, tuple(f"<{label}>" for label in given.train.labels)))
    given = replace(given, test=Labelled(given.test.texts, tuple(f"<{label}>" for label in given.test.labels)))
    found = evaluate_intents(given, Encoders(tiny_settings.retrieval)) | {"command": "replydesk evaluate intents"}
    page = intents_page(found)
    assert page.count("<svg") == 2 * 6, "each drawing in both languages"
    assert "http" not in page.replace("http://www.w3.org", "")
    assert "<script" not in page
    assert "<refund_status>" not in page
    assert "#0e7a70" not in page.split("</style>")[1]
    assert verdict(found) in page.replace("&#x27;", "'")
    chinese = page.split('<main lang="zh">')[1]
    left = re.sub(r"<bdi>.*?</bdi>|<code>.*?</code>|<style.*?</style>", "", chinese)
    assert re.findall(r">[^<]*[A-Za-z]{3,} [a-z]{3,}[^<]*<", left) == [], "no sentence is left in English"
    assert not re.search(r"- [A-Za-z]+ [a-z]+ [a-z]+", card_zh(found).split("## 如何得到")[1])
    for card, words in ((card_en(found), "Model card"), (card_zh(found), "模型卡")):
        assert words in card
        assert f"{found['models']['tuned']['accuracy']:.3f}" in card
        assert found["encoder"] in card
    noise = found["models"]["tuned"]["noise"]
    for language, card in (("en", card_en(found)), ("zh", card_zh(found))):
        for kind, one in noise.items():
            row = f"| {noise_name(kind, language)} | {one['messages']} | {one['clean']:.3f} | {one['accuracy']:.3f} |"
            assert row in card
    written = write_report(found, tmp_path / "out")
    assert [path.name for path in written] == ["report.html", "card.md", "card.zh-CN.md", "report.json"]
    assert json.loads(written[-1].read_text(encoding="utf-8")) == found
    (tmp_path / "file").write_text("x")
    with pytest.raises(HomeError, match="cannot be written"):
        write_report(found, tmp_path / "file")
    plain = evaluate_intents(replace(given, oos_valid=(), oos_test=()), Encoders(tiny_settings.retrieval))
    assert intents_page(plain).count("<svg") == 2 * 4


@pytest.mark.parametrize(("language", "step"), [("en", "order"), ("zh", "订单")])
def test_labels_with_a_path_are_judged_at_each_level(
    data: Callable[[str], IntentData], tiny_settings: Settings, language: str, step: str
) -> None:
    def below(rows: Labelled) -> Labelled:
        first = {label: f"{step}/" if place % 2 else "" for place, label in enumerate(rows.names)}
        return Labelled(rows.texts, tuple(first[label] + label for label in rows.labels))

    given = data(language)
    given = replace(given, train=below(given.train), test=below(given.test), oos_valid=(), oos_test=())
    found = evaluate_intents(given, Encoders(tiny_settings.retrieval))
    for model in found["models"].values():
        one, two = model["levels"]["levels"]
        assert (two["nodes"], two["accuracy"]) == (len(given.train.names), model["accuracy"])
        assert one["nodes"] < two["nodes"] and one["of_label"] >= two["of_label"]
    assert "Levels of the labels" in intents_page(found)
    assert "Level 1 (" in card_en(found) and "第 1 层" in card_zh(found) and "Levels:" in intents_text(found)
    flat = evaluate_intents(given, Encoders(tiny_settings.retrieval), separator="")
    assert "levels" not in flat["models"]["tuned"] and "Levels of the labels" not in intents_page(flat)


@pytest.mark.slow
@pytest.mark.skipif(not (DATA / "banking77").is_dir(), reason="the data set banking77 is not here")
def test_on_real_messages_what_is_tuned_beats_the_floor_by_far() -> None:
    folder = DATA / "banking77"
    given = IntentData.read(folder / "train.csv", folder / "test.csv", limit=600)
    found = evaluate_intents(given, Encoders(RetrievalSettings()))
    models = found["models"]
    assert models["tuned"]["accuracy"] >= models["frozen"]["accuracy"] - 0.01
    assert found["differences"]["tuned-floor"]["difference_ci"][0] > 0
    assert models["tuned"]["accuracy"] > 0.72


def test_labels_that_are_likely_wrong_are_reported(data: Callable[[str], IntentData], tiny_settings: Settings) -> None:
    given = data("en")
    found = evaluate_intents(given, Encoders(tiny_settings.retrieval), suspects=3)
    assert found["suspects"]["messages"] == len(given.train)
    assert 0 < len(found["suspects"]["suspects"]) <= 3
    assert "Labels that are likely wrong" in intents_page(found)
    assert found["suspects"]["suspects"][0]["likelier"] in intents_text(found)


def test_unlabelled_texts_get_labels_that_are_judged_where_the_truth_is_known(
    data: Callable[[str], IntentData], tiny_settings: Settings, tmp_path: Path
) -> None:
    given = data("zh")
    bare = messages("zh", (1,))
    path = tmp_path / "bare.csv"
    rows = [["text", "label"], *map(list, zip(bare.texts, bare.labels, strict=True)), [given.test.texts[0], ""]]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    texts, truth = read_unlabelled(path)
    assert texts == (*bare.texts, given.test.texts[0]) and truth == dict(zip(bare.texts, bare.labels, strict=True))
    few = replace(given, train=messages("zh", (0,)), valid=messages("zh", (2,)), unlabelled=texts, truth=truth)
    recipe = replace(QUICK, learning=LearningRecipe(max_wrong=1.0, views=0))
    told = evaluate_intents(few, Encoders(tiny_settings.retrieval), recipe=recipe)["pseudo"]
    # A test message among them is left out.
    assert (told["unlabelled"], told["held_out"]["messages"]) == (len(bare), 10)
    assert told["checked"] == told["added"] > 0 and 0 <= told["right"] <= 1
    assert "pseudo" not in evaluate_intents(replace(few, unlabelled=()), Encoders(tiny_settings.retrieval))
    bare_path = tmp_path / "texts.csv"
    bare_path.write_text("text\n卡丢了，怎么办\n", encoding="utf-8")
    assert read_unlabelled(bare_path) == (("卡丢了，怎么办",), {})


@pytest.mark.parametrize(("language", "objective", "tune"), [("en", "mlm", True), ("zh", "simcse", False)])
def test_an_encoder_first_reads_what_is_unlabelled_but_for_what_judges(
    language: str,
    objective: Any,
    tune: bool,
    data: Callable[[str], IntentData],
    reading_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[Corpus] = []
    make = reading.pretrained_base

    def watched(base: Path, folder: Path, chosen: Recipe, corpus: Callable[[], Corpus], **options: Any) -> Any:
        seen.append(corpus())
        return make(base, folder, chosen, corpus, **options)

    monkeypatch.setattr(reading, "pretrained_base", watched)
    once = Training(epochs=1, batch_size=8, learning_rate=1e-2, precision="float32", max_tokens=32)
    recipe = replace(
        TUNING if tune else QUICK, pretrain=PretrainRecipe(objective=objective, training=once, held_out=0.0)
    )
    given = data(language)
    found = evaluate_intents(
        given, Encoders(reading_settings.retrieval), recipe=recipe, language=language, seeds=1 + tune
    )
    assert seen == [Corpus.of(given.train.texts)]
    told = found["pretraining"]
    assert (told["objective"], told["texts"], told["what"]) == (objective, len(given.train), "those of --train")
    assert told["seconds"] > 0 and told["steps"] == 4
    assert any("first read 30 texts (those of --train)" in note for note in found["notes"])
    # The frozen encoder is the one before; what is tuned has read.
    plain = evaluate_intents(given, Encoders(reading_settings.retrieval), language=language)
    for name in ("floor", "frozen"):
        assert found["models"][name]["parts"] == plain["models"][name]["parts"]
    assert found["models"]["tuned"]["ece_uncalibrated"] != plain["models"]["tuned"]["ece_uncalibrated"]
    assert "pretraining" not in plain and len(seen) == 1

    more = replace(given, unlabelled=("a new text", given.test.texts[0].upper(), given.oos_test[0], "另一个"))
    found = evaluate_intents(more, Encoders(reading_settings.retrieval), recipe=recipe, language=language)
    assert seen[1].texts == ("a new text", "另一个")
    # They are read and get no labels, unless the recipe says so.
    assert "pseudo" not in found and found["pretraining"]["what"] == "of --unlabelled"


def test_what_cannot_read_or_has_nothing_to_read_says_so(tiny_bert: Path, tmp_path: Path) -> None:
    recipe = Recipe(pretrain=PretrainRecipe(objective="mlm"))
    given = {"judged": ["Hello"], "what": "those of --train", "language": "zh"}
    assert reading.read_first(None, tmp_path, recipe, Corpus.of(["a"]), **given) == (
        None, {}, ["No BERT reads zh: nothing is read first."],
    )  # fmt: skip
    base, told, [note] = reading.read_first(tiny_bert, tmp_path, recipe, Corpus.of(["hello"]), **given)
    assert (base, told) == (tiny_bert, {}) and "none are left" in note
    assert reading.read_first(tiny_bert, tmp_path, QUICK, Corpus.of(["a"]), **given) == (tiny_bert, {}, [])


def test_where_no_report_can_be_written_nothing_is_trained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(HomeError, match="cannot be written"):
        check_folder(tmp_path / "file")
    check_folder(tmp_path / "a" / "b")
    assert list((tmp_path / "a" / "b").iterdir()) == []


def test_every_kind_of_noise_has_a_name_in_both_languages() -> None:
    assert all(set(names) == set(KINDS) for names in NAMES.values())
    assert all("\u4e00" <= name[0] <= "\u9fff" for name in NAMES["zh"].values())
