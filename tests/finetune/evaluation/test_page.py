"""The report page: it loads nothing, escapes everything, and shows both sides."""

from __future__ import annotations

import re
from typing import Any

import pytest

from replydesk.finetune.evaluation.judge import Check, Report
from replydesk.finetune.evaluation.page import report_page


def report(*, passed: bool = True, name: str = "en+zh") -> Report:
    before: dict[str, Any] = {"messages": 8, "intents": {"accuracy": 0.9, "ece": 0.02}, "replies": {"ece": 0.1}}
    after: dict[str, Any] = {
        "messages": 8,
        "intents": {"accuracy": 0.875, "accuracy_ci": [0.6, 0.95], "macro_f1": 0.8, "ece": 0.01},
        "replies": {"ece": 0.1},
    }
    floor = {"intents": {"accuracy": 0.5}}
    checks = (Check("x", passed, "<b>准确率</b> & more."),)
    return Report("<script>", 'a"b', {"test_part": "<i>8"}, {name: before}, {name: after}, {name: floor}, checks)


def test_everything_is_escaped() -> None:
    page = report_page(report(name="<en>"))
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    for text in ("a&quot;b", "&lt;b&gt;准确率&lt;/b&gt; &amp; more.", "&lt;en&gt;", "test part &lt;i&gt;8"):
        assert text in page


def test_nothing_is_loaded_from_anywhere() -> None:
    page = report_page(report())
    assert not re.search(r"https?:|//|src=|href=|url\(|@import", page)


@pytest.mark.parametrize(("passed", "verdict"), [(True, "it may answer"), (False, "it must not answer")])
def test_the_verdict_is_said(passed: bool, verdict: str) -> None:
    page = report_page(report(passed=passed))
    assert verdict in page
    assert ('class="verdict refused"' in page) is not passed


def test_rows_show_floor_before_after_and_interval() -> None:
    page = report_page(report())
    (row,) = re.findall(r"<tr><td>Intent accuracy</td>.*?</tr>", page)
    cells = re.findall(r"<td[^>]*>(?:<small>)?(.*?)(?:</small>)?</td>", row)
    assert cells == ["Intent accuracy", "0.500", "0.900", "0.875", "0.600 – 0.950"]


def test_better_and_worse_are_coloured_by_what_is_good() -> None:
    page = report_page(report())
    assert re.search(r'Intent accuracy</td>.*?<td class="down">0\.875', page)
    assert re.search(r'Intent calibration error</td>.*?<td class="up">0\.010', page)
    assert re.search(r'Calibration error of the confidence</td>.*?<td class="">0\.100', page)


def test_what_was_not_measured_is_left_out_or_dashed() -> None:
    page = report_page(report())
    assert "Out-of-scope AUROC" not in page
    assert re.search(r"Intent macro F1</td><td>–</td><td>–</td><td[^>]*>0\.800", page)


def test_the_page_is_complete_html() -> None:
    from html.parser import HTMLParser

    opened: list[str] = []

    class Checker(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            if tag != "meta":
                opened.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert opened.pop() == tag

    Checker().feed(report_page(report()))
    assert opened == []
