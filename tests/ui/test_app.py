from __future__ import annotations

import gc
import re
import threading
import time

import pytest
from fastapi.testclient import TestClient

from replydesk.data.errors import SettingsError
from replydesk.data.home import Home
from replydesk.dialog.agent import Agent
from replydesk.ui import app as app_module
from replydesk.ui.app import check_host, create_app


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
@pytest.mark.parametrize("keys", [True, False])
def test_this_machine_is_always_served(host: str, keys: bool) -> None:
    check_host(host, keys=keys)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "8.8.8.8", "desk.example.com", "", "localhost.evil"])
def test_other_machines_need_a_key(host: str) -> None:
    check_host(host, keys=True)
    with pytest.raises(SettingsError, match="without a key") as refusal:
        check_host(host, keys=False)
    assert refusal.value.where == f"--host {host}"
    assert "ui.api_keys" in refusal.value.hint


def test_starting_warms_the_models_up(desk: Home) -> None:
    with TestClient(create_app(Agent.open(desk), page=False)) as client:
        deadline = time.monotonic() + 30
        while client.get("/readyz").status_code != 200:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert client.get("/readyz").json()["tickets"] == 40
        # What was loaded is looked through for rubbish no more.
        while not gc.get_freeze_count():
            assert time.monotonic() < deadline
            time.sleep(0.05)
    gc.unfreeze()


def test_a_server_reads_ahead_until_it_stops(desk: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted, stopped = threading.Event(), threading.Event()

    def reading(_agent: Agent, stop: threading.Event, *, most: int) -> int:
        assert most == 1000
        wanted.set()
        if stop.wait(30):
            stopped.set()
        return 0

    monkeypatch.setattr(app_module, "read_ahead", reading)
    with TestClient(create_app(Agent.open(desk), page=False)) as client:
        assert wanted.wait(30)
        # It keeps nobody waiting.
        assert client.get("/readyz").status_code == 200
    assert stopped.wait(30)
    gc.unfreeze()


def test_without_the_page_the_api_stands_alone(desk: Home) -> None:
    client = TestClient(create_app(Agent.open(desk), page=False))
    assert client.get("/").status_code == 404
    assert client.get("/").json()["error"]["code"] == "not_found"
    icon = client.get("/favicon.ico")
    assert icon.headers["content-type"] == "image/svg+xml"
    assert b"<svg" in icon.content


def test_the_page_takes_no_path_of_the_api(desk: Home) -> None:
    client = TestClient(create_app(Agent.open(desk)))
    assert client.get("/").headers["content-type"].startswith("text/html")
    for method, path, status, code, allowed in (
        ("GET", "/api/v1/none", 404, "not_found", None),
        ("GET", "/api/v1/reply", 405, "method_not_allowed", "POST"),
        ("DELETE", "/api/v1/verdicts", 405, "method_not_allowed", "POST"),
        ("POST", "/healthz", 405, "method_not_allowed", "GET"),
        ("GET", "/nope", 404, "not_found", None),
        ("POST", "/webhooks/none", 404, "not_found", None),
        ("GET", "/assets/none.js", 404, "not_found", None),
        ("POST", "/", 405, "method_not_allowed", "GET"),
    ):
        refused = client.request(method, path)
        assert (refused.status_code, refused.headers.get("allow")) == (status, allowed), path
        assert refused.json()["error"]["code"] == code, path


def test_the_description_names_every_route(desk: Home) -> None:
    paths = TestClient(create_app(Agent.open(desk), page=False)).get("/openapi.json").json()["paths"]
    assert {
        (method, path) for path, methods in paths.items() for method in methods
    } >= {
        ("post", "/api/v1/reply"), ("post", "/api/v1/search"), ("get", "/api/v1/tickets"), ("post", "/api/v1/tickets"),
        ("get", "/api/v1/tickets/{ticket}"), ("delete", "/api/v1/tickets/{ticket}"), ("post", "/api/v1/verdicts"),
        ("get", "/healthz"), ("get", "/readyz"),
    }  # fmt: skip


def test_the_description_of_the_api_loads_nothing_from_elsewhere(desk: Home) -> None:
    client = TestClient(create_app(Agent.open(desk), page=False))
    page = client.get("/docs").text
    links = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert links
    for link in links:
        assert link.startswith("/"), link
        assert client.get(link).status_code == 200, link
