"""Suggestions to a simulated team on BANKING77: the search's order, a learned one, and what was popular.

Every intent has four canned answers, made from templates, each under the question of one training message. Ten members
of the team read a list from above, go on with a probability of .75, and take the first answer that they like: of the
right intent .85 in the style that they prefer, .3 in another, .05 in that which the team dropped for the intent;
of another intent .01. One take in five is an edit. What is measured is the chance that the first answer is liked, and
that one of three is, by members who read all three. The set is read from ``$REPLYDESK_DATASETS``.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from benchmarks._datasets import datasets
from replydesk.data.records import Ticket
from replydesk.data.settings import DialogSettings, RetrievalSettings, Settings
from replydesk.data.store import Store
from replydesk.dialog.agent import Agent
from replydesk.dialog.intents import IntentHead
from replydesk.dialog.release import Release
from replydesk.dialog.skills import Skills
from replydesk.dialog.suggest.judging import judge_suggestion
from replydesk.dialog.suggest.ranker import Ranker
from replydesk.dialog.suggest.suggesting import SuggestionRequest, suggestions
from replydesk.finetune.evaluation.intent_data import IntentData
from replydesk.finetune.evaluation.metrics import mean_interval
from replydesk.finetune.learning.ranking import fit_ranker, judged_of
from replydesk.retrieval.encoders.encoders import Encoders
from replydesk.retrieval.matcher import Matcher

LEARNED, TESTED, TAUGHT = 1500, 600, 30
TEAM = 10
SHARES = (0.0, 0.05, 0.2)
STYLES = (
    "Open the app, tap Help and look for {topic}: that page takes you through {topic} in four steps.",
    "Happy to look into {topic} myself. When did it begin, and what do you see now under {topic}?",
    "All we know about {topic} stands in our guide to {topic}; most people are done within a day.",
    "I have passed this on to colleagues for {topic}, who write before tomorrow evening about {topic}.",
)
GOES_ON = 0.75


@dataclass(frozen=True)
class Desk:
    """What all arms share: tickets with intent and style, requests to learn and to test with, and the head."""

    tickets: tuple[Ticket, ...]
    learned: tuple[tuple[str, str], ...]
    tested: tuple[tuple[str, str], ...]
    head: IntentHead
    encoders: Encoders
    settings: Settings

    def agent(self, share: float, ranker: Ranker | None = None, store: Store | None = None) -> Agent:
        """Return an agent that explores with this share."""
        if store is None:
            store = Store.open("sqlite://")
            store.add_tickets(self.tickets)
        settings = self.settings.model_copy(update={"dialog": DialogSettings(explore=share)})
        agent = Agent(store, Matcher(store, self.encoders, ("en",)), settings)
        skills = Skills(self.head, ranker=ranker)
        agent.use(Release("simulated", datetime(2026, 1, 1, tzinfo=UTC), {self.encoders.of("en").id: skills}))
        return agent


class Team:
    """Ten people with a style that each prefers, and a style that they all dropped for some intents."""

    def __init__(self, tickets: Sequence[Ticket]) -> None:
        draw = random.Random(5)
        self._style = {ticket.id: int(ticket.author) for ticket in tickets}
        self._intent = {ticket.id: ticket.intent for ticket in tickets}
        self._likes = [draw.randrange(len(STYLES)) for _ in range(TEAM)]
        self._dropped = {intent: draw.randrange(len(STYLES)) for intent in sorted(set(self._intent.values()))}

    def likes(self, member: int, intent: str, ticket: str) -> float:
        """Return the chance that a member of the team takes an answer that was read."""
        if self._intent[ticket] != intent:
            return 0.01
        style = self._style[ticket]
        if style == self._dropped[intent]:
            return 0.05
        return 0.85 if style == self._likes[member] else 0.3


def run() -> dict[str, Any]:
    if not (datasets() / "banking77" / "train.csv").exists():
        return {"skipped": f"There is no {datasets() / 'banking77'}; set REPLYDESK_DATASETS."}
    desk = _desk()
    team = Team(desk.tickets)
    arms: dict[str, list[list[str]]] = {}
    told: dict[str, Any] = {}
    milliseconds: list[float] = []
    for share in SHARES:
        agent = desk.agent(share)
        _live(agent, team, desk.learned)
        ranker, notes = fit_ranker(judged_of(list(agent.store.suggestions())))
        told[f"explored {share}"] = notes | {"ranker": ranker.document() if ranker else None}
        quiet = desk.agent(0.0, ranker, agent.store)
        arms[f"learned, explored {share}"] = _shown(quiet, "learned", desk.tested, milliseconds)
        if share == SHARES[1]:
            arms["cold start"] = _shown(desk.agent(0.0, None, agent.store), "cold", desk.tested, [])
            arms["popularity"] = _popular(agent, arms["cold start"])
            for served in SHARES[1:]:
                serving = desk.agent(served, ranker, agent.store)
                arms[f"learned, serving with {served}"] = _shown(serving, f"serving {served}", desk.tested, [])
    replied = _replied(desk, desk.tested[:200])
    liked = {name: _liked(team, desk.tested, rows) for name, rows in arms.items()}
    base, served = liked["cold start"], liked[f"learned, explored {SHARES[1]}"]
    return {
        "tickets": len(desk.tickets),
        "requests": {"learned": len(desk.learned), "tested": len(desk.tested)},
        "team": TEAM,
        "arms": {name: _figures(rows) for name, rows in liked.items()},
        "learned_less_cold": _differences(served, base),
        "learned_less_popularity": _differences(served, liked["popularity"]),
        "cost_of_exploring": {
            str(share): _differences(liked[f"learned, serving with {share}"], served) for share in SHARES[1:]
        },
        "training": told,
        "milliseconds": {
            "p50": round(float(np.median(milliseconds)), 2),
            "p95": round(float(np.quantile(milliseconds, 0.95)), 2),
            "reply_p50": round(float(np.median(replied)), 2),
            "reply_p95": round(float(np.quantile(replied, 0.95)), 2),
        },
    }


def _live(agent: Agent, team: Team, requests: Sequence[tuple[str, str]]) -> None:
    """Let the team work: each request is suggested for, read and judged."""
    for number, (text, intent) in enumerate(requests):
        draw = random.Random(number)
        member = draw.randrange(TEAM)
        found = suggestions(agent, SuggestionRequest(text, by=f"member {member}", language="en", id=f"live {number}"))
        for item in found.items:
            if draw.random() < team.likes(member, intent, item.ticket):
                edited = draw.random() < 0.2
                sent = " ".join(item.text.split()[:-4]) + " Best wishes" if edited else ""
                judge_suggestion(agent, found.id, item.ticket, "edited" if edited else "accepted", text=sent)
                break
            if draw.random() > GOES_ON:
                break


def _shown(agent: Agent, arm: str, requests: Sequence[tuple[str, str]], milliseconds: list[float]) -> list[list[str]]:
    """Return the tickets that are shown for each request in an arm of its own, with nothing judged meanwhile."""
    rows = []
    for number, (text, _) in enumerate(requests):
        request = SuggestionRequest(text, by=f"member {number % TEAM}", language="en", id=f"{arm} {number}")
        began = time.perf_counter()
        found = suggestions(agent, request)
        milliseconds.append(1000 * (time.perf_counter() - began))
        rows.append([item.ticket for item in found.items])
    return rows


def _replied(desk: Desk, requests: Sequence[tuple[str, str]]) -> list[float]:
    """Return the milliseconds that replies to messages take, stored like suggestions."""
    agent, found = desk.agent(0.0), []
    agent.reply("hello", language="en")
    for text, _ in requests:
        began = time.perf_counter()
        agent.reply(text, language="en")
        found.append(1000 * (time.perf_counter() - began))
    return found


def _popular(agent: Agent, cold: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return the three answers taken most for the intent that is read, filled up in the order of the search."""
    taken: dict[str, Counter[str]] = {}
    read: dict[str, str] = {}
    for one in agent.store.suggestions():
        read[one.id] = intent = one.document["intents"][0]["name"]
        for verdict in one.verdicts:
            taken.setdefault(intent, Counter())[verdict.ticket] += 1
    rows = []
    for number, others in enumerate(cold):
        best = [ticket for ticket, _ in taken.get(read[f"cold {number}"], Counter()).most_common(3)]
        rows.append(list(dict.fromkeys([*best, *others]))[:3])
    return rows


def _liked(team: Team, requests: Sequence[tuple[str, str]], rows: Sequence[Sequence[str]]) -> np.ndarray[Any, Any]:
    """Return for each request the chance that the first answer is liked, and that one of three is."""
    found = []
    for number, ((_, intent), row) in enumerate(zip(requests, rows, strict=True)):
        chances = [team.likes(number % TEAM, intent, ticket) for ticket in row]
        found.append((chances[0] if chances else 0.0, 1 - float(np.prod([1 - chance for chance in chances]))))
    return np.array(found)


def _figures(rows: np.ndarray[Any, Any]) -> dict[str, Any]:
    return {
        f"at {k}": {"accepted": round(float(column.mean()), 4), "ci": [round(x, 4) for x in mean_interval(column)]}
        for k, column in zip((1, 3), rows.T, strict=True)
    }


def _differences(rows: np.ndarray[Any, Any], others: np.ndarray[Any, Any]) -> dict[str, Any]:
    return {
        f"at {k}": {"difference": round(float(column.mean()), 4), "ci": [round(x, 4) for x in mean_interval(column)]}
        for k, column in zip((1, 3), (rows - others).T, strict=True)
    }


def _desk() -> Desk:
    from sklearn.linear_model import LogisticRegression

    folder = datasets() / "banking77"
    data = IntentData.read(folder / "train.csv", folder / "test.csv")
    draw = random.Random(0)
    train, test = (
        draw.sample(pairs, len(pairs))
        for pairs in (list(zip(part.texts, part.labels, strict=True)) for part in (data.train, data.test))
    )
    by_intent: dict[str, list[str]] = {}
    for text, label in train:
        by_intent.setdefault(label, []).append(text)
    tickets = tuple(
        Ticket.make(
            text,
            STYLES[style].format(topic=intent.replace("_", " ").lower()),
            intent=intent,
            source="canned",
            language="en",
            # It names the style, for the simulated team alone.
            author=str(style),
        )
        for intent, texts in sorted(by_intent.items())
        for style, text in enumerate(texts[: len(STYLES)])
    )
    taught = [(text, label) for label, texts in sorted(by_intent.items()) for text in texts[:TAUGHT]]
    rest = [(text, label) for label, texts in by_intent.items() for text in texts[TAUGHT:]]
    settings = Settings(retrieval=RetrievalSettings(rerank_budget_ms=0))
    encoders = Encoders(settings.retrieval)
    vectors = encoders.of("en").encode([text for text, _ in taught])
    fitted = LogisticRegression(C=30, max_iter=300).fit(vectors, [label for _, label in taught])
    head = IntentHead(tuple(map(str, fitted.classes_)), fitted.coef_, fitted.intercept_)
    learned = tuple(draw.sample(rest, LEARNED))
    return Desk(tickets, learned, tuple(test[:TESTED]), head, encoders, settings)
