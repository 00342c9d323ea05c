from __future__ import annotations

import html
import logging
import re
import string
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from replydesk.data.errors import StoreError
from replydesk.data.records import VerdictKind
from replydesk.data.settings import Settings
from replydesk.data.store import Store
from replydesk.dialog.agent import Agent
from replydesk.ui import chat
from replydesk.ui.chat import Desk, Talk, Turn, verdict_kind
from replydesk.ui.evidence import bubble, evidence, heading, notice, plain, said
from replydesk.ui.strings import EXAMPLES, LANGUAGES, STRINGS, preferred_language, say

ATTACKS = (
    "<script>alert(1)</script>",
    "![x](http://evil.example/x.png)",
    "[press](javascript:alert(1))",
    '"><img src=x onerror=alert(1)>',
    "$$\\href{http://evil.example}{x}$$",
    "# 标题 **粗** `code` | a | b |\n- 一\n1. two",
    "您好！<b>退款</b>",
)


def hit(**changes: Any) -> dict[str, Any]:
    return {
        "ticket": "t1", "question": "Where is it?", "answer": "On its way.",
        "similarity": 0.814, "score": 0.93, "source": "agent",
        "intent": "order_status", "language": "en", "at": "2026-11-09T10:30:00+00:00",
        "author": "Priya",
    } | changes  # fmt: skip


def reply(**changes: Any) -> dict[str, Any]:
    return {
        "id": "r1", "conversation": "c1", "action": "pick", "text": "On its way.", "confidence": 0.93,
        "language": "en", "out_of_scope": 0.02, "urgency": 0.0,
        "sentiment": {"label": "negative", "score": 0.7},
        "intents": [
            {"name": "order_status", "probability": 0.905}, {"name": "refund", "probability": 0.05},
            {"name": "return", "probability": 0.03}, {"name": "fourth", "probability": 0.01},
        ],
        "hits": [hit(), hit(ticket="t2", question="Lost?", source="canned", author="", at=None)],
        "citations": [{"sentence": 0, "ticket": "t1", "start": 0, "end": 11}],
        "reasons": ["A past ticket asks this."],
        "handoff": None, "options": [], "release": "2026-11-23-1f3a", "milliseconds": {"total": 7.9},
    } | changes  # fmt: skip


class Seen(HTMLParser):
    """What a browser makes of HTML: its tags, its attributes and its text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        if tag == "br":
            self.text += "\n"

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("attack", ATTACKS)
def test_plain_leaves_nothing_for_a_browser_or_markdown_to_read(attack: str) -> None:
    source = plain(attack)
    assert html.unescape(source.replace("<br>", "\n")) == attack
    assert not set(re.sub(r"&#\d+;|<br>", "", source)) & set(string.punctuation)


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_of_a_ticket_becomes_markup(attack: str, language: str) -> None:
    poisoned = reply(
        text=attack, reasons=[attack], release=attack, intents=[{"name": attack, "probability": 0.5}],
        hits=[hit(question=attack, answer=attack, author=attack, language=attack)], language=language,
    )  # fmt: skip
    panel = Seen(evidence(poisoned, language))
    blocks = {"section", "h2", "h3", "div", "ul", "ol", "li", "dl", "dt", "dd", "p"}
    assert panel.tags <= blocks | {"span", "b", "i", "br"}
    assert panel.attributes <= {
        "class", "lang", "style", "role", "aria-label", "aria-valuemin", "aria-valuemax", "aria-valuenow"
    }  # fmt: skip
    assert panel.text.count(attack) == 6
    for source in (bubble(poisoned), said(attack), notice(attack, language)):
        seen = Seen(source)
        assert seen.tags <= {"div", "span", "br"}
        assert seen.attributes <= {"class", "lang"}
        assert attack in seen.text
    assert Seen(heading(attack, language)).tags <= {"div", "svg", "path", "h1", "p", "br"}


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("en", ["Sent a past answer", "Confidence93%", "order status90%", "Out of scope2%", "Moodnegative",
                "SentAgentPriya9 Nov 2026Fits93%Similarity0.81", "Canned", "Release 2026-11-23-1f3a8 ms"]),
        ("zh", ["采用了历史回答", "置信度93%", "order status90%", "超出范围2%", "情绪消极", "标准答案",
                "已采用人工回复Priya2026年11月9日适用概率93%相似度0.81", "版本 2026-11-23-1f3a8 毫秒"]),
    ],
)  # fmt: skip
def test_evidence_says_what_was_done_and_why(language: str, wanted: list[str]) -> None:
    source = evidence(reply(), language)
    text = Seen(source).text
    assert [part for part in wanted if part not in text] == []
    assert "A past ticket asks this." in text
    assert "fourth" not in text
    assert 'aria-valuenow="93"' in source
    assert source.count("rd-used") == 1


@pytest.mark.parametrize(("language", "node"), [("en", "card_limits"), ("zh", "卡")])
def test_evidence_names_what_an_unsure_reading_is_sure_of(language: str, node: str) -> None:
    told = {"name": node, "probability": 0.934, "backed_off": True}
    assert f"{node.replace('_', ' ')} …93%order status90%" in Seen(evidence(reply(node=told), language)).text
    assert evidence(reply(node=told | {"backed_off": False}), language) == evidence(reply(), language)
    assert evidence(reply(node=None), language) == evidence(reply(), language)


@pytest.mark.parametrize(
    ("action", "language", "badge"),
    [
        ("ask", "en", "One question first"), ("ask", "zh", "先确认一下"),
        ("handoff", "en", "Passed to a person"), ("handoff", "zh", "已转人工"),
        ("pick", "en", ""), ("pick", "zh", ""),
    ],
)  # fmt: skip
def test_a_question_back_and_a_hand_off_carry_a_badge_in_the_customers_language(
    action: str, language: str, badge: str
) -> None:
    document = reply(action=action, language=language, text="Hello, 您好.")
    assert Seen(bubble(document)).text == f"{badge}Hello, 您好."
    assert Seen(bubble(document, 5)).text == f"{badge}Hello"


@pytest.mark.parametrize(("language", "marked"), [("en", "Offered"), ("zh", "供选择")])
def test_the_options_of_a_question_back_are_marked_as_offered(language: str, marked: str) -> None:
    asked = reply(action="ask", citations=[], options=[{"label": "Lost?", "value": "Lost?"}])
    source = evidence(asked, language)
    assert source.count("rd-used") == 1
    assert f"{marked}{say('source_canned', language)}" in Seen(source).text


@pytest.mark.parametrize("key", STRINGS)
def test_every_string_stands_in_both_languages(key: str) -> None:
    assert set(STRINGS[key]) == set(LANGUAGES)
    assert all(text.strip() for text in STRINGS[key].values())
    places = [set(re.findall(r"{\w*}", text)) for text in STRINGS[key].values()]
    assert places[0] == places[1]


def test_examples_are_in_their_language() -> None:
    assert [len(EXAMPLES[language]) for language in LANGUAGES] == [3, 3]
    assert all(text.isascii() for text in EXAMPLES["en"])
    assert not any(text.isascii() for text in EXAMPLES["zh"])


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("de,zh-TW;q=0.3,en;q=0.2", "zh"),
        ("zh;q=0,en", "en"), ("de", "en"), ("", "en"), ("zh;q=x", "zh"), ("*", "en"),
    ],
)  # fmt: skip
def test_the_page_speaks_the_language_the_browser_likes_best(header: str, language: str) -> None:
    assert preferred_language(header) == language


@pytest.fixture
def desk(agent: Agent, settings: Settings) -> Desk:
    return Desk(agent, settings, pause_seconds=0)


def last(desk: Desk, text: str, talk: Talk | None = None, language: str = "en") -> Talk:
    *_, grown = desk.answer(text, talk or Talk(), language)
    return grown


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "How long does a refund take?",
            "Three to five working days after the check, to the card you paid with.",
        ),
        ("退款多久到账", "验货后 24 小时内退回支付宝或微信。"),
    ],
)
def test_an_answer_grows_to_the_stored_reply(desk: Desk, store: Store, text: str, answer: str) -> None:
    first, *growing, whole = desk.answer(text, Talk(), "en")
    assert [turn.html for turn in first.turns] == [said(text)]
    shown = [Seen(talk.turns[1].html).text for talk in growing]
    assert len(shown) >= 5
    assert all(answer.startswith(part) for part in shown)
    assert [len(part) for part in shown] == sorted({len(part) for part in shown})
    assert Seen(whole.turns[1].html).text == answer
    assert whole.last == store.reply(whole.reply_at(1))
    assert [(m.role, m.text) for m in store.messages(whole.conversation)] == [
        ("customer", text),
        ("bot", answer),
    ]


def test_writing_an_answer_takes_less_than_a_third_of_a_second() -> None:
    assert chat._CHUNKS * chat._PAUSE_SECONDS <= 1 / 3


def test_one_talk_is_one_conversation(desk: Desk, store: Store) -> None:
    talk = last(desk, "退款多久到账", last(desk, "How long does a refund take?"))
    assert len(store.messages(talk.conversation)) == 4
    assert [bool(talk.reply_at(line)) for line in (-1, 0, 1, 2, 3, 4)] == [
        False,
        False,
        True,
        False,
        True,
        False,
    ]
    assert last(desk, "退款多久到账").conversation != talk.conversation


@pytest.mark.parametrize(("text", "language"), [("refund please", "en"), ("我要退款", "zh")])
def test_a_question_back_offers_past_questions(desk: Desk, text: str, language: str) -> None:
    talk = last(desk, text)
    assert talk.last is not None
    assert (talk.last["action"], talk.last["language"]) == ("ask", language)
    options = talk.messages()[-1]["options"]
    assert len(options) >= 2
    again = last(desk, options[0]["value"], talk)
    assert again.last is not None
    assert again.last["action"] == "pick"


@pytest.mark.parametrize(
    ("text", "language", "sentence"),
    [
        ("", "en", "There is nothing to send yet."), (" \n", "zh", "还没有内容"),
        ("x" * 201, "en", "This message has 201 characters; at most 200"),
        ("长" * 300, "zh", "有 300 个字符，最多可发送 200 个"),
    ],
)  # fmt: skip
def test_a_refused_message_leaves_a_notice_and_no_trace(
    desk: Desk, store: Store, text: str, language: str, sentence: str
) -> None:
    talk = last(desk, text, language=language)
    [turn] = talk.turns
    assert turn.refused
    assert sentence in Seen(turn.html).text
    assert talk.reply_at(0) == ""
    assert store.messages(talk.conversation) == ()


@pytest.mark.parametrize(
    "error", [RuntimeError("secret path"), StoreError("secret path", where="secret", hint="secret")]
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_any_failure_is_a_calm_sentence_and_a_line_in_the_log(
    desk: Desk,
    agent: Agent,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    language: str,
) -> None:
    def fail(*args: object, **options: object) -> None:
        raise error

    monkeypatch.setattr(agent, "reply", fail)
    with caplog.at_level(logging.ERROR):
        talk = last(desk, "hello", language=language)
    assert Seen(talk.turns[-1].html).text == say("notice", language) + say("trouble", language)
    assert "secret" not in talk.turns[-1].html
    assert "secret path" in caplog.text


@pytest.mark.parametrize("kind", ["good", "wrong", "wrong_intent"])
@pytest.mark.parametrize("text", ["How long does a refund take?", "退款多久到账"])
def test_a_thumb_is_stored_as_a_verdict(desk: Desk, store: Store, kind: VerdictKind, text: str) -> None:
    talk = last(desk, text)
    desk.judge(talk.reply_at(1), kind)
    [verdict] = store.verdicts()
    assert (verdict.reply, verdict.kind, verdict.by) == (talk.reply_at(1), kind, "chat")
    assert verdict.conversation == talk.conversation


@pytest.mark.parametrize(
    ("text", "correction"),
    [("How long does a refund take?", "Two days from now on."), ("退款多久到账", "现在两天就到。")],
)
def test_a_correction_is_the_next_answer(desk: Desk, store: Store, text: str, correction: str) -> None:
    desk.judge(last(desk, text).reply_at(1), "edited", correction)
    [verdict] = store.verdicts()
    assert (verdict.kind, verdict.correction) == ("edited", correction)
    assert Seen(last(desk, text).turns[1].html).text == correction


def test_a_stranger_teaches_nothing(agent: Agent, settings: Settings, store: Store) -> None:
    agent.settings = settings.model_copy(update={"ui": settings.ui.model_copy(update={"learn_from_page": False})})
    desk = Desk(agent, agent.settings, pause_seconds=0)
    before = Seen(last(desk, "How long does a refund take?").turns[1].html).text
    desk.judge(last(desk, "How long does a refund take?").reply_at(1), "edited", "Never, go away.")
    assert store.verdicts()[0].correction == "Never, go away."
    assert Seen(last(desk, "How long does a refund take?").turns[1].html).text == before


@pytest.mark.parametrize(
    ("thumb", "kind"),
    [
        (True, "good"),
        (False, "wrong"),
        ("Wrong intent", "wrong_intent"),
        ("理解错了", "wrong_intent"),
        ("", None),
        (None, None),
    ],
)
def test_what_a_click_means(thumb: object, kind: str | None) -> None:
    assert verdict_kind(thumb) == kind


@pytest.mark.parametrize(("language", "wrong"), [("en", "Wrong intent"), ("zh", "理解错了")])
def test_clicks_are_shown_again_beside_their_answers(language: str, wrong: str) -> None:
    talk = Talk("c")
    for key in ("a", "b", "c", "d"):
        talk = talk.add(Turn("user", ""), Turn("assistant", "", reply(id=key)))
    verdicts: Mapping[str, VerdictKind] = {"a": "good", "c": "wrong", "d": "wrong_intent"}
    assert talk.thumbs(verdicts, language) == ["Like", None, "Dislike", wrong]


def test_mounting_serves_the_page_and_nothing_that_watches(agent: Agent, settings: Settings) -> None:
    client = TestClient(chat.mount(FastAPI(), agent, settings))
    page = client.get("/")
    assert page.status_code == 200
    assert "Tidewick Support" in page.text
    config = client.get("/config").json()
    assert (config["analytics_enabled"], config["show_error"], config["footer_links"]) == (False, False, [])
    assert client.get("/monitoring/summary").status_code in (403, 404)
    assert all(event["api_visibility"] == "private" for event in config["dependencies"])


@pytest.mark.parametrize(
    ("language", "many", "skipped"),
    [("en", "Say the same", "not reranked, for want of time"), ("zh", "同类答复", "时间不足，未重排")],
)
def test_evidence_tells_how_many_say_the_same_and_whether_it_was_reranked(
    language: str, many: str, skipped: str
) -> None:
    plainly = evidence(reply(), language)
    assert many not in plainly and skipped not in plainly
    told = evidence(reply(hits=[hit(count=7)], reranked="skipped"), language)
    assert many in told and "7" in told and skipped in told
    assert many not in evidence(reply(hits=[hit(count=1)], reranked="done"), language)


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("en", ["Sentimentnegative91%neutral6%", "Topic", "late delivery88%", "toneNone of the labels."]),
        ("zh", ["情感消极91%平静6%", "主题", "late delivery88%", "tone没有合适的标签。"]),
    ],
)
def test_evidence_shows_what_further_classifiers_say(language: str, wanted: list[str]) -> None:
    labels = {
        "sentiment": [{"name": "negative", "probability": 0.91}, {"name": "neutral", "probability": 0.06}],
        "topic": [{"name": "late_delivery", "probability": 0.88}, {"name": ATTACKS[0], "probability": 0.6}],
        "tone": [],
    }
    seen = Seen(evidence(reply(labels=labels), language))
    assert [part for part in wanted if part not in seen.text] == []
    assert seen.tags <= Seen(evidence(reply(), language)).tags | {"h4", "p"}
    assert ATTACKS[0].replace("_", " ") in seen.text
