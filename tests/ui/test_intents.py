"""`replydesk intents`: listed, added, suggested."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from replydesk.data.home import Home
from replydesk.data.records import Conversation, Message
from replydesk.data.store import Store
from replydesk.finetune.collecting import collect
from replydesk.finetune.recipe import HeadRecipe, Recipe
from replydesk.finetune.retrain import Workshop
from replydesk.finetune.train import make_release
from replydesk.ui import cli
from tests.command_line import exit_code

FAST = Recipe(name="fast", head=HeadRecipe(strengths=(10.0,), folds=2), spelling=False)


@pytest.mark.usefixtures("desk")
def test_an_intent_is_listed_added_and_suggested_for(
    desk: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*arguments: str) -> tuple[int, Any]:
        code = exit_code(monkeypatch, "intents", *arguments)
        said = capsys.readouterr()
        return code, json.loads(said.out) if said.out.startswith("{") else said.out + said.err

    code, told = run("list", "--json")
    assert code == 0 and {row["known"] for row in told["intents"]} == {False}
    code, said = run("add", "photo", "--example", "send a photo")
    assert code == 1 and "replydesk train" in said
    workshop = Workshop(desk)
    material, data = collect(workshop.store, workshop.encoders, workshop.settings)
    release = make_release(material, data, FAST)
    workshop.releases.save(release, {}, "")
    workshop.releases.promote(release.id)
    workshop.store.close()
    code, told = run("add", "photo", "--example", "where do I send a photo", "--example", "照片怎么发", "--json")
    assert code == 0 and (told["report"]["data"]["intent"], told["report"]["data"]["examples"]) == ("photo", 2)
    code, told = run("list", "--json")
    rows = {row["intent"]: row for row in told["intents"]}
    assert rows["photo"]["messages"] == 2 and rows["delivery_delay"] == {
        "intent": "delivery_delay", "messages": 8, "known": True,
    }  # fmt: skip
    code, said = run("list")
    assert "delivery_delay" in said
    code, said = run("suggest")
    assert code == 0 and "No unlabelled messages." in said


def test_intents_with_a_path_are_shown_as_a_tree(
    desk: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store.open(desk.database)
    rows = [("card/lost", 3), ("card/limits/raise", 2), ("卡/挂失", 4), ("卡/额度", 1), ("delivery_delay", 1)]
    for name, count in rows:
        asked = [Message(f"{name}-{number}", "customer", "x", intents=(name,)) for number in range(count)]
        store.add([(Conversation(f"t-{name}", tuple(asked)), ())])
    store.close()

    def listed(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["replydesk", "intents", "list", *arguments])
        with pytest.raises(SystemExit) as end:
            cli.main()
        assert not end.value.code
        return capsys.readouterr().out

    text = listed()
    for line in (
        "       5  card/", "       2    limits/", "-      2      raise", "-      3    lost",
        "       5  卡/", "-      4    挂失", "-      9  delivery_delay",
    ):  # fmt: skip
        assert line in text.splitlines()
    told = json.loads(listed("--json"))
    assert {"node": "卡", "intents": 2, "messages": 5} in told["nodes"]
    assert {"intent": "card/limits/raise", "messages": 2, "known": False} in told["intents"]
    monkeypatch.setenv("REPLYDESK_DIALOG_LABEL_SEPARATOR", "")
    assert "-      3  card/lost" in listed().splitlines()
    assert json.loads(listed("--json"))["nodes"] == []
