"""`replydesk pretrain`: from the store or from files, from a base or from nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from replydesk.data.home import Home
from replydesk.retrieval.encoders.bert import BertEncoder
from tests.command_line import exit_code

RECIPE = """
[pretrain.training]
epochs = 1
[pretrain.fresh]
vocabulary = 300
layers = 1
dimension = 32
heads = 2
[pretrain.fresh.training]
epochs = 1
"""


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "small.toml"
    path.write_text(RECIPE, encoding="utf-8")
    return path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> int:
    return exit_code(monkeypatch, "pretrain", *arguments)


def test_the_store_is_read_in_the_language_of_the_encoder(
    desk: Home, recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "made"
    assert run(monkeypatch, "--recipe", recipe, "--out", out, "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["encoder"] == str(out)
    assert document["objective"] == "mlm"
    # Twenty conversations are English, and some of all are in the test part.
    assert 20 <= document["texts"] < 40
    assert BertEncoder(str(out)).encode(["my lamp"]).shape == (1, 32)
    assert run(monkeypatch, "--recipe", recipe, "--out", out) == 1
    assert "already" in capsys.readouterr().err


def test_files_are_read_from_nothing_without_a_home(
    recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    texts = tmp_path / "texts.txt"
    texts.write_text("\n".join(["我的快递什么时候到", "where is my parcel", "台灯坏了"] * 12), encoding="utf-8")
    options = ("--texts", texts, "--recipe", recipe, "--from-nothing")
    assert run(monkeypatch, *options, "--objective", "simcse", "--out", tmp_path / "made") == 0
    said = capsys.readouterr()
    assert "36 texts were read; loss" in said.out
    assert not Home.find().folder.exists()
    assert run(monkeypatch, *options, "--base", "x", "--out", tmp_path / "other") == 1
    assert "--from-nothing" in capsys.readouterr().err


def test_an_encoder_that_is_no_bert_cannot_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "--language", "zh", "--out", tmp_path / "made") == 1
    assert "--from-nothing" in capsys.readouterr().err
