"""Sets of labelled messages: masked, merged by text, whole or not at all, and parted by their content alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from replydesk.data.errors import HomeError, NotFoundError, RequestError
from replydesk.data.home import Home
from replydesk.data.labels import AddedLabels, LabelledText, LabelSets
from replydesk.data.settings import DataSettings
from tests.sayings import moods

SETTINGS = DataSettings()


def rows(*told: tuple[str, tuple[str, ...]]) -> list[LabelledText]:
    return [LabelledText.make(text, labels, SETTINGS) for text, labels in told]


def test_a_text_is_stored_masked_and_in_its_language() -> None:
    one = LabelledText.make("  Mail me at\tann@mail.test ", ("b", " a ", "b"), SETTINGS)
    assert (one.text, one.labels, one.language) == ("Mail me at <EMAIL_1>", ("a", "b"), "en")
    other = LabelledText.make("我的电话是13812345678", ("投诉",), SETTINGS)
    assert "13812345678" not in other.text and (other.labels, other.language) == (("投诉",), "zh")
    assert LabelledText.make("ok", ("x",), SETTINGS, language="zh").language == "zh"


def test_adding_again_changes_nothing_and_the_later_label_counts(home: Home) -> None:
    sets = LabelSets(home)
    first = rows(("Great lamp", ("positive",)), ("太差了", ("negative",)))
    assert sets.add("sentiment", first, several=False) == AddedLabels(2, 0, 0)
    path = home.folder / "labels" / "sentiment.jsonl"
    before = path.stat().st_mtime_ns
    assert sets.add("sentiment", first, several=False) == AddedLabels(0, 0, 2)
    assert path.stat().st_mtime_ns == before
    later = rows(("GREAT  lamp", ("neutral",)), ("Fine", ("neutral",)), ("太差了", ("negative",)))
    assert sets.add("sentiment", later, several=False) == AddedLabels(1, 1, 1)
    held = sets.get("sentiment")
    assert not held.several
    assert {row.text: row.labels for row in held.rows} == {
        "GREAT  lamp".replace("  ", " "): ("neutral",), "太差了": ("negative",), "Fine": ("neutral",),
    }  # fmt: skip
    assert [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()][1] == {
        "text": "太差了", "label": "negative", "language": "zh",
    }  # fmt: skip
    sets.add("topic", rows(("x\u2028y", ()), ("z", ("a", "b"))), several=True)
    assert sets.names() == ["sentiment", "topic"] and [one.several for one in sets.all()] == [False, True]
    assert len(sets.get("topic").rows) == 2
    sets.remove("topic")
    assert sets.names() == ["sentiment"]
    with pytest.raises(NotFoundError):
        sets.remove("topic")
    with pytest.raises(NotFoundError):
        sets.get("topic")


def test_a_set_of_several_takes_single_labels_and_not_the_other_way_round(home: Home) -> None:
    sets = LabelSets(home)
    sets.add("requests", rows(("refund and return", ("refund", "return"))), several=True)
    assert sets.add("requests", rows(("refund", ("refund",))), several=False) == AddedLabels(1, 0, 0)
    assert sets.get("requests").several
    sets.add("topic", rows(("refund", ("refund",))), several=False)
    with pytest.raises(RequestError, match=r"one label each.*labels remove"):
        sets.add("topic", rows(("refund and return", ("refund", "return"))), several=True)
    document = sets.get("requests").document(0.2)
    assert document["kind"] == "several" and document["labels"] == {"refund": 2, "return": 1}


@pytest.mark.parametrize("name", ["", "Topic", "../topic", "a b", "情感", "x" * 41, "-a", "intents"])
def test_a_name_that_cannot_be_one_is_refused(home: Home, name: str) -> None:
    with pytest.raises(RequestError):
        LabelSets(home).add(name, rows(("a", ("b",))), several=False)
    assert LabelSets(home).names() == []


@pytest.mark.parametrize(
    "text",
    ["", "no json\n", '{"text": "a"}\n', '{"text": "a", "label": 3, "language": "en"}\n', "[]\n",
     '{"text": "a", "label": "b", "language": "en"}\n{"text": "c", "label": ["b"], "language": "en"}\n'],
)  # fmt: skip
def test_a_damaged_set_is_told(home: Home, text: str) -> None:
    path = home.folder / "labels" / "topic.jsonl"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    with pytest.raises(HomeError, match=r"damaged"):
        LabelSets(home).get("topic")


def test_what_judges_hangs_on_the_content_and_is_never_learned_from(home: Home, tmp_path: Path) -> None:
    told = [(text, (mood,)) for text, mood in moods("en", "zh")]
    LabelSets(home).add("sentiment", rows(*told), several=False)
    other = Home(tmp_path / "other").create()
    LabelSets(other).add("sentiment", rows(*reversed(told[40:]), ("WAS never there", ("neutral",))), several=False)
    one, two = LabelSets(home).get("sentiment"), LabelSets(other).get("sentiment")
    for language in ("en", "zh"):
        train, test, near = one.parts(0.2, (language,))
        assert 0.1 < len(test) / len([row for row in one.rows if row.language == language]) < 0.32
        assert not {row.key for row in train} & {row.key for row in test}
        assert len(train) + len(test) + near == sum(row.language == language for row in one.rows)
        kept = {row.key for row in two.rows}
        assert {row.key for row in two.parts(0.2, (language,))[1]} >= {row.key for row in test} & kept
        # A greater share keeps what judged before.
        assert {row.key for row in one.parts(0.3, (language,))[1]} >= {row.key for row in test}


def test_what_is_nearly_the_same_as_what_judges_is_left_out(home: Home) -> None:
    text = "My parcel with the blue lamp from the spring sale has been on its way for three weeks {}"
    told = rows(*((text.format(end), ("late",)) for end in ("now", "now!", "now.", "now ...", "now?", "- now")))
    LabelSets(home).add("topic", told, several=False)
    train, test, near = LabelSets(home).get("topic").parts(0.5, ("en",))
    assert test and not train and near == 6 - len(test)
