"""Releases: what comes back is what went in, and nothing broken ever answers."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from replydesk.data.errors import HomeError, NotFoundError, ReleaseError
from replydesk.data.home import Home, write_atomically
from replydesk.dialog import releases as module
from replydesk.dialog.intents import Familiarity, IntentHead
from replydesk.dialog.release import UNTRAINED_RELEASE, Release
from replydesk.dialog.releases import Releases
from replydesk.dialog.skill_files import load_skills, save_skills, skills_document
from replydesk.dialog.skills import Skills, Thresholds
from replydesk.retrieval.calibration import UNTRAINED, HitScorer
from replydesk.retrieval.indexes import sweep, unused
from replydesk.retrieval.reranking.cross_encoder import CrossEncoder
from replydesk.retrieval.reranking.reranker import RerankScorer, TrainedReranker

ENCODER = "tiny-bert-abc123"
VECTORS = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)


def skills() -> Skills:
    random = np.random.default_rng(1)
    return Skills(
        IntentHead(("refund", "退款"), random.normal(size=(2, 4)), random.normal(size=2), 1.3),
        Familiarity(VECTORS, np.eye(4), random.normal(size=(2, 4)), np.zeros(3), np.ones(3), 1.5, -0.5),
        HitScorer((1.1, 2.2, 3.3, 4.4, -5.5), -6.6),
        Thresholds(0.71, 0.31, 0.61),
    )


def make(key: str, *, parent: str = "", day: int = 1) -> Release:
    made_at = datetime(2026, 11, day, tzinfo=UTC)
    data, metrics = {"test_fingerprint": "f"}, {"en": {"accuracy": 0.9}}
    return Release(key, made_at, {ENCODER: skills()}, parent, {"name": "quick"}, data, metrics)


@pytest.fixture
def releases(home: Home) -> Releases:
    return Releases(home)


def with_reranker(key: str, folder: Path, *, parent: str = "") -> Release:
    trained = TrainedReranker(folder, RerankScorer(0.9, 1.5, -0.25))
    notes = {"reranker": {"kept": True, "why": "It ranks better."}}
    return replace(make(key, parent=parent), skills={ENCODER: replace(skills(), reranker=trained, notes=notes)})


def test_a_reranker_is_kept_with_its_release_and_loaded_from_there(
    releases: Releases, home: Home, tiny_cross_encoder: Path
) -> None:
    saved = with_reranker("2026-11-01-aaaa", tiny_cross_encoder)
    releases.save(saved, {}, "")
    folder = home.releases / saved.id / ENCODER / "reranker"
    after = releases.load(saved.id).skills_of(ENCODER)
    assert after.reranker == TrainedReranker(folder, RerankScorer(0.9, 1.5, -0.25))
    assert after.notes == {"reranker": {"kept": True, "why": "It ranks better."}}
    assert {path.name for path in folder.iterdir()} == {path.name for path in tiny_cross_encoder.iterdir()}
    asked, texts = "where is my parcel", ["refund", "It is on its way."]
    np.testing.assert_allclose(
        CrossEncoder(folder, runtime="torch").logits(asked, texts),
        CrossEncoder(tiny_cross_encoder, runtime="torch").logits(asked, texts),
    )


def test_a_release_from_before_there_were_rerankers_has_none(releases: Releases, home: Home) -> None:
    releases.save(make("2026-11-01-aaaa"), {}, "")
    path = home.releases / "2026-11-01-aaaa" / "card.json"
    card = json.loads(path.read_text())
    for name in ("reranker", "notes"):
        del card["skills"][ENCODER][name]
    path.write_text(json.dumps(card))
    loaded = releases.load("2026-11-01-aaaa").skills_of(ENCODER)
    assert (loaded.reranker, dict(loaded.notes)) == (None, {})


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "tokenizer.json"])
def test_a_broken_reranker_refuses_the_release(
    releases: Releases, home: Home, tiny_cross_encoder: Path, name: str
) -> None:
    releases.save(make("2026-10-31-ffff"), {}, "")
    releases.promote("2026-10-31-ffff")
    releases.save(with_reranker("2026-11-01-aaaa", tiny_cross_encoder, parent="2026-10-31-ffff"), {}, "")
    path = home.releases / "2026-11-01-aaaa" / ENCODER / "reranker" / name
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    with pytest.raises(ReleaseError, match=f"reranker/{name} has changed"):
        releases.promote("2026-11-01-aaaa")
    path.write_bytes(whole)
    releases.promote("2026-11-01-aaaa")
    path.unlink()
    with pytest.raises(ReleaseError, match=f"reranker/{name} is missing"):
        releases.current()
    assert releases.current_id() == "2026-11-01-aaaa"
    assert releases.rollback() == "2026-10-31-ffff"
    assert releases.current().skills_of(ENCODER).reranker is None


def test_a_reranker_that_would_be_too_slow_refuses_the_release(
    releases: Releases, tiny_cross_encoder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "slow"
    shutil.copytree(tiny_cross_encoder, folder)
    config = json.loads((folder / "config.json").read_text()) | {"num_hidden_layers": 12}
    (folder / "config.json").write_text(json.dumps(config))
    releases.save(with_reranker("2026-11-01-aaaa", folder), {}, "")
    with pytest.raises(ReleaseError, match="12 layers"):
        releases.promote("2026-11-01-aaaa")


def test_what_was_saved_is_loaded(releases: Releases) -> None:
    saved = make("2026-11-01-aaaa", parent="2026-10-31-ffff")
    folder = releases.save(saved, {"promotable": True}, "<p>page</p>")
    loaded = releases.load(saved.id)
    for name in ("id", "made_at", "parent", "recipe", "data", "metrics"):
        assert getattr(loaded, name) == getattr(saved, name)
    before, after = saved.skills_of(ENCODER), loaded.skills_of(ENCODER)
    assert (after.scorer, after.thresholds) == (before.scorer, before.thresholds)
    assert before.head and after.head and before.familiarity and after.familiarity
    assert after.head.labels == before.head.labels
    np.testing.assert_array_equal(after.head.probabilities(VECTORS), before.head.probabilities(VECTORS))
    highest = np.full(5, 0.5)
    np.testing.assert_array_equal(
        after.familiarity.unfamiliar(VECTORS, highest), before.familiarity.unfamiliar(VECTORS, highest)
    )
    assert releases.report(saved.id) == {"promotable": True}
    assert (folder / "report.html").read_text() == "<p>page</p>"
    assert {path.suffix for path in folder.rglob("*") if path.is_file()} == {".json", ".html", ".npz"}


def test_a_release_without_heads_is_saved_and_loaded(releases: Releases) -> None:
    bare = Release("bare", datetime(2026, 11, 1, tzinfo=UTC), {ENCODER: Skills()})
    releases.save(bare, {}, "")
    assert releases.load("bare") == bare


def test_another_encoder_gets_the_untrained_defaults() -> None:
    assert make("a").skills_of("another") == Skills()
    assert Skills().scorer is UNTRAINED


def test_before_the_first_release_the_untrained_one_answers(releases: Releases) -> None:
    assert (releases.current_id(), releases.current(), releases.cards()) == ("", UNTRAINED_RELEASE, [])
    with pytest.raises(ReleaseError, match="no earlier release"):
        releases.rollback()


def test_saving_does_not_promote(releases: Releases) -> None:
    releases.save(make("a"), {}, "")
    assert (releases.current_id(), releases.ids()) == ("", {"a"})


def test_promote_and_roll_back(releases: Releases) -> None:
    releases.save(make("a"), {}, "")
    releases.save(make("b", parent="a"), {}, "")
    assert releases.promote("a") == ""
    assert releases.promote("b") == "a"
    assert releases.promote("b") == "b"
    assert releases.current().id == "b"
    assert releases.rollback() == "a"
    assert releases.current().id == "a"
    with pytest.raises(ReleaseError, match="no earlier release"):
        releases.rollback()


def test_cards_are_listed_newest_first(releases: Releases) -> None:
    for key, day in (("b", 2), ("a", 3), ("c", 1)):
        releases.save(make(key, day=day), {}, "")
    releases.promote("c")
    assert [(card["id"], card["current"]) for card in releases.cards()] == [("a", False), ("b", False), ("c", True)]


def test_promoting_is_atomic(releases: Releases, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("a", "b"):
        releases.save(make(key), {}, "")
    releases.promote("a")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        with pytest.raises(HomeError, match="disk is full"):
            releases.promote("b")
    assert releases.current_id() == "a"
    assert [path.name for path in home.folder.glob(".current*")] == []


def test_a_release_is_written_whole_or_not_at_all(
    releases: Releases, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = module.write_atomically

    def killed(path: Path, content: bytes) -> None:
        if path.name == "card.json":
            raise KeyboardInterrupt
        really(path, content)

    with monkeypatch.context() as patched:
        patched.setattr(module, "write_atomically", killed)
        with pytest.raises(KeyboardInterrupt):
            releases.save(make("a"), {}, "")
    assert (releases.ids(), releases.cards()) == (set(), [])
    releases.save(make("a"), {}, "")
    assert releases.load("a").id == "a"
    assert [path.name for path in home.releases.iterdir()] == ["a"]


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("file", [f"{ENCODER}/head.npz", f"{ENCODER}/familiarity.npz", "report.json", "report.html"])
@pytest.mark.parametrize("damage", [flip, Path.unlink])
def test_a_tampered_file_is_refused(releases: Releases, home: Home, file: str, damage: Callable[[Path], None]) -> None:
    releases.save(make("a"), {"x": 1}, "page")
    releases.save(make("good"), {}, "")
    releases.promote("good")
    damage(home.releases / "a" / file)
    (problem,) = releases.check("a")
    assert file in problem
    with pytest.raises(ReleaseError, match="damaged") as caught:
        releases.promote("a")
    assert "rollback" in caught.value.hint
    assert releases.current_id() == "good"


@pytest.mark.parametrize("card", ["", "{", "{}", "[]", '{"files": {}}', '{"files": {}, "skills": {"x": {}}}'])
def test_a_damaged_card_is_refused(releases: Releases, home: Home, card: str) -> None:
    releases.save(make("a"), {}, "")
    (home.releases / "a" / "card.json").write_text(card)
    with pytest.raises(ReleaseError, match="damaged"):
        releases.load("a")


def test_a_card_with_other_skills_is_refused(releases: Releases, home: Home) -> None:
    releases.save(make("a"), {}, "")
    path = home.releases / "a" / "card.json"
    card = json.loads(path.read_text())
    del card["skills"][ENCODER]["thresholds"]["pick_above"]
    card["skills"][ENCODER]["thresholds"]["pick_abvoe"] = 0.0
    path.write_text(json.dumps(card))
    with pytest.raises(ReleaseError, match="damaged"):
        releases.load("a")


def test_a_broken_release_does_not_hide_the_others(releases: Releases, home: Home) -> None:
    releases.save(make("a"), {}, "")
    releases.save(make("b"), {}, "")
    (home.releases / "a" / "card.json").write_text("{")
    assert releases.ids() == {"a", "b"}
    assert releases.load("b").id == "b"


def test_a_current_release_that_is_missing_says_so(releases: Releases, home: Home) -> None:
    home.current.write_text("2026-11-23-gone\n")
    with pytest.raises(ReleaseError, match="current release is missing") as caught:
        releases.current()
    assert caught.value.where == "2026-11-23-gone"
    assert "promote" in caught.value.hint


def test_an_unknown_release_is_not_found(releases: Releases) -> None:
    for call in (releases.card, releases.report, releases.check, releases.promote):
        with pytest.raises(NotFoundError, match="no such release"):
            call("2026-11-23-gone")


@pytest.mark.parametrize("key", ["../a", "..", ".", "", "a/../a", "/etc", ".a.tmp", "a/", "a\0b"])
def test_tricks_with_paths_are_refused(releases: Releases, home: Home, key: str) -> None:
    releases.save(make("a"), {}, "")
    (home.folder / "a").mkdir()
    (home.folder / "a" / "card.json").write_text((home.releases / "a" / "card.json").read_text())
    for call in (releases.card, releases.report, releases.check, releases.promote):
        with pytest.raises((NotFoundError, ReleaseError)):
            call(key)
    if key.strip():
        home.current.write_text(key)
        with pytest.raises(ReleaseError):
            releases.current()


@pytest.mark.parametrize("target", ["dialog/arrays.py", "retrieval/vectors/index.py"])
def test_no_pickle_is_ever_allowed(target: str) -> None:
    source = (Path(__file__).parents[2] / target).read_text(encoding="utf-8")
    assert "np.load(" in source
    assert "allow_pickle=True" not in source
    assert source.count("np.load(") == source.count("allow_pickle=False")


def with_stand_in(key: str, parent: str, encoder: str) -> Release:
    """A release of whose card only the names matter: another encoder stands in for the first one."""
    told = {ENCODER: {"used": True, "id": encoder}, "other": {"used": False, "id": ""}}
    return replace(make(key, parent=parent), skills={encoder: skills()}, int8=told)


def test_the_encoders_of_the_current_release_and_of_the_one_before_are_needed(releases: Releases, home: Home) -> None:
    assert releases.encoders_needed() == set()
    first, second, third = (f"2026-11-0{day}-aaaa" for day in (1, 2, 3))
    releases.save(with_stand_in(first, "", "one"), {}, "")
    releases.save(with_stand_in(second, first, "two"), {}, "")
    releases.save(with_stand_in(third, second, "three"), {}, "")
    base = {ENCODER, "other"}
    for current, besides, expected in (
        (first, (), {"one"}),
        (second, (), {"one", "two"}),
        (third, (), {"two", "three"}),
        (third, (first,), {"one", "two", "three"}),
        (third, ("", "gone"), {"two", "three"}),
    ):
        write_atomically(home.current, current.encode())
        assert releases.encoders_needed(*besides) == base | expected
    assert releases.stand_ins(third) == {ENCODER: home.releases / third / "encoder" / ENCODER}


def test_only_indexes_that_nothing_needs_are_swept(home: Home) -> None:
    for name in ("kept", "left", "words only"):
        (home.indexes / name / "words").mkdir(parents=True)
    (home.indexes / "a file").touch()
    assert unused(home, {"kept", "absent"}) == ["left", "words only"]
    assert sweep(home, {"kept", "absent"}) == ["left", "words only"]
    assert sorted(path.name for path in home.indexes.iterdir()) == ["a file", "kept"]
    assert sweep(home, {"kept"}) == []


def test_a_release_keeps_the_places_that_answers_name_and_an_older_one_reads_every_place(tmp_path: Path) -> None:
    known = replace(skills(), places=frozenset({"norway", "新疆"}))
    save_skills(known, tmp_path)
    document = skills_document(known)
    assert load_skills(tmp_path, document).impartial("能寄到新疆吗，能寄到湘潭吗") == "能寄到新疆吗，能寄到当地吗"
    older = {key: value for key, value in document.items() if key != "places"}
    assert load_skills(tmp_path, older).impartial("Do you ship to Lagos?") == "Do you ship to Lagos?"
