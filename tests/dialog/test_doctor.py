"""The doctor: a sound home is sound, every kind of damage is named with its cure, and the index is mended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from replydesk.data.errors import ReleaseError
from replydesk.data.home import Home
from replydesk.data.records import Conversation, Message, Ticket
from replydesk.data.settings import Settings
from replydesk.data.store import Store
from replydesk.dialog.doctor import Finding, examine
from replydesk.dialog.release import Release
from replydesk.dialog.releases import Releases
from replydesk.dialog.skills import Skills
from replydesk.retrieval.encoders.encoders import Encoders
from replydesk.retrieval.matcher import Matcher
from replydesk.retrieval.vectors.index import FaissIndex
from replydesk.retrieval.words.lexical import LexicalIndex


@pytest.fixture
def sound(desk: Home, tiny_settings: Settings) -> Home:
    """A home with its index and one promoted release."""
    store = Store.open(desk.database)
    Matcher(store, Encoders(tiny_settings.retrieval), ("en", "zh"), desk).sync()
    store.close()
    releases = Releases(desk)
    releases.save(Release("a", datetime(2026, 11, 1, tzinfo=UTC), {"tiny": Skills()}), {}, "")
    releases.promote("a")
    return desk


def unsound(findings: list[Finding]) -> list[str]:
    return [finding.what for finding in findings if not finding.sound]


def index_of(home: Home) -> Path:
    return next(home.indexes.iterdir())


def test_a_sound_home_is_sound(sound: Home) -> None:
    findings = examine(sound)
    assert unsound(findings) == []
    assert all(finding.detail and not finding.cure for finding in findings)
    named = [finding.what for finding in findings]
    assert named == [
        "home",
        "settings",
        "store",
        "splits",
        "release a",
        "current release",
        f"words {index_of(sound).name}",
        f"index {index_of(sound).name}",
    ]
    assert "40 tickets" in next(f.detail for f in findings if f.what == "store")
    assert next(f.detail for f in findings if f.what.startswith("index")).startswith("40 tickets indexed")


def test_an_empty_home_is_sound(home: Home) -> None:
    assert unsound(examine(home)) == []


def test_links_that_no_reply_may_send_are_counted(sound: Home) -> None:
    store = Store.open(sound.database)
    told = ["see https://old.example/a and https://old.example/b", "at www.old.example", "see help.shop.example/faq"]
    store.add_tickets([Ticket.make(f"where {i}?", text, language="en") for i, text in enumerate(told)])
    store.add_ticket(Ticket.make("faq?", "It is at shop.example.", language="en", source="canned"))
    store.close()
    [links] = [found for found in examine(sound) if found.what == "links"]
    assert links.sound
    assert "www.old.example (1)" in links.detail and "old.example (1)" in links.detail
    assert "shop.example" not in links.detail and "dialog.allowed_hosts" in links.detail


def test_looking_changes_nothing(sound: Home) -> None:
    def files() -> dict[str, bytes]:
        return {
            str(path): path.read_bytes()
            for path in sound.folder.rglob("*")
            if path.is_file() and "replydesk.db" not in path.name
        }

    before = files()
    (index_of(sound) / "manifest.json").write_text("{")
    before[str(index_of(sound) / "manifest.json")] = b"{"
    examine(sound)
    assert files() == before


def test_what_the_index_will_catch_up_with_by_itself_is_no_damage(sound: Home) -> None:
    store = Store.open(sound.database)
    store.add_ticket(Ticket.make("Do you ship to Malta?", "Yes.", language="en"))
    store.remove_ticket(next(store.tickets()).id)
    store.close()
    findings = examine(sound)
    assert unsound(findings) == []
    assert "40 tickets indexed" in findings[-1].detail


def tear(folder: Path) -> None:
    path = next(folder.glob("vectors-*.npz"))
    path.write_bytes(path.read_bytes()[:-9])


def lose_one(folder: Path) -> None:
    index = FaissIndex.load(folder, folder.name)
    index.remove([next(iter(index.keys()))])
    index.save(folder)


def keep_one_too_many(folder: Path) -> None:
    import numpy as np

    index = FaissIndex.load(folder, folder.name)
    index.add(["f" * 32], np.ones((1, 32), dtype=np.float32))
    index.save(folder)


def tear_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text("{")


def lose_it(folder: Path) -> None:
    (folder / "manifest.json").unlink()


@pytest.mark.parametrize("damage", [tear, lose_one, keep_one_too_many, tear_manifest, lose_it])
def test_a_damaged_index_is_found_and_mended(sound: Home, damage: Callable[[Path], None]) -> None:
    folder = index_of(sound)
    damage(folder)
    findings = examine(sound)
    assert unsound(findings) == [f"index {folder.name}"]
    assert "doctor --repair" in findings[-1].cure
    assert unsound(examine(sound, repair=True)) == []
    assert unsound(examine(sound)) == []
    assert len(FaissIndex.load(folder, folder.name)) == 40


def test_damaged_words_are_found_and_mended(sound: Home) -> None:
    folder = index_of(sound)
    path = next((folder / "words").glob("words-*/*.term"))
    path.write_bytes(path.read_bytes()[:-2])
    (finding,) = [finding for finding in examine(sound) if not finding.sound]
    assert (finding.what, "checksum" in finding.detail) == (f"words {folder.name}", True)
    assert "doctor --repair" in finding.cure
    assert unsound(examine(sound, repair=True)) == []
    assert len(LexicalIndex.load(folder / "words")) == 40


def test_a_tampered_release_is_named(sound: Home) -> None:
    (sound.releases / "a" / "report.html").write_text("better than it was")
    (finding,) = [finding for finding in examine(sound) if not finding.sound]
    assert (finding.what, finding.detail) == ("release a", "report.html has changed")
    assert finding.cure


def test_parts_are_counted_and_what_is_asked_again_is_told(sound: Home) -> None:
    store = Store.open(sound.database)
    store.assign_splits({"tiny-00": "train", "tiny-10": "train", "tiny-20": "test", "tiny-30": "aside"})
    store.close()
    (finding,) = [finding for finding in examine(sound) if finding.what == "splits"]
    assert (finding.sound, finding.detail) == (True, "2 conversations to learn from, 1 to judge by, 1 aside")
    store = Store.open(sound.database)
    again = Message("x-1", "customer", "where is my PARCEL", language="en")
    store.add([(Conversation("x", (again,), customer="c-new"), ())])
    store.assign_splits({"x": "test"})
    store.close()
    (finding,) = [finding for finding in examine(sound) if finding.what == "splits"]
    assert finding.sound
    assert finding.detail.endswith("; 1 ask again what the test asks, which training leaves out")


def test_a_customer_on_both_sides_is_named_and_put_aside(sound: Home) -> None:
    store = Store.open(sound.database)
    customer = store.conversation("tiny-00").customer
    again = Message("x-1", "customer", "我的包裹丢了吗？", language="zh")
    store.add([(Conversation("x", (again,), customer=customer), ())])
    store.assign_splits({"tiny-00": "train", "tiny-10": "train", "x": "test"})
    (finding,) = [finding for finding in examine(sound) if not finding.sound]
    assert finding.what == "splits"
    assert "1 to learn from are of customers who are judged by, such as tiny-00 'Where is my parcel?'" in finding.detail
    assert "我的包裹丢了吗？" in finding.detail
    assert "doctor --repair" in finding.cure
    assert store.splits()["tiny-00"] == "train"
    assert unsound(examine(sound, repair=True)) == []
    assert store.splits() == {"tiny-00": "aside", "tiny-10": "train", "x": "test"}
    assert unsound(examine(sound)) == []
    store.close()


@pytest.mark.parametrize("card", ["{", "{}"])
def test_a_damaged_card_is_named(sound: Home, card: str) -> None:
    (sound.releases / "a" / "card.json").write_text(card)
    assert unsound(examine(sound)) == ["release a"]


def test_a_missing_current_release_is_named(sound: Home) -> None:
    sound.current.write_text("gone\n")
    (finding,) = [finding for finding in examine(sound) if not finding.sound]
    assert (finding.what, finding.detail) == ("current release", "gone is missing")
    assert "promote" in finding.cure


def test_an_empty_name_of_the_current_release_is_named_and_mended_by_promoting(sound: Home) -> None:
    sound.current.write_text("")
    (finding,) = [finding for finding in examine(sound) if not finding.sound]
    assert (finding.what, finding.detail) == ("current release", f"{sound.current}: The file names no release.")
    with pytest.raises(ReleaseError, match="names no release"):
        Releases(sound).current()
    Releases(sound).promote("a")
    assert unsound(examine(sound)) == []


def test_damaged_files_of_the_team_are_named_with_their_line(sound: Home) -> None:
    facts = sound.folder / "facts.toml"
    for path in (sound.folder / "rules.toml", facts, sound.forms):
        path.write_text("# ours\n[[oops\n")
    found = [finding for finding in examine(sound) if not finding.sound]
    assert [finding.what for finding in found] == ["rules", "facts", "forms"]
    for finding, path in zip(found, (sound.folder / "rules.toml", facts, sound.forms), strict=True):
        assert f"({path}:2)" in finding.detail
        assert finding.cure
    for path in (sound.folder / "rules.toml", facts, sound.forms):
        path.write_text("")
    told = {finding.what: finding.detail for finding in examine(sound)}
    assert told["rules"] == f"0 in {sound.folder / 'rules.toml'}"
    assert unsound(examine(sound)) == []


def test_wrong_settings_are_named(sound: Home) -> None:
    sound.settings.write_text("[dialog]\npick_abvoe = 0.5\n")
    (finding,) = [finding for finding in examine(sound) if not finding.sound]
    assert "settings.toml:2" in finding.detail
    assert "pick_above" in finding.cure


def test_a_damaged_database_is_named(sound: Home) -> None:
    for path in sound.folder.glob("replydesk.db*"):
        path.write_bytes(b"no database" * 1000)
    (finding,) = [finding for finding in examine(sound) if not finding.sound]
    assert finding.detail.startswith("The database file is damaged.")
    # What to do stands in the cure alone.
    assert "backup" not in finding.detail
    assert "backup" in finding.cure


def test_a_missing_encoder_is_named(sound: Home) -> None:
    missing = sound.folder / "nowhere"
    sound.settings.write_text(f'[retrieval]\nenglish_encoder = "{missing}"\nother_encoder = "{missing}"\n')
    (finding,) = [finding for finding in examine(sound) if not finding.sound]
    assert (finding.what, str(missing) in finding.detail) == ("encoders", True)


def test_an_index_that_nothing_needs_is_named_and_deleted(sound: Home) -> None:
    left = sound.indexes / "an-encoder-of-before"
    left.mkdir()
    before = {path.name for path in sound.indexes.iterdir()}
    *others, last = examine(sound)
    assert (last.what, last.sound) == ("unused indexes", True)
    assert "an-encoder-of-before" in last.detail
    assert left.exists()
    # A training builds the index of its candidate before that is anybody's.
    with sound.lock("training"):
        *_, busy = examine(sound, repair=True)
    assert busy.detail.startswith("not looked for")
    assert left.exists()
    assert examine(sound, repair=True)[-1].detail == "an-encoder-of-before"
    assert {path.name for path in sound.indexes.iterdir()} == before - {left.name}
    assert [finding.what for finding in examine(sound)] == [finding.what for finding in others]


def test_nothing_is_deleted_while_a_card_cannot_be_read(sound: Home) -> None:
    (sound.indexes / "an-encoder-of-before").mkdir()
    (sound.releases / sound.current.read_text().strip() / "card.json").write_text("{")
    assert examine(sound, repair=True)[-1].detail.startswith("not looked for")


def test_rules_that_the_settings_name_and_that_are_missing_are_a_finding(sound: Home) -> None:
    said = sound.settings.read_text(encoding="utf-8") if sound.settings.exists() else ""
    sound.settings.write_text(f'{said}\n[dialog]\nrules = "night.toml"\n', encoding="utf-8")
    (finding,) = [finding for finding in examine(sound) if not finding.sound]
    assert finding.what == "rules" and str(sound.folder / "night.toml") in finding.detail
    assert "dialog.rules" in finding.cure
    (sound.folder / "night.toml").write_text("", encoding="utf-8")
    assert unsound(examine(sound)) == []
