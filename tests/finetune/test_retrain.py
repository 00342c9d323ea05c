"""The whole loop on a tiny desk: correct an export, retrain, and the corrected answers answer."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from replydesk.data.errors import ConflictError, FormatError, Interrupted, ReleaseError, RequestError
from replydesk.data.export import export_jsonl
from replydesk.data.home import Home
from replydesk.data.records import Ticket
from replydesk.dialog.agent import Agent
from replydesk.dialog.incoming import Incoming
from replydesk.finetune import defaults
from replydesk.finetune import retrain as module
from replydesk.finetune import train as train_module
from replydesk.finetune.evaluation import judge as judge_module
from replydesk.finetune.evaluation.gate import Outcomes
from replydesk.finetune.recipe import HeadRecipe, Recipe
from replydesk.finetune.retrain import Workshop
from replydesk.retrieval.reranking.reranker import RerankScorer, TrainedReranker

FAST = Recipe(name="fast", head=HeadRecipe(strengths=(10.0,), folds=2))
CORRECTED = {
    "Where is my parcel?": "The carrier comes on Monday.",
    "When do I get my money back?": "Within two days, to the card that you paid with.",
    "Please cancel my order": "It is cancelled; the confirmation is in your mail.",
    "我的快递三天没动了": "周一会送到，请留意电话。",
    "退款什么时候到账？": "两天内退回原支付方式。",
}


@pytest.fixture
def workshop(desk: Home) -> Iterator[Workshop]:
    workshop = Workshop(desk)
    yield workshop
    workshop.store.close()


def export(workshop: Workshop, path: Path, corrections: dict[str, str]) -> Path:
    """Write the desk's export and correct the answers to some questions in it, as an analyst does."""
    with path.open("w", encoding="utf-8") as file:
        export_jsonl(workshop.store, file)
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for line in lines:
        asked, said = line["turns"]
        said["text"] = corrections.get(asked["text"], said["text"])
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path


def metrics(right: float) -> dict[str, Any]:
    return {"messages": 8, "replies": {"messages": 97, "best_hit_right": right, "out_of_scope_answered": 0.0}}


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets every candidate measure as good as told, while the baseline answers six of ten."""

    def tell(right: float) -> None:
        def evaluate(_agent: object, release: Any, _material: object) -> tuple[dict[str, Any], Outcomes]:
            return metrics(right if release.metrics == {} and release.id != "untrained" else 0.6), Outcomes()

        monkeypatch.setattr(judge_module, "evaluate", evaluate)

    return tell


def test_corrected_answers_answer_after_a_retraining(workshop: Workshop, desk: Home, tmp_path: Path) -> None:
    running = Agent.open(desk)
    assert running.reply("Where is my parcel?").text != CORRECTED["Where is my parcel?"]
    path = export(workshop, tmp_path / "export.jsonl", {})
    # The reply above is a conversation of the export, too.
    path = export(workshop, path, CORRECTED)
    outcome = workshop.retrain([path], FAST)
    assert outcome.imported is not None
    added = outcome.imported.added
    assert (added.conversations_changed, added.tickets_new, added.tickets_removed) == (6, 5, 5)
    for question, answer in CORRECTED.items():
        reply = running.reply(question)
        assert (reply.action, reply.text) == ("pick", answer)
        assert reply.release == (outcome.release.id if outcome.promoted else "untrained")

    document = json.loads(json.dumps(outcome.document()))
    assert document.keys() == {"release", "promoted", "reasons", "report", "page", "import"}
    assert document["reasons"]
    assert document["promoted"] == document["report"]["promotable"]
    report = document["report"]
    assert (report["candidate"], report["baseline"]) == (outcome.release.id, "untrained")
    assert report["data"]["test_fingerprint"] == outcome.release.data["test_fingerprint"]
    for side in ("before", "after"):
        assert 0 <= report[side]["en+zh"]["replies"]["best_hit_right"] <= 1
    assert 0 < report["floor"]["en+zh"]["intents"]["accuracy"] <= 1
    assert Path(document["page"]).read_text(encoding="utf-8").startswith("<!doctype html>")
    assert workshop.releases.report(outcome.release.id) == report
    card = workshop.releases.card(outcome.release.id)
    assert (card["recipe"]["name"], card["parent"], card["metrics"]) == ("fast", "", report["after"])
    assert workshop.releases.check(outcome.release.id) == []


def test_the_same_export_again_imports_nothing_and_trains_a_child(
    workshop: Workshop, tmp_path: Path, measured: Callable[[float], None]
) -> None:
    measured(0.9)
    path = export(workshop, tmp_path / "export.jsonl", CORRECTED)
    first = workshop.retrain([path], FAST)
    second = workshop.retrain([path], FAST)
    assert first.imported is not None and second.imported is not None
    assert first.imported.document()["tickets"] == {"new": 5, "duplicate": 35, "removed": 5}
    assert second.imported.document()["tickets"] == {"new": 0, "duplicate": 40, "removed": 0}
    assert first.promoted and second.promoted
    assert (second.report.baseline, second.release.parent) == (first.release.id, first.release.id)
    assert second.release.data == first.release.data
    assert workshop.releases.current_id() == second.release.id
    assert workshop.releases.rollback() == first.release.id


def test_a_worse_candidate_is_refused_and_kept(
    workshop: Workshop, desk: Home, tmp_path: Path, measured: Callable[[float], None]
) -> None:
    measured(0.9)
    good = workshop.train(FAST, promote=True)
    running = Agent.open(desk)
    measured(0.4)
    path = export(workshop, tmp_path / "export.jsonl", CORRECTED)
    refused = workshop.retrain([path], FAST)
    assert refused.promoted is False
    assert refused.document()["reasons"] == [
        "en+zh: share of right best answers 0.600 -> 0.400, worse by more than 0.010."
    ]
    assert workshop.releases.ids() == {good.release.id, refused.release.id}
    assert workshop.releases.report(refused.release.id)["promotable"] is False
    assert "must not answer" in (refused.folder / "report.html").read_text(encoding="utf-8")
    assert workshop.releases.current_id() == good.release.id
    reply = running.reply("Where is my parcel?")
    # The corrected ticket is data, not a model: it answers all the same.
    assert (reply.release, reply.text) == (good.release.id, CORRECTED["Where is my parcel?"])
    assert workshop.store.audit(limit=1)[0]["detail"]["promoted"] is False


def test_training_alone_promotes_nothing(workshop: Workshop, measured: Callable[[float], None]) -> None:
    measured(1.0)
    outcome = workshop.train(FAST)
    assert (outcome.report.promotable, outcome.promoted, workshop.releases.current_id()) == (True, False, "")
    assert "import" not in outcome.document()


def test_two_trainings_at_once_are_one_too_many(
    workshop: Workshop, desk: Home, monkeypatch: pytest.MonkeyPatch, measured: Callable[[float], None]
) -> None:
    measured(1.0)
    inside, refused = threading.Event(), threading.Event()
    make, lock = module.make_release, Home.lock

    def slow(*arguments: Any, **named: Any) -> Any:
        inside.set()
        assert refused.wait(60)
        return make(*arguments, **named)

    def impatient(home: Home, name: str, *, wait_seconds: float = 60) -> AbstractContextManager[None]:
        return lock(home, name, wait_seconds=0.1 if name == "training" else wait_seconds)

    monkeypatch.setattr(module, "make_release", slow)
    monkeypatch.setattr(Home, "lock", impatient)
    other = Workshop(desk)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(workshop.train, FAST)
        try:
            assert inside.wait(60)
            with pytest.raises(ConflictError, match="busy with: training"):
                other.train(FAST)
        finally:
            refused.set()
        outcome = first.result()
    assert other.releases.ids() == {outcome.release.id}
    other.store.close()


def test_a_training_that_is_killed_leaves_nothing_behind(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, measured: Callable[[float], None]
) -> None:
    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(module, "judge", killed)
        with pytest.raises(Interrupted, match="stopped") as caught:
            workshop.train(FAST, promote=True)
    assert "--resume" in caught.value.hint
    assert (workshop.releases.ids(), workshop.releases.current_id()) == (set(), "")
    measured(1.0)
    assert workshop.train(FAST, promote=True).promoted


def test_the_release_that_answered_answers_again_after_judging(workshop: Workshop) -> None:
    from replydesk.dialog.release import UNTRAINED_RELEASE
    from replydesk.finetune.collecting import collect
    from replydesk.finetune.evaluation.answering import replies_of
    from replydesk.finetune.evaluation.gate import Outcomes

    (part,), _ = collect(workshop.store, workshop.encoders, workshop.settings)
    agent = Agent(workshop.store, workshop.matcher, workshop.settings)
    candidate = module.make_release([part], {}, FAST)
    figures, _ = replies_of(agent, candidate, part, part.test.strangers, Outcomes())
    assert figures["messages"] == 8
    assert agent.release() is UNTRAINED_RELEASE


def test_an_empty_desk_has_nothing_to_learn_from(home: Home) -> None:
    workshop = Workshop(home)
    with pytest.raises(RequestError, match="nothing to learn from") as caught:
        workshop.train(FAST)
    assert "replydesk import" in caught.value.hint
    assert workshop.releases.ids() == set()
    workshop.store.close()


def test_an_unreadable_export_trains_nothing(workshop: Workshop, tmp_path: Path) -> None:
    path = tmp_path / "export.bin"
    path.write_bytes(b"\x00\x01\x02")
    before = workshop.store.counts()
    with pytest.raises(FormatError):
        workshop.retrain([path], FAST)
    assert workshop.store.counts() == before
    assert workshop.releases.ids() == set()


def test_a_dry_run_writes_nothing(workshop: Workshop, tmp_path: Path) -> None:
    path = export(workshop, tmp_path / "export.jsonl", CORRECTED)
    before, audit = workshop.store.counts(), workshop.store.audit()
    found = workshop.import_exports([path, path], dry_run=True)
    assert (found.conversations, found.format) == (80, "jsonl")
    assert (workshop.store.counts(), workshop.store.audit()) == (before, audit)


def test_an_import_curates_and_a_single_ticket_does_not(workshop: Workshop, tmp_path: Path) -> None:
    path = export(workshop, tmp_path / "export.jsonl", CORRECTED)
    workshop.import_exports([path])
    seq, _, counts = workshop.store.curated()
    assert (seq, counts["tickets"]) == (workshop.store.latest_change(), workshop.store.counts()["tickets"])
    version = workshop.store.version()
    workshop.import_exports([path])
    assert workshop.store.version() == version
    workshop.store.add_ticket(Ticket.make("Do you ship to Gozo?", "Yes.", language="en"))
    assert workshop.store.curated()[0] == seq


def test_an_import_is_indexed_at_once_and_told(desk: Home, tmp_path: Path) -> None:
    lines: list[str] = []
    workshop = Workshop(desk, progress=lines.append)
    workshop.import_exports([export(workshop, tmp_path / "export.jsonl", CORRECTED)])
    assert any("40 conversations" in line for line in lines)
    assert any(line.startswith("Indexed ") for line in lines)
    assert (
        workshop.matcher.find("Where is my parcel?", language="en")[0].ticket.answer == "The carrier comes on Monday."
    )
    workshop.store.close()


def test_a_small_desk_gets_no_reranker_and_its_card_says_why(workshop: Workshop) -> None:
    said: list[str] = []
    workshop._progress = said.append
    outcome = workshop.train(FAST, task="reranker")
    for skills in workshop.releases.load(outcome.release.id).skills.values():
        assert skills.reranker is None
        assert "50 of each are needed" in skills.notes["reranker"]["why"]
    assert any(line.startswith("The reranker for en, zh is left out") for line in said)


@pytest.mark.slow
@pytest.mark.parametrize("task", ["all", "intent"])
def test_a_training_without_a_reranker_keeps_the_one_there_is(
    workshop: Workshop, tiny_cross_encoder: Path, monkeypatch: pytest.MonkeyPatch, task: Any
) -> None:
    trained = TrainedReranker(tiny_cross_encoder, RerankScorer(1.0, 0.1, 0.0))
    told = {"kept": True, "why": "It ranks better."}
    monkeypatch.setattr(train_module, "train_reranker", lambda *_, **__: (trained, told))
    first = workshop.train(FAST, task="reranker")
    workshop.releases.promote(first.release.id)
    monkeypatch.setattr(train_module, "train_reranker", lambda *_, **__: pytest.fail("it was trained again"))
    second = workshop.train(FAST, task=task)
    for skills in workshop.releases.load(second.release.id).skills.values():
        assert skills.reranker is not None and skills.notes["reranker"] == told
        assert skills.reranker.scorer == trained.scorer
        assert second.folder in skills.reranker.folder.parents
    workshop.releases.promote(second.release.id)
    assert Agent.open(workshop.home).answer(Incoming("my parcel is so late", language="en")).reranked == "done"


def test_a_candidate_that_holds_no_numbers_is_refused_and_kept_with_its_reasons(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = module.make_release

    def broken(*args: Any, **more: Any) -> Any:
        release = made(*args, **more)
        [(key, skills)] = release.skills.items()
        assert skills.head is not None
        weights = skills.head.weights.copy()
        weights[0, 0] = np.nan
        return replace(release, skills={key: replace(skills, head=replace(skills.head, weights=weights))})

    first = workshop.train(FAST, promote=True)
    monkeypatch.setattr(module, "make_release", broken)
    outcome = workshop.train(FAST, promote=True)
    assert not outcome.promoted and "holds what is no number" in outcome.report.reasons[0]
    assert workshop.releases.current_id() == first.release.id
    assert workshop.releases.report(outcome.release.id)["reasons"] == list(outcome.report.reasons)
    assert (outcome.folder / "report.html").exists()
    with pytest.raises(ReleaseError, match="unsound"):
        workshop.releases.promote(outcome.release.id)


def test_a_desk_of_few_messages_is_told_of_the_recipe_that_is_made_for_them(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(workshop, "_progress", told.append)
    assert workshop.train().release.recipe["name"] == "quick"
    monkeypatch.setattr(defaults, "FEWEST", 10)
    monkeypatch.setattr(defaults, "FEW_EACH", 50)
    assert workshop.train().release.recipe["name"] == "quick"
    assert sum("few-shot is made for so few" in line for line in told) == 1
    # What reads the vectors alone learns from few as from many.
    assert workshop.train(task="intent").release.recipe["name"] == "quick"
    named = replace(FAST, name="named")
    assert workshop.train(named).release.recipe["name"] == "named"
    assert sum("few-shot is made for so few" in line for line in told) == 2
