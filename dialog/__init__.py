"""A message in, a reply out: read, decide, explain."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from replydesk.dialog.agent import Agent as Agent
    from replydesk.dialog.classifiers import TextClassifier as TextClassifier
    from replydesk.dialog.doctor import Finding as Finding
    from replydesk.dialog.doctor import examine as examine
    from replydesk.dialog.evidence import Evidence as Evidence
    from replydesk.dialog.hierarchy import LabelTree as LabelTree
    from replydesk.dialog.hierarchy import label_tree as label_tree
    from replydesk.dialog.intents import Familiarity as Familiarity
    from replydesk.dialog.intents import IntentHead as IntentHead
    from replydesk.dialog.neighbours import NeighbourClassifier as NeighbourClassifier
    from replydesk.dialog.policy import Decision as Decision
    from replydesk.dialog.policy import decide as decide
    from replydesk.dialog.promise import Promise as Promise
    from replydesk.dialog.promise import Promises as Promises
    from replydesk.dialog.promise import promise_of as promise_of
    from replydesk.dialog.promise import promises_of as promises_of
    from replydesk.dialog.reader import IntentReader as IntentReader
    from replydesk.dialog.reading import Intent as Intent
    from replydesk.dialog.reading import Reading as Reading
    from replydesk.dialog.reading import read as read
    from replydesk.dialog.release import Release as Release
    from replydesk.dialog.releases import Releases as Releases
    from replydesk.dialog.reply import (
        Citation as Citation,
    )
    from replydesk.dialog.reply import (
        Handoff as Handoff,
    )
    from replydesk.dialog.reply import (
        Option as Option,
    )
    from replydesk.dialog.reply import (
        Reply as Reply,
    )
    from replydesk.dialog.sentiment import Mood as Mood
    from replydesk.dialog.sentiment import mood_of as mood_of
    from replydesk.dialog.several import SeveralReader as SeveralReader
    from replydesk.dialog.skills import Skills as Skills
    from replydesk.dialog.skills import Thresholds as Thresholds
    from replydesk.dialog.spelling import Speller as Speller
    from replydesk.dialog.words import WordClassifier as WordClassifier

__all__ = [
    "Agent",
    "Citation",
    "Decision",
    "Evidence",
    "Familiarity",
    "Finding",
    "Handoff",
    "Intent",
    "IntentHead",
    "IntentReader",
    "LabelTree",
    "Mood",
    "NeighbourClassifier",
    "Option",
    "Promise",
    "Promises",
    "Reading",
    "Release",
    "Releases",
    "Reply",
    "SeveralReader",
    "Skills",
    "Speller",
    "TextClassifier",
    "Thresholds",
    "WordClassifier",
    "decide",
    "examine",
    "label_tree",
    "mood_of",
    "promise_of",
    "promises_of",
    "read",
]

# A name is imported when it is first asked for, so that a host application pays only for what it uses.
_MODULES = {
    "Agent": "agent",
    "Citation": "reply",
    "Decision": "policy",
    "Evidence": "evidence",
    "Familiarity": "intents",
    "Finding": "doctor",
    "Handoff": "reply",
    "Intent": "reading",
    "IntentHead": "intents",
    "IntentReader": "reader",
    "LabelTree": "hierarchy",
    "Mood": "sentiment",
    "NeighbourClassifier": "neighbours",
    "Option": "reply",
    "Promise": "promise",
    "Promises": "promise",
    "Reading": "reading",
    "Release": "release",
    "Releases": "releases",
    "Reply": "reply",
    "SeveralReader": "several",
    "Skills": "skills",
    "Speller": "spelling",
    "TextClassifier": "classifiers",
    "Thresholds": "skills",
    "WordClassifier": "words",
    "decide": "policy",
    "examine": "doctor",
    "label_tree": "hierarchy",
    "mood_of": "sentiment",
    "promise_of": "promise",
    "promises_of": "promise",
    "read": "reading",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
