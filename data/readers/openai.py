"""OpenAI's chat format: ``{"messages": [{"role": "user", "content": "..."}, ...]}``, one chat per line.

Read are also chats of the preference form (``input`` with ``preferred_output``), pairs of ``prompt`` and ``chosen``
or ``completion``, requests of a batch (``body``), and logs of a request with its response. A training file shows how
a person wants to be answered for, so its assistant is the agent; the responses in a log were made by a model, so
they are a bot's, unless the team is said to answer as ``assistant`` or ``bot``. Outputs that nobody preferred are
left out: they never reached a customer, so there is no reply that a verdict could judge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from replydesk.data.readers.base import Item, Options, Skipped, Source, private, role_of, short
from replydesk.data.readers.content import label, said, when
from replydesk.data.readers.jsons import first, records
from replydesk.data.records import Conversation, Message, Role, content_id

__all__ = ["OpenAI"]

_ROLES: dict[str, Role] = {
    "user": "customer",
    "human": "customer",
    "assistant": "agent",
    "model": "agent",
    "system": "system",
    "developer": "system",
    "tool": "system",
    "function": "system",
}
_WRAPPERS = ("data",)
_IDS = ("id", "conversation_id", "chat_id", "thread_id", "session_id", "dialogue_id")
_BOTS = ("bot", "assistant")

Placed = tuple[str, object]


@dataclass(frozen=True, slots=True)
class _Chat:
    """The messages of one record, each with its path in it; ``logged`` when a model wrote the answers."""

    messages: list[Placed]
    logged: bool = False


class OpenAI:
    """Training chats as OpenAI's fine-tuning takes them, with an id, a customer and times where they have them."""

    name = "openai"

    def matches(self, source: Source) -> bool:
        """Return whether the first objects hold messages with a role and a content."""
        return any(_is_chat(_chat(record.value)) for record in first(source, inside=_WRAPPERS))

    def read(self, source: Source, options: Options) -> Iterator[Item]:
        """Yield a conversation per object; an assistant's message of weight 0 is a bot's: never an answer."""
        for item in records(source, inside=_WRAPPERS):
            if isinstance(item, Skipped):
                yield item
            else:
                yield from _conversation(item.value, item.where, options)


def _is_chat(chat: _Chat | None) -> bool:
    return chat is not None and any(
        isinstance(message, dict) and "role" in message and "content" in message for _, message in chat.messages
    )


def _chat(record: Mapping[str, Any]) -> _Chat | None:
    for key in ("request", "body"):
        if isinstance(inner := record.get(key), dict):
            inner = inner["body"] if isinstance(inner.get("body"), dict) else inner
            if isinstance(inner.get("messages"), list):
                return _Chat([*_listed(f"{key}.messages", inner["messages"]), *_choices(record)], logged=True)
    asked = record.get("input")
    if isinstance(asked, dict):
        asked = asked.get("messages")
    if "preferred_output" in record:
        answer = _listed("preferred_output", record["preferred_output"], "assistant")
        return _Chat([*_listed("input", asked, "user"), *answer])
    if isinstance(record.get("messages"), list):
        answers = _choices(record)
        return _Chat([*_listed("messages", record["messages"]), *answers], logged=bool(answers))
    for key in ("chosen", "completion") if "conversations" not in record else ():
        # A table of texts in two columns is read as one; here at least one side is a list of messages.
        if isinstance(record.get(key), list) or (key == "chosen" and "rejected" in record and "prompt" in record):
            start = _listed("prompt", record.get("prompt"), "user")
            answer = _listed(key, record[key], "assistant")
            whole = any(isinstance(m, dict) and m.get("role") in ("user", "human") for _, m in answer)
            return _Chat(answer if whole else [*start, *answer])
    return None


def _choices(record: Mapping[str, Any]) -> list[Placed]:
    """Return the first answer in the response beside a request."""
    response, path = record.get("response", record), "response" if "response" in record else ""
    if isinstance(response, dict) and isinstance(response.get("body"), dict):
        response, path = response["body"], f"{path}.body"
    choices = response.get("choices") if isinstance(response, dict) else None
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    return [(f"{path}.choices[0].message".lstrip("."), message)] if isinstance(message, dict) else []


def _listed(path: str, value: object, role: str = "") -> list[Placed]:
    """Return a list of messages with their places; a text alone, where a role is given, is one message."""
    if role and isinstance(value, str):
        value = [{"role": role, "content": value}]
    if isinstance(value, dict):
        value = [value]
    return [(f"{path}[{n}]", message) for n, message in enumerate(value)] if isinstance(value, list) else []


def _conversation(record: Mapping[str, Any], where: str, options: Options) -> Iterator[Item]:
    chat = _chat(record)
    agents = {name.casefold() for name in options.agents}
    made = chat is not None and chat.logged and agents.isdisjoint(_BOTS)
    found: list[tuple[Role, str, Mapping[str, Any]]] = []
    for path, message in chat.messages if chat else ():
        role = _role(message) if isinstance(message, dict) else None
        if role is None or not isinstance(message, dict):
            yield Skipped(f"{where}:{path}", "the message has no known role")
        elif text := said(message.get("content")):
            found.append(("bot" if made and role == "agent" else role, text, message))
        elif not message.get("tool_calls") and not message.get("function_call"):
            yield Skipped(f"{where}:{path}", "the message has no text")
    if not found:
        yield Skipped(where, "the conversation has no messages that can be read")
        return
    metadata = record["metadata"] if isinstance(record.get("metadata"), dict) else {}
    body = record["body"] if isinstance(record.get("body"), dict) else {}
    given, at = label(*(part.get(name) for part in (record, metadata) for name in _IDS)), when(record) or when(metadata)
    content = content_id("openai", *(part for role, text, _ in found for part in (role, text)))
    identity = short(f"openai:{given}") if given else content_id(content, at.isoformat()) if at else content
    yield Conversation(
        identity,
        tuple(
            Message(f"{identity}:{n}", role, text, when(message) or at, author=label(message.get("name")))
            for n, (role, text, message) in enumerate(found)
        ),
        source="openai",
        channel=label(metadata.get("channel")),
        customer=label(
            metadata.get("customer"), metadata.get("customer_id"), metadata.get("user_id"), record.get("user"),
            body.get("user"),
        ),
        tags=tuple(str(tag) for tag in tags) if isinstance(tags := record.get("tags"), list) else (),
        updated=at if given else None,
    )  # fmt: skip


def _role(message: Mapping[str, Any]) -> Role | None:
    word = str(message.get("role"))
    role = _ROLES.get(word) or role_of(word)
    if any(private(message.get(flag)) for flag in ("private", "internal", "is_private")):
        return "note"
    return "bot" if role == "agent" and str(message.get("weight")) in ("0", "0.0", "False") else role
