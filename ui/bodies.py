"""What the HTTP API takes: the body of every request, whose fields are checked before anything is done."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from replydesk.data.records import TakenKind, TicketSource, VerdictKind

__all__ = [
    "Language",
    "MessageRequest",
    "Name",
    "ReplyRequest",
    "SearchRequest",
    "SuggestRequest",
    "SuggestionVerdictRequest",
    "TakeoverRequest",
    "TicketRequest",
    "VerdictRequest",
]

# Ids, names and labels: no control characters, and nothing that UTF-8 cannot write.
Name = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Language = Annotated[str, Field(pattern="^([a-z]{2})?$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ReplyRequest(_Body):
    """A customer's message."""

    text: str
    conversation: Name = ""
    customer: Name = ""
    channel: Name = ""
    language: Language = ""
    metadata: dict[str, Any] = Field(default_factory=dict)
    filters: dict[Name, Name] = Field(default_factory=dict)
    tags: list[Name] = Field(default_factory=list, max_length=50)
    message: Name = ""


class SuggestRequest(_Body):
    """A message, or a conversation whose last message a member of the team wants to answer."""

    text: str = ""
    conversation: Name = ""
    customer: Name = ""
    channel: Name = ""
    language: Language = ""
    by: Name = ""
    k: int = Field(3, ge=1, le=10)
    filters: dict[Name, Name] = Field(default_factory=dict)
    id: Name = ""


class SuggestionVerdictRequest(_Body):
    """What a member of the team made of one suggested answer."""

    ticket: Name = Field(min_length=1)
    kind: TakenKind
    text: str = ""
    by: Name = ""


class TakeoverRequest(_Body):
    """Who takes a conversation over, or gives it back."""

    by: Name = "agent"


class MessageRequest(_Body):
    """What a person of the team writes to a customer."""

    text: str
    role: Literal["agent"] = "agent"
    author: Name = "agent"


class SearchRequest(_Body):
    """A text to find past tickets for."""

    text: str
    k: int = Field(10, ge=1, le=100)
    language: Language = ""
    filters: dict[Name, Name] = Field(default_factory=dict)


class TicketRequest(_Body):
    """A ticket to be found from now on."""

    question: str = Field(min_length=1)
    answer: str = Field(min_length=1)
    context: list[str] = Field(default_factory=list)
    intent: Name = ""
    source: TicketSource = "canned"
    language: Language = ""
    at: AwareDatetime | None = None
    author: Name = ""
    tags: list[Name] = Field(default_factory=list)


class VerdictRequest(_Body):
    """What a person thought of a reply."""

    reply: Name
    kind: VerdictKind
    correction: str = ""
    intent: Name = ""
    by: Name = ""
