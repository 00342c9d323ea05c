"""Vector indexes: the same values as brute force, and files that no crash can tear."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from replydesk.data.errors import HomeError, VectorIndexError
from replydesk.data.records import content_id
from replydesk.retrieval import index as module
from replydesk.retrieval.encoder import Vectors
from replydesk.retrieval.engines import SharedIndex, open_engine
from replydesk.retrieval.index import FaissIndex, VectorIndex

DIMENSION = 8


def key(number: int) -> str:
    return content_id(str(number))


def vectors(count: int, seed: int = 0) -> Vectors:
    rows = np.random.default_rng(seed).normal(size=(count, DIMENSION))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def brute_force(known: dict[str, Vectors], query: Vectors, k: int) -> list[tuple[str, float]]:
    scored = [(name, float(query @ vector)) for name, vector in known.items()]
    return sorted(scored, key=lambda pair: -pair[1])[:k]


def assert_same(found: list[tuple[str, float]], expected: list[tuple[str, float]]) -> None:
    assert [name for name, _ in found] == [name for name, _ in expected]
    np.testing.assert_allclose([c for _, c in found], [c for _, c in expected], atol=1e-6)


class Contract:
    """What every vector index must do; a new engine inherits this and says how it is made."""

    def make(self) -> VectorIndex:
        raise NotImplementedError

    def filled(self, count: int = 20) -> tuple[VectorIndex, dict[str, Vectors]]:
        index = self.make()
        known = dict(zip(map(key, range(count)), vectors(count), strict=True))
        index.add(list(known), np.stack(list(known.values())))
        return index, known

    def test_search_equals_brute_force(self) -> None:
        index, known = self.filled()
        queries = vectors(5, seed=1)
        for query, found in zip(queries, index.search(queries, 7), strict=True):
            assert_same(found, brute_force(known, query, 7))

    def test_an_added_vector_is_found_at_once(self) -> None:
        index, known = self.filled()
        known[key(99)] = vectors(1, seed=2)[0]
        index.add([key(99)], known[key(99)][None])
        assert len(index) == 21
        assert_same(index.search(known[key(99)][None], 3)[0], brute_force(known, known[key(99)], 3))

    def test_a_key_added_again_gets_its_new_vector(self) -> None:
        index, known = self.filled()
        old, known[key(3)] = known[key(3)], vectors(1, seed=3)[0]
        index.add([key(3)], known[key(3)][None])
        assert len(index) == 20
        for query in (old, known[key(3)]):
            assert_same(index.search(query[None], 20)[0], brute_force(known, query, 20))

    def test_of_a_key_that_comes_twice_the_last_counts(self) -> None:
        index = self.make()
        first, second = vectors(2)
        index.add([key(1), key(1)], np.stack([first, second]))
        assert len(index) == 1
        assert_same(index.search(second[None], 5)[0], [(key(1), 1.0)])

    def test_removed_keys_are_gone_and_unknown_ones_do_not_matter(self) -> None:
        index, known = self.filled()
        assert index.remove([key(0), key(19), key(77)]) == 2
        del known[key(0)], known[key(19)]
        query = vectors(1)[0]
        assert len(index) == 18
        assert_same(index.search(query[None], 20)[0], brute_force(known, query, 20))
        assert index.remove([]) == 0

    def test_more_than_there_is_gives_all_there_is(self) -> None:
        index, known = self.filled(3)
        query = vectors(1, seed=1)[0]
        assert_same(index.search(query[None], 100)[0], brute_force(known, query, 3))

    def test_an_empty_index_finds_nothing(self) -> None:
        index = self.make()
        assert index.search(vectors(2), 5) == [[], []]
        index.add([], np.empty((0, DIMENSION), dtype=np.float32))
        assert (len(index), index.search(vectors(1), 5)) == (0, [[]])

    def test_no_hits_are_given_when_none_are_wanted(self) -> None:
        index, _ = self.filled()
        assert index.search(vectors(2), 0) == [[], []]

    def test_vectors_of_another_encoder_are_refused(self) -> None:
        index, _ = self.filled()
        with pytest.raises(VectorIndexError, match="dimensions"):
            index.add([key(1)], np.ones((1, DIMENSION + 1), dtype=np.float32))
        with pytest.raises(VectorIndexError, match="2 keys"):
            index.add([key(1), key(2)], vectors(1))
        assert len(index) == 20

    def equals_a_dict(self, steps: list[tuple[bool, list[int]]]) -> None:
        index, known = self.make(), dict[str, Vectors]()
        for turn, (adds, numbers) in enumerate(steps):
            keys = [key(number) for number in numbers]
            if adds:
                fresh = vectors(len(keys), seed=turn)
                index.add(keys, fresh)
                known.update(zip(keys, fresh, strict=True))
            else:
                assert index.remove(keys) == len(known.keys() & set(keys))
                for name in keys:
                    known.pop(name, None)
            query = vectors(1, seed=1000 + turn)
            assert len(index) == len(known)
            assert_same(index.search(query, 5)[0], brute_force(known, query[0], 5))


STEPS = st.lists(st.tuples(st.booleans(), st.lists(st.integers(0, 12), max_size=6)), max_size=12)


class TestFaiss(Contract):
    def make(self) -> FaissIndex:
        return FaissIndex("toy", DIMENSION)

    @settings(deadline=None, max_examples=60)
    @given(STEPS)
    def test_any_adding_and_removing_equals_a_dict(self, steps: list[tuple[bool, list[int]]]) -> None:
        self.equals_a_dict(steps)


class SharedContract(Contract):
    """The same for an index in a database, which is emptied each time."""

    index: SharedIndex

    def make(self) -> SharedIndex:
        self.index.clear()
        return self.index

    def test_search_among_some_equals_brute_force_among_them(self) -> None:
        index, known = self.filled()
        some = {name: known[name] for name in list(known)[::3]}
        query = vectors(1, seed=4)[0]
        assert_same(index.search(query[None], 5, among=list(some))[0], brute_force(some, query, 5))
        assert index.search(query[None], 5, among=[]) == [[]]


@pytest.mark.postgres
class TestPgVector(SharedContract):
    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def _open(cls, request: pytest.FixtureRequest, _postgres: str) -> Iterator[None]:
        request.cls.index = open_engine(_postgres, "toy", DIMENSION)
        yield
        request.cls.index.close()

    @settings(deadline=None, max_examples=10)
    @given(STEPS)
    def test_any_adding_and_removing_equals_a_dict(self, steps: list[tuple[bool, list[int]]]) -> None:
        self.equals_a_dict(steps)


@pytest.mark.milvus
class TestMilvus(SharedContract):
    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def _open(cls, request: pytest.FixtureRequest, milvus: Any) -> Iterator[None]:
        request.cls.index = open_engine(milvus.url, "toy", DIMENSION)
        yield
        request.cls.index.close()

    @settings(deadline=None, max_examples=10)
    @given(STEPS)
    def test_any_adding_and_removing_equals_a_dict(self, steps: list[tuple[bool, list[int]]]) -> None:
        self.equals_a_dict(steps)


@pytest.fixture
def index() -> FaissIndex:
    index = FaissIndex("toy", DIMENSION)
    index.add(list(map(key, range(20))), vectors(20))
    index.seq = 42
    return index


def assert_equal(one: FaissIndex, other: FaissIndex) -> None:
    queries = vectors(4, seed=9)
    assert (one.keys(), one.seq, one.encoder_id) == (other.keys(), other.seq, other.encoder_id)
    for found, expected in zip(one.search(queries, 20), other.search(queries, 20), strict=True):
        assert_same(found, expected)


def test_what_was_saved_is_loaded(index: FaissIndex, tmp_path: Path) -> None:
    index.save(tmp_path)
    assert_equal(FaissIndex.load(tmp_path, "toy"), index)


def test_a_key_keeps_its_vector_through_removal_and_saving(index: FaissIndex, tmp_path: Path) -> None:
    index.remove([key(0), key(7)])
    index.add([key(3)], vectors(1, seed=5))
    index.save(tmp_path)
    assert_equal(FaissIndex.load(tmp_path, "toy"), index)


def test_an_empty_index_is_saved_and_loaded(tmp_path: Path) -> None:
    FaissIndex("toy", DIMENSION).save(tmp_path)
    loaded = FaissIndex.load(tmp_path, "toy")
    assert len(loaded) == 0
    loaded.add([key(1)], vectors(1))
    assert_same(loaded.search(vectors(1), 1)[0], [(key(1), 1.0)])


def test_only_the_newest_generation_stays(index: FaissIndex, tmp_path: Path) -> None:
    for _ in range(3):
        index.save(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["manifest.json", "vectors-3.npz"]


@pytest.mark.parametrize("damage", [lambda data: data[:-100], lambda data: data[:200] + b"?" + data[201:]])
def test_torn_vectors_are_refused(index: FaissIndex, tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    index.save(tmp_path)
    path = tmp_path / "vectors-1.npz"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(VectorIndexError, match="checksum") as caught:
        FaissIndex.load(tmp_path, "toy")
    assert "doctor --repair" in caught.value.hint


def test_missing_vectors_are_refused(index: FaissIndex, tmp_path: Path) -> None:
    index.save(tmp_path)
    (tmp_path / "vectors-1.npz").unlink()
    with pytest.raises(VectorIndexError, match="cannot be read"):
        FaissIndex.load(tmp_path, "toy")


@pytest.mark.parametrize("manifest", [b"", b'{"encoder": "toy", "gen', b"{}", b"[]", b"\xff"])
def test_a_damaged_manifest_is_refused_and_written_anew(index: FaissIndex, tmp_path: Path, manifest: bytes) -> None:
    index.save(tmp_path)
    (tmp_path / "manifest.json").write_bytes(manifest)
    with pytest.raises(VectorIndexError, match="manifest"):
        FaissIndex.load(tmp_path, "toy")
    index.save(tmp_path)
    assert_equal(FaissIndex.load(tmp_path, "toy"), index)


def test_no_index_is_an_error_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(VectorIndexError, match="no index yet"):
        FaissIndex.load(tmp_path, "toy")


def test_another_encoder_s_index_is_refused(index: FaissIndex, tmp_path: Path) -> None:
    index.save(tmp_path)
    with pytest.raises(VectorIndexError, match="belongs to toy"):
        FaissIndex.load(tmp_path, "other")


@pytest.mark.parametrize("crash_at", ["vectors-2.npz", "manifest.json"])
def test_a_crash_while_saving_keeps_the_old_generation(
    index: FaissIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, crash_at: str
) -> None:
    index.save(tmp_path)
    before = FaissIndex.load(tmp_path, "toy")
    index.remove([key(1)])
    really = module.write_atomically

    def killed(path: Path, content: bytes) -> None:
        if path.name == crash_at:
            raise KeyboardInterrupt
        really(path, content)

    with monkeypatch.context() as patched:
        patched.setattr(module, "write_atomically", killed)
        with pytest.raises(KeyboardInterrupt):
            index.save(tmp_path)
    assert_equal(FaissIndex.load(tmp_path, "toy"), before)
    index.save(tmp_path)
    assert_equal(FaissIndex.load(tmp_path, "toy"), index)


def test_a_full_disk_keeps_the_old_generation(
    index: FaissIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.save(tmp_path)
    before = FaissIndex.load(tmp_path, "toy")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        with pytest.raises(HomeError, match="disk is full"):
            index.save(tmp_path)
    assert_equal(FaissIndex.load(tmp_path, "toy"), before)
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_the_manifest_says_what_is_inside(index: FaissIndex, tmp_path: Path) -> None:
    index.save(tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert {name: manifest[name] for name in ("encoder", "dimension", "generation", "seq", "count")} == {
        "encoder": "toy",
        "dimension": DIMENSION,
        "generation": 1,
        "seq": 42,
        "count": 20,
    }
