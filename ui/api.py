"""The HTTP API: JSON in, JSON out, errors in one shape."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from replydesk.data.errors import ReplydeskError, RequestError
from replydesk.data.records import TakenKind, Ticket, TicketSource, VerdictKind
from replydesk.dialog.agent import Agent
from replydesk.dialog.explain.explaining import explanation_of
from replydesk.dialog.explain.replaying import replay_of
from replydesk.dialog.person import write_as_person
from replydesk.dialog.reply import Reply
from replydesk.dialog.suggest.judging import judge_suggestion
from replydesk.dialog.suggest.suggesting import SuggestionRequest, suggestions
from replydesk.ui.documents import accepted_ticket, search_document, ticket_document

__all__ = ["install", "tell_routes"]

_CHUNK = 24
_ROUTES = "See /docs for the routes."
_KNOWN = {
    400: ("request", "Send a JSON object in UTF-8."),
    401: ("unauthorised", "Send `Authorization: Bearer KEY`."),
    403: ("forbidden", _ROUTES),
    404: ("not_found", _ROUTES),
    405: ("method_not_allowed", _ROUTES),
    413: ("too_large", "Send less at once, or raise the setting ui.max_body."),
}
_SAID = {
    400: "The body cannot be read as JSON.",
    404: "There is no such route.",
    405: "This route takes another method.",
}
_WORDLESS = ("There was an error parsing the body", "Not Found", "Method Not Allowed")

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


def install(app: FastAPI, agent: Agent) -> None:
    """Add the API of this agent to an app: routes, keys, limits and the shape of errors."""
    settings = agent.settings.ui

    def authorised(request: Request) -> None:
        if not settings.api_keys:
            return
        given = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        if not any(secrets.compare_digest(given.encode(), key.encode()) for key in settings.api_keys):
            raise HTTPException(401, "An API key is needed.", {"WWW-Authenticate": "Bearer"})

    router = APIRouter(prefix="/api/v1", dependencies=[Depends(authorised)])

    @router.post("/reply")
    def reply(body: ReplyRequest, stream: bool = False) -> Response:
        """Answer one message; with `?stream=true` as server-sent events, the whole reply last."""
        found = agent.reply(
            body.text,
            conversation=body.conversation,
            customer=body.customer,
            channel=body.channel or "api",
            language=body.language,
            filters=body.filters,
            tags=body.tags,
            message=body.message,
        )
        if stream:
            return StreamingResponse(_events(found), media_type="text/event-stream")
        return JSONResponse(found.document())

    @router.post("/suggest")
    def suggest(body: SuggestRequest) -> dict[str, Any]:
        """Return different answers that a member of the team may send; nothing is sent."""
        return suggestions(agent, SuggestionRequest(**body.model_dump())).document()

    @router.post("/suggestions/{suggestion}/verdict", status_code=201)
    def suggestion_verdict(suggestion: str, body: SuggestionVerdictRequest) -> dict[str, Any]:
        """Store what was made of a suggested answer; the same again changes nothing."""
        made = judge_suggestion(agent, suggestion, body.ticket, body.kind, text=body.text, by=body.by)
        return {"id": made.id, "suggestion": made.suggestion, "ticket": made.ticket, "kind": made.kind}

    @router.post("/search")
    def search(body: SearchRequest) -> dict[str, Any]:
        """Return past tickets that may answer a text."""
        return search_document(agent.search(body.text, k=body.k, language=body.language, filters=body.filters))

    @router.get("/tickets")
    def tickets(
        source: Literal["", "canned", "agent", "article"] = "",
        language: Language = "",
        intent: Name = "",
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        offset: Annotated[int, Query(ge=0, le=1_000_000_000)] = 0,
    ) -> dict[str, Any]:
        """Return tickets in the order of their ids."""
        found = agent.store.tickets(source=source, language=language, intent=intent, limit=limit, offset=offset)
        return {"tickets": [ticket_document(ticket) for ticket in found]}

    @router.get("/tickets/{ticket}")
    def ticket(ticket: str) -> dict[str, Any]:
        """Return one ticket."""
        return ticket_document(agent.store.ticket(ticket))

    @router.post("/tickets", status_code=201)
    def add_ticket(body: TicketRequest) -> dict[str, Any]:
        """Store a ticket; it is found at once."""
        draft = Ticket.make(
            body.question, body.answer, context=tuple(body.context), intent=body.intent, source=body.source,
            language=body.language, at=body.at or datetime.now(UTC), author=body.author, tags=tuple(body.tags),
        )  # fmt: skip
        prepared = accepted_ticket(draft, agent.settings.data)
        return ticket_document(prepared) | {"new": agent.store.add_ticket(prepared)}

    @router.delete("/tickets/{ticket}", status_code=204)
    def remove_ticket(ticket: str) -> None:
        """Delete a ticket; it is not found any more."""
        agent.store.remove_ticket(ticket)

    @router.post("/verdicts", status_code=201)
    def verdict(body: VerdictRequest) -> dict[str, Any]:
        """Store a verdict on a reply; a correction is found at once."""
        made = agent.judge(body.reply, body.kind, correction=body.correction, intent=body.intent, by=body.by)
        return {"id": made.id, "reply": made.reply, "kind": made.kind, "conversation": made.conversation}

    @router.get("/replies/{reply}/explanation")
    def explanation(reply: str) -> dict[str, Any]:
        """Return why a stored reply was given, and what would have changed it."""
        return explanation_of(agent, reply).document()

    @router.get("/replies/{reply}/replay")
    def replay(reply: str) -> dict[str, Any]:
        """Make a stored reply again, by the release that made it, and return where it differs."""
        return replay_of(agent, reply).document()

    @router.get("/conversations/{conversation}")
    def conversation(conversation: str) -> dict[str, Any]:
        """Return one conversation with its verdicts."""
        from replydesk.data.readers import write

        found = agent.store.conversation(conversation)
        return write(found, agent.store.verdicts(conversations=[conversation]))

    @router.post("/conversations/{conversation}/messages", status_code=201)
    def write_message(conversation: str, body: MessageRequest) -> dict[str, Any]:
        """Write into a conversation as a person, who thereby has it until it is released."""
        made = write_as_person(agent.store, agent.settings, conversation, body.text, author=body.author)
        at = made.at.isoformat() if made.at else None
        told = {"id": made.id, "conversation": conversation, "role": made.role, "text": made.text}
        return told | {"author": made.author, "at": at}

    @router.post("/conversations/{conversation}/takeover")
    def takeover(conversation: str, body: TakeoverRequest | None = None) -> dict[str, Any]:
        """Give a conversation to a person; nothing is answered in it until it is released."""
        by = (body.by if body else "") or "agent"
        agent.take_over(conversation, by=by)
        return {"conversation": conversation, "taken_over": by}

    @router.post("/conversations/{conversation}/release")
    def give_back(conversation: str, body: TakeoverRequest | None = None) -> dict[str, Any]:
        """Let a conversation be answered again."""
        agent.give_back(conversation, by=(body or TakeoverRequest()).by)
        return {"conversation": conversation, "taken_over": ""}

    @router.get("/releases")
    def releases() -> dict[str, Any]:
        """Return the cards of all releases, newest first."""
        return {"releases": agent.releases.cards() if agent.releases else []}

    @router.post("/releases/{release}/promote")
    def promote(release: str) -> dict[str, Any]:
        """Let a release answer from now on."""
        if agent.releases is None:
            raise RequestError("This agent follows no home.", where="releases", hint="Start it with `replydesk serve`.")
        before = agent.releases.promote(release)
        return {"release": agent.release().id, "before": before}

    app.include_router(router)

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        """Say that the process lives."""
        return {"status": "ok"}

    @app.get("/readyz")
    def readyz() -> JSONResponse:
        """Say whether a message would be answered now: store, models and release are there."""
        state = agent.ready()
        return JSONResponse(state, 200 if state["ready"] else 503)

    app.add_middleware(_Limited, max_body=settings.max_body)

    @app.exception_handler(ReplydeskError)
    def refused(_request: Request, error: ReplydeskError) -> JSONResponse:
        return JSONResponse(error.document(), error.status)

    @app.exception_handler(RequestValidationError)
    def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"] if part != "body")
        if first["type"] == "json_invalid":
            message = f"The body is not valid JSON: {first['ctx']['error']}."
            return _error(422, "request", message, "Mend it there.", f"character {where}")
        if first["type"] == "extra_forbidden":
            return _error(422, "request", "There is no such field.", "See /docs for the fields.", where)
        if where.endswith("language") and first["type"] == "string_pattern_mismatch":
            hint = "Give two small letters, such as en or zh, or leave it out to have it found."
            return _error(422, "request", "This is no code of a language.", hint, where)
        if not where:
            hint = "Send one, with the header `Content-Type: application/json`."
            return _error(422, "request", "The body is not a JSON object.", hint, "body")
        return _error(422, "request", f"{first['msg']}.", "See /docs for the fields.", where)

    @app.exception_handler(HTTPException)
    def http(_request: Request, error: HTTPException) -> JSONResponse:
        return _told(error)

    @app.exception_handler(Exception)
    def broken(_request: Request, _failure: Exception) -> JSONResponse:
        # The server's log has the traceback; a caller gets neither that nor the request back.
        return _error(500, "internal", "Something went wrong on our side.", "The server's log says what.")


class _Limited:
    """Refuses bodies above ``max_body`` bytes, whether their length is announced or they come in chunks without one.

    Whatever is answered below ``/api/`` is what it says it is: no browser may take the JSON for a page.
    """

    def __init__(self, app: ASGIApp, max_body: int) -> None:
        self._app, self._max_body = app, max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Content-Type-Options"] = "nosniff"
            await send(message)

        refusal = f"The body is larger than {self._max_body} bytes."
        announced = Headers(scope=scope).get("content-length", "")
        if announced.isdecimal() and int(announced) > self._max_body:
            code, hint = _KNOWN[413]
            await _error(413, code, refusal, hint)(scope, receive, named)
            return
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._max_body:
                raise HTTPException(413, refusal)
            return message

        await self._app(scope, counted, named)


def tell_routes(page: FastAPI) -> None:
    """Let another app on the same server tell of a route, or a method, that there is not as the API tells of it."""

    @page.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        return _told(error) if error.detail in _WORDLESS else await http_exception_handler(request, error)


def _told(error: HTTPException) -> JSONResponse:
    code, hint = _KNOWN.get(error.status_code, ("error", _ROUTES))
    # Whoever raises one without words gets those of the protocol, which say little.
    message = _SAID.get(error.status_code, "") if error.detail in _WORDLESS else str(error.detail)
    where = "body" if error.status_code == 400 else ""
    return _error(error.status_code, code, message or str(error.detail), hint, where, error.headers)


def _events(reply: Reply) -> Iterator[str]:
    for start in range(0, len(reply.text), _CHUNK):
        piece = json.dumps({"delta": reply.text[start : start + _CHUNK]}, ensure_ascii=False)
        yield f"event: delta\ndata: {piece}\n\n"
    yield f"event: reply\ndata: {json.dumps(reply.document(), ensure_ascii=False)}\n\n"


def _error(
    status: int, code: str, message: str, hint: str, where: str = "", headers: Mapping[str, str] | None = None
) -> JSONResponse:
    # The place may be a name that the caller invented: of any length, and with halves of characters in it.
    where = where[:100].encode("utf-8", "replace").decode()
    document = {"error": {"code": code, "message": message, "hint": hint, "where": where}}
    return JSONResponse(document, status, headers)
