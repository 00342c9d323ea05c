"""`replydesk labels`: from a labelled file to a reply that carries the labels, and back."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from replydesk.data.home import Home
from replydesk.data.labels import LabelSets
from replydesk.data.store import Store
from replydesk.dialog.agent import Agent
from replydesk.dialog.doctor import examine
from replydesk.dialog.sentiment import mood_of
from replydesk.finetune.recipe import HeadRecipe, Recipe
from replydesk.finetune.retrain import Workshop
from tests.command_line import exit_code
from tests.sayings import moods, topics

FAST = Recipe(name="fast", head=HeadRecipe(strengths=(10.0,), folds=2), spelling=False)
Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    # How busy this machine is decides nothing here.
    monkeypatch.setenv("REPLYDESK_FINETUNE_MAX_MILLISECONDS", "10000")

    def run(*arguments: str) -> tuple[int, Any]:
        code = exit_code(monkeypatch, "labels", *arguments)
        said = capsys.readouterr()
        return code, json.loads(said.out) if said.out.startswith("{") else said.out + said.err

    return run


def written(tmp_path: Path) -> tuple[Path, Path]:
    """Write a CSV of sentiment and a JSONL of topics, English and Chinese."""
    table, lines = tmp_path / "sentiment.csv", tmp_path / "topic.jsonl"
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *moods("en", "zh")])
    told = [{"text": text, "label": list(labels)} for text, labels in topics("en", "zh")]
    lines.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in told), encoding="utf-8")
    return table, lines


def test_labels_are_added_listed_and_removed(home: Home, tmp_path: Path, run: Run) -> None:
    table, lines = written(tmp_path)
    code, said = run("list")
    assert code == 0 and "No labels" in said
    code, told = run("add", "sentiment", str(table), "--json")
    count = len(moods("en", "zh"))
    assert code == 0 and told["added"] == {"new": count, "changed": 0, "same": 0}
    assert (told["kind"], told["messages"]) == ("one", count) and 0 < told["test"] < count
    assert sum(told["labels"].values()) == sum(told["languages"].values()) == count
    code, told = run("add", "sentiment", str(table), "--json")
    assert code == 0 and told["added"] == {"new": 0, "changed": 0, "same": count}
    code, said = run("add", "topic", str(lines))
    assert code == 0 and "Next: replydesk train" in said
    code, told = run("list", "--json")
    assert [(row["name"], row["kind"], row["known"]) for row in told["labels"]] == [
        ("sentiment", "one", False), ("topic", "several", False),
    ]  # fmt: skip
    assert told["release"] == "untrained"
    code, said = run("list")
    assert "- sentiment: " in said and "several labels each" in said and "delivery" in said
    store = Store.open(home.database)
    assert [entry["what"] for entry in store.audit()].count("labels") == 3
    assert "awful" not in json.dumps(store.audit())
    store.close()
    assert run("remove", "topic")[0] == 0 and LabelSets(home).names() == ["sentiment"]
    code, said = run("remove", "topic")
    assert code == 1 and "labels list" in said
    code, said = run("add", "intents", str(table))
    assert code == 1 and "replydesk intents add" in said
    table.write_text("text,label\nfine,good\n,bad\n", encoding="utf-8")
    code, said = run("add", "other", str(table))
    assert code == 1 and "sentiment.csv:3" in said and LabelSets(home).names() == ["sentiment"]
    table.write_text("text,label\nfine,good\nnot so,bad\n", encoding="utf-8")
    code, said = run("add", "sentiment", str(table))
    assert code == 0 and "word list" in said


def test_from_a_labelled_file_to_a_reply_and_back(desk: Home, tmp_path: Path, run: Run) -> None:
    table, lines = written(tmp_path)
    workshop = Workshop(desk)
    first = workshop.train(FAST, promote=True)
    assert first.promoted
    agent = Agent.open(desk)
    negative, positive = "such an awful parcel and courier", "快递太棒了，非常感谢"
    assert agent.reply(negative).document()["labels"] == {}
    assert run("add", "sentiment", str(table))[0] == 0 and run("add", "topic", str(lines))[0] == 0

    second = workshop.train(FAST, promote=True)
    assert second.promoted, second.report.reasons
    (name,) = second.report.after
    figures = second.report.document()["after"][name]["labels"]
    assert figures["sentiment"]["kind"] == "one" and figures["topic"]["kind"] == "several"
    for key in ("accuracy", "accuracy_ci", "macro_f1", "ece", "messages"):
        assert key in figures["sentiment"] and key in figures["topic"]
    assert second.report.document()["floor"][name]["labels"].keys() == {"sentiment", "topic"}
    assert figures["sentiment"]["accuracy"] > 0.75
    page = (second.folder / "report.html").read_text(encoding="utf-8")
    assert "Further labels" in page and "sentiment: Macro F1" in page
    card = workshop.releases.card(second.release.id)
    assert card["metrics"][name]["labels"] == figures
    notes = next(iter(card["skills"].values()))["notes"]["labels"]
    assert notes["sentiment"]["labels"] == 3

    for text, mood in ((negative, "negative"), (positive, "positive")):
        document = agent.reply(text).document()
        told = document["labels"]
        assert told["sentiment"][0]["name"] == document["sentiment"]["label"] == mood
        assert document["sentiment"]["score"] == told["sentiment"][0]["probability"]
        assert sum(one["probability"] for one in told["sentiment"]) == pytest.approx(1, abs=1e-3)
        assert told["topic"][0]["name"] == "delivery"
    both = agent.reply("thank you so much for the refund and also such a wonderful lamp").document()["labels"]["topic"]
    assert {one["name"] for one in both} == {"payment", "product"}
    assert all(row["known"] for row in run("list", "--json")[1]["labels"])
    assert [one.what for one in examine(desk) if one.what.startswith("labels")] == ["labels sentiment", "labels topic"]

    # An intent that is added goes on with them; a rollback takes them away.
    workshop.releases.rollback()
    document = agent.reply(negative).document()
    assert (document["release"], document["labels"]) == (first.release.id, {})
    assert document["sentiment"]["label"] == mood_of(negative).label
    workshop.releases.promote(second.release.id)
    assert agent.reply(negative).document()["labels"].keys() == {"sentiment", "topic"}

    # Without the set, the next release has no such classifier, and need not.
    assert run("remove", "topic")[0] == 0
    third = workshop.train(FAST, promote=True)
    assert third.promoted, third.report.reasons
    assert agent.reply(negative).document()["labels"].keys() == {"sentiment"}
    workshop.store.close()


def test_a_release_whose_classifier_got_worse_is_refused(desk: Home, tmp_path: Path, run: Run) -> None:
    table, _ = written(tmp_path)
    workshop = Workshop(desk)
    assert run("add", "sentiment", str(table))[0] == 0
    first = workshop.train(FAST, promote=True)
    assert first.promoted
    # What is learned from is labelled anew, and wrong; what judges stays as it is.
    turned = {"negative": "positive", "positive": "neutral", "neutral": "negative"}
    share = workshop.settings.finetune.test_share
    rows = [row for row in LabelSets(desk).get("sentiment").rows if not row.judges(share)]
    wrong = tmp_path / "wrong.csv"
    with wrong.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *((row.text, turned[row.labels[0]]) for row in rows)])
    code, told = run("add", "sentiment", str(wrong), "--json")
    assert code == 0 and told["added"] == {"new": 0, "changed": len(rows), "same": 0}
    second = workshop.train(FAST, promote=True)
    assert not second.promoted
    assert any("sentiment: accuracy" in reason and "worse by more" in reason for reason in second.report.reasons)
    assert workshop.releases.current_id() == first.release.id
    workshop.store.close()


def test_the_doctor_names_a_damaged_set(desk: Home, tmp_path: Path, run: Run) -> None:
    table, _ = written(tmp_path)
    assert run("add", "sentiment", str(table))[0] == 0
    path = desk.folder / "labels" / "sentiment.jsonl"
    path.write_bytes(path.read_bytes()[:-9])
    (finding,) = [one for one in examine(desk) if one.what.startswith("labels")]
    assert not finding.sound and "damaged" in finding.detail and finding.cure
