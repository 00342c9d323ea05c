"""IBM watsonx Assistant's skills: the examples of an intent are questions, and the node that it alone opens answers.

Two kinds are read: dialog skills (workspaces of the v1 API) and action skills. What the service would fill in stands
as ``{name}`` in an answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from replydesk.data.readers.base import Item, Options, Skipped, Source, str_of
from replydesk.data.readers.jsons import first, records
from replydesk.data.records import Ticket
from replydesk.data.text import plain

__all__ = ["Watson", "intents_of"]

_INSIDE = ("workspace", "workspaces", "skill", "skills", "assistant_skills")
_BESIDE = frozenset({
    "actions", "counterexamples", "dialog_nodes", "entities", "learning_opt_out", "learningOptOut", "workspace_id",
})  # fmt: skip
_LARGE = re.compile(r'"intents"\s*:\s*\[\s*\{\s*"(?:intent|examples)"\s*:')
_OR = re.compile(r"\|\||\bor\b", re.IGNORECASE)
_INTENT = re.compile(r"""#([\w.-]+)|(?:intent|intents\[0\]\.intent)\s*(?:==|:)\s*["']([\w.-]+)["']""")
_ALWAYS = frozenset({"", "anything_else", "true"})
_EXPRESSION = re.compile(r"<\?\s*(.*?)\s*\?>", re.DOTALL)
_VARIABLE = re.compile(r"\$(?:\{([^}]*)\}|([A-Za-z_]\w*(?:\.\w+)*))")
_ENTITY = re.compile(r"(?<![\w.])@([A-Za-z_][\w-]*)(?::(?:\([^)]*\)|\w+))?")
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")


class Watson:
    """A workspace, or the export of a skill or of a whole assistant."""

    name = "watson"

    def matches(self, source: Source) -> bool:
        """Return whether there are intents with examples beside what else a workspace has."""
        found = first(source)
        return any(True for record in found for _ in _workspaces(record.value, "")) or (
            not found and source.head().lstrip().startswith("{") and _LARGE.search(source.head()) is not None
        )

    def read(self, source: Source, options: Options) -> Iterator[Item]:  # noqa: ARG002
        """Yield a canned ticket per example of an intent that is answered, then each other intent once."""
        for item in records(source):
            if isinstance(item, Skipped):
                yield item
                continue
            some = False
            for where, workspace in _workspaces(item.value, item.where):
                some = True
                yield from _tickets(workspace, where)
            if not some:
                yield Skipped(item.where, "the object is no workspace")


def _workspaces(value: Mapping[str, Any], where: str, depth: int = 0) -> Iterator[tuple[str, Mapping[str, Any]]]:
    intents = value.get("intents")
    if isinstance(intents, list) and not _BESIDE.isdisjoint(value):
        if any(isinstance(intent, dict) and "intent" in intent for intent in intents):
            yield where, value
        return
    for key in _INSIDE if depth < len(_INSIDE) else ():
        inner = value.get(key)
        if isinstance(inner, dict):
            yield from _workspaces(inner, f"{where}:{key}", depth + 1)
        for position, one in enumerate(inner if isinstance(inner, list) else ()):
            if isinstance(one, dict):
                yield from _workspaces(one, f"{where}:{key}[{position}]", depth + 1)


@dataclass(slots=True)
class _Answers:
    """What answers an intent, what it is called, and why the others are not answered."""

    texts: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)


def _tickets(workspace: Mapping[str, Any], where: str) -> Iterator[Item]:
    answers = _Answers()
    _learn_actions(workspace, answers)
    yield from _learn_nodes(workspace, where, answers)
    for position, intent in enumerate(workspace["intents"]):
        place = f"{where}:intents[{position}]"
        if not isinstance(intent, dict) or not (name := str_of(intent.get("intent"))):
            yield Skipped(place, "the intent has no name")
            continue
        texts = [one.get("text") if isinstance(one, dict) else one for one in _list(intent.get("examples"))]
        examples = [text for text in texts if isinstance(text, str) and text.strip()]
        if answer := answers.texts.get(name):
            called = answers.names.get(name, name)
            yield from (Ticket.make(text, answer, intent=called, source="canned") for text in examples)
        else:
            why = answers.reasons.get(name, f"no node answers the intent {name}")
            yield Skipped(place, f"{why}: {len(examples)} examples are labels only")


def intents_of(condition: object) -> tuple[list[str], list[str]]:
    """Return the intents each of which alone fulfils a condition, and those that it names beside something else.

    >>> intents_of("#returns || #refund && @item")
    (['returns'], ['refund'])
    """
    text = condition.strip() if isinstance(condition, str) else ""
    named = [found[1] or found[2] for found in _INTENT.finditer(text)]
    while text.startswith("(") and text.endswith(")") and not {"(", ")"} & set(text[1:-1]):
        text = text[1:-1].strip()
    # With brackets around a part, a bare intent in it may not be enough.
    parts = [text] if "(" in text else [part.strip() for part in _OR.split(text)]
    alone = [found[1] or found[2] for part in parts if (found := _INTENT.fullmatch(part))]
    return alone, [name for name in named if name not in alone]


# -- dialog skills


class _Dialog:
    """The nodes of a dialog, and what each of them says."""

    def __init__(self, workspace: Mapping[str, Any]) -> None:
        listed = _list(workspace.get("dialog_nodes"))
        nodes = [node for node in listed if isinstance(node, dict)]
        self.nodes = {node["dialog_node"]: node for node in nodes if isinstance(node.get("dialog_node"), str)}
        self.positions = {id(node): position for position, node in enumerate(listed)}
        named = [entity.get("entity") for entity in _list(workspace.get("entities")) if isinstance(entity, dict)]
        self._entities = {name for name in named if isinstance(name, str)}
        self._children: dict[str, list[dict[str, Any]]] = {}
        for node in nodes:
            if isinstance(parent := node.get("parent"), str):
                self._children.setdefault(parent, []).append(node)

    def roots(self) -> list[dict[str, Any]]:
        """Return the nodes that any message may reach, in the order in which they are tried."""
        top = [node for node in self.nodes.values() if not isinstance(node.get("parent"), str)]
        found: list[dict[str, Any]] = []
        for node in _in_order(top):
            # A folder without a condition only orders what is in it.
            if node.get("type") == "folder":
                inner = self._children.get(node["dialog_node"], [])
                found += _in_order(inner) if _always(node) else []
            else:
                found.append(node)
        return [node for node in found if node.get("disabled") is not True]

    def said(self, node: Mapping[str, Any], seen: frozenset[int] = frozenset()) -> str:
        """Return what a node says without anything else being said or known; '' for nothing."""
        children = self._children.get(str(node.get("dialog_node")), [])
        if id(node) in seen or node.get("type") == "frame" or any(c.get("type") == "slot" for c in children):
            return ""
        text = _output(node.get("output"))
        if not text:
            under = [child for child in children if child.get("type") == "response_condition" and _always(child)]
            text = next(filter(None, (_output(child.get("output")) for child in under)), "")
        step = node.get("next_step") or node.get("go_to")
        step = step if isinstance(step, dict) else {}
        target = self.nodes.get(str(step.get("dialog_node")))
        if target is not None and (step.get("selector") == "body" or (not text and _always(target))):
            text = "\n".join(filter(None, (text, self.said(target, seen | {id(node)}))))
        return text

    def answer(self, node: Mapping[str, Any]) -> str:
        """Return what a node says as a text with placeholders; '' when it has no words of its own."""
        text = _EXPRESSION.sub(lambda found: _placeholder(found[1]), self.said(node))
        text = _VARIABLE.sub(lambda found: _placeholder(found[1] or found[2]), text)
        text = _ENTITY.sub(self._slot, text)
        text = plain(text)
        return text if re.search(r"\w", _PLACEHOLDER.sub("", text)) else ""

    def _slot(self, found: re.Match[str]) -> str:
        known = found[1] in self._entities or found[1].startswith("sys-")
        return f"{{{found[1]}}}" if known else found[0]


def _learn_nodes(workspace: Mapping[str, Any], where: str, answers: _Answers) -> Iterator[Skipped]:
    dialog = _Dialog(workspace)
    for node in dialog.roots():
        alone, among = intents_of(node.get("conditions"))
        text = dialog.answer(node)
        for intent in alone:
            if text:
                answers.texts.setdefault(intent, text)
            answers.reasons.setdefault(intent, f"the node of the intent {intent} says nothing by itself")
        for intent in among:
            answers.reasons.setdefault(intent, f"the intent {intent} is answered only together with something else")
        if among and text:
            place = f"{where}:dialog_nodes[{dialog.positions[id(node)]}]"
            yield Skipped(place, f"the node asks for more than an intent ({str(node.get('conditions'))[:80]})")


def _in_order(siblings: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return siblings as their links order them; those that no link reaches stand last."""
    after: dict[object, dict[str, Any]] = {}
    for node in siblings:
        after.setdefault(str(node.get("previous_sibling") or ""), node)
    found: list[dict[str, Any]] = []
    name = ""
    while name in after:
        found.append(after.pop(name))
        name = str(found[-1].get("dialog_node"))
    return found + [node for node in siblings if all(node is not one for one in found)]


def _always(node: Mapping[str, Any]) -> bool:
    return str(node.get("conditions") or "").strip().casefold() in _ALWAYS


def _output(output: object) -> str:
    """Return the text of a node's output in any of the forms that it has had."""
    if not isinstance(output, dict):
        return ""
    said = [_generic(one) for one in _list(output.get("generic")) if isinstance(one, dict)]
    if text := "\n".join(filter(None, said)):
        return text
    old = output.get("text")
    return _chosen(old.get("values"), old) if isinstance(old, dict) else _chosen(old, {})


def _generic(response: Mapping[str, Any]) -> str:
    kind = response.get("response_type", "text")
    if kind == "text":
        return _chosen(response.get("values", response.get("text")), response)
    if kind == "option":
        return "\n".join(filter(None, (str_of(response.get("title")), str_of(response.get("description")))))
    return ""


def _chosen(values: object, policy: Mapping[str, Any]) -> str:
    # Sequential and random wordings are variants of one answer, of which the first stands for all.
    texts = [text for value in (_list(values) or [values]) if (text := _text(value)).strip()]
    if policy.get("selection_policy") == "multiline":
        return (str_of(policy.get("delimiter")) or "\n").join(texts)
    return texts[0] if texts else ""


def _text(value: object) -> str:
    if not isinstance(value, dict):
        return str_of(value)
    expression = value.get("text_expression")
    parts = _list(expression.get("concat")) if isinstance(expression, dict) else []
    if not parts:
        return str_of(value.get("text"))
    return "".join(
        str_of(part.get("scalar")) or _placeholder(str_of(part.get("variable")))
        for part in parts
        if isinstance(part, dict)
    )


def _placeholder(expression: str) -> str:
    name = expression.strip().lstrip("$").translate({ord("{"): None, ord("}"): None, ord("<"): None, ord(">"): None})
    return f"{{{name}}}" if name else ""


# -- action skills


def _learn_actions(workspace: Mapping[str, Any], answers: _Answers) -> None:
    for action in _list(workspace.get("actions")):
        if not isinstance(action, dict) or action.get("disabled") is True:
            continue
        text = plain("\n".join(_steps(action.get("steps"))))
        for intent in _opened_by(action.get("condition")):
            answers.names.setdefault(intent, str_of(action.get("title")).strip() or intent)
            if re.search(r"\w", _PLACEHOLDER.sub("", text)):
                answers.texts.setdefault(intent, text)
            answers.reasons.setdefault(intent, f"the action of the intent {intent} says nothing by itself")


def _opened_by(condition: object) -> list[str]:
    if not isinstance(condition, dict):
        return []
    if isinstance(intent := condition.get("intent"), str):
        return [intent]
    return [one["intent"] for one in _list(condition.get("or")) if isinstance(one, dict) and str_of(one.get("intent"))]


def _steps(steps: object) -> Iterator[str]:
    """Yield what an action says before it asks or decides anything; its question when it begins with one."""
    for position, step in enumerate(_list(steps)):
        if not isinstance(step, dict) or step.get("condition"):
            return
        asks = isinstance(step.get("question"), dict)
        if not asks or not position:
            yield _output(step.get("output"))
        resolver = step.get("resolver")
        if asks or not isinstance(resolver, dict) or resolver.get("type") != "continue":
            return


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
