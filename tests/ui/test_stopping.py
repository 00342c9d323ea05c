"""A server that is told to stop does so cleanly, whatever encoders it has taken up and given up before."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from replydesk.data.home import Home
from replydesk.dialog.release import Release
from replydesk.dialog.releases import Releases
from replydesk.dialog.skills import Skills
from replydesk.retrieval.encoders.bert import BertEncoder
from replydesk.retrieval.encoders.graphs import Graph
from replydesk.retrieval.encoders.runtime import OpenVinoEncoder

# uvicorn ends what it has begun and then lets the signal do what it does: SIGTERM ends the process, Ctrl-C is caught.
CLEAN = {signal.SIGTERM: -signal.SIGTERM, signal.SIGINT: 0}
TWO_ENCODERS = """
import gc, os, signal, sys
from pathlib import Path
from replydesk.retrieval.encoders.graphs import Graph
from replydesk.retrieval.encoders.runtime import OpenVinoEncoder

encoders = [OpenVinoEncoder(Graph.load(Path(folder)), threads=1) for folder in sys.argv[1:]]
for encoder in encoders:
    encoder.encode(["hello"])
signal.signal(signal.SIGINT, lambda *_: print("heard"))
while encoders:
    encoders.pop(0)
    del encoder
    gc.collect()
    os.kill(os.getpid(), signal.SIGINT)
    encoder = None
"""


@pytest.fixture(scope="module")
def graph(tiny_bert: Path, tmp_path_factory: pytest.TempPathFactory) -> Graph:
    return Graph.of(str(tiny_bert), 64, tmp_path_factory.mktemp("graphs"))


def named(graph: Graph, name: str) -> Graph:
    return Graph(graph.model, replace(graph.card, id=name))


@pytest.mark.slow
def test_a_signal_is_heard_after_encoders_went_in_the_order_in_which_they_came(graph: Graph, tmp_path: Path) -> None:
    for name in ("one", "other"):
        named(graph, name).save(tmp_path / name)
    command = [sys.executable, "-c", TWO_ENCODERS, str(tmp_path / "one"), str(tmp_path / "other")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout.split()) == (0, ["heard", "heard"]), done.stderr


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("number", list(CLEAN), ids=lambda number: number.name)
def test_a_server_stops_cleanly_after_releases_with_encoders_of_their_own(
    desk: Home, tiny_bert: Path, graph: Graph, tmp_path: Path, number: signal.Signals
) -> None:
    base, releases = BertEncoder(str(tiny_bert), max_tokens=128).id, Releases(desk)
    for name in ("one", "other"):
        encoder = OpenVinoEncoder(named(graph, name), threads=1)
        made_at = datetime(2026, 11, 1, tzinfo=UTC)
        releases.save(Release(f"r-{name}", made_at, {name: Skills()}, encoders={base: encoder}), {}, "")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = tmp_path / "log"
    command = [sys.executable, "-c", "from replydesk.ui.cli import main; main()", "serve", "--port", str(port)]
    environment = os.environ | {"REPLYDESK_HOME": str(desk.folder), "REPLYDESK_RETRIEVAL_RUNTIME": "openvino"}
    with log.open("w") as file:
        process = subprocess.Popen(command, env=environment, stdout=file, stderr=subprocess.STDOUT)
    try:
        deadline = time.monotonic() + 400
        while not ready(port):
            assert process.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        for name in ("r-one", "r-other", "r-one"):
            releases.promote(name)
            assert reply(port) == name
        process.send_signal(number)
        assert process.wait(60) == CLEAN[number], log.read_text()
    finally:
        process.kill()
        process.wait()
    assert "Traceback" not in log.read_text()


def ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as response:
            return bool(json.load(response)["ready"])
    except OSError:
        return False


def reply(port: int) -> str:
    """Return the id of the release that answers."""
    body = json.dumps({"text": "Where is my parcel?"}).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/v1/reply", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        return str(json.load(response)["release"])
