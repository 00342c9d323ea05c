"""ShareGPT's and Alpaca's training files: ``{"conversations": [{"from": "human", "value": "..."}]}`` and pairs.

As in every training file the assistant shows how a person answers, so it is the agent. Of a preference pair the
chosen text is the answer; the rejected one never reached a customer and is left out. A chat marked with ``kto_tag``
was judged as a whole: the judgement becomes a verdict on its last answer, and an answer judged bad is a bot's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from replydesk.data.readers.base import Item, Options, Skipped, Source, private, short
from replydesk.data.readers.content import label, said, when
from replydesk.data.readers.jsons import first, records
from replydesk.data.records import Conversation, Message, Role, Verdict, VerdictKind, content_id

__all__ = ["ShareGPT"]

_ROLES: dict[str, Role] = {
    **dict.fromkeys(("human", "user", "customer", "prompter", "client", "用户", "客户"), "customer"),
    **dict.fromkeys(
        ("gpt", "assistant", "chatgpt", "bard", "bing", "chatbot", "claude", "gemini", "model", "ai", "agent", "客服"),
        "agent",
    ),
    **dict.fromkeys(
        ("system", "tool", "tools", "observation", "function", "function_call", "function_response", "tool_call",
         "tool_response", "event"),
        "system",
    ),
    "note": "note",
    "bot": "bot",
}  # fmt: skip
_LISTS = ("conversations", "conversation", "items", "dialog", "messages")
_FROM = ("from", "role")
_VALUE = ("value", "content", "text", "markdown")
_WRAPPERS = ("data",)
_ALPACA = ("input", "system", "history")

Said = tuple[str, Role | None, str, Mapping[str, Any]]


class ShareGPT:
    """Chats of ``conversations`` or ``items`` with ``from`` and ``value``, and Alpaca's instructions with outputs."""

    name = "sharegpt"

    def matches(self, source: Source) -> bool:
        """Return whether the first objects are chats with ``from`` and ``value``, or instructions with outputs."""
        return any(_is_chat(r.value) or _is_alpaca(r.value) for r in first(source, inside=_WRAPPERS))

    def read(self, source: Source, options: Options) -> Iterator[Item]:  # noqa: ARG002
        """Yield a conversation per object, followed by the verdict on it where it was judged."""
        for item in records(source, inside=_WRAPPERS):
            if isinstance(item, Skipped):
                yield item
            elif _is_alpaca(item.value):
                yield from _conversation(item.value, _alpaca(item.value), item.where)
            else:
                yield from _conversation(item.value, _turns(item.value), item.where)


def _is_chat(record: Mapping[str, Any]) -> bool:
    turns = _listed(record)[1]
    return any(isinstance(turn, dict) and "from" in turn and "value" in turn for turn in turns) or (
        "conversations" in record and any(isinstance(turn, dict) and "role" in turn for turn in turns)
    )


def _is_alpaca(record: Mapping[str, Any]) -> bool:
    judged = "output" in record or ("chosen" in record and "rejected" in record)
    return "instruction" in record and judged and any(key in record for key in _ALPACA)


def _listed(record: Mapping[str, Any]) -> tuple[str, list[Any]]:
    return next(((key, record[key]) for key in _LISTS if isinstance(record.get(key), list)), ("conversations", []))


def _turns(record: Mapping[str, Any]) -> Iterator[Said]:
    if text := said(record.get("system")):
        yield "system", "system", text, {}
    key, turns = _listed(record)
    for position, turn in enumerate(turns):
        yield _turn(f"{key}[{position}]", turn)
    if (chosen := record.get("chosen")) is not None:
        yield _turn("chosen", chosen[-1] if isinstance(chosen, list) and chosen else chosen)


def _turn(place: str, turn: object) -> Said:
    if isinstance(turn, str) and place == "chosen":
        return place, "agent", turn, {}
    if not isinstance(turn, dict):
        return place, None, "", {}
    word = next((str(turn[name]) for name in _FROM if turn.get(name) is not None), "")
    role = _ROLES.get(word.strip().casefold())
    if private(turn.get("private")):
        role = "note"
    elif role == "agent" and str(turn.get("weight")) in ("0", "0.0", "False"):
        role = "bot"
    return place, role, next((text for name in _VALUE if (text := said(turn.get(name)))), ""), turn


def _alpaca(record: Mapping[str, Any]) -> Iterator[Said]:
    if text := said(record.get("system")):
        yield "system", "system", text, {}
    history = record.get("history")
    for position, turn in enumerate(history if isinstance(history, list) else []):
        pair = turn if isinstance(turn, list) else []
        for role, text in zip(("customer", "agent"), pair, strict=False):
            yield f"history[{position}]", role, said(text), {}  # type: ignore[misc]
    asked = "\n".join(filter(None, (said(record.get("instruction")), said(record.get("input")))))
    yield "instruction", "customer", asked, {}
    key = "output" if "output" in record else "chosen"
    output = record.get(key)
    # Preference pairs were once written as an output with two elements, the better one first.
    yield key, "agent", said(output[0] if isinstance(output, list) and output else output), {}


def _conversation(record: Mapping[str, Any], turns: Iterator[Said], where: str) -> Iterator[Item]:
    found: list[tuple[Role, str, Mapping[str, Any]]] = []
    for place, role, text, turn in turns:
        if role is None:
            yield Skipped(f"{where}:{place}", "the message has no known role")
        elif not text:
            yield Skipped(f"{where}:{place}", "the message has no text")
        else:
            found.append((role, text, turn))
    if not found:
        yield Skipped(where, "the conversation has no messages that can be read")
        return
    tag = record.get("kto_tag", record.get("label"))
    judged = len(found) - 1 if isinstance(tag, bool) and found[-1][0] == "agent" else None
    if judged is not None and not tag:
        found[judged] = ("bot", *found[judged][1:])
    given, at = label(record.get("id"), record.get("conversation_id"), record.get("conversation_hash")), when(record)
    content = content_id("sharegpt", *(part for role, text, _ in found for part in (role, text)))
    identity = short(f"sharegpt:{given}") if given else content_id(content, at.isoformat()) if at else content
    messages = tuple(Message(f"{identity}:{n}", role, t, when(turn) or at) for n, (role, t, turn) in enumerate(found))
    yield Conversation(
        identity, messages, source="sharegpt", subject=said(record.get("title")), updated=at if given else None
    )
    if judged is not None:
        reply = messages[judged].id
        kind: VerdictKind = "good" if tag else "wrong"
        yield Verdict(content_id("kto", reply, kind), reply, kind, identity, at=at)
