"""The written files of a desk: each is found where the home or the settings say, counted, or refused with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from replydesk.data.dialogues import DESK_FILES
from replydesk.data.errors import SettingsError
from replydesk.data.home import Home
from replydesk.data.settings import DialogSettings
from replydesk.dialog.written import Written

RULE = '[[rule]]\nname = "parcel"\nwhen.text = "包裹"\nanswer = "周一到。"\n'
FACT = '[[fact]]\nentity = "shipping"\nattribute = "cost"\nvalue = "4.90 EUR"\n'
FORM = """[forms.move]
phrases = ["I am moving", "我要搬家"]
done = "Noted."
[[forms.move.slots]]
name = "street"
ask = "Which street?"
"""


@pytest.fixture
def place(tmp_path: Path) -> Home:
    return Home(tmp_path)


def written(home: Home, **settings: str) -> Written:
    return Written(home, DialogSettings.model_validate(settings))


def test_a_desk_of_a_file_of_dialogues_may_bring_its_settings_and_each_written_file(place: Home) -> None:
    assert set(DESK_FILES) == {"settings", *written(place).paths}


def test_a_home_without_written_files_has_none_and_nothing_is_wrong(place: Home) -> None:
    desk = written(place)
    assert (desk.rules().rules, desk.facts().facts, desk.forms(), desk.check()) == ((), (), (), [])


def test_each_file_is_read_and_counted(place: Home) -> None:
    (place.folder / "rules.toml").write_text(RULE, encoding="utf-8")
    (place.folder / "facts.csv").write_text("entity,attribute,value\nshipping,cost,4.90 EUR\nshipping,days,2 days\n")
    place.forms.write_text(FORM, encoding="utf-8")
    desk = written(place)
    found = [(one.name, one.path.name, one.count) for one in desk.check() if one.error is None]
    assert found == [("rules", "rules.toml", 1), ("facts", "facts.csv", 2), ("forms", "forms.toml", 1)]
    assert [rule.name for rule in desk.rules().rules] == ["parcel"]
    assert [fact.key for fact in desk.facts().facts] == ["shipping.cost", "shipping.days"]
    assert [form.name for form in desk.forms()] == ["move"]


@pytest.mark.parametrize(
    ("name", "text", "line", "said"),
    [
        ("rules", RULE.replace("when", "wen"), 3, "wen"),
        ("facts", FACT + "nonsense = 1\n", 5, "nonsense"),
        ("forms", FORM.replace("ask =", "asks ="), 6, "asks"),
    ],
)
def test_the_others_are_checked_where_one_is_wrong(place: Home, name: str, text: str, line: int, said: str) -> None:
    for other, good in (("rules", RULE), ("facts", FACT), ("forms", FORM)):
        (place.folder / f"{other}.toml").write_text(text if other == name else good, encoding="utf-8")
    found = {one.name: one for one in written(place).check()}
    wrong = found.pop(name)
    assert wrong.error is not None and wrong.count == 0
    assert wrong.error.where == f"{place.folder / name}.toml:{line}" and said in wrong.error.message
    assert wrong.error.hint
    assert [(one.count, one.error) for one in found.values()] == [(1, None), (1, None)]


def test_the_settings_name_other_rules_and_what_parts_an_intent(place: Home) -> None:
    (place.folder / "night.toml").write_text(RULE.replace("parcel", "night"), encoding="utf-8")
    desk = written(place, rules="night.toml")
    assert desk.paths["rules"] == place.folder / "night.toml"
    assert [rule.name for rule in desk.rules().rules] == ["night"]
    assert [(one.name, one.count, one.error) for one in desk.check()] == [("rules", 1, None)]


def test_a_file_that_the_settings_name_and_that_is_missing_is_told(place: Home) -> None:
    [found] = written(place, rules="gone.toml").check()
    assert found.name == "rules" and found.error is not None
    assert "dialog.rules" in found.error.message and found.error.where == str(place.folder / "gone.toml")
    assert "dialog.rules" in found.error.hint


@pytest.mark.parametrize("name", ["rules", "facts", "forms"])
def test_a_file_that_was_there_and_is_gone_is_told(place: Home, name: str) -> None:
    (place.folder / f".good-{name}.toml").write_text("", encoding="utf-8")
    [found] = written(place).check()
    assert found.name == name and found.error is not None
    assert found.error.message == "The file is gone." and f".good-{name}.toml" in found.error.hint


def test_another_file_stands_in_for_that_of_the_home(place: Home, tmp_path: Path) -> None:
    (place.folder / "rules.toml").write_text(RULE, encoding="utf-8")
    (tmp_path / "other.toml").write_text(RULE.replace("parcel", "other"), encoding="utf-8")
    (tmp_path / "bad.toml").write_text("[[fact", encoding="utf-8")
    desk = written(place)
    assert [rule.name for rule in desk.rules(tmp_path / "other.toml").rules] == ["other"]
    with pytest.raises(SettingsError) as caught:
        desk.facts(tmp_path / "bad.toml")
    assert caught.value.where == f"{tmp_path / 'bad.toml'}:1"
