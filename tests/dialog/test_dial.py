"""The dial at a desk: settings, what a release knows and what people said become thresholds, reasons and alerts."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from replydesk.data.records import Message, Ticket, Verdict
from replydesk.data.settings import DialogSettings, Settings
from replydesk.data.store import Store
from replydesk.dialog.dial import Dial
from replydesk.dialog.evidence import Evidence
from replydesk.dialog.policy import Decision, decide
from replydesk.dialog.promise import NEVER, OFF
from replydesk.dialog.reading import Intent, Reading
from replydesk.dialog.reasons import reasons
from replydesk.dialog.release import UNTRAINED_RELEASE, Release
from replydesk.dialog.sentiment import Mood
from replydesk.dialog.skill_files import load_skills, save_skills, skills_document
from replydesk.dialog.skills import Skills, Thresholds
from replydesk.retrieval.matcher import Hit

RNG = np.random.default_rng(0)
SURE = 1 / (1 + np.exp(-RNG.normal(3.0, 2.0, 1500)))
EVIDENCE = Evidence.of(SURE, RNG.random(1500) < SURE, ["en"] * 1500, ["refund"] * 700 + ["other"] * 800)
SKILLS = Skills(thresholds=Thresholds(0.5, 0.2, 0.7), evidence=EVIDENCE)
RELEASE = Release("r1", datetime(2026, 11, 1, tzinfo=UTC), {"x": SKILLS})


def reading(language: str = "en", intent: str = "other") -> Reading:
    return Reading(language, (Intent(intent, 0.9),), 0.0, Mood("neutral", 0.0, 0.0), False)


def hit(score: float, *, exact: bool = False) -> Hit:
    return Hit(Ticket.make("where is it?", "On its way.", language="en"), 0.9, score, exact=exact)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "desk.db")


def test_turning_the_dial_needs_no_training(store: Store) -> None:
    lines = [Dial(store, DialogSettings(max_wrong=most)).lines(RELEASE, SKILLS, reading())[0] for most in (0.03, 0.1)]
    assert lines[0].pick_above > lines[1].pick_above
    assert {(one.ask_above, one.out_of_scope_above) for one in lines} == {(0.2, 0.7)}


def test_an_intent_may_be_dialled_by_itself(store: Store) -> None:
    dial = Dial(store, DialogSettings(max_wrong=0.1, max_wrong_by={"refund": 0.05, "legal": 0.0}))
    strict, promise = dial.lines(RELEASE, SKILLS, reading(intent="refund"))
    assert promise is not None and (promise.group, promise.max_wrong) == ("refund", 0.05)
    assert strict.pick_above > dial.lines(RELEASE, SKILLS, reading())[0].pick_above
    assert dial.lines(RELEASE, SKILLS, reading(intent="legal"))[0].pick_above == NEVER


def test_groups_can_be_set_by_file_and_by_environment(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("[dialog]\nmax_wrong_by = {zh = 0.02}\n")
    assert Settings.load(path, {}).dialog.max_wrong_by == {"zh": 0.02}
    given = {"REPLYDESK_DIALOG_MAX_WRONG_BY": "zh=0.02, refund=0.01"}
    both = Settings.load(None, given), Settings.load(None, given)
    assert both[0].dialog.max_wrong_by == {"zh": 0.02, "refund": 0.01}
    assert hash(both[0]) == hash(both[1])


def test_what_a_person_set_goes_before_any_promise(store: Store) -> None:
    dial = Dial(store, DialogSettings(pick_above=0.3, ask_above=0.1))
    lines, promise = dial.lines(UNTRAINED_RELEASE, Skills(), reading())
    assert (lines.pick_above, lines.ask_above, promise) == (0.3, 0.1, None)


def test_a_desk_that_was_never_judged_promises_nothing_and_says_what_it_takes(store: Store) -> None:
    lines, promise = Dial(store, DialogSettings()).lines(UNTRAINED_RELEASE, Skills(), reading())
    assert lines.pick_above == OFF
    assert promise is not None and promise.needed
    decision = decide(reading(), [hit(0.99)], lines)
    assert (decision.action, decision.ground) == ("ask", "not_sure")
    said = " ".join(reasons(decision, reading(), (hit(0.99),), promise=promise))
    assert f"about {promise.needed} more judged messages" in said
    chinese = " ".join(reasons(decision, reading("zh"), (hit(0.99),), promise=promise))
    assert f"大约还需要 {promise.needed} 条" in chinese
    # The same question word for word is looked up, not guessed.
    assert decide(reading(), [hit(0.99, exact=True)], lines).action == "pick"


@pytest.mark.parametrize("exact", [True, False])
def test_nothing_may_be_wrong_so_nothing_is_answered_alone(store: Store, exact: bool) -> None:
    lines, promise = Dial(store, DialogSettings(max_wrong=0)).lines(RELEASE, SKILLS, reading())
    decision = decide(reading(), [hit(1.0, exact=exact)], lines)
    assert decision.action == "ask"
    assert "turned off" in " ".join(reasons(decision, reading(), (hit(1.0),), promise=promise))


def test_the_reasons_say_whether_it_was_sure_enough(store: Store) -> None:
    lines, promise = Dial(store, DialogSettings(max_wrong=0.1)).lines(RELEASE, SKILLS, reading())
    for score, words in ((0.999, "sure enough for the promise that at most 10%"), (0.3, "not sure enough")):
        found = decide(reading(), [hit(score)], lines)
        said = reasons(found, reading(), (hit(score),), promise=promise)
        assert words in said[1] and "1500 judged messages" in said[1]
    assert len(reasons(Decision("pick", "exact", (hit(1.0),)), reading(), (hit(1.0),), promise=promise)) == 3


def test_the_evidence_is_kept_with_a_release(tmp_path: Path) -> None:
    document = skills_document(SKILLS)
    save_skills(SKILLS, tmp_path / "x")
    loaded = load_skills(tmp_path / "x", document).evidence
    assert loaded is not None and loaded.rows.tolist() == EVIDENCE.rows.tolist()
    assert (loaded.languages, loaded.intents) == (("en",), ("other", "refund"))
    # A release from before has none, and promises nothing.
    del document["evidence"]
    assert load_skills(tmp_path / "x", document).evidence is None


def judged(store: Store, kinds: list[str], *, confidence: float = 0.97, release: str = "r1") -> None:
    at = datetime(2026, 11, 2, tzinfo=UTC)
    for number, kind in enumerate(kinds):
        key = f"{release}-{number}"
        document = {"id": key, "action": "pick", "confidence": confidence, "language": "en", "intents": []}
        asked = Message(f"{key}-q", "customer", "where is it?", at)
        said = Message(key, "bot", "On its way.", at, release)
        store.append(f"c-{key}", asked, said, reply=(release, document), new=True)
        store.add_verdicts([Verdict(f"v-{key}", key, kind, f"c-{key}", at=at + timedelta(minutes=number))])  # type: ignore[arg-type]


def test_people_who_say_wrong_raise_the_threshold_and_an_alert(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    dial = Dial(store, DialogSettings(max_wrong=0.1))
    before = dial.lines(RELEASE, SKILLS, reading())[0].pick_above
    judged(store, ["wrong", "edited", "wrong_intent", "taken_over", "good"] * 6)
    with caplog.at_level(logging.WARNING):
        dial.judged(RELEASE)
    assert dial.lines(RELEASE, SKILLS, reading())[0].pick_above > before
    (alert,) = dial.alerts(RELEASE)
    assert "10.0% promised for en: 18 of 24 judged" in alert
    assert "18 of 24" in caplog.text
    (line,) = [one for one in store.audit() if one["what"] == "drift"]
    assert (line["detail"]["release"], line["detail"]["verdicts_wrong"]) == ("r1", 18)
    # Another process reads the same from the store, and nothing is told twice.
    other = Dial(store, DialogSettings(max_wrong=0.1))
    assert other.alerts(RELEASE) == [alert]
    other.judged(RELEASE)
    assert len([one for one in store.audit() if one["what"] == "drift"]) == 1
    # A new release begins anew, and by hand there is no promise to break.
    assert dial.alerts(Release("r2", RELEASE.made_at, {"x": SKILLS})) == []
    assert Dial(store, DialogSettings(pick_above=0.5)).alerts(RELEASE) == []


def test_people_who_say_right_change_nothing(store: Store) -> None:
    dial = Dial(store, DialogSettings(max_wrong=0.1))
    before = dial.lines(RELEASE, SKILLS, reading())[0]
    judged(store, ["good"] * 40)
    dial.judged(RELEASE)
    assert dial.lines(RELEASE, SKILLS, reading())[0] == before
    (one,) = dial.standing(RELEASE)
    assert (one["verdicts"], one["verdicts_wrong"], one["drifted"], one["languages"]) == (40, 0, False, ["en"])


def test_the_later_verdict_on_a_reply_counts(store: Store) -> None:
    judged(store, ["wrong"])
    store.add_verdicts([Verdict("later", "r1-0", "good", "c-r1-0", at=datetime(2026, 11, 5, tzinfo=UTC))])
    assert [kind for kind, _ in store.judged("r1")] == ["good"]
    assert (store.judged_count("r1"), store.judged_count("r2"), store.judged("r2")) == (2, 0, [])
