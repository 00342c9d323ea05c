"""The report page: it loads nothing, escapes everything, and shows both sides."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from replydesk.finetune.evaluation.chinese import html_in_chinese, in_chinese
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
            if tag not in ("meta", "input"):
                opened.append(tag)

        def handle_endtag(self, tag: str) -> None:
            assert opened.pop() == tag

    Checker().feed(report_page(report()))
    assert opened == []


def test_the_promise_is_drawn_and_told_with_what_came_of_it() -> None:
    told = report()
    level = {"max_wrong": 0.05, "holds": True, "threshold": 0.8, "coverage": 0.6, "wrong": 0.03, "calibrated_on": 500}
    level |= {"needed": 0, "answered": 0.55, "realised": 0.04, "realised_ci": [0.01, 0.08], "messages": 200}
    none = level | {"max_wrong": 0.01, "holds": False, "threshold": None, "needed": 321, "realised": None}
    curve = [[0.9, 0.3, 0.01], [0.8, 0.6, 0.03], [0.2, 1.0, 0.2]]
    promise = {"dial": 0.05, "levels": [none | {"realised_ci": None}, level], "curve": curve, "test_curve": curve}
    told.after["en+zh"]["replies"]["promise"] = promise
    page = report_page(told)
    assert page == report_page(told)
    assert "<svg" in page and "calibrated on 500 held-out messages" in page
    rows = re.findall(r"<tr><td>[\d.]+%.*?</tr>", page)
    assert "about 321 more messages" in rows[0] and "the dial" not in rows[0]
    for text in ("5.0% <small>the dial</small>", "0.800", "60.0%", "55.0%", "4.0%", "0.010 – 0.080"):
        assert text in rows[1]
    # The names of SVG's own vocabularies are no addresses to load from.
    assert not re.search(r"https?:|src=|[^k]:?href=\"[^#]", re.sub(r' xmlns(:\w+)?="[^"]*"', "", page))


def test_a_chinese_reader_reads_the_whole_page() -> None:
    told = report()
    reasons = (
        "en: intent accuracy 0.912 -> 0.934, better (p = 0.012).",
        "zh: share of right best answers 0.4 -> 0.3, worse by more than 0.010.",
        "en: few messages judge, 12 with an intent, 3 out of scope: less than 10 that get worse are taken for chance.",
    )
    told = replace(told, checks=tuple(Check(str(place), True, why) for place, why in enumerate(reasons)))
    page = report_page(replace(told, candidate="r2", baseline="r1", data={"train": 80, "test": 8}))
    english, chinese = page.split('<main lang="zh">')
    assert all(reason.replace(">", "&gt;") in english for reason in reasons)
    for text in (
        "发布 r2", "与 r1 比较 · 训练 80，测试 8", "更好或一样好：可以回答。", "意图准确率", "8 条测试消息",
        "en：意图准确率 0.912 -&gt; 0.934，更好（p = 0.012）。",
        "zh：最佳回答正确的占比 0.4 -&gt; 0.3，变差超过 0.010。",
        "en：评测消息少（12 条有意图，3 条范围外）：变差不到 10 条视为偶然。",
    ):  # fmt: skip
        assert text in chinese
    assert re.findall(r">[^<]*[A-Za-z]{3,} [a-z]{2,}[^<]*<", chinese.replace("TF-IDF", "")) == []


def test_the_words_of_customers_are_not_turned_into_chinese() -> None:
    assert html_in_chinese("<p>Accuracy</p><bdi>Accuracy</bdi><code>Accuracy</code>") == (
        "<p>准确率</p><bdi>Accuracy</bdi><code>Accuracy</code>"
    )
    drawn = '<g id="a"></g><use xlink:href="#a" clip-path="url(#a)"></use>'
    assert html_in_chinese(drawn) == drawn.replace('"a"', '"zh-a"').replace("#a", "#zh-a")


def test_what_the_catalogue_lacks_stays_and_what_it_has_is_no_figure_of_speech() -> None:
    assert in_chinese("Nobody ever said this.") == "Nobody ever said this."
    assert in_chinese("I want to talk to you") == "I want to talk to you"
    assert in_chinese("0.1 to 0.2") == "0.1 到 0.2"
    note = "tuned: a speller is left out. Only 12 messages can judge it, 100 are needed."
    assert in_chinese(note) == "tuned：没有采用拼写纠正。只有 12 条消息能评判它，需要 100 条。"
