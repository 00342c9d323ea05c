"""Bulk encoding in shards: every ticket once, restartable anywhere, the same by one process, by two, or by Ray."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from replydesk.data.errors import EngineError, VectorIndexError
from replydesk.data.home import Home
from replydesk.data.records import Ticket
from replydesk.data.settings import Settings
from replydesk.data.store import Store
from replydesk.finetune.retrain import Workshop
from replydesk.retrieval import shards as module
from replydesk.retrieval.encoders.encoder import Vectors
from replydesk.retrieval.encoders.encoders import Encoders
from replydesk.retrieval.indexes import search_text
from replydesk.retrieval.shards import Job, encode_shards, read_shards
from replydesk.retrieval.vectors.index import FaissIndex
from replydesk.retrieval.vectors.shared import SharedVectors


@pytest.fixture
def job(desk: Home, tiny_settings: Settings, tmp_path: Path) -> Job:
    return Job(desk.database, tiny_settings, tmp_path / "shards")


def gathered(job: Job, encoder_id: str) -> dict[str, Vectors]:
    _, parts = read_shards(job, encoder_id)
    return {key: row for keys, vectors in parts for key, row in zip(keys, vectors(), strict=True)}


def assert_whole(job: Job) -> None:
    """Every ticket has the vector of its question, once."""
    encoder = Encoders(job.settings.retrieval).of("en")
    store = Store.open(job.database)
    tickets = {ticket.id: ticket for ticket in store.tickets()}
    found = gathered(job, encoder.id)
    assert found.keys() == tickets.keys()
    expected = encoder.encode([search_text(tickets[key].question, tickets[key].context) for key in found])
    np.testing.assert_allclose(np.stack(list(found.values())), expected, atol=1e-5)
    assert read_shards(job, encoder.id)[0] == store.latest_change()
    store.close()


def test_every_ticket_is_encoded_once(job: Job) -> None:
    seen: list[tuple[int, int]] = []
    assert encode_shards(job, shard=5, progress=lambda done, every: seen.append((done, every))) == 16
    assert seen[-1] == (16, 16)
    assert_whole(job)
    assert encode_shards(job) == 0


def test_a_desk_that_fits_is_one_shard(job: Job) -> None:
    assert encode_shards(job) == 1
    assert_whole(job)


@pytest.mark.parametrize("stop", [0, 1, 7, 15])
def test_what_a_crash_left_is_not_made_again(job: Job, monkeypatch: pytest.MonkeyPatch, stop: int) -> None:
    encoded: list[str] = []
    encode = module._encode

    def dying(job: Job, prefix: str) -> bool:
        if len(encoded) == stop:
            raise KeyboardInterrupt
        encoded.append(prefix)
        return encode(job, prefix)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(module, "_encode", dying)
        encode_shards(job, shard=5)
    encoder_id = Encoders(job.settings.retrieval).of("en").id
    with pytest.raises(VectorIndexError, match=f"{16 - stop} of 16 shards are not encoded"):
        read_shards(job, encoder_id)
    assert encode_shards(job) == 16 - stop
    assert_whole(job)


def test_what_is_damaged_or_has_changed_is_made_again_and_nothing_else(job: Job) -> None:
    encode_shards(job, shard=5)
    encoder_id = Encoders(job.settings.retrieval).of("en").id
    folder = job.folder / encoder_id
    (folder / "0.npz").write_bytes(b"torn")
    (folder / "1.json").write_text("{")
    store = Store.open(job.database)
    ticket = next(t for n in range(99) if (t := Ticket.make(f"Question {n}?", "Yes.", language="en")).id[0] == "7")
    store.add_ticket(ticket)
    store.close()
    with pytest.raises(VectorIndexError, match="damaged"):
        list(read_shards(job, encoder_id)[1])
    assert encode_shards(job) == 3
    assert ticket.id in gathered(job, encoder_id)


def test_another_store_begins_anew(job: Job, tmp_path: Path) -> None:
    """As after a backup was restored, which does not have the change that the shards are of."""
    encode_shards(job)
    ours = Store.open(job.database)
    with closing(Store.open(tmp_path / "other.db")) as other:
        other.add_tickets(list(ours.tickets())[:30])
    ours.close()
    job = replace(job, database=tmp_path / "other.db")
    assert encode_shards(job) == 1
    assert_whole(job)


KILLED = """
import sys
from pathlib import Path

from replydesk.data.settings import Settings
from replydesk.retrieval.shards import Job, encode_shards

database, settings, folder = sys.argv[1:]
job = Job(Path(database), Settings.model_validate_json(settings), Path(folder))
encode_shards(job, shard=5, progress=lambda done, every: print(done, every, flush=True))
"""


@pytest.mark.slow
def test_a_process_that_is_killed_loses_at_most_the_shard_it_was_at(job: Job) -> None:
    command = [sys.executable, "-c", KILLED, str(job.database), job.settings.model_dump_json(), str(job.folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("5 "):
                process.kill()
                break
    assert 0 < encode_shards(job) <= 11
    assert_whole(job)


@pytest.mark.slow
def test_processes_make_the_same(job: Job) -> None:
    assert encode_shards(job, processes=2, shard=5) == 16
    assert_whole(job)


CLUSTER = """
import sys
from pathlib import Path

import ray

from replydesk.data.settings import Settings
from replydesk.retrieval.shards import Job, encode_shards

ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, configure_logging=False)
database, settings, folder = sys.argv[1:]
job = Job(Path(database), Settings.model_validate_json(settings), Path(folder))
print(ray.cluster_resources()["CPU"], encode_shards(job, cluster="local", shard=5))
ray.shutdown()
"""


@pytest.mark.slow
def test_two_workers_of_ray_make_the_same(job: Job) -> None:
    pytest.importorskip("ray")
    # In a process of its own, since Ray leaves processes behind that nobody waits for.
    command = [sys.executable, "-c", CLUSTER, str(job.database), job.settings.model_dump_json(), str(job.folder)]
    quiet = os.environ | {"RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "disabled"}
    done = subprocess.run(command, env=quiet, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["2.0", "16"], done.stderr
    assert_whole(job)


def test_a_missing_ray_is_told_its_cure(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(EngineError, match="Ray is not installed") as caught:
        encode_shards(job, cluster="local")
    assert "replydesk[ray]" in caught.value.hint


def test_the_index_that_is_built_of_shards_finds_the_same(desk: Home, tiny_settings: Settings) -> None:
    workshop = Workshop(desk, tiny_settings)
    workshop.matcher.sync()
    expected = workshop.matcher.find("my parcel is late", language="en")
    workshop.matcher.rebuild()
    sizes = workshop.build_index()
    assert list(sizes.values()) == [40]
    assert workshop.matcher.find("my parcel is late", language="en") == expected
    assert not (desk.folder / "shards").exists()


def test_many_tickets_are_trained_and_saved(
    desk: Home, tiny_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FaissIndex.bulk.__func__.__kwdefaults__, "exact_below", 20)
    workshop = Workshop(desk, tiny_settings)
    assert list(workshop.build_index().values()) == [40]
    encoder_id = workshop.matcher.encoder_id("en")
    saved = FaissIndex.load(desk.indexes / encoder_id, encoder_id)
    assert saved.compressed is not None
    assert (saved.seq, saved.keys()) == (40, {ticket.id for ticket in workshop.store.tickets()})
    ticket = Ticket.make("Do you ship to Malta?", "Yes, in a week.", language="en")
    workshop.store.add_ticket(ticket)
    assert workshop.matcher.find("do you ship it to Malta", language="en")[0].ticket == ticket


def test_an_engine_that_is_away_costs_no_shard(
    desk: Home, tiny_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("psycopg")
    retrieval = tiny_settings.retrieval.model_copy(update={"index": "postgresql://127.0.0.1:9/desk"})
    with pytest.raises(EngineError, match="cannot be reached"):
        Workshop(desk, tiny_settings.model_copy(update={"retrieval": retrieval})).build_index()
    assert (desk.folder / "shards").exists()
    made: list[bool] = []
    encode = module._encode
    monkeypatch.setattr(module, "_encode", lambda job, prefix: made.append(encode(job, prefix)) or made[-1])
    assert list(Workshop(desk, tiny_settings).build_index().values()) == [40]
    assert made == [False]


@pytest.mark.milvus
def test_an_engine_is_filled_from_shards(desk: Home, tiny_settings: Settings, milvus: Any) -> None:
    retrieval = tiny_settings.retrieval.model_copy(update={"index": milvus.url})
    workshop = Workshop(desk, tiny_settings.model_copy(update={"retrieval": retrieval}))
    assert list(workshop.build_index().values()) == [40]
    assert workshop.matcher.find("Where is my parcel?", language="en")[0].exact
    shared = workshop.matcher._indexes._vectors[workshop.matcher.encoder_id("en")]
    assert isinstance(shared, SharedVectors)
    assert shared.engine.seq == workshop.store.latest_change()
    workshop.matcher.rebuild()
    workshop.matcher.close()
