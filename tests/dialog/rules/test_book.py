"""The rule book follows its files, and a damaged one changes nothing."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest

from replydesk.data.home import Home
from replydesk.data.settings import DialogSettings, Settings
from replydesk.dialog.rules.book import RuleBook
from replydesk.dialog.rules.situation import Situation

RULE = '[[rule]]\nname = "{}"\nwhen.text = "a"\ntag = "t"\n'
FACT = '[[fact]]\nentity = "shipping"\nattribute = "cost"\nvalue = "{}"\n'


def book_of(folder: Path) -> RuleBook:
    return RuleBook.open(Home(folder), Settings())


def names(book: RuleBook) -> list[str]:
    return [one.rule for one in book.fired(Situation("a"))]


def write(path: Path, text: str) -> None:
    # As editors do: another file takes the name.
    other = path.with_suffix(".new")
    other.write_text(text, encoding="utf-8")
    other.replace(path)


def test_a_changed_file_counts_at_the_next_message(tmp_path: Path) -> None:
    book = book_of(tmp_path)
    assert names(book) == [] and book.trouble() == ""
    write(tmp_path / "rules.toml", RULE.format("first"))
    assert names(book) == ["first"]
    write(tmp_path / "rules.toml", RULE.format("second"))
    assert names(book) == ["second"]


def test_a_damaged_file_changes_nothing_and_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    book = book_of(tmp_path)
    write(tmp_path / "rules.toml", RULE.format("good"))
    assert names(book) == ["good"]
    write(tmp_path / "rules.toml", RULE.format("bad").replace("when", "wen"))
    with caplog.at_level(logging.ERROR):
        assert names(book) == ["good"] and names(book) == ["good"]
    assert len(caplog.records) == 1
    assert "rules.toml is not used, the last good one is" in book.trouble() and "rules.toml:3" in book.trouble()
    # A process that begins now has the last good one, too.
    other = book_of(tmp_path)
    assert names(other) == ["good"] and "last good one is" in other.trouble()
    (tmp_path / "rules.toml").unlink()
    assert names(book) == ["good"] and "The file is gone" in book.trouble()
    write(tmp_path / "rules.toml", "")
    assert names(book) == [] and book.trouble() == ""


def test_a_file_that_was_never_good_leaves_what_is_shipped(tmp_path: Path) -> None:
    (tmp_path / "rules.toml").write_text("[[rule]]", encoding="utf-8")
    (tmp_path / "facts.toml").write_bytes(b"\xff")
    book = book_of(tmp_path)
    assert names(book) == [] and book.objections("We will refund you 50 EUR.")
    assert "none was read before" in book.trouble() and "facts.toml" in book.trouble()


def test_a_table_of_facts_that_is_gone_is_missed_by_a_process_that_begins_later(tmp_path: Path) -> None:
    write(tmp_path / "facts.csv", "entity,attribute,value\nshipping,cost,4.90 EUR\n")
    assert book_of(tmp_path).objections("Shipping costs 5 EUR.")
    (tmp_path / "facts.csv").unlink()
    later = book_of(tmp_path)
    assert later.objections("Shipping costs 5 EUR.") and "facts.csv" in later.trouble()
    # Who writes the other file has moved there.
    write(tmp_path / "facts.toml", FACT.format("5 EUR"))
    moved = book_of(tmp_path)
    assert moved.objections("Shipping costs 4.90 EUR.") and moved.trouble() == ""
    (tmp_path / "facts.toml").unlink()
    assert "facts.toml" in book_of(tmp_path).trouble()


def test_both_kinds_of_objection_are_given(tmp_path: Path) -> None:
    write(tmp_path / "facts.csv", "entity,attribute,value\nshipping,cost,4.90 EUR\n")
    book = book_of(tmp_path)
    found = book.objections("Shipping costs 5 EUR. We will refund you 5 EUR.", datetime(2026, 11, 25, tzinfo=UTC))
    assert [type(one).__name__ for one in found] == ["Contradiction", "Broken"]
    assert book.objections("Shipping costs 4.90 EUR.") == ()


def test_facts_have_their_days_in_the_zone_of_the_hours(tmp_path: Path) -> None:
    write(tmp_path / "rules.toml", '[hours]\nzone = "Asia/Shanghai"\nmonday = "09:00-17:00"\n')
    write(tmp_path / "facts.toml", FACT.format("5 EUR") + "valid_from = 2026-11-26\n")
    late = datetime(2026, 11, 25, 18, tzinfo=UTC)
    assert book_of(tmp_path).objections("Shipping costs 4 EUR.", late)
    assert not book_of(tmp_path).objections("Shipping costs 4 EUR.", late.replace(hour=10))


def test_the_setting_names_another_file_of_the_home_or_elsewhere(tmp_path: Path) -> None:
    home = Home(tmp_path / "home").create()
    write(home.folder / "night.toml", RULE.format("night"))
    write(tmp_path / "far.toml", RULE.format("far"))
    for named, expected in (("night.toml", ["night"]), (str(tmp_path / "far.toml"), ["far"]), ("", [])):
        assert names(RuleBook.open(home, Settings(dialog=DialogSettings(rules=named)))) == expected


def test_a_file_that_the_setting_names_and_that_is_missing_is_trouble(tmp_path: Path) -> None:
    home = Home(tmp_path).create()
    book = RuleBook.open(home, Settings(dialog=DialogSettings(rules="gone.toml")))
    assert names(book) == [] and book.objections("We will refund you 50 EUR.")
    assert "dialog.rules" in book.trouble() and str(tmp_path / "gone.toml") in book.trouble()
    write(tmp_path / "gone.toml", RULE.format("back"))
    assert names(book) == ["back"] and book.trouble() == ""
