"""Curation: what tickets say about each other, in both languages, in any order, whole or not at all."""

from __future__ import annotations

import doctest
import random
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replydesk.data import curation
from replydesk.data.curation import Curated, columns, contradictions, curate
from replydesk.data.curation.hollow import HOLLOW
from replydesk.data.records import Contradiction, Ticket
from replydesk.data.store import Store

BEGAN = datetime(2026, 1, 5, 9, tzinfo=UTC)


def ticket(question: str, answer: str, day: float = 0, **rest: Any) -> Ticket:
    language = "zh" if any(letter >= "一" for letter in question) else "en"
    return Ticket.make(question, answer, language=language, at=BEGAN + timedelta(days=day), **rest)


def derived(store: Store) -> tuple[Any, ...]:
    """Return all that curation stored."""
    ids = [t.id for t in store.tickets()]
    return store.curation(ids), store.templates(), store.contradictions()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    place = request.getfixturevalue("postgres_url") if request.param == "postgres" else tmp_path / "desk.db"
    store = Store.open(place)
    yield store
    store.close()


@pytest.fixture
def memory() -> Iterator[Store]:
    store = Store.open("sqlite://")
    yield store
    store.close()


RETURNS = {
    "en": ("How long can I return the lamp?", "You can return it within {} days of delivery, unused."),
    "zh": ("台灯多久之内可以退货？", "签收后{}天内可以退货，未使用即可。"),
}
SHIPPED = {
    "en": [
        (f"Where is my {thing}?", f"Hi {name}, your order TW-{number} left us on {month} {day}.")
        for thing, name, number, month, day in (
            ("order", "Ana", 204817, "May", 3),
            ("new kettle", "Bob", 209921, "May", 9),
            ("blue robe", "Cleo", 211002, "June", 1),
            ("tea subscription box", "Dev", 213377, "June", 20),
        )
    ],
    "zh": [
        (f"我的{thing}到哪里了？", f"{name}先生，您的订单 TW-{number} 已于{month}月{day}日从苏州仓发出。")
        for thing, name, number, month, day in (
            ("快递", "王", 204817, 5, 3),
            ("新水壶", "李", 209921, 5, 9),
            ("蓝色浴袍", "欧阳", 211002, 6, 1),
            ("茶叶礼盒", "陈", 213377, 6, 20),
        )
    ],
}  # fmt: skip


@pytest.mark.parametrize("module", [curation, columns, contradictions])
def test_the_examples_in_the_docstrings_hold(module: Any) -> None:
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "Hi {1}, your order {2} left us on {3}."), ("zh", "{1}先生，您的订单 {2} 已于{3}月{4}日从苏州仓发出。")],
)
def test_many_answers_of_one_form_are_a_template(store: Store, language: str, text: str) -> None:
    given_to = [ticket(question, answer, day) for day, (question, answer) in enumerate(SHIPPED[language])]
    store.add_tickets([*given_to, ticket("Do you ship to Malta?", "Yes, in four to seven working days.")])
    assert curate(store).templates == 1
    (template,) = store.templates()
    assert (template.text, template.language, template.count) == (text, language, 4)
    assert (template.first_at, template.last_at) == (BEGAN, BEGAN + timedelta(days=3))
    known = store.curation([t.id for t in store.tickets()])
    assert {key for key, c in known.items() if c.template == template.id} == {t.id for t in given_to}
    assert [known[t.id].stale_days for t in given_to] == [3, 2, 1, 0]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_two_answers_of_one_form_are_no_template_yet(memory: Store, language: str) -> None:
    memory.add_tickets([ticket(*pair) for pair in SHIPPED[language][:2]])
    curate(memory)
    assert memory.templates() == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_of_near_duplicates_the_best_stands_for_all(store: Store, language: str) -> None:
    question, answer = RETURNS[language]
    told = answer.format(30)
    first = ticket(question, told, 0)
    newer = ticket(question.lower().rstrip("?？"), f"{told} ", 5)
    reopened = ticket(f"{question}!", f"{told} :)", 9, outcome="reopened")
    poor = ticket(f"{question}!!", f"{told} !", 8, satisfaction=0.0)
    other = ticket(question, answer.format(14), 2)
    store.add_tickets([first, newer, reopened, poor, other])
    assert curate(store).duplicates == 3
    known = store.curation([first.id, newer.id, reopened.id, poor.id, other.id])
    assert {key: c.duplicate_of for key, c in known.items() if c.duplicate_of} == {
        first.id: newer.id, reopened.id: newer.id, poor.id: newer.id,
    }  # fmt: skip
    assert (known[reopened.id].doubt, known[poor.id].doubt) == ("reopened", "rated 0")
    canned = ticket(question, told, -100, source="canned")
    store.add_ticket(canned)
    curate(store)
    assert store.curation([newer.id])[newer.id].duplicate_of == canned.id


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_answer_that_is_given_otherwise_now_is_superseded(store: Store, language: str) -> None:
    question, answer = RETURNS[language]
    old = [ticket(f"{question}{'?' * n}", answer.format(14), n) for n in range(2)]
    new = [ticket(f"{question}{'!' * n}", answer.format(30), 10 + n) for n in range(3)]
    store.add_tickets([*old, *new[:2]])
    assert curate(store).superseded == 0
    store.add_ticket(new[2])
    counts = curate(store)
    assert (counts.superseded, counts.contradictions) == (2, 0)
    assert store.withheld([t.id for t in (*old, *new)]) == {t.id: f"superseded by {new[2].id}" for t in old}
    store.remove_ticket(new[2].id)
    assert store.withheld([t.id for t in old]) == {}


def test_an_answer_that_is_still_given_is_not_superseded(memory: Store) -> None:
    question, answer = RETURNS["en"]
    days = [(14, 0), (30, 10), (30, 11), (14, 12), (30, 13)]
    memory.add_tickets([ticket(question + "?" * n, answer.format(told), day) for n, (told, day) in enumerate(days)])
    assert curate(memory).superseded == 0


def test_what_one_customer_was_told_once_is_not_superseded_by_what_others_were_told(memory: Store) -> None:
    said = [
        "It is in Leeds.",
        "It was lost.",
        "Tom carries it to you tonight.",
        "Leave it to me.",
        "We found it again.",
    ]
    memory.add_tickets([ticket("Where is my new kettle?", text, day) for day, text in enumerate(said)])
    assert curate(memory).superseded == 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_canned_answer_supersedes_what_agents_said_and_is_never_superseded(memory: Store, language: str) -> None:
    question, answer = RETURNS[language]
    old = [ticket(f"{question}{'?' * n}", answer.format(14), n) for n in range(2)]
    canned = ticket(question, answer.format(30), 10, source="canned")
    memory.add_tickets([*old, canned])
    curate(memory)
    assert set(memory.withheld([t.id for t in (*old, canned)])) == {t.id for t in old}
    later = [ticket(f"{question}{'!' * n}", answer.format(60), 20 + n) for n in range(5)]
    memory.add_tickets(later)
    curate(memory)
    assert canned.id not in memory.withheld([canned.id])


@pytest.mark.parametrize(
    ("question", "first", "second", "what"),
    [
        ("How long can I return it?", "Return within 14 days.", "You can return within 30 days.", "14 days / 30 days"),
        ("签收后多久可以退货？", "七天内可以退货。", "亲，15天内可以退货哦。", "7 days / 15 days"),
        ("Do you ship things to Malta?", "Yes, we do.", "No, sorry.", "yes / no"),
        ("你们支持花呗付款吗？", "支持的，亲。", "不支持哦。", "yes / no"),
        ("What is the discount code?", "The code is SAVE10.", "Use the code SAVE20.", "SAVE10 / SAVE20"),
        ("运费满多少钱可以包邮？", "满99元包邮。", "满199元包邮。", "99 yuan / 199 yuan"),
    ],
)  # fmt: skip
def test_answers_that_disagree_are_listed(store: Store, question: str, first: str, second: str, what: str) -> None:
    older, newer = ticket(question, first, 1), ticket(f" {question.lower()}", second, 2)
    store.add_tickets([newer, older])
    assert curate(store).contradictions == 1
    assert store.contradictions() == [Contradiction(older.id, newer.id, what)]


@pytest.mark.parametrize(
    ("question", "first", "second"),
    [
        ("Where is my new kettle?", "Your parcel arrives in 2 days.", "Your parcel arrives in 5 days."),
        ("我的新水壶到哪里了？", "已发出，您这单2天到。", "已发出，您这单5天到。"),
        ("How long does a refund take?", "A refund takes 3-5 days.", "It takes 4 days for a refund."),
        ("退款要多久才到账？", "退款3-5个工作日到账。", "退款4个工作日到账。"),
        ("How can I return it?", "Return it within 30 days.", "Post it in the box it came in."),
        ("How long is the sale on?", "The sale is on for 3 days.", "The shop is open 7 days a week."),
    ],
)
def test_answers_that_do_not_disagree_are_not(memory: Store, question: str, first: str, second: str) -> None:
    memory.add_tickets([ticket(question, first, 1), ticket(question, second, 2)])
    assert curate(memory).contradictions == 0


def test_what_was_said_years_ago_contradicts_nothing(memory: Store) -> None:
    question, answer = RETURNS["en"]
    memory.add_tickets([ticket(question, answer.format(14), -800), ticket(question, answer.format(30))])
    assert curate(memory).contradictions == 0


def test_a_question_lists_few_pairs(memory: Store) -> None:
    question, answer = RETURNS["en"]
    memory.add_tickets([ticket(question, answer.format(told), told) for told in range(10, 40)])
    assert curate(memory).contradictions == contradictions.LISTED


@pytest.mark.parametrize(
    ("answer", "why"),
    [("Please send us a DM.", "asks to write privately"), ("亲，请稍等，正在为您查询。", "only asks to wait")],
)
def test_boilerplate_is_withheld_unless_somebody_wrote_it_for_all(store: Store, answer: str, why: str) -> None:
    said, canned = ticket("Where is my parcel?", answer), ticket("Where is my parcel?", answer, source="canned")
    store.add_tickets([said, canned])
    assert curate(store).withheld == 1
    assert store.withheld([said.id, canned.id, "none"]) == {said.id: why}


THINGS = {
    "en": "kettle robe lamp pan duvet pillow filter mug basket locker invoice coupon newsletter password courier label",
    "zh": "水壶 浴袍 台灯 铁锅 被子 枕头 滤芯 杯子 篮子 快递柜 发票 优惠券 短信 密码 骑手 面单",
}
ASKED = {
    "en": ("my {} broke yesterday", "lost {} somewhere", "the {} smells odd", "who sells another {}", "{} never came"),
    "zh": ("昨天{}坏了", "{}找不到了", "{}有怪味道啊", "哪里还卖{}", "一直没收到{}"),
}


@pytest.mark.parametrize(
    ("language", "nothing", "something", "about"),
    [
        ("en", "Our whole crew works around the clock to make you smile.", "Air the kettle, robe or lamp well.", 3),
        ("zh", "我们全体伙伴日夜努力，只为让您展露笑容。", "水壶、浴袍、台灯都请晾干再用哦。", 3),
    ],
)
def test_an_answer_that_is_given_whatever_was_asked_is_withheld(
    memory: Store, language: str, nothing: str, something: str, about: int
) -> None:
    things = THINGS[language].split()
    questions = [form.format(thing) for thing in things for form in ASKED[language]]
    told = [f"{form.format(thing)}{'!' * n}" for thing in things[:about] for n, form in enumerate(ASKED[language])]
    told += [f"{question} {n}" for n, question in enumerate(told)]
    random.Random(1).shuffle(questions)
    memory.add_tickets([ticket(question, nothing, n) for n, question in enumerate(questions[:40])])
    memory.add_tickets([ticket(question, something, n) for n, question in enumerate(told)])
    counts = curate(memory)
    known = memory.withheld([t.id for t in memory.tickets()])
    assert {t.answer: known.get(t.id, "") for t in memory.tickets()} == {nothing: HOLLOW, something: ""}
    assert counts.withheld == 40


def mixed() -> list[Ticket]:
    """Return tickets with something of everything that curation finds."""
    found = []
    for language, (question, answer) in RETURNS.items():
        found += [ticket(f"{question}{'?' * n}", answer.format(14), n) for n in range(2)]
        found += [ticket(f"{question}{'!' * n}", answer.format(30), 10 + n) for n in range(4)]
        found += [ticket(*pair, day, tags=("queue:parcels",)) for day, pair in enumerate(SHIPPED[language])]
    found += [ticket("What is the discount code?", f"The code is SAVE{n}0.", n) for n in range(1, 4)]
    found += [ticket("Do you ship to Malta?", "Please send us a DM.", 3), ticket("你们周末上班吗", "您好！", 4)]
    return found


@settings(max_examples=15, deadline=None)
@given(order=st.permutations(range(len(mixed()))), halves=st.integers(0, len(mixed())))
def test_the_order_in_which_tickets_came_means_nothing(order: list[int], halves: int) -> None:
    tickets = mixed()
    stores = [Store.open("sqlite://"), Store.open("sqlite://")]
    stores[0].add_tickets(tickets)
    stores[1].add_tickets([tickets[place] for place in order[:halves]])
    curate(stores[1])
    stores[1].add_tickets([tickets[place] for place in order[halves:]])
    assert curate(stores[0]) == replace(curate(stores[1]), fresh=True)
    assert derived(stores[0]) == derived(stores[1])
    for store in stores:
        store.close()


def test_both_databases_find_the_same(store: Store, memory: Store) -> None:
    for place in (store, memory):
        place.add_tickets(mixed())
    assert curate(store) == curate(memory)
    assert derived(store) == derived(memory)


def test_it_is_made_again_only_when_a_ticket_changed(store: Store) -> None:
    assert curate(store) == Curated()
    store.add_tickets(mixed())
    first, version = curate(store), store.version()
    assert first.fresh
    assert curate(store) == replace(first, fresh=False)
    assert store.version() == version
    assert curate(store, again=True) == first
    assert store.version() == (version[0], version[1] + 1)
    store.add_ticket(ticket("Do you ship to Gozo?", "Yes."))
    assert curate(store).tickets == first.tickets + 1


def test_new_rules_are_applied_though_no_ticket_changed(memory: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    memory.add_tickets(mixed())
    curate(memory)
    monkeypatch.setattr(curation, "RULES", curation.RULES + 1)
    assert curate(memory).fresh


def test_a_ticket_that_goes_or_comes_meanwhile_spoils_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    tickets = mixed()
    store.add_tickets(tickets)
    late = ticket("Where is my late parcel?", "Please send us a DM.")
    read = store.tickets
    readings = []

    def meanwhile(**wanted: Any) -> Iterator[Ticket]:
        readings.append(wanted)
        if len(readings) == 2:
            for gone in tickets[:8]:
                store.remove_ticket(gone.id)
            store.add_ticket(late)
        return read(**wanted)

    monkeypatch.setattr(store, "tickets", meanwhile)
    curate(store)
    monkeypatch.undo()
    assert set(derived(store)[0]) <= {t.id for t in tickets[8:]}
    assert store.check() == []
    assert curate(store).tickets == len(tickets) - 7
    assert store.withheld([late.id]) == {late.id: "asks to write privately"}


KILLED = """
    import os, signal, sys, time
    from replydesk.data.curation import curate
    from replydesk.data.store import Store

    place, kills = sys.argv[1], int(sys.argv[2])

    def child():
        process = os.fork()
        if process == 0:
            curate(Store.open(place), again=True)
            os._exit(0)
        return process

    def made():
        store = Store.open(place)
        found = store.curated(), len(store.curation([t.id for t in store.tickets()])), store.version()[1], store.check()
        store.close()
        return found

    began = time.perf_counter()
    os.waitpid(child(), 0)
    whole = time.perf_counter() - began
    counts, rows, before, _ = made()
    for number in range(kills):
        process = child()
        time.sleep(whole * (number + 0.5) / kills)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        now, found, version, problems = made()
        assert (now, found, problems) == (counts, rows, []) and version in (before, before + 1), (now, found, problems)
        before = version
    print(rows)
"""


@pytest.mark.slow
def test_killed_anywhere_it_leaves_what_was_there(tmp_path: Path) -> None:
    place = tmp_path / "desk.db"
    store = Store.open(place)
    store.add_tickets(
        [replace(t, id=f"{n:04}{t.id[4:]}", question=f"{t.question} {n % 7}") for n in range(60) for t in mixed()]
    )
    store.close()
    command = [sys.executable, "-c", textwrap.dedent(KILLED), f"sqlite:///{place}", "12"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 1000


def test_tags_of_the_opening_question_make_weak_intents(memory: Store) -> None:
    known = [ticket(f"delivery {n} please?", f"On day {n}.", n, intent="delay", tags=("late",)) for n in range(25)]
    asked = ticket("my delivery?", "Soon.", tags=("late", "vip"))
    later = ticket("thanks then", "Welcome.", context=("my delivery?", "Soon."), tags=("late",))
    memory.add_tickets([*known, asked, later])
    assert curate(memory).weak_intents == 1
    known_of = memory.curation([t.id for t in memory.tickets()])
    assert {key: c.weak_intent for key, c in known_of.items() if c.weak_intent} == {asked.id: "delay"}
