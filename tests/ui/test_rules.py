"""`replydesk rules` and `replydesk facts`: a team checks and tries what it has written before a customer meets it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from replydesk.data.home import Home
from tests.command_line import exit_code

Run = Callable[..., tuple[int, Any, str]]
RULES = """
[hours]
zone = "Asia/Shanghai"
monday = "09:00-18:00"

[[rule]]
name = "vip outside hours"
when.hours = "outside"
when.tags = "vip"
handoff = "vip at night"

[[rule]]
name = "price"
when.text = ["shipping cost", "运费"]
answer.en = "Shipping costs {fact:shipping.cost}."
answer.zh = "运费为{fact:shipping.cost}。"

[[rule]]
name = "lost"
when.intent = "card/"
never_answer = "block it first"

[[rule]]
name = "order"
when.entity = "order"
tag = "order"
"""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Home) -> Run:
    (home.create().folder / "rules.toml").write_text(RULES, encoding="utf-8")

    def run(*arguments: str) -> tuple[int, Any, str]:
        code = exit_code(monkeypatch, *arguments)
        said = capsys.readouterr()
        return code, json.loads(said.out) if said.out.startswith("{") else said.out, said.err

    return run


# Given intents and entities, no model is loaded.
GIVEN = ("--intent", "other=0.1", "--entity", "date=x")


def test_rules_are_checked_and_listed(run: Run, home: Home) -> None:
    code, document, err = run("rules", "check", "--json")
    assert code == 0 and [one["rule"] for one in document["rules"]] == ["vip outside hours", "price", "lost", "order"]
    assert document["problems"] == [] and "there is no fact shipping.cost in en" in err
    assert run("facts", "set", "shipping.cost", "4.90 EUR")[0] == 0
    assert run("rules", "check", "--json")[1]["lacking"] == []
    code, text, _ = run("rules", "list")
    assert "   12  answer        price" in text and "never said    legal_advice: It gives legal advice." in text


def test_mistakes_are_told_with_their_lines(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[[rule]]\nname = "a"\n[[rule]]\nname = "b"\ntag = "t"\nwhen.txt = "x"\n', encoding="utf-8")
    code, out, err = run("rules", "check", str(file))
    assert code == 1 and out == "" and f"({file}:1)" in err and f"({file}:6) Did you mean text?" in err
    code, document, _ = run("rules", "check", str(file), "--json")
    assert code == 1 and [one["where"] for one in document["problems"]] == [f"{file}:1", f"{file}:6"]
    assert run("rules", "check", str(tmp_path / "none.toml"))[0] == 1
    assert run("rules", "list", "--rules", str(file))[0] == 1


def test_a_message_is_tried(run: Run) -> None:
    run("facts", "set", "shipping.cost", "4.90 EUR")
    night = ("--at", "2026-11-23T20:00", "--tag", "VIP")
    code, document, _ = run("rules", "try", "我想问运费", *GIVEN, *night, "--json")
    assert code == 0 and document["language"] == "zh" and document["open"] is False
    assert document["at"] == "2026-11-23T20:00:00+08:00"
    assert [one["fires"] for one in document["rules"]] == [True, False, False, False]
    assert document["rules"][1]["misses"] == ["the rule vip outside hours came first"]
    code, document, _ = run("rules", "try", "我想问运费", *GIVEN, "--at", "2026-11-23T03:00:00+00:00", "--json")
    assert document["open"] is True and document["rules"][1]["text"] == "运费为4.90 EUR。"
    code, text, _ = run("rules", "try", "what is the shipping cost", "--intent", "card/lost=0.7", "--entity", "order=1")
    assert "fires  price (line 12, answer)" in text and "says     Shipping costs 4.90 EUR." in text
    assert "because  intent card/ at least 0.50 (0.70)" in text and "fires  order" in text
    assert "misses   tags vip (none)" in text


@pytest.mark.parametrize("wrong", [("--intent", "a=2"), ("--at", "noon"), ("--slot", "order"), ("--entity", "=x")])
def test_wrong_options_are_refused(run: Run, wrong: tuple[str, str]) -> None:
    assert run("rules", "try", "x", *GIVEN, *wrong)[0] == 2


def test_facts_are_set_listed_checked_and_removed(run: Run) -> None:
    assert "No facts" in run("facts", "list")[1]
    run("facts", "set", "shipping | delivery | 运费.cost", "4.90 EUR", "--source", "tariff")
    run("facts", "set", "shipping.cost", "5.90 EUR", "--from", "2999-01-01")
    code, document, _ = run("facts", "list", "--json")
    assert [(one["value"], one["valid"]) for one in document["facts"]] == [("4.90 EUR", True), ("5.90 EUR", False)]
    assert "- shipping.cost: 5.90 EUR, from 2999-01-01" in run("facts", "list")[1]
    assert len(run("facts", "list", "--at", "2999-05-01", "--json")[1]["facts"]) == 1
    assert run("facts", "check")[0] == 0
    assert run("facts", "check", "Delivery costs 4.90 EUR.")[0] == 0
    code, text, _ = run("facts", "check", "运费5元。We will refund you 5 EUR.")
    assert code == 1 and "5元: shipping.cost is 4.90 EUR" in text and "which a person decides" in text
    assert run("facts", "remove", "shipping.cost", "--json")[1] == {"removed": 2, "facts": 0}
    assert run("facts", "remove", "shipping.cost")[0] == 1
    assert run("facts", "set", "shipping.cost", "1", "--from", "soon")[0] == 2


def test_the_setting_names_the_rules(run: Run, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    (home.folder / "other.toml").write_text('[[rule]]\nname = "only"\nwhen.text = "x"\ntag = "t"', encoding="utf-8")
    monkeypatch.setenv("REPLYDESK_DIALOG_RULES", "other.toml")
    assert [one["rule"] for one in run("rules", "list", "--json")[1]["rules"]] == ["only"]
    assert run("rules", "check", "--json")[1]["file"].endswith("other.toml")
