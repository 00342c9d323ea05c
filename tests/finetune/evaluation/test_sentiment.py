"""`evaluate intents` on another task: sentiment, in English and Chinese, with the same code and the same figures."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from replydesk.data.home import Home
from replydesk.ui.cli import app
from tests.sayings import moods


@pytest.mark.parametrize("language", ["en", "zh"])
def test_sentiment_is_evaluated_as_intents_are(home: Home, tmp_path: Path, language: str) -> None:
    told = moods(language)
    held = np.random.default_rng(1).permutation(len(told)) % 4 == 0
    for name, mine in (("train", ~held), ("test", held)):
        lines = [json.dumps({"text": t, "label": m}) for (t, m), kept in zip(told, mine, strict=True) if kept]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    files = [word for name in ("train", "test") for word in (f"--{name}", str(tmp_path / f"{name}.jsonl"))]
    found = CliRunner().invoke(app, ["evaluate", "intents", *files, "--language", language, "--home",
                                     str(home.folder), "--json"])  # fmt: skip
    assert found.exit_code == 0, found.output
    document = json.loads(found.stdout)
    assert document["data"]["labels"] == 3
    for model in ("floor", "frozen", "tuned"):
        figures = document["models"][model]
        assert figures["accuracy_ci"][0] <= figures["accuracy"] <= figures["accuracy_ci"][1]
        assert figures.keys() >= {"macro_f1", "ece"}
    assert document["models"]["tuned"]["accuracy"] > 0.8
