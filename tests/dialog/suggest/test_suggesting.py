"""Suggesting: different answers in the order of their likeness, kept in the store, and learned from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from replydesk.data.errors import ConflictError, NotFoundError, RequestError
from replydesk.data.home import Home
from replydesk.data.records import Ticket, same_text
from replydesk.data.settings import DialogSettings, Settings
from replydesk.dialog.agent import Agent
from replydesk.dialog.intents import IntentHead
from replydesk.dialog.release import Release
from replydesk.dialog.skills import Skills
from replydesk.dialog.suggest.judging import judge_suggestion
from replydesk.dialog.suggest.ranker import FEATURES, Ranker
from replydesk.dialog.suggest.suggesting import SuggestionRequest, suggestions
from replydesk.dialog.suggest.suggestion import Suggestions

ASKED = {"en": "When do I get my money back?", "zh": "退款什么时候到账？"}


@pytest.fixture
def agent(desk: Home) -> Iterator[Agent]:
    agent = opened(desk, explore=0.0)
    yield agent
    agent.store.close()


def opened(desk: Home, *, explore: float) -> Agent:
    settings = Settings.load(desk.settings)
    return Agent.open(desk, settings.model_copy(update={"dialog": DialogSettings(explore=explore)}))


def ask(agent: Agent, text: str, **rest: object) -> Suggestions:
    return suggestions(agent, SuggestionRequest(text, **rest))  # type: ignore[arg-type]


def with_ranker(agent: Agent, **weights: float) -> None:
    """Let a release answer whose ranker weighs only these features."""
    ranker = Ranker(tuple(weights.get(name, 0.0) for name in FEATURES), 0.0)
    release = Release(
        "ranked", datetime(2026, 11, 1, tzinfo=UTC), {agent.matcher.encoder_id("en"): Skills(ranker=ranker)}
    )
    agent.releases = None
    agent.use(release)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_cold_start_is_the_order_of_the_search(agent: Agent, language: str) -> None:
    found = ask(agent, ASKED[language])
    order = [hit.ticket.id for hit in agent.search(ASKED[language], k=20)]
    shown = [item.ticket for item in found.items]
    assert len(shown) == 3
    assert [order.index(ticket) for ticket in shown] == sorted(order.index(ticket) for ticket in shown)
    assert shown[0] == order[0]
    assert [item.position for item in found.items] == [1, 2, 3]
    assert {item.propensity for item in found.items} == {1.0}
    assert found.about["ranker"] == "similarity"
    exact = {"en": "A past ticket asks exactly this.", "zh": "历史工单里有一模一样的问题。"}
    assert found.items[0].why[0] == exact[language]


@pytest.mark.parametrize(
    ("question", "answers"),
    [
        (
            "Can I collect it in the shop?",
            ("Yes, at the shop in Leeds, from ten to six.", "Yes, at the shop in Leeds, from ten to six!"),
        ),
        ("可以到店自提吗？", ("可以，到店出示取件码即可。", "可以，到店出示取件码即可！")),
    ],
)
def test_no_two_answers_say_the_same(agent: Agent, question: str, answers: tuple[str, str]) -> None:
    language = "zh" if question[0] > "z" else "en"
    for answer in answers:
        agent.store.add_ticket(Ticket.make(question, answer, source="canned", language=language))
    found = ask(agent, question)
    assert len({same_text(item.text).rstrip("!.。！") for item in found.items}) == 3


@pytest.mark.parametrize(
    ("source", "tags", "kind"),
    [("canned", (), "macro"), ("article", (), "article"), ("article", ("product",), "product")],
)
def test_the_next_macro_or_article_stands_beside(agent: Agent, source: str, tags: tuple[str, ...], kind: str) -> None:
    ticket = Ticket.make(
        "When do I get my money back, please?",
        "Our help page on refunds has all the dates.",
        source=source,  # type: ignore[arg-type]
        language="en",
        tags=tags,
    )
    agent.store.add_ticket(ticket)
    found = ask(agent, ASKED["en"], k=1)
    assert found.beside is not None
    assert (found.beside.ticket, found.beside.kind, found.beside.position) == (ticket.id, kind, 2)


def test_where_no_macro_fits_none_stands_beside(agent: Agent) -> None:
    assert ask(agent, ASKED["en"], k=1).beside is None


def test_everything_is_stored_as_it_was_sent_and_masked(agent: Agent) -> None:
    found = ask(agent, "Refund to ann@mail.example please", customer="Ann", channel="web", by="Emma")
    document = agent.store.suggestion(found.id).document
    assert document == found.document()
    assert "ann@mail" not in document["text"]
    assert document["customer"].startswith("c-")
    assert (document["by"], document["channel"], document["explore"]) == ("Emma", "web", 0.0)
    assert set(document["items"][0]["features"]) == set(FEATURES)
    assert Suggestions.from_document(document).document() == document


def test_the_same_id_gets_the_same_and_another_message_is_refused(agent: Agent) -> None:
    first = ask(agent, ASKED["en"], id="r-1")
    agent.store.add_ticket(Ticket.make(ASKED["en"], "Something new altogether.", source="canned", language="en"))
    assert ask(agent, ASKED["en"], id="r-1").document() == first.document()
    with pytest.raises(ConflictError, match="another message"):
        ask(agent, "Please cancel my order", id="r-1")


def test_without_a_text_it_is_the_customer_s_last_message(agent: Agent) -> None:
    agent.reply(ASKED["zh"], conversation="talk", customer="li", channel="web")
    found = ask(agent, "", conversation="talk")
    assert (found.about["text"], found.about["language"], found.about["channel"]) == (ASKED["zh"], "zh", "web")
    assert found.about["customer"].startswith("c-")
    # Its own answer does not count as a failure: the message is taken as it was first written.
    assert found.items[0].text == "我们收到退货后，退款五个工作日内退回原卡。"
    with pytest.raises(NotFoundError, match="no such conversation"):
        ask(agent, "", conversation="nowhere")
    with pytest.raises(RequestError, match="no message"):
        ask(agent, " ")


def test_the_last_message_sent_once_more_is_still_the_last(agent: Agent) -> None:
    text = "I am ann@mail.example, when do I get my money back?"
    reply = agent.reply(text, conversation="talk")
    found = ask(agent, text, conversation="talk")
    assert (found.about["meant"], found.about["text"]) == ("", "I am <EMAIL_1>, when do I get my money back?")
    assert found.items[0].ticket == reply.hits[0].ticket.id


def test_a_follow_up_is_read_with_its_conversation(agent: Agent) -> None:
    agent.reply("where is my refund", conversation="talk")
    assert ask(agent, "and for the lamp?", conversation="talk").about["meant"] == "where is my refund for the lamp"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_the_customer_was_told_before_is_known(agent: Agent, language: str) -> None:
    agent.reply(ASKED[language], customer="ann")
    first = ask(agent, ASKED[language], customer="ann").items[0]
    assert first.features["told"] == 1.0
    assert {"en": "The customer was told this before.", "zh": "这位客户以前收到过这个回答。"}[language] in first.why
    assert ask(agent, ASKED[language], customer="bob").items[0].features["told"] == 0.0


def test_what_is_taken_is_counted_and_ranks_higher(agent: Agent) -> None:
    first = ask(agent, "Still no refund on my card", by="Emma")
    second = first.items[1].ticket
    judge_suggestion(agent, first.id, second, "accepted")
    again = ask(agent, "Still no refund on my card", by="Emma")
    mine = next(item for item in again.items if item.ticket == second)
    assert "You took it 1 of 1 times." in mine.why
    passed = next(item for item in again.items if item.ticket == first.items[0].ticket)
    assert mine.features["taken"] > 0 > passed.features["taken"]
    with_ranker(agent, taken=5.0)
    ranked = ask(agent, "Still no refund on my card", by="Emma")
    assert ranked.about["ranker"] == "learned"
    assert ranked.items[0].ticket == second
    assert [item.score for item in ranked.items] == sorted((item.score for item in ranked.items), reverse=True)


def test_what_was_taken_for_the_intent_is_a_candidate_though_the_search_does_not_find_it(agent: Agent) -> None:
    head = IntentHead(("refund", "other"), np.zeros((2, 32)), np.array([1.0, 0.0]))
    release = Release("r", datetime(2026, 11, 1, tzinfo=UTC), {agent.matcher.encoder_id("en"): Skills(head)})
    agent.releases = None
    agent.use(release)
    far = Ticket.make("Do you ship to Malta?", "Yes, in a week.", source="canned", language="en")
    agent.store.add_ticket(far)
    made = ask(agent, "Do you ship to Malta?")
    assert made.about["intents"][0]["name"] == "refund"
    judge_suggestion(agent, made.id, far.id, "accepted")
    agent.settings = agent.settings.model_copy(
        update={"retrieval": agent.settings.retrieval.model_copy(update={"candidates": 1})}
    )
    assert far.id not in {hit.ticket.id for hit in agent.search("The mug arrived broken", k=2)}
    assert far.id in {item.ticket for item in ask(agent, "The mug arrived broken", k=10).items}
    # Filters hold for it as for what is found, and it answers no other language.
    filtered = ask(agent, "The mug arrived broken", k=10, filters={"source": "agent"})
    assert far.id not in {item.ticket for item in filtered.items}
    assert far.id not in {item.ticket for item in ask(agent, "盘子摔坏了", k=10).items}


def test_what_holds_something_of_another_customer_is_not_suggested(agent: Agent) -> None:
    secret = Ticket.make("Which number do you call?", "We called <PHONE_1> today.", source="canned", language="en")
    agent.store.add_ticket(secret)
    assert secret.id not in {item.ticket for item in ask(agent, "Which number do you call?").items}


def test_places_are_filled_as_far_as_they_are_known(agent: Agent) -> None:
    ticket = Ticket.make("Where is my order?", "Order {order} leaves on {day}.", source="canned", language="en")
    agent.store.add_ticket(ticket)
    found = ask(agent, "Where is my order TW-204817?", k=10)
    [text] = [item.text for item in found.items if item.ticket == ticket.id]
    assert text == "Order TW-204817 leaves on {day}."


FIT = """
[forms.fit]
phrases = ["does not fit", "不合适"]
done.en = "Thanks: {size}."
done.zh = "谢谢：{size}。"

[[forms.fit.slots]]
name = "size"
kind = "choice"
choices = [{value = "XL", en = "extra large", zh = "特大"}, {value = "S", en = "small", zh = "小"}]
ask.en = "Which size?"
ask.zh = "要什么尺码？"
"""


@pytest.mark.parametrize(
    ("begun", "told", "question", "answer", "filled"),
    [
        (
            "My coat does not fit",
            "extra large",
            "Can you swap the coat?",
            "We put a coat in {size} aside; mail {email}.",
            "We put a coat in extra large aside; mail what you told us.",
        ),
        (
            "外套不合适",
            "特大",
            "外套可以换吗？",
            "已为您预留{size}外套，确认信发到{email}。",
            "已为您预留特大外套，确认信发到您提供的信息。",
        ),
    ],
)
def test_a_place_is_filled_with_what_a_choice_is_called_in_the_customer_s_language(
    agent: Agent, desk: Home, begun: str, told: str, question: str, answer: str, filled: str
) -> None:
    desk.forms.write_text(FIT, encoding="utf-8")
    language = "zh" if question[0] > "z" else "en"
    ticket = Ticket.make(question, answer, source="canned", language=language)
    agent.store.add_ticket(ticket)
    agent.reply(begun, conversation="talk")
    assert agent.reply(told, conversation="talk").state.slots == {"size": "XL"}
    mail = {"en": "My address is ann@mail.example", "zh": "我的邮箱是 ann@mail.example"}
    agent.reply(mail[language], conversation="talk")
    found = ask(agent, question, conversation="talk", k=10)
    assert [item.text for item in found.items if item.ticket == ticket.id] == [filled]
    # A reply says the same.
    assert agent.reply(question, conversation="talk").text == filled


def test_an_answer_that_was_judged_wrong_is_not_suggested(agent: Agent) -> None:
    reply = agent.reply(ASKED["en"], conversation="talk")
    sent = reply.hits[0].ticket.id
    assert sent in {item.ticket for item in ask(agent, "", conversation="talk").items}
    agent.judge(reply.id, "wrong")
    # Neither for the message that it answered, nor for the next.
    assert sent not in {item.ticket for item in ask(agent, "", conversation="talk", k=10).items}
    assert sent not in {item.ticket for item in ask(agent, ASKED["en"] + "!", conversation="talk", k=10).items}
    # Elsewhere it may still be right, and a later verdict takes the first back.
    assert sent in {item.ticket for item in ask(agent, ASKED["en"], conversation="other").items}
    agent.judge(reply.id, "good")
    assert sent in {item.ticket for item in ask(agent, "", conversation="talk").items}


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Will I be paid for the wait?", "We will refund you 500 USD for the wait."),
        ("等了这么久有赔偿吗？", "我们会赔偿您500元。"),
    ],
)
def test_what_nobody_may_promise_is_not_suggested(agent: Agent, question: str, answer: str) -> None:
    language = "zh" if question[0] > "z" else "en"
    ticket = Ticket.make(question, answer, source="canned", language=language)
    agent.store.add_ticket(ticket)
    assert agent.rulebook is not None and agent.rulebook.objections(answer, language=language)
    assert ticket.id not in {item.ticket for item in ask(agent, question, k=10).items}


def test_exploration_is_drawn_by_the_id_and_logged(desk: Home) -> None:
    agent = opened(desk, explore=1.0)
    first = ask(agent, ASKED["en"], id="one")
    (tried,) = [item for item in first.items if item.explored]
    assert 0 < tried.propensity < 1 / 3
    rest = {round(item.propensity, 6) for item in first.items if not item.explored}
    assert rest == {round(2 / 3, 6)}
    assert any("learn" in reason for reason in tried.why)
    stored = agent.store.suggestion("one").document
    assert [item["explored"] for item in stored["items"]] == [item.explored for item in first.items]
    agent.store.close()


def test_a_verdict_is_stored_once(agent: Agent) -> None:
    found = ask(agent, ASKED["en"])
    ticket = found.items[0].ticket
    one = judge_suggestion(agent, found.id, ticket, "accepted", by="Emma")
    assert judge_suggestion(agent, found.id, ticket, "accepted", by="Emma") == one
    assert agent.store.suggestion(found.id).verdicts == (one,)


def test_what_a_verdict_lacks_is_said(agent: Agent) -> None:
    found = ask(agent, ASKED["en"])
    with pytest.raises(RequestError, match="needs its text"):
        judge_suggestion(agent, found.id, found.items[0].ticket, "edited", text=" ")
    with pytest.raises(NotFoundError, match="did not show"):
        judge_suggestion(agent, found.id, "0" * 32, "accepted")
    with pytest.raises(NotFoundError, match="no such suggestion"):
        judge_suggestion(agent, "nothing", found.items[0].ticket, "accepted")


def test_an_edit_is_masked_like_the_conversation(agent: Agent) -> None:
    agent.reply("I am at ann@mail.example, where is my refund?", conversation="talk")
    found = ask(agent, "", conversation="talk")
    made = judge_suggestion(
        agent, found.id, found.items[0].ticket, "edited", text="We write to ann@mail.example today."
    )
    assert made.text == "We write to <EMAIL_1> today."


def test_a_reply_s_verdict_counts_too(agent: Agent) -> None:
    reply = agent.reply(ASKED["en"])
    agent.judge(reply.id, "good")
    first = ask(agent, ASKED["en"]).items[0]
    assert "The team took it 1 of 1 times." in first.why
    agent.judge(reply.id, "wrong")
    assert "The team took it 0 of 1 times." in ask(agent, ASKED["en"]).items[0].why


def test_a_reply_of_several_answers_is_right_with_each_and_wrong_with_none_alone(agent: Agent) -> None:
    reply = agent.reply("When do I get my money back? Please cancel my order")
    sent = reply.state.sent
    assert (reply.ground, len(sent)) == ("several", 2)
    agent.judge(reply.id, "wrong")
    assert agent.store.tallies(sent, intent="", by="", channel="") == {}
    agent.judge(reply.id, "good")
    told = agent.store.tallies(sent, intent="", by="", channel="")
    assert {key: (one.judged[0], one.taken[0]) for key, one in told.items()} == dict.fromkeys(sent, (1, 1.0))


def test_a_suggestion_reads_the_message_once(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    agent.warm_up()
    calls = []
    vectors = type(agent.matcher).vectors

    def counted(self: object, *args: object, **rest: object) -> object:
        calls.append(args)
        return vectors(self, *args, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr(type(agent.matcher), "vectors", counted)
    ask(agent, "My lamp is broken")
    assert len(calls) == 1


def test_a_broken_ranker_is_named() -> None:
    assert Skills(ranker=replace(Ranker((0.0,) * len(FEATURES), 0.0), bias=float("nan"))).problems() == [
        "the ranker of suggestions holds what is no number"
    ]
