"""Drives the chat page in Debian's Chromium as a customer would."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect, sync_playwright

from replydesk.data.store import Store
from replydesk.dialog.agent import Agent
from replydesk.dialog.form_file import followed_forms
from replydesk.dialog.person import write_as_person
from replydesk.ui.page import mount

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
)  # fmt: skip

# A machine that does other things at the same time is slow to draw, and no less right.
expect.set_options(timeout=20_000)

pytestmark = [
    pytest.mark.browser,
    # Gradio's own statistics use an option that pandas has deprecated.
    pytest.mark.filterwarnings("ignore:.*no_silent_downcasting.*", "ignore:The copy keyword is deprecated"),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"{CHROMIUM} is not there; apt-get install chromium"),
]

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def served(new_agent: Callable[[], Agent]) -> Iterator[tuple[Agent, str]]:
    """Serves one page for all tests; every test gives its agent a fresh store."""
    agent = new_agent()
    listener = socket.create_server(("127.0.0.1", 0))
    app = mount(FastAPI(), agent, agent.settings)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield agent, f"http://127.0.0.1:{listener.getsockname()[1]}/"
    server.should_exit = True
    thread.join()
    listener.close()


@pytest.fixture
def address(served: tuple[Agent, str], agent: Agent) -> str:
    running, address = served
    running.store, running.matcher = agent.store, agent.matcher
    return address


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Open]:
    """Opens the page in a fresh profile; afterwards every request must have gone to this machine."""
    hosts: set[str | None] = set()
    contexts = []

    def visit(locale: str = "en-GB", width: int = 1280, height: int = 800) -> Page:
        context = browser.new_context(locale=locale, viewport={"width": width, "height": height})
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
        page.goto(address)
        expect(page.locator(".rd-hello")).to_be_visible()
        return page

    yield visit
    for context in contexts:
        context.close()
    # Inlined images have no host.
    assert hosts - {None} == {"127.0.0.1"}


def ask(page: Page, text: str) -> None:
    page.locator("#rd-box textarea").fill(text)
    page.keyboard.press("Enter")


def verdicts(store: Store, count: int) -> list[tuple[str, str, str]]:
    for _ in range(100):
        if len(store.verdicts()) >= count:
            break
        time.sleep(0.05)
    return [(verdict.kind, verdict.correction, verdict.by) for verdict in store.verdicts()]


def thumb(page: Page, number: int) -> None:
    page.locator("#rd-talk .message-buttons").last.locator(".icon-button-wrapper > button").nth(number).click()


DOWN, UP = 0, 1


@pytest.mark.parametrize(
    ("locale", "title", "question", "answer", "evidence", "thanks"),
    [
        (
            "en-GB", "Tidewick Support", "Where is my parcel? Tracking hasn't moved for three days.",
            "I've opened a trace with Swiftgull; they answer within two working days.",
            ["Why this answer", "Sent a past answer", "Priya", "9 Nov 2026"], "Thank you, noted as helpful.",
        ),
        (
            "zh-CN", "汐物在线客服", "我的快递三天没动了", "已向燕归速运发起查件，48 小时内回复您。",
            ["回答依据", "采用了历史回答", "小林", "2026年11月9日"], "谢谢，已记下：有帮助。",
        ),
    ],
)  # fmt: skip
def test_a_customer_asks_sees_the_evidence_and_gives_a_thumb(
    visit: Open,
    store: Store,
    locale: str,
    title: str,
    question: str,
    answer: str,
    evidence: list[str],
    thanks: str,
) -> None:
    page = visit(locale)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    # The questions on the empty page are buttons.
    page.get_by_role("button", name=question).click()
    expect(page.locator(".message.bot .rd-said")).to_contain_text(answer)
    for part in evidence:
        expect(page.locator("#rd-panel")).to_contain_text(part)
    expect(page.locator("#rd-panel .rd-used")).to_contain_text(answer)
    thumb(page, UP)
    expect(page.locator(".toast-body")).to_contain_text(thanks)
    assert verdicts(store, 1) == [("good", "", "chat")]


def test_a_named_complaint_is_stored_and_told_once(visit: Open, store: Store) -> None:
    page = visit("zh-CN")
    ask(page, "退款多久到账")
    page.get_by_role("button", name="理解错了").click()
    expect(page.locator(".toast-message-text")).to_have_text(["谢谢，已记下：理解错了。"])
    assert verdicts(store, 1) == [("wrong_intent", "", "chat")]


def test_a_wrong_answer_is_corrected_and_the_correction_is_the_next_answer(visit: Open, store: Store) -> None:
    page = visit()
    ask(page, "How long does a refund take?")
    expect(page.locator(".message.bot .rd-said")).to_contain_text("Three to five working days")
    thumb(page, DOWN)
    page.get_by_label("What should the answer have been?").fill("Two days from now on.")
    page.get_by_role("button", name="Save answer").click()
    expect(page.locator("#rd-fix")).to_be_hidden()
    assert verdicts(store, 2) == [("wrong", "", "chat"), ("edited", "Two days from now on.", "chat")]
    ask(page, "How long does a refund take?")
    expect(page.locator(".message.bot .rd-said").nth(1)).to_contain_text("Two days from now on.")


@pytest.mark.parametrize(
    ("locale", "questions", "width", "height"),
    [
        (
            "en-GB",
            ("Where is my parcel? Tracking hasn't moved for three days.", "How long does a refund take?"),
            390,
            680,
        ),
        ("zh-CN", ("我的快递三天没动了", "退款多久到账"), 1280, 560),
    ],
)
def test_the_field_for_a_correction_leaves_the_answer_in_sight(
    visit: Open, locale: str, questions: tuple[str, ...], width: int, height: int
) -> None:
    page = visit(locale, width, height)
    for count, question in enumerate(questions, start=1):
        ask(page, question)
        expect(page.locator(".message.bot .rd-said")).to_have_count(count)
        expect(page.locator("#rd-talk .message-buttons")).to_have_count(count)
    # A person judges what is in sight.
    expect(page.locator(".message.bot .rd-said").last).to_be_in_viewport()
    thumb(page, DOWN)
    fix = page.locator("#rd-fix")
    expect(fix).to_be_visible()
    answer = page.locator(".message.bot .rd-said").last
    # But for the fraction of a pixel that a browser rounds.
    expect(answer).to_be_in_viewport(ratio=0.98)
    ends, begins = answer.bounding_box(), fix.bounding_box()
    assert ends is not None and begins is not None and ends["y"] + ends["height"] <= begins["y"]


@pytest.mark.parametrize(
    ("question", "badge", "option", "answer"),
    [
        ("refund please", "One question first", "How long does a refund take?", "Three to five working days"),
        ("我要退款", "先确认一下", "退款多久到账", "验货后 24 小时内"),
    ],
)
def test_a_quick_reply_sends_its_value(visit: Open, question: str, badge: str, option: str, answer: str) -> None:
    page = visit()
    ask(page, question)
    expect(page.locator(".message.bot .rd-badge")).to_have_text(badge)
    page.locator("#rd-talk .option", has_text=option).click()
    expect(page.locator(".message.user .rd-said")).to_have_text([question, option])
    expect(page.locator(".message.bot .rd-said").nth(1)).to_contain_text(answer)


@pytest.mark.parametrize(
    ("question", "badge"), [("Can I talk to a person?", "Passed to a person"), ("帮我转人工", "已转人工")]
)
def test_a_hand_off_is_seen_at_a_glance(visit: Open, question: str, badge: str) -> None:
    page = visit()
    ask(page, question)
    expect(page.locator(".message.bot .rd-handoff")).to_have_text(badge)


def test_text_of_tickets_and_customers_stays_text(visit: Open) -> None:
    page = visit()
    attack = "<script>alert(1)</script> ![x](http://evil.example/x.png)"
    ask(page, attack)
    expect(page.locator(".message.user .rd-said")).to_have_text(attack)
    expect(page.locator("#rd-panel .rd-part")).to_have_count(3)
    ask(page, "Is my teapot on fire?")
    # What goes out is plain text; the panel shows the ticket as it is.
    expect(page.locator(".message.bot .rd-said").nth(1)).to_contain_text("Please look:")
    expect(page.locator("#rd-panel .rd-used", has_text="<b>Eve</b>")).to_be_visible()
    page.locator(".rd-cite").last.click()
    expect(page.locator("#rd-panel .rd-open")).to_contain_text(attack)
    assert page.locator(".message img, #rd-panel img, #rd-panel script, .message script").count() == 0


@pytest.mark.parametrize(
    ("locale", "question", "word", "title"),
    [
        ("en-GB", "Where is my parcel? Tracking hasn't moved for three days.", "parcel", "What moved this reply"),
        ("zh-CN", "我的快递三天没动了", "快递", "是什么决定了这条回复"),
    ],
)
def test_a_reply_is_explained_word_by_word_when_asked(
    visit: Open, locale: str, question: str, word: str, title: str
) -> None:
    page = visit(locale)
    ask(page, question)
    page.locator("#rd-panel .rd-why").click()
    part = page.locator("#rd-panel .rd-explained")
    expect(part.get_by_role("heading")).to_have_text(title)
    expect(part.locator(".rd-words")).to_have_text(question)
    assert word in question
    expect(page.locator("#rd-panel .rd-why")).to_have_count(0)


def test_the_panel_of_the_next_reply_is_read_from_its_beginning(visit: Open) -> None:
    page = visit(height=500)
    ask(page, "How long does a refund take?")
    page.locator(".rd-cite").last.click()
    expect(page.locator("#rd-panel .rd-open")).to_be_in_viewport()
    page.wait_for_function("document.querySelector('#rd-side').scrollTop > 0")
    ask(page, "Is my teapot on fire?")
    expect(page.locator("#rd-panel .rd-used", has_text="teapot")).to_have_count(1)
    page.wait_for_function("document.querySelector('#rd-side').scrollTop === 0")


def test_what_is_sent_while_an_answer_is_written_is_answered_next(visit: Open) -> None:
    page = visit()
    ask(page, "How long does a refund take?")
    expect(page.locator("#rd-box textarea")).to_have_value("")
    ask(page, "Where is my parcel? Tracking hasn't moved for three days.")
    expect(page.locator(".message.user .rd-said")).to_have_count(2)
    expect(page.locator(".message.bot .rd-said").nth(1)).to_contain_text("Swiftgull")
    # Enter in an empty box sends nothing.
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    ask(page, "Thanks!")
    expect(page.locator(".message.user .rd-said")).to_have_count(3)


def test_the_switch_turns_the_page_and_is_remembered(visit: Open) -> None:
    page = visit("en-GB")
    ask(page, "How long does a refund take?")
    expect(page.locator("#rd-panel")).to_contain_text("Why this answer")
    page.locator("#rd-language label", has_text="中文").click()
    expect(page.locator("#rd-panel")).to_contain_text("回答依据")
    expect(page.locator("#rd-send")).to_have_text("发送")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    # The answer keeps the customer's language.
    expect(page.locator(".message.bot .rd-said")).to_contain_text("Three to five working days")
    page.reload()
    expect(page.locator("#rd-send")).to_have_text("发送")
    expect(page.locator(".message.bot .rd-said")).to_contain_text("Three to five working days")
    page.get_by_role("button", name="新对话").click()
    expect(page.locator(".rd-hello")).to_contain_text("有什么可以帮您？")


def test_a_refused_message_comes_back_into_the_box(visit: Open) -> None:
    page = visit()
    ask(page, "x" * 201)
    expect(page.locator(".message.bot .rd-said")).to_contain_text("at most 200")
    expect(page.locator("#rd-box textarea")).to_have_value("x" * 201)


def test_a_new_conversation_begins_empty(visit: Open, store: Store) -> None:
    page = visit()
    ask(page, "How long does a refund take?")
    expect(page.locator("#rd-panel .rd-used")).to_be_visible()
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".rd-hello")).to_be_visible()
    ask(page, "How long does a refund take?")
    expect(page.locator("#rd-panel .rd-used")).to_be_visible()
    assert sorted(len(talk.messages) for talk in store.conversations()) == [2, 2]


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_a_phone_shows_the_page_without_scrolling_sideways(visit: Open, locale: str) -> None:
    page = visit(locale, 390, 844)
    ask(page, "refund please")
    expect(page.locator("#rd-talk .option").first).to_be_visible()
    expect(page.locator("#rd-panel .rd-tickets")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    # A word that nothing breaks stands in the conversation, in the reasons and in what explains them.
    ask(page, "Supercalifragilistic" * 9)
    expect(page.locator(".message.user")).to_have_count(2)
    expect(page.locator("#rd-panel .rd-tickets, #rd-panel .rd-badge").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    chat_box, panel_box = page.locator("#rd-chat").bounding_box(), page.locator("#rd-side").bounding_box()
    assert chat_box is not None
    assert panel_box is not None
    assert panel_box["y"] >= chat_box["y"] + chat_box["height"]


@pytest.mark.parametrize(
    ("locale", "question", "option", "other"),
    [
        ("en-GB", "refund please", "How long does a refund take?", "Can I change the refund card?"),
        ("zh-CN", "我要退款", "退款多久到账", "退款能退到别的卡吗"),
    ],
)
def test_quick_replies_stay_until_one_is_chosen_and_that_is_shown(
    visit: Open, locale: str, question: str, option: str, other: str
) -> None:
    page = visit(locale)
    ask(page, question)
    options = page.locator("#rd-talk .option")
    expect(options.filter(has_text=option)).to_be_visible()
    offered = options.all_inner_texts()
    page.locator("#rd-language label:not(.selected)").click()
    expect(page.locator("#rd-send")).to_have_text("Send" if locale == "zh-CN" else "发送")
    expect(options).to_have_text(offered)
    page.reload()
    expect(options).to_have_text(offered)
    # The keyboard chooses as well as the mouse.
    options.filter(has_text=option).press("Enter")
    expect(page.locator(".rd-choices .rd-chosen")).to_contain_text(option)
    expect(page.locator(".rd-choices li", has_text=other)).to_be_visible()
    expect(page.locator(".message.user .rd-said")).to_have_text([question, option])
    expect(options).to_have_count(0)


FORMS = """
[forms.change_address]
phrases = ["change the address", "改地址"]
done.en = "Thank you, {order} goes to: {place}."
done.zh = "谢谢，{order} 改送：{place}。"

[[forms.change_address.slots]]
name = "order"
kind = "order"
ask.en = "Which order is it?"
ask.zh = "请问订单号是多少？"

[[forms.change_address.slots]]
name = "place"
kind = "choice"
choices = ["Home 家", "Office 公司"]
ask.en = "Where should it go?"
ask.zh = "送到哪里？"

[[forms.change_address.slots]]
name = "date"
kind = "date"
ask.en = "From which day on?"
ask.zh = "从哪天开始？"
"""


@pytest.fixture
def forms(served: tuple[Agent, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "forms.toml"
    path.write_text(FORMS, encoding="utf-8")
    monkeypatch.setattr(served[0]._answering, "_forms", followed_forms(path))


@pytest.mark.usefixtures("forms")
@pytest.mark.parametrize(
    ("locale", "begin", "places", "again", "cancel", "stopped"),
    [
        (
            "en-GB", "change the address", ["Question 1 of 3", "Question 2 of 3", "Question 3 of 3"], "Try 2 of 3",
            "Cancel this", "I've stopped that",
        ),
        (
            "zh-CN", "改地址", ["第 1 项，共 3 项", "第 2 项，共 3 项", "第 3 项，共 3 项"], "第 2 次，最多 3 次",
            "取消填写", "已为您停止",
        ),
    ],
)  # fmt: skip
def test_a_form_is_seen_filled_and_cancelled(
    visit: Open, locale: str, begin: str, places: list[str], again: str, cancel: str, stopped: str
) -> None:
    page = visit(locale)
    form = page.locator(".rd-form")
    ask(page, begin)
    expect(form).to_contain_text(places[0])
    ask(page, "???")
    expect(form).to_contain_text(again)
    ask(page, "TW-204817")
    expect(form).to_contain_text(places[1])
    expect(form.locator(".rd-done")).to_contain_text("TW-204817")
    page.reload()
    expect(form).to_contain_text(places[1])
    page.locator("#rd-talk .option", has_text="Office").click()
    expect(form).to_contain_text(places[2])
    expect(form.locator(".rd-done").nth(1)).to_contain_text("Office")
    page.get_by_role("button", name=cancel).click()
    expect(page.locator(".message.bot .rd-said").last).to_contain_text(stopped)
    expect(page.locator("#rd-strip")).to_be_hidden()


@pytest.mark.parametrize(
    ("locale", "question", "name", "waiting", "held", "delivered"),
    [
        (
            "en-GB", "Can I talk to a person?", "Priya", "A colleague will answer here", "Priya is answering you",
            "Delivered",
        ),
        ("zh-CN", "帮我转人工", "小林", "同事会在这里回复您", "小林 正在为您服务", "已送达"),
    ],
)  # fmt: skip
def test_a_person_answers_on_the_page_without_a_reload(
    visit: Open, agent: Agent, locale: str, question: str, name: str, waiting: str, held: str, delivered: str
) -> None:
    page = visit(locale)
    ask(page, question)
    expect(page.locator(".rd-waiting")).to_contain_text(waiting)
    # The visitor's clock, not the server's.
    expect(page.locator(".rd-waiting time")).not_to_contain_text("UTC")
    [talk] = agent.store.conversations()
    write_as_person(agent.store, agent.settings, talk.id, "<b>TW-1</b>", author=name)
    expect(page.locator(".rd-by")).to_have_text(f"{name}<b>TW-1</b>")
    expect(page.locator(".rd-waiting")).to_contain_text(held)
    ask(page, question)
    expect(page.locator(".rd-delivered")).to_have_text(delivered)
    page.reload()
    expect(page.locator(".rd-delivered")).to_have_text(delivered)
    expect(page.locator(".message.bot .rd-by")).to_have_count(1)
    agent.give_back(talk.id)
    expect(page.locator("#rd-strip")).to_be_hidden()
    expect(page.locator(".message.bot")).to_have_count(3)
    assert len(agent.store.messages(talk.id)) == 5


def test_a_person_who_comes_without_having_been_asked_for_is_seen(visit: Open, agent: Agent) -> None:
    page = visit()
    ask(page, "How long does a refund take?")
    expect(page.locator("#rd-panel .rd-tickets")).to_be_visible()
    expect(page.locator("#rd-strip")).to_be_hidden()
    [talk] = agent.store.conversations()
    agent.take_over(talk.id, by="Priya")
    expect(page.locator(".rd-event")).to_have_text("Priya has joined the conversation.")
    expect(page.locator(".rd-waiting")).to_contain_text("Priya is answering you")


@pytest.mark.parametrize(
    ("locale", "width", "question", "other", "back"),
    [
        ("en-GB", 1280, "How long does a refund take?", "Can I change the refund card?", "Back to the answer"),
        ("zh-CN", 390, "退款多久到账", "退款能退到别的卡吗", "回到回答"),
    ],
)
def test_a_citation_opens_its_ticket_and_leads_back(
    visit: Open, store: Store, locale: str, width: int, question: str, other: str, back: str
) -> None:
    page = visit(locale, width, 844)
    ask(page, question)
    expect(page.locator(".rd-cite")).to_have_count(1)
    ask(page, other)
    expect(page.locator(".rd-cite")).to_have_count(2)
    card = page.locator("#rd-panel .rd-open")
    for line, asked in ((1, other), (0, question)):
        # The older reply's ticket comes back into the panel.
        page.locator(".rd-cite").nth(line).press("Enter")
        expect(card.locator(".rd-question")).to_contain_text(asked)
        expect(card).to_be_focused()
        expect(card).to_be_in_viewport()
        marked = card.locator("mark").inner_text()
        assert marked == next(ticket.answer for ticket in store.tickets() if ticket.question == asked)
        card.get_by_role("button", name=back).click()
        expect(page.locator(".rd-cite").nth(line)).to_be_focused()
        expect(page.locator(".rd-cite").nth(line)).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.locator(".rd-cite").first.click()
    expect(card).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".rd-cite").first).to_be_focused()


@pytest.mark.parametrize(
    ("locale", "question", "promise"),
    [("en-GB", "refund please", "A person set the line"), ("zh-CN", "我要退款", "由人工设定")],
)
def test_the_panel_says_where_the_dial_stands(visit: Open, locale: str, question: str, promise: str) -> None:
    page = visit(locale)
    ask(page, question)
    expect(page.locator("#rd-panel .rd-dial")).to_contain_text(promise)


def test_a_conversation_survives_a_reload_and_its_thumbs_do(visit: Open, store: Store) -> None:
    page = visit()
    ask(page, "How long does a refund take?")
    expect(page.locator("#rd-panel .rd-used")).to_be_visible()
    page.get_by_role("button", name="Wrong intent").click()
    assert verdicts(store, 1) == [("wrong_intent", "", "chat")]
    page.reload()
    expect(page.locator(".message.user .rd-said")).to_have_text(["How long does a refund take?"])
    expect(page.locator("#rd-panel .rd-used")).to_be_visible()
    expect(page.locator(".extra-feedback-option[style*=bold]")).to_have_text("Wrong intent")
    ask(page, "Can I change the refund card?")
    expect(page.locator(".message.bot .rd-said")).to_have_count(2)
    [talk] = store.conversations()
    assert len(talk.messages) == 4


def test_a_browser_that_names_another_conversation_sees_and_says_nothing_in_it(visit: Open, agent: Agent) -> None:
    stranger = agent.reply("My secret question", conversation="zendesk:17", channel="chat")
    page = visit()
    ask(page, "How long does a refund take?")
    expect(page.locator("#rd-panel .rd-used")).to_be_visible()
    mine = page.evaluate("localStorage.getItem('replydesk-conversation')")
    assert mine and "zendesk" not in mine
    page.evaluate("localStorage.setItem('replydesk-conversation', 'zendesk:17')")
    page.reload()
    expect(page.locator(".rd-hello")).to_be_visible()
    ask(page, "How long does a refund take?")
    expect(page.locator(".message.bot .rd-said")).to_have_count(1)
    assert len(agent.store.messages(stranger.conversation)) == 2
