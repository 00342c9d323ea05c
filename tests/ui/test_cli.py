from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from replydesk.data.errors import ConflictError
from replydesk.data.home import Home
from replydesk.data.ingest import Ingested
from replydesk.data.privacy import WrittenContact
from replydesk.data.records import Message
from replydesk.data.store import Store
from replydesk.dialog.agent import Agent
from replydesk.dialog.release import Release
from replydesk.dialog.releases import Releases
from replydesk.ui import demo
from replydesk.ui.terminal import import_text
from tests.command_line import exit_code


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Return the one JSON document that stdout holds."""
        assert self.code == 0, self.err
        assert self.out.endswith("\n")
        assert self.out.count("\n") == 1, "one line, and nothing beside it"
        return json.loads(self.out)

    @property
    def trouble(self) -> str:
        """Return what went wrong, after checking that it is one sentence on stderr and no traceback."""
        assert (self.code, self.out) == (1, ""), self
        assert "Traceback" not in self.err
        (*progress, line) = self.err.splitlines()
        assert line.startswith("replydesk: "), self.err
        assert not any(earlier.startswith("replydesk: ") for earlier in progress)
        return line.removeprefix("replydesk: ")


Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return what runs the command line as the console script does, in this process to spare the imports."""

    def run(*arguments: str | Path) -> Ran:
        capsys.readouterr()
        code = exit_code(monkeypatch, *arguments)
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return run


@pytest.fixture
def other(home: Home, tmp_path: Path) -> Home:
    """Return a second empty home with the same settings."""
    other = Home(tmp_path / "other").create()
    shutil.copy(home.settings, other.settings)
    return other


def save_release(home: Home, day: int, parent: str = "") -> str:
    key = f"2026-11-0{day}-aaaaaa"
    Releases(home).save(Release(key, datetime(2026, 11, day, tzinfo=UTC), {}, parent), {"fine": True}, "<p>")
    return key


# ---- the way of a desk


def test_a_desk_moves_to_another_home(run: Run, desk: Home, other: Home, tmp_path: Path) -> None:
    reply = run("ask", "Where is my parcel?", "--json").document
    run("tickets", "add", "--question", "Do you sell gift cards?", "--answer", "Yes, from 10 pounds.")
    agent = Agent.open(desk)
    agent.judge(reply["id"], "edited", correction="It comes today.", by="Ada")
    agent.store.close()
    exported = tmp_path / "export.jsonl"
    told = run("export", "--out", exported)
    assert (told.code, told.out, told.err) == (0, "", f"43 lines in {exported}\n")

    dry = run("import", exported, "--home", other.folder, "--dry-run", "--json").document
    assert (dry["format"], dry["conversations"], dry["tickets"]["new"]) == ("jsonl", 41, 42)
    first = run("import", exported, "--home", other.folder, "--json")
    assert f"{exported}: 41 conversations" in first.err
    assert (first.document["conversations"], first.document["messages"]) == (41, 82)
    assert first.document["tickets"] == {"new": 42, "duplicate": 0, "removed": 0}
    assert (first.document["verdicts"], first.document["skipped"]) == (1, [])
    second = run("import", exported, "--home", other.folder, "--json").document
    assert (second["tickets"]["new"], second["conversations_new"], second["verdicts"]) == (0, 0, 0)

    printed = run("export", "--home", other.folder)
    assert printed.out == exported.read_text(encoding="utf-8")
    assert run("ask", "Where is my parcel?", "--home", other.folder, "--json").document["text"] == "It comes today."
    rows = run("export", "--format", "csv", "--home", other.folder).out.splitlines()
    assert len(rows) == 1 + 84


@pytest.mark.parametrize(
    ("text", "language", "answer"),
    [
        ("Please cancel my order", "en", "Done, your order is cancelled and nothing will be charged."),
        ("帮我取消订单", "zh", "已为您取消订单，不会扣款。"),
    ],
)
def test_a_question_is_answered_and_searched(
    run: Run, desk: Home, check_reply: Callable[[dict[str, Any]], dict[str, Any]], text: str, language: str, answer: str
) -> None:
    reply = check_reply(run("ask", text, "--json").document)
    assert (reply["action"], reply["text"], reply["language"]) == ("pick", answer, language)
    again = run("ask", text, "--conversation", reply["conversation"], "--json").document
    assert again["conversation"] == reply["conversation"]
    assert answer in run("ask", text).out
    hits = run("search", text, "-k", "3", "--json").document["hits"]
    assert len(hits) == 3
    assert (hits[0]["ticket"]["answer"], hits[0]["similarity"]) == (answer, 1.0)
    assert answer in run("search", text, "--language", language).out
    canned = ("--filter", "source=canned")
    assert run("search", text, *canned).out == "Nothing found.\n"
    assert run("suggest", text, *canned, "--json").document["items"] == []
    assert run("ask", text, *canned, "--json").document["hits"] == []
    for command in ("ask", "search", "suggest"):
        wrong = run(command, text, "--filter", "source=nope")
        assert (wrong.code, "Known: canned, agent, article." in wrong.err) == (1, True)


@pytest.mark.parametrize(
    ("question", "answer", "language"),
    [("Do you sell gift cards?", "Yes, from 10 pounds.", "en"), ("你们卖礼品卡吗？", "卖的，五十元起。", "zh")],
)
def test_a_ticket_lives_from_add_to_remove(run: Run, desk: Home, question: str, answer: str, language: str) -> None:
    add = ("tickets", "add", "--question", question, "--answer", answer, "--intent", "gift_card", "--json")
    made = run(*add).document
    assert made["new"] is True
    assert (made["language"], made["source"], made["intent"]) == (language, "canned", "gift_card")
    assert run("ask", question, "--json").document["text"] == answer
    assert run(*add).document["new"] is False
    listed = run("tickets", "list", "--source", "canned", "--language", language, "--json").document["tickets"]
    assert [ticket["id"] for ticket in listed] == [made["id"]]
    assert made["id"] in run("tickets", "list", "--intent", "gift_card").out
    shown = run("tickets", "show", made["id"], "--json").document
    assert (shown["question"], shown["answer"]) == (question, answer)
    assert answer in run("tickets", "show", made["id"]).out
    assert run("tickets", "remove", made["id"], "--json").document == {"removed": made["id"]}
    assert run("ask", question, "--json").document["text"] != answer
    assert made["id"] in run("tickets", "show", made["id"]).trouble
    assert made["id"] in run("tickets", "remove", made["id"]).trouble


@pytest.mark.parametrize(
    ("question", "answer", "language"),
    [
        ("How long can I return the lamp?", "You can return it within {} days, unused and in its box.", "en"),
        ("台灯多久之内可以退货？", "签收后{}天之内可以退货的，请保持未使用。", "zh"),
    ],
)
def test_tickets_are_curated_and_what_was_found_is_listed(
    run: Run, desk: Home, question: str, answer: str, language: str
) -> None:
    assert run("tickets", "contradictions").out == "No contradictions.\n"
    assert run("tickets", "templates").out == "No templates.\n"
    for marks, days in enumerate((14, 30, 14, 30)):
        given = ("--question", question + "!" * marks, "--answer", answer.format(days), "--source", "agent")
        run("tickets", "add", *given)
    assert run("tickets", "templates", "--json").document == {"templates": []}
    counts = run("tickets", "curate", "--json").document
    assert (counts["tickets"], counts["templates"], counts["templated"], counts["duplicates"]) == (44, 1, 4, 2)
    assert (counts["contradictions"], counts["superseded"], counts["fresh"]) == (1, 0, True)
    assert run("tickets", "curate", "--json").document == counts | {"fresh": False}
    assert run("tickets", "curate").out.startswith("Nothing changed: 44 tickets, 1 templates")
    assert run("tickets", "curate", "--again", "--json").document == counts
    (template,) = run("tickets", "templates", "--language", language, "--json").document["templates"]
    assert (template["count"], template["text"], template["language"]) == (4, answer.format("{1}"), language)
    assert template["first_at"] <= template["last_at"]
    assert answer.format("{1}") in run("tickets", "templates").out
    (pair,) = run("tickets", "contradictions", "--json").document["contradictions"]
    assert pair["what"] == "14 days / 30 days"
    assert {pair["first"]["answer"], pair["second"]["answer"]} == {answer.format(14), answer.format(30)}
    assert pair["first"]["id"] in run("tickets", "contradictions", "--limit", "1").out
    assert run("tickets", "show", pair["first"]["id"], "--json").document["curation"]["template"] == template["id"]
    assert f"template: {template['id']}" in run("tickets", "show", pair["second"]["id"]).out


def test_every_ticket_is_encoded_anew(run: Run, desk: Home) -> None:
    sizes = run("index", "--json").document["indexes"]
    assert list(sizes.values()) == [40]
    assert run("index").out == f"{next(iter(sizes))}: 40 tickets\n"
    assert run("search", "Where is my parcel?", "--json").document["hits"][0]["similarity"] == 1.0


@pytest.mark.slow
def test_a_desk_trains_promotes_and_goes_back(run: Run, desk: Home, tmp_path: Path) -> None:
    trained = run("train", "--json")
    document = trained.document
    assert set(document) >= {"release", "promoted", "reasons", "report"}
    assert (document["promoted"], document["task"]) == (False, "all")
    assert document["reasons"]
    assert set(document["report"]) >= {"before", "after", "floor"}
    assert Path(document["page"]).read_text(encoding="utf-8").startswith("<!")
    assert "Training on" in trained.err
    assert run("ask", "hello", "--json").document["release"] == "untrained"

    first = document["release"]
    assert run("releases", "promote", first, "--json").document == {"release": first, "before": ""}
    assert run("ask", "hello", "--json").document["release"] == first

    exported = tmp_path / "export.jsonl"
    run("export", "--out", exported)
    recipe = tmp_path / "mine.toml"
    recipe.write_text("[head]\nfolds = 2\nstrengths = [1, 10]\n")
    loop = run("retrain", exported, "--recipe", recipe, "--json").document
    assert set(loop) >= {"release", "promoted", "reasons", "report", "import"}
    assert loop["import"]["tickets"]["new"] == 0
    assert set(loop["report"]["before"]) == set(loop["report"]["after"])
    second = loop["release"]
    cards = run("releases", "list", "--json").document["releases"]
    assert {card["id"] for card in cards} == {first, second}
    assert [card["id"] for card in cards if card["current"]] == [second if loop["promoted"] else first]
    card = run("releases", "show", second, "--json").document["card"]
    assert (card["parent"], card["recipe"]["name"], card["recipe"]["head"]["strengths"]) == (first, "mine", [1.0, 10.0])

    assert run("releases", "promote", second, "--json").document["release"] == second
    assert run("releases", "rollback", "--json").document == {"release": first}
    assert first in run("releases", "list").out
    assert "no earlier release" in run("releases", "rollback").trouble
    sound = run("doctor", "--json").document
    assert sound["sound"] is True
    assert {finding["sound"] for finding in sound["findings"]} == {True}


@pytest.mark.slow
def test_a_training_bears_customers_who_go_on_asking(run: Run, desk: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    assign = Store.assign_splits

    def asked_meanwhile(store: Store, parts: dict[str, Any]) -> None:
        assign(store, parts)
        store.append("live", Message("m-1", "customer", "where is my parcel", language="en"))

    monkeypatch.setattr(Store, "assign_splits", asked_meanwhile)
    assert run("train", "--json").document["report"]["data"]["conversations"] == 40
    # A chat that nobody answered or judged teaches nothing, so the next training does not count it either.
    assert run("train", "--json").document["report"]["data"]["conversations"] == 40


def test_a_broken_line_costs_only_itself(run: Run, home: Home, tmp_path: Path) -> None:
    exported = tmp_path / "half.jsonl"
    good = {"turns": [{"role": "customer", "text": "丢件了吗"}, {"role": "agent", "text": "没有，明天到。"}]}
    exported.write_text(f'{json.dumps(good)}\n{{"turns": [{{"ro\n', encoding="utf-8")
    document = run("import", exported, "--json").document
    assert document["tickets"]["new"] == 1
    assert [skip["where"] for skip in document["skipped"]] == ["half.jsonl:2"]
    assert "half.jsonl:2" in run("import", exported).out


# ---- the demo


def test_a_demo_leaves_a_desk_alone(run: Run, desk: Home) -> None:
    before = desk.settings.read_bytes()
    assert run("demo", "--if-empty", "--json").document == {"home": str(desk.folder), "built": False}
    assert len(run("tickets", "list", "--json").document["tickets"]) == 40
    assert desk.settings.read_bytes() == before


def test_a_demo_that_was_stopped_goes_on(run: Run, desk: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def building(_home: Home) -> None:
        raise ConflictError("Building goes on.")

    # As a demo leaves its home when it is killed before the training has ended: tickets, and no release.
    desk.settings.write_text(demo._settings(), encoding="utf-8")
    monkeypatch.setattr(demo, "workshop_of", building)
    assert run("demo", "--if-empty").trouble == "Building goes on."
    Releases(desk).promote(save_release(desk, 1))
    assert run("demo", "--if-empty", "--json").document["built"] is False


# ---- errors


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ask", " "), "The message is empty."),
        (("ask", "a" * 4001), "4001 characters, 4000 are allowed"),
        (("ask", "a", "--conversation", "\udcff"), "A text holds half a character"),
        (("tickets", "add", "--question", "\u200b ", "--answer", "b"), "The question of the ticket is empty."),
        (("tickets", "show", "none"), "There is no such ticket. (none)"),
        (("tickets", "remove", "none"), "There is no such ticket. (none)"),
        (("import", "no-such-file.jsonl"), "There is no such file. (no-such-file.jsonl)"),
        (("import", "binary.bin"), "The file is not text. (binary.bin)"),
        (("import", "odd.bin"), "(odd.bin) Its columns are: ???"),
        (("import", "empty.csv"), "The file is empty. (empty.csv)"),
        (("import", "folder"), "Nothing in the folder is an export"),
        (("import", "prose.txt", "--format", "nope"), "nope"),
        (("import", "prose.txt", "--map", "text"), "A mapping is written field=column. (--map text)"),
        (("export", "--out", "no/such/folder/export.jsonl"), "The export cannot be written"),
        (("train", "--recipe", "nope"), "There is no such recipe. (nope) Known: quick"),
        (("train", "--recipe", "missing.toml"), "missing.toml"),
        (("train", "--recipe", "unknown.toml"), "A recipe has no epoch. (unknown.toml)"),
        (("train", "--recipe", "wrong.toml"), "The recipe's head.folds is wrong"),
        (("retrain", "no-such-file.jsonl"), "There is no such file. (no-such-file.jsonl)"),
        (("releases", "promote", "none"), "There is no such release. (none)"),
        (("releases", "promote", "../.."), "This is not the id of a release. (../..)"),
        (("releases", "show", "none"), "There is no such release. (none)"),
        (("releases", "rollback"), "There is no earlier release to go back to."),
        (("serve", "--host", "0.0.0.0"), "without a key. (--host 0.0.0.0)"),
        (("actions", "--host", "192.168.1.5"), "without a key. (--host 192.168.1.5)"),
        (("ask", "a", "--home", "binary.bin/home"), "The home folder cannot be used: Not a directory."),
    ],
)
def test_what_fails_says_why(
    run: Run, desk: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "binary.bin").write_bytes(b"\x7fELF" + bytes(4096))
    (tmp_path / "odd.bin").write_bytes(bytes(range(256)) * 8)
    (tmp_path / "empty.csv").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "prose.txt").write_text("Dear all\n")
    (tmp_path / "unknown.toml").write_text("epoch = 3\n")
    (tmp_path / "wrong.toml").write_text('head.folds = "three"\n')
    assert said in run(*arguments).trouble
    assert run("tickets", "list", "--json").document["tickets"], "nothing is lost"


@pytest.mark.parametrize(
    "arguments",
    [
        ("nope",), ("ask",), ("search", "a", "-k", "0"), ("serve", "--port", "99999"), ("train", "--task", "cooking"),
        ("ask", "a", "--language", "klingon"), ("tickets", "add", "--question", "a"), ("export", "--format", "xml"),
        ("tickets", "list", "--source", "rumour"), ("releases",), ("ask", "a", "--jsno"), (),
        ("search", "a", "--filter", "source"),
    ],
)  # fmt: skip
def test_wrong_usage_is_another_exit_code(run: Run, home: Home, arguments: tuple[str, ...]) -> None:
    ran = run(*arguments)
    assert ran.code == 2
    assert "Usage" in ran.out + ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("text", "place", "cure"),
    [
        ("[ui]\nmax_txt = 3\n", "settings.toml:2", "Did you mean max_text?"),
        ("[data]\n\nregion = 'Britain'\n", "settings.toml:3", "settings.md"),
        ("[ui\n", "settings.toml:1", "Mend that line."),
    ],
)
@pytest.mark.parametrize(
    "arguments", [("ask", "hello"), ("import", "x"), ("train",), ("tickets", "list"), ("serve",), ("export",)]
)
def test_wrong_settings_are_named(
    run: Run, home: Home, arguments: tuple[str, ...], text: str, place: str, cure: str
) -> None:
    home.settings.write_text(text)
    said = run(*arguments).trouble
    assert place in said
    assert cure in said


def test_a_wrong_variable_is_named(run: Run, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPLYDESK_UI_MAX_TEXT", "many")
    assert "ui.max_text is wrong" in run("ask", "hello").trouble


def test_an_encoder_that_is_not_there_is_named(run: Run, desk: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPLYDESK_RETRIEVAL_ENGLISH_ENCODER", str(desk.folder / "no-model"))
    assert "no-model" in run("ask", "hello").trouble


def test_nothing_can_be_learned_from_nothing(run: Run, home: Home) -> None:
    assert "There is nothing to learn from yet." in run("train").trouble
    assert run("ask", "where is my parcel?", "--json").document["action"] == "handoff"
    assert run("search", "hello").out == "Nothing found.\n"
    assert run("tickets", "list").out == "No tickets.\n"
    assert run("releases", "list", "--json").document == {"releases": []}


def test_a_broken_release_is_named_and_cured(run: Run, desk: Home) -> None:
    first, second = save_release(desk, 1), save_release(desk, 2, parent="2026-11-01-aaaaaa")
    run("releases", "promote", second)
    (desk.releases / second / "report.json").write_text("{}")
    said = run("ask", "hello").trouble
    assert "report.json has changed" in said
    assert "replydesk releases rollback" in said
    assert run("doctor").code == 1
    assert run("releases", "promote", first).code == 0
    assert run("ask", "hello", "--json").document["release"] == first
    assert "report.json has changed" in run("releases", "promote", second).trouble
    assert run("ask", "hello", "--json").document["release"] == first


def test_a_lost_release_is_named_and_cured(run: Run, desk: Home) -> None:
    desk.current.write_text("2026-01-01-gone\n")
    said = run("ask", "hello").trouble
    assert "(2026-01-01-gone)" in said
    assert "replydesk train" in said
    checked = run("doctor", "--json")
    assert checked.code == 1
    bad = [finding for finding in json.loads(checked.out)["findings"] if not finding["sound"]]
    assert next((finding["what"], finding["detail"]) for finding in bad) == (
        "current release",
        "2026-01-01-gone is missing",
    )
    release = run("train", "--json").document["release"]
    assert run("releases", "promote", release).code == 0
    assert run("ask", "hello", "--json").document["release"] == release


def test_the_doctor_mends_a_torn_index(run: Run, desk: Home) -> None:
    question = ("ask", "我的快递三天没动了", "--json")
    run(*question)
    for part in [path for path in desk.indexes.rglob("*") if path.is_file()]:
        part.write_bytes(b"torn")
    broken = run("doctor", "--json")
    assert broken.code == 1
    assert json.loads(broken.out)["sound"] is False
    assert run("doctor", "--repair", "--json").document["sound"] is True
    assert run("doctor", "--json").document["sound"] is True
    assert run(*question).document["text"] == "很抱歉久等了，快递两个工作日内会送到。"


@pytest.mark.parametrize("command", ["serve", "actions"])
def test_a_port_in_use_is_named(run: Run, desk: Home, command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = run(command, "--port", str(port)).trouble
    assert f"127.0.0.1:{port}" in said
    assert "--port" in said


@pytest.mark.parametrize("arguments", [("import", "-"), ("demo",), ("retrain", "-")])
def test_a_full_disk_is_said_before_the_work(
    run: Run, home: Home, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    usage = shutil.disk_usage(home.folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=1_000_000))
    said = run(*arguments).trouble
    assert "nearly full" in said
    assert "nothing is lost" in said


def test_help_is_no_error(run: Run) -> None:
    shown = run("--help")
    assert shown.code == 0
    for verb in ("demo", "serve", "ask", "import", "export", "retrain", "doctor", "tickets", "releases", "actions"):
        assert verb in shown.out


def test_the_demo_does_not_move_into_another_desk(run: Run, desk: Home) -> None:
    before = Store.open(desk.database).counts()
    refused = run("demo")
    assert (refused.code, refused.out) == (1, "")
    assert "There is another desk in this home." in refused.trouble
    assert Store.open(desk.database).counts() == before


def test_intents_are_evaluated_without_a_home(run: Run, tmp_path: Path, desk: Home) -> None:
    train, test, odd = tmp_path / "train.csv", tmp_path / "test.csv", tmp_path / "odd.csv"
    rows = [("where is my parcel", "delivery"), ("please cancel my order", "cancel")]
    train.write_text("text,intent\n" + "".join(f"{text} {i},{label}\n" for i in range(12) for text, label in rows))
    test.write_text("text,intent\nwhere is the parcel,delivery\ncancel it please,cancel\n")
    odd.write_text("text\nsing a song\ntell me a joke\n")
    files = ("--train", train, "--test", test)
    arguments = ("evaluate", "intents", *files, "--oos-test", odd, "--home", desk.folder)
    document = run(*arguments, "--limit", "20", "--out", tmp_path / "out", "--json").document
    assert set(document["models"]) == {"floor", "frozen", "tuned"}
    assert document["command"].startswith("replydesk evaluate intents --train")
    assert json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8")) == document
    text = run(*arguments).out
    assert "Out of scope:" in text
    assert "tuned against floor:" in text
    assert "test.csv:2" in run("evaluate", "intents", "--train", train, "--test", _without_label(test)).trouble


def _without_label(path: Path) -> Path:
    path.write_text("text,intent\nhello,\nbye,cancel\n")
    return path


def test_retrieval_is_evaluated_without_a_home(run: Run, tmp_path: Path, desk: Home) -> None:
    corpus, queries = tmp_path / "corpus.jsonl", tmp_path / "queries.jsonl"
    corpus.write_text('{"id": "a", "text": "Where is my parcel?"}\n{"id": "b", "text": "I want a refund"}\n')
    queries.write_text('{"text": "parcel", "relevant": ["a"]}\n')
    arguments = ("evaluate", "retrieval", "--corpus", corpus, "--queries", queries, "--home", desk.folder)
    document = run(*arguments, "--json").document
    assert document["models"]["lexical"]["p1"] == 1.0
    assert document["command"].startswith("replydesk evaluate retrieval --corpus")
    assert {"seconds", "versions", "seed"} <= document.keys()
    told = run(*arguments)
    assert (told.code, "hybrid" in told.out, "1.000" in told.out) == (0, True, True)
    assert "queries.jsonl:1" in run("evaluate", "retrieval", "--corpus", queries, "--queries", corpus).trouble


def test_matching_is_evaluated_without_a_home(run: Run, tmp_path: Path, desk: Home) -> None:
    train, test = tmp_path / "train.jsonl", tmp_path / "test.jsonl"
    pairs = [{"context": f"about {word}", "reply": f"{word} is here"} for word in ("lamp", "parcel", "refund", "order")]
    for path in (train, test):
        path.write_text("".join(json.dumps(pair) + "\n" for pair in pairs), encoding="utf-8")
    arguments = ("evaluate", "matching", "--train", train, "--test", test, "--candidates", "2,4", "--home", desk.folder)
    document = run(*arguments, "--json").document
    assert document["models"]["floor"]["r1"] == {"2": 1.0, "4": 1.0}
    assert document["command"].startswith("replydesk evaluate matching --train")
    assert {"versions", "seed", "seconds", "differences"} <= set(document)
    told = run(*arguments, "--seeds", "2", "--out", tmp_path / "out").out
    assert "tuned, 1 of 2 by seed: " in told
    assert len(json.loads((tmp_path / "out" / "report.json").read_text())["models"]["tuned"]["seeds"]["r1"]["2"]) == 2
    assert "1 of 4" in told and "tuned against frozen" in told
    assert run("evaluate", "matching", "--train", train, "--test", test, "--candidates", "ten").code == 2


@pytest.mark.parametrize("task", ["intents", "matching", "retrieval"])
def test_a_folder_that_cannot_be_written_is_told_before_anything_is_trained(
    run: Run, tmp_path: Path, task: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No encoder is asked for: a training would begin with it."""
    monkeypatch.setattr("replydesk.ui.evaluate._encoders", lambda _home: pytest.fail("it began"))
    rows, blocked = tmp_path / "rows.jsonl", tmp_path / "file"
    line = {"text": "hi", "context": "hi", "reply": "yes", "id": "1", "relevant": ["1"]}
    rows.write_text("".join(json.dumps({**line, "id": name, "label": name}) + "\n" for name in ("1", "2")))
    blocked.write_text("x")
    names = ("--corpus", "--queries") if task == "retrieval" else ("--train", "--test")
    told = run("evaluate", task, names[0], rows, names[1], rows, "--out", blocked)
    assert (told.code, "The report cannot be written" in told.trouble) == (1, True)


# ---- why, and whether again


def test_a_reply_is_explained_and_replayed(run: Run, desk: Home) -> None:
    reply = run("ask", "退款什么时候到账?", "--json").document
    explained = run("explain", reply["id"], "--json").document
    assert explained["reply"] == reply["id"]
    said = run("explain", reply["id"]).out
    assert all(line in said for line in explained["said"]["zh"])
    again = run("replay", reply["id"], "--json")
    assert (again.code, again.document["same"]) == (0, True)
    assert run("replay", reply["id"]).out.startswith("The same, byte for byte.")


def test_a_replay_that_differs_is_an_exit_code(run: Run, desk: Home) -> None:
    reply = run("ask", "Where is my parcel?", "--json").document
    run("tickets", "remove", reply["citations"][0]["ticket"])
    again = run("replay", reply["id"])
    assert again.code == 1
    assert "Not the same." in again.out and "Tickets that were removed since" in again.out
    assert run("explain", "nowhere").trouble.startswith("There is no such reply.")


def test_an_import_proposes_contacts_with_the_line_of_the_settings() -> None:
    report = Ingested("x")
    assert "own_contacts" not in import_text(report)
    for customer in ("ann", "bob", "cem"):
        report.own_contacts.add(customer, [WrittenContact("EMAIL", "help@shop.example", "help@shop.example", True)])
    text = import_text(report, own=("Tidewick",))
    assert '  own_contacts = ["Tidewick", "help@shop.example"]' in text.split("\n")
