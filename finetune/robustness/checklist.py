"""A behavioural checklist (Ribeiro et al. 2020): what must not change an intent, and what must."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from replydesk.data.errors import RequestError
from replydesk.dialog.incoming import Incoming
from replydesk.finetune.robustness.noise import kinds_of, noisy

if TYPE_CHECKING:
    from replydesk.dialog.agent import Agent

__all__ = ["Behaviour", "Case", "Failure", "agent_reader", "read_cases", "run_checklist", "table"]

Predict = Callable[[Sequence[str]], Sequence[tuple[str, float]]]
"""Gives the most probable intent of each text and its probability."""

FALL: Final = 0.1
"""How much less sure of an intent a reader must be once it is denied."""

_CHANGES: Final = ("paraphrase", "entity", "negation")


@dataclass(frozen=True, slots=True)
class Case:
    """A text of an intent and other wordings of it.

    A ``paraphrase`` says the same, an ``entity`` names others (people, places, orders, products), a ``negation`` denies
    it.
    """

    language: str
    kind: Literal["paraphrase", "entity", "negation"]
    intent: str
    text: str
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """A case that did not go as expected: the intents of both texts and how sure the reader was of each."""

    text: str
    changed: str
    expected: str
    before: tuple[str, float]
    after: tuple[str, float]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One kind of test in one language: how many cases there were, and those that failed."""

    language: str
    test: str
    cases: int
    failures: tuple[Failure, ...]

    @property
    def failed(self) -> float:
        """Return the share of cases that failed."""
        return len(self.failures) / self.cases if self.cases else 0.0

    def document(self, examples: int = 5) -> dict[str, Any]:
        """Return the JSON form, with some of the failures."""
        return {
            "language": self.language,
            "test": self.test,
            "cases": self.cases,
            "failed": round(self.failed, 4),
            "examples": [
                {
                    "text": one.text, "changed": one.changed, "expected": one.expected,
                    "before": [one.before[0], round(one.before[1], 3)], "after": [one.after[0], round(one.after[1], 3)],
                }
                for one in self.failures[:examples]
            ],
        }  # fmt: skip


def read_cases(path: Path | None = None) -> tuple[Case, ...]:
    """Return the cases of a JSONL file, those of the demo desk without one. Raises :class:`RequestError`.

    A line has ``language``, ``kind``, ``intent``, ``text`` and ``changed``, a list of texts.
    """
    shipped = resources.files("replydesk.finetune.robustness").joinpath("checklist.jsonl")
    where = str(path or "checklist.jsonl")
    try:
        lines = (path or shipped).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(f"The checklist cannot be read: {error}.", where=where, hint="Name a JSONL file.") from error
    return tuple(_case(line, f"{where}:{number}") for number, line in enumerate(lines, 1) if line.strip())


def run_checklist(
    predict: Predict,
    *,
    cases: Iterable[Case] | None = None,
    languages: Collection[str] = ("en", "zh"),
    known: Collection[str] | None = None,
    seed: int = 0,
) -> tuple[Behaviour, ...]:
    """Return how a reader behaves, test by test, in each language that it is asked about.

    ``meaning``: every text has its intent. ``paraphrase``, ``entity`` and each kind of noise: the intent stays what it
    was. ``negation``: it becomes another, or its probability falls by :data:`FALL`. Cases of intents that are not
    ``known`` are left out, since nobody could read them right.
    """
    found = []
    every = [case for case in (read_cases() if cases is None else cases) if known is None or case.intent in known]
    for language in languages:
        mine = [case for case in every if case.language == language]
        if not mine:
            continue
        texts = list(dict.fromkeys(case.text for case in mine))
        intents = {case.text: case.intent for case in mine}
        pairs = {
            change: [(case.text, other) for case in mine if case.kind == change for other in case.changed]
            for change in _CHANGES
        }
        for kind in kinds_of(language):
            rough = [(text, noisy(text, kind, seed)) for text in texts]
            pairs[f"noise: {kind}"] = [(text, other) for text, other in rough if text != other]
        asked = list(dict.fromkeys([*texts, *(other for made in pairs.values() for _, other in made)]))
        read = dict(zip(asked, predict(asked), strict=True))
        wrong = [Failure(t, t, intents[t], read[t], read[t]) for t in texts if read[t][0] != intents[t]]
        found.append(Behaviour(language, "meaning", len(texts), tuple(wrong)))
        for test, made in pairs.items():
            expect = _other_or_less if test == "negation" else _same
            failures = (Failure(one, other, intents[one], read[one], read[other]) for one, other in made)
            failed = tuple(one for one in failures if not expect(one.before, one.after))
            if made:
                found.append(Behaviour(language, test, len(made), failed))
    return tuple(found)


def agent_reader(agent: Agent, language: str) -> Predict:
    """Return what reads texts as an agent does, with the release that answers now; it stores nothing."""

    def predict(texts: Sequence[str]) -> list[tuple[str, float]]:
        read = []
        for text in texts:
            intents = agent.answer(Incoming(text, language=language)).reading.intents
            read.append((intents[0].name, intents[0].probability) if intents else ("", 0.0))
        return read

    return predict


def table(behaviours: Iterable[Behaviour]) -> str:
    """Return the results as a Markdown table with one failure of each test."""
    lines = ["| language | test | cases | failed | for example |", "| --- | --- | --- | --- | --- |"]
    for one in behaviours:
        example = _told(one.failures[0]).replace("|", "\\|") if one.failures else ""
        lines.append(f"| {one.language} | {one.test} | {one.cases} | {100 * one.failed:.1f} % | {example} |")
    return "\n".join(lines)


def _told(failure: Failure) -> str:
    if failure.changed == failure.text:
        return f"{failure.text}: {failure.after[0]} for {failure.expected}"
    return f"{failure.text} → {failure.changed}: {failure.before[0]} → {failure.after[0]}"


def _same(before: tuple[str, float], after: tuple[str, float]) -> bool:
    return before[0] == after[0]


def _other_or_less(before: tuple[str, float], after: tuple[str, float]) -> bool:
    return before[0] != after[0] or after[1] <= before[1] - FALL


def _case(line: str, where: str) -> Case:
    try:
        row = json.loads(line)
        case = Case(row["language"], row["kind"], row["intent"], row["text"], tuple(row["changed"]))
    except (ValueError, KeyError, TypeError) as error:
        hint = "Give language, kind, intent, text and changed, a list of texts."
        raise RequestError("This is no case of a checklist.", where=where, hint=hint) from error
    if case.kind not in _CHANGES or not case.changed or isinstance(row["changed"], str):
        hint = f"The kind is one of {', '.join(_CHANGES)}, changed a list of texts."
        raise RequestError("This is no case of a checklist.", where=where, hint=hint)
    return case
