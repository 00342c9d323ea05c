"""Eight-bit encoders: what the check lets through and what it refuses, and that a release serves what it says."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from replydesk.data.errors import ReleaseError
from replydesk.data.home import Home, write_atomically
from replydesk.data.records import Ticket
from replydesk.dialog.agent import Agent
from replydesk.dialog.incoming import Incoming
from replydesk.dialog.release import Release
from replydesk.dialog.releases import Releases
from replydesk.dialog.skills import Skills, Thresholds
from replydesk.finetune import retrain
from replydesk.finetune.collecting import collect
from replydesk.finetune.encoders import compact
from replydesk.finetune.encoders.compact import compare, made_compact
from replydesk.finetune.encoders.quantize import quantized
from replydesk.finetune.examples import Material
from replydesk.finetune.recipe import HeadRecipe, Recipe
from replydesk.finetune.retrain import Workshop
from replydesk.retrieval.encoders.encoder import Vectors
from replydesk.retrieval.encoders.graphs import Graph
from replydesk.retrieval.encoders.runtime import OpenVinoEncoder

FAST = Recipe(name="fast", head=HeadRecipe(strengths=(10.0,), folds=2))
ASKED = {"en": "Where is my parcel?", "zh": "我的快递三天没动了"}


class Altered:
    """An encoder that gives the vectors of another one, changed by a function."""

    id = "altered"

    def __init__(self, inner: object, change: object) -> None:
        self.inner, self.change = inner, change
        self.dimension: int = inner.dimension  # type: ignore[attr-defined]

    def encode(self, texts: object) -> Vectors:
        vectors = self.change(self.inner.encode(texts))  # type: ignore[attr-defined, operator]
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


@pytest.fixture
def workshop(desk: Home) -> Iterator[Workshop]:
    workshop = Workshop(desk)
    yield workshop
    workshop.store.close()


@pytest.fixture
def material(workshop: Workshop) -> Material:
    (part,), _ = collect(workshop.store, workshop.encoders, workshop.settings)
    return part


def halves(material: Material) -> tuple[list[bool], list[bool]]:
    first = [number % 2 == 0 for number in range(len(material.train))]
    return first, [not one for one in first]


def test_the_same_vectors_pass_with_their_figures(material: Material) -> None:
    learned, held = (material.train.where(kept) for kept in halves(material))
    figures, problems = compare(material, learned, held, material.encoder, FAST)
    assert problems == []
    assert figures["cosine"] == {"mean": 1.0, "least": 1.0}
    assert figures["messages"] == len(held)
    for label in ("intent_accuracy", "share_of_right_nearest_answers"):
        assert figures[label]["exact"] == figures[label]["int8"]
        assert (figures[label]["messages"], figures[label]["chance"]) == (len(held), 1.0)


def test_the_nearest_answers_are_those_of_a_plain_search(material: Material) -> None:
    learned, held = (material.train.where(kept) for kept in halves(material))
    figures, _ = compare(material, learned, held, material.encoder, FAST)
    right = 0
    for row, vector in enumerate(held.vectors):
        place = max(range(len(learned)), key=lambda i: float(learned.vectors[i] @ vector))
        ticket = learned.tickets[place]
        assert ticket is not None
        right += material.is_right(held, row, ticket, float(learned.answers[place] @ held.answers[row]))
    assert figures["share_of_right_nearest_answers"]["exact"] == pytest.approx(right / len(held), abs=1e-4)


def test_vectors_that_turn_away_are_refused(material: Material) -> None:
    learned, held = (material.train.where(kept) for kept in halves(material))
    draw = np.random.default_rng(0)
    noisy = Altered(material.encoder, lambda vectors: vectors + draw.normal(0, 0.1, vectors.shape))
    figures, problems = compare(material, learned, held, noisy, FAST)
    assert figures["cosine"]["mean"] < 0.99
    assert problems[0] == f"Its cosine to the exact encoder is {figures['cosine']['mean']:.4f}; 0.99 is needed."


def test_a_loss_counts_when_it_is_more_than_chance() -> None:
    right = np.ones(100, dtype=bool)
    lost = right.copy()
    lost[:5] = False
    assert compact._chance(right, lost) == pytest.approx(1 / 32)
    assert compact._chance(right, right) == 1.0
    assert compact._chance(lost, right) == 1.0
    one = right.copy()
    one[0] = False
    assert compact._chance(right, one) == 0.5


def test_answers_and_intents_that_are_lost_are_refused(material: Material, monkeypatch: pytest.MonkeyPatch) -> None:
    learned, held = (material.train.where(kept) for kept in halves(material))
    rights = iter([True, False] * 2)

    def told(*_: object) -> compact.Rights:
        return np.full(50, next(rights))

    monkeypatch.setattr(compact, "_intents", told)
    monkeypatch.setattr(compact, "_answers", told)
    _, problems = compare(material, learned, held, material.encoder, FAST)
    assert problems == [
        "Its intent accuracy is 0.000 where the exact encoder has 1.000.",
        "Its share of right nearest answers is 0.000 where the exact encoder has 1.000.",
    ]


def test_what_does_not_run_on_openvino_stays_exact_and_says_so(workshop: Workshop, material: Material) -> None:
    lines: list[str] = []
    found = made_compact(material, None, FAST, progress=lines.append)
    assert found.encoder is None
    why = ["Not quantised: it does not run on OpenVINO."]
    assert found.document == {"id": "", "used": False, "why": why, "figures": {}}
    assert lines == [f"{material.encoder.id} stays exact. {why[0]}"]


def test_without_nncf_it_stays_exact_and_says_so(
    workshop: Workshop, material: Material, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compact, "available", lambda: False)
    document = made_compact(material, None, FAST).document
    assert document["why"] == ["Not quantised: nncf is not installed: pip install 'replydesk[int8]'."]


def test_the_recipe_that_does_not_ask_gets_none(workshop: Workshop) -> None:
    outcome = workshop.train(FAST)
    assert outcome.release.int8 == {} == workshop.releases.card(outcome.release.id)["int8"]
    assert "int8" not in outcome.document()


def test_the_same_messages_on_another_encoder_know_which_one_it_stands_in_for(material: Material) -> None:
    other = Altered(material.encoder, lambda vectors: vectors[:, ::-1])
    moved = material.on(other)
    assert (moved.encoder, moved.base) == (other, material.encoder.id)
    np.testing.assert_allclose(moved.train.vectors, material.train.vectors[:, ::-1], atol=1e-6)
    assert (moved.train.labels, moved.test.texts) == (material.train.labels, material.test.texts)
    assert moved.on(material.encoder).base == material.encoder.id


def test_what_was_learned_is_found_by_the_encoder_that_another_stands_in_for(material: Material) -> None:
    base = material.encoder.id
    kept = Skills(thresholds=Thresholds(0.7))
    now = datetime(2026, 11, 2, tzinfo=UTC)
    other = Altered(material.encoder, lambda vectors: vectors)
    swapped = Release("b", now, {"altered": kept}, encoders={base: other})  # type: ignore[dict-item]
    assert swapped.skills_for(base) is kept
    assert Release("a", now, {base: kept}).skills_for(base) is kept


# ---- with real eight-bit weights of the tiny encoder


@pytest.fixture
def fast(desk: Home, tiny_bert: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workshop]:
    """A workshop on OpenVINO; its desk is tiny, and what an encoder of random weights loses is not the matter here."""
    monkeypatch.setattr(compact, "_LEAST", 4)
    monkeypatch.setattr(compact, "_COSINE", 0.9)
    monkeypatch.setattr(retrain, "judge", lambda *a, **k: replace(JUDGE(*a, **k), checks=()))
    text = desk.settings.read_text(encoding="utf-8").replace('runtime = "torch"', 'runtime = "openvino"')
    desk.settings.write_text(text, encoding="utf-8")
    workshop = Workshop(desk)
    yield workshop
    workshop.store.close()


JUDGE = retrain.judge


@pytest.mark.slow
def test_an_eight_bit_encoder_has_its_own_id_and_nearly_the_same_vectors(
    tiny_bert: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    graph = Graph.of(str(tiny_bert), 64, tmp_path)
    texts = [f"{text} {number}" for number in range(10) for text in ASKED.values()]
    eight = quantized(graph, texts)
    assert eight.card.id.startswith(f"{graph.card.id}-int8-")
    assert quantized(graph, texts).card.id == eight.card.id
    assert quantized(graph, texts[:4]).card.id != eight.card.id
    eight.save(tmp_path / "eight")
    kept = OpenVinoEncoder(Graph.load(tmp_path / "eight"))
    exact = OpenVinoEncoder(graph)
    assert kept.id == eight.card.id != exact.id
    # Calibrated or not, padded or alone: rows stay in their places.
    cosines = np.asarray(kept.encode(texts) @ exact.encode(texts).T)
    assert cosines.diagonal().min() > 0.9
    # Results alone are printed.
    assert capsys.readouterr().out == ""


@pytest.mark.slow
def test_a_release_serves_the_encoder_that_its_card_names_and_a_rollback_the_exact_one(
    fast: Workshop, desk: Home
) -> None:
    exact = fast.train(FAST, promote=True)
    running = Agent.open(desk)
    before = {language: running.answer(Incoming(text, language=language)) for language, text in ASKED.items()}
    [base] = exact.release.skills
    outcome = fast.train(replace(FAST, int8=True), promote=True)
    card = fast.releases.card(outcome.release.id)
    told = card["int8"][base]
    assert told["used"] and told["id"].startswith(f"{base}-int8-")
    assert list(card["skills"]) == [told["id"]] == list(outcome.release.skills)
    assert told["figures"]["cosine"]["mean"] > 0.9
    assert outcome.document()["int8"] == {base: told}
    names = {name for name in card["files"] if name.startswith("encoder/")}
    assert names == {f"encoder/{base}/{name}" for name in ("model.xml", "model.bin", "card.json")}
    # The index was built before the promotion.
    assert (desk.indexes / told["id"] / "manifest.json").exists()

    assert running.release().id == outcome.release.id
    matcher = running.matcher_of(running.release())
    assert {matcher.encoder_id("en"), matcher.encoder_id("zh")} == {told["id"]}
    for language, text in ASKED.items():
        reply = running.answer(Incoming(text, language=language))
        assert (reply.release, reply.hits[0].ticket.question) == (outcome.release.id, text)
    # Another process reads it from the folder.
    other = Agent.open(desk)
    vector = other.matcher_of(other.release()).encode(ASKED["en"], language="en")
    assert float((vector @ matcher.encode(ASKED["en"], language="en").T)[0, 0]) > 0.9999
    assert [hit.ticket.id for hit in other.search(ASKED["zh"])] == [
        hit.ticket.id for hit in running.search(ASKED["zh"])
    ]

    assert Releases(desk).rollback() == exact.release.id
    for language, text in ASKED.items():
        reply = running.answer(Incoming(text, language=language))
        assert reply.release == exact.release.id
        assert [hit.score for hit in reply.hits] == pytest.approx([hit.score for hit in before[language].hits])
    assert running.matcher_of(running.release()).encoder_id("en") == base


@pytest.mark.slow
def test_the_bulk_index_is_of_the_encoders_that_answer_too_and_goes_when_nothing_needs_it(
    fast: Workshop, desk: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    [base] = fast.train(FAST, promote=True).release.skills
    eight = fast.train(replace(FAST, int8=True), promote=True)
    [(_, told)] = eight.release.int8.items()
    fast.store.add_ticket(ticket := Ticket.make("Do umbrellas have dots?", "Some do.", language="en"))
    assert fast.build_index() == {base: 41, told["id"]: 41}
    running = Agent.open(desk)
    matcher = running.matcher_of(running.release())

    def never(_texts: Sequence[str]) -> Vectors:
        raise AssertionError("it was encoded by the bulk encoding")

    vector = matcher.encode(ticket.question, language="en")
    with monkeypatch.context() as patch:
        patch.setattr(running.release().encoders[base], "encode", never)
        assert matcher.find("do umbrellas have any dots", language="en", vector=vector)[0].ticket == ticket
    # The next release is exact: what a rollback needs stays, and goes with the one after.
    third = fast.train(FAST, promote=True)
    assert third.release.parent == eight.release.id
    assert (desk.indexes / told["id"] / "manifest.json").exists()
    began = time.monotonic()
    assert Releases(desk).rollback() == eight.release.id
    assert running.answer(Incoming(ticket.question, language="en")).release == eight.release.id
    assert time.monotonic() - began < 5
    fast.releases.promote(third.release.id)
    fast.train(FAST, promote=True)
    assert {path.name for path in desk.indexes.iterdir()} == {base}


@pytest.mark.slow
def test_a_failed_check_keeps_the_exact_encoder_and_says_so_in_the_card(
    fast: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compact, "_COSINE", 1.1)
    outcome = fast.train(replace(FAST, int8=True), promote=True)
    [(base, told)] = fast.releases.card(outcome.release.id)["int8"].items()
    assert (told["used"], told["id"]) == (False, "")
    assert told["why"][0].startswith("Its cosine to the exact encoder is 0.9")
    assert set(told["figures"]) >= {"messages", "cosine", "intent_accuracy", "times_as_fast"}
    assert list(outcome.release.skills) == [base]
    assert fast.releases.load(outcome.release.id).encoders == {}
    assert not (outcome.folder / "encoder").exists()


@pytest.mark.slow
@pytest.mark.parametrize("file", ["model.bin", "model.xml", "card.json"])
def test_a_damaged_encoder_is_refused_and_the_release_before_goes_on(fast: Workshop, desk: Home, file: str) -> None:
    exact = fast.train(FAST, promote=True)
    running = Agent.open(desk)
    outcome = fast.train(replace(FAST, int8=True))
    [path] = outcome.folder.glob(f"encoder/*/{file}")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ReleaseError, match=f"{file} has changed") as caught:
        fast.releases.promote(outcome.release.id)
    assert "rollback" in caught.value.hint
    write_atomically(desk.current, outcome.release.id.encode())
    assert running.answer(Incoming(ASKED["en"], language="en")).release == exact.release.id
    with pytest.raises(ReleaseError):
        Agent.open(desk)
