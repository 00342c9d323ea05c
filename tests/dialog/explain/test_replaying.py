"""Replays: a stored reply comes out byte for byte, and where it does not, what is known to have changed is told."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa

from replydesk.data import schema
from replydesk.data.errors import NotFoundError
from replydesk.data.home import Home
from replydesk.data.records import Ticket
from replydesk.data.settings import Settings
from replydesk.dialog.agent import Agent
from replydesk.dialog.explain.replaying import LEFT_OUT, Replay, canonical, replay_of
from replydesk.dialog.explain.retold import reread_in
from replydesk.dialog.incoming import Incoming
from replydesk.dialog.intents import IntentHead
from replydesk.dialog.release import Release
from replydesk.dialog.skills import Skills
from replydesk.retrieval.reranking.budget import LatencyBudget
from replydesk.retrieval.reranking.reranker import MOST
from tests.conftest import DESK

ASKED = [question for intent in DESK.values() for language in ("en", "zh") for question in intent[language][0]]
LOOSE = [
    "is the parcel lost?",
    "退款到了没有啊",
    "how do I change where it goes",
    "盘子坏了怎么办呢",
    "let me talk to a person",
]


@pytest.fixture
def agent(desk: Home) -> Iterator[Agent]:
    agent = Agent.open(desk)
    yield agent
    agent.store.close()


def kinds(found: Replay) -> set[str]:
    return {cause.kind for cause in found.causes}


def release(agent: Agent, key: str) -> None:
    head = IntentHead((f"intent_{key}", "other"), np.zeros((2, 32)), np.array([1.0, 0.0]))
    assert agent.releases is not None
    skills = {agent.matcher.encoder_id("en"): Skills(head)}
    agent.releases.save(Release(key, datetime(2026, 11, 1, tzinfo=UTC), skills), {}, "")
    agent.releases.promote(key)


def test_every_reply_of_a_desk_comes_out_the_same(agent: Agent) -> None:
    for text in (*ASKED, *LOOSE):
        found = replay_of(agent, agent.reply(text).id)
        assert (found.same, found.differences, kinds(found)) == (True, (), set()), text


@pytest.mark.parametrize("text", ["is the parcel lost?", "is the parcel lost? and when will I get my refund?"])
@pytest.mark.parametrize("times", [(3, 4, 5), (4, 0, 10), (0, 3, 3)])
def test_as_many_hits_are_read_again_as_there_was_time_for(
    agent: Agent, monkeypatch: pytest.MonkeyPatch, text: str, times: tuple[int, ...]
) -> None:
    left = list(times)
    with monkeypatch.context() as patch:
        patch.setattr(LatencyBudget, "_book", lambda _self, tokens: (min(left.pop(0), len(tokens)), 0.0))
        reply = agent.reply(text)
    assert reply.document()["reread"] == list(times[: 3 - len(left)])
    found = replay_of(agent, reply.id)
    assert (found.same, found.differences) == (True, ())
    whole = replay_of(agent, agent.reply(text).id)
    assert whole.same


@pytest.mark.parametrize(("reranked", "reread"), [("done", MOST), ("skipped", 0), ("off", MOST)])
def test_a_row_of_before_tells_whether_all_or_none_were_read_again(reranked: str, reread: int) -> None:
    assert list(reread_in({"reranked": reranked})) == [reread]
    assert list(reread_in({"reranked": reranked, "reread": []})) == [reread]
    assert list(reread_in({"reranked": "done", "reread": [4, 0]})) == [4, 0]


@pytest.mark.slow
def test_a_reply_comes_out_the_same_in_another_process(agent: Agent) -> None:
    replies = [agent.reply(text).id for text in LOOSE]
    code = (
        "import sys, json; from replydesk.data.home import Home; from replydesk.dialog.agent import Agent\n"
        "from replydesk.dialog.explain.replaying import replay_of\n"
        "agent = Agent.open(Home.find(sys.argv[1]))\n"
        "print(json.dumps([replay_of(agent, key).same for key in sys.argv[2:]]))"
    )
    home = str(agent.releases.home.folder)  # type: ignore[union-attr]
    done = subprocess.run([sys.executable, "-c", code, home, *replies], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [True] * len(replies)


def test_a_whole_conversation_comes_out_the_same(agent: Agent) -> None:
    said = ["When do I get my money back?", "that's wrong", "取消订单", "and my parcel?", "no", "talk to a person"]
    replies = [agent.reply(text, conversation="c").id for text in said]
    agent.take_over("c", by="Ada")
    replies.append(agent.reply("hello?", conversation="c").id)
    # What came after a reply, a takeover too, is nothing that it knew.
    assert [replay_of(agent, key).same for key in replies] == [True] * len(said) + [True]


def test_a_verdict_counts_for_the_replies_that_came_after_it(agent: Agent) -> None:
    asked = "When do I get my money back?"
    first = agent.reply(asked, conversation="c")
    agent.judge(first.id, "wrong", by="Ada")
    second = agent.reply("hello? when do I get it", conversation="c")
    assert second.state.failures == 0 and second.state.refused == (first.citations[0].ticket,)
    # What was judged later was not known then.
    agent.judge(second.id, "wrong", by="Ada")
    assert [replay_of(agent, key).same for key in (first.id, second.id)] == [True, True]


@pytest.mark.parametrize("text", ["Where is my parcel now?", "我的快递到哪里了"])
def test_tickets_that_came_later_are_not_found(agent: Agent, text: str) -> None:
    reply = agent.reply(text)
    agent.store.add_ticket(Ticket.make(text, "It is in the north.", language=reply.reading.language))
    assert "It is in the north." in agent.reply(text).text
    found = replay_of(agent, reply.id)
    assert (found.same, kinds(found)) == (True, {"tickets_added"})


def test_words_are_as_rare_as_they_were(agent: Agent) -> None:
    """Forty new tickets with the same word make it common, and the score of an old reply is still what it was."""
    reply = agent.reply("has the parcel moved")
    new = [Ticket.make(f"parcel moved {i}?", f"It moved {i} times.", language="en") for i in range(40)]
    agent.store.add_tickets(new)
    later = {ticket.id for ticket in new}
    other = agent.answer(Incoming("has the parcel moved", "en", without=frozenset(later)))
    assert other.confidence != reply.confidence
    assert replay_of(agent, reply.id).same


def test_a_removed_ticket_is_told(agent: Agent) -> None:
    reply = agent.reply("When do I get my money back?")
    agent.store.remove_ticket(reply.citations[0].ticket)
    found = replay_of(agent, reply.id)
    assert (found.same, kinds(found)) == (False, {"tickets_removed"})
    assert "hits.0.ticket" in {one.field for one in found.differences}
    # Another ticket that is gone and was nothing to the reply changes nothing it says.
    assert next(cause.count for cause in found.causes if cause.kind == "tickets_removed") == 1


def test_the_release_that_made_it_answers_though_another_does_now(agent: Agent) -> None:
    release(agent, "r1")
    reply = agent.reply("has the parcel moved")
    release(agent, "r2")
    assert agent.reply("has the parcel moved").release == "r2"
    found = replay_of(agent, reply.id)
    assert (found.release, found.same) == ("r1", True)
    assert agent.release().id == "r2"


def test_a_release_that_is_gone_is_told(agent: Agent) -> None:
    release(agent, "r1")
    reply = agent.reply("has the parcel moved")
    release(agent, "r2")
    agent.release()
    shutil.rmtree(agent.releases.home.releases / "r1")  # type: ignore[union-attr]
    found = replay_of(agent, reply.id)
    assert (found.same, found.differences, kinds(found)) == (False, (), {"release_gone"})


def test_other_settings_are_told_with_their_file(agent: Agent, desk: Home) -> None:
    reply = agent.reply("has the parcel moved")
    with desk.settings.open("a", encoding="utf-8") as file:
        file.write("[dialog]\npick_above = 0.999\n")
    later = Agent.open(desk, Settings.load(desk.settings))
    found = replay_of(later, reply.id)
    assert not found.same
    assert [cause.where for cause in found.causes if cause.kind == "file_written"] == ["settings.toml"]
    assert "lines.pick_above" in {one.field for one in found.differences}
    later.store.close()


def test_a_row_from_before_tickets_were_counted_says_so(agent: Agent) -> None:
    reply = agent.reply("has the parcel moved")
    document: dict[str, Any] = agent.store.reply(reply.id)
    for name in ("tickets_at", "lines", "incoming"):
        del document[name]
    with agent.store._engine.begin() as connection:
        connection.execute(sa.update(schema.replies).values(document=document))
    found = replay_of(agent, reply.id)
    assert (found.same, kinds(found)) == (True, {"tickets_unknown", "clock_unknown"})


def test_a_difference_in_the_last_place_is_told_apart(agent: Agent) -> None:
    reply = agent.reply("has the parcel moved")
    document = agent.store.reply(reply.id)
    document["hits"][1]["similarity"] = round(document["hits"][1]["similarity"] + 0.0001, 4)
    with agent.store._engine.begin() as connection:
        connection.execute(sa.update(schema.replies).values(document=document))
    found = replay_of(agent, reply.id)
    assert (found.same, kinds(found)) == (False, {"last_place"})
    assert [one.field for one in found.differences] == ["hits.1.similarity"]


def test_what_is_compared_is_everything_but_chance_and_time(agent: Agent) -> None:
    document = agent.reply("has the parcel moved").document()
    told = json.loads(canonical(document))
    assert set(document) - set(told) == set(LEFT_OUT) & set(document)
    assert canonical(dict(reversed(document.items()))) == canonical(document)


def test_replaying_stores_nothing(agent: Agent) -> None:
    reply = agent.reply("has the parcel moved")
    counts, change = agent.store.counts(), agent.store.latest_change()
    replay_of(agent, reply.id)
    assert (agent.store.counts(), agent.store.latest_change()) == (counts, change)


def test_a_reply_that_is_not_there_is_refused(agent: Agent) -> None:
    with pytest.raises(NotFoundError):
        replay_of(agent, "nowhere")


def test_causes_are_told_in_both_languages(agent: Agent) -> None:
    reply = agent.reply("has the parcel moved")
    agent.store.add_ticket(Ticket.make("Anything new?", "No.", language="en"))
    causes = replay_of(agent, reply.id).document()["causes"]
    assert {"Tickets that came since, and were left out: 1.", "之后新增的工单（已排除）：1 条。"} <= {
        line for cause in causes for line in cause["said"].values()
    }
