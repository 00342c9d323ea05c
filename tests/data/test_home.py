"""The home: files are replaced whole or not at all, and one process at a time holds a lock."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from replydesk.data.errors import ConflictError, HomeError
from replydesk.data.home import Home, folder_bytes, write_atomically


def run(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


# ---- writing


@pytest.mark.parametrize("content", [b"", b"new", "新的设置".encode(), bytes(range(256)) * 5000])
def test_a_file_is_replaced(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(b"old and longer than some")
    write_atomically(path, content)
    assert path.read_bytes() == content
    assert [found.name for found in tmp_path.iterdir()] == ["settings.toml"]


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (errno.ENOSPC, "The disk is full."),
        (errno.EDQUOT, "The disk is full."),
        (errno.EROFS, "The home folder cannot be written."),
        (errno.EIO, "The home folder cannot be used: Input/output error."),
    ],
)
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failing_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, message: str, step: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    path = tmp_path / "current"
    path.write_bytes(b"old")
    monkeypatch.setattr("os.fsync" if step == "fsync" else "pathlib.Path.replace", fail)
    with pytest.raises(HomeError) as caught:
        write_atomically(path, b"new")
    assert caught.value.message == message
    assert caught.value.where == str(path)
    assert caught.value.hint
    assert path.read_bytes() == b"old"
    assert [found.name for found in tmp_path.iterdir()] == ["current"]


def test_a_file_that_grows_too_large_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "current"
    path.write_bytes(b"old")
    done = run(
        """
        import resource, sys
        from pathlib import Path
        from replydesk.data.errors import HomeError
        from replydesk.data.home import write_atomically
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
        try:
            write_atomically(Path(sys.argv[1]), b"x" * 20_000)
        except HomeError as error:
            print(error)
        """,
        path,
    )
    assert done.stdout.startswith(f"The home folder cannot be used: File too large. ({path})"), done.stderr
    assert path.read_bytes() == b"old"
    assert [found.name for found in tmp_path.iterdir()] == ["current"]


def test_a_process_killed_while_it_writes_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "current"
    path.write_bytes(b"old")
    done = run(
        """
        import os, signal, sys
        from pathlib import Path
        from replydesk.data.home import write_atomically
        os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
        write_atomically(Path(sys.argv[1]), b"new")
        """,
        path,
    )
    assert done.returncode == -signal.SIGKILL
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("place", ["missing/current", "file/current"])
def test_a_folder_that_is_none_is_said(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(HomeError, match="The home folder cannot be used") as caught:
        write_atomically(tmp_path / place, b"new")
    assert caught.value.where == str(tmp_path / place)


def test_threads_that_write_one_file_leave_one_of_theirs(tmp_path: Path) -> None:
    path = tmp_path / "current"
    contents = [bytes([65 + n]) * 200_000 for n in range(4)]
    seen = set()

    def write(content: bytes) -> None:
        for _ in range(10):
            write_atomically(path, content)
            seen.add(path.read_bytes())

    threads = [threading.Thread(target=write, args=(content,)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen <= set(contents)
    assert [found.name for found in tmp_path.iterdir()] == ["current"]


# ---- the folder


def test_the_names_in_a_home(tmp_path: Path) -> None:
    home = Home(tmp_path / "桌 面")
    assert not home.folder.exists()
    assert home.create() is home
    assert home.create().database == tmp_path / "桌 面" / "replydesk.db"
    assert {path.name for path in home.folder.iterdir()} == {"releases", "index"}
    assert (home.settings, home.current) == (home.folder / "settings.toml", home.folder / "current")


def test_the_home_that_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPLYDESK_HOME", str(tmp_path / "named"))
    assert Home.find().folder == tmp_path / "named"
    assert Home.find(tmp_path / "given").folder == tmp_path / "given"
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Home.find("~/desk").folder == tmp_path / "desk"
    monkeypatch.chdir(tmp_path)
    assert Home.find("desk").folder == tmp_path / "desk"
    monkeypatch.delenv("REPLYDESK_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    assert Home.find().folder == tmp_path / "share" / "replydesk"
    assert not list(tmp_path.iterdir())


def test_a_home_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(HomeError) as caught:
        Home(tmp_path / "file" / "home").create()
    assert caught.value.where == str(tmp_path / "file" / "home")
    assert caught.value.hint


def test_space_is_asked_for_before_a_long_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path / "home")
    home.require_space(1)
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 5 * 2**20}))
    home.require_space(5 * 2**20)
    with pytest.raises(HomeError, match="5 MiB are free, 6 MiB are needed"):
        home.require_space(6 * 2**20)


def test_the_bytes_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_bytes(b"12345")
    (tmp_path / "c").write_bytes("中".encode())
    assert folder_bytes(tmp_path) == 8


# ---- locks

HOLD = """
import sys
from pathlib import Path
from replydesk.data.home import Home
with Home(Path(sys.argv[1])).lock("training"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_one_process_holds_a_lock_until_it_is_killed(tmp_path: Path) -> None:
    home = Home(tmp_path)
    other = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        with pytest.raises(ConflictError) as caught, home.lock("training", wait_seconds=0.1):
            pass
        assert str(caught.value) == (
            f"Another process is busy with: training. ({tmp_path}) "
            "Wait until it is done, or stop it, and run this again."
        )
        with home.lock("index", wait_seconds=0.1):
            pass
        other.kill()
        other.wait(timeout=30)
        with home.lock("training", wait_seconds=5):
            pass
    finally:
        other.kill()
        other.communicate()


def test_a_lock_is_given_back_after_an_error(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with pytest.raises(ValueError, match="torn"), home.lock("training"):
        raise ValueError("torn")
    with home.lock("training", wait_seconds=0.1):
        pass
