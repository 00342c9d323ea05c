"""OpenAI's chat format: ``{"messages": [{"role": "user", "content": "..."}, ...]}``, one chat per line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from replydesk.data.readers.base import Item, Options, Skipped, Source
from replydesk.data.readers.jsons import first, records
from replydesk.data.records import Conversation, Message, Role, content_id

__all__ = ["OpenAI"]

_ROLES: dict[str, Role] = {
    "user": "customer",
    "assistant": "agent",
    "system": "system",
    "developer": "system",
    "tool": "system",
    "function": "system",
}


class OpenAI:
    """Training chats as OpenAI's fine-tuning takes them; they name neither a customer nor a time."""

    name = "openai"

    def matches(self, source: Source) -> bool:
        """Return whether the first objects hold messages with a role and a content."""
        return any(_is_chat(record.value.get("messages")) for record in first(source))

    def read(self, source: Source, options: Options) -> Iterator[Item]:  # noqa: ARG002
        """Yield a conversation per object; an assistant's message of weight 0 is a bot's: never an answer."""
        for item in records(source):
            if isinstance(item, Skipped):
                yield item
            else:
                yield from _conversation(item.value, item.where)


def _is_chat(messages: object) -> bool:
    return isinstance(messages, list) and any(
        isinstance(message, dict) and "role" in message and "content" in message for message in messages
    )


def _conversation(record: Mapping[str, Any], where: str) -> Iterator[Item]:
    messages = record.get("messages")
    said: list[tuple[Role, str]] = []
    for position, message in enumerate(messages if isinstance(messages, list) else []):
        place = f"{where}:messages[{position}]"
        role = _role(message) if isinstance(message, dict) else None
        if role is None:
            yield Skipped(place, "the message has no known role")
        elif text := _content(message.get("content")):
            said.append((role, text))
        elif not message.get("tool_calls"):
            yield Skipped(place, "the message has no text")
    if not said:
        yield Skipped(where, "the conversation has no messages that can be read")
        return
    identity = content_id("openai", *(part for pair in said for part in pair))
    yield Conversation(
        identity,
        tuple(Message(f"{identity}:{position}", role, text) for position, (role, text) in enumerate(said)),
        source="openai",
    )


def _role(message: Mapping[str, Any]) -> Role | None:
    role = _ROLES.get(str(message.get("role")))
    return "bot" if role == "agent" and message.get("weight") == 0 else role


def _content(content: object) -> str:
    if isinstance(content, str):
        return content.strip() and content
    parts = content if isinstance(content, list) else []
    texts = [part.get("text") if isinstance(part, dict) else part for part in parts]
    return "\n".join(text for text in texts if isinstance(text, str) and text.strip())
