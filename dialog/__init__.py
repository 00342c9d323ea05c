"""A message in, a reply out: read, decide, explain."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from replydesk.dialog.agent import Agent as Agent
    from replydesk.dialog.classifiers import TextClassifier as TextClassifier
    from replydesk.dialog.compose.composer import Asked as Asked
    from replydesk.dialog.compose.composer import Composer as Composer
    from replydesk.dialog.compose.composer import Draft as Draft
    from replydesk.dialog.compose.evidence import unsupported as unsupported
    from replydesk.dialog.compose.extractive import Extractive as Extractive
    from replydesk.dialog.compose.generator import Generated as Generated
    from replydesk.dialog.compose.generator import composer_of as composer_of
    from replydesk.dialog.compose.wanting import wants_composing as wants_composing
    from replydesk.dialog.doctor import Finding as Finding
    from replydesk.dialog.doctor import examine as examine
    from replydesk.dialog.entities import Entity as Entity
    from replydesk.dialog.entities import entities_of as entities_of
    from replydesk.dialog.evidence import Evidence as Evidence
    from replydesk.dialog.explain.explaining import explanation_of as explanation_of
    from replydesk.dialog.explain.explanation import Explanation as Explanation
    from replydesk.dialog.explain.replaying import Replay as Replay
    from replydesk.dialog.explain.replaying import replay_of as replay_of
    from replydesk.dialog.guard import Alarm as Alarm
    from replydesk.dialog.guard import Guarded as Guarded
    from replydesk.dialog.guard import alarm_of as alarm_of
    from replydesk.dialog.guard import guarded as guarded
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
    from replydesk.dialog.reply import Conflict as Conflict
    from replydesk.dialog.reply import (
        Handoff as Handoff,
    )
    from replydesk.dialog.reply import (
        Option as Option,
    )
    from replydesk.dialog.reply import (
        Reply as Reply,
    )
    from replydesk.dialog.rules.applying import apply_rules as apply_rules
    from replydesk.dialog.rules.book import RuleBook as RuleBook
    from replydesk.dialog.rules.facts import Fact as Fact
    from replydesk.dialog.rules.facts import Facts as Facts
    from replydesk.dialog.rules.hours import Hours as Hours
    from replydesk.dialog.rules.rules import Fired as Fired
    from replydesk.dialog.rules.rules import Rules as Rules
    from replydesk.dialog.rules.situation import Situation as Situation
    from replydesk.dialog.sentiment import Mood as Mood
    from replydesk.dialog.sentiment import mood_of as mood_of
    from replydesk.dialog.several import SeveralReader as SeveralReader
    from replydesk.dialog.skills import Skills as Skills
    from replydesk.dialog.skills import Thresholds as Thresholds
    from replydesk.dialog.small_talk import SmallTalk as SmallTalk
    from replydesk.dialog.small_talk import small_talk as small_talk
    from replydesk.dialog.spelling import Speller as Speller
    from replydesk.dialog.suggest.judging import judge_suggestion as judge_suggestion
    from replydesk.dialog.suggest.ranker import Ranker as Ranker
    from replydesk.dialog.suggest.suggesting import SuggestionRequest as SuggestionRequest
    from replydesk.dialog.suggest.suggesting import suggestions as suggestions
    from replydesk.dialog.suggest.suggestion import Suggestion as Suggestion
    from replydesk.dialog.suggest.suggestion import Suggestions as Suggestions
    from replydesk.dialog.words import WordClassifier as WordClassifier
    from replydesk.dialog.written import Written as Written

__all__ = [
    "Agent",
    "Alarm",
    "Asked",
    "Citation",
    "Composer",
    "Conflict",
    "Decision",
    "Draft",
    "Entity",
    "Evidence",
    "Explanation",
    "Extractive",
    "Fact",
    "Facts",
    "Familiarity",
    "Finding",
    "Fired",
    "Generated",
    "Guarded",
    "Handoff",
    "Hours",
    "Intent",
    "IntentHead",
    "IntentReader",
    "LabelTree",
    "Mood",
    "NeighbourClassifier",
    "Option",
    "Promise",
    "Promises",
    "Ranker",
    "Reading",
    "Release",
    "Releases",
    "Replay",
    "Reply",
    "RuleBook",
    "Rules",
    "SeveralReader",
    "Situation",
    "Skills",
    "SmallTalk",
    "Speller",
    "Suggestion",
    "SuggestionRequest",
    "Suggestions",
    "TextClassifier",
    "Thresholds",
    "WordClassifier",
    "Written",
    "alarm_of",
    "apply_rules",
    "composer_of",
    "decide",
    "entities_of",
    "examine",
    "explanation_of",
    "guarded",
    "judge_suggestion",
    "label_tree",
    "mood_of",
    "promise_of",
    "promises_of",
    "read",
    "replay_of",
    "small_talk",
    "suggestions",
    "unsupported",
    "wants_composing",
]

# A name is imported when it is first asked for, so that a host application pays only for what it uses.
_MODULES = {
    "Agent": "agent",
    "Alarm": "guard",
    "Asked": "compose.composer",
    "Citation": "reply",
    "Composer": "compose.composer",
    "Conflict": "reply",
    "Decision": "policy",
    "Draft": "compose.composer",
    "Entity": "entities",
    "Evidence": "evidence",
    "Explanation": "explain.explanation",
    "Extractive": "compose.extractive",
    "Fact": "rules.facts",
    "Facts": "rules.facts",
    "Familiarity": "intents",
    "Finding": "doctor",
    "Fired": "rules.rules",
    "Generated": "compose.generator",
    "Guarded": "guard",
    "Handoff": "reply",
    "Hours": "rules.hours",
    "Intent": "reading",
    "IntentHead": "intents",
    "IntentReader": "reader",
    "LabelTree": "hierarchy",
    "Mood": "sentiment",
    "NeighbourClassifier": "neighbours",
    "Option": "reply",
    "Promise": "promise",
    "Promises": "promise",
    "Ranker": "suggest.ranker",
    "Reading": "reading",
    "Release": "release",
    "Releases": "releases",
    "Replay": "explain.replaying",
    "Reply": "reply",
    "RuleBook": "rules.book",
    "Rules": "rules.rules",
    "SeveralReader": "several",
    "Situation": "rules.situation",
    "Skills": "skills",
    "SmallTalk": "small_talk",
    "Speller": "spelling",
    "Suggestion": "suggest.suggestion",
    "SuggestionRequest": "suggest.suggesting",
    "Suggestions": "suggest.suggestion",
    "TextClassifier": "classifiers",
    "Thresholds": "skills",
    "WordClassifier": "words",
    "Written": "written",
    "alarm_of": "guard",
    "apply_rules": "rules.applying",
    "composer_of": "compose.generator",
    "decide": "policy",
    "entities_of": "entities",
    "examine": "doctor",
    "explanation_of": "explain.explaining",
    "guarded": "guard",
    "judge_suggestion": "suggest.judging",
    "label_tree": "hierarchy",
    "mood_of": "sentiment",
    "promise_of": "promise",
    "promises_of": "promise",
    "read": "reading",
    "replay_of": "explain.replaying",
    "small_talk": "small_talk",
    "suggestions": "suggest.suggesting",
    "unsupported": "compose.evidence",
    "wants_composing": "compose.wanting",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
