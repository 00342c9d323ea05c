"""Facts are changed by command, and the rest of the file stays as it is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from replydesk.data.errors import ConflictError, NotFoundError, RequestError, SettingsError
from replydesk.data.home import Home
from replydesk.dialog.rules.editing import remove_fact, set_fact
from replydesk.dialog.rules.facts import Facts

TODAY = date(2026, 11, 25)
TEXT = """# What is true.
[[fact]]
# see the tariff
entity = "shipping | 运费"
attribute = "cost"
value = "4.50 EUR"  # with VAT
source = "tariff"

# Returns
[[fact]]
entity = "return"
attribute = "period"
value = "30 days"
"""


@pytest.fixture
def path(home: Home) -> Path:
    path = home.create().folder / "facts.toml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def said(facts: Facts) -> list[tuple[str, str, date | None, date | None]]:
    return [(fact.key, fact.value, fact.valid_from, fact.valid_to) for fact in facts.facts]


def test_the_value_of_now_is_replaced_and_comments_stay(home: Home, path: Path) -> None:
    facts = set_fact(home, "运费.cost", "4.90 EUR", today=TODAY)
    assert said(facts)[0] == ("shipping.cost", "4.90 EUR", None, None)
    text = path.read_text(encoding="utf-8")
    assert text == TEXT.replace('value = "4.50 EUR"  # with VAT', 'value = "4.90 EUR"')


def test_a_value_from_a_day_ends_the_one_before(home: Home, path: Path) -> None:
    facts = set_fact(home, "shipping.cost", "4.90 EUR", today=TODAY, valid_from=date(2026, 12, 1), source="mail")
    assert said(facts) == [
        ("shipping.cost", "4.50 EUR", None, date(2026, 11, 30)),
        ("return.period", "30 days", None, None),
        ("shipping.cost", "4.90 EUR", date(2026, 12, 1), None),
    ]
    assert Facts.load(path) == facts and "# Returns\n[[fact]]" in path.read_text(encoding="utf-8")
    with pytest.raises(ConflictError, match="2026-12-01"):
        set_fact(home, "shipping.cost", "5 EUR", today=TODAY, valid_from=date(2026, 11, 28))


def test_what_is_new_is_added(home: Home, path: Path) -> None:
    set_fact(home, "gift card.limit", '"100" EUR', today=TODAY, language="en")
    assert path.read_text(encoding="utf-8").startswith(TEXT)
    assert said(Facts.load(path))[-1] == ("gift card.limit", '"100" EUR', None, None)
    # Another language has a value of its own, under the same names.
    facts = set_fact(home, "运费.cost", "38元", today=TODAY, language="zh")
    assert (facts.facts[-1].entity, facts.facts[-1].language, facts.facts[0].value) == ("shipping", "zh", "4.50 EUR")


def test_removing_takes_all_or_one(home: Home, path: Path) -> None:
    set_fact(home, "shipping.cost", "4.90 EUR", today=TODAY, valid_from=date(2026, 12, 1))
    facts, gone = remove_fact(home, "shipping.cost", valid_from=date(2026, 12, 1))
    assert gone == 1 and [fact.value for fact in facts.facts] == ["4.50 EUR", "30 days"]
    facts, gone = remove_fact(home, "shipping.cost")
    assert gone == 1 and [fact.value for fact in facts.facts] == ["30 days"]
    assert "# Returns" in path.read_text(encoding="utf-8")
    with pytest.raises(NotFoundError, match="no fact shipping"):
        remove_fact(home, "shipping.cost")


@pytest.mark.parametrize(("key", "value"), [("shipping", "1"), ("shipping.cost", " "), ("a.b", "x\ny"), (".b", "1")])
def test_a_wrong_name_or_value_changes_nothing(home: Home, path: Path, key: str, value: str) -> None:
    with pytest.raises(RequestError):
        set_fact(home, key, value, today=TODAY)
    assert path.read_text(encoding="utf-8") == TEXT


def test_a_damaged_file_is_not_touched(home: Home, path: Path) -> None:
    path.write_text("[[fact]]\nentity = 3", encoding="utf-8")
    with pytest.raises(SettingsError):
        set_fact(home, "shipping.cost", "1", today=TODAY)
    path.write_text('fact = [{entity = "a", attribute = "b", value = "1"}]', encoding="utf-8")
    with pytest.raises(ConflictError, match="one list"):
        set_fact(home, "a.b", "2", today=TODAY)


def test_a_home_without_facts_gets_a_file(home: Home) -> None:
    set_fact(home, "shipping.cost", "4.90 EUR", today=TODAY)
    assert (home.folder / "facts.toml").read_text(encoding="utf-8") == (
        '[[fact]]\nentity = "shipping"\nattribute = "cost"\nvalue = "4.90 EUR"\n'
    )


def test_a_csv_stays_a_csv(home: Home) -> None:
    path = home.create().folder / "facts.csv"
    path.write_text("entity,attribute,value\nshipping | 运费,cost,4.50 EUR\n", encoding="utf-8")
    set_fact(home, "shipping.cost", "4.90 EUR", today=TODAY, valid_from=date(2026, 12, 1))
    facts = set_fact(home, "shipping.cost", "4.60 EUR", today=TODAY)
    assert said(facts) == [
        ("shipping.cost", "4.60 EUR", None, date(2026, 11, 30)),
        ("shipping.cost", "4.90 EUR", date(2026, 12, 1), None),
    ]
    assert not (home.folder / "facts.toml").exists()
    assert remove_fact(home, "运费.cost")[1] == 2
