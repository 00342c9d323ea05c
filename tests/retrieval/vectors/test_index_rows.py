"""A vector is served only for the text that it was made of: not once its ticket was removed or replaced."""

from __future__ import annotations

from pathlib import Path

import pytest

from replydesk.data.errors import SettingsError
from replydesk.data.home import Home
from replydesk.data.records import Ticket, content_id
from replydesk.data.store import Store
from replydesk.retrieval.encoders.encoders import Encoders
from replydesk.retrieval.matcher import Matcher
from replydesk.retrieval.vectors.index import FaissIndex

QUESTIONS = {"en": "the kettle hums while it boils", "zh": "水壶烧水的时候嗡嗡响"}


@pytest.fixture(params=["exact", "compressed"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "compressed":
        for made in (FaissIndex.__init__, FaissIndex.load.__func__):  # type: ignore[attr-defined]
            monkeypatch.setitem(made.__kwdefaults__, "exact_below", 2)
    return str(request.param)


def served(store: Store, encoders: Encoders, desk: Home, question: str, language: str) -> set[str]:
    """Return the ids that a new process finds, near or by their words."""
    hits = Matcher(store, encoders, ("en", "zh"), desk).find(question, language=language, k=100)
    return {hit.ticket.id for hit in hits}


def tear(folder: Path) -> None:
    """Damage the newest generation of vectors."""
    newest = max(
        (path for path in folder.iterdir() if path.suffix == ".npz"),
        key=lambda path: (int(path.stem.rpartition("-")[2]), path.name),
    )
    newest.write_bytes(newest.read_bytes()[:-20])


def test_a_ticket_s_id_is_a_hash_of_all_that_it_says() -> None:
    one = Ticket.make(QUESTIONS["en"], "It is lime. Vinegar helps.", language="en")
    assert one.id == Ticket.make(QUESTIONS["en"], "It is lime. Vinegar helps.", language="en").id
    assert one.id != Ticket.make(QUESTIONS["en"] + "!", "It is lime. Vinegar helps.", language="en").id
    assert one.id != Ticket.make(QUESTIONS["en"], "It is lime.", language="en").id


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("torn", [False, True])
def test_what_was_removed_or_replaced_is_not_served_nor_after_falling_back(
    store: Store, encoders: Encoders, desk: Home, kind: str, language: str, torn: bool
) -> None:
    question = QUESTIONS[language]
    removed, replaced, kept = (
        Ticket.make(question, f"{word}.", language=language) for word in ("Old", "Wrong", "Kept")
    )
    store.add_tickets([removed, replaced, kept])
    Matcher(store, encoders, ("en", "zh"), desk).sync()
    assert {removed.id, replaced.id, kept.id} <= served(store, encoders, desk, question, language)
    folder = desk.indexes / encoders.of(language).id
    assert (FaissIndex.load(folder, folder.name).compressed is not None) == (kind == "compressed")

    store.remove_ticket(removed.id)
    store.remove_ticket(replaced.id)
    right = Ticket.make(question, "Right.", language=language)
    store.add_ticket(right)
    Matcher(store, encoders, ("en", "zh"), desk).sync()
    if torn:
        tear(folder)
        before = FaissIndex.load(folder, folder.name)
        assert before.fallen_back
        assert {removed.id, replaced.id} <= before.keys()
    found = served(store, encoders, desk, question, language)
    assert {right.id, kept.id} <= found
    assert not {removed.id, replaced.id} & found


def test_a_vector_of_no_ticket_is_dropped_though_the_index_takes_it_for_new(
    store: Store, encoders: Encoders, desk: Home, kind: str
) -> None:
    question, foreign = QUESTIONS["en"], content_id("nobody's")
    Matcher(store, encoders, ("en", "zh"), desk).sync()
    folder = desk.indexes / encoders.of("en").id
    index = FaissIndex.load(folder, folder.name)
    vector = encoders.of("en").encode([question])
    index.add([foreign], vector)
    index.save(folder)
    assert index.search(vector, 1)[0][0][0] == foreign
    assert (index.seq, index.compressed is not None) == (store.latest_change(), kind == "compressed")
    found = served(store, encoders, desk, question, "en")
    assert found
    assert foreign not in found


def test_the_device_of_the_settings_trains_the_index(store: Store, encoders: Encoders, desk: Home, kind: str) -> None:
    """Where there is no card it says so; what a card computes was never tried."""
    matcher = Matcher(store, encoders, ("en", "zh"), desk, device="gpu")
    if kind == "exact":
        assert matcher.sync()
    else:
        with pytest.raises(SettingsError, match="no graphics card") as caught:
            matcher.sync()
        assert caught.value.where == "retrieval.device"
