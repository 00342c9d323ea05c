"""What to label next: the unsure ones, no two alike, none of the test part, in both languages."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from replydesk.data.home import Home
from replydesk.data.ingest import ingest
from replydesk.data.records import Conversation, Message
from replydesk.dialog.intents import IntentHead
from replydesk.dialog.release import UNTRAINED_RELEASE
from replydesk.dialog.skills import Skills
from replydesk.finetune.learning.active import choose_diverse, suggest
from replydesk.finetune.retrain import Workshop


def test_the_next_one_is_unsure_and_far_from_those_chosen() -> None:
    vectors = np.array([[1, 0], [0.999, 0.045], [0, 1], [0.6, 0.8]], dtype=np.float32)
    unsure = np.array([0.9, 0.89, 0.5, 0.4])
    # After the first: .89 * .001, .5 * 1, .4 * .4; then .4 * min(.4, .2) is more than .89 * .001.
    assert choose_diverse(vectors, unsure, 3) == [0, 2, 3]
    assert choose_diverse(vectors, unsure, 9)[:3] == [0, 2, 3]
    assert sorted(choose_diverse(vectors, unsure, 9)) == [0, 1, 2, 3]
    # What is sure is no candidate while 20 less sure ones are there for each place.
    many = np.eye(60, dtype=np.float32)
    assert choose_diverse(many, np.linspace(1, 0, 60), 2) == [0, 1]


def test_unlabelled_messages_of_both_languages_are_suggested(desk: Home) -> None:
    workshop = Workshop(desk)
    texts = {"a": "Where is the parcel and my refund?", "b": "退款和快递", "c": "Cancel the parcel", "d": "取消订单"}
    conversations = [Conversation(key, (Message(f"{key}-1", "customer", text),), "test") for key, text in texts.items()]
    ingest(conversations, workshop.store, workshop.settings.data)
    workshop.store.assign_splits({"c": "test"})
    settings, encoders = workshop.settings, workshop.encoders
    found = suggest(workshop.store, settings, encoders, UNTRAINED_RELEASE, 10)
    assert {one.conversation for one in found} == {"a", "b", "d"}
    assert {(one.unsure, one.intent, one.probability) for one in found} == {(1.0, "", 0.0)}

    encoder = encoders.of("en")
    vectors = encoder.encode([texts["a"], texts["d"]])
    # Half way between two intents, and right on one of them.
    weights = 40 * np.stack([vectors[1], vectors[0] * 0]).astype(float)
    head = IntentHead(("cancel", "other"), weights, np.array([-20.0 - 40 * float(vectors[0] @ vectors[1]) + 20, 0.0]))
    release = replace(UNTRAINED_RELEASE, id="made", skills={encoder.id: Skills(head=head)})
    found = suggest(workshop.store, settings, encoders, release, 3)
    assert found[0].conversation == "a" and round(found[0].unsure, 3) == 1.0
    told = {one.conversation: one for one in found}
    chances = head.probabilities(encoder.encode([texts["b"]]))[0]
    np.testing.assert_allclose(told["b"].probability, chances.max(), atol=1e-6)
    np.testing.assert_allclose(told["b"].unsure, 1 - abs(chances[0] - chances[1]), atol=1e-6)
    assert found[0].document().keys() == {"conversation", "text", "language", "unsure", "intent", "probability"}
    workshop.store.close()
