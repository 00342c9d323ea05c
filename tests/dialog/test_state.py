"""The state of a conversation: what each message does to it, and that any process can go on with it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from replydesk.data.errors import ConflictError, NotFoundError
from replydesk.data.home import Home
from replydesk.data.records import Message, Ticket, VerdictKind
from replydesk.data.settings import DialogSettings, Settings
from replydesk.dialog.agent import Agent
from replydesk.dialog.restored import reply_of
from replydesk.dialog.state import RELEASED, TAKEN, FormState, Offer, State, holder_of, state_after
from replydesk.dialog.turn import Heard, heard

FULL = State(
    {"order": "TW-1"},
    FormState("address", "street", 2, ("street", "town")),
    "Ada",
    1,
    ("a",),
    ("b",),
    (Offer("l", "v", "t"),),
    "t",
    "q",
    ("money",),
    1,
)
OPTIONS = (Offer("When do I get my refund?", "refund?", "r"), Offer("取消订单", "取消订单", "c"))
OFFERED = State(options=OPTIONS, topic="hm")
SENT = State(sent=("a",), topic="Where is my parcel?", asked="Where is my parcel?")


@pytest.fixture
def agent(desk: Home) -> Iterator[Agent]:
    agent = Agent.open(desk)
    yield agent
    agent.store.close()


@pytest.mark.parametrize("state", [State(), FULL, OFFERED, SENT])
def test_a_document_carries_all_of_a_state(state: State) -> None:
    assert State.of(state.document()) == state


def test_a_reply_without_a_state_has_an_empty_one() -> None:
    assert State.of(None) == State.of({}) == State()


@pytest.mark.parametrize(
    ("before", "changes", "after"),
    [
        pytest.param(State(), {"asked": "q", "topic": "q"}, State(topic="q", asked="q"), id="a topic begins"),
        pytest.param(SENT, {"asked": "thanks"}, State(topic=SENT.topic, asked="thanks"), id="the topic stays"),
        pytest.param(OFFERED, {"asked": "q"}, State(topic="hm", asked="q"), id="options are offered once"),
        pytest.param(
            FULL, {"asked": "x", "slots": {"name": "Bo"}},
            replace(FULL, slots={"order": "TW-1", "name": "Bo"}, form=None, sent=(), options=(), asked="x"),
            id="slots join, refusals and failures stay",
        ),
    ],
)  # fmt: skip
def test_states_after_a_reply(before: State, changes: dict[str, Any], after: State) -> None:
    assert state_after(before, **changes) == after


def test_what_fails_is_refused_and_counted() -> None:
    once = SENT.turned_down()
    assert (once.refused, once.failures) == (("a",), 1)
    assert OFFERED.turned_down().refused == ("r", "c")
    many = State()
    for number in range(80):
        many = replace(many, sent=(str(number),)).turned_down()
    assert (len(many.refused), many.refused[-1], many.failures) == (50, "79", 80)
    # Judged wrong by somebody, and turned down in words: that is one failure.
    assert once.turned_down() == once


@pytest.mark.parametrize(
    ("text", "state", "cue", "meant", "failures"),
    [
        ("the first one", OFFERED, "chosen", "refund?", 0),
        ("2", OFFERED, "chosen", "取消订单", 0),
        ("第二个", OFFERED, "chosen", "取消订单", 0),
        ("取消的那个", OFFERED, "chosen", "取消订单", 0),
        ("the refund one", OFFERED, "chosen", "refund?", 0),
        ("when do I get my REFUND?", OFFERED, "chosen", "refund?", 0),
        # What chooses none of several is not read with the question, and fails, so that it ends.
        ("yes", OFFERED, "again", "hm", 1),
        ("是的", OFFERED, "again", "hm", 1),
        ("both", OFFERED, "again", "hm", 1),
        ("随便", OFFERED, "again", "hm", 1),
        # What begins like one, or has but words to ask with, asks on.
        ("and the refund?", OFFERED, "follow_up", "and the refund? (hm)", 0),
        ("when?", OFFERED, "follow_up", "when? (hm)", 0),
        ("none of these", OFFERED, "refused", "hm", 1),
        ("都不是", OFFERED, "refused", "hm", 1),
        ("no", SENT, "refused", SENT.topic, 1),
        ("that's wrong", SENT, "refused", SENT.topic, 1),
        ("没用", SENT, "refused", SENT.topic, 1),
        ("没用", State(), "", "没用", 0),
        ("where is MY parcel?", SENT, "again", SENT.topic, 1),
        ("Where is my parcel?", State(asked="Where is my parcel?"), "", "Where is my parcel?", 0),
        ("No, I meant the refund for the broken lamp", SENT, "corrected", "the refund for the broken lamp", 1),
        ("sorry, I meant the refund for the lamp", SENT, "corrected", "the refund for the lamp", 0),
        ("不是，我问的是退款多久到账", SENT, "corrected", "退款多久到账", 1),
        ("thanks, that helped!", SENT, "thanks", "thanks, that helped!", 0),
        ("好的，谢谢", SENT, "thanks", "好的，谢谢", 0),
        ("转人工", SENT, "", "转人工", 0),
        ("a person please", SENT, "", "a person please", 0),
        ("你好", SENT, "", "你好", 0),
        ("How do I cancel my order for the vase?", replace(SENT, failures=1), "", None, 0),
        ("three lamps arrived and two of them are broken", OFFERED, "", None, 0),
    ],
)
def test_what_a_message_is_in_its_conversation(
    text: str, state: State, cue: str, meant: str | None, failures: int
) -> None:
    told = heard(text, state, ("before", "after"))
    assert (told.cue, told.meant, told.state.failures) == (cue, text if meant is None else meant, failures)


def message(role: str, key: str = "1", author: str = "Ada") -> Message:
    return Message(key, role, "text", None, author)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("messages", "holder"),
    [
        ([], ""),
        ([message("customer"), message("bot")], ""),
        ([message("agent"), message("customer")], "Ada"),
        ([message("agent", author="")], "agent"),
        ([message("system", TAKEN + "1", "Bo"), message("customer")], "Bo"),
        ([message("agent"), message("system", RELEASED + "1")], ""),
        ([message("system", RELEASED + "1"), message("agent")], "Ada"),
        ([message("note"), message("system")], ""),
    ],
)
def test_a_person_who_spoke_or_took_over_has_the_conversation(messages: list[Message], holder: str) -> None:
    assert holder_of(messages) == holder


@pytest.mark.parametrize(
    ("question", "complaint"), [("Where is my parcel?", "that's wrong"), ("退款什么时候到账？", "没用")]
)
def test_an_answer_that_failed_is_not_given_again_and_two_hand_off(agent: Agent, question: str, complaint: str) -> None:
    first = agent.reply(question)
    second = agent.reply(complaint, conversation=first.conversation)
    assert first.action == "pick" and first.text != second.text
    assert second.meant == question and question in second.reasons[-1]
    assert first.hits[0].ticket.id in second.state.refused
    assert first.hits[0].ticket.id not in {hit.ticket.id for hit in second.hits}
    third = agent.reply(complaint, conversation=first.conversation)
    if second.action != "handoff":
        assert third.handoff is not None and third.handoff.reason == "repeated_failure"
    new = agent.reply(question)
    assert new.text == first.text, "another conversation knows nothing of it"


@pytest.mark.parametrize(
    ("question", "complaint"), [("Where is my parcel?", "that's wrong"), ("退款什么时候到账？", "没用")]
)
@pytest.mark.parametrize(("kind", "failed"), [("wrong", True), ("wrong_intent", True), ("good", False)])
def test_an_answer_that_was_judged_wrong_is_refused_and_has_failed_once(
    agent: Agent, question: str, complaint: str, kind: VerdictKind, failed: bool
) -> None:
    first = agent.reply(question, conversation="c")
    agent.judge(first.id, kind)
    other = agent.reply("可以开发票吗？" if complaint == "没用" else "Can I pay by invoice?", conversation="c")
    assert (first.hits[0].ticket.id in other.state.refused) == failed
    second = agent.reply(question, conversation="d")
    agent.judge(second.id, kind)
    assert agent.reply(complaint, conversation="d").state.failures == 1


def test_the_same_answer_under_another_ticket_is_not_given_either(agent: Agent) -> None:
    for question in ("Do you ship to Malta?", "shipping to Malta?"):
        agent.store.add_ticket(Ticket.make(question, "Yes, we ship to Malta in a week.", language="en"))
    first = agent.reply("Do you ship to Malta?")
    second = agent.reply("that's not right", conversation=first.conversation)
    assert first.text == "Yes, we ship to Malta in a week."
    assert first.text not in {second.text, *(hit.ticket.answer for hit in second.hits)}


def test_asking_the_same_again_counts_as_a_failure(agent: Agent) -> None:
    first = agent.reply("Where is my parcel?")
    second = agent.reply("WHERE is my parcel?", conversation=first.conversation)
    assert (first.state.failures, second.state.failures) == (0, 1)
    assert second.text != first.text


def test_a_quick_reply_is_understood_by_its_number(desk: Home) -> None:
    settings = Settings.load(desk.settings)
    eager = DialogSettings(pick_above=1.0, ask_above=0.0)
    agent = Agent.open(desk, settings.model_copy(update={"dialog": eager}))
    asked = agent.reply("my lamp parcel refund")
    assert (asked.action, len(asked.options)) == ("ask", 3)
    chosen = agent.reply("the second", conversation=asked.conversation)
    assert (chosen.action, chosen.meant) == ("pick", asked.options[1].value)
    assert chosen.hits[0].ticket.question == asked.options[1].value
    agent.store.close()


@pytest.mark.parametrize("way", ["api", "verdict", "agent"])
def test_nobody_is_talked_over(agent: Agent, way: str, check_reply: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    first = agent.reply("Where is my parcel?")
    key = first.conversation
    if way == "api":
        agent.take_over(key, by="Ada")
        agent.take_over(key, by="Ada")
        assert len(agent.store.messages(key)) == 3
    elif way == "verdict":
        agent.judge(first.id, "taken_over", by="Ada")
    else:
        agent.store.append(key, Message("a-1", "agent", "I look into it.", None, "Ada"))
    for text in ("When do I get my money back?", "转人工"):
        silent = agent.reply(text, conversation=key)
        assert (silent.action, silent.text, silent.state.taken_over) == ("handoff", "", "Ada")
        assert silent.handoff is not None and silent.handoff.reason == "taken_over"
        assert "Ada" in silent.reasons[0] and text in silent.handoff.summary
        assert agent.store.reply(silent.id) == silent.document()
    assert [m.role for m in agent.store.messages(key)][-2:] == ["customer", "customer"]
    agent.give_back(key, by="Ada")
    after = agent.reply("When do I get my money back?", conversation=key)
    assert (after.action, after.state.taken_over) == ("pick", "")
    with pytest.raises(NotFoundError):
        agent.take_over("nowhere", by="Ada")


@pytest.mark.parametrize("taken", [False, True])
def test_a_message_that_comes_twice_is_answered_once(agent: Agent, taken: bool) -> None:
    first = agent.reply("Where is my parcel?", conversation="c", message="m-1")
    if taken:
        agent.take_over("c", by="Ada")
        first = agent.reply("Where is it now?", conversation="c", message="m-2")
    before = agent.store.counts()
    text, key = ("Where is it now?", "m-2") if taken else ("Where is my parcel?", "m-1")
    again = agent.reply(text, conversation="c", message=key)
    assert again.document() == first.document() == agent.store.reply(first.id)
    assert again.reading.language == first.reading.language and again.state == first.state
    assert agent.store.counts() == before
    other = agent.reply("When do I get my money back?", conversation="c", message="m-1")
    assert other.id != first.id, "an id with another text is another message"


def test_a_restored_reply_is_the_reply(agent: Agent) -> None:
    reply = agent.reply("I want to talk to a human about my parcel")
    back = reply_of(reply.document())
    for name in ("action", "text", "handoff", "options", "citations", "reasons", "state", "message", "reranked"):
        assert getattr(back, name) == getattr(reply, name), name
    assert back.reading.wants_person and back.document() == reply.document()


def test_requests_at_the_same_time_with_the_same_text_get_one_answer(agent: Agent) -> None:
    gate = threading.Barrier(6)

    def ask(_: int) -> str:
        gate.wait()
        return agent.reply("Where is my parcel?", conversation="double").id

    with ThreadPoolExecutor(6) as pool:
        replies = set(pool.map(ask, range(6)))
    assert len(replies) == 1
    assert [m.role for m in agent.store.messages("double")] == ["customer", "bot"]


def test_requests_of_one_conversation_follow_each_other(agent: Agent) -> None:
    texts = [f"question number {number} about the vase" for number in range(8)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda text: agent.reply(text, conversation="busy"), texts))
    messages = agent.store.messages("busy")
    assert [m.role for m in messages] == ["customer", "bot"] * 8
    for asked, said in zip(messages[::2], messages[1::2], strict=True):
        assert agent.store.reply(said.id)["message"] == asked.id


def test_who_has_not_seen_all_messages_stores_nothing(agent: Agent) -> None:
    agent.reply("Where is my parcel?", conversation="c")
    before = agent.store.counts()
    with pytest.raises(ConflictError, match="gone on"):
        agent.store.append("c", Message("x", "customer", "hi"), after=1)
    assert agent.store.counts() == before


def test_another_process_that_writes_meanwhile_is_read_first(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    agent.reply("Where is my parcel?", conversation="c")
    really, calls = agent.answer, []

    def interrupted(*told: Any, **how: Any) -> Any:
        calls.append(told[0].state.taken_over)
        if len(calls) == 1:
            agent.store.append("c", Message("a-1", "agent", "I look into it.", None, "Ada"))
        return really(*told, **how)

    monkeypatch.setattr(agent, "answer", interrupted)
    reply = agent.reply("When do I get my money back?", conversation="c")
    assert calls == ["", "Ada"]
    assert reply.text == "", "a person who came meanwhile is not talked over"


_SAYING = """
import sys, json, time
from replydesk.data.home import Home
from replydesk.dialog.agent import Agent
print(json.dumps(Agent.open(Home.find(sys.argv[1])).reply(sys.argv[2], conversation="c").document()), flush=True)
time.sleep(600)
"""


@pytest.mark.slow
def test_a_process_that_is_killed_between_messages_leaves_a_conversation_that_goes_on(desk: Home) -> None:
    told = []
    for text in ("Where is my parcel?", "no, that's wrong", "still wrong"):
        process = subprocess.Popen(
            [sys.executable, "-c", _SAYING, str(desk.folder), text], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        told.append(json.loads(process.stdout.readline()))
        process.kill()
        process.communicate()
    assert [one["state"]["failures"] for one in told][:2] == [0, 1]
    assert told[1]["meant"] == "Where is my parcel?"
    assert told[-1]["handoff"]["reason"] in ("repeated_failure", "low_confidence")


@pytest.mark.parametrize("text", ["Where is my parcel?", "我的快递到哪了"])
def test_what_was_said_in_a_form_is_not_read_with_the_next_question(text: str) -> None:
    context = ("I need to change the address", "Which order is it?", "cancel", "All right, I've stopped that.")
    assert heard(text, State(asked="cancel"), context) == Heard(text, (), State(asked="cancel"))
    # Where the desk has not replied yet, as in a conversation that was imported, all is read.
    assert heard(text, State(), context).context == context
