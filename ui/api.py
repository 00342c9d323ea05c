"""The HTTP API: JSON in, JSON out, errors in one shape."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.exceptions import HTTPException

from replydesk.data.errors import RequestError
from replydesk.data.records import Ticket
from replydesk.dialog.agent import Agent
from replydesk.dialog.explain.explaining import explanation_of
from replydesk.dialog.explain.replaying import replay_of
from replydesk.dialog.person import write_as_person
from replydesk.dialog.releases import Releases
from replydesk.dialog.reply import Reply
from replydesk.dialog.suggest.judging import judge_suggestion
from replydesk.dialog.suggest.suggesting import SuggestionRequest, suggestions
from replydesk.ui.bodies import (
    Language,
    MessageRequest,
    Name,
    ReplyRequest,
    SearchRequest,
    SuggestionVerdictRequest,
    SuggestRequest,
    TakeoverRequest,
    TicketRequest,
    VerdictRequest,
)
from replydesk.ui.documents import accepted_ticket, search_document, ticket_document
from replydesk.ui.refusals import refuse
from replydesk.ui.strings import preferred_language

__all__ = ["install"]

_CHUNK = 24
# A report may hold anybody's words: nothing in it runs, and nothing is loaded.
_REPORT = {
    "Vary": "Accept-Language",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
}


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

    for add in (_add_replies, _add_tickets, _add_conversations, _add_releases):
        add(router, agent)
    app.include_router(router)
    _add_health(app, agent)
    refuse(app, settings.max_body)


def _add_replies(router: APIRouter, agent: Agent) -> None:
    """Add what answers, what suggests, and what is asked and said of a reply."""

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


def _add_tickets(router: APIRouter, agent: Agent) -> None:
    """Add what finds, lists, adds and deletes tickets."""

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


def _add_conversations(router: APIRouter, agent: Agent) -> None:
    """Add what a person of the team does in a conversation."""

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


def _add_releases(router: APIRouter, agent: Agent) -> None:
    """Add what lists, shows and promotes releases."""

    @router.get("/releases")
    def releases() -> dict[str, Any]:
        """Return the cards of all releases, newest first."""
        return {"releases": agent.releases.cards() if agent.releases else []}

    @router.get("/releases/{release}/report", response_class=HTMLResponse)
    def report(
        release: str, request: Request, lang: Annotated[Literal["en", "zh"] | None, Query()] = None
    ) -> HTMLResponse:
        """Return the page of a release's report, in ``lang`` or else in the language that the browser likes best."""
        from replydesk.finetune.evaluation.switch import shown_in

        shown = lang or preferred_language(request.headers.get("accept-language", ""))
        page = shown_in(_releases(agent).page(release), shown)
        return HTMLResponse(page, headers={**_REPORT, "Content-Language": shown})

    @router.post("/releases/{release}/promote")
    def promote(release: str) -> dict[str, Any]:
        """Let a release answer from now on."""
        before = _releases(agent).promote(release)
        return {"release": agent.release().id, "before": before}


def _releases(agent: Agent) -> Releases:
    if agent.releases is None:
        raise RequestError("This agent follows no home.", where="releases", hint="Start it with `replydesk serve`.")
    return agent.releases


def _add_health(app: FastAPI, agent: Agent) -> None:
    """Add what a supervisor asks."""

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        """Say that the process lives."""
        return {"status": "ok"}

    @app.get("/readyz")
    def readyz() -> JSONResponse:
        """Say whether a message would be answered now: store, models and release are there."""
        state = agent.ready()
        return JSONResponse(state, 200 if state["ready"] else 503)


def _events(reply: Reply) -> Iterator[str]:
    for start in range(0, len(reply.text), _CHUNK):
        piece = json.dumps({"delta": reply.text[start : start + _CHUNK]}, ensure_ascii=False)
        yield f"event: delta\ndata: {piece}\n\n"
    yield f"event: reply\ndata: {json.dumps(reply.document(), ensure_ascii=False)}\n\n"
