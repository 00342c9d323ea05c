"""The documentation is true: what exists is described, what is shown runs, and nothing leads nowhere."""

from __future__ import annotations

import ast
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import NoneType
from typing import Any

import pytest
import typer
import yaml
from fastapi.routing import APIRoute
from typer.main import get_command

from replydesk.data.errors import ReplydeskError
from replydesk.data.home import Home
from replydesk.data.readers import FIELDS, READERS
from replydesk.data.settings import Settings
from replydesk.dialog.agent import Agent
from replydesk.ui.cli import app

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
PAGES = [*READMES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
PORT = "7860"


@dataclass(frozen=True)
class Block:
    """A fenced block of a page: its language, whether `<!-- server -->` stands above it, and its text."""

    page: Path
    line: int
    language: str
    server: bool
    text: str

    @property
    def commands(self) -> list[str]:
        """The lines after `$ ` of a console block, or the lines of a shell block."""
        lines = self.text.replace("\\\n", " ").splitlines()
        if self.language == "console":
            return [line[2:] for line in lines if line.startswith("$ ")]
        return [line for line in lines if line.strip() and not line.startswith("#")] if self.language == "sh" else []

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


_FENCE = re.compile(r"^(?P<mark><!-- server -->\n)?```(?P<language>[\w-]+)\n(?P<text>.*?)^```$", re.M | re.S)


def blocks_of(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield Block(page, line, found["language"], bool(found["mark"]), found["text"])


BLOCKS = [block for page in PAGES for block in blocks_of(page)]
name_of = str


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def section(text: str, heading: str) -> str:
    """Return what stands between a heading and the next one of its rank or above."""
    lines = text.splitlines()
    assert heading in lines, f"there is no heading {heading!r}"
    start = lines.index(heading) + 1
    rank = len(heading) - len(heading.lstrip("#"))
    ends = [i for i, line in enumerate(lines) if i >= start and re.match(rf"#{{1,{rank}}} ", line)]
    return "\n".join(lines[start : ends[0] if ends else None])


# ---- what exists is described


def commands(command: Any = None, path: tuple[str, ...] = ("replydesk",)) -> Iterator[tuple[tuple[str, ...], Any]]:
    command = command or get_command(app)
    children: Mapping[str, Any] = getattr(command, "commands", {})
    if not children:
        yield path, command
    for name, child in children.items():
        yield from commands(child, (*path, name))


COMMANDS = dict(commands())


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_and_option_is_described(path: tuple[str, ...]) -> None:
    about = section(page("reference/commands.md"), f"## {' '.join(path)}")
    for parameter in COMMANDS[path].params:
        names = [name for name in parameter.opts if name.startswith("-") and name != "--help"]
        assert not names or any(f"`{name}`" in about for name in names), f"{' '.join(path)} {names} is not described"


def test_no_command_is_described_that_does_not_exist() -> None:
    described = re.findall(r"^## (replydesk .+)$", page("reference/commands.md"), re.M)
    assert sorted(described) == sorted(" ".join(path) for path in COMMANDS)


def default_of(value: Any) -> str:
    if value is None:
        return "–"
    return f"`{json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)}`"


SETTINGS = [
    (name, key, field)
    for name, part in Settings.model_fields.items()
    for key, field in part.annotation.model_fields.items()  # type: ignore[union-attr]
]


@pytest.mark.parametrize(("name", "key", "field"), SETTINGS, ids=[f"{name}.{key}" for name, key, _ in SETTINGS])
def test_every_setting_is_described_with_its_default_and_variable(name: str, key: str, field: Any) -> None:
    about = section(page("reference/settings.md"), f"## [{name}]")
    rows = [line for line in about.splitlines() if line.startswith(f"| `{key}` |")]
    meaning, variable = field.description.rstrip("."), f"`REPLYDESK_{name.upper()}_{key.upper()}`"
    row = f"| `{key}` | {default_of(field.default)} | {meaning} | {variable} |"
    assert len(rows) == 1, f"settings.md lacks, under [{name}]: {row}"
    cells = [cell.strip() for cell in rows[0].strip("|").split("|")]
    # The page may add the bounds after the meaning.
    assert (cells[1], cells[3]) == (default_of(field.default), variable) and cells[2].startswith(meaning), row


def test_no_setting_is_described_that_does_not_exist() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", page("reference/settings.md"), re.M)
    assert sorted(rows) == sorted(key for _, key, _ in SETTINGS)


def test_every_route_body_and_parameter_is_described(desk: Home) -> None:
    from replydesk.ui.app import create_app

    server = create_app(Agent.open(desk), page=False)
    schema = server.openapi()
    text = page("reference/http.md")
    routes = {f"{method.upper()} {path}" for path, verbs in schema["paths"].items() for method in verbs}
    assert routes >= {"POST /api/v1/reply", "GET /healthz"}
    described = set(re.findall(r"^### `([A-Z]+ \S+)`$", text, re.M))
    assert described == routes
    for path, verbs in schema["paths"].items():
        for method, route in verbs.items():
            about = section(text, f"### `{method.upper()} {path}`")
            body = route.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            name = body.get("$ref", "").rpartition("/")[2]
            fields = schema["components"]["schemas"][name]["properties"] if name else {}
            parameters = [part["name"] for part in route.get("parameters", ()) if part["in"] == "query"]
            for field in [*fields, *parameters]:
                assert re.search(rf"\b{field}\b", about), f"{method} {path}: {field} is not described"
    assert any(isinstance(route, APIRoute) for route in server.routes)


def errors(kind: type[ReplydeskError] = ReplydeskError) -> Iterator[type[ReplydeskError]]:
    # What begins with an underscore is caught where it is raised.
    if not kind.__name__.startswith("_"):
        yield kind
    for child in kind.__subclasses__():
        yield from errors(child)


@pytest.mark.parametrize("kind", list(errors()), ids=lambda kind: kind.__name__)
def test_every_error_is_described_with_code_and_status(kind: type[ReplydeskError]) -> None:
    text = page("reference/errors.md")
    assert f"| `{kind.__name__}` | `{kind.code}` | {kind.status} |" in text
    assert re.search(rf"^[│├└─ ]*{kind.__name__}$", text, re.M), "the tree lacks it"


def keys_of(document: Any) -> Iterator[str]:
    if isinstance(document, dict):
        for key, value in document.items():
            yield key
            yield from keys_of(value)
    elif isinstance(document, list):
        for value in document:
            yield from keys_of(value)


def same_shape(shown: Any, real: Any) -> bool:
    """Return whether two documents have the same fields in the same places, whatever the values."""
    if isinstance(shown, dict) and isinstance(real, dict):
        return shown.keys() == real.keys() and all(same_shape(shown[key], real[key]) for key in shown)
    if isinstance(shown, list) and isinstance(real, list):
        return not (shown and real) or same_shape(shown[0], real[0])
    kinds = {int: float}
    one, other = (kinds.get(type(value), type(value)) for value in (shown, real))
    return one is other or NoneType in (one, other)


@pytest.mark.parametrize("text", ["Where is my parcel?", "我的快递三天没动了", "let me talk to a person"])
def test_every_field_of_a_reply_is_described(desk: Home, text: str) -> None:
    real = Agent.open(desk).reply(text).document()
    about = page("reference/reply.md")
    for key in keys_of(real):
        assert f"`{key}`" in about or f".{key}`" in about, f"{key} is not described"
    example = next(block for block in BLOCKS if block.page.name == "reply.md" and block.language == "json")
    assert same_shape(json.loads(example.text), real)


def test_every_format_and_field_of_a_table_is_described() -> None:
    text = page("how-to/bring-your-history.md")
    rows = re.findall(r"^\| `([a-z][a-z-]*)` \|", section(text, "## Which formats"), re.M)
    assert sorted(rows) == sorted(reader.name for reader in READERS)
    about = section(text, "## Tables: say what the columns hold")
    assert [name for name in FIELDS if f"`{name}`" not in about] == []


def test_every_table_of_the_store_is_described() -> None:
    from replydesk.data import schema

    about = section(page("reference/home.md"), "## What is in the database")
    assert [table for table in schema.metadata.tables if f"`{table}`" not in about] == []


def test_the_architecture_names_every_module_in_its_room() -> None:
    told: dict[str, set[str]] = {}
    for room, names in re.findall(r"^(\S+)/(.*)$", section(page("architecture.md"), "## Modules"), re.M):
        told.setdefault(room, set()).update(names.split())
    there = {
        room.relative_to(ROOT).as_posix(): {path.stem for path in room.glob("*.py")} - {"__init__"}
        for layer in ("data", "retrieval", "dialog", "finetune", "ui")
        for room in (ROOT / layer, *(ROOT / layer).rglob("*/"))
        if room.is_dir() and room.name not in ("__pycache__", "assets", "versions")
    }
    assert told == there


# ---- what is shown is right


@pytest.mark.parametrize("block", BLOCKS, ids=name_of)
def test_every_block_is_well_formed(block: Block) -> None:
    if block.language == "python":
        ast.parse(block.text)
    elif block.language == "json":
        for line in block.text.strip().split("\n\n"):
            json.loads(line)
    elif block.language == "toml":
        import tomllib

        values = tomllib.loads(block.text)
        if set(values) <= set(Settings.model_fields):
            Settings.model_validate(values)
    elif block.language == "yaml":
        assert yaml.safe_load(block.text)
    else:
        assert block.language in ("console", "sh", "text"), f"{block} is in {block.language}"


LINES = [(block, line) for block in BLOCKS for line in block.commands if re.search(r"(^|/)replydesk ", line)]


@pytest.mark.parametrize(("block", "line"), LINES, ids=[f"{block} {line[:40]}" for block, line in LINES])
def test_every_command_that_is_shown_exists_with_its_options(block: Block, line: str) -> None:
    words = shlex.split(line, comments=True)[1:]
    command: Any = get_command(app)
    with typer.Context(command) as context:
        while hasattr(command, "resolve_command"):
            _, command, words = command.resolve_command(context, words)
        command.make_context("shown", words)


def test_the_two_readmes_say_the_same() -> None:
    english, chinese = (path.read_text(encoding="utf-8") for path in READMES)
    ranks = [
        [len(line.split(" ")[0]) for line in re.sub(_FENCE, "", text).splitlines() if re.match(r"#+ ", line)]
        for text in (english, chinese)
    ]
    assert ranks[0] == ranks[1]
    one, other = ([(b.language, b.server, b.text) for b in blocks_of(path)] for path in READMES)
    assert one == other
    links = [re.findall(r"\]\(((?!README)[^)]+)\)", text) for text in (english, chinese)]
    assert sorted(links[0]) == sorted(links[1])
    assert re.findall(r"^\d\. ", english, re.M) == re.findall(r"^\d\. ", chinese, re.M)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_page_names_a_place_on_somebodys_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"(?<![\w.])/(?:root|work|home|tmp|Users|var)/\S*", text) == []
    assert not re.search(r"\b(?:TODO:|FIXME|lorem ipsum)", text)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(path: Path) -> None:
    text = re.sub(_FENCE, "", path.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\((?!https?://)([^)#]+)", text):
        # The picture of the chat page is taken from the running page and may come later.
        assert (path.parent / target).exists() or target == "docs/assets/chat.png", f"{target} is not there"


def test_every_page_is_in_the_navigation() -> None:
    class Loader(yaml.SafeLoader):
        pass

    def pages(part: Any) -> Iterator[str]:
        if isinstance(part, str):
            yield part
        for child in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
            yield from pages(child)

    listed = list(pages(yaml.load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"), Loader)["nav"]))
    assert sorted(listed) == sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))


def test_the_changelog_has_a_place_for_what_is_next() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## \[Unreleased\]$", text, re.M)


def test_every_make_verb_that_is_shown_exists() -> None:
    known = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    shown = {word for block in BLOCKS for word in re.findall(r"^make ([a-z-]+)", block.text, re.M)}
    assert shown <= known


def test_the_site_builds_strictly_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "site")]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=240)
    pages = list((tmp_path / "site").rglob("*.html"))
    assert len(pages) > 20
    loads = re.compile(r"<(?:script|link|img|iframe|source)\b[^>]*?\b(?:src|href)=[\"']?((?:https?:)?//[^\"' >]+)")
    for path in pages:
        assert loads.findall(path.read_text(encoding="utf-8")) == []
    for path in (tmp_path / "site").rglob("*.css"):
        assert not re.search(r"url\([\"']?(?:https?:)?//", path.read_text(encoding="utf-8"))


# ---- what is shown runs


@pytest.fixture
def shell(desk: Home, tmp_path: Path) -> dict[str, str]:
    """Return an environment in which `replydesk` is this one and the tiny desk is the home."""
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "replydesk"
    script.write_text(f"#!{sys.executable}\nfrom replydesk.ui.cli import main\n\nmain()\n", encoding="utf-8")
    script.chmod(0o755)
    path = f"{folder}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "REPLYDESK_HOME": str(desk.folder)}


def run(block: Block, command: list[str], shell: dict[str, str], folder: Path) -> str:
    folder.mkdir(exist_ok=True)
    done = subprocess.run(command, cwd=folder, env=shell, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, f"{block}: {done.stderr or done.stdout}"
    assert "Traceback" not in done.stderr
    return done.stdout


PYTHON = [block for block in BLOCKS if block.language == "python" and block.page != READMES[1]]
CONSOLE = [
    path
    for path in PAGES
    if path != READMES[1] and any(b.language == "console" and not b.server for b in blocks_of(path))
]
SERVER = [block for block in BLOCKS if block.server and block.page != READMES[1]]


@pytest.mark.slow
@pytest.mark.parametrize("block", PYTHON, ids=name_of)
def test_python_runs(block: Block, shell: dict[str, str], tmp_path: Path) -> None:
    assert run(block, [sys.executable, "-W", "error::DeprecationWarning:replydesk", "-c", block.text], shell, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("path", CONSOLE, ids=lambda path: str(path.relative_to(ROOT)))
def test_console_runs(path: Path, shell: dict[str, str], tmp_path: Path) -> None:
    """Run the commands of a page one after another, as a reader would, beside a file called export.jsonl."""
    folder = tmp_path / "reader"
    folder.mkdir()
    first = next(blocks_of(path))
    run(first, ["replydesk", "export", "--out", "export.jsonl"], shell, folder)
    for block in blocks_of(path):
        if block.language == "console" and not block.server:
            for line in block.commands:
                said = run(block, ["bash", "-euo", "pipefail", "-c", line], shell, folder)
                assert said.strip() or "--out" in line or line.startswith("sed"), f"{block}: {line} says nothing"


@pytest.fixture
def server(shell: dict[str, str], desk: Home) -> Iterator[str]:
    """Start `replydesk serve` on a free port, wait until it is ready, and return the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    with (desk.folder / "serve.log").open("w+", encoding="utf-8") as log:
        process = subprocess.Popen(["replydesk", "serve", "--port", port], env=shell, stdout=log, stderr=log)
        try:
            for _ in range(600):
                assert process.poll() is None, (desk.folder / "serve.log").read_text(encoding="utf-8")
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                        break
                except OSError:
                    time.sleep(0.2)
            else:
                pytest.fail("the server never became ready")
            yield port
        finally:
            process.terminate()
            process.wait(timeout=30)


@pytest.mark.slow
def test_what_needs_a_server_runs(server: str, shell: dict[str, str], tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("The blocks call curl, which is not installed.")
    for block in SERVER:
        for line in block.commands:
            # -f: a refused request must not pass as an answer.
            asked = line.replace(f":{PORT}/", f":{server}/").replace("curl -s", "curl -sf")
            answer = json.loads(run(block, ["bash", "-euo", "pipefail", "-c", asked], shell, tmp_path))
            assert {"action", "hits", "ready"} & set(answer), f"{block}: {answer}"


@pytest.mark.slow
@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.py")), ids=lambda path: path.name)
def test_every_example_runs(path: Path, shell: dict[str, str], tmp_path: Path) -> None:
    block = Block(path, 1, "python", False, "")
    assert run(block, [sys.executable, str(path)], shell, tmp_path)
