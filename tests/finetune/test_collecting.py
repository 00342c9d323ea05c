"""Collecting: what is learned from is never judged by, whatever comes in later."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from replydesk.data.errors import LeakError
from replydesk.data.home import Home
from replydesk.data.ingest import ingest
from replydesk.data.records import Conversation, Message, Ticket, Verdict, same_text
from replydesk.data.settings import FinetuneSettings, Settings
from replydesk.data.store import Store
from replydesk.finetune import collecting as collecting_module
from replydesk.finetune.collecting import collect
from replydesk.finetune.evaluation import judge as judge_module
from replydesk.finetune.examples import OUT_OF_SCOPE, Material, answer_judge
from replydesk.finetune.parts import lone_tickets
from replydesk.retrieval.encoders.encoders import Encoders

LATE = datetime(2027, 1, 1, tzinfo=UTC)


def talk(
    key: str, *turns: tuple[str, str], intent: str = "", day: int = 0, customer: str = "", language: str = "en"
) -> Conversation:
    messages = tuple(
        Message(
            f"{key}-{i}",
            role,  # type: ignore[arg-type]
            text,
            LATE + timedelta(days=day),
            "",
            language,
            (intent,) if intent and role == "customer" else (),
        )
        for i, (role, text) in enumerate(turns)
    )
    return Conversation(key, messages, "tiny", "chat", customer or f"customer {key}")


def add(store: Store, settings: Settings, *conversations: Conversation) -> None:
    ingest(conversations, store, settings.data)


def one(found: tuple[list[Material], dict[str, Any]]) -> Material:
    ((material,), _) = found
    return material


def test_the_newest_fifth_of_the_conversations_is_kept_for_judging(
    store: Store, encoders: Encoders, tiny_settings: Settings
) -> None:
    (material,), data = collect(store, encoders, tiny_settings)
    assert (data["conversations"], data["train"], data["test"], data["intents"]) == (40, 32, 8, 5)
    assert (len(material.train), len(material.test), material.languages) == (32, 8, ("en", "zh"))
    newest = {f"tiny-{number}" for number in range(32, 40)}
    assert {key for key, part in store.splits().items() if part == "test"} == newest
    np.testing.assert_allclose(material.train.vectors, material.encoder.encode(material.train.texts), atol=1e-6)


def test_nothing_stands_on_both_sides(store: Store, encoders: Encoders, tiny_settings: Settings) -> None:
    # Old questions come again, in new conversations: once with their label, once with another, once in capitals.
    add(
        store,
        tiny_settings,
        talk("n1", ("customer", "Where is my parcel?"), ("agent", "Here."), intent="delivery_delay", day=1),
        talk("n2", ("customer", "Please cancel my order"), ("agent", "No."), intent="refund_status", day=1),
        talk("n3", ("customer", "THE MUG  arrived broken"), ("agent", "Oh."), day=1),
        talk("n4", ("customer", "帮我取消订单"), ("agent", "好。"), day=1, language="zh"),
    )
    material = one(collect(store, encoders, tiny_settings))
    learned, judged = ({same_text(text) for text in part.texts} for part in (material.train, material.test))
    assert {"where is my parcel?", "please cancel my order", "the mug arrived broken", "帮我取消订单"} <= judged
    assert not learned & judged
    assert not set(material.train.groups) & set(material.test.groups)
    ids = [{t.id for t in part.tickets if t is not None} for part in (material.train, material.test)]
    assert not ids[0] & ids[1]


def test_what_nearly_repeats_the_test_is_left_out_of_training(
    store: Store, encoders: Encoders, tiny_settings: Settings
) -> None:
    before = one(collect(store, encoders, tiny_settings))
    # Everyday questions, too short to tie conversations, come again and are judged by.
    store.assign_splits({"n1": "test", "n2": "test"})
    add(
        store,
        tiny_settings,
        talk("n1", ("customer", "hi, where is my parcel"), ("agent", "Here."), intent="delivery_delay", day=1),
        talk("n2", ("customer", "收货地址改一下"), ("agent", "好。"), day=1, language="zh"),
    )
    (material,), data = collect(store, encoders, tiny_settings)
    assert {"hi, where is my parcel", "收货地址改一下"} <= set(material.test.texts)
    gone = set(before.train.texts) - set(material.train.texts)
    assert gone == {"Where is my parcel?", "收货地址要改一下"}
    assert (data["left_out"], data["aside"], data["train"]) == (2, 0, 30)
    assert set(before.test.texts) < set(material.test.texts)


def test_the_same_question_with_another_code_is_learned_from(
    store: Store, encoders: Encoders, tiny_settings: Settings
) -> None:
    talks = [
        talk(f"n{code}", ("customer", f"The display shows error E{code}"), ("agent", f"Do {code}."), day=day)
        for code, day in ((2, -900), (4, 1))
    ]
    add(store, tiny_settings, *talks)
    material = one(collect(store, encoders, tiny_settings))
    assert "The display shows error E2" in material.train.texts
    assert "The display shows error E4" in material.test.texts


def test_what_is_put_aside_is_neither_learned_nor_judged(
    store: Store, encoders: Encoders, tiny_settings: Settings
) -> None:
    add(store, tiny_settings, talk("n1", ("customer", "Do you gift-wrap a vase?"), ("agent", "We do."), day=1))
    store.assign_splits({"n1": "aside"})
    (material,), data = collect(store, encoders, tiny_settings)
    assert "Do you gift-wrap a vase?" not in material.train.texts + material.test.texts
    assert store.tickets_with_curation([], asking="Do you gift-wrap a vase?").keys() <= material.hidden
    assert (data["conversations"], data["aside"], data["left_out"]) == (41, 1, 0)


def test_a_customer_on_both_sides_is_judged_and_not_learned_from(
    store: Store, encoders: Encoders, tiny_settings: Settings
) -> None:
    store.assign_splits({"tiny-00": "train", "n1": "test"})
    add(
        store,
        tiny_settings,
        talk("n1", ("customer", "又坏了"), ("agent", "哦。"), customer="customer-0", language="zh"),
    )
    (material,), data = collect(store, encoders, tiny_settings)
    assert "又坏了" in material.test.texts
    assert "Where is my parcel?" not in material.train.texts
    assert data["left_out"] == 1


def test_training_stops_on_a_leak_that_was_not_left_out(
    store: Store, encoders: Encoders, tiny_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(store, tiny_settings, talk("n1", ("customer", "hi, where is my parcel"), ("agent", "Here."), day=1))
    monkeypatch.setattr(collecting_module, "find_leaks", lambda _learned, _judged: {})
    with pytest.raises(LeakError, match="1 of 33 examples") as caught:
        collect(store, encoders, tiny_settings)
    assert caught.value.where == "tiny-00 'Where is my parcel?' / n1 'hi, where is my parcel'"


def test_a_corrected_answer_in_the_test_changes_its_fingerprint_and_nothing_else(
    store: Store, encoders: Encoders, tiny_settings: Settings
) -> None:
    _, data = collect(store, encoders, tiny_settings)
    parts = store.splits()
    add(store, tiny_settings, replace(store.conversation("tiny-39"), tags=("vip",)))
    assert collect(store, encoders, tiny_settings)[1] == data
    conversation = store.conversation("tiny-39")
    asked, said = conversation.messages
    add(store, tiny_settings, replace(conversation, messages=(asked, replace(said, text="请发照片给我们。"))))
    (material,), corrected = collect(store, encoders, tiny_settings)
    assert corrected == {**data, "test_fingerprint": corrected["test_fingerprint"]}
    assert corrected["test_fingerprint"] != data["test_fingerprint"]
    assert "请发照片给我们。" in {ticket.answer for ticket in material.test.tickets if ticket is not None}
    assert store.splits() == parts


def test_all_conversations_of_a_customer_are_on_one_side(
    store: Store, encoders: Encoders, tiny_settings: Settings
) -> None:
    turns = (("customer", "One question about lamps"), ("agent", "One answer."))
    add(store, tiny_settings, talk("n1", *turns, day=500, customer="customer-0"))
    collect(store, encoders, tiny_settings)
    parts = store.splits()
    assert parts["n1"] == parts["tiny-00"]


def test_parts_are_frozen(store: Store, encoders: Encoders, tiny_settings: Settings) -> None:
    _, data = collect(store, encoders, tiny_settings)
    before = store.splits()
    _, again = collect(store, encoders, tiny_settings)
    assert (store.splits(), again) == (before, data)
    talks = [talk(f"n{i}", ("customer", f"Question {i} here"), ("agent", f"Answer {i}."), day=i) for i in range(10)]
    add(store, tiny_settings, *talks)
    _, grown = collect(store, encoders, tiny_settings)
    after = store.splits()
    assert {key: after[key] for key in before} == before
    assert {key for key, part in after.items() if part == "test" and key not in before} == {"n8", "n9"}
    assert grown["test_fingerprint"] != data["test_fingerprint"]


def test_canned_answers_are_learned_from_and_never_judged_by(
    store: Store, encoders: Encoders, tiny_settings: Settings
) -> None:
    canned = Ticket.make(
        "How do I change my address?", "Write to us.", intent="change_address", source="canned", language="en"
    )
    store.add_ticket(canned)
    store.add_ticket(Ticket.make("A correction", "is no example", language="en"))
    store.add_verdicts([Verdict("v1", "r1", "edited", "tiny-0", "is no example", at=LATE)])
    material = one(collect(store, encoders, tiny_settings))
    assert canned in material.train.tickets
    assert canned not in material.test.tickets
    assert "A correction" not in material.train.texts + material.test.texts
    assert canned.id not in material.hidden


def test_a_table_of_pairs_is_enough_to_learn_from_and_to_judge_by(encoders: Encoders, tiny_settings: Settings) -> None:
    store = Store.open("sqlite://")
    words = ("lamp", "mug", "bowl", "plate", "chair")
    made = [
        Ticket.make(f"Where can I see the {word} in {n} colours?", f"On page {n}.", intent=word, language="en")
        for word in words
        for n in range(10)
    ]
    store.add_tickets(made)
    (material,), data = collect(store, encoders, tiny_settings)
    assert (data["conversations"], data["pairs"], data["intents"]) == (0, 50, 5)
    learned, judged = ({ticket.id for ticket in part.tickets} for part in (material.train, material.test))
    # Questions that differ in a number alone repeat the test, and are left out.
    assert len(learned) + data["left_out"] == 50 - len(judged) and not learned & judged
    assert 5 <= len(judged) <= 15 and material.hidden == judged
    again = collect(store, encoders, tiny_settings)
    assert again[1] == data and one(again).test.texts == material.test.texts
    store.add_tickets([Ticket.make("Do you sell sofas, too?", "Yes.", intent="sofa", language="en")])
    assert judged <= {ticket.id for ticket in one(collect(store, encoders, tiny_settings)).test.tickets}
    store.close()


def test_what_is_in_a_conversation_is_no_pair_of_its_own(
    store: Store, encoders: Encoders, tiny_settings: Settings
) -> None:
    material = one(collect(store, encoders, tiny_settings))
    store.add_tickets([ticket for ticket in material.train.tickets if ticket is not None])
    assert list(lone_tickets(store)) == []
    assert one(collect(store, encoders, tiny_settings)).train.texts == material.train.texts


def test_what_counts_as_an_example(store: Store, encoders: Encoders, tiny_settings: Settings) -> None:
    add(
        store,
        tiny_settings,
        talk("n1", ("customer", "Labelled but unanswered"), intent="refund_status", day=-900),
        talk("n2", ("customer", "Answered by the bot alone"), ("bot", "I cannot say."), day=-900),
        talk(
            "n3",
            ("customer", "Do you sell lamps like that?"),
            ("agent", "Yes."),
            ("note", "He asks again"),
            ("customer", "in blue?"),
            ("agent", "In blue too."),
            day=-900,
        ),
    )
    train = one(collect(store, encoders, tiny_settings)).train
    assert train.tickets[train.texts.index("Labelled but unanswered")] is None
    assert "Answered by the bot alone" not in train.texts
    row = train.texts.index("Do you sell lamps like that?\nin blue?")
    ticket = train.tickets[row]
    assert ticket is not None
    assert (ticket.question, ticket.answer) == ("in blue?", "In blue too.")
    assert ticket.id in store.tickets_by_id([ticket.id])
    np.testing.assert_allclose(train.answers[row], answer_judge().encode(["In blue too."])[0], atol=1e-6)
    assert not train.answers[train.texts.index("Labelled but unanswered")].any()


def test_an_intent_with_too_few_examples_is_no_intent(
    store: Store, encoders: Encoders, tiny_settings: Settings
) -> None:
    add(store, tiny_settings, talk("n1", ("customer", "Rare one"), ("agent", "Yes."), intent="rare", day=-900))
    train = one(collect(store, encoders, tiny_settings)).train
    assert train.labels[train.texts.index("Rare one")] == ""
    assert "rare" not in train.labels
    strict = tiny_settings.model_copy(update={"finetune": FinetuneSettings(min_examples=7)})
    assert set(one(collect(store, encoders, strict)).train.labels) <= {"", "delivery_delay", "refund_status"}


def test_messages_labelled_out_of_scope_are_learned_but_no_intent(
    store: Store, encoders: Encoders, tiny_settings: Settings
) -> None:
    for number in range(4):
        turns = (("customer", f"Weather number {number}?"), ("agent", "No idea."))
        add(store, tiny_settings, talk(f"n{number}", *turns, intent=OUT_OF_SCOPE, day=-900))
    (material,), data = collect(store, encoders, tiny_settings)
    assert data["intents"] == 5
    assert len(material.train.strangers) == 4
    assert len(material.train.in_scope) == len(material.train.labelled) == 31


def test_a_question_judged_once_hides_all_its_tickets(
    store: Store, encoders: Encoders, tiny_settings: Settings
) -> None:
    talks = [
        talk(f"n{i}", ("customer", "Is the wombat in stock?"), ("agent", f"Answer {i}."), intent="stock", day=900 + i)
        for i in range(3)
    ]
    add(store, tiny_settings, *talks)
    material = one(collect(store, encoders, tiny_settings))
    assert material.test.texts.count("Is the wombat in stock?") == 1
    assert store.tickets_with_curation([], asking="Is the wombat in stock?").keys() <= material.hidden
    assert {t.id for t in material.test.tickets if t is not None} <= material.hidden


def test_the_judge_never_shows_what_it_judges_by(
    desk: Home, store: Store, encoders: Encoders, tiny_settings: Settings
) -> None:
    from replydesk.dialog.agent import Agent
    from replydesk.dialog.release import UNTRAINED_RELEASE
    from replydesk.retrieval.matcher import Matcher

    material = one(collect(store, encoders, tiny_settings))
    agent = Agent(store, Matcher(store, encoders, ("en", "zh")), tiny_settings)
    shown: set[str] = set()
    really = agent.answer

    def watched(*arguments: Any, **named: Any) -> Any:
        reply = really(*arguments, **named)
        shown.update(hit.ticket.id for hit in reply.hits)
        return reply

    agent.answer = watched  # type: ignore[method-assign]
    metrics, _ = judge_module.evaluate(agent, UNTRAINED_RELEASE, material)
    assert (metrics["replies"]["messages"], metrics["replies"]["strangers"] > 8) == (8, True)
    assert shown
    assert not shown & material.hidden


@pytest.mark.slow
def test_two_encoders_have_a_material_each(store: Store, tiny_settings: Settings) -> None:
    from replydesk.data.settings import RetrievalSettings

    english = tiny_settings.retrieval.english_encoder
    both = Encoders(RetrievalSettings(english_encoder=english))
    materials, data = collect(store, both, tiny_settings)
    assert [(m.languages, len(m.train), len(m.test)) for m in materials] == [(("en",), 16, 4), (("zh",), 16, 4)]
    assert [m.train.vectors.shape[1] for m in materials] == [32, 512]
    assert data["train"] == 32


def test_an_empty_desk_has_no_material(encoders: Encoders, tiny_settings: Settings) -> None:
    store = Store.open("sqlite://")
    materials, data = collect(store, encoders, tiny_settings)
    assert (materials, data["conversations"], data["train"], data["test"]) == ([], 0, 0, 0)
    store.close()


def test_agreement_is_what_answers_to_strangers_rarely_reach(
    store: Store, encoders: Encoders, tiny_settings: Settings
) -> None:
    material = one(collect(store, encoders, tiny_settings))
    answers = material.train.answers
    cosines = (answers @ answers.T)[~np.eye(len(answers), dtype=bool)]
    assert (cosines > material.agreement).mean() == pytest.approx(0.05, abs=0.002)
    assert 0.3 < material.agreement <= 1.0001


def test_the_intent_that_a_person_gave_in_a_verdict_is_learned(
    desk: Home, store: Store, encoders: Encoders, tiny_settings: Settings
) -> None:
    from replydesk.dialog.agent import Agent
    from replydesk.retrieval.matcher import Matcher

    agent = Agent(store, Matcher(store, encoders, ("en", "zh")), tiny_settings)
    material = one(collect(store, encoders, tiny_settings))
    reply = agent.reply("Could it be that my money is stuck?", customer="customer-0")
    agent.judge(reply.id, "wrong_intent", intent="refund_status")
    grown = one(collect(store, encoders, tiny_settings))
    assert "Could it be that my money is stuck?" not in material.train.texts + material.test.texts
    everything = grown.train + grown.test
    row = everything.texts.index("Could it be that my money is stuck?")
    assert (everything.labels[row], everything.tickets[row]) == ("refund_status", None)


@pytest.mark.parametrize("weak", [False, True])
def test_weak_intents_are_learned_from_where_it_is_set_and_never_judged_by(
    store: Store, encoders: Encoders, tiny_settings: Settings, weak: bool
) -> None:
    settings = tiny_settings.model_copy(update={"finetune": FinetuneSettings(weak_intents=weak)})
    hour = timedelta(hours=1)
    early = [
        replace(
            talk(
                f"gift-{n}", ("customer", f"{name} as a gift?"), ("agent", f"Gladly, {name}."), intent=intent, day=-400
            ),
            tags=("gift",),
        )
        for n, (name, intent) in enumerate(
            [("lamp", "gift_wrap"), ("mug", "gift_wrap"), ("robe", "gift_wrap"), ("kettle", ""), ("pan", "")]
        )
    ]
    newest = replace(
        talk("gift-late", ("customer", "a present please"), ("agent", "Of course."), day=900), tags=("gift",)
    )
    newest = replace(newest, messages=tuple(replace(m, at=LATE + 2000 * 24 * hour) for m in newest.messages))
    add(store, settings, *early, newest)
    material = one(collect(store, encoders, settings))
    labels = dict(zip(material.train.texts, material.train.labels, strict=True))
    assert {labels["kettle as a gift?"], labels["pan as a gift?"]} == {"gift_wrap" if weak else ""}
    assert labels["lamp as a gift?"] == "gift_wrap"
    judged = dict(zip(material.test.texts, material.test.labels, strict=True))
    assert judged["a present please"] == ""


def test_a_place_is_known_that_answers_to_two_customers_name_or_a_fact(
    store: Store, encoders: Encoders, tiny_settings: Settings
) -> None:
    store.assign_splits(dict.fromkeys(("p1", "p2", "p3"), "train"))
    add(
        store,
        tiny_settings,
        talk("p1", ("customer", "Is the kettle loud?"), ("agent", "We ship to Norway."), day=1),
        talk("p2", ("customer", "What tea is strong?"), ("agent", "Not yet to Norway, only to Chile."), day=1),
        talk("p3", ("customer", "茶有几种？"), ("agent", "新疆要多等两天。"), day=1, language="zh"),
    )
    material = one(collect(store, encoders, tiny_settings, ["Iceland"]))
    assert {"norway", "iceland"} <= material.places
    assert not {"chile", "新疆"} & material.places
