"""Answering what nothing was learned from: how often the agent does so alone, how often that is wrong, and for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from replydesk.dialog.agent import Agent
from replydesk.dialog.evidence import Evidence
from replydesk.dialog.incoming import Incoming
from replydesk.dialog.looking import Meant, token_scorer
from replydesk.dialog.promise import STANDARD, promises_of
from replydesk.dialog.release import Release
from replydesk.dialog.skills import Skills
from replydesk.finetune.evaluation.gate import Outcomes
from replydesk.finetune.evaluation.metrics import calibration_by_chance, calibration_error, interval
from replydesk.finetune.examples import Examples, Material, answer_judge
from replydesk.finetune.robustness.counterfactual import Steadiness, agent_decider, joined, run_swaps, swaps
from replydesk.retrieval.indexes import question_text

__all__ = ["bias_of", "replies_of"]

Floats = NDArray[np.float64]

_REPLIES: Final = 600
_SWAPPED: Final = 20
_AHEAD: Final = 3000
"""Tickets that are read before the first reply: many at once take a third of the time that they take one by one."""


def replies_of(
    agent: Agent, release: Release, material: Material, odd: Examples, outcomes: Outcomes
) -> tuple[dict[str, Any], Outcomes]:
    """Let the real agent answer: how often it answers alone, and how often that was wrong; add it to the outcomes."""
    asked = material.test.in_scope
    asked = asked.where([ticket is not None for ticket in asked.tickets])
    asked = asked.where([i % (1 + len(asked) // _REPLIES) == 0 for i in range(len(asked))])
    rows = asked + odd
    picked, best, confidence, took, able = [], [], [], [], []
    line = release.skills_of(material.encoder.id).thresholds.out_of_scope_above
    before = agent.use(release)
    try:
        _read_ahead(agent, release, material, rows.texts)
        for i, text in enumerate(rows.texts):
            reply = agent.answer(Incoming(text, language=rows.languages[i], without=material.hidden))
            # What is composed is answered alone, too; small talk answers nothing.
            picked.append(bool(reply.citations))
            confidence.append(reply.confidence)
            took.append(reply.milliseconds["total"])
            able.append(reply.reading.out_of_scope <= line and not reply.reading.wants_person)
            best.append(bool(reply.hits) and _is_right(material, rows, i, reply.hits[0].ticket))
    finally:
        agent.use(before)
    alone, right = np.array(picked, dtype=bool), np.array(best, dtype=bool)
    inside = np.arange(len(rows)) < len(asked)
    figures = {
        "messages": len(asked),
        "strangers": len(odd),
        "answered_alone": float(alone[inside].mean()) if inside.any() else 0.0,
        "wrong_of_answered": float((~right[alone]).mean()) if alone.any() else 0.0,
        "wrong_of_answered_ci": interval(~right[alone]) if alone.any() else [0.0, 1.0],
        "best_hit_right": float(right[inside].mean()) if inside.any() else 0.0,
        "out_of_scope_answered": float(alone[~inside].mean()) if (~inside).any() else 0.0,
        "ece": calibration_error(np.array(confidence), right) if len(rows) else 0.0,
        "ece_by_chance": list(calibration_by_chance(np.array(confidence))),
        "milliseconds": round(float(np.median(took)), 1) if took else 0.0,
    }
    # Of those out of scope, the desk's own stand last; the others no customer wrote.
    own = inside | (np.arange(len(rows)) >= len(rows) - len(material.test.strangers))
    sure = np.where(able, np.array(confidence), 0.0)
    figures["promise"] = _promise(release.skills_of(material.encoder.id), sure[own], right[own], agent)
    given = np.where(alone, np.maximum(np.array(confidence), 1e-9), 0.0)
    said = replace(outcomes, answers=right[inside], given=given[inside], given_outside=given[~inside])
    return figures, replace(said, milliseconds=np.array(took))


def _read_ahead(agent: Agent, release: Release, material: Material, texts: Sequence[str]) -> None:
    """Read all at once what the agent would read of messages and tickets one after the other; replies stay the same."""
    matcher, language = agent.matcher_of(release), material.languages[0]
    skills = release.skills_of(material.encoder.id)
    asked = [Meant.of(text, (), skills) for text in texts]
    late = matcher.late_interaction(language)
    if late is not None and token_scorer(skills, agent.settings.retrieval) is not None:
        newest = agent.store.newest_tickets(_AHEAD)
        tickets = [question_text(one) for one in newest if one.language in material.languages]
        late.remember(list(dict.fromkeys((*tickets, *(one.whole for one in asked)))))
    matcher.vectors(list(dict.fromkeys(text for one in asked for text in one.encoded)), language=language)


def bias_of(agent: Agent, release: Release, material: Material) -> tuple[dict[str, Any], NDArray[np.bool_]]:
    """Return how often another name, gender or region moves a decision in scope, and which swaps did not."""
    asked = material.test.in_scope
    found: list[Steadiness] = []
    before = agent.use(release)
    try:
        for language in sorted(set(asked.languages)):
            texts = [text for text, one in zip(asked.texts, asked.languages, strict=True) if one == language]
            cases = swaps(texts[:: 1 + len(texts) // _SWAPPED], language)
            found.append(run_swaps(agent_decider(agent, language, without=material.hidden), cases))
    finally:
        agent.use(before)
    every = joined(found)
    if not every.swaps:
        return {}, np.zeros(0, dtype=bool)
    steady = np.array(every.steady, dtype=bool)
    return {**every.document(), "changed_ci": interval(~steady)}, steady


def _promise(skills: Skills, sure: Floats, right: NDArray[np.bool_], agent: Agent) -> dict[str, Any]:
    """Return what is promised at the standard levels and what came of it on the desk's own test messages.

    ``curve`` is that of the held-out messages, ``test_curve`` that of the test; each point is a threshold, the share
    answered and the share of these that is wrong.
    """
    if skills.evidence is None:
        return {}
    dial = agent.settings.dialog.max_wrong
    levels = []
    for most in sorted({*STANDARD, dial}):
        found = promises_of(skills.evidence, most).rest
        alone = sure >= found.threshold
        wrong = ~right[alone]
        levels.append(
            found.document()
            | {
                "answered": float(alone.mean()) if len(alone) else 0.0,
                "realised": float(wrong.mean()) if alone.any() else None,
                "realised_ci": interval(wrong) if alone.any() else None,
                "messages": len(sure),
            }
        )
    test_curve = Evidence.of(sure, right).curve()
    return {"dial": dial, "levels": levels, "curve": skills.evidence.curve(), "test_curve": test_curve}


def _is_right(material: Material, rows: Examples, row: int, hit: Any) -> bool:
    cosine = float(answer_judge().encode([hit.answer])[0] @ rows.answers[row])
    return material.is_right(rows, row, hit, cosine)
