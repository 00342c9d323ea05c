"""A message in, a reply out: read, decide, explain."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from replydesk.dialog.agent import Agent as Agent
    from replydesk.dialog.classifiers import TextClassifier as TextClassifier
    from replydesk.dialog.compose.composer import Asked as Asked
    from replydesk.dialog.compose.composer import Composer as Composer
    from replydesk.dialog.compose.composer import Conflict as Conflict
    from replydesk.dialog.compose.composer import Draft as Draft
    from replydesk.dialog.compose.evidence import unsupported as unsupported
    from replydesk.dialog.compose.extractive import Extractive as Extractive
    from replydesk.dialog.compose.generator import Generated as Generated
    from replydesk.dialog.compose.generator import composer_of as composer_of
    from replydesk.dialog.compose.wanting import wants_composing as wants_composing
    from replydesk.dialog.doctor import Finding as Finding
    from replydesk.dialog.doctor import examine as examine
    from replydesk.dialog.hierarchy import LabelTree as LabelTree
    from replydesk.dialog.hierarchy import label_tree as label_tree
    from replydesk.dialog.intents import Familiarity as Familiarity
    from replydesk.dialog.intents import IntentHead as IntentHead
    from replydesk.dialog.neighbours import NeighbourClassifier as NeighbourClassifier
    from replydesk.dialog.policy import Decision as Decision
    from replydesk.dialog.policy import decide as decide
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
    "Asked",
    "Citation",
    "Composer",
    "Conflict",
    "Decision",
    "Draft",
    "Extractive",
    "Familiarity",
    "Finding",
    "Generated",
    "Handoff",
    "Intent",
    "IntentHead",
    "IntentReader",
    "LabelTree",
    "Mood",
    "NeighbourClassifier",
    "Option",
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
    "composer_of",
    "decide",
    "examine",
    "label_tree",
    "mood_of",
    "read",
    "unsupported",
    "wants_composing",
]

# A name is imported when it is first asked for, so that a host application pays only for what it uses.
_MODULES = {
    "Agent": "agent",
    "Asked": "compose.composer",
    "Citation": "reply",
    "Composer": "compose.composer",
    "Conflict": "compose.composer",
    "Decision": "policy",
    "Draft": "compose.composer",
    "Extractive": "compose.extractive",
    "Familiarity": "intents",
    "Finding": "doctor",
    "Generated": "compose.generator",
    "Handoff": "reply",
    "Intent": "reading",
    "IntentHead": "intents",
    "IntentReader": "reader",
    "LabelTree": "hierarchy",
    "Mood": "sentiment",
    "NeighbourClassifier": "neighbours",
    "Option": "reply",
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
    "composer_of": "compose.generator",
    "decide": "policy",
    "examine": "doctor",
    "label_tree": "hierarchy",
    "mood_of": "sentiment",
    "read": "reading",
    "unsupported": "compose.evidence",
    "wants_composing": "compose.wanting",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
