"""Rasa's training data: the examples of an intent are questions, and the response to that intent is the answer.

Which response that is, the project says: a retrieval intent ``faq/returns`` has ``utter_faq/returns``, a rule or the
first turn of a story names the others. An intent that a form or an action answers has no text to answer with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from replydesk.data.errors import FormatError
from replydesk.data.readers.base import Assumed, Item, Options, Skipped, Source
from replydesk.data.readers.rasa import Rasa
from replydesk.data.readers.yamls import Node, nodes
from replydesk.data.records import Ticket

__all__ = ["RasaNlu", "unmarked"]

_HEAD = 1024 * 1024
_FILE = re.compile(r".*\.ya?ml(?:\.gz)?", re.IGNORECASE)
_KIND = re.compile(
    r"^nlu\s*:\s*(?:#.*)?$(?=[\s\S]*?^\s*-\s*['\"]?(?:intent|synonym|regex|lookup)\b)"
    r"|^(?:responses|templates)\s*:\s*(?:#.*)?$(?=[\s\S]*?^\s+['\"]?utter_)"
    r"|^(?:rules|stories)\s*:\s*(?:#.*)?$(?=[\s\S]*?^\s*-\s*['\"]?(?:rule|story)\b)",
    re.MULTILINE,
)
_EXAMPLE = re.compile(r"\s*[-*+]\s+(.*\S)\s*")
# [value](entity), [value](entity:synonym), [value]{"entity": "..."}, [value][{"entity": "..."}, {...}]
_MARK = re.compile(r"\[([^\]\[]+)\](?:\([^)]*\)|\{[^}]*\}|\[(?:\s*\{[^}]*\}\s*,?)+\])")
_BROKEN = "\ufffd"


class RasaNlu:
    """A file of training data, or a project: ``nlu``, ``responses``, ``rules`` and ``stories`` in any files.

    >>> unmarked('where is order [55-12](order_id)?')
    'where is order 55-12?'
    """

    name = "rasa-nlu"

    def matches(self, source: Source) -> bool:
        """Return whether this is YAML with intents, responses, rules or stories, or a folder with such a file."""
        if source.is_folder:
            return any(_is_training(part) for part in source.parts() if _FILE.fullmatch(part.path.name))
        return _is_training(source)

    def read(self, source: Source, options: Options) -> Iterator[Item]:
        """Yield a canned ticket per example of an intent that a response answers, then each other intent once.

        Trackers and tracker stores in the folder of a project are read as :class:`Rasa` reads them.
        """
        parts, others = [source], []
        if source.is_folder:
            every = source.parts()
            parts = [part for part in every if _FILE.fullmatch(part.path.name) and _is_training(part)]
            others = [part for part in every if part not in parts]
        answers = _Answers()
        for part in parts:
            for node in nodes(part):
                if isinstance(node, Node):
                    answers.learn(node)
        unanswered: dict[str, _Unanswered] = {}
        examples = False
        for part in parts:
            for item in nodes(part):
                if isinstance(item, Skipped):
                    yield item
                elif item.key == "nlu":
                    examples = True
                    yield from _tickets(item, answers, unanswered)
        if not examples:
            yield Skipped(source.name, "there are no examples of intents; import the folder of the project")
        for label in unanswered.values():
            yield Skipped(label.where, f"{label.why}: {label.examples} examples are labels only")
        yield from answers.assumed(source.name)
        yield from _beside(source, others, options)


def unmarked(example: str) -> str:
    """Return an example without the marks of its entities."""
    return _MARK.sub(r"\1", example)


def _is_training(source: Source) -> bool:
    try:
        head = source.head(_HEAD)
    except FormatError:
        return False
    return not head.lstrip().startswith(("{", "[", "<")) and _KIND.search(head.replace("\r", "")) is not None


def _beside(source: Source, others: Sequence[Source], options: Options) -> Iterator[Item]:
    left: list[str] = []
    for part in others:
        try:
            if Rasa().matches(part):
                yield from Rasa().read(part, options)
                continue
        except FormatError:
            pass
        left.append(part.name)
    if left:
        yield Skipped(source.name, f"{len(left)} other files hold nothing of Rasa's, such as {left[0]}")


@dataclass(slots=True)
class _Answers:
    """What answers an intent, as far as the files say it."""

    responses: dict[str, str] = field(default_factory=dict)
    rules: dict[str, set[tuple[str, ...]]] = field(default_factory=dict)
    stories: dict[str, set[tuple[str, ...]]] = field(default_factory=dict)
    varied: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    by_name: set[str] = field(default_factory=set)

    def learn(self, node: Node) -> None:
        """Take in the responses, or the turn with which a rule or story begins."""
        if node.key in ("responses", "templates") and isinstance(node.value, dict):
            for name, variants in node.value.items():
                texts = _texts(variants)
                if texts:
                    self.responses.setdefault(name, texts[0])
                if len(texts) > 1:
                    self.varied.add(name)
        elif node.key in ("rules", "stories") and isinstance(node.value, dict):
            intents, actions = _turn(node.value, whole=node.key == "rules")
            for intent in intents:
                (self.rules if node.key == "rules" else self.stories).setdefault(intent, set()).add(actions)

    def of(self, intent: str) -> str:
        """Return the text that answers an intent; raise ValueError, which says why, when there is none."""
        direct = f"utter_{intent}"
        told = self.rules.get(intent) or self.stories.get(intent) or set()
        if "/" in intent:
            actions: tuple[str, ...] = (direct,)
        elif len(told) > 1:
            raise ValueError(f"the intent {intent} is answered in {len(told)} ways, which depend on more than it")
        elif told:
            [actions] = told
        elif direct in self.responses:
            actions = (direct,)
            self.by_name.add(intent)
        else:
            raise ValueError(f"no rule, story or response answers the intent {intent} by itself")
        if missing := [action for action in actions if action not in self.responses]:
            raise ValueError(f"the intent {intent} is answered by {missing[0]}, which has no text here")
        self.used.update(actions)
        return "\n".join(self.responses[action] for action in actions)

    def assumed(self, where: str) -> Iterator[Assumed]:
        """Yield what was taken for granted in answering."""
        if self.by_name:
            some = min(self.by_name)
            yield Assumed(
                where,
                f"utter_{some} answers the intent {some}, because of its name; so for {len(self.by_name)} intents",
                "write a rule for each intent",
            )
        if several := self.varied & self.used:
            yield Assumed(where, f"of several wordings the first is the answer, in {len(several)} responses")


def _texts(variants: object) -> list[str]:
    """Return the wordings of a response, those for every channel and state first."""
    plain: list[str] = []
    special: list[str] = []
    for variant in variants if isinstance(variants, list) else [variants]:
        about = variant if isinstance(variant, dict) else {"text": variant}
        text = about.get("text")
        if isinstance(text, str) and text.strip():
            (special if about.get("condition") or about.get("channel") else plain).append(text.strip())
    return plain + special


def _turn(story: Mapping[str, Any], *, whole: bool) -> tuple[list[str], tuple[str, ...]]:
    """Return the intents with which it begins and the responses that follow; none where it asks for more.

    A rule must consist of that turn, a story only begin with it.
    """
    condition, steps = story.get("condition"), story.get("steps")
    if not isinstance(steps, list) or any(c != {"active_loop": None} for c in condition or ()):
        return [], ()
    intents, actions = _intents(steps[0]) if steps else [], []
    for step in steps[1:]:
        if not isinstance(step, dict) or (_intents(step) and whole):
            return [], ()
        if _intents(step):
            break
        action = step.get("action")
        if not isinstance(action, str) or not action.startswith(("utter_", "action_listen")):
            return [], ()
        if action != "action_listen":
            actions.append(action)
    return (intents, tuple(actions)) if actions else ([], ())


def _intents(step: object) -> list[str]:
    if not isinstance(step, dict):
        return []
    if isinstance(either := step.get("or"), list):
        return [intent for one in either for intent in _intents(one)]
    intent = step.get("intent")
    return [intent] if isinstance(intent, str) and not step.get("entities") else []


@dataclass(slots=True)
class _Unanswered:
    """An intent without an answer, and how many examples it has."""

    where: str
    why: str
    examples: int = 0


def _tickets(node: Node, answers: _Answers, unanswered: dict[str, _Unanswered]) -> Iterator[Item]:
    intent = node.value.get("intent") if isinstance(node.value, dict) else None
    if not isinstance(intent, str):
        if not isinstance(node.value, dict) or node.value.keys().isdisjoint(("synonym", "regex", "lookup")):
            yield Skipped(node.where, "the element has no intent")
        return
    try:
        answer = answers.of(intent)
    except ValueError as error:
        label = unanswered.setdefault(intent, _Unanswered(node.where, str(error)))
        label.examples += sum(1 for _ in _examples(node.value.get("examples")))
        return
    for example in _examples(node.value.get("examples")):
        question = unmarked(example)
        if _BROKEN in question or _BROKEN in answer:
            yield Skipped(node.where, "the example or its answer holds bytes that are not text")
        elif not question.startswith("/"):
            yield Ticket.make(question, answer, intent=intent, source="canned")


def _examples(examples: object) -> Iterator[str]:
    for listed in examples if isinstance(examples, list) else [examples]:
        text = listed.get("text") if isinstance(listed, dict) else listed
        if not isinstance(text, str):
            continue
        lines = text.splitlines()
        if isinstance(examples, list) and len(lines) == 1 and not _EXAMPLE.fullmatch(text):
            yield text.strip()
            continue
        yield from (found[1] for line in lines if (found := _EXAMPLE.fullmatch(line)))
