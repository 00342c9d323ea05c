"""Rules: what a team has decided beforehand, and which of it holds of a message. All pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from replydesk.dialog.asking import slot_question
from replydesk.dialog.rules.conditions import Condition, uses
from replydesk.dialog.rules.facts import Facts
from replydesk.dialog.rules.filling import Filled, template_of
from replydesk.dialog.rules.forbidding import Broken, Forbid, broken, shipped
from replydesk.dialog.rules.hours import Hours
from replydesk.dialog.rules.situation import Seen, Situation

__all__ = ["EFFECTS", "Effect", "Fired", "Rule", "Rules", "Tried"]

Effect = Literal["answer", "handoff", "never_answer", "ask", "tag"]
EFFECTS: tuple[Effect, ...] = ("answer", "handoff", "never_answer", "ask", "tag")
# Of these one is done; vetoes and tags all count.
_DECIDING = frozenset({"answer", "handoff", "ask"})
_NOTHING: Facts = Facts()


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition and what is done where it holds.

    ``values`` are the reason, the slot, or the tags; ``texts`` say by language what the customer reads, that for every
    other language under an empty name.
    """

    name: str
    condition: Condition
    effect: Effect
    values: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    line: int = 0

    def text(self, language: str) -> str | None:
        """Return what the customer reads, None where there is no text in the language."""
        if self.effect == "ask" and not self.texts:
            return slot_question(self.values[0], language)
        return self.texts.get(language, self.texts.get(""))

    def document(self) -> dict[str, Any]:
        """Return its JSON form, without its conditions."""
        return {
            "rule": self.name,
            "line": self.line,
            "effect": self.effect,
            "values": list(self.values),
            "texts": dict(self.texts),
        }


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that holds of a message. ``text`` is what the customer reads, filled; ``because`` what it asked and found.

    ``values`` are the reason of a hand-off or a veto, the slot that is asked for, or the tags.
    """

    rule: str
    effect: Effect
    text: str = ""
    values: tuple[str, ...] = ()
    because: str = ""
    sources: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """Return the first of the values: why a person must take over, or which slot is asked for."""
        return self.values[0] if self.values else ""

    def document(self) -> dict[str, Any]:
        """Return its JSON form, for explanations and the audit."""
        return {
            "rule": self.rule,
            "effect": self.effect,
            "text": self.text,
            "values": list(self.values),
            "because": self.because,
            "sources": list(self.sources),
        }


@dataclass(frozen=True, slots=True)
class Tried:
    """How one rule came out: ``fired`` is there where it counts; else ``misses`` say what it lacks."""

    rule: Rule
    because: str
    fired: Fired | None = None
    misses: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """Return its JSON form."""
        return {
            **self.rule.document(),
            "fires": self.fired is not None,
            "because": self.because,
            "misses": list(self.misses),
            "text": self.fired.text if self.fired is not None else "",
        }


@dataclass(frozen=True)
class Rules:
    """The rules of a desk in their order, its hours, and what no reply may say."""

    rules: tuple[Rule, ...] = ()
    hours: Hours | None = None
    forbids: tuple[Forbid, ...] = field(default_factory=shipped)

    @classmethod
    def load(cls, path: Path, *, separator: str = "/") -> Rules:
        """Read ``rules.toml``; where the file is missing there are only the shipped prohibitions.

        ``separator`` parts the steps of an intent. Raises :class:`SettingsError` with file, line, key and cure.
        """
        from replydesk.dialog.rules.reading import read_rules
        from replydesk.dialog.rules.source import Source

        return read_rules(Source.read(path), separator) if path.exists() else cls()

    def uses(self, what: str) -> bool:
        """Return whether any rule asks for ``intent``, ``entity``, ``hours`` or another kind of condition."""
        return any(uses(rule.condition, what) for rule in self.rules)

    def fired(self, situation: Situation, facts: Facts = _NOTHING) -> tuple[Fired, ...]:
        """Return what counts of the rules that hold, in their order.

        Of those that answer, hand over or ask only the first counts; vetoes and tags all do. A rule whose text is not
        there in the language, or has a place that cannot be filled, does not fire.
        """
        seen, found, decided = Seen(situation, self.hours), [], False
        for rule in self.rules:
            deciding = rule.effect in _DECIDING
            if (deciding and decided) or not rule.condition.holds(seen):
                continue
            filled = self._filled(rule, situation, facts)
            if not filled.missing:
                found.append(_fired(rule, filled, seen))
                decided = decided or deciding
        return tuple(found)

    def tried(self, situation: Situation, facts: Facts = _NOTHING) -> tuple[Tried, ...]:
        """Return how every rule came out, and why: the same as :meth:`fired`, told at length."""
        seen, found, winner = Seen(situation, self.hours), [], ""
        for rule in self.rules:
            deciding, because = rule.effect in _DECIDING, rule.condition.told(seen)
            filled = self._filled(rule, situation, facts)
            if not rule.condition.holds(seen):
                found.append(Tried(rule, because, misses=_misses(rule.condition, seen)))
            elif filled.missing:
                found.append(Tried(rule, because, misses=tuple(f"cannot be filled: {one}" for one in filled.missing)))
            elif deciding and winner:
                found.append(Tried(rule, because, misses=(f"the rule {winner} came first",)))
            else:
                winner = rule.name if deciding else winner
                found.append(Tried(rule, because, _fired(rule, filled, seen)))
        return tuple(found)

    def broken(self, text: str) -> tuple[Broken, ...]:
        """Return the prohibitions that an outgoing text breaks."""
        return broken(text, self.forbids)

    def opening(self, situation: Situation) -> str | None:
        """Return when the team is there next, as a customer reads it; None where nobody can say."""
        at = situation.at
        next_one = self.hours.next_opening(at) if self.hours is not None and at is not None else None
        return self.hours.told(next_one, situation.language) if self.hours is not None and next_one else None

    def _filled(self, rule: Rule, situation: Situation, facts: Facts) -> Filled:
        if rule.effect not in ("answer", "ask"):
            return Filled("")
        text, at = rule.text(situation.language), situation.at
        if text is None:
            return Filled("", (f"no text in {situation.language or 'an unknown language'}",))
        if "{" not in text and "}" not in text:
            return Filled(text)
        if at is None:
            facts = _NOTHING
        template = template_of(text)
        asks_hours = any(place.kind == "hours" for place in template.places)
        opening = self.opening(situation) if asks_hours else None

        def known(key: str) -> tuple[str, str] | None:
            fact = facts.get(key, at, situation.language) if at is not None else None
            return (fact.value, fact.source) if fact is not None else None

        return template.filled({**situation.slots, **situation.said}, known, opening)


def _fired(rule: Rule, filled: Filled, seen: Seen) -> Fired:
    return Fired(rule.name, rule.effect, filled.text, rule.values, rule.condition.told(seen), filled.sources)


def _misses(condition: Condition, seen: Seen) -> tuple[str, ...]:
    """Return the parts of a condition that do not hold."""
    parts: tuple[Condition, ...] = getattr(condition, "parts", (condition,))
    return tuple(part.told(seen) for part in parts if not part.holds(seen))
