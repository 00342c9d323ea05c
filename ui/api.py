"""The HTTP API: JSON in, JSON out, errors in one shape."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from replydesk.data.errors import ReplydeskError, RequestError
from replydesk.data.ingest import prepare_ticket
from replydesk.data.records import Ticket, TicketSource, VerdictKind
from replydesk.dialog.agent import Agent
from replydesk.dialog.reply import Reply
from replydesk.ui.documents import search_document, ticket_document

__all__ = ["install"]

_CHUNK = 24


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ReplyRequest(_Body):
    """A customer's message."""

    text: str
    conversation: str = Field("", max_length=200)
    customer: str = Field("", max_length=200)
    channel: str = Field("", max_length=50)
    language: str = Field("", pattern="^([a-z]{2})?$")
    metadata: dict[str, Any] = Field(default_factory=dict)
    filters: dict[str, str] = Field(default_factory=dict)


class SearchRequest(_Body):
    """A text to find past tickets for."""

    text: str
    k: int = Field(10, ge=1, le=100)
    language: str = Field("", pattern="^([a-z]{2})?$")


class TicketRequest(_Body):
    """A ticket to be found from now on."""

    question: str = Field(min_length=1)
    answer: str = Field(min_length=1)
    context: list[str] = Field(default_factory=list)
    intent: str = ""
    source: TicketSource = "canned"
    language: str = Field("", pattern="^([a-z]{2})?$")
    at: datetime | None = None
    author: str = ""
    tags: list[str] = Field(default_factory=list)


class VerdictRequest(_Body):
    """What a person thought of a reply."""

    reply: str
    kind: VerdictKind
    correction: str = ""
    intent: str = ""
    by: str = ""


def install(app: FastAPI, agent: Agent) -> None:
    """Add the API of this agent to an app: routes, keys, limits and the shape of errors."""
    settings = agent.settings.ui

    def authorised(request: Request) -> None:
        if not settings.api_keys:
            return
        given = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
        if not any(secrets.compare_digest(given.encode(), key.encode()) for key in settings.api_keys):
            raise HTTPException(401, "An API key is needed.")

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
        )
        if stream:
            return StreamingResponse(_events(found), media_type="text/event-stream")
        return JSONResponse(found.document())

    @router.post("/search")
    def search(body: SearchRequest) -> dict[str, Any]:
        """Return past tickets that may answer a text."""
        return search_document(agent.search(body.text, k=body.k, language=body.language))

    @router.get("/tickets")
    def tickets(
        source: Literal["", "canned", "agent", "article"] = "",
        language: str = "",
        intent: str = "",
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        offset: Annotated[int, Query(ge=0)] = 0,
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
            language=body.language, at=body.at, author=body.author, tags=tuple(body.tags),
        )  # fmt: skip
        prepared = prepare_ticket(draft, agent.settings.data)
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

    @router.get("/conversations/{conversation}")
    def conversation(conversation: str) -> dict[str, Any]:
        """Return one conversation with its verdicts."""
        from replydesk.data.readers import write

        found = agent.store.conversation(conversation)
        return write(found, agent.store.verdicts(conversations=[conversation]))

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

    @app.middleware("http")
    async def limited(request: Request, call_next: Any) -> Response:
        length = request.headers.get("content-length", "0")
        if request.url.path.startswith("/api/") and length.isdigit() and int(length) > settings.max_body:
            return _error(413, "too_large", f"The body is larger than {settings.max_body} bytes.", "Send less at once.")
        response: Response = await call_next(request)
        return response

    @app.exception_handler(ReplydeskError)
    def refused(_request: Request, error: ReplydeskError) -> JSONResponse:
        return JSONResponse(error.document(), error.status)

    @app.exception_handler(RequestValidationError)
    def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"] if part != "body")
        return _error(422, "request", f"{first['msg']}.", "See /docs for the fields.", where)

    @app.exception_handler(HTTPException)
    def http(_request: Request, error: HTTPException) -> JSONResponse:
        names = {401: "unauthorised", 403: "forbidden", 404: "not_found", 405: "method_not_allowed"}
        hint = "Send `Authorization: Bearer KEY`." if error.status_code == 401 else "See /docs for the routes."
        return _error(error.status_code, names.get(error.status_code, "error"), str(error.detail), hint)

    @app.exception_handler(Exception)
    def broken(_request: Request, _failure: Exception) -> JSONResponse:
        # The server's log has the traceback; a caller gets neither that nor the request back.
        return _error(500, "internal", "Something went wrong on our side.", "The server's log says what.")


def _events(reply: Reply) -> Iterator[str]:
    for start in range(0, len(reply.text), _CHUNK):
        piece = json.dumps({"delta": reply.text[start : start + _CHUNK]}, ensure_ascii=False)
        yield f"event: delta\ndata: {piece}\n\n"
    yield f"event: reply\ndata: {json.dumps(reply.document(), ensure_ascii=False)}\n\n"


def _error(status: int, code: str, message: str, hint: str, where: str = "") -> JSONResponse:
    return JSONResponse({"error": {"code": code, "message": message, "hint": hint, "where": where}}, status)
