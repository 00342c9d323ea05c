"""A new intent: one row of the head by the formula, live in seconds, checked, audited, rolled back, never forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from replydesk.data.errors import RequestError
from replydesk.data.home import Home
from replydesk.dialog.agent import Agent
from replydesk.dialog.incoming import Incoming
from replydesk.dialog.intents import IntentHead
from replydesk.dialog.neighbours import NeighbourClassifier
from replydesk.dialog.reader import IntentReader
from replydesk.dialog.release import Release
from replydesk.dialog.second import SecondReader
from replydesk.dialog.spelling import Speller
from replydesk.finetune.collecting import collect
from replydesk.finetune.evaluation.gate import Outcomes
from replydesk.finetune.intents.classify import fit_logistic
from replydesk.finetune.intents.familiarity import fit_draft
from replydesk.finetune.intents.words import fit_words
from replydesk.finetune.learning import intents as module
from replydesk.finetune.learning.intents import (
    example_conversations,
    extended_familiarity,
    extended_head,
    extended_neighbours,
)
from replydesk.finetune.parts import TestMessages
from replydesk.finetune.recipe import HeadRecipe, Recipe
from replydesk.finetune.retrain import Workshop
from replydesk.finetune.train import make_release

FAST = Recipe(name="fast", head=HeadRecipe(strengths=(10.0,), folds=2), spelling=False)
# The tiny encoder knows the words of the tiny desk alone.
EXAMPLES = {
    "en": [
        "where do I send the photo",
        "photo of the damage",
        "can I send a photo",
        "a photo, please, how",
        "you need my photo",
    ],
    "zh": ["照片怎么发", "请收照片", "照片发到公司可以吗", "照片已发", "拍一张照片"],
}
ASKED = {"en": "how can I send my photo", "zh": "请问照片怎么发"}
KNOWN = {"Where is my parcel?": "delivery_delay", "退款要多久": "refund_status"}


@pytest.fixture
def workshop(desk: Home) -> Iterator[Workshop]:
    workshop = Workshop(desk)
    # What it is, not how good: a random encoder reads the few test messages of a tiny desk as it likes.
    allow(workshop, 0.3)
    yield workshop
    workshop.store.close()


def allow(workshop: Workshop, loss: float) -> None:
    finetune = workshop.settings.finetune.model_copy(update={"max_loss": loss, "max_slice_loss": loss})
    workshop.settings = workshop.settings.model_copy(update={"finetune": finetune})


def trained(workshop: Workshop) -> Release:
    """Let a release answer that nobody judged."""
    workshop.matcher.sync()
    material, data = collect(workshop.store, workshop.encoders, workshop.settings)
    release = make_release(material, data, FAST)
    workshop.releases.save(release, {}, "")
    workshop.releases.promote(release.id)
    return release


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def blobs(seed: int, labels: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    centres = np.random.default_rng(1).normal(size=(labels, 12))
    targets = np.repeat(np.arange(labels), count)
    return unit(centres[targets] + 0.7 * draw.normal(size=(len(targets), 12))), targets


def test_the_new_row_is_the_minimum_of_the_extended_softmax() -> None:
    vectors, targets = blobs(0, 5, 20)
    old = targets < 4
    head = IntentHead(tuple("abcd"), *fit_logistic(vectors[old], targets[old], 30.0, 0), 0.7)
    new = vectors[~old][:5]
    made, recognised = extended_head(head, vectors[old], "bb", new, (10.0,))
    assert made.labels == ("a", "b", "bb", "c", "d") and made.temperature == 0.7
    np.testing.assert_array_equal(made.logits(new)[:, [0, 1, 3, 4]], head.logits(new))
    assert recognised == 1.0

    def loss(weights: np.ndarray, bias: float) -> float:
        def nll(rows: np.ndarray, own: bool) -> float:
            logits = np.column_stack([head.logits(rows), rows @ weights + bias])
            chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
            return float(-np.log(chances[:, -1] if own else 1 - chances[:, -1]).sum())

        # 80 others of four labels: an average intent has 20 examples, so each of five counts four times eight.
        return 10.0 * (32 * nll(new, True) + nll(vectors[old], False)) + float(weights @ weights) / 2

    row, bias = made.weights[2], float(made.bias[2])
    least = loss(row, bias)
    for seed in range(20):
        step = np.random.default_rng(seed).normal(size=13) * 0.05
        assert loss(row + step[:12], bias + step[12]) > least - 1e-3


def test_new_ones_are_read_as_new_and_old_ones_stay() -> None:
    vectors, targets = blobs(0, 10, 30)
    old = targets < 9
    head = IntentHead(tuple("abcdefghi"), *fit_logistic(vectors[old], targets[old], 30.0, 0))
    made, _ = extended_head(head, vectors[old], "z", vectors[~old][:5])
    fresh, truth = blobs(5, 10, 40)
    before = head.logits(fresh[truth < 9]).argmax(axis=1) == truth[truth < 9]
    guesses = made.logits(fresh).argmax(axis=1) == truth
    assert guesses[truth == 9].mean() > 0.8
    assert guesses[truth < 9].mean() > before.mean() - 0.03
    # Examples that are among the known messages are no counterexamples of themselves.
    again, _ = extended_head(head, np.concatenate([vectors[old], vectors[~old][:5]]), "z", vectors[~old][:5])
    np.testing.assert_allclose(again.weights, made.weights, atol=1e-2)


def test_one_example_is_enough_to_begin_with() -> None:
    vectors, targets = blobs(0, 4, 20)
    old = targets < 3
    head = IntentHead(tuple("abc"), *fit_logistic(vectors[old], targets[old], 30.0, 0))
    made, _ = extended_head(head, vectors[old], "d", vectors[~old][:1])
    assert made.logits(vectors[~old][:1]).argmax() == 3


def test_what_is_new_becomes_familiar() -> None:
    vectors, targets = blobs(0, 6, 20)
    old = targets < 5
    draft = fit_draft(vectors[old], tuple(str(t) for t in targets[old]))
    more = extended_familiarity(draft, vectors[~old][:5])
    np.testing.assert_allclose(more.means[-1], vectors[~old][:5].astype(float).mean(axis=0) @ draft.whitening)
    assert (len(more.known), len(more.means), more.problems()) == (105, 6, [])
    whole = fit_draft(more.known, (*(str(t) for t in targets[old]), *"55555"))
    np.testing.assert_allclose(more.centroids, whole.centroids)
    np.testing.assert_allclose(more.density[100:], whole.density[100:], atol=1e-6)
    assert more.owners.tolist() == whole.owners.tolist() and more.radii[5] >= np.median(draft.radii)
    fresh = vectors[~old][5:]
    highest = np.ones(len(fresh))
    # Nearest known, Mahalanobis, radius, nearest mean and the known of that intent.
    scores = [one.scores(fresh, highest)[:, 1:6].mean(axis=0) for one in (more, draft)]
    assert (scores[0] < scores[1]).all()


def test_second_opinions_know_the_new_intent_or_leave_it_alone() -> None:
    vectors, targets = blobs(0, 5, 20)
    old = targets < 4
    names, new = np.array(list("abde")), vectors[~old][:5]
    known = vectors[old], names[targets[old]].tolist()
    head = IntentHead(tuple("abde"), *fit_logistic(vectors[old], targets[old], 30.0, 0), 0.7)
    near = extended_neighbours(replace(NeighbourClassifier.of(*known), weight=0.4), "c", new)
    # As if it had been learned with the others.
    whole = NeighbourClassifier.of(np.concatenate([vectors[old], new]), [*known[1], *"ccccc"])
    fresh, truth = blobs(5, 5, 8)
    assert (near.labels, near.weight, near.problems(12)) == (tuple("abcde"), 0.4, [])
    np.testing.assert_array_equal(near.owners, whole.owners)
    np.testing.assert_allclose(near.logits(fresh), whole.logits(fresh))

    texts = [f"{label} 退款 {row % 3}" for row, label in enumerate(known[1])]
    words = replace(fit_words(texts, known[1], "zh"), weight=2.0)
    made, _ = extended_head(head, vectors[old], "c", new)
    asked = ["退款 a"] * len(fresh)
    without = IntentReader(made, None, near).probabilities(asked, fresh)
    found = IntentReader(made, words, near).probabilities(asked, fresh)
    # By hand: what words say parts among the four what the head gives these; the neighbours speak of all five.
    heads = np.exp(made.logits(fresh) / 0.7)
    heads /= heads.sum(axis=1, keepdims=True)
    said = np.exp(0.4 * whole.logits(fresh))
    np.testing.assert_allclose(without, heads * said / (heads * said).sum(axis=1, keepdims=True), atol=1e-9)
    four = heads[:, [0, 1, 3, 4]] * np.exp(2.0 * words.logits(asked))
    four *= (1 - heads[:, [2]]) / four.sum(axis=1, keepdims=True)
    by_hand = np.insert(four, 2, heads[:, 2], axis=1) * said
    np.testing.assert_allclose(found, by_hand / by_hand.sum(axis=1, keepdims=True), atol=1e-9)
    assert IntentReader(made, words, near).problems(12) == []
    assert (without.argmax(axis=1) == truth.clip(max=4))[truth < 2].mean() > 0.5


def test_a_release_with_second_opinions_is_taught_whole(workshop: Workshop) -> None:
    first = trained(workshop)
    [key] = first.skills
    skills = first.skills[key]
    assert skills.familiarity is not None and skills.head is not None
    labels = [skills.head.labels[owner] for owner in skills.familiarity.owners.tolist()]
    near = replace(NeighbourClassifier.of(skills.familiarity.known, labels), weight=0.1)
    near = near.sharing(skills.familiarity.known)
    # The same encoder, as if it were a second one.
    second = SecondReader(workshop.encoders.of("zh"), skills.head, replace(skills.familiarity, slope=1.0))
    release = replace(first, skills={key: replace(skills, neighbours=near, second=second)})
    tests = TestMessages.of(workshop.store, workshop.settings)
    intent = module.NewIntent("photo", tuple(EXAMPLES["zh"]), ("zh",) * 5)
    made, _ = module.with_intent(release, intent, workshop.encoders, tests, settings=workshop.settings.finetune)
    taught = made.skills[key]
    assert taught.neighbours is not None and taught.shares_vectors
    assert taught.neighbours.labels == taught.reader.labels  # type: ignore[union-attr]
    own = taught.neighbours.owners == taught.neighbours.labels.index("photo")
    np.testing.assert_array_equal(np.flatnonzero(own), np.arange(5) + len(near.vectors))
    assert taught.problems() == []
    # The second encoder's head leaves the new intent alone, and the examples are known there, too.
    assert taught.second is not None and taught.second.labels == skills.head.labels
    assert taught.second.familiarity is not None and taught.familiarity is not None
    np.testing.assert_array_equal(taught.second.familiarity.known, taught.familiarity.known)
    assert len(taught.familiarity.known) == len(skills.familiarity.known) + 5


def test_a_speller_takes_the_words_of_the_examples_for_right() -> None:
    speller = Speller({"refund": 900, "voice": 400})
    assert speller.correct("my voile") == "my voile" and speller.correct("refudn") == "refund"
    assert Speller({"boucher": 900}).correct("a voucher") == "a boucher"
    taught = Speller({"boucher": 900}).knowing(["A Voucher please"])
    assert taught.correct("a voucher, a Voucher") == "a voucher, a Voucher"
    assert taught.correct("a boucehr") == "a boucher"


def test_a_new_intent_is_live_at_once_and_others_stay(workshop: Workshop, desk: Home) -> None:
    first = trained(workshop)
    running = Agent.open(desk)
    assert running.answer(Incoming(ASKED["en"], language="en")).reading.intents[0].name != "photo"
    before = {text: running.answer(Incoming(text, language="en")).reading.intents[0].name for text in KNOWN}

    outcome = workshop.add_intent("photo", [*EXAMPLES["en"], *EXAMPLES["zh"]], answer="Attach it to your message.")
    assert outcome.promoted, outcome.report.reasons
    assert workshop.releases.current_id() == outcome.release.id != first.id
    assert workshop.releases.check(outcome.release.id) == []
    for language, text in ASKED.items():
        reply = running.answer(Incoming(text, language=language))
        assert (reply.release, reply.reading.intents[0].name) == (outcome.release.id, "photo")
    assert {text: running.answer(Incoming(text, language="en")).reading.intents[0].name for text in KNOWN} == before
    assert running.answer(Incoming(EXAMPLES["en"][0], language="en")).text == "Attach it to your message."

    card = workshop.releases.card(outcome.release.id)
    assert card["data"]["added"] == [{"intent": "photo", "examples": 10}]
    assert (card["parent"], card["recipe"]) == (first.id, workshop.releases.card(first.id)["recipe"])
    told = workshop.store.audit(limit=1)[0]
    assert (told["what"], told["detail"]["intent"], told["detail"]["promoted"]) == ("intent", "photo", True)
    assert Path(outcome.folder / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")

    # The next full training has learned from the examples, and nothing of them is in the test part.
    [material], _ = collect(workshop.store, workshop.encoders, workshop.settings)
    assert material.train.labels.count("photo") == 10 and "photo" not in material.test.labels
    [skills] = make_release([material], {}, FAST).skills.values()
    assert skills.head is not None and "photo" in skills.head.labels

    assert workshop.releases.rollback() == first.id
    assert running.answer(Incoming(ASKED["en"], language="en")).reading.intents[0].name != "photo"


def test_the_same_examples_are_stored_once_and_the_intent_is_taught_once(workshop: Workshop) -> None:
    trained(workshop)
    workshop.add_intent("photo", EXAMPLES["en"])
    counts = workshop.store.counts()
    with pytest.raises(RequestError, match="knows this intent already"):
        workshop.add_intent("photo", EXAMPLES["en"])
    assert workshop.store.counts() == counts
    stored = [c for c in workshop.store.conversations() if c.source == "example"]
    assert sorted(c.messages[0].text for c in stored) == sorted(EXAMPLES["en"])
    assert {workshop.store.splits()[c.id] for c in stored} == {"train"}


def test_an_intent_by_which_others_lose_is_refused_but_its_examples_stay(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = trained(workshop)
    measured = iter([0.9, 0.7])

    def measure(*_: object) -> tuple[dict[str, Any], Outcomes]:
        figures = {"accuracy": next(measured), "accuracy_ci": [0, 1], "messages": 500}
        return {"messages": 500, "intents": figures}, Outcomes()

    monkeypatch.setattr(module, "_measured", measure)
    allow(workshop, 0.01)
    outcome = workshop.add_intent("photo", EXAMPLES["en"])
    assert not outcome.promoted
    assert "0.900 -> 0.700, worse by more than 0.010" in outcome.report.reasons[0]
    assert workshop.releases.current_id() == first.id
    assert outcome.release.id in workshop.releases.ids()
    assert sum(c.source == "example" for c in workshop.store.conversations()) == 5


@pytest.mark.parametrize(
    ("name", "examples", "why"),
    [
        ("", ["a gift"], "name of an intent"),
        ("out_of_scope", ["a gift"], "name of an intent"),
        ("gift", [], "needs an example"),
        ("gift", ["  \x00 "], "is empty"),
    ],
)
def test_what_says_nothing_is_refused(workshop: Workshop, name: str, examples: list[str], why: str) -> None:
    with pytest.raises(RequestError, match=why) as caught:
        workshop.add_intent(name, examples)
    assert caught.value.hint


def test_an_untrained_desk_is_trained_first(workshop: Workshop) -> None:
    with pytest.raises(RequestError, match="no intents to add to") as caught:
        workshop.add_intent("photo", EXAMPLES["en"])
    assert "replydesk train" in caught.value.hint
    assert not [c for c in workshop.store.conversations() if c.source == "example"]


def test_examples_are_masked_and_told_apart(workshop: Workshop) -> None:
    settings = workshop.settings.data
    found = example_conversations("gift", ["mail me at ann.lee@example.org", "礼品卡怎么用", "礼品卡怎么用 "], settings)
    texts = {c.messages[0].text: c.messages[0].language for c in found}
    assert texts.keys() == {"mail me at <EMAIL_1>", "礼品卡怎么用"} and texts["礼品卡怎么用"] == "zh"


def test_the_messages_of_the_test_part_are_those_that_judge(workshop: Workshop) -> None:
    [material], _ = collect(workshop.store, workshop.encoders, workshop.settings)
    found = TestMessages.of(workshop.store, workshop.settings)
    labelled = material.test.labelled
    rows = set(zip(labelled.texts, labelled.labels, labelled.languages, strict=True))
    assert set(zip(found.texts, found.labels, found.languages, strict=True)) == rows and len(found) == len(rows)
    assert len(found.at_most(3)) <= 3 and set(found.where(lambda one: one == "zh").languages) == {"zh"}
    assert replace(found, texts=found.texts) == found
