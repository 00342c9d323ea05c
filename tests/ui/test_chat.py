from __future__ import annotations

import html
import logging
import re
import string
from collections.abc import Mapping
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from replydesk.data.errors import StoreError
from replydesk.data.records import VerdictKind
from replydesk.data.settings import DialogSettings, Settings
from replydesk.data.store import Store
from replydesk.dialog.agent import Agent
from replydesk.dialog.dial import Dial
from replydesk.dialog.evidence import Evidence
from replydesk.dialog.person import write_as_person
from replydesk.dialog.promise import Promise
from replydesk.dialog.skills import Skills
from replydesk.ui import chat
from replydesk.ui.bubbles import bubble, event, notice, person, plain, said
from replydesk.ui.chat import Desk, verdict_kind
from replydesk.ui.curve import Dialled, dial_line, dialled
from replydesk.ui.evidence import evidence, heading
from replydesk.ui.page import mount
from replydesk.ui.strings import EXAMPLES, LANGUAGES, STRINGS, preferred_language, say
from replydesk.ui.strip import strip
from replydesk.ui.talk import Talk, Turn, Waiting
from replydesk.ui.typed import hints

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
    """What a browser makes of HTML: its tags, its attributes, its text, and the numbers of citations in it."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.cited: list[tuple[str, int]] = []
        self._citing = False
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self._citing = ("class", "rd-cite") in attrs
        if tag == "br":
            self.text += "\n"

    def handle_endtag(self, tag: str) -> None:
        self._citing = False

    def handle_data(self, data: str) -> None:
        if self._citing:
            self.cited.append((data, len(self.text)))
        else:
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
    blocks = {"section", "h2", "h3", "div", "ul", "ol", "li", "dl", "dt", "dd", "p"}
    for opened in (None, 0):
        panel = Seen(evidence(poisoned, language, opened=opened))
        assert panel.tags <= blocks | {"span", "b", "i", "br", "mark", "button"}
        assert panel.attributes <= {
            "class", "lang", "style", "role", "aria-label", "aria-valuemin", "aria-valuemax", "aria-valuenow",
            "tabindex", "type", "name", "data-of", "data-reply", "data-place",
        }  # fmt: skip
        assert panel.text.count(attack) == 6
    offered = poisoned | {"options": [{"label": attack, "value": attack}]}
    lines = (bubble(poisoned), bubble(offered, chosen=attack), said(attack), person(attack, attack, language))
    for source in (*lines, notice(attack, language), event(attack)):
        seen = Seen(source)
        assert seen.tags <= {"div", "span", "br", "button", "ul", "li"}
        assert seen.attributes <= {"class", "lang", "type", "name", "value", "title"}
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


@pytest.mark.parametrize(("language", "shown"), [("en", "Status of an order"), ("zh", "订单状态")])
def test_an_intent_is_called_in_the_language_of_the_page(language: str, shown: str) -> None:
    names = {"en": {"order_status": "Status of an order"}, "zh": {"order_status": "订单状态"}}
    called = DialogSettings(intent_names=names).intent_name
    assert f"{shown}90%" in Seen(evidence(reply(), language, called=called)).text
    # What has no name is called by its label.
    assert "order status90%" in Seen(evidence(reply(), language)).text


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


@pytest.mark.parametrize("action", ["handoff", "ask"])
def test_what_was_sent_is_marked_as_sent_where_only_a_part_was_answered(action: str) -> None:
    assert f"Sent{say('source_agent', 'en')}" in Seen(evidence(reply(action=action, ground="partly"), "en")).text


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
    verdicts: Mapping[str, VerdictKind] = {"a": "good", "c": "wrong", "d": "wrong_intent"}
    talk = Talk("c", verdicts=verdicts)
    for key in ("a", "b", "c", "d"):
        talk = talk.add(Turn("user", ""), Turn("assistant", "", reply(id=key)))
    assert talk.thumbs(language) == ["Like", None, "Dislike", wrong]


def test_mounting_serves_the_page_and_nothing_that_watches(agent: Agent, settings: Settings) -> None:
    client = TestClient(mount(FastAPI(), agent, settings))
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


ANSWER = "It left on Monday. Please wait two days. 谢谢！"
OTHER = "Refunds take a week."


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_cited_sentence_has_the_number_of_its_ticket(language: str) -> None:
    composed = reply(
        action="compose", text=f"{ANSWER}\n\n{OTHER}", language=language,
        hits=[hit(ticket="t2", answer=OTHER), hit(ticket="t1", answer=ANSWER)],
        citations=[
            {"sentence": sentence, "ticket": ticket, "start": start, "end": end}
            for sentence, ticket, start, end in (
                (0, "t1", 0, 18), (1, "t1", 19, 40), (2, "gone", 0, 3), (3, "t2", 0, 20), (9, "t1", 0, 3)
            )
        ],
    )  # fmt: skip
    seen = Seen(bubble(composed))
    assert seen.text == f"{ANSWER}\n\n{OTHER}"
    # A ticket that is not shown, and a sentence that is not there, have no number.
    assert seen.cited == [("1", 18), ("1", 40), ("2", len(seen.text))]
    assert Seen(bubble(composed, 30)).cited == []
    panel = evidence(composed, language, opened=1)
    assert "<mark>Please wait two days&#46;</mark>" in panel
    assert panel.count("rd-open") == 1
    assert panel.index('rd-number">2') < panel.index("rd-open") < panel.index('rd-number">1')
    assert say("back", language) in panel
    assert evidence(composed, language, opened=99) == evidence(composed, language)


@pytest.mark.parametrize(("said_next", "chosen"), [("Lost?", "Lost?"), ("the second one", "Lost?"), ("谢谢你", "")])
def test_what_was_chosen_is_marked_among_what_was_offered(said_next: str, chosen: str) -> None:
    offered = [{"label": "Where is it?", "value": "Where is it?"}, {"label": "Lost?", "value": "Lost?"}]
    talk = Talk("c", (Turn("assistant", "", reply(action="ask", options=offered)),))
    assert talk.messages()[-1]["options"] == offered
    grown = talk.say(said_next)
    assert [message["options"] for message in grown.messages()] == [[], []]
    assert ("Chosen: " + chosen in Seen(grown.turns[0].html).text) == bool(chosen)


def test_a_notice_leaves_the_quick_replies_where_they_are(desk: Desk) -> None:
    asked = last(desk, "refund please")
    refused = last(desk, "x" * 201, asked)
    assert refused.turns[-1].refused
    assert refused.messages()[-1]["options"] == asked.messages()[-1]["options"] != []


def test_what_was_masked_is_no_riddle_for_who_wrote_it(desk: Desk) -> None:
    talk = last(desk, "Call me at +44 20 7946 0018 about my refund")
    assert Seen(talk.turns[0].html).text == "Call me at •••0018 about my refund"
    later = last(desk, "and mei@example.com", talk)
    assert [Seen(later.turns[line].html).text for line in (0, 2)] == [
        "Call me at •••0018 about my refund",
        "and m•••@example.com",
    ]
    # A page that is opened again has nothing but the store, and that has no digit of it.
    assert Seen(desk.talk(talk.conversation, "en").turns[0].html).text == "Call me at ••• about my refund"
    assert Seen(person("Mail <EMAIL_1>", "Priya", "en")).text == "PriyaMail •••"
    held = _filling()
    told = {"order": "<ORDER_1>"}
    reply_told = reply(action="ask", state={**(held.last or {})["state"], "slots": told})
    asked = Talk("c", (Turn("assistant", "", reply_told),))
    assert "Order •••Place" in Seen(strip(asked, "en")).text
    assert "Order •••4817Place" in Seen(strip(replace(asked, typed={"<ORDER_1>": "•••4817"}), "en")).text


@pytest.mark.parametrize(
    ("written", "stored", "known"),
    [
        ("ring 07700 900123", "ring <PHONE_1>", {"<PHONE_1>": "•••0123"}),
        ("手机１３８ 0013 8000，谢谢", "手机<PHONE_1>，谢谢", {"<PHONE_1>": "•••8000"}),
        ("寄到杭州市文三路398号", "寄到<ADDRESS_1>", {"<ADDRESS_1>": "•••398号"}),
        ("I am Li", "I am <NAME_1>", {"<NAME_1>": "•••Li"}),
        ("a@b.com or c@b.com", "<EMAIL_1> or <EMAIL_2>", {"<EMAIL_1>": "a•••@b.com", "<EMAIL_2>": "c•••@b.com"}),
        ("nothing", "nothing", {}),
        ("something else", "call <PHONE_1>", {}),
        ("07700 900123 a@b.com", "<PHONE_1> <EMAIL_1>", {}),
        ("x" * 4000, "x<PHONE_1>" * 200 + "y", {}),
    ],
)
def test_who_typed_it_recognises_the_end_of_what_was_masked(written: str, stored: str, known: dict[str, str]) -> None:
    assert hints(written, stored) == known


def test_a_refused_option_does_not_come_back(desk: Desk) -> None:
    first = last(desk, "refund please")
    refused = {option["value"] for option in first.messages()[-1]["options"]}
    second = last(desk, "none of these", first)
    again = second.messages()[-1]["options"]
    assert refused and not refused & {option["value"] for option in again}
    assert desk.talk(second.conversation, "en").messages()[-1]["options"] == again


def test_a_page_shows_what_is_stored_and_only_conversations_of_pages(desk: Desk, agent: Agent) -> None:
    talk = last(desk, "refund please")
    desk.judge(talk.reply_at(1), "wrong")
    again = desk.talk(talk.conversation, "en")
    assert again.messages() == talk.messages()
    assert again.thumbs("en") == ["Dislike"]
    agent.reply("refund please", conversation="zendesk:17", channel="chat")
    assert desk.talk("zendesk:17", "en") == Talk()
    assert desk.talk("page-" + "0" * 32, "en") == Talk("page-" + "0" * 32)


@pytest.mark.parametrize(("language", "who"), [("en", "A colleague"), ("zh", "客服同事")])
def test_a_hand_off_waits_for_a_person_until_the_conversation_is_released(
    desk: Desk, agent: Agent, language: str, who: str
) -> None:
    talk = last(desk, "Can I talk to a person?", language=language)
    assert talk.waiting is not None
    assert (talk.waiting.kind, talk.waiting.reason) == ("handed", "asked_for_person")
    assert say("handed_asked_for_person", language) in Seen(strip(talk, language)).text
    assert desk.news(talk.conversation, talk.heard, language) is None
    write_as_person(agent.store, agent.settings, talk.conversation, "Hello, I am looking.", author="")
    news = desk.news(talk.conversation, talk.heard, language)
    assert news is not None
    assert (news.waiting and (news.waiting.kind, news.waiting.who)) == ("held", who)
    assert Seen(news.turns[-1].html).text == f"{who}Hello, I am looking."
    silent = last(desk, "Thank you", news, language)
    assert Seen(silent.turns[-1].html).text == f"Thank you{say('delivered', language)}"
    agent.give_back(talk.conversation)
    back = desk.news(talk.conversation, silent.heard, language)
    assert back is not None
    assert back.waiting is None
    assert strip(back, language) == ""
    assert Seen(back.turns[-1].html).text == say("released", language)


def test_a_person_who_says_their_name_is_read_by_name_and_stored_without(desk: Desk, agent: Agent) -> None:
    talk = last(desk, "Hello, I am Maria.")
    for written in ("Hello Maria, I am Anna.", "My name is Anna Kovacs, call +44 20 7946 0018."):
        write_as_person(agent.store, agent.settings, talk.conversation, written, author="Anna Kovacs")
    assert "Anna" not in " ".join(one.text for one in agent.store.messages(talk.conversation))
    shown = [Seen(turn.html).text for turn in desk.talk(talk.conversation, "en").turns[-2:]]
    # The customer's own name and the number are those of the conversation, and stay masked.
    assert shown == [
        "Anna KovacsHello •••, I am Anna.",
        "Anna KovacsMy name is Anna Kovacs, call •••.",
    ]


def _filling(**changes: Any) -> Talk:
    form = {"name": "change_address", "asking": "place", "tries": 0, "slots": ["order", "place", "date"]} | changes
    state = {"slots": {"order": "TW-204817", "colour": "blue"}, "form": form}
    return Talk("c", (Turn("assistant", "", reply(action="ask", state=state)),))


@pytest.mark.parametrize(
    ("language", "wanted", "again"),
    [
        ("en", "Change addressQuestion 2 of 3Order TW-204817PlaceDate", "Try 3 of 3"),
        ("zh", "填写信息第 2 项，共 3 项订单 TW-204817地点日期", "第 3 次，最多 3 次"),
    ],
)
def test_a_form_shows_what_is_filled_what_is_asked_and_what_remains(language: str, wanted: str, again: str) -> None:
    assert Seen(strip(_filling(), language)).text == wanted
    assert again in Seen(strip(_filling(tries=2), language)).text
    held = replace(_filling(), waiting=Waiting("held", who="Priya"))
    assert "TW-204817" not in strip(held, language)
    # Older replies do not tell the slots of a form, and a single question has no name.
    alone = Seen(strip(_filling(name="", slots=[]), language)).text
    assert alone == say("form_title", language) + say("slot_place", language)
    assert ATTACKS[0] in Seen(strip(_filling(name=ATTACKS[0]), "en")).text


def _promise(**changes: Any) -> Promise:
    return Promise(0.05, 0.025, 0.83, 0.62, 0.03, 1000) if not changes else replace(_promise(), **changes)


@pytest.mark.parametrize(
    ("promise", "english", "chinese"),
    [
        (_promise(), "At most 5% of automatic replies wrong: from a confidence of 83%", "置信度达到 83% 才自动回复"),
        (_promise(threshold=2.0, needed=410), "about 410 more judged messages", "还需要 410 条"),
        (_promise(threshold=2.0, needed=None), "too many of the surest answers were wrong", "再多同类消息也没有帮助"),
        (_promise(max_wrong=0.0, threshold=2.0), "turned off", "已关闭自动回复"),
        (_promise(max_wrong=1.0, threshold=0.0), "nothing is promised", "没有承诺"),
        (None, "A person set the line: from a confidence of 70%", "由人工设定"),
    ],
)  # fmt: skip
def test_the_dial_says_what_is_promised_and_what_is_missing(
    promise: Promise | None, english: str, chinese: str
) -> None:
    threshold = promise.threshold if promise else 0.7
    found = Dialled(promise, threshold, 0.91, at=(0.62, 0.03), verdicts={"verdicts": 20, "verdicts_wrong": 2})
    assert english in Seen(dial_line(found, "en")).text
    assert chinese in Seen(dial_line(found, "zh")).text
    assert "people judged 20 automatic replies, 2 of them wrong" in dial_line(found, "en")


def test_the_curve_has_the_dial_and_the_reply_where_they_are() -> None:
    curve = [[0.99, 0.1, 0.0], [0.83, 0.62, 0.03], [0.1, 1.0, 0.1]]
    source = dial_line(Dialled(_promise(), 0.83, 0.91, curve, (0.62, 0.03), (0.4, 0.01)), "en")
    # The highest is 13 %: the most that is wrong, and what its label needs.
    assert 'points="10.0,100.0 62.0,76.9 100.0,23.1"' in source
    assert 'class="rd-at" style="left:62.0%;bottom:23.1%"' in source
    assert 'class="rd-here" style="left:40.0%;bottom:7.7%"' in source
    assert "5% wrong allowed" in source and "10% wrong" in source


def test_a_reply_has_its_dial_while_its_release_answers(desk: Desk, agent: Agent) -> None:
    found = dialled(agent, last(desk, "refund please").last or {})
    assert found is not None
    # In these settings a person set the threshold.
    assert (found.promise, found.threshold, found.curve) == (None, 0.9999, ())
    assert dialled(agent, reply(release="older")) is None


def test_a_release_with_evidence_draws_its_curve(desk: Desk, agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    dialog = agent.settings.dialog.model_copy(update={"pick_above": None, "max_wrong": 0.1})
    monkeypatch.setattr(agent, "dial", Dial(agent.store, dialog))
    asked = last(desk, "refund please").last
    assert asked is not None
    sure = np.linspace(0.2, 0.99, 400)
    evidence_found = Evidence.of(sure, sure > 0.5, ["en", "zh"] * 200)
    encoder = agent.matcher.encoder_id("en")
    release = replace(agent.release(), id=str(asked["release"]), skills={encoder: Skills(evidence=evidence_found)})
    monkeypatch.setattr(agent, "release", lambda: release)
    found = dialled(agent, asked | {"confidence": 0.8})
    assert found is not None and found.promise is not None and found.promise.holds
    assert found.promise.group == "en"
    assert found.at == (pytest.approx(found.promise.coverage), pytest.approx(found.promise.wrong))
    assert found.here == (pytest.approx((sure[::2] >= 0.8).mean(), abs=0.02), 0.0)
    assert found.curve[-1][1] == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_panel_calls_nothing_a_past_answer_that_cites_none(language: str) -> None:
    def badge(**changes: Any) -> str:
        return evidence(reply(action="compose", **changes), language).partition('rd-compose">')[2].partition("<")[0]

    assert badge() == say("did_compose", language)
    assert badge(citations=[]) == say("did_words", language)


def test_a_cancelled_form_asks_nothing_first() -> None:
    asked = bubble(reply(action="ask", ground="form_ask"))
    assert say("asked", "en") in asked
    assert say("asked", "en") not in bubble(reply(action="ask", ground="form_cancelled"))
