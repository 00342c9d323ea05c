"""The ranker of suggestions: learned where the team's choice differs from the search's, left out where it does not."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from replydesk.data.home import Home
from replydesk.data.records import Suggested, SuggestionVerdict, TakenKind
from replydesk.dialog.agent import Agent
from replydesk.dialog.skill_files import load_skills, save_skills, skills_document
from replydesk.dialog.skills import Skills
from replydesk.dialog.suggest.ranker import FEATURES
from replydesk.dialog.suggest.suggesting import SuggestionRequest, suggestions
from replydesk.finetune.learning.ranking import Judged, _looked_at, fit_ranker, judged_of
from replydesk.finetune.recipe import HeadRecipe, Recipe
from replydesk.finetune.retrain import Workshop

FAST = Recipe(name="fast", head=HeadRecipe(strengths=(10.0,), folds=2), spelling=False)
BEGAN = datetime(2026, 9, 1, tzinfo=UTC)


def item(ticket: str, score: float, **features: float) -> dict[str, Any]:
    told = {**dict.fromkeys(FEATURES, 0.0), "score": score, **features}
    return {"ticket": ticket, "text": f"Answer {ticket}", "features": told}


def asked(number: int, *items: dict[str, Any], language: str = "en", **verdicts: TakenKind) -> Suggested:
    at = BEGAN + timedelta(hours=number)
    document = {"id": f"{number:04}", "at": at.isoformat(), "language": language, "items": list(items), "beside": None}
    said = tuple(
        SuggestionVerdict(f"{number}{ticket}", f"{number:04}", ticket, kind, at=at) for ticket, kind in verdicts.items()
    )
    return Suggested(f"{number:04}", document, said)


def team(size: int, *, liked: float) -> list[Suggested]:
    """Return requests in which the team takes the answer that was taken before with that probability, else the first.

    Of three answers one, at a place drawn evenly, was taken before.
    """
    draw = random.Random(3)
    found = []
    for number in range(size):
        loved = draw.randrange(3)
        items = [item(t, 1.0 - 0.2 * n, taken_intent=float(n == loved)) for n, t in enumerate("abc")]
        taken = "abc"[loved] if draw.random() < liked else "a"
        found.append(asked(number, *items, **{taken: "accepted"}))
    return found


def test_too_few_learn_nothing() -> None:
    ranker, told = fit_ranker(judged_of(team(199, liked=1.0)))
    assert ranker is None
    assert told == {"judged": 199, "kept": False, "why": "199 requests are judged; it takes 200."}


def test_what_the_team_takes_is_learned() -> None:
    ranker, told = fit_ranker(judged_of(team(240, liked=1.0)))
    assert ranker is not None
    assert (told["kept"], told["judged"], told["held_out"]) == (True, 240, 72)
    assert told["learned"] == 1.0 > told["cold"]
    assert told["difference_ci"][0] > 0
    best = dict(zip(FEATURES, ranker.weights, strict=True))
    assert best["taken_intent"] == max(best.values())


def test_what_is_no_better_than_the_search_is_left_out() -> None:
    ranker, told = fit_ranker(judged_of(team(240, liked=0.0)))
    assert ranker is None
    assert not told["kept"]
    assert told["why"].startswith(("It is not surely better", "All that was judged came to the same"))


def test_it_is_the_same_every_time() -> None:
    judged = judged_of(team(240, liked=0.8))
    assert fit_ranker(judged) == fit_ranker(judged)


def test_requests_are_read_oldest_first_by_language_and_only_where_something_is_known() -> None:
    both = (item("a", 1.0, exact=1.0), item("b", 2.0))
    suggested = [
        asked(2, *both, b="accepted"),
        asked(1, *both, language="zh", a="refused"),
        asked(0, *both),
    ]
    first, second = judged_of(suggested)
    assert (first.at, second.at) < (second.at, "3")
    np.testing.assert_array_equal(first.gains, [0.0, np.nan])
    np.testing.assert_array_equal(second.gains, [0.0, 1.0])
    # What asks the same leads, whatever its score.
    assert second.cold[0] > second.cold[1]
    assert [one.at for one in judged_of(suggested, ["zh"])] == [first.at]


def test_a_place_weighs_by_how_often_it_was_looked_at() -> None:
    def judged(*gains: float) -> Judged:
        return Judged("", np.zeros((len(gains), len(FEATURES))), np.array(gains), np.zeros(len(gains)))

    rows = [judged(1.0, np.nan, np.nan), judged(0.0, 1.0, np.nan), judged(1.0, np.nan)]
    np.testing.assert_allclose(_looked_at(rows), [1.0, 1 / 3, 0.2])


def test_what_was_partly_taken_counts_partly() -> None:
    texts = {"a": "one two three four", "b": "five six"}
    items = [{**item(ticket, 1.0), "text": text} for ticket, text in texts.items()]
    said = SuggestionVerdict("v", "s", "b", "edited", "five seven", at=BEGAN)
    document = {"id": "s", "at": BEGAN.isoformat(), "items": items}
    [one] = judged_of([Suggested("s", document, (said,))])
    assert one.gains.tolist() == [0.0, 0.5]
    assert one.taken == [1]


def test_it_goes_into_a_release_and_comes_back(tmp_path: Path) -> None:
    ranker, _ = fit_ranker(judged_of(team(240, liked=1.0)))
    skills = Skills(ranker=ranker)
    save_skills(skills, tmp_path)
    assert load_skills(tmp_path, skills_document(skills)).ranker == ranker
    older = {key: value for key, value in skills_document(skills).items() if key != "ranker"}
    assert load_skills(tmp_path, older).ranker is None


@pytest.mark.parametrize("features", [None, {}, {"score": 1.0}])
def test_an_imported_item_without_features_is_read_as_none(features: dict[str, float] | None) -> None:
    one = asked(1, {"ticket": "a", "text": "x", "features": features}, a="accepted")
    [judged] = judged_of([one])
    assert judged.rows.shape == (1, len(FEATURES))
    assert judged.rows[0, 1:].tolist() == [0.0] * (len(FEATURES) - 1)


@pytest.mark.slow
def test_a_training_learns_it_and_the_report_and_the_desk_tell(desk: Home) -> None:
    workshop = Workshop(desk)
    workshop.store.add_suggestions([*team(240, liked=1.0), asked(900, item("a", 1.0), language="zh", a="accepted")])
    outcome = workshop.train(FAST, promote=True)
    [skills] = outcome.release.skills.values()
    assert skills.ranker is not None
    [(name, after)] = outcome.report.after.items()
    assert after["suggestions"] == skills.notes["suggestions"]
    assert (name, after["suggestions"]["judged"]) == ("en+zh", 241)
    page = (outcome.folder / "report.html").read_text(encoding="utf-8")
    assert "Suggestions to the team: reciprocal rank of what was taken" in page
    assert "Kept. It is better: mean reciprocal rank 1.000" in page
    workshop.releases.promote(outcome.release.id)
    workshop.store.close()
    agent = Agent.open(desk)
    found = suggestions(agent, SuggestionRequest("Please cancel my order"))
    assert found.about["ranker"] == "learned"
    agent.store.close()
