"""Rehearsal: scripted dialogues held with an agent, and what came otherwise than was expected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from replydesk.data.dialogues import Exchange, Script
from replydesk.data.preparation import Mask
from replydesk.data.text import language_of
from replydesk.dialog.agent import Agent
from replydesk.dialog.incoming import Incoming, checked
from replydesk.dialog.reply import Reply
from replydesk.dialog.state import State

__all__ = ["Failure", "Outcome", "rehearse"]


@dataclass(frozen=True, slots=True)
class Failure:
    """What was expected at a line and what came instead; ``said`` is what the customer had written."""

    line: int
    said: str
    what: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a dialogue went: its name, its line, how many turns it has, and what failed."""

    name: str
    line: int
    turns: int
    failures: tuple[Failure, ...]

    def document(self) -> dict[str, Any]:
        """Return the JSON form."""
        names = Failure.__slots__
        failures = [{name: getattr(failure, name) for name in names} for failure in self.failures]
        return {"name": self.name, "line": self.line, "turns": self.turns, "failures": failures}


def rehearse(script: Script, agent: Agent) -> Outcome:
    """Hold a dialogue with an agent and return how it went; nothing of it is stored.

    It goes on after a failure, since what comes later may fail for another reason.
    """
    settings = agent.settings.data
    mask, state, said, language = Mask(settings, "test"), State(), list[str](), ""
    failures: list[Failure] = []
    for turn in script.turns:
        if turn.takeover or turn.release:
            state = replace(state, taken_over=turn.takeover)
            continue
        text = checked(turn.customer, mask, agent.settings.ui.max_text)
        language = script.language or language_of(text, among=settings.languages, previous=language)
        incoming = Incoming(text, language, tuple(said), state, channel=script.channel, tags=script.tags)
        reply = agent.answer(replace(incoming, at=script.at) if script.at is not None else incoming)
        state = reply.state
        said += [text, reply.text] if reply.text else [text]
        failures += _failures(turn, reply)
    return Outcome(script.name, script.line, len(script.turns), tuple(failures))


def _failures(turn: Exchange, reply: Reply) -> Iterator[Failure]:
    for what, wanted in turn.expect.items():
        expected, got = _compared(what, wanted, reply)
        if expected:
            yield Failure(turn.line, turn.customer, what, expected, got)


def _compared(what: str, wanted: Any, reply: Reply) -> tuple[str, str]:
    """Return what was expected and what came, '' and '' where it is the same."""
    if what in ("contains", "lacks"):
        said = reply.text.lower()
        off = [text for text in wanted if (text.lower() in said) != (what == "contains")]
        return (" and ".join(repr(text) for text in off), repr(reply.text)) if off else ("", "")
    if what == "options":
        labels = [f"{option.label}\n{option.value}".lower() for option in reply.options]
        missing = [text for text in wanted if not any(text.lower() in label for label in labels)]
        return (repr(missing), repr([option.label for option in reply.options])) if missing else ("", "")
    if what == "slots":
        return _slots(wanted, reply.state.slots)
    got = _told(reply)[what]
    same = got == wanted if isinstance(wanted, bool) or what != "meant" else str(wanted).lower() in str(got).lower()
    return ("", "") if same else (str(wanted), f"{got} ({reply.text!r})")


def _told(reply: Reply) -> Mapping[str, Any]:
    first = next(iter(reply.reading.intents), None)
    best = next(iter(reply.hits), None)
    return {
        "action": reply.action,
        "handoff": reply.handoff.reason if reply.handoff else "",
        # A desk that is not trained reads no intents: then the best ticket's counts.
        "intent": first.name if first else best.ticket.intent if best else "",
        "meant": reply.meant,
        "silent": not reply.text,
        "language": reply.reading.language,
    }


def _slots(wanted: Mapping[str, str], got: Mapping[str, str]) -> tuple[str, str]:
    off = {name: value for name, value in wanted.items() if got.get(name, "") != value}
    return (repr(off), repr({name: got.get(name, "") for name in off})) if off else ("", "")
