"""The scripted dialogues of tests/dialogues, and the command that holds them: what it says and how it exits."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import opencc
import pytest
from typer.testing import CliRunner

from replydesk.data.dialogues import Script, read_scripts
from replydesk.data.errors import FormatError, SettingsError
from replydesk.data.home import Home
from replydesk.data.settings import Settings
from replydesk.dialog.agent import Agent
from replydesk.dialog.rehearsal import rehearse
from replydesk.ui.cli import app
from replydesk.ui.rehearsing import own_desk

FILES = sorted((Path(__file__).parent / "dialogues").glob("*.yaml"))
IN_OTHER_WORDS = frozenset({
    "en-airline", "en-energy", "en-insurance", "en-library", "en-market", "en-mobile", "en-software",
    "zh-bank", "zh-hotel", "zh-jiazheng", "zh-jinrong", "zh-waimai",
    "zh-xuexi", "zh-yiyuan",
})  # fmt: skip
"""Files written by somebody who saw no test: they ask in other words than their tickets, which only an encoder that has
learned the languages finds."""
SCRIPTS = [(path, script) for path in FILES for script in read_scripts(path).scripts]


@pytest.fixture(scope="module")
def agents(tmp_path_factory: pytest.TempPathFactory, tiny_settings: Settings) -> Iterator[dict[Path, Agent]]:
    """Return one agent a file: the desk is built once for all of its dialogues."""
    patience = {"rerank_budget_ms": tiny_settings.retrieval.rerank_budget_ms}
    packaged = Settings(retrieval=Settings().retrieval.model_copy(update=patience))
    opened = {}
    for path in FILES:
        settings = packaged if path.stem in IN_OTHER_WORDS else tiny_settings
        opened[path] = own_desk(read_scripts(path), tmp_path_factory.mktemp(path.stem), settings)
    yield opened
    for agent in opened.values():
        agent.store.close()


@pytest.mark.parametrize(("path", "script"), SCRIPTS, ids=[f"{path.stem}-{script.line}" for path, script in SCRIPTS])
def test_every_dialogue_goes_as_it_is_written(agents: dict[Path, Agent], path: Path, script: Script) -> None:
    outcome = rehearse(script, agents[path])
    assert outcome.failures == (), script.name


def traditional(text: str) -> str:
    return str(opencc.OpenCC("s2t").convert(text))


def of_half_width(text: str) -> str:
    return text.translate(str.maketrans("，。？！：；（）", ",.?!:;()"))


def hurried(text: str) -> str:
    return text.lower().replace("'", "")


def with_emoji(text: str) -> str:
    return f"{text} 📦"


UNHEARD = {("en", 60, hurried), ("en-heard", 98, hurried), ("zh", 236, of_half_width), ("zh-lead", 310, of_half_width)}
"""What an encoder that knows the languages hears, and the tiny one of the tests does not."""
WRITTEN = [
    (path, script, written)
    for path, script in SCRIPTS
    for written in ((traditional, of_half_width, with_emoji) if path.stem.startswith("zh") else (hurried, with_emoji))
    # What is quoted is quoted with its marks.
    if (written is not of_half_width or not any("？" in str(turn.expect) for turn in script.turns))
    and (path.stem, script.line, written) not in UNHEARD
]


@pytest.mark.parametrize(
    ("path", "script", "written"),
    WRITTEN,
    ids=[f"{path.stem}-{script.line}-{written.__name__}" for path, script, written in WRITTEN],
)
def test_it_goes_the_same_however_it_is_written(
    agents: dict[Path, Agent], path: Path, script: Script, written: Callable[[str], str]
) -> None:
    turns = tuple(replace(turn, customer=written(turn.customer)) if turn.customer else turn for turn in script.turns)
    outcome = rehearse(replace(script, turns=turns), agents[path])
    assert outcome.failures == (), script.name


def test_there_are_sixty_and_half_are_chinese() -> None:
    chinese = sum(path.stem.startswith("zh") for path, _ in SCRIPTS)
    assert len(SCRIPTS) >= 60 and chinese * 2 >= len(SCRIPTS) - 2


DIALOGUE = """
desk:
  tickets:
    - {question: "Where is my parcel?", answer: "It comes on Monday.", language: en}
dialogues:
  - name: a parcel
    turns:
      - customer: "Where is my parcel?"
        expect: {action: pick, contains: Monday}
"""


def run(tmp_path: Path, text: str, *options: str) -> tuple[int, str]:
    path = tmp_path / "one.yaml"
    path.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(app, ["test", str(path), *options])
    return done.exit_code, done.stdout


def test_the_command_holds_a_file_and_leaves_the_home_alone(home: Home, tmp_path: Path) -> None:
    code, said = run(tmp_path, DIALOGUE)
    assert (code, said.strip()) == (0, "1 of 1 dialogues as expected.")
    assert not home.database.exists()


def test_what_came_otherwise_is_told_with_its_line(home: Home, tmp_path: Path) -> None:
    wrong = DIALOGUE.replace("contains: Monday", "contains: Friday")
    code, said = run(tmp_path, wrong)
    assert code == 1
    assert "one.yaml:8  a parcel" in said and "- contains: 'Friday'" in said
    assert "+ contains: 'It comes on Monday.'" in said
    code, said = run(tmp_path, wrong, "--json")
    document = json.loads(said)
    assert (code, document["failed"], document["dialogues"]) == (1, 1, 1)
    assert document["files"][0]["dialogues"][0]["failures"][0]["line"] == 8


def test_the_home_s_own_desk_is_tested_without_a_trace(desk: Home, tmp_path: Path) -> None:
    own = DIALOGUE[DIALOGUE.index("dialogues:") :].replace("contains: Monday", "contains: two working days")
    agent = Agent.open(desk)
    before = agent.store.counts()
    assert run(tmp_path, own)[0] == 0
    assert agent.store.counts() == before
    agent.store.close()


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("action: pick", "acton: pick", 9, "no acton"),
        ("name: a parcel", "title: a parcel", 6, "no title"),
        ("- customer:", "- bot:", 8, "no bot"),
        ("dialogues:", "talks:", 5, "no talks"),
        ('answer: "It comes on Monday.", ', "", 4, "question and answer"),
        ("expect: {", "expect: [{", 9, "no YAML"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    path = tmp_path / "one.yaml"
    path.write_text(DIALOGUE.replace(old, new), encoding="utf-8")
    with pytest.raises(FormatError, match=said) as caught:
        read_scripts(path)
    assert str(caught.value.where).startswith(f"{path}:")
    assert abs(int(caught.value.where.rpartition(":")[2]) - line) <= 1


@pytest.mark.parametrize(
    ("name", "text", "line", "said"),
    [
        ("settings", "[dialog]\n    pick_abov = 0.5", 5, "pick_abov"),
        ("rules", "[[rule]]\n    name = 'x'\n    when.txt = ['a']\n    handoff = 'b'", 6, "txt"),
        ("facts", "[[fact]]\n    nonsense = 1", 5, "nonsense"),
        ("forms", "[forms.move]\n    phrases = 3", 5, "phrases"),
    ],
)
def test_a_mistake_in_the_files_of_a_desk_is_told_with_its_line_in_the_dialogues(
    home: Home, tmp_path: Path, name: str, text: str, line: int, said: str
) -> None:
    path = tmp_path / "one.yaml"
    path.write_text(DIALOGUE.replace("desk:", f"desk:\n  {name}: |\n    {text}"), encoding="utf-8")
    done = CliRunner().invoke(app, ["test", str(path)])
    assert done.exit_code == 1 and isinstance(done.exception, SettingsError)
    assert said in done.exception.message and done.exception.where == f"{path}:{line}"


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "No such file or directory."), (b"", "is empty"), (b"PK\x03\x04\xff\xfe", "no text in UTF-8")],
)
def test_what_is_no_file_of_dialogues_is_told_in_plain_words(tmp_path: Path, content: bytes | None, said: str) -> None:
    path = tmp_path / "one.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(FormatError, match=said) as caught:
        read_scripts(path)
    assert "Errno" not in str(caught.value) and "codec" not in str(caught.value)
