"""The agent: answers in the customer's language, keeps the evidence, learns from verdicts, follows releases."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from replydesk.data.errors import NotFoundError, ReleaseError, RequestError
from replydesk.data.home import Home
from replydesk.data.settings import DataSettings, DialogSettings, RetrievalSettings, Settings
from replydesk.dialog import reasons
from replydesk.dialog.agent import Agent
from replydesk.dialog.incoming import Incoming
from replydesk.dialog.intents import IntentHead
from replydesk.dialog.release import Release
from replydesk.dialog.releases import Releases
from replydesk.dialog.reply import Reply
from replydesk.dialog.skills import Skills, Thresholds
from replydesk.dialog.suggest.suggesting import SuggestionRequest, suggestions
from replydesk.retrieval.reranking.cross_encoder import CrossEncoder
from replydesk.retrieval.reranking.reranker import UNTRAINED_LATE, RerankScorer, TrainedReranker, ticket_text
from tests.conftest import DESK

ASKED = {
    language: [question for intent in DESK.values() for question in intent[language][0]] for language in ("en", "zh")
}


@pytest.fixture
def agent(desk: Home) -> Iterator[Agent]:
    agent = Agent.open(desk)
    yield agent
    agent.store.close()


def with_settings(desk: Home, **sections: object) -> Agent:
    settings = Settings.load(desk.settings)
    return Agent.open(desk, settings.model_copy(update=sections))


def train(agent: Agent, key: str, *, parent: str = "") -> Release:
    """Save a release whose only intents are its own name and 'other'."""
    weights = np.zeros((2, 32))
    head = IntentHead((f"intent_{key}", "other"), weights, np.array([1.0, 0.0]))
    skills = {agent.matcher.encoder_id("en"): Skills(head)}
    release = Release(key, datetime(2026, 11, 1, tzinfo=UTC), skills, parent)
    assert agent.releases is not None
    agent.releases.save(release, {}, "")
    return release


def corrupt(home: Home, key: str) -> None:
    next((home.releases / key).rglob("head.npz")).write_bytes(b"torn")


@pytest.mark.parametrize(
    ("text", "language", "answer"),
    [
        (
            "When do I get my money back?",
            "en",
            "Refunds reach your card five working days after we receive the return.",
        ),
        ("退款什么时候到账?", "zh", "我们收到退货后，退款五个工作日内退回原卡。"),
        ("where is MY parcel?", "en", "I am sorry it is late. The carrier will deliver your parcel"),
    ],
)
def test_answers_come_from_the_customer_s_language(agent: Agent, text: str, language: str, answer: str) -> None:
    reply = agent.reply(text)
    assert (reply.action, reply.reading.language) == ("pick", language)
    assert reply.text.startswith(answer)
    assert reply.text == reply.hits[0].ticket.answer
    assert reply.hits[0].ticket.language == language
    assert reply.confidence == reply.hits[0].score


@pytest.mark.parametrize("text", ["my parcel has not moved for days", "快递什么时候到啊"])
def test_composing_is_asked_whether_a_promise_is_to_be_kept(
    desk: Home, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    asked: list[object] = []
    monkeypatch.setattr("replydesk.dialog.answering.wants_composing", lambda *_, promised: bool(asked.append(promised)))
    for settings in (DialogSettings(max_wrong=0.5), DialogSettings(pick_above=0.99)):
        agent = with_settings(desk, dialog=settings)
        agent.reply(text)
        agent.store.close()
    assert asked == [True, False]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("the parcel arrived broken and late, where is my refund", "Which of these do you mean exactly?"),
        ("我的快递三天没动了，台灯打不开", "请问具体是下面哪一种情况？"),
    ],
)
def test_who_is_sure_of_what_and_not_of_which_kind_asks_which(desk: Home, text: str, said: str) -> None:
    with sa.create_engine(f"sqlite:///{desk.database}").begin() as connection:
        for old, new in (("delivery_delay", "parcel/late"), ("broken_item", "parcel/broken")):
            connection.execute(
                sa.text("UPDATE tickets SET intent = :new WHERE intent = :old"), {"new": new, "old": old}
            )
    agent = with_settings(desk, dialog=DialogSettings(pick_above=1.0, ask_above=0.0))
    names = ("parcel/late", "parcel/broken", "refund_status")
    head = IntentHead(names, np.zeros((3, 32)), np.array([3.0, 2.9, 0.0]))
    agent.use(Release("paths", datetime(2026, 11, 1, tzinfo=UTC), {agent.matcher.encoder_id("en"): Skills(head)}))
    agent.releases = None
    reply = agent.answer(Incoming(text, language="zh" if "快" in text else "en"))
    document = reply.document()
    assert (document["action"], document["node"]["name"], document["node"]["backed_off"]) == ("ask", "parcel", True)
    assert document["text"].endswith(said) and "parcel" in document["reasons"][0]
    asked = {option["value"]: None for option in document["options"]}
    kinds = [hit.ticket.intent for hit in reply.hits if hit.ticket.question in asked]
    assert sorted(kinds) == ["parcel/broken", "parcel/late"]
    flat = with_settings(desk, dialog=DialogSettings(pick_above=1.0, ask_above=0.0, label_separator=""))
    flat.use(agent.release())
    flat.releases = None
    other = flat.answer(Incoming(text, language=reply.reading.language))
    assert (other.action, other.document()["node"]) == ("ask", None) and not other.text.endswith(said)
    agent.store.close()
    flat.store.close()


@pytest.mark.parametrize(
    ("text", "said"),
    [("I want to talk to a human", "I'm passing you to a colleague"), ("请转人工，谢谢", "正在为您转接人工客服")],
)
def test_a_wish_for_a_person_is_granted_in_the_customer_s_language(agent: Agent, text: str, said: str) -> None:
    reply = agent.reply(text)
    assert reply.handoff is not None
    assert (reply.action, reply.handoff.reason, reply.citations) == ("handoff", "asked_for_person", ())
    assert said in reply.text
    assert text in reply.handoff.summary


def test_the_language_sticks_to_a_conversation(agent: Agent) -> None:
    first = agent.reply("我的快递三天没动了")
    follow = agent.reply("TW-1042 ok", conversation=first.conversation)
    assert follow.reading.language == "zh"
    assert agent.reply("TW-1042 ok").reading.language == "en"
    turned = agent.reply("please answer me in English, where is it?", conversation=first.conversation)
    assert turned.reading.language == "en"


def test_the_language_may_be_given(agent: Agent) -> None:
    assert agent.reply("Where is my parcel?", language="zh").reading.language == "zh"


def test_both_messages_are_stored_with_the_evidence(agent: Agent) -> None:
    reply = agent.reply("Where is my parcel?", customer="mei@example.com", channel="web")
    conversation = agent.store.conversation(reply.conversation)
    asked, said = conversation.messages
    assert (asked.role, asked.text, asked.language) == ("customer", "Where is my parcel?", "en")
    assert (said.id, said.role, said.text, said.author) == (reply.id, "bot", reply.text, "untrained")
    assert (conversation.channel, conversation.customer[:2]) == ("web", "c-")
    assert "mei" not in conversation.customer
    assert asked.author == conversation.customer
    assert agent.store.reply(reply.id) == reply.document()
    assert agent.store.reply(reply.id)["hits"][0]["ticket"] == reply.hits[0].ticket.id


def test_a_reply_costs_few_statements(agent: Agent) -> None:
    agent.reply("Where is my parcel?")
    asked: list[str] = []
    sa.event.listen(agent.store._engine, "before_cursor_execute", lambda *told: asked.append(told[2].split()[0]))
    agent.reply("The handle of the vase came off")
    # What changed; tickets with their curation; then conversation, messages and reply in one transaction.
    assert asked == ["SELECT", "SELECT", "BEGIN", "INSERT", "INSERT", "INSERT"]


def test_answering_without_replying_stores_nothing(agent: Agent) -> None:
    before = agent.store.counts()
    agent.answer(Incoming("Where is my parcel?", language="en"))
    agent.search("Where is my parcel?")
    assert agent.store.counts() == before


@pytest.mark.parametrize(
    ("text", "secret", "mask"),
    [
        ("Where is my parcel? Mail mei@example.com", "mei@example.com", "<EMAIL_1>"),
        ("我的快递三天没动了，电话13800138000", "13800138000", "<PHONE_1>"),
    ],
)
def test_what_identifies_a_person_is_masked_before_it_is_stored(
    agent: Agent, text: str, secret: str, mask: str
) -> None:
    reply = agent.reply(text)
    agent.judge(reply.id, "edited", correction=f"We write to {secret}.")
    stored = str(agent.store.conversation(reply.conversation)) + str(agent.store.reply(reply.id))
    stored += str(list(agent.store.tickets())) + str(agent.store.verdicts())
    assert secret not in stored
    assert mask in stored
    assert mask in agent.store.messages(reply.conversation)[0].text


def test_letters_of_full_width_are_read_like_any(agent: Agent) -> None:
    assert agent.reply("Ｈｉ！").ground == "small_talk"
    asked = agent.reply("Ｐｌｅａｓｅ ｃａｎｃｅｌ ｍｙ ｏｒｄｅｒ ＴＷ－２０４８１７")
    assert asked.state.slots == {"order": "TW-204817"}
    assert asked.state.asked == "Please cancel my order TW-204817"
    # Marks of Chinese sentences are as they were.
    assert agent.reply("帮我取消订单，谢谢！").state.asked == "帮我取消订单，谢谢！"


@pytest.mark.parametrize("text", ["", "   \n", "\u200b"])
def test_an_empty_message_is_refused(agent: Agent, text: str) -> None:
    before = agent.store.counts()
    with pytest.raises(RequestError, match="empty"):
        agent.reply(text)
    assert agent.store.counts() == before


def test_a_too_long_message_is_refused(agent: Agent) -> None:
    with pytest.raises(RequestError, match="4001 characters, 4000 are allowed") as caught:
        agent.reply("长" * 4001)
    assert "ui.max_text" in caught.value.hint
    assert agent.reply("长" * 4000).action


def test_an_unknown_filter_is_refused_and_nothing_stored(agent: Agent) -> None:
    before = agent.store.counts()
    with pytest.raises(RequestError, match="colour"):
        agent.reply("Where is my parcel?", filters={"colour": "red"})
    assert agent.store.counts() == before


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("source", "nope", "Known: canned, agent, article."),
        ("language", "cn", "Known: en, zh."),
        ("intent", "refunds", "Known: broken_item, cancel_order, change_address, delivery_delay, refund_status."),
    ],
)
def test_a_value_that_no_filter_can_have_is_told_with_those_there_are(
    agent: Agent, name: str, value: str, hint: str
) -> None:
    before = agent.store.counts()
    for asked in (
        lambda: agent.reply("Where is my parcel?", filters={name: value}),
        # What is answered without looking for anything is told it, too.
        lambda: agent.reply("你好", filters={name: value}),
        lambda: agent.search("Where is my parcel?", filters={name: value}),
        lambda: suggestions(agent, SuggestionRequest("Where is my parcel?", filters={name: value})),
    ):
        with pytest.raises(RequestError) as caught:
            asked()
        assert (caught.value.where, caught.value.hint) == (f"filters.{name}", hint)
    assert agent.store.counts() == before


def test_authors_and_tags_are_free_and_an_intent_of_the_release_needs_no_ticket(agent: Agent) -> None:
    for filters in ({"author": "nobody"}, {"tags": "none"}, {"source": "article"}):
        assert agent.search("Where is my parcel?", filters=filters) == []
    agent.releases = None
    head = IntentHead(("refund", "other"), np.zeros((2, 32)), np.zeros(2))
    agent.use(Release("r", datetime(2026, 11, 1, tzinfo=UTC), {agent.matcher.encoder_id("en"): Skills(head)}))
    assert agent.search("Where is my parcel?", filters={"intent": "refund"}) == []


def test_filters_choose_among_the_tickets(agent: Agent) -> None:
    reply = agent.reply("Where is my parcel?", filters={"intent": "refund_status"})
    assert {hit.ticket.intent for hit in reply.hits} == {"refund_status"}


def test_settings_draw_the_lines(desk: Home) -> None:
    eager = with_settings(desk, dialog=DialogSettings(pick_above=0.0, hits_shown=2))
    reply = eager.reply("my lamp parcel", filters={"intent": "delivery_delay"})
    assert (reply.action, len(reply.hits)) == ("pick", 2)
    shy = with_settings(desk, dialog=DialogSettings(pick_above=1.0, ask_above=1.0))
    assert shy.reply("my lamp parcel").action == "handoff"
    asking = with_settings(desk, dialog=DialogSettings(pick_above=1.0, ask_above=0.0, hits_shown=1))
    reply = asking.reply("my lamp parcel")
    assert reply.action == "ask"
    assert {option.value for option in reply.options} <= {hit.ticket.question for hit in reply.hits}


@pytest.mark.parametrize("kind", ["good", "wrong", "wrong_intent", "taken_over"])
def test_a_verdict_is_stored_once(agent: Agent, kind: str) -> None:
    reply = agent.reply("Where is my parcel?")
    for _ in range(2):
        verdict = agent.judge(reply.id, kind, intent="refund_status", by="Bo")  # type: ignore[arg-type]
    (stored,) = agent.store.verdicts(reply=reply.id)
    assert (stored.kind, stored.intent, stored.by, stored.conversation) == (
        kind,
        "refund_status",
        "Bo",
        reply.conversation,
    )
    assert stored.id == verdict.id
    assert agent.store.counts()["tickets"] == 40


@pytest.mark.parametrize(
    ("question", "correction"),
    [
        ("Where is my parcel?", "It arrives on Monday; here is the carrier's number."),
        ("我的快递三天没动了", "周一会送到，这是承运商的电话。"),
        ("Do you have a shop on Malta?", "No, but we ship there."),
        ("澳门有实体店吗？", "没有，但可以寄过去。"),
    ],
)
def test_a_correction_answers_the_same_question_at_once_everywhere(
    agent: Agent, desk: Home, question: str, correction: str
) -> None:
    other = Agent.open(desk)
    other.reply(question)
    wrong = agent.reply(question)
    agent.judge(wrong.id, "edited", correction=correction, by="Bo")
    for one in (agent, other):
        reply = one.reply(f" {question.upper()} ")
        assert (reply.action, reply.text) == ("pick", correction)
        assert (reply.hits[0].exact, reply.hits[0].ticket.author) == (True, "Bo")


def test_a_correction_beats_the_older_answer_under_a_trained_release(agent: Agent) -> None:
    from dataclasses import replace

    from replydesk.retrieval.calibration import HitScorer

    head = IntentHead(("delivery_delay", "other"), np.zeros((2, 32)), np.array([5.0, 0.0]))
    skills = Skills(head, scorer=HitScorer((4.0, 1.0, 1.0, 3.0, -2.0), -4.0))
    agent.use(replace(agent.release(), id="trained", skills={agent.matcher.encoder_id("en"): skills}))
    reply = agent.reply("Where is my parcel?")
    agent.judge(reply.id, "edited", correction="On Monday.")
    assert agent.reply("Where is my parcel?").text == "On Monday."


def test_a_correction_may_be_kept_without_being_learned(agent: Agent) -> None:
    reply = agent.reply("Where is my parcel?")
    agent.judge(reply.id, "edited", correction="On Monday.", learn=False)
    assert agent.store.verdicts(reply=reply.id)[0].correction == "On Monday."
    assert agent.reply("Where is my parcel?").text == reply.text


def test_a_correction_keeps_what_was_said_before(agent: Agent) -> None:
    first = agent.reply("Do you sell the mug in blue?")
    second = agent.reply("in red?", conversation=first.conversation)
    agent.judge(second.id, "edited", correction="Red mugs come in May.")
    (ticket,) = [t for t in agent.store.tickets() if t.answer == "Red mugs come in May."]
    assert (ticket.question, ticket.context) == ("in red?", ("Do you sell the mug in blue?", first.text))


@pytest.mark.parametrize("kept", [0, 1, 2, 3])
@pytest.mark.parametrize("questions", [("Do you sell the mug in blue?", "in red?"), ("杯子有蓝色的吗？", "红色的呢？")])
def test_a_correction_keeps_as_much_as_the_settings_say(desk: Home, questions: tuple[str, str], kept: int) -> None:
    agent = with_settings(desk, data=DataSettings(context_messages=kept))
    first = agent.reply(questions[0])
    second = agent.reply(questions[1], conversation=first.conversation)
    agent.judge(second.id, "edited", correction="May.")
    (ticket,) = [t for t in agent.store.tickets() if t.answer == "May."]
    assert ticket.context == (questions[0], first.text)[max(0, 2 - kept) :]
    agent.store.close()


def test_verdicts_that_make_no_sense_are_refused(agent: Agent) -> None:
    reply = agent.reply("Where is my parcel?")
    with pytest.raises(RequestError, match="correction"):
        agent.judge(reply.id, "edited", correction="  ")
    with pytest.raises(NotFoundError, match="no such reply"):
        agent.judge("nobody", "good")
    assert agent.store.verdicts() == []


@pytest.mark.parametrize(("text", "language"), [("my parcel is late", "en"), ("包裹怎么没到", "zh")])
def test_search_gives_hits_and_decides_nothing(agent: Agent, text: str, language: str) -> None:
    hits = agent.search(text, k=4)
    assert len(hits) == 4
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert {hit.ticket.language for hit in agent.search(text, filters={"language": language})} == {language}


def test_warming_up_makes_ready(agent: Agent, desk: Home) -> None:
    assert agent.ready()["ready"] is False
    agent.warm_up()
    assert agent.ready() == {"ready": True, "release": "untrained", "trouble": "", "alerts": [], **agent.store.counts()}
    assert agent.store.counts()["replies"] == 0
    assert len(list(desk.indexes.iterdir())) == 1


def test_a_missing_encoder_is_said_when_asked_for_readiness(desk: Home, caplog: pytest.LogCaptureFixture) -> None:
    missing = str(desk.folder / "nowhere")
    agent = with_settings(desk, retrieval=RetrievalSettings(english_encoder=missing, other_encoder=missing))
    agent.warm_up()
    assert agent.ready()["ready"] is False
    assert "encoder cannot be loaded" in agent.ready()["trouble"]
    assert "Not ready" in caplog.text


def test_a_running_agent_follows_what_is_promoted(agent: Agent, desk: Home) -> None:
    assert agent.reply("hello there everyone").release == "untrained"
    train(agent, "a")
    train(agent, "b", parent="a")
    elsewhere = Releases(desk)
    for key in ("a", "b"):
        elsewhere.promote(key)
        reply = agent.reply("hello there everyone")
        assert (reply.release, reply.reading.intents[0].name) == (key, f"intent_{key}")
    elsewhere.rollback()
    assert agent.reply("hello there everyone").release == "a"


def test_a_broken_release_is_not_taken(agent: Agent, desk: Home, caplog: pytest.LogCaptureFixture) -> None:
    for key in ("a", "b", "c"):
        train(agent, key)
    Releases(desk).promote("a")
    assert agent.release().id == "a"
    Releases(desk).promote("b")
    corrupt(desk, "b")
    with caplog.at_level(logging.ERROR):
        assert [agent.reply("hello there").release for _ in range(3)] == ["a", "a", "a"]
    assert len([record for record in caplog.records if "Kept release a" in record.message]) == 1
    Releases(desk).promote("c")
    assert agent.reply("hello there").release == "c"


@pytest.mark.parametrize("pointer", ["gone", "../releases/a", "", "\n"])
def test_a_pointer_to_nothing_keeps_the_release_in_memory(agent: Agent, desk: Home, pointer: str) -> None:
    train(agent, "a")
    Releases(desk).promote("a")
    assert agent.release().id == "a"
    desk.current.write_text(pointer)
    assert agent.reply("hello there").release == "a"


def test_opening_a_home_whose_release_is_broken_is_an_error(agent: Agent, desk: Home) -> None:
    train(agent, "a")
    Releases(desk).promote("a")
    corrupt(desk, "a")
    with pytest.raises(ReleaseError, match="damaged"):
        Agent.open(desk)


def test_a_release_knows_only_its_own_encoder(agent: Agent) -> None:
    skills = Skills(IntentHead(("x", "y"), np.zeros((2, 7)), np.zeros(2)), thresholds=Thresholds(1.1, 1.1, 1.1))
    agent.use(Release("other", datetime(2026, 11, 1, tzinfo=UTC), {"another-encoder": skills}))
    reply = agent.answer(Incoming("Where is my parcel?", language="en"))
    assert (reply.release, reply.reading.intents, reply.action) == ("other", (), "pick")


def test_threads_reply_while_releases_change(agent: Agent, desk: Home) -> None:
    for key in ("a", "b"):
        train(agent, key)
    releases = Releases(desk)
    releases.promote("a")
    done = threading.Event()

    def promote() -> int:
        count = 0
        while not done.is_set():
            releases.promote("b" if releases.current_id() == "a" else "a")
            count += 1
        return count

    def ask(number: int) -> Reply:
        # Every conversation asks ten different questions; the same again would say that the answer failed.
        return agent.reply(ASKED["en" if number % 2 else "zh"][number // 12], conversation=f"c{number % 12}")

    with ThreadPoolExecutor(9) as pool:
        promoting = pool.submit(promote)
        try:
            replies = list(pool.map(ask, range(120)))
        finally:
            done.set()
    assert promoting.result() > 1
    assert {reply.action for reply in replies} <= {"pick", "ask"}
    assert {reply.release for reply in replies} == {"a", "b"}
    for reply in replies:
        assert reply.reading.intents[0].name == f"intent_{reply.release}"
        assert agent.store.reply(reply.id)["release"] == reply.release
    assert len({reply.id for reply in replies}) == 120
    for number in range(12):
        roles = [message.role for message in agent.store.messages(f"c{number}")]
        assert roles == ["customer", "bot"] * 10


def test_placeholders_are_those_of_the_conversation(agent: Agent) -> None:
    for text in ("My number is 07700 900123", "Or ring 07700 900456", "No, 07700 900123 is better"):
        agent.reply(text, conversation="phones")
    said = [m.text for m in agent.store.messages("phones") if m.role == "customer"]
    assert said == ["My number is <PHONE_1>", "Or ring <PHONE_2>", "No, <PHONE_1> is better"]


def with_reranker(desk: Home, folder: Path, key: str = "2026-11-02-aaaa", *, parent: str = "") -> Agent:
    """Promote a release with the tiny cross-encoder, whose logits decide alone, and return an agent of the home."""
    agent = Agent.open(desk, Settings.load(desk.settings))
    trained = TrainedReranker(folder, RerankScorer(0.0, 1.0, 0.0))
    skills = {agent.matcher.encoder_id("en"): Skills(reranker=trained)}
    releases = Releases(desk)
    releases.save(Release(key, datetime(2026, 11, 2, tzinfo=UTC), skills, parent), {}, "")
    releases.promote(key)
    return agent


PARAPHRASES = [("my parcel is so late", "en"), ("快递怎么还没送到啊", "zh")]


@pytest.mark.parametrize(("text", "language"), PARAPHRASES)
def test_the_best_hits_are_reranked_before_the_decision(
    desk: Home, tiny_cross_encoder: Path, text: str, language: str
) -> None:
    agent = with_reranker(desk, tiny_cross_encoder)
    hits = agent.matcher.find(text, language=language)
    logits = CrossEncoder(tiny_cross_encoder, runtime="torch").logits(text, [ticket_text(hit.ticket) for hit in hits])
    chances = 1 / (1 + np.exp(-logits))
    order = np.argsort(-chances)
    reply = agent.reply(text, language=language)
    assert reply.reranked == reply.document()["reranked"] == "done"
    assert reply.milliseconds["rerank"] > 0
    assert [hit.ticket.id for hit in reply.hits] == [hits[place].ticket.id for place in order[: len(reply.hits)]]
    np.testing.assert_allclose([hit.score for hit in reply.hits], chances[order][: len(reply.hits)], atol=1e-4)
    assert reply.confidence == pytest.approx(float(chances.max()), abs=1e-4)
    found = agent.search(text, language=language)
    assert [hit.ticket.id for hit in found] == [hits[place].ticket.id for place in order]


@pytest.mark.parametrize(("text", "language"), PARAPHRASES)
def test_under_load_reranking_is_skipped_and_the_reply_says_so(
    desk: Home, tiny_cross_encoder: Path, text: str, language: str
) -> None:
    agent = with_reranker(desk, tiny_cross_encoder)
    assert agent.reply(text, language=language).reranked == "done"
    [reranking] = agent._looking.rerankings.values()
    plain = agent.matcher.find(text, language=language)
    # Another message holds the model, and nothing can be done within a microsecond.
    with reranking.budget.turn([1]) as admitted, pytest.MonkeyPatch.context() as patch:
        assert admitted
        patch.setattr(reranking.budget, "milliseconds", 0.001)
        reply = agent.reply(text, language=language)
    assert reply.reranked == "skipped"
    assert reply.reasons[-1] == reasons._SKIPPED[language]
    assert [(hit.ticket.id, hit.score) for hit in reply.hits] == [(h.ticket.id, h.score) for h in plain[:3]]


def test_an_exact_question_is_not_reranked(desk: Home, tiny_cross_encoder: Path) -> None:
    reply = with_reranker(desk, tiny_cross_encoder).reply("Where is my parcel?")
    assert (reply.action, reply.reranked) == ("pick", "off")


def test_without_a_budget_it_is_off(desk: Home, tiny_cross_encoder: Path) -> None:
    with_reranker(desk, tiny_cross_encoder)
    settings = Settings.load(desk.settings)
    never = settings.retrieval.model_copy(update={"rerank_budget_ms": 0})
    agent = Agent.open(desk, settings.model_copy(update={"retrieval": never}))
    assert agent.reply("my parcel is so late").reranked == "off"
    assert not agent._looking.rerankings


def test_a_rollback_takes_the_reranker_with_it(desk: Home, tiny_cross_encoder: Path) -> None:
    first = Agent.open(desk)
    train(first, "2026-11-01-aaaa")
    Releases(desk).promote("2026-11-01-aaaa")
    before = [hit.score for hit in Agent.open(desk).search("my parcel is so late", k=3)]
    agent = with_reranker(desk, tiny_cross_encoder, parent="2026-11-01-aaaa")
    agent.warm_up()
    assert len(agent._looking.rerankings) == 1, "warming up loads it"
    assert agent.reply("my parcel is so late").reranked == "done"
    assert [hit.score for hit in agent.search("my parcel is so late", k=3)] != before
    Releases(desk).rollback()
    assert [hit.score for hit in agent.search("my parcel is so late", k=3)] == pytest.approx(before)


@pytest.mark.parametrize(("text", "language"), [("my parcel is so very late", "en"), ("包裹怎么还没有送到呢", "zh")])
def test_without_a_cross_encoder_words_are_compared(desk: Home, text: str, language: str) -> None:
    agent = Agent.open(desk)
    reply = agent.answer(Incoming(text, language=language))
    assert reply.reranked == "done"
    late = agent.matcher.late_interaction(language)
    assert late is not None
    vector = agent.matcher.encode(text, language=language)
    first = agent.matcher.find(text, language=language, vector=vector, unfamiliar=reply.reading.out_of_scope)
    logits = late.logits(text, [hit.ticket.question for hit in first])
    chances = UNTRAINED_LATE.probabilities([hit.score for hit in first], logits)
    expected = dict(zip([hit.ticket.id for hit in first], chances.tolist(), strict=True))
    assert {hit.ticket.id: pytest.approx(hit.score) for hit in reply.hits}.items() <= expected.items()
    assert reply.hits[0].score == pytest.approx(max(chances))


def test_a_release_says_whether_words_are_compared(desk: Home) -> None:
    agent = Agent.open(desk)
    key = agent.matcher.encoder_id("en")
    kept = Release("kept", datetime(2026, 11, 1, tzinfo=UTC), {key: Skills(late=RerankScorer(1.0, 3.0, -1.5))})
    dropped = Release("dropped", datetime(2026, 11, 2, tzinfo=UTC), {key: Skills(late=None)})
    for release in (kept, dropped):
        Releases(desk).save(release, {}, "")
        assert Releases(desk).load(release.id).skills[key].late == release.skills[key].late
    agent.use(dropped)
    assert agent.answer(Incoming("my parcel is so late", language="en")).reranked == "off"
    agent.use(kept)
    assert agent.answer(Incoming("my parcel is so late", language="en")).reranked == "done"


def test_a_release_whose_reranker_is_broken_is_not_taken(
    desk: Home, tiny_cross_encoder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    agent = with_reranker(desk, tiny_cross_encoder)
    assert agent.reply("my parcel is so late").release == "2026-11-02-aaaa"
    with_reranker(desk, tiny_cross_encoder, "2026-11-03-bbbb")
    next((desk.releases / "2026-11-03-bbbb").rglob("model.safetensors")).write_bytes(b"torn")
    with caplog.at_level(logging.ERROR):
        reply = agent.reply("my parcel is so late")
    assert (reply.release, reply.reranked) == ("2026-11-02-aaaa", "done")
    assert "Kept release 2026-11-02-aaaa" in caplog.text


def test_damaged_rules_are_told_and_take_nothing_down(desk: Home) -> None:
    (desk.folder / "rules.toml").write_text("[[rule]]", encoding="utf-8")
    agent = Agent.open(desk)
    assert agent.reply("Where is my parcel?").text
    assert "rules.toml is not used" in agent.ready()["trouble"]


def test_what_looking_for_each_part_took_is_told_of_the_reply(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    look, looks = agent._looking.look, []

    def counted(*args: object, **named: object) -> object:
        found = look(*args, **named)  # type: ignore[arg-type]
        found.milliseconds["search"] = 1000.0
        looks.append(found.parts)
        return found

    monkeypatch.setattr(agent._looking, "look", counted)
    one, other = agent.reply(ASKED["en"][0]), agent.reply(f"{ASKED['en'][0]} Do you also repair old copper kettles?")
    # The message as a whole, and each of its two parts.
    assert (one.milliseconds["search"], other.milliseconds["search"], len(looks)) == (1000.0, 3000.0, 4)
