"""Vectors in a shared database: servers see each other's changes, nothing is encoded twice, and trouble has a cure."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa

from replydesk.data.errors import EngineError, SettingsError, VectorIndexError
from replydesk.data.home import Home
from replydesk.data.records import Ticket, content_id
from replydesk.data.settings import Settings
from replydesk.data.store import Store
from replydesk.dialog.agent import Agent
from replydesk.dialog.doctor import examine
from replydesk.retrieval.encoders.encoder import Vectors
from replydesk.retrieval.encoders.encoders import Encoders
from replydesk.retrieval.matcher import Matcher
from replydesk.retrieval.vectors import milvus, pgvector
from replydesk.retrieval.vectors import shared as shared_module
from replydesk.retrieval.vectors.engines import open_engine, shown, table_name
from replydesk.retrieval.vectors.shared import SharedVectors

LANGUAGES = ("en", "zh")
NOWHERE = {"milvus": "http://127.0.0.1:9", "postgres": "postgresql://desk:secret@127.0.0.1:9/desk"}
BOTH = [pytest.param("milvus", marks=pytest.mark.milvus), pytest.param("postgres", marks=pytest.mark.postgres)]


def vectors(count: int, seed: int = 0, dimension: int = 8) -> Vectors:
    rows = np.random.default_rng(seed).normal(size=(count, dimension))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def shared(matcher: Matcher) -> SharedVectors:
    found = matcher._indexes._vectors[matcher.encoder_id("en")]
    assert isinstance(found, SharedVectors)
    return found


class Server:
    """What one machine runs: its own connection to the store, its own matcher, and a count of what it encoded."""

    def __init__(self, database: str, settings: Settings, engine: str, home: Home | None = None) -> None:
        self.store = Store.open(database)
        self.encoders = Encoders(settings.retrieval)
        self.encoded: list[str] = []
        encoder = self.encoders.of("en")
        plain = encoder.encode

        def counting(texts: Sequence[str]) -> Vectors:
            self.encoded += texts
            return plain(texts)

        encoder.encode = counting  # type: ignore[method-assign]
        self.matcher = Matcher(self.store, self.encoders, LANGUAGES, home, engine=engine)

    def answers(self, question: str, language: str = "en") -> list[str]:
        return [hit.ticket.answer for hit in self.matcher.find(question, language=language)]

    def close(self) -> None:
        self.matcher.close()
        self.store.close()


@pytest.fixture
def engine_url(request: pytest.FixtureRequest, postgres_url: str) -> Iterator[str]:
    """Return the URL of an empty database in the engine that the test names."""
    if request.param == "postgres":
        yield postgres_url
        return
    url = request.getfixturevalue("milvus").url
    yield url
    from pymilvus import MilvusClient

    client = MilvusClient(uri=url, timeout=5)
    for name in client.list_collections():
        client.drop_collection(name)
    client.close()


@pytest.fixture(scope="module")
def _filled(_postgres: str, _desk: Path) -> str:
    """Return the name of a PostgreSQL database with the tiny desk, for others to be copied from."""
    admin = sa.create_engine(_postgres, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE filled")
    admin.dispose()
    store = Store.open(sa.make_url(_postgres).set(database="filled").render_as_string(hide_password=False))
    with closing(Store.open(Home(_desk).database)) as tiny:
        store.add_tickets(list(tiny.tickets()))
    store.close()
    return "filled"


@pytest.fixture
def servers(engine_url: str, _postgres: str, _filled: str, tiny_settings: Settings) -> Iterator[tuple[Server, Server]]:
    """Return two servers with connections of their own to one PostgreSQL and one engine."""
    admin = sa.create_engine(_postgres, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE shared TEMPLATE {_filled}")
    database = sa.make_url(_postgres).set(database="shared").render_as_string(hide_password=False)
    pair = Server(database, tiny_settings, engine_url), Server(database, tiny_settings, engine_url)
    yield pair
    for server in pair:
        server.close()
    with admin.connect() as connection:
        connection.exec_driver_sql("DROP DATABASE shared WITH (FORCE)")
    admin.dispose()


both = pytest.mark.parametrize("engine_url", BOTH, indirect=True)


@both
@pytest.mark.postgres
def test_servers_see_each_other_s_additions_and_removals(servers: tuple[Server, Server]) -> None:
    one, other = servers
    for question, answer, language in (
        ("Do you ship to Malta?", "Yes, in a week.", "en"),
        ("可以寄到澳门吗？", "可以，一周左右。", "zh"),
    ):
        paraphrase = f"{question[:-1]} {question[3:]}"
        ticket = Ticket.make(question, answer, language=language)
        for server in servers:
            assert answer not in server.answers(paraphrase, language)
        one.store.add_ticket(ticket)
        assert other.answers(paraphrase, language)[0] == answer
        assert one.answers(paraphrase, language)[0] == answer
        other.store.remove_ticket(ticket.id)
        for server in servers:
            assert answer not in server.answers(paraphrase, language)
            assert answer not in server.answers(question, language)
        one.store.add_ticket(ticket)
        assert one.answers(paraphrase, language)[0] == answer
        assert other.answers(paraphrase, language)[0] == answer


@both
@pytest.mark.postgres
def test_what_is_found_is_what_faiss_finds(servers: tuple[Server, Server], postgres_url: str) -> None:
    one, _ = servers
    local = Matcher(one.store, one.encoders, LANGUAGES)
    for question, language in (("my parcel is late", "en"), ("the lamp is broken", "en"), ("快递没动", "zh")):
        found, expected = (m.find(question, language=language, k=20) for m in (one.matcher, local))
        assert [hit.ticket.id for hit in found] == [hit.ticket.id for hit in expected]
        np.testing.assert_allclose([h.similarity for h in found], [h.similarity for h in expected], atol=1e-5)
    far = one.matcher.find("parcel", language="en", k=50, filters={"intent": "broken_item", "language": "zh"})
    assert {hit.ticket.intent for hit in far} == {"broken_item"}


@both
@pytest.mark.postgres
def test_nothing_is_encoded_twice_though_both_catch_up_at_once(servers: tuple[Server, Server]) -> None:
    one, other = servers
    questions = [f"Is number {number} in stock?" for number in range(1500)]
    one.store.add_tickets([Ticket.make(question, f"Yes, {question}", language="en") for question in questions])
    sizes: list[dict[str, int]] = []
    threads = [threading.Thread(target=lambda s=s: sizes.append(s.matcher.sync())) for s in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [list(size.values()) for size in sizes] == [[1540], [1540]]
    encoded = one.encoded + other.encoded
    assert sorted(text for text in encoded if text in set(questions)) == sorted(questions)
    engine = shared(one.matcher).engine
    assert engine.keys() == {ticket.id for ticket in one.store.tickets()}


@both
@pytest.mark.postgres
def test_a_search_does_not_wait_for_another_server_s_import(
    servers: tuple[Server, Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_module, "_PATIENCE", 0.1)
    one, other = servers
    one.matcher.sync()
    other.answers("parcel")
    name = f"index {one.matcher.encoder_id('en')}"
    one.store.add_ticket(Ticket.make("Do you ship to Malta?", "Yes, in a week.", language="en"))
    with one.store.exclusive(name, wait_seconds=1) as mine:
        assert mine
        began = time.monotonic()
        assert "Yes, in a week." not in other.answers("do you ship it to Malta")
        assert other.answers("my parcel is late")
        assert time.monotonic() - began < 2
    monkeypatch.setattr(shared_module, "_PAUSE", 0.0)
    shared(other.matcher)._busy_until = 0.0
    assert other.answers("do you ship it to Malta")[0] == "Yes, in a week."


@both
@pytest.mark.postgres
def test_an_index_that_was_built_again_is_followed(servers: tuple[Server, Server]) -> None:
    one, other = servers
    expected = other.answers("my parcel is late")
    one.matcher.rebuild()
    assert other.answers("Where is my parcel?")
    assert one.answers("my parcel is late") == expected
    assert other.answers("my parcel is late") == expected


@both
def test_who_stands_behind_moves_nothing(engine_url: str) -> None:
    one, other = (open_engine(engine_url, "toy", 8) for _ in range(2))
    for index in (one, other):
        index.refresh()
        assert (index.seq, index.mark, len(index), index.keys()) == (0, "", 0, set())
    keys = [content_id(str(number)) for number in range(3)]
    assert one.advance(7, keys[2], keys, vectors(3), [])
    assert not other.advance(5, keys[0], [], vectors(0), keys[:1])
    other.refresh()
    assert (other.seq, other.mark, other.keys()) == (7, keys[2], set(keys))
    assert other.advance(9, keys[0], [], vectors(0), keys[:1])
    assert [key for key, _ in one.search(vectors(1), 5)[0]] == [
        key for key, _ in sorted(zip(keys[1:], vectors(3)[1:] @ vectors(1)[0], strict=True), key=lambda pair: -pair[1])
    ]
    one.close()
    other.close()


@both
def test_another_dimension_is_refused_with_its_cure(engine_url: str) -> None:
    index = open_engine(engine_url, "toy", 8)
    index.refresh()
    assert index.advance(1, "a", [content_id("a")], vectors(1), [])
    index.close()
    wrong = open_engine(engine_url, "toy", 9)
    with pytest.raises(VectorIndexError, match="of 8 dimensions, the encoder makes 9") as caught:
        wrong.refresh()
    assert table_name("toy") in caught.value.hint
    wrong.close()


@both
@pytest.mark.postgres
def test_the_vectors_of_another_desk_are_refused(
    servers: tuple[Server, Server], engine_url: str, desk: Home, tiny_settings: Settings
) -> None:
    servers[0].matcher.sync()
    store = Store.open(desk.database)
    store.add_ticket(Ticket.make("Only here?", "Yes.", language="en"))
    stranger = Server(f"sqlite:///{desk.database}", tiny_settings, engine_url, desk)
    engine = shared(servers[0].matcher).engine
    # Its journal has another ticket at that place.
    assert engine.advance(41, "f" * 32, [], vectors(0, dimension=engine.dimension), [])
    with pytest.raises(VectorIndexError, match="another database") as caught:
        stranger.answers("parcel")
    assert "doctor --repair" in caught.value.hint
    stranger.close()
    store.close()


def describe(home: Home, engine: str) -> None:
    with home.settings.open("a", encoding="utf-8") as file:
        file.write(f'index = "{engine}"\n')


@both
def test_the_doctor_compares_keys_and_mends(engine_url: str, desk: Home, tiny_settings: Settings) -> None:
    describe(desk, engine_url)
    last = examine(desk)[-1]
    assert (last.what[:6], last.sound, last.detail) == ("index ", False, "There is no index yet.")
    assert all(finding.sound for finding in examine(desk, repair=True))
    last = examine(desk)[-1]
    assert (last.sound, last.detail) == (True, "40 tickets indexed, 0 missing, 0 gone")
    # Words stay with each server, vectors do not.
    assert [path.name for path in desk.indexes.glob("*/*")] == ["words"]
    encoder = Encoders(tiny_settings.retrieval).of("en")
    engine = open_engine(engine_url, encoder.id, encoder.dimension)
    engine.remove(sorted(engine.keys())[:2])
    engine.add(["f" * 32], vectors(1, dimension=encoder.dimension))
    engine.close()
    last = examine(desk)[-1]
    assert (last.sound, last.detail) == (False, "38 tickets indexed, 2 missing, 1 gone")
    examine(desk, repair=True)
    assert all(finding.sound for finding in examine(desk))


@pytest.mark.parametrize("kind", [pytest.param("milvus", marks=pytest.mark.milvus), "postgres"])
def test_an_engine_that_is_away_is_one_clear_sentence(
    kind: str, desk: Home, capfd: pytest.CaptureFixture[str], tiny_settings: Settings
) -> None:
    pytest.importorskip("pymilvus" if kind == "milvus" else "psycopg")
    describe(desk, NOWHERE[kind])
    began = time.monotonic()
    agent = Agent.open(desk)
    assert agent.reply("Where is my parcel?").hits[0].exact
    assert agent.reply("my parcel is late again").action == "ask"
    assert "cannot be reached" in agent.matcher.trouble()
    assert time.monotonic() - began < 15
    server = Server(f"sqlite:///{desk.database}", tiny_settings, NOWHERE[kind], desk)
    with pytest.raises(EngineError, match="cannot be reached") as caught:
        server.matcher.sync()
    server.close()
    assert "secret" not in str(caught.value)
    assert "retrieval.index" in caught.value.hint
    assert caught.value.status == 503
    last = examine(desk)[-1]
    assert (last.what[:6], last.sound) == ("index ", False)
    assert "cannot be reached" in last.detail
    assert "Traceback" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("scheme", [pytest.param("http", marks=pytest.mark.milvus), "postgresql"])
def test_a_server_that_never_answers_is_given_up(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pymilvus" if scheme == "http" else "psycopg")
    monkeypatch.setattr(milvus, "_TIMEOUT", 3.0)
    monkeypatch.setitem(pgvector._CONNECT, "connect_timeout", 2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        index = open_engine(f"{scheme}://127.0.0.1:{silent.getsockname()[1]}", "toy", 8)
        began = time.monotonic()
        with pytest.raises(EngineError, match="cannot be reached"):
            index.refresh()
        assert time.monotonic() - began < 12
        index.close()


@pytest.mark.milvus
def test_milvus_may_go_away_and_come_back(
    milvus: Any, desk: Home, tiny_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server(f"sqlite:///{desk.database}", tiny_settings, milvus.url, desk)
    expected = server.answers("my parcel is late")
    milvus.stop()
    began = time.monotonic()
    monkeypatch.setattr(shared_module, "_AWAY", 0.5)
    assert not any(hit.compared for hit in server.matcher.find("my parcel is late", language="en"))
    assert "cannot be reached" in server.matcher.trouble()
    assert time.monotonic() - began < 15
    milvus.start()
    for _ in range(40):
        found = server.answers("my parcel is late")
        if not server.matcher.trouble():
            assert found == expected
            break
        # The client waits a second or more before it tries an address again.
        time.sleep(0.5)
    else:
        pytest.fail("it never came back")
    server.matcher.rebuild()
    server.close()


@pytest.mark.postgres
def test_a_database_without_pgvector_is_told_its_cure(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = sa.create_engine(sa.make_url(postgres_url).set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP ROLE IF EXISTS poor")
        connection.exec_driver_sql("CREATE ROLE poor LOGIN")
        connection.exec_driver_sql("GRANT CREATE ON SCHEMA public TO poor")
    engine.dispose()
    url = sa.make_url(postgres_url).set(username="poor").render_as_string(hide_password=False)
    index = open_engine(url, "toy", 8)
    with pytest.raises(EngineError, match="permission denied to create extension") as caught:
        index.add([content_id("a")], vectors(1))
    assert "CREATE EXTENSION vector" in caught.value.hint
    index.close()


@pytest.mark.parametrize(
    ("url", "library", "extra"), [("http://x:1", "pymilvus", "milvus"), ("postgresql://x/y", "psycopg", "postgres")]
)
def test_a_missing_library_is_told_its_cure(
    monkeypatch: pytest.MonkeyPatch, url: str, library: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(EngineError, match="needs a library") as caught:
        open_engine(url, "toy", 8)
    assert f"replydesk[{extra}]" in caught.value.hint


@pytest.mark.parametrize("url", ["mysql://x/y", "qdrant", "C:\\index"])
def test_an_unknown_engine_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="No engine") as caught:
        open_engine(url, "toy", 8)
    assert "http://host:19530" in caught.value.hint


def test_names_are_readable_and_of_one_encoder() -> None:
    names = {table_name(name) for name in ("a-b", "a_b", "A-b", "句子", "x" * 300)}
    assert len(names) == 5
    assert all(len(name) <= 59 and name.replace("_", "").isalnum() and name.isascii() for name in names)


def test_no_password_is_shown() -> None:
    assert shown("milvus://root:secret@db.example:19530/desk") == "milvus://db.example:19530/desk"
